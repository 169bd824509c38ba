//! The first account: it owns the server.

use igoon_shared::protocol::http::SecretText;
use yew::prelude::*;

use crate::{
    components::{
        form::{Field, Submit, typed},
        session::InSession,
        sheet::Sheet,
    },
    messages::{Credentials, ToWorker},
    state::{Action, rules},
    texts,
};

const FIELDS: &[&str] = &["code", "handle", "password"];

/// See the module.
#[function_component]
pub(super) fn SetUp(props: &InSession) -> Html {
    let session = &props.session;
    let (code, handle, password) = (use_node_ref(), use_node_ref(), use_node_ref());
    let submit = {
        let (session, code, handle, password) = (session.clone(), code.clone(), handle.clone(), password.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (handle, password) = (typed(&handle), SecretText::new(typed(&password)));
            match rules::new_account(&handle, password.expose()) {
                Err(trouble) => session.act(Action::Refused(trouble)),
                Ok(()) => session.ask(ToWorker::SetUp {
                    code: SecretText::new(typed(&code).trim().to_owned()),
                    account: Credentials { handle, password },
                }),
            }
        })
    };
    let problem = &session.state.problem;
    html! {
        <Sheet title="Set up this server">
            <p class="lead">{ "You are the first here. The account that you make now owns the server and its first room." }</p>
            <form method="post" onsubmit={submit} novalidate=true>
                <Field id="setup-code" name="code" label="Set-up code" hint="The server printed it when it started."
                    autocomplete="off" focused=true input={code} problem={problem.clone()} />
                <Field id="handle" name="handle" label="Handle" hint="What others see: letters, digits, and . - _"
                    autocomplete="username" input={handle} problem={problem.clone()} />
                <Field id="password" name="password" label="Password" hint={texts::password_rule()} secret=true
                    autocomplete="new-password" input={password} problem={problem.clone()} />
                <Submit label="Make the account" busy={session.state.busy} problem={problem.clone()} fields={FIELDS} />
            </form>
        </Sheet>
    }
}
