//! Where the account is signed in; ending one of the sessions.

use yew::prelude::*;

use super::{ask, not_loaded};
use crate::{
    components::{
        focus::use_recovery,
        form::Problem,
        session::{InSession, Session},
    },
    messages::{OwnForm, OwnWish, SessionView},
    state::{Action, OwnAction, calendar, own::Loaded},
    texts::{account, t},
};

/// See the module.
#[function_component]
pub(super) fn Sessions(props: &InSession) -> Html {
    let session = &props.session;
    let own = &session.state.own;
    let heading = use_node_ref();
    // An entry that is gone may have had the focus.
    use_recovery(heading.clone(), own.sessions.ready().map(Vec::len));
    html! {
        <section class="part" aria-labelledby="sessions-title">
            <h2 id="sessions-title" ref={heading}>{ t!("sessions") }</h2>
            <p class="hint">{ t!("sessions-lead") }</p>
            { match &own.sessions {
                Loaded::Loading => html! { <p role="status">{ t!("computers-loading") }</p> },
                Loaded::Failed(trouble) => not_loaded(session, trouble),
                Loaded::Ready(sessions) => html! {
                    <ul class="computers">
                        { for sessions.iter().map(|one| html! {
                            <Entry key={one.session.to_string()} session={session.clone()} one={one.clone()} />
                        }) }
                    </ul>
                },
            } }
        </section>
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct EntryProps {
    session: Session,
    one: SessionView,
}

/// A computer in the list; ending its session is asked twice.
#[function_component]
fn Entry(props: &EntryProps) -> Html {
    let (session, one) = (&props.session, &props.one);
    let form = OwnForm::EndSession(one.session);
    let own = &session.state.own;
    let asked = own.open == Some(form);
    let (end_button, really_button) = (use_node_ref(), use_node_ref());
    use_recovery(if asked { really_button.clone() } else { end_button.clone() }, asked);
    let used = (!one.current).then_some(one.last_used_at);
    let today = calendar::local(calendar::now()).day;
    let end = {
        let (session, id) = (session.clone(), one.session);
        Callback::from(move |_: MouseEvent| ask(&session, OwnForm::EndSession(id), OwnWish::EndSession(id)))
    };
    let name = one.device_name.clone().unwrap_or_else(|| t!("session-no-keys"));
    html! {
        <li data-testid="session" data-current={one.current.to_string()}>
            <div class="line">
                <div>
                    <p class="name"><bdi>{ &name }</bdi>{ " " }if one.current { <span class="tag">{ t!("this-computer") }</span> }</p>
                    if let Some(platform) = &one.platform { <p class="hint">{ platform }</p> }
                    <p class="hint">{ account::session_times(one.created_at, used, calendar::local, today) }</p>
                </div>
                if !one.current && !asked {
                    <button ref={end_button} type="button" class="secondary" data-testid="end-session"
                        onclick={session.acting(Action::Own(OwnAction::Open(form)))}>
                        { t!("sign-out") }<span class="hidden">{ " " }<bdi>{ &name }</bdi></span>
                    </button>
                }
            </div>
            if asked {
                <div class="really">
                    <p>{ t!("end-session-follows") }</p>
                    if let Some(problem) = &own.problem {
                        <Problem trouble={problem.clone()} />
                    }
                    <div class="choice">
                        <button ref={really_button} type="button" class="secondary danger" data-testid="end-session-now" onclick={end}
                            aria-disabled={own.busy.then_some("true")}>{ t!("end-session-now") }</button>
                        <button type="button" class="secondary" onclick={session.acting(Action::Own(OwnAction::Close))}>{ t!("leave-it") }</button>
                    </div>
                </div>
            }
        </li>
    }
}
