//! The origin of a page, as a setting and as browsers write it.

use std::str::FromStr;

use serde::Deserialize;

/// The origin of a page (RFC 6454): scheme, host and port, nothing after it. As browsers write it in `Origin`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// The text is no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected scheme://host or scheme://host:port, nothing after it")]
pub struct ParseOriginError;

impl Origin {
    /// As it stands in the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The WebSocket address of the same server; `None` for schemes that have none.
    #[must_use]
    pub fn as_websocket(&self) -> Option<String> {
        let secure = self.0.strip_prefix("https://").map(|rest| format!("wss://{rest}"));
        secure.or_else(|| self.0.strip_prefix("http://").map(|rest| format!("ws://{rest}")))
    }
}

impl FromStr for Origin {
    type Err = ParseOriginError;

    fn from_str(text: &str) -> Result<Self, ParseOriginError> {
        let text = text.trim().to_ascii_lowercase();
        let (scheme, place) = text.split_once("://").ok_or(ParseOriginError)?;
        let scheme_fits = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
        if !scheme_fits || place.is_empty() || !place.bytes().all(allowed) {
            return Err(ParseOriginError);
        }
        // Browsers leave a scheme's own port out.
        let place = match scheme {
            "http" => place.strip_suffix(":80").unwrap_or(place),
            "https" => place.strip_suffix(":443").unwrap_or(place),
            _ => place,
        };
        Ok(Self(format!("{scheme}://{place}")))
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_do() {
        for (typed, written) in [
            ("https://Chat.Example.org", "https://chat.example.org"),
            ("https://chat.example.org:443", "https://chat.example.org"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("tauri://localhost", "tauri://localhost"),
        ] {
            assert_eq!(typed.parse::<Origin>().unwrap().as_str(), written);
        }
        for bad in ["", "chat.example.org", "https://", "https://a/b", "https://a b", "https://*", "https://a;b"] {
            assert_eq!(bad.parse::<Origin>(), Err(ParseOriginError), "{bad}");
        }
    }

    #[test]
    fn websocket_addresses_follow_the_scheme() {
        let websocket = |origin: &str| origin.parse::<Origin>().unwrap().as_websocket();
        assert_eq!(websocket("https://a:1").as_deref(), Some("wss://a:1"));
        assert_eq!(websocket("http://a").as_deref(), Some("ws://a"));
        assert_eq!(websocket("tauri://localhost"), None);
    }
}
