//! Devices that want the room's stream: who comes and goes, and what each of them is given.

use std::{sync::Arc, time::Duration};

use actix::prelude::*;
use igoon_shared::{
    ids::{AccountId, DeviceId},
    protocol::error::ErrorCode,
    time::Timestamp,
};

use super::{Room, Stand, messages};
use crate::actors::{
    device::{Behind, Deliver, Device, Subscribed, Unsubscribed},
    health::{Context, Mailbox},
};

/// How soon a device that is behind is told so again.
const BEHIND_AGAIN: Duration = Duration::from_millis(50);

/// A device that is given the stream.
pub(super) struct Subscriber {
    pub(super) device: Mailbox<Device>,
    pub(super) generation: u64,
    /// It missed something and could not be told yet.
    pub(super) behind: bool,
    /// It was told of everybody, and of all changes since.
    pub(super) knows_people: bool,
}

impl Room {
    /// Hands what was committed to every subscriber.
    pub(super) fn flush(&mut self) {
        self.flush_due = false;
        let Some(batch) = messages::batch(self.room, self.head, std::mem::take(&mut self.news)) else { return };
        self.subscribers.retain(|_, subscriber| {
            if subscriber.behind {
                return true;
            }
            match subscriber.device.try_send(Deliver(Arc::clone(&batch))) {
                Ok(()) => true,
                Err(SendError::Full(_)) => {
                    subscriber.behind = true;
                    true
                }
                Err(SendError::Closed(_)) => false,
            }
        });
    }

    /// Devices that the log no longer entitles get what was committed up to now, and nothing after it.
    pub(super) fn drop_the_unentitled(&mut self) {
        let Some(log) = self.log.clone() else { return };
        if self.subscribers.keys().all(|device| log.state.is_entitled(*device)) {
            return;
        }
        self.flush();
        let gone = self.subscribers.extract_if(|device, _| !log.state.is_entitled(*device));
        for (device, subscriber) in gone {
            self.roster.forget(device);
            // Once for each subscription.
            let account = log.state.device(device).map(|device| device.bundle.account());
            let is_member = account.is_some_and(|account| log.state.member(account).is_some());
            let code = if is_member { ErrorCode::NotEntitled } else { ErrorCode::NotFound };
            subscriber.device.do_send(Unsubscribed { room: self.room, code });
        }
    }

    pub(super) fn everybody_is_behind(&mut self, ctx: &mut Context<Self>) {
        for subscriber in self.subscribers.values_mut() {
            subscriber.behind = true;
        }
        self.nudge(ctx);
    }

    /// Tells the devices that are behind where the stream's end is, until each has heard it.
    pub(super) fn nudge(&mut self, ctx: &mut Context<Self>) {
        let (room, head) = (self.room, self.head);
        self.subscribers.retain(|_, subscriber| {
            if !subscriber.behind {
                return true;
            }
            match subscriber.device.try_send(Behind { room, head }) {
                Ok(()) => {
                    subscriber.behind = false;
                    true
                }
                Err(SendError::Full(_)) => true,
                Err(SendError::Closed(_)) => false,
            }
        });
        if !self.nudge_due && self.subscribers.values().any(|subscriber| subscriber.behind) {
            self.nudge_due = true;
            ctx.run_later(BEHIND_AGAIN, |room, ctx| {
                room.nudge_due = false;
                room.nudge(ctx);
            });
        }
    }
}

/// A device wants the room's stream. Answered by [`Subscribed`].
#[derive(Message)]
#[rtype(result = "()")]
pub struct Subscribe {
    /// The device.
    pub device: DeviceId,
    /// Its account.
    pub account: AccountId,
    /// Its actor.
    pub address: Mailbox<Device>,
    /// The generation of its connection.
    pub generation: u64,
    /// How it stands.
    pub stand: Stand,
}

impl Handler<Subscribe> for Room {
    type Result = ();

    fn handle(&mut self, ask: Subscribe, ctx: &mut Self::Context) {
        let member = self.state().filter(|state| state.member(ask.account).is_some());
        let outcome = match member {
            None => Err(ErrorCode::NotFound),
            Some(state) if !state.is_entitled(ask.device) => Err(ErrorCode::NotEntitled),
            Some(_) => Ok(self.head),
        };
        let subscribes = outcome.is_ok();
        if subscribes {
            let (device, generation) = (ask.address.clone(), ask.generation);
            self.subscribers.insert(ask.device, Subscriber { device, generation, behind: false, knows_people: false });
            self.roster.stands(ask.device, ask.stand, self.deps.clock.now());
            self.tell_soon(ctx);
        }
        // One answer to each question, of which a device has one at a time for each room.
        ask.address.do_send(Subscribed { room: self.room, generation: ask.generation, outcome });
        if subscribes {
            self.may_say(ask.device, ctx);
            self.may_help(ask.device, ctx);
        }
    }
}

/// A device's connection has ended.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Unsubscribe {
    /// The device.
    pub device: DeviceId,
    /// The generation of the connection.
    pub generation: u64,
    /// When it was last there.
    pub seen: Timestamp,
}

impl Handler<Unsubscribe> for Room {
    type Result = ();

    fn handle(&mut self, gone: Unsubscribe, ctx: &mut Self::Context) {
        let newer =
            self.subscribers.get(&gone.device).is_some_and(|subscriber| subscriber.generation > gone.generation);
        if newer {
            return;
        }
        self.subscribers.remove(&gone.device);
        if self.roster.gone(gone.device, gone.seen) {
            self.tell_soon(ctx);
        }
    }
}

/// Hands what was committed to the subscribers, after all that is in the mailbox.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Flush;

impl Handler<Flush> for Room {
    type Result = ();

    fn handle(&mut self, _: Flush, ctx: &mut Self::Context) {
        self.flush();
        self.nudge(ctx);
    }
}
