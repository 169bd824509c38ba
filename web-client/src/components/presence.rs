//! Whether somebody is there: a dot and words, never the dot alone. And what one chooses to be to others.

use igoon_shared::{
    client::io::PersonPresence,
    presence::{Availability, Presence},
};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::session::InSession;
use crate::{
    messages::ToWorker,
    state::calendar,
    texts::{account, people},
};

/// See [`PresenceMark`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct PresenceMarkProps {
    /// What is known of somebody.
    pub person: PersonPresence,
}

/// A dot and words.
#[function_component]
pub fn PresenceMark(props: &PresenceMarkProps) -> Html {
    let PersonPresence { state, last_seen, .. } = &props.person;
    let today = calendar::local(calendar::now()).day;
    let seen = last_seen.map(|seen| account::moment(calendar::local(seen), today));
    let name = name(*state);
    html! {
        <span class={classes!("presence", name)} data-testid="presence" data-presence={name}>
            <span class="dot" aria-hidden="true"></span>{ people::presence(*state, seen) }
        </span>
    }
}

const fn name(state: Presence) -> &'static str {
    match state {
        Presence::Online => "available",
        Presence::Idle => "idle",
        Presence::Away => "away",
        Presence::Busy => "busy",
        Presence::Offline => "offline",
    }
}

const CHOICES: [(Availability, &str); 4] = [
    (Availability::Available, "available"),
    (Availability::Away, "away"),
    (Availability::Busy, "busy"),
    (Availability::Invisible, "invisible"),
];

/// What one chooses to be, on all one's computers.
#[function_component]
pub fn AvailabilityMenu(props: &InSession) -> Html {
    let session = &props.session;
    let Some(chosen) = session.state.availability else { return Html::default() };
    let choose = {
        let session = session.clone();
        Callback::from(move |event: Event| {
            let value = event.target_dyn_into::<HtmlSelectElement>().map(|select| select.value()).unwrap_or_default();
            if let Some((availability, _)) = CHOICES.iter().find(|(_, name)| *name == value) {
                session.tell(ToWorker::ChooseAvailability(*availability));
            }
        })
    };
    html! {
        <div class="field availability">
            <label for="availability">{ "To others you are" }</label>
            <select id="availability" onchange={choose} aria-describedby="availability-hint">
                { for CHOICES.iter().map(|(choice, name)| html! {
                    <option key={*name} value={*name} selected={*choice == chosen}>{ people::availability(*choice) }</option>
                }) }
            </select>
            <p class="hint" id="availability-hint">{ people::availability_follows(chosen) }</p>
        </div>
    }
}
