//! The mail server, as an operator names it: `smtp://` (STARTTLS, always) or `smtps://` (TLS from the start), user and
//! password in the address.

use std::{fmt, str::FromStr};

use igoon_shared::protocol::http::SecretText;
use lettre::message::Mailbox;
use url::{Host, Url};

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// By STARTTLS (RFC 3207); without it nothing is sent.
    StartTls,
    /// From the start (RFC 8314, section 3.3).
    Tls,
    /// Not at all; for a server on the same computer.
    None,
}

/// A mail server. Debug shows neither user nor password.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpServer {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// Who to say one is, and the password.
    pub user: Option<(String, SecretText)>,
}

/// Everything that is needed to send mail.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// The server.
    pub server: SmtpServer,
    /// Who the mails are from.
    pub from: Mailbox,
    /// PEM certificates that are trusted besides the public ones.
    pub ca: Option<Vec<u8>>,
}

/// Why the address of a mail server cannot be used. Shows nothing of it: there may be a password inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseSmtpError {
    /// It is not of the right form.
    #[error("expected smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465 (TLS)")]
    Form,
    /// Unprotected to another computer.
    #[error("tls=none is for a mail server on this computer alone (localhost)")]
    Unprotected,
}

impl FromStr for SmtpServer {
    type Err = ParseSmtpError;

    fn from_str(text: &str) -> Result<Self, ParseSmtpError> {
        let url = Url::parse(text.trim()).map_err(|_| ParseSmtpError::Form)?;
        let host = url.host().ok_or(ParseSmtpError::Form)?.to_owned();
        let unprotected = match url.query() {
            None => false,
            Some("tls=none") => true,
            Some(_) => return Err(ParseSmtpError::Form),
        };
        let (protection, port) = match (url.scheme(), unprotected) {
            ("smtp", false) => (Protection::StartTls, 587),
            ("smtps", false) => (Protection::Tls, 465),
            ("smtp", true) if is_this_computer(&host) => (Protection::None, 25),
            ("smtp", true) => return Err(ParseSmtpError::Unprotected),
            _ => return Err(ParseSmtpError::Form),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(ParseSmtpError::Form);
        }
        let user = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => Some((decoded(user)?, SecretText::new(decoded(password)?))),
            _ => return Err(ParseSmtpError::Form),
        };
        Ok(Self { host: host.to_string(), port: url.port().unwrap_or(port), protection, user })
    }
}

impl fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpServer({}:{}, {:?})", self.host, self.port, self.protection)
    }
}

/// Of schemes that are not the web's, the `url` crate leaves the host a name, also where it is an address.
fn is_this_computer(host: &Host) -> bool {
    match host {
        Host::Domain(name) => matches!(name.as_str(), "localhost" | "127.0.0.1"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// What stands percent-encoded in an address (RFC 3986, section 2.1).
fn decoded(text: &str) -> Result<String, ParseSmtpError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else { return Err(ParseSmtpError::Form) };
        bytes.push(u8::try_from(high * 16 + low).map_err(|_| ParseSmtpError::Form)?);
    }
    String::from_utf8(bytes).map_err(|_| ParseSmtpError::Form)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<(String, u16, Protection, Option<String>), ParseSmtpError> {
        let server: SmtpServer = text.parse()?;
        let user = server.user.map(|(user, password)| format!("{user}/{}", password.expose()));
        Ok((server.host, server.port, server.protection, user))
    }

    #[test]
    fn the_scheme_tells_how_the_connection_is_protected() {
        assert_eq!(
            parsed("smtp://ada%40example.org:p%3Aw@mail.example.org"),
            Ok(("mail.example.org".into(), 587, Protection::StartTls, Some("ada@example.org/p:w".into())))
        );
        assert_eq!(
            parsed("smtps://mail.example.org:4650"),
            Ok(("mail.example.org".into(), 4_650, Protection::Tls, None))
        );
        assert_eq!(parsed("smtp://localhost?tls=none"), Ok(("localhost".into(), 25, Protection::None, None)));
        assert_eq!(parsed("smtp://127.0.0.1:2525?tls=none"), Ok(("127.0.0.1".into(), 2_525, Protection::None, None)));
    }

    #[test]
    fn what_does_not_fit_is_refused_without_repeating_it() {
        for bad in [
            "",
            "mail.example.org",
            "http://mail",
            "smtp://",
            "smtp://a@b",
            "smtp://a:b@c/d",
            "smtp://c?x=1",
            "smtp://a:%4@c",
        ] {
            assert_eq!(parsed(bad), Err(ParseSmtpError::Form), "{bad}");
        }
        assert_eq!(parsed("smtp://mail.example.org?tls=none"), Err(ParseSmtpError::Unprotected));
        let server: SmtpServer = "smtp://ada:hush@mail.example.org".parse().unwrap();
        assert_eq!(format!("{server:?}"), "SmtpServer(mail.example.org:587, StartTls)");
    }
}
