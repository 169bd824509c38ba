//! Whether the service should hear that somebody is at this computer.

use crate::{presence::ACTIVITY_INTERVAL_MS, time::Timestamp};

/// Real input at this computer. Times are the host's clock.
#[derive(Debug, Default)]
pub(super) struct Activity {
    last: Option<Timestamp>,
    told: Option<Timestamp>,
}

impl Activity {
    /// There was input.
    pub(super) fn noticed(&mut self, now: Timestamp) {
        self.last = Some(now);
    }

    /// Whether to tell the service now, which counts as telling it. Input that came while there was no connection is told if
    /// it is not old yet; input that follows what was told right before is not worth telling.
    pub(super) fn tell(&mut self, now: Timestamp) -> bool {
        let is_recent = |moment: Timestamp| now.millis_since(moment) < ACTIVITY_INTERVAL_MS;
        let due = self.last.is_some_and(|last| is_recent(last) && self.told.is_none_or(|told| told < last))
            && !self.told.is_some_and(is_recent);
        if due {
            self.told = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_000_000);

    #[test]
    fn input_is_told_at_once_and_then_at_most_every_half_minute() {
        let mut activity = Activity::default();
        assert!(!activity.tell(START), "there was none");
        let mut told = Vec::new();
        for second in 0..100 {
            let now = START.plus_millis(second * 1_000);
            activity.noticed(now);
            if activity.tell(now) {
                told.push(second);
            }
        }
        assert_eq!(told, [0, 30, 60, 90]);
        assert!(!activity.tell(START.plus_millis(10 * 60 * 1_000)), "no input, nothing to tell");
    }

    #[test]
    fn input_before_the_connection_is_told_while_it_is_fresh() {
        let mut activity = Activity::default();
        activity.noticed(START);
        assert!(activity.tell(START.plus_millis(ACTIVITY_INTERVAL_MS - 1)));
        let mut activity = Activity::default();
        activity.noticed(START);
        assert!(!activity.tell(START.plus_millis(ACTIVITY_INTERVAL_MS)));
    }
}
