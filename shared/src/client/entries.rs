//! A room's log entry by entry, for people who want to know what happened: who did it, on which computer, and whether it had an
//! effect. Kept beside the fold, without keys and signatures: those were checked when the entry came.

use serde::{Deserialize, Serialize};

use super::recovery::RecoveryChoice;
use crate::{
    crypto::bundle::{Bundle, SignedBundle},
    ids::{AccountId, DeviceId, EntryHash, Epoch, LogIndex, NameHash, RoomId, Seq},
    log::{
        Action, Applied, Author, Effect, EpochReason, HistoryRule, IgnoredReason, Role, RoomState,
        action::{DeviceRevoked, Renameable},
    },
    sorted::{SortedMap, SortedSet},
    time::Timestamp,
};

/// Which entries of a log are wanted, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogWish {
    /// Those that are by this account, or about it.
    pub about: Option<AccountId>,
    /// Those that let people and computers in or put them out.
    pub access: bool,
    /// So many at most.
    pub most: usize,
}

/// A part of a room's log, for showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogView {
    /// Which room's.
    pub room: RoomId,
    /// What was wanted.
    pub wish: LogWish,
    /// Newest first.
    pub entries: Vec<EntryView>,
    /// There are older ones that were wanted, too.
    pub older: bool,
    /// What those in it are called.
    pub names: LogNames,
}

/// What a room's log says between its messages, for showing there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinesView {
    /// Which room's.
    pub room: RoomId,
    /// Those of the entries that are told there, oldest first: each has its place in the stream.
    pub entries: Vec<EntryView>,
    /// The computers in them that came to somebody after this account had compared safety numbers with them.
    pub compare: SortedSet<DeviceId>,
    /// What those in it are called.
    pub names: LogNames,
}

impl LinesView {
    /// A room of which nothing was asked for yet.
    #[must_use]
    pub fn none(room: RoomId) -> Self {
        Self { room, entries: Vec::new(), compare: SortedSet::new(), names: LogNames::default() }
    }
}

/// What people, their computers and rooms are called. What is missing was erased, or is not known yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogNames {
    /// The handles of all who are or were in the room: those that they have now, or had last.
    pub people: SortedMap<AccountId, String>,
    /// Of the computers in the entries, as they are called now.
    pub computers: SortedMap<DeviceId, String>,
    /// The names that entries gave.
    pub given: SortedMap<NameHash, String>,
}

/// An entry of a log, for showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryView {
    /// Its place in the log, from 0.
    pub index: LogIndex,
    /// Its place in the stream, where the stream brought it.
    pub seq: Option<Seq>,
    /// By its author's clock.
    pub at: Timestamp,
    /// The computer that signed it; absent where the service did, or a recovery kit, by the key that the log pins.
    pub by: Option<Computer>,
    /// What it says.
    pub deed: Deed,
    /// Why it has no effect, if it has none.
    pub ignored: Option<IgnoredReason>,
    /// The keys that count for somebody from it on, who is or was here with others.
    pub new_keys: Option<NewKeys>,
    /// It let somebody in after an announced wait of which this computer saw too little.
    pub unseen_wait: Option<UnseenWait>,
}

/// Somebody is here with other keys than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKeys {
    /// Who.
    pub account: AccountId,
    /// The computer whose keys they are.
    pub device: DeviceId,
    /// It is one that was here before: the same copy of the app, by its own word.
    pub same_computer: bool,
}

/// Somebody was let in after an announced wait of 72 hours, of which this computer saw too little to say that there was one: it
/// heard of it too late, or the service was faster than it says. A mark, not a refusal: whoever reads it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnseenWait {
    /// Who.
    pub account: AccountId,
    /// The computer that was let in.
    pub device: DeviceId,
    /// So many whole hours of the wait this computer saw.
    pub seen_hours: u32,
    /// It is another computer of this account.
    pub mine: bool,
}

/// A computer, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Computer {
    /// Whose; absent where the log does not know.
    pub account: Option<AccountId>,
    /// Which.
    pub device: DeviceId,
}

/// What an entry does: an [`Action`] without what only machines need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// [`Action::Created`]
    Created {
        /// The room's name.
        name: NameHash,
        /// What newcomers can read.
        history: HistoryRule,
    },
    /// [`Action::Renamed`]
    Renamed {
        /// What.
        what: Renameable,
        /// Its name from then on.
        name: NameHash,
    },
    /// [`Action::Invited`]
    Invited {
        /// What those who join become.
        role: Role,
        /// How many may join.
        uses: u32,
        /// Until when.
        expires_at: Timestamp,
    },
    /// [`Action::InviteClosed`]
    InviteClosed,
    /// [`Action::MemberInvitesAllowed`]
    MemberInvites(bool),
    /// [`Action::Joined`]
    Joined {
        /// Whose link it was, where it is one of the room.
        invited_by: Option<AccountId>,
        /// What they became.
        role: Option<Role>,
    },
    /// [`Action::Left`]
    Left,
    /// [`Action::DeviceVouched`]
    ComputerApproved {
        /// The new one; absent where what is said of it is damaged.
        computer: Option<Computer>,
        /// The one that said so.
        by: Option<DeviceId>,
    },
    /// [`Action::DeviceRevoked`]
    ComputerRevoked {
        /// Which.
        computer: Computer,
        /// Another one of the same account said so; absent where an owner or admin did.
        by: Option<DeviceId>,
    },
    /// [`Action::MemberRemoved`]
    MemberRemoved(AccountId),
    /// [`Action::RoleChanged`]
    RoleChanged(AccountId, Role),
    /// [`Action::OwnershipPassed`]
    OwnershipPassed(AccountId),
    /// [`Action::EpochStarted`]
    KeyStarted {
        /// The key's number.
        epoch: Epoch,
        /// Why.
        reason: EpochReason,
    },
    /// [`Action::HistoryRuleSet`]
    HistorySet(HistoryRule),
    /// [`Action::RecoveryPolicySet`]
    RecoverySet(RecoveryChoice),
    /// [`Action::RecoveryAnnounced`]
    RecoveryAnnounced {
        /// The computer that would be let in.
        computer: Option<Computer>,
        /// When.
        effective_at: Timestamp,
    },
    /// [`Action::RecoveryApproved`]
    RecoveryApproved {
        /// The computer that is let in.
        computer: Option<Computer>,
        /// The one that it replaces.
        replaces: Option<DeviceId>,
    },
    /// [`Action::RecoveryVetoed`]
    RecoveryVetoed {
        /// The computer that would have been let in, if what was objected to is known.
        computer: Option<Computer>,
    },
    /// [`Action::RecoveryReleased`]
    RecoveryReleased {
        /// The computer that was let in, or that keys were handed to, if that is known.
        computer: Option<Computer>,
    },
    /// [`Action::RetentionSet`]: days, or for ever.
    RetentionSet(Option<u32>),
}

impl EntryView {
    /// An entry that was applied; `log` is what the log folds to after it. What this computer saw of it is the caller's.
    pub(super) fn of(applied: &Applied, log: &RoomState, seq: Option<Seq>) -> Self {
        let body = &applied.body;
        let owner = |device| log.device(device).map(|device| device.bundle.account());
        let by = match body.author {
            Author::Service => None,
            // Who joins in vain is no device of the log.
            Author::Device(device) => Some(Computer { account: owner(device).or(newcomer(&body.action)), device }),
        };
        let ignored = match applied.effect {
            Effect::Done => None,
            Effect::Ignored(reason) => Some(reason),
        };
        let new_keys = applied.let_in.and_then(|device| NewKeys::of(device, log));
        Self {
            index: body.index,
            seq,
            at: body.at,
            by,
            deed: Deed::of(&body.action, log),
            ignored,
            new_keys,
            unseen_wait: None,
        }
    }

    /// Whether it is told between the messages: what everybody in the room should know of, and happened.
    pub(super) const fn is_line(&self) -> bool {
        self.ignored.is_none() && self.deed.is_news()
    }

    /// Whether it is by this account, or about it.
    #[must_use]
    pub fn concerns(&self, account: AccountId) -> bool {
        let by = self.by.and_then(|by| by.account);
        by == Some(account) || self.deed.about() == Some(account)
    }

    /// The people in it.
    pub(super) fn people(&self) -> impl Iterator<Item = AccountId> {
        self.by.and_then(|by| by.account).into_iter().chain(self.deed.about())
    }

    /// The computers in it.
    fn computers(&self) -> impl Iterator<Item = DeviceId> {
        self.by.map(|by| by.device).into_iter().chain(self.deed.computers().into_iter().flatten())
    }
}

impl NewKeys {
    /// Those of a device that was just let in, if its account had others here, and not these.
    fn of(device: DeviceId, log: &RoomState) -> Option<Self> {
        let known = log.device(device).filter(|known| known.until_epoch.is_none())?;
        let (bundle, account) = (&known.bundle, known.bundle.account());
        let mut others =
            log.devices().filter(|(id, other)| **id != device && other.bundle.account() == account).peekable();
        others.peek()?;
        let same_computer = others.any(|(_, other)| other.bundle.installation() == bundle.installation());
        Some(Self { account, device, same_computer })
    }
}

impl Deed {
    fn of(action: &Action, log: &RoomState) -> Self {
        match action {
            Action::Created(created) => Self::Created { name: created.room_name, history: created.history },
            Action::Renamed(renamed) => Self::Renamed { what: renamed.what, name: renamed.name },
            Action::Invited(invited) => {
                Self::Invited { role: invited.role, uses: invited.uses, expires_at: invited.expires_at }
            }
            Action::InviteClosed(_) => Self::InviteClosed,
            Action::MemberInvitesAllowed(allowed) => Self::MemberInvites(allowed.allowed),
            Action::Joined(joined) => {
                let invite = log.invite(joined.invite);
                Self::Joined { invited_by: invite.map(|invite| invite.made_by), role: invite.map(|invite| invite.role) }
            }
            Action::Left(_) => Self::Left,
            Action::DeviceVouched(vouched) => {
                let said = vouched.statement.read().ok();
                Self::ComputerApproved {
                    computer: said.as_ref().map(|said| Computer { account: Some(said.account), device: said.device }),
                    by: said.map(|said| said.by),
                }
            }
            Action::DeviceRevoked(revoked) => Self::revoked(revoked, log),
            Action::MemberRemoved(removed) => Self::MemberRemoved(removed.account),
            Action::RoleChanged(changed) => Self::RoleChanged(changed.account, changed.role),
            Action::OwnershipPassed(passed) => Self::OwnershipPassed(passed.account),
            Action::EpochStarted(started) => Self::KeyStarted { epoch: started.epoch, reason: started.reason },
            Action::HistoryRuleSet(set) => Self::HistorySet(set.history),
            Action::RecoveryPolicySet(set) => Self::RecoverySet(RecoveryChoice::of(Some(set))),
            Action::RecoveryAnnounced(announced) => {
                Self::RecoveryAnnounced { computer: computer(&announced.bundle), effective_at: announced.effective_at }
            }
            Action::RecoveryApproved(approved) => {
                Self::RecoveryApproved { computer: computer(&approved.bundle), replaces: approved.replaces }
            }
            Action::RecoveryVetoed(vetoed) => Self::RecoveryVetoed { computer: recovering(vetoed.entry, log) },
            Action::RecoveryReleased(released) => Self::RecoveryReleased { computer: recovering(released.entry, log) },
            Action::RetentionSet(set) => Self::RetentionSet(set.days),
        }
    }

    fn revoked(revoked: &DeviceRevoked, log: &RoomState) -> Self {
        let said = revoked.statement.as_ref().and_then(|statement| statement.read().ok());
        let known = log.device(revoked.device).map(|device| device.bundle.account());
        let account = said.as_ref().map(|said| said.account).or(known);
        Self::ComputerRevoked { computer: Computer { account, device: revoked.device }, by: said.map(|said| said.by) }
    }

    /// Whether it lets people or computers in, or puts them out.
    #[must_use]
    pub const fn is_access(&self) -> bool {
        match self {
            Self::Created { .. }
            | Self::Joined { .. }
            | Self::Left
            | Self::ComputerApproved { .. }
            | Self::ComputerRevoked { .. }
            | Self::MemberRemoved(_)
            | Self::RecoveryAnnounced { .. }
            | Self::RecoveryApproved { .. }
            | Self::RecoveryVetoed { .. }
            | Self::RecoveryReleased { .. } => true,
            Self::Renamed { .. }
            | Self::Invited { .. }
            | Self::InviteClosed
            | Self::MemberInvites(_)
            | Self::RoleChanged(..)
            | Self::OwnershipPassed(_)
            | Self::KeyStarted { .. }
            | Self::HistorySet(_)
            | Self::RecoverySet(_)
            | Self::RetentionSet(_) => false,
        }
    }

    /// Whether everybody in the room should hear of it. Invites, keys and what computers are called change too often, and change
    /// nothing for anybody.
    const fn is_news(&self) -> bool {
        !matches!(
            self,
            Self::Invited { .. }
                | Self::InviteClosed
                | Self::KeyStarted { .. }
                | Self::Renamed { what: Renameable::Device, .. }
        )
    }

    /// Who else it is about.
    fn about(&self) -> Option<AccountId> {
        match self {
            Self::MemberRemoved(account) | Self::RoleChanged(account, _) | Self::OwnershipPassed(account) => {
                Some(*account)
            }
            Self::Joined { invited_by, .. } => *invited_by,
            Self::ComputerRevoked { computer, .. } => computer.account,
            Self::ComputerApproved { computer, .. }
            | Self::RecoveryAnnounced { computer, .. }
            | Self::RecoveryApproved { computer, .. }
            | Self::RecoveryVetoed { computer }
            | Self::RecoveryReleased { computer } => computer.and_then(|computer| computer.account),
            _ => None,
        }
    }

    fn computers(&self) -> [Option<DeviceId>; 2] {
        let device = |computer: &Option<Computer>| computer.map(|computer| computer.device);
        match self {
            Self::ComputerApproved { computer, by } => [device(computer), *by],
            Self::ComputerRevoked { computer, by } => [Some(computer.device), *by],
            Self::RecoveryAnnounced { computer, .. }
            | Self::RecoveryVetoed { computer }
            | Self::RecoveryReleased { computer } => [device(computer), None],
            Self::RecoveryApproved { computer, replaces } => [device(computer), *replaces],
            _ => [None, None],
        }
    }

    /// The name that it gives.
    pub(super) const fn given(&self) -> Option<NameHash> {
        match self {
            Self::Created { name, .. } | Self::Renamed { name, .. } => Some(*name),
            _ => None,
        }
    }
}

impl LogWish {
    fn wants(&self, entry: &EntryView) -> bool {
        self.about.is_none_or(|account| entry.concerns(account)) && (!self.access || entry.deed.is_access())
    }

    /// The entries that are wanted of these, newest first, and whether there are older ones; `entries` is oldest first.
    pub(super) fn choose<'a>(&self, entries: impl DoubleEndedIterator<Item = &'a EntryView>) -> (Vec<EntryView>, bool) {
        let mut wanted = entries.rev().filter(|entry| self.wants(entry));
        let chosen = wanted.by_ref().take(self.most).cloned().collect();
        (chosen, wanted.next().is_some())
    }
}

/// The computers in these entries, each once.
pub(super) fn computers_in(entries: &[EntryView]) -> SortedSet<DeviceId> {
    entries.iter().flat_map(EntryView::computers).collect()
}

/// Whoever an entry brings in.
const fn newcomer(action: &Action) -> Option<AccountId> {
    match action {
        Action::Joined(joined) => Some(joined.account),
        _ => None,
    }
}

/// The computer that a recovery is about.
fn recovering(entry: EntryHash, log: &RoomState) -> Option<Computer> {
    let bundle = &log.recovery(entry)?.bundle;
    Some(Computer { account: Some(bundle.account()), device: bundle.device() })
}

fn computer(bundle: &SignedBundle) -> Option<Computer> {
    let bundle = Bundle::verify(bundle).ok()?;
    Some(Computer { account: Some(bundle.account()), device: bundle.device() })
}
