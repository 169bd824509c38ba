//! Approving a computer: the question that opens over whatever is shown where one is approved already, and the digits that are
//! compared on both screens.

use igoon_shared::client::io::QuestionView;
use yew::prelude::*;

use super::{
    dialog::Dialog,
    icon::{Drawing, Icon},
    session::Session,
};
use crate::{
    messages::{OwnWish, ToWorker},
    state::{Action, ApprovalAction, Route, approvals::Answered, calendar},
    texts::{account, t},
};

/// The question of a computer, or how it went, as long as there is one.
pub(crate) fn approval_dialog(session: &Session) -> Html {
    let approvals = &session.state.approvals;
    match (&approvals.answered, approvals.shown()) {
        (Some(answered), _) => done(session, answered),
        (None, Some(asked)) => question(session, asked),
        (None, None) => Html::default(),
    }
}

/// Groups of digits, for eyes and for ears.
pub(crate) fn digits(text: &str, testid: &'static str) -> Html {
    let spoken: Vec<String> = text.split(' ').map(spelt).collect();
    html! {
        <>
            <p class="digits" aria-hidden="true" data-testid={testid} data-digits={text.to_owned()}>
                { for text.split(' ').map(|group| html! { <span>{ group }</span> }) }
            </p>
            <p class="hidden">{ spoken.join(", ") }</p>
        </>
    }
}

/// Digits one by one: together they would be read as a number.
fn spelt(group: &str) -> String {
    let digits: Vec<String> = group.chars().map(String::from).collect();
    digits.join(" ")
}

fn question(session: &Session, asked: &QuestionView) -> Html {
    let device = asked.device;
    let answer = |approved: bool| {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| {
            session.act(Action::Approval(ApprovalAction::Answered { device, approved }));
            let wish = if approved { OwnWish::Approve(device) } else { OwnWish::RefuseApproval(device) };
            session.tell(ToWorker::Own(wish));
        })
    };
    let today = calendar::local(calendar::now()).day;
    let when = account::moment(calendar::local(asked.asked_at), today);
    let fact = |name: String, value: &str| html! { <div><dt>{ name }</dt><dd><bdi>{ value }</bdi></dd></div> };
    html! {
        <Dialog id="approval-title" title={t!("approval-title")} onclose={close(session)}>
            <div class="approval" data-testid="approval" data-device={device.to_string()}>
                <p>{ t!("approval-lead") }</p>
                <dl class="facts grid">
                    { fact(t!("approval-name"), &asked.name) }
                    { fact(t!("computer-platform"), &asked.platform) }
                    { fact(t!("approval-when"), &when) }
                    { fact(t!("approval-from"), &asked.source) }
                </dl>
                <p><strong>{ t!("approval-compare") }</strong></p>
                { digits(&asked.digits, "approval-digits") }
                <p class="hint">{ t!("approval-why") }</p>
                <div class="choice">
                    <button type="button" class="primary" data-testid="approve" onclick={answer(true)}>{ t!("approval-same") }</button>
                    <button type="button" class="secondary danger" data-testid="refuse" onclick={answer(false)}>{ t!("approval-differ") }</button>
                </div>
                <p class="hint">{ t!("approval-later") }</p>
            </div>
        </Dialog>
    }
}

fn done(session: &Session, answered: &Answered) -> Html {
    let name = answered.name.as_str();
    let (title, text) = if answered.approved {
        (t!("approval-done-title"), t!("approval-done", name = name))
    } else {
        (t!("approval-refused-title"), t!("approval-refused", name = name))
    };
    let sign = if answered.approved { Drawing::Check } else { Drawing::Warning };
    html! {
        <Dialog id="approval-title" {title} onclose={close(session)}>
            <p class="kept" role="status" data-testid="approval-done" data-approved={answered.approved.to_string()}>
                <Icon drawing={sign} /><span>{ text }</span>
            </p>
            <div class="choice">
                <button type="button" class="secondary" data-testid="approval-close" onclick={close(session).reform(|_: MouseEvent| ())}>
                    { t!("close") }
                </button>
            </div>
        </Dialog>
    }
}

fn close(session: &Session) -> Callback<()> {
    let session = session.clone();
    Callback::from(move |()| {
        session.act(Action::Approval(ApprovalAction::Close));
        if session.state.route == Route::Account {
            // The list of computers says something else by now.
            session.tell(ToWorker::Own(OwnWish::Look));
        }
    })
}
