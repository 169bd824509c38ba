//! Signed in, and not in the room yet: naming the first one, joining by a link, waiting.

use yew::prelude::*;

use super::entrance::{Invitation, use_look_at_link};
use crate::{
    components::{
        form::{Field, Submit, typed},
        go::Go,
        session::InSession,
        sheet::{Sheet, Working},
    },
    messages::{Pending, ToWorker},
    state::{Action, Route, rules},
    texts::pages,
};

const FIELDS: &[&str] = &["name"];

/// A room is made, joined or fetched.
#[function_component]
pub(super) fn Opening(props: &InSession) -> Html {
    let state = &props.session.state;
    html! { <Working title={pages::opening(state.pending)} text={pages::opening_waits(state.connection)} /> }
}

/// A room, the first or a further one.
#[function_component]
pub(super) fn NameRoom(props: &InSession) -> Html {
    let session = &props.session;
    let name = use_node_ref();
    let submit = {
        let (session, name) = (session.clone(), name.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let name = typed(&name).trim().to_owned();
            match rules::room_name(&name) {
                Err(trouble) => session.act(Action::Refused(trouble)),
                Ok(()) => session.begin(Pending::Room, ToWorker::CreateRoom { name }),
            }
        })
    };
    let problem = &session.state.problem;
    let first = session.state.rooms.is_empty();
    let back = (!first).then(|| html! {
        <Go session={session.clone()} to={Route::Home} testid="back">{ "← Back" }<span class="hidden">{ " to the room" }</span></Go>
    });
    html! {
        <Sheet title={if first { "Name your room" } else { "A new room" }} {back}>
            <p class="lead">{ if first { pages::NAME_ROOM } else { pages::NEW_ROOM } }</p>
            <form onsubmit={submit} novalidate=true>
                <Field id="room-name" name="name" label="Name of the room" hint={pages::ROOM_NAME_HINT}
                    autocomplete="off" focused=true input={name} problem={problem.clone()} />
                <Submit label="Make the room" busy={session.state.busy} problem={problem.clone()} fields={FIELDS} />
            </form>
        </Sheet>
    }
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
    html! {
        <Sheet title="You are invited">
            <Invitation session={session.clone()} />
            <form onsubmit={submit} data-testid="join">
                <Submit label={format!("Join as {handle}")} busy={session.state.busy} problem={session.state.problem.clone()} />
            </form>
        </Sheet>
    }
}

/// In no room, and not permitted to make one.
#[function_component]
pub(super) fn NoRoom(props: &InSession) -> Html {
    html! {
        <Sheet title="You are not in a room yet">
            <p class="lead">{ pages::NO_ROOM }</p>
            <button type="button" class="secondary" data-testid="sign-out"
                onclick={props.session.telling(ToWorker::SignOut { forget: false })}>{ "Sign out" }</button>
        </Sheet>
    }
}
