//! Keys that devices of the room lack: asking somebody for them, and taking what is handed on.
//!
//! One subscriber at a time is asked, another after [`ASK_NEXT`] if nothing came of it, and whoever subscribes. The service
//! cannot know who holds which keys: a client without them is silent. What is handed on is checked by [`check`] against the
//! log and committed by the store; then those concerned hear of it. Nothing here is kept: a room that is built anew asks anew.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
    time::Duration,
};

use actix::prelude::*;
use bytes::Bytes;
use igoon_shared::{
    ids::{DeviceId, Epoch},
    log::{Role, RoomState},
    protocol::{
        codec,
        error::ErrorCode,
        frames::{self, KeysAdded, KeysWanted, ServerFrame},
        http::AddKeys,
        limits,
    },
};
use tokio::sync::oneshot;

use super::{Refusal, Room, envelopes};
use crate::{
    actors::{device::Tell, health::Context},
    store::ops::{KeysOutcome, NewKeys, RoomOp},
};

/// How long whoever was asked has, before another is.
const ASK_NEXT: Duration = Duration::from_secs(3);
/// Requests with keys that are judged or at the store.
const ADDING: usize = 16;

/// Which keys are at the service, and who was asked for those that are not.
#[derive(Default)]
pub(super) struct Sharing {
    /// Devices with an envelope of the current epoch.
    holders: HashSet<DeviceId>,
    /// Epochs whose key lies beside the start of the next.
    links: BTreeSet<Epoch>,
    asked: HashSet<DeviceId>,
    /// Who lacks the current key, as owners and admins were told last.
    told: Option<(Epoch, Vec<DeviceId>)>,
    /// Somebody was asked just now.
    asking: bool,
    adding: usize,
}

/// Keys that are not at the service.
#[derive(Debug, PartialEq, Eq)]
struct Lacking {
    devices: Vec<DeviceId>,
    links: Vec<Epoch>,
}

impl Lacking {
    /// Whether that device could be of help. It needs none to hand a key to itself.
    fn concerns(&self, helper: DeviceId) -> bool {
        !self.links.is_empty() || self.devices.iter().any(|device| *device != helper)
    }
}

impl Sharing {
    /// What the store has.
    pub(super) fn reload(&mut self, holders: Vec<DeviceId>, links: Vec<Epoch>) {
        self.holders = holders.into_iter().collect();
        self.links = links.into_iter().collect();
        self.asked.clear();
    }

    /// An epoch has started, with these envelopes: nobody was asked about it.
    pub(super) fn started(&mut self, holders: Vec<DeviceId>) {
        self.holders = holders.into_iter().collect();
    }

    /// This device has an envelope of the current epoch.
    pub(super) fn holds(&mut self, device: DeviceId) {
        self.holders.insert(device);
    }

    pub(super) fn linked(&mut self, epoch: Epoch) {
        self.links.insert(epoch);
    }

    /// Whoever could not help before may be able to now.
    pub(super) fn forget_who_was_asked(&mut self) {
        self.asked.clear();
    }

    pub(super) const fn is_quiet(&self) -> bool {
        self.adding == 0
    }

    /// The newest links first: what was written last opens first.
    fn lacking(&self, log: &RoomState) -> Lacking {
        let without = log.entitled_devices().map(|(device, _)| *device).filter(|device| !self.holders.contains(device));
        let devices = without.take(limits::WANTED_KEYS).collect();
        let links = (1..log.current_epoch().0)
            .rev()
            .map(Epoch)
            .filter(|epoch| !self.links.contains(epoch) && log.may_link(*epoch))
            .take(limits::WANTED_KEYS);
        Lacking { devices, links: links.collect() }
    }

    /// Who is asked next: of those not asked yet one that has the current key, if there is one, and rather of the account
    /// that lacks it.
    fn helper(&self, lacking: &Lacking, log: &RoomState, there: impl Iterator<Item = DeviceId>) -> Option<DeviceId> {
        let account = |device| log.device(device).map(|device| device.bundle.account());
        let accounts: BTreeSet<_> = lacking.devices.iter().filter_map(|device| account(*device)).collect();
        there.filter(|device| !self.asked.contains(device) && lacking.concerns(*device)).max_by_key(|device| {
            let own = account(*device).is_some_and(|account| accounts.contains(&account));
            (self.holders.contains(device), own, *device)
        })
    }
}

impl Room {
    /// Asks somebody for what devices of the room lack, unless somebody was asked just now.
    pub(super) fn ask_for_keys(&mut self, ctx: &mut Context<Self>) {
        let Some(log) = self.log.clone() else { return };
        let lacking = self.sharing.lacking(&log.state);
        self.tell_who_lacks(&log.state, &lacking.devices);
        if self.sharing.asking || self.draining.is_some() {
            return;
        }
        let there = self.subscribers.keys().copied();
        let Some(helper) = self.sharing.helper(&lacking, &log.state, there) else { return };
        self.sharing.asked.insert(helper);
        // First what they lack keys of: whoever is asked has to find them in the log.
        self.flush();
        let Lacking { devices, links } = lacking;
        let wanted = KeysWanted { room: self.room, epoch: log.state.current_epoch(), devices, links };
        self.tell(helper, codec::encode(&ServerFrame::KeysWanted(wanted)).into());
        self.sharing.asking = true;
        ctx.run_later(ASK_NEXT, |room, ctx| {
            room.sharing.asking = false;
            room.ask_for_keys(ctx);
        });
    }

    /// Tells owners and admins, and whom it concerns, if it is not as they were told last.
    fn tell_who_lacks(&mut self, log: &RoomState, devices: &[DeviceId]) {
        let now = (log.current_epoch(), devices.to_vec());
        if self.sharing.told.as_ref() == Some(&now) {
            return;
        }
        let before = self.sharing.told.replace(now).map(|(_, devices)| devices).unwrap_or_default();
        if before.is_empty() && devices.is_empty() {
            return;
        }
        // First what they lack keys of.
        self.flush();
        let concerned = |device: &DeviceId| runs(log, *device) || devices.contains(device) || before.contains(device);
        let concerned: Vec<_> = self.subscribers.keys().copied().filter(concerned).collect();
        let frame = self.lacking_frame(log, devices);
        concerned.into_iter().for_each(|device| self.tell(device, frame.clone()));
    }

    fn lacking_frame(&self, log: &RoomState, devices: &[DeviceId]) -> Bytes {
        let lacking = frames::Lacking { room: self.room, epoch: log.current_epoch(), devices: devices.to_vec() };
        codec::encode(&ServerFrame::Lacking(lacking)).into()
    }

    /// Whoever comes anew may be able to help, and may have to know.
    pub(super) fn may_help(&mut self, device: DeviceId, ctx: &mut Context<Self>) {
        self.sharing.asked.remove(&device);
        if let Some(log) = self.log.clone() {
            let devices = self.sharing.lacking(&log.state).devices;
            if !devices.is_empty() && (runs(&log.state, device) || devices.contains(&device)) {
                self.tell(device, self.lacking_frame(&log.state, &devices));
            }
        }
        self.ask_for_keys(ctx);
    }

    /// Says something to a subscriber beside the stream; one whose mailbox is full misses it.
    pub(super) fn tell(&self, device: DeviceId, frame: Bytes) {
        if let Some(subscriber) = self.subscribers.get(&device) {
            let _ = subscriber.device.try_send(Tell { room: self.room, frame });
        }
    }
}

/// A device hands keys on. The reply comes when they are committed or refused.
#[derive(Message)]
#[rtype(result = "()")]
pub struct AddKeysRequest {
    /// The calling device.
    pub device: DeviceId,
    /// What it brings.
    pub keys: AddKeys,
    /// Where the answer goes.
    pub reply: oneshot::Sender<Result<(), Refusal>>,
}

/// Keys were judged.
#[derive(Message)]
#[rtype(result = "()")]
struct Verdict {
    reply: oneshot::Sender<Result<(), Refusal>>,
    giver: DeviceId,
    judged: Result<NewKeys, ErrorCode>,
}

/// The store's answer.
#[derive(Message)]
#[rtype(result = "()")]
struct Done {
    reply: oneshot::Sender<Result<(), Refusal>>,
    giver: DeviceId,
    envelopes: Vec<(DeviceId, Epoch)>,
    links: Vec<Epoch>,
    outcome: KeysOutcome,
}

impl Handler<AddKeysRequest> for Room {
    type Result = ();

    fn handle(&mut self, request: AddKeysRequest, ctx: &mut Self::Context) {
        let AddKeysRequest { device, keys, reply } = request;
        if self.draining.is_some() || self.sharing.adding >= ADDING {
            return respond(reply, Err(Refusal::LATER));
        }
        let Some(log) = self.log.clone() else { return respond(reply, Err(ErrorCode::NotFound.into())) };
        self.sharing.adding += 1;
        let (room, record) = (ctx.address(), Arc::clone(ctx.record()));
        actix::spawn(async move {
            let judging = move || check(&log.state, device, keys);
            let judged = tokio::task::spawn_blocking(judging).await.unwrap_or_else(|error| {
                tracing::error!(%error, "judging keys failed");
                record.error();
                Err(ErrorCode::Internal)
            });
            room.do_send(Verdict { reply, giver: device, judged }); // at most ADDING of them
        });
    }
}

impl Handler<Verdict> for Room {
    type Result = ();

    fn handle(&mut self, Verdict { reply, giver, judged }: Verdict, ctx: &mut Self::Context) {
        let new = match judged {
            Ok(new) => new,
            Err(code) => return self.adding_is_over(reply, Err(code.into())),
        };
        let room = ctx.address();
        let envelopes = new.envelopes.iter().map(|(recipient, epoch, _)| (*recipient, *epoch)).collect();
        let links = new.links.iter().map(|link| link.epoch).collect();
        let (answer, answered) = oneshot::channel();
        let done = move |outcome| {
            let _ = answer.send(outcome); // the one that waits below
        };
        if self.deps.store.submit(self.room, RoomOp::Keys(new, Box::new(done))).is_err() {
            return self.adding_is_over(reply, Err(Refusal::LATER));
        }
        actix::spawn(async move {
            let outcome = answered.await.unwrap_or(KeysOutcome::Failed);
            room.do_send(Done { reply, giver, envelopes, links, outcome }); // at most ADDING of them
        });
    }
}

impl Handler<Done> for Room {
    type Result = ();

    fn handle(&mut self, done: Done, ctx: &mut Self::Context) {
        let Done { reply, giver, envelopes, links, outcome } = done;
        match outcome {
            KeysOutcome::Committed => {}
            KeysOutcome::NotEntitled => return self.adding_is_over(reply, Err(ErrorCode::NotEntitled.into())),
            KeysOutcome::Failed => return self.adding_is_over(reply, Err(Refusal::LATER)),
        }
        let current = self.state().map_or(Epoch(0), RoomState::current_epoch);
        let mut progress = false;
        for (recipient, _) in envelopes.iter().filter(|(_, epoch)| *epoch == current) {
            progress |= self.sharing.holders.insert(*recipient);
        }
        for epoch in &links {
            progress |= self.sharing.links.insert(*epoch);
        }
        // A link opens what was before to everybody.
        let concerned: BTreeSet<DeviceId> = if links.is_empty() {
            envelopes.into_iter().map(|(recipient, _)| recipient).collect()
        } else {
            self.subscribers.keys().copied().collect()
        };
        let frame: Bytes = codec::encode(&ServerFrame::KeysAdded(KeysAdded { room: self.room })).into();
        for device in concerned {
            self.tell(device, frame.clone());
        }
        self.adding_is_over(reply, Ok(()));
        if progress {
            // It may have more.
            self.sharing.asked.remove(&giver);
            self.sharing.asking = false;
            self.ask_for_keys(ctx);
        }
    }
}

impl Room {
    fn adding_is_over(&mut self, reply: oneshot::Sender<Result<(), Refusal>>, outcome: Result<(), Refusal>) {
        self.sharing.adding = self.sharing.adding.saturating_sub(1);
        respond(reply, outcome);
        self.look_whether_drained();
    }
}

/// Whether it is an owner's or admin's device.
fn runs(log: &RoomState, device: DeviceId) -> bool {
    let account = log.device(device).map(|device| device.bundle.account());
    account.and_then(|account| log.member(account)).is_some_and(|member| member.role >= Role::Admin)
}

fn respond(reply: oneshot::Sender<Result<(), Refusal>>, outcome: Result<(), Refusal>) {
    // Whoever asked may have gone away; what was committed stays so, and a repeat is answered the same.
    let _ = reply.send(outcome);
}

/// Whether `giver` may hand these keys on: pure, but it verifies signatures, so it runs on a blocking thread. What is inside
/// links and envelopes only those can see who open them; they compare it with the log's `key_id`.
///
/// # Errors
/// - [`ErrorCode::Malformed`], [`ErrorCode::TooLarge`]: none, or too many;
/// - [`ErrorCode::NotEntitled`]: the giver is not entitled;
/// - [`ErrorCode::BadEnvelopes`]: an envelope that is another's, names another key than the log, or is for a device that may
///   not have it; two for the same;
/// - [`ErrorCode::Invalid`]: a link that cannot be one.
fn check(log: &RoomState, giver: DeviceId, keys: AddKeys) -> Result<NewKeys, ErrorCode> {
    let count = keys.envelopes.len() + keys.links.len();
    if count == 0 {
        return Err(ErrorCode::Malformed);
    }
    if count > limits::ADDED_KEYS {
        return Err(ErrorCode::TooLarge);
    }
    let wrapper = log.device(giver).filter(|device| device.entitled).ok_or(ErrorCode::NotEntitled)?;
    let fits = |epoch: Epoch| epoch > Epoch(0) && epoch < log.current_epoch() && log.may_link(epoch);
    if !keys.links.iter().all(|link| fits(link.epoch) && envelopes::is_sealed_key(&link.sealed)) {
        return Err(ErrorCode::Invalid);
    }
    let mut given = BTreeSet::new();
    let mut addressed = Vec::with_capacity(keys.envelopes.len());
    for envelope in keys.envelopes {
        let context = envelopes::shared(log, &wrapper.bundle, &envelope).ok_or(ErrorCode::BadEnvelopes)?;
        if !given.insert((context.recipient, context.epoch)) {
            return Err(ErrorCode::BadEnvelopes);
        }
        addressed.push((context.recipient, context.epoch, envelope));
    }
    Ok(NewKeys { giver: Some(giver), envelopes: addressed, links: keys.links })
}
