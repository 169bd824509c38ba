//! The own account: who, on which computer, and signing out.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{dialog::Dialog, form::Problem, session::Session};
use crate::messages::{Profile, ToWorker};

/// See [`Account`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct AccountProps {
    /// See [`Session`].
    pub session: Session,
    /// Who is signed in.
    pub profile: Profile,
    /// It was closed.
    pub onclose: Callback<()>,
}

/// See the module.
#[function_component]
pub fn Account(props: &AccountProps) -> Html {
    let forget = use_node_ref();
    let sign_out = {
        let (session, forget) = (props.session.clone(), forget.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let forget = forget.cast::<HtmlInputElement>().is_some_and(|input| input.checked());
            session.ask(ToWorker::SignOut { forget });
        })
    };
    html! {
        <Dialog id="account-title" title="Your account" onclose={&props.onclose}>
            <dl class="facts">
                <div><dt>{ "Handle" }</dt><dd>{ &props.profile.handle }</dd></div>
                <div><dt>{ "This computer" }</dt><dd>{ &props.profile.device_name }</dd></div>
            </dl>
            <form class="actions" onsubmit={sign_out}>
                <label class="check" for="forget">
                    <input ref={forget} id="forget" type="checkbox" />
                    <span>
                        { "Also remove keys and messages from this computer" }
                        <small>{ "To read the room here again, this computer would need approval first." }</small>
                    </span>
                </label>
                if let Some(problem) = &props.session.state.problem {
                    <Problem trouble={problem.clone()} />
                }
                <button type="submit" class="secondary" data-testid="sign-out">{ "Sign out" }</button>
            </form>
        </Dialog>
    }
}
