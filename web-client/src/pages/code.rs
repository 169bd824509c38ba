//! A code by e-mail is entered; and what has to be another one though the code was right.

use igoon_shared::protocol::http::SecretText;
use yew::prelude::*;

use crate::{
    components::{
        code::CodeField,
        form::{Field, Submit, typed},
        session::{InSession, Session},
        sheet::Sheet,
        steps::{Step, Steps},
    },
    messages::{CodePurpose, Correction, Refusal, Stage, ToWorker},
    state::{Action, code, rules},
    texts::{self, t},
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
        <Sheet title={t!("code-title")} steps={steps(session)}>
            <form method="post" onsubmit={submit} novalidate=true>
                if resets {
                    // Tells password managers whose password it is that is set here.
                    <input type="email" autocomplete="username" value={step.email.clone()} readonly=true hidden=true />
                }
                <CodeField step={step.clone()} problem={of_code} {oncode} onresend={resend} input={digits} />
                if resets {
                    <Field id="new-password" name="password" label={t!("password-new")} hint={texts::password_rule()} secret=true
                        autocomplete="new-password" input={password} problem={of_password} />
                    <p class="hint">{ t!("reset-follows") }</p>
                }
                if !step.void {
                    <Submit label={if resets { t!("reset-set") } else { t!("go-on") }} busy={session.state.busy} />
                }
            </form>
            <p class="aside">
                <button type="button" class="link" data-testid="start-over" onclick={session.telling(ToWorker::StartOver)}>
                    { t!("code-start-over") }
                </button>
            </p>
        </Sheet>
    }
}

/// How far one has come, while a server is set up.
fn steps(session: &Session) -> Option<Html> {
    session.state.setting_up.then(|| html! { <Steps at={Step::Code} /> })
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
        <Sheet title={if of_handle { t!("correct-handle-title") } else { t!("correct-password-title") }} steps={steps(session)}>
            <p class="lead">{ if of_handle { t!("correct-handle") } else { t!("correct-password") } }</p>
            <form method="post" onsubmit={submit} novalidate=true>
                if let Refusal::Handle(handle) = refusal {
                    <Field id="handle" name="handle" label={t!("handle")} hint={t!("handle-hint")} autocomplete="nickname"
                        value={handle.clone()} focused=true {input} problem={problem.clone()} />
                } else {
                    <Field id="password" name="password" label={t!("password")} hint={texts::password_rule()} secret=true
                        autocomplete="new-password" focused=true {input} problem={problem.clone()} />
                }
                <Submit label={t!("go-on")} busy={session.state.busy} problem={problem.clone()} fields={&["handle", "password"][..]} />
            </form>
        </Sheet>
    }
}
