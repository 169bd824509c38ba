//! The stream, place by place: entries go into the log, messages are verified at receipt, before anything is decrypted.

use super::{CatchUp, Room, Stream, ended_after};
use crate::{
    client::{
        context::Context,
        entries::EntryView,
        glimpse::Glimpse,
        io::{Alarm, Body, Event, Unreadable},
        records,
        recovery::Moment,
        stored::StoredMessage,
        waiting::Spoken,
    },
    crypto::{
        epoch::EpochKey,
        message::{LogHead, MessageHeader, MessageKind, SealedMessage, TextBody},
    },
    ids::{DeviceId, EntryHash, Epoch, Incarnation, LogIndex, Seq},
    log::{Action, Author, EpochReason, RoomState, SignedEntry},
    protocol::{
        codec,
        frames::{Page, StreamContent, StreamItem},
        limits::TIMELINE_REACH,
    },
    time::Timestamp,
};

/// How long nobody else starts an epoch whose start should come with the entry before it, in milliseconds.
const START_FOLLOWS_MS: u64 = 10_000;

impl Room {
    /// A page of the stream came.
    pub(in crate::client) fn page(&mut self, page: Page, context: &mut Context<'_>) {
        if self.stream != Stream::Asked {
            return;
        }
        if !self.same_life(page.incarnation) {
            // Asked for again once somebody has looked.
            self.stream = Stream::Wanted;
            return;
        }
        let before = self.cursor.seq;
        if !self.may_end_at(page.head) {
            self.raise(Alarm::RolledBack);
        }
        if page.more {
            let from = self.catching_up.map_or(self.cursor.seq, |catching_up| catching_up.from);
            self.catching_up = Some(CatchUp { from, head: page.head });
        }
        let mut complete = true;
        let at = context.effects.len();
        for item in page.items {
            complete &= self.next(page.incarnation, item, context);
        }
        self.save_taken(at, context);
        self.outbox.passed(self.cursor.seq, context);
        if let Some(up_to) = self.only_stored.take() {
            context.notify(Event::Stored { room: self.id, up_to });
        }
        self.stream = if page.more || !complete { Stream::Wanted } else { Stream::Live };
        if self.stream == Stream::Live {
            self.catching_up = None;
            self.settle_own_entry(context);
        }
        if self.stream == Stream::Wanted && self.cursor.seq == before {
            // It promises more than it shows.
            self.sync_backoff.failed(context.now, None);
        } else {
            self.sync_backoff.succeeded();
        }
        self.refused_by_service = false;
        self.glimpse = Glimpse::default();
        self.shown = false;
    }

    /// A new item came by itself.
    pub(in crate::client) fn live(&mut self, incarnation: Incarnation, item: StreamItem, context: &mut Context<'_>) {
        let at = context.effects.len();
        if self.same_life(incarnation) && !self.next(incarnation, item, context) && self.stream == Stream::Live {
            self.stream = Stream::Wanted;
        }
        self.save_taken(at, context);
        self.outbox.passed(self.cursor.seq, context);
    }

    fn same_life(&mut self, incarnation: Incarnation) -> bool {
        if self.cursor.seq > Seq(0) && incarnation != self.cursor.incarnation {
            self.raise(Alarm::Restored);
        }
        !self.is_halted()
    }

    /// Takes an item if it is the next; `false` if there is a gap before it. What raises an alarm is not taken, so it is
    /// met again after a restart.
    fn next(&mut self, incarnation: Incarnation, item: StreamItem, context: &mut Context<'_>) -> bool {
        if self.is_halted() {
            return true;
        }
        if item.seq <= self.cursor.seq {
            self.again(&item);
            return true;
        }
        if !self.is_next(incarnation, item.seq) {
            return false;
        }
        match self.take(&item, context) {
            Ok(of_others) => {
                self.note_leap(item.seq);
                self.cursor.incarnation = incarnation;
                self.reached(item.seq, item.received_at, of_others, context);
            }
            Err(alarm) => self.raise(alarm),
        }
        true
    }

    /// A place that was taken before comes again. Another entry of the log than the one that was taken is a fork.
    fn again(&mut self, item: &StreamItem) {
        let StreamContent::Log(entry) = &item.content else { return };
        let claimed = entry.body().map(|body| LogHead { index: body.index, hash: entry.hash() });
        if claimed.is_ok_and(|claimed| self.is_other_entry(claimed)) {
            self.raise(Alarm::LogForked);
        }
    }

    /// Whether another entry stands at this one's place in the log.
    pub(super) fn is_other_entry(&self, entry: LogHead) -> bool {
        self.hash_at(entry.index).is_some_and(|known| known != entry.hash)
    }

    fn hash_at(&self, index: LogIndex) -> Option<EntryHash> {
        self.log_hashes.get(usize::try_from(index.0).ok()?).copied()
    }

    /// Takes an item; whether it is somebody else's message.
    fn take(&mut self, item: &StreamItem, context: &mut Context<'_>) -> Result<bool, Alarm> {
        match &item.content {
            StreamContent::Log(entry) => {
                if self.is_back(entry.hash())? {
                    return Ok(false);
                }
                let (epoch, ended) = (self.current_epoch(), self.ended);
                let now = Moment { host: context.host_now, service: context.now };
                self.take_entry(item.seq, entry, Some(now))?;
                if self.current_epoch() != epoch {
                    self.epoch_since = item.received_at;
                    self.rotation_backoff.succeeded();
                } else if self.brings_the_next_epoch(entry) {
                    self.rotation_backoff.failed(context.now, Some(START_FOLLOWS_MS));
                }
                if self.ended != ended {
                    self.unsaved.changes.push(records::delete_ended(self.id));
                }
                self.unsaved.changes.push(records::put_entry(self.id, item.seq, entry));
                Ok(false)
            }
            StreamContent::Message(message) => self.take_message(item.seq, item.received_at, message, context),
        }
    }

    /// Whether the next epoch is in the append of this entry, which was just taken: where somebody is put out, comes in without the
    /// key that holds, or others hold keys from then on. Nobody else is to start it meanwhile.
    fn brings_the_next_epoch(&self, entry: &SignedEntry) -> bool {
        let (Some(due), Ok(body)) = (self.log.as_ref().and_then(RoomState::rotation_due), entry.body()) else {
            return false;
        };
        let author = body.author;
        match body.action {
            Action::MemberRemoved(_) | Action::RecoveryPolicySet(_) => true,
            // Who puts itself out starts nothing.
            Action::DeviceRevoked(revoked) => author != Author::Device(revoked.device),
            Action::Joined(_) => due == EpochReason::Joining,
            _ => false,
        }
    }

    /// Goes on to the next place.
    fn reached(&mut self, seq: Seq, received_at: Timestamp, of_others: bool, context: &Context<'_>) {
        self.cursor.seq = seq;
        let number = self.places.push(seq, received_at, of_others);
        if self.unsaved.portions.insert(number) {
            let dropped = self.places.prune(seq, self.read_anywhere(context));
            self.unsaved.changes.extend(dropped.into_iter().map(|number| records::delete_places(self.id, number)));
        }
    }

    /// Nothing is done in this room any more.
    pub(super) fn raise(&mut self, alarm: Alarm) {
        self.alarm = Some(alarm);
        if alarm.stays() {
            self.unsaved.changes.push(records::put_alarm(self.id, alarm));
        }
        self.shown = false;
    }

    fn current_epoch(&self) -> Epoch {
        self.log.as_ref().map_or(Epoch(0), RoomState::current_epoch)
    }

    /// Takes an entry of the log; `now` is when it came, unless it was here before.
    pub(super) fn take_entry(&mut self, seq: Seq, entry: &SignedEntry, now: Option<Moment>) -> Result<(), Alarm> {
        if let Some(log) = &mut self.log {
            let own = self.appended.filter(|own| own.index == log.head().index.next());
            if own.is_some_and(|own| own.hash != entry.hash()) {
                // The service said that this device's own stands here.
                return Err(Alarm::LogForked);
            }
            let epoch = log.current_epoch();
            let applied = log.apply(entry)?;
            if log.current_epoch() != epoch {
                self.epoch_since = applied.body.at;
            }
            self.spoken.extend(Spoken::in_entry(&applied, self.me.account));
            self.senders.prune(log.oldest_open_epoch());
            self.ended = ended_after(self.ended, &applied, log, self.me);
            let heard = now.and_then(|now| self.waits.took(self.id, &applied, now));
            self.unsaved.changes.extend(heard);
            let unseen_wait = self.waits.unseen_by(&applied, log, self.me);
            self.entries.push(EntryView { unseen_wait, ..EntryView::of(&applied, log, Some(seq)) });
        } else {
            let (log, applied) = RoomState::start(entry)?;
            if log.room() != self.id {
                return Err(Alarm::LogBroken);
            }
            self.entries.push(EntryView::of(&applied, &log, Some(seq)));
            self.log = Some(log);
        }
        self.names_given.extend(self.entries.last().and_then(|entry| entry.deed.given()));
        self.log_hashes.push(entry.hash());
        self.signed.push((seq, entry.clone()));
        let members = self.log.iter().flat_map(RoomState::members);
        self.handles.extend(members.map(|(account, member)| (*account, member.handle)));
        self.want_names();
        self.people.members_changed();
        self.log_reads_otherwise();
        Ok(())
    }

    /// Verifies a message at receipt, before anything is decrypted, and stores it with what it says or why that cannot be
    /// read; whether it is somebody else's.
    fn take_message(
        &mut self,
        seq: Seq,
        received_at: Timestamp,
        message: &SealedMessage,
        context: &mut Context<'_>,
    ) -> Result<bool, Alarm> {
        let mut stored = StoredMessage {
            received_at,
            sealed: message.clone(),
            account: None,
            mine: false,
            shown_at: received_at,
            gap: false,
            body: Body::Unreadable(Unreadable::NeedsNewer),
        };
        if let Ok(header) = message.header() {
            stored.body = match self.judge(&header, &mut stored, context)? {
                Ok(()) => self.accept(seq, &header, &mut stored, context).unwrap_or_else(Body::Unreadable),
                Err(why) => Body::Unreadable(why),
            };
        }
        self.last_activity = self.last_activity.max(Some(stored.shown_at));
        self.unsaved.changes.push(stored.put(self.id, seq));
        if self.catching_up.is_none() {
            context.notify(Event::Message(self.shown_message(seq, &stored)));
        } else {
            self.only_stored = Some(seq);
        }
        self.shown = false;
        Ok(!stored.mine && stored.body != Body::Unreadable(Unreadable::Replayed))
    }

    /// Whether a message is its sender's, and its sender may write here.
    ///
    /// # Errors
    /// An alarm when the sender was shown another log than this device. That comes before what this log permits: an entry may
    /// be hidden from it.
    fn judge(
        &self,
        header: &MessageHeader,
        stored: &mut StoredMessage,
        context: &Context<'_>,
    ) -> Result<Result<(), Unreadable>, Alarm> {
        let known = self.log.as_ref().and_then(|log| Some((log, log.device(header.device)?)));
        let Some((log, sender)) = known else { return Ok(Err(Unreadable::NotPermitted)) };
        if stored.sealed.verify(sender.bundle.signing_key()).is_err() {
            return Ok(Err(Unreadable::BadSignature));
        }
        let account = sender.bundle.account();
        stored.account = Some(account);
        stored.mine = account == context.identity.account();
        if header.room != self.id {
            return Ok(Err(Unreadable::NotPermitted));
        }
        if self.hash_at(header.log_head.index) != Some(header.log_head.hash) {
            return Err(Alarm::LogForked);
        }
        let pinned = log.epoch(header.epoch).is_some_and(|epoch| epoch.key_id == header.key_id);
        let may_send = pinned && log.may_send(header.device, header.epoch).is_ok();
        Ok(if may_send { Ok(()) } else { Err(Unreadable::NotPermitted) })
    }

    /// Puts a message that is its sender's into order; what it says.
    fn accept(
        &mut self,
        seq: Seq,
        header: &MessageHeader,
        stored: &mut StoredMessage,
        context: &mut Context<'_>,
    ) -> Result<Body, Unreadable> {
        stored.gap = self.senders.take(header)?;
        stored.shown_at = self.shown_at(seq, header, stored.received_at);
        self.unsaved.senders.insert(header.device);
        if self.was_sent_here(header.device, context) {
            self.unsaved.changes.extend(self.outbox.came(header.message_id, seq, context));
        }
        let key = self.log.as_ref().and_then(|log| self.keyring.get(header.epoch, log));
        if let Some(key) = key {
            return Ok(read_body(key, &stored.sealed, header));
        }
        self.lock(seq, header.epoch);
        Err(Unreadable::NoKey(header.epoch))
    }

    /// Whether a device is this computer, with the keys that it has or with earlier ones.
    fn was_sent_here(&self, device: DeviceId, context: &Context<'_>) -> bool {
        let me = context.identity.bundle();
        let sender = self.log.as_ref().and_then(|log| log.device(device)).map(|device| &device.bundle);
        sender.is_some_and(|it| (it.account(), it.installation()) == (me.account(), me.installation()))
    }

    /// The sent time, held between the receipt of what its sender had seen, as far as the timeline reaches back, and its own
    /// receipt.
    fn shown_at(&self, seq: Seq, header: &MessageHeader, received_at: Timestamp) -> Timestamp {
        let seen = header.seen.seq.min(self.cursor.seq).max(Seq(seq.0.saturating_sub(TIMELINE_REACH)));
        let earliest = self.places.received_at(seen).unwrap_or(header.sent_at).min(received_at);
        header.sent_at.clamp(earliest, received_at)
    }
}

pub(super) fn read_body(key: &EpochKey, message: &SealedMessage, header: &MessageHeader) -> Body {
    let Ok(plaintext) = message.open(key, header) else { return Body::Unreadable(Unreadable::Damaged) };
    if header.kind != MessageKind::TEXT {
        return Body::Unreadable(Unreadable::NeedsNewer);
    }
    match codec::decode::<TextBody>(&plaintext) {
        Ok(body) => Body::Text(body.text),
        Err(_) => Body::Unreadable(Unreadable::Damaged),
    }
}
