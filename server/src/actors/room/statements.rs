//! What accounts of the room say of their devices and the room has not heard: handing it to somebody who can append it.
//!
//! One subscriber at a time is asked for each, another after [`ASK_NEXT`] if nothing came of it, and whoever subscribes: so a
//! device has it before it sends. What has been heard, or can count here no more, is crossed out in the store with the entry that
//! makes it so. [`fate`] is the decision.

use std::{collections::HashSet, time::Duration};

use actix::prelude::*;
use igoon_shared::{
    ids::DeviceId,
    log::RoomState,
    protocol::{codec, frames::ServerFrame},
};

use super::Room;
use crate::{
    actors::health::Context,
    store::db::models::statements::{self, Unheard},
};

/// How long whoever was asked has, before another is.
const ASK_NEXT: Duration = Duration::from_secs(3);

/// What the room has not heard, and who was asked to say it.
#[derive(Default)]
pub(super) struct Statements {
    waiting: Vec<Waiting>,
    /// Somebody was asked just now.
    asking: bool,
}

struct Waiting {
    unheard: Unheard,
    asked: HashSet<DeviceId>,
}

impl Statements {
    /// What the store has.
    pub(super) fn reload(&mut self, unheard: Vec<Unheard>) {
        self.waiting = unheard.into_iter().map(|unheard| Waiting { unheard, asked: HashSet::new() }).collect();
    }

    /// Whoever did not help before may do so now.
    pub(super) fn forget_who_was_asked(&mut self) {
        self.waiting.iter_mut().for_each(|waiting| waiting.asked.clear());
    }

    /// This device comes anew: it may help.
    fn is_here(&mut self, device: DeviceId) {
        for waiting in &mut self.waiting {
            waiting.asked.remove(&device);
        }
    }
}

/// How a statement stands in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It would change something: any entitled device can append it.
    Open,
    /// Its signer does not count here, but may yet.
    Waits,
    /// It is so, or cannot be any more.
    Over,
}

fn fate(log: &RoomState, unheard: &Unheard) -> Fate {
    let Ok(said) = unheard.said.statement.read() else { return Fate::Over };
    let is_so = unheard.said.newcomer.is_some() && log.is_entitled(said.device);
    let is_final = log.is_revoked(said.account, said.device) || log.is_revoked(said.account, said.by);
    if is_so || is_final || log.member(said.account).is_none() {
        Fate::Over
    } else if log.is_entitled(said.by) {
        Fate::Open
    } else {
        Fate::Waits
    }
}

/// Who is asked next: rather the signer, then the account's own, never the one that it is about.
fn helper(log: &RoomState, waiting: &Waiting, there: impl Iterator<Item = DeviceId>) -> Option<DeviceId> {
    let account = |device| log.device(device).map(|device| device.bundle.account());
    let Unheard { device, by, .. } = waiting.unheard;
    let of = account(by);
    there
        .filter(|helper| *helper != device && !waiting.asked.contains(helper))
        .max_by_key(|helper| (*helper == by, account(*helper) == of, *helper))
}

impl Room {
    /// Crosses out what has been heard, and has the rest said by somebody who is there.
    pub(super) fn hand_statements(&mut self, ctx: &mut Context<Self>) {
        let Some(log) = self.log.clone().filter(|_| self.draining.is_none()) else { return };
        if self.statements.waiting.is_empty() {
            return;
        }
        let over = self.statements.waiting.extract_if(.., |waiting| fate(&log.state, &waiting.unheard) == Fate::Over);
        let over: Vec<_> = over.map(|waiting| (waiting.unheard.device, waiting.unheard.by)).collect();
        self.cross_out(over, ctx);
        if self.statements.asking {
            return;
        }
        let mut handed = Vec::new();
        for waiting in &mut self.statements.waiting {
            if fate(&log.state, &waiting.unheard) == Fate::Open
                && let Some(helper) = helper(&log.state, waiting, self.subscribers.keys().copied())
            {
                waiting.asked.insert(helper);
                handed.push((helper, codec::encode(&ServerFrame::Said(waiting.unheard.said.clone()))));
            }
        }
        if handed.is_empty() {
            return;
        }
        // First the log that they are about.
        self.flush();
        for (helper, frame) in handed {
            self.tell(helper, frame.into());
        }
        self.statements.asking = true;
        ctx.run_later(ASK_NEXT, |room, ctx| {
            room.statements.asking = false;
            room.hand_statements(ctx);
        });
    }

    /// Whoever comes is asked at once, also while somebody else is.
    pub(super) fn may_say(&mut self, device: DeviceId, ctx: &mut Context<Self>) {
        self.statements.is_here(device);
        self.statements.asking = false;
        self.hand_statements(ctx);
    }

    fn cross_out(&self, over: Vec<(DeviceId, DeviceId)>, ctx: &mut Context<Self>) {
        if over.is_empty() {
            return;
        }
        let (store, room) = (self.deps.store.clone(), self.room);
        let crossing = async move { store.write(move |db| statements::heard(db, room, &over)).await };
        ctx.spawn(crossing.into_actor(self).map(|crossed, _, ctx| {
            // It is looked at again when the room is built anew.
            if let Err(error) = crossed {
                tracing::error!(%error, "statements that were heard cannot be crossed out");
                ctx.record().error();
            }
        }));
    }
}

/// Somebody left a statement for the room.
#[derive(Message)]
#[rtype(result = "()")]
pub struct LookAtStatements;

impl Handler<LookAtStatements> for Room {
    type Result = ();

    fn handle(&mut self, _: LookAtStatements, ctx: &mut Self::Context) {
        let (store, room) = (self.deps.store.clone(), self.room);
        let reading = async move { store.read(move |db| statements::unheard(db, room)).await };
        // Whoever comes after it was left hears of it before the room's stream: the mailbox waits.
        ctx.wait(reading.into_actor(self).map(|read, room, ctx| match read {
            Ok(unheard) => {
                room.statements.reload(unheard);
                room.statements.asking = false;
                room.hand_statements(ctx);
            }
            Err(error) => {
                tracing::error!(%error, "statements that wait cannot be read");
                ctx.record().error();
            }
        }));
    }
}
