//! What stands in the composer's place in a room that is over for this computer: who ended it, when, and what can be done.

use std::rc::Rc;

use igoon_shared::client::io::{Remedy, Standing};
use yew::prelude::*;

use super::{
    go::Go,
    icon::{Drawing, Icon},
    session::Session,
};
use crate::{
    messages::ToWorker,
    state::{RoomData, Route, calendar},
    texts::{account, members, t},
};

/// See [`Ended`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct EndedProps {
    /// See [`Session`].
    pub session: Session,
    /// The room.
    pub room: Rc<RoomData>,
}

/// See the module.
#[function_component]
pub fn Ended(props: &EndedProps) -> Html {
    let (session, view) = (&props.session, props.room.view());
    let (mine, when) = match view.standing {
        Standing::Ended(ending) => {
            let today = calendar::local(calendar::now()).day;
            let mine = session.state.profile().is_some_and(|profile| profile.account == ending.by);
            (mine, account::moment(calendar::local(ending.at), today))
        }
        _ => (false, String::new()),
    };
    let Some((why, what)) = members::ended(view, mine, &when) else { return Html::default() };
    html! {
        <div class="foot ended" role="status" data-testid="ended">
            <Icon drawing={Drawing::Lock} />
            <div>
                <p><strong>{ why }</strong></p>
                <p>{ t!("ended-stays") }{ " " }{ what }</p>
                if view.standing.remedy() == Some(Remedy::MakeNewKeys) {
                    <button type="button" class="primary" data-testid="new-keys" onclick={session.telling(ToWorker::NewKeys)}>
                        { t!("ended-make-keys") }
                    </button>
                }
                <Go session={session.clone()} to={Route::RoomLog(view.room)} testid="room-log">{ t!("room-log") }</Go>
            </div>
        </div>
    }
}
