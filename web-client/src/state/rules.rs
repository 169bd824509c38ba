//! What can be told about a form before the server is asked. The server decides all the same.

use igoon_shared::protocol::{error::ErrorCode, limits};

use crate::messages::Trouble;

/// What is wrong with a new account's handle or password.
///
/// # Errors
/// The trouble that the server would answer with.
pub fn new_account(handle: &str, password: &str) -> Result<(), Trouble> {
    let handle = handle.trim();
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !limits::HANDLE_CHARS.contains(&handle.chars().count()) || !handle.chars().all(allowed) {
        return Err(invalid("handle"));
    }
    if !limits::PASSWORD_CHARS.contains(&password.chars().count()) {
        return Err(invalid("password"));
    }
    Ok(())
}

/// What is wrong with a room's name.
///
/// # Errors
/// The trouble that the server would answer with.
pub fn room_name(name: &str) -> Result<(), Trouble> {
    if limits::NAME_CHARS.contains(&name.trim().chars().count()) { Ok(()) } else { Err(invalid("name")) }
}

/// Whether a text fits into one message, its wrapping included.
#[must_use]
pub const fn fits_a_message(text: &str) -> bool {
    text.len() <= limits::MESSAGE_PLAINTEXT - 64
}

/// The field of a form that a trouble is about.
#[must_use]
pub fn field_of(trouble: &Trouble) -> Option<&str> {
    match trouble {
        Trouble::Refused { code: ErrorCode::HandleTaken, .. } => Some("handle"),
        Trouble::Refused { code: ErrorCode::BadSetupCode, .. } => Some("code"),
        Trouble::Refused { code: ErrorCode::Invalid, field, .. } => field.as_deref(),
        _ => None,
    }
}

fn invalid(field: &str) -> Trouble {
    Trouble::Refused { code: ErrorCode::Invalid, field: Some(field.to_owned()), retry_after_ms: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_and_passwords() {
        assert_eq!(new_account(" bea.o_b-1 ", "ten letters"), Ok(()));
        assert_eq!(new_account("Zoë", "ten letters"), Ok(()));
        for bad in ["b", "two words", "a/b", &"a".repeat(33)] {
            assert_eq!(field_of(&new_account(bad, "ten letters").unwrap_err()), Some("handle"), "{bad}");
        }
        assert_eq!(field_of(&new_account("bea", "nine char").unwrap_err()), Some("password"));
        assert_eq!(new_account("bea", "ähnlich 10"), Ok(()), "characters count, not bytes");
    }

    #[test]
    fn room_names() {
        assert_eq!(room_name("Rowing club"), Ok(()));
        assert!(room_name("   ").is_err());
        assert!(room_name(&"a".repeat(65)).is_err());
    }

    #[test]
    fn the_longest_message_still_fits_when_it_is_wrapped() {
        use igoon_shared::{crypto::message::TextBody, protocol::codec};
        let text = "a".repeat(limits::MESSAGE_PLAINTEXT - 64);
        assert!(fits_a_message(&text));
        assert!(codec::encode(&TextBody { text: text.clone() }).len() <= limits::MESSAGE_PLAINTEXT);
        assert!(!fits_a_message(&(text + "a")));
    }

    #[test]
    fn codes_know_their_field() {
        let refused = |code| Trouble::Refused { code, field: None, retry_after_ms: None };
        assert_eq!(field_of(&refused(ErrorCode::HandleTaken)), Some("handle"));
        assert_eq!(field_of(&refused(ErrorCode::BadCredentials)), None);
    }
}
