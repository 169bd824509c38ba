//! Who and which devices are in a room, as its log has it: the writer's side. The log decides; these rows are there to be
//! looked up.

use std::collections::HashMap;

use diesel::{OptionalExtension as _, prelude::*};
use igoon_shared::{ids::DeviceId, log::Role};

use crate::store::{
    Connection, StoreError,
    db::{
        connection::per_backend,
        schema::{members, room_devices},
        values::fixed,
    },
    ops::{MemberRow, RoomDeviceRow},
};

/// A device as messages and envelopes point at it.
#[derive(Clone, Copy)]
pub(in crate::store) struct RoomDevice {
    /// Its number inside the database.
    pub(in crate::store) number: i64,
    /// It may write and is given keys.
    pub(in crate::store) entitled: bool,
}

/// Those of `devices` that the room's log names.
pub(in crate::store) fn devices(
    connection: &mut Connection,
    room: i64,
    devices: &[DeviceId],
) -> Result<HashMap<DeviceId, RoomDevice>, StoreError> {
    let of_room = room_devices::table.filter(room_devices::room.eq(room)).select((
        room_devices::device,
        room_devices::number,
        room_devices::entitled,
    ));
    let rows: Vec<(Vec<u8>, i64, bool)> = match connection {
        // One prepared statement, run again and again, is the fastest here; there, what costs is each round trip.
        Connection::Sqlite(sqlite) => {
            let mut rows = Vec::new();
            for device in devices {
                let row = of_room.filter(room_devices::device.eq(device.as_bytes().as_slice()));
                rows.extend(row.first(sqlite).optional()?);
            }
            rows
        }
        Connection::Postgres(postgres) => {
            let ids: Vec<&[u8]> = devices.iter().map(|device| device.as_bytes().as_slice()).collect();
            of_room.filter(room_devices::device.eq_any(ids)).load(postgres)?
        }
    };
    rows.into_iter().map(|(id, number, entitled)| Ok((fixed(&id)?, RoomDevice { number, entitled }))).collect()
}

/// Adds a member, changes what is known of one, or takes one out.
pub(in crate::store) fn put(connection: &mut Connection, room: i64, member: &MemberRow) -> Result<(), StoreError> {
    let role = match member.role {
        Some(Role::Member) => 0_i64,
        Some(Role::Admin) => 1,
        Some(Role::Owner) => 2,
        None => {
            let row = members::table.find((room, member.account.as_bytes().as_slice()));
            diesel::delete(row).execute(connection)?;
            return Ok(());
        }
    };
    let row =
        (members::room.eq(room), members::account.eq(member.account.as_bytes().as_slice()), members::role.eq(role));
    per_backend!(connection, connection => diesel::insert_into(members::table)
        .values(row)
        .on_conflict((members::room, members::account))
        .do_update()
        .set(members::role.eq(role))
        .execute(connection))?;
    Ok(())
}

/// Adds a device or changes whether it is entitled.
pub(in crate::store) fn put_device(
    connection: &mut Connection,
    room: i64,
    device: &RoomDeviceRow,
) -> Result<(), StoreError> {
    let row = (
        room_devices::room.eq(room),
        room_devices::device.eq(device.device.as_bytes().as_slice()),
        room_devices::account.eq(device.account.as_bytes().as_slice()),
        room_devices::entitled.eq(device.entitled),
    );
    per_backend!(connection, connection => diesel::insert_into(room_devices::table)
        .values(row)
        .on_conflict((room_devices::room, room_devices::device))
        .do_update()
        .set(room_devices::entitled.eq(device.entitled))
        .execute(connection))?;
    Ok(())
}
