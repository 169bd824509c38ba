//! The part of a room's stored stream that the page holds: one contiguous stretch of its messages, never all of them.
//!
//! A window grows at the edge that its reader comes near to, by the portions that were asked for, and loses what is
//! farthest away. While it reaches the end of the stream, new messages come to it by themselves.

use std::rc::Rc;

use igoon_shared::{client::io::MessageView, ids::Seq, sorted::SortedMap, time::Timestamp};

use crate::messages::{HistoryPage, HistoryWish};

/// So many messages a window holds at most once its reader's place allows for it.
const MOST: usize = 600;

/// So many it holds while new ones come and its reader stays further up; those after them are only known to be there.
const TOO_MANY: usize = 2 * MOST;

/// So many it holds while its reader follows the end of the stream.
const GROWN: usize = MOST + 2 * HistoryWish::PORTION;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// In the order of the timeline, which is not quite that of the stream.
    messages: SortedMap<(Timestamp, Seq), Rc<MessageView>>,
    /// Where each place of the stream stands in `messages`.
    places: SortedMap<Seq, Timestamp>,
    earlier: bool,
    later: bool,
    loaded: bool,
    /// The highest place that was ever told of.
    newest: Seq,
}

impl Window {
    /// The messages, in the order of the timeline.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Rc<MessageView>> {
        self.messages.values()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.messages.len()
    }

    /// Something was asked for and came, be it that there is nothing.
    #[must_use]
    pub const fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// There are stored messages before the first.
    #[must_use]
    pub const fn has_earlier(&self) -> bool {
        self.earlier
    }

    /// There are stored messages after the last.
    #[must_use]
    pub const fn has_later(&self) -> bool {
        self.later
    }

    /// Something was asked for and came, and nothing is stored after it.
    #[must_use]
    pub const fn is_to_end(&self) -> bool {
        self.loaded && !self.later
    }

    /// The first place of the stream that it holds.
    #[must_use]
    pub fn first(&self) -> Option<Seq> {
        self.places.first_key_value().map(|(seq, _)| *seq)
    }

    /// The last place of the stream that it holds.
    #[must_use]
    pub fn last(&self) -> Option<Seq> {
        self.places.last_key_value().map(|(seq, _)| *seq)
    }

    /// The highest place that was ever told of, held or not.
    #[must_use]
    pub const fn newest(&self) -> Seq {
        self.newest
    }

    /// Whether what stands at this place of the stream would be shown, if anything stands there.
    #[must_use]
    pub fn reaches(&self, seq: Seq) -> bool {
        self.reach().is_some_and(|(from, to)| from <= seq && seq <= to)
    }

    /// From which place of the stream to which everything is shown, if something was asked for and came.
    #[must_use]
    pub fn reach(&self) -> Option<(Seq, Seq)> {
        let from = if self.earlier { self.first()? } else { Seq(0) };
        let to = if self.later { self.last()? } else { Seq(u64::MAX) };
        self.loaded.then_some((from, to))
    }

    /// What to ask for when the room is opened; nothing if it is here. `unread` is the first message not looked at.
    #[must_use]
    pub fn opening(&self, unread: Option<Seq>) -> Option<HistoryWish> {
        match unread {
            Some(seq) => (!self.reaches(seq)).then_some(HistoryWish::Around(seq)),
            None => (!self.loaded || self.later).then_some(HistoryWish::Latest),
        }
    }

    /// What to ask for near an edge.
    #[must_use]
    pub fn growing(&self, near_start: bool, near_end: bool) -> Option<HistoryWish> {
        match (self.first(), self.last()) {
            (Some(first), _) if near_start && self.earlier => Some(HistoryWish::Before(first)),
            (_, Some(last)) if near_end && self.later => Some(HistoryWish::After(last)),
            _ => None,
        }
    }

    /// What to ask for while its reader follows the end of the stream: a window that lags behind it, or has grown too large, is
    /// begun anew.
    #[must_use]
    pub fn following(&self) -> Option<HistoryWish> {
        (self.later || self.count() > GROWN).then_some(HistoryWish::Latest)
    }

    /// Takes a portion. One for an edge that has moved meanwhile is dropped.
    pub fn take(&mut self, page: HistoryPage) {
        let empty = page.messages.is_empty();
        match page.wish {
            HistoryWish::Latest | HistoryWish::Around(_) => {
                let before = std::mem::take(&mut self.messages);
                self.places.clear();
                for message in page.messages {
                    // What is on the page already need not be looked at again.
                    let same = before.get(&(message.shown_at, message.seq)).filter(|old| ***old == message);
                    self.insert(same.map_or_else(|| Rc::new(message), Rc::clone));
                }
                (self.loaded, self.earlier, self.later) = (true, page.earlier, page.later);
            }
            HistoryWish::Before(edge) if self.first() == Some(edge) => {
                page.messages.into_iter().for_each(|message| self.insert(Rc::new(message)));
                self.earlier = page.earlier;
                while self.places.len() > MOST {
                    self.drop_last();
                }
                return;
            }
            HistoryWish::After(edge) if self.last() == Some(edge) => {
                page.messages.into_iter().for_each(|message| self.insert(Rc::new(message)));
                self.later = page.later;
                self.shorten();
            }
            HistoryWish::Before(_) | HistoryWish::After(_) => return,
        }
        // One that came while the portion was on its way. Asked for, it comes, unless there is nothing there to show.
        if !(empty && matches!(page.wish, HistoryWish::After(_))) {
            self.later |= self.last().unwrap_or_default() < self.newest;
        }
    }

    /// Takes a message of the stream: a new one, or one that can be read meanwhile. Returns whether it is new.
    pub fn put(&mut self, message: MessageView) -> bool {
        let seq = message.seq;
        let new = seq > self.newest;
        let after_all = self.last().is_none_or(|last| seq > last);
        self.newest = self.newest.max(seq);
        if self.places.contains_key(&seq) {
            self.insert(Rc::new(message));
        } else if self.loaded && !self.later && after_all {
            if self.places.len() < TOO_MANY {
                self.insert(Rc::new(message));
            } else {
                self.later = true;
            }
        }
        new
    }

    /// Takes that there are stored messages up to this one, which were not told of one by one.
    pub fn stored(&mut self, up_to: Seq) {
        self.newest = self.newest.max(up_to);
        self.later |= self.loaded && self.last().is_none_or(|last| last < up_to);
    }

    /// Lets go of the earliest messages beyond [`MOST`].
    fn shorten(&mut self) {
        while self.places.len() > MOST {
            if let Some((seq, at)) = self.places.pop_first() {
                self.messages.remove(&(at, seq));
                self.earlier = true;
            }
        }
    }

    fn drop_last(&mut self) {
        if let Some((seq, at)) = self.places.pop_last() {
            self.messages.remove(&(at, seq));
            self.later = true;
        }
    }

    fn insert(&mut self, message: Rc<MessageView>) {
        self.newest = self.newest.max(message.seq);
        if let Some(before) = self.places.insert(message.seq, message.shown_at) {
            self.messages.remove(&(before, message.seq));
        }
        self.messages.insert((message.shown_at, message.seq), message);
    }
}

#[cfg(test)]
mod tests {
    use std::ops::RangeInclusive;

    use super::{super::testing, *};

    fn portion(wish: HistoryWish, seqs: impl IntoIterator<Item = u64>, earlier: bool, later: bool) -> HistoryPage {
        let messages = seqs.into_iter().map(|seq| testing::theirs(seq, 1, 1_000)).collect();
        HistoryPage { room: testing::ROOM, wish, messages, earlier, later }
    }

    fn latest(seqs: RangeInclusive<u64>) -> Window {
        let mut window = Window::default();
        window.take(portion(HistoryWish::Latest, seqs, true, false));
        window
    }

    fn held(window: &Window) -> (u64, u64, usize) {
        (window.first().map_or(0, |seq| seq.0), window.last().map_or(0, |seq| seq.0), window.count())
    }

    #[test]
    fn opening_asks_for_what_is_not_there() {
        let window = Window::default();
        assert_eq!(window.opening(None), Some(HistoryWish::Latest));
        assert_eq!(window.opening(Some(Seq(7))), Some(HistoryWish::Around(Seq(7))));
        let window = latest(901..=1_000);
        assert_eq!((window.opening(None), window.opening(Some(Seq(950)))), (None, None));
        assert_eq!(window.opening(Some(Seq(900))), Some(HistoryWish::Around(Seq(900))));
        assert_eq!(window.opening(Some(Seq(1_001))), None, "it will come by itself");
    }

    #[test]
    fn a_follower_asks_for_the_end_when_the_window_lags_or_is_large() {
        let mut window = latest(1..=50);
        assert_eq!(window.following(), None);
        let grown = u64::try_from(GROWN).unwrap();
        (51..=grown).for_each(|seq| assert!(window.put(testing::theirs(seq, 1, 1_000))));
        assert_eq!(window.following(), None);
        window.put(testing::theirs(grown + 1, 1, 1_000));
        assert_eq!(window.following(), Some(HistoryWish::Latest));
        // One came while the portion was on its way.
        window.take(portion(HistoryWish::Latest, grown - 49..=grown, true, false));
        assert_eq!((window.count(), window.following()), (50, Some(HistoryWish::Latest)));
        window.take(portion(HistoryWish::Latest, grown - 48..=grown + 1, true, false));
        assert_eq!(window.following(), None);
    }

    #[test]
    fn what_was_only_stored_is_known_to_be_there() {
        // Nothing was stored yet when the room was opened.
        let mut window = Window::default();
        window.take(portion(HistoryWish::Latest, [], false, false));
        assert!(window.is_to_end() && window.reaches(Seq(7)));
        window.stored(Seq(900));
        assert!(window.has_later() && !window.reaches(Seq(7)));
        assert_eq!(window.following(), Some(HistoryWish::Latest));
        window.take(portion(HistoryWish::Latest, 851..=900, true, false));
        assert!(window.is_to_end());
        // One after a gap does not close it.
        window.stored(Seq(950));
        assert!(window.put(testing::theirs(951, 1, 1_000)) && window.last() == Some(Seq(900)) && window.has_later());
        // One that was asked for before comes after.
        let mut window = Window::default();
        window.stored(Seq(400));
        window.take(portion(HistoryWish::Latest, [], false, false));
        assert!(window.has_later());
        assert!(!window.put(testing::theirs(400, 1, 1_000)) && window.has_later());
    }

    #[test]
    fn a_window_grows_where_its_reader_is_and_loses_what_is_far() {
        let mut window = latest(9_901..=10_000);
        let mut first = 9_901;
        while let Some(wish) = window.growing(true, false).filter(|_| first > 8_901) {
            assert_eq!(wish, HistoryWish::Before(Seq(first)));
            window.take(portion(wish, first - 100..=first - 1, true, false));
            first -= 100;
        }
        assert_eq!(held(&window), (8_901, 9_500, MOST));
        assert!(window.has_later());
        let wish = window.growing(false, true).unwrap();
        assert_eq!(wish, HistoryWish::After(Seq(9_500)));
        window.take(portion(wish, 9_501..=9_600, false, true));
        assert_eq!(held(&window), (9_001, 9_600, MOST));
        assert!(window.has_earlier() && window.has_later());
    }

    #[test]
    fn at_the_beginning_and_the_end_nothing_is_asked_for() {
        let mut window = latest(1..=3);
        window.take(portion(HistoryWish::Before(Seq(1)), [], false, false));
        assert_eq!(window.growing(true, true), None);
        assert!(!window.has_earlier() && !window.has_later());
    }

    #[test]
    fn a_portion_for_an_edge_that_moved_is_dropped() {
        let mut window = latest(901..=1_000);
        window.take(portion(HistoryWish::Before(Seq(801)), 701..=800, true, false));
        window.take(portion(HistoryWish::After(Seq(700)), 701..=800, true, false));
        assert_eq!(held(&window), (901, 1_000, 100));
    }

    #[test]
    fn new_messages_come_to_a_window_that_reaches_the_end() {
        let mut window = Window::default();
        assert!(window.put(testing::theirs(1, 1, 0)), "new, though nothing is held yet");
        assert_eq!(window.count(), 0);
        let mut window = latest(901..=1_000);
        assert!(window.put(testing::theirs(1_003, 1, 2_000)));
        assert!(!window.put(testing::theirs(950, 1, 5_000)), "a key came: no news");
        assert!(!window.put(testing::theirs(12, 1, 0)), "it is not held, and stays so");
        assert_eq!(held(&window), (901, 1_003, 101));
        assert_eq!(window.messages().last().map(|message| message.seq), Some(Seq(950)), "by time");
        window.take(portion(HistoryWish::Around(Seq(500)), 450..=549, true, true));
        assert!(window.put(testing::theirs(1_004, 1, 2_000)));
        assert_eq!(held(&window), (450, 549, 100), "elsewhere");
    }

    #[test]
    fn a_reader_further_up_loses_nothing_to_new_messages() {
        let mut window = latest(1..=100);
        for seq in 101..=2_000 {
            assert!(window.put(testing::theirs(seq, 1, 2_000)));
        }
        assert_eq!(held(&window), (1, 1_200, TOO_MANY));
        assert!(window.has_later());
        let mut window = latest(1..=700);
        window.shorten();
        assert_eq!(held(&window), (101, 700, MOST));
        assert!(window.has_earlier());
    }

    #[test]
    fn a_message_that_came_before_the_portion_is_asked_for() {
        let mut window = Window::default();
        window.put(testing::theirs(101, 1, 0));
        window.take(portion(HistoryWish::Latest, 1..=100, false, false));
        assert_eq!(window.growing(false, true), Some(HistoryWish::After(Seq(100))));
        window.take(portion(HistoryWish::After(Seq(100)), [], false, false));
        assert_eq!(window.growing(false, true), None, "there is nothing to show at that place");
    }

    #[test]
    fn what_is_shown_anew_stays_the_same() {
        let mut window = latest(1..=2);
        let before = window.messages().next().cloned().unwrap();
        window.take(portion(HistoryWish::Around(Seq(1)), 1..=2, false, false));
        assert!(Rc::ptr_eq(&before, window.messages().next().unwrap()));
    }
}
