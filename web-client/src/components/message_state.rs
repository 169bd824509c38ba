//! How a message stands: on its way, with whom it is, refused, not readable; always in words, too, and with what can be done.

use igoon_shared::{
    client::io::{Receipt, Unreadable},
    ids::{AccountId, MessageId, RoomId, Seq},
};
use yew::prelude::*;

use super::{
    icon::{Drawing, Icon},
    language::use_language,
};
use crate::{
    messages::ToWorker,
    state::content::{Content, State},
    texts::{self, t},
};

/// See [`StateMark`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct StateMarkProps {
    /// How it stands.
    pub state: State,
    /// The message.
    pub content: Content,
    /// Who has it.
    pub receipt: Option<Receipt>,
    /// Asks for names.
    pub names: Callback<(AccountId, Seq)>,
    /// The Tab key goes there.
    pub reachable: bool,
}

/// Where an own message stands: a drawing, and words on demand.
#[function_component]
pub fn StateMark(props: &StateMarkProps) -> Html {
    use_language();
    if let (Some(receipt), Content::Message(message)) = (props.receipt, &props.content)
        && let Some(account) = message.account
    {
        let Receipt { of, delivered, read } = receipt;
        let drawing = if delivered > 0 { Drawing::Checks } else { Drawing::Check };
        let words = texts::room::receipt(receipt);
        let seq = message.seq;
        let ask = props.names.reform(move |_: MouseEvent| (account, seq));
        let all_read = of > 0 && read == of;
        return html! {
            <button type="button" class={classes!("mark", if all_read { "read" } else { "sent" })} title={words.clone()}
                tabindex={if props.reachable { "0" } else { "-1" }} data-testid="receipt"
                data-delivered={delivered.to_string()} data-read={read.to_string()} data-of={of.to_string()} onclick={ask}>
                <Icon {drawing} /><span class="hidden">{ words }</span>
            </button>
        };
    }
    let (drawing, words) = match props.state {
        State::Waiting => (Drawing::Clock, t!("state-waiting")),
        State::Sent => (Drawing::Check, t!("state-accepted")),
        State::Failed(_) => (Drawing::Warning, t!("state-failed")),
        State::Lost => (Drawing::Warning, t!("state-lost")),
        State::Received | State::Unreadable => return Html::default(),
    };
    html! {
        <span class={classes!("mark", props.state.name())} title={words.clone()}>
            <Icon {drawing} /><span class="hidden">{ words }</span>
        </span>
    }
}

/// See [`Failed`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct FailedProps {
    /// Why.
    pub why: AttrValue,
    /// Where.
    pub room: RoomId,
    /// Which.
    pub message_id: MessageId,
    /// To the worker.
    pub worker: Callback<ToWorker>,
}

/// Why a message was not sent: it can be tried again, or given up.
#[function_component]
pub fn Failed(props: &FailedProps) -> Html {
    use_language();
    let (room, message_id) = (props.room, props.message_id);
    let again = props.worker.reform(move |_: MouseEvent| ToWorker::SendAgain { room, message_id });
    let discard = props.worker.reform(move |_: MouseEvent| ToWorker::Discard { room, message_id });
    html! {
        <p class="failed">
            <span>{ t!("message-failed", cause = props.why.as_str()) }</span>
            <button type="button" class="link" data-testid="send-again" onclick={again}>{ t!("message-again") }</button>
            <button type="button" class="link" data-testid="discard" onclick={discard}>{ t!("message-discard") }</button>
        </p>
    }
}

/// See [`Lost`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct LostProps {
    /// Where.
    pub room: RoomId,
    /// What it says, where it is an own one.
    pub text: Option<AttrValue>,
    /// To the worker.
    pub worker: Callback<ToWorker>,
}

/// That the server lost a message. Whoever wrote it can send the same once more, as a new message: the place of this one is gone.
#[function_component]
pub fn Lost(props: &LostProps) -> Html {
    use_language();
    let again = use_state(|| false);
    let send = props.text.clone().filter(|_| !*again).map(|text| {
        let (room, worker, again) = (props.room, props.worker.clone(), again.clone());
        Callback::from(move |_: MouseEvent| {
            worker.emit(ToWorker::Send { room, text: text.to_string() });
            again.set(true);
        })
    });
    html! {
        <p class="gap" data-testid="lost">
            { t!("message-lost") }{ " " }
            if let Some(send) = send {
                <button type="button" class="link" data-testid="send-again" onclick={send}>{ t!("message-lost-again") }</button>
            }
            <span role="status">{ if *again { t!("message-lost-sent") } else { String::new() } }</span>
        </p>
    }
}

/// See [`UnreadableText`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct UnreadableTextProps {
    /// The element's id.
    pub id: AttrValue,
    /// Why.
    pub cause: Unreadable,
    /// Where.
    pub room: RoomId,
    /// To the worker.
    pub worker: Callback<ToWorker>,
}

/// Why a message cannot be read, and what mends it where something does.
#[function_component]
pub fn UnreadableText(props: &UnreadableTextProps) -> Html {
    use_language();
    let asked = use_state(|| false);
    let asking = |wish: ToWorker| {
        let (asked, worker) = (asked.clone(), props.worker.clone());
        Callback::from(move |_: MouseEvent| {
            worker.emit(wish.clone());
            asked.set(true);
        })
    };
    let action = match props.cause {
        Unreadable::NoKey(_) => Some((asking(ToWorker::AskForKeys { room: props.room }), t!("unreadable-ask"))),
        Unreadable::NeedsNewer => Some((Callback::from(load_anew), t!("unreadable-load"))),
        Unreadable::DamagedHere => Some((asking(ToWorker::FetchAnew), t!("unreadable-fetch"))),
        Unreadable::BeforeJoining(_)
        | Unreadable::BadSignature
        | Unreadable::NotPermitted
        | Unreadable::Replayed
        | Unreadable::Damaged => None,
    };
    html! {
        <div class="unreadable">
            <Icon drawing={Drawing::Lock} />
            <p id={&props.id} data-testid="message-text">{ texts::unreadable(props.cause) }</p>
            if let Some((act, label)) = action {
                <button type="button" class="link" data-testid="mend" onclick={act}>{ label }</button>
            }
            <span class="asked" role="status">{ if *asked { t!("unreadable-asked") } else { String::new() } }</span>
        </div>
    }
}

fn load_anew(_: MouseEvent) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}
