//! The stream, place by place: entries go into the log, messages are verified at receipt, before anything is decrypted.

use super::{Locked, Room, Stream, places::REACH};
use crate::{
    client::{
        context::Context,
        glimpse::Glimpse,
        io::{Alarm, Body, Effect, Event, MessageView, Unreadable},
        records,
    },
    crypto::{
        epoch::EpochKey,
        message::{MessageHeader, MessageKind, SealedMessage, TextBody},
    },
    ids::{Incarnation, Seq},
    log::{RoomState, SignedEntry},
    protocol::{
        codec,
        frames::{Page, StreamContent, StreamItem},
    },
    time::Timestamp,
};

impl Room {
    /// A page of the stream came.
    pub(in crate::client) fn page(&mut self, page: Page, context: &mut Context<'_>) {
        if self.stream != Stream::Asked || !self.same_life(page.incarnation) {
            return;
        }
        let mut complete = true;
        for item in page.items {
            complete &= self.next(page.incarnation, item, context);
        }
        self.stream = if page.more || !complete { Stream::Wanted } else { Stream::Live };
        self.sync_backoff.succeeded();
        self.refused_by_service = false;
        self.glimpse = Glimpse::default();
        self.shown = false;
    }

    /// A new item came by itself.
    pub(in crate::client) fn live(&mut self, incarnation: Incarnation, item: StreamItem, context: &mut Context<'_>) {
        if self.same_life(incarnation) && !self.next(incarnation, item, context) && self.stream == Stream::Live {
            self.stream = Stream::Wanted;
        }
    }

    fn same_life(&mut self, incarnation: Incarnation) -> bool {
        if self.cursor.seq > Seq(0) && incarnation != self.cursor.incarnation {
            self.alarm = Some(Alarm::Restored);
            self.shown = false;
        }
        self.alarm.is_none()
    }

    /// Takes an item if it is the next; `false` if there is a gap before it.
    fn next(&mut self, incarnation: Incarnation, item: StreamItem, context: &mut Context<'_>) -> bool {
        if self.alarm.is_some() || item.seq <= self.cursor.seq {
            return true;
        }
        if item.seq != self.cursor.seq.next() {
            return false;
        }
        self.cursor.incarnation = incarnation;
        let change = records::put_item(self.id, incarnation, &item);
        let notes_from = context.effects.len();
        self.take(item, context);
        if self.alarm.is_none() {
            // Saved before anything is shown of it.
            context.effects.insert(notes_from, Effect::Save(vec![change]));
        }
        true
    }

    pub(super) fn take(&mut self, item: StreamItem, context: &mut Context<'_>) {
        let seq = item.seq;
        let mut of_others = false;
        match item.content {
            StreamContent::Log(entry) => {
                if let Err(alarm) = self.take_entry(&entry) {
                    self.alarm = Some(alarm);
                    self.shown = false;
                    return;
                }
            }
            StreamContent::Message(message) => {
                of_others = self.take_message(seq, item.received_at, message, context);
                self.shown = false;
            }
        }
        self.places.push(seq, item.received_at, of_others);
        self.cursor.seq = seq;
    }

    fn take_entry(&mut self, entry: &SignedEntry) -> Result<(), Alarm> {
        if let Some(log) = &mut self.log {
            log.apply(entry)?;
        } else {
            let (log, _) = RoomState::start(entry)?;
            if log.room() != self.id {
                return Err(Alarm::LogBroken);
            }
            self.log = Some(log);
        }
        self.log_hashes.push(entry.hash());
        self.want_names();
        self.people.members_changed();
        self.shown = false;
        Ok(())
    }

    /// Verifies a message at receipt, before anything is decrypted, and shows it or why it cannot be read.
    /// Returns whether it is somebody else's.
    fn take_message(
        &mut self,
        seq: Seq,
        received_at: Timestamp,
        message: SealedMessage,
        context: &mut Context<'_>,
    ) -> bool {
        let mut view = MessageView {
            room: self.id,
            seq,
            device: None,
            message_id: None,
            account: None,
            handle: None,
            mine: false,
            shown_at: received_at,
            gap: false,
            body: Body::Unreadable(Unreadable::NeedsNewer),
        };
        if let Ok(header) = message.header() {
            view.device = Some(header.device);
            view.message_id = Some(header.message_id);
            let judged = self.judge(&message, &header, &mut view, context);
            self.last_activity = self.last_activity.max(Some(view.shown_at));
            let of_others = !view.mine && judged != Err(Unreadable::Replayed);
            match judged {
                Ok(()) => self.open(seq, message, header, view, context),
                Err(why) => {
                    view.body = Body::Unreadable(why);
                    context.notify(Event::Message(view));
                }
            }
            of_others
        } else {
            context.notify(Event::Message(view));
            true
        }
    }

    fn judge(
        &mut self,
        message: &SealedMessage,
        header: &MessageHeader,
        view: &mut MessageView,
        context: &mut Context<'_>,
    ) -> Result<(), Unreadable> {
        let log = self.log.as_ref().ok_or(Unreadable::NotPermitted)?;
        let sender = log.device(header.device).ok_or(Unreadable::NotPermitted)?;
        message.verify(sender.bundle.signing_key()).map_err(|_| Unreadable::BadSignature)?;
        let account = sender.bundle.account();
        view.account = Some(account);
        view.mine = account == context.identity.account();
        view.handle = log.member(account).and_then(|member| self.names.get(&member.handle)).cloned();
        let pinned = log.epoch(header.epoch).is_some_and(|epoch| epoch.key_id == header.key_id);
        if header.room != self.id || !pinned || log.may_send(header.device, header.epoch).is_err() {
            return Err(Unreadable::NotPermitted);
        }
        let index = usize::try_from(header.log_head.index.0).unwrap_or(usize::MAX);
        if self.log_hashes.get(index) != Some(&header.log_head.hash) {
            // Its sender, whose signature matches, was shown another log than this device.
            self.alarm_later(Alarm::LogForked);
        }
        view.gap = self.place_in_sequence(header)?;
        view.shown_at = self.shown_at(header, view.shown_at);
        if header.device == context.identity.device()
            && let Some(change) = self.outbox.accepted(header.message_id, view.seq, context)
        {
            context.save(vec![change]);
        }
        Ok(())
    }

    fn alarm_later(&mut self, alarm: Alarm) {
        self.alarm = Some(alarm);
        self.shown = false;
    }

    /// The counter rises by one in each (sender, epoch, session): lower is a replay, a jump is a gap.
    fn place_in_sequence(&mut self, header: &MessageHeader) -> Result<bool, Unreadable> {
        let run = (header.device, header.epoch, header.session);
        let last = self.counters.get(&run).copied();
        if last.is_some_and(|last| header.counter <= last) {
            return Err(Unreadable::Replayed);
        }
        let gap = match last {
            Some(last) => header.counter != last + 1,
            None => {
                header.counter != 0
                    || header.previous.is_some_and(|previous| self.last_of.get(&header.device) != Some(&previous))
            }
        };
        self.counters.insert(run, header.counter);
        self.last_of.insert(header.device, header.position());
        Ok(gap)
    }

    /// The sent time, held between the receipt of what its sender had seen and its own receipt.
    fn shown_at(&self, header: &MessageHeader, received_at: Timestamp) -> Timestamp {
        let seen = header.seen.seq.min(self.cursor.seq).max(Seq(self.cursor.seq.next().0.saturating_sub(REACH)));
        let earliest = self.places.received_at(seen).unwrap_or(header.sent_at).min(received_at);
        header.sent_at.clamp(earliest, received_at)
    }

    fn open(
        &mut self,
        seq: Seq,
        message: SealedMessage,
        header: MessageHeader,
        mut view: MessageView,
        context: &mut Context<'_>,
    ) {
        let key = self.log.as_ref().and_then(|log| self.keyring.get(header.epoch, log));
        match key {
            Some(key) => {
                view.body = read_body(key, &message, &header);
                context.notify(Event::Message(view));
            }
            None => {
                view.body = Body::Unreadable(Unreadable::NoKey(header.epoch));
                context.notify(Event::Message(view.clone()));
                self.locked.insert(seq, Locked { message, header, view });
            }
        }
    }

    pub(super) fn unlock(&mut self, context: &mut Context<'_>) {
        if !std::mem::take(&mut self.learnt) {
            return;
        }
        for (seq, locked) in std::mem::take(&mut self.locked) {
            self.open(seq, locked.message, locked.header, locked.view, context);
        }
    }
}

fn read_body(key: &EpochKey, message: &SealedMessage, header: &MessageHeader) -> Body {
    let Ok(plaintext) = message.open(key, header) else { return Body::Unreadable(Unreadable::Damaged) };
    if header.kind != MessageKind::TEXT {
        return Body::Unreadable(Unreadable::NeedsNewer);
    }
    match codec::decode::<TextBody>(&plaintext) {
        Ok(body) => Body::Text(body.text),
        Err(_) => Body::Unreadable(Unreadable::Damaged),
    }
}
