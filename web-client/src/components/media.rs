//! What the window is like: whether a media query holds, as long as a component lives.

use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{MediaQueryList, MediaQueryListEvent};
use yew::prelude::*;

/// Whether the query holds; the component is rendered anew when that changes.
#[hook]
pub fn use_media(query: &'static str) -> bool {
    let holds = use_state(|| list(query).is_some_and(|list| list.matches()));
    let set = holds.setter();
    use_effect_with((), move |()| {
        let changed =
            Closure::<dyn Fn(MediaQueryListEvent)>::new(move |event: MediaQueryListEvent| set.set(event.matches()));
        let list = list(query);
        if let Some(list) = &list {
            let _ = list.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
        }
        move || {
            if let Some(list) = list {
                let _ = list.remove_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
            }
        }
    });
    *holds
}

fn list(query: &str) -> Option<MediaQueryList> {
    web_sys::window()?.match_media(query).ok()?
}
