//! The room's header: its name, its people, what can be done.

use igoon_shared::ids::RoomId;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::{
    go::Go,
    icon::{Drawing, Icon},
    session::Session,
};
use crate::{
    state::{Action, RoomData, Route},
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
    let id = room.view().room;
    let people = room.view().members.len();
    let opening = |panel| props.open.reform(move |_: MouseEvent| panel);
    html! {
        <header class="header">
            <div class="title">
                <h1 data-testid="room-name">{ room.title() }</h1>
                <Rooms session={session.clone()} shown={id} />
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

/// See [`Rooms`].
#[derive(Clone, Debug, PartialEq, Properties)]
struct RoomsProps {
    session: Session,
    shown: RoomId,
}

/// The way to another room, for those who are in several.
#[function_component]
fn Rooms(props: &RoomsProps) -> Html {
    let rooms = &props.session.state.rooms;
    if rooms.len() < 2 {
        return Html::default();
    }
    let choose = {
        let session = props.session.clone();
        Callback::from(move |event: Event| {
            let chosen = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
            if let Some(room) = chosen.and_then(|select| select.value().parse().ok()) {
                session.act(Action::Show(room));
            }
        })
    };
    html! {
        <>
            <label class="hidden" for="rooms">{ "Go to another room" }</label>
            <select id="rooms" onchange={choose}>
                { for rooms.iter().map(|(id, room)| html! {
                    <option key={id.to_string()} value={id.to_string()} selected={*id == props.shown}>{ room.title() }</option>
                }) }
            </select>
        </>
    }
}
