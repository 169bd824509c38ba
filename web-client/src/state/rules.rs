//! What can be told about a form before the server is asked. The server decides all the same.

use std::collections::BTreeSet;

use igoon_shared::protocol::{error::ErrorCode, limits};

use crate::messages::{NewAccount, Trouble};

/// What is wrong with a new account.
///
/// # Errors
/// The trouble that the server would answer with.
pub fn new_account(account: &NewAccount) -> Result<(), Trouble> {
    email(&account.email)?;
    handle(&account.handle)?;
    password(account.password.expose())
}

/// What is wrong with an e-mail address; whether there is such a mailbox shows when the code comes.
///
/// # Errors
/// The trouble that the server would answer with.
pub fn email(email: &str) -> Result<(), Trouble> {
    let email = email.trim();
    let parts = email.rsplit_once('@').filter(|(mailbox, host)| !mailbox.is_empty() && !host.is_empty());
    if parts.is_some() && email.len() <= limits::EMAIL && !email.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        Ok(())
    } else {
        Err(invalid("email"))
    }
}

/// What is wrong with a handle.
///
/// # Errors
/// The trouble that the server would answer with.
pub fn handle(handle: &str) -> Result<(), Trouble> {
    let handle = handle.trim();
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    if limits::HANDLE_CHARS.contains(&handle.chars().count()) && handle.chars().all(allowed) {
        Ok(())
    } else {
        Err(invalid("handle"))
    }
}

/// What is wrong with a new password.
///
/// # Errors
/// The trouble that the server would answer with.
pub fn password(password: &str) -> Result<(), Trouble> {
    if limits::PASSWORD_CHARS.contains(&password.chars().count()) { Ok(()) } else { Err(invalid("password")) }
}

/// How good a new password is, as far as its length tells. What is guessed first, the server knows and refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// So many characters are missing.
    Missing(usize),
    /// As long as it has to be.
    Fair,
    /// As long as four words, and not one character again and again.
    Good,
}

/// A password of so many characters, of which [`GOOD_VARIETY`] are different ones, is a good one.
const GOOD_CHARS: usize = 16;
const GOOD_VARIETY: usize = 8;

/// How good a new password is; nothing as long as there is none.
#[must_use]
pub fn strength(password: &str) -> Option<Strength> {
    let count = password.chars().count();
    let variety = password.chars().collect::<BTreeSet<char>>().len();
    match limits::PASSWORD_CHARS.start().saturating_sub(count) {
        _ if count == 0 => None,
        0 if count >= GOOD_CHARS && variety >= GOOD_VARIETY => Some(Strength::Good),
        0 => Some(Strength::Fair),
        missing => Some(Strength::Missing(missing)),
    }
}

/// What is wrong with a code that has not eight digits.
#[must_use]
pub fn incomplete_code() -> Trouble {
    invalid("digits")
}

/// What is wrong with a set-up code that is not there.
#[must_use]
pub fn missing_setup_code() -> Trouble {
    invalid("setup-code")
}

/// What is wrong with a group of a code that is not its last.
#[must_use]
pub fn another_group() -> Trouble {
    invalid("kit-check")
}

/// What is wrong with a room's name.
///
/// # Errors
/// The trouble that the server would answer with.
pub fn room_name(name: &str) -> Result<(), Trouble> {
    if limits::NAME_CHARS.contains(&name.trim().chars().count()) { Ok(()) } else { Err(invalid("name")) }
}

/// The longest text that fits into one message, its wrapping left out, in bytes of UTF-8.
pub const MESSAGE_BYTES: usize = limits::MESSAGE_PLAINTEXT - 64;

/// How near a text is to what one message holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// There is nothing to send.
    #[default]
    Empty,
    /// Far from it.
    Fits,
    /// So many more characters fit, at least.
    Near(usize),
    /// It is too long by so many characters, at most.
    TooLong(usize),
}

/// See [`Fit`]. Characters of other alphabets take more bytes: what is told holds for those that are written.
#[must_use]
pub fn fit(text: &str) -> Fit {
    const NEAR: usize = 1_000;
    let bytes = text.len();
    let wide = || text.chars().next_back().map_or(1, char::len_utf8);
    match MESSAGE_BYTES.checked_sub(bytes) {
        _ if text.trim().is_empty() => Fit::Empty,
        None => Fit::TooLong((bytes - MESSAGE_BYTES).div_ceil(wide())),
        Some(left) if left < NEAR => Fit::Near(left / wide()),
        Some(_) => Fit::Fits,
    }
}

/// The field of a form that a trouble is about.
#[must_use]
pub fn field_of(trouble: &Trouble) -> Option<&str> {
    match trouble {
        Trouble::Refused { code: ErrorCode::HandleTaken, .. } => Some("handle"),
        Trouble::Refused { code: ErrorCode::EmailTaken, .. } => Some("email"),
        Trouble::Refused { code: ErrorCode::BadSetupCode, .. } => Some("setup-code"),
        Trouble::Refused { code: ErrorCode::BadCode, .. } | Trouble::WrongCode { .. } => Some("digits"),
        Trouble::Refused { code: ErrorCode::Invalid, field, .. } => field.as_deref(),
        Trouble::WrongPassword => Some("current"),
        Trouble::Kit(_) => Some("kit"),
        Trouble::Address(_) | Trouble::NoServer | Trouble::NotIgoon => Some("server"),
        _ => None,
    }
}

/// Whether a refusal is about a code by e-mail.
#[must_use]
pub const fn is_about_code(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::WrongCode { .. } | Trouble::Refused { code: ErrorCode::BadCode, .. })
        || voids_code(trouble)
}

/// Whether no try with the code that was entered can be right any more.
#[must_use]
pub const fn voids_code(trouble: &Trouble) -> bool {
    matches!(
        trouble,
        Trouble::WrongCode { tries_left: 0 }
            | Trouble::Refused { code: ErrorCode::CodeExpired | ErrorCode::TooManyTries, .. }
    )
}

/// A field breaks a rule.
#[must_use]
pub fn invalid(field: &str) -> Trouble {
    Trouble::Refused { code: ErrorCode::Invalid, field: Some(field.to_owned()), retry_after_ms: None }
}

#[cfg(test)]
mod tests {
    use igoon_shared::protocol::http::SecretText;

    use super::*;

    #[test]
    fn handles_and_passwords() {
        for good in [" bea.o_b-1 ", "Zoë"] {
            assert_eq!(handle(good), Ok(()), "{good}");
        }
        for bad in ["b", "two words", "a/b", &"a".repeat(33)] {
            assert_eq!(handle(bad), Err(invalid("handle")), "{bad}");
        }
        assert_eq!(password("nine char"), Err(invalid("password")));
        assert_eq!(password("ähnlich 10"), Ok(()), "characters count, not bytes");
    }

    #[test]
    fn addresses() {
        for good in ["bea@example.org", " bea+igoon@mail.example.org ", "\"a@b\"@example.org", "bea@localhost"] {
            assert_eq!(email(good), Ok(()), "{good}");
        }
        for bad in ["", "bea", "@example.org", "bea@", "bea @example.org", &format!("{}@b", "a".repeat(253))] {
            assert_eq!(email(bad), Err(invalid("email")), "{bad}");
        }
    }

    #[test]
    fn the_first_field_that_is_wrong_is_named() {
        let account = |email: &str, handle: &str, password: &str| NewAccount {
            email: email.to_owned(),
            handle: handle.to_owned(),
            password: SecretText::new(password.to_owned()),
        };
        assert_eq!(new_account(&account("bea@example.org", "bea", "ten letters")), Ok(()));
        assert_eq!(new_account(&account("bea", "b", "short")), Err(invalid("email")));
        assert_eq!(new_account(&account("bea@example.org", "b", "short")), Err(invalid("handle")));
        assert_eq!(new_account(&account("bea@example.org", "bea", "short")), Err(invalid("password")));
    }

    #[test]
    fn room_names() {
        assert_eq!(room_name("Rowing club"), Ok(()));
        assert!(room_name("   ").is_err());
        assert!(room_name(&"a".repeat(65)).is_err());
    }

    #[test]
    fn the_longest_text_fits_into_a_message() {
        use igoon_shared::{crypto::message::TextBody, protocol::codec};
        let text = "a".repeat(MESSAGE_BYTES);
        assert_eq!(fit(&text), Fit::Near(0));
        assert!(codec::encode(&TextBody { text: text.clone() }).len() <= limits::MESSAGE_PLAINTEXT);
        assert_eq!(fit(&(text + "a")), Fit::TooLong(1));
    }

    #[test]
    fn how_much_more_fits_is_told_near_the_limit() {
        assert_eq!((fit(""), fit(" \n"), fit("hello")), (Fit::Empty, Fit::Empty, Fit::Fits));
        assert_eq!(fit(&"a".repeat(MESSAGE_BYTES - 1_000)), Fit::Fits);
        assert_eq!(fit(&"a".repeat(MESSAGE_BYTES - 999)), Fit::Near(999));
        assert_eq!(fit(&"ж".repeat(MESSAGE_BYTES / 2 - 10)), Fit::Near(10), "two bytes each");
        assert_eq!(fit(&"ж".repeat(MESSAGE_BYTES / 2 + 10)), Fit::TooLong(10));
    }

    #[test]
    fn codes_know_their_field() {
        let refused = |code| Trouble::Refused { code, field: None, retry_after_ms: None };
        assert_eq!(field_of(&refused(ErrorCode::HandleTaken)), Some("handle"));
        assert_eq!(field_of(&refused(ErrorCode::BadCode)), Some("digits"));
        assert_eq!(field_of(&Trouble::WrongCode { tries_left: 4 }), Some("digits"));
        assert_eq!(field_of(&refused(ErrorCode::BadCredentials)), None);
        assert_eq!(field_of(&refused(ErrorCode::CodeExpired)), None, "no field can mend it");
        assert_eq!(field_of(&Trouble::WrongPassword), Some("current"));
        assert_eq!(field_of(&invalid("password")), Some("password"));
    }

    #[test]
    fn a_code_is_good_until_its_last_try() {
        assert!(!voids_code(&Trouble::WrongCode { tries_left: 1 }));
        assert!(voids_code(&Trouble::WrongCode { tries_left: 0 }));
        for tries_left in [0, 4] {
            assert!(is_about_code(&Trouble::WrongCode { tries_left }));
        }
        assert!(!is_about_code(&Trouble::Unreachable));
    }

    #[test]
    fn a_long_password_of_several_words_is_a_good_one() {
        assert_eq!(strength(""), None);
        assert_eq!(strength("nine char"), Some(Strength::Missing(1)));
        assert_eq!(strength("ähnlich 10"), Some(Strength::Fair), "characters count, not bytes");
        assert_eq!(strength("aaaaaaaaaaaaaaaaaaaa"), Some(Strength::Fair));
        assert_eq!(strength("correct horse battery staple"), Some(Strength::Good));
    }
}
