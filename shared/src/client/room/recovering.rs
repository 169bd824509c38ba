//! What this room does for recovery: looks at requests, asks, approves, uses a kit, and shows where all that stands. A device that
//! is not in the room goes by the log as the service shows it; what it was let into, it believes once the stream has it.

use super::{Room, Stream};
use crate::{
    client::{
        Refusal,
        act::Act,
        append::Intent,
        context::{Context, Purpose},
        io::{Event, KitRefusal, Method, RecoveryChoice, RecoveryRequestView, RecoveryView, WaitingView},
        keyring::Recipient,
        recovery::{self, Came, Inbox, KitUse, Request, Viewer, approval::Approval},
    },
    crypto::{SUITE, kit::KitCode, system_rng},
    ids::DeviceId,
    log::{Role, RoomState, request::RecoveryRequest},
    protocol::{
        error::ErrorCode,
        frames::OpenName,
        http::{AskRecovery, RecoveryKits, RecoveryRequests, SecretText},
    },
    time::Timestamp,
};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Recovering {
    pub(super) inbox: Inbox,
    kit_use: Option<KitUse>,
    /// A request of this computer, announced or not, that is made anew where its time is off.
    asking: Option<bool>,
    /// Somebody looks at it.
    watched: bool,
    /// What they were shown last.
    told: Option<RecoveryView>,
}

impl Recovering {
    pub(super) fn deadlines(&self) -> impl Iterator<Item = Timestamp> {
        [self.inbox.deadline(), self.kit_use.as_ref().and_then(KitUse::deadline)].into_iter().flatten()
    }
}

impl Room {
    pub(in crate::client) fn show_recovery(&mut self) {
        self.recovering.watched = true;
        self.recovering.told = None;
        self.recovering.inbox.want();
    }

    /// The service has news of requests: who waits for its own is let in, perhaps.
    pub(in crate::client) fn recovery_news(&mut self) {
        self.recovering.inbox.want();
        if self.stream == Stream::Wanted {
            self.sync_backoff.succeeded();
        }
    }

    pub(in crate::client) fn recovery_requests_answered(
        &mut self,
        answer: Result<RecoveryRequests, Refusal>,
        context: &Context<'_>,
    ) {
        self.recovering.inbox.answered(self.id, answer, context.now);
        self.recovering.told = None;
        self.shown = false;
    }

    /// Asks for this computer's access back.
    pub(in crate::client) fn ask_recovery(&mut self, announce: bool, context: &mut Context<'_>) {
        self.recovering.asking = Some(announce);
        self.request_recovery(announce, context);
    }

    fn request_recovery(&self, announce: bool, context: &mut Context<'_>) {
        let me = self.viewer(context.now);
        let may = |log: &&RoomState| match announce {
            true => recovery::may_announce(log, me),
            false => recovery::may_ask(log, me),
        };
        let name = OpenName::new(context.identity.device_name(), &mut system_rng());
        let (Some(_), Some(device_name)) = (self.log_as_shown().filter(may), name.hash()) else {
            return context.notify(Event::Failed { room: Some(self.id), code: ErrorCode::Forbidden });
        };
        let (account, device) = (me.account, me.device);
        let request = RecoveryRequest { suite: SUITE, room: self.id, account, device, device_name, at: context.now };
        let ask = AskRecovery { request: request.sign(context.identity.keys()), name, announce };
        // A wire type always encodes.
        let Ok(body) = serde_json::to_vec(&ask) else { return };
        let path = format!("/rooms/{}/recovery-requests", self.id);
        context.request(Purpose::AskRecovery(self.id), Method::Post, &path, Some(body));
    }

    /// Takes an own request back, or turns one down.
    pub(in crate::client) fn withdraw_recovery(&self, device: DeviceId, context: &mut Context<'_>) {
        let path = format!("/rooms/{}/recovery-requests/{device}", self.id);
        context.request(Purpose::WithdrawRecovery(self.id), Method::Delete, &path, None);
    }

    /// A request was made or taken away, or not.
    pub(in crate::client) fn request_changed(&mut self, answer: Result<(), Refusal>, context: &mut Context<'_>) {
        let asking = self.recovering.asking.take();
        match (answer, asking) {
            (Err(Refusal { code: ErrorCode::ClockSkew, .. }), Some(announce)) => {
                self.request_recovery(announce, context)
            }
            (Ok(()) | Err(Refusal { code: ErrorCode::NotFound, .. }), _) => self.recovering.inbox.want(),
            (Err(Refusal { code, .. }), _) => context.notify(Event::Failed { room: Some(self.id), code }),
        }
    }

    /// The digits were compared.
    pub(in crate::client) fn approve_recovery(
        &mut self,
        device: DeviceId,
        replaces: Option<DeviceId>,
        password: SecretText,
        context: &mut Context<'_>,
    ) {
        match self.recovering.inbox.of(device) {
            Some(request) => {
                let approval = Approval::of(request, replaces, password);
                self.want(Intent::Act(Act::ApproveRecovery(Box::new(approval))));
            }
            None => context.notify(Event::Failed { room: Some(self.id), code: ErrorCode::NotFound }),
        }
    }

    /// Somebody typed a kit's code.
    pub(in crate::client) fn use_kit(&mut self, code: &SecretText, context: &mut Context<'_>) {
        let Ok(code) = KitCode::parse(code.expose()) else {
            return context.notify(Event::KitRefused { room: self.id, why: KitRefusal::Mistyped });
        };
        self.recovering.kit_use = Some(KitUse::new(code));
    }

    pub(in crate::client) fn kits_fetched(&mut self, answer: Result<RecoveryKits, Refusal>, context: &mut Context<'_>) {
        let Some(mut kit_use) = self.recovering.kit_use.take() else { return };
        let Some(log) = self.log_as_shown() else { return };
        let came = kit_use.fetched(log, answer, context.now);
        self.goes_on(kit_use, came, context);
    }

    pub(in crate::client) fn approved_by_kit(&mut self, answer: Result<(), Refusal>, context: &mut Context<'_>) {
        let Some(mut kit_use) = self.recovering.kit_use.take() else { return };
        let came = kit_use.approved(answer, context.now);
        self.goes_on(kit_use, came, context);
    }

    fn goes_on(&mut self, kit_use: KitUse, came: Came, context: &mut Context<'_>) {
        let room = self.id;
        match came {
            Came::GoesOn => self.recovering.kit_use = Some(kit_use),
            Came::LookAgain => {
                self.recovering.kit_use = Some(kit_use);
                self.sync_backoff.succeeded();
            }
            Came::Refused(why) => context.notify(Event::KitRefused { room, why }),
            Came::Failed(code) => context.notify(Event::Failed { room: Some(room), code }),
            Came::Keys(kits, keys) => {
                let Some((log, holder)) = self.log.as_ref().and_then(|log| Some((log, log.holder()?))) else { return };
                let kit = Recipient { id: holder.id(), fingerprint: holder.fingerprint(), keys: &keys };
                let taken = self.keyring.open_envelopes(&kits.envelopes, log, &kit);
                self.took_in(&taken, context);
                // Links lead on from there.
                self.keys_added();
                context.notify(Event::Changed { room });
            }
        }
    }

    /// Does what is due of all this.
    pub(super) fn step_recovery(&mut self, context: &mut Context<'_>) {
        if self.looks_at_requests() {
            self.recovering.inbox.step(self.id, context);
        }
        if let Some(mut kit_use) = self.recovering.kit_use.take() {
            if let Some(log) = self.log_as_shown() {
                let entitled = self.is_live() && log.is_entitled(self.me.device);
                kit_use.step(log, (self.glimpse.is_idle(), entitled), context);
            }
            self.recovering.kit_use = Some(kit_use);
        }
        if self.recovering.watched {
            self.recovering.inbox.work_out_digits();
            let view = self.recovery_view(context.now);
            if view.is_some() && view != self.recovering.told {
                self.recovering.told.clone_from(&view);
                view.into_iter().for_each(|view| context.notify(Event::Recovery(view)));
            }
        }
    }

    /// Whether what others ask concerns this device: it may approve some of it, or somebody looks.
    fn looks_at_requests(&self) -> bool {
        let approves = |log: &RoomState| {
            let admins = log.recovery_policy().is_some_and(|policy| policy.admins_approve);
            let least = if admins { Role::Admin } else { Role::Owner };
            log.is_entitled(self.me.device) && log.member(self.me.account).is_some_and(|me| me.role >= least)
        };
        self.recovering.watched || (self.is_live() && self.log.as_ref().is_some_and(approves))
    }

    /// How many requests wait for this device's approval.
    pub(super) fn recovery_wanted(&self, now: Timestamp) -> u32 {
        let Some(log) = self.log_as_shown() else { return 0 };
        let me = self.viewer(now);
        let may = |request: &&Request| recovery::may_approve(log, me, request.account(), request.device());
        u32::try_from(self.recovering.inbox.open(now).filter(may).count()).unwrap_or(u32::MAX)
    }

    fn recovery_view(&self, now: Timestamp) -> Option<RecoveryView> {
        let (log, me) = (self.log_as_shown()?, self.viewer(now));
        let missing = self.keyring.missing(log, me.account).next().is_some();
        let waiting = recovery::waiting(log, me).into_iter().map(|waits| WaitingView {
            handle: self.handle_in(log, waits.account),
            name: log.recovery(waits.entry).and_then(|recovery| self.names.get(&recovery.device_name)).cloned(),
            ..waits
        });
        Some(RecoveryView {
            room: self.id,
            choice: RecoveryChoice::of(log.recovery_policy()),
            may_set: recovery::may_set(log, me),
            may_ask: recovery::may_ask(log, me),
            may_announce: recovery::may_announce(log, me),
            kit_here: recovery::has_kit(log, me.account) && (recovery::may_ask(log, me) || missing),
            requests: self.recovering.inbox.open(now).map(|request| self.request_view(log, me, request)).collect(),
            waiting: waiting.collect(),
        })
    }

    fn request_view(&self, log: &RoomState, me: Viewer, request: &Request) -> RecoveryRequestView {
        let (account, device, info) = (request.account(), request.device(), &request.info);
        let theirs = log.entitled_devices().filter(|(_, known)| known.bundle.account() == account);
        RecoveryRequestView {
            device,
            account,
            handle: self.handle_in(log, account),
            name: info.name.name.clone(),
            platform: info.platform.clone(),
            asked_at: info.asked_at,
            expires_at: info.expires_at,
            digits: self.recovering.inbox.digits(device).to_owned(),
            progress: recovery::progress(log, device, me),
            this_device: device == me.device,
            mine: account == me.account,
            may_approve: recovery::may_approve(log, me, account, device),
            replaceable: theirs.map(|(id, known)| (*id, self.names.get(&known.name).cloned())).collect(),
        }
    }

    fn handle_in(&self, log: &RoomState, account: crate::ids::AccountId) -> Option<String> {
        self.names.get(&log.member(account)?.handle).cloned()
    }

    const fn viewer(&self, now: Timestamp) -> Viewer {
        Viewer { account: self.me.account, device: self.me.device, now }
    }

    /// The log, as far as the service shows it.
    fn log_as_shown(&self) -> Option<&RoomState> {
        self.glimpse.log().or(self.log.as_ref())
    }

    /// A policy that this device wants may still come to stand in the log.
    pub(in crate::client) fn may_be_given_another_policy(&self) -> bool {
        let wanted = |intent: &Intent| matches!(intent, Intent::Act(Act::SetRecovery(_)));
        self.log.is_none() || self.awaits_own_entry() || self.wanted.iter().any(wanted)
    }
}
