//! The first account, in two steps of one form: the code that the server printed, then who one is. What follows has pages of
//! its own: the mailed code, the first room, the first invite.

use std::rc::Rc;

use igoon_shared::protocol::http::SecretText;
use yew::prelude::*;

use crate::{
    components::{
        account_fields::{AccountFields, AccountInputs},
        form::{Field, Submit, typed},
        icon::{Drawing, Icon},
        session::InSession,
        sheet::Sheet,
        steps::{Step, Steps},
    },
    messages::ToWorker,
    state::{Action, rules},
    texts::t,
};

const FIELDS: &[&str] = &["setup-code", "email", "handle", "password"];

/// See the module.
#[function_component]
pub(super) fn SetUp(props: &InSession) -> Html {
    let session = &props.session;
    let step = use_state_eq(|| Step::Welcome);
    let (code, inputs) = (use_node_ref(), use_memo((), |()| AccountInputs::default()));
    let problem = &session.state.problem;
    {
        let step = step.clone();
        let of_code = problem.as_ref().and_then(rules::field_of) == Some("setup-code");
        use_effect_with(of_code, move |of_code| {
            if *of_code {
                step.set(Step::Welcome);
            }
        });
    }
    let submit = {
        let (session, step, code, inputs) = (session.clone(), step.clone(), code.clone(), Rc::clone(&inputs));
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let code = typed(&code).trim().to_owned();
            if code.is_empty() {
                session.act(Action::Refused(rules::missing_setup_code()));
            } else if *step == Step::Welcome {
                session.act(Action::ProblemSeen);
                step.set(Step::Account);
            } else {
                let account = inputs.account();
                match rules::new_account(&account) {
                    Err(trouble) => session.act(Action::Refused(trouble)),
                    Ok(()) => session.ask(ToWorker::SetUp { code: SecretText::new(code), account }),
                }
            }
        })
    };
    let back = {
        let step = step.clone();
        Callback::from(move |_: MouseEvent| step.set(Step::Welcome))
    };
    let at_welcome = *step == Step::Welcome;
    let title = if at_welcome { t!("set-up-title") } else { t!("set-up-account-title") };
    html! {
        <Sheet {title} steps={html! { <Steps at={*step} /> }}>
            <p class="lead">{ if at_welcome { t!("set-up-lead") } else { t!("set-up-account-lead") } }</p>
            if at_welcome {
                <ul class="promises">
                    { promise(Drawing::Room, t!("set-up-promise-room"), t!("set-up-promise-room-about")) }
                    { promise(Drawing::Lock, t!("set-up-promise-locked"), t!("set-up-promise-locked-about")) }
                </ul>
            }
            <form method="post" onsubmit={submit} novalidate=true>
                // What was typed stays in the fields of the other step, which is there and not shown.
                <div class="fields" hidden={!at_welcome}>
                    <Field id="setup-code" name="setup-code" label={t!("setup-code")} hint={t!("setup-code-hint")}
                        autocomplete="off" focused={at_welcome} input={code} problem={problem.clone()} />
                </div>
                <div class="fields" hidden={at_welcome}>
                    <AccountFields inputs={(*inputs).clone()} problem={problem.clone()} focused={!at_welcome} />
                </div>
                <div class="onward">
                    if !at_welcome {
                        <button type="button" class="secondary" data-testid="step-back" onclick={back}>{ t!("back") }</button>
                    }
                    <Submit label={if at_welcome { t!("go-on") } else { t!("make-account") }} busy={session.state.busy}
                        problem={problem.clone()} fields={FIELDS} />
                </div>
            </form>
        </Sheet>
    }
}

/// What one gets, or why something is so: a drawing, a few words, and a sentence.
pub(super) fn promise(drawing: Drawing, what: String, about: String) -> Html {
    html! { <li><Icon {drawing} /><span><strong>{ what }</strong>{ about }</span></li> }
}
