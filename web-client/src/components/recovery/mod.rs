//! Recovery as people see it: what is chosen for a room ([`choose`]), what everybody is shown of that ([`badge`]), asking on a
//! computer that nobody has approved ([`asking`]), answering ([`asks`]), objecting ([`waits`]).

pub mod asking;
pub mod asks;
pub mod badge;
pub mod choose;
pub mod waits;

use std::rc::Rc;

use yew::prelude::*;

use super::session::Session;
use crate::{
    messages::{RecoveryWish, ToWorker},
    state::{
        Action, RoomData,
        recovery::{Attempt, Attempted},
    },
};

/// A room of a session.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct InRoom {
    /// See [`Session`].
    pub session: Session,
    /// The room.
    pub room: Rc<RoomData>,
}

/// Asks how recovery stands in a room, at first and whenever the core may have forgotten that it was asked.
#[hook]
pub fn use_recovery_view(session: &Session, room: &RoomData) {
    let (worker, view) = (session.worker.clone(), room.view());
    use_effect_with((view.room, view.standing, session.state.connection), move |(room, ..)| {
        worker.emit(ToWorker::Recovery { room: *room, wish: RecoveryWish::Show });
    });
}

/// Sends something; nothing else until it is answered.
fn attempt(session: &Session, room: &RoomData, what: Attempted, wish: RecoveryWish) {
    if !session.state.attempt.as_ref().is_some_and(|attempt| attempt.busy) {
        let room = room.view().room;
        session.act(Action::Attempted(Attempt::begin(room, what)));
        session.tell(ToWorker::Recovery { room, wish });
    }
}

/// What was tried here, if it is this.
fn tried<'a>(session: &'a Session, room: &RoomData, what: Attempted) -> Option<&'a Attempt> {
    session.state.attempt.as_ref().filter(|attempt| attempt.room == room.view().room && attempt.what == what)
}
