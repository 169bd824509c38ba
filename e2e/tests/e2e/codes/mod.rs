//! Codes by e-mail and the sessions that they open, over the public API: who is asked for one, which are refused and how that
//! is said ([`entering`]), what changes an account ([`account`]), what ends a session ([`sessions`]), and what nobody is told
//! ([`untold`]).

mod account;
mod entering;
pub(crate) mod live;
mod sessions;
mod untold;

use std::time::Duration;

use igoon_e2e::{
    account::{PASSWORD, Said, Session, Visitor, address},
    clock::Clock,
    database::Kind,
    server::{Settings, TestServer},
};
use igoon_shared::protocol::{
    error::{ErrorBody, ErrorCode},
    http::{
        CodeSent, ConfirmReset, Me, ResendCode, ResetPassword, SecretText, SessionTransport, Sessions, SignInAnswer,
        SignedIn,
    },
};
use reqwest::Method;

const NEW_PASSWORD: &str = "another horse battery";
const MINUTE: Duration = Duration::from_secs(60);

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

/// A code that is not this one.
fn another(digits: &str) -> &'static str {
    if digits == "00000000" { "00000001" } else { "00000000" }
}

/// A server whose clock can be moved, and the account of ada, who owns it.
struct Scene {
    server: TestServer,
    clock: Clock,
    ada: Session,
}

impl Scene {
    async fn new(kind: Kind) -> Self {
        let clock = Clock::new();
        let mut settings = Settings::default();
        clock.give_to(&mut settings);
        // What is limited in an hour is another test's business.
        settings.arguments.extend(["--mails-per-hour", "6000"].map(str::to_owned));
        let server = TestServer::start_as(kind, settings).await;
        let ada = Session::set_up(&server, "ada").await.unwrap();
        Self { server, clock, ada }
    }

    /// A new installation.
    fn visitor(&self) -> Visitor {
        Visitor::new(&self.server.url())
    }

    async fn code(&self, name: &str) -> String {
        self.server.mailbox().code(&address(name)).await
    }

    /// Signs ada in on another installation.
    async fn second(&self) -> Session {
        let visitor = self.visitor();
        let sent = code_sent(visitor.sign_in(&address("ada"), PASSWORD, None).await.unwrap());
        visitor.confirm_sign_in(&sent, &self.code("ada").await, "ada").await.unwrap()
    }

    /// Asks for a password reset of this account.
    async fn reset(&self, visitor: &Visitor, name: &str) -> CodeSent {
        let body = ResetPassword { email: address(name), installation: visitor.installation };
        visitor.ask("/password-reset", &body).await.unwrap()
    }
}

fn code_sent(answer: SignInAnswer) -> CodeSent {
    match answer {
        SignInAnswer::CodeSent(sent) => sent,
        SignInAnswer::SignedIn(_) => panic!("no code was asked for"),
    }
}

async fn enter_reset(visitor: &Visitor, sent: &CodeSent, digits: &str, password: &str) -> Result<SignedIn, Said> {
    let code = visitor.mailed(sent, digits);
    let body = ConfirmReset { code, password: secret(password), session: SessionTransport::Bearer };
    visitor.ask("/password-reset/confirm", &body).await
}

async fn resend(visitor: &Visitor, sent: &CodeSent) -> Result<CodeSent, Said> {
    let body = ResendCode { challenge: sent.challenge, installation: visitor.installation };
    visitor.ask("/codes/resend", &body).await
}

/// A refusal for good: this code, and a sentence with these words.
fn assert_refused<T: std::fmt::Debug>(answer: Result<T, Said>, expected: (u16, ErrorCode), words: &str) -> ErrorBody {
    let (status, body) = answer.unwrap_err();
    assert_eq!((status, body.code), expected, "{}", body.message);
    assert!(body.message.contains(words), "{}", body.message);
    body
}

fn assert_void<T: std::fmt::Debug>(answer: Result<T, Said>) {
    let body = assert_refused(answer, (410, ErrorCode::CodeExpired), "counts no more");
    assert_eq!(body.tries_left, None);
}

pub(crate) async fn me(session: &Session) -> Result<Me, Said> {
    session.ask(Method::GET, "/me", None::<&()>).await
}

async fn sessions(session: &Session) -> Sessions {
    session.call(Method::GET, "/me/sessions", None::<&()>).await.unwrap()
}

pub(crate) fn assert_signed_out(answer: Result<Me, Said>) {
    assert_refused(answer, (401, ErrorCode::NotSignedIn), "Sign in first");
}
