//! Where a connection stands in one room's stream.
//!
//! ```text
//!            page, nothing after it           a delivery that is not next; "behind"
//!   Paging ───────────────────────────▶ Live ───────────────────────────────────────▶ Filling
//!     ▲ ▲                                │ ▲                                             │
//!     │ └── the client asks (Sync) ──────┘ └──── page, nothing after it ─────────────────┘
//! ```
//! In Paging the client paces: one page for each time it asks. In Live what the room delivers goes out at once, but only
//! if it is exactly next. In Filling the server reads what it missed and sends it as live items, in order. In every
//! state `next` is the place after the last one handed to the client; only it decides what may go out: no gap, and
//! nothing twice.

use igoon_shared::ids::Seq;

/// A connection's place in a room's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The place that goes out next.
    next: Seq,
    /// The newest place that is known to exist.
    known: Seq,
    phase: Phase,
    /// Number of the read that is under way or was last; the page of any other is dropped.
    read: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Paging,
    Live,
    Filling,
}

/// Read a page after this place, and hand it in under this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// The last place that the client has.
    pub after: Seq,
    /// The read's number.
    pub number: u64,
}

/// What to do with something that the room delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Nothing: the client has it, or will find it in a page.
    Keep,
    /// Send it as it is, but for so many items at its beginning, which the client has.
    Send {
        /// How many.
        skip: usize,
    },
    /// Something is missing before it: read.
    Fill(Read),
}

/// What to do with a page that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Drop it: the client has asked anew since.
    Drop,
    /// It is empty, and the room has delivered something since it was read: read again.
    Again(Read),
    /// Answer the client.
    Answer {
        /// There is more to ask for.
        more: bool,
    },
    /// Send its items one by one, then read on if so told.
    Items(Option<Read>),
}

impl Cursor {
    /// A client asks for the stream after a place. `before` is the cursor that this replaces.
    #[must_use]
    pub fn asked(after: Seq, before: Option<&Self>) -> (Self, Read) {
        let known = before.map_or(Seq(0), |cursor| cursor.known);
        let number = before.map_or(0, |cursor| cursor.read.wrapping_add(1));
        (Self { next: after.next(), known, phase: Phase::Paging, read: number }, Read { after, number })
    }

    /// The last place that was handed to the client, or that it said it has.
    #[must_use]
    pub const fn sent(&self) -> Seq {
        Seq(self.next.0.saturating_sub(1))
    }

    /// [`Cursor::sent`], but no place that is not known to exist.
    #[must_use]
    pub fn stored(&self) -> Seq {
        self.sent().min(self.known)
    }

    /// Whether a read is still wanted.
    #[must_use]
    pub fn is_read(&self, read: Read) -> bool {
        read.number == self.read && self.phase != Phase::Live
    }

    /// Whether the client paces.
    #[must_use]
    pub fn is_paging(&self) -> bool {
        self.phase == Phase::Paging
    }

    /// The room's newest place is at least `head`.
    pub fn head(&mut self, head: Seq) {
        self.known = self.known.max(head);
    }

    /// The room delivers the places `first` to `last`, without a gap between them.
    pub fn delivered(&mut self, first: Seq, last: Seq) -> Delivery {
        self.head(last);
        if self.phase != Phase::Live || last < self.next {
            return Delivery::Keep;
        }
        let Some(skip) = self.next.0.checked_sub(first.0) else {
            return Delivery::Fill(self.fill());
        };
        self.next = last.next();
        Delivery::Send { skip: usize::try_from(skip).unwrap_or(usize::MAX) }
    }

    /// The room could not deliver for a while; its newest place is `head`.
    pub fn behind(&mut self, head: Seq) -> Option<Read> {
        self.head(head);
        (self.phase == Phase::Live && self.next <= head).then(|| self.fill())
    }

    /// The page of a read is there: the places after `read.after` up to `last` (`None`: no items), when the stream's
    /// newest place was `head`.
    pub fn page(&mut self, read: Read, last: Option<Seq>, head: Seq) -> Turn {
        if !self.is_read(read) {
            return Turn::Drop;
        }
        match last {
            Some(last) => {
                self.next = last.next();
                self.head(head);
            }
            None if self.known > head => {
                self.read = self.read.wrapping_add(1);
                return Turn::Again(Read { number: self.read, ..read });
            }
            None => {
                // Nothing stands after the place: what the database says counts. A client that claimed a place beyond
                // the end is put at the end.
                self.next = read.after.min(head).next();
                self.known = self.sent();
            }
        }
        let more = self.next <= self.known;
        match self.phase {
            Phase::Filling if more => Turn::Items(Some(self.fill())),
            Phase::Filling => {
                self.phase = Phase::Live;
                Turn::Items(None)
            }
            _ => {
                self.read = self.read.wrapping_add(1); // a page counts once
                if !more {
                    self.phase = Phase::Live;
                }
                Turn::Answer { more }
            }
        }
    }

    fn fill(&mut self) -> Read {
        self.phase = Phase::Filling;
        self.read = self.read.wrapping_add(1);
        Read { after: self.sent(), number: self.read }
    }
}

/// How far a device has stored and looked at a room's stream. Positions never go back, and never beyond what was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    wanted: (Seq, Seq),
    noted: (Seq, Seq),
}

impl Position {
    /// The client says so.
    pub fn ack(&mut self, delivered: Seq, read: Seq) {
        self.wanted = (self.wanted.0.max(delivered), self.wanted.1.max(read));
    }

    /// What was taken so far: delivered and read.
    #[must_use]
    pub const fn noted(&self) -> (Seq, Seq) {
        self.noted
    }

    /// What of it is new and not beyond [`Cursor::stored`]: delivered and read.
    pub fn take(&mut self, stored: Seq) -> Option<(Seq, Seq)> {
        let delivered = self.wanted.0.min(stored).max(self.noted.0);
        let read = self.wanted.1.min(delivered).max(self.noted.1);
        let new = (delivered, read) != self.noted;
        self.noted = (delivered, read);
        new.then_some(self.noted)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(after: u64) -> (Cursor, Read) {
        Cursor::asked(Seq(after), None)
    }

    #[test]
    fn a_client_that_is_up_to_date_goes_live_with_an_empty_page() {
        let (mut cursor, read) = asked(7);
        assert_eq!(cursor.page(read, None, Seq(7)), Turn::Answer { more: false });
        assert_eq!(cursor.delivered(Seq(8), Seq(8)), Delivery::Send { skip: 0 });
        assert_eq!(cursor.sent(), Seq(8));
    }

    #[test]
    fn what_comes_while_a_page_is_read_is_asked_for_with_more() {
        let (mut cursor, read) = asked(0);
        assert_eq!(cursor.delivered(Seq(4), Seq(5)), Delivery::Keep);
        assert_eq!(cursor.page(read, Some(Seq(3)), Seq(3)), Turn::Answer { more: true });
        let (mut cursor, read) = Cursor::asked(Seq(3), Some(&cursor));
        assert_eq!(cursor.page(read, Some(Seq(5)), Seq(5)), Turn::Answer { more: false });
    }

    #[test]
    fn an_empty_page_that_was_read_before_a_delivery_is_read_again() {
        let (mut cursor, read) = asked(7);
        assert_eq!(cursor.delivered(Seq(8), Seq(8)), Delivery::Keep);
        let Turn::Again(again) = cursor.page(read, None, Seq(7)) else { panic!("8 is lost") };
        assert_eq!(again.after, Seq(7));
        assert_eq!(cursor.page(again, Some(Seq(8)), Seq(8)), Turn::Answer { more: false });
        assert_eq!(cursor.delivered(Seq(9), Seq(9)), Delivery::Send { skip: 0 });
    }

    #[test]
    fn the_page_of_a_superseded_question_is_dropped() {
        let (cursor, old) = asked(0);
        let (mut cursor, new) = Cursor::asked(Seq(2), Some(&cursor));
        assert_eq!(cursor.page(old, Some(Seq(9)), Seq(9)), Turn::Drop);
        assert_eq!(cursor.page(new, Some(Seq(9)), Seq(9)), Turn::Answer { more: false });
        assert_eq!(cursor.page(new, Some(Seq(9)), Seq(9)), Turn::Drop, "a page counts once");
    }

    #[test]
    fn a_gap_is_filled_before_anything_goes_on() {
        let (mut cursor, read) = asked(1);
        cursor.page(read, None, Seq(1));
        let Delivery::Fill(read) = cursor.delivered(Seq(4), Seq(4)) else { panic!("gap not seen") };
        assert_eq!(read.after, Seq(1));
        assert_eq!(cursor.delivered(Seq(5), Seq(5)), Delivery::Keep);
        let Turn::Items(Some(next)) = cursor.page(read, Some(Seq(4)), Seq(4)) else { panic!("5 is missing") };
        assert_eq!(next.after, Seq(4));
        assert_eq!(cursor.page(next, Some(Seq(5)), Seq(5)), Turn::Items(None));
        assert_eq!(cursor.delivered(Seq(6), Seq(6)), Delivery::Send { skip: 0 });
    }

    #[test]
    fn a_lost_last_delivery_is_found_by_behind() {
        let (mut cursor, read) = asked(1);
        cursor.page(read, None, Seq(1));
        assert_eq!(cursor.behind(Seq(1)), None);
        assert!(cursor.behind(Seq(2)).is_some());
    }

    #[test]
    fn a_place_beyond_the_end_is_put_at_the_end() {
        let (mut cursor, read) = asked(100);
        assert_eq!(cursor.page(read, None, Seq(3)), Turn::Answer { more: false });
        assert_eq!(cursor.delivered(Seq(4), Seq(4)), Delivery::Send { skip: 0 });
    }

    #[test]
    fn positions_rise_and_stay_within_what_was_sent() {
        let mut position = Position::default();
        position.ack(Seq(9), Seq(20));
        assert_eq!(position.take(Seq(5)), Some((Seq(5), Seq(5))));
        assert_eq!(position.take(Seq(5)), None);
        position.ack(Seq(2), Seq(1));
        assert_eq!(position.take(Seq(9)), Some((Seq(9), Seq(9))));
    }

    /// What can happen around a cursor, in any order.
    #[derive(Clone, Debug)]
    enum Step {
        /// So many places are committed; the room delivers them, or the delivery is lost.
        Commit { count: u64, lost: bool },
        /// The room says that it could not deliver.
        Behind,
        /// The page that was asked for last is read from the database.
        Read,
        /// It is handed in, perhaps long after it was read.
        Page,
        /// An old page turns up.
        StalePage,
        /// The client asks again, from where it stands.
        Sync,
    }

    /// Of a room that delivers everything, or may lose deliveries.
    fn steps() -> impl Strategy<Value = (bool, Vec<Step>)> {
        any::<bool>().prop_flat_map(|loses| {
            let step = prop_oneof![
                4 => (1..4_u64, any::<bool>()).prop_map(move |(count, lost)| Step::Commit { count, lost: lost && loses }),
                1 => Just(Step::Behind),
                4 => Just(Step::Read),
                4 => Just(Step::Page),
                1 => Just(Step::StalePage),
                1 => Just(Step::Sync),
            ];
            (Just(loses), proptest::collection::vec(step, 0..60))
        })
    }

    /// A read, and where the stream ended when the database was asked.
    #[derive(Clone, Copy)]
    struct Reading {
        read: Read,
        head: Option<u64>,
    }

    /// A client, a stream and the cursor between them.
    struct World {
        cursor: Cursor,
        head: u64,
        /// What the client has been handed, in order.
        client: Vec<u64>,
        pending: Option<Reading>,
        stale: Option<Reading>,
        asks: bool,
    }

    impl World {
        const PAGE: u64 = 3;

        fn receive(&mut self, from: u64, to: u64) {
            self.client.extend(from..=to);
        }

        fn begin(&mut self, read: Read) {
            self.pending = Some(Reading { read, head: None });
        }

        fn page(&mut self, Reading { read, head }: Reading) {
            let head = head.unwrap_or(self.head);
            let last = (read.after.0 + Self::PAGE).min(head);
            let items = (last > read.after.0).then_some(Seq(last));
            match self.cursor.page(read, items, Seq(head)) {
                Turn::Drop => {}
                Turn::Again(read) => self.begin(read),
                Turn::Answer { more } => {
                    self.receive(read.after.0 + 1, last);
                    self.asks = more;
                }
                Turn::Items(next) => {
                    self.receive(read.after.0 + 1, last);
                    next.into_iter().for_each(|read| self.begin(read));
                }
            }
        }

        fn ask(&mut self) {
            let after = Seq(self.client.last().copied().unwrap_or(0));
            let (cursor, read) = Cursor::asked(after, Some(&self.cursor));
            self.stale = self.pending.or(self.stale);
            self.asks = false;
            self.cursor = cursor;
            self.begin(read);
        }

        fn step(&mut self, step: &Step) {
            match step {
                Step::Commit { count, lost } => {
                    let first = self.head + 1;
                    self.head += count;
                    if *lost {
                        return;
                    }
                    match self.cursor.delivered(Seq(first), Seq(self.head)) {
                        Delivery::Keep => {}
                        Delivery::Send { skip } => self.receive(first + skip as u64, self.head),
                        Delivery::Fill(read) => self.begin(read),
                    }
                }
                Step::Behind => {
                    if let Some(read) = self.cursor.behind(Seq(self.head)) {
                        self.begin(read);
                    }
                }
                Step::Read => {
                    if let Some(Reading { head: head @ None, .. }) = &mut self.pending {
                        *head = Some(self.head);
                    }
                }
                Step::Page => {
                    if let Some(reading) = self.pending.take() {
                        self.stale = Some(reading);
                        self.page(reading);
                    } else if self.asks {
                        self.ask();
                    }
                }
                Step::StalePage => {
                    if let Some(reading) = self.stale {
                        self.page(reading);
                    }
                }
                Step::Sync => self.ask(),
            }
        }
    }

    proptest! {
        /// Whatever happens, the client is handed 1, 2, 3, … without gap or duplicate; and once all pages are handed in, and
        /// the room has said where its end is if it lost a delivery, the client has everything.
        #[test]
        fn no_gap_no_duplicate_and_all_of_it((loses, steps) in steps()) {
            let (cursor, read) = asked(0);
            let mut world = World { cursor, head: 0, client: Vec::new(), pending: None, stale: None, asks: false };
            world.begin(read);
            for step in &steps {
                world.step(step);
                let expected: Vec<u64> = (1..=world.client.len() as u64).collect();
                prop_assert_eq!(&world.client, &expected, "after {:?}", step);
            }
            for _ in 0..200 {
                world.step(&Step::Page);
            }
            if loses {
                world.step(&Step::Behind);
            }
            for _ in 0..200 {
                world.step(&Step::Page);
            }
            prop_assert_eq!(world.client.len() as u64, world.head);
        }
    }
}
