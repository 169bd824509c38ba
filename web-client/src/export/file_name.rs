//! What the file is called: for people, and so that every system takes it.

use igoon_shared::time::Timestamp;

use crate::{messages::ExportFormat, state::calendar, texts::t};

/// So many characters of a room's name stand in it: of four bytes each, with the rest they are below the 255 that file
/// systems take.
const NAME_CHARS: usize = 48;

/// `Igoon Rowing club 2026-11-23.html`: the room, and the day on this computer's clock.
#[must_use]
pub fn file_name(room: Option<&str>, at: Timestamp, format: ExportFormat) -> String {
    let unnamed = || t!("room-unnamed");
    let room = room.map(plain).filter(|name| !name.is_empty()).unwrap_or_else(unnamed);
    let moment = calendar::local(at).machine();
    let day = moment.split('T').next().unwrap_or_default();
    let ending = match format {
        ExportFormat::Document(_) => "html",
        ExportFormat::Lines => "jsonl",
    };
    format!("Igoon {room} {day}.{ending}")
}

/// A name without what some system does not take in a file's name, or would show as another.
fn plain(name: &str) -> String {
    let kept = name.chars().map(|c| if is_special(c) { ' ' } else { c });
    let words = kept.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = words.trim_matches(['.', ' ']).chars().take(NAME_CHARS).collect();
    short.trim_end_matches(['.', ' ']).to_owned()
}

/// Separators and wildcards; control characters; those that are not seen and turn a line around (Unicode Annex 9).
fn is_special(c: char) -> bool {
    c.is_control()
        || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::{super::testing::NOON, *};
    use crate::state::Language;

    fn named(room: &str) -> String {
        file_name(Some(room), NOON, ExportFormat::Document(Language::English))
    }

    #[test]
    fn a_file_is_called_after_the_room_and_the_day() {
        assert_eq!(named("Rowing club"), "Igoon Rowing club 2026-11-23.html");
        assert_eq!(file_name(None, NOON, ExportFormat::Lines), "Igoon Room 2026-11-23.jsonl");
        assert_eq!(named("Семья и друзья"), "Igoon Семья и друзья 2026-11-23.html");
    }

    #[test]
    fn a_rooms_name_cannot_lead_out_of_the_folder_or_pretend() {
        assert_eq!(named("../../etc/passwd"), "Igoon etc passwd 2026-11-23.html");
        assert_eq!(named("..\\\u{202e}lmth.exe\0:*?\"<>|"), "Igoon lmth.exe 2026-11-23.html");
        assert_eq!(named("\u{200b} . "), "Igoon Room 2026-11-23.html");
        let longest = named(&"\u{1f6a3}".repeat(64));
        assert!(longest.len() < 255 && longest.ends_with(" 2026-11-23.html"), "{longest}");
    }
}
