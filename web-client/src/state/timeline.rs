//! From messages to what stands on the page: days, runs of one author, the state of each message.

use std::rc::Rc;

use igoon_shared::{
    client::io::{Body, MessageView, OutgoingState, OutgoingView, Receipt},
    ids::AccountId,
    protocol::error::ErrorCode,
    time::Timestamp,
};

use super::{calendar::LocalTime, room::RoomData};

/// A run ends when its author pauses for this long, in milliseconds.
const RUN_GAP_MS: i64 = 5 * 60 * 1000;

/// A row of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A new day begins.
    Day {
        /// Days since 1970-01-01, the row's key.
        day: i64,
        /// Its name.
        name: String,
    },
    /// Messages of one author, one after the other.
    Run(Run),
}

/// See [`Row::Run`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Whose; absent when that cannot be told.
    pub account: Option<AccountId>,
    /// What to call them.
    pub author: String,
    /// It is this account's.
    pub mine: bool,
    /// At least one.
    pub entries: Vec<Entry>,
}

/// A message on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Unique on the page, and the same before and after the message was accepted.
    pub key: String,
    /// When.
    pub at: LocalTime,
    /// What it is.
    pub content: Content,
    /// Who has it, of an own message in the stream.
    pub receipt: Option<Receipt>,
}

/// Where a message comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The stream.
    Message(Rc<MessageView>),
    /// This computer's outbox.
    Outgoing(Rc<OutgoingView>),
}

/// How a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// In the outbox.
    Waiting,
    /// Own, and committed at the server.
    Sent,
    /// Own, and refused.
    Failed(ErrorCode),
    /// Somebody else's.
    Received,
    /// Cannot be read.
    Unreadable,
}

impl State {
    /// For `data-state`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed(_) => "failed",
            Self::Received => "received",
            Self::Unreadable => "unreadable",
        }
    }
}

impl Content {
    /// How it stands.
    #[must_use]
    pub fn state(&self) -> State {
        match self {
            Self::Message(message) => match (&message.body, message.mine) {
                (Body::Unreadable(_), _) => State::Unreadable,
                (Body::Text(_), true) => State::Sent,
                (Body::Text(_), false) => State::Received,
            },
            Self::Outgoing(outgoing) => match outgoing.state {
                OutgoingState::Waiting => State::Waiting,
                OutgoingState::Accepted(_) => State::Sent,
                OutgoingState::Failed(code) => State::Failed(code),
            },
        }
    }

    fn key(&self) -> String {
        match self {
            // Only a readable message of one's own is the one that was in the outbox; ids of others may repeat.
            Self::Message(message) => match (message.message_id, self.state()) {
                (Some(id), State::Sent) => format!("own-{id}"),
                _ => format!("seq-{}", message.seq),
            },
            Self::Outgoing(outgoing) => format!("own-{}", outgoing.message_id),
        }
    }
}

/// What is shown of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// The rows, oldest first.
    pub rows: Vec<Row>,
    /// How many messages before them are left out.
    pub earlier: usize,
}

/// How many messages are shown at first, and how many more at a time.
pub const PORTION: usize = 200;

/// The first message to show, of `count`, when `first` was it before. It moves only while the reader is at the end, and then
/// by many at a time: whoever reads further up keeps what they read, and a new message does not make the page anew.
#[must_use]
pub const fn window(first: usize, count: usize, at_end: bool) -> usize {
    if at_end && count.saturating_sub(first) > 2 * PORTION { count - PORTION } else { first }
}

/// The messages of a room from `first` on and all that wait, as rows. `local` is the reader's clock; `me` this account and
/// its handle.
pub fn timeline(
    room: &RoomData,
    me: Option<(AccountId, &str)>,
    first: usize,
    today: i64,
    local: impl Fn(Timestamp) -> LocalTime,
) -> Timeline {
    let earlier = first.min(room.count());
    let mut builder = Builder { rows: Vec::new(), day: None, last: None, today };
    for message in room.messages().skip(earlier) {
        let author = room.author(message);
        let by = By { account: message.account, name: author, mine: message.mine };
        let receipt = room.receipt(message);
        builder.add(by, message.shown_at, &local, Content::Message(Rc::clone(message)), receipt);
    }
    let (account, handle) = me.map_or((None, "You"), |(account, handle)| (Some(account), handle));
    for outgoing in room.outgoing() {
        let by = By { account, name: handle, mine: true };
        builder.add(by, outgoing.sent_at, &local, Content::Outgoing(Rc::clone(outgoing)), None);
    }
    Timeline { rows: builder.rows, earlier }
}

/// Whose a message is.
struct By<'a> {
    account: Option<AccountId>,
    name: &'a str,
    mine: bool,
}

struct Builder {
    rows: Vec<Row>,
    day: Option<i64>,
    last: Option<Timestamp>,
    today: i64,
}

impl Builder {
    fn add(
        &mut self,
        by: By<'_>,
        time: Timestamp,
        local: &impl Fn(Timestamp) -> LocalTime,
        content: Content,
        receipt: Option<Receipt>,
    ) {
        let at = local(time);
        if self.day != Some(at.day) {
            self.day = Some(at.day);
            self.rows.push(Row::Day { day: at.day, name: at.day_name(self.today) });
        }
        let close = self.last.is_some_and(|last| time.millis_since(last).abs() < RUN_GAP_MS);
        self.last = Some(time);
        let entry = Entry { key: content.key(), at, content, receipt };
        match self.rows.last_mut() {
            Some(Row::Run(run)) if close && by.account.is_some() && run.account == by.account => {
                run.entries.push(entry)
            }
            _ => {
                let By { account, name, mine } = by;
                self.rows.push(Row::Run(Run { account, author: name.to_owned(), mine, entries: vec![entry] }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::{client::io::Unreadable, ids::Seq};

    use super::{super::testing, *};

    fn rows(room: &RoomData, first: usize) -> Timeline {
        timeline(room, Some((testing::ME, "ada")), first, 0, |time| LocalTime::at(time, 0))
    }

    fn shape(timeline: &Timeline) -> Vec<String> {
        let row = |row: &Row| match row {
            Row::Day { name, .. } => name.clone(),
            Row::Run(run) => format!("{} x{}", run.author, run.entries.len()),
        };
        timeline.rows.iter().map(row).collect()
    }

    #[test]
    fn days_and_runs() {
        let mut room = RoomData::new(testing::ROOM);
        room.set_view(testing::room_view());
        let day = 24 * 60 * 60 * 1000;
        for (seq, at) in [(1, 10_000), (2, 60_000), (3, 60_000 + RUN_GAP_MS), (4, day)] {
            room.put_message(testing::theirs(seq, 1, at), None);
        }
        room.put_message(testing::mine(5, 7), Some(testing::ME_DEVICE));
        assert_eq!(shape(&rows(&room, 0)), ["Today", "ada x1", "bea x2", "bea x1", "Friday 2 January", "bea x1"]);
    }

    #[test]
    fn the_window_moves_only_at_the_end_and_by_many() {
        assert_eq!(window(0, 0, true), 0);
        assert_eq!(window(0, 2 * PORTION, true), 0);
        assert_eq!(window(0, 2 * PORTION + 1, true), PORTION + 1);
        assert_eq!(window(PORTION + 1, 2 * PORTION + 2, true), PORTION + 1);
        assert_eq!(window(0, 10 * PORTION, false), 0);
        assert_eq!(window(0, 10 * PORTION, true), 9 * PORTION);
        assert_eq!(window(7, 0, true), 7, "a room that was emptied");
    }

    #[test]
    fn earlier_ones_are_left_out_and_counted() {
        let mut room = RoomData::new(testing::ROOM);
        for seq in 1..=10 {
            room.put_message(testing::theirs(seq, 1, 1_000), None);
        }
        room.put_outgoing(testing::outgoing(1, OutgoingState::Waiting));
        let shown = rows(&room, 6);
        assert_eq!(shown.earlier, 6);
        let count: usize =
            shown.rows.iter().map(|row| if let Row::Run(run) = row { run.entries.len() } else { 0 }).sum();
        assert_eq!(count, 5);
    }

    #[test]
    fn a_message_keeps_its_key_when_it_is_accepted() {
        let waiting = Content::Outgoing(Rc::new(testing::outgoing(1, OutgoingState::Waiting)));
        let accepted = Content::Outgoing(Rc::new(testing::outgoing(1, OutgoingState::Accepted(Seq(5)))));
        let stream = Content::Message(Rc::new(testing::mine(5, 1)));
        assert_eq!(waiting.key(), stream.key());
        assert_eq!([waiting.state(), accepted.state(), stream.state()], [State::Waiting, State::Sent, State::Sent]);
    }

    #[test]
    fn repeated_ids_get_different_keys() {
        let mut copy = testing::mine(6, 1);
        copy.body = Body::Unreadable(Unreadable::Replayed);
        let (one, copy) = (Content::Message(Rc::new(testing::mine(5, 1))), Content::Message(Rc::new(copy)));
        assert_ne!(one.key(), copy.key());
        let others = [testing::theirs(7, 1, 0), testing::theirs(8, 1, 0)].map(|m| Content::Message(Rc::new(m)).key());
        assert_ne!(others[0], others[1]);
    }
}
