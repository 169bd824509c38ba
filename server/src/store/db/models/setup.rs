//! What the database knows about itself: which life it is in, the code that makes the first account, and which master key it
//! is used with.

use diesel::{OptionalExtension as _, prelude::*};
use igoon_shared::{ids::Incarnation, time::Timestamp};

use crate::store::{
    Connection, StoreError,
    db::{connection::per_backend, schema::server_meta, values::fixed},
};

const INCARNATION: &str = "incarnation";
const SETUP_CODE_HASH: &str = "setup_code_hash";
const MASTER_KEY: &str = "master_key_fingerprint";

/// Which life of the database this is: 1 from its making on, another with each backup that is restored.
///
/// # Errors
/// When the database fails.
pub fn incarnation(connection: &mut Connection) -> Result<Incarnation, StoreError> {
    let value = get(connection, INCARNATION)?.ok_or(StoreError::Damaged("no incarnation"))?;
    Ok(Incarnation(u32::from_be_bytes(fixed(&value)?)))
}

/// A backup was put back now: the database begins another life, with places of its own in each room's stream.
///
/// # Errors
/// When the database fails.
pub fn begin_life(connection: &mut Connection, now: Timestamp) -> Result<Incarnation, StoreError> {
    let life = incarnation(connection)?.restored(now);
    let row = server_meta::table.find(INCARNATION);
    diesel::update(row).set(server_meta::value.eq(life.0.to_be_bytes().as_slice())).execute(connection)?;
    Ok(life)
}

/// The hash of the code that makes the first account; `None` when there is none to be used.
///
/// # Errors
/// When the database fails.
pub fn setup_code_hash(connection: &mut Connection) -> Result<Option<Vec<u8>>, StoreError> {
    get(connection, SETUP_CODE_HASH)
}

/// Puts another code in the place of the one before.
///
/// # Errors
/// When the database fails.
pub fn set_setup_code_hash(connection: &mut Connection, hash: &[u8]) -> Result<(), StoreError> {
    let row = (server_meta::key.eq(SETUP_CODE_HASH), server_meta::value.eq(hash));
    per_backend!(connection, connection => diesel::insert_into(server_meta::table)
        .values(row)
        .on_conflict(server_meta::key)
        .do_update()
        .set(server_meta::value.eq(hash))
        .execute(connection))?;
    Ok(())
}

/// Uses the code up; false when it was used already. In one job with [`super::accounts::create`].
///
/// # Errors
/// When the database fails.
pub fn consume_setup(connection: &mut Connection) -> Result<bool, StoreError> {
    Ok(diesel::delete(server_meta::table.find(SETUP_CODE_HASH)).execute(connection)? > 0)
}

/// What the master key is known by; `None` as long as the database was used with none.
///
/// # Errors
/// When the database fails.
pub fn master_key(connection: &mut Connection) -> Result<Option<Vec<u8>>, StoreError> {
    get(connection, MASTER_KEY)
}

/// The master key is known by this from now on, unless it is known already. What it is known by.
///
/// # Errors
/// When the database fails.
pub fn know_master_key(connection: &mut Connection, fingerprint: &[u8]) -> Result<Vec<u8>, StoreError> {
    let row = (server_meta::key.eq(MASTER_KEY), server_meta::value.eq(fingerprint));
    per_backend!(connection, connection => diesel::insert_into(server_meta::table)
        .values(row)
        .on_conflict(server_meta::key)
        .do_nothing()
        .execute(connection))?;
    get(connection, MASTER_KEY)?.ok_or(StoreError::NotFound)
}

/// The master key is lost: what it is known by goes.
///
/// # Errors
/// When the database fails.
pub fn forget_master_key(connection: &mut Connection) -> Result<(), StoreError> {
    diesel::delete(server_meta::table.find(MASTER_KEY)).execute(connection)?;
    Ok(())
}

fn get(connection: &mut Connection, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(server_meta::table.find(key).select(server_meta::value).first(connection).optional()?)
}
