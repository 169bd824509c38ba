//! Whether somebody is at the device, and what of it is due to be kept. Moments are the wall clock's: they outlive the
//! process.

use igoon_shared::{
    presence::{Availability, Presence, is_idle},
    time::Timestamp,
};

/// How often it is kept, at most, that a connected device is there; milliseconds.
const KEEP_EVERY_MS: i64 = 60_000;

/// Somebody at a connected device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attendance {
    chosen: Availability,
    last_activity: Timestamp,
    kept_at: Timestamp,
}

impl Attendance {
    /// At a device that connects now, as it was when it was here last. Connecting is no input: a computer does that by
    /// itself.
    #[must_use]
    pub const fn new(chosen: Availability, last_activity: Timestamp, now: Timestamp) -> Self {
        Self { chosen, last_activity, kept_at: now }
    }

    /// There was real input.
    pub fn active(&mut self, now: Timestamp) {
        self.last_activity = self.last_activity.max(now);
    }

    /// The account chose this.
    pub const fn choose(&mut self, chosen: Availability) {
        self.chosen = chosen;
    }

    /// When there was real input the last time.
    #[must_use]
    pub const fn last_activity(&self) -> Timestamp {
        self.last_activity
    }

    /// Others may know that the device is connected.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        self.chosen != Availability::Invisible
    }

    /// What others are shown.
    #[must_use]
    pub fn shown(&self, now: Timestamp) -> Presence {
        Presence::of_connected(self.chosen, is_idle(self.last_activity, now))
    }

    /// Whether it should be kept now that the device is there, which counts as keeping it.
    pub fn keep(&mut self, now: Timestamp) -> bool {
        let due = now.millis_since(self.kept_at) >= KEEP_EVERY_MS;
        if due {
            self.kept_at = now;
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(10_000_000);

    fn after(seconds: i64) -> Timestamp {
        NOW.plus_millis(seconds * 1_000)
    }

    #[test]
    fn without_input_a_device_becomes_idle_and_with_it_it_is_back() {
        let mut somebody = Attendance::new(Availability::Available, NOW, NOW);
        assert_eq!(somebody.shown(after(299)), Presence::Online);
        assert_eq!(somebody.shown(after(300)), Presence::Idle);
        somebody.active(after(301));
        assert_eq!(somebody.shown(after(301)), Presence::Online);
        somebody.active(after(200));
        assert_eq!(somebody.last_activity(), after(301), "a clock that was set back");
    }

    #[test]
    fn a_device_that_connects_by_itself_is_idle_if_it_was_before() {
        let somebody = Attendance::new(Availability::Available, NOW, after(3_600));
        assert_eq!(somebody.shown(after(3_600)), Presence::Idle);
    }

    #[test]
    fn what_was_chosen_goes_before_what_input_says() {
        let mut somebody = Attendance::new(Availability::Busy, NOW, NOW);
        assert_eq!((somebody.shown(NOW), somebody.is_visible()), (Presence::Busy, true));
        assert_eq!(somebody.shown(after(600)), Presence::Busy);
        somebody.choose(Availability::Invisible);
        assert_eq!((somebody.shown(NOW), somebody.is_visible()), (Presence::Offline, false));
        somebody.choose(Availability::Available);
        assert_eq!(somebody.shown(after(600)), Presence::Idle);
    }

    #[test]
    fn it_is_kept_once_a_minute_that_a_device_is_there() {
        let mut somebody = Attendance::new(Availability::Available, NOW, NOW);
        let kept: Vec<i64> = (0..200).step_by(5).filter(|second| somebody.keep(after(*second))).collect();
        assert_eq!(kept, [60, 120, 180]);
    }
}
