//! Signing out: here, or everywhere.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::ask;
use crate::{
    components::{focus::use_recovery, form::Problem, session::InSession},
    messages::{OwnForm, OwnWish, ToWorker},
    state::{Action, OwnAction},
    texts::t,
};

/// See the module.
#[function_component]
pub(super) fn SignOut(props: &InSession) -> Html {
    let session = &props.session;
    let forget = use_node_ref();
    let sign_out = {
        let (session, forget) = (session.clone(), forget.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let forget = forget.cast::<HtmlInputElement>().is_some_and(|input| input.checked());
            session.ask(ToWorker::SignOut { forget });
        })
    };
    html! {
        <section class="part">
            <h2>{ t!("sign-out") }</h2>
            <form onsubmit={sign_out}>
                <p class="hint">{ t!("sign-out-follows") }</p>
                <label class="check" for="forget">
                    <input ref={forget} id="forget" type="checkbox" />
                    <span>{ t!("forget-computer") }<small>{ t!("forget-computer-follows") }</small></span>
                </label>
                if let Some(problem) = &session.state.problem {
                    <Problem trouble={problem.clone()} />
                }
                <button type="submit" class="secondary" data-testid="sign-out" aria-disabled={session.state.busy.then_some("true")}>
                    { t!("sign-out-here") }
                </button>
            </form>
            <Everywhere session={session.clone()} />
        </section>
    }
}

/// Ending all sessions is asked twice.
#[function_component]
fn Everywhere(props: &InSession) -> Html {
    let session = &props.session;
    let own = &session.state.own;
    let asked = own.open == Some(OwnForm::Everywhere);
    let (button, really_button) = (use_node_ref(), use_node_ref());
    use_recovery(if asked { really_button.clone() } else { button.clone() }, asked);
    if !asked {
        return html! {
            <p>
                <button ref={button} type="button" class="link danger" data-testid="sign-out-everywhere"
                    onclick={session.acting(Action::Own(OwnAction::Open(OwnForm::Everywhere)))}>{ t!("sign-out-everywhere") }</button>
            </p>
        };
    }
    let really = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| ask(&session, OwnForm::Everywhere, OwnWish::SignOutEverywhere))
    };
    html! {
        <div class="really">
            <p>{ t!("sign-out-everywhere-follows") }</p>
            if let Some(problem) = &own.problem {
                <Problem trouble={problem.clone()} />
            }
            <div class="choice">
                <button ref={really_button} type="button" class="secondary danger" data-testid="sign-out-everywhere-now" onclick={really}
                    aria-disabled={own.busy.then_some("true")}>{ t!("sign-out-everywhere") }</button>
                <button type="button" class="secondary" onclick={session.acting(Action::Own(OwnAction::Close))}>{ t!("stay-signed-in") }</button>
            </div>
        </div>
    }
}
