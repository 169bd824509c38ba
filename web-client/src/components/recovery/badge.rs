//! What every member sees all the time of what was chosen for their room, and that somebody asks to come back.

use yew::prelude::*;

use super::{InRoom, use_recovery_view};
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
            <Icon drawing={Drawing::Key} /><span class="wide">{ recovery::badge(mode) }</span>
            <span class="narrow" aria-hidden="true">{ recovery::short(mode) }</span>
        </Go>
    }
}

/// Somebody waits for an answer of this person, or will be let in unless this person objects.
#[function_component]
pub fn AsksMark(props: &InRoom) -> Html {
    use_recovery_view(&props.session, &props.room);
    let view = props.room.view();
    let waits = props.room.recovery().is_some_and(|recovery| recovery.waiting.iter().any(|waiting| waiting.may_veto));
    let words = match view.recovery_wanted {
        0 if waits => t!("waits-mark"),
        0 => return Html::default(),
        count => t!("asks-mark", count = count),
    };
    html! {
        <Go session={props.session.clone()} to={Route::RoomRecovery(view.room)} class="button secondary asks-mark" testid="asks-mark">
            <Icon drawing={Drawing::Computer} /><span class="wide">{ words }</span>
        </Go>
    }
}
