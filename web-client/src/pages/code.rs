//! A code by e-mail is entered; and what has to be another one though the code was right.

use igoon_shared::protocol::http::SecretText;
use yew::prelude::*;

use crate::{
    components::{
        code::CodeField,
        form::{Field, Submit, typed},
        session::InSession,
        sheet::Sheet,
    },
    messages::{CodePurpose, Correction, Refusal, Stage, ToWorker},
    state::{Action, code, rules},
    texts::{self, account},
};

/// The code; for another password, that as well.
#[function_component]
pub(super) fn EnterCode(props: &InSession) -> Html {
    let session = &props.session;
    let (digits, password) = (use_node_ref(), use_node_ref());
    let Stage::Code(step) = &session.state.stage else { return Html::default() };
    let resets = step.purpose == CodePurpose::Reset;
    let send = {
        let (session, password) = (session.clone(), password.clone());
        Callback::from(move |digits: SecretText| {
            let password = resets.then(|| SecretText::new(typed(&password)));
            match password.as_ref().map_or(Ok(()), |password| rules::password(password.expose())) {
                Err(trouble) => session.act(Action::Refused(trouble)),
                Ok(()) => session.ask(ToWorker::EnterCode { digits, password }),
            }
        })
    };
    // A code alone sends itself; where a password belongs to it, the person says when.
    let oncode = if resets { Callback::noop() } else { send.clone() };
    let submit = {
        let (session, digits) = (session.clone(), digits.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match code::find(&typed(&digits)) {
                Some(digits) => send.emit(digits),
                None => session.act(Action::Refused(rules::incomplete_code())),
            }
        })
    };
    let resend = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| session.ask(ToWorker::ResendCode))
    };
    let problem = &session.state.problem;
    let of_password = problem.as_ref().filter(|problem| rules::field_of(problem) == Some("password")).cloned();
    let of_code = problem.as_ref().filter(|_| of_password.is_none()).cloned();
    html! {
        <Sheet title="Look into your mailbox">
            <form method="post" onsubmit={submit} novalidate=true>
                <CodeField step={step.clone()} problem={of_code} {oncode} onresend={resend} input={digits} />
                if resets {
                    <Field id="new-password" name="password" label="New password" hint={texts::password_rule()} secret=true
                        autocomplete="new-password" input={password} problem={of_password} />
                    <p class="hint">{ account::RESET_FOLLOWS }</p>
                }
                if !step.void {
                    <Submit label={if resets { "Set the password" } else { "Go on" }} busy={session.state.busy} />
                }
            </form>
            <p class="aside">
                <button type="button" class="link" data-testid="start-over" onclick={session.telling(ToWorker::StartOver)}>
                    { "Change the address, or begin again" }
                </button>
            </p>
        </Sheet>
    }
}

/// Another handle or password for the new account; the code stays.
#[function_component]
pub(super) fn Correct(props: &InSession) -> Html {
    let session = &props.session;
    let input = use_node_ref();
    let Stage::Correct(refusal) = &session.state.stage else { return Html::default() };
    let of_handle = matches!(refusal, Refusal::Handle(_));
    let submit = {
        let (session, input) = (session.clone(), input.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let entered = typed(&input);
            let checked = if of_handle { rules::handle(&entered) } else { rules::password(&entered) };
            match checked {
                Err(trouble) => session.act(Action::Refused(trouble)),
                Ok(()) if of_handle => session.ask(ToWorker::Correct(Correction::Handle(entered))),
                Ok(()) => session.ask(ToWorker::Correct(Correction::Password(SecretText::new(entered)))),
            }
        })
    };
    let problem = &session.state.problem;
    html! {
        <Sheet title={if of_handle { "Choose another handle" } else { "Choose another password" }}>
            <p class="lead">{ if of_handle { account::CORRECT_HANDLE } else { account::CORRECT_PASSWORD } }</p>
            <form method="post" onsubmit={submit} novalidate=true>
                if let Refusal::Handle(handle) = refusal {
                    <Field id="handle" name="handle" label="Handle" hint={account::HANDLE_HINT} autocomplete="nickname"
                        value={handle.clone()} focused=true {input} problem={problem.clone()} />
                } else {
                    <Field id="password" name="password" label="Password" hint={texts::password_rule()} secret=true
                        autocomplete="new-password" focused=true {input} problem={problem.clone()} />
                }
                <Submit label="Go on" busy={session.state.busy} problem={problem.clone()} fields={&["handle", "password"][..]} />
            </form>
        </Sheet>
    }
}
