//! The room's header: its name, its people, what can be done.

use yew::prelude::*;

use super::{
    go::Go,
    icon::{Drawing, Icon},
    session::Session,
};
use crate::{
    state::{RoomData, Route},
    texts,
};

/// What the header opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The people of the room.
    People,
}

/// See [`Header`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct HeaderProps {
    /// See [`Session`].
    pub session: Session,
    /// The room.
    pub room: std::rc::Rc<RoomData>,
    /// Makes an invite.
    pub invite: Callback<MouseEvent>,
    /// A panel was asked for.
    pub open: Callback<Panel>,
}

/// See the module.
#[function_component]
pub fn Header(props: &HeaderProps) -> Html {
    let (session, room) = (&props.session, &props.room);
    let people = room.view().members.len();
    let opening = |panel| props.open.reform(move |_: MouseEvent| panel);
    html! {
        <header class="header">
            <div class="title">
                if has_several(session) {
                    <Go session={session.clone()} to={Route::Rooms} class="icon-button to-rooms" testid="rooms">
                        <Icon drawing={Drawing::Rooms} /><span class="hidden">{ "Rooms" }</span>
                    </Go>
                }
                <h1 data-testid="room-name">{ room.title() }</h1>
            </div>
            <nav aria-label="Room">
                if people > 0 {
                    <button type="button" class="quiet" data-testid="people" onclick={opening(Panel::People)}
                        aria-label={texts::counted(people, "person in this room", "people in this room")}>
                        <Icon drawing={Drawing::People} /><span>{ people }</span>
                    </button>
                }
                if room.may_invite() {
                    <button type="button" class="secondary" data-testid="invite" onclick={&props.invite}>
                        <Icon drawing={Drawing::Invite} /><span class="wide">{ "Invite" }</span>
                    </button>
                }
                <Go session={session.clone()} to={Route::Account} class="icon-button" testid="account">
                    <Icon drawing={Drawing::Person} /><span class="hidden">{ "Your account" }</span>
                </Go>
            </nav>
        </header>
    }
}

/// Whether there is a way to another room.
#[must_use]
pub fn has_several(session: &Session) -> bool {
    session.state.rooms.len() > 1 || session.state.profile().is_some_and(|profile| profile.may_create_rooms)
}
