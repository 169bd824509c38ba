//! What hangs over a room: no connection, catching up, an alarm, something refused.

use igoon_shared::client::io::Standing;
use yew::prelude::*;

use super::{
    icon::{Drawing, Icon},
    session::InSession,
};
use crate::{
    messages::{Connection, ToWorker},
    state::Action,
    texts,
};

/// The pill below the header. It lies over the timeline, so that nothing moves when it comes and goes.
#[function_component]
pub fn Status(props: &InSession) -> Html {
    let state = &props.session.state;
    let catching_up = state.room().is_some_and(|room| room.view().standing == Standing::CatchingUp);
    let pill = match state.connection {
        Connection::Reconnecting => html! {
            <p class="pill">
                <span class="spinner" aria-hidden="true"></span>
                <span>{ texts::room::RECONNECTING }</span>
                <button type="button" class="quiet" onclick={props.session.telling(ToWorker::Retry)}>{ "Try now" }</button>
            </p>
        },
        Connection::Connecting => {
            html! { <p class="pill late"><span class="spinner" aria-hidden="true"></span>{ "Connecting…" }</p> }
        }
        Connection::Online if catching_up => html! {
            <p class="pill late"><span class="spinner" aria-hidden="true"></span>{ "Catching up…" }</p>
        },
        Connection::Online => Html::default(),
    };
    html! { <div class="status" role="status">{ pill }</div> }
}

/// Something refused that belongs to no form.
#[function_component]
pub fn Notice(props: &InSession) -> Html {
    let notice = props.session.state.notice.map(|code| {
        html! {
            <div class="notice">
                <Icon drawing={Drawing::Warning} />
                <p>{ texts::error(code) }</p>
                <button type="button" class="icon-button" onclick={props.session.acting(Action::NoticeClosed)}>
                    <Icon drawing={Drawing::Close} /><span class="hidden">{ "Dismiss" }</span>
                </button>
            </div>
        }
    });
    html! { <div class="notices" role="alert">{ notice.unwrap_or_default() }</div> }
}
