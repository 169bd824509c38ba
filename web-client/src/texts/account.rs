//! What the pages about accounts say: the way in, the codes by e-mail, the own account, and computers that cannot read yet.

use igoon_shared::time::Timestamp;

use crate::{
    messages::{CodePurpose, OwnForm},
    state::calendar::LocalTime,
};

/// On the first account.
pub const SET_UP: &str = "You are the first here. The account that you make now owns the server and its first room.";
/// Where the set-up code is.
pub const SETUP_CODE_HINT: &str = "The server printed it when it started.";
/// What the address of a new account is for.
pub const EMAIL_HINT: &str = "Where your codes go. Other people do not see it.";
/// What a handle is.
pub const HANDLE_HINT: &str = "What others see: letters, digits, and . - _";
/// To people without an account.
pub const NO_ACCOUNT: &str = "No account yet? Open the invite link that somebody in the room sent you.";
/// On another password.
pub const FORGOT: &str = "Enter the address of your account. A code goes there; with it you set another password. This computer's keys stay.";
/// What follows from another password set by code.
pub const RESET_FOLLOWS: &str = "Wherever else you are signed in, you are signed out.";

/// What a code that was asked for depends on: the service does not tell whether an address has an account.
#[must_use]
pub const fn code_sent(purpose: CodePurpose) -> &'static str {
    match purpose {
        CodePurpose::SignUp | CodePurpose::Email => {
            "A code with 8 digits is on its way to this address. It is good for ten minutes:"
        }
        CodePurpose::SignIn => {
            "This browser has not entered a code for your account yet. One with 8 digits is on its way to this address, good for ten minutes:"
        }
        CodePurpose::Reset => {
            "If there is an account with this address, a code with 8 digits is on its way to it. It is good for ten minutes:"
        }
    }
}

/// This server sends no mail.
pub const NO_MAIL: &str = "This server has no mail set up, which is for trying out only. Nothing arrives in your mailbox: the code stands on the server's terminal. Whoever runs the server can read it there.";
/// Below the field for the code.
pub const CODE_HINT: &str = "You can paste it, also with what stands around it.";
/// Where mail may be.
pub const NOTHING_CAME: &str = "Nothing came? Look into the folder for spam, too.";

/// How long until another code can be asked for.
#[must_use]
pub fn resend_in(seconds: u64) -> String {
    format!("Another code can be sent in {}:{:02}.", seconds / 60, seconds % 60)
}

/// Another handle is wanted; the code stays.
pub const CORRECT_HANDLE: &str = "Your code is right and stays good. Only the handle has to be another one.";
/// Another password is wanted; the code stays.
pub const CORRECT_PASSWORD: &str = "Your code is right and stays good. Only the password has to be another one.";

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

/// Why no keys can be made at this address.
pub const INSECURE: &str = "Igoon makes this computer's keys in the browser. Browsers permit that only where nobody on the way can change the page, and this address is not such a place.";
/// What a visitor does about it.
pub const INSECURE_VISITOR: &str =
    "Open the address that begins with https:// instead. If you know none, ask whoever runs this server.";
/// What the operator does about it, apart from the names of settings.
pub const INSECURE_OPERATOR: [&str; 3] = [
    "Give the server a certificate: the settings tls_cert and tls_key.",
    "Or put a proxy in front of it that serves https.",
    "To try it out, open it on the server's own computer at http://localhost, with the same port.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_read_like_a_clock() {
        assert!(resend_in(60).contains("1:00") && resend_in(9).contains("0:09"));
    }

    #[test]
    fn a_sessions_times() {
        let day = 24 * 60 * 60 * 1000;
        let local = |time| LocalTime::at(time, 0);
        let used = Timestamp(20 * day + 14 * 60 * 60 * 1000);
        let text = session_times(Timestamp(19 * day), Some(used), local, 20);
        assert_eq!(text, "Signed in: Yesterday. Last used: Today, 14:00");
        assert_eq!(session_times(Timestamp(20 * day), None, local, 20), "Signed in: Today. In use now");
    }

    #[test]
    fn only_a_reset_leaves_open_whether_there_is_an_account() {
        assert!(code_sent(CodePurpose::Reset).starts_with("If"));
        assert!(!code_sent(CodePurpose::SignUp).starts_with("If"));
    }
}
