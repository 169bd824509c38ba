//! Whether somebody is there: a dot and words, never the dot alone. And what one chooses to be to others.

use igoon_shared::{
    presence::{Availability, Presence},
    time::Timestamp,
};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::{language::use_language, session::InSession};
use crate::{
    messages::ToWorker,
    state::calendar,
    texts::{account, people, t},
};

/// See [`PresenceMark`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct PresenceMarkProps {
    /// How somebody, or one of their computers, is.
    pub state: Presence,
    /// When it was last there, of what is offline.
    pub last_seen: Option<Timestamp>,
    /// For tests.
    #[prop_or_default]
    pub testid: Option<AttrValue>,
}

/// A dot and words.
#[function_component]
pub fn PresenceMark(props: &PresenceMarkProps) -> Html {
    use_language();
    let today = calendar::local(calendar::now()).day;
    let seen = props.last_seen.map(|seen| account::moment(calendar::local(seen), today));
    let name = name(props.state);
    html! {
        <span class={classes!("presence", name)} data-testid={props.testid.clone()} data-presence={name}>
            <span class="dot" aria-hidden="true"></span>{ people::presence(props.state, seen) }
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
    let select = use_node_ref();
    // A refusal leaves the browser's element with what was refused.
    use_effect_with(
        (select.clone(), session.state.availability, session.state.notice.clone()),
        |(select, chosen, _)| {
            let name = CHOICES.iter().find(|(choice, _)| Some(*choice) == *chosen).map(|(_, name)| *name);
            if let (Some(select), Some(name)) = (select.cast::<HtmlSelectElement>(), name) {
                select.set_value(name);
            }
        },
    );
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
            <label for="availability" class="hidden">{ t!("availability") }</label>
            <select ref={select} id="availability" onchange={choose} aria-describedby="availability-hint">
                { for CHOICES.iter().map(|(choice, name)| html! {
                    <option key={*name} value={*name} selected={*choice == chosen}>{ people::availability(*choice) }</option>
                }) }
            </select>
            <p class={classes!("hint", (chosen == Availability::Available).then_some("hidden"))} id="availability-hint">
                { people::availability_follows(chosen) }
            </p>
        </div>
    }
}
