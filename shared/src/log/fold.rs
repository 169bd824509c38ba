//! Verifying the next entry of a log and applying it. One function for service and clients alike.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    action::{
        Action, Created, DeviceVouched, EpochReason, EpochStarted, HistoryRule, InviteClosed, Invited, Joined,
        MemberInvitesAllowed, Renameable, Renamed, Role, Standing,
    },
    entry::{Author, ENTRY_VERSION, EntryBody, SignedEntry},
    state::{Device, EpochState, Invite, Member, RoomState},
};
use crate::{
    crypto::{
        CryptoError, SUITE,
        bundle::{Bundle, SignedBundle},
        invite,
        message::LogHead,
    },
    ids::{AccountId, DeviceId, EntryHash, Epoch, LogIndex, RoomId},
    protocol::codec::DecodeError,
};

/// Why a log cannot be followed past an entry. Whoever reads the log stops there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The entry's bytes are damaged.
    #[error("entry is damaged: {0}")]
    Malformed(DecodeError),
    /// Of a kind, layout, version or suite that this build does not know or act on yet.
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
    /// The account is a member already, or the device is known already.
    #[error("already in the room")]
    AlreadyThere,
    /// An epoch that is not the one after the current.
    #[error("not the next room key")]
    NotNextEpoch,
    /// A vouching statement that does not fit its entry, or whose signer is not entitled.
    #[error("the vouching does not count")]
    StatementNotValid,
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
        let state = Self::created(created, bundle, hash);
        Ok((state, Applied { body, hash, effect: Effect::Done }))
    }

    fn created(created: &Created, bundle: Bundle, hash: EntryHash) -> Self {
        let device = bundle.device();
        Self {
            room: RoomId::from_first_entry(hash),
            head: LogHead { index: LogIndex(0), hash },
            name: created.room_name,
            history: created.history,
            members: BTreeMap::from([(
                created.account,
                Member { role: Role::Owner, handle: created.handle, reads_from: Epoch(1) },
            )]),
            devices: BTreeMap::from([(device, entitled(bundle, created.device_name, Epoch(0)))]),
            invites: BTreeMap::new(),
            member_invites: false,
            epochs: BTreeMap::new(),
            current_epoch: Epoch(0),
            oldest_open_epoch: Epoch(0),
        }
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
        let Author::Device(author) = body.author else { return Err(LogError::NeedsNewer) };
        let newcomer = newcomer_bundle(&body.action)?;
        match (&newcomer, self.devices.get(&author)) {
            (Some(bundle), _) if bundle.device() == author => entry.verify(bundle.signing_key()),
            (_, Some(device)) => entry.verify(device.bundle.signing_key()),
            _ => return Err(LogError::UnknownAuthor),
        }
        .map_err(|_| LogError::BadSignature)?;

        let effect = match &body.action {
            Action::Renamed(renamed) => self.renamed(author, renamed),
            Action::Invited(invited) => self.invited(author, invited),
            Action::InviteClosed(closed) => self.invite_closed(&body, author, closed),
            Action::MemberInvitesAllowed(allowed) => self.member_invites_allowed(author, allowed),
            Action::Joined(joined) => self.joined(&body, author, joined, newcomer),
            Action::DeviceVouched(vouched) => self.vouched(author, vouched, newcomer),
            Action::EpochStarted(started) => self.epoch_started(author, started),
            _ => return Err(LogError::NeedsNewer),
        };
        let hash = entry.hash();
        self.head = LogHead { index: body.index, hash };
        let effect = effect.map_or_else(Effect::Ignored, |()| Effect::Done);
        Ok(Applied { body, hash, effect })
    }

    fn renamed(&mut self, author: DeviceId, renamed: &Renamed) -> Result<(), IgnoredReason> {
        let (account, role) = self.author(author)?;
        match renamed.what {
            Renameable::Room if role < Role::Owner => return Err(IgnoredReason::NotPermitted),
            Renameable::Room => self.name = renamed.name,
            Renameable::Handle => {
                if let Some(member) = self.members.get_mut(&account) {
                    member.handle = renamed.name;
                }
            }
            Renameable::Device => {
                if let Some(device) = self.devices.get_mut(&author) {
                    device.name = renamed.name;
                }
            }
        }
        Ok(())
    }

    fn invited(&mut self, author: DeviceId, invited: &Invited) -> Result<(), IgnoredReason> {
        let (account, role) = self.author(author)?;
        if invited.role > role || !self.may_invite(role) {
            return Err(IgnoredReason::NotPermitted);
        }
        if self.invites.contains_key(&invited.invite) {
            return Err(IgnoredReason::AlreadyThere);
        }
        self.invites.insert(
            invited.invite,
            Invite { role: invited.role, uses_left: invited.uses, expires_at: invited.expires_at, made_by: account },
        );
        Ok(())
    }

    fn invite_closed(
        &mut self,
        body: &EntryBody,
        author: DeviceId,
        closed: &InviteClosed,
    ) -> Result<(), IgnoredReason> {
        let (account, role) = self.author(author)?;
        let invite = self
            .invites
            .get_mut(&closed.invite)
            .filter(|invite| invite.is_open(body.at))
            .ok_or(IgnoredReason::InviteNotValid)?;
        if role < Role::Admin && invite.made_by != account {
            return Err(IgnoredReason::NotPermitted);
        }
        invite.uses_left = 0;
        Ok(())
    }

    fn member_invites_allowed(
        &mut self,
        author: DeviceId,
        allowed: &MemberInvitesAllowed,
    ) -> Result<(), IgnoredReason> {
        let (_, role) = self.author(author)?;
        if role < Role::Admin {
            return Err(IgnoredReason::NotPermitted);
        }
        self.member_invites = allowed.allowed;
        Ok(())
    }

    fn joined(
        &mut self,
        body: &EntryBody,
        author: DeviceId,
        joined: &Joined,
        newcomer: Option<Bundle>,
    ) -> Result<(), IgnoredReason> {
        let bundle = newcomer
            .filter(|bundle| bundle.device() == author && bundle.account() == joined.account)
            .ok_or(IgnoredReason::NotPermitted)?;
        if self.members.contains_key(&joined.account) || self.devices.contains_key(&author) {
            return Err(IgnoredReason::AlreadyThere);
        }
        let invite = self
            .invites
            .get_mut(&joined.invite)
            .filter(|invite| invite.is_open(body.at))
            .ok_or(IgnoredReason::InviteNotValid)?;
        invite::verify_join(joined.invite, self.room, joined.account, author, &joined.invite_signature.0)
            .map_err(|_| IgnoredReason::InviteNotValid)?;
        invite.uses_left = invite.uses_left.saturating_sub(1);
        let reads_from = match self.history {
            HistoryRule::AllRetained => Epoch(1),
            // The one that comes with the joining.
            HistoryRule::FromJoining => self.current_epoch.next(),
        };
        self.members.insert(joined.account, Member { role: invite.role, handle: joined.handle, reads_from });
        self.devices.insert(author, entitled(bundle, joined.device_name, self.current_epoch));
        Ok(())
    }

    fn vouched(
        &mut self,
        author: DeviceId,
        vouched: &DeviceVouched,
        newcomer: Option<Bundle>,
    ) -> Result<(), IgnoredReason> {
        let bundle = newcomer.ok_or(IgnoredReason::StatementNotValid)?;
        if author != bundle.device() && !self.is_entitled(author) {
            return Err(IgnoredReason::AuthorNotEntitled);
        }
        if self.devices.contains_key(&bundle.device()) {
            return Err(IgnoredReason::AlreadyThere);
        }
        let statement = vouched.statement.read().map_err(|_| IgnoredReason::StatementNotValid)?;
        let by = self
            .devices
            .get(&statement.by)
            .filter(|by| by.entitled && by.bundle.account() == statement.account)
            .ok_or(IgnoredReason::StatementNotValid)?;
        let fits = statement.standing == Standing::Vouched
            && statement.device == bundle.device()
            && statement.account == bundle.account()
            && self.members.contains_key(&statement.account);
        if !fits || vouched.statement.verify(by.bundle.signing_key()).is_err() {
            return Err(IgnoredReason::StatementNotValid);
        }
        self.devices.insert(bundle.device(), entitled(bundle, vouched.device_name, self.current_epoch));
        Ok(())
    }

    fn epoch_started(&mut self, author: DeviceId, started: &EpochStarted) -> Result<(), IgnoredReason> {
        self.author(author)?;
        if started.epoch != self.current_epoch.next() {
            return Err(IgnoredReason::NotNextEpoch);
        }
        self.epochs
            .insert(started.epoch, EpochState { key_id: started.key_id, started_by: author, reason: started.reason });
        self.current_epoch = started.epoch;
        if closes_earlier(started.reason, self.history) {
            self.oldest_open_epoch = started.epoch;
        }
        Ok(())
    }

    /// The author's account and its role, if its device is entitled.
    fn author(&self, author: DeviceId) -> Result<(AccountId, Role), IgnoredReason> {
        let device =
            self.devices.get(&author).filter(|device| device.entitled).ok_or(IgnoredReason::AuthorNotEntitled)?;
        let account = device.bundle.account();
        let member = self.members.get(&account).ok_or(IgnoredReason::AuthorNotEntitled)?;
        Ok((account, member.role))
    }
}

/// Whether an epoch that starts for this reason closes all earlier ones.
const fn closes_earlier(reason: EpochReason, history: HistoryRule) -> bool {
    match reason {
        EpochReason::KeyLacking | EpochReason::Age => false,
        EpochReason::Joining => matches!(history, HistoryRule::FromJoining),
        EpochReason::RoomCreated
        | EpochReason::Leaving
        | EpochReason::MemberRemoved
        | EpochReason::DeviceRevoked
        | EpochReason::DeviceRecovered
        | EpochReason::RecoveryPolicyChanged => true,
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
        _ => Ok(None),
    }
}

fn verified(bundle: &SignedBundle) -> Result<Bundle, LogError> {
    Bundle::verify(bundle).map_err(|error| match error {
        CryptoError::UnknownFormat => LogError::NeedsNewer,
        _ => LogError::BadSignature,
    })
}

fn entitled(bundle: Bundle, name: crate::ids::NameHash, since_epoch: Epoch) -> Device {
    Device { bundle: Arc::new(bundle), name, entitled: true, since_epoch }
}
