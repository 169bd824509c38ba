//! What a service does for who lost every computer: it keeps what is asked for and shows it, and after an approval it says in the log
//! that a recovery is released and hands out what it holds. It does so some time later, one step at a time, and may be interrupted
//! after each.

use std::collections::{BTreeMap, BTreeSet};

use igoon_shared::{
    client::{Answer, Request, io::Method},
    crypto::{
        bundle::Bundle,
        envelope::{Envelope, EnvelopeReason},
        system_rng,
    },
    ids::{AccountId, DeviceId, EntryHash, Epoch},
    log::{
        Action, Author, EntryBody, RoomState,
        action::{RecoveryMode, RecoveryReleased},
        recovery::{Recovery, Stage},
    },
    protocol::{
        error::ErrorCode,
        frames::{KeysAdded, RecoveryNews, ServerFrame, StreamItem},
        http::{
            Append, ApproveRecovery, AskRecovery, RecoveryAsked, RecoveryKey, RecoveryProgress, RecoveryRequestInfo,
            RecoveryRequests,
        },
        limits,
    },
    time::Timestamp,
};

use super::{
    World,
    service::{Service, ok, refusal},
};
use crate::support::recovery::{pinned, policy};

/// What was asked for, and what was done.
#[derive(Clone, Default)]
pub struct Inbox {
    requests: BTreeMap<DeviceId, RecoveryRequestInfo>,
    /// Accounts of which a request came or went since those concerned were told last.
    changed: BTreeSet<AccountId>,
    /// How far recoveries were then.
    told: BTreeMap<EntryHash, Stage>,
    /// Recoveries of which nothing is left to do.
    done: BTreeSet<EntryHash>,
}

impl Service {
    /// What a request of the device with these keys is answered.
    pub(super) fn recovery(&mut self, from: &Bundle, request: &Request, now: Timestamp) -> Answer {
        let body = request.body.as_deref().unwrap_or_default();
        match (request.method, request.path.rsplit('/').next().unwrap()) {
            (Method::Get, "recovery-key") => {
                let policy = policy(RecoveryMode::ServerAssisted);
                let (recovery_key, signing_key) = (policy.recovery_key.unwrap(), policy.signing_key.unwrap());
                ok(&RecoveryKey { recovery_key, signing_key })
            }
            (Method::Post, "recovery-requests") => self.ask_recovery(from, serde_json::from_slice(body).unwrap(), now),
            (Method::Get, "recovery-requests") => {
                let shown = self.inbox.requests.values().filter(|asked| self.is_shown(from, asked));
                ok(&RecoveryRequests { requests: shown.cloned().collect() })
            }
            (Method::Post, "recovery-approvals") => {
                let ApproveRecovery { append, .. } = serde_json::from_slice(body).unwrap();
                self.append(&append, now)
            }
            (Method::Delete, device) => {
                let device = device.parse().unwrap();
                match self.inbox.requests.get(&device).filter(|asked| self.is_shown(from, asked)) {
                    None => refusal(404, ErrorCode::NotFound),
                    Some(asked) => {
                        self.inbox.changed.insert(account_of(asked));
                        self.inbox.requests.remove(&device);
                        Answer::Response { status: 204, body: vec![] }
                    }
                }
            }
            other => panic!("{other:?}"),
        }
    }

    fn ask_recovery(&mut self, from: &Bundle, ask: AskRecovery, now: Timestamp) -> Answer {
        let log = self.state.as_ref().unwrap();
        let request = ask.request.verify(log.room(), from).unwrap();
        assert_eq!(ask.name.hash(), Some(request.device_name));
        if log.is_entitled(from.device()) || log.is_revoked(from.account(), from.device()) {
            return refusal(422, ErrorCode::Invalid);
        }
        let expires_at = now.plus_millis(limits::RECOVERY_REQUEST_MS);
        let asked = RecoveryRequestInfo {
            request: ask.request,
            bundle: from.signed().clone(),
            name: ask.name,
            platform: "test".to_owned(),
            asked_at: now,
            expires_at,
            // Clients go by the log.
            progress: RecoveryProgress::Asked,
        };
        self.inbox.changed.insert(from.account());
        self.inbox.requests.insert(from.device(), asked);
        ok(&RecoveryAsked { expires_at })
    }

    fn is_shown(&self, to: &Bundle, asked: &RecoveryRequestInfo) -> bool {
        let (log, account) = (self.state.as_ref().unwrap(), account_of(asked));
        let approves = log.is_entitled(to.device()) && log.may_approve(to.account(), account).is_ok();
        to.account() == account || approves
    }

    /// The oldest recovery of which something is left to do now.
    fn due(&self, now: Timestamp) -> Option<(EntryHash, Recovery)> {
        let log = self.state.as_ref()?;
        let assisted = log.recovery_mode() == RecoveryMode::ServerAssisted;
        let is_due = |recovery: &Recovery| match recovery.stage {
            Stage::Waiting => now >= recovery.from,
            Stage::Entitled | Stage::Released => assisted,
            Stage::Over => false,
        };
        let mut left = log.recoveries().filter(|(entry, _)| !self.inbox.done.contains(entry));
        left.find(|(_, recovery)| is_due(recovery)).map(|(entry, recovery)| (*entry, recovery.clone()))
    }

    /// Does the next thing that is due: says in the log that a recovery is released, or hands out the keys of one of which it has said
    /// so; to whom.
    fn go_on_with_recovery(&mut self, now: Timestamp) -> Option<DeviceId> {
        let (entry, recovery) = self.due(now)?;
        let (log, device) = (self.state.as_ref()?, recovery.bundle.device());
        if recovery.stage == Stage::Released {
            let is_in = log.is_entitled(device);
            self.inbox.done.insert(entry);
            if is_in {
                self.hand_out(device);
            }
            return Some(device);
        }
        let released = Action::RecoveryReleased(RecoveryReleased { entry });
        let body = EntryBody::after(log.room(), log.head(), now, device, released);
        let entries = vec![EntryBody { author: Author::Service, ..body }.sign(&pinned().keys)];
        let append = Append { entries, envelopes: vec![], link: None, names: vec![], invite_key: None };
        if !matches!(self.append(&append, now), Answer::Response { status: 200, .. }) {
            // The computer came in by another one.
            self.inbox.done.insert(entry);
        }
        None
    }

    /// Wraps for a device what the log names for it, out of what was wrapped for the service.
    fn hand_out(&mut self, device: DeviceId) {
        let log = self.state.as_ref().unwrap();
        let (holder, recipient) = (log.holder().unwrap().id(), &log.device(device).unwrap().bundle);
        let mut released: BTreeMap<Epoch, Envelope> = BTreeMap::new();
        for envelope in &self.envelopes {
            let context = envelope.context().unwrap();
            let epoch = context.epoch;
            if context.recipient == holder && log.may_release(device, epoch) {
                let key = envelope.open(&pinned().keys, context.key_id, &mut system_rng()).unwrap();
                let (by, reason) = (&pinned().keys, EnvelopeReason::Recovery);
                let room = log.room();
                let again =
                    Envelope::wrap(by, holder, room, epoch, &key, recipient, reason, &mut system_rng()).unwrap();
                released.insert(epoch, again);
            }
        }
        self.envelopes.extend(released.into_values());
    }

    /// The accounts whose recoveries have gone on since this was asked for last.
    fn recovery_news(&mut self) -> BTreeSet<AccountId> {
        let mut news = std::mem::take(&mut self.inbox.changed);
        for (entry, recovery) in self.state.iter().flat_map(RoomState::recoveries) {
            if self.inbox.told.insert(*entry, recovery.stage) != Some(recovery.stage) {
                news.insert(recovery.bundle.account());
            }
        }
        news
    }
}

fn account_of(asked: &RecoveryRequestInfo) -> AccountId {
    Bundle::verify(&asked.bundle).unwrap().account()
}

impl World {
    /// Whether the service has anything to do with recoveries.
    pub fn has_recoveries(&self) -> bool {
        self.service.state.as_ref().is_some_and(|log| log.recoveries().next().is_some())
    }

    /// The service does the next thing that is due for a recovery.
    pub fn go_on_with_recovery(&mut self) {
        let (now, before) = (self.now, self.service.stream.len());
        let handed = self.service.go_on_with_recovery(now);
        let news: Vec<StreamItem> = self.service.stream[before..].to_vec();
        self.broadcast(&news);
        if let Some(device) = handed {
            let room = self.room();
            for host in self.hosts.iter_mut().filter(|host| host.subscribed && host.device() == device) {
                host.down.push_back(ServerFrame::KeysAdded(KeysAdded { room }));
            }
        }
        self.tell_recovery_news();
    }

    /// Who asked and who may answer hear that there is something new.
    pub(super) fn tell_recovery_news(&mut self) {
        for account in self.service.recovery_news() {
            let log = self.service.state.as_ref().unwrap();
            let room = log.room();
            for host in self.hosts.iter_mut().filter(|host| host.connected) {
                let to = host.client.identity().account();
                if to == account || log.may_approve(to, account).is_ok() {
                    host.down.push_back(ServerFrame::RecoveryNews(RecoveryNews { room }));
                }
            }
        }
    }
}
