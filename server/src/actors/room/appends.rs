//! The log: one append at a time. It is judged on a blocking thread against the fold as it then is, committed by the
//! store, and only then does the next one get its turn; so an append is always judged against the log that it continues.

use std::sync::Arc;

use actix::prelude::*;
use igoon_shared::{
    ids::{AccountId, DeviceId, Epoch, Incarnation},
    log::{RoomState, SignedEntry},
    protocol::{
        error::ErrorCode,
        frames::{CommittedEntry, StreamContent},
        http::Appended,
    },
    time::Timestamp,
};
use tokio::sync::oneshot;

use super::{
    APPENDS_WAITING, AppendRequest, Refusal, Room,
    logic::{self, Accepted, Judged, Log, Times},
    messages,
};
use crate::{
    actors::health::Context,
    recovery::{custody::Custody, inbox, policy},
    store::ops::{AppendOutcome, NewAppend, RoomOp},
};

type Reply = oneshot::Sender<Result<Appended, Refusal>>;

/// An append that the store has.
pub(super) struct Pending {
    /// Absent: the service appends.
    reply: Option<Reply>,
    after: RoomState,
    hashes: Vec<igoon_shared::ids::EntryHash>,
    entries: Vec<SignedEntry>,
    received_at: Timestamp,
    /// Accounts and devices that were not there before.
    newcomers: Vec<(AccountId, DeviceId)>,
    /// Devices that are entitled no more.
    gone: Vec<DeviceId>,
    /// Devices that are replaced: their sessions end with the append.
    replaced: Vec<DeviceId>,
    /// Devices with an envelope of the epoch that starts; none when none starts.
    holders: Vec<DeviceId>,
    /// The epoch whose key lies beside that start.
    link: Option<Epoch>,
}

/// An append was judged.
#[derive(Message)]
#[rtype(result = "()")]
struct Verdict {
    reply: Reply,
    judged: Result<Judged, Refusal>,
}

/// The store's answer to an append.
#[derive(Message)]
#[rtype(result = "()")]
struct Done(AppendOutcome);

impl Handler<AppendRequest> for Room {
    type Result = ();

    fn handle(&mut self, request: AppendRequest, ctx: &mut Self::Context) {
        if self.draining.is_some() || self.waiting.len() >= APPENDS_WAITING {
            return respond(Some(request.reply), Err(Refusal::LATER));
        }
        self.waiting.push_back(request);
        self.next_append(ctx);
    }
}

impl Room {
    pub(super) fn next_append(&mut self, ctx: &mut Context<Self>) {
        if self.appending {
            return;
        }
        if let Some(log) = self.log.clone()
            && let Some(says) = self.recovering.saying.pop_front()
        {
            self.appending = true;
            return self.say(says, log, ctx);
        }
        let Some(AppendRequest { caller, append, reply }) = self.waiting.pop_front() else { return };
        self.appending = true;
        let (log, room, record) = (self.log.clone(), ctx.address(), Arc::clone(ctx.record()));
        let times = Times { now: self.deps.clock.now(), restored_at: self.deps.store.incarnation().restored_at() };
        let custody = self.deps.custody.clone();
        actix::spawn(async move {
            let entries = append.entries.clone();
            let counts_on_service = policy::counts_on_service(&entries);
            let judging = move || logic::judge(log.as_deref(), &caller, append, times);
            let judged = tokio::task::spawn_blocking(judging).await.unwrap_or_else(|error| {
                tracing::error!(%error, "judging an append failed");
                record.error();
                Err(ErrorCode::Internal.into())
            });
            let judged = match judged {
                Ok(Judged::New(new)) if counts_on_service => {
                    pinned(&custody, &entries).await.map(|()| Judged::New(new)).map_err(Refusal::from)
                }
                judged => judged,
            };
            // One at a time.
            room.do_send(Verdict { reply, judged });
        });
    }

    pub(super) fn append_is_over(&mut self, ctx: &mut Context<Self>) {
        self.appending = false;
        self.look_whether_drained();
        self.said(ctx);
        self.next_append(ctx);
        if self.log.is_none() && self.is_idle() {
            // It was not made: nothing of it stays.
            self.directory.room_is_idle(self.room, self.serial);
        }
    }

    pub(super) fn submit(&mut self, reply: Option<Reply>, accepted: Accepted, ctx: &mut Context<Self>) {
        let Accepted { room, after, append } = accepted;
        if room != self.room {
            respond(reply, Err(ErrorCode::BadEntry.into()));
            return self.append_is_over(ctx);
        }
        let mut pending = Pending {
            reply,
            after,
            hashes: append.entries.iter().map(|new| new.hash).collect(),
            entries: append.entries.iter().map(|new| new.entry.clone()).collect(),
            received_at: append.received_at,
            newcomers: newcomers(&append),
            gone: append.devices.iter().filter(|row| !row.entitled).map(|row| row.device).collect(),
            replaced: append.replaced.clone(),
            holders: append.envelopes.iter().map(|(recipient, ..)| *recipient).collect(),
            link: append.link.as_ref().map(|link| link.epoch),
        };
        if let Some(state) = self.state() {
            pending.newcomers.retain(|(_, device)| !state.is_entitled(*device));
        }
        let address = ctx.address();
        let done = move |outcome| address.do_send(Done(outcome)); // one at a time
        match self.deps.store.submit(self.room, RoomOp::Append(Box::new(append), Box::new(done))) {
            Ok(()) => self.pending = Some(pending),
            Err(_busy) => {
                respond(pending.reply, Err(Refusal::LATER));
                self.append_is_over(ctx);
            }
        }
    }

    fn commit(
        &mut self,
        pending: Pending,
        incarnation: Incarnation,
        places: Vec<CommittedEntry>,
        ctx: &mut Context<Self>,
    ) {
        let went_on = inbox::went_on(self.state(), &pending.after);
        // Usually nobody else holds the log now: the judging is over.
        let mut committed = self.log.take().map_or_else(Vec::new, |log| match Arc::try_unwrap(log) {
            Ok(log) => log.committed,
            Err(log) => log.committed.clone(),
        });
        committed.extend(pending.hashes.iter().zip(&places).map(|(hash, place)| (*hash, place.seq)));
        self.log = Some(Arc::new(Log { state: pending.after, committed }));
        for (entry, place) in pending.entries.into_iter().zip(&places) {
            let content = StreamContent::Log(entry);
            let frame = messages::item(self.room, incarnation, place.seq, pending.received_at, content);
            self.committed(place.seq, frame, ctx);
        }
        self.drop_the_unentitled();
        for device in pending.gone {
            self.roster.forget(device);
        }
        for device in pending.replaced {
            self.directory.shut_out(device);
        }
        if !pending.holders.is_empty() {
            self.sharing.started(pending.holders);
        }
        if let Some(epoch) = pending.link {
            self.sharing.linked(epoch);
        }
        // Who could not help with what was lacking before may help with what is lacking now.
        self.sharing.forget_who_was_asked();
        self.ask_for_keys(ctx);
        self.hand_statements(ctx);
        respond(pending.reply, Ok(Appended { room: self.room, incarnation, entries: places }));
        self.recoveries_went_on(&went_on, ctx);
        if !pending.newcomers.is_empty() {
            for (_, device) in &pending.newcomers {
                self.roster.joined(*device, pending.received_at);
            }
            self.tell_soon(ctx);
            self.directory.newcomers(self.room, pending.newcomers);
        }
    }
}

impl Handler<Verdict> for Room {
    type Result = ();

    fn handle(&mut self, verdict: Verdict, ctx: &mut Self::Context) {
        match verdict.judged {
            Ok(Judged::New(accepted)) => return self.submit(Some(verdict.reply), *accepted, ctx),
            Ok(Judged::Repeated(entries)) => {
                let again = Appended { room: self.room, incarnation: self.deps.store.incarnation(), entries };
                respond(Some(verdict.reply), Ok(again));
            }
            Err(refusal) => respond(Some(verdict.reply), Err(refusal)),
        }
        self.append_is_over(ctx);
    }
}

impl Handler<Done> for Room {
    type Result = ();

    fn handle(&mut self, Done(outcome): Done, ctx: &mut Self::Context) {
        if let Some(pending) = self.pending.take() {
            match outcome {
                AppendOutcome::Committed(incarnation, places) => self.commit(pending, incarnation, places, ctx),
                // The cache was wrong, or it is not known whether it is: what the store has counts. A repeated append is
                // then answered from it.
                AppendOutcome::Conflict(_) => {
                    respond(pending.reply, Err(ErrorCode::LogConflict.into()));
                    self.reload(ctx);
                }
                AppendOutcome::Failed => {
                    respond(pending.reply, Err(Refusal::LATER));
                    self.reload(ctx);
                }
            }
        }
        // Not at once: a reload comes first.
        ctx.notify(Over);
    }
}

/// The next append may have its turn.
#[derive(Message)]
#[rtype(result = "()")]
struct Over;

impl Handler<Over> for Room {
    type Result = ();

    fn handle(&mut self, _: Over, ctx: &mut Self::Context) {
        self.append_is_over(ctx);
    }
}

fn newcomers(append: &NewAppend) -> Vec<(AccountId, DeviceId)> {
    append.devices.iter().filter(|row| row.entitled).map(|row| (row.account, row.device)).collect()
}

/// Whether policies that count on the service pin the key that it has for new ones.
async fn pinned(custody: &Custody, entries: &[SignedEntry]) -> Result<(), ErrorCode> {
    match custody.current().await {
        Ok(ours) if policy::pins(entries, &ours) => Ok(()),
        Ok(_) => Err(ErrorCode::Invalid),
        Err(error) => {
            tracing::error!(%error, "there is no recovery key");
            Err(ErrorCode::Internal)
        }
    }
}

fn respond(reply: Option<Reply>, outcome: Result<Appended, Refusal>) {
    // Whoever asked may have gone away; what was committed stays so, and a repeat is answered the same.
    let _ = reply.map(|reply| reply.send(outcome));
}
