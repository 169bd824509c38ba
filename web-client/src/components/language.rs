//! The language that is spoken, for components that say something.

use yew::prelude::*;

use crate::state::Language;

/// Has a component say it again when another language is chosen, with all that is typed and open in it as it was. Components
/// that are given the session need it not: they are rendered at each change.
#[hook]
pub fn use_language() -> Language {
    use_context::<Language>().unwrap_or(Language::English)
}
