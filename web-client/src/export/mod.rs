//! A room as a file of one's own: how it is written down. Pure: the worker reads what is stored and hands it over message by
//! message, the page collects the pieces and has them saved ([`collector`]).
//!
//! ```text
//! stored messages ── Line ──> Writer ─┬ document   one HTML file, in the order of the timeline (in_order)
//!                                     └ lines      JSON Lines, in the order of the stream (docs/EXPORT.md)
//! ```
//!
//! Deliberately absent: the whole file as one text. What was written down is handed on piece by piece.

pub mod collector;
mod document;
mod file_name;
mod in_order;
mod lines;

use igoon_shared::{
    client::{
        io::{Body, OutgoingView},
        records::StoredView,
    },
    ids::{AccountId, DeviceId, MessageId, RoomId, Seq},
    sorted::SortedMap,
    time::Timestamp,
};

use self::document::Document;
pub use self::file_name::file_name;
use crate::{
    messages::ExportFormat,
    state::content::{State, state_of, state_of_outgoing},
};

/// What a file begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Which room.
    pub room: RoomId,
    /// What people call it, once known.
    pub name: Option<String>,
    /// When, by this computer's clock.
    pub exported_at: Timestamp,
    /// Whose copy it is.
    pub account: AccountId,
    /// That account's handle.
    pub handle: String,
    /// The computer that made it.
    pub device: DeviceId,
    /// The places of the first and the last message; none without one.
    pub range: Option<(Seq, Seq)>,
    /// How many messages of the stream are in it.
    pub messages: u64,
    /// How many more wait on this computer to be sent.
    pub waiting: u64,
    /// How many places of the stream are known to be at the service and not on this computer.
    pub behind: u64,
}

/// A message in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its place in the stream; none before the service took it.
    pub seq: Option<Seq>,
    /// Its id.
    pub message_id: Option<MessageId>,
    /// Its sender.
    pub account: Option<AccountId>,
    /// That account's handle now, once known.
    pub handle: Option<String>,
    /// The computer that sent it.
    pub device: Option<DeviceId>,
    /// When, by that computer's clock.
    pub sent_at: Option<Timestamp>,
    /// When the service took it.
    pub received_at: Option<Timestamp>,
    /// Where it stands in the timeline.
    pub shown_at: Timestamp,
    /// How it stands.
    pub state: State,
    /// Messages of the same sender right before it are missing.
    pub gap: bool,
    /// What it says, or why that cannot be read.
    pub body: Body,
}

impl Line {
    /// One of the stream, by people who are called so.
    #[must_use]
    pub fn stored(stored: StoredView, handles: &SortedMap<AccountId, String>) -> Self {
        let StoredView { message, sent_at, received_at } = stored;
        Self {
            seq: Some(message.seq),
            message_id: message.message_id,
            account: message.account,
            handle: message.account.and_then(|account| handles.get(&account).cloned()),
            device: message.device,
            sent_at,
            received_at: Some(received_at),
            shown_at: message.shown_at,
            state: state_of(&message),
            gap: message.gap,
            body: message.body,
        }
    }

    /// One that the service has not taken.
    #[must_use]
    pub fn outgoing(outgoing: OutgoingView, by: &Facts) -> Self {
        Self {
            seq: None,
            message_id: Some(outgoing.message_id),
            account: Some(by.account),
            handle: Some(by.handle.clone()),
            device: Some(by.device),
            sent_at: Some(outgoing.sent_at),
            received_at: None,
            shown_at: outgoing.sent_at,
            state: state_of_outgoing(&outgoing),
            gap: false,
            body: Body::Text(outgoing.text),
        }
    }
}

/// Writes a file down, from its beginning to its end.
#[derive(Debug)]
pub enum Writer {
    /// See [`ExportFormat::Document`].
    Document(Document),
    /// See [`ExportFormat::Lines`].
    Lines,
}

impl Writer {
    /// One for a file of this format.
    #[must_use]
    pub fn new(format: ExportFormat) -> Self {
        match format {
            ExportFormat::Document(language) => Self::Document(Document::new(language)),
            ExportFormat::Lines => Self::Lines,
        }
    }

    /// The file's beginning.
    pub fn begin(&mut self, facts: &Facts, out: &mut String) {
        match self {
            Self::Document(document) => document.begin(facts, out),
            Self::Lines => lines::begin(facts, out),
        }
    }

    /// The next message: those of the stream by place, then those that wait.
    pub fn line(&mut self, line: Line, out: &mut String) {
        match self {
            Self::Document(document) => document.line(line, out),
            Self::Lines => lines::line(&line, out),
        }
    }

    /// The file's end.
    pub fn end(&mut self, out: &mut String) {
        match self {
            Self::Document(document) => document.end(out),
            Self::Lines => {}
        }
    }
}

#[cfg(test)]
mod testing {
    use igoon_shared::client::io::MessageView;

    use super::*;

    pub(super) const ADA: AccountId = AccountId::from_bytes([1; 16]);
    pub(super) const BEA: AccountId = AccountId::from_bytes([2; 16]);
    /// 2026-11-23T14:05:00Z, a Monday.
    pub(super) const NOON: Timestamp = Timestamp(1_795_442_700_000);

    pub(super) fn facts() -> Facts {
        Facts {
            room: RoomId::from_bytes([7; 32]),
            name: Some("Rowing club".to_owned()),
            exported_at: NOON,
            account: ADA,
            handle: "ada".to_owned(),
            device: DeviceId::from_bytes([3; 32]),
            range: Some((Seq(3), Seq(9))),
            messages: 5,
            waiting: 0,
            behind: 0,
        }
    }

    /// A message at this place, so many milliseconds after [`NOON`].
    pub(super) fn line(seq: u64, account: AccountId, after_ms: i64, body: Body) -> Line {
        let shown_at = NOON.plus_millis(after_ms);
        let message = MessageView {
            room: RoomId::from_bytes([7; 32]),
            seq: Seq(seq),
            device: Some(DeviceId::from_bytes([4; 32])),
            message_id: Some(MessageId::from_bytes([5; 16])),
            account: Some(account),
            handle: None,
            mine: account == ADA,
            shown_at,
            gap: false,
            body,
        };
        let handles = [(ADA, "ada".to_owned()), (BEA, "bea".to_owned())].into();
        let sent_at = Some(shown_at.plus_millis(-250));
        Line::stored(StoredView { message, sent_at, received_at: shown_at }, &handles)
    }

    pub(super) fn text(seq: u64, account: AccountId, after_ms: i64, text: &str) -> Line {
        line(seq, account, after_ms, Body::Text(text.to_owned()))
    }

    /// The whole file.
    pub(super) fn file(format: ExportFormat, facts: &Facts, lines: impl IntoIterator<Item = Line>) -> String {
        let (mut writer, mut out) = (Writer::new(format), String::new());
        writer.begin(facts, &mut out);
        lines.into_iter().for_each(|line| writer.line(line, &mut out));
        writer.end(&mut out);
        out
    }
}
