//! Every sentence that people read, apart from labels, which stand where they are shown. Here: codes, what happened and what
//! to do about it. [`account`]: what the pages about accounts and codes by e-mail say; [`room`], [`people`],
//! [`invites`], [`server`] and [`pages`]: the others.

pub mod account;
pub mod invites;
pub mod pages;
pub mod people;
pub mod room;
pub mod server;

use igoon_shared::{
    client::io::{Alarm, Unreadable},
    log::Role,
    protocol::{error::ErrorCode, limits},
    wrapper::{NoAddress, WrapperError},
};

use crate::messages::Trouble;

/// Why something did not work.
#[must_use]
pub fn trouble(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Unreachable => "The server does not answer. Check that this computer is connected, then try again.".into(),
        Trouble::Refused { code, field, retry_after_ms } => refused(*code, field.as_deref(), *retry_after_ms),
        Trouble::Address(NoAddress::Malformed) => "This is not the address of a server. It looks like chat.example.org, or is an invite link.".into(),
        Trouble::Address(NoAddress::Insecure) => "This address begins with http://, so that anybody on the way could read along. Use the one that begins with https://.".into(),
        Trouble::NoServer => "Nothing answers at this address. Check the address, and that this computer is connected.".into(),
        Trouble::NotIgoon => "Something answers at this address, but it is not Igoon. Check the address, or ask who runs the server.".into(),
        Trouble::App(WrapperError::NotKept) => "This computer could not keep your session. You stay signed in until you close Igoon; then sign in again.".into(),
        Trouble::App(WrapperError::NotWritten) => "This setting could not be written. Free some disk space, then try again.".into(),
        Trouble::App(WrapperError::BadAddress) => "This is not the address of a server.".into(),
        Trouble::App(WrapperError::NotShown) => "The system does not show notifications. Look into its settings.".into(),
        Trouble::WrongPassword => "This is not your present password.".into(),
        Trouble::CodeForgotten => "No further code is sent for this try: it is too long ago, or several were sent. Fill in the form again, and a new one comes.".into(),
        Trouble::Storage => "The browser gave Igoon no room to store anything. Leave private browsing, or free some disk space, then try again.".into(),
        Trouble::Keys => "The browser could not make keys for this computer. Try again; if it happens again, update the browser.".into(),
        Trouble::DamagedKeys => "The keys stored on this computer are damaged and cannot be used. You can remove them and sign in anew; the computer then needs approval again.".into(),
        Trouble::DamagedRecords => "Some of what is stored on this computer is damaged. Its keys are fine: Igoon can fetch the rooms anew. Messages that were still waiting to be sent are lost.".into(),
        Trouble::OtherBuild => "Igoon was updated while this page was open. Load the page again to go on.".into(),
        Trouble::Crashed => "Igoon came upon an error of its own and stopped. Nothing that was sent is lost. Load the page again to go on.".into(),
    }
}

/// A refusal of the service, with what it said about it.
#[must_use]
pub fn refused(code: ErrorCode, field: Option<&str>, retry_after_ms: Option<u64>) -> String {
    match (code, field) {
        (ErrorCode::Invalid, Some("handle")) => handle_rule(),
        (ErrorCode::Invalid, Some("email")) => EMAIL_RULE.to_owned(),
        (ErrorCode::Invalid, Some("password")) => password_rule(),
        (ErrorCode::Invalid, Some("digits")) => "The code has eight digits.".to_owned(),
        (ErrorCode::Invalid, Some("name")) => room_name_rule(),
        (ErrorCode::RateLimited | ErrorCode::RetryLater, _) => match retry_after_ms {
            Some(wait) => format!("That was too often. Try again in {}.", duration(wait)),
            None => error(code).to_owned(),
        },
        _ => error(code).to_owned(),
    }
}

/// A code alone.
#[must_use]
pub const fn error(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Malformed | ErrorCode::UnknownFormat => {
            "The server and this page are of different versions. Load the page again."
        }
        ErrorCode::TooLarge => "That is too long. Make it shorter.",
        ErrorCode::NotSignedIn => "You are no longer signed in. Sign in again.",
        ErrorCode::Forbidden => "You are not permitted to do that.",
        ErrorCode::NotFound => "That does not exist any more.",
        ErrorCode::BadCredentials => "E-mail address and password do not belong together. Check both.",
        ErrorCode::BadCode => {
            "This is not the code. Look at the newest mail and enter it again; after five wrong tries you need another."
        }
        ErrorCode::CodeExpired => {
            "This code is not good any more: it was used, replaced by a newer one, or ten minutes have passed. Ask for another."
        }
        ErrorCode::TooManyTries => "The code was wrong five times, so it is not good any more. Ask for another.",
        ErrorCode::TooManyMails => "No more mails are sent for this. Enter the newest code, or begin anew.",
        ErrorCode::BadSetupCode => {
            "This is not the set-up code, or it was used already. The server prints it when it starts."
        }
        ErrorCode::Invalid => "Something in the form is not as it should be. Check each field.",
        ErrorCode::HandleTaken => "Somebody has that handle already. Choose another.",
        ErrorCode::EmailTaken => "Another account has this address. Sign in with it, or use another address.",
        ErrorCode::InviteNotValid => {
            "This invite link was used, has expired, or was closed. Ask whoever sent it for a new one."
        }
        ErrorCode::LogConflict => "Somebody else changed the room in the same moment. Try again.",
        ErrorCode::ClockSkew => "This computer's clock is wrong by more than five minutes. Set it, then try again.",
        ErrorCode::BadEntry | ErrorCode::BadEnvelopes => {
            "The server did not accept the change to the room. Load the page again and try once more."
        }
        ErrorCode::EpochClosed => "The room has a newer key. Try again in a moment.",
        ErrorCode::NotEntitled => "This computer may not write in this room.",
        ErrorCode::NameTaken => "Another message stands in this one's place. Write it anew.",
        ErrorCode::RetryLater => "The server is busy. Try again in a moment.",
        ErrorCode::RateLimited => "That was too often. Wait a little, then try again.",
        ErrorCode::BadOrigin => {
            "The server does not accept this address. Open Igoon under the address that its operator gave you."
        }
        ErrorCode::Internal => {
            "Something broke at the server. Try again; its operator finds the cause in the server's log."
        }
        ErrorCode::Unknown => "The server said something that this page does not understand. Load the page again.",
    }
}

/// What an e-mail address must be like.
pub const EMAIL_RULE: &str = "Enter an e-mail address, such as name@example.org.";

/// What a handle must be like.
#[must_use]
pub fn handle_rule() -> String {
    let (least, most) = (limits::HANDLE_CHARS.start(), limits::HANDLE_CHARS.end());
    format!("A handle has {least} to {most} letters, digits, dots, dashes or underscores.")
}

/// What a password must be like.
#[must_use]
pub fn password_rule() -> String {
    format!("A password has at least {} characters.", limits::PASSWORD_CHARS.start())
}

/// What a room's name must be like.
#[must_use]
pub fn room_name_rule() -> String {
    format!("A room's name has {} to {} characters.", limits::NAME_CHARS.start(), limits::NAME_CHARS.end())
}

/// Why a message cannot be read, and what becomes of it.
#[must_use]
pub fn unreadable(cause: Unreadable) -> String {
    match cause {
        Unreadable::NoKey(epoch) => format!(
            "This computer does not have room key {epoch} yet. The message appears as soon as another computer hands the key over."
        ),
        Unreadable::NeedsNewer => "This message needs a newer version of Igoon. Load the page again.".into(),
        Unreadable::BadSignature => {
            "This message was changed on its way, or is not from whom it says. It is not shown.".into()
        }
        Unreadable::NotPermitted => "This was sent by a computer that may not write here. It is not shown.".into(),
        Unreadable::Replayed => "The server showed a message a second time. The copy was ignored.".into(),
        Unreadable::Damaged => "This message was damaged before it was sent. Ask its sender to write it again.".into(),
        Unreadable::DamagedHere => "What this computer stored of this message is damaged. Fetch it anew.".into(),
    }
}

/// Why a room is not followed any further.
#[must_use]
pub const fn alarm(alarm: Alarm) -> &'static str {
    match alarm {
        Alarm::NeedsNewer => {
            "Somebody here uses a newer version of Igoon. Load the page again to go on reading and writing."
        }
        Alarm::LogBroken => {
            "The room's records do not fit together. Nothing new is believed or sent. Tell the people in the room by another way."
        }
        Alarm::LogForked => {
            "The server shows this room differently to different people. Nothing is sent. Tell the people in the room by another way."
        }
        Alarm::Restored => {
            "The server was restored from a backup. What is stored here is shown; nothing is sent until the room is looked at."
        }
    }
}

/// What somebody may do.
#[must_use]
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Admin => "Admin",
        Role::Member => "Member",
    }
}

/// A duration for people, rounded up.
#[must_use]
pub fn duration(millis: u64) -> String {
    let seconds = millis.div_ceil(1000);
    match seconds {
        0..=1 => "a second".into(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

/// "1 person", "2 people".
#[must_use]
pub fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
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

    #[test]
    fn counting() {
        assert_eq!(counted(1, "person", "people"), "1 person");
        assert_eq!(counted(0, "person", "people"), "0 people");
    }
}
