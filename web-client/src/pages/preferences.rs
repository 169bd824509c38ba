//! Where preferences are kept in this browser, and what the browser itself prefers.

use web_sys::Storage;

use crate::state::preferences::{Language, Preferences};

const KEY: &str = "igoon-preferences";

/// What was chosen here.
pub(super) fn kept() -> Preferences {
    let kept = storage().and_then(|storage| storage.get_item(KEY).ok()?);
    kept.map_or_else(Preferences::default, |kept| Preferences::read(&kept))
}

/// Keeps it; where the browser permits no storage it holds until the page is closed.
pub(super) fn keep(preferences: &Preferences) {
    if let (Some(storage), Ok(text)) = (storage(), preferences.write()) {
        let _ = storage.set_item(KEY, &text);
    }
}

/// The language that the browser asks for.
pub(super) fn browser_language() -> Language {
    let tags = web_sys::window().map(|window| window.navigator().languages()).unwrap_or_default();
    Language::first_of(tags.iter().filter_map(|tag| tag.as_string()))
}

/// Tells the browser in which language the page is, for screen readers, hyphenation and quotation marks.
pub(super) fn mark_document(language: Language) {
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(root) = document.and_then(|document| document.document_element()) {
        let _ = root.set_attribute("lang", language.code());
        let _ = root.set_attribute("dir", language.direction());
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
