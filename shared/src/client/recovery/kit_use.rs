//! Coming back by a printed code: fetch what is sealed, open it, append the approval that the kit's key signs, and then, let in by
//! the log, take the keys that were wrapped for the kit. All of it is memory: after a restart the code is typed anew.

use super::KitRefusal;
use crate::{
    client::{
        Refusal,
        context::{Backoff, Context, Purpose},
        identity::Identity,
        io::Method,
    },
    crypto::{SUITE, device::DeviceKeys, kit::KitCode, system_rng},
    ids::RoomId,
    log::{
        Action, EntryBody, RoomState, SignedEntry,
        action::{RecoveryApproved, RecoveryMode},
        request::RecoveryRequest,
    },
    protocol::{
        error::ErrorCode,
        frames::OpenName,
        http::{Append, RecoveryKits},
    },
    time::Timestamp,
};

/// How long a kit's approval counts, in milliseconds. It takes effect at once.
const COUNTS_MS: i64 = 60 * 60 * 1_000;

/// See the module.
#[derive(Debug)]
pub(in crate::client) struct KitUse {
    code: KitCode,
    stage: Stage,
    under_way: bool,
    backoff: Backoff,
}

#[derive(Debug)]
enum Stage {
    /// What is sealed is fetched.
    Fetch,
    /// It is open: the log is to let this computer in.
    Approve(Box<DeviceKeys>),
    /// The log has done so: what was wrapped for the kit is fetched.
    TakeKeys(Box<DeviceKeys>),
}

/// What came of an answer.
pub(in crate::client) enum Came {
    /// It goes on.
    GoesOn,
    /// The room's log is looked at again first.
    LookAgain,
    /// What was wrapped for the kit, and the keys that open it: it is done.
    Keys(RecoveryKits, Box<DeviceKeys>),
    /// The code does not serve.
    Refused(KitRefusal),
    /// It was refused for good.
    Failed(ErrorCode),
}

impl KitUse {
    pub(in crate::client) fn new(code: KitCode) -> Self {
        Self { code, stage: Stage::Fetch, under_way: false, backoff: Backoff::default() }
    }

    /// The next thing to do. `log` is what the service shows, `current` says that there is no more of it, and `entitled` that this
    /// device follows the stream.
    pub(in crate::client) fn step(
        &mut self,
        log: &RoomState,
        (current, entitled): (bool, bool),
        context: &mut Context<'_>,
    ) {
        if self.under_way || !context.online || !self.backoff.is_due(context.now) {
            return;
        }
        let room = log.room();
        match &self.stage {
            Stage::Fetch => self.fetch(room, context),
            Stage::TakeKeys(_) if entitled => self.fetch(room, context),
            // Let in already, before this process.
            Stage::Approve(_) if entitled => {
                if let Stage::Approve(keys) = std::mem::replace(&mut self.stage, Stage::Fetch) {
                    self.stage = Stage::TakeKeys(keys);
                }
                self.fetch(room, context);
            }
            Stage::Approve(keys) if current && !log.is_entitled(context.identity.device()) => {
                let Some(append) = approval(log, keys, context.identity, context.now) else { return };
                // A wire type always encodes.
                let Ok(body) = serde_json::to_vec(&append) else { return };
                self.under_way = true;
                context.request(Purpose::ApproveByKit(room), Method::Post, &format!("/rooms/{room}/log"), Some(body));
            }
            Stage::Approve(_) | Stage::TakeKeys(_) => {}
        }
    }

    fn fetch(&mut self, room: RoomId, context: &mut Context<'_>) {
        self.under_way = true;
        context.request(Purpose::Kits(room), Method::Get, &format!("/rooms/{room}/recovery-kit"), None);
    }

    pub(in crate::client) fn deadline(&self) -> Option<Timestamp> {
        self.backoff.deadline().filter(|_| !self.under_way)
    }

    /// The service has shown the kits, or not.
    pub(in crate::client) fn fetched(
        &mut self,
        log: &RoomState,
        answer: Result<RecoveryKits, Refusal>,
        now: Timestamp,
    ) -> Came {
        self.under_way = false;
        let kits = match answer {
            Ok(kits) => kits,
            Err(Refusal { code: ErrorCode::Forbidden | ErrorCode::NotFound, .. }) => {
                return Came::Refused(KitRefusal::NoKit);
            }
            Err(refusal) => return self.put_off(&refusal, now),
        };
        self.backoff.succeeded();
        match std::mem::replace(&mut self.stage, Stage::Fetch) {
            Stage::Fetch => match self.open(log, &kits) {
                Ok(keys) => {
                    self.stage = Stage::Approve(Box::new(keys));
                    Came::GoesOn
                }
                Err(why) => Came::Refused(why),
            },
            Stage::TakeKeys(keys) => Came::Keys(kits, keys),
            approving @ Stage::Approve(_) => {
                self.stage = approving;
                Came::GoesOn
            }
        }
    }

    /// The kit that the log's own policy pins, opened.
    fn open(&self, log: &RoomState, kits: &RecoveryKits) -> Result<DeviceKeys, KitRefusal> {
        let pinned = log.holder().filter(|_| log.recovery_mode() == RecoveryMode::Kit).ok_or(KitRefusal::NoKit)?;
        let kit = kits.kits.iter().find(|kit| kit.signing_key.0 == pinned.signing_key());
        let kit = kit.ok_or(KitRefusal::NoKit)?;
        let keys = self.code.open(log.room(), pinned.signing_key(), &kit.sealed.0);
        let keys = keys.map_err(|_| KitRefusal::OtherKit)?;
        if keys.holder().is_ok_and(|holder| holder == pinned) { Ok(keys) } else { Err(KitRefusal::OtherKit) }
    }

    /// The approval is in the log, or not.
    pub(in crate::client) fn approved(&mut self, answer: Result<(), Refusal>, now: Timestamp) -> Came {
        self.under_way = false;
        match answer {
            Ok(()) => {
                self.backoff.succeeded();
                match std::mem::replace(&mut self.stage, Stage::Fetch) {
                    Stage::Approve(keys) => self.stage = Stage::TakeKeys(keys),
                    other => self.stage = other,
                }
                Came::LookAgain
            }
            Err(Refusal { code: ErrorCode::LogConflict | ErrorCode::ClockSkew, .. }) => {
                self.backoff.failed(now, None);
                Came::LookAgain
            }
            Err(refusal) => self.put_off(&refusal, now),
        }
    }

    fn put_off(&mut self, refusal: &Refusal, now: Timestamp) -> Came {
        if refusal.is_passing() {
            self.backoff.failed(now, refusal.retry_after_ms);
            Came::GoesOn
        } else {
            Came::Failed(refusal.code)
        }
    }
}

/// The entry by which the kit lets this computer in, with its name beside it.
fn approval(log: &RoomState, kit: &DeviceKeys, me: &Identity, now: Timestamp) -> Option<Append> {
    let name = OpenName::new(me.device_name(), &mut system_rng());
    let approved = RecoveryApproved {
        request: RecoveryRequest {
            suite: SUITE,
            room: log.room(),
            account: me.account(),
            device: me.device(),
            device_name: name.hash()?,
            at: now,
        }
        .sign(me.keys()),
        bundle: me.bundle().signed().clone(),
        replaces: None,
        up_to_epoch: log.current_epoch(),
        expires_at: now.plus_millis(COUNTS_MS),
    };
    let entry: SignedEntry =
        EntryBody::by_pinned_key(log.room(), log.head(), now, Action::RecoveryApproved(approved)).sign(kit);
    Some(Append { entries: vec![entry], envelopes: Vec::new(), link: None, names: vec![name], invite_key: None })
}
