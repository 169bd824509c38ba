//! What speaks up over every page of somebody signed in: no connection, catching up, a server put back to an older copy, something
//! refused.

use gloo_timers::callback::Interval;
use igoon_shared::time::Timestamp;
use yew::prelude::*;

use super::{
    icon::{Drawing, Icon},
    session::InSession,
};
use crate::{
    messages::{Cause, Connection, ToWorker},
    state::{
        Action,
        banner::{Banner, NextTry},
        calendar,
    },
    texts::{self, t},
};

/// Between two looks at the clock while there is no connection, in milliseconds.
const SECOND_MS: u32 = 1_000;

/// The banner on top, below the header where there is one. It lies over the page, so that nothing moves when it comes and goes.
/// Screen readers are told what it says when that changes, not each second of a countdown.
#[function_component]
pub fn Status(props: &InSession) -> Html {
    let session = &props.session;
    let now = use_state(calendar::now);
    let lost = matches!(session.state.connection, Connection::Reconnecting(_));
    use_effect_with(lost, {
        let now = now.setter();
        move |lost| {
            now.set(calendar::now());
            let ticking = lost.then(|| Interval::new(SECOND_MS, move || now.set(calendar::now())));
            move || drop(ticking)
        }
    });
    let banner = Banner::of(&session.state, *now);
    let told = use_mut_ref(|| (Banner::Quiet, String::new()));
    let announced = {
        let mut told = told.borrow_mut();
        if !told.0.says_the_same(&banner) {
            let text = announcement(&told.0, &banner).unwrap_or_else(|| std::mem::take(&mut told.1));
            *told = (banner, text);
        }
        told.1.clone()
    };
    html! {
        <section class="status" aria-label={(banner != Banner::Quiet).then(|| t!("connection"))} data-testid="connection">
            { shown(&banner, session.telling(ToWorker::Retry)) }
            <p class="hidden" role="status">{ announced }</p>
        </section>
    }
}

fn shown(banner: &Banner, retry: Callback<MouseEvent>) -> Html {
    match *banner {
        Banner::Quiet => Html::default(),
        Banner::Connecting => passing(t!("connection-connecting")),
        Banner::CatchingUp(None) => passing(t!("catching-up")),
        Banner::CatchingUp(Some(progress)) => html! {
            <div class="pill late">
                <span>{ t!("catching-up-progress", done = progress.done, of = progress.of) }</span>
                <progress max={progress.of.to_string()} value={progress.done.to_string()} aria-label={t!("catching-up")} />
            </div>
        },
        Banner::Lost { next, waiting, .. } => html! {
            <div class="pill outage" data-testid="outage">
                <span class="dot" aria-hidden="true"></span>
                <div>
                    <p>{ lost(banner) }</p>
                    <p class="soft">
                        if waiting > 0 {
                            <span data-testid="waiting">{ t!("connection-waiting", count = waiting) }</span>{ " " }
                        }
                        <span>{ match next {
                            NextTry::Now => t!("connection-trying"),
                            NextTry::In(seconds) => t!("connection-next-try", seconds = seconds),
                        } }</span>{ " " }
                        <button type="button" class="link" data-testid="try-now" aria-disabled={(next == NextTry::Now).then_some("true")}
                            onclick={retry}>{ t!("try-now") }</button>
                    </p>
                </div>
            </div>
        },
        Banner::Resting(until) => html! {
            <div class="pill outage" data-testid="resting">
                <span class="dot" aria-hidden="true"></span>
                <p>{ resting(until) }</p>
            </div>
        },
    }
}

/// The server was put back to an older copy.
fn resting(until: Timestamp) -> String {
    t!("connection-resting", time = calendar::local(until).clock())
}

/// What is usually over before it can be read.
fn passing(text: String) -> Html {
    html! { <p class="pill late"><span class="spinner" aria-hidden="true"></span>{ text }</p> }
}

/// Why there is no connection, and what becomes of what is written.
fn lost(banner: &Banner) -> String {
    match banner {
        Banner::Lost { cause: Cause::NoNetwork, .. } => t!("connection-offline"),
        Banner::Lost { cause: Cause::Compressed, .. } => t!("connection-compressed"),
        Banner::Lost { since, .. } => t!("connection-unreachable", time = calendar::local(*since).clock()),
        _ => String::new(),
    }
}

/// For screen readers: what the banner says now, or that it is over; nothing, where there is no news.
fn announcement(before: &Banner, now: &Banner) -> Option<String> {
    match (before, now) {
        (_, Banner::Lost { .. }) => Some(lost(now)),
        (_, Banner::Resting(until)) => Some(resting(*until)),
        (Banner::Resting(_), _) => Some(t!("connection-rested")),
        (Banner::Lost { .. }, _) => Some(t!("connection-again")),
        _ => None,
    }
}

/// Something refused that belongs to no form.
#[function_component]
pub fn Notice(props: &InSession) -> Html {
    let notice = props.session.state.notice.as_ref().map(|trouble| {
        html! {
            <div class="toast notice" data-testid="notice">
                <Icon drawing={Drawing::Warning} />
                <p>{ texts::trouble(trouble) }</p>
                <button type="button" class="icon-button" onclick={props.session.acting(Action::NoticeClosed)}>
                    <Icon drawing={Drawing::Close} /><span class="hidden">{ t!("notice-close") }</span>
                </button>
            </div>
        }
    });
    html! { <div role="alert">{ notice.unwrap_or_default() }</div> }
}
