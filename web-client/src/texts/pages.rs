//! What the pages between a visitor and a room say.

use crate::messages::{Connection, Pending, Trouble};

/// While the keys are being made.
pub const MAKING_KEYS: &str =
    "They are made here, and their secret half never leaves this computer. That can take a few seconds.";
/// Another tab runs Igoon.
pub const ELSEWHERE: &str =
    "One tab at a time holds this computer's keys. Go on there, or use Igoon here: the other tab then stops.";
/// The server does not answer, and there is nothing to show meanwhile.
pub const UNREACHABLE: &str = "Igoon keeps trying. Check that this computer is connected.";
/// An invite link that was cut short or changed.
pub const BAD_LINK: &str = "Part of it was lost on the way. Copy it whole from where you got it, or ask for a new one.";
/// An address that leads nowhere.
pub const NOT_FOUND: &str = "No page has this address, or it is a room that you are not in.";
/// The owner's first room.
pub const NAME_ROOM: &str = "A team, a club, a household: one room for everybody in it. You invite people next.";
/// A further room.
pub const NEW_ROOM: &str = "Its people, messages and keys are its own. You invite people next.";
/// Who sees a room's name.
pub const ROOM_NAME_HINT: &str = "Everybody in the room sees it. The server does, too.";
/// In no room, and not permitted to make one.
pub const NO_ROOM: &str = "Ask somebody who is in one for an invite link, then open it in this browser.";
/// To somebody who was invited and may have an account.
pub const HAVE_ACCOUNT: &str = "You have an account on this server?";

/// What is being done between signing in and a room.
#[must_use]
pub const fn opening(pending: Option<Pending>) -> &'static str {
    match pending {
        Some(Pending::Room) => "Making the room…",
        Some(Pending::Joining) => "Joining the room…",
        None => "Opening your rooms…",
    }
}

/// Why it takes so long.
#[must_use]
pub const fn opening_waits(connection: Connection) -> &'static str {
    match connection {
        Connection::Reconnecting => "The server does not answer. Igoon keeps trying, and goes on by itself.",
        Connection::Connecting | Connection::Online => "",
    }
}

/// What must be mended before it goes on, as a heading.
#[must_use]
pub const fn stopped(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::DamagedKeys => "This computer's stored keys are damaged",
        Trouble::DamagedRecords => "What is stored here is damaged",
        Trouble::OtherBuild => "Igoon was updated",
        Trouble::Keys => "No keys could be made",
        Trouble::Storage => "Nothing can be stored here",
        Trouble::Crashed
        | Trouble::Unreachable
        | Trouble::WrongPassword
        | Trouble::CodeForgotten
        | Trouble::Refused { .. } => "Igoon cannot go on",
    }
}

/// Signed in as somebody else than the keys stored here belong to.
#[must_use]
pub fn other_account(stored: &str, handle: &str) -> String {
    format!(
        "You signed in as {handle}. A browser keeps the keys of one account. To go on as {handle} here, the keys and messages of {stored} are removed from this computer; {stored} would need approval to read here again."
    )
}

/// Keys wait here for their owner.
#[must_use]
pub fn keys_kept(handle: &str) -> String {
    format!("The keys of {handle} are kept on this computer, encrypted. Sign in to use them again.")
}
