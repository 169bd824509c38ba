//! What mails say.

use core::fmt;

use igoon_shared::{protocol::http::SecretText, time::Timestamp};
use lettre::{
    Address, Message,
    message::{
        Mailbox,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
};

use crate::{accounts::code::Grouped, store::db::models::challenges::Purpose};

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

/// What a mail is about.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// A code.
    Code {
        /// What it is for.
        purpose: Purpose,
        /// The code.
        code: &'a SecretText,
        /// From then on it is void.
        until: Timestamp,
    },
    /// That there is an account with the address already.
    AccountExists,
    /// That the account has another address now; to the one before.
    AddressChanged,
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

/// The mail. `id` is the same for each attempt to send it, so that a mail server that got it twice can tell.
///
/// # Errors
/// [`LetterError`].
pub fn write(sender: &Sender, to: &str, id: &str, about: Subject<'_>) -> Result<Message, LetterError> {
    let domain = sender.from.email.domain();
    Message::builder()
        .message_id(Some(format!("<{id}@{domain}>")))
        .from(sender.from.clone())
        .to(Mailbox::new(None, to.parse().map_err(|_| LetterError::Unusable)?))
        .subject(about.line())
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN)
        .body(about.text(&sender.address).replace('\n', "\r\n"))
        .map_err(|_| LetterError::Unusable)
}

impl Subject<'_> {
    const fn line(self) -> &'static str {
        match self {
            Self::Code { purpose: Purpose::SetUp | Purpose::SignUp, .. } => "Your code for a new Igoon account",
            Self::Code { purpose: Purpose::SignIn, .. } => "Your code for signing in to Igoon",
            Self::Code { purpose: Purpose::Reset, .. } => "Your code for a new Igoon password",
            Self::Code { purpose: Purpose::ChangeEmail, .. } => "Your code for changing your Igoon address",
            Self::AccountExists => "You have an Igoon account already",
            Self::AddressChanged => "Your Igoon address was changed",
        }
    }

    fn text(self, address: &str) -> String {
        match self {
            Self::Code { purpose, code, until } => code_text(purpose, code, until, address),
            Self::AccountExists => format!(
                "Hello,\n\nsomebody, probably you, wanted to use this address for an account at\n\n    {address}\n\n\
                 There is an account with it already: sign in instead. If the password is\nlost, choose \"Forgot the \
                 password?\" there.\n\nIf it was not you, nothing needs to be done.\n"
            ),
            Self::AddressChanged => format!(
                "Hello,\n\nyour account at\n\n    {address}\n\nhas another e-mail address now. Codes go there from now on.\n\n\
                 If that was not you, somebody knows your password and used a computer of\nyours: speak to whoever runs \
                 the server.\n"
            ),
        }
    }
}

/// Who asked, the code, how long it is good, and what to do if it was somebody else.
fn code_text(purpose: Purpose, code: &SecretText, until: Timestamp, address: &str) -> String {
    let (did, otherwise) = match purpose {
        Purpose::SetUp | Purpose::SignUp => (
            "wants to use this address for a new account at",
            "If that was not you, somebody typed your address. Nothing happens unless the\ncode is entered.",
        ),
        Purpose::SignIn => (
            "entered your password on a computer that is new to\nyour account at",
            "If that was not you, somebody knows your password: give the code to nobody,\nand change the password.",
        ),
        Purpose::Reset => (
            "wants to choose a new password for your account at",
            "If that was not you, somebody typed your address. Give the code to nobody;\nyour password stays as it is.",
        ),
        Purpose::ChangeEmail => (
            "wants to use this address from now on for an account at",
            "If that was not you, somebody typed your address. Nothing happens unless the\ncode is entered.",
        ),
    };
    format!(
        "Hello,\n\nsomebody, probably you, {did}\n\n    {address}\n\nThis is the code for it:\n\n    {}\n\nIt works once, in the \
         window that asked for it, for ten minutes:\nuntil {}.\n\n{otherwise}\n",
        Grouped(code),
        TimeOfDay(until),
    )
}

/// Hours and minutes.
struct TimeOfDay(Timestamp);

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0.0.div_euclid(60_000).rem_euclid(24 * 60);
        write!(f, "{:02}:{:02} UTC", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PURPOSES: [Purpose; 5] =
        [Purpose::SetUp, Purpose::SignUp, Purpose::SignIn, Purpose::Reset, Purpose::ChangeEmail];

    fn written(about: Subject<'_>) -> String {
        let address = "https://chat.example.org".to_owned();
        let sender = Sender { from: "Igoon <igoon@example.org>".parse().unwrap(), address };
        String::from_utf8(write(&sender, "ada@example.net", "7", about).unwrap().formatted()).unwrap()
    }

    #[test]
    fn a_code_stands_alone_on_its_line_and_says_until_when() {
        let code = SecretText::new("12345678".to_owned());
        for purpose in PURPOSES {
            let until = Timestamp(1_700_000_000_000);
            let text = written(Subject::Code { purpose, code: &code, until });
            assert!(text.contains("\r\n    1234 5678\r\n"), "{text}");
            assert!(text.contains("until 22:13 UTC"), "{text}");
            assert!(text.contains("Message-ID: <7@example.org>\r\n"), "{text}");
            assert!(text.contains("Auto-Submitted: auto-generated\r\n"), "{text}");
            assert!(text.contains("\r\n    https://chat.example.org\r\n"), "{text}");
            assert!(text.contains("If that was not you"), "{text}");
        }
    }

    #[test]
    fn every_mail_is_plain_text_of_short_lines() {
        let code = SecretText::new("12345678".to_owned());
        let codes = PURPOSES.map(|purpose| Subject::Code { purpose, code: &code, until: Timestamp(0) });
        for about in codes.into_iter().chain([Subject::AccountExists, Subject::AddressChanged]) {
            let text = written(about);
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.contains("Content-Type: text/plain; charset=utf-8"), "{head}");
            // Longer ones would be broken in two, with a mark at the end (RFC 2045, section 6.7).
            assert!(body.lines().all(|line| !line.ends_with('=')), "{body}");
        }
    }

    #[test]
    fn times_of_day_wrap_around() {
        for (at, shown) in [(0, "00:00 UTC"), (-60_000, "23:59 UTC"), (86_399_999, "23:59 UTC")] {
            assert_eq!(TimeOfDay(Timestamp(at)).to_string(), shown);
        }
    }
}
