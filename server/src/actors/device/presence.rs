//! Whether somebody is at the device: heard from the client, kept in the store, told to the rooms that it is subscribed to.
//!
//! The rooms are told a state, not a change: whoever could not be told is told with the next look at the clock.

use std::sync::Arc;

use actix::prelude::*;
use bytes::Bytes;
use igoon_shared::{
    ids::RoomId,
    presence::{Availability, Presence},
    protocol::{
        error::ErrorCode,
        frames::{AvailabilityChosen, ServerFrame},
    },
    time::Timestamp,
};

use super::Device;
use crate::{
    actors::{
        health::Context,
        room::{Stand, Stands},
        socket::Ending,
    },
    store::db::models::devices::{self, Sign},
};

impl Device {
    /// How the device stands in a room.
    pub(super) fn stand(&self, room: RoomId, now: Timestamp) -> Stand {
        let (delivered, read) = self.rooms.get(&room).map(|link| link.position.noted()).unwrap_or_default();
        let presence = self.attendance.map_or(Presence::Offline, |attendance| attendance.shown(now));
        Stand { presence, delivered, read }
    }

    /// Tells a room how the device stands there, unless it knows.
    pub(super) fn tell_room(&mut self, room: RoomId, at: Timestamp) {
        let stand = self.stand(room, at);
        let (device, generation) = (self.device, self.generation);
        let Some(link) = self.rooms.get_mut(&room) else { return };
        let Some(address) = link.room.as_ref().filter(|_| link.subscribed && link.told != Some(stand)) else { return };
        // Full or closed: with the next look.
        if address.try_send(Stands { device, generation, stand, at }).is_ok() {
            link.told = Some(stand);
        }
    }

    fn tell_rooms(&mut self, at: Timestamp) {
        let rooms: Vec<RoomId> = self.rooms.keys().copied().collect();
        for room in rooms {
            self.tell_room(room, at);
        }
    }

    /// There was real input.
    pub(super) fn active(&mut self) {
        let now = self.deps.clock.now();
        if let Some(attendance) = &mut self.attendance {
            attendance.active(now);
            self.tell_rooms(now);
        }
    }

    /// With each look at the clock: somebody may have become idle, and it may be time to keep that the device is there.
    pub(super) fn look_at_presence(&mut self) {
        let now = self.deps.clock.now();
        self.tell_rooms(now);
        if self.attendance.as_mut().is_some_and(|attendance| attendance.keep(now)) {
            self.keep(now);
        }
    }

    /// Keeps that the device was there. Beside everything else; if it fails, the next one makes up for it.
    pub(super) fn keep(&self, at: Timestamp) {
        let Some(attendance) = self.attendance else { return };
        let sign = Sign { at, last_activity: attendance.last_activity(), visible: attendance.is_visible() };
        let (device, store) = (self.device, self.deps.store.clone());
        actix::spawn(async move {
            if let Err(error) = store.write(move |db| devices::touch(db, device, sign)).await {
                tracing::debug!(%error, "it is not kept when a device was last seen");
            }
        });
    }

    /// When the other side was there for certain.
    pub(super) fn last_heard(&self) -> Timestamp {
        let (now, steady) = (self.deps.clock.now(), self.deps.clock.steady_ms());
        let silence = self.session.as_ref().map_or(0, |session| session.heartbeat.unanswered_for(steady));
        now.plus_millis(i64::try_from(silence).unwrap_or(i64::MAX).saturating_neg())
    }
}

/// From the Directory: the account chose something to be. What it is stands in the store: of two choices made at the same
/// time, the second to be committed need not be the second to be told.
#[derive(Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct Chosen;

impl Handler<Chosen> for Device {
    type Result = ();

    fn handle(&mut self, _: Chosen, ctx: &mut Self::Context) {
        if self.attendance.is_none() {
            return; // the next connection looks
        }
        let (device, store) = (self.device, self.deps.store.clone());
        let looking = async move { store.read(move |db| devices::by_id(db, device)).await };
        ctx.wait(looking.into_actor(self).map(|looked, device, ctx| match looked {
            Ok(Some(row)) => device.chosen(row.availability, ctx),
            Ok(None) => device.end_with(ErrorCode::NotSignedIn, Ending::SignedOut, ctx),
            Err(error) => {
                tracing::error!(%error, "what an account chose to be cannot be read");
                ctx.record().error();
                device.end(Ending::TryAgain, ctx);
            }
        }));
    }
}

impl Device {
    fn chosen(&mut self, availability: Availability, ctx: &mut Context<Self>) {
        // Until now others may know, if they might, also if it is invisible from here on.
        let now = self.deps.clock.now();
        self.keep(now);
        if let Some(attendance) = &mut self.attendance {
            attendance.choose(availability);
        }
        self.put(&ServerFrame::Availability(AvailabilityChosen { availability }), ctx);
        self.tell_rooms(now);
    }
}

/// A room tells of its people; encoded once for everybody.
#[derive(Message)]
#[rtype(result = "()")]
pub struct People {
    /// The room.
    pub room: RoomId,
    /// Frames for the client.
    pub frames: Arc<Vec<Bytes>>,
}

impl Handler<People> for Device {
    type Result = ();

    fn handle(&mut self, People { room, frames }: People, ctx: &mut Self::Context) {
        if self.rooms.get(&room).is_some_and(|link| link.subscribed) {
            for frame in frames.iter() {
                self.put_bytes(frame.clone(), ctx);
            }
        }
    }
}

/// For its owner's list of devices.
#[derive(Message)]
#[rtype(result = "Option<Glance>")]
pub struct LookIn;

/// How a connected device is right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance {
    /// When there was real input the last time.
    pub last_activity: Timestamp,
    /// When it was there for certain.
    pub last_seen: Timestamp,
}

impl Handler<LookIn> for Device {
    type Result = Option<Glance>;

    fn handle(&mut self, _: LookIn, _: &mut Self::Context) -> Self::Result {
        let last_activity = self.attendance?.last_activity();
        Some(Glance { last_activity, last_seen: self.last_heard() })
    }
}
