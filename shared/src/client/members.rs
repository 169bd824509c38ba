//! The members of a room with their computers, and what this device's person may do to each: asked of the same function that
//! judges the entry, before it is made.

use serde::{Deserialize, Serialize};

use super::identity::Identity;
use crate::{
    ids::{AccountId, DeviceId, RoomId},
    log::{IgnoredReason, Role, RoomState, state::Device},
};

/// Whether something may be done, or why not.
pub type May = Result<(), Denied>;

/// Why something may not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Denied {
    /// The account's role does not permit it.
    NotPermitted,
    /// The room would be without an owner who can act: another member must become owner first.
    LastOwner,
    /// It is so already.
    AlreadySo,
    /// The member or computer is not in the room any more.
    NotThere,
    /// This computer is not trusted in the room.
    NotTrusted,
}

impl From<IgnoredReason> for Denied {
    fn from(reason: IgnoredReason) -> Self {
        match reason {
            IgnoredReason::LastOwner => Self::LastOwner,
            IgnoredReason::AlreadySo => Self::AlreadySo,
            IgnoredReason::NotThere => Self::NotThere,
            IgnoredReason::AuthorNotEntitled => Self::NotTrusted,
            _ => Self::NotPermitted,
        }
    }
}

/// The people of a room, for showing on the page where one acts on them. It is worked out when it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleView {
    /// Which room.
    pub room: RoomId,
    /// Whether this account may leave.
    pub leave: May,
    /// Whether it may set what newcomers can read.
    pub set_history: May,
    /// Everybody, by account.
    pub people: Vec<PersonView>,
}

/// A member, and what may be done to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonView {
    /// Who.
    pub account: AccountId,
    /// Their handle, once known.
    pub handle: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Put them out.
    pub remove: May,
    /// Give them each role.
    pub roles: Vec<(Role, May)>,
    /// Make them owner in one's own place.
    pub pass_ownership: May,
    /// Their computers that are trusted here.
    pub devices: Vec<DeviceView>,
}

/// A computer that is trusted in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceView {
    /// Which.
    pub device: DeviceId,
    /// What its owner calls it, once known.
    pub name: Option<String>,
    /// It is this one.
    pub this: bool,
    /// Take its access from it.
    pub revoke: May,
}

/// What a log permits one of its devices.
pub(super) struct Rights<'a> {
    log: &'a RoomState,
    me: AccountId,
    trusted: bool,
}

impl<'a> Rights<'a> {
    pub(super) fn of(identity: &Identity, log: &'a RoomState) -> Self {
        Self { log, me: identity.account(), trusted: log.is_entitled(identity.device()) }
    }

    pub(super) fn leave(&self) -> May {
        self.ask(|log| log.may_leave(self.me))
    }

    pub(super) fn set_history(&self) -> May {
        let is_owner = self.log.member(self.me).is_some_and(|member| member.role == Role::Owner);
        self.ask(|_| if is_owner { Ok(()) } else { Err(IgnoredReason::NotPermitted) })
    }

    pub(super) fn remove(&self, account: AccountId) -> May {
        self.ask(|log| log.may_remove(self.me, account))
    }

    pub(super) fn set_role(&self, account: AccountId, role: Role) -> May {
        self.ask(|log| log.may_change_role(self.me, account, role))
    }

    pub(super) fn pass_ownership(&self, account: AccountId) -> May {
        self.ask(|log| log.may_pass_ownership(self.me, account))
    }

    /// One's own computer by a statement, another's by one's role.
    pub(super) fn revoke(&self, device: DeviceId) -> May {
        let is_own = |device: &Device| device.entitled && device.bundle.account() == self.me;
        let is_owner = self.log.member(self.me).is_some_and(|member| member.role == Role::Owner);
        if self.log.device(device).is_some_and(is_own) && !is_owner {
            return self.ask(|_| Ok(()));
        }
        self.ask(|log| log.may_revoke(self.me, device))
    }

    fn ask(&self, question: impl FnOnce(&RoomState) -> Result<(), IgnoredReason>) -> May {
        if self.trusted { question(self.log).map_err(Denied::from) } else { Err(Denied::NotTrusted) }
    }
}
