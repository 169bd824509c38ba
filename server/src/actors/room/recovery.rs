//! Recovery: the room does what [`plan`] says, one step at a time, and says in the log what is the service's to say.
//!
//! What is left to do stands in the store, written with the entry that asks for it, and goes when it is done; so a step that
//! was interrupted is done again, by this actor or the next. The Directory looks for what is due, and wakes the room.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use actix::prelude::*;
use igoon_shared::{
    crypto::bundle::Bundle,
    ids::{AccountId, DeviceId, EntryHash, Epoch, RoomId},
    log::{Action, RoomState, action::RecoveryReleased},
    protocol::{
        codec,
        error::ErrorCode,
        frames::{KeysAdded, ServerFrame},
        http::AskRecovery,
    },
    time::Timestamp,
};
use tokio::sync::oneshot;

use super::{
    Room,
    logic::{self, Accepted, Log},
};
use crate::{
    actors::{Deps, health::Context},
    recovery::{
        custody::CustodyError,
        inbox,
        plan::{self, Step},
        release::{self, Released},
    },
    store::{
        StoreError,
        db::models::{keys, recoveries},
        ops::{KeysOutcome, NewKeys, RecoveryRow, RoomOp},
    },
};

/// When something that failed is tried again, in milliseconds.
const AGAIN_MS: i64 = 10 * 60 * 1_000;
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

/// What the service says in the log.
pub(super) enum Says {
    /// A recovery is released.
    Released(EntryHash),
    /// An owner is let in when the wait is over.
    Announced(Box<(Bundle, AskRecovery)>),
}

/// What came of a look.
enum Looked {
    /// Nothing is due before this moment, if ever.
    Quiet(Option<Timestamp>),
    /// One step was done.
    Again,
    /// The service has to say that this is released.
    Say(EntryHash),
    /// A device was handed keys.
    Handed(DeviceId, Vec<Epoch>),
}

/// Why a step was not done.
#[derive(Debug, thiserror::Error)]
enum StepError {
    #[error(transparent)]
    Custody(#[from] CustodyError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("keys cannot be wrapped for the computer: {0}")]
    Crypto(#[from] igoon_shared::crypto::CryptoError),
    #[error("it was ended, or the database is busy")]
    Ended,
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
        let looking = look(self.deps.clone(), self.room, log);
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
            Ok(Looked::Say(entry)) => {
                self.recovering.saying.push_back(Says::Released(entry));
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
            let outcome = sign(&deps, room, says, log).await;
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

/// The service is to announce that a device is let in. Who asks has checked that it may be.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Announce {
    /// The device.
    pub bundle: Bundle,
    /// What it asks.
    pub ask: AskRecovery,
}

impl Handler<Announce> for Room {
    type Result = ();

    fn handle(&mut self, Announce { bundle, ask }: Announce, ctx: &mut Self::Context) {
        if self.draining.is_none() {
            self.recovering.saying.push_back(Says::Announced(Box::new((bundle, ask))));
            self.next_append(ctx);
        }
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

/// Does the first step that is due, unless that is to say something.
async fn look(deps: Deps, room: RoomId, log: Arc<Log>) -> Result<Looked, StepError> {
    let rows = deps.store.read(move |db| recoveries::of_room(db, room)).await?;
    let Some(RecoveryRow { entry, due_at }) = rows.into_iter().next() else { return Ok(Looked::Quiet(None)) };
    let now = deps.clock.now();
    if due_at > now {
        return Ok(Looked::Quiet(Some(due_at)));
    }
    let device = match plan::next(&log.state, entry, now) {
        Step::Over => return done(&deps, room, entry).await,
        Step::Wait(until) => return put_off(&deps, room, entry, until).await,
        Step::Say(_) => match deps.custody.count_release(room) {
            Ok(()) => return Ok(Looked::Say(entry)),
            Err(wait) => {
                let wait = i64::try_from(wait.as_millis()).unwrap_or(AGAIN_MS);
                return put_off(&deps, room, entry, now.plus_millis(wait)).await;
            }
        },
        Step::HandOut(device) => device,
    };
    match hand_out(&deps, room, &log, device).await {
        Ok(epochs) => done(&deps, room, entry).await.map(|_| Looked::Handed(device, epochs)),
        Err(error) => {
            tracing::error!(%error, "the keys of a recovery were not released; it is tried again");
            put_off(&deps, room, entry, now.plus_millis(AGAIN_MS)).await
        }
    }
}

async fn done(deps: &Deps, room: RoomId, entry: EntryHash) -> Result<Looked, StepError> {
    deps.store.write(move |db| recoveries::done(db, room, entry)).await?;
    Ok(Looked::Again)
}

async fn put_off(deps: &Deps, room: RoomId, entry: EntryHash, due_at: Timestamp) -> Result<Looked, StepError> {
    deps.store.write(move |db| recoveries::put_off(db, room, &RecoveryRow { entry, due_at })).await?;
    Ok(Looked::Again)
}

/// Opens what the service holds and lays it beside the log anew, for this device. The log has said so before.
async fn hand_out(deps: &Deps, room: RoomId, log: &Arc<Log>, device: DeviceId) -> Result<Vec<Epoch>, StepError> {
    let held = deps.store.read(move |db| keys::escrowed(db, room)).await?;
    let pinned = log.state.pinned_key().ok_or(CustodyError::NotHeld)?;
    let signer = deps.custody.by_signing_key(pinned).await?;
    let reading = Arc::clone(log);
    let reading = tokio::task::spawn_blocking(move || {
        let escrowed = release::escrowed(&reading.state, held);
        let holders = release::holders(&escrowed, &reading.state, device);
        (escrowed, holders)
    });
    let (escrowed, holders) = reading.await.map_err(|_| StepError::Ended)?;
    let mut opens = HashMap::new();
    for holder in holders {
        match deps.custody.by_holder(holder).await {
            Ok(key) => drop(opens.insert(holder, key)),
            // Its epochs stay closed; the others need not.
            Err(CustodyError::NotHeld) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let log = Arc::clone(log);
    let wrapping = move || release::rewrap(&escrowed, &log.state, device, &opens, &signer);
    let Released { envelopes, closed } =
        tokio::task::spawn_blocking(wrapping).await.map_err(|_| StepError::Ended)??;
    if !closed.is_empty() {
        tracing::warn!(
            epochs = closed.len(),
            "room keys that were wrapped for this service do not open; the others are released"
        );
    }
    let epochs = envelopes.iter().map(|(_, epoch, _)| *epoch).collect();
    if envelopes.is_empty() {
        return Ok(epochs);
    }
    let (reply, answer) = oneshot::channel();
    let done = move |outcome| {
        let _ = reply.send(outcome); // whoever waits below
    };
    let new = NewKeys { giver: None, envelopes, links: Vec::new() };
    deps.store.submit(room, RoomOp::Keys(new, Box::new(done))).map_err(|_| StepError::Ended)?;
    match answer.await {
        // Revoked meanwhile: nothing was laid there, and nothing is to be.
        Ok(KeysOutcome::Committed | KeysOutcome::NotEntitled) => Ok(epochs),
        Ok(KeysOutcome::Failed) | Err(_) => Err(StepError::Ended),
    }
}

/// What the service says, signed and applied; nothing if it would have no effect, and then nothing is left to do of it.
async fn sign(deps: &Deps, room: RoomId, says: Says, log: Arc<Log>) -> Result<Option<Box<Accepted>>, StepError> {
    let now = deps.clock.now();
    let (action, names, released) = match says {
        Says::Released(entry) => (Action::RecoveryReleased(RecoveryReleased { entry }), Vec::new(), Some(entry)),
        Says::Announced(asked) => {
            let (bundle, ask) = *asked;
            match inbox::announcement(&log.state, &bundle, &ask, now) {
                Some(announced) => (Action::RecoveryAnnounced(announced), vec![ask.name], None),
                None => return Ok(None),
            }
        }
    };
    let pinned = log.state.pinned_key().ok_or(CustodyError::NotHeld)?;
    let key = match deps.custody.by_signing_key(pinned).await {
        Ok(key) => key,
        Err(error) => {
            if let Some(entry) = released {
                put_off(deps, room, entry, now.plus_millis(AGAIN_MS)).await?;
            }
            return Err(error.into());
        }
    };
    let signing = move || logic::by_service(&log.state, &key.keys, action, names, now);
    let accepted = tokio::task::spawn_blocking(signing).await.map_err(|_| StepError::Ended)?;
    if let (None, Some(entry)) = (&accepted, released) {
        done(deps, room, entry).await?;
    }
    Ok(accepted.map(Box::new))
}
