//! The token of whoever watches the server without an account: a monitoring system. It is a setting.

use std::str::FromStr;

use igoon_shared::crypto::primitives;
use subtle::ConstantTimeEq as _;

use super::secrets::SecretHash;

/// How many characters it has at least.
const LENGTH: usize = 32;

/// The token's hash; the token itself is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdminToken(SecretHash);

/// The text cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it needs at least {LENGTH} characters, and only letters, digits and punctuation of ASCII")]
pub struct ParseAdminTokenError;

impl AdminToken {
    /// Whether a caller's text is this token. Takes equally long for all texts of a length.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        primitives::sha256(text.as_bytes()).ct_eq(&self.0.0).into()
    }
}

impl FromStr for AdminToken {
    type Err = ParseAdminTokenError;

    /// Nothing is trimmed: what is compared is what was set.
    fn from_str(text: &str) -> Result<Self, ParseAdminTokenError> {
        let fits = text.len() >= LENGTH && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(SecretHash(primitives::sha256(text.as_bytes())))) } else { Err(ParseAdminTokenError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "0123456789abcdefghijklmnopqrstuv";

    #[test]
    fn it_is_itself_and_nothing_else() {
        let token: AdminToken = TEXT.parse().unwrap();
        assert!(token.is(TEXT));
        for other in ["", &TEXT[1..], &format!("{TEXT} "), &TEXT.to_uppercase()] {
            assert!(!token.is(other), "{other}");
        }
    }

    #[test]
    fn short_ones_and_those_that_no_header_carries_are_refused() {
        for bad in ["", &TEXT[1..], &format!("{TEXT}\n"), &format!("{TEXT} x"), &format!("{TEXT}ä")] {
            assert_eq!(bad.parse::<AdminToken>(), Err(ParseAdminTokenError), "{bad}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let shown = format!("{:?}", TEXT.parse::<AdminToken>().unwrap());
        assert_eq!(shown, "AdminToken(SecretHash(redacted))");
    }
}
