//! How a room helps who lost every computer: the policy that its owners chose, and the recoveries that were approved or
//! announced. What they come to is decided in [`super::fold`].

use std::sync::Arc;

use super::{
    action::{RecoveryMode, RecoveryPolicySet, Role},
    fold::IgnoredReason,
    state::RoomState,
};
use crate::{
    crypto::{
        bundle::{self, Bundle},
        holder::Holder,
    },
    ids::{AccountId, DeviceId, EntryHash, Epoch, NameHash},
    time::Timestamp,
};

/// How long an owner's recovery is announced before it can take effect: 72 hours.
pub const ANNOUNCED_MS: i64 = 72 * 60 * 60 * 1_000;
/// The longest veto delay: 30 days.
pub const LONGEST_VETO_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// A recovery that was approved or announced.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// The device that asked.
    pub bundle: Arc<Bundle>,
    /// Its name.
    pub device_name: NameHash,
    /// Who approved it; absent: the kit did, or the service announced it.
    pub approved_by: Option<AccountId>,
    /// The service announced it: it lets an owner in who lost everything.
    pub announced: bool,
    /// The device that it replaces.
    pub replaces: Option<DeviceId>,
    /// Keys of epochs up to this one are meant.
    pub up_to_epoch: Epoch,
    /// While it waits, it can be objected to; it takes effect by a release from this moment on.
    pub from: Timestamp,
    /// The service may not act on it from then on; absent: there is no end.
    pub until: Option<Timestamp>,
    /// What became of it.
    pub stage: Stage,
}

/// How far a recovery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing has changed yet: it can be objected to.
    Waiting,
    /// The device is entitled.
    Entitled,
    /// And the service said that it handed it keys.
    Released,
    /// Somebody objected, or another policy came first: nothing comes of it.
    Over,
}

impl RoomState {
    /// What owners have settled; absent before they have: then nobody holds a recovery key, and owners approve.
    #[must_use]
    pub const fn recovery_policy(&self) -> Option<&RecoveryPolicySet> {
        self.recovery_policy.as_ref()
    }

    /// A recovery, by the hash of the entry that approved or announced it.
    #[must_use]
    pub fn recovery(&self, entry: EntryHash) -> Option<&Recovery> {
        self.recoveries.get(&entry)
    }

    /// All recoveries.
    pub fn recoveries(&self) -> impl Iterator<Item = (&EntryHash, &Recovery)> {
        self.recoveries.iter()
    }

    /// Whether `by` may approve the recovery of a computer of `account`: owners everybody's, admins those of plain members where the
    /// policy says so.
    ///
    /// # Errors
    /// Why an entry that says so has no effect.
    pub fn may_approve(&self, by: AccountId, account: AccountId) -> Result<(), IgnoredReason> {
        let role = |account| self.member(account).map(|member| member.role).ok_or(IgnoredReason::NotThere);
        let admins = self.recovery_policy.as_ref().is_some_and(|policy| policy.admins_approve);
        match (role(by)?, role(account)?) {
            (Role::Owner, _) => Ok(()),
            (Role::Admin, Role::Member) if admins => Ok(()),
            _ => Err(IgnoredReason::NotPermitted),
        }
    }

    /// Whether `device` may object to a recovery: owners, admins, and any entitled device of the account concerned, while the
    /// recovery waits.
    ///
    /// # Errors
    /// Why an entry that says so has no effect.
    pub fn may_veto(&self, device: DeviceId, entry: EntryHash) -> Result<(), IgnoredReason> {
        let (account, role) = self.author(device)?;
        let recovery = self.recoveries.get(&entry).ok_or(IgnoredReason::NotThere)?;
        if role < Role::Admin && account != recovery.bundle.account() {
            return Err(IgnoredReason::NotPermitted);
        }
        if recovery.stage == Stage::Waiting { Ok(()) } else { Err(IgnoredReason::TooLate) }
    }

    /// Whether the service may hand the key of `epoch` to a recovered device: it holds keys by the policy, and what approved the
    /// device names the epoch. Nothing more is released, and nothing that its account may not read.
    #[must_use]
    pub fn may_release(&self, device: DeviceId, epoch: Epoch) -> bool {
        let assisted = self.recovery_mode() == RecoveryMode::ServerAssisted;
        let Some(known) = self.devices.get(&device).filter(|known| known.entitled) else { return false };
        let reads = self.member(known.bundle.account()).is_some_and(|member| epoch >= member.reads_from);
        let named = known.recovered_up_to.is_some_and(|last| epoch <= last);
        assisted && reads && named && self.epochs.contains_key(&epoch)
    }

    /// Whether a recovery that took effect, once, named the key of `epoch` for this device.
    #[must_use]
    pub fn was_named(&self, device: DeviceId, epoch: Epoch) -> bool {
        let took_effect = |stage| matches!(stage, Stage::Entitled | Stage::Released);
        self.recoveries.values().any(|recovery| {
            recovery.bundle.device() == device && took_effect(recovery.stage) && epoch <= recovery.up_to_epoch
        })
    }

    /// Who holds the room's recovery keys.
    #[must_use]
    pub fn recovery_mode(&self) -> RecoveryMode {
        self.recovery_policy.as_ref().map_or(RecoveryMode::DevicesOnly, |policy| policy.mode)
    }

    /// Who holds the room's recovery keys, where somebody does: each epoch's key is wrapped for it as well.
    #[must_use]
    pub fn holder(&self) -> Option<Holder> {
        self.recovery_policy.as_ref()?.holder()
    }

    /// The key that signs entries which are no device's.
    #[must_use]
    pub fn pinned_key(&self) -> Option<[u8; 32]> {
        self.recovery_policy.as_ref()?.signing_key.as_ref()?.0.as_slice().try_into().ok()
    }
}

impl RecoveryPolicySet {
    /// Who holds the recovery keys by this policy; `None` where nobody does.
    #[must_use]
    pub fn holder(&self) -> Option<Holder> {
        let (recovery_key, signing_key) = (self.recovery_key.as_ref()?, self.signing_key.as_ref()?);
        Holder::new(&recovery_key.0, signing_key.0.as_slice().try_into().ok()?).ok()
    }

    /// Whether its parts belong together: a recovery key where somebody holds one, a signing key where somebody signs by it; a
    /// delay and announcements only where that is the service, which is asked when the time has come.
    #[must_use]
    pub fn is_sensible(&self) -> bool {
        let has_key = self.recovery_key.is_some();
        let key_is_good = self.recovery_key.as_ref().is_none_or(|key| bundle::parse_rsa(&key.0).is_ok());
        let signing_is_good = self.signing_key.as_ref().is_none_or(|key| key.0.len() == 32);
        let by_service = self.veto_delay_ms > 0 || self.owner_by_announcement;
        let signs = self.signing_key.is_some();
        let fits = match self.mode {
            RecoveryMode::DevicesOnly => !has_key && signs == by_service,
            RecoveryMode::ServerAssisted => has_key && signs,
            RecoveryMode::Kit => has_key && signs && !by_service,
        };
        fits && key_is_good && signing_is_good && self.veto_delay_ms <= LONGEST_VETO_MS
    }
}
