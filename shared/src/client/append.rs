//! What is added to a room's log. An append is built once (`build`, `act`), saved, and repeated byte for
//! byte until the service answers: the service answers a repetition as it did the first time. Only when another entry beat
//! it is it signed anew; an epoch start in it then keeps its key and its envelopes if that may be (`rotation`).

use serde::{Deserialize, Serialize};

use super::{
    act::Act,
    context::{Backoff, Context, Purpose},
    io::{Change, InviteTerms, Method},
    records,
    rotation::KeptStart,
};
use crate::{
    crypto::{CryptoError, envelope::Envelope, epoch::EpochKey, invite::InviteSecret, message::LogHead},
    ids::{DeviceId, Epoch, LogIndex, RoomId},
    log::{EpochReason, LogError, RoomState},
    protocol::{
        bytes::Blob,
        http::{Append, ApproveRecovery},
    },
    sorted::SortedMap,
    time::Timestamp,
};

/// What an append is for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Intent {
    /// Make a room.
    Create,
    /// Make an invite with this secret.
    Invite {
        /// Goes into the link.
        #[serde(with = "records::invite_secret")]
        secret: InviteSecret,
        /// For whom and how long.
        terms: InviteTerms,
    },
    /// Join by an invite.
    Join,
    /// Start the next epoch.
    StartEpoch {
        /// Why.
        reason: EpochReason,
    },
    /// What a member does.
    Act(Act),
}

impl Intent {
    /// It may be saved.
    pub(super) const fn is_kept(&self) -> bool {
        match self {
            Self::Act(act) => act.is_kept(),
            _ => true,
        }
    }
}

/// An append on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PendingAppend {
    /// What it is for.
    pub intent: Intent,
    /// The body, the same each time it is sent.
    pub append: Append,
    /// Index of the last entry.
    last: LogIndex,
    /// The key of the epoch that it starts.
    started: Option<HeldKey>,
    /// The key that lay beside the invite.
    given: Option<HeldKey>,
    #[serde(skip)]
    state: Progress,
    #[serde(skip)]
    backoff: Backoff,
}

/// A key that belongs into the keyring once the append is committed.
#[derive(Clone, Serialize, Deserialize)]
struct HeldKey {
    epoch: Epoch,
    key: Blob,
}

impl HeldKey {
    fn new(epoch: Epoch, key: &EpochKey) -> Self {
        Self { epoch, key: Blob(key.expose().to_vec()) }
    }

    fn open(&self) -> Option<(Epoch, EpochKey)> {
        EpochKey::from_slice(&self.key.0).ok().map(|key| (self.epoch, key))
    }
}

impl core::fmt::Debug for HeldKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "HeldKey({}, redacted)", self.epoch)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Progress {
    #[default]
    Waiting,
    UnderWay,
    Beaten,
}

/// Why an append cannot be built.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(super) enum BuildError {
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("the room's log does not permit it")]
    NotPermitted,
}

impl PendingAppend {
    pub(super) fn new(intent: Intent, append: Append, last: LogIndex, started: Option<(Epoch, &EpochKey)>) -> Self {
        Self {
            intent,
            append,
            last,
            started: started.map(|(epoch, key)| HeldKey::new(epoch, key)),
            given: None,
            state: Progress::Waiting,
            backoff: Backoff::default(),
        }
    }

    pub(super) fn save(&self, room: RoomId, context: &mut Context<'_>) {
        context.save(self.change(room).into_iter().collect());
    }

    /// The change that saves it, unless it is for memory alone.
    pub(super) fn change(&self, room: RoomId) -> Option<Change> {
        self.intent.is_kept().then(|| records::put_append(room, self))
    }

    /// Sends it if that is due.
    pub(super) fn step(&mut self, room: RoomId, context: &mut Context<'_>) {
        if self.state != Progress::Waiting || !context.online || !self.backoff.is_due(context.now) {
            return;
        }
        let (path, body) = match &self.intent {
            Intent::Create => ("/rooms".to_owned(), serde_json::to_vec(&self.append)),
            Intent::Act(Act::ApproveRecovery(approval)) => {
                let Some(current) = approval.password().cloned() else { return };
                let approve = ApproveRecovery { current, append: self.append.clone() };
                (format!("/rooms/{room}/recovery-approvals"), serde_json::to_vec(&approve))
            }
            _ => (format!("/rooms/{room}/log"), serde_json::to_vec(&self.append)),
        };
        // A wire type always encodes.
        let Ok(body) = body else { return };
        self.state = Progress::UnderWay;
        context.request(Purpose::Append(room), Method::Post, &path, Some(body));
    }

    pub(super) fn postpone(&mut self, now: Timestamp, asked_ms: Option<u64>) {
        self.state = Progress::Waiting;
        self.backoff.failed(now, asked_ms);
    }

    /// It must be signed anew: another entry came first (then on top of the news), or its time is off.
    pub(super) fn beaten(&mut self, now: Timestamp) {
        self.state = Progress::Beaten;
        self.backoff.failed(now, None);
    }

    pub(super) fn is_beaten(&self) -> bool {
        self.state == Progress::Beaten
    }

    /// Whether it can be made anew on top of `log`.
    pub(super) fn can_rebuild(&self, log: &RoomState, now: Timestamp) -> bool {
        log.head().index >= self.first_index() || self.backoff.is_due(now)
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.backoff.deadline().filter(|_| self.state != Progress::UnderWay)
    }

    /// With the key that lay beside the invite.
    pub(super) fn with_given(self, given: Option<(Epoch, EpochKey)>) -> Self {
        Self { given: given.map(|(epoch, key)| HeldKey::new(epoch, &key)), ..self }
    }

    /// Made anew after `beaten`.
    pub(super) fn after(self, beaten: &Self) -> Self {
        Self { backoff: beaten.backoff.of_next_try(), ..self }
    }

    /// What of it can go into another append, if it starts an epoch.
    pub(super) fn kept_start(&self) -> Option<KeptStart> {
        let (epoch, key) = self.started.as_ref()?.open()?;
        Some(KeptStart { epoch, key, envelopes: self.envelopes() })
    }

    /// The keys that belong into the keyring once it is committed.
    pub(super) fn keys(&self) -> impl Iterator<Item = (Epoch, EpochKey)> + '_ {
        [&self.started, &self.given].into_iter().flatten().filter_map(HeldKey::open)
    }

    /// Its last entry.
    pub(super) fn last(&self) -> Option<LogHead> {
        self.append.entries.last().map(|entry| LogHead { index: self.last, hash: entry.hash() })
    }

    /// Index of its first entry.
    pub(super) fn first_index(&self) -> LogIndex {
        let count = u64::try_from(self.append.entries.len()).unwrap_or(u64::MAX);
        LogIndex((self.last.0 + 1).saturating_sub(count))
    }

    /// The envelopes that it holds, by recipient.
    fn envelopes(&self) -> SortedMap<DeviceId, Envelope> {
        self.append
            .envelopes
            .iter()
            .filter_map(|envelope| Some((envelope.context().ok()?.recipient, envelope.clone())))
            .collect()
    }
}
