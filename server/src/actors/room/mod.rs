//! One actor per active room: the log's fold as a cache, the order of appends, fan-out of what was committed.
//!
//! - Mailbox: 1024. Full: whoever sends gets "later" and tries again.
//! - Bounds: `IN_FLIGHT` messages at the store, `APPENDS_WAITING` appends in the queue; beyond them "later".
//! - Volume to devices goes by `try_send`, one message for all that was committed together. A device whose mailbox is full
//!   is *behind*: it gets nothing until it could be told so, and then reads from the store.
//! - Who is there and how far they have come is told once a second at most, by `try_send` too: see `presence`.
//! - Exits: idle for `IDLE_MS` with the Directory's consent; a log that cannot be read; a panic. Then the next to ask
//!   for the room gets one that is built from the store anew.
//! - Health: active with subscribers or work under way, else idle; draining at shutdown.
//!
//! `messages`: from a device to the store and back to everybody; `subscribers`: those who are given the stream. `appends`: the
//! log, one append at a time. `sharing`: keys that devices lack, and who hands them on; `statements`: what accounts say of their
//! devices, likewise. `recovery`: what the service does for computers that were lost. `load`: the cache from the store.
//! `presence`: the people. [`logic`], `envelopes`, `projection`, [`roster`]: the decisions, without actors.

mod appends;
mod envelopes;
mod load;
pub mod logic;
mod messages;
mod presence;
mod projection;
mod recovery;
pub mod roster;
mod sharing;
mod statements;
mod subscribers;

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use actix::prelude::*;
use bytes::Bytes;
use igoon_shared::{
    ids::{DeviceId, Incarnation, MessageId, RoomId, Seq},
    log::RoomState,
    protocol::{
        error::ErrorCode,
        http::{Append, Appended, InviteSealedKey},
    },
};
use tokio::sync::oneshot;

use self::{
    logic::Log, recovery::Recovering, roster::Roster, sharing::Sharing, statements::Statements, subscribers::Subscriber,
};
pub use self::{
    logic::{Caller, Log as RoomLog},
    messages::{Post, Sender},
    presence::Stands,
    recovery::{LookAtLog, LookAtRecoveries},
    roster::Stand,
    sharing::AddKeysRequest,
    statements::LookAtStatements,
    subscribers::{Subscribe, Unsubscribe},
};
use super::{
    Deps, RETRY_AFTER_MS,
    device::{Answer, RoomDied, logic::order::Broken},
    directory::DirectoryHandle,
    health::{self, Context, Kind, Mailbox, Monitored, State},
};

/// Messages handed to the store and not answered. Each answer is one message in this actor's mailbox, past its bound.
const IN_FLIGHT: usize = 4_096;
/// Appends that wait for their turn.
const APPENDS_WAITING: usize = 64;
/// How long a room without subscribers stays.
const IDLE_MS: u64 = 5 * 60 * 1_000;
/// How often the room looks whether it is idle.
const IDLE_LOOK: Duration = Duration::from_secs(60);
/// Frames handed on together at most.
const NEWS: usize = 256;

/// A refusal with the time to wait, where waiting helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub code: ErrorCode,
    /// For [`ErrorCode::RetryLater`].
    pub retry_after_ms: Option<u64>,
}

impl Refusal {
    /// The room is busy.
    pub const LATER: Self = Self::later(RETRY_AFTER_MS);

    /// Not now: after so many milliseconds.
    #[must_use]
    pub const fn later(wait_ms: u64) -> Self {
        Self { code: ErrorCode::RetryLater, retry_after_ms: Some(wait_ms) }
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        if code == ErrorCode::RetryLater { Self::LATER } else { Self { code, retry_after_ms: None } }
    }
}

/// See the module.
pub struct Room {
    room: RoomId,
    /// Which instance of the room's actor this is.
    serial: u64,
    deps: Deps,
    directory: DirectoryHandle,
    /// Absent until the room is made.
    log: Option<Arc<Log>>,
    /// The newest place in the stream that this actor knows.
    head: Seq,
    subscribers: HashMap<DeviceId, Subscriber>,
    /// Of which attempt of a device a message was refused with "later". At most one for each device of the log.
    broken: HashMap<DeviceId, Broken>,
    in_flight: usize,
    /// Committed and not handed to the subscribers yet: encoded frames of places without a gap, up to `head`.
    news: Vec<Bytes>,
    flush_due: bool,
    nudge_due: bool,
    roster: Roster,
    /// Of what the roster has, something is told with the next tick.
    telling_due: bool,
    /// When the last tick was, by the steady clock.
    told_at: Option<u64>,
    waiting: VecDeque<AppendRequest>,
    appending: bool,
    pending: Option<appends::Pending>,
    sharing: Sharing,
    statements: Statements,
    recovering: Recovering,
    /// Set at shutdown: nothing new is taken, and this is told when nothing is under way.
    draining: Option<Vec<oneshot::Sender<()>>>,
    quiet_since: u64,
    /// It ends because it should, not because it died.
    ends: bool,
}

impl Room {
    /// Starts the actor of `room`.
    pub(super) fn start_on(
        arbiter: &ArbiterHandle,
        room: RoomId,
        serial: u64,
        deps: Deps,
        directory: DirectoryHandle,
    ) -> Mailbox<Self> {
        let registry = deps.registry.clone();
        health::start_on(arbiter, &registry, room.to_string(), move || {
            let quiet_since = deps.clock.steady_ms();
            Self {
                room,
                serial,
                deps,
                directory,
                log: None,
                head: Seq(0),
                subscribers: HashMap::new(),
                broken: HashMap::new(),
                in_flight: 0,
                news: Vec::new(),
                flush_due: false,
                nudge_due: false,
                roster: Roster::default(),
                telling_due: false,
                told_at: None,
                waiting: VecDeque::new(),
                appending: false,
                pending: None,
                sharing: Sharing::default(),
                statements: Statements::default(),
                recovering: Recovering::default(),
                draining: None,
                quiet_since,
                ends: false,
            }
        })
    }

    fn state(&self) -> Option<&RoomState> {
        self.log.as_deref().map(|log| &log.state)
    }

    fn is_idle(&self) -> bool {
        self.subscribers.is_empty()
            && self.in_flight == 0
            && !self.appending
            && self.waiting.is_empty()
            && self.sharing.is_quiet()
            && self.recovering.is_quiet()
    }

    /// The cache may be wrong: reads it from the store. Until then the mailbox waits.
    fn reload(&mut self, ctx: &mut Context<Self>) {
        let loading = load::load(self.deps.store.clone(), self.room);
        ctx.wait(loading.into_actor(self).map(|loaded, room, ctx| match loaded {
            Ok(loaded) => {
                room.log = loaded.log.map(Arc::new);
                room.roster.remember(loaded.people);
                let (holders, links) = loaded.held;
                room.sharing.reload(holders, links);
                room.statements.reload(loaded.unheard);
                room.drop_the_unentitled();
                room.hand_statements(ctx);
                if loaded.head > room.head {
                    room.flush();
                    room.head = loaded.head;
                    room.everybody_is_behind(ctx);
                }
                if room.state().is_some_and(|state| state.recoveries().next().is_some()) {
                    room.look_at_recoveries(ctx);
                }
            }
            Err(error) => {
                tracing::error!(%error, "a room cannot be read");
                ctx.record().error();
                ctx.stop();
            }
        }));
    }

    /// At shutdown: says so when nothing is under way any more.
    fn look_whether_drained(&mut self) {
        if self.in_flight == 0 && !self.appending && self.sharing.is_quiet() {
            for waiting in self.draining.iter_mut().flat_map(|waiting| waiting.drain(..)) {
                // Whoever asked may have stopped waiting.
                let _ = waiting.send(());
            }
        }
    }
}

impl Actor for Room {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.reload(ctx);
        ctx.run_interval(IDLE_LOOK, |room, ctx| {
            room.sharing.forget_who_was_asked();
            room.ask_for_keys(ctx);
            room.statements.forget_who_was_asked();
            room.hand_statements(ctx);
            let now = room.deps.clock.steady_ms();
            if !room.is_idle() {
                room.quiet_since = now;
            } else if now.saturating_sub(room.quiet_since) >= IDLE_MS {
                room.directory.room_is_idle(room.room, room.serial);
            }
        });
    }
}

impl Monitored for Room {
    const KIND: Kind = Kind::Room;
    const MAILBOX: usize = 1_024;

    fn state(&self) -> State {
        if self.draining.is_some() {
            State::Draining
        } else if self.is_idle() {
            State::Idle
        } else {
            State::Active
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.directory.room_is_gone(self.room, self.serial, !self.ends);
        if !self.ends {
            for subscriber in self.subscribers.values() {
                // One for each subscriber in the life of a room: bounded by them.
                subscriber.device.do_send(RoomDied { room: self.room });
            }
        }
    }
}

/// Somebody wants to append to the log, or to make the room. Queued; the reply comes when it is committed or refused.
#[derive(Message)]
#[rtype(result = "()")]
pub struct AppendRequest {
    /// Who calls.
    pub caller: Caller,
    /// What it brings.
    pub append: Append,
    /// Where the answer goes.
    pub reply: oneshot::Sender<Result<Appended, Refusal>>,
}

/// May this device lay this key beside an invite?
#[derive(Message)]
#[rtype(result = "Result<(), ErrorCode>")]
pub struct MayLayInviteKey {
    /// The calling device.
    pub device: DeviceId,
    /// The key.
    pub key: InviteSealedKey,
}

impl Handler<MayLayInviteKey> for Room {
    type Result = Result<(), ErrorCode>;

    fn handle(&mut self, ask: MayLayInviteKey, _: &mut Self::Context) -> Self::Result {
        let state = self.state().ok_or(ErrorCode::NotFound)?;
        if !state.is_entitled(ask.device) {
            return Err(ErrorCode::NotEntitled);
        }
        let now = self.deps.clock.now();
        let open = state.invite(ask.key.invite).is_some_and(|invite| invite.is_open(now));
        if open && logic::invite_key_fits(state, &ask.key) { Ok(()) } else { Err(ErrorCode::Invalid) }
    }
}

/// Shutdown: take nothing new, and say when nothing is under way.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Drain(pub oneshot::Sender<()>);

impl Handler<Drain> for Room {
    type Result = ();

    fn handle(&mut self, drain: Drain, _: &mut Self::Context) {
        for request in self.waiting.drain(..) {
            // Whoever asked may have gone away.
            let _ = request.reply.send(Err(Refusal::LATER));
        }
        self.draining.get_or_insert_default().push(drain.0);
        self.look_whether_drained();
    }
}

/// The Directory no longer hands this room out and lets it end; the answer says whether it does.
#[derive(Message)]
#[rtype(result = "bool")]
pub struct End;

impl Handler<End> for Room {
    type Result = bool;

    fn handle(&mut self, _: End, ctx: &mut Self::Context) -> bool {
        if self.is_idle() {
            self.ends = true;
            ctx.stop();
        }
        self.ends
    }
}

/// The answer to a device's message. Bounded by the messages that a device may have unanswered.
fn answer(to: &Sender, message_id: MessageId, room: RoomId, outcome: Result<(Incarnation, Seq), Refusal>) {
    to.device.do_send(Answer { room, generation: to.attempt.generation, message_id, outcome });
}
