//! Signed in, and not in the room yet: naming the first one, joining by a link, inviting the first others, waiting.

use igoon_shared::client::io::RecoveryChoice;
use yew::prelude::*;

use super::entrance::{AnotherRoom, Invitation, leads_elsewhere, use_look_at_link};
use crate::{
    components::{
        form::{Field, Submit, typed},
        go::Go,
        icon::{Drawing, Icon},
        invites::InviteForm,
        recovery::choose::ChooseRecovery,
        session::{InSession, Session},
        sheet::{Sheet, Width, Working},
        steps::{Step, Steps},
    },
    messages::{Pending, ToWorker},
    state::{Action, Route, rules},
    texts::{self, t},
};

const FIELDS: &[&str] = &["name"];

/// A room is made, joined or fetched.
#[function_component]
pub(super) fn Opening(props: &InSession) -> Html {
    html! { <Working title={texts::pages::opening(props.session.state.pending)} /> }
}

/// A room, the first or a further one.
#[function_component]
pub(super) fn NameRoom(props: &InSession) -> Html {
    let session = &props.session;
    let name = use_node_ref();
    let recovery = use_state(RecoveryChoice::default);
    let choose = {
        let recovery = recovery.clone();
        Callback::from(move |choice| recovery.set(choice))
    };
    let submit = {
        let (session, name, recovery) = (session.clone(), name.clone(), *recovery);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let name = typed(&name).trim().to_owned();
            match rules::room_name(&name) {
                Err(trouble) => session.act(Action::Refused(trouble)),
                Ok(()) => session.begin(Pending::Room, ToWorker::CreateRoom { name, recovery }),
            }
        })
    };
    let problem = &session.state.problem;
    let first = session.state.rooms.is_empty();
    let back = (!first).then(|| html! {
        <Go session={session.clone()} to={Route::Home} testid="back"><Icon drawing={Drawing::Back} />{ t!("back-to-room") }</Go>
    });
    html! {
        <Sheet width={Width::Wide} title={if first { t!("name-room-title") } else { t!("new-room-title") }} {back} steps={steps(session, Step::Room)}>
            <p class="lead">{ if first { t!("name-room") } else { t!("new-room") } }</p>
            <form onsubmit={submit} novalidate=true>
                <Field id="room-name" name="name" label={t!("room-name")} hint={t!("room-name-hint")}
                    autocomplete="off" focused=true input={name} problem={problem.clone()} />
                <ChooseRecovery choice={*recovery} onchoose={choose} />
                <Submit label={t!("make-room")} busy={session.state.busy} problem={problem.clone()} fields={FIELDS} />
            </form>
        </Sheet>
    }
}

/// A room was made just now, and nobody else is in it.
#[function_component]
pub(super) fn InviteOthers(props: &InSession) -> Html {
    let session = &props.session;
    let made = session.state.founded.and_then(|room| session.state.rooms.get(&room));
    let Some(room) = made else { return Html::default() };
    let has_link = session.state.invite.as_ref().is_some_and(|invite| invite.made.is_some());
    html! {
        <Sheet title={t!("invite-others-title", room = room.title())} steps={steps(session, Step::Invite)}>
            <p class="lead">{ t!("invite-others") }</p>
            <div class="first-invite"><InviteForm session={session.clone()} room={room.clone()} /></div>
            <button type="button" class={if has_link { "secondary" } else { "quiet" }} data-testid="to-room"
                onclick={session.acting(Action::FoundedSeen)}>
                { if has_link { t!("invite-others-done") } else { t!("invite-others-later") } }
            </button>
        </Sheet>
    }
}

/// How far one has come, while a server is set up.
fn steps(session: &Session, at: Step) -> Option<Html> {
    session.state.setting_up.then(|| html! { <Steps {at} /> })
}

/// Somebody signed in opened an invite link.
#[function_component]
pub(super) fn Join(props: &InSession) -> Html {
    let session = &props.session;
    use_look_at_link(session);
    let handle = session.state.profile().map(|profile| profile.handle.clone()).unwrap_or_default();
    let submit = {
        let session = session.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(link) = session.state.route.link().cloned() {
                session.begin(Pending::Joining, ToWorker::Join(link));
            }
        })
    };
    if leads_elsewhere(session) {
        return html! { <AnotherRoom session={session.clone()} /> };
    }
    html! {
        <Sheet title={t!("invited-title")}>
            <Invitation session={session.clone()} />
            <p class="lead">{ t!("join-lead") }</p>
            <form onsubmit={submit} data-testid="join">
                <Submit label={t!("join-as", handle = handle)} busy={session.state.busy} problem={session.state.problem.clone()} />
            </form>
            <p class="aside">
                <Go session={session.clone()} to={Route::Home} testid="go-on">{ t!("join-not-now") }</Go>
            </p>
        </Sheet>
    }
}

/// In no room, and not permitted to make one.
#[function_component]
pub(super) fn NoRoom(props: &InSession) -> Html {
    html! {
        <Sheet title={t!("no-room-title")} sign={Drawing::Room}>
            <p class="lead">{ t!("no-room") }</p>
            <div class="actions">
                <button type="button" class="secondary" data-testid="sign-out"
                    onclick={props.session.telling(ToWorker::SignOut { forget: false })}>{ t!("sign-out") }</button>
            </div>
        </Sheet>
    }
}
