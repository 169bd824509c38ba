//! Listening to what the browser tells of its window or document, as long as a component lives.

use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{EventTarget, VisibilityState};
use yew::prelude::*;

/// Where an event comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `window`
    Window,
    /// `document`
    Document,
}

impl Source {
    fn target(self) -> Option<EventTarget> {
        let window = web_sys::window()?;
        match self {
            Self::Window => Some(window.into()),
            Self::Document => window.document().map(Into::into),
        }
    }
}

/// Whether somebody can see the page: not while another tab lies over it, or the window is put away.
#[must_use]
pub fn is_visible() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| document.visibility_state() == VisibilityState::Visible)
}

/// Calls `heard` at each event, whatever it says.
#[hook]
pub fn use_listener(source: Source, event: &'static str, heard: Callback<()>) {
    let heard = use_callback(heard, |_: Event, heard| heard.emit(()));
    use_event(source, event, heard);
}

/// Calls `heard` with each event.
#[hook]
pub fn use_event(source: Source, event: &'static str, heard: Callback<Event>) {
    use_effect_with(heard, move |heard| {
        let heard = heard.clone();
        let closure = Closure::<dyn Fn(Event)>::new(move |event| heard.emit(event));
        let target = source.target();
        if let Some(target) = &target {
            let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
        }
        move || {
            if let Some(target) = &target {
                let _ = target.remove_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
            }
        }
    });
}
