//! What is added to a room's log. An append is built once, saved, and repeated byte for byte until the service answers: the
//! service answers a repetition as it did the first time. Only when another entry beat it is it signed anew; an epoch start
//! then keeps its key and its envelopes if the entries in between only added people and devices.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    act::Act,
    context::{Backoff, Context, Purpose},
    identity::Identity,
    invites,
    io::{InviteTerms, Method},
    records,
};
use crate::{
    crypto::{
        CryptoError,
        envelope::{Envelope, EnvelopeReason},
        epoch::{EpochKey, SealedKey, SealingSecret},
        invite::InviteSecret,
        system_rng,
    },
    ids::{DeviceId, Epoch, LogIndex, RoomId},
    log::{
        Action, Effect, EntryBody, EpochReason, HistoryRule, LogError, RoomState, SignedEntry,
        action::{Created, EpochStarted, Invited, Joined},
    },
    protocol::{
        bytes::Blob,
        frames::OpenName,
        http::{Append, EpochLink},
    },
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
    /// A change that is one entry.
    Act(Act),
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
        context.save(vec![records::put_append(room, self)]);
    }

    /// Sends it if that is due.
    pub(super) fn step(&mut self, room: RoomId, context: &mut Context<'_>) {
        if self.state != Progress::Waiting || !context.online || !self.backoff.is_due(context.now) {
            return;
        }
        // A wire type always encodes.
        let Ok(body) = serde_json::to_vec(&self.append) else { return };
        let path = match self.intent {
            Intent::Create => "/rooms".to_owned(),
            _ => format!("/rooms/{room}/log"),
        };
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

    /// The key of the epoch that it starts.
    pub(super) fn started_key(&self) -> Option<(Epoch, EpochKey)> {
        self.started.as_ref()?.open()
    }

    /// The keys that belong into the keyring once it is committed.
    pub(super) fn keys(&self) -> impl Iterator<Item = (Epoch, EpochKey)> + '_ {
        [&self.started, &self.given].into_iter().flatten().filter_map(HeldKey::open)
    }

    /// Index of its last entry.
    pub(super) const fn last_index(&self) -> LogIndex {
        self.last
    }

    /// Index of its first entry.
    pub(super) fn first_index(&self) -> LogIndex {
        let count = u64::try_from(self.append.entries.len()).unwrap_or(u64::MAX);
        LogIndex((self.last.0 + 1).saturating_sub(count))
    }

    /// The envelopes that it holds, by recipient.
    fn envelopes(&self) -> BTreeMap<DeviceId, Envelope> {
        self.append
            .envelopes
            .iter()
            .filter_map(|envelope| Some((envelope.context().ok()?.recipient, envelope.clone())))
            .collect()
    }
}

/// An epoch start kept from an append that was beaten.
pub(super) struct KeptStart {
    epoch: Epoch,
    key: EpochKey,
    envelopes: BTreeMap<DeviceId, Envelope>,
}

impl KeptStart {
    /// What can be kept: the epoch is still the next one, so the entries in between only added people or devices.
    pub(super) fn of(append: &PendingAppend, log: &RoomState) -> Option<Self> {
        let (epoch, key) = append.started_key()?;
        (epoch == log.current_epoch().next()).then(|| Self { epoch, key, envelopes: append.envelopes() })
    }
}

/// A new room with its first epoch.
pub(super) fn create_room(
    context: &Context<'_>,
    name: &str,
    history: HistoryRule,
) -> Result<(RoomId, PendingAppend), BuildError> {
    let identity = context.identity;
    let mut rng = system_rng();
    let names = vec![
        OpenName::new(name, &mut rng),
        OpenName::new(identity.handle(), &mut rng),
        OpenName::new(identity.device_name(), &mut rng),
    ];
    let [room_name, handle, device_name] = names.as_slice() else { return Err(CryptoError::UnknownFormat.into()) };
    let (Some(room_name), Some(handle), Some(device_name)) = (room_name.hash(), handle.hash(), device_name.hash())
    else {
        return Err(CryptoError::UnknownFormat.into());
    };
    let mut random = [0; 32];
    rand_core::Rng::fill_bytes(&mut rng, &mut random);
    let created = Action::Created(Created {
        random: Blob(random.to_vec()),
        account: identity.account(),
        bundle: identity.bundle().signed().clone(),
        room_name,
        handle,
        device_name,
        history,
    });
    let first = EntryBody::first(context.now, identity.device(), created).sign(identity.keys());
    let (mut log, _) = RoomState::start(&first)?;
    let start = start_epoch(identity, &log, EpochReason::RoomCreated, None, None, context.now)?;
    log.apply(&start.entry)?;
    let append =
        Append { entries: vec![first, start.entry], envelopes: start.envelopes, link: None, names, invite_key: None };
    let pending = PendingAppend::new(Intent::Create, append, log.head().index, Some((start.epoch, &start.key)));
    Ok((log.room(), pending))
}

/// An invite; where history is shared, with the current key beside it.
pub(super) fn invite(
    context: &Context<'_>,
    log: &RoomState,
    secret: InviteSecret,
    terms: InviteTerms,
    current: Option<&EpochKey>,
) -> Result<PendingAppend, BuildError> {
    let room = log.room();
    let invited = Action::Invited(Invited {
        invite: secret.key(room),
        role: terms.role,
        uses: terms.uses,
        expires_at: context.now.plus_millis(terms.lifetime_ms),
    });
    let entry = EntryBody::after(room, log.head(), context.now, context.identity.device(), invited)
        .sign(context.identity.keys());
    if log.clone().apply(&entry)?.effect != Effect::Done {
        return Err(BuildError::NotPermitted);
    }
    let invite_key = match (log.newcomers_read_current(), current) {
        (true, Some(key)) => Some(invites::seal(&secret, log, key)?),
        _ => None,
    };
    let append = Append { entries: vec![entry], envelopes: Vec::new(), link: None, names: Vec::new(), invite_key };
    Ok(PendingAppend::new(Intent::Invite { secret, terms }, append, log.head().index.next(), None))
}

/// Joining by an invite. Without the current key, or where history is not shared, the newcomer starts the next epoch
/// in the same append.
pub(super) fn join(
    context: &Context<'_>,
    log: &RoomState,
    secret: &InviteSecret,
    current: Option<&EpochKey>,
    kept: Option<KeptStart>,
) -> Result<PendingAppend, BuildError> {
    let (identity, room) = (context.identity, log.room());
    let mut rng = system_rng();
    let names = vec![OpenName::new(identity.handle(), &mut rng), OpenName::new(identity.device_name(), &mut rng)];
    let [handle, device_name] = names.as_slice() else { return Err(CryptoError::UnknownFormat.into()) };
    let (Some(handle), Some(device_name)) = (handle.hash(), device_name.hash()) else {
        return Err(CryptoError::UnknownFormat.into());
    };
    let joined = Action::Joined(Joined {
        account: identity.account(),
        bundle: identity.bundle().signed().clone(),
        invite: secret.key(room),
        invite_signature: Blob(secret.sign_join(room, identity.account(), identity.device()).to_vec()),
        handle,
        device_name,
    });
    let entry = EntryBody::after(room, log.head(), context.now, identity.device(), joined).sign(identity.keys());
    let mut after = log.clone();
    after.apply(&entry)?;
    let mut append = Append { entries: vec![entry], envelopes: Vec::new(), link: None, names, invite_key: None };
    let given = current.map(|key| HeldKey::new(log.current_epoch(), key));
    if given.is_some() && log.newcomers_read_current() {
        let join = PendingAppend::new(Intent::Join, append, after.head().index, None);
        return Ok(PendingAppend { given, ..join });
    }
    let start = start_epoch(identity, &after, EpochReason::Joining, current, kept, context.now)?;
    after.apply(&start.entry)?;
    append.entries.push(start.entry);
    append.envelopes = start.envelopes;
    append.link = start.link;
    let join = PendingAppend::new(Intent::Join, append, after.head().index, Some((start.epoch, &start.key)));
    Ok(PendingAppend { given, ..join })
}

/// The next epoch alone.
pub(super) fn epoch(
    context: &Context<'_>,
    log: &RoomState,
    reason: EpochReason,
    current: Option<&EpochKey>,
    kept: Option<KeptStart>,
) -> Result<PendingAppend, BuildError> {
    let start = start_epoch(context.identity, log, reason, current, kept, context.now)?;
    let append = Append {
        entries: vec![start.entry],
        envelopes: start.envelopes,
        link: start.link,
        names: Vec::new(),
        invite_key: None,
    };
    let last = log.head().index.next();
    Ok(PendingAppend::new(Intent::StartEpoch { reason }, append, last, Some((start.epoch, &start.key))))
}

struct EpochStart {
    epoch: Epoch,
    key: EpochKey,
    entry: SignedEntry,
    envelopes: Vec<Envelope>,
    link: Option<EpochLink>,
}

/// The entry that starts the next epoch after `log`, one envelope for each device that `log` entitles, and where history
/// is shared and the current key is at hand, the link back.
fn start_epoch(
    identity: &Identity,
    log: &RoomState,
    reason: EpochReason,
    current: Option<&EpochKey>,
    kept: Option<KeptStart>,
    now: Timestamp,
) -> Result<EpochStart, BuildError> {
    let room = log.room();
    let mut rng = system_rng();
    let kept = kept.filter(|kept| kept.epoch == log.current_epoch().next());
    let (epoch, key, mut made) = match kept {
        Some(kept) => (kept.epoch, kept.key, kept.envelopes),
        None => (log.current_epoch().next(), EpochKey::random(&mut rng), BTreeMap::new()),
    };
    let started = Action::EpochStarted(EpochStarted { epoch, key_id: key.key_id(), reason });
    let entry = EntryBody::after(room, log.head(), now, identity.device(), started).sign(identity.keys());
    let mut envelopes = Vec::new();
    for (id, device) in log.entitled_devices() {
        envelopes.push(match made.remove(id) {
            Some(envelope) => envelope,
            None => Envelope::wrap(
                identity.keys(),
                identity.device(),
                room,
                epoch,
                &key,
                &device.bundle,
                EnvelopeReason::EpochStart,
                &mut rng,
            )?,
        });
    }
    let link = match (log.may_link(log.current_epoch()), current) {
        (true, Some(current)) => Some(EpochLink {
            epoch: log.current_epoch(),
            sealed: SealedKey::seal(SealingSecret::NextEpoch(&key), room, log.current_epoch(), current, &mut rng)?,
        }),
        _ => None,
    };
    Ok(EpochStart { epoch, key, entry, envelopes, link })
}
