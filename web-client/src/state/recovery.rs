//! Recovery as the page knows it: what whoever lost every computer is offered in a room, and what was asked for and is not
//! answered yet.

use igoon_shared::{
    client::io::{MemberView, RecoveryChoice, RecoveryView, RoomView},
    ids::{DeviceId, RoomId},
    log::{Role, action::RecoveryMode},
    protocol::error::ErrorCode,
};

use crate::messages::Trouble;

const HOUR_MS: u64 = 60 * 60 * 1000;

/// How long others can object before somebody is let in, in milliseconds; the first is no time at all.
pub const DELAYS: [u64; 4] = [0, 24 * HOUR_MS, 72 * HOUR_MS, 7 * 24 * HOUR_MS];

/// The three ways, in the order in which they are offered.
pub const MODES: [RecoveryMode; 3] = [RecoveryMode::DevicesOnly, RecoveryMode::ServerAssisted, RecoveryMode::Kit];

/// The same choice with another way; what that way does not have goes.
#[must_use]
pub fn with_mode(choice: RecoveryChoice, mode: RecoveryMode) -> RecoveryChoice {
    match mode {
        RecoveryMode::Kit => RecoveryChoice { mode, veto_delay_ms: 0, owner_by_announcement: false, ..choice },
        RecoveryMode::DevicesOnly | RecoveryMode::ServerAssisted => RecoveryChoice { mode, ..choice },
    }
}

/// The other members who may let somebody of this role in, by the room's choice.
pub fn helpers(room: &RoomView, admins_approve: bool) -> impl Iterator<Item = &MemberView> {
    let plain = room.members.iter().any(|member| member.me && member.role == Role::Member);
    let least = if admins_approve && plain { Role::Admin } else { Role::Owner };
    room.members.iter().filter(move |member| !member.me && member.role >= least)
}

/// Something of recovery that a person does with a form, from sending it to the answer. What is asked twice before it is done
/// is [`super::Asked`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Where.
    pub room: RoomId,
    /// What.
    pub what: Attempted,
    /// It is being done.
    pub busy: bool,
    /// Why it was not done.
    pub failed: Option<Trouble>,
}

/// See [`Attempt`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempted {
    /// To be let in.
    Ask,
    /// To have that announced.
    Announce,
    /// To take it back.
    Withdraw,
    /// To come in with the code on paper.
    UseKit,
    /// To let this computer in.
    Approve(DeviceId),
}

impl Attempt {
    /// One that was just sent.
    #[must_use]
    pub const fn begin(room: RoomId, what: Attempted) -> Self {
        Self { room, what, busy: true, failed: None }
    }

    /// Something was changed in a room; if it is what was tried, that is done.
    pub(super) fn changed(attempt: &mut Option<Self>, room: RoomId) {
        if attempt.as_ref().is_some_and(|attempt| attempt.busy && attempt.room == room) {
            *attempt = None;
        }
    }

    /// Whether a refusal is the answer to it.
    pub(super) fn failed(attempt: &mut Option<Self>, room: Option<RoomId>, trouble: &Trouble) -> bool {
        let waits = attempt.as_mut().filter(|attempt| attempt.busy && Some(attempt.room) == room);
        let Some(attempt) = waits else { return false };
        attempt.busy = false;
        attempt.failed = Some(match trouble {
            Trouble::Refused { code: ErrorCode::BadCredentials, .. } => Trouble::WrongPassword,
            trouble => trouble.clone(),
        });
        true
    }
}
