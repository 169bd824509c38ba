//! What mails say.

use igoon_shared::protocol::http::SecretText;
use lettre::{
    Address, Message,
    message::{
        Mailbox,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
};

use crate::{
    accounts::code::Grouped,
    store::db::models::{challenges::Purpose, outbox::Kind},
};

/// Where mails come from and lead to.
#[derive(Clone, Debug)]
pub struct Sender {
    /// Who they are from.
    pub from: Mailbox,
    /// The server's address, as people open it.
    pub address: String,
}

impl Sender {
    /// For mails to a folder no sender need be set up.
    ///
    /// # Errors
    /// [`LetterError`].
    pub fn new(from: Option<Mailbox>, address: String) -> Result<Self, LetterError> {
        let nobody = || Address::new("igoon", "localhost").map(|email| Mailbox::new(Some("Igoon".to_owned()), email));
        let from = from.map_or_else(nobody, Ok).map_err(|_| LetterError::Unusable)?;
        Ok(Self { from, address })
    }
}

/// Why a mail cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// The address or a header.
    #[error("the mail cannot be written")]
    Unusable,
}

/// Says that no person wrote it, so that none answers by itself (RFC 3834, section 5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The mail, or `None` where there is nothing to say. `id` is the same for each attempt to send it, so that a mail server
/// that got it twice can tell.
///
/// # Errors
/// [`LetterError`].
pub fn write(
    sender: &Sender,
    to: &str,
    id: &str,
    kind: Kind,
    purpose: Purpose,
    code: &SecretText,
) -> Result<Option<Message>, LetterError> {
    let (subject, body) = match kind {
        Kind::Nothing => return Ok(None),
        Kind::Code => ("Your Igoon code", code_body(purpose, code, &sender.address)),
        Kind::AccountExists => ("You have an Igoon account", exists_body(&sender.address)),
        Kind::AddressChanged => ("Your Igoon address was changed", changed_body(&sender.address)),
    };
    let domain = sender.from.email.domain();
    Message::builder()
        .message_id(Some(format!("<{id}@{domain}>")))
        .from(sender.from.clone())
        .to(Mailbox::new(None, to.parse().map_err(|_| LetterError::Unusable)?))
        .subject(subject)
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN)
        .body(body)
        .map(Some)
        .map_err(|_| LetterError::Unusable)
}

fn code_body(purpose: Purpose, code: &SecretText, address: &str) -> String {
    let (what, otherwise) = match purpose {
        Purpose::SetUp | Purpose::SignUp => (
            "confirms your new account",
            "If you did not ask for it, somebody typed your address. Nothing happens unless the code is entered.",
        ),
        Purpose::SignIn => (
            "lets a new computer sign in to your account",
            "If that was not you, somebody knows your password: give the code to nobody, and change the password.",
        ),
        Purpose::Reset => (
            "lets you choose a new password",
            "If you did not ask for it, somebody typed your address. Give the code to nobody; your password stays as it is.",
        ),
        Purpose::ChangeEmail => (
            "confirms this address for your account",
            "If you did not ask for it, somebody typed your address. Nothing happens unless the code is entered.",
        ),
    };
    format!(
        "Hello,\r\n\r\nthis code {what} at\r\n{address}\r\n\r\n    {}\r\n\r\nIt works once, for ten minutes, in the window that \
         asked for it.\r\n\r\n{otherwise}\r\n",
        Grouped(code),
    )
}

fn exists_body(address: &str) -> String {
    format!(
        "Hello,\r\n\r\nsomebody, probably you, wanted to use this address for an account at\r\n{address}\r\n\r\nThere is an \
         account with it already: sign in instead. If the password is lost, choose \"Forgot the password?\" \
         there.\r\n\r\nIf it was not you, nothing needs to be done.\r\n"
    )
}

fn changed_body(address: &str) -> String {
    format!(
        "Hello,\r\n\r\nyour account at\r\n{address}\r\nhas another e-mail address now. Codes go there from now on.\r\n\r\nIf \
         that was not you, somebody knows your password and used a computer of yours: speak to whoever runs the \
         server.\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender() -> Sender {
        Sender { from: "Igoon <igoon@example.org>".parse().unwrap(), address: "https://chat.example.org".to_owned() }
    }

    #[test]
    fn a_code_stands_alone_on_its_line() {
        let code = SecretText::new("12345678".to_owned());
        for purpose in [Purpose::SetUp, Purpose::SignUp, Purpose::SignIn, Purpose::Reset, Purpose::ChangeEmail] {
            let message = write(&sender(), "ada@example.net", "7", Kind::Code, purpose, &code).unwrap().unwrap();
            let text = String::from_utf8(message.formatted()).unwrap();
            assert!(text.contains("\r\n    1234 5678\r\n"), "{text}");
            assert!(text.contains("Message-ID: <7@example.org>\r\n"), "{text}");
            assert!(text.contains("Auto-Submitted: auto-generated\r\n"), "{text}");
            assert!(text.contains("https://chat.example.org"), "{text}");
        }
    }

    #[test]
    fn the_other_mails_hold_no_code() {
        let code = SecretText::new("12345678".to_owned());
        for kind in [Kind::AccountExists, Kind::AddressChanged] {
            let message = write(&sender(), "ada@example.net", "7", kind, Purpose::SignUp, &code).unwrap().unwrap();
            assert!(!String::from_utf8(message.formatted()).unwrap().contains("1234"));
        }
        assert!(write(&sender(), "ada@example.net", "7", Kind::Nothing, Purpose::Reset, &code).unwrap().is_none());
    }
}
