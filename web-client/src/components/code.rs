//! The field for a code by e-mail, and how to get another one.

use gloo_timers::callback::Interval;
use igoon_shared::{protocol::http::SecretText, time::Timestamp};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::form::Problem;
use crate::{
    messages::{CodeStep, Trouble},
    state::{calendar::now, code, rules},
    texts::{self, account},
};

/// How often the wait is shown anew, in milliseconds.
const TICK_MS: u32 = 500;

/// See [`CodeField`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct CodeFieldProps {
    /// What was mailed where.
    pub step: CodeStep,
    /// Why the last try did not work.
    #[prop_or_default]
    pub problem: Option<Trouble>,
    /// Eight digits are there.
    pub oncode: Callback<SecretText>,
    /// Another code is wanted.
    pub onresend: Callback<MouseEvent>,
    /// To read it.
    pub input: NodeRef,
}

/// Says where the mail went, takes the digits however they come, and offers another mail after a while.
#[function_component]
pub fn CodeField(props: &CodeFieldProps) -> Html {
    let wrong = props.problem.as_ref().filter(|problem| rules::field_of(problem) == Some("digits"));
    let rest = props.problem.as_ref().filter(|_| wrong.is_none());
    use_effect_with((props.input.clone(), props.problem.clone()), |(input, _)| {
        if let Some(input) = input.cast::<HtmlInputElement>() {
            let _ = input.focus();
            input.select();
        }
    });
    let typed = {
        let oncode = props.oncode.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(code) = event.target_dyn_into::<HtmlInputElement>().and_then(|input| code::find(&input.value()))
            {
                oncode.emit(code);
            }
        })
    };
    html! {
        <>
            <p class="lead">{ account::code_sent(props.step.purpose) }{ " " }<strong>{ &props.step.email }</strong></p>
            if props.step.mail_to_folder {
                <p class="notice" data-testid="no-mail">{ account::NO_MAIL }</p>
            }
            <div class="field">
                <label for="code">{ "Code" }</label>
                <div class="input">
                    <input ref={props.input.clone()} id="code" name="code" type="text" inputmode="numeric"
                        autocomplete="one-time-code" autocapitalize="none" spellcheck="false" oninput={typed}
                        aria-describedby="code-hint" aria-invalid={wrong.is_some().then_some("true")} />
                </div>
                if let Some(problem) = wrong {
                    <p class="error" id="code-hint" role="alert" data-testid="problem">{ texts::trouble(problem) }</p>
                } else {
                    <p class="hint" id="code-hint">{ account::CODE_HINT }</p>
                }
            </div>
            if let Some(problem) = rest {
                <Problem trouble={problem.clone()} />
            }
            <Resend resend_at={props.step.resend_at} onresend={&props.onresend} />
        </>
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct ResendProps {
    resend_at: Timestamp,
    onresend: Callback<MouseEvent>,
}

#[function_component]
fn Resend(props: &ResendProps) -> Html {
    let left = use_state(|| code::seconds_until(props.resend_at, now()));
    {
        let left = left.clone();
        use_effect_with(props.resend_at, move |resend_at| {
            let resend_at = *resend_at;
            left.set(code::seconds_until(resend_at, now()));
            let ticking = Interval::new(TICK_MS, move || left.set(code::seconds_until(resend_at, now())));
            move || drop(ticking)
        });
    }
    html! {
        <p class="aside">
            { account::NOTHING_CAME }{ " " }
            if *left > 0 {
                <span data-testid="resend-wait">{ account::resend_in(*left) }</span>
            } else {
                <button type="button" class="link" data-testid="resend" onclick={&props.onresend}>{ "Send another code" }</button>
            }
        </p>
    }
}
