//! Who asks to come back, for those who may answer: who, with which computer, the digits to compare, and the answer.

use std::rc::Rc;

use igoon_shared::{
    client::io::{RecoveryRequestView, RequestProgress},
    log::action::RecoveryMode,
    protocol::http::SecretText,
};
use yew::prelude::*;

use super::{InRoom, attempt, tried};
use crate::{
    components::{
        approval::digits,
        choice::{Choice, Look, Offer},
        focus::use_recovery,
        form::{Field, Submit, typed},
        session::Session,
    },
    messages::{RecoveryWish, RoomDeed},
    state::{
        Action, AskedAction, RoomData, calendar,
        recovery::{Attempted, asking},
    },
    texts::{account, t},
};

/// See the module.
#[function_component]
pub fn Asks(props: &InRoom) -> Html {
    let (session, room) = (&props.session, &props.room);
    let Some(view) = room.recovery() else { return Html::default() };
    html! {
        <ul class="asks">
            { for asking(view).map(|request| html! {
                <Ask key={request.device.to_string()} session={session.clone()} room={room.clone()} request={Rc::new(request.clone())} />
            }) }
        </ul>
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct AskProps {
    session: Session,
    room: Rc<RoomData>,
    request: Rc<RecoveryRequestView>,
}

#[function_component]
fn Ask(props: &AskProps) -> Html {
    let (session, room, request) = (&props.session, &props.room, &props.request);
    let heading = use_node_ref();
    // Whoever answered had the focus in what is gone now.
    use_recovery(heading.clone(), request.may_approve);
    let name = who(room, request);
    let today = calendar::local(calendar::now()).day;
    let moment = |at| account::moment(calendar::local(at), today);
    let fact = |name: String, value: &str| html! { <div><dt>{ name }</dt><dd><bdi>{ value }</bdi></dd></div> };
    // What came to nothing can be approved all the same, as long as the request stands.
    let open = matches!(request.progress, RequestProgress::Asked | RequestProgress::Over);
    html! {
        <li data-testid="ask" data-device={request.device.to_string()}>
            <h3 ref={heading}>{ t!("asks-who", name = name.as_str()) }</h3>
            <dl class="facts grid">
                { fact(t!("asks-computer"), &request.name) }
                { fact(t!("computer-platform"), &request.platform) }
                { fact(t!("asks-when"), &moment(request.asked_at)) }
                if open { { fact(t!("asks-until"), &moment(request.expires_at)) } }
            </dl>
            <div role="status" class="done">{ told(room, request, &name).map(|told| html! { <p>{ told }</p> }) }</div>
            if request.may_approve {
                <Answer session={session.clone()} room={room.clone()} request={request.clone()} />
            } else if open && request.mine {
                <p>{ t!("asks-mine") }</p>
            }
        </li>
    }
}

fn who(room: &RoomData, request: &RecoveryRequestView) -> String {
    request.handle.clone().unwrap_or_else(|| room.name_of(request.account))
}

/// How far an answered request is, and what is left to do.
fn told(room: &RoomData, request: &RecoveryRequestView, name: &str) -> Option<String> {
    let by_server = room.recovery().is_some_and(|view| view.choice.mode == RecoveryMode::ServerAssisted);
    Some(match request.progress {
        // Who waits stands below.
        RequestProgress::Asked | RequestProgress::Waiting { .. } => return None,
        RequestProgress::Entitled if by_server => t!("asks-hands-server", name = name),
        RequestProgress::Entitled => t!("asks-hands-devices", name = name),
        RequestProgress::Released => t!("asks-handed", name = name),
        RequestProgress::Over => t!("asks-over", name = name),
    })
}

/// The digits, and the answer.
#[function_component]
fn Answer(props: &AskProps) -> Html {
    let (session, room, request) = (&props.session, &props.room, &props.request);
    let (password, unsaid) = (use_node_ref(), use_state(|| false));
    let lost = &request.replaceable;
    // One that is the only one is the lost one; of several, their person says which. The last offer is none of them.
    let chosen = use_state(|| (lost.len() < 2).then_some(0_usize));
    let what = Attempted::Approve(request.device);
    let tried = tried(session, room, what);
    let problem = tried.and_then(|tried| tried.failed.clone());
    let choose = {
        let (chosen, unsaid) = (chosen.clone(), unsaid.clone());
        Callback::from(move |index: usize| {
            chosen.set(Some(index));
            unsaid.set(false);
        })
    };
    let submit = {
        let (session, room, request) = (session.clone(), room.clone(), request.clone());
        let (chosen, unsaid, password) = (chosen.clone(), unsaid.clone(), password.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(chosen) = *chosen else { return unsaid.set(true) };
            let replaces = request.replaceable.get(chosen).map(|(device, _)| *device);
            let password = SecretText::new(typed(&password));
            attempt(&session, &room, what, RecoveryWish::Approve { device: request.device, replaces, password });
        })
    };
    let turn_down = RoomDeed::TurnDown(request.device, request.account);
    let refuse = session.acting(Action::Deed(AskedAction::Ask(room.view().room, turn_down)));
    let name = who(room, request);
    let named = lost.iter().map(|(_, name)| name.clone().unwrap_or_else(|| t!("asks-unnamed")));
    let offers: Vec<_> = named.chain([t!("asks-lost-none")]).map(Offer::plain).collect();
    let id = format!("approve-{}", request.device);
    html! {
        <form onsubmit={submit} novalidate=true>
            <p><strong>{ t!("asks-compare", name = name.as_str()) }</strong></p>
            { digits(&request.digits, "approval-digits") }
            <p class="hint">{ t!("asks-why", name = name.as_str()) }</p>
            if !lost.is_empty() {
                <div>
                    <Choice name={format!("lost-{}", request.device)} legend={t!("asks-lost")} look={Look::Cards} {offers}
                        chosen={*chosen} onchoose={choose} />
                    if *unsaid {
                        <p class="error" role="alert" data-testid="problem">{ t!("asks-lost-which") }</p>
                    } else {
                        <p class="hint">{ t!("asks-lost-about") }</p>
                    }
                </div>
            }
            <Field {id} name="current" label={t!("asks-password")} hint={t!("asks-password-about")} autocomplete="current-password"
                secret=true input={password} problem={problem.clone()} />
            <Submit label={t!("asks-approve", name = name.as_str())} busy={tried.is_some_and(|tried| tried.busy)} {problem}
                fields={&["current"][..]} />
            <button type="button" class="secondary danger" data-testid="turn-down" onclick={refuse}>{ t!("asks-refuse") }</button>
        </form>
    }
}
