//! Where the keyboard is when what it was on has gone.

use wasm_bindgen::JsCast as _;
use web_sys::{Document, Element, HtmlElement};
use yew::prelude::*;

/// Puts the focus on this element if nothing has it. An element that is no control can be focused by this alone.
pub fn recover(element: Option<Element>) {
    let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) else { return };
    if element.owner_document().is_some_and(|document| is_lost(&document)) {
        if element.tab_index() < 0 {
            let _ = element.set_attribute("tabindex", "-1");
        }
        let _ = element.focus();
    }
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
