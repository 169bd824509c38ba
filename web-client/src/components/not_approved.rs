//! What stands in the timeline's place on a computer that nobody has approved: the digits that another computer compares, what
//! to do there, and what can be seen of the room meanwhile.

use std::rc::Rc;

use igoon_shared::client::io::{Asking, OwnQuestion};
use yew::prelude::*;

use super::{
    approval::digits,
    icon::{Drawing, Icon},
    people::person,
    recovery::asking::{Rescue, is_under_way},
    session::Session,
};
use crate::{
    messages::{OwnWish, ToWorker},
    state::{RoomData, calendar},
    texts::{self, account, t},
};

/// See the module.
pub(crate) fn not_approved(session: &Session, room: &Rc<RoomData>) -> Html {
    let members = &room.view().members;
    let own = session.state.approvals.view.own.as_ref();
    // Whoever has asked people to be let in has no other computer, and wants to know how far that is.
    let under_way = is_under_way(room);
    let by_oneself = html! {
        <div key="by-oneself">
            if under_way { <h3>{ t!("not-approved-or") }</h3> } else { <h2>{ t!("not-approved-title") }</h2> }
            <p>{ t!("not-approved") }</p>
            <ol class="ways">
                <li>{ t!("not-approved-open") }</li>
                <li>{ t!("not-approved-compare") }</li>
                <li>{ t!("not-approved-then") }</li>
            </ol>
        </div>
    };
    let number =
        html! { <div key="digits">{ own.map(|own| digits(&own.digits, "approval-digits")).unwrap_or_default() }</div> };
    let question = html! { <div key="question">{ own.map(|own| question(session, own)).unwrap_or_default() }</div> };
    let rescue = html! { <Rescue key="rescue" session={session.clone()} room={Rc::clone(room)} /> };
    let ways = if under_way { [rescue, number, by_oneself, question] } else { [by_oneself, number, question, rescue] };
    html! {
        <div class="not-approved" tabindex="0" data-testid="not-approved">
            <div class="column">
                <span class="sign"><Icon drawing={Drawing::Key} /></span>
                <>{ for ways }</>
                if members.is_empty() {
                    <p role="status">{ t!("not-approved-loading") }</p>
                } else {
                    <h3>{ t!("not-approved-people") }</h3>
                    <ul class="people">{ for members.iter().map(|member| person(room, member, Html::default(), Html::default())) }</ul>
                }
            </div>
        </div>
    }
}

fn question(session: &Session, own: &OwnQuestion) -> Html {
    let again = session.worker.reform(|_: MouseEvent| ToWorker::Own(OwnWish::AskForApproval));
    let (name, state) = match own.progress {
        Asking::Unasked => ("unasked", t!("not-approved-asking")),
        Asking::Open { asked_at, .. } => {
            let today = calendar::local(calendar::now()).day;
            let when = account::moment(calendar::local(asked_at), today);
            ("open", t!("not-approved-waiting", when = when))
        }
        Asking::Approved => ("approved", t!("not-approved-approved")),
        Asking::Failed(code) => ("failed", texts::error(code)),
    };
    let can_ask = matches!(own.progress, Asking::Open { .. } | Asking::Failed(_));
    html! {
        <div class="line">
            <p role="status" data-testid="approval-state" data-state={name}>{ state }</p>
            if can_ask {
                <button type="button" class="secondary" data-testid="ask-again" onclick={again}>{ t!("not-approved-again") }</button>
            }
        </div>
    }
}
