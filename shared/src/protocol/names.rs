//! What can be the name of a room or a device.

use super::limits;

/// Whether a text can be such a name: 1 to 64 characters, something to see among them, and none that controls how what
/// stands beside it is shown (C0 and C1 controls, and the embeddings, overrides and isolates of UAX 9, section 2).
#[must_use]
pub fn is_name(text: &str) -> bool {
    let controls = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    limits::NAME_CHARS.contains(&text.chars().count()) && !text.trim().is_empty() && !text.chars().any(controls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_control_nothing() {
        for good in ["x", "Küche", "Ada's laptop", "שולחן", &"a".repeat(64)] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "  ", "a\nb", "a\u{7f}", "evil\u{202e}txt", "\u{2066}a", &"a".repeat(65)] {
            assert!(!is_name(bad), "{bad:?}");
        }
    }
}
