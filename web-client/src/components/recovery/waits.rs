//! Who waits to be let in, for everybody who may object.

use igoon_shared::client::io::WaitingView;
use yew::prelude::*;

use super::InRoom;
use crate::{
    messages::RoomDeed,
    state::{Action, AskedAction, calendar},
    texts::{account, recovery, t},
};

/// See the module.
#[function_component]
pub fn Waits(props: &InRoom) -> Html {
    let (session, room) = (&props.session, &props.room);
    let Some(view) = room.recovery() else { return Html::default() };
    let now = calendar::now();
    let today = calendar::local(now).day;
    let one = |waiting: &WaitingView| {
        let name = waiting.handle.clone().unwrap_or_else(|| room.name_of(waiting.account));
        let from = account::moment(calendar::local(waiting.from), today);
        let left = u64::try_from(waiting.from.millis_since(now)).unwrap_or_default();
        let deed = RoomDeed::Veto(waiting.entry, waiting.account);
        html! {
            <li key={waiting.entry.to_string()} data-testid="waits">
                <p><strong>{ recovery::waits(waiting, &name, &from) }</strong>{ " " }{ t!("waits-left", left = recovery::span(left)) }</p>
                if let Some(computer) = &waiting.name { <p>{ t!("asks-computer") }{ ": " }<bdi>{ computer }</bdi></p> }
                if waiting.may_veto {
                    <p class="hint">{ t!("waits-why", name = name.as_str()) }</p>
                    <p><button type="button" class="secondary danger" data-testid="veto"
                        onclick={session.acting(Action::Deed(AskedAction::Ask(view.room, deed)))}>{ t!("waits-object") }</button></p>
                } else {
                    <p class="hint">{ t!("waits-others", name = name.as_str()) }</p>
                }
            </li>
        }
    };
    html! { <ul class="asks">{ for view.waiting.iter().map(one) }</ul> }
}
