//! Links that let somebody in.

use crate::{
    ids::DeviceId,
    log::{
        action::{InviteClosed, Invited, MemberInvitesAllowed, Role},
        entry::EntryBody,
        fold::IgnoredReason,
        state::{Invite, RoomState},
    },
};

impl RoomState {
    pub(super) fn invited(&mut self, author: DeviceId, invited: &Invited) -> Result<(), IgnoredReason> {
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

    pub(super) fn invite_closed(
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

    pub(super) fn member_invites_allowed(
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

    /// Nobody joins by these any more.
    pub(super) fn close_invites(&mut self, which: impl Fn(&Invite) -> bool) {
        for invite in self.invites.values_mut().filter(|invite| which(invite)) {
            invite.uses_left = 0;
        }
    }
}
