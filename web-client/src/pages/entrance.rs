//! Signing up by an invite link, and signing in.

use igoon_shared::protocol::{error::ErrorCode, http::SecretText};
use yew::prelude::*;

use crate::{
    components::{
        form::{Field, Problem, Submit, typed},
        icon::{Drawing, Icon},
        session::{InSession, Session},
        sheet::Sheet,
    },
    messages::{Credentials, NewAccount, Stage, ToWorker, Trouble},
    state::{Action, rules},
    texts::{self, account, t},
};

const FIELDS: &[&str] = &["email", "handle", "password"];

/// A page for somebody who was invited: a new account, or one that exists.
#[function_component]
pub(super) fn SignUp(props: &InSession) -> Html {
    let session = &props.session;
    let has_account = use_state(|| false);
    use_look_at_link(session);
    let switch = {
        let (session, has_account) = (session.clone(), has_account.clone());
        Callback::from(move |_: MouseEvent| {
            session.act(Action::ProblemSeen);
            has_account.set(!*has_account);
        })
    };
    let not_valid = |trouble: &Trouble| matches!(trouble, Trouble::Refused { code: ErrorCode::InviteNotValid, .. });
    if !*has_account && session.state.preview.as_ref().is_some_and(|preview| preview.as_ref().is_err_and(not_valid)) {
        // Nothing can be done with it; a form would only promise otherwise.
        return html! {
            <Sheet title="This link is not valid any more">
                <Invitation session={session.clone()} />
                <p class="aside">
                    { texts::pages::HAVE_ACCOUNT }{ " " }
                    <button type="button" class="link" data-testid="have-account" onclick={switch}>{ "Sign in" }</button>
                </p>
            </Sheet>
        };
    }
    if *has_account {
        return html! {
            <Sheet title="Sign in to join">
                <Invitation session={session.clone()} />
                <SignInForm session={session.clone()} />
                <p class="aside">
                    { "New here? " }<button type="button" class="link" onclick={switch}>{ "Make an account" }</button>
                </p>
            </Sheet>
        };
    }
    html! {
        <Sheet title="You are invited">
            <Invitation session={session.clone()} />
            <SignUpForm session={session.clone()} />
            <p class="aside">
                { texts::pages::HAVE_ACCOUNT }{ " " }
                <button type="button" class="link" data-testid="have-account" onclick={switch}>{ "Sign in" }</button>
            </p>
        </Sheet>
    }
}

#[function_component]
fn SignUpForm(props: &InSession) -> Html {
    let session = &props.session;
    let (email, handle, password) = (use_node_ref(), use_node_ref(), use_node_ref());
    let submit = {
        let session = session.clone();
        let (email, handle, password) = (email.clone(), handle.clone(), password.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(invite) = session.state.route.link().cloned() else { return };
            let account = NewAccount {
                email: typed(&email),
                handle: typed(&handle),
                password: SecretText::new(typed(&password)),
            };
            match rules::new_account(&account) {
                Err(trouble) => session.act(Action::Refused(trouble)),
                Ok(()) => session.ask(ToWorker::SignUp { invite, account }),
            }
        })
    };
    let problem = &session.state.problem;
    html! {
        <form method="post" onsubmit={submit} novalidate=true>
            <Field id="email" name="email" label="E-mail address" hint={account::EMAIL_HINT} kind="email"
                autocomplete="email" focused=true input={email} problem={problem.clone()} />
            <Field id="handle" name="handle" label="Handle" hint={account::HANDLE_HINT}
                autocomplete="nickname" input={handle} problem={problem.clone()} />
            <Field id="password" name="password" label="Password" hint={texts::password_rule()} secret=true
                autocomplete="new-password" input={password} problem={problem.clone()} />
            <Submit label="Join" busy={session.state.busy} problem={problem.clone()} fields={FIELDS} />
        </form>
    }
}

/// A page for somebody who has an account.
#[function_component]
pub(super) fn SignIn(props: &InSession) -> Html {
    html! {
        <Sheet title="Sign in">
            <SignInForm session={props.session.clone()} />
            <p class="aside">{ account::NO_ACCOUNT }</p>
            <OtherServer session={props.session.clone()} />
        </Sheet>
    }
}

/// Which server this is, and the way to another one, where there is a way.
#[function_component]
pub(super) fn OtherServer(props: &InSession) -> Html {
    let place = &props.session.state.place;
    if !place.is_movable() {
        return Html::default();
    }
    html! {
        <p class="aside">
            { t!("server-address-now", server = place.origin()) }{ " " }
            <button type="button" class="link" data-testid="change-server" onclick={props.session.acting(Action::LeaveServer)}>
                { t!("server-address-change") }
            </button>
        </p>
    }
}

/// Signing in, or asking for another password: one of them at a time.
#[function_component]
fn SignInForm(props: &InSession) -> Html {
    let session = &props.session;
    let forgot = use_state(|| false);
    let switch = {
        let (session, forgot) = (session.clone(), forgot.clone());
        Callback::from(move |_: MouseEvent| {
            session.act(Action::ProblemSeen);
            forgot.set(!*forgot);
        })
    };
    if *forgot {
        return html! {
            <>
                <ForgotForm session={session.clone()} />
                <p class="aside"><button type="button" class="link" onclick={switch}>{ "Back to signing in" }</button></p>
            </>
        };
    }
    html! {
        <>
            <PasswordForm session={session.clone()} />
            <p class="aside">
                <button type="button" class="link" data-testid="forgot" onclick={switch}>{ "Forgot the password?" }</button>
            </p>
        </>
    }
}

#[function_component]
fn PasswordForm(props: &InSession) -> Html {
    let session = &props.session;
    let (email, password) = (use_node_ref(), use_node_ref());
    let submit = {
        let (session, email, password) = (session.clone(), email.clone(), password.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let account = Credentials { email: typed(&email), password: SecretText::new(typed(&password)) };
            match rules::email(&account.email) {
                Err(trouble) => session.act(Action::Refused(trouble)),
                Ok(()) => session.ask(ToWorker::SignIn { account, invite: session.state.route.link().cloned() }),
            }
        })
    };
    let known = match &session.state.stage {
        Stage::SignedOut { handle } => handle.clone(),
        _ => None,
    };
    let problem = &session.state.problem;
    html! {
        <form method="post" onsubmit={submit} novalidate=true>
            if let Some(known) = &known {
                <p class="kept"><Icon drawing={Drawing::Lock} />
                    <span>{ texts::pages::keys_kept(known) }</span>
                </p>
            }
            <Field id="email" name="email" label="E-mail address" kind="email" autocomplete="username" focused=true
                input={email} problem={problem.clone()} />
            <Field id="password" name="password" label="Password" secret=true autocomplete="current-password"
                input={password} problem={problem.clone()} />
            <Submit label="Sign in" busy={session.state.busy} problem={problem.clone()} fields={FIELDS} />
        </form>
    }
}

#[function_component]
fn ForgotForm(props: &InSession) -> Html {
    let session = &props.session;
    let email = use_node_ref();
    let submit = {
        let (session, email) = (session.clone(), email.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let email = typed(&email);
            match rules::email(&email) {
                Err(trouble) => session.act(Action::Refused(trouble)),
                Ok(()) => {
                    session.ask(ToWorker::ResetPassword { email, invite: session.state.route.link().cloned() });
                }
            }
        })
    };
    let problem = &session.state.problem;
    html! {
        <form method="post" onsubmit={submit} novalidate=true>
            <p class="lead">{ account::FORGOT }</p>
            <Field id="email" name="email" label="E-mail address" kind="email" autocomplete="username" focused=true
                input={email} problem={problem.clone()} />
            <Submit label="Send a code" busy={session.state.busy} problem={problem.clone()} fields={FIELDS} />
        </form>
    }
}

/// Where the link leads.
#[function_component]
pub(super) fn Invitation(props: &InSession) -> Html {
    match &props.session.state.preview {
        None => html! { <p class="lead invitation" role="status">{ "Looking where the link leads…" }</p> },
        Some(Ok(preview)) => {
            let people =
                texts::counted(usize::try_from(preview.members).unwrap_or(usize::MAX), "person is", "people are");
            let name = preview.name.as_deref().unwrap_or("a room");
            html! {
                <p class="lead invitation" role="status">
                    { "The link leads to " }<strong data-testid="invited-to">{ name }</strong>{ format!(". {people} in it.") }
                </p>
            }
        }
        Some(Err(trouble)) => html! { <Problem trouble={trouble.clone()} /> },
    }
}

/// Asks where the opened link leads, once for each link.
#[hook]
pub(super) fn use_look_at_link(session: &Session) {
    let worker = session.worker.clone();
    use_effect_with(session.state.route.clone(), move |route| {
        if let Some(link) = route.link() {
            worker.emit(ToWorker::LookAtInvite(link.clone()));
        }
    });
}
