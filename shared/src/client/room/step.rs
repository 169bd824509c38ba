//! What is due: what to fetch, to hand on and to report. What to append is in `deeds`.

use super::{ACK_INTERVAL_MS, Room, Stream, VIEW_INTERVAL_MS};
use crate::{
    client::{
        append::PendingAppend,
        context::{Context, Purpose},
        io::{Event, Method},
        outbox::RoomFacts,
    },
    protocol::frames::{Ack, ClientFrame, Sync},
    time::Timestamp,
};

impl Room {
    /// Does what is due; an append when one should be made and none is under way.
    pub(in crate::client) fn step(
        &mut self,
        under_way: Option<&PendingAppend>,
        context: &mut Context<'_>,
    ) -> Option<PendingAppend> {
        // An alarm may have been raised by something else than the stream.
        self.save_taken(context.effects.len(), context);
        if self.ended.is_some() && self.stream == Stream::Live {
            self.stream = Stream::Offline;
        }
        if context.online && self.stream == Stream::Wanted && self.sync_backoff.is_due(context.now) && !self.is_halted()
        {
            self.stream = Stream::Asked;
            context.transmit(&ClientFrame::Sync(Sync { room: self.id, after: self.cursor }));
        }
        self.unlock(context);
        self.glimpse.step(self.id, context);
        self.step_recovery(context);
        if self.is_over() {
            self.wind_up(context);
        } else {
            self.ask_for_names(context);
        }
        self.report_position(context);
        let append = self.act(under_way, context).or_else(|| self.let_itself_in(under_way, context));
        let changed = !self.shown || self.view_until.is_some_and(|until| until <= context.now);
        if changed && self.view_deadline().is_none_or(|due| due <= context.now) {
            self.shown = true;
            self.shown_at = context.now;
            let view = self.view(context);
            let expiries = view.invites.iter().map(|invite| invite.expires_at);
            let own_entry = self.own_entry_deadline().filter(|deadline| *deadline > context.now);
            self.view_until = expiries.chain(view.log_rests_until).chain(own_entry).min();
            context.notify(Event::Room(Box::new(view)));
        }
        self.show_people(context);
        append
    }

    /// When the room may be shown again, if that must wait: progress is shown a few times a second.
    pub(super) fn view_deadline(&self) -> Option<Timestamp> {
        (self.catching_up.is_some() && !self.shown).then(|| self.shown_at.plus_millis(VIEW_INTERVAL_MS))
    }

    fn show_people(&mut self, context: &mut Context<'_>) {
        let Some(log) = &self.log else { return };
        if let Some(view) = self.people.presence_news(log) {
            context.notify(Event::Presence(view));
        }
        let read = self.read_anywhere(context);
        if let Some(view) = self.people.positions_news(log, read) {
            context.notify(Event::Positions(view));
        }
    }

    fn act(&mut self, under_way: Option<&PendingAppend>, context: &mut Context<'_>) -> Option<PendingAppend> {
        let log = self.log.as_ref()?;
        if self.stream != Stream::Live || self.is_halted() || !log.is_entitled(context.identity.device()) {
            return None;
        }
        if self.brings_back() {
            self.bring_back(context);
            return None;
        }
        let current = self.keyring.get(log.current_epoch(), log);
        let missing = self.keyring.missing(log, context.identity.account()).next().is_some();
        let looked = self.keys_seen_for == log.current_epoch();
        if missing && !looked && self.keys_asked.is_none() && self.keys_backoff.is_due(context.now) {
            self.keys_asked = Some(log.current_epoch());
            context.request(Purpose::Keys(self.id), Method::Get, &format!("/rooms/{}/keys", self.id), None);
        }
        self.invites.forget_closed(log, context);
        self.invites.lay(log, current, context);
        self.sharing.step(log, &self.keyring, !missing || looked, context);
        let busy = under_way.is_some() || self.awaits_own_entry();
        let said = if busy { None } else { self.carry_what_was_said(context) };
        let log = self.log.as_ref()?;
        if !self.holds_messages(under_way.or(said.as_ref()), context) && !self.awaits_own_entry() {
            let facts = RoomFacts {
                log,
                keyring: &self.keyring,
                seen: self.cursor,
                last_own: self.senders.last(context.identity.device()),
            };
            self.outbox.pump(&facts, context);
        }
        if busy || said.is_some() {
            return said;
        }
        self.next_append(context)
    }

    pub(super) fn ack_is_due(&self) -> bool {
        self.stream == Stream::Live && (self.cursor.seq, self.read) > self.acked
    }

    fn report_position(&mut self, context: &mut Context<'_>) {
        let waited = context.now.millis_since(self.acked_at) >= ACK_INTERVAL_MS;
        if context.online && waited && self.ack_is_due() {
            self.acked = (self.cursor.seq, self.read);
            self.acked_at = context.now;
            let ack = Ack { room: self.id, delivered: self.cursor.seq, read: self.read };
            context.transmit(&ClientFrame::Ack(ack));
        }
    }
}
