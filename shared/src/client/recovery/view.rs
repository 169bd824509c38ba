//! What people see of recovery in a room. What is said of a request is what its computer signed, and what the log says of it;
//! the service's word is only its platform and its times.

use serde::{Deserialize, Serialize};

use super::RecoveryChoice;
use crate::{
    ids::{AccountId, DeviceId, EntryHash, RoomId},
    time::Timestamp,
};

/// Recovery in a room, for showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryView {
    /// Which room.
    pub room: RoomId,
    /// What holds at present.
    pub choice: RecoveryChoice,
    /// This computer may choose something else.
    pub may_set: bool,
    /// This computer may ask: its account is a member, and the room does not trust the computer.
    pub may_ask: bool,
    /// This computer may ask the service to announce that it is let in.
    pub may_announce: bool,
    /// A kit holds the recovery keys, and this account may use it on this computer.
    pub kit_here: bool,
    /// Requests, the oldest first: those of the own account, and those that this account may approve.
    pub requests: Vec<RecoveryRequestView>,
    /// Recoveries that can still be objected to, the one that takes effect first comes first.
    pub waiting: Vec<WaitingView>,
}

/// A request, for showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryRequestView {
    /// The computer that asks.
    pub device: DeviceId,
    /// Whose it is.
    pub account: AccountId,
    /// That account's handle, once known.
    pub handle: Option<String>,
    /// What the computer calls itself.
    pub name: String,
    /// Operating system and browser or app: the service's word.
    pub platform: String,
    /// When it asked, by the service's clock.
    pub asked_at: Timestamp,
    /// Until when it is shown.
    pub expires_at: Timestamp,
    /// 24 digits of the computer's keys, in six groups of four: its own screen shows the same, or it is another one.
    pub digits: String,
    /// How far it has come.
    pub progress: RequestProgress,
    /// This computer asks.
    pub this_device: bool,
    /// It is of this account.
    pub mine: bool,
    /// This computer may approve it.
    pub may_approve: bool,
    /// The computers of that account that it can replace, with what they are called, once known.
    pub replaceable: Vec<(DeviceId, Option<String>)>,
}

/// How far a request has come, by the room's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestProgress {
    /// Nobody has answered.
    Asked,
    /// Approved or announced, and can be objected to.
    Waiting {
        /// The approval or announcement.
        entry: EntryHash,
        /// When it takes effect, unless somebody objects.
        from: Timestamp,
        /// This computer may object.
        may_veto: bool,
    },
    /// The computer is in the room.
    Entitled,
    /// And the service said that it hands it keys.
    Released,
    /// Somebody objected, it ran out, or another choice came first: it can be asked again.
    Over,
}

/// A recovery that can still be objected to, for showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingView {
    /// The approval or announcement.
    pub entry: EntryHash,
    /// Whose computer would be let in.
    pub account: AccountId,
    /// That account's handle, once known.
    pub handle: Option<String>,
    /// The computer.
    pub device: DeviceId,
    /// What it is called, once known.
    pub name: Option<String>,
    /// When it takes effect, unless somebody objects.
    pub from: Timestamp,
    /// The service announced it: an owner lost everything. Else somebody approved it.
    pub announced: bool,
    /// This computer may object.
    pub may_veto: bool,
}

/// Why a code did not open a kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KitRefusal {
    /// A character is missing, too many or another one.
    Mistyped,
    /// It is the code of another kit: of another room, or one that was replaced.
    OtherKit,
    /// No kit holds this room's recovery keys, or the account is none of its owners.
    NoKit,
}
