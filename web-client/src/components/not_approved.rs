//! What stands in the timeline's place on a computer that has no keys: what that means, what comes next, and what can be seen
//! of the room all the same.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    icon::{Drawing, Icon},
    language::use_language,
    people::person,
};
use crate::{state::RoomData, texts::t};

/// See [`NotApproved`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct NotApprovedProps {
    /// The room.
    pub room: Rc<RoomData>,
}

/// See the module.
#[function_component]
pub fn NotApproved(props: &NotApprovedProps) -> Html {
    use_language();
    let members = &props.room.view().members;
    html! {
        <div class="not-approved" tabindex="0" data-testid="not-approved">
            <div class="column">
                <span class="sign"><Icon drawing={Drawing::Key} /></span>
                <h2>{ t!("not-approved-title") }</h2>
                <p>{ t!("not-approved") }</p>
                <h3>{ t!("not-approved-next") }</h3>
                <ul class="promises">
                    <li><Icon drawing={Drawing::Computer} /><span>{ t!("not-approved-other") }</span></li>
                    <li><Icon drawing={Drawing::Person} /><span>{ t!("not-approved-lost") }</span></li>
                </ul>
                if members.is_empty() {
                    <p role="status">{ t!("not-approved-loading") }</p>
                } else {
                    <h3>{ t!("not-approved-people") }</h3>
                    <ul class="people">{ for members.iter().map(|member| person(&props.room, member, Html::default())) }</ul>
                }
            </div>
        </div>
    }
}
