//! The field for a code by e-mail, and how to get another one.

use gloo_timers::callback::Interval;
use igoon_shared::protocol::http::SecretText;
use wasm_bindgen::JsCast as _;
use web_sys::{ClipboardEvent, HtmlInputElement};
use yew::prelude::*;

use super::{
    focus::use_recovery,
    form::Problem,
    icon::{Drawing, Icon},
};
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

/// Says where the mail went, takes the digits however they come, and offers another mail after a while. Where no try with
/// the code can be right any more, another mail is all that it offers.
#[function_component]
pub fn CodeField(props: &CodeFieldProps) -> Html {
    let step = &props.step;
    let wrong = props.problem.as_ref().filter(|problem| !step.void && rules::field_of(problem) == Some("digits"));
    let rest = props.problem.as_ref().filter(|_| wrong.is_none());
    use_effect_with((props.input.clone(), step.resend_at), |(input, _)| {
        // The digits of the code before this one.
        if let Some(input) = input.cast::<HtmlInputElement>() {
            input.set_value("");
        }
    });
    use_effect_with((props.input.clone(), props.problem.clone(), step.void), |(input, ..)| {
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
    let pasted = {
        let (oncode, input) = (props.oncode.clone(), props.input.clone());
        Callback::from(move |event: Event| {
            // The field has one line: what is pasted is looked at before the browser joins its lines.
            if let Some(code) = pasted_code(&event)
                && let Some(input) = input.cast::<HtmlInputElement>()
            {
                event.prevent_default();
                input.set_value(code.expose());
                oncode.emit(code);
            }
        })
    };
    html! {
        <>
            if !step.void {
                <p class="lead">{ account::code_sent(step.purpose) }{ " " }<strong>{ &step.email }</strong></p>
            }
            if step.mail_to_folder {
                <p class="note" data-testid="no-mail"><Icon drawing={Drawing::Info} /><span>{ account::NO_MAIL }</span></p>
            }
            if !step.void {
                <div class="field">
                    <label for="code">{ "Code" }</label>
                    <div class="input code">
                        <input ref={props.input.clone()} id="code" name="code" type="text" inputmode="numeric"
                            autocomplete="one-time-code" autocapitalize="none" spellcheck="false" oninput={typed} onpaste={pasted}
                            aria-describedby="code-hint" aria-invalid={wrong.is_some().then_some("true")} />
                    </div>
                    if let Some(problem) = wrong {
                        <p class="error" id="code-hint" role="alert" data-testid="problem">{ texts::trouble(problem) }</p>
                    } else {
                        <p class="hint" id="code-hint">{ account::CODE_HINT }</p>
                    }
                </div>
            }
            if let Some(problem) = rest {
                <Problem trouble={problem.clone()} />
            }
            <Resend step={step.clone()} onresend={&props.onresend} />
        </>
    }
}

/// The code in what is pasted.
fn pasted_code(event: &Event) -> Option<SecretText> {
    let text = event.dyn_ref::<ClipboardEvent>()?.clipboard_data()?.get_data("text/plain").ok()?;
    code::find(&text)
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct ResendProps {
    step: CodeStep,
    onresend: Callback<MouseEvent>,
}

#[function_component]
fn Resend(props: &ResendProps) -> Html {
    let resend_at = props.step.resend_at;
    let left = use_state(|| code::seconds_until(resend_at, now()));
    {
        let left = left.clone();
        use_effect_with(resend_at, move |resend_at| {
            let resend_at = *resend_at;
            left.set(code::seconds_until(resend_at, now()));
            let ticking = Interval::new(TICK_MS, move || left.set(code::seconds_until(resend_at, now())));
            move || drop(ticking)
        });
    }
    let button = use_node_ref();
    use_recovery(button.clone(), props.step.void);
    let waiting = *left > 0;
    let wait = waiting.then(|| html! { <span data-testid="resend-wait">{ account::resend_in(*left) }</span> });
    if props.step.void {
        let ask = props.onresend.clone();
        let ask = Callback::from(move |event| {
            if !waiting {
                ask.emit(event);
            }
        });
        return html! {
            <div class="another">
                <button ref={button} type="button" class="primary" data-testid="resend" onclick={ask}
                    aria-disabled={waiting.then_some("true")} aria-describedby="resend-wait">{ "Send another code" }</button>
                <p class="hint" id="resend-wait">{ wait }</p>
            </div>
        };
    }
    html! {
        <p class="aside">
            { account::NOTHING_CAME }{ " " }
            { wait.unwrap_or_else(|| html! {
                <button type="button" class="link" data-testid="resend" onclick={&props.onresend}>{ "Send another code" }</button>
            }) }
        </p>
    }
}
