//! E-mail addresses: what can be one (RFC 5321, section 4.1.2), and when two are the same.

use igoon_shared::protocol::limits;
use lettre::Address;

/// An address that a mail can be sent to.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    text: String,
    key: String,
}

/// The text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This is not an e-mail address")]
pub struct BadEmail;

impl Email {
    /// Checks an address as somebody typed it; space around it does not count.
    ///
    /// # Errors
    /// [`BadEmail`].
    pub fn parse(typed: &str) -> Result<Self, BadEmail> {
        let text = typed.trim();
        if text.len() > limits::EMAIL || text.chars().any(char::is_control) {
            return Err(BadEmail);
        }
        let address: Address = text.parse().map_err(|_| BadEmail)?;
        // Nobody means two mailboxes by two spellings, whatever the standard allows.
        Ok(Self { text: address.to_string(), key: text.to_lowercase() })
    }

    /// As it was typed.
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

/// Addresses of people do not belong into logs.
impl core::fmt::Debug for Email {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Email(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_space_around_do_not_tell_addresses_apart() {
        let (one, other) = (Email::parse(" Ada@Example.org ").unwrap(), Email::parse("ada@example.ORG").unwrap());
        assert_eq!(one.key(), other.key());
        assert_eq!(one.text(), "Ada@Example.org");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.org", "a".repeat(250));
        for bad in
            ["", "ada", "ada@", "@example.org", "a b@example.org", "a@b@c", "a@exa mple.org", "a@b\r\nBcc: c", &long]
        {
            assert_eq!(Email::parse(bad), Err(BadEmail), "{bad:?}");
        }
    }

    #[test]
    fn an_address_does_not_print() {
        assert_eq!(format!("{:?}", Email::parse("ada@example.org").unwrap()), "Email(redacted)");
    }
}
