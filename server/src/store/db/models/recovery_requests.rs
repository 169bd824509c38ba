//! Computers that ask a room for their access back, and which of them the service has still to announce.

use diesel::{OptionalExtension as _, prelude::*};
use igoon_shared::{
    crypto::bundle::SignedBundle,
    ids::{AccountId, DeviceId, RoomId},
    log::request::SignedRequest,
    protocol::{bytes::Blob, frames::OpenName},
    time::Timestamp,
};

use super::rooms as room_rows;
use crate::store::{
    Connection, StoreError,
    db::{
        connection::per_backend,
        schema::{devices, recovery_requests, rooms},
        values::fixed,
    },
};

/// A request that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRequest {
    /// The device that asks.
    pub device: DeviceId,
    /// Whose it is.
    pub account: AccountId,
    /// What it signed.
    pub request: SignedRequest,
    /// Its keys.
    pub bundle: SignedBundle,
    /// The name whose hash the request holds.
    pub name: OpenName,
    /// Operating system and browser or app.
    pub platform: String,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when it is shown.
    pub expires_at: Timestamp,
}

/// See [`ask`].
pub struct NewRequest<'a> {
    /// The device that asks.
    pub device: DeviceId,
    /// Whose it is.
    pub account: AccountId,
    /// What it signed.
    pub request: &'a SignedRequest,
    /// The name whose hash the request holds.
    pub name: &'a OpenName,
    /// Now.
    pub asked_at: Timestamp,
    /// Until when it is shown.
    pub expires_at: Timestamp,
    /// The service is to announce it.
    pub announce: bool,
}

/// Enters a request in the place of what the device asked the room before; what has expired goes.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such room.
pub fn ask(connection: &mut Connection, room: RoomId, new: &NewRequest<'_>) -> Result<(), StoreError> {
    let room = room_rows::number_of(connection, room)?.ok_or(StoreError::NotFound)?;
    let expired = recovery_requests::table.filter(recovery_requests::expires_at.le(new.asked_at.0));
    diesel::delete(expired).execute(connection)?;
    diesel::delete(recovery_requests::table.find((room, new.device.as_bytes().as_slice()))).execute(connection)?;
    let row = (
        recovery_requests::room.eq(room),
        recovery_requests::device.eq(new.device.as_bytes().as_slice()),
        recovery_requests::account.eq(new.account.as_bytes().as_slice()),
        recovery_requests::request.eq(new.request.request.0.as_slice()),
        recovery_requests::signature.eq(new.request.signature.0.as_slice()),
        recovery_requests::name_random.eq(new.name.random.0.as_slice()),
        recovery_requests::name.eq(new.name.name.as_str()),
        recovery_requests::asked_at.eq(new.asked_at.0),
        recovery_requests::expires_at.eq(new.expires_at.0),
        recovery_requests::announce_at.eq(new.announce.then_some(new.asked_at.0)),
    );
    per_backend!(connection, connection => diesel::insert_into(recovery_requests::table).values(row).execute(connection))?;
    Ok(())
}

/// The requests of a room that are shown, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn of_room(connection: &mut Connection, room: RoomId, now: Timestamp) -> Result<Vec<OpenRequest>, StoreError> {
    let rows: Vec<Row> = recovery_requests::table
        .inner_join(rooms::table)
        .inner_join(devices::table)
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .filter(recovery_requests::expires_at.gt(now.0))
        .order((recovery_requests::asked_at, recovery_requests::device))
        .select(Row::as_select())
        .load(connection)?;
    rows.into_iter().map(OpenRequest::try_from).collect()
}

/// The first of a room's requests that is to be announced now.
///
/// # Errors
/// When the database fails.
pub fn to_announce(
    connection: &mut Connection,
    room: RoomId,
    now: Timestamp,
) -> Result<Option<OpenRequest>, StoreError> {
    let row: Option<Row> = recovery_requests::table
        .inner_join(rooms::table)
        .inner_join(devices::table)
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .filter(recovery_requests::expires_at.gt(now.0))
        .filter(recovery_requests::announce_at.le(now.0))
        .order((recovery_requests::announce_at, recovery_requests::device))
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    row.map(OpenRequest::try_from).transpose()
}

/// The rooms in which something is to be announced by then.
///
/// # Errors
/// When the database fails.
pub fn due(connection: &mut Connection, by: Timestamp) -> Result<Vec<RoomId>, StoreError> {
    let ids: Vec<Vec<u8>> = recovery_requests::table
        .inner_join(rooms::table)
        .filter(recovery_requests::expires_at.gt(by.0))
        .filter(recovery_requests::announce_at.le(by.0))
        .select(rooms::id)
        .distinct()
        .load(connection)?;
    ids.iter().map(|id| fixed(id)).collect()
}

/// A device's request is to be announced from another time on; `None`: not any more.
///
/// # Errors
/// When the database fails.
pub fn put_off(
    connection: &mut Connection,
    room: RoomId,
    device: DeviceId,
    announce_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let Some(room) = room_rows::number_of(connection, room)? else { return Ok(()) };
    announce_from(connection, room, device, announce_at)
}

/// The log says it.
pub(in crate::store) fn announced(connection: &mut Connection, room: i64, device: DeviceId) -> Result<(), StoreError> {
    announce_from(connection, room, device, None)
}

fn announce_from(
    connection: &mut Connection,
    room: i64,
    device: DeviceId,
    announce_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    diesel::update(recovery_requests::table.find((room, device.as_bytes().as_slice())))
        .set(recovery_requests::announce_at.eq(announce_at.map(|at| at.0)))
        .execute(connection)?;
    Ok(())
}

/// Takes a request out.
///
/// # Errors
/// When the database fails.
pub fn withdraw(connection: &mut Connection, room: RoomId, device: DeviceId) -> Result<(), StoreError> {
    let Some(room) = room_rows::number_of(connection, room)? else { return Ok(()) };
    diesel::delete(recovery_requests::table.find((room, device.as_bytes().as_slice()))).execute(connection)?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = recovery_requests)]
struct Asked {
    device: Vec<u8>,
    account: Vec<u8>,
    request: Vec<u8>,
    signature: Vec<u8>,
    name_random: Vec<u8>,
    name: String,
    asked_at: i64,
    expires_at: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = devices)]
struct Asking {
    bundle: Vec<u8>,
    bundle_signature: Vec<u8>,
    platform: String,
}

#[derive(Queryable, Selectable)]
struct Row {
    #[diesel(embed)]
    asked: Asked,
    #[diesel(embed)]
    asking: Asking,
}

impl TryFrom<Row> for OpenRequest {
    type Error = StoreError;

    fn try_from(Row { asked, asking }: Row) -> Result<Self, StoreError> {
        Ok(Self {
            device: fixed(&asked.device)?,
            account: fixed(&asked.account)?,
            request: SignedRequest { request: Blob(asked.request), signature: Blob(asked.signature) },
            bundle: SignedBundle { bundle: Blob(asking.bundle), signature: Blob(asking.bundle_signature) },
            name: OpenName { random: Blob(asked.name_random), name: asked.name },
            platform: asking.platform,
            asked_at: Timestamp(asked.asked_at),
            expires_at: Timestamp(asked.expires_at),
        })
    }
}
