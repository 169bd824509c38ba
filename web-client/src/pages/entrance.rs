//! Signing up by an invite link, and signing in.

use std::rc::Rc;

use igoon_shared::protocol::{error::ErrorCode, http::SecretText};
use yew::prelude::*;

use crate::{
    components::{
        account_fields::{AccountFields, AccountInputs},
        avatar::Avatar,
        form::{Field, Problem, Submit, typed},
        go::Go,
        icon::{Drawing, Icon},
        session::{InSession, Session},
        sheet::Sheet,
    },
    messages::{Credentials, Stage, ToWorker, Trouble},
    state::{Action, Route, rules},
    texts::{account, t},
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
    let to_sign_in = html! {
        <p class="aside">
            { t!("invited-account") }{ " " }
            <button type="button" class="link" data-testid="have-account" onclick={&switch}>{ t!("sign-in") }</button>
        </p>
    };
    let not_valid = |trouble: &Trouble| matches!(trouble, Trouble::Refused { code: ErrorCode::InviteNotValid, .. });
    let is_dead = session.state.preview.as_ref().is_some_and(|preview| preview.as_ref().is_err_and(not_valid));
    if leads_elsewhere(session) {
        html! { <AnotherRoom session={session.clone()} /> }
    } else if *has_account {
        html! {
            <SignInSheet session={session.clone()} title={t!("invited-sign-in-title")}>
                <p class="aside">
                    { t!("invited-new") }{ " " }
                    <button type="button" class="link" onclick={switch}>{ t!("make-account") }</button>
                </p>
            </SignInSheet>
        }
    } else if is_dead {
        // Nothing can be done with it; a form would only promise otherwise.
        html! {
            <Sheet title={t!("invited-dead-title")}>
                <Invitation session={session.clone()} />
                { to_sign_in }
            </Sheet>
        }
    } else {
        html! {
            <Sheet title={t!("invited-title")}>
                <Invitation session={session.clone()} />
                <SignUpForm session={session.clone()} />
                { to_sign_in }
            </Sheet>
        }
    }
}

#[function_component]
fn SignUpForm(props: &InSession) -> Html {
    let session = &props.session;
    let inputs = use_memo((), |()| AccountInputs::default());
    let submit = {
        let (session, inputs) = (session.clone(), Rc::clone(&inputs));
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(invite) = session.state.route.link().cloned() else { return };
            let account = inputs.account();
            match rules::new_account(&account) {
                Err(trouble) => session.act(Action::Refused(trouble)),
                Ok(()) => session.ask(ToWorker::SignUp { invite, account }),
            }
        })
    };
    let problem = &session.state.problem;
    html! {
        <form method="post" onsubmit={submit} novalidate=true>
            <AccountFields inputs={(*inputs).clone()} problem={problem.clone()} focused=true />
            <Submit label={t!("invited-join")} busy={session.state.busy} problem={problem.clone()} fields={FIELDS} />
        </form>
    }
}

/// A page for somebody who has an account.
#[function_component]
pub(super) fn SignIn(props: &InSession) -> Html {
    html! {
        <SignInSheet session={props.session.clone()} title={t!("sign-in-title")}>
            <p class="aside">{ t!("sign-in-no-account") }</p>
            <OtherServer session={props.session.clone()} />
        </SignInSheet>
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

#[derive(Clone, Debug, PartialEq, Properties)]
struct SignInSheetProps {
    session: Session,
    title: AttrValue,
    children: Html,
}

/// Signing in, or asking for another password: one of them at a time. With a link, where it leads stands above.
#[function_component]
fn SignInSheet(props: &SignInSheetProps) -> Html {
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
            <Sheet title={t!("forgot-title")}>
                <p class="lead">{ t!("forgot-lead") }</p>
                <ForgotForm session={session.clone()} />
                <p class="aside"><button type="button" class="link" onclick={switch}>{ t!("forgot-back") }</button></p>
            </Sheet>
        };
    }
    html! {
        <Sheet title={&props.title}>
            if session.state.route.link().is_some() { <Invitation session={session.clone()} /> }
            <PasswordForm session={session.clone()} />
            <p class="aside">
                <button type="button" class="link" data-testid="forgot" onclick={switch}>{ t!("forgot") }</button>
            </p>
            { props.children.clone() }
        </Sheet>
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
            if let Some(why) = session.state.shut_out.and_then(account::shut_out) {
                <p class="problem" role="alert" data-testid="shut-out">
                    <Icon drawing={Drawing::Warning} /><span>{ why }</span>
                </p>
            }
            if let Some(known) = known {
                <p class="kept"><Icon drawing={Drawing::Key} /><span>{ t!("sign-in-kept", handle = known) }</span></p>
            }
            <Field id="email" name="email" label={t!("email")} kind="email" autocomplete="username" focused=true
                input={email} problem={problem.clone()} />
            <Field id="password" name="password" label={t!("password")} secret=true autocomplete="current-password"
                input={password} problem={problem.clone()} />
            <Submit label={t!("sign-in")} busy={session.state.busy} problem={problem.clone()} fields={FIELDS} />
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
            <Field id="email" name="email" label={t!("email")} kind="email" autocomplete="username" focused=true
                input={email} problem={problem.clone()} />
            <Submit label={t!("forgot-send")} busy={session.state.busy} problem={problem.clone()} fields={FIELDS} />
        </form>
    }
}

/// Where the link leads.
#[function_component]
pub(super) fn Invitation(props: &InSession) -> Html {
    match &props.session.state.preview {
        None => html! {
            <div class="invitation" role="status">
                <span class="skeleton disc"></span>
                <span class="hidden">{ t!("invited-looking") }</span>
                <span class="skeleton short"></span>
            </div>
        },
        Some(Ok(preview)) => {
            let name = preview.name.clone().unwrap_or_else(|| t!("invited-room"));
            html! {
                <div class="invitation" role="status">
                    <Avatar name={name.clone()} />
                    <p>
                        <strong data-testid="invited-to">{ name }</strong>
                        <small>{ t!("invited-people", count = preview.members) }</small>
                    </p>
                </div>
            }
        }
        Some(Err(trouble)) => html! { <Problem trouble={trouble.clone()} /> },
    }
}

/// Whether the server shows another room than the one that the link leads to.
pub(super) fn leads_elsewhere(session: &Session) -> bool {
    matches!(&session.state.preview, Some(Err(Trouble::OtherRoom)))
}

/// Says so, and offers no way to join.
#[function_component]
pub(super) fn AnotherRoom(props: &InSession) -> Html {
    html! {
        <Sheet title={t!("invited-other-title")}>
            <Invitation session={props.session.clone()} />
            <p class="aside">
                <Go session={props.session.clone()} to={Route::Home} testid="go-on">{ t!("bad-link-go-on") }</Go>
            </p>
        </Sheet>
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
