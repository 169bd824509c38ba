//! Asking to be let in, on a computer that nobody has approved, of a person who has no other one any more: what the room
//! offers, how far the request is, who must act next.

use igoon_shared::{
    client::io::{RecoveryRequestView, RecoveryView, RequestProgress},
    log::action::RecoveryMode,
    protocol::http::SecretText,
    time::Timestamp,
};
use yew::prelude::*;

use super::{InRoom, attempt, tried, use_recovery_view};
use crate::{
    components::{
        focus::use_recovery,
        form::{Field, Problem, Submit, typed},
        session::Session,
    },
    messages::RecoveryWish,
    state::{
        RoomData, calendar,
        recovery::{Attempted, helpers},
    },
    texts::{account, recovery, t},
};

/// See the module.
#[function_component]
pub fn Rescue(props: &InRoom) -> Html {
    let (session, room) = (&props.session, &props.room);
    let heading = use_node_ref();
    use_recovery_view(session, room);
    let own = room.recovery().and_then(|view| view.requests.iter().find(|request| request.this_device));
    let gone = own.is_none() && room.request_gone();
    let stage = own.map_or(if gone { "gone" } else { "none" }, |own| stage(own.progress));
    // The button that was pressed is gone with what it was for.
    use_recovery(heading.clone(), stage);
    let Some(view) = room.recovery() else {
        return html! { <p role="status">{ t!("rescue-loading") }</p> };
    };
    html! {
        <section class="rescue" aria-labelledby="rescue-title" data-testid="rescue" data-progress={stage}>
            if is_under_way(room) {
                <h2 ref={heading} id="rescue-title">{ t!("rescue-asked-title") }</h2>
            } else {
                <h3 ref={heading} id="rescue-title">{ t!("rescue-title") }</h3>
            }
            <div role="status" class="done">
                { own.map(|own| told(view, own)) }
                if gone { <p>{ t!("rescue-gone") }</p> }
            </div>
            { match own.map(|own| own.progress) {
                Some(RequestProgress::Asked) => withdraw(session, room),
                Some(RequestProgress::Waiting { .. } | RequestProgress::Entitled | RequestProgress::Released) => Html::default(),
                Some(RequestProgress::Over) | None => offers(session, room, view, own.is_some() || gone),
            } }
            if view.kit_here && !own.is_some_and(|own| is_in(own.progress)) {
                <UseKit session={session.clone()} room={room.clone()} />
            }
        </section>
    }
}

/// Whether this computer has asked people to be let in, and something will come of it.
pub(crate) fn is_under_way(room: &RoomData) -> bool {
    let own = room.recovery().and_then(|view| view.requests.iter().find(|request| request.this_device));
    own.is_some_and(|own| own.progress != RequestProgress::Over)
}

const fn stage(progress: RequestProgress) -> &'static str {
    match progress {
        RequestProgress::Asked => "asked",
        RequestProgress::Waiting { .. } => "waiting",
        RequestProgress::Entitled => "entitled",
        RequestProgress::Released => "released",
        RequestProgress::Over => "over",
    }
}

const fn is_in(progress: RequestProgress) -> bool {
    matches!(progress, RequestProgress::Entitled | RequestProgress::Released)
}

/// How far the own request is, and what comes next.
fn told(view: &RecoveryView, own: &RecoveryRequestView) -> Html {
    match own.progress {
        RequestProgress::Asked => html! {
            <>
                <p>{ t!("rescue-asked", when = moment(own.asked_at)) }</p>
                <p>{ t!("rescue-asked-until", until = moment(own.expires_at)) }</p>
            </>
        },
        RequestProgress::Waiting { entry, from, .. } => {
            let announced = view.waiting.iter().any(|waiting| waiting.entry == entry && waiting.announced);
            let from = moment(from);
            html! { <p>{ if announced { t!("rescue-announced", from = from) } else { t!("rescue-waiting", from = from) } }</p> }
        }
        RequestProgress::Entitled | RequestProgress::Released => html! { <p>{ t!("rescue-entitled") }</p> },
        RequestProgress::Over => html! {
            <>
                <p>{ t!("rescue-over") }</p>
                <p>{ t!("rescue-asked-until", until = moment(own.expires_at)) }</p>
            </>
        },
    }
}

fn moment(at: Timestamp) -> String {
    account::moment(calendar::local(at), calendar::local(calendar::now()).day)
}

/// Whom to ask, or that nobody can help.
fn offers(session: &Session, room: &RoomData, view: &RecoveryView, again: bool) -> Html {
    let choice = view.choice;
    let names: Vec<String> =
        helpers(room.view(), choice.admins_approve).map(|helper| room.name_of(helper.account)).collect();
    let ask = html! {
        if view.may_ask && !names.is_empty() {
            { button(session, room, Attempted::Ask, if again { t!("rescue-again") } else { t!("rescue-ask") }) }
        }
    };
    html! {
        <>
            if names.is_empty() {
                <p>{ t!("rescue-nobody") }</p>
                if !view.may_announce && !view.kit_here { <p>{ t!("rescue-nobody-how") }</p> }
            } else {
                <p data-testid="rescue-who">{ t!("rescue-who", names = names.join(", ")) }</p>
                <p>
                    if choice.veto_delay_ms > 0 { { t!("rescue-how-delay", time = recovery::span(choice.veto_delay_ms)) }{ " " } }
                    { if choice.mode == RecoveryMode::ServerAssisted { t!("rescue-how-server") } else { t!("rescue-how-devices") } }
                </p>
            }
            { ask }
            if view.may_announce {
                <h3>{ t!("rescue-announce-title") }</h3>
                <p>{ t!("rescue-announce") }</p>
                { button(session, room, Attempted::Announce, t!("rescue-announce-ask")) }
            }
        </>
    }
}

fn withdraw(session: &Session, room: &RoomData) -> Html {
    button(session, room, Attempted::Withdraw, t!("rescue-withdraw"))
}

/// A button, and why it did nothing the last time.
fn button(session: &Session, room: &RoomData, what: Attempted, label: String) -> Html {
    let tried = tried(session, room, what);
    let busy = tried.is_some_and(|tried| tried.busy);
    let (testid, class) = match what {
        Attempted::Withdraw => ("rescue-withdraw", "link"),
        Attempted::Announce => ("rescue-announce", "secondary"),
        _ => ("rescue-ask", "primary"),
    };
    let act = {
        let (session, room) = (session.clone(), room.clone());
        Callback::from(move |_: MouseEvent| {
            let wish = match (what, session.state.profile()) {
                (Attempted::Withdraw, Some(profile)) => RecoveryWish::Withdraw(profile.device),
                _ => RecoveryWish::Ask { announce: what == Attempted::Announce },
            };
            attempt(&session, &room, what, wish);
        })
    };
    html! {
        <>
            if let Some(trouble) = tried.and_then(|tried| tried.failed.clone()) { <Problem {trouble} /> }
            <p><button type="button" {class} data-testid={testid} onclick={act} aria-disabled={busy.then_some("true")}
                aria-busy={busy.then_some("true")}>
                if busy { <span class="spinner" aria-hidden="true"></span> }
                { label }
            </button></p>
        </>
    }
}

/// Coming in with the code on paper.
#[function_component]
fn UseKit(props: &InRoom) -> Html {
    let (session, room) = (&props.session, &props.room);
    let input = use_node_ref();
    let tried = tried(session, room, Attempted::UseKit);
    let submit = {
        let (session, room, input) = (session.clone(), room.clone(), input.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let code = SecretText::new(typed(&input));
            attempt(&session, &room, Attempted::UseKit, RecoveryWish::UseKit(code));
        })
    };
    let problem = tried.and_then(|tried| tried.failed.clone());
    html! {
        <>
            <h3>{ t!("rescue-kit-title") }</h3>
            <p>{ t!("rescue-kit-lead") }</p>
            <form onsubmit={submit} novalidate=true data-testid="use-kit">
                <Field id="kit-code" name="kit" label={t!("rescue-kit-field")} hint={t!("rescue-kit-hint")} autocomplete="off"
                    {input} problem={problem.clone()} />
                <Submit label={t!("rescue-kit-use")} busy={tried.is_some_and(|tried| tried.busy)} {problem} fields={&["kit"][..]} />
            </form>
            <p class="hint">{ t!("rescue-kit-lost") }</p>
        </>
    }
}
