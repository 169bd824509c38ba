//! Sessions: who is signed in where. Only hashes of tokens are kept.

use diesel::{OptionalExtension as _, prelude::*};
use igoon_shared::{
    ids::{AccountId, DeviceId, InstallationId},
    time::Timestamp,
};

use crate::store::{
    Connection, StoreError,
    db::{
        schema::{accounts, sessions},
        values::fixed,
    },
};

/// SHA-256 of a session token.
pub type TokenHash = [u8; 32];

/// A session and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
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
    /// From then on it is none.
    pub expires_at: Timestamp,
    /// Since then it is none.
    pub revoked_at: Option<Timestamp>,
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
    /// Whose.
    pub account: AccountId,
    /// On which copy of the app.
    pub installation: InstallationId,
    /// Now.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Signs somebody in.
///
/// # Errors
/// When the database fails.
pub fn create(connection: &mut Connection, new: &NewSession) -> Result<(), StoreError> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(new.token_hash.as_slice()),
            sessions::account.eq(new.account.as_bytes().as_slice()),
            sessions::installation.eq(new.installation.as_bytes().as_slice()),
            sessions::created_at.eq(new.created_at.0),
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

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
struct Row {
    account: Vec<u8>,
    #[diesel(select_expression = accounts::handle, select_expression_type = accounts::handle)]
    handle: String,
    #[diesel(select_expression = accounts::server_owner, select_expression_type = accounts::server_owner)]
    server_owner: bool,
    installation: Vec<u8>,
    device: Option<Vec<u8>>,
    created_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
}

impl TryFrom<Row> for Session {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            account: fixed(&row.account)?,
            handle: row.handle,
            server_owner: row.server_owner,
            installation: fixed(&row.installation)?,
            device: row.device.as_deref().map(fixed).transpose()?,
            created_at: Timestamp(row.created_at),
            expires_at: Timestamp(row.expires_at),
            revoked_at: row.revoked_at.map(Timestamp),
        })
    }
}
