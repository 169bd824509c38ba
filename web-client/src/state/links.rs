//! What of a message is a link: `http`, `https` and mail addresses, found by `linkify`. Everything else is text.

use std::ops::Range;

use linkify::{LinkFinder, LinkKind};

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text.
    Text(&'a str),
    /// A link, shown as it was written.
    Link {
        /// What was written.
        text: &'a str,
        /// Where it leads.
        to: String,
        /// What was written does not show plainly where that is.
        veiled: bool,
    },
}

/// A message in pieces; joined, their texts are the message.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for link in LinkFinder::new().links(text) {
        let Some(to) = target(link.as_str(), link.kind()) else { continue };
        push_text(&mut pieces, text, from..link.start());
        let (written, veiled) = (link.as_str(), is_veiled(link.as_str(), link.kind()));
        pieces.push(Piece::Link { text: written, to, veiled });
        from = link.end();
    }
    push_text(&mut pieces, text, from..text.len());
    pieces
}

fn push_text<'a>(pieces: &mut Vec<Piece<'a>>, text: &'a str, range: Range<usize>) {
    if let Some(text) = text.get(range).filter(|text| !text.is_empty()) {
        pieces.push(Piece::Text(text));
    }
}

fn target(link: &str, kind: &LinkKind) -> Option<String> {
    let (scheme, _) = link.split_once(':').unwrap_or_default();
    match kind {
        LinkKind::Email => Some(format!("mailto:{link}")),
        LinkKind::Url => {
            let safe = ["http", "https", "mailto"].iter().any(|safe| scheme.eq_ignore_ascii_case(safe));
            safe.then(|| link.to_owned())
        }
        _ => None,
    }
}

/// Letters of other alphabets can look like those of a known host, what stands before an `@` like a host itself, and some
/// characters turn the line around (Unicode Annex 9).
fn is_veiled(link: &str, kind: &LinkKind) -> bool {
    let turned =
        link.contains(|c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    turned || !authority.is_ascii() || *kind == LinkKind::Url && authority.contains('@')
}

/// So many lines of a message are shown at first.
pub const LINES: usize = 25;

/// So many characters are about a line.
const LINE_CHARS: usize = 90;

/// Whether a message is so long that the rest is shown on demand; the last few lines are not worth it.
#[must_use]
pub fn is_long(text: &str) -> bool {
    // Most texts are judged by their length alone.
    text.len() > LINES
        && text.lines().map(|line| line.chars().count() / LINE_CHARS + 1).sum::<usize>() > LINES + LINES / 5
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<(String, String, bool)> {
        let found = pieces(text).into_iter().filter_map(|piece| match piece {
            Piece::Link { text, to, veiled } => Some((text.to_owned(), to, veiled)),
            Piece::Text(_) => None,
        });
        found.collect()
    }

    fn link(text: &str) -> Option<(String, bool)> {
        let found = links(text);
        assert!(found.len() < 2, "{text}: {found:?}");
        found.into_iter().next().map(|(_, to, veiled)| (to, veiled))
    }

    #[test]
    fn links_are_found_and_the_text_around_them_stays() {
        let text = "See (https://example.org/a_(b)), or write to bea@example.org.\nHTTP://EXAMPLE.ORG!";
        let found = links(text);
        let to: Vec<&str> = found.iter().map(|(_, to, _)| to.as_str()).collect();
        assert_eq!(to, ["https://example.org/a_(b)", "mailto:bea@example.org", "HTTP://EXAMPLE.ORG"]);
        let joined: String = pieces(text)
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) | Piece::Link { text, .. } => *text,
            })
            .collect();
        assert_eq!(joined, text);
    }

    #[test]
    fn only_safe_schemes_become_links() {
        for text in [
            "javascript:alert(1)",
            "javascript://example.org/%0aalert(1)",
            "data:text/html,<script>",
            "file:///etc/passwd",
            "vbscript://x/",
            "blob:https://example.org/1",
            "igoon://room",
            "<a href=\"javascript:x\">y</a>",
            "no link at all",
            "",
        ] {
            let bad = links(text).into_iter().find(|(_, to, _)| {
                let lower = to.to_lowercase();
                !(lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("mailto:"))
            });
            assert_eq!(bad, None, "{text}");
        }
        assert_eq!(link("javascript://example.org/%0aalert(1)"), None);
        assert_eq!(link("file:///etc/passwd"), None);
    }

    #[test]
    fn hosts_that_are_not_plain_are_known() {
        assert_eq!(link("https://example.org/ü?q=a@b"), Some(("https://example.org/ü?q=a@b".to_owned(), false)));
        // The first letter is Cyrillic.
        assert_eq!(link("https://аpple.com/").map(|(_, veiled)| veiled), Some(true));
        assert_eq!(link("https://example.org@evil.example/").map(|(_, veiled)| veiled), Some(true));
        assert_eq!(link("https://example.org/\u{202e}gpj.exe").map(|(_, veiled)| veiled), Some(true));
        assert_eq!(link("https://xn--pple-43d.com/").map(|(_, veiled)| veiled), Some(false), "shown as it is");
        assert_eq!(link("bea@example.org").map(|(_, veiled)| veiled), Some(false));
    }

    #[test]
    fn long_is_what_takes_many_lines() {
        assert!(!is_long(&"line\n".repeat(30)) && is_long(&"line\n".repeat(31)));
        assert!(!is_long(&"x".repeat(2_600)) && is_long(&"x".repeat(2_800)));
        assert!(!is_long("short"));
    }
}
