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
    language::use_language,
    listen::{Source, use_event},
};
use crate::{
    messages::{CodePurpose, CodeStep, Trouble},
    state::{calendar::now, code, rules},
    texts::{self, t},
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
    use_language();
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
    // Wherever it is pasted. The field has one line: what is pasted is looked at before the browser joins its lines.
    let pasted = use_callback((props.oncode.clone(), props.input.clone()), |event: Event, (oncode, input)| {
        if let Some(input) = input.cast::<HtmlInputElement>().filter(|input| is_for(&event, input))
            && let Some(code) = pasted_code(&event)
        {
            event.prevent_default();
            input.set_value(code.expose());
            oncode.emit(code);
        }
    });
    use_event(Source::Document, "paste", pasted);
    html! {
        <>
            if !step.void {
                <p class="lead">{ sent(step.purpose) }{ " " }<strong>{ &step.email }</strong></p>
            }
            if step.mail_to_folder {
                <p class="note" data-testid="no-mail"><Icon drawing={Drawing::Info} /><span>{ t!("code-no-mail") }</span></p>
            }
            if !step.void {
                <div class="field">
                    <label for="code">{ t!("code") }</label>
                    <div class="input code">
                        <input ref={props.input.clone()} id="code" name="code" type="text" inputmode="numeric"
                            autocomplete="one-time-code" autocapitalize="none" spellcheck="false"
                            oninput={typed}
                            aria-describedby="code-hint" aria-invalid={wrong.is_some().then_some("true")} />
                    </div>
                    if let Some(problem) = wrong {
                        <p class="error" id="code-hint" role="alert" data-testid="problem">{ texts::trouble(problem) }</p>
                    } else {
                        <p class="hint" id="code-hint">{ t!("code-hint") }</p>
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

/// What a code that was asked for depends on: the service does not tell whether an address has an account.
fn sent(purpose: CodePurpose) -> String {
    match purpose {
        CodePurpose::SignUp | CodePurpose::Email => t!("code-sent"),
        CodePurpose::SignIn => t!("code-sent-sign-in"),
        CodePurpose::Reset => t!("code-sent-reset"),
    }
}

/// Whether what is pasted may be for this field: not what goes into another one.
fn is_for(event: &Event, input: &HtmlInputElement) -> bool {
    let other = event.target_dyn_into::<HtmlInputElement>();
    other.is_none_or(|other| other == *input)
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
    use_language();
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
    let wait =
        waiting.then(|| html! { <span data-testid="resend-wait">{ t!("code-resend-in", wait = clock(*left)) }</span> });
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
                    aria-disabled={waiting.then_some("true")} aria-describedby="resend-wait">{ t!("code-resend") }</button>
                <p class="hint" id="resend-wait">{ wait }</p>
            </div>
        };
    }
    html! {
        <p class="aside">
            { t!("code-nothing-came") }{ " " }
            { wait.unwrap_or_else(|| html! {
                <button type="button" class="link" data-testid="resend" onclick={&props.onresend}>{ t!("code-resend") }</button>
            }) }
        </p>
    }
}

/// `1:05`
fn clock(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_read_like_a_clock() {
        assert_eq!((clock(60), clock(9)), ("1:00".to_owned(), "0:09".to_owned()));
    }

    #[test]
    fn only_a_reset_leaves_open_whether_there_is_an_account() {
        assert!(sent(CodePurpose::Reset).starts_with("If"));
        assert!(!sent(CodePurpose::SignUp).starts_with("If"));
    }
}
