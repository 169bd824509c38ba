//! What stands in a timeline besides messages: days, the mark above the first new message, the room's beginning, and what is
//! still to come.

use std::rc::Rc;

use igoon_shared::ids::{AccountId, RoomId, Seq};
use yew::prelude::*;

use super::{keeper::STRETCH, line::LineRow};
use crate::{
    components::{
        icon::{Drawing, Icon},
        language::use_language,
        message::MessageRow,
    },
    messages::ToWorker,
    state::timeline::{Day, Row, Stretch},
    texts::t,
};

/// See [`DayRows`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct DayRowsProps {
    /// The day.
    pub(super) day: Rc<Day>,
    /// What its messages need.
    pub(super) talk: Talk,
}

/// What every message needs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Talk {
    /// Where.
    pub(super) room: RoomId,
    /// To the worker.
    pub(super) worker: Callback<ToWorker>,
    /// The names of those who have a message are asked for.
    pub(super) names: Callback<(AccountId, Seq)>,
    /// Safety numbers are to be compared with somebody.
    pub(super) compare: Callback<AccountId>,
}

/// A day's name, which stays in view as long as something of the day is, and its messages.
#[function_component]
pub(super) fn DayRows(props: &DayRowsProps) -> Html {
    use_language();
    let DayRowsProps { day, talk } = props;
    let stretch = |stretch: &Rc<Stretch>| {
        html! { <StretchRows key={stretch.number} stretch={Rc::clone(stretch)} talk={talk.clone()} /> }
    };
    html! {
        <section class="day">
            <h2><span>{ &day.name }</span></h2>
            // A list of its own: beside what has no key, Yew compares by position, and a new row makes all of them anew.
            <>{ for day.stretches.iter().map(stretch) }</>
        </section>
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct StretchRowsProps {
    stretch: Rc<Stretch>,
    talk: Talk,
}

/// Some messages: of a long timeline, these are rendered anew alone when one of them changes.
#[function_component]
fn StretchRows(props: &StretchRowsProps) -> Html {
    use_language();
    let StretchRowsProps { stretch, talk: Talk { room, worker, names, compare } } = props;
    let rows = stretch.rows.iter().flat_map(|row| match row {
        Row::Line(line) => [None, Some(html! { <LineRow key={line.key.clone()} line={Rc::clone(line)} {compare} /> })],
        Row::Message(entry) => {
            let mark =
                entry.new.then(|| html! { <p key="new" class="new-mark"><span>{ t!("new-messages") }</span></p> });
            let row = html! {
                <MessageRow key={entry.key.clone()} entry={Rc::clone(entry)} room={*room} {worker} {names} />
            };
            [mark, Some(row)]
        }
    });
    html! { <div class={STRETCH}>{ for rows.flatten() }</div> }
}

/// See [`Beginning`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct BeginningProps {
    /// What the room is called.
    pub(super) title: AttrValue,
    /// Nobody else is in it.
    pub(super) alone: bool,
    /// Makes an invite.
    pub(super) invite: Option<Callback<MouseEvent>>,
}

/// What stands before the first message.
#[function_component]
pub(super) fn Beginning(props: &BeginningProps) -> Html {
    use_language();
    html! {
        <div class="beginning">
            <span class="disc" aria-hidden="true"><Icon drawing={Drawing::Lock} /></span>
            <p class="lead">{ t!("beginning-title", room = props.title.as_str()) }</p>
            <p>{ t!("beginning-text") }</p>
            if props.alone {
                <p>{ t!("beginning-alone") }</p>
                if let Some(invite) = &props.invite {
                    <button type="button" class="secondary" data-testid="invite-first" onclick={invite}>
                        <Icon drawing={Drawing::Invite} />{ t!("beginning-invite") }
                    </button>
                }
            }
        </div>
    }
}

/// See [`Coming`].
#[derive(Clone, Debug, PartialEq, Eq, Properties)]
pub(super) struct ComingProps {
    /// So many rows.
    pub(super) rows: usize,
}

/// Where messages will stand in a moment.
#[function_component]
pub(super) fn Coming(props: &ComingProps) -> Html {
    use_language();
    let row = |index: usize| {
        html! {
            <div class="coming-row" key={index}>
                <span class="skeleton disc"></span>
                <span class="skeleton short"></span>
                <span class={if index.is_multiple_of(2) { "skeleton" } else { "skeleton half" }}></span>
            </div>
        }
    };
    html! { <div class="coming" aria-hidden="true">{ for (0..props.rows).map(row) }</div> }
}
