//! What the page about the server says to its owner.

/// What the page is.
pub const LEAD: &str = "Each room and each connected computer has an actor of its own; the store, the directory and the mailer have one each. Nothing here is about what people write.";
/// To everybody else.
pub const OWNER_ONLY: &str =
    "How the server works inside is shown to its owner alone: the account that was made with the set-up code.";
/// The list holds fewer than there are.
#[must_use]
pub fn shown_of(shown: usize, total: usize) -> String {
    format!("The first {shown} of {total}. Choose a kind to see fewer.")
}
/// Nothing is of that kind.
pub const NONE: &str = "None of this kind at the moment.";
/// Before the first look.
pub const LOADING: &str = "Looking at the server…";
/// The last look is not true any more.
pub const STALE: &str = "Not up to date:";

/// A kind of actors, one or all.
#[must_use]
pub fn kind(kind: &str) -> &str {
    match kind {
        "store" => "Store",
        "directory" => "Directory",
        "room" => "Room",
        "device" => "Computer",
        "mailer" => "Mailer",
        other => other,
    }
}

/// What an actor is doing.
#[must_use]
pub fn state(state: &str) -> &str {
    match state {
        "starting" => "Starting",
        "active" => "Active",
        "idle" => "Idle",
        "draining" => "Shutting down",
        "unavailable" => "Out of reach",
        other => other,
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
        _ => format!("{days} d {} h", hours % 24),
    }
}

/// A short span of microseconds: `0.4 ms`, `12 ms`.
#[must_use]
pub fn short_span(micros: u64) -> String {
    if micros < 10_000 { format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100) } else { span(micros / 1_000) }
}

/// How long ago.
#[must_use]
pub fn ago(millis: u64) -> String {
    if millis < 1_000 { "now".to_owned() } else { format!("{} ago", span(millis)) }
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
        assert_eq!((kind("bus"), state("restarting")), ("bus", "restarting"));
    }
}
