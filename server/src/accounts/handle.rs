//! What a handle may look like, and when two are the same.

use igoon_shared::protocol::limits;
use unicode_security::{MixedScript as _, confusable_detection::skeleton};

/// A handle that follows the rules: 2 to 32 letters, digits, dots, underscores and hyphens, its letters of one script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    text: String,
    key: String,
}

/// The handle breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadHandle {
    /// Its length, or a character.
    #[error("A handle has 2 to 32 letters, digits, dots, underscores or hyphens")]
    Characters,
    /// Letters that look alike can stand for each other then (UTS 39, section 5.1).
    #[error("The letters of a handle are of one script, such as Latin or Cyrillic")]
    MixedScripts,
}

impl Handle {
    /// Checks a handle as somebody typed it; space around it does not count.
    ///
    /// # Errors
    /// [`BadHandle`].
    pub fn parse(typed: &str) -> Result<Self, BadHandle> {
        let text = typed.trim();
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
        if !limits::HANDLE_CHARS.contains(&text.chars().count())
            || !text.chars().all(allowed)
            || !text.chars().any(char::is_alphanumeric)
        {
            return Err(BadHandle::Characters);
        }
        if !text.is_single_script() {
            return Err(BadHandle::MixedScripts);
        }
        // Combining marks are not alphanumeric, so that a letter with an accent can be written in one way only. The skeleton
        // (UTS 39, section 4) is the same for what looks the same: also for `l` and `1`, for `rn` and `m`. It may bring
        // capitals back (`O` for `0`). As case does not count, and `I` looks like `l`, so does `i`.
        let lower: String = text.to_lowercase();
        let key = skeleton(&lower).collect::<String>().to_lowercase().replace('i', "l");
        Ok(Self { text: text.to_owned(), key })
    }

    /// As it is shown.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What no two accounts share.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> String {
        Handle::parse(text).unwrap().key().to_owned()
    }

    #[test]
    fn letters_of_any_script_digits_and_three_marks_are_allowed() {
        for good in ["Ada", "ö2", "Анна.П", "x_y-z", "陳大文", "さくら", &"a".repeat(32)] {
            assert!(Handle::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn the_rest_is_not() {
        for bad in ["", "a", " a ", "a b", "a@b", "a/b", "e\u{301}va", "a\u{200d}b", "😀😀", "..", &"a".repeat(33)]
        {
            assert_eq!(Handle::parse(bad), Err(BadHandle::Characters), "{bad:?}");
        }
        // The Cyrillic а.
        assert_eq!(Handle::parse("аda"), Err(BadHandle::MixedScripts));
    }

    #[test]
    fn case_and_space_around_do_not_tell_handles_apart() {
        let (one, other) = (Handle::parse(" Ada ").unwrap(), Handle::parse("aDA").unwrap());
        assert_eq!(one.key(), other.key());
        assert_eq!(one.text(), "Ada");
    }

    #[test]
    fn what_looks_the_same_is_the_same() {
        // A whole word in Cyrillic that reads as a Latin one; digits for letters.
        assert_eq!(key("сосо"), key("coco"));
        assert_eq!(key("paul1"), key("paull"));
        assert_eq!(key("Bob0"), key("bobo"));
        assert_eq!(key("paulI"), key("paull"));
        assert_ne!(key("ada"), key("eda"));
    }
}
