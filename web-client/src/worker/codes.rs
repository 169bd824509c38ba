//! Codes by e-mail as the page is told of them: times by this computer's clock, and whether the server sends mail at all.

use igoon_shared::{
    protocol::{
        error::ErrorCode,
        http::{CodeSent, ServerInfo},
    },
    time::Timestamp,
};

use super::account::trouble;
use crate::{
    messages::{AboutServer, CodePurpose, CodeStep, Trouble},
    net::requests::CallError,
};

/// What the server said about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ServerFacts {
    mail_to_folder: bool,
    /// How far its clock is ahead of this computer's, in milliseconds.
    ahead_ms: i64,
}

impl ServerFacts {
    /// From its answer, which came now. The way that the answer took makes waits a little longer, never too short.
    pub(super) fn new(info: &ServerInfo, now: Timestamp) -> Self {
        Self { mail_to_folder: info.mail_to_folder, ahead_ms: info.time.millis_since(now) }
    }
}

/// What it says about itself, for the page.
pub(super) fn about(info: ServerInfo) -> AboutServer {
    AboutServer {
        version: info.version,
        mail_to_folder: info.mail_to_folder,
        session_days: info.session_days,
        contact: info.contact,
    }
}

/// A code that was sent. Without the server's facts, its clock counts as this computer's.
pub(super) fn step(facts: Option<ServerFacts>, purpose: CodePurpose, email: &str, sent: &CodeSent) -> CodeStep {
    let ahead_ms = facts.map_or(0, |facts| facts.ahead_ms);
    CodeStep {
        purpose,
        email: email.to_owned(),
        resend_at: sent.resend_at.plus_millis(ahead_ms.saturating_neg()),
        mail_to_folder: facts.is_some_and(|facts| facts.mail_to_folder),
        void: false,
    }
}

/// Why no other code was sent. Where the service has forgotten what the code was for, the form that the code was asked for
/// with is the way to another one. Where it has mailed enough of them, the newest still counts.
pub(super) fn not_sent(error: &CallError) -> Trouble {
    match error.code() {
        Some(ErrorCode::NotFound | ErrorCode::CodeExpired) => Trouble::CodeForgotten,
        _ => trouble(error),
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::{ids::ChallengeId, protocol::error::ErrorBody};

    use super::*;

    fn sent() -> CodeSent {
        let challenge = ChallengeId::from_bytes([1; 16]);
        CodeSent { challenge, expires_at: Timestamp(700_000), resend_at: Timestamp(160_000) }
    }

    fn info(time: i64) -> ServerInfo {
        ServerInfo {
            version: String::new(),
            needs_setup: false,
            mail_to_folder: true,
            time: Timestamp(time),
            session_days: 90,
            contact: None,
        }
    }

    #[test]
    fn waits_are_told_by_this_computers_clock() {
        for here in [100_000, 40_000, 1_000_000] {
            let facts = ServerFacts::new(&info(100_000), Timestamp(here));
            let step = step(Some(facts), CodePurpose::SignIn, "bea@example.org", &sent());
            assert_eq!(step.resend_at, Timestamp(here + 60_000), "a minute from now, whatever either clock says");
            assert!(step.mail_to_folder);
        }
    }

    #[test]
    fn where_no_further_code_comes_the_first_form_is_the_way_on() {
        let refused = |code| CallError::Refused(ErrorBody { retry_after_ms: Some(1_000), ..ErrorBody::of(code) });
        let not_sent = |code| not_sent(&refused(code));
        for code in [ErrorCode::CodeExpired, ErrorCode::NotFound] {
            assert_eq!(not_sent(code), Trouble::CodeForgotten);
        }
        assert!(matches!(not_sent(ErrorCode::RateLimited), Trouble::Refused { code: ErrorCode::RateLimited, .. }));
    }

    #[test]
    fn an_unknown_server_clock_counts_as_this_computers() {
        let step = step(None, CodePurpose::Reset, "bea@example.org", &sent());
        assert_eq!((step.resend_at, step.mail_to_folder), (Timestamp(160_000), false));
    }
}
