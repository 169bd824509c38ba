//! Ack positions: how far each device has come in each room.

use std::collections::HashMap;

use diesel::{OptionalExtension as _, prelude::*, sql_types::BigInt, upsert::excluded};
use igoon_shared::ids::{DeviceId, RoomId, Seq};

use crate::store::{
    Connection, StoreError,
    db::{
        schema::{positions, rooms},
        values::{fixed, number, unsigned},
    },
    ops::PositionRow,
};

/// Where a device stands, in all its rooms.
///
/// # Errors
/// When the database fails.
pub fn of_device(connection: &mut Connection, device: DeviceId) -> Result<Vec<PositionRow>, StoreError> {
    let rows: Vec<(Vec<u8>, i64, i64)> = positions::table
        .inner_join(rooms::table)
        .filter(positions::device.eq(device.as_bytes().as_slice()))
        .select((rooms::id, positions::delivered, positions::read))
        .order(rooms::number)
        .load(connection)?;
    rows.into_iter()
        .map(|(room, delivered, read)| {
            Ok(PositionRow {
                room: fixed(&room)?,
                device,
                delivered: Seq(unsigned(delivered)?),
                read: Seq(unsigned(read)?),
            })
        })
        .collect()
}

diesel::define_sql_function! {
    /// The greater of two, as SQLite calls it.
    #[sql_name = "max"]
    fn greater_sqlite(one: BigInt, other: BigInt) -> BigInt;
}
diesel::define_sql_function! {
    /// The greater of two, as PostgreSQL calls it.
    #[sql_name = "greatest"]
    fn greater_postgres(one: BigInt, other: BigInt) -> BigInt;
}

/// Raises positions; a field that is higher already stays. None is raised beyond what its room has, and those of rooms that
/// do not exist are left out. `wanted` is sorted and has each (room, device) once.
pub(in crate::store) fn raise(connection: &mut Connection, wanted: &[PositionRow]) -> Result<(), StoreError> {
    for wanted in wanted.chunks(1_000) {
        let rooms = numbers_and_heads(connection, wanted)?;
        let rows: Vec<NewRow<'_>> = wanted
            .iter()
            .filter_map(|row| {
                let (room, head) = rooms.get(&row.room)?;
                Some(NewRow {
                    room: *room,
                    device: row.device.as_bytes(),
                    delivered: number(row.delivered.0).min(*head),
                    read: number(row.read.0).min(*head),
                })
            })
            .collect();
        upsert(connection, &rows)?;
    }
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = positions)]
struct NewRow<'a> {
    room: i64,
    device: &'a [u8],
    delivered: i64,
    read: i64,
}

fn upsert(connection: &mut Connection, rows: &[NewRow<'_>]) -> Result<(), StoreError> {
    let key = (positions::room, positions::device);
    match connection {
        Connection::Sqlite(sqlite) => {
            for row in rows {
                diesel::insert_into(positions::table)
                    .values(row)
                    .on_conflict(key)
                    .do_update()
                    .set((
                        positions::delivered.eq(greater_sqlite(positions::delivered, excluded(positions::delivered))),
                        positions::read.eq(greater_sqlite(positions::read, excluded(positions::read))),
                    ))
                    .execute(sqlite)?;
            }
        }
        Connection::Postgres(postgres) => {
            diesel::insert_into(positions::table)
                .values(rows)
                .on_conflict(key)
                .do_update()
                .set((
                    positions::delivered.eq(greater_postgres(positions::delivered, excluded(positions::delivered))),
                    positions::read.eq(greater_postgres(positions::read, excluded(positions::read))),
                ))
                .execute(postgres)?;
        }
    }
    Ok(())
}

/// The numbers of the rooms that occur, and how far their streams go.
fn numbers_and_heads(
    connection: &mut Connection,
    wanted: &[PositionRow],
) -> Result<HashMap<RoomId, (i64, i64)>, StoreError> {
    let mut ids: Vec<&[u8]> = wanted.iter().map(|row| row.room.as_bytes().as_slice()).collect();
    ids.dedup();
    let columns = (rooms::id, rooms::number, rooms::head_seq);
    let rows: Vec<(Vec<u8>, i64, i64)> = match connection {
        Connection::Sqlite(sqlite) => {
            let mut rows = Vec::new();
            for id in ids {
                rows.extend(rooms::table.filter(rooms::id.eq(id)).select(columns).first(sqlite).optional()?);
            }
            rows
        }
        Connection::Postgres(postgres) => rooms::table.filter(rooms::id.eq_any(ids)).select(columns).load(postgres)?,
    };
    rows.into_iter().map(|(id, number, head)| Ok((fixed(&id)?, (number, head)))).collect()
}
