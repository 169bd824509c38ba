//! Who is in the room.

use std::rc::Rc;

use igoon_shared::client::io::MemberView;
use yew::prelude::*;

use super::{
    avatar::Avatar,
    dialog::Dialog,
    presence::{AvailabilityMenu, PresenceMark},
    session::Session,
};
use crate::{state::RoomData, texts};

/// See [`People`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct PeopleProps {
    /// See [`Session`].
    pub session: Session,
    /// The room.
    pub room: Rc<RoomData>,
    /// It was closed.
    pub onclose: Callback<()>,
}

/// See the module.
#[function_component]
pub fn People(props: &PeopleProps) -> Html {
    let title = format!("People in {}", props.room.title());
    html! {
        <Dialog id="people-title" {title} onclose={&props.onclose}>
            <AvailabilityMenu session={props.session.clone()} />
            <ul class="people">{ for props.room.view().members.iter().map(|member| person(&props.room, member)) }</ul>
        </Dialog>
    }
}

/// One of them.
pub(super) fn person(room: &RoomData, member: &MemberView) -> Html {
    let name = member.handle.as_deref().unwrap_or("Somebody");
    let computers = texts::counted(member.devices, "computer", "computers");
    html! {
        <li key={member.account.to_string()} data-testid="person">
            <Avatar name={name.to_owned()} />
            <span class="name">{ name }{ if member.me { " (you)" } else { "" } }</span>
            if let Some(person) = room.presence(member.account) { <PresenceMark person={person.clone()} /> }
            <span class="about">{ format!("{}, {computers}", texts::role(member.role)) }</span>
        </li>
    }
}
