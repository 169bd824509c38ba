//! Going from one page to another without loading the app anew.

use wasm_bindgen::JsValue;
use yew::prelude::*;

use super::session::Session;
use crate::state::{Action, Route};

/// See [`Go`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct GoProps {
    /// See [`Session`].
    pub session: Session,
    /// Where to.
    pub to: Route,
    /// How it looks.
    #[prop_or_default]
    pub class: Classes,
    /// For tests.
    pub testid: AttrValue,
    /// What it says.
    pub children: Html,
}

/// A link within the app. It has an address, so it can be opened in a tab of its own.
#[function_component]
pub fn Go(props: &GoProps) -> Html {
    html! {
        <a href={props.to.path()} class={props.class.clone()} data-testid={&props.testid}
            onclick={going(&props.session, props.to.clone())}>
            { props.children.clone() }
        </a>
    }
}

/// What a click on a link to a page of the app does.
pub fn going(session: &Session, to: Route) -> Callback<MouseEvent> {
    let session = session.clone();
    Callback::from(move |event: MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()) {
            event.prevent_default();
            go_to(&session, to.clone());
        }
    })
}

/// Goes there, with a way back by the browser's button.
pub fn go_to(session: &Session, to: Route) {
    if let (Some(path), Some(history)) = (to.path(), web_sys::window().and_then(|window| window.history().ok())) {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&path));
    }
    session.act(Action::Routed(to));
}
