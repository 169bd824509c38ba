//! What the pages about the own account say.

use igoon_shared::time::Timestamp;

use crate::{messages::OwnForm, state::calendar::LocalTime};

/// What becomes of a change of the address.
pub const CHANGE_EMAIL: &str = "A code goes to the new address. The old one counts until you have entered it.";
/// What becomes of a change of the handle.
pub const CHANGE_HANDLE: &str =
    "People in your rooms see the new one as soon as a computer of yours that is approved there is connected.";
/// What becomes of a change of the password.
pub const CHANGE_PASSWORD: &str = "Your other computers are signed out. Their keys stay on them.";
/// Before the account is there.
pub const LOADING: &str = "Looking up your account…";
/// Before the list of sessions is there.
pub const LOADING_SESSIONS: &str = "Looking up your computers…";
/// On the list of the own computers.
pub const COMPUTERS: &str =
    "Each has keys of its own. What stands here is kept at the server; nobody but you sees addresses and times of use.";
/// A computer that listens nowhere.
pub const NO_ADDRESS: &str = "None: browsers do not listen";
/// What a computer's name is for.
pub const COMPUTER_NAME_HINT: &str = "So that you, and the people in your rooms, can tell your computers apart.";

/// Whether a computer is connected.
#[must_use]
pub const fn connected(connected: bool, signed_in: bool) -> &'static str {
    match (connected, signed_in) {
        (true, _) => "Connected",
        (false, true) => "Signed in, not connected",
        (false, false) => "Signed out",
    }
}

/// On the list of sessions.
pub const SESSIONS: &str = "Each browser or app that has signed in to your account and not signed out.";
/// A session whose computer is not known.
pub const NO_KEYS_YET: &str = "A computer that has no keys yet";
/// Before a session is ended.
pub const END_SESSION: &str = "That computer is signed out at once. Its keys stay on it, and whoever signs in there again can use them. A computer that was lost or stolen needs more than this: change your password, too.";
/// On signing out here.
pub const SIGN_OUT: &str = "This computer's keys stay on it, encrypted, and wait for you.";
/// On signing out and removing what is stored.
pub const FORGET: &str = "Also remove keys and messages from this computer";
/// What follows from it.
pub const FORGET_FOLLOWS: &str = "To read the room here again, this computer would need approval first.";
/// On signing out everywhere.
pub const SIGN_OUT_EVERYWHERE: &str =
    "Ends every session of your account, on this computer too. The keys stay on each.";

/// To the server's owner.
pub const SERVER: &str = "You own this server. See what it is doing, room by room and computer by computer.";

/// What was changed.
#[must_use]
pub const fn done(form: OwnForm) -> &'static str {
    match form {
        OwnForm::Email | OwnForm::EmailCode => "Your address is changed.",
        OwnForm::Handle => "Your handle is changed.",
        OwnForm::Password => "Your password is changed. Your other computers are signed out.",
        OwnForm::RenameComputer(_) => "That computer has another name.",
        OwnForm::EndSession(_) => "That computer is signed out.",
        OwnForm::Everywhere => "You are signed out everywhere.",
    }
}

/// `Today, 14:05`
#[must_use]
pub fn moment(time: LocalTime, today: i64) -> String {
    format!("{}, {}", time.day_name(today), time.clock())
}

/// When a session began and was last used.
#[must_use]
pub fn session_times(
    since: Timestamp,
    used: Option<Timestamp>,
    local: impl Fn(Timestamp) -> LocalTime,
    today: i64,
) -> String {
    let since = format!("Signed in: {}", local(since).day_name(today));
    match used {
        Some(used) => format!("{since}. Last used: {}", moment(local(used), today)),
        None => format!("{since}. In use now"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sessions_times() {
        let day = 24 * 60 * 60 * 1000;
        let local = |time| LocalTime::at(time, 0);
        let used = Timestamp(20 * day + 14 * 60 * 60 * 1000);
        let text = session_times(Timestamp(19 * day), Some(used), local, 20);
        assert_eq!(text, "Signed in: Yesterday. Last used: Today, 14:00");
        assert_eq!(session_times(Timestamp(20 * day), None, local, 20), "Signed in: Today. In use now");
    }
}
