//! The sentences in the chosen language: Project Fluent (<https://projectfluent.org>), compiled into the page.
//!
//! Bundles are not told to isolate what they insert: they would put invisible marks around each number and each Latin
//! name, into titles, labels and whatever is copied. What is written from right to left is isolated here instead, so that
//! a name in Hebrew leaves the order of the sentence around it alone.

use std::cell::Cell;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};

use crate::state::preferences::Language;

/// FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (Unicode Annex 9).
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

macro_rules! files {
    ($language:literal: $($file:literal)+) => {
        [$(include_str!(concat!("../../locales/", $language, "/", $file, ".ftl"))),+]
    };
}

const ENGLISH: [&str; 14] = files!("en": "app" "errors" "entrance" "room" "rooms" "members" "log" "export" "account" "server" "connection" "privacy" "settings" "desktop");
const GERMAN: [&str; 14] = files!("de": "app" "errors" "entrance" "room" "rooms" "members" "log" "export" "account" "server" "connection" "privacy" "settings" "desktop");

type Bundle = FluentBundle<FluentResource>;

thread_local! {
    static CHOSEN: Cell<Language> = const { Cell::new(Language::English) };
    static IN_ENGLISH: Bundle = bundle(Language::English);
    static IN_GERMAN: Bundle = bundle(Language::German);
}

/// The text with this id in the chosen language: `t!("composer-send")`, `t!("unread-count", count = unread)`.
///
/// A `String`. Ids are literals, so that a test can compare them with the files in `locales/`.
macro_rules! t {
    ($id:literal) => {
        $crate::texts::fluent::text($id, [])
    };
    ($id:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::texts::fluent::text($id, [$((stringify!($name), ::fluent_bundle::FluentValue::from($value))),+])
    };
}
pub(crate) use t;

/// From now on texts are in this language. What is on the page has to be rendered anew.
pub fn choose(language: Language) {
    CHOSEN.set(language);
}

/// See [`t!`]. An id that the language lacks falls back to English, then to itself.
pub(crate) fn text<'a, const N: usize>(id: &str, values: [(&'static str, FluentValue<'a>); N]) -> String {
    shown(id, &values.map(|(name, value)| (name, isolated(value))).into_iter().collect())
}

fn shown(id: &str, values: &FluentArgs<'_>) -> String {
    let in_language = |language| match language {
        Language::English => IN_ENGLISH.with(|bundle| format(bundle, id, values)),
        Language::German => IN_GERMAN.with(|bundle| format(bundle, id, values)),
    };
    in_language(CHOSEN.get()).or_else(|| in_language(Language::English)).unwrap_or_else(|| id.to_owned())
}

fn format(bundle: &Bundle, id: &str, values: &FluentArgs<'_>) -> Option<String> {
    let pattern = bundle.get_message(id)?.value()?;
    // A value that is missing shows as its name; the test of the files finds it.
    Some(bundle.format_pattern(pattern, Some(values), &mut Vec::new()).into_owned())
}

/// What a language's files say.
pub(super) const fn files(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

/// What cannot be read in a file is left out, as is a second text with the same id; the test of the files finds both.
fn bundle(language: Language) -> Bundle {
    let mut bundle = Bundle::new(language.code().parse().into_iter().collect());
    bundle.set_use_isolating(false);
    for file in files(language) {
        let (Ok(file) | Err((file, _))) = FluentResource::try_new((*file).to_owned());
        let _ = bundle.add_resource(file);
    }
    bundle
}

fn isolated(value: FluentValue<'_>) -> FluentValue<'_> {
    match value {
        FluentValue::String(text) if text.chars().any(turns) => {
            FluentValue::from(format!("{}{text}{}", ISOLATE.0, ISOLATE.1))
        }
        other => other,
    }
}

/// Whether a character is written from right to left, or directs those around it: the blocks of Unicode 17.
const fn turns(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_in_the_chosen_language() {
        assert_eq!(t!("today"), "Today");
        choose(Language::German);
        assert_eq!(t!("today"), "Heute");
        assert_eq!(t!("duration-minutes", count = 1), "1 Minute");
        choose(Language::English);
        assert_eq!(t!("duration-minutes", count = 5), "5 minutes");
    }

    #[test]
    fn what_no_file_has_shows_its_id() {
        choose(Language::German);
        assert_eq!(shown("no-such-text", &FluentArgs::new()), "no-such-text");
    }

    #[test]
    fn only_what_is_written_from_right_to_left_is_isolated() {
        let with = |wait: &str| t!("error-rate-limited-wait", wait = wait);
        assert_eq!(with("Zoë, 5"), "That was too often. Try again in Zoë, 5.");
        assert_eq!(with("דנה"), "That was too often. Try again in \u{2068}דנה\u{2069}.");
    }
}
