//! The button where a room's key is lacking: it has the key asked for or handed over, and says that this is under way.

use igoon_shared::ids::RoomId;
use yew::prelude::*;

use super::{language::use_language, session::Session};
use crate::{messages::ToWorker, texts::t};

/// See [`KeyButton`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct KeyButtonProps {
    /// See [`Session`].
    pub session: Session,
    /// Whose key.
    pub room: RoomId,
    /// What the button says.
    pub label: AttrValue,
    /// How it looks.
    pub class: &'static str,
    /// What tests call it.
    pub testid: &'static str,
}

/// See the module. Whoever shows it takes it away once the key is there.
#[function_component]
pub fn KeyButton(props: &KeyButtonProps) -> Html {
    use_language();
    let asked = use_state(|| false);
    let ask = {
        let (session, room, asked) = (props.session.clone(), props.room, asked.clone());
        Callback::from(move |_: MouseEvent| {
            session.tell(ToWorker::AskForKeys { room });
            asked.set(true);
        })
    };
    html! {
        <>
            <button type="button" class={props.class} data-testid={props.testid} onclick={ask}>{ &props.label }</button>{ " " }
            <span role="status">{ if *asked { t!("key-under-way") } else { String::new() } }</span>
        </>
    }
}
