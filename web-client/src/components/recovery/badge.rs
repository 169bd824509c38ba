//! What every member sees all the time of what was chosen for their room, and that somebody asks to come back.

use yew::prelude::*;

use super::InRoom;
use crate::{
    components::{
        go::Go,
        icon::{Drawing, Icon},
    },
    state::Route,
    texts::{recovery, t},
};

/// How recovery goes here: the way to the page about it.
#[function_component]
pub fn RecoveryBadge(props: &InRoom) -> Html {
    let view = props.room.view();
    let Some(mode) = view.recovery else { return Html::default() };
    html! {
        <Go session={props.session.clone()} to={Route::RoomRecovery(view.room)} class="recovery-badge" testid="recovery-badge">
            <Icon drawing={Drawing::Key} /><span>{ recovery::badge(mode) }</span>
        </Go>
    }
}

/// Somebody waits for an answer of this person.
#[function_component]
pub fn AsksMark(props: &InRoom) -> Html {
    let view = props.room.view();
    if view.recovery_wanted == 0 {
        return Html::default();
    }
    html! {
        <Go session={props.session.clone()} to={Route::RoomRecovery(view.room)} class="button secondary asks-mark" testid="asks-mark">
            <Icon drawing={Drawing::Computer} /><span class="wide">{ t!("asks-mark", count = view.recovery_wanted) }</span>
        </Go>
    }
}
