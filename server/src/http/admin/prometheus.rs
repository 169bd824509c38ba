//! The overview in Prometheus' text format 0.0.4. By kind, never by room or device: a series for each of those would be
//! more than a monitoring system keeps.

use std::fmt::{Display, Write as _};

use super::overview::{OfKind, Overview};
use crate::actors::health::Tally;

/// Of the text.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// See the module.
pub(super) fn text(overview: &Overview) -> String {
    let mut text = Text(String::with_capacity(8 * 1_024));
    text.family("igoon_build_info", "gauge", "The program's version; always 1.");
    text.sample("igoon_build_info", &[("version", overview.version)], 1);
    text.single("igoon_uptime_seconds", "gauge", "Since the server was started.", seconds(overview.uptime_ms, 1_000));
    if let Some(bytes) = overview.memory_bytes {
        text.single("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", bytes);
    }
    by_kind(&mut text, &overview.kinds);
    let connections = overview.connections;
    text.single("igoon_connections", "gauge", "Open WebSockets.", connections.open);
    text.single(
        "igoon_connections_waiting_bytes",
        "gauge",
        "Bytes handed to sockets and not taken yet.",
        connections.waiting_bytes,
    );
    let store = &overview.store;
    text.single(
        "igoon_store_connected",
        "gauge",
        "Whether there is a connection for writing.",
        u8::from(store.connected),
    );
    text.single("igoon_store_queue_bytes", "gauge", "Bytes that waiting writes hold.", store.queue_bytes);
    text.single("igoon_store_queue_bytes_bound", "gauge", "Bytes that they may hold.", store.queue_bytes_bound);
    text.single("igoon_store_commits_total", "counter", "Transactions committed.", store.commits);
    text.single("igoon_store_rows_total", "counter", "Rows committed to rooms' streams.", store.rows);
    text.single("igoon_store_failures_total", "counter", "Transactions that failed.", store.failures);
    text.single(
        "igoon_store_last_commit_seconds",
        "gauge",
        "How long the last commit took.",
        seconds(store.last_commit_took_us, 1_000_000),
    );
    text.0
}

/// What a family shows of the actors of one kind.
type Column = fn(&Tally) -> u64;

fn by_kind(text: &mut Text, kinds: &[OfKind]) {
    let families: [(&str, &str, &str, Column); 7] = [
        ("igoon_actors", "gauge", "Actors that live.", |tally| tally.actors),
        ("igoon_actor_mailbox_depth", "gauge", "Messages that wait, in all mailboxes together.", |tally| tally.depth),
        ("igoon_actor_mailbox_deepest", "gauge", "Messages that wait in the fullest mailbox.", |tally| tally.deepest),
        ("igoon_actor_mailbox_bound", "gauge", "Messages that may wait in one mailbox.", |tally| {
            u64::try_from(tally.bound).unwrap_or(u64::MAX)
        }),
        ("igoon_actor_handled_total", "counter", "Messages handled.", |tally| tally.handled),
        ("igoon_actor_errors_total", "counter", "Errors logged.", |tally| tally.errors),
        ("igoon_actor_died_total", "counter", "Actors that ended by a panic.", |tally| tally.died),
    ];
    for (name, kind, help, value) in families {
        text.family(name, kind, help);
        for of_kind in kinds {
            text.sample(name, &[("kind", of_kind.kind.as_str())], value(&of_kind.tally));
        }
    }
}

/// A number of parts of a second; exact for about three hundred years of microseconds.
#[expect(clippy::cast_precision_loss, reason = "f64 is what the format has")]
fn seconds(count: u64, parts: u32) -> f64 {
    count as f64 / f64::from(parts)
}

struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // In help texts only these two are special.
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<_> = labels.iter().map(|(label, text)| format!("{label}=\"{}\"", escaped(text))).collect();
        if labels.is_empty() {
            self.line(format_args!("{name} {value}"));
        } else {
            self.line(format_args!("{name}{{{}}} {value}", labels.join(",")));
        }
    }

    fn single(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    fn line(&mut self, line: impl Display) {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "{line}");
    }
}

/// A label's value.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_stand_under_their_family() {
        let mut text = Text(String::new());
        text.family("a_total", "counter", "One\\two\nthree \"four\".");
        text.sample("a_total", &[("kind", "room"), ("name", "a\"b\\c\nd")], 7);
        text.single("b", "gauge", "Half.", seconds(500, 1_000));
        assert_eq!(
            text.0,
            "# HELP a_total One\\\\two\\nthree \"four\".\n\
             # TYPE a_total counter\n\
             a_total{kind=\"room\",name=\"a\\\"b\\\\c\\nd\"} 7\n\
             # HELP b Half.\n\
             # TYPE b gauge\n\
             b 0.5\n"
        );
    }
}
