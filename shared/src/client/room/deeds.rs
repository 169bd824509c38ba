//! What to append to the log next, and what becomes of an append that was not taken.

use super::{Room, Stream};
use crate::{
    client::{
        Refusal,
        act::Act,
        append::{BuildError, Intent, PendingAppend},
        build,
        context::Context,
        io::{Change, Event},
        rotation::{self, Keys},
    },
    ids::{Epoch, NameHash},
    log::{EpochReason, RoomState, recovery::Stage},
    protocol::error::ErrorCode,
    time::Timestamp,
};

impl Room {
    pub(in crate::client) fn want(&mut self, intent: Intent) {
        self.wanted.add(intent);
    }

    /// The change that saves what is wanted and not on its way, if that changed.
    pub(in crate::client) fn unsaved_wishes(&mut self) -> Option<Change> {
        self.wanted.unsaved(self.id)
    }

    /// Whether messages wait for the next key, since somebody is being put out or others are to hold keys: what is written after
    /// that was wanted is not for the present one. Likewise what an account says of one of its devices, while another append is
    /// under way.
    pub(super) fn holds_messages(&self, under_way: Option<&PendingAppend>, context: &Context<'_>) -> bool {
        let closes = |intent: &Intent| matches!(intent, Intent::Act(act) if act.closes_the_key());
        self.wanted.iter().any(closes)
            || under_way.is_some_and(|append| closes(&append.intent) || self.lacks_a_revocation(context))
    }

    fn lacks_a_revocation(&self, context: &Context<'_>) -> bool {
        let Some(log) = self.log.as_ref().filter(|log| self.said_seen_at != Some(log.head().index)) else {
            return false;
        };
        context.sayings().take_while(|said| said.revokes()).any(|said| said.is_news(log))
    }

    /// The next append, once all is carried that was said of computers. What people want comes first, then the key that is
    /// due, then this device's own names.
    pub(super) fn next_append(&mut self, context: &mut Context<'_>) -> Option<PendingAppend> {
        while let Some(intent) = self.wanted.take() {
            match self.make(&intent, context)? {
                Ok(append) => return Some(append),
                Err(BuildError::NotPermitted) if self.is_so(&intent) => {
                    context.notify(Event::Changed { room: self.id });
                }
                Err(BuildError::NotPermitted) => {
                    context.notify(Event::Failed { room: Some(self.id), code: ErrorCode::Forbidden });
                }
                Err(_) => context.notify(Event::Failed { room: Some(self.id), code: ErrorCode::Internal }),
            }
        }
        let log = self.log.as_ref()?;
        let intent = match self.rotation(log, context.now) {
            Some(reason) => Intent::StartEpoch { reason },
            None => Intent::Act(self.stale_own_name(log, context)?),
        };
        self.make(&intent, context)?.ok()
    }

    fn make(&self, intent: &Intent, context: &Context<'_>) -> Option<Result<PendingAppend, BuildError>> {
        let log = self.log.as_ref()?;
        let current = self.keyring.get(log.current_epoch(), log);
        let keys = Keys { current, kept: None };
        match intent {
            Intent::Invite { secret, terms } => Some(build::invite(context, log, secret.clone(), *terms, current)),
            Intent::Act(act) => Some(act.build(context, log, keys)),
            Intent::StartEpoch { reason } => Some(build::epoch(context, log, *reason, keys)),
            Intent::Create | Intent::Join => None,
        }
    }

    /// Whether what was wanted is so, by somebody else's doing.
    fn is_so(&self, intent: &Intent) -> bool {
        let (Some(log), Intent::Act(act)) = (&self.log, intent) else { return false };
        match act {
            Act::RemoveMember(account) => log.member(*account).is_none(),
            Act::RevokeDevice(device) => !log.is_entitled(*device),
            Act::SetRole(account, role) => log.member(*account).is_some_and(|member| member.role == *role),
            Act::SetHistory(history) => log.history() == *history,
            Act::SetRecovery(policy) => log.recovery_policy() == Some(policy),
            Act::ApproveRecovery(approval) => log.is_entitled(approval.device()),
            Act::Veto(entry) => log.recovery(*entry).is_some_and(|recovery| recovery.stage == Stage::Over),
            _ => false,
        }
    }

    /// Why this device should start the next epoch now. Who writes next starts one that is due; who lacks the current key, and
    /// was not given it, starts one at once.
    fn rotation(&self, log: &RoomState, now: Timestamp) -> Option<EpochReason> {
        if !self.rotation_backoff.is_due(now) {
            return None;
        }
        let epoch = log.current_epoch();
        let waits = self.outbox.waiting() > 0;
        if let Some(reason) = log.rotation_due() {
            return waits.then_some(reason);
        }
        if self.keyring.get(epoch, log).is_none() {
            return (self.keys_seen_for == epoch).then_some(EpochReason::KeyLacking);
        }
        (waits && rotation::is_old(self.epoch_since, now)).then_some(EpochReason::Age)
    }

    /// The next thing that an account says of its devices and that this room has not heard. It comes before everything else.
    pub(super) fn carry_what_was_said(&mut self, context: &mut Context<'_>) -> Option<PendingAppend> {
        let log = self.log.as_ref()?;
        let head = log.head().index;
        if self.said_seen_at == Some(head) {
            return None;
        }
        let mut said = context.sayings().filter(|said| said.is_news(log));
        let append = said.find_map(|said| self.make(&Intent::Act(Act::Say(said.clone())), context)?.ok());
        if append.is_none() {
            self.said_seen_at = Some(head);
        }
        append
    }

    /// Where this device is not entitled, and was vouched for by one that is: it brings that itself.
    pub(super) fn let_itself_in(
        &mut self,
        under_way: Option<&PendingAppend>,
        context: &mut Context<'_>,
    ) -> Option<PendingAppend> {
        let waits = self.refused_by_service && self.glimpse.is_idle() && !self.is_halted() && self.ended.is_none();
        if under_way.is_some() || !waits {
            return None;
        }
        let (log, me) = (self.glimpse.log()?, context.identity.device());
        let head = log.head().index;
        if self.said_seen_at == Some(head) || self.appended.is_some_and(|own| own.index > head) {
            return None;
        }
        let mut said =
            context.sayings().filter(|said| said.device() == Some(me) && !said.revokes() && said.is_news(log));
        let append = said.find_map(|said| Act::Say(said.clone()).build(context, log, Keys::default()).ok());
        if append.is_none() {
            self.said_seen_at = Some(head);
        }
        append
    }

    /// A name of this account or device that the log has otherwise than its identity.
    fn stale_own_name(&self, log: &RoomState, context: &Context<'_>) -> Option<Act> {
        let identity = context.identity;
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
        &self,
        append: PendingAppend,
        context: &Context<'_>,
    ) -> Result<PendingAppend, Intent> {
        if matches!(append.intent, Intent::Act(Act::Say(_))) && self.refused_by_service {
            // It wants to be let in: what is shown of the log says whether that is still to be done.
            return Err(append.intent);
        }
        let Some(log) = self.log.as_ref() else { return Ok(append) };
        if !append.can_rebuild(log, context.now) {
            return Ok(append);
        }
        let current = self.keyring.get(log.current_epoch(), log);
        let kept = append.kept_start();
        let rebuilt = match &append.intent {
            Intent::Invite { secret, terms } => build::invite(context, log, secret.clone(), *terms, current).ok(),
            Intent::Act(act) => act.build(context, log, Keys { current, kept }).ok(),
            Intent::StartEpoch { reason } => kept.filter(|kept| kept.serves(log)).and_then(|kept| {
                let still = Some(*reason).filter(|reason| log.may_start_epoch_for(*reason));
                let reason = log.rotation_due().or(still)?;
                build::epoch(context, log, reason, Keys { current, kept: Some(kept) }).ok()
            }),
            Intent::Create | Intent::Join => None,
        };
        match rebuilt {
            Some(rebuilt) => Ok(rebuilt.after(&append)),
            None => Err(append.intent),
        }
    }

    /// An append was given up: what it was for is decided anew.
    pub(in crate::client) fn look_again(&mut self, intent: Intent) {
        match intent {
            // What nobody asked for is looked at by itself.
            Intent::Act(act) if act.is_unasked() => {
                if self.refused_by_service {
                    self.glimpse.want(self.log.as_ref());
                }
            }
            Intent::Invite { .. } | Intent::Act(_) => self.wanted.add_again(intent),
            Intent::StartEpoch { .. } => self.keys_seen_for = Epoch(0),
            Intent::Create | Intent::Join => {}
        }
    }

    /// The service refused an append for good; whether somebody waits for it and should be told.
    pub(in crate::client) fn append_refused(&mut self, intent: &Intent, refusal: &Refusal, now: Timestamp) -> bool {
        if matches!(refusal.code, ErrorCode::NotEntitled | ErrorCode::NotFound | ErrorCode::Forbidden) {
            // The service may know more of this device's standing: the stream says it, or that there is none.
            self.look_at_the_stream();
        }
        match intent {
            Intent::Act(Act::RenameHandle | Act::RenameDevice) => self.own_name_refused = true,
            Intent::Act(Act::Say(_)) => {
                self.said_seen_at = self.glimpse.log().or(self.log.as_ref()).map(|log| log.head().index);
            }
            Intent::StartEpoch { .. } => self.rotation_backoff.failed(now, refusal.retry_after_ms),
            Intent::Create | Intent::Join | Intent::Invite { .. } | Intent::Act(_) => return true,
        }
        false
    }

    pub(super) fn look_at_the_stream(&mut self) {
        if self.stream == Stream::Live {
            self.stream = Stream::Wanted;
        }
    }
}
