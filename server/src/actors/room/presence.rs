//! Who is there and how far they have come: taken in from the devices, told to all of them together.
//!
//! Nothing is told of a change by itself. The first one after a quiet time is told at once, all that follow wait for the
//! next tick; without changes there is none. A device that has just subscribed, or that could not be told something, is
//! told everything instead. What a tick says is encoded once for everybody.

use std::sync::Arc;

use actix::prelude::*;
use bytes::Bytes;
use igoon_shared::{
    ids::{DeviceId, RoomId},
    protocol::{
        codec,
        frames::{DevicePosition, DevicePresence, RoomPositions, RoomPresence, ServerFrame},
    },
    time::Timestamp,
};

use super::{
    Room,
    roster::{self, Stand},
};
use crate::actors::{device::People, health::Context};

/// A subscribed device says how it stands.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Stands {
    /// The device.
    pub device: DeviceId,
    /// The generation of its connection.
    pub generation: u64,
    /// How it stands.
    pub stand: Stand,
    /// When it said so.
    pub at: Timestamp,
}

impl Handler<Stands> for Room {
    type Result = ();

    fn handle(&mut self, stands: Stands, ctx: &mut Self::Context) {
        let subscriber = self.subscribers.get(&stands.device);
        if subscriber.is_some_and(|subscriber| subscriber.generation == stands.generation)
            && self.roster.stands(stands.device, stands.stand, stands.at)
        {
            self.tell_soon(ctx);
        }
    }
}

impl Room {
    /// Something is to be told with the next tick.
    pub(super) fn tell_soon(&mut self, ctx: &mut Context<Self>) {
        if !self.telling_due {
            self.telling_due = true;
            let pause = roster::pause(self.told_at, self.deps.clock.steady_ms(), self.subscribers.len());
            ctx.run_later(pause, |room, ctx| room.tell_people(ctx));
        }
    }

    fn tell_people(&mut self, ctx: &mut Context<Self>) {
        self.telling_due = false;
        self.told_at = Some(self.deps.clock.steady_ms());
        let Some(log) = self.log.clone() else { return };
        let (presence, positions) = self.roster.news();
        let news = frames(self.room, false, presence, positions);
        let mut whole = None;
        let (room, roster) = (self.room, &self.roster);
        for subscriber in self.subscribers.values_mut() {
            let frames = if subscriber.knows_people {
                &news
            } else {
                whole.get_or_insert_with(|| {
                    let devices = log.state.entitled_devices();
                    let (presence, positions) =
                        roster.whole(devices.map(|(device, row)| (*device, row.bundle.account())));
                    frames(room, true, presence, positions)
                })
            };
            if frames.is_empty() {
                continue;
            }
            // Full: it is told everything with a later tick. Closed: what it leaves behind is cleared where it says so.
            subscriber.knows_people = subscriber.device.try_send(People { room, frames: Arc::clone(frames) }).is_ok();
        }
        if self.subscribers.values().any(|subscriber| !subscriber.knows_people && subscriber.device.connected()) {
            self.tell_soon(ctx);
        }
    }
}

/// What is said of changes, or of everything.
fn frames(room: RoomId, whole: bool, presence: Vec<DevicePresence>, positions: Vec<DevicePosition>) -> Arc<Vec<Bytes>> {
    let mut frames = Vec::new();
    if whole || !presence.is_empty() {
        let frame = ServerFrame::Presence(RoomPresence { room, whole, changes: presence });
        frames.push(codec::encode(&frame).into());
    }
    if !positions.is_empty() {
        let frame = ServerFrame::Positions(RoomPositions { room, changes: positions });
        frames.push(codec::encode(&frame).into());
    }
    Arc::new(frames)
}
