//! What can be changed about the own account, and the forms that change it.

use igoon_shared::protocol::http::SecretText;
use yew::prelude::*;

use super::ask;
use crate::{
    components::{
        code::CodeField,
        focus::use_recovery,
        form::{Field, Submit, typed},
        session::{InSession, Session},
    },
    messages::{OwnForm, OwnWish},
    state::{Action, OwnAction, code, own::Own, rules},
    texts::{self, t},
};

/// See [`Setting`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct SettingProps {
    pub(super) session: Session,
    /// What it is.
    pub(super) title: AttrValue,
    /// The same for tests, in one word.
    pub(super) name: AttrValue,
    /// How it is now.
    pub(super) value: AttrValue,
    /// The form that changes it,
    pub(super) form: OwnForm,
    /// as it is shown while it is open.
    pub(super) children: Html,
}

/// Something that can be changed: its value, or the form that changes it.
#[function_component]
pub(super) fn Setting(props: &SettingProps) -> Html {
    let (session, form) = (&props.session, props.form);
    let open = is_open(&session.state.own, form);
    let change = use_node_ref();
    use_recovery(change.clone(), open);
    html! {
        <section class="setting" data-testid={format!("setting-{}", props.name)}>
            <div class="line">
                <div>
                    <h2>{ &props.title }</h2>
                    if !open { <p class="value" data-testid={format!("own-{}", props.name)}>{ &props.value }</p> }
                </div>
                if open {
                    <button type="button" class="link" data-testid="leave-it"
                        onclick={session.acting(Action::Own(OwnAction::Close))}>{ t!("leave-as-is") }</button>
                } else {
                    <button ref={change} type="button" class="secondary" data-testid={format!("change-{}", props.name)}
                        onclick={session.acting(Action::Own(OwnAction::Open(form)))}>
                        { t!("change") }<span class="hidden">{ " " }{ &props.title }</span>
                    </button>
                }
            </div>
            if open { { props.children.clone() } }
        </section>
    }
}

fn is_open(own: &Own, form: OwnForm) -> bool {
    own.open == Some(form) || (form == OwnForm::Email && own.open == Some(OwnForm::EmailCode))
}

#[function_component]
pub(super) fn EmailForm(props: &InSession) -> Html {
    let session = &props.session;
    let own = &session.state.own;
    let (email, password) = (use_node_ref(), use_node_ref());
    if own.code.is_some() {
        return html! { <EmailCodeForm session={session.clone()} /> };
    }
    let submit = {
        let (session, email, password) = (session.clone(), email.clone(), password.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (email, password) = (typed(&email), SecretText::new(typed(&password)));
            match rules::email(&email) {
                Err(trouble) => session.act(Action::Own(OwnAction::Refused(trouble))),
                Ok(()) => ask(&session, OwnForm::Email, OwnWish::ChangeEmail { email, password }),
            }
        })
    };
    html! {
        <form method="post" onsubmit={submit} novalidate=true>
            <p class="hint">{ t!("change-email-follows") }</p>
            <Field id="new-email" name="email" label={t!("new-email")} kind="email" autocomplete="email" focused=true
                input={email} problem={own.problem.clone()} />
            <Field id="current-password" name="current" label={t!("your-password")} secret=true autocomplete="current-password"
                input={password} problem={own.problem.clone()} />
            <Submit label={t!("forgot-send")} busy={own.busy} problem={own.problem.clone()} fields={&["email", "current"][..]} />
        </form>
    }
}

/// The code that went to the new address.
#[function_component]
fn EmailCodeForm(props: &InSession) -> Html {
    let session = &props.session;
    let own = &session.state.own;
    let digits = use_node_ref();
    let Some(step) = own.code.clone() else { return Html::default() };
    let enter = {
        let session = session.clone();
        Callback::from(move |digits: SecretText| ask(&session, OwnForm::EmailCode, OwnWish::EnterCode { digits }))
    };
    let resend = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| ask(&session, OwnForm::EmailCode, OwnWish::ResendCode))
    };
    let submit = {
        let (enter, session, digits) = (enter.clone(), session.clone(), digits.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match code::find(&typed(&digits)) {
                Some(found) => enter.emit(found),
                None => session.act(Action::Own(OwnAction::Refused(rules::incomplete_code()))),
            }
        })
    };
    let void = step.void;
    html! {
        <form method="post" onsubmit={submit} novalidate=true>
            <CodeField {step} problem={own.problem.clone()} oncode={enter} onresend={resend} input={digits} />
            if !void { <Submit label={t!("change-email")} busy={own.busy} /> }
        </form>
    }
}

#[function_component]
pub(super) fn HandleForm(props: &InSession) -> Html {
    let session = &props.session;
    let own = &session.state.own;
    let handle = use_node_ref();
    let submit = {
        let (session, handle) = (session.clone(), handle.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let handle = typed(&handle);
            match rules::handle(&handle) {
                Err(trouble) => session.act(Action::Own(OwnAction::Refused(trouble))),
                Ok(()) => ask(&session, OwnForm::Handle, OwnWish::ChangeHandle { handle }),
            }
        })
    };
    html! {
        <form method="post" onsubmit={submit} novalidate=true>
            <p class="hint">{ t!("change-handle-follows") }</p>
            <Field id="new-handle" name="handle" label={t!("new-handle")} hint={t!("handle-hint")} autocomplete="nickname"
                focused=true input={handle} problem={own.problem.clone()} />
            <Submit label={t!("change-handle")} busy={own.busy} problem={own.problem.clone()} fields={&["handle"][..]} />
        </form>
    }
}

#[function_component]
pub(super) fn PasswordForm(props: &InSession) -> Html {
    let session = &props.session;
    let own = &session.state.own;
    let (current, new) = (use_node_ref(), use_node_ref());
    let submit = {
        let (session, current, new) = (session.clone(), current.clone(), new.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (current, new) = (SecretText::new(typed(&current)), SecretText::new(typed(&new)));
            match rules::password(new.expose()) {
                Err(trouble) => session.act(Action::Own(OwnAction::Refused(trouble))),
                Ok(()) => ask(&session, OwnForm::Password, OwnWish::ChangePassword { current, new }),
            }
        })
    };
    html! {
        <form method="post" onsubmit={submit} novalidate=true>
            <p class="hint">{ t!("change-password-follows") }</p>
            <Field id="current-password" name="current" label={t!("present-password")} secret=true autocomplete="current-password"
                focused=true input={current} problem={own.problem.clone()} />
            <Field id="new-password" name="password" label={t!("password-new")} hint={texts::password_rule()} secret=true
                autocomplete="new-password" input={new} problem={own.problem.clone()} />
            <Submit label={t!("change-password")} busy={own.busy} problem={own.problem.clone()} fields={&["current", "password"][..]} />
        </form>
    }
}
