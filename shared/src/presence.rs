//! Whether somebody is there: what people choose, and what others are shown of them and of their devices.
//!
//! What others are shown of a device:
//!
//! | connected | chosen | input in the last [`IDLE_AFTER_MS`] | shown |
//! |---|---|---|---|
//! | no | anything | | offline, with last seen |
//! | yes | invisible | | offline, with last seen as it was when that was chosen |
//! | yes | busy | | busy |
//! | yes | away | | away |
//! | yes | available | no | idle |
//! | yes | available | yes | online |
//!
//! And of a person: the first of busy, away, online, idle that one of its devices shows; offline if none does.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Without real input for so long, a connected device is idle; milliseconds.
pub const IDLE_AFTER_MS: i64 = 5 * 60 * 1000;
/// How often a client says at most that there was input, in milliseconds.
pub const ACTIVITY_INTERVAL_MS: i64 = 30 * 1000;

/// What somebody chose to be; holds for all devices of the account until something else is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Online or idle, as it is.
    #[default]
    Available,
    /// Not in front of it.
    Away,
    /// There, and does not want to be disturbed.
    Busy,
    /// Offline to others.
    Invisible,
    /// One that this build does not know. The service never takes it in.
    #[serde(other)]
    Unknown,
}

/// What others are shown of a device or of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Not connected, or does not want to be seen.
    Offline,
    /// Connected, without input for a while.
    Idle,
    /// Connected, and its owner chose so.
    Away,
    /// Connected, and its owner chose so.
    Busy,
    /// Connected. Also whatever this build does not know: only what is connected needs further words.
    #[serde(other)]
    Online,
}

impl Presence {
    /// What others are shown of a connected device.
    #[must_use]
    pub const fn of_connected(chosen: Availability, idle: bool) -> Self {
        match chosen {
            Availability::Invisible => Self::Offline,
            Availability::Busy => Self::Busy,
            Availability::Away => Self::Away,
            Availability::Available | Availability::Unknown if idle => Self::Idle,
            Availability::Available | Availability::Unknown => Self::Online,
        }
    }

    /// What others are shown of a person with these devices.
    #[must_use]
    pub fn of_person(devices: impl IntoIterator<Item = Self>) -> Self {
        devices.into_iter().max_by_key(|shown| shown.rank()).unwrap_or(Self::Offline)
    }

    /// Of a person's devices the one with the highest rank counts.
    const fn rank(self) -> u8 {
        match self {
            Self::Offline => 0,
            Self::Idle => 1,
            Self::Online => 2,
            Self::Away => 3,
            Self::Busy => 4,
        }
    }
}

/// Whether a device whose last real input was at `last_activity` is idle.
#[must_use]
pub fn is_idle(last_activity: Timestamp, now: Timestamp) -> bool {
    now.millis_since(last_activity) >= IDLE_AFTER_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_chose_goes_before_what_their_input_says() {
        use Availability::{Available, Away, Busy, Invisible};
        for (chosen, active, idle) in [
            (Available, Presence::Online, Presence::Idle),
            (Away, Presence::Away, Presence::Away),
            (Busy, Presence::Busy, Presence::Busy),
            (Invisible, Presence::Offline, Presence::Offline),
        ] {
            assert_eq!(Presence::of_connected(chosen, false), active);
            assert_eq!(Presence::of_connected(chosen, true), idle);
        }
    }

    #[test]
    fn a_person_is_what_the_foremost_of_their_devices_shows() {
        use Presence::{Away, Busy, Idle, Offline, Online};
        for (devices, person) in [
            (&[][..], Offline),
            (&[Offline, Offline], Offline),
            (&[Offline, Idle], Idle),
            (&[Online, Idle, Offline], Online),
            (&[Idle, Away, Online], Away),
            (&[Away, Busy, Online], Busy),
        ] {
            assert_eq!(Presence::of_person(devices.iter().copied()), person, "{devices:?}");
            assert_eq!(Presence::of_person(devices.iter().rev().copied()), person, "{devices:?}, the other way round");
        }
    }

    #[test]
    fn a_device_is_idle_after_five_minutes_without_input() {
        let input = Timestamp(1_000);
        assert!(!is_idle(input, input.plus_millis(IDLE_AFTER_MS - 1)));
        assert!(is_idle(input, input.plus_millis(IDLE_AFTER_MS)));
        assert!(!is_idle(input, Timestamp(0)), "a clock that was set back");
    }
}
