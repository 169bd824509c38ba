//! What is said about invites.

use igoon_shared::log::Role;

use super::{counted, role};

/// Above the form.
pub const LEAD: &str =
    "Whoever has the link can make an account and join. Send it by a way that you trust, to the people that it is for.";
/// On a new link.
pub const MADE: &str = "Here is the link. Copy it now, or later from the list below, on this computer.";
/// What admins may do.
pub const ADMIN: &str = "Admins invite people and close links.";
/// When members may invite.
pub const MEMBERS: &str = "They make links for further members. You see and can close them here.";
/// An open invite that another computer made.
pub const NOT_HERE: &str = "Made on another computer: the link can be copied there.";
/// No invite is open.
pub const NONE: &str = "No link is open.";
/// Before an invite is closed.
pub const CLOSE: &str = "Nobody can join by this link any more. Who has joined by it stays.";

/// How long an invite can be good for: milliseconds and words.
pub const LIFETIMES: [(i64, &str); 4] = [
    (60 * 60 * 1000, "one hour"),
    (24 * 60 * 60 * 1000, "one day"),
    (7 * 24 * 60 * 60 * 1000, "seven days"),
    (30 * 24 * 60 * 60 * 1000, "thirty days"),
];

/// For how many people an invite can be.
pub const USES: [u32; 6] = [1, 2, 5, 10, 25, 100];

/// For how many people it is.
#[must_use]
pub fn people(uses: u32) -> String {
    counted(usize::try_from(uses).unwrap_or(usize::MAX), "person", "people")
}

/// An open invite in one line; `until` is a moment in words.
#[must_use]
pub fn open(uses_left: u32, as_role: Role, until: &str) -> String {
    let who = match as_role {
        Role::Member => String::new(),
        other => format!(" as {}", role(other).to_lowercase()),
    };
    format!("For {}{who}, until {until}", people(uses_left))
}

#[cfg(test)]
mod tests {
    use igoon_shared::protocol::limits;

    use super::*;

    #[test]
    fn an_open_invite_says_for_whom_and_how_long() {
        assert_eq!(open(1, Role::Member, "Today, 14:05"), "For 1 person, until Today, 14:05");
        assert_eq!(open(5, Role::Admin, "Today, 14:05"), "For 5 people as admin, until Today, 14:05");
    }

    #[test]
    fn the_usual_lifetime_can_be_chosen() {
        assert!(LIFETIMES.iter().any(|(millis, _)| *millis == limits::INVITE_LIFETIME_MS));
    }
}
