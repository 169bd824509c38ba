//! Another build of the app, once the server has one: offered, never forced. Whoever is writing loads it when it suits.

use gloo_timers::callback::Interval;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{
    listen::{Source, is_visible, use_listener},
    session::InSession,
};
use crate::{
    messages::{Connection, Stage},
    texts::t,
    updates,
};

/// Between two looks while nothing else gives occasion, in milliseconds.
const EVERY_MS: u32 = 60 * 60 * 1_000;

/// How far it is with another build.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Offer {
    /// There is none, or it can wait.
    None,
    /// It can be loaded.
    Ready,
    /// It is being loaded.
    Loading,
}

/// The offer; and, as long as it is on the page, the looking.
#[function_component]
pub fn UpdateOffer(props: &InSession) -> Html {
    let state = &props.session.state;
    let offer = use_state(|| Offer::None);
    let look = use_callback((), {
        let offer = offer.setter();
        move |(), ()| {
            let offer = offer.clone();
            spawn_local(async move {
                if updates::look().await {
                    offer.set(Offer::Ready);
                }
            });
        }
    });
    // What is kept is fetched when the first page is there, lest it be in its way.
    let opened = state.stage != Stage::Starting;
    use_effect_with(opened, |opened| {
        if *opened {
            spawn_local(updates::keep());
        }
    });
    // A server that comes back may come back with another build.
    let answers = opened && (state.profile().is_none() || state.connection == Connection::Online);
    use_effect_with((answers, look.clone()), |(answers, look)| {
        if *answers {
            look.emit(());
        }
    });
    use_effect_with(look.clone(), |look| {
        let look = look.clone();
        let hourly = Interval::new(EVERY_MS, move || look.emit(()));
        move || drop(hourly)
    });
    let seen = use_callback(look, |(), look| {
        if is_visible() {
            look.emit(());
        }
    });
    use_listener(Source::Document, "visibilitychange", seen);

    let load = {
        let offer = offer.clone();
        Callback::from(move |_: MouseEvent| {
            offer.set(Offer::Loading);
            spawn_local(updates::load());
        })
    };
    let later = {
        let offer = offer.clone();
        Callback::from(move |_: MouseEvent| offer.set(Offer::None))
    };
    let shown = match *offer {
        Offer::None => return html! { <div role="status"></div> },
        Offer::Ready => html! {
            <div class="toast" data-testid="update">
                <p>{ t!("update-offer") }</p>
                <div class="toast-actions">
                    <button type="button" class="quiet" data-testid="update-later" onclick={later}>{ t!("update-later") }</button>
                    <button type="button" class="primary" data-testid="update-load" onclick={load}>{ t!("update-load") }</button>
                </div>
            </div>
        },
        Offer::Loading => html! {
            <div class="toast"><p><span class="spinner" aria-hidden="true"></span>{ t!("update-loading") }</p></div>
        },
    };
    html! { <div role="status">{ shown }</div> }
}
