//! JSON Lines (<https://jsonlines.org>): a header, then a line for each message. What each field means is said in
//! docs/EXPORT.md; another meaning is another [`VERSION`].

use igoon_shared::{
    client::io::{Body, Unreadable},
    ids::{AccountId, DeviceId, Epoch, MessageId, RoomId, Seq},
    time::Timestamp,
};
use serde::Serialize;

use super::{Facts, Line};
use crate::state::calendar::rfc3339;

/// What the format is called.
const FORMAT: &str = "igoon-room-export";

/// The version of the format.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Header<'a> {
    r#type: &'static str,
    format: &'static str,
    version: u32,
    room: RoomId,
    name: Option<&'a str>,
    exported_at: Option<String>,
    exported_by: Exporter<'a>,
    range: Option<Range>,
    messages: u64,
    waiting: u64,
    behind: u64,
}

#[derive(Serialize)]
struct Exporter<'a> {
    account: AccountId,
    handle: &'a str,
    device: DeviceId,
}

#[derive(Serialize)]
struct Range {
    first: Seq,
    last: Seq,
}

#[derive(Serialize)]
struct Message<'a> {
    r#type: &'static str,
    seq: Option<Seq>,
    message_id: Option<MessageId>,
    account: Option<AccountId>,
    handle: Option<&'a str>,
    device: Option<DeviceId>,
    sent_at: Option<String>,
    received_at: Option<String>,
    shown_at: Option<String>,
    state: &'static str,
    gap: bool,
    text: Option<&'a str>,
    unreadable: Option<Cause>,
}

#[derive(Serialize)]
struct Cause {
    cause: &'static str,
    room_key: Option<Epoch>,
}

pub(super) fn begin(facts: &Facts, out: &mut String) {
    let header = Header {
        r#type: "header",
        format: FORMAT,
        version: VERSION,
        room: facts.room,
        name: facts.name.as_deref(),
        exported_at: rfc3339(facts.exported_at),
        exported_by: Exporter { account: facts.account, handle: &facts.handle, device: facts.device },
        range: facts.range.map(|(first, last)| Range { first, last }),
        messages: facts.messages,
        waiting: facts.waiting,
        behind: facts.behind,
    };
    push(&header, out);
}

pub(super) fn line(line: &Line, out: &mut String) {
    let time = |time: Option<Timestamp>| time.and_then(rfc3339);
    let (text, unreadable) = match &line.body {
        Body::Text(text) => (Some(text.as_str()), None),
        Body::Unreadable(why) => (None, Some(cause(*why))),
    };
    let message = Message {
        r#type: "message",
        seq: line.seq,
        message_id: line.message_id,
        account: line.account,
        handle: line.handle.as_deref(),
        device: line.device,
        sent_at: time(line.sent_at),
        received_at: time(line.received_at),
        shown_at: rfc3339(line.shown_at),
        state: line.state.name(),
        gap: line.gap,
        text,
        unreadable,
    };
    push(&message, out);
}

const fn cause(why: Unreadable) -> Cause {
    let (cause, room_key) = match why {
        Unreadable::NoKey(epoch) => ("no_key", Some(epoch)),
        Unreadable::BeforeJoining(epoch) => ("before_joining", Some(epoch)),
        Unreadable::NeedsNewer => ("needs_newer", None),
        Unreadable::BadSignature => ("bad_signature", None),
        Unreadable::NotPermitted => ("not_permitted", None),
        Unreadable::Replayed => ("replayed", None),
        Unreadable::Damaged => ("damaged", None),
        Unreadable::DamagedHere => ("damaged_here", None),
    };
    Cause { cause, room_key }
}

/// JSON has no line feed in it but where it is asked for.
fn push(value: &impl Serialize, out: &mut String) {
    let json = serde_json::to_string(value);
    debug_assert!(json.is_ok(), "a value that JSON cannot express");
    out.push_str(&json.unwrap_or_default());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use igoon_shared::{
        client::io::{OutgoingState, OutgoingView},
        protocol::error::ErrorCode,
    };
    use serde_json::{Value, json};

    use super::{
        super::testing::{ADA, BEA, NOON, facts, file, line, text},
        *,
    };
    use crate::messages::ExportFormat;

    fn read(lines: Vec<Line>) -> Vec<Value> {
        let file = file(ExportFormat::Lines, &facts(), lines);
        assert!(file.ends_with('\n'));
        file.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Pins version 1: see docs/EXPORT.md.
    #[test]
    fn the_format_is_as_it_is_told() {
        let read = read(vec![text(3, BEA, 0, "hello"), line(4, ADA, 1, Body::Unreadable(Unreadable::NoKey(Epoch(2))))]);
        let device = |byte| DeviceId::from_bytes([byte; 32]);
        assert_eq!(
            read[0],
            json!({
                "type": "header", "format": "igoon-room-export", "version": 1,
                "room": RoomId::from_bytes([7; 32]), "name": "Rowing club", "exported_at": "2026-11-23T14:05:00.000Z",
                "exported_by": { "account": ADA, "handle": "ada", "device": device(3) },
                "range": { "first": 3, "last": 9 }, "messages": 5, "waiting": 0, "behind": 0,
            })
        );
        let message_id = MessageId::from_bytes([5; 16]);
        assert_eq!(
            read[1],
            json!({
                "type": "message", "seq": 3, "message_id": message_id, "account": BEA, "handle": "bea",
                "device": device(4), "sent_at": "2026-11-23T14:04:59.750Z", "received_at": "2026-11-23T14:05:00.000Z",
                "shown_at": "2026-11-23T14:05:00.000Z", "state": "received", "gap": false, "text": "hello",
                "unreadable": null,
            })
        );
        assert_eq!(read[2]["state"], "unreadable");
        assert_eq!(read[2]["text"], Value::Null);
        assert_eq!(read[2]["unreadable"], json!({ "cause": "no_key", "room_key": 2 }));
    }

    #[test]
    fn a_line_is_a_message_whatever_was_written() {
        let hostile =
            ["</script>\"'\\", "two\nlines\r\nand\u{2028}more\u{85}", "\0\u{7}\u{202e}", "\u{1f6a3}\u{feff}", ""];
        let lines = (1..).zip(hostile).map(|(seq, written)| text(seq, BEA, 0, written)).collect();
        let read = read(lines);
        let texts: Vec<&str> = read.iter().skip(1).map(|line| line["text"].as_str().unwrap()).collect();
        assert_eq!(texts, hostile);
    }

    #[test]
    fn what_waits_has_no_place_yet() {
        let waiting = |state| OutgoingView {
            room: RoomId::from_bytes([7; 32]),
            message_id: MessageId::from_bytes([8; 16]),
            text: "later".to_owned(),
            sent_at: NOON,
            state,
        };
        let states = [OutgoingState::Waiting, OutgoingState::Failed(ErrorCode::TooLarge)];
        let read = read(states.map(|state| Line::outgoing(waiting(state), &facts())).to_vec());
        assert_eq!([&read[1]["state"], &read[2]["state"]], ["waiting", "failed"]);
        assert_eq!(
            (&read[1]["seq"], &read[1]["received_at"], &read[1]["handle"]),
            (&Value::Null, &Value::Null, &json!("ada"))
        );
    }

    #[test]
    fn a_clock_beyond_all_calendars_is_no_time() {
        let mut line = text(1, BEA, 0, "x");
        line.sent_at = Some(Timestamp(i64::MAX));
        assert_eq!(read(vec![line])[1]["sent_at"], Value::Null);
    }
}
