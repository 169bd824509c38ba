//! What a handle may look like, and when two are the same.

use igoon_shared::protocol::limits;

/// A handle that follows the rules: 2 to 32 letters, digits, dots, underscores and hyphens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    text: String,
    key: String,
}

/// The handle breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a handle has 2 to 32 letters, digits, dots, underscores or hyphens")]
pub struct BadHandle;

impl Handle {
    /// Checks a handle as somebody typed it; space around it does not count.
    ///
    /// # Errors
    /// [`BadHandle`].
    pub fn parse(typed: &str) -> Result<Self, BadHandle> {
        let text = typed.trim();
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
        if !limits::HANDLE_CHARS.contains(&text.chars().count()) || !text.chars().all(allowed) {
            return Err(BadHandle);
        }
        // Lower case decides whether two handles are the same. Combining marks are not alphanumeric, so that a letter
        // with an accent can be written in one way only.
        Ok(Self { text: text.to_owned(), key: text.to_lowercase() })
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

    #[test]
    fn letters_of_any_script_digits_and_three_marks_are_allowed() {
        for good in ["Ada", "ö2", "Анна.П", "x_y-z", "陳大文", &"a".repeat(32)] {
            assert!(Handle::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn the_rest_is_not() {
        for bad in ["", "a", " a ", "a b", "a@b", "a/b", "e\u{301}va", "a\u{200d}b", "😀😀", &"a".repeat(33)] {
            assert_eq!(Handle::parse(bad), Err(BadHandle), "{bad:?}");
        }
    }

    #[test]
    fn case_and_space_around_do_not_tell_handles_apart() {
        let (one, other) = (Handle::parse(" Ada ").unwrap(), Handle::parse("aDA").unwrap());
        assert_eq!(one.key(), other.key());
        assert_eq!(one.text(), "Ada");
    }
}
