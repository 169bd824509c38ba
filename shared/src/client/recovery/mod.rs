//! Who lost every computer comes back: what an owner chooses for that, asking, approving, objecting, and the printed kit. What
//! it comes to is decided by the room's log ([`crate::log::recovery`]).

mod choice;
mod view;

pub use self::{
    choice::RecoveryChoice,
    view::{KitRefusal, RecoveryRequestView, RecoveryView, RequestProgress, WaitingView},
};
