//! What is said about invites.

use igoon_shared::log::Role;

use super::t;

const HOUR_MS: i64 = 60 * 60 * 1000;

/// How long an invite can be good for, in milliseconds.
pub const LIFETIMES: [i64; 4] = [HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS, 30 * 24 * HOUR_MS];

/// For how many people an invite can be.
pub const USES: [u32; 6] = [1, 2, 5, 10, 25, 100];

/// One of [`LIFETIMES`] in words.
#[must_use]
pub fn lifetime(millis: i64) -> String {
    match millis / HOUR_MS {
        hours @ ..24 => t!("invite-hours", count = hours),
        hours => t!("invite-days", count = hours / 24),
    }
}

/// An open invite in one line; `until` is a moment in words.
#[must_use]
pub fn open(uses_left: u32, as_role: Role, until: String) -> String {
    match as_role {
        Role::Member => t!("invite-open", count = uses_left, until = until),
        Role::Admin | Role::Owner => t!("invite-open-as-admin", count = uses_left, until = until),
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::protocol::limits;

    use super::*;

    #[test]
    fn an_open_invite_says_for_whom_and_how_long() {
        let until = || "Today, 14:05".to_owned();
        assert_eq!(open(1, Role::Member, until()), "For 1 person, until Today, 14:05");
        assert_eq!(open(5, Role::Admin, until()), "For 5 people as admin, until Today, 14:05");
    }

    #[test]
    fn the_usual_lifetime_can_be_chosen() {
        assert!(LIFETIMES.contains(&limits::INVITE_LIFETIME_MS));
        assert_eq!(LIFETIMES.map(lifetime), ["one hour", "one day", "7 days", "30 days"]);
    }
}
