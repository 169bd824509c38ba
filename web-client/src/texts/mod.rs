//! Every sentence and label that people read, in the language they chose: `t!` finds it in the files of `locales/`. Each language
//! is fetched beside the program when it is to be read ([`bring`]); what is on the page goes on in the one before until then.
//! Here and in the modules below: what a code, a cause or a number says to people. [`account`]: what the pages about
//! accounts and codes by e-mail say; [`room`], [`people`], [`members`], [`log`], [`recovery`], [`invites`], [`server`] and [`pages`]: the
//! others.

pub mod account;
mod browser;
#[cfg(test)]
mod check;
pub(crate) mod fluent;
pub mod invites;
mod kept;
pub mod log;
mod marks;
pub mod members;
pub mod pages;
pub mod people;
pub mod recovery;
pub mod room;
pub mod rooms;
pub mod server;

use igoon_shared::{
    client::io::{Alarm, KitRefusal, Unreadable},
    log::Role,
    protocol::{error::ErrorCode, limits},
    wrapper::{NoAddress, WrapperError},
};

pub(crate) use self::fluent::t;
pub use self::{
    browser::bring,
    fluent::choose,
    kept::{keep, whole},
};
use crate::messages::Trouble;

/// Why something did not work.
#[must_use]
pub fn trouble(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Unreachable => t!("trouble-unreachable"),
        Trouble::Refused { code, field, retry_after_ms } => refused(*code, field.as_deref(), *retry_after_ms),
        Trouble::Address(NoAddress::Malformed) | Trouble::App(WrapperError::BadAddress) => t!("trouble-no-address"),
        Trouble::Address(NoAddress::Insecure) => t!("trouble-insecure-address"),
        Trouble::NoServer => t!("trouble-no-server"),
        Trouble::NotIgoon => t!("trouble-not-igoon"),
        Trouble::App(WrapperError::NotKept) => t!("trouble-not-kept"),
        Trouble::App(WrapperError::NotWritten) => t!("trouble-not-written"),
        Trouble::App(WrapperError::DiskFull) => t!("trouble-disk-full"),
        Trouble::App(WrapperError::NotSaved) => t!("trouble-not-saved"),
        Trouble::App(WrapperError::NotShown) => t!("trouble-not-shown"),
        Trouble::WrongCode { tries_left } => t!("trouble-wrong-code", tries = *tries_left),
        Trouble::WrongPassword => t!("trouble-wrong-password"),
        Trouble::Kit(KitRefusal::Mistyped) => t!("trouble-kit-mistyped"),
        Trouble::Kit(KitRefusal::OtherKit) => t!("trouble-kit-other"),
        Trouble::Kit(KitRefusal::NoKit) => t!("trouble-kit-none"),
        Trouble::CodeForgotten => t!("trouble-code-forgotten"),
        Trouble::Storage => t!("trouble-storage"),
        Trouble::StorageFull => t!("trouble-storage-full"),
        Trouble::NeedsConnection => t!("needs-connection"),
        Trouble::Keys => t!("trouble-keys"),
        Trouble::DamagedKeys => t!("trouble-damaged-keys"),
        Trouble::DamagedRecords => t!("trouble-damaged-records"),
        Trouble::Language => t!("trouble-language"),
        Trouble::Crashed => t!("trouble-crashed"),
        Trouble::OtherRoom => t!("invited-other-room"),
    }
}

/// A refusal of the service, with what it said about it.
#[must_use]
pub fn refused(code: ErrorCode, field: Option<&str>, retry_after_ms: Option<u64>) -> String {
    match (code, field) {
        (ErrorCode::Invalid, Some("handle")) => handle_rule(),
        (ErrorCode::Invalid, Some("email")) => t!("rule-email"),
        (ErrorCode::Invalid, Some("password")) => password_rule(),
        (ErrorCode::Invalid, Some("digits")) => t!("rule-code"),
        (ErrorCode::Invalid, Some("setup-code")) => t!("rule-setup-code"),
        (ErrorCode::Invalid, Some("name")) => room_name_rule(),
        (ErrorCode::Invalid, Some("kit-check")) => t!("kit-check-wrong"),
        (ErrorCode::RateLimited | ErrorCode::RetryLater, _) => match retry_after_ms {
            Some(wait) => t!("error-rate-limited-wait", wait = duration(wait)),
            None => error(code),
        },
        _ => error(code),
    }
}

/// A code alone.
#[must_use]
pub fn error(code: ErrorCode) -> String {
    match code {
        ErrorCode::Malformed | ErrorCode::UnknownFormat => t!("error-other-version"),
        ErrorCode::TooLarge => t!("error-too-large"),
        ErrorCode::NotSignedIn => t!("error-not-signed-in"),
        ErrorCode::Forbidden => t!("error-forbidden"),
        ErrorCode::NotFound => t!("error-not-found"),
        ErrorCode::BadCredentials => t!("error-bad-credentials"),
        ErrorCode::BadCode => t!("error-bad-code"),
        ErrorCode::CodeExpired => t!("error-code-expired"),
        ErrorCode::TooManyTries => t!("error-too-many-tries"),
        ErrorCode::TooManyMails => t!("error-too-many-mails"),
        ErrorCode::BadSetupCode => t!("error-bad-setup-code"),
        ErrorCode::Invalid => t!("error-invalid"),
        ErrorCode::HandleTaken => t!("error-handle-taken"),
        ErrorCode::EmailTaken => t!("error-email-taken"),
        ErrorCode::InviteNotValid => t!("error-invite-not-valid"),
        ErrorCode::LogConflict => t!("error-log-conflict"),
        ErrorCode::ClockSkew => t!("error-clock-skew"),
        ErrorCode::BadEntry | ErrorCode::BadEnvelopes => t!("error-bad-change"),
        ErrorCode::EpochClosed => t!("error-epoch-closed"),
        ErrorCode::NotEntitled => t!("error-not-entitled"),
        ErrorCode::NameTaken => t!("error-name-taken"),
        ErrorCode::RetryLater => t!("error-retry-later"),
        ErrorCode::RateLimited => t!("error-rate-limited"),
        ErrorCode::BadOrigin => t!("error-bad-origin"),
        ErrorCode::Internal => t!("error-internal"),
        ErrorCode::Unknown => t!("error-unknown"),
    }
}

/// What a handle must be like.
#[must_use]
pub fn handle_rule() -> String {
    t!("rule-handle", least = *limits::HANDLE_CHARS.start(), most = *limits::HANDLE_CHARS.end())
}

/// What a password must be like.
#[must_use]
pub fn password_rule() -> String {
    t!("rule-password", least = *limits::PASSWORD_CHARS.start())
}

/// What a room's name must be like.
#[must_use]
pub fn room_name_rule() -> String {
    t!("rule-room-name", least = *limits::NAME_CHARS.start(), most = *limits::NAME_CHARS.end())
}

/// Why a message cannot be read, and what becomes of it.
#[must_use]
pub fn unreadable(cause: Unreadable) -> String {
    match cause {
        Unreadable::NoKey(epoch) => t!("unreadable-no-key", key = epoch.0),
        Unreadable::BeforeJoining(epoch) => t!("unreadable-before-joining", key = epoch.0),
        Unreadable::NeedsNewer => t!("unreadable-needs-newer"),
        Unreadable::BadSignature => t!("unreadable-bad-signature"),
        Unreadable::NotPermitted => t!("unreadable-not-permitted"),
        Unreadable::Replayed => t!("unreadable-replayed"),
        Unreadable::Damaged => t!("unreadable-damaged"),
        Unreadable::DamagedHere => t!("unreadable-damaged-here"),
    }
}

/// Why a room is not followed any further.
#[must_use]
pub fn alarm(alarm: Alarm) -> String {
    match alarm {
        Alarm::NeedsNewer => t!("alarm-needs-newer"),
        Alarm::LogBroken => t!("alarm-log-broken"),
        Alarm::LogForked => t!("alarm-log-forked"),
        Alarm::RolledBack => t!("alarm-rolled-back"),
        Alarm::Restored => t!("alarm-restored"),
        Alarm::SecondKey(epoch) => t!("alarm-second-key", key = epoch.0),
        Alarm::WiderRelease(epoch) => t!("alarm-wider-release", key = epoch.0),
    }
}

/// What to do about that; an alarm that goes with a newer app says it itself.
#[must_use]
pub fn alarm_now(alarm: Alarm) -> Option<String> {
    match alarm {
        Alarm::NeedsNewer => None,
        Alarm::Restored => Some(t!("alarm-restored-now")),
        Alarm::LogBroken | Alarm::LogForked | Alarm::RolledBack | Alarm::SecondKey(_) | Alarm::WiderRelease(_) => {
            Some(t!("alarm-now"))
        }
    }
}

/// What somebody may do.
#[must_use]
pub fn role(role: Role) -> String {
    match role {
        Role::Owner => t!("role-owner"),
        Role::Admin => t!("role-admin"),
        Role::Member => t!("role-member"),
    }
}

/// A duration for people, rounded up, as it ends a sentence.
#[must_use]
pub fn duration(millis: u64) -> String {
    let seconds = millis.div_ceil(1000);
    match seconds {
        0..=1 => t!("duration-second"),
        2..=90 => t!("duration-seconds", count = seconds),
        _ => t!("duration-minutes", count = seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::ids::Epoch;

    use super::*;

    #[test]
    fn a_field_gets_its_own_rule() {
        assert!(refused(ErrorCode::Invalid, Some("password"), None).contains("at least 10 characters"));
        assert!(refused(ErrorCode::Invalid, Some("handle"), None).contains("2 to 32"));
        assert!(refused(ErrorCode::Invalid, Some("email"), None).contains("e-mail address"));
        assert_eq!(refused(ErrorCode::Invalid, Some("other"), None), error(ErrorCode::Invalid));
    }

    #[test]
    fn a_wait_is_told() {
        assert!(refused(ErrorCode::RateLimited, None, Some(29_100)).contains("30 seconds"));
        assert!(refused(ErrorCode::RateLimited, None, Some(300_000)).contains("5 minutes"));
        assert!(refused(ErrorCode::RateLimited, None, None).contains("Wait a little"));
    }

    #[test]
    fn limits_in_sentences_are_those_of_the_protocol() {
        assert_eq!((limits::CODE_TRIES, limits::CODE_LIFETIME_MS), (5, 10 * 60 * 1000));
        assert!(error(ErrorCode::BadCode).contains("five") && error(ErrorCode::TooManyTries).contains("five"));
        assert!(error(ErrorCode::CodeExpired).contains("ten minutes"));
    }

    #[test]
    fn causes_are_words_not_jargon() {
        let causes = [
            Unreadable::NoKey(Epoch(12)),
            Unreadable::BeforeJoining(Epoch(1)),
            Unreadable::NeedsNewer,
            Unreadable::BadSignature,
            Unreadable::NotPermitted,
            Unreadable::Replayed,
            Unreadable::Damaged,
            Unreadable::DamagedHere,
        ];
        for cause in causes {
            let text = unreadable(cause);
            for jargon in ["epoch", "decrypt", "cipher", "device", "signature"] {
                assert!(!text.to_lowercase().contains(jargon), "{text}");
            }
        }
        assert!(unreadable(Unreadable::NoKey(Epoch(12))).contains("room key 12"));
    }
}
