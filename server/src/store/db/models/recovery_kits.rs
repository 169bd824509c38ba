//! Private halves of kits, encrypted by their owners.

use diesel::prelude::*;
use igoon_shared::{
    ids::RoomId,
    protocol::{bytes::Blob, http::RecoveryKit},
    time::Timestamp,
};

use super::rooms as room_rows;
use crate::store::{
    Connection, StoreError,
    db::{
        connection::per_backend,
        schema::{recovery_kits, rooms},
    },
};

/// Keeps a kit beside the one whose signing key is `pinned`, and no other.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such room.
pub fn keep(
    connection: &mut Connection,
    room: RoomId,
    kit: &RecoveryKit,
    pinned: Option<&[u8; 32]>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let room = room_rows::number_of(connection, room)?.ok_or(StoreError::NotFound)?;
    let (key, sealed) = (kit.signing_key.0.as_slice(), kit.sealed.0.as_slice());
    let others = recovery_kits::table.filter(recovery_kits::room.eq(room));
    match pinned.filter(|pinned| pinned.as_slice() != key) {
        Some(pinned) => {
            diesel::delete(others.filter(recovery_kits::signing_key.ne(pinned.as_slice()))).execute(connection)?
        }
        None => diesel::delete(others).execute(connection)?,
    };
    let row = (
        recovery_kits::room.eq(room),
        recovery_kits::signing_key.eq(key),
        recovery_kits::sealed.eq(sealed),
        recovery_kits::stored_at.eq(now.0),
    );
    per_backend!(connection, connection => diesel::insert_into(recovery_kits::table).values(row).execute(connection))?;
    Ok(())
}

/// The kits that are kept, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn of_room(connection: &mut Connection, room: RoomId) -> Result<Vec<RecoveryKit>, StoreError> {
    let rows: Vec<(Vec<u8>, Vec<u8>)> = recovery_kits::table
        .inner_join(rooms::table)
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .select((recovery_kits::signing_key, recovery_kits::sealed))
        .order((recovery_kits::stored_at, recovery_kits::signing_key))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|(signing_key, sealed)| RecoveryKit { signing_key: Blob(signing_key), sealed: Blob(sealed) })
        .collect())
}
