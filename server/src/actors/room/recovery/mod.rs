//! Recovery: the room does what [`crate::recovery::plan`] says, one step at a time, and says in the log what is the service's
//! to say.
//!
//! What is left to do stands in the store, written with the entry that asks for it, or with the request that is to be announced, and
//! goes when it is done; so a step that was interrupted is done again, by this actor or the next. The Directory looks for what is
//! due, and wakes the room.
//!
//! `steps`: the steps themselves, beside the actor.

mod steps;

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use actix::prelude::*;
use igoon_shared::{
    ids::{AccountId, DeviceId, Epoch},
    log::RoomState,
    protocol::{
        codec,
        error::ErrorCode,
        frames::{KeysAdded, ServerFrame},
    },
};

pub(super) use self::steps::Says;
use self::steps::{Looked, StepError};
use super::{
    Room,
    logic::{Accepted, Log},
};
use crate::{actors::health::Context, recovery::inbox};

/// The Directory wakes the room for what is due later than this.
const OWN_ALARM: Duration = Duration::from_secs(60);

/// Where the room stands with it.
#[derive(Default)]
pub(super) struct Recovering {
    /// What the service is to say in the log, in its order.
    pub(super) saying: VecDeque<Says>,
    /// The append under way is the service's.
    pub(super) says_now: bool,
    looking: bool,
    look_again: bool,
}

impl Recovering {
    pub(super) fn is_quiet(&self) -> bool {
        self.saying.is_empty() && !self.says_now && !self.looking
    }
}

/// What the service would say was looked at.
#[derive(Message)]
#[rtype(result = "()")]
struct Said {
    outcome: Result<Option<Box<Accepted>>, StepError>,
}

impl Room {
    /// Does what is due, one after the other.
    pub(super) fn look_at_recoveries(&mut self, ctx: &mut Context<Self>) {
        let Some(log) = self.log.clone().filter(|_| self.draining.is_none()) else { return };
        if !self.recovering.is_quiet() {
            self.recovering.look_again = true;
            return;
        }
        self.recovering.looking = true;
        self.recovering.look_again = false;
        let looking = steps::look(self.deps.clone(), self.room, log);
        ctx.spawn(looking.into_actor(self).map(|looked, room, ctx| room.looked(looked, ctx)));
    }

    fn looked(&mut self, looked: Result<Looked, StepError>, ctx: &mut Context<Self>) {
        self.recovering.looking = false;
        match looked {
            Ok(Looked::Quiet(next)) => {
                let wait = next.map(|next| next.millis_since(self.deps.clock.now()).max(1));
                let wait = wait.and_then(|wait| u64::try_from(wait).ok()).map(Duration::from_millis);
                if let Some(wait) = wait.filter(|wait| *wait <= OWN_ALARM) {
                    ctx.run_later(wait, Self::look_at_recoveries);
                }
                if !self.recovering.look_again {
                    return;
                }
            }
            Ok(Looked::Again) => {}
            Ok(Looked::Say(says)) => {
                self.recovering.saying.push_back(says);
                return self.next_append(ctx);
            }
            Ok(Looked::Handed(device, epochs)) => self.handed_out(device, &epochs),
            Err(error) => {
                // What is left stands in the store; the Directory wakes the room again.
                tracing::error!(%error, "a recovery was not gone on with");
                ctx.record().error();
                return;
            }
        }
        self.look_at_recoveries(ctx);
    }

    fn handed_out(&mut self, device: DeviceId, epochs: &[Epoch]) {
        tracing::info!(epochs = epochs.len(), "keys were released to a recovered computer");
        let current = self.state().map_or(Epoch(0), RoomState::current_epoch);
        if epochs.contains(&current) {
            self.sharing.holds(device);
        }
        self.tell(device, codec::encode(&ServerFrame::KeysAdded(KeysAdded { room: self.room })).into());
    }

    /// Signs what the service says, in its turn among the appends.
    pub(super) fn say(&mut self, says: Says, log: Arc<Log>, ctx: &mut Context<Self>) {
        self.recovering.says_now = true;
        let (deps, room, address) = (self.deps.clone(), self.room, ctx.address());
        actix::spawn(async move {
            let outcome = steps::sign(&deps, room, says, log).await;
            address.do_send(Said { outcome }); // one at a time
        });
    }

    /// The service's turn is over, if it had one.
    pub(super) fn said(&mut self, ctx: &mut Context<Self>) {
        if std::mem::take(&mut self.recovering.says_now) {
            self.look_at_recoveries(ctx);
        }
    }

    /// Recoveries of these accounts went on: tells those concerned, and goes on with them.
    pub(super) fn recoveries_went_on(&mut self, accounts: &BTreeSet<AccountId>, ctx: &mut Context<Self>) {
        let Some(log) = self.log.clone().filter(|_| !accounts.is_empty()) else { return };
        let concerned = accounts.iter().flat_map(|account| inbox::concerned(&log.state, *account)).collect();
        self.directory.recovery_news(self.room, concerned);
        self.look_at_recoveries(ctx);
    }
}

impl Handler<Said> for Room {
    type Result = ();

    fn handle(&mut self, Said { outcome }: Said, ctx: &mut Self::Context) {
        match outcome {
            Ok(Some(accepted)) => return self.submit(None, *accepted, ctx),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(%error, "the service cannot say what it should");
                ctx.record().error();
                // What is left stands in the store; the Directory wakes the room again.
                self.recovering.says_now = false;
            }
        }
        self.append_is_over(ctx);
    }
}

/// Something may be due.
#[derive(Message)]
#[rtype(result = "()")]
pub struct LookAtRecoveries;

impl Handler<LookAtRecoveries> for Room {
    type Result = ();

    fn handle(&mut self, _: LookAtRecoveries, ctx: &mut Self::Context) {
        self.look_at_recoveries(ctx);
    }
}

/// The room's log, as it is now.
#[derive(Message)]
#[rtype(result = "Result<Arc<Log>, ErrorCode>")]
pub struct LookAtLog;

impl Handler<LookAtLog> for Room {
    type Result = Result<Arc<Log>, ErrorCode>;

    fn handle(&mut self, _: LookAtLog, _: &mut Self::Context) -> Self::Result {
        self.log.clone().ok_or(ErrorCode::NotFound)
    }
}
