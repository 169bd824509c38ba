//! A room's messages, newest at the bottom, and staying there unless somebody scrolled up.

use std::rc::Rc;

use igoon_shared::ids::{AccountId, Seq};
use web_sys::Element;
use yew::prelude::*;

use super::{
    icon::{Drawing, Icon},
    listen::{Source, is_visible, use_listener},
    message::RunView,
    receipt::ReceiptDialog,
};
use crate::{
    messages::{Profile, ToWorker},
    state::{
        RoomData, calendar,
        timeline::{PORTION, Row, timeline, window},
    },
    texts::room as texts,
};

/// So near to the end, in pixels, counts as the end.
const NEAR_PX: i32 = 48;

/// See [`TimelineView`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct TimelineProps {
    /// The room.
    pub room: Rc<RoomData>,
    /// Who looks at it.
    pub profile: Profile,
    /// To the worker.
    pub worker: Callback<ToWorker>,
    /// Makes an invite.
    pub invite: Option<Callback<MouseEvent>>,
}

/// See the module.
#[function_component]
pub fn TimelineView(props: &TimelineProps) -> Html {
    let area = use_node_ref();
    let first = use_mut_ref(|| 0);
    let at_end = use_state(|| true);
    let read = use_mut_ref(Seq::default);

    let me = (props.profile.account, props.profile.handle.as_str());
    let today = calendar::local(calendar::now()).day;
    let from = window(*first.borrow(), props.room.count(), *at_end);
    *first.borrow_mut() = from;
    let shown = timeline(&props.room, Some(me), from, today, calendar::local);

    let (room, newest) = (props.room.view().room, props.room.newest());
    let look = {
        let (worker, at_end) = (props.worker.clone(), *at_end);
        Callback::from(move |()| {
            if let Some(newest) = newest
                && at_end
                && newest > *read.borrow()
                && is_visible()
            {
                *read.borrow_mut() = newest;
                worker.emit(ToWorker::Read { room, seq: newest });
            }
        })
    };
    use_listener(Source::Document, "visibilitychange", look.clone());
    use_effect_with((newest, *at_end), move |_| look.emit(()));
    let written = props.room.outgoing().last().map(|outgoing| outgoing.message_id);
    use_effect_with((area.clone(), written), |(area, written)| {
        // Whoever writes wants to see it, wherever they were reading.
        if written.is_some() {
            scroll_to_end(area);
        }
    });

    let scrolled = {
        let (area, at_end) = (area.clone(), at_end.clone());
        Callback::from(move |_: Event| {
            let near = area.cast::<Element>().is_none_or(|area| -area.scroll_top() <= NEAR_PX);
            if near != *at_end {
                at_end.set(near);
            }
        })
    };
    let to_end = {
        let (area, at_end) = (area.clone(), at_end.clone());
        Callback::from(move |_: MouseEvent| {
            scroll_to_end(&area);
            at_end.set(true);
        })
    };
    let more = {
        let update = use_force_update();
        Callback::from(move |_: MouseEvent| {
            let mut first = first.borrow_mut();
            *first = first.saturating_sub(PORTION);
            update.force_update();
        })
    };
    let asked = use_state(|| None::<(AccountId, Seq)>);
    let names = {
        let asked = asked.clone();
        use_callback((), move |message, ()| asked.set(Some(message)))
    };
    let unask = {
        let asked = asked.clone();
        Callback::from(move |()| asked.set(None))
    };
    html! {
        <div class="timeline-frame">
            <div ref={area} class="timeline" tabindex="0" role="log" aria-live="off" onscroll={scrolled}
                aria-label={format!("Messages in {}", props.room.title())}>
                <div class="rows">
                    if shown.earlier > 0 {
                        <button type="button" class="secondary earlier" onclick={more}>{ "Show earlier messages" }</button>
                    } else {
                        <Beginning title={props.room.title().to_owned()} alone={props.room.view().members.len() == 1}
                            invite={props.invite.clone().filter(|_| props.room.may_invite())} />
                    }
                    { for shown.rows.into_iter().map(|row| show(row, props, &names)) }
                </div>
            </div>
            if let Some((author, seq)) = *asked {
                <ReceiptDialog room={Rc::clone(&props.room)} {author} {seq} onclose={unask} />
            }
            if !*at_end {
                <button type="button" class="jump" onclick={to_end}>
                    <Icon drawing={Drawing::Down} />{ "Latest" }
                </button>
            }
        </div>
    }
}

fn show(row: Row, props: &TimelineProps, names: &Callback<(AccountId, Seq)>) -> Html {
    match row {
        Row::Day { day, name } => html! { <h2 key={format!("day-{day}")} class="day"><span>{ name }</span></h2> },
        Row::Run(run) => {
            let key = run.entries.first().map(|entry| entry.key.clone()).unwrap_or_default();
            html! { <RunView {key} {run} room={props.room.view().room} worker={&props.worker} {names} /> }
        }
    }
}

/// See [`Beginning`].
#[derive(Clone, Debug, PartialEq, Properties)]
struct BeginningProps {
    title: AttrValue,
    alone: bool,
    invite: Option<Callback<MouseEvent>>,
}

/// What stands before the first message.
#[function_component]
fn Beginning(props: &BeginningProps) -> Html {
    html! {
        <div class="beginning">
            <p class="lead">{ format!("This is the beginning of {}.", props.title) }</p>
            <p>{ texts::BEGINNING }</p>
            if props.alone {
                <p>{ texts::ALONE }</p>
                if let Some(invite) = &props.invite {
                    <button type="button" class="secondary" data-testid="invite-first" onclick={invite}>
                        <Icon drawing={Drawing::Invite} />{ "Invite somebody" }
                    </button>
                }
            }
        </div>
    }
}

/// The style lays the area out from its end (`column-reverse`), so that the browser itself keeps it there, whatever comes
/// or changes its size. Places are counted from the end, upwards below zero.
fn scroll_to_end(area: &NodeRef) {
    if let Some(area) = area.cast::<Element>() {
        area.set_scroll_top(0);
    }
}
