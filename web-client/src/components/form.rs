//! Forms: fields with label, hint and error, and a button that shows that it is at work.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{
    icon::{Drawing, Icon},
    language::use_language,
    strength::StrengthMeter,
};
use crate::{
    messages::Trouble,
    state::rules::{self, Strength},
    texts::{self, t},
};

/// What `autocomplete` says of a password that is being made; its field tells how good it is.
const NEW_PASSWORD: &str = "new-password";

/// See [`Field`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct FieldProps {
    /// The input's id.
    pub id: AttrValue,
    /// What to enter.
    pub label: AttrValue,
    /// The rule, or what it is for.
    #[prop_or_default]
    pub hint: AttrValue,
    /// For password managers.
    pub autocomplete: AttrValue,
    /// It is a password.
    #[prop_or_default]
    pub secret: bool,
    /// What kind of text it is, for the keyboards of small screens: `text`, `email`.
    #[prop_or(AttrValue::Static("text"))]
    pub kind: AttrValue,
    /// What it holds at first.
    #[prop_or_default]
    pub value: AttrValue,
    /// What the server calls it when it is not as it should be.
    #[prop_or_default]
    pub name: AttrValue,
    /// Why the last try did not work.
    #[prop_or_default]
    pub problem: Option<Trouble>,
    /// The first field that is still empty.
    #[prop_or_default]
    pub focused: bool,
    /// To read it.
    pub input: NodeRef,
}

/// A labelled input. What is typed stays in the browser's element until the form is sent.
#[function_component]
pub fn Field(props: &FieldProps) -> Html {
    use_language();
    let shown = use_state(|| false);
    let strength = use_state(|| None::<Strength>);
    let problem = props.problem.as_ref().filter(|problem| rules::field_of(problem) == Some(props.name.as_str()));
    use_effect_with((props.input.clone(), props.focused, problem.is_some()), |(input, focused, wrong)| {
        if (*focused || *wrong)
            && let Some(input) = input.cast::<HtmlInputElement>()
        {
            let _ = input.focus();
        }
    });
    use_effect_with((props.input.clone(), props.value.clone()), |(input, value)| {
        // Set once, not at each rendering: what is typed is the input's own.
        if let Some(input) = input.cast::<HtmlInputElement>().filter(|_| !value.is_empty()) {
            input.set_value(value);
        }
    });
    let (hint_id, error_id) = (format!("{}-hint", props.id), format!("{}-error", props.id));
    let described = match problem {
        Some(_) => Some(error_id.clone()),
        None => (!props.hint.is_empty()).then(|| hint_id.clone()),
    };
    let kind = if props.secret && !*shown { AttrValue::Static("password") } else { props.kind.clone() };
    let toggle = {
        let shown = shown.clone();
        Callback::from(move |_: MouseEvent| shown.set(!*shown))
    };
    let measured = props.autocomplete == NEW_PASSWORD;
    let measure = measured.then(|| {
        let strength = strength.clone();
        Callback::from(move |event: InputEvent| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            strength.set(input.and_then(|input| rules::strength(&input.value())));
        })
    });
    html! {
        <div class="field">
            <label for={&props.id}>{ &props.label }</label>
            <div class="input">
                <input ref={props.input.clone()} id={&props.id} name={&props.id} type={kind}
                    autocomplete={&props.autocomplete} autocapitalize="none" spellcheck="false" dir="auto"
                    oninput={measure} aria-describedby={described} aria-invalid={problem.is_some().then_some("true")} />
                if props.secret {
                    <button type="button" class="quiet" onclick={toggle}>
                        { if *shown { t!("password-hide") } else { t!("password-show") } }
                        <span class="hidden">{ " " }{ t!("password-of") }</span>
                    </button>
                }
            </div>
            if let Some(problem) = problem {
                <p class="error" id={error_id} role="alert" data-testid="problem">{ texts::trouble(problem) }</p>
            } else if !props.hint.is_empty() {
                <p class="hint" id={hint_id}>{ &props.hint }</p>
            }
            if measured {
                // There before it says something, so that it is read when it does.
                <div role="status">
                    if let Some(strength) = *strength { <StrengthMeter {strength} /> }
                </div>
            }
        </div>
    }
}

/// What was typed into a field.
#[must_use]
pub fn typed(input: &NodeRef) -> String {
    input.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default()
}

/// See [`Submit`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SubmitProps {
    /// What it does.
    pub label: AttrValue,
    /// It is being done.
    pub busy: bool,
    /// Why the last try did not work; shown unless a field shows it.
    #[prop_or_default]
    pub problem: Option<Trouble>,
    /// The names of the form's fields.
    #[prop_or_default]
    pub fields: &'static [&'static str],
}

/// The form's button, and above it what went wrong.
#[function_component]
pub fn Submit(props: &SubmitProps) -> Html {
    use_language();
    let in_field = |problem: &Trouble| rules::field_of(problem).is_some_and(|field| props.fields.contains(&field));
    let problem = props.problem.as_ref().filter(|problem| !in_field(problem));
    html! {
        <>
            if let Some(problem) = problem {
                <Problem trouble={problem.clone()} />
            }
            <button type="submit" class="primary" data-testid="submit" aria-disabled={props.busy.then_some("true")}
                aria-busy={props.busy.then_some("true")}>
                if props.busy { <span class="spinner" aria-hidden="true"></span> }
                { &props.label }
            </button>
        </>
    }
}

/// See [`Problem`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ProblemProps {
    /// What went wrong.
    pub trouble: Trouble,
}

/// What went wrong, in words.
#[function_component]
pub fn Problem(props: &ProblemProps) -> Html {
    use_language();
    html! {
        <p class="problem" role="alert" data-testid="problem">
            <Icon drawing={Drawing::Warning} /><span>{ texts::trouble(&props.trouble) }</span>
        </p>
    }
}
