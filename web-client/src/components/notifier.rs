//! Tells of messages, and of who asks to come back, in rooms that nobody looks at, by the browser or in a corner of the page.

use gloo_timers::callback::Timeout;
use igoon_shared::{
    ids::{RoomId, Seq},
    sorted::SortedMap,
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{go::go_to, listen::is_visible, session::InSession};
use crate::{
    notifications::{self, Announcement, Looking, Way},
    state::{AppState, Route, preferences::Notifications},
};

/// What speaks up in the page is quiet again after so long, in milliseconds; the list of rooms still says it.
const TOAST_MS: u32 = 7_000;

/// See the module.
#[function_component]
pub fn Notifier(props: &InSession) -> Html {
    let session = &props.session;
    let told = use_mut_ref(SortedMap::<RoomId, Seq>::new);
    let asked = use_mut_ref(SortedMap::<RoomId, u32>::new);
    let toast = use_state(|| None::<Announcement>);
    let timer = use_mut_ref(|| None::<Timeout>);
    let latest = use_mut_ref(|| session.clone());
    *latest.borrow_mut() = session.clone();

    let tell = {
        let (session, toast, timer) = (session.clone(), toast.clone(), timer.clone());
        // Of a room, looked at or not; what is said depends on how much may be.
        move |room: RoomId, shown: Option<RoomId>, announce: &dyn Fn(bool) -> Announcement| {
            let looking = Looking { visible: is_visible(), room: shown };
            let choice = session.state.preferences.notifications;
            match notifications::way(room, looking, choice, session.platform.permission()) {
                Way::None => {}
                Way::Browser => spawn_local(session.platform.tell(announce(choice == Notifications::WithContent))),
                Way::Toast => {
                    toast.set(Some(announce(true)));
                    let over = toast.setter();
                    *timer.borrow_mut() = Some(Timeout::new(TOAST_MS, move || over.set(None)));
                }
            }
        }
    };
    let take_back = {
        let toast = toast.clone();
        move |room: RoomId| {
            spawn_local(notifications::close(room));
            if toast.as_ref().is_some_and(|toast| toast.room == room) {
                toast.set(None);
            }
        }
    };
    use_effect_with(session.state.arrivals.rooms().clone(), {
        let (session, tell, take_back) = (session.clone(), tell.clone(), take_back.clone());
        move |news| {
            let state = &session.state;
            let (new, over) = notifications::changes(&told.borrow(), news);
            let shown = match state.route {
                Route::Room(room) => Some(room),
                Route::Home => state.current,
                _ => None,
            };
            for room in over {
                told.borrow_mut().remove(&room);
                take_back(room);
            }
            for room in new {
                let Some((arrival, data)) = news.get(&room).zip(state.rooms.get(&room)) else { continue };
                told.borrow_mut().insert(room, arrival.seq);
                tell(room, shown, &|content| notifications::announcement(room, &data.title(), arrival, content));
            }
        }
    });
    use_effect_with(wanted(&session.state), {
        let session = session.clone();
        move |wanted| {
            let state = &session.state;
            let (new, over) = notifications::asking(&asked.borrow(), wanted);
            // The pages of a room say it themselves.
            let shown = if state.route == Route::Home { state.current } else { state.route.room() };
            for room in over.into_iter().filter(|room| !state.arrivals.rooms().contains_key(room)) {
                take_back(room);
            }
            for room in new {
                let Some((count, data)) = wanted.get(&room).zip(state.rooms.get(&room)) else { continue };
                tell(room, shown, &|content| notifications::request(room, &data.title(), *count, content));
            }
            asked.replace(wanted.clone());
        }
    });
    use_effect_with((), move |()| {
        let chosen = notifications::on_chosen(move |room| {
            let session = latest.borrow().clone();
            if session.state.rooms.contains_key(&room) {
                go_to(&session, Route::Room(room));
            }
        });
        move || drop(chosen)
    });

    let shown = toast.as_ref().map(|announcement| {
        let open = {
            let (session, toast, room) = (session.clone(), toast.clone(), announcement.room);
            Callback::from(move |_: MouseEvent| {
                toast.set(None);
                go_to(&session, Route::Room(room));
            })
        };
        html! {
            <button type="button" class="toast news" data-testid="toast" onclick={open}>
                <strong>{ &announcement.title }</strong>
                <span>{ &announcement.body }</span>
            </button>
        }
    });
    html! { <div role="status">{ shown.unwrap_or_default() }</div> }
}

/// How many ask this person to come back, in rooms where anybody does.
fn wanted(state: &AppState) -> SortedMap<RoomId, u32> {
    let wanted = state.rooms.iter().map(|(room, data)| (*room, data.view().recovery_wanted));
    wanted.filter(|(_, count)| *count > 0).collect()
}
