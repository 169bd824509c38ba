//! What the page about the server says to its owner: kinds and states, spans of time, sizes.

use super::t;

/// A kind of actors, one or all. One that this build does not know keeps its name.
#[must_use]
pub fn kind(kind: &str) -> String {
    match kind {
        "store" => t!("server-kind-store"),
        "directory" => t!("server-kind-directory"),
        "room" => t!("server-kind-room"),
        "device" => t!("server-kind-device"),
        "mailer" => t!("server-kind-mailer"),
        other => other.to_owned(),
    }
}

/// What an actor is doing.
#[must_use]
pub fn state(state: &str) -> String {
    match state {
        "starting" => t!("server-state-starting"),
        "active" => t!("server-state-active"),
        "idle" => t!("server-state-idle"),
        "draining" => t!("server-state-draining"),
        "unavailable" => t!("server-state-unavailable"),
        other => other.to_owned(),
    }
}

/// A span of time in at most two units: `850 ms`, `12 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`.
#[must_use]
pub fn span(millis: u64) -> String {
    let seconds = millis / 1_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (days, hours, minutes, seconds) {
        (0, 0, 0, 0) => format!("{millis} ms"),
        (0, 0, 0, _) => format!("{seconds} s"),
        (0, 0, _, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _, _) => format!("{hours} h {} min", minutes % 60),
        _ => t!("server-days", days = days, hours = hours % 24),
    }
}

/// A short span of microseconds: `0.4 ms`, `12 ms`.
#[must_use]
pub fn short_span(micros: u64) -> String {
    if micros >= 10_000 {
        return span(micros / 1_000);
    }
    t!("server-milliseconds", whole = micros / 1_000, tenth = micros % 1_000 / 100)
}

/// How long ago.
#[must_use]
pub fn ago(millis: u64) -> String {
    if millis < 1_000 { t!("server-now") } else { t!("server-ago", span = span(millis)) }
}

/// A number of bytes in thousands: `812 B`, `45 kB`, `128 MB`.
#[must_use]
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{} kB", count / 1_000),
        _ => format!("{} MB", count / 1_000_000),
    }
}

/// A count with its thousands set apart: `12 345 678`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_two_units_at_most() {
        assert_eq!([span(850), span(12_400), span(185_000)], ["850 ms", "12 s", "3 min 5 s"]);
        assert_eq!([short_span(432), short_span(9_990), short_span(12_400)], ["0.4 ms", "9.9 ms", "12 ms"]);
        assert_eq!([span(7_800_000), span(356_400_000)], ["2 h 10 min", "4 d 3 h"]);
    }

    #[test]
    fn sizes_and_counts() {
        assert_eq!([bytes(812), bytes(45_999), bytes(128_000_000)], ["812 B", "45 kB", "128 MB"]);
        assert_eq!(
            [count(7), count(999), count(1_000), count(12_345_678)].map(|text| text.replace('\u{202f}', " ")),
            ["7", "999", "1 000", "12 345 678"]
        );
    }

    #[test]
    fn what_is_not_known_keeps_its_name() {
        assert_eq!((kind("bus"), state("restarting")), ("bus".to_owned(), "restarting".to_owned()));
    }
}
