//! Changes of a room that are one entry of its log, and nothing beside it but a name.

use serde::{Deserialize, Serialize};

use super::{
    append::{BuildError, Intent, PendingAppend},
    context::Context,
};
use crate::{
    crypto::{CryptoError, system_rng},
    ids::{InviteKey, NameHash},
    log::{
        Action, Effect, EntryBody, RoomState,
        action::{InviteClosed, MemberInvitesAllowed, Renameable, Renamed},
    },
    protocol::{frames::OpenName, http::Append},
};

/// Such a change.
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
}

impl Act {
    /// The device does it by itself: nobody waits for it.
    pub(super) const fn is_own_name(&self) -> bool {
        matches!(self, Self::RenameHandle | Self::RenameDevice)
    }

    /// What goes to the service.
    ///
    /// # Errors
    /// [`BuildError::NotPermitted`] when it would have no effect.
    pub(super) fn build(&self, context: &Context<'_>, log: &RoomState) -> Result<PendingAppend, BuildError> {
        let identity = context.identity;
        let (action, names) = match self {
            Self::CloseInvite(invite) => (Action::InviteClosed(InviteClosed { invite: *invite }), Vec::new()),
            Self::AllowMemberInvites(allowed) => {
                (Action::MemberInvitesAllowed(MemberInvitesAllowed { allowed: *allowed }), Vec::new())
            }
            Self::RenameRoom(name) => renamed(Renameable::Room, name)?,
            Self::RenameHandle => renamed(Renameable::Handle, identity.handle())?,
            Self::RenameDevice => renamed(Renameable::Device, identity.device_name())?,
        };
        let entry =
            EntryBody::after(log.room(), log.head(), context.now, identity.device(), action).sign(identity.keys());
        if log.clone().apply(&entry)?.effect != Effect::Done {
            return Err(BuildError::NotPermitted);
        }
        let append = Append { entries: vec![entry], envelopes: Vec::new(), link: None, names, invite_key: None };
        Ok(PendingAppend::new(Intent::Act(self.clone()), append, log.head().index.next(), None))
    }
}

fn renamed(what: Renameable, name: &str) -> Result<(Action, Vec<OpenName>), CryptoError> {
    let open = OpenName::new(name, &mut system_rng());
    let hash: NameHash = open.hash().ok_or(CryptoError::UnknownFormat)?;
    Ok((Action::Renamed(Renamed { what, name: hash }), vec![open]))
}
