//! Whom people can ask about the server.

use std::{fmt, str::FromStr};

use serde::Deserialize;
use url::Url;

use crate::accounts::email::Email;

/// So long it may be, in bytes: it stands on a page.
const MOST: usize = 300;

/// An e-mail address, or the address of a page. Anybody is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact(String);

/// The text is neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an e-mail address, or the address of a page that begins with https:// or http://")]
pub struct ParseContactError;

impl FromStr for Contact {
    type Err = ParseContactError;

    fn from_str(text: &str) -> Result<Self, ParseContactError> {
        let text = text.trim();
        if text.len() > MOST {
            return Err(ParseContactError);
        }
        if let Ok(email) = Email::parse(text) {
            return Ok(Self(email.text().to_owned()));
        }
        let url = Url::parse(text).map_err(|_| ParseContactError)?;
        let is_page = matches!(url.scheme(), "https" | "http") && url.username().is_empty() && url.password().is_none();
        if is_page { Ok(Self(url.into())) } else { Err(ParseContactError) }
    }
}

impl<'de> Deserialize<'de> for Contact {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_or_a_page() {
        let read = |text: &str| text.parse::<Contact>().unwrap().to_string();
        assert_eq!(read(" ask@example.org "), "ask@example.org");
        assert_eq!(read("https://example.org/contact?for=igoon"), "https://example.org/contact?for=igoon");
    }

    #[test]
    fn nothing_that_a_page_should_not_link_to() {
        let long = format!("https://example.org/{}", "x".repeat(MOST));
        for text in ["", "somebody", "javascript:alert(1)", "mailto:", "file:///etc", "https://u:p@example.org", &long]
        {
            assert_eq!(text.parse::<Contact>(), Err(ParseContactError), "{text}");
        }
    }
}
