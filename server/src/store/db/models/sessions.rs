//! Sessions: who is signed in where. Only hashes of tokens are kept.

use diesel::{OptionalExtension as _, dsl::exists, prelude::*};
use igoon_shared::{
    ids::{AccountId, DeviceId, InstallationId, SessionId},
    protocol::error::SessionEnd,
    time::Timestamp,
};

use super::{devices, trusted};
use crate::store::{
    Connection, StoreError,
    db::{
        schema::{accounts, devices as device_rows, sessions, tickets},
        values::fixed,
    },
};

/// How long a row is kept after its session has ended, in milliseconds; where its person is to be told why, that long after it
/// would have ended by itself.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;

/// SHA-256 of a session token.
pub type TokenHash = [u8; 32];

/// A session and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its public name.
    pub id: SessionId,
    /// The account.
    pub account: AccountId,
    /// Its handle.
    pub handle: String,
    /// The account was made with the set-up code.
    pub server_owner: bool,
    /// The copy of the app that it was made for.
    pub installation: InstallationId,
    /// The device that it speaks for, once registered.
    pub device: Option<DeviceId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, more or less: see [`touch`].
    pub last_used_at: Timestamp,
    /// From then on it is none.
    pub expires_at: Timestamp,
    /// Since then it is none.
    pub revoked_at: Option<Timestamp>,
    /// Why, where somebody else ended it and its person is told so.
    pub end: Option<SessionEnd>,
}

impl Session {
    /// Whether it still counts.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// See [`create`].
pub struct NewSession {
    /// SHA-256 of its token.
    pub token_hash: TokenHash,
    /// A fresh one.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// On which copy of the app.
    pub installation: InstallationId,
    /// Now.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A session that was ended, for closing its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// SHA-256 of its token.
    pub token_hash: TokenHash,
    /// The device that it spoke for.
    pub device: Option<DeviceId>,
}

/// A session in a list, with what is known of its computer.
pub struct Listed {
    /// The session.
    pub session: Session,
    /// What its owner calls the computer, and its platform.
    pub computer: Option<(String, String)>,
}

/// Signs somebody in, and clears away those of the account's sessions that have long ended.
///
/// # Errors
/// When the database fails.
pub fn create(connection: &mut Connection, new: &NewSession) -> Result<(), StoreError> {
    let long_ago = new.created_at.0.saturating_sub(KEPT_MS);
    diesel::delete(tickets::table.filter(tickets::expires_at.le(new.created_at.0))).execute(connection)?;
    let untold = sessions::revoked_at.le(long_ago).and(sessions::end_reason.is_null());
    let ended = sessions::expires_at.le(long_ago).or(untold);
    let of_account = sessions::account.eq(new.account.as_bytes().as_slice());
    diesel::delete(sessions::table.filter(of_account.and(ended))).execute(connection)?;
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(new.token_hash.as_slice()),
            sessions::id.eq(new.id.as_bytes().as_slice()),
            sessions::account.eq(new.account.as_bytes().as_slice()),
            sessions::installation.eq(new.installation.as_bytes().as_slice()),
            sessions::created_at.eq(new.created_at.0),
            sessions::last_used_at.eq(new.created_at.0),
            sessions::expires_at.eq(new.expires_at.0),
        ))
        .execute(connection)?;
    Ok(())
}

/// The session with this token, also one that counts no more: ask [`Session::is_valid`].
///
/// # Errors
/// When the database fails.
pub fn by_token_hash(connection: &mut Connection, token_hash: &TokenHash) -> Result<Option<Session>, StoreError> {
    let row = sessions::table
        .inner_join(accounts::table)
        .filter(sessions::token_hash.eq(token_hash.as_slice()))
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    row.map(Session::try_from).transpose()
}

/// The account's sessions that still count, newest first.
///
/// # Errors
/// When the database fails.
pub fn of_account(connection: &mut Connection, account: AccountId, now: Timestamp) -> Result<Vec<Listed>, StoreError> {
    let rows: Vec<(Row, Option<(String, String)>)> = sessions::table
        .inner_join(accounts::table)
        .left_join(device_rows::table)
        .filter(sessions::account.eq(account.as_bytes().as_slice()))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now.0))
        .order(sessions::created_at.desc())
        .select((Row::as_select(), (device_rows::name, device_rows::platform).nullable()))
        .load(connection)?;
    rows.into_iter().map(|(row, computer)| Ok(Listed { session: row.try_into()?, computer })).collect()
}

/// The session is used: it lasts longer.
///
/// # Errors
/// When the database fails.
pub fn touch(
    connection: &mut Connection,
    token_hash: &TokenHash,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(token_hash.as_slice()).filter(sessions::revoked_at.is_null()))
        .set((sessions::last_used_at.eq(now.0), sessions::expires_at.eq(expires_at.0)))
        .execute(connection)?;
    Ok(())
}

/// Ends a session; one that was ended before keeps its moment.
///
/// # Errors
/// When the database fails.
pub fn revoke(connection: &mut Connection, token_hash: &TokenHash, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(token_hash.as_slice()).filter(sessions::revoked_at.is_null()))
        .set(sessions::revoked_at.eq(now.0))
        .execute(connection)?;
    Ok(())
}

/// Ends the account's session of this name; `None` when there is none that counts.
///
/// # Errors
/// When the database fails.
pub fn revoke_by_id(
    connection: &mut Connection,
    account: AccountId,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<Ended>, StoreError> {
    let row: Option<(Vec<u8>, Option<Vec<u8>>)> = sessions::table
        .filter(sessions::id.eq(id.as_bytes().as_slice()))
        .filter(sessions::account.eq(account.as_bytes().as_slice()))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now.0))
        .select((sessions::token_hash, sessions::device))
        .first(connection)
        .optional()?;
    let ended = row.map(ended).transpose()?;
    if let Some(ended) = &ended {
        revoke(connection, &ended.token_hash, now)?;
    }
    Ok(ended)
}

/// Ends all sessions of the account but, if it is given, one.
///
/// # Errors
/// When the database fails.
pub fn revoke_all(
    connection: &mut Connection,
    account: AccountId,
    but: Option<&TokenHash>,
    now: Timestamp,
) -> Result<Vec<Ended>, StoreError> {
    let but: &[u8] = but.map_or(&[], <[u8; 32]>::as_slice);
    let rows: Vec<(Vec<u8>, Option<Vec<u8>>)> = sessions::table
        .filter(sessions::account.eq(account.as_bytes().as_slice()))
        .filter(sessions::token_hash.ne(but))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now.0))
        .select((sessions::token_hash, sessions::device))
        .load(connection)?;
    diesel::update(
        sessions::table
            .filter(sessions::account.eq(account.as_bytes().as_slice()))
            .filter(sessions::token_hash.ne(but))
            .filter(sessions::revoked_at.is_null()),
    )
    .set(sessions::revoked_at.eq(now.0))
    .execute(connection)?;
    rows.into_iter().map(ended).collect()
}

/// Ends all sessions that speak for a device.
///
/// # Errors
/// When the database fails.
fn revoke_of_device(
    connection: &mut Connection,
    device: DeviceId,
    end: SessionEnd,
    now: Timestamp,
) -> Result<Vec<Ended>, StoreError> {
    let of_device = sessions::device.eq(device.as_bytes().as_slice());
    let counting = sessions::table.filter(of_device.and(sessions::revoked_at.is_null()));
    let hashes: Vec<Vec<u8>> = counting.select(sessions::token_hash).load(connection)?;
    diesel::update(counting)
        .set((sessions::revoked_at.eq(now.0), sessions::end_reason.eq(end_number(end))))
        .execute(connection)?;
    hashes.iter().map(|hash| Ok(Ended { token_hash: fixed(hash)?, device: Some(device) })).collect()
}

/// A device is in other hands: its sessions end, for this reason, and what was shown for the code that was entered on it counts no
/// more.
///
/// # Errors
/// When the database fails.
pub fn shut_out(
    connection: &mut Connection,
    device: DeviceId,
    end: SessionEnd,
    now: Timestamp,
) -> Result<Vec<Ended>, StoreError> {
    if let Some(row) = devices::by_id(connection, device)? {
        trusted::forget_installation(connection, row.account, row.installation)?;
    }
    revoke_of_device(connection, device, end, now)
}

const fn end_number(end: SessionEnd) -> Option<i64> {
    match end {
        SessionEnd::Refused => Some(0),
        SessionEnd::Replaced => Some(1),
        SessionEnd::Unknown => None,
    }
}

const fn end(number: i64) -> SessionEnd {
    match number {
        0 => SessionEnd::Refused,
        1 => SessionEnd::Replaced,
        _ => SessionEnd::Unknown,
    }
}

/// Whether somebody is signed in on the device.
///
/// # Errors
/// When the database fails.
pub fn has_valid(connection: &mut Connection, device: DeviceId, now: Timestamp) -> Result<bool, StoreError> {
    let of_device = sessions::device.eq(device.as_bytes().as_slice());
    let counting = of_device.and(sessions::revoked_at.is_null()).and(sessions::expires_at.gt(now.0));
    Ok(diesel::select(exists(sessions::table.filter(counting))).get_result(connection)?)
}

/// Sessions that spoke for a device speak for none: it is being erased.
///
/// # Errors
/// When the database fails.
pub fn forget_device(connection: &mut Connection, device: DeviceId) -> Result<(), StoreError> {
    diesel::update(sessions::table.filter(sessions::device.eq(device.as_bytes().as_slice())))
        .set(sessions::device.eq(None::<&[u8]>))
        .execute(connection)?;
    Ok(())
}

/// From now on the session speaks for this device of its account and installation.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such session.
pub fn bind_device(connection: &mut Connection, token_hash: &TokenHash, device: DeviceId) -> Result<(), StoreError> {
    let bound = diesel::update(sessions::table.find(token_hash.as_slice()))
        .set(sessions::device.eq(device.as_bytes().as_slice()))
        .execute(connection)?;
    if bound == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

fn ended((token_hash, device): (Vec<u8>, Option<Vec<u8>>)) -> Result<Ended, StoreError> {
    Ok(Ended { token_hash: fixed(&token_hash)?, device: device.as_deref().map(fixed).transpose()? })
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
struct Row {
    id: Vec<u8>,
    account: Vec<u8>,
    #[diesel(select_expression = accounts::handle, select_expression_type = accounts::handle)]
    handle: String,
    #[diesel(select_expression = accounts::server_owner, select_expression_type = accounts::server_owner)]
    server_owner: bool,
    installation: Vec<u8>,
    device: Option<Vec<u8>>,
    created_at: i64,
    last_used_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
    end_reason: Option<i64>,
}

impl TryFrom<Row> for Session {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: fixed(&row.id)?,
            account: fixed(&row.account)?,
            handle: row.handle,
            server_owner: row.server_owner,
            installation: fixed(&row.installation)?,
            device: row.device.as_deref().map(fixed).transpose()?,
            created_at: Timestamp(row.created_at),
            last_used_at: Timestamp(row.last_used_at),
            expires_at: Timestamp(row.expires_at),
            revoked_at: row.revoked_at.map(Timestamp),
            end: row.end_reason.map(end),
        })
    }
}
