//! What is shown where the texts did not come: the few words for that stand in the document itself, in each language.

use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Document, HtmlTemplateElement};

/// Shows them in the place of what says that Igoon is being loaded; nothing where the document has no such place.
pub(super) fn show(document: &Document) -> Option<()> {
    let words: HtmlTemplateElement = document.get_element_by_id("wordless")?.dyn_into().ok()?;
    document.query_selector("main").ok()??.replace_children_with_node_1(&words.content());
    // All of it anew: the server may have another build by now, and texts of that one alone.
    let load = Closure::<dyn Fn()>::new(|| {
        if let Some(window) = web_sys::window() {
            let _ = window.location().reload();
        }
    });
    let again = document.get_element_by_id("again")?;
    again.add_event_listener_with_callback("click", load.into_js_value().unchecked_ref()).ok()
}
