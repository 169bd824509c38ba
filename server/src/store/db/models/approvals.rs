//! Computers that wait to be approved by another one of their account. Whether one is approved stands in the rooms' logs; here
//! is only the question.

use diesel::{OptionalExtension as _, prelude::*};
use igoon_shared::{
    ids::{AccountId, DeviceId},
    protocol::{error::SessionEnd, frames::ApprovalWanted},
    time::Timestamp,
};

use super::{
    devices, positions,
    sessions::{self, Ended},
    tickets,
};
use crate::store::{
    Connection, StoreError,
    db::{
        connection::per_backend,
        schema::{approvals, devices as device_rows, members, room_devices},
        values::fixed,
    },
};

/// A question that is asked.
pub struct NewQuestion<'a> {
    /// The device that asks.
    pub device: DeviceId,
    /// Whose it is.
    pub account: AccountId,
    /// The address that it asks from.
    pub source: &'a str,
    /// Now.
    pub asked_at: Timestamp,
    /// Until when it is open.
    pub expires_at: Timestamp,
}

/// A device asks, and what has expired is cleared away. A question of it that is open stays as it is, unless it asks `again`.
///
/// # Errors
/// When the database fails.
pub fn ask(connection: &mut Connection, new: &NewQuestion<'_>, again: bool) -> Result<Asked, StoreError> {
    diesel::delete(approvals::table.filter(approvals::expires_at.le(new.asked_at.0))).execute(connection)?;
    let open: Option<(i64, i64)> = approvals::table
        .find(new.device.as_bytes().as_slice())
        .select((approvals::asked_at, approvals::expires_at))
        .first(connection)
        .optional()?;
    if let Some((asked_at, expires_at)) = open.filter(|_| !again) {
        return Ok(Asked { asked_at: Timestamp(asked_at), expires_at: Timestamp(expires_at), is_news: false });
    }
    let row = (
        approvals::device.eq(new.device.as_bytes().as_slice()),
        approvals::account.eq(new.account.as_bytes().as_slice()),
        approvals::source.eq(new.source),
        approvals::asked_at.eq(new.asked_at.0),
        approvals::expires_at.eq(new.expires_at.0),
    );
    per_backend!(connection, connection => diesel::insert_into(approvals::table)
        .values(row)
        .on_conflict(approvals::device)
        .do_update()
        .set((
            approvals::source.eq(new.source),
            approvals::asked_at.eq(new.asked_at.0),
            approvals::expires_at.eq(new.expires_at.0),
        ))
        .execute(connection))?;
    Ok(Asked { asked_at: new.asked_at, expires_at: new.expires_at, is_news: true })
}

/// A device's open question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when it is open.
    pub expires_at: Timestamp,
    /// Those that can answer are to be told.
    pub is_news: bool,
}

/// The account's open questions, oldest first, but for one that this device asks itself.
///
/// # Errors
/// When the database fails.
pub fn open(
    connection: &mut Connection,
    account: AccountId,
    but: DeviceId,
    now: Timestamp,
) -> Result<Vec<ApprovalWanted>, StoreError> {
    let rows: Vec<Row> = approvals::table
        .filter(approvals::account.eq(account.as_bytes().as_slice()))
        .filter(approvals::device.ne(but.as_bytes().as_slice()))
        .filter(approvals::expires_at.gt(now.0))
        .select(COLUMNS)
        .order((approvals::asked_at, approvals::device))
        .load(connection)?;
    rows.into_iter().map(|row| read(connection, row)).collect()
}

/// The question of this device.
///
/// # Errors
/// When the database fails.
pub fn of_device(connection: &mut Connection, device: DeviceId) -> Result<Option<ApprovalWanted>, StoreError> {
    let row = approvals::table.find(device.as_bytes().as_slice()).select(COLUMNS).first(connection).optional()?;
    row.map(|row| read(connection, row)).transpose()
}

/// The account's devices that are entitled in one of its rooms: those that can answer.
///
/// # Errors
/// When the database fails.
pub fn judges(connection: &mut Connection, account: AccountId) -> Result<Vec<DeviceId>, StoreError> {
    let ids: Vec<Vec<u8>> = device_rows::table
        .inner_join(members::table.on(members::account.eq(device_rows::account)))
        .inner_join(
            room_devices::table.on(room_devices::room.eq(members::room).and(room_devices::device.eq(device_rows::id))),
        )
        .filter(device_rows::account.eq(account.as_bytes().as_slice()))
        .filter(room_devices::entitled.eq(true))
        .select(device_rows::id)
        .distinct()
        .load(connection)?;
    ids.iter().map(|id| fixed(id)).collect()
}

/// A question is over; whether there was one.
///
/// # Errors
/// When the database fails.
pub fn settle(connection: &mut Connection, account: AccountId, device: DeviceId) -> Result<bool, StoreError> {
    let question = approvals::table.find(device.as_bytes().as_slice());
    let of_account = question.filter(approvals::account.eq(account.as_bytes().as_slice()));
    Ok(diesel::delete(of_account).execute(connection)? > 0)
}

/// The device that asks is not the account's person's: its sessions end, what it showed for the code that was entered counts no
/// more, and what is known of it goes, unless a room knows it. `None` when it does not ask.
///
/// # Errors
/// When the database fails.
pub fn refuse(
    connection: &mut Connection,
    account: AccountId,
    device: DeviceId,
    now: Timestamp,
) -> Result<Option<Vec<Ended>>, StoreError> {
    if !settle(connection, account, device)? {
        return Ok(None);
    }
    let ended = sessions::shut_out(connection, device, SessionEnd::Refused, now)?;
    let known = judges(connection, account)?.contains(&device) || !positions::of_device(connection, device)?.is_empty();
    if !known {
        tickets::forget_device(connection, device)?;
        sessions::forget_device(connection, device)?;
        devices::forget(connection, device)?;
    }
    Ok(Some(ended))
}

/// Sessions ended: questions of devices that nobody is signed in on any more are over. Those that were.
///
/// # Errors
/// When the database fails.
pub fn withdraw(
    connection: &mut Connection,
    candidates: &[DeviceId],
    now: Timestamp,
) -> Result<Vec<(AccountId, DeviceId)>, StoreError> {
    let mut withdrawn = Vec::new();
    for device in candidates {
        let question = approvals::table.find(device.as_bytes().as_slice());
        let account: Option<Vec<u8>> = question.select(approvals::account).first(connection).optional()?;
        let Some(account) = account else { continue };
        if !sessions::has_valid(connection, *device, now)? {
            diesel::delete(question).execute(connection)?;
            withdrawn.push((fixed(&account)?, *device));
        }
    }
    Ok(withdrawn)
}

type Row = (Vec<u8>, String, i64, i64);

const COLUMNS: (approvals::device, approvals::source, approvals::asked_at, approvals::expires_at) =
    (approvals::device, approvals::source, approvals::asked_at, approvals::expires_at);

fn read(connection: &mut Connection, row: Row) -> Result<ApprovalWanted, StoreError> {
    let (device, source, asked_at, expires_at) = row;
    let device = fixed(&device)?;
    let asks = devices::by_id(connection, device)?.ok_or(StoreError::Damaged("a question without a device"))?;
    let devices::Device { bundle, name, platform, .. } = asks;
    let (asked_at, expires_at) = (Timestamp(asked_at), Timestamp(expires_at));
    Ok(ApprovalWanted { device, bundle, name, platform, source, asked_at, expires_at })
}
