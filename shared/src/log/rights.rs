//! Who may do what to whom: the table in PROTOCOL.md. The fold asks here before an entry takes effect, clients before they
//! offer it.
//!
//! A room always has an owner who can act as one: the last entitled device of the last owner stays.

use super::{
    action::Role,
    fold::IgnoredReason,
    state::{Device, Member, RoomState},
};
use crate::ids::{AccountId, DeviceId};

impl RoomState {
    /// Whether `account` may leave the room.
    ///
    /// # Errors
    /// Why an entry that says so has no effect.
    pub fn may_leave(&self, account: AccountId) -> Result<(), IgnoredReason> {
        self.member_or_not(account)?;
        self.keeps_an_owner(|device| device.bundle.account() == account)
    }

    /// Whether `by` may put `account` out of the room.
    ///
    /// # Errors
    /// Why an entry that says so has no effect.
    pub fn may_remove(&self, by: AccountId, account: AccountId) -> Result<(), IgnoredReason> {
        let role = self.member_or_not(by)?.role;
        let target = self.member_or_not(account)?.role;
        // Oneself one does not remove: one leaves.
        if by != account && acts_on(role, target) { Ok(()) } else { Err(IgnoredReason::NotPermitted) }
    }

    /// Whether `by` may revoke a member's device on its own word. Without a statement by a device of the same account that is
    /// for owners and admins.
    ///
    /// # Errors
    /// Why an entry that says so has no effect.
    pub fn may_revoke(&self, by: AccountId, device: DeviceId) -> Result<(), IgnoredReason> {
        let role = self.member_or_not(by)?.role;
        let revoked = self.devices.get(&device).filter(|device| device.entitled).ok_or(IgnoredReason::NotThere)?;
        let target = self.member_or_not(revoked.bundle.account())?.role;
        if acts_on(role, target) { self.keeps_an_owner_without(device) } else { Err(IgnoredReason::NotPermitted) }
    }

    /// Whether `by` may give `account` this role.
    ///
    /// # Errors
    /// Why an entry that says so has no effect.
    pub fn may_change_role(&self, by: AccountId, account: AccountId, role: Role) -> Result<(), IgnoredReason> {
        if self.member_or_not(by)?.role < Role::Owner {
            return Err(IgnoredReason::NotPermitted);
        }
        if self.member_or_not(account)?.role == role {
            return Err(IgnoredReason::AlreadySo);
        }
        if role == Role::Owner {
            return Ok(());
        }
        self.keeps_an_owner(|device| device.bundle.account() == account)
    }

    /// Whether `by` may make `account` owner in its own place.
    ///
    /// # Errors
    /// Why an entry that says so has no effect.
    pub fn may_pass_ownership(&self, by: AccountId, account: AccountId) -> Result<(), IgnoredReason> {
        self.may_change_role(by, account, Role::Owner)?;
        if self.entitled_devices().any(|(_, device)| device.bundle.account() == account) {
            return Ok(());
        }
        // An owner without a computer cannot act: then another one must be there.
        self.keeps_an_owner(|device| device.bundle.account() == by)
    }

    /// Whether an owner could still act if `device` were revoked.
    pub(super) fn keeps_an_owner_without(&self, device: DeviceId) -> Result<(), IgnoredReason> {
        self.keeps_an_owner(|other| other.bundle.device() == device)
    }

    /// Whether an owner could still act if these devices were gone.
    fn keeps_an_owner(&self, gone: impl Fn(&Device) -> bool) -> Result<(), IgnoredReason> {
        let is_owners =
            |device: &Device| self.member(device.bundle.account()).is_some_and(|member| member.role == Role::Owner);
        let stays = self.entitled_devices().any(|(_, device)| !gone(device) && is_owners(device));
        if stays { Ok(()) } else { Err(IgnoredReason::LastOwner) }
    }

    fn member_or_not(&self, account: AccountId) -> Result<&Member, IgnoredReason> {
        self.member(account).ok_or(IgnoredReason::NotThere)
    }
}

/// Whether somebody of one role may put out somebody of the other, or revoke their devices.
fn acts_on(role: Role, target: Role) -> bool {
    role == Role::Owner || (role == Role::Admin && target == Role::Member)
}
