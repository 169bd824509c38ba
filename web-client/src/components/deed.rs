//! The question before something is done to a room or its people: what follows from it, in plain words.

use igoon_shared::log::Role;
use yew::prelude::*;

use super::{dialog::Dialog, form::Problem, session::InSession};
use crate::{
    messages::{RoomDeed, RoomWish, ToWorker},
    state::{Action, AskedAction},
    texts::{
        members::{Target, question},
        t,
    },
};

/// See the module. Shown as long as something is asked or being done.
#[function_component]
pub fn DeedDialog(props: &InSession) -> Html {
    let session = &props.session;
    let Some(asked) = &session.state.asked else { return Html::default() };
    let Some(room) = session.state.rooms.get(&asked.room) else { return Html::default() };
    let member = match asked.deed {
        RoomDeed::Remove(account)
        | RoomDeed::SetRole(account, _)
        | RoomDeed::PassOwnership(account)
        | RoomDeed::Veto(_, account)
        | RoomDeed::TurnDown(_, account) => room.member(account),
        RoomDeed::Leave | RoomDeed::SetHistory(_) | RoomDeed::SetRecovery(_) => None,
    };
    let name = member.map(|member| room.name_of(member.account)).unwrap_or_default();
    let (role, me) = member.map_or((Role::Member, false), |member| (member.role, member.me));
    let question =
        question(asked.deed, Target { name: &name, role, me, recovery: room.view().recovery }, &room.title());
    let confirm = {
        let (session, deed) = (session.clone(), asked.deed);
        let (room, busy) = (asked.room, asked.busy);
        Callback::from(move |_: MouseEvent| {
            if !busy {
                session.act(Action::Deed(AskedAction::Confirmed));
                session.tell(ToWorker::InRoom { room, wish: RoomWish::Do(deed) });
            }
        })
    };
    let drop = session.acting(Action::Deed(AskedAction::Dropped));
    let kind = if question.grave { "primary danger" } else { "primary" };
    html! {
        <Dialog id="deed-title" title={question.title} onclose={drop}>
            <p data-testid="deed-follows">{ question.follows }</p>
            if let Some(trouble) = &asked.failed { <Problem trouble={trouble.clone()} /> }
            <div class="choice">
                <button type="button" class="secondary" data-testid="deed-not" onclick={session.acting(Action::Deed(AskedAction::Dropped))}>
                    { t!("deed-not") }
                </button>
                <button type="button" class={kind} data-testid="deed-now" onclick={confirm}
                    aria-disabled={asked.busy.then_some("true")} aria-busy={asked.busy.then_some("true")}>
                    if asked.busy { <span class="spinner" aria-hidden="true"></span> }
                    { question.now }
                </button>
            </div>
        </Dialog>
    }
}
