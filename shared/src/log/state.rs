//! What a room's log folds to, and what that permits.

use std::sync::Arc;

use super::{
    action::{EpochReason, HistoryRule, RecoveryPolicySet, Role},
    recovery::Recovery,
};
use crate::{
    crypto::{bundle::Bundle, message::LogHead},
    ids::{AccountId, DeviceId, EntryHash, Epoch, InviteKey, KeyId, NameHash, RoomId},
    sorted::{SortedMap, SortedSet},
    time::Timestamp,
};

/// A room as its log has it. Made by [`RoomState::start`](super::fold), changed by `apply`, cheap to clone.
#[derive(Clone, Debug)]
pub struct RoomState {
    pub(super) room: RoomId,
    pub(super) head: LogHead,
    pub(super) name: NameHash,
    pub(super) history: HistoryRule,
    pub(super) members: SortedMap<AccountId, Member>,
    pub(super) devices: SortedMap<DeviceId, Device>,
    pub(super) invites: SortedMap<InviteKey, Invite>,
    pub(super) member_invites: bool,
    pub(super) epochs: SortedMap<Epoch, EpochState>,
    pub(super) current_epoch: Epoch,
    pub(super) oldest_open_epoch: Epoch,
    /// What happened since the current epoch started that a new one can be started for.
    pub(super) happened: SortedSet<EpochReason>,
    /// Keys that never count again; also of devices that were never here.
    pub(super) revoked: SortedSet<(AccountId, DeviceId)>,
    pub(super) retention_days: Option<u32>,
    pub(super) recovery_policy: Option<RecoveryPolicySet>,
    pub(super) recoveries: SortedMap<EntryHash, Recovery>,
    /// No link leads on from the next epoch.
    pub(super) unlinked: bool,
}

/// An account in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What it may do.
    pub role: Role,
    /// Its handle.
    pub handle: NameHash,
    /// The first epoch whose messages it may read, by the history rule under which it joined.
    pub reads_from: Epoch,
}

/// A device of a member.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its public keys.
    pub bundle: Arc<Bundle>,
    /// Its name.
    pub name: NameHash,
    /// It may write and is given keys.
    pub entitled: bool,
    /// The epoch that was current when it was entitled; of a recovered one, the epoch after that.
    pub since_epoch: Epoch,
    /// The epoch that was current when it last ceased to be entitled.
    pub until_epoch: Option<Epoch>,
    /// It came in by a recovery: the epochs up to this one are meant.
    pub recovered_up_to: Option<Epoch>,
}

/// An invite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// What those who join by it become.
    pub role: Role,
    /// How many more may join by it; 0 also once it is closed.
    pub uses_left: u32,
    /// Entries from this moment on cannot use it.
    pub expires_at: Timestamp,
    /// Whose device made it.
    pub made_by: AccountId,
}

/// An epoch, as the log pins it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochState {
    /// Commitment to its key.
    pub key_id: KeyId,
    /// The device that started it.
    pub started_by: DeviceId,
    /// Why.
    pub reason: EpochReason,
    /// What was said of history while it started: whether those who come later can read it.
    pub history: HistoryRule,
    /// No link leads on to the epochs before: the service holds keys from this one on.
    pub unlinked: bool,
}

/// Why a device may not send a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendRefusal {
    /// The device is not entitled in the room.
    #[error("this computer may not write here")]
    NotEntitled,
    /// The epoch is closed, or has not begun. Before the room's next one starts, all may be.
    #[error("the room has a newer key, or needs one")]
    EpochClosed,
}

impl RoomState {
    /// The room.
    #[must_use]
    pub const fn room(&self) -> RoomId {
        self.room
    }

    /// The newest entry.
    #[must_use]
    pub const fn head(&self) -> LogHead {
        self.head
    }

    /// The room's name.
    #[must_use]
    pub const fn name(&self) -> NameHash {
        self.name
    }

    /// What newcomers can read, for epochs from the next on.
    #[must_use]
    pub const fn history(&self) -> HistoryRule {
        self.history
    }

    /// Who is in the room.
    pub fn members(&self) -> impl Iterator<Item = (&AccountId, &Member)> {
        self.members.iter()
    }

    /// One member.
    #[must_use]
    pub fn member(&self, account: AccountId) -> Option<&Member> {
        self.members.get(&account)
    }

    /// One device, entitled or formerly so.
    #[must_use]
    pub fn device(&self, device: DeviceId) -> Option<&Device> {
        self.devices.get(&device)
    }

    /// All devices, entitled or formerly so.
    pub fn devices(&self) -> impl Iterator<Item = (&DeviceId, &Device)> {
        self.devices.iter()
    }

    /// The devices that may write and are given keys.
    pub fn entitled_devices(&self) -> impl Iterator<Item = (&DeviceId, &Device)> {
        self.devices.iter().filter(|(_, device)| device.entitled)
    }

    /// Whether this device may write and is given keys.
    #[must_use]
    pub fn is_entitled(&self, device: DeviceId) -> bool {
        self.devices.get(&device).is_some_and(|device| device.entitled)
    }

    /// Whether these keys were revoked here: they never count again.
    #[must_use]
    pub fn is_revoked(&self, account: AccountId, device: DeviceId) -> bool {
        self.revoked.contains(&(account, device))
    }

    /// One invite.
    #[must_use]
    pub fn invite(&self, invite: InviteKey) -> Option<&Invite> {
        self.invites.get(&invite)
    }

    /// All invites.
    pub fn invites(&self) -> impl Iterator<Item = (&InviteKey, &Invite)> {
        self.invites.iter()
    }

    /// Plain members may invite.
    #[must_use]
    pub const fn member_invites(&self) -> bool {
        self.member_invites
    }

    /// Whether somebody of this role may make invites; none gives more than its author's role.
    #[must_use]
    pub fn may_invite(&self, role: Role) -> bool {
        role >= Role::Admin || self.member_invites
    }

    /// One epoch.
    #[must_use]
    pub fn epoch(&self, epoch: Epoch) -> Option<&EpochState> {
        self.epochs.get(&epoch)
    }

    /// The newest epoch; 0 before the first.
    #[must_use]
    pub const fn current_epoch(&self) -> Epoch {
        self.current_epoch
    }

    /// Messages of earlier epochs are refused. It is the one after the current while a new one is due.
    #[must_use]
    pub const fn oldest_open_epoch(&self) -> Epoch {
        self.oldest_open_epoch
    }

    /// Why the next epoch must start before anybody writes, if it must: what its start gives as reason. Any entitled device
    /// may start it.
    #[must_use]
    pub fn rotation_due(&self) -> Option<EpochReason> {
        // A joining comes first in their order: of several the gravest is named.
        self.happened.last().copied().filter(|_| self.oldest_open_epoch > self.current_epoch)
    }

    /// Whether the epoch after the current may start for this reason: what it names has happened since the current one
    /// started. That a key is lacking, or how old an epoch is, does not stand in the log.
    #[must_use]
    pub fn may_start_epoch_for(&self, reason: EpochReason) -> bool {
        match reason {
            EpochReason::KeyLacking | EpochReason::Age => self.current_epoch > Epoch(0),
            _ => self.happened.contains(&reason),
        }
    }

    /// Whether those who come later may have the current epoch's key, so that it may lie beside an invite: history was shown
    /// when it started, and still is. Where it is not, a joining closes the current epoch, and its author starts the next.
    #[must_use]
    pub fn newcomers_read_current(&self) -> bool {
        self.history == HistoryRule::AllRetained && self.shows_history(self.current_epoch)
    }

    /// Whether the key of `epoch` may lie beside the start of the next one, sealed under its key: history was shown when they
    /// started, and the service did not begin to hold keys in between. For the current epoch: whether it may lie beside the
    /// one to come.
    #[must_use]
    pub fn may_link(&self, epoch: Epoch) -> bool {
        let next = self.epochs.get(&epoch.next());
        let (history, unlinked) = next.map_or((self.history, self.unlinked), |next| (next.history, next.unlinked));
        history == HistoryRule::AllRetained && !unlinked && self.shows_history(epoch)
    }

    fn shows_history(&self, epoch: Epoch) -> bool {
        self.epochs.get(&epoch).is_some_and(|epoch| epoch.history == HistoryRule::AllRetained)
    }

    /// The first epoch that somebody who joins now may read.
    pub(super) fn read_by_newcomers_from(&self) -> Epoch {
        if !self.newcomers_read_current() {
            return self.current_epoch.next();
        }
        let shown = self.epochs.iter().rev().take_while(|(_, epoch)| epoch.history == HistoryRule::AllRetained);
        shown.last().map_or(Epoch(1), |(oldest, _)| *oldest)
    }

    /// How many days messages are kept; `None`: for ever.
    #[must_use]
    pub const fn retention_days(&self) -> Option<u32> {
        self.retention_days
    }

    /// Whether `giver` may hand the key of `epoch` to `receiver`: both are entitled, and the receiver's account may read the
    /// epoch. Where history was not shown when it started, a further device of an account gets what was before it from the
    /// account's own devices alone; from others, too, what the recovery names by which it came in.
    #[must_use]
    pub fn may_share(&self, giver: DeviceId, receiver: DeviceId, epoch: Epoch) -> bool {
        let entitled = |device| self.devices.get(&device).filter(|device| device.entitled);
        let (Some(from), Some(to)) = (entitled(giver), entitled(receiver)) else { return false };
        let Some(member) = self.members.get(&to.bundle.account()) else { return false };
        let own = from.bundle.account() == to.bundle.account();
        let recovered = to.recovered_up_to.is_some_and(|last| epoch <= last);
        let was_there = own || recovered || epoch >= to.since_epoch;
        epoch >= member.reads_from && self.epochs.contains_key(&epoch) && (was_there || self.shows_history(epoch))
    }

    /// Whether an envelope of `epoch` that `wrapper` signed may be opened: it was entitled in that epoch or a later one.
    #[must_use]
    pub fn may_have_wrapped(&self, wrapper: DeviceId, epoch: Epoch) -> bool {
        let last = |device: &Device| if device.entitled { Some(self.current_epoch) } else { device.until_epoch };
        self.devices.get(&wrapper).and_then(last).is_some_and(|last| last >= epoch)
    }

    /// Whether `device` may send a message sealed in `epoch` now.
    ///
    /// # Errors
    /// [`SendRefusal`] says why not.
    pub fn may_send(&self, device: DeviceId, epoch: Epoch) -> Result<(), SendRefusal> {
        if !self.is_entitled(device) {
            return Err(SendRefusal::NotEntitled);
        }
        if epoch < self.oldest_open_epoch || epoch > self.current_epoch {
            return Err(SendRefusal::EpochClosed);
        }
        Ok(())
    }
}

impl Invite {
    /// Whether an entry made at `at` can use it.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.uses_left > 0 && at < self.expires_at
    }
}
