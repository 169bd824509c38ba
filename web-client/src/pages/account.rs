//! The own account: address, handle, password, where one is signed in, signing out.

use igoon_shared::protocol::http::SecretText;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::app::go_home;
use crate::{
    components::{
        code::CodeField,
        form::{Field, Problem, Submit, typed},
        session::{InSession, Session},
    },
    messages::{OwnForm, OwnWish, SessionView, ToWorker},
    state::{
        Action, OwnAction, Route, calendar, code,
        own::{Loaded, Own},
        rules,
    },
    texts::{self, account},
};

/// See the module.
#[function_component]
pub(super) fn AccountPage(props: &InSession) -> Html {
    let session = &props.session;
    let own = &session.state.own;
    {
        let worker = session.worker.clone();
        use_effect_with((), move |()| worker.emit(ToWorker::Own(OwnWish::Look)));
    }
    let back = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| {
            go_home();
            session.act(Action::Routed(Route::Home));
        })
    };
    html! {
        <main class="sheet">
            <div class="sheet-body">
                <p class="brand">
                    <button type="button" class="link" data-testid="back" onclick={back}>{ "← Back to the room" }</button>
                </p>
                <h1>{ "Your account" }</h1>
                if let Some(done) = own.done {
                    <p class="lead" role="status" data-testid="done">{ account::done(done) }</p>
                }
                { match &own.account {
                    Loaded::Loading => html! { <p class="lead" role="status">{ "Looking up your account…" }</p> },
                    Loaded::Failed(trouble) => html! {
                        <>
                            <Problem trouble={trouble.clone()} />
                            <button type="button" class="secondary" onclick={look_again(session)}>{ "Try again" }</button>
                        </>
                    },
                    Loaded::Ready(found) => html! {
                        <>
                            { section(session, "E-mail address", &found.email, OwnForm::Email, html! { <EmailForm session={session.clone()} /> }) }
                            { section(session, "Handle", &found.handle, OwnForm::Handle, html! { <HandleForm session={session.clone()} /> }) }
                            { section(session, "Password", "••••••••••", OwnForm::Password, html! { <PasswordForm session={session.clone()} /> }) }
                        </>
                    },
                } }
                <h2>{ "Where you are signed in" }</h2>
                <p class="hint">{ account::SESSIONS }</p>
                { match &own.sessions {
                    Loaded::Loading => html! { <p role="status">{ "Looking up your computers…" }</p> },
                    Loaded::Failed(trouble) => html! { <Problem trouble={trouble.clone()} /> },
                    Loaded::Ready(sessions) => html! {
                        <ul class="sessions">
                            { for sessions.iter().map(|one| html! {
                                <li key={one.session.to_string()} data-testid="session"><Entry session={session.clone()} one={one.clone()} /></li>
                            }) }
                        </ul>
                    },
                } }
                <SignOut session={session.clone()} />
            </div>
        </main>
    }
}

fn look_again(session: &Session) -> Callback<MouseEvent> {
    let session = session.clone();
    Callback::from(move |_| {
        session.act(Action::Own(OwnAction::LookAgain));
        session.tell(ToWorker::Own(OwnWish::Look));
    })
}

/// Sends one of the forms.
fn ask(session: &Session, form: OwnForm, wish: OwnWish) {
    if !session.state.own.busy {
        session.act(Action::Own(OwnAction::Asked(form)));
        session.tell(ToWorker::Own(wish));
    }
}

fn is_open(own: &Own, form: OwnForm) -> bool {
    own.open == Some(form) || (form == OwnForm::Email && own.open == Some(OwnForm::EmailCode))
}

/// Something that can be changed: its value, or the form that changes it.
fn section(session: &Session, title: &'static str, value: &str, form: OwnForm, open: Html) -> Html {
    html! {
        <section>
            <h2>{ title }</h2>
            if is_open(&session.state.own, form) {
                { open }
                <button type="button" class="link" onclick={session.acting(Action::Own(OwnAction::Close))}>{ "Leave it as it is" }</button>
            } else {
                <p>{ value }{ " " }
                    <button type="button" class="link" data-testid={format!("change-{}", title.to_lowercase().replace(' ', "-"))}
                        onclick={session.acting(Action::Own(OwnAction::Open(form)))}>
                        { "Change" }<span class="hidden">{ format!(" the {}", title.to_lowercase()) }</span>
                    </button>
                </p>
            }
        </section>
    }
}

#[function_component]
fn EmailForm(props: &InSession) -> Html {
    let session = &props.session;
    let own = &session.state.own;
    let (email, password, digits) = (use_node_ref(), use_node_ref(), use_node_ref());
    if let Some(step) = own.code.clone() {
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
        return html! {
            <form method="post" onsubmit={submit} novalidate=true>
                <CodeField {step} problem={own.problem.clone()} oncode={enter} onresend={resend} input={digits} />
                <Submit label="Change the address" busy={own.busy} />
            </form>
        };
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
            <p class="hint">{ account::CHANGE_EMAIL }</p>
            <Field id="new-email" name="email" label="New address" kind="email" autocomplete="email" focused=true
                input={email} problem={own.problem.clone()} />
            <Field id="current-password" name="current" label="Your password" secret=true autocomplete="current-password"
                input={password} problem={own.problem.clone()} />
            <Submit label="Send a code" busy={own.busy} problem={own.problem.clone()} fields={&["email", "current"][..]} />
        </form>
    }
}

#[function_component]
fn HandleForm(props: &InSession) -> Html {
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
            <p class="hint">{ account::CHANGE_HANDLE }</p>
            <Field id="new-handle" name="handle" label="New handle" hint={account::HANDLE_HINT} autocomplete="nickname"
                focused=true input={handle} problem={own.problem.clone()} />
            <Submit label="Change the handle" busy={own.busy} problem={own.problem.clone()} fields={&["handle"][..]} />
        </form>
    }
}

#[function_component]
fn PasswordForm(props: &InSession) -> Html {
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
            <p class="hint">{ account::CHANGE_PASSWORD }</p>
            <Field id="current-password" name="current" label="Present password" secret=true autocomplete="current-password"
                focused=true input={current} problem={own.problem.clone()} />
            <Field id="new-password" name="password" label="New password" hint={texts::password_rule()} secret=true
                autocomplete="new-password" input={new} problem={own.problem.clone()} />
            <Submit label="Change the password" busy={own.busy} problem={own.problem.clone()} fields={&["current", "password"][..]} />
        </form>
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct EntryProps {
    session: Session,
    one: SessionView,
}

/// A computer in the list; ending its session is asked twice.
#[function_component]
fn Entry(props: &EntryProps) -> Html {
    let (session, one) = (&props.session, &props.one);
    let form = OwnForm::EndSession(one.session);
    let own = &session.state.own;
    let name = one.device_name.as_deref().unwrap_or("A computer that has no keys yet");
    let used = (!one.current).then_some(one.last_used_at);
    let today = calendar::local(calendar::now()).day;
    let end = {
        let (session, id) = (session.clone(), one.session);
        Callback::from(move |_: MouseEvent| ask(&session, OwnForm::EndSession(id), OwnWish::EndSession(id)))
    };
    html! {
        <>
            <strong>{ name }</strong>
            if one.current { <span class="tag">{ "this computer" }</span> }
            if let Some(platform) = &one.platform { <span class="hint">{ platform }</span> }
            <span class="hint">{ account::session_times(one.created_at, used, calendar::local, today) }</span>
            if own.open == Some(form) {
                <p class="hint">{ account::END_SESSION }</p>
                if let Some(problem) = &own.problem {
                    <Problem trouble={problem.clone()} />
                }
                <button type="button" class="secondary danger" data-testid="end-session-now" onclick={end}>{ "Sign it out" }</button>
                <button type="button" class="link" onclick={session.acting(Action::Own(OwnAction::Close))}>{ "Leave it" }</button>
            } else if !one.current {
                <button type="button" class="link" data-testid="end-session"
                    onclick={session.acting(Action::Own(OwnAction::Open(form)))}>{ "Sign out there" }</button>
            }
        </>
    }
}

#[function_component]
fn SignOut(props: &InSession) -> Html {
    let session = &props.session;
    let forget = use_node_ref();
    let sign_out = {
        let (session, forget) = (session.clone(), forget.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let forget = forget.cast::<HtmlInputElement>().is_some_and(|input| input.checked());
            session.ask(ToWorker::SignOut { forget });
        })
    };
    let everywhere = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| ask(&session, OwnForm::Everywhere, OwnWish::SignOutEverywhere))
    };
    html! {
        <>
            <h2>{ "Sign out" }</h2>
            <form class="actions" onsubmit={sign_out}>
                <p class="hint">{ account::SIGN_OUT }</p>
                <label class="check" for="forget">
                    <input ref={forget} id="forget" type="checkbox" />
                    <span>{ account::FORGET }<small>{ account::FORGET_FOLLOWS }</small></span>
                </label>
                if let Some(problem) = &session.state.problem {
                    <Problem trouble={problem.clone()} />
                }
                <button type="submit" class="secondary" data-testid="sign-out">{ "Sign out here" }</button>
            </form>
            <p class="hint">{ account::SIGN_OUT_EVERYWHERE }</p>
            if let (Some(OwnForm::Everywhere), Some(problem)) = (session.state.own.open, &session.state.own.problem) {
                <Problem trouble={problem.clone()} />
            }
            <button type="button" class="secondary danger" data-testid="sign-out-everywhere" onclick={everywhere}>{ "Sign out everywhere" }</button>
        </>
    }
}
