//! Whether the browser tells of new messages while Igoon is put away, and how much it says.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::session::InSession;
use crate::{
    notifications::Permission,
    state::{
        Action,
        preferences::{Notifications, Preference},
    },
    texts::t,
};

/// Off, without content, with content; and what the browser says about it. It is asked when one of the latter is chosen.
#[function_component]
pub fn NotificationChoice(props: &InSession) -> Html {
    let session = &props.session;
    let platform = session.platform;
    let permission = use_state(|| platform.permission());
    let wanted = session.state.preferences.notifications;
    let choose = |choice: Notifications| {
        let (session, permission) = (session.clone(), permission.clone());
        Callback::from(move |_: Event| {
            session.act(Action::Prefer(Preference::Notifications(choice)));
            if choice != Notifications::Off {
                let permission = permission.clone();
                spawn_local(async move { permission.set(platform.ask().await) });
            }
        })
    };
    let choices = [
        (Notifications::Off, "off", t!("notifications-off"), t!("notifications-off-hint")),
        (Notifications::WithoutContent, "without-content", t!("notifications-bare"), t!("notifications-bare-hint")),
        (Notifications::WithContent, "with-content", t!("notifications-whole"), t!("notifications-whole-hint")),
    ];
    let impossible = *permission == Permission::Unsupported;
    let said = match (*permission, wanted) {
        (Permission::Unsupported, _) => Some(t!("notifications-unsupported")),
        (Permission::Denied, Notifications::WithContent | Notifications::WithoutContent) => {
            Some(t!("notifications-denied"))
        }
        (Permission::NotAsked, Notifications::WithContent | Notifications::WithoutContent) => {
            Some(t!("notifications-not-asked"))
        }
        (Permission::Granted, _) | (_, Notifications::Off) => None,
    };
    html! {
        <fieldset class="cards" data-testid="notifications">
            <legend>{ t!("notifications") }</legend>
            { for choices.into_iter().map(|(choice, value, label, hint)| html! {
                <label key={value} class="card">
                    <input type="radio" name="notifications" {value} checked={wanted == choice}
                        disabled={impossible && choice != Notifications::Off} onchange={choose(choice)} />
                    <span>{ label }<small>{ hint }</small></span>
                </label>
            }) }
            <p class="hint" role="status" data-testid="notifications-state">{ said.unwrap_or_default() }</p>
        </fieldset>
    }
}
