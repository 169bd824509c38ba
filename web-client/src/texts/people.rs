//! What is said about people: whether they are there, and whether they have a message.

use igoon_shared::presence::{Availability, Presence};

use super::t;

/// How somebody is. `last_seen` is a moment in words, of somebody who is offline.
#[must_use]
pub fn presence(state: Presence, last_seen: Option<String>) -> String {
    match (state, last_seen) {
        (Presence::Online, _) => t!("presence-available"),
        (Presence::Idle, _) => t!("presence-idle"),
        (Presence::Away, _) => t!("presence-away"),
        (Presence::Busy, _) => t!("presence-busy"),
        (Presence::Offline, None) => t!("presence-offline"),
        (Presence::Offline, Some(seen)) => t!("presence-last-seen", moment = seen),
    }
}

/// What one can choose to be to others.
#[must_use]
pub fn availability(chosen: Availability) -> String {
    match chosen {
        Availability::Available | Availability::Unknown => t!("presence-available"),
        Availability::Away => t!("presence-away"),
        Availability::Busy => t!("presence-busy"),
        Availability::Invisible => t!("presence-invisible"),
    }
}

/// What others then see.
#[must_use]
pub fn availability_follows(chosen: Availability) -> String {
    match chosen {
        Availability::Available | Availability::Unknown => t!("availability-available"),
        Availability::Away => t!("availability-away"),
        Availability::Busy => t!("availability-busy"),
        Availability::Invisible => t!("availability-invisible"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presence_is_words() {
        assert_eq!(presence(Presence::Online, None), "Available");
        assert_eq!(presence(Presence::Offline, Some("Today, 14:05".to_owned())), "Last seen: Today, 14:05");
        assert_eq!(presence(Presence::Offline, None), "Offline");
    }
}
