//! One message, and the run of one author's messages that it stands in.

use igoon_shared::{
    client::io::{Body, Receipt},
    ids::{AccountId, RoomId, Seq},
};
use yew::prelude::*;

use super::{
    avatar::Avatar,
    icon::{Drawing, Icon},
};
use crate::{
    messages::ToWorker,
    state::timeline::{Content, Entry, Run, State},
    texts,
};

/// See [`RunView`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct RunProps {
    /// The messages.
    pub run: Run,
    /// Where.
    pub room: RoomId,
    /// To the worker.
    pub worker: Callback<ToWorker>,
    /// The names of those who have a message, or not, are asked for.
    pub names: Callback<(AccountId, Seq)>,
}

/// Messages of one author, one after the other.
#[function_component]
pub fn RunView(props: &RunProps) -> Html {
    let run = &props.run;
    let first = run.entries.first().map(|entry| entry.at);
    html! {
        <section class={classes!("run", run.mine.then_some("mine"))}>
            <Avatar name={run.author.clone()} mine={run.mine} />
            <div class="entries">
                <p class="head" aria-hidden="true">
                    <span class="author" dir="auto">{ &run.author }</span>
                    if let Some(at) = first { <time datetime={at.machine()}>{ at.clock() }</time> }
                </p>
                { for run.entries.iter().map(|entry| message(entry, props)) }
            </div>
        </section>
    }
}

fn message(entry: &Entry, props: &RunProps) -> Html {
    let state = entry.content.state();
    let (id, seq, gap) = match &entry.content {
        Content::Message(message) => (message.message_id, Some(message.seq.to_string()), message.gap),
        Content::Outgoing(outgoing) => (Some(outgoing.message_id), None, false),
    };
    let label = format!("{}, {}", props.run.author, entry.at.clock());
    let again = id.map(|message_id| {
        let room = props.room;
        props.worker.reform(move |_: MouseEvent| ToWorker::SendAgain { room, message_id })
    });
    html! {
        <article key={entry.key.clone()} class="message" aria-label={label} data-testid="message"
            data-message-id={id.map(|id| id.to_string())} data-seq={seq} data-state={state.name()}>
            if gap {
                <p class="gap">{ texts::room::GAP }</p>
            }
            <time class="aside" datetime={entry.at.machine()} aria-hidden="true">{ entry.at.clock() }</time>
            { text(&entry.content) }
            { mark(entry, state, props) }
            if let State::Failed(code) = state {
                <p class="failed">
                    <span>{ "Not sent. " }{ texts::error(code) }</span>
                    <button type="button" class="quiet" onclick={again}>{ "Try again" }</button>
                </p>
            }
        </article>
    }
}

fn text(content: &Content) -> Html {
    let text = match content {
        Content::Outgoing(outgoing) => &outgoing.text,
        Content::Message(message) => match &message.body {
            Body::Text(text) => text,
            Body::Unreadable(cause) => {
                return html! {
                    <p class="unreadable" data-testid="message-text">
                        <Icon drawing={Drawing::Lock} /><span>{ texts::unreadable(*cause) }</span>
                    </p>
                };
            }
        },
    };
    html! { <p class="text" data-testid="message-text" dir="auto">{ text }</p> }
}

/// Where an own message stands: a drawing, and words on demand.
fn mark(entry: &Entry, state: State, props: &RunProps) -> Html {
    if let (Some(receipt), Content::Message(message)) = (entry.receipt, &entry.content) {
        let Receipt { of, delivered, read } = receipt;
        let drawing = if delivered > 0 { Drawing::Checks } else { Drawing::Check };
        let words = texts::people::receipt(receipt);
        let (account, seq) = (message.account, message.seq);
        let names = props.names.clone();
        let ask = Callback::from(move |_: MouseEvent| {
            if let Some(account) = account {
                names.emit((account, seq));
            }
        });
        let all_read = of > 0 && read == of;
        return html! {
            <button type="button" class={classes!("mark", if all_read { "read" } else { "sent" })} title={words.clone()} data-testid="receipt"
                data-delivered={delivered.to_string()} data-read={read.to_string()} data-of={of.to_string()} onclick={ask}>
                <Icon {drawing} /><span class="hidden">{ words }</span>
            </button>
        };
    }
    let (drawing, words) = match state {
        State::Waiting => (Drawing::Clock, "Waiting to be sent"),
        State::Sent => (Drawing::Check, "Sent"),
        State::Failed(_) => (Drawing::Warning, "Not sent"),
        State::Received | State::Unreadable => return Html::default(),
    };
    html! {
        <span class={classes!("mark", state.name())} title={words}>
            <Icon {drawing} /><span class="hidden">{ words }</span>
        </span>
    }
}
