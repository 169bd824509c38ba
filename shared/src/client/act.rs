//! What a member does in a room: one entry of its log, beside it a name where it gives one, and behind it the next epoch
//! where it puts somebody out. Removal or revocation and the new key are one append: there is no moment in which the one is
//! there without the other.

use serde::{Deserialize, Serialize};

use super::{
    append::{BuildError, Intent, PendingAppend},
    context::Context,
    recovery::approval::Approval,
    rotation::{Keys, start_epoch},
    vouching::Said,
};
use crate::{
    crypto::{CryptoError, system_rng},
    ids::{AccountId, DeviceId, EntryHash, InviteKey, NameHash},
    log::{
        Action, Effect, EntryBody, HistoryRule, Role, RoomState,
        action::{
            DeviceRevoked, HistoryRuleSet, InviteClosed, Left, MemberInvitesAllowed, MemberRemoved, OwnershipPassed,
            RecoveryPolicySet, RecoveryVetoed, Renameable, Renamed, RoleChanged,
        },
    },
    protocol::{frames::OpenName, http::Append},
};

/// Such a deed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// Nobody joins by this invite any more.
    CloseInvite(InviteKey),
    /// The room is called so.
    RenameRoom(String),
    /// The account has the handle that its identity has.
    RenameHandle,
    /// This device has the name that its identity has.
    RenameDevice,
    /// Plain members may invite, or no longer.
    AllowMemberInvites(bool),
    /// Somebody is put out.
    RemoveMember(AccountId),
    /// This account goes.
    Leave,
    /// Somebody may do more or less.
    SetRole(AccountId, Role),
    /// Somebody is owner in this account's place.
    PassOwnership(AccountId),
    /// What newcomers can read, from the next epoch on.
    SetHistory(HistoryRule),
    /// A member's computer is not trusted any more, on the word of an owner or admin.
    RevokeDevice(DeviceId),
    /// What this account says of one of its computers counts here, too.
    Say(Said),
    /// Who can help a member who lost every computer.
    SetRecovery(RecoveryPolicySet),
    /// A computer gets its access back.
    ApproveRecovery(Box<Approval>),
    /// A recovery that waits is objected to.
    Veto(EntryHash),
}

impl Act {
    /// The device does it by itself: nobody waits for it.
    pub(super) const fn is_unasked(&self) -> bool {
        matches!(self, Self::RenameHandle | Self::RenameDevice | Self::Say(_))
    }

    /// It can put somebody out who reads until then, or has others hold keys from then on. Nothing is sent under the old key
    /// meanwhile, and the next one starts with it.
    pub(super) const fn closes_the_key(&self) -> bool {
        match self {
            Self::RemoveMember(_) | Self::RevokeDevice(_) | Self::SetRecovery(_) => true,
            Self::Say(said) => said.revokes(),
            _ => false,
        }
    }

    /// It may be saved: it holds nothing that is memory alone.
    pub(super) const fn is_kept(&self) -> bool {
        !matches!(self, Self::ApproveRecovery(_))
    }

    /// What goes to the service.
    ///
    /// # Errors
    /// [`BuildError::NotPermitted`] when it would have no effect.
    pub(super) fn build(
        &self,
        context: &Context<'_>,
        log: &RoomState,
        keys: Keys<'_>,
    ) -> Result<PendingAppend, BuildError> {
        let (action, names) = self.action(context, log)?;
        let identity = context.identity;
        let entry =
            EntryBody::after(log.room(), log.head(), context.now, identity.device(), action).sign(identity.keys());
        let mut after = log.clone();
        if after.apply(&entry)?.effect != Effect::Done {
            return Err(BuildError::NotPermitted);
        }
        let mut append = Append { entries: vec![entry], envelopes: Vec::new(), link: None, names, invite_key: None };
        // Who puts itself out starts nothing: the next sender does.
        let reason = after.rotation_due().filter(|_| self.closes_the_key() && after.is_entitled(identity.device()));
        let Some(reason) = reason else {
            return Ok(PendingAppend::new(Intent::Act(self.clone()), append, after.head().index, None));
        };
        let start = start_epoch(identity, &after, reason, keys, context.now)?;
        after.apply(&start.entry)?;
        append.entries.push(start.entry);
        append.envelopes = start.envelopes;
        append.link = start.link;
        let started = Some((start.epoch, &start.key));
        Ok(PendingAppend::new(Intent::Act(self.clone()), append, after.head().index, started))
    }

    /// The entry's content, and the names beside it.
    fn action(&self, context: &Context<'_>, log: &RoomState) -> Result<(Action, Vec<OpenName>), CryptoError> {
        let action = match self {
            Self::ApproveRecovery(approval) => return Ok(approval.action(log, context.now)),
            Self::RenameRoom(name) => return renamed(Renameable::Room, name),
            Self::RenameHandle => return renamed(Renameable::Handle, context.identity.handle()),
            Self::RenameDevice => return renamed(Renameable::Device, context.identity.device_name()),
            Self::Say(said) => return said.action(),
            Self::CloseInvite(invite) => Action::InviteClosed(InviteClosed { invite: *invite }),
            Self::AllowMemberInvites(allowed) => {
                Action::MemberInvitesAllowed(MemberInvitesAllowed { allowed: *allowed })
            }
            Self::RemoveMember(account) => Action::MemberRemoved(MemberRemoved { account: *account }),
            Self::Leave => Action::Left(Left {}),
            Self::SetRole(account, role) => Action::RoleChanged(RoleChanged { account: *account, role: *role }),
            Self::PassOwnership(account) => Action::OwnershipPassed(OwnershipPassed { account: *account }),
            Self::SetHistory(history) => Action::HistoryRuleSet(HistoryRuleSet { history: *history }),
            Self::RevokeDevice(device) => Action::DeviceRevoked(DeviceRevoked { device: *device, statement: None }),
            Self::SetRecovery(policy) => Action::RecoveryPolicySet(policy.clone()),
            Self::Veto(entry) => Action::RecoveryVetoed(RecoveryVetoed { entry: *entry }),
        };
        Ok((action, Vec::new()))
    }
}

fn renamed(what: Renameable, name: &str) -> Result<(Action, Vec<OpenName>), CryptoError> {
    let open = OpenName::new(name, &mut system_rng());
    let hash: NameHash = open.hash().ok_or(CryptoError::UnknownFormat)?;
    Ok((Action::Renamed(Renamed { what, name: hash }), vec![open]))
}
