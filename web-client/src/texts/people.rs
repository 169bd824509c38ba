//! What is said about people: whether they are there, and whether they have a message.

use igoon_shared::presence::{Availability, Presence};

use super::counted;

/// How somebody is. `last_seen` is a moment in words, of somebody who is offline.
#[must_use]
pub fn presence(state: Presence, last_seen: Option<String>) -> String {
    let words = match state {
        Presence::Online => "Available",
        Presence::Idle => "Idle",
        Presence::Away => "Away",
        Presence::Busy => "Busy",
        Presence::Offline => {
            return last_seen.map_or_else(|| "Offline".to_owned(), |seen| format!("Last seen: {seen}"));
        }
    };
    words.to_owned()
}

/// What one can choose to be to others.
#[must_use]
pub const fn availability(chosen: Availability) -> &'static str {
    match chosen {
        Availability::Available | Availability::Unknown => "Available",
        Availability::Away => "Away",
        Availability::Busy => "Busy",
        Availability::Invisible => "Invisible",
    }
}

/// What others then see.
#[must_use]
pub const fn availability_follows(chosen: Availability) -> &'static str {
    match chosen {
        Availability::Available | Availability::Unknown => {
            "Others see when you are connected, and that you are idle after five minutes without a key or a touch."
        }
        Availability::Away => "Others see that you are away, also while you write.",
        Availability::Busy => "Others see that you do not want to be disturbed. Messages come all the same.",
        Availability::Invisible => "Others see you as offline. Messages come all the same, and you can write.",
    }
}

/// Messages that were not looked at.
#[must_use]
pub fn unread(count: usize) -> String {
    counted(count, "new message", "new messages")
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
