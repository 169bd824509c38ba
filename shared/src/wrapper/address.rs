//! The address of a server, as people type it or as an invite link has it.

use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Hosts that mean this computer. What goes there stays here, so it needs no TLS; browsers hold it so, too (Secure Contexts,
/// section 3.1). `[::1]` is not among them, since the page's policy has no way to name it (CSP 3, section 2.3.1).
const THIS_COMPUTER: [&str; 2] = ["localhost", "127.0.0.1"];

/// `https://host:port`, without the port if it is the scheme's own; `http://` for this computer alone. Lower case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ServerAddress(String);

/// Why something is not the address of a server that can be talked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum NoAddress {
    /// It is no address.
    #[error("this is not an address")]
    Malformed,
    /// Over the network without TLS, anybody on the way could read the session's token, and change the answers.
    #[error("this address is not secure")]
    Insecure,
}

impl ServerAddress {
    /// Reads an address with whatever follows it: path and fragment, so that an invite link does, too. Without a scheme it is
    /// `https`, for this computer `http`.
    ///
    /// # Errors
    /// [`NoAddress`].
    pub fn find(text: &str) -> Result<(Self, &str), NoAddress> {
        let text = text.trim();
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, text),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, follows) = rest.split_at(end);
        let (host, port) = split(authority).ok_or(NoAddress::Malformed)?;
        let host = host.to_lowercase();
        let here = THIS_COMPUTER.contains(&host.as_str());
        let (scheme, own_port) = match scheme.as_deref() {
            Some("https") => ("https", 443),
            Some("http") if here => ("http", 80),
            None if here => ("http", 80),
            None => ("https", 443),
            Some("http") => return Err(NoAddress::Insecure),
            Some(_) => return Err(NoAddress::Malformed),
        };
        let port = port.filter(|port| *port != own_port).map(|port| format!(":{port}")).unwrap_or_default();
        Ok((Self(format!("{scheme}://{host}{port}")), follows))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Host and port of an authority; no user, and nothing that a host cannot have.
fn split(authority: &str) -> Option<(&str, Option<u16>)> {
    let bracket = authority.find(']').map_or(0, |at| at + 1);
    let (host, port) = match authority.get(bracket..)?.find(':') {
        Some(colon) => (authority.get(..bracket + colon)?, authority.get(bracket + colon + 1..)),
        None => (authority, None),
    };
    let port = match port {
        Some(port) => Some(port.parse().ok().filter(|port| *port != 0)?),
        None => None,
    };
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<core::net::Ipv6Addr>().is_ok(),
        None => {
            host.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '-')
                && host.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
        }
    };
    is_host.then_some((host, port))
}

impl FromStr for ServerAddress {
    type Err = NoAddress;

    /// The address alone; a slash may follow.
    fn from_str(text: &str) -> Result<Self, NoAddress> {
        match Self::find(text)? {
            (address, "" | "/") => Ok(address),
            _ => Err(NoAddress::Malformed),
        }
    }
}

impl TryFrom<String> for ServerAddress {
    type Error = NoAddress;

    fn try_from(text: String) -> Result<Self, NoAddress> {
        text.parse()
    }
}

impl From<ServerAddress> for String {
    fn from(address: ServerAddress) -> Self {
        address.0
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::json;

    #[test]
    fn addresses_as_people_type_them() {
        for (typed, address) in [
            ("chat.example.org", "https://chat.example.org"),
            (" Chat.Example.org/ ", "https://chat.example.org"),
            ("https://chat.example.org:443", "https://chat.example.org"),
            ("HTTPS://chat.example.org:8443/", "https://chat.example.org:8443"),
            ("192.0.2.7:8443", "https://192.0.2.7:8443"),
            ("[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
            ("bücher.example", "https://bücher.example"),
            ("localhost:8080", "http://localhost:8080"),
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost:80/", "http://localhost"),
            ("https://localhost:8443", "https://localhost:8443"),
        ] {
            assert_eq!(typed.parse(), Ok(ServerAddress(address.to_owned())), "{typed}");
        }
    }

    #[test]
    fn what_is_no_address_is_told_apart_from_what_is_not_safe() {
        for malformed in [
            "",
            " ",
            "https://",
            "ftp://chat.example.org",
            "tauri://localhost",
            "javascript:alert(1)",
            "a b",
            "ada@chat.example.org",
            "https://ada:secret@chat.example.org",
            "chat.example.org:port",
            "chat.example.org:0",
            "chat.example.org:70000",
            "chat..example.org",
            "-x.example",
            "[::1",
            "[nonsense]:80",
            "::1",
            "https://chat.example.org/path",
            "https://chat.example.org?x",
        ] {
            assert_eq!(malformed.parse::<ServerAddress>(), Err(NoAddress::Malformed), "{malformed}");
        }
        for insecure in ["http://chat.example.org", "http://192.0.2.7:8080", "http://localhost.example.org"] {
            assert_eq!(insecure.parse::<ServerAddress>(), Err(NoAddress::Insecure), "{insecure}");
        }
    }

    #[test]
    fn an_invite_link_has_an_address_and_more() {
        let (address, rest) = ServerAddress::find("https://chat.example.org/join/abc#secret").unwrap();
        assert_eq!((address.as_str(), rest), ("https://chat.example.org", "/join/abc#secret"));
    }

    #[test]
    fn what_was_written_is_read_again_and_nothing_else() {
        let address: ServerAddress = "chat.example.org:8443".parse().unwrap();
        let written = serde_json::to_string(&address).unwrap();
        assert_eq!(json::read::<ServerAddress>(written.as_bytes()).unwrap(), address);
        assert!(json::read::<ServerAddress>(b"\"http://chat.example.org\"").is_err());
    }
}
