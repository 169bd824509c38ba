//! What a password has to be like.

use igoon_shared::protocol::{http::SecretText, limits};
use zxcvbn::{Score, zxcvbn};

/// Beyond so many characters a password is not looked at for patterns: that takes time by the square of its length.
const LOOKED_AT: usize = 72;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// Fewer characters than [`limits::PASSWORD_CHARS`] ask for.
    #[error("A password has at least 10 characters")]
    TooShort,
    /// More of them.
    #[error("A password has at most 1024 characters")]
    TooLong,
    /// It is one of those that are tried first: a common one, a keyboard row, the handle or address with a number behind it.
    #[error("This password is too easy to guess: choose several words, or let a password manager make one")]
    Guessable,
}

/// Checks how long a new password is.
///
/// # Errors
/// [`BadPassword::TooShort`], [`BadPassword::TooLong`].
pub fn check_length(password: &SecretText) -> Result<(), BadPassword> {
    length(password).map(drop)
}

/// Checks a new password; `known` is what everybody knows of its owner. It may take tenths of a second.
///
/// # Errors
/// [`BadPassword`].
pub fn check(password: &SecretText, known: &[&str]) -> Result<(), BadPassword> {
    if length(password)? <= LOOKED_AT && zxcvbn(password.expose(), known).score() < Score::Two {
        return Err(BadPassword::Guessable);
    }
    Ok(())
}

fn length(password: &SecretText) -> Result<usize, BadPassword> {
    // Counted no further than the limit: the text may be long.
    let counted = password.expose().chars().take(limits::PASSWORD_CHARS.end() + 1).count();
    if counted < *limits::PASSWORD_CHARS.start() {
        return Err(BadPassword::TooShort);
    }
    if counted > *limits::PASSWORD_CHARS.end() {
        return Err(BadPassword::TooLong);
    }
    Ok(counted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(password: &str) -> Result<(), BadPassword> {
        check(&SecretText::new(password.to_owned()), &["ada", "ada@example.org", "igoon"])
    }

    #[test]
    fn lengths_are_held() {
        assert_eq!(judged("ninechars"), Err(BadPassword::TooShort));
        assert_eq!(judged(&"ü".repeat(1_025)), Err(BadPassword::TooLong));
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for bad in ["password12", "1234567890", "qwertyuiop", "aaaaaaaaaa", "ada@example.org", "iloveyou12"] {
            assert_eq!(judged(bad), Err(BadPassword::Guessable), "{bad}");
        }
    }

    #[test]
    fn words_and_noise_are_taken() {
        for good in ["correct horse", "correct horse battery", "Vx7#pq9!mLzz", &"long ".repeat(200), "пароль-из-слов"]
        {
            assert_eq!(judged(good), Ok(()), "{good}");
        }
    }
}
