//! The first account: it owns the server.

use igoon_shared::protocol::http::SecretText;
use yew::prelude::*;

use crate::{
    components::{
        form::{Field, Submit, typed},
        session::InSession,
        sheet::Sheet,
    },
    messages::{NewAccount, ToWorker},
    state::{Action, rules},
    texts::{self, account},
};

const FIELDS: &[&str] = &["setup-code", "email", "handle", "password"];

/// See the module.
#[function_component]
pub(super) fn SetUp(props: &InSession) -> Html {
    let session = &props.session;
    let (code, email, handle, password) = (use_node_ref(), use_node_ref(), use_node_ref(), use_node_ref());
    let submit = {
        let session = session.clone();
        let (code, email, handle, password) = (code.clone(), email.clone(), handle.clone(), password.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let account = NewAccount {
                email: typed(&email),
                handle: typed(&handle),
                password: SecretText::new(typed(&password)),
            };
            match rules::new_account(&account) {
                Err(trouble) => session.act(Action::Refused(trouble)),
                Ok(()) => {
                    let code = SecretText::new(typed(&code).trim().to_owned());
                    session.ask(ToWorker::SetUp { code, account });
                }
            }
        })
    };
    let problem = &session.state.problem;
    html! {
        <Sheet title="Set up this server">
            <p class="lead">{ account::SET_UP }</p>
            <form method="post" onsubmit={submit} novalidate=true>
                <Field id="setup-code" name="setup-code" label="Set-up code" hint={account::SETUP_CODE_HINT}
                    autocomplete="off" focused=true input={code} problem={problem.clone()} />
                <Field id="email" name="email" label="E-mail address" hint={account::EMAIL_HINT} kind="email"
                    autocomplete="email" input={email} problem={problem.clone()} />
                <Field id="handle" name="handle" label="Handle" hint={account::HANDLE_HINT}
                    autocomplete="nickname" input={handle} problem={problem.clone()} />
                <Field id="password" name="password" label="Password" hint={texts::password_rule()} secret=true
                    autocomplete="new-password" input={password} problem={problem.clone()} />
                <Submit label="Make the account" busy={session.state.busy} problem={problem.clone()} fields={FIELDS} />
            </form>
        </Sheet>
    }
}
