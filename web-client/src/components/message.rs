//! One message.

use std::rc::Rc;

use igoon_shared::{
    client::io::Body,
    ids::{AccountId, RoomId, Seq},
};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, Node};
use yew::prelude::*;

use super::{
    avatar::Avatar,
    icon::{Drawing, Icon},
    language::use_language,
    message_state::{Failed, Lost, StateMark, UnreadableText},
    message_text::text,
    timeline::ROW,
};
use crate::{
    messages::ToWorker,
    state::{
        content::{Content, State},
        timeline::Entry,
    },
    texts::{self, t},
};

/// See [`MessageRow`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct MessageRowProps {
    /// The message.
    pub entry: Rc<Entry>,
    /// Where.
    pub room: RoomId,
    /// To the worker.
    pub worker: Callback<ToWorker>,
    /// The names of those who have a message, or not, are asked for.
    pub names: Callback<(AccountId, Seq)>,
}

/// Who points at a message, and how. What can be done with it is there only meanwhile: of hundreds of rows one has buttons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Attention {
    pointer: bool,
    keyboard: bool,
}

/// See the module. It is focused by the arrow keys of the timeline, which has one of them in the order of the Tab key.
#[function_component]
pub fn MessageRow(props: &MessageRowProps) -> Html {
    use_language();
    let attention = use_state(Attention::default);
    let pointer = |pointer| {
        let attention = attention.clone();
        Callback::from(move |_: MouseEvent| attention.set(Attention { pointer, ..*attention }))
    };
    let focused = {
        let attention = attention.clone();
        Callback::from(move |_: FocusEvent| attention.set(Attention { keyboard: true, ..*attention }))
    };
    let left = {
        let attention = attention.clone();
        Callback::from(move |event: FocusEvent| {
            // Yew listens at the root: what listens here is looked for from where the focus was.
            let from = event.target().and_then(|from| from.dyn_into::<Element>().ok());
            let row = from.and_then(|from| from.closest("[data-testid=message]").ok().flatten());
            let next = event.related_target().and_then(|next| next.dyn_into::<Node>().ok());
            if !row.is_some_and(|row| row.contains(next.as_ref())) {
                attention.set(Attention { keyboard: false, ..*attention });
            }
        })
    };

    let entry = &props.entry;
    let (id, seq, gap) = match &entry.content {
        Content::Message(message) => (message.message_id, Some(message.seq.to_string()), message.gap),
        Content::Outgoing(outgoing) => (Some(outgoing.message_id), None, false),
    };
    let state = entry.state();
    let text_id = format!("{}-text", entry.key);
    let clock = entry.at.clock();
    let label = t!("message-label", author = entry.author.as_str(), time = clock.as_str());
    let looked_at = *attention != Attention::default();
    let classes = classes!(
        ROW,
        "message",
        entry.head.then_some("head"),
        entry.mine.then_some("mine"),
        looked_at.then_some("attended")
    );
    let date = looked_at.then(|| t!("message-date", date = entry.at.date(), time = clock.as_str()));
    let time = html! { <time datetime={entry.at.machine()} title={date} aria-hidden="true">{ clock }</time> };
    html! {
        <article class={classes} tabindex="-1"
            aria-label={label} aria-describedby={text_id.clone()} data-testid="message"
            data-message-id={id.map(|id| id.to_string())} data-seq={seq} data-state={state.name()}
            onmouseenter={pointer(true)} onmouseleave={pointer(false)} onfocusin={focused} onfocusout={left}>
            if entry.head {
                <Avatar name={entry.author.clone()} />
                <p class="by" aria-hidden="true"><span class="author" dir="auto">{ &entry.author }</span>{ time }</p>
            } else {
                { time }
            }
            if gap {
                <p class="gap">{ t!("message-gap") }</p>
            }
            { body(props, text_id, attention.keyboard) }
            if !matches!(state, State::Received | State::Unreadable) {
                <StateMark {state} content={entry.content.clone()} receipt={entry.receipt} names={&props.names} reachable={attention.keyboard} />
            }
            if entry.lost {
                <Lost room={props.room} text={lost_text(entry)} worker={&props.worker} />
            }
            if let (Some(why), Some(message_id)) = (not_sent(state, entry), id) {
                <Failed {why} room={props.room} {message_id} worker={&props.worker} />
            }
            if let Some(text) = entry.content.text().filter(|_| looked_at) {
                <div class="actions"><Copy text={text.to_owned()} /></div>
            }
        </article>
    }
}

/// Why a message did not go and can be tried again, if that is so.
fn not_sent(state: State, entry: &Entry) -> Option<String> {
    match state {
        State::Failed(code) => Some(texts::error(code)),
        State::Lost if !entry.lost => Some(t!("message-dropped")),
        _ => None,
    }
}

/// What can be written anew of a message that the server lost: whose author is somebody else has it, too, or has lost it.
fn lost_text(entry: &Entry) -> Option<AttrValue> {
    entry.content.text().filter(|_| entry.state() == State::Lost).map(|text| AttrValue::from(text.to_owned()))
}

fn body(props: &MessageRowProps, id: String, reachable: bool) -> Html {
    let written = match &props.entry.content {
        Content::Outgoing(outgoing) => &outgoing.text,
        Content::Message(message) => match &message.body {
            Body::Text(written) => written,
            Body::Unreadable(cause) => {
                return html! { <UnreadableText {id} cause={*cause} room={props.room} worker={&props.worker} /> };
            }
        },
    };
    text(id, written, reachable)
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct CopyProps {
    text: AttrValue,
}

/// Copies a message's text, and says that it did.
#[function_component]
fn Copy(props: &CopyProps) -> Html {
    use_language();
    let copied = use_state(|| false);
    let copy = {
        let (copied, text) = (copied.clone(), props.text.clone());
        Callback::from(move |_: MouseEvent| {
            let copied = copied.clone();
            let Some(clipboard) = web_sys::window().map(|window| window.navigator().clipboard()) else { return };
            let writing = clipboard.write_text(&text);
            spawn_local(async move { copied.set(JsFuture::from(writing).await.is_ok()) });
        })
    };
    html! {
        <>
            <button type="button" class="icon-button" data-testid="copy-message" data-tip={t!("message-copy")} onclick={copy}>
                <Icon drawing={if *copied { Drawing::Check } else { Drawing::Copy }} />
                <span class="hidden">{ t!("message-copy") }</span>
            </button>
            <span class="hidden" role="status">{ if *copied { t!("message-copied") } else { String::new() } }</span>
        </>
    }
}
