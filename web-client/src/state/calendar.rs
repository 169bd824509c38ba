//! Days and times as a reader's clock shows them. The proleptic Gregorian calendar, by Howard Hinnant's
//! `civil_from_days` (<https://howardhinnant.github.io/date_algorithms.html>).

use igoon_shared::time::Timestamp;

use crate::texts::t;

const MINUTE_MS: i64 = 60_000;
const DAY_MINUTES: i64 = 24 * 60;

/// A moment on the reader's clock, to the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// Days since 1970-01-01.
    pub day: i64,
    /// Minutes since midnight.
    pub minute: i64,
}

impl LocalTime {
    /// The moment, `offset_minutes` east of Greenwich.
    #[must_use]
    pub const fn at(time: Timestamp, offset_minutes: i64) -> Self {
        let minutes = time.0.div_euclid(MINUTE_MS) + offset_minutes;
        Self { day: minutes.div_euclid(DAY_MINUTES), minute: minutes.rem_euclid(DAY_MINUTES) }
    }

    /// `14:05`.
    #[must_use]
    pub fn clock(self) -> String {
        format!("{:02}:{:02}", self.minute / 60, self.minute % 60)
    }

    /// `Today`, `Yesterday`, `Monday 23 November`, with the year if it is another than today's; in the chosen language.
    #[must_use]
    pub fn day_name(self, today: i64) -> String {
        if self.day == today {
            return t!("today");
        }
        if self.day == today - 1 {
            return t!("yesterday");
        }
        let (year, month, day) = civil(self.day);
        if year == civil(today).0 {
            t!("day", weekday = self.weekday(), day = day, month = t!("month", month = month))
        } else {
            self.date()
        }
    }

    /// `Monday 23 November 2026`, in the chosen language.
    #[must_use]
    pub fn date(self) -> String {
        let (year, month, day) = civil(self.day);
        t!("day-of-year", weekday = self.weekday(), day = day, month = t!("month", month = month), year = year)
    }

    /// `Monday`, in the chosen language.
    #[must_use]
    pub fn weekday(self) -> String {
        t!("weekday", weekday = (self.day + 3).rem_euclid(7))
    }

    /// `2026-11-23T14:05`, for `<time datetime>`.
    #[must_use]
    pub fn machine(self) -> String {
        let (year, month, day) = civil(self.day);
        format!("{year:04}-{month:02}-{day:02}T{}", self.clock())
    }
}

/// `2026-11-23T14:05:07.089Z` (RFC 3339); `None` outside the years 0000 to 9999, which that cannot say.
#[must_use]
pub fn rfc3339(time: Timestamp) -> Option<String> {
    let at = LocalTime::at(time, 0);
    let (year, month, day) = civil(at.day);
    let (seconds, millis) = (time.0.div_euclid(1_000).rem_euclid(60), time.0.rem_euclid(1_000));
    let clock = at.clock();
    (0..=9_999).contains(&year).then(|| format!("{year:04}-{month:02}-{day:02}T{clock}:{seconds:02}.{millis:03}Z"))
}

/// Year, month (1 to 12) and day of the month.
const fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// The moment on this browser's clock; natively, Greenwich's.
#[must_use]
pub fn local(time: Timestamp) -> LocalTime {
    LocalTime::at(time, browser_offset_minutes(time))
}

/// The browser's idea of now; natively the beginning of 1970.
#[must_use]
pub fn now() -> Timestamp {
    #[cfg(target_arch = "wasm32")]
    {
        millis(js_sys::Date::now())
    }
    #[cfg(not(target_arch = "wasm32"))]
    Timestamp::default()
}

#[cfg(target_arch = "wasm32")]
#[expect(clippy::cast_possible_truncation, reason = "whole milliseconds of a Date fit; the cast saturates")]
const fn millis(date: f64) -> Timestamp {
    Timestamp(date as i64)
}

/// Minutes east of Greenwich at that moment: daylight saving differs from day to day.
fn browser_offset_minutes(time: Timestamp) -> i64 {
    #[cfg(target_arch = "wasm32")]
    {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a Date are below 2^53")]
        let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(time.0 as f64));
        -millis(date.get_timezone_offset()).0
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = time;
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{state::preferences::Language, texts};

    // 2026-11-23T01:30:00Z, a Monday.
    const MOMENT: Timestamp = Timestamp(1_795_397_400_000);

    #[test]
    fn the_offset_moves_the_day() {
        let greenwich = LocalTime::at(MOMENT, 0);
        assert_eq!((greenwich.clock().as_str(), greenwich.machine().as_str()), ("01:30", "2026-11-23T01:30"));
        let new_york = LocalTime::at(MOMENT, -300);
        assert_eq!((new_york.clock().as_str(), new_york.day), ("20:30", greenwich.day - 1));
        assert_eq!(LocalTime::at(MOMENT, 345).clock(), "07:15");
    }

    #[test]
    fn days_have_names() {
        let time = LocalTime::at(MOMENT, 0);
        assert_eq!(time.day_name(time.day), "Today");
        assert_eq!(time.day_name(time.day + 1), "Yesterday");
        assert_eq!(time.day_name(time.day + 2), "Monday 23 November");
        assert_eq!(time.day_name(time.day + 60), "Monday 23 November 2026");
        texts::choose(Language::German);
        assert_eq!(time.day_name(time.day + 1), "Gestern");
        assert_eq!(time.day_name(time.day + 60), "Montag, 23. November 2026");
    }

    #[test]
    fn moments_are_told_to_machines_in_greenwich_time() {
        assert_eq!(rfc3339(MOMENT.plus_millis(7_089)).as_deref(), Some("2026-11-23T01:30:07.089Z"));
        assert_eq!(rfc3339(Timestamp(-1)).as_deref(), Some("1969-12-31T23:59:59.999Z"));
        let last = Timestamp(253_402_300_799_999);
        assert_eq!(rfc3339(last).as_deref(), Some("9999-12-31T23:59:59.999Z"));
        let beyond = [last.plus_millis(1), Timestamp(i64::MAX), Timestamp(i64::MIN)];
        assert_eq!(beyond.map(rfc3339), [None, None, None], "a sender's clock may say anything");
    }

    #[test]
    fn leap_days_and_the_time_before_1970() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(-1), (1969, 12, 31));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(11_017), (2000, 3, 1));
        assert_eq!(LocalTime::at(Timestamp(-1), 0).clock(), "23:59");
    }
}
