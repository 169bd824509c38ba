//! What the service has still to do for recoveries, so that it goes on after it was interrupted.

use diesel::prelude::*;
use igoon_shared::{
    ids::{EntryHash, RoomId},
    time::Timestamp,
};

use super::rooms as room_rows;
use crate::store::{
    Connection, StoreError,
    db::{
        connection::per_backend,
        schema::{recoveries, rooms},
        values::fixed,
    },
    ops::RecoveryRow,
};

/// The rooms in which something is due by then.
///
/// # Errors
/// When the database fails.
pub fn due(connection: &mut Connection, by: Timestamp) -> Result<Vec<RoomId>, StoreError> {
    let ids: Vec<Vec<u8>> = recoveries::table
        .inner_join(rooms::table)
        .filter(recoveries::due_at.le(by.0))
        .select(rooms::id)
        .distinct()
        .load(connection)?;
    ids.iter().map(|id| fixed(id)).collect()
}

/// Those of a room, the first that is due before the others.
///
/// # Errors
/// When the database fails.
pub fn of_room(connection: &mut Connection, room: RoomId) -> Result<Vec<RecoveryRow>, StoreError> {
    let rows: Vec<(Vec<u8>, i64)> = recoveries::table
        .inner_join(rooms::table)
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .select((recoveries::entry, recoveries::due_at))
        .order((recoveries::due_at, recoveries::entry))
        .load(connection)?;
    rows.into_iter()
        .map(|(entry, due_at)| Ok(RecoveryRow { entry: fixed(&entry)?, due_at: Timestamp(due_at) }))
        .collect()
}

/// It is to be looked at again at another time.
///
/// # Errors
/// When the database fails.
pub fn put_off(connection: &mut Connection, room: RoomId, row: &RecoveryRow) -> Result<(), StoreError> {
    let Some(room) = room_rows::number_of(connection, room)? else { return Ok(()) };
    diesel::update(recoveries::table.find((room, row.entry.as_bytes().as_slice())))
        .set(recoveries::due_at.eq(row.due_at.0))
        .execute(connection)?;
    Ok(())
}

/// Nothing is left to do.
///
/// # Errors
/// When the database fails.
pub fn done(connection: &mut Connection, room: RoomId, entry: EntryHash) -> Result<(), StoreError> {
    let Some(room) = room_rows::number_of(connection, room)? else { return Ok(()) };
    diesel::delete(recoveries::table.find((room, entry.as_bytes().as_slice()))).execute(connection)?;
    Ok(())
}

/// Something is to be done.
pub(in crate::store) fn add(connection: &mut Connection, room: i64, row: &RecoveryRow) -> Result<(), StoreError> {
    let new = (
        recoveries::room.eq(room),
        recoveries::entry.eq(row.entry.as_bytes().as_slice()),
        recoveries::due_at.eq(row.due_at.0),
    );
    per_backend!(connection, connection => diesel::insert_into(recoveries::table)
        .values(new)
        .on_conflict((recoveries::room, recoveries::entry))
        .do_nothing()
        .execute(connection))?;
    Ok(())
}
