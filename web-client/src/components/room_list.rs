//! The column with the rooms: the way from one to another, and to what is one's own.

use std::rc::Rc;

use gloo_timers::callback::Interval;
use igoon_shared::client::io::Standing;
use yew::prelude::*;

use super::{
    avatar::Avatar,
    footer::Footer,
    go::{Go, going},
    icon::{Drawing, Icon},
    presence::AvailabilityMenu,
    session::{InSession, Session},
    title::use_window_title,
};
use crate::{
    state::{RoomData, Route, calendar, rooms},
    texts::{self, t},
};

/// Times of the list are told anew so often, in milliseconds.
const ANEW_EVERY_MS: u32 = 30_000;

/// The whole column. Beside a room its heading comes second; where it stands alone it is the page's.
#[function_component]
pub fn Sidebar(props: &InSession) -> Html {
    let session = &props.session;
    let alone = session.state.route == Route::Rooms;
    use_window_title(alone.then(|| t!("rooms").into()));
    let may_create = session.state.profile().is_some_and(|profile| profile.may_create_rooms);
    html! {
        <@{if alone { "main" } else { "section" }} class="sidebar" aria-label={t!("rooms")}>
            <div class="bar">
                if alone { <h1>{ t!("rooms") }</h1> } else { <h2>{ t!("rooms") }</h2> }
                if may_create {
                    <Go session={session.clone()} to={Route::NewRoom} class="button secondary small" testid="new-room">
                        <Icon drawing={Drawing::Plus} />{ t!("rooms-new") }
                    </Go>
                }
            </div>
            <RoomList session={session.clone()} />
            <Own session={session.clone()} />
        </@>
    }
}

/// The rooms, with what is new in them.
#[function_component]
fn RoomList(props: &InSession) -> Html {
    let session = &props.session;
    use_time_passing();
    html! {
        <nav class="room-list" aria-label={t!("rooms")}>
            <ul>{ for rooms::listed(&session.state.rooms).into_iter().map(|room| entry(session, room)) }</ul>
        </nav>
    }
}

fn entry(session: &Session, room: &Rc<RoomData>) -> Html {
    let view = room.view();
    let shown = session.state.route.room() == Some(view.room);
    let unread = if shown { 0 } else { view.unread.count };
    let over = matches!(view.standing, Standing::Ended(_) | Standing::Withheld);
    let to = Route::Room(view.room);
    html! {
        <li key={view.room.to_string()}>
            <a href={to.path()} class={classes!("room-link", (unread > 0).then_some("unread"), over.then_some("over"))} data-testid="room"
                data-room={view.room.to_string()} aria-current={shown.then_some("page")} onclick={going(session, to)}>
                <Avatar name={room.title().to_owned()} />
                <span class="name" dir="auto">{ room.title() }</span>
                if let Some(at) = view.last_activity {
                    <span class="when">{ texts::rooms::ago(at, calendar::now(), calendar::local) }</span>
                }
                <span class={classes!("state", (view.recovery_wanted > 0).then_some("asks"))}>{ standing(room) }</span>
                if unread > 0 {
                    <span class="badge" data-testid="unread">
                        { texts::rooms::badge(unread) }<span class="hidden">{ " " }{ t!("rooms-unread", count = unread) }</span>
                    </span>
                }
            </a>
        </li>
    }
}

/// How a room is, in its second line.
fn standing(room: &RoomData) -> String {
    match room.view().standing {
        over @ (Standing::Ended(_) | Standing::Withheld) => texts::members::over(over).unwrap_or_default(),
        Standing::Alarm(_) => t!("rooms-alarm"),
        Standing::NotApproved => t!("rooms-not-approved"),
        Standing::CatchingUp if room.view().members.is_empty() => t!("rooms-opening"),
        Standing::CatchingUp | Standing::Ready if room.view().recovery_wanted > 0 => {
            t!("asks-mark", count = room.view().recovery_wanted)
        }
        Standing::CatchingUp | Standing::Ready => t!("people-count", count = room.view().members.len()),
    }
}

/// What one is to others, and the ways to what is one's own.
#[function_component]
fn Own(props: &InSession) -> Html {
    let session = &props.session;
    let Some(profile) = session.state.profile() else { return Html::default() };
    html! {
        <section class="own" aria-label={t!("own")}>
            <div class="who">
                <Avatar name={profile.handle.clone()} mine=true />
                <span class="name" dir="auto">{ &profile.handle }</span>
                <AvailabilityMenu session={session.clone()} />
                <Go session={session.clone()} to={Route::Settings} class="icon-button" testid="settings">
                    <Icon drawing={Drawing::Settings} /><span class="hidden">{ t!("settings") }</span>
                </Go>
                <Go session={session.clone()} to={Route::Account} class="icon-button" testid="account">
                    <Icon drawing={Drawing::Person} /><span class="hidden">{ t!("account") }</span>
                </Go>
            </div>
            <Footer />
        </section>
    }
}

/// Renders the component anew every now and then, whatever else happens.
#[hook]
fn use_time_passing() {
    let passed = use_state(|| ());
    use_effect_with((), move |()| {
        let passing = Interval::new(ANEW_EVERY_MS, move || passed.set(()));
        move || drop(passing)
    });
}
