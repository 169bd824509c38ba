//! The pages that stand between a visitor and a room: what is the matter, and what can be done about it.

use yew::prelude::*;

use crate::{
    components::{
        form::Problem,
        go::Go,
        session::InSession,
        sheet::{Sheet, Working},
    },
    messages::{Stage, ToWorker, Trouble},
    state::Route,
    texts,
};

/// Looking at what is stored here.
#[function_component]
pub(super) fn Starting() -> Html {
    html! { <Working title="Opening Igoon…" /> }
}

/// The keys are being made.
#[function_component]
pub(super) fn MakingKeys() -> Html {
    html! {
        <Working title="Making this computer's keys…"
            text={texts::pages::MAKING_KEYS} />
    }
}

/// This origin cannot have keys.
#[function_component]
pub(super) fn Insecure() -> Html {
    html! {
        <Sheet title="This address is not secure">
            <p class="lead">{ texts::account::INSECURE }</p>
            <p>{ texts::account::INSECURE_VISITOR }</p>
            <section class="part">
                <h2>{ "If you run this server" }</h2>
                <ul class="ways">{ for texts::account::INSECURE_OPERATOR.iter().map(|line| html! { <li>{ *line }</li> }) }</ul>
            </section>
        </Sheet>
    }
}

/// Another tab runs Igoon.
#[function_component]
pub(super) fn Elsewhere(props: &InSession) -> Html {
    html! {
        <Sheet title="Igoon is open in another tab">
            <p class="lead">{ texts::pages::ELSEWHERE }</p>
            <button type="button" class="primary" data-testid="take-over" onclick={props.session.telling(ToWorker::TakeOver)}>
                { "Use it here" }
            </button>
        </Sheet>
    }
}

/// The server does not answer, and there is nothing to show meanwhile.
#[function_component]
pub(super) fn Unreachable(props: &InSession) -> Html {
    html! {
        <Sheet title="The server does not answer">
            <p class="lead" role="status">{ texts::pages::UNREACHABLE }</p>
            <button type="button" class="primary" onclick={props.session.telling(ToWorker::Retry)}>{ "Try now" }</button>
        </Sheet>
    }
}

/// Something must be mended before it goes on.
#[function_component]
pub(super) fn Stopped(props: &InSession) -> Html {
    let session = &props.session;
    let Stage::Stopped(trouble) = &session.state.stage else { return Html::default() };
    let button = |label: &'static str, class: &'static str, testid: &'static str, action: Callback<MouseEvent>| {
        html! { <button type="button" {class} data-testid={testid} onclick={action}>{ label }</button> }
    };
    let forget =
        || button("Remove everything and sign in anew", "secondary", "forget", session.telling(ToWorker::Forget));
    let actions = match trouble {
        Trouble::DamagedKeys => forget(),
        Trouble::DamagedRecords => html! {
            <>
                { button("Fetch the rooms anew", "primary", "fetch-anew", session.telling(ToWorker::FetchAnew)) }
                { forget() }
            </>
        },
        Trouble::OtherBuild | Trouble::Crashed => {
            button("Load the page again", "primary", "reload", Callback::from(|_| reload()))
        }
        _ => button("Try again", "primary", "retry", session.telling(ToWorker::Retry)),
    };
    html! {
        <Sheet title={texts::pages::stopped(trouble)}>
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
    html! {
        <Sheet title={format!("This computer holds the keys of {stored}")}>
            <p class="lead">{ texts::pages::other_account(stored, handle) }</p>
            if let Some(trouble) = &session.state.problem {
                <Problem trouble={trouble.clone()} />
            }
            <div class="actions">
                <button type="button" class="primary" onclick={session.telling(ToWorker::SignOut { forget: false })}>
                    { format!("Keep the keys of {stored} and sign out") }
                </button>
                <button type="button" class="secondary danger" data-testid="forget" onclick={session.telling(ToWorker::Forget)}>
                    { format!("Remove them and go on as {handle}") }
                </button>
            </div>
        </Sheet>
    }
}

/// An invite link that was cut short or changed.
#[function_component]
pub(super) fn BadLink(props: &InSession) -> Html {
    html! {
        <Sheet title="This invite link is not complete">
            <p class="lead">{ texts::pages::BAD_LINK }</p>
            <Go session={props.session.clone()} to={Route::Home} class="button secondary" testid="go-on">{ "Go on without it" }</Go>
        </Sheet>
    }
}

/// Nothing is at this address, or nothing for this account.
#[function_component]
pub(super) fn NotFound(props: &InSession) -> Html {
    html! {
        <Sheet title="Nothing is here">
            <p class="lead">{ texts::pages::NOT_FOUND }</p>
            <Go session={props.session.clone()} to={Route::Home} class="button secondary" testid="go-on">{ "Go to Igoon" }</Go>
        </Sheet>
    }
}

fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}
