//! What is due: what to fetch, to hand on, to append and to report.

use super::{ACK_INTERVAL_MS, Room, Stream, VIEW_INTERVAL_MS};
use crate::{
    client::{
        act::Act,
        append::{self, BuildError, Intent, KeptStart, PendingAppend},
        context::{Context, Purpose},
        identity::Identity,
        io::{Event, Method},
        outbox::RoomFacts,
    },
    ids::{Epoch, NameHash},
    log::{EpochReason, RoomState},
    protocol::{
        error::ErrorCode,
        frames::{Ack, ClientFrame, Sync},
    },
    time::Timestamp,
};

impl Room {
    /// Does what is due; an append when one should be made and none is under way (`busy`).
    pub(in crate::client) fn step(&mut self, busy: bool, context: &mut Context<'_>) -> Option<PendingAppend> {
        if context.online
            && self.stream == Stream::Wanted
            && self.sync_backoff.is_due(context.now)
            && self.alarm.is_none()
        {
            self.stream = Stream::Asked;
            context.transmit(&ClientFrame::Sync(Sync { room: self.id, after: self.cursor }));
        }
        self.unlock(context);
        self.glimpse.step(self.id, context);
        self.ask_for_names(context);
        self.report_position(context);
        let append = self.act(busy, context);
        let changed = !self.shown || self.invites_until.is_some_and(|expiry| expiry <= context.now);
        if changed && self.view_deadline().is_none_or(|due| due <= context.now) {
            self.shown = true;
            self.shown_at = context.now;
            let view = self.view(context);
            self.invites_until = view.invites.iter().map(|invite| invite.expires_at).min();
            context.notify(Event::Room(view));
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

    fn act(&mut self, busy: bool, context: &mut Context<'_>) -> Option<PendingAppend> {
        let log = self.log.as_ref()?;
        if self.stream != Stream::Live || self.alarm.is_some() || !log.is_entitled(context.identity.device()) {
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
        self.sharing.step(log, &self.keyring, context);
        let facts = RoomFacts {
            log,
            keyring: &self.keyring,
            seen: self.cursor,
            last_own: self.senders.last(context.identity.device()),
        };
        self.outbox.pump(&facts, context);
        if busy || self.appended.is_some_and(|last| log.head().index < last) {
            return None;
        }
        if current.is_none() && looked {
            return append::epoch(context, log, EpochReason::KeyLacking, None, None).ok();
        }
        let intent = match self.wanted.pop_front() {
            Some(intent) => intent,
            None => Intent::Act(self.stale_own_name(log, context.identity)?),
        };
        let built = match &intent {
            Intent::Invite { secret, terms } => append::invite(context, log, secret.clone(), *terms, current),
            Intent::Act(act) => act.build(context, log),
            Intent::Create | Intent::Join | Intent::StartEpoch { .. } => return None,
        };
        if matches!(built, Err(BuildError::NotPermitted)) {
            context.notify(Event::Failed { room: Some(self.id), code: ErrorCode::Forbidden });
        }
        built.ok()
    }

    /// A name of this account or device that the log has otherwise than its identity.
    fn stale_own_name(&self, log: &RoomState, identity: &Identity) -> Option<Act> {
        let handle = log.member(identity.account())?.handle;
        let device_name = log.device(identity.device())?.name;
        let is_other = |hash: NameHash, name: &str| self.names.get(&hash).is_some_and(|known| known != name);
        if self.own_name_refused {
            None
        } else if is_other(handle, identity.handle()) {
            Some(Act::RenameHandle)
        } else if is_other(device_name, identity.device_name()) {
            Some(Act::RenameDevice)
        } else {
            None
        }
    }

    /// Makes a beaten append anew on top of the news; gives its intent back when it should be looked at again instead.
    pub(in crate::client) fn rebuild(
        &mut self,
        append: PendingAppend,
        context: &Context<'_>,
    ) -> Result<PendingAppend, Intent> {
        let Some(log) = self.log.as_ref() else { return Ok(append) };
        if !append.can_rebuild(log, context.now) {
            return Ok(append);
        }
        let current = self.keyring.get(log.current_epoch(), log);
        match &append.intent {
            Intent::Invite { secret, terms } => {
                append::invite(context, log, secret.clone(), *terms, current).map_err(|_| append.intent.clone())
            }
            Intent::Act(act) => act.build(context, log).map_err(|_| append.intent.clone()),
            Intent::StartEpoch { reason } => match KeptStart::of(&append, log) {
                Some(kept) => {
                    append::epoch(context, log, *reason, current, Some(kept)).map_err(|_| append.intent.clone())
                }
                None => Err(append.intent.clone()),
            },
            Intent::Create | Intent::Join => Err(append.intent.clone()),
        }
    }

    /// An append was given up: what it was for is decided anew.
    pub(in crate::client) fn look_again(&mut self, intent: Intent) {
        match intent {
            // One's own names are looked at by themselves.
            Intent::Act(act) if act.is_own_name() => {}
            Intent::Invite { .. } | Intent::Act(_) => self.wanted.push_front(intent),
            Intent::StartEpoch { .. } => self.keys_seen_for = Epoch(0),
            Intent::Create | Intent::Join => {}
        }
    }

    fn ask_for_names(&mut self, context: &mut Context<'_>) {
        let reachable = self.stream == Stream::Live || self.glimpse.log().is_some();
        let due = context.online && reachable && self.names_backoff.is_due(context.now);
        if due && !self.wanted_names.is_empty() && !self.names_asked {
            self.names_asked = true;
            context.request(Purpose::Names(self.id), Method::Get, &format!("/rooms/{}/names", self.id), None);
        }
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
