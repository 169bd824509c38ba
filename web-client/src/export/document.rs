//! One HTML file that opens anywhere and looks like the timeline: no script, nothing from elsewhere, light and dark, fit for
//! printing. All that people wrote goes through [`push_escaped`]; the file's own policy forbids the rest once more.

use igoon_shared::{
    client::io::{Body, Unreadable},
    time::Timestamp,
};

use super::{Facts, Line, in_order::InOrder};
use crate::{
    state::{
        Language, calendar,
        content::State,
        links::{Piece, pieces},
        runs::Runs,
    },
    texts::{self, t},
};

const STYLE: &str = include_str!("document.css");

/// Nothing is fetched and nothing runs; the style stands in the file itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// See the module.
#[derive(Debug)]
pub struct Document {
    language: Language,
    order: InOrder,
    runs: Runs,
    /// A day was begun.
    in_day: bool,
}

impl Document {
    pub(super) fn new(language: Language) -> Self {
        Self { language, order: InOrder::default(), runs: Runs::default(), in_day: false }
    }

    pub(super) fn begin(&mut self, facts: &Facts, out: &mut String) {
        texts::choose(self.language);
        let name = facts.name.clone().unwrap_or_else(|| t!("room-unnamed"));
        let at = calendar::local(facts.exported_at);
        out.push_str("<!DOCTYPE html>\n<html lang=\"");
        out.push_str(self.language.code());
        out.push_str("\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"");
        out.push_str(POLICY);
        out.push_str("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        out.push_str(
            "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n",
        );
        out.push_str("<meta name=\"generator\" content=\"Igoon\">\n");
        push_in(out, "<title>", &name, "</title>\n<style>\n");
        out.push_str(STYLE);
        out.push_str("</style>\n</head>\n<body>\n<header>\n");
        push_in(out, "<h1 dir=\"auto\">", &name, "</h1>\n");
        let by = t!("export-document-by", name = facts.handle.as_str(), date = at.date(), time = at.clock());
        push_in(out, "<p>", &by, "</p>\n");
        let messages = facts.messages.saturating_add(facts.waiting);
        push_in(out, "<p>", &t!("export-document-messages", count = messages), "</p>\n");
        if facts.behind > 0 {
            push_in(out, "<p>", &t!("export-document-behind"), "</p>\n");
        }
        push_in(out, "<p class=\"caution\">", &t!("export-document-plain"), "</p>\n</header>\n<main>\n");
    }

    pub(super) fn line(&mut self, line: Line, out: &mut String) {
        texts::choose(self.language);
        if line.seq.is_none() {
            // Those that wait stand at the end, whatever their clock says.
            self.settle(out);
            self.write(&line, out);
        } else if let Some(line) = self.order.push(line) {
            self.write(&line, out);
        }
    }

    pub(super) fn end(&mut self, out: &mut String) {
        texts::choose(self.language);
        self.settle(out);
        if self.in_day {
            out.push_str("</section>\n");
        }
        out.push_str("</main>\n</body>\n</html>\n");
    }

    /// Writes what waited for messages that do not come any more.
    fn settle(&mut self, out: &mut String) {
        for line in self.order.rest() {
            self.write(&line, out);
        }
    }

    fn write(&mut self, line: &Line, out: &mut String) {
        let at = calendar::local(line.shown_at);
        let begins = self.runs.next(line.account, line.shown_at, at.day);
        if begins.day {
            out.push_str(if self.in_day { "</section>\n<section>\n" } else { "<section>\n" });
            push_in(out, "<h2>", &at.date(), "</h2>\n");
            self.in_day = true;
        }
        let own = matches!(line.state, State::Sent | State::Waiting | State::Failed(_) | State::Lost);
        out.push_str(match (begins.run, own) {
            (true, true) => "<article class=\"head mine\"",
            (true, false) => "<article class=\"head\"",
            (false, true) => "<article class=\"mine\"",
            (false, false) => "<article",
        });
        if let Some(seq) = line.seq {
            push_in(out, " id=\"", &format!("message-{seq}"), "\"");
        }
        out.push('>');
        if begins.run {
            let author = line.handle.clone().unwrap_or_else(|| t!("somebody"));
            push_in(out, "<p class=\"by\"><bdi>", &author, "</bdi></p>");
        }
        if line.gap {
            push_in(out, "<p class=\"aside\">", &t!("message-gap"), "</p>");
        }
        match &line.body {
            Body::Text(text) => {
                out.push_str("<p class=\"text\" dir=\"auto\">");
                push_text(out, text);
                out.push_str("</p>");
            }
            Body::Unreadable(why) => push_in(out, "<p class=\"aside\">", &cause(*why), "</p>"),
        }
        push_time(out, line.shown_at, &at.clock());
        match line.state {
            State::Waiting => push_in(out, "<p class=\"aside\">", &t!("export-document-waiting"), "</p>"),
            State::Failed(_) => push_in(out, "<p class=\"aside\">", &t!("state-failed"), "</p>"),
            State::Lost => push_in(out, "<p class=\"aside\">", &t!("state-lost"), "</p>"),
            State::Sent | State::Received | State::Unreadable => {}
        }
        out.push_str("</article>\n");
    }
}

/// Why a message is not in the file. What could be done about it is another matter than in the app: it was then.
fn cause(why: Unreadable) -> String {
    match why {
        Unreadable::NoKey(epoch) => t!("export-no-key", key = epoch.0),
        Unreadable::BeforeJoining(_) => t!("export-before-joining"),
        Unreadable::NeedsNewer => t!("export-needs-newer"),
        Unreadable::BadSignature => t!("export-bad-signature"),
        Unreadable::NotPermitted => t!("export-not-permitted"),
        Unreadable::Replayed => t!("export-replayed"),
        Unreadable::Damaged => t!("export-damaged"),
        Unreadable::DamagedHere => t!("export-damaged-here"),
    }
}

fn push_time(out: &mut String, time: Timestamp, clock: &str) {
    out.push_str("<time");
    if let Some(moment) = calendar::rfc3339(time) {
        push_in(out, " datetime=\"", &moment, "\"");
    }
    push_in(out, ">", clock, "</time>");
}

/// What somebody wrote, with links that show plainly where they lead. The others stay text: here no address stands beside them.
fn push_text(out: &mut String, text: &str) {
    for piece in pieces(text) {
        match piece {
            Piece::Link { text, to, veiled: false } => {
                push_in(out, "<a href=\"", &to, "\" rel=\"noopener noreferrer nofollow\">");
                push_in(out, "<bdi>", text, "</bdi></a>");
            }
            Piece::Text(text) | Piece::Link { text, .. } => push_escaped(out, text),
        }
    }
}

/// Text between two pieces of markup.
fn push_in(out: &mut String, before: &str, text: &str, after: &str) {
    out.push_str(before);
    push_escaped(out, text);
    out.push_str(after);
}

/// Text that says the same in an element and in a quoted attribute. Control characters, which no HTML file may hold, become the
/// sign for what cannot be shown.
fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\r' | '\t' => out.push(c),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::{client::io::OutgoingState, ids::Epoch};

    use super::{
        super::testing::{ADA, BEA, NOON, facts, file, line, text},
        *,
    };
    use crate::messages::ExportFormat;

    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    fn document(facts: &Facts, lines: impl IntoIterator<Item = Line>) -> String {
        file(ExportFormat::Document(Language::English), facts, lines)
    }

    /// What stands in elements that begin so, in order; markup inside left in.
    fn inside<'a>(document: &'a str, begin: &str, end: &str) -> Vec<&'a str> {
        document.split(begin).skip(1).map(|rest| rest.split(end).next().unwrap()).collect()
    }

    #[test]
    fn days_runs_names_and_times_are_those_of_the_timeline() {
        let lines = [
            text(3, BEA, 0, "one"),
            text(4, BEA, 60_000, "two"),
            text(6, ADA, 50_000, "written before it, while away"),
            text(7, BEA, DAY_MS, "the next day"),
        ];
        let document = document(&facts(), lines);
        assert_eq!(inside(&document, "<h2>", "</h2>"), ["Monday 23 November 2026", "Tuesday 24 November 2026"]);
        assert_eq!(inside(&document, "<bdi>", "</bdi>"), ["bea", "ada", "bea", "bea"]);
        let texts = inside(&document, "<p class=\"text\" dir=\"auto\">", "</p>");
        assert_eq!(texts, ["one", "written before it, while away", "two", "the next day"]);
        assert!(document.contains("<time datetime=\"2026-11-23T14:06:00.000Z\">14:06</time>"));
        assert_eq!(document.matches("<section>").count(), 2);
        assert_eq!(document.matches("</section>").count(), 2);
    }

    #[test]
    fn nothing_that_was_written_is_markup() {
        let hostile = [
            "<script>alert(1)</script>",
            "</p></article></body><iframe src=x>",
            "\"><img src=x onerror='alert(1)'>",
            "<!-- & <![CDATA[ &lt;script&gt;",
            "https://example.org/\"onmouseover=\"alert(1)",
            "javascript:alert(1)",
        ];
        let facts = Facts { name: Some("</title><script>x</script>".to_owned()), ..facts() };
        let mut lines: Vec<Line> = (1..).zip(hostile).map(|(seq, written)| text(seq, BEA, 0, written)).collect();
        lines[0].handle = Some("<b>bea</b>".to_owned());
        let document = document(&facts, lines);
        for markup in ["<script", "<iframe", "<img", "<!--", "<b>", "</p></article></body>"] {
            assert!(!document.contains(markup), "{markup}");
        }
        // A quote cannot end an attribute.
        let hrefs = inside(&document, "<a href=\"", "\"");
        assert!(hrefs.iter().all(|to| to.starts_with("https://example.org/")), "{hrefs:?}");
        assert!(document.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(document.contains("&amp;lt;script&amp;gt;"), "what looked escaped is shown as it was written");
    }

    #[test]
    fn lines_directions_and_long_words_stay_with_their_message() {
        let long = "x".repeat(10_000);
        let lines = [
            text(1, BEA, 0, "two\nlines\r\n\tindented"),
            text(2, BEA, 0, "\u{202e}backwards"),
            text(3, BEA, 0, &long),
            text(4, BEA, 0, "a\0b\u{1b}c"),
            text(5, BEA, 0, "שלום"),
        ];
        let document = document(&facts(), lines);
        let texts = inside(&document, "<p class=\"text\" dir=\"auto\">", "</p>");
        assert_eq!(texts, ["two\nlines\r\n\tindented", "\u{202e}backwards", &long, "a\u{fffd}b\u{fffd}c", "שלום"]);
        assert!(STYLE.contains("white-space: pre-wrap") && STYLE.contains("overflow-wrap: anywhere"));
    }

    #[test]
    fn links_lead_where_they_say_or_nowhere() {
        let lines = [text(1, BEA, 0, "https://example.org/a?b=1&c=2 and https://example.org@evil.example/")];
        let document = document(&facts(), lines);
        assert_eq!(inside(&document, "<a href=\"", "\""), ["https://example.org/a?b=1&amp;c=2"]);
        assert!(document.contains("https://example.org@evil.example/"));
    }

    #[test]
    fn what_cannot_be_read_says_why_and_what_is_missing_is_said() {
        let mut after_a_gap = line(4, BEA, 1, Body::Unreadable(Unreadable::NoKey(Epoch(2))));
        after_a_gap.gap = true;
        let facts = Facts { behind: 12, ..facts() };
        let document = document(&facts, [after_a_gap]);
        assert!(document.contains("room key 2") && document.contains(&t!("message-gap")));
        assert!(document.contains(&t!("export-document-behind")) && document.contains(&t!("export-document-plain")));
    }

    #[test]
    fn what_waits_stands_at_the_end() {
        let outgoing = igoon_shared::client::io::OutgoingView {
            room: facts().room,
            message_id: igoon_shared::ids::MessageId::from_bytes([8; 16]),
            text: "waiting".to_owned(),
            sent_at: NOON.plus_millis(-5_000),
            state: OutgoingState::Waiting,
        };
        let lines = [text(3, BEA, 0, "one"), text(4, BEA, 1, "two"), Line::outgoing(outgoing, &facts())];
        let document = document(&facts(), lines);
        assert_eq!(inside(&document, "<p class=\"text\" dir=\"auto\">", "</p>"), ["one", "two", "waiting"]);
        assert_eq!(inside(&document, "<bdi>", "</bdi>"), ["bea", "ada"]);
    }

    #[test]
    fn a_room_without_messages_is_a_whole_file_in_the_readers_language() {
        let empty = Facts { range: None, messages: 0, name: None, ..facts() };
        let document = file(ExportFormat::Document(Language::German), &empty, []);
        assert!(document.starts_with("<!DOCTYPE html>\n<html lang=\"de\">"));
        assert!(document.contains("<h1 dir=\"auto\">Raum</h1>") && document.ends_with("</main>\n</body>\n</html>\n"));
    }
}
