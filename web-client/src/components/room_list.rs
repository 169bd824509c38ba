//! The rooms, and the way from one to another.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    go::{Go, go_to},
    session::InSession,
};
use crate::{
    state::{RoomData, Route},
    texts::people,
};

/// The rooms by name, with what is new in them; and the way to a new one, for whoever may make one.
#[function_component]
pub fn RoomList(props: &InSession) -> Html {
    let session = &props.session;
    let state = &session.state;
    let mut rooms: Vec<&Rc<RoomData>> = state.rooms.values().collect();
    rooms.sort_by_key(|room| (room.title().to_lowercase(), room.view().room));
    let may_create = state.profile().is_some_and(|profile| profile.may_create_rooms);
    html! {
        <nav class="room-list" aria-label="Rooms">
            <ul>
                { for rooms.into_iter().map(|room| {
                    let id = room.view().room;
                    let shown = state.current == Some(id);
                    let choose = {
                        let session = session.clone();
                        Callback::from(move |_: MouseEvent| go_to(&session, Route::Room(id)))
                    };
                    let unread = if shown { 0 } else { usize::try_from(room.view().unread.count).unwrap_or(usize::MAX) };
                    html! {
                        <li key={id.to_string()}>
                            <button type="button" class={classes!("room-link", (unread > 0).then_some("unread"))} data-testid="room"
                                data-room={id.to_string()} aria-current={shown.then_some("page")}
                                onclick={choose}>
                                <span class="name">{ room.title() }</span>
                                if unread > 0 {
                                    <span class="tag" data-testid="unread">{ unread }<span class="hidden">{ format!(" ({})", people::unread(unread)) }</span></span>
                                }
                            </button>
                        </li>
                    }
                }) }
            </ul>
            if may_create {
                <Go session={session.clone()} to={Route::NewRoom} class="button secondary" testid="new-room">{ "New room" }</Go>
            }
        </nav>
    }
}
