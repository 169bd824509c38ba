//! Who comes, goes, and what they may do.

use crate::{
    crypto::{bundle::Bundle, invite},
    ids::{AccountId, DeviceId},
    log::{
        action::{EpochReason, Joined, MemberRemoved, OwnershipPassed, Role, RoleChanged},
        entry::EntryBody,
        fold::IgnoredReason,
        state::{Member, RoomState},
    },
};

impl RoomState {
    /// Who left or was removed may come again by a new invite, also with the same device, unless its keys were revoked.
    pub(super) fn joined(
        &mut self,
        body: &EntryBody,
        author: DeviceId,
        joined: &Joined,
        newcomer: Option<Bundle>,
    ) -> Result<(), IgnoredReason> {
        let bundle = newcomer
            .filter(|bundle| bundle.device() == author && bundle.account() == joined.account)
            .ok_or(IgnoredReason::NotPermitted)?;
        if self.members.contains_key(&joined.account) {
            return Err(IgnoredReason::AlreadyThere);
        }
        self.may_come_in(&bundle)?;
        let invite = self
            .invites
            .get_mut(&joined.invite)
            .filter(|invite| invite.is_open(body.at))
            .ok_or(IgnoredReason::InviteNotValid)?;
        invite::verify_join(joined.invite, self.room, joined.account, author, &joined.invite_signature.0)
            .map_err(|_| IgnoredReason::InviteNotValid)?;
        invite.uses_left = invite.uses_left.saturating_sub(1);
        let role = invite.role;
        let reads_from = self.read_by_newcomers_from();
        self.members.insert(joined.account, Member { role, handle: joined.handle, reads_from });
        self.entitle(bundle, joined.device_name, None);
        if self.newcomers_read_current() {
            self.happened.insert(EpochReason::Joining);
        } else {
            self.close_epochs(EpochReason::Joining);
        }
        Ok(())
    }

    pub(super) fn left(&mut self, author: DeviceId) -> Result<(), IgnoredReason> {
        let (account, _) = self.author(author)?;
        self.may_leave(account)?;
        self.put_out(account);
        // Or somebody could come back as what they were, whatever was decided meanwhile.
        self.close_invites(|invite| invite.made_by == account);
        self.close_epochs(EpochReason::Leaving);
        Ok(())
    }

    pub(super) fn member_removed(&mut self, author: DeviceId, removed: &MemberRemoved) -> Result<(), IgnoredReason> {
        let (by, _) = self.author(author)?;
        self.may_remove(by, removed.account)?;
        self.put_out(removed.account);
        self.close_invites(|_| true);
        self.close_epochs(EpochReason::MemberRemoved);
        Ok(())
    }

    pub(super) fn role_changed(&mut self, author: DeviceId, changed: &RoleChanged) -> Result<(), IgnoredReason> {
        let (by, _) = self.author(author)?;
        self.may_change_role(by, changed.account, changed.role)?;
        self.set_role(changed.account, changed.role);
        Ok(())
    }

    /// Who passes ownership on stays as admin.
    pub(super) fn ownership_passed(&mut self, author: DeviceId, passed: &OwnershipPassed) -> Result<(), IgnoredReason> {
        let (by, _) = self.author(author)?;
        self.may_pass_ownership(by, passed.account)?;
        self.set_role(passed.account, Role::Owner);
        self.set_role(by, Role::Admin);
        Ok(())
    }

    /// Who becomes less takes along the invites that they made as more: by leaving and joining they would be it again.
    fn set_role(&mut self, account: AccountId, role: Role) {
        let Some(member) = self.members.get_mut(&account) else { return };
        member.role = role;
        self.close_invites(|invite| invite.made_by == account && invite.role > role);
    }

    /// The account is out, and all its devices with it; their keys are not revoked.
    fn put_out(&mut self, account: AccountId) {
        self.members.remove(&account);
        let current = self.current_epoch;
        for device in self.devices.values_mut().filter(|device| device.entitled && device.bundle.account() == account) {
            device.entitled = false;
            device.until_epoch = Some(current);
        }
    }
}
