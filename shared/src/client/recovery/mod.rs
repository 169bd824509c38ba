//! Who lost every computer comes back: what an owner chooses for that, asking, approving, objecting, and the printed kit. What
//! it comes to is decided by the room's log ([`crate::log::recovery`]).
//!
//! - `choice`, `settling`: from what an owner chooses to the policy in the log; `kits`: those that this device made.
//! - `inbox`: who asks; `judging`: how far each has come, and what this device may do about it; `view`: what people see.
//! - [`approval`]: approving one; `kit_use`: coming back by a code.
//! - `witnessing`: whether this computer saw an announced one wait.
//! - What a room does with it stands beside the room's other doings, in `room/recovering`.

pub mod approval;
mod choice;
mod inbox;
mod judging;
mod kit_use;
mod kits;
mod settling;
mod view;
mod witnessing;

pub use self::{
    choice::RecoveryChoice,
    view::{KitRefusal, RecoveryRequestView, RecoveryView, RequestProgress, WaitingView},
};
pub(super) use self::{
    inbox::{Inbox, Request},
    judging::{Viewer, has_kit, may_announce, may_approve, may_ask, may_set, progress, waiting},
    kit_use::{Came, KitUse},
    kits::{Kits, NewKit},
    settling::{Settling, Target},
    witnessing::{Moment, Wait, Waits},
};
