//! The sentences in the chosen language: Project Fluent (<https://projectfluent.org>), read by `build.rs`. What is left to do
//! here is to choose a variant and to put values in their places.
//!
//! What is inserted is not isolated in general: that would put invisible marks around each number and each Latin name, into
//! titles, labels and whatever is copied. What is written from right to left is isolated, so that a name in Hebrew leaves
//! the order of the sentence around it alone.

use std::{borrow::Cow, cell::Cell};

use super::{
    kept::{self, IDS},
    marks,
};
use crate::state::preferences::Language;

/// FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (Unicode Annex 9).
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

thread_local! {
    static CHOSEN: Cell<Language> = const { Cell::new(Language::English) };
}

/// The text with this id in the chosen language: `t!("composer-send")`, `t!("unread-count", count = unread)`.
///
/// A `String`. Ids are literals: one that no file has does not compile.
macro_rules! t {
    ($id:literal) => {
        $crate::texts::fluent::text(const { $crate::texts::fluent::number($id) }, &[])
    };
    ($id:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::texts::fluent::text(
            const { $crate::texts::fluent::number($id) },
            &[$((stringify!($name), $crate::texts::fluent::Value::from(&$value))),+],
        )
    };
}
pub(crate) use t;

/// From now on texts are in this language, which has come before. What is on the page has to be rendered anew.
pub fn choose(language: Language) {
    CHOSEN.set(language);
}

/// What is put into a text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    /// Words.
    Text(&'a str),
    /// A number.
    Number(u64),
    /// A number that may be below nought.
    Signed(i64),
}

impl Value<'_> {
    /// As it is shown.
    fn said(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => number.to_string().into(),
            Self::Signed(number) => number.to_string().into(),
        }
    }

    /// Whether a variant is for it: by its own name or number, or by what form of the language's words goes with that number.
    fn is(&self, key: &str, language: Language) -> bool {
        let form = match self {
            Self::Text(_) => None,
            Self::Number(number) => Some(plural(language, *number)),
            Self::Signed(number) => Some(plural(language, number.unsigned_abs())),
        };
        Some(key) == form || self.said() == key
    }
}

macro_rules! values {
    ($($variant:ident: $($type:ty)+;)+) => {
        $($(impl<'a> From<&'a $type> for Value<'a> {
            fn from(value: &'a $type) -> Self {
                Self::$variant((*value).into())
            }
        })+)+
    };
}
values! { Number: u8 u16 u32 u64; Signed: i64; Text: &'a str; }

impl From<&usize> for Value<'_> {
    fn from(value: &usize) -> Self {
        // Memory is counted in fewer than 64 bits.
        Self::Number(u64::try_from(*value).unwrap_or(u64::MAX))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

/// The form of words that goes with a number of things, as Unicode's CLDR calls it (plural rules, cardinal).
const fn plural(language: Language, number: u64) -> &'static str {
    match language {
        Language::English | Language::German => {
            if number == 1 {
                "one"
            } else {
                "other"
            }
        }
    }
}

/// The place of a text among all.
#[expect(clippy::indexing_slicing, clippy::panic, reason = "it runs in the compiler, and what fails is the build")]
pub(crate) const fn number(id: &str) -> usize {
    let mut number = 0;
    while number < IDS.len() {
        if same(IDS[number].as_bytes(), id.as_bytes()) {
            return number;
        }
        number += 1;
    }
    panic!("no file of texts has this id")
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    match (one, other) {
        ([], []) => true,
        ([a, one @ ..], [b, other @ ..]) => *a == *b && same(one, other),
        _ => false,
    }
}

/// See [`t!`].
pub(crate) fn text(number: usize, values: &[(&str, Value<'_>)]) -> String {
    say(number, CHOSEN.get(), values)
}

/// The text at a place, in a language.
pub(super) fn say(number: usize, language: Language, values: &[(&str, Value<'_>)]) -> String {
    let text = kept::find(number, language);
    let value = |name: &str| values.iter().find(|(given, _)| *given == name).map(|(_, value)| value);
    let sentence = match text.split_once(marks::CHOICE) {
        Some((name, variants)) => variant(variants, language, value(name)),
        None => text,
    };
    let mut shown = String::new();
    // Words, the name of a value, words, …
    for (at, part) in sentence.split(marks::VALUE).enumerate() {
        match value(part).filter(|_| at % 2 == 1) {
            Some(Value::Text(text)) if text.chars().any(turns) => {
                shown.push(ISOLATE.0);
                shown.push_str(text);
                shown.push(ISOLATE.1);
            }
            Some(value) => shown.push_str(&value.said()),
            None => shown.push_str(part),
        }
    }
    shown
}

/// The variant for a value; the last one is for whatever the others are not for.
fn variant<'t>(variants: &'t str, language: Language, value: Option<&Value<'_>>) -> &'t str {
    let mut chosen = "";
    for variant in variants.split(marks::VARIANT) {
        match variant.split_once(marks::KEY) {
            Some((key, sentence)) if value.is_some_and(|value| value.is(key, language)) => return sentence,
            Some(_) => {}
            None => chosen = variant,
        }
    }
    chosen
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
        assert_eq!(t!("duration-minutes", count = 1_u8), "1 Minute");
        choose(Language::English);
        assert_eq!(t!("duration-minutes", count = 5_u8), "5 minutes");
    }

    #[test]
    fn only_what_is_written_from_right_to_left_is_isolated() {
        let with = |wait: &str| t!("error-rate-limited-wait", wait = wait);
        assert_eq!(with("Zoë, 5"), "That was too often. Try again in Zoë, 5.");
        assert_eq!(with("דנה"), "That was too often. Try again in \u{2068}דנה\u{2069}.");
    }
}
