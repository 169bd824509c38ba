//! The rooms, where there is no room for their list beside one of them.

use yew::prelude::*;

use crate::components::{room_list::RoomList, session::InSession, sheet::Sheet};

/// See the module.
#[function_component]
pub(super) fn Rooms(props: &InSession) -> Html {
    html! { <Sheet title="Rooms"><RoomList session={props.session.clone()} /></Sheet> }
}
