//! A code by e-mail as people enter it: typed, or pasted with what stood around it.

use igoon_shared::{
    protocol::{http::SecretText, limits},
    time::Timestamp,
};

/// So many characters at most stand between two groups of one code.
const BETWEEN: usize = 3;

/// The code in a text: eight digits, in one group or in several that only spaces or hyphens part. `None` as long as there
/// is none. In a whole mail one group counts before two halves, and those before anything else: a date has eight digits,
/// too.
#[must_use]
pub fn find(text: &str) -> Option<SecretText> {
    let groups = groups(text);
    let whole = groups.iter().find(|(_, digits)| digits.len() == limits::CODE_DIGITS);
    if let Some((_, digits)) = whole {
        return Some(SecretText::new((*digits).to_owned()));
    }
    let is_half = |(_, digits): &(usize, &str)| digits.len() == limits::CODE_DIGITS / 2;
    let halves = groups.windows(2).filter(|pair| pair.iter().all(is_half)).find_map(|pair| joined(text, pair));
    halves.or_else(|| groups.iter().enumerate().find_map(|(first, _)| joined(text, groups.get(first..)?)))
}

/// The code that begins with the first of these groups.
fn joined(text: &str, groups: &[(usize, &str)]) -> Option<SecretText> {
    let mut code = String::with_capacity(limits::CODE_DIGITS);
    let mut end = None;
    for (start, digits) in groups {
        let apart = end.map_or("", |end| text.get(end..*start).unwrap_or_default());
        if code.len() + digits.len() > limits::CODE_DIGITS || !parts_groups(apart) {
            break;
        }
        code.push_str(digits);
        end = Some(start + digits.len());
    }
    // Made before it is compared, so that the digits are wiped in either case.
    let code = SecretText::new(code);
    (code.expose().len() == limits::CODE_DIGITS).then_some(code)
}

/// Runs of digits, each with where it begins.
fn groups(text: &str) -> Vec<(usize, &str)> {
    let mut start = 0;
    let mut groups = Vec::new();
    for piece in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let digits = piece.trim_end_matches(|c: char| !c.is_ascii_digit());
        if !digits.is_empty() {
            groups.push((start, digits));
        }
        start += piece.len();
    }
    groups
}

/// What people and mails put between the groups of a number: spaces of all widths, hyphens and dashes.
fn parts_groups(apart: &str) -> bool {
    let parts = |c: char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    apart.chars().count() <= BETWEEN && apart.chars().all(parts)
}

/// How long until then, in whole seconds, rounded up; 0 when it has come.
#[must_use]
pub fn seconds_until(then: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(then.millis_since(now)).map_or(0, |millis| millis.div_ceil(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<String> {
        find(text).map(|code| code.expose().to_owned())
    }

    #[test]
    fn codes_as_people_enter_them() {
        for text in [
            "12345678",
            " 12345678\n",
            "1234 5678",
            "1234-5678",
            "1234 - 5678",
            "12 34 56 78",
            "1 2 3 4 5 6 7 8",
            "1234\u{a0}5678",
            "1234\u{2013}5678",
            "Your code for Igoon: 1234 5678.",
            "Your code:\r\n\r\n    1234 5678\r\n\r\nIt is good for 10 minutes and 5 tries.",
            "Good for 10 minutes: 12345678",
            "10 1234 5678",
            "1234 5678 10 minutes",
            "12345678 10 minutes",
            "2026-11-24 09:15 Igoon 1234-5678",
        ] {
            assert_eq!(found(text).as_deref(), Some("12345678"), "{text}");
        }
    }

    #[test]
    fn leading_zeros_count() {
        assert_eq!(found("0000 0012").as_deref(), Some("00000012"));
    }

    #[test]
    fn what_is_no_code() {
        for text in [
            "",
            "1234567",
            "1234 567",
            "123456789",
            "1234 56789",
            "1234 or 5678",
            "1234\n\n\n\n5678",
            "１２３４５６７８",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn waiting() {
        let until = |then, now| seconds_until(Timestamp(then), Timestamp(now));
        assert_eq!([until(60_000, 0), until(60_000, 1), until(60_000, 59_001)], [60, 60, 1]);
        assert_eq!([until(60_000, 60_000), until(0, 60_000)], [0, 0]);
    }
}
