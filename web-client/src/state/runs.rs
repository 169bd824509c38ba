//! Where a day begins in a timeline, and where a run of one author's messages.

use igoon_shared::{ids::AccountId, time::Timestamp};

/// A run ends when its author pauses for this long, in milliseconds.
const RUN_GAP_MS: i64 = 5 * 60 * 1000;

/// Where a message stands among those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// It begins a day.
    pub day: bool,
    /// It begins a run of messages by the same author, one soon after the other.
    pub run: bool,
}

/// Looks at messages in the order in which they are shown.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    day: Option<i64>,
    last: Option<(Option<AccountId>, Timestamp)>,
}

impl Runs {
    /// The next message: by whom, when, and on which day of the reader's clock (days since 1970-01-01).
    pub fn next(&mut self, account: Option<AccountId>, time: Timestamp, day: i64) -> Beginning {
        let close = self.last.is_some_and(|(before, last)| {
            before.is_some() && before == account && time.millis_since(last).saturating_abs() < RUN_GAP_MS
        });
        self.last = Some((account, time));
        let day = self.begins(day);
        Beginning { day, run: day || !close }
    }

    /// Something else than a message, on this day: the next message begins a run. Whether it begins the day.
    pub fn broken(&mut self, day: i64) -> bool {
        self.last = None;
        self.begins(day)
    }

    fn begins(&mut self, day: i64) -> bool {
        // A clock that was set back leads to no day for a second time.
        let begins = self.day.is_none_or(|before| day > before);
        if begins {
            self.day = Some(day);
        }
        begins
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: Option<AccountId> = Some(AccountId::from_bytes([1; 16]));
    const BEA: Option<AccountId> = Some(AccountId::from_bytes([2; 16]));

    #[test]
    fn a_run_ends_with_its_author_a_pause_or_a_day() {
        let mut runs = Runs::default();
        let mut next = |account, time, day| {
            let Beginning { day, run } = runs.next(account, Timestamp(time), day);
            (day, run)
        };
        assert_eq!(next(ADA, 0, 0), (true, true));
        assert_eq!(next(ADA, RUN_GAP_MS - 1, 0), (false, false));
        assert_eq!(next(BEA, RUN_GAP_MS, 0), (false, true));
        assert_eq!(next(BEA, 2 * RUN_GAP_MS, 0), (false, true), "a pause");
        assert_eq!(next(BEA, 2 * RUN_GAP_MS + 1, 1), (true, true), "midnight");
        assert_eq!(next(BEA, 2 * RUN_GAP_MS, 0), (false, false), "a clock that was set back");
        assert_eq!([next(None, 3 * RUN_GAP_MS, 1), next(None, 3 * RUN_GAP_MS, 1)], [(false, true); 2]);
    }
    #[test]
    fn what_is_no_message_ends_a_run_and_may_begin_a_day() {
        let mut runs = Runs::default();
        assert!(runs.next(ADA, Timestamp(0), 0).run);
        assert!(!runs.broken(0));
        assert!(runs.next(ADA, Timestamp(1), 0).run);
        assert!(runs.broken(1));
        assert_eq!(runs.next(ADA, Timestamp(2), 1), Beginning { day: false, run: true });
    }
}
