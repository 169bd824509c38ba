//! The service's recovery keys; their private halves as the master key has encrypted them.

use diesel::{OptionalExtension as _, dsl::max, prelude::*};
use igoon_shared::{ids::DeviceId, time::Timestamp};

use crate::store::{
    Connection, StoreError,
    db::{connection::per_backend, schema::recovery_keys},
};

/// A recovery key.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct RecoveryKeyRow {
    /// RSA, as SPKI.
    pub recovery_key: Vec<u8>,
    /// Ed25519.
    pub signing_key: Vec<u8>,
    /// Both private halves, encrypted.
    pub sealed: Vec<u8>,
}

const COLUMNS: (recovery_keys::recovery_key, recovery_keys::signing_key, recovery_keys::sealed) =
    (recovery_keys::recovery_key, recovery_keys::signing_key, recovery_keys::sealed);

/// The newest, for new policies; `None` as long as there was no need of one.
///
/// # Errors
/// When the database fails.
pub fn current(connection: &mut Connection) -> Result<Option<RecoveryKeyRow>, StoreError> {
    let newest = recovery_keys::table.order(recovery_keys::number.desc()).select(COLUMNS);
    Ok(newest.first(connection).optional()?)
}

/// The one that signs by this key.
///
/// # Errors
/// When the database fails.
pub fn by_signing_key(connection: &mut Connection, key: &[u8; 32]) -> Result<Option<RecoveryKeyRow>, StoreError> {
    let row = recovery_keys::table.filter(recovery_keys::signing_key.eq(key.as_slice())).select(COLUMNS);
    Ok(row.first(connection).optional()?)
}

/// The one that envelopes name so.
///
/// # Errors
/// When the database fails.
pub fn by_holder(connection: &mut Connection, holder: DeviceId) -> Result<Option<RecoveryKeyRow>, StoreError> {
    let row = recovery_keys::table.filter(recovery_keys::holder.eq(holder.as_bytes().as_slice())).select(COLUMNS);
    Ok(row.first(connection).optional()?)
}

/// Adds a key as the newest; with `first`, only as long as there is none: another node may have been faster.
///
/// # Errors
/// When the database fails.
pub fn add(
    connection: &mut Connection,
    holder: DeviceId,
    new: &RecoveryKeyRow,
    first: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let newest: Option<i64> = recovery_keys::table.select(max(recovery_keys::number)).first(connection)?;
    let number = match newest {
        Some(_) if first => return Ok(()),
        newest => newest.unwrap_or_default().saturating_add(1),
    };
    let row = (
        recovery_keys::number.eq(number),
        recovery_keys::holder.eq(holder.as_bytes().as_slice()),
        recovery_keys::signing_key.eq(new.signing_key.as_slice()),
        recovery_keys::recovery_key.eq(new.recovery_key.as_slice()),
        recovery_keys::sealed.eq(new.sealed.as_slice()),
        recovery_keys::created_at.eq(now.0),
    );
    per_backend!(connection, connection => diesel::insert_into(recovery_keys::table)
        .values(row)
        .on_conflict(recovery_keys::number)
        .do_nothing()
        .execute(connection))?;
    Ok(())
}

/// The master key is lost, and with it all of them. How many there were.
///
/// # Errors
/// When the database fails.
pub fn erase_all(connection: &mut Connection) -> Result<usize, StoreError> {
    Ok(diesel::delete(recovery_keys::table).execute(connection)?)
}
