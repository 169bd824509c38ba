//! The room's header: its name, its people, what can be done.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    go::Go,
    icon::{Drawing, Icon},
    recovery::badge::{AsksMark, RecoveryBadge},
    session::Session,
    title::use_window_title,
};
use crate::{
    state::{RoomData, Route},
    texts::t,
};

/// See [`Header`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct HeaderProps {
    /// See [`Session`].
    pub session: Session,
    /// The room.
    pub room: Rc<RoomData>,
    /// Makes an invite.
    pub invite: Callback<MouseEvent>,
    /// The people were asked for, or are to go.
    pub people: Callback<MouseEvent>,
    /// They are shown.
    pub people_shown: bool,
}

/// See the module.
#[function_component]
pub fn Header(props: &HeaderProps) -> Html {
    let (session, room) = (&props.session, &props.room);
    use_window_title(Some(room.title().to_owned().into()));
    let people = room.view().members.len();
    html! {
        <header class="header">
            <div class="title">
                <Go session={session.clone()} to={Route::Rooms} class="icon-button to-rooms" testid="rooms">
                    <Icon drawing={Drawing::Back} /><span class="hidden">{ t!("rooms") }</span>
                </Go>
                <div class="names">
                    <h1 id="room-title" data-testid="room-name" dir="auto">{ room.title() }</h1>
                    <RecoveryBadge session={session.clone()} room={Rc::clone(room)} />
                </div>
            </div>
            <nav aria-label={t!("room-actions")}>
                <AsksMark session={session.clone()} room={Rc::clone(room)} />
                if people > 0 {
                    <button type="button" class="quiet" data-testid="people" onclick={&props.people}
                        aria-expanded={props.people_shown.to_string()} aria-label={t!("room-people", count = people)}>
                        <Icon drawing={Drawing::People} /><span>{ people }</span>
                    </button>
                }
                if room.view().may_invite {
                    <button type="button" class="secondary" data-testid="invite" onclick={&props.invite}>
                        <Icon drawing={Drawing::Invite} /><span class="wide">{ t!("invite") }</span>
                    </button>
                }
                <Go session={session.clone()} to={Route::RoomSettings(room.view().room)} class="icon-button" testid="room-settings">
                    <Icon drawing={Drawing::RoomSettings} /><span class="hidden">{ t!("room-settings") }</span>
                </Go>
            </nav>
        </header>
    }
}
