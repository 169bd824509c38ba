//! Messages of this device that are not in the stream yet, in the order in which they were written. One that the service says it
//! accepted is not sent again, and stays here until the stream has it: where that goes on without it, it is lost, and its person
//! can have it sent anew.
//!
//! A message is sealed when it is first sent and then sent as the same bytes until it is answered. Only when its epoch
//! has closed is it sealed again, under the same id and in the same place. At most [`WINDOW`] are under way at a time, all
//! of one epoch: so a refusal can never let a later message overtake an earlier one.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{
    context::{Backoff, Context},
    io::{Change, Event, OutgoingState, OutgoingView},
    keyring::Keyring,
    records,
};
use crate::{
    crypto::{
        SUITE,
        epoch::EpochKey,
        message::{Cursor, MessageHeader, MessageKind, SealedMessage, SenderPosition, TextBody},
        system_rng,
    },
    ids::{Epoch, MessageId, RoomId, Seq, SessionTag},
    log::RoomState,
    protocol::{
        codec,
        error::ErrorCode,
        frames::{ClientFrame, Refused, Send},
    },
    sorted::SortedMap,
    time::Timestamp,
};

/// How many messages are sent ahead of their answers.
pub const WINDOW: usize = 32;

/// A message that waits. Holds plaintext: encrypted at rest like every record.
#[derive(Clone, Serialize, Deserialize)]
pub struct OutboxEntry {
    message_id: MessageId,
    written_at: Timestamp,
    kind: MessageKind,
    plaintext: crate::protocol::bytes::Blob,
    sealed: Option<SealedMessage>,
    position: Option<SenderPosition>,
    failed: Option<ErrorCode>,
    taken: Option<Taken>,
}

/// The service says that it accepted a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Taken {
    /// As this place of the stream, which is still to come.
    At(Seq),
    /// The stream has not shown it.
    Lost,
}

impl core::fmt::Debug for OutboxEntry {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("OutboxEntry")
            .field("message_id", &self.message_id)
            .field("position", &self.position)
            .field("failed", &self.failed)
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
}

impl OutboxEntry {
    fn shown(&self, room: RoomId, state: OutgoingState) -> OutgoingView {
        let text = codec::decode::<TextBody>(&self.plaintext.0).map(|body| body.text).unwrap_or_default();
        OutgoingView { room, message_id: self.message_id, text, sent_at: self.written_at, state }
    }

    fn view(&self, room: RoomId, state: OutgoingState) -> Event {
        Event::Outgoing(self.shown(room, state))
    }

    /// As it was before it was sealed; one that failed for want of entitlement waits again.
    pub(super) fn unsealed(self) -> Self {
        let failed = self.failed.filter(|code| *code != ErrorCode::NotEntitled);
        Self { sealed: None, position: None, failed, ..self }
    }

    fn state(&self) -> OutgoingState {
        match (self.failed, self.taken) {
            (Some(code), _) => OutgoingState::Failed(code),
            (None, Some(Taken::At(seq))) => OutgoingState::Accepted(seq),
            (None, Some(Taken::Lost)) => OutgoingState::Lost,
            (None, None) => OutgoingState::Waiting,
        }
    }

    const fn waits(&self) -> bool {
        self.failed.is_none() && self.taken.is_none()
    }

    /// It goes no further unless its person has it tried again.
    fn is_left(&self) -> bool {
        self.failed.is_some() || self.taken == Some(Taken::Lost)
    }
}

/// The counter of this process run's messages in one epoch.
#[derive(Debug)]
struct Sealing {
    epoch: Epoch,
    next: u64,
}

/// What the outbox must know about its room to seal and send.
pub(super) struct RoomFacts<'a> {
    pub(super) log: &'a RoomState,
    pub(super) keyring: &'a Keyring,
    pub(super) seen: Cursor,
    /// The last message of this device in the stream.
    pub(super) last_own: Option<SenderPosition>,
}

/// See the module.
#[derive(Debug)]
pub struct Outbox {
    room: RoomId,
    entries: SortedMap<u64, OutboxEntry>,
    next_order: u64,
    in_flight: VecDeque<u64>,
    sealing: Option<Sealing>,
    /// The service said that epochs below this are closed, before the log's news came.
    open_from: Epoch,
    pause: Backoff,
    /// The last message that the service says it took: the stream may be behind it, or never bring it.
    last_accepted: Option<SenderPosition>,
    /// Rises whenever sending begins again with the first message that has no answer.
    attempt: u64,
    /// One of those under way was refused because its epoch closed, and so will be the others: their refusals come before
    /// any of them is sent anew, or they would be taken for refusals of what it is sealed as then.
    draining: bool,
}

impl Outbox {
    pub(super) fn new(room: RoomId) -> Self {
        Self {
            room,
            entries: SortedMap::new(),
            next_order: 0,
            in_flight: VecDeque::new(),
            sealing: None,
            open_from: Epoch(0),
            pause: Backoff::default(),
            last_accepted: None,
            attempt: 0,
            draining: false,
        }
    }

    pub(super) fn restore(&mut self, entries: SortedMap<u64, OutboxEntry>, last_accepted: Option<SenderPosition>) {
        self.last_accepted = last_accepted;
        self.next_order = entries.last_key_value().map_or(0, |(order, _)| order + 1);
        self.entries = entries;
    }

    pub(super) fn show(&self, context: &mut Context<'_>) {
        for entry in self.entries.values() {
            context.notify(entry.view(self.room, entry.state()));
        }
    }

    /// All of them, oldest first.
    pub fn views(&self) -> impl Iterator<Item = OutgoingView> {
        self.entries.values().map(|entry| entry.shown(self.room, entry.state()))
    }

    /// The last message that the service says it took.
    pub(super) const fn last_accepted(&self) -> Option<SenderPosition> {
        self.last_accepted
    }

    /// How many messages wait to be accepted, failed ones not counted.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.entries.values().filter(|entry| entry.waits()).count()
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.pause.deadline()
    }

    pub(super) fn write(&mut self, text: &str, context: &mut Context<'_>) {
        let entry = OutboxEntry {
            message_id: MessageId::random(&mut system_rng()),
            written_at: context.now,
            kind: MessageKind::TEXT,
            plaintext: codec::encode(&TextBody { text: text.to_owned() }).into(),
            sealed: None,
            position: None,
            failed: None,
            taken: None,
        };
        let order = self.next_order;
        self.next_order += 1;
        context.save(vec![records::put_outbox(self.room, order, &entry)]);
        context.notify(entry.view(self.room, OutgoingState::Waiting));
        self.entries.insert(order, entry);
    }

    /// Puts a message that failed or was lost back in line, sealed anew.
    pub(super) fn retry(&mut self, message_id: MessageId, context: &mut Context<'_>) {
        let Some(order) = self.order_of(message_id) else { return };
        if let Some(entry) = self.entries.get_mut(&order).filter(|entry| entry.is_left()) {
            (entry.failed, entry.taken, entry.sealed, entry.position) = (None, None, None, None);
            context.save(vec![records::put_outbox(self.room, order, entry)]);
            context.notify(entry.view(self.room, OutgoingState::Waiting));
        }
    }

    /// Removes a message that failed or was lost. One that is on its way cannot be called back.
    pub(super) fn discard(&mut self, message_id: MessageId, context: &mut Context<'_>) {
        let Some(order) = self.order_of(message_id) else { return };
        if self.entries.get(&order).is_some_and(OutboxEntry::is_left) {
            self.entries.remove(&order);
            context.save(vec![records::delete_outbox(self.room, order)]);
            context.notify(Event::Discarded { room: self.room, message_id });
        }
    }

    pub(super) fn disconnected(&mut self) {
        self.in_flight.clear();
        self.pause.succeeded();
        self.attempt = 0;
        self.draining = false;
    }

    /// Sends what may be sent now. Call only when the room's stream is caught up: then what the stream does not hold was
    /// never committed, and can be sealed again if its epoch is closed.
    pub(super) fn pump(&mut self, facts: &RoomFacts<'_>, context: &mut Context<'_>) {
        if !self.pause.is_due(context.now) {
            return;
        }
        if self.draining {
            if !self.in_flight.is_empty() {
                return;
            }
            self.begin_again();
        }
        let orders: Vec<u64> = self
            .entries
            .iter()
            .filter(|(order, entry)| entry.waits() && !self.in_flight.contains(order))
            .map(|(order, _)| *order)
            .take(WINDOW)
            .collect();
        for order in orders {
            if self.in_flight.len() >= WINDOW || !self.send(order, facts, context) {
                break;
            }
        }
    }

    /// Sends one entry; `false` when it and all after it must wait.
    fn send(&mut self, order: u64, facts: &RoomFacts<'_>, context: &mut Context<'_>) -> bool {
        let open = facts.log.oldest_open_epoch().max(self.open_from);
        let flying = self.in_flight.front().and_then(|order| self.entries.get(order)).and_then(|e| e.position);
        let Some(entry) = self.entries.get(&order) else { return true };
        let sealed_in = entry.position.map(|position| position.epoch).filter(|epoch| *epoch >= open);
        let epoch = sealed_in.unwrap_or_else(|| facts.log.current_epoch());
        if flying.is_some_and(|flying| flying.epoch != epoch) || epoch < open || epoch == Epoch(0) {
            return false;
        }
        if sealed_in.is_none() {
            let Some(key) = facts.keyring.get(epoch, facts.log) else { return false };
            if self.seal(order, epoch, key, facts, context).is_none() {
                // Too large: it cannot go, and keeps none behind it from going.
                self.fail(order, ErrorCode::TooLarge, context);
                return true;
            }
        }
        let Some(message) = self.entries.get(&order).and_then(|entry| entry.sealed.clone()) else { return false };
        self.in_flight.push_back(order);
        context.transmit(&ClientFrame::Send(Send { room: self.room, attempt: self.attempt, message }));
        true
    }

    /// Seals an entry under the key of `epoch` and saves it; `None` when it cannot be sealed.
    fn seal(
        &mut self,
        order: u64,
        epoch: Epoch,
        key: &EpochKey,
        facts: &RoomFacts<'_>,
        context: &mut Context<'_>,
    ) -> Option<()> {
        let counter = self.sealing.as_ref().filter(|sealing| sealing.epoch == epoch).map_or(0, |sealing| sealing.next);
        let before = self.entries.iter().rev().filter(|(at, entry)| **at < order && entry.waits());
        let before = before.filter_map(|(_, entry)| entry.position).next();
        let session: SessionTag = context.session;
        let entry = self.entries.get_mut(&order)?;
        let header = MessageHeader {
            suite: SUITE,
            room: self.room,
            epoch,
            key_id: key.key_id(),
            device: context.identity.device(),
            session,
            counter,
            message_id: entry.message_id,
            kind: entry.kind,
            target: None,
            sent_at: entry.written_at,
            seen: facts.seen,
            log_head: facts.log.head(),
            previous: if counter == 0 { before.or(self.last_accepted).or(facts.last_own) } else { None },
        };
        let sealed = SealedMessage::seal(context.identity.keys(), key, &header, &entry.plaintext.0).ok()?;
        self.sealing = Some(Sealing { epoch, next: counter + 1 });
        entry.sealed = Some(sealed);
        entry.position = Some(header.position());
        context.save(vec![records::put_outbox(self.room, order, entry)]);
        Some(())
    }

    /// The service says that it committed a message.
    pub(super) fn accepted(&mut self, message_id: MessageId, seq: Seq, context: &mut Context<'_>) -> Option<Change> {
        let order = self.order_of(message_id)?;
        let entry = self.entries.get_mut(&order).filter(|entry| entry.taken.is_none())?;
        (entry.taken, entry.failed, entry.sealed) = (Some(Taken::At(seq)), None, None);
        context.notify(entry.view(self.room, OutgoingState::Accepted(seq)));
        let change = records::put_outbox(self.room, order, entry);
        self.last_accepted = entry.position;
        self.answered(order);
        Some(change)
    }

    /// A message came in the stream.
    pub(super) fn came(&mut self, message_id: MessageId, seq: Seq, context: &mut Context<'_>) -> Option<Change> {
        let order = self.order_of(message_id)?;
        let entry = self.entries.remove(&order)?;
        if entry.taken.is_none() {
            self.last_accepted = entry.position;
        }
        self.answered(order);
        context.notify(entry.view(self.room, OutgoingState::Accepted(seq)));
        Some(records::delete_outbox(self.room, order))
    }

    fn answered(&mut self, order: u64) {
        self.in_flight.retain(|flying| *flying != order);
        self.pause.succeeded();
    }

    /// The stream is here up to this place, or goes on after it in another life: what the service accepted up to there and did not
    /// show is lost.
    pub(super) fn passed(&mut self, seq: Seq, context: &mut Context<'_>) {
        let lost = |entry: &OutboxEntry| matches!(entry.taken, Some(Taken::At(at)) if at <= seq);
        for (order, entry) in self.entries.iter_mut().filter(|(_, entry)| lost(entry)) {
            entry.taken = Some(Taken::Lost);
            context.save(vec![records::put_outbox(self.room, *order, entry)]);
            context.notify(entry.view(self.room, OutgoingState::Lost));
        }
    }

    /// The service did not take a message. The rest of the attempt will be refused too, or is of the same closed epoch: all
    /// that have no answer are sent again, in order.
    pub(super) fn refused(&mut self, refused: &Refused, context: &mut Context<'_>) {
        let Some(order) = self.order_of(refused.message_id).filter(|order| self.in_flight.contains(order)) else {
            return;
        };
        match refused.code {
            ErrorCode::RetryLater | ErrorCode::RateLimited | ErrorCode::Internal | ErrorCode::Unknown => {
                self.begin_again();
                self.pause.failed(context.now, refused.retry_after_ms);
            }
            ErrorCode::EpochClosed => {
                self.in_flight.retain(|flying| *flying != order);
                self.draining = true;
                if let Some(position) = self.entries.get(&order).and_then(|entry| entry.position) {
                    self.open_from = self.open_from.max(position.epoch.next());
                }
            }
            code => {
                self.in_flight.retain(|flying| *flying != order);
                self.fail(order, code, context);
            }
        }
    }

    /// A message does not go, unless its person has it tried again.
    fn fail(&mut self, order: u64, code: ErrorCode, context: &mut Context<'_>) {
        if let Some(entry) = self.entries.get_mut(&order) {
            entry.failed = Some(code);
            context.save(vec![records::put_outbox(self.room, order, entry)]);
            context.notify(entry.view(self.room, OutgoingState::Failed(code)));
        }
    }

    /// Nothing that waits can go any more.
    pub(super) fn fail_all(&mut self, code: ErrorCode, context: &mut Context<'_>) {
        self.in_flight.clear();
        let waiting = self.entries.iter().filter(|(_, entry)| entry.waits());
        let orders: Vec<u64> = waiting.map(|(order, _)| *order).collect();
        orders.into_iter().for_each(|order| self.fail(order, code, context));
    }

    /// The next attempt begins with the first message that has no answer, answered for meanwhile or not: a repeated message
    /// is answered as the first time.
    fn begin_again(&mut self) {
        self.in_flight.clear();
        self.attempt += 1;
        self.draining = false;
    }

    fn order_of(&self, message_id: MessageId) -> Option<u64> {
        self.entries.iter().find(|(_, entry)| entry.message_id == message_id).map(|(order, _)| *order)
    }
}
