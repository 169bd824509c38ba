//! The pages that stand between a visitor and a room: what is the matter, and what can be done about it.

use yew::prelude::*;

use super::{entrance::OtherServer, set_up::promise};
use crate::{
    components::{
        form::Problem,
        go::Go,
        icon::{Drawing, Icon},
        language::use_language,
        session::{InSession, Session},
        sheet::{Sheet, Working},
        steps::{Step, Steps},
    },
    messages::{Stage, ToWorker, Trouble},
    state::Route,
    texts::{self, t},
};

/// Looking at what is stored here.
#[function_component]
pub(super) fn Starting() -> Html {
    use_language();
    html! { <Working title={t!("starting")} /> }
}

/// The keys are being made.
#[function_component]
pub(super) fn MakingKeys(props: &InSession) -> Html {
    let steps = props.session.state.setting_up.then(|| html! { <Steps at={Step::Code} /> });
    html! {
        <Working title={t!("keys-title")} text={t!("keys-lead")} {steps}>
            <ul class="promises">
                { promise(Drawing::Key, t!("keys-why"), t!("keys-why-about")) }
                { promise(Drawing::Computer, t!("keys-stay"), t!("keys-stay-about")) }
            </ul>
        </Working>
    }
}

/// This origin cannot have keys.
#[function_component]
pub(super) fn Insecure() -> Html {
    use_language();
    html! {
        <Sheet title={t!("insecure-title")} sign={Drawing::Warning}>
            <p class="lead">{ t!("insecure") }</p>
            <p>{ t!("insecure-visitor") }</p>
            <section class="part">
                <h2>{ t!("insecure-operator") }</h2>
                <ul class="ways">
                    <li>{ t!("insecure-certificate") }</li>
                    <li>{ t!("insecure-proxy") }</li>
                    <li>{ t!("insecure-try") }</li>
                </ul>
            </section>
        </Sheet>
    }
}

/// Another tab runs Igoon.
#[function_component]
pub(super) fn Elsewhere(props: &InSession) -> Html {
    html! {
        <Sheet title={t!("elsewhere-title")} sign={Drawing::Window}>
            <p class="lead">{ t!("elsewhere") }</p>
            <div class="actions">
                <button type="button" class="primary" data-testid="take-over" onclick={props.session.telling(ToWorker::TakeOver)}>
                    { t!("take-over") }
                </button>
            </div>
        </Sheet>
    }
}

/// The server does not answer, and there is nothing to show meanwhile.
#[function_component]
pub(super) fn Unreachable(props: &InSession) -> Html {
    html! {
        <Sheet title={t!("unreachable-title")} sign={Drawing::Offline}>
            <p class="lead" role="status">{ t!("unreachable") }</p>
            <div class="working"><span class="progress" aria-hidden="true"></span></div>
            <div class="actions">
                <button type="button" class="primary" onclick={props.session.telling(ToWorker::Retry)}>
                    <Icon drawing={Drawing::Retry} />{ t!("try-now") }
                </button>
            </div>
            <OtherServer session={props.session.clone()} />
        </Sheet>
    }
}

/// Signed in, and the keys are gone.
#[function_component]
pub(super) fn KeysLost(props: &InSession) -> Html {
    let session = &props.session;
    let Stage::KeysLost { handle } = &session.state.stage else { return Html::default() };
    html! {
        <Sheet title={t!("keys-lost-title", handle = handle.as_str())} sign={Drawing::Key}>
            <p class="lead">{ t!("keys-lost") }</p>
            <p>{ t!("keys-lost-next") }</p>
            if let Some(trouble) = &session.state.problem {
                <Problem trouble={trouble.clone()} />
            }
            <div class="actions">
                <button type="button" class="primary" data-testid="go-on" onclick={session.telling(ToWorker::SignOut { forget: false })}>
                    { t!("keys-lost-go-on") }
                </button>
            </div>
        </Sheet>
    }
}

/// Something must be mended before it goes on.
#[function_component]
pub(super) fn Stopped(props: &InSession) -> Html {
    let session = &props.session;
    let Stage::Stopped(trouble) = &session.state.stage else { return Html::default() };
    let button = |label: String, class: &'static str, testid: &'static str, action: Callback<MouseEvent>| {
        html! { <button type="button" {class} data-testid={testid} onclick={action}>{ label }</button> }
    };
    let forget = || button(t!("stopped-forget"), "secondary danger", "forget", session.telling(ToWorker::Forget));
    let actions = match trouble {
        Trouble::DamagedKeys => forget(),
        Trouble::DamagedRecords => html! {
            <>
                { button(t!("stopped-fetch"), "primary", "fetch-anew", session.telling(ToWorker::FetchAnew)) }
                { forget() }
            </>
        },
        Trouble::Crashed | Trouble::App(_) => {
            button(t!("stopped-reload"), "primary", "reload", Callback::from(|_| reload()))
        }
        _ => button(t!("try-again"), "primary", "retry", session.telling(ToWorker::Retry)),
    };
    html! {
        <Sheet title={texts::pages::stopped(trouble)} sign={Drawing::Warning}>
            <p class="lead" role="alert" data-testid="problem">{ texts::trouble(trouble) }</p>
            <div class="actions">{ actions }</div>
        </Sheet>
    }
}

/// Signed in as somebody else than the stored keys belong to.
#[function_component]
pub(super) fn OtherAccount(props: &InSession) -> Html {
    let session = &props.session;
    let Stage::OtherAccount { stored, handle } = &session.state.stage else { return Html::default() };
    let (stored, handle) = (stored.as_str(), handle.as_str());
    html! {
        <Sheet title={t!("other-account-title", stored = stored)} sign={Drawing::Key}>
            <p class="lead">{ t!("other-account", stored = stored, handle = handle) }</p>
            if let Some(trouble) = &session.state.problem {
                <Problem trouble={trouble.clone()} />
            }
            <div class="actions">
                <button type="button" class="primary" data-testid="keep" onclick={session.telling(ToWorker::SignOut { forget: false })}>
                    { t!("other-account-keep") }
                </button>
                <button type="button" class="secondary danger" data-testid="forget" onclick={session.telling(ToWorker::Forget)}>
                    { t!("other-account-remove", handle = handle) }
                </button>
            </div>
        </Sheet>
    }
}

/// An invite link that was cut short or changed.
#[function_component]
pub(super) fn BadLink(props: &InSession) -> Html {
    html! {
        <DeadEnd session={props.session.clone()} title={t!("bad-link-title")} sign={Drawing::Link} why={t!("bad-link")}
            on={t!("bad-link-go-on")} />
    }
}

/// Nothing is at this address, or nothing for this account.
#[function_component]
pub(super) fn NotFound(props: &InSession) -> Html {
    html! {
        <DeadEnd session={props.session.clone()} title={t!("not-found-title")} sign={Drawing::Unknown} why={t!("not-found")}
            on={t!("not-found-go")} />
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct DeadEndProps {
    session: Session,
    title: AttrValue,
    sign: Drawing,
    /// Why it goes on here no further.
    why: AttrValue,
    /// What the way out is called.
    on: AttrValue,
}

/// An address that leads nowhere, and the way out.
#[function_component]
fn DeadEnd(props: &DeadEndProps) -> Html {
    html! {
        <Sheet title={&props.title} sign={props.sign}>
            <p class="lead">{ &props.why }</p>
            <div class="actions">
                <Go session={props.session.clone()} to={Route::Home} class="button primary" testid="go-on">{ &props.on }</Go>
            </div>
        </Sheet>
    }
}

fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}
