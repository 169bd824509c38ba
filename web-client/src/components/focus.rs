//! Where the keyboard is when what it was on has gone.

use wasm_bindgen::JsCast as _;
use web_sys::{Document, Element, HtmlElement};
use yew::prelude::*;

/// Puts the focus on this element if nothing has it. An element that is no control can be focused by this alone.
pub fn recover(element: Option<Element>) {
    if let Some(element) = element
        && element.owner_document().is_some_and(|document| is_lost(&document))
    {
        put_on(&element);
    }
}

/// Puts the focus on the first of these that the page has.
pub fn enter(selectors: &[&str]) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let found = selectors.iter().find_map(|selector| document.query_selector(selector).ok().flatten());
    if let Some(element) = found {
        put_on(&element);
    }
}

/// Gives the focus anew to the field that has it. Chromium gives it back to a field over which a modal dialog was open, but not
/// the caret: keys do nothing there until somebody clicks.
pub fn renew() {
    let active = web_sys::window().and_then(|window| window.document()).and_then(|document| document.active_element());
    let Some(field) = active.and_then(|active| active.dyn_into::<HtmlElement>().ok()) else { return };
    if matches!(field.tag_name().as_str(), "INPUT" | "TEXTAREA") {
        let _ = field.blur();
        let _ = field.focus();
    }
}

fn put_on(element: &Element) {
    let Some(element) = element.dyn_ref::<HtmlElement>() else { return };
    if element.tab_index() < 0 {
        let _ = element.set_attribute("tabindex", "-1");
    }
    let _ = element.focus();
}

/// Browsers give the focus to the body when the element that had it is taken away.
fn is_lost(document: &Document) -> bool {
    document.active_element().is_none_or(|active| active.tag_name() == "BODY")
}

/// Recovers the focus whenever `changed` is another than before; not at first.
#[hook]
pub fn use_recovery<T: PartialEq + 'static>(to: NodeRef, changed: T) {
    let before = use_mut_ref(|| false);
    use_effect_with(changed, move |_| {
        if before.replace(true) {
            recover(to.cast());
        }
    });
}
