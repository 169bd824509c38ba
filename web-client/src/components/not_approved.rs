//! What stands in the timeline's place on a computer that nobody has approved: the digits that another computer compares, what
//! to do there, and what can be seen of the room meanwhile.

use std::rc::Rc;

use igoon_shared::client::io::{Asking, OwnQuestion};
use yew::prelude::*;

use super::{
    approval::digits,
    icon::{Drawing, Icon},
    people::person,
    recovery::asking::Rescue,
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
    html! {
        <div class="not-approved" tabindex="0" data-testid="not-approved">
            <div class="column">
                <span class="sign"><Icon drawing={Drawing::Key} /></span>
                <h2>{ t!("not-approved-title") }</h2>
                <p>{ t!("not-approved") }</p>
                <ol class="ways">
                    <li>{ t!("not-approved-open") }</li>
                    <li>{ t!("not-approved-compare") }</li>
                    <li>{ t!("not-approved-then") }</li>
                </ol>
                { session.state.approvals.view.own.as_ref().map(|own| question(session, own)).unwrap_or_default() }
                <Rescue session={session.clone()} room={Rc::clone(room)} />
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
        <>
            { digits(&own.digits, "approval-digits") }
            <div class="line">
                <p role="status" data-testid="approval-state" data-state={name}>{ state }</p>
                if can_ask {
                    <button type="button" class="secondary" data-testid="ask-again" onclick={again}>{ t!("not-approved-again") }</button>
                }
            </div>
        </>
    }
}
