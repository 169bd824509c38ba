//! Verifying the next entry of a log and applying it. One function for service and clients alike. What each kind does stands
//! in a file for its subject; who may do it, in [`super::rights`].

mod devices;
mod epochs;
mod invites;
mod members;
mod recovery;
mod room;

use serde::{Deserialize, Serialize};

use super::{
    action::{Action, Created, EpochReason, Role},
    entry::{Author, ENTRY_VERSION, EntryBody, SignedEntry},
    state::{Member, RoomState},
};
use crate::{
    crypto::{
        CryptoError, SUITE,
        bundle::{Bundle, SignedBundle},
        message::LogHead,
    },
    ids::{AccountId, DeviceId, EntryHash, Epoch, LogIndex, RoomId},
    protocol::codec::DecodeError,
    sorted::{SortedMap, SortedSet},
};

/// Why a log cannot be followed past an entry. Whoever reads the log stops there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The entry's bytes are damaged.
    #[error("entry is damaged: {0}")]
    Malformed(DecodeError),
    /// Of a kind, layout, version or suite that this build does not know.
    #[error("entry needs a newer version")]
    NeedsNewer,
    /// It does not continue the log: other room, other index, other predecessor; or a first entry that is none.
    #[error("entry does not continue the log")]
    BrokenChain,
    /// Its author is a device that the log does not know.
    #[error("entry is by a device that the log does not know")]
    UnknownAuthor,
    /// Its signature, or that of a bundle in it, does not match.
    #[error("signature of entry does not match")]
    BadSignature,
}

/// An entry that was verified and applied.
#[derive(Clone, Debug)]
pub struct Applied {
    /// What it says.
    pub body: EntryBody,
    /// Its hash.
    pub hash: EntryHash,
    /// What it did.
    pub effect: Effect,
    /// The device that counts from it on, and did not before.
    pub let_in: Option<DeviceId>,
}

/// What an entry did to the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// What it says.
    Done,
    /// Nothing: it is well-formed, but was not permitted.
    Ignored(IgnoredReason),
}

/// Why an entry has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum IgnoredReason {
    /// The author's device was not entitled at that point.
    #[error("its author was no longer trusted")]
    AuthorNotEntitled,
    /// The author's role does not permit it.
    #[error("its author was not permitted")]
    NotPermitted,
    /// The invite is unknown, used up, closed, expired, or did not sign this joining.
    #[error("the invite was not valid")]
    InviteNotValid,
    /// The account is a member already, the device entitled, the invite made.
    #[error("already in the room")]
    AlreadyThere,
    /// The device's keys were revoked in this room: they never count again.
    #[error("these keys were revoked here")]
    KeysRevoked,
    /// An epoch that is not the one after the current.
    #[error("not the next room key")]
    NotNextEpoch,
    /// An epoch starts for a reason of which the log knows nothing.
    #[error("what it names as its reason did not happen")]
    NothingHappened,
    /// A statement about a device that does not fit its entry, or whose signer is not entitled.
    #[error("what is said of the computer does not count")]
    StatementNotValid,
    /// It is about somebody who is no member, or a device that is not entitled.
    #[error("who it is about is not in the room")]
    NotThere,
    /// No owner would be left who can act.
    #[error("the room would be without an owner")]
    LastOwner,
    /// It is so already.
    #[error("it was so already")]
    AlreadySo,
    /// It sets what cannot be.
    #[error("it says what cannot be")]
    NotSensible,
    /// A request for recovery that is of another room or device.
    #[error("the request is not this computer's, or not for this room")]
    RequestNotValid,
    /// The time to object is not over.
    #[error("the wait was not over")]
    TooEarly,
    /// A recovery that has expired, was objected to, or has taken effect.
    #[error("it was over already")]
    TooLate,
}

impl RoomState {
    /// Begins a log with its first entry, for the room that it makes.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn start(first: &SignedEntry) -> Result<(Self, Applied), LogError> {
        let body = read(first)?;
        let Action::Created(created) = &body.action else { return Err(LogError::BrokenChain) };
        if body.index != LogIndex(0) || body.previous.is_some() || body.room.is_some() || created.random.0.len() != 32 {
            return Err(LogError::BrokenChain);
        }
        let bundle = verified(&created.bundle)?;
        let author = Author::Device(bundle.device());
        if body.author != author || bundle.account() != created.account {
            return Err(LogError::UnknownAuthor);
        }
        first.verify(bundle.signing_key()).map_err(|_| LogError::BadSignature)?;
        let hash = first.hash();
        let let_in = Some(bundle.device());
        let state = Self::created(created, bundle, hash);
        Ok((state, Applied { body, hash, effect: Effect::Done, let_in }))
    }

    fn created(created: &Created, bundle: Bundle, hash: EntryHash) -> Self {
        let mut state = Self {
            room: RoomId::from_first_entry(hash),
            head: LogHead { index: LogIndex(0), hash },
            name: created.room_name,
            history: created.history,
            members: SortedMap::from([(
                created.account,
                Member { role: Role::Owner, handle: created.handle, reads_from: Epoch(1) },
            )]),
            devices: SortedMap::new(),
            invites: SortedMap::new(),
            member_invites: false,
            epochs: SortedMap::new(),
            current_epoch: Epoch(0),
            oldest_open_epoch: Epoch(1),
            happened: SortedSet::from([EpochReason::RoomCreated]),
            revoked: SortedSet::new(),
            retention_days: None,
            recovery_policy: None,
            recoveries: SortedMap::new(),
            unlinked: false,
        };
        state.entitle(bundle, created.device_name, None);
        state
    }

    /// Verifies the entry after the head and applies it. On an error the state is as before.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn apply(&mut self, entry: &SignedEntry) -> Result<Applied, LogError> {
        let body = read(entry)?;
        let continues = body.room == Some(self.room)
            && body.index == self.head.index.next()
            && body.previous == Some(self.head.hash);
        if !continues || matches!(body.action, Action::Created(_)) {
            return Err(LogError::BrokenChain);
        }
        let newcomer = newcomer_bundle(&body.action)?;
        self.verify(entry, body.author, newcomer.as_ref())?;
        let hash = entry.hash();
        let meant = match &body.action {
            Action::RecoveryReleased(released) => self.recovery(released.entry).map(|waiting| waiting.bundle.device()),
            _ => newcomer.as_ref().map(Bundle::device),
        };
        let meant = meant.filter(|device| !self.is_entitled(*device));
        let effect = match body.author {
            Author::Device(author) => self.act(&body, author, hash, newcomer),
            Author::Service => self.act_as_service(&body, hash, newcomer),
        };
        self.head = LogHead { index: body.index, hash };
        let effect = effect.map_or_else(Effect::Ignored, |()| Effect::Done);
        let let_in = meant.filter(|device| self.is_entitled(*device));
        Ok(Applied { body, hash, effect, let_in })
    }

    /// Whether the author signed the entry; a device that the entry brings in may be the author.
    fn verify(&self, entry: &SignedEntry, author: Author, newcomer: Option<&Bundle>) -> Result<(), LogError> {
        let verified = match author {
            Author::Service => entry.verify(&self.pinned_key().ok_or(LogError::UnknownAuthor)?),
            Author::Device(author) => match (newcomer, self.devices.get(&author)) {
                (Some(bundle), _) if bundle.device() == author => entry.verify(bundle.signing_key()),
                (_, Some(device)) => entry.verify(device.bundle.signing_key()),
                _ => return Err(LogError::UnknownAuthor),
            },
        };
        verified.map_err(|_| LogError::BadSignature)
    }

    fn act(
        &mut self,
        body: &EntryBody,
        author: DeviceId,
        entry: EntryHash,
        newcomer: Option<Bundle>,
    ) -> Result<(), IgnoredReason> {
        match &body.action {
            // Refused before: it is always and only the first.
            Action::Created(_) => Err(IgnoredReason::NotPermitted),
            Action::Renamed(renamed) => self.renamed(author, renamed),
            Action::Invited(invited) => self.invited(author, invited),
            Action::InviteClosed(closed) => self.invite_closed(body, author, closed),
            Action::MemberInvitesAllowed(allowed) => self.member_invites_allowed(author, allowed),
            Action::Joined(joined) => self.joined(body, author, joined, newcomer),
            Action::Left(_) => self.left(author),
            Action::MemberRemoved(removed) => self.member_removed(author, removed),
            Action::RoleChanged(changed) => self.role_changed(author, changed),
            Action::OwnershipPassed(passed) => self.ownership_passed(author, passed),
            Action::DeviceVouched(vouched) => self.device_vouched(author, vouched, newcomer),
            Action::DeviceRevoked(revoked) => self.device_revoked(author, revoked),
            Action::EpochStarted(started) => self.epoch_started(author, started),
            Action::HistoryRuleSet(set) => self.history_rule_set(author, set),
            Action::RetentionSet(set) => self.retention_set(author, set),
            Action::RecoveryPolicySet(set) => self.recovery_policy_set(author, set),
            Action::RecoveryApproved(approved) => self.recovery_approved(body, entry, approved, newcomer),
            Action::RecoveryVetoed(vetoed) => self.recovery_vetoed(author, vetoed),
            Action::RecoveryAnnounced(_) | Action::RecoveryReleased(_) => Err(IgnoredReason::NotPermitted),
        }
    }

    fn act_as_service(
        &mut self,
        body: &EntryBody,
        entry: EntryHash,
        newcomer: Option<Bundle>,
    ) -> Result<(), IgnoredReason> {
        match &body.action {
            Action::RecoveryApproved(approved) => self.recovery_approved(body, entry, approved, newcomer),
            Action::RecoveryAnnounced(announced) => self.recovery_announced(body, entry, announced, newcomer),
            Action::RecoveryReleased(released) => self.recovery_released(body, released),
            _ => Err(IgnoredReason::NotPermitted),
        }
    }

    /// The author's account and its role, if its device is entitled.
    pub(super) fn author(&self, author: DeviceId) -> Result<(AccountId, Role), IgnoredReason> {
        let device =
            self.devices.get(&author).filter(|device| device.entitled).ok_or(IgnoredReason::AuthorNotEntitled)?;
        let account = device.bundle.account();
        let member = self.members.get(&account).ok_or(IgnoredReason::AuthorNotEntitled)?;
        Ok((account, member.role))
    }
}

fn read(entry: &SignedEntry) -> Result<EntryBody, LogError> {
    let body = entry.body().map_err(|error| match error {
        DecodeError::WrongType => LogError::NeedsNewer,
        other => LogError::Malformed(other),
    })?;
    if body.version == ENTRY_VERSION && body.suite == SUITE { Ok(body) } else { Err(LogError::NeedsNewer) }
}

/// The bundle that an entry brings in, checked.
fn newcomer_bundle(action: &Action) -> Result<Option<Bundle>, LogError> {
    match action {
        Action::Joined(joined) => verified(&joined.bundle).map(Some),
        Action::DeviceVouched(vouched) => verified(&vouched.bundle).map(Some),
        Action::RecoveryApproved(approved) => verified(&approved.bundle).map(Some),
        Action::RecoveryAnnounced(announced) => verified(&announced.bundle).map(Some),
        _ => Ok(None),
    }
}

fn verified(bundle: &SignedBundle) -> Result<Bundle, LogError> {
    Bundle::verify(bundle).map_err(|error| match error {
        CryptoError::UnknownFormat => LogError::NeedsNewer,
        _ => LogError::BadSignature,
    })
}
