//! From messages to what stands on the page: days, runs of one author; and what the log says between them.

use std::{iter, rc::Rc};

use igoon_shared::{
    client::io::Receipt,
    ids::{AccountId, Seq},
    time::Timestamp,
};

use super::{
    calendar::LocalTime,
    content::{Content, State},
    lines::{Line, Teller, lowest_from},
    reading::seen_up_to,
    room::RoomData,
    runs::Runs,
};

/// So many places of the stream, about, are one stretch of the page.
const STRETCH: u64 = 16;

/// What was said, and what happened, on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Days since 1970-01-01: unique on the page.
    pub day: i64,
    /// What it is called.
    pub name: String,
    /// At least one, oldest first.
    pub stretches: Vec<Rc<Stretch>>,
}

/// Some rows, one after the other, that are laid out together: far from view not at all. It begins with a run where it can,
/// and at the same messages whatever of the stream the page holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Unique in its day.
    pub number: u64,
    /// At least one, oldest first.
    pub rows: Vec<Row>,
}

/// What stands in a row of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A message.
    Message(Rc<Entry>),
    /// What the log says.
    Line(Rc<Line>),
}

/// A message on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Unique on the page, and the same before and after the message was accepted.
    pub key: String,
    /// When.
    pub at: LocalTime,
    /// What to call its author.
    pub author: String,
    /// It is this account's.
    pub mine: bool,
    /// It begins a run of messages by the same author, one soon after the other.
    pub head: bool,
    /// It is the first that was new when the room was opened.
    pub new: bool,
    /// What it is.
    pub content: Content,
    /// Who has it, of an own message that the server has.
    pub receipt: Option<Receipt>,
    /// The server lost it when it was put back to an older copy.
    pub lost: bool,
}

impl Entry {
    /// How it stands.
    #[must_use]
    pub fn state(&self) -> State {
        match self.content.state() {
            State::Sent if self.lost => State::Lost,
            state => state,
        }
    }
}

/// What is shown of a room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// Oldest first.
    pub days: Vec<Rc<Day>>,
    /// For each row, up to which place of the stream all was seen by whoever has come so far.
    pub seen: Vec<Option<Seq>>,
}

/// Whoever looks at a room.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// Their account.
    pub account: AccountId,
    /// Their handle.
    pub handle: &'a str,
    /// The first message that was new when they opened the room.
    pub new: Option<Seq>,
    /// The day on their clock, in days since 1970-01-01.
    pub today: i64,
}

/// The messages that the page holds of a room, and those that wait. `local` is the reader's clock.
pub fn timeline(room: &RoomData, reader: Reader<'_>, local: impl Fn(Timestamp) -> LocalTime) -> Timeline {
    let window = room.window();
    // Where it is not among what the page holds, no other one is marked in its stead.
    let new = reader.new.filter(|seq| window.reaches(*seq));
    let mut builder = Builder { new, ..Builder::default() };
    let teller = Teller { view: room.lines(), today: reader.today, local: &local };
    // What was asked for before the window moved may be more than it holds.
    let held = |seq| window.reaches(seq);
    let mut lines = room.lines().entries.iter().filter(|entry| entry.seq.is_some_and(held)).peekable();
    let lowest = lowest_from(window.messages().map(|message| message.seq));
    for (message, lowest) in window.messages().zip(lowest) {
        let before: Vec<_> = iter::from_fn(|| lines.next_if(|line| line.seq < Some(lowest))).collect();
        teller.told(&before).into_iter().for_each(|line| builder.line(line));
        let content = Content::Message(Rc::clone(message));
        let by = By { account: message.account, name: room.author(message), mine: message.mine };
        let lost = room.is_lost(message.seq);
        let fate = Fate { receipt: room.receipt(message).filter(|_| !lost), lost };
        builder.add(by, message.shown_at, local(message.shown_at), content, fate);
    }
    let after: Vec<_> = lines.collect();
    teller.told(&after).into_iter().for_each(|line| builder.line(line));
    if window.is_loaded() && !window.has_later() {
        for outgoing in room.outgoing() {
            let content = Content::Outgoing(Rc::clone(outgoing));
            let by = By { account: Some(reader.account), name: reader.handle.to_owned(), mine: true };
            builder.add(by, outgoing.sent_at, local(outgoing.sent_at), content, Fate::default());
        }
    }
    let seen = seen_up_to(&builder.places);
    let named = |(day, stretches): (i64, Vec<_>)| {
        let at = LocalTime { day, minute: 0 };
        let stretches = stretches.into_iter().map(Rc::new).collect();
        Rc::new(Day { day, name: at.day_name(reader.today), stretches })
    };
    Timeline { days: builder.days.into_iter().map(named).collect(), seen }
}

/// Whose a message is.
struct By {
    account: Option<AccountId>,
    name: String,
    mine: bool,
}

/// What became of a message at the server.
#[derive(Default)]
struct Fate {
    receipt: Option<Receipt>,
    lost: bool,
}

#[derive(Default)]
struct Builder {
    days: Vec<(i64, Vec<Stretch>)>,
    places: Vec<Option<Seq>>,
    /// Where the last one is in the stream, or will be, as far as one can tell.
    place: Seq,
    runs: Runs,
    new: Option<Seq>,
}

impl Builder {
    fn add(&mut self, by: By, time: Timestamp, at: LocalTime, content: Content, Fate { receipt, lost }: Fate) {
        let seq = content.seq();
        let begins = self.runs.next(by.account, time, at.day);
        // The first of them that is here: what it names itself may be no message.
        let new = self.new.zip(seq).is_some_and(|(new, seq)| seq >= new && !by.mine);
        if new {
            self.new = None;
        }
        let entry = Rc::new(Entry {
            key: content.key(),
            at,
            author: by.name,
            mine: by.mine,
            head: begins.run || new,
            new,
            content,
            receipt,
            lost,
        });
        self.places.push(seq);
        self.place = seq.unwrap_or_else(|| self.place.next());
        self.put(begins.day.then_some(at.day), entry.head, Row::Message(entry));
    }

    fn line(&mut self, line: Line) {
        let day = self.runs.broken(line.at.day).then_some(line.at.day);
        // Nothing that is read or not: it is no message.
        self.places.push(None);
        self.place = line.seq;
        self.put(day, true, Row::Line(Rc::new(line)));
    }

    /// Puts a row at the end, which may begin a day. `head`: another stretch may begin with it.
    fn put(&mut self, begins: Option<i64>, head: bool, row: Row) {
        let number = self.place.0 / STRETCH;
        if let Some(day) = begins {
            self.days.push((day, Vec::new()));
        }
        let Some((_, stretches)) = self.days.last_mut() else { return };
        match stretches.last_mut() {
            Some(stretch) if !is_beyond(stretch.number, number, head) => stretch.rows.push(row),
            _ => stretches.push(Stretch { number, rows: vec![row] }),
        }
    }
}

/// Whether a row whose place has this number belongs no more to the stretch that began with that one. The end of a long run
/// is not waited for.
const fn is_beyond(begun: u64, number: u64, head: bool) -> bool {
    number > begun && (head || number / 2 > begun / 2)
}

#[cfg(test)]
mod tests {
    use igoon_shared::client::io::{
        Computer, Deed, EntryView, LinesView, OutgoingState, PersonPosition, PositionsView, RoomView,
    };

    use super::{super::testing, *};
    use crate::messages::{HistoryPage, HistoryWish};

    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    const PAUSE_MS: i64 = 5 * 60 * 1000;

    fn reader(new: Option<Seq>) -> Reader<'static> {
        Reader { account: testing::ME, handle: "ada", new, today: 0 }
    }

    fn shown(room: &RoomData, new: Option<Seq>) -> Timeline {
        timeline(room, reader(new), |time| LocalTime::at(time, 0))
    }

    fn rows(day: &Day) -> impl Iterator<Item = &Row> {
        day.stretches.iter().flat_map(|stretch| &stretch.rows)
    }

    /// Days by name, heads of runs by author and length; `!` stands before the first new one, `-` for a line.
    fn shape(timeline: &Timeline) -> Vec<String> {
        let mut shape: Vec<(String, usize)> = Vec::new();
        for day in &timeline.days {
            shape.push((day.name.clone(), 0));
            for row in rows(day) {
                let Row::Message(entry) = row else {
                    shape.push(("-".to_owned(), 0));
                    continue;
                };
                match shape.last_mut() {
                    Some((_, count)) if !entry.head => *count += 1,
                    _ => shape.push((format!("{}{}", if entry.new { "!" } else { "" }, entry.author), 1)),
                }
            }
        }
        let said = |(name, count): (String, usize)| if count == 0 { name } else { format!("{name} x{count}") };
        shape.into_iter().map(said).collect()
    }

    #[test]
    fn days_and_runs() {
        let mut room = testing::opened_room();
        for (seq, at) in [(1, 10_000), (2, 60_000), (3, 60_000 + PAUSE_MS), (4, DAY_MS)] {
            room.put_message(testing::theirs(seq, 1, at), None);
        }
        room.put_message(testing::mine(5, 7), Some(testing::ME_DEVICE));
        assert_eq!(shape(&shown(&room, None)), ["Today", "ada x1", "bea x2", "bea x1", "Friday 2 January", "bea x1"]);
        assert_eq!(shown(&room, None).seen, [None, Some(Seq(1)), Some(Seq(2)), Some(Seq(3)), Some(Seq(5))]);
    }

    #[test]
    fn the_first_new_message_is_marked_and_begins_a_run() {
        let mut room = testing::opened_room();
        for seq in [1, 2, 5, 6] {
            room.put_message(testing::theirs(seq, 1, 0), None);
        }
        assert_eq!(shape(&shown(&room, Some(Seq(3)))), ["Today", "bea x2", "!bea x2"], "place 3 is no message");
        assert_eq!(shape(&shown(&room, Some(Seq(7)))), ["Today", "bea x4"]);
        let later = HistoryPage {
            room: testing::ROOM,
            wish: HistoryWish::Latest,
            messages: vec![testing::theirs(5, 1, 0)],
            earlier: true,
            later: false,
        };
        room.take(later);
        assert_eq!(shape(&shown(&room, Some(Seq(3)))), ["Today", "bea x1"], "it is further up");
    }

    #[test]
    fn what_waits_stands_at_the_end_and_only_there() {
        let mut room = testing::opened_room();
        room.put_message(testing::theirs(1, 1, DAY_MS), None);
        room.put_outgoing(testing::outgoing(1, OutgoingState::Waiting));
        assert_eq!(shape(&shown(&room, None)), ["Friday 2 January", "bea x1", "ada x1"], "whatever its clock says");
        let elsewhere = HistoryPage {
            room: testing::ROOM,
            wish: HistoryWish::Around(Seq(1)),
            messages: vec![testing::theirs(1, 1, 0)],
            earlier: true,
            later: true,
        };
        room.take(elsewhere);
        assert_eq!(shape(&shown(&room, None)), ["Today", "bea x1"]);
    }

    /// Stretches by number and by the places of their first and last message.
    fn stretches(timeline: &Timeline) -> Vec<(u64, u64, u64)> {
        let place = |row: Option<&Row>| match row {
            Some(Row::Message(entry)) => entry.content.seq().map_or(0, |seq| seq.0),
            Some(Row::Line(line)) => line.seq.0,
            None => 0,
        };
        let stretches = timeline.days.iter().flat_map(|day| &day.stretches);
        stretches.map(|one| (one.number, place(one.rows.first()), place(one.rows.last()))).collect()
    }

    #[test]
    fn stretches_begin_with_runs_and_do_not_move_when_more_is_held() {
        let held = |from: u64| {
            let mut room = testing::opened_room();
            for seq in from..=50 {
                // Up to the 40th they are one run; from there each is one.
                let at = if seq <= 40 { 0 } else { i64::try_from(seq).unwrap() * PAUSE_MS };
                room.put_message(testing::theirs(seq, 1, at), None);
            }
            room
        };
        let shown_from = |from| stretches(&shown(&held(from), None));
        assert_eq!(shown_from(1), [(0, 1, 31), (2, 32, 47), (3, 48, 50)]);
        assert_eq!(shown_from(20), [(1, 20, 31), (2, 32, 47), (3, 48, 50)]);
    }

    #[test]
    fn a_message_stays_in_its_stretch_when_it_is_accepted() {
        let numbers = |room: &RoomData| {
            let shown = stretches(&shown(room, None));
            shown.into_iter().map(|(number, ..)| number).collect::<Vec<_>>()
        };
        let mut room = testing::opened_room();
        room.put_message(testing::theirs(31, 1, 0), None);
        room.put_outgoing(testing::outgoing(1, OutgoingState::Waiting));
        assert_eq!(numbers(&room), [1, 2]);
        room.put_message(testing::mine(32, 1), Some(testing::ME_DEVICE));
        assert_eq!(numbers(&room), [1, 2]);
    }

    /// Entries at these places and moments, of which none is said together with another.
    fn lines(places: &[(u64, i64)]) -> LinesView {
        let by = Computer { account: Some(testing::ME), device: testing::ME_DEVICE };
        let entry = |(seq, at): &(u64, i64)| EntryView {
            at: Timestamp(*at),
            ..testing::entry(*seq, by, Deed::MemberInvites(true))
        };
        LinesView { entries: places.iter().map(entry).collect(), ..LinesView::none(testing::ROOM) }
    }

    #[test]
    fn lines_stand_between_the_messages_of_their_place() {
        let mut room = testing::opened_room();
        room.set_lines(lines(&[(1, 0), (4, 0), (6, 0)]));
        assert_eq!(shape(&shown(&room, None)), ["Today", "-", "-", "-"], "also where nobody has written");
        for seq in [2, 3, 5] {
            room.put_message(testing::theirs(seq, 1, 0), None);
        }
        assert_eq!(shape(&shown(&room, None)), ["Today", "-", "bea x2", "-", "bea x1", "-"], "a run ends with it");
        assert_eq!(
            shown(&room, None).seen,
            [None, Some(Seq(2)), Some(Seq(3)), Some(Seq(3)), Some(Seq(5)), Some(Seq(5))]
        );
        // The seventh was written before the others, and stands above what the log said meanwhile.
        room.put_message(testing::theirs(7, 1, -1), None);
        assert_eq!(shape(&shown(&room, None)), ["Today", "-", "bea x3", "-", "bea x1", "-"]);
        room.put_outgoing(testing::outgoing(1, OutgoingState::Waiting));
        assert_eq!(shape(&shown(&room, None)).last().map(String::as_str), Some("ada x1"), "what waits is last");
    }

    #[test]
    fn a_line_may_begin_a_day() {
        let mut room = testing::opened_room();
        room.put_message(testing::theirs(1, 1, 0), None);
        room.set_lines(lines(&[(2, DAY_MS)]));
        room.put_message(testing::theirs(3, 1, 3 * DAY_MS), None);
        let days = ["Today", "bea x1", "Friday 2 January", "-", "Sunday 4 January", "bea x1"];
        assert_eq!(shape(&shown(&room, None)), days);
    }

    #[test]
    fn lines_beyond_what_is_held_are_not_shown() {
        let mut room = testing::opened_room();
        room.set_lines(lines(&[(1, 0), (5, 0), (9, 0)]));
        let messages = vec![testing::theirs(4, 1, 0), testing::theirs(6, 1, 0)];
        let wish = HistoryWish::Around(Seq(4));
        room.take(HistoryPage { room: testing::ROOM, wish, messages, earlier: true, later: true });
        assert_eq!(shape(&shown(&room, None)), ["Today", "bea x1", "-", "bea x1"]);
        assert_eq!(room.window().reach(), Some((Seq(4), Seq(6))));
    }

    #[test]
    fn a_line_is_not_new_and_the_first_new_message_is_marked_after_it() {
        let mut room = testing::opened_room();
        room.set_lines(lines(&[(2, 0)]));
        for seq in [1, 3] {
            room.put_message(testing::theirs(seq, 1, 0), None);
        }
        assert_eq!(shape(&shown(&room, Some(Seq(2)))), ["Today", "bea x1", "-", "!bea x1"]);
    }

    #[test]
    fn what_has_not_changed_is_equal_to_what_it_was() {
        let mut room = testing::opened_room();
        room.put_message(testing::theirs(1, 1, 0), None);
        let before = shown(&room, None);
        room.put_message(testing::theirs(2, 2, DAY_MS), None);
        assert_eq!(before.days.first(), shown(&room, None).days.first());
    }

    #[test]
    fn what_the_server_lost_has_no_receipt_and_stands_so() {
        let mut room = testing::opened_room();
        let lost = vec![(Seq(2), Seq(3))];
        room.set_view(RoomView { lost, ..testing::room_view() });
        let people = vec![PersonPosition { account: testing::BEA, delivered: Seq(4), read: Seq(4) }];
        room.set_positions(PositionsView { room: testing::ROOM, read: Seq(4), people });
        for message in [testing::mine(1, 1), testing::mine(2, 2), testing::theirs(3, 3, 0), testing::mine(4, 4)] {
            room.put_message(message, Some(testing::ME_DEVICE));
        }
        let shown = shown(&room, None);
        let entries = shown.days.iter().flat_map(|day| rows(day)).filter_map(|row| match row {
            Row::Message(entry) => Some((entry.state(), entry.lost, entry.receipt.is_some())),
            Row::Line(_) => None,
        });
        let expected = [
            (State::Sent, false, true),
            (State::Lost, true, false),
            (State::Received, true, false),
            (State::Sent, false, true),
        ];
        assert_eq!(entries.collect::<Vec<_>>(), expected);
    }
}
