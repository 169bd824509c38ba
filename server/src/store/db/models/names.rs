//! Names beside the logs: a log holds their hashes, so that a name can be erased.

use diesel::prelude::*;
use igoon_shared::{
    ids::RoomId,
    protocol::{bytes::Blob, frames::OpenName},
};

use crate::store::{
    Connection, StoreError,
    db::{
        connection::per_backend,
        schema::{names, rooms},
    },
};

/// The names that lie beside a room's log, in no particular order.
///
/// # Errors
/// When the database fails.
pub fn of_room(connection: &mut Connection, room: RoomId) -> Result<Vec<OpenName>, StoreError> {
    let rows: Vec<(Vec<u8>, String)> = names::table
        .inner_join(rooms::table)
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .select((names::random, names::name))
        .load(connection)?;
    Ok(rows.into_iter().map(|(random, name)| OpenName { random: Blob(random), name }).collect())
}

/// Lays a name beside a room's log. One without 32 random bytes has no hash, so no log can name it; it is left out.
pub(in crate::store) fn add(connection: &mut Connection, room: i64, open: &OpenName) -> Result<(), StoreError> {
    let Some(hash) = open.hash() else { return Ok(()) };
    let row = (
        names::room.eq(room),
        names::hash.eq(hash.as_bytes().as_slice()),
        names::random.eq(open.random.0.as_slice()),
        names::name.eq(open.name.as_str()),
    );
    per_backend!(connection, connection => diesel::insert_into(names::table)
        .values(row)
        .on_conflict((names::room, names::hash))
        .do_nothing()
        .execute(connection))?;
    Ok(())
}
