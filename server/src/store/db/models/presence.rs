//! What is kept of a room's devices for the others in it: when they were last seen, and how far they have come.

use std::collections::HashMap;

use diesel::prelude::*;
use igoon_shared::{
    ids::{DeviceId, RoomId, Seq},
    time::Timestamp,
};

use crate::store::{
    Connection, StoreError,
    db::{
        schema::{devices, positions, room_devices, rooms},
        values::{fixed, unsigned},
    },
};

/// What is kept of a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// When it was last connected while its owner was visible.
    pub last_seen: Option<Timestamp>,
    /// Stored on it.
    pub delivered: Seq,
    /// Looked at.
    pub read: Seq,
}

/// The entitled devices of a room, as the last commits left them.
///
/// # Errors
/// When the database fails.
pub fn of_room(connection: &mut Connection, room: RoomId) -> Result<HashMap<DeviceId, Kept>, StoreError> {
    let seen: Vec<(Vec<u8>, i64)> = room_devices::table
        .inner_join(rooms::table)
        .inner_join(devices::table.on(devices::id.eq(room_devices::device)))
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .filter(room_devices::entitled.eq(true))
        .select((devices::id, devices::shown_last_seen))
        .load(connection)?;
    let stand: Vec<(Vec<u8>, i64, i64)> = positions::table
        .inner_join(rooms::table)
        .inner_join(
            room_devices::table
                .on(room_devices::room.eq(positions::room).and(room_devices::device.eq(positions::device))),
        )
        .filter(rooms::id.eq(room.as_bytes().as_slice()))
        .filter(room_devices::entitled.eq(true))
        .select((positions::device, positions::delivered, positions::read))
        .load(connection)?;
    let mut kept: HashMap<DeviceId, Kept> = HashMap::new();
    for (device, last_seen) in seen {
        let last_seen = Some(Timestamp(last_seen)).filter(|seen| *seen > Timestamp(0));
        kept.entry(fixed(&device)?).or_default().last_seen = last_seen;
    }
    for (device, delivered, read) in stand {
        let kept = kept.entry(fixed(&device)?).or_default();
        (kept.delivered, kept.read) = (Seq(unsigned(delivered)?), Seq(unsigned(read)?));
    }
    Ok(kept)
}
