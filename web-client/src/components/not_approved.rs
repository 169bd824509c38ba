//! What stands in the timeline's place on a computer that has no keys: what that means, what comes next, and what can be seen
//! of the room all the same.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    icon::{Drawing, Icon},
    people::person,
};
use crate::{state::RoomData, texts::room as texts};

/// See [`NotApproved`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct NotApprovedProps {
    /// The room.
    pub room: Rc<RoomData>,
}

/// See the module.
#[function_component]
pub fn NotApproved(props: &NotApprovedProps) -> Html {
    let members = &props.room.view().members;
    html! {
        <div class="not-approved" data-testid="not-approved">
            <div class="column">
                <Icon drawing={Drawing::Lock} />
                <h2>{ texts::NOT_APPROVED_TITLE }</h2>
                <p>{ texts::NOT_APPROVED }</p>
                <h3>{ "What comes next" }</h3>
                <ul class="ways">
                    <li>{ texts::NOT_APPROVED_OTHER }</li>
                    <li>{ texts::NOT_APPROVED_LOST }</li>
                </ul>
                if members.is_empty() {
                    <p role="status">{ texts::NOT_APPROVED_LOADING }</p>
                } else {
                    <h3>{ texts::NOT_APPROVED_PEOPLE }</h3>
                    <ul class="people">{ for members.iter().map(|member| person(&props.room, member)) }</ul>
                }
            </div>
        </div>
    }
}
