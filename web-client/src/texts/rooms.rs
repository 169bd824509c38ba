//! What the list of rooms says.

use igoon_shared::time::Timestamp;

use super::t;
use crate::state::calendar::LocalTime;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// How long ago something was, in few letters: `now`, `5 min`, `3 h`, `Yesterday`, `Monday`, `2026-11-23`.
#[must_use]
pub fn ago(at: Timestamp, now: Timestamp, local: impl Fn(Timestamp) -> LocalTime) -> String {
    let past = now.millis_since(at);
    let (then, today) = (local(at), local(now));
    match (past, today.day - then.day) {
        (..MINUTE_MS, _) => t!("ago-now"),
        (..HOUR_MS, _) => t!("ago-minutes", count = past / MINUTE_MS),
        (_, ..=0) => t!("ago-hours", count = past / HOUR_MS),
        (_, 1) => t!("yesterday"),
        (_, ..7) => then.weekday(),
        _ => then.machine().split('T').next().unwrap_or_default().to_owned(),
    }
}

/// Messages that were not looked at, in a badge: the core counts them up to a limit.
#[must_use]
pub fn badge(unread: u32) -> String {
    if unread > 999 { "999+".to_owned() } else { unread.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_ago_the_coarser() {
        // 2026-11-23T12:30:00Z, a Monday.
        let now = Timestamp(1_795_437_000_000);
        let at = |minutes: i64| ago(now.plus_millis(-minutes * MINUTE_MS), now, |time| LocalTime::at(time, 0));
        assert_eq!([at(0), at(-5), at(1), at(59)], ["now", "now", "1 min", "59 min"], "also by another clock");
        assert_eq!([at(60), at(12 * 60 + 30)], ["1 h", "12 h"]);
        assert_eq!(at(12 * 60 + 31), "Yesterday");
        assert_eq!([at(2 * 1_440), at(6 * 1_440)], ["Saturday", "Tuesday"]);
        assert_eq!(at(7 * 1_440), "2026-11-16");
    }

    #[test]
    fn a_badge_has_four_places() {
        assert_eq!([badge(3), badge(999), badge(1_000)], ["3", "999", "999+"]);
    }
}
