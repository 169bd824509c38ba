//! What a room's log says between its messages: where each line stands, and which of them are said as one.
//!
//! Messages go by time, which is not quite their order in the stream. A line stands where it is true: below all messages that
//! came before it in the stream, and above those that came after it, unless they were written before it.

use igoon_shared::{
    client::io::{Deed, EntryView, LinesView},
    ids::{AccountId, DeviceId, Seq},
    sorted::SortedSet,
    time::Timestamp,
};

use super::calendar::LocalTime;
use crate::texts::{self, account, t};

/// So many lines stand together at most; those before them are only counted.
const TOGETHER: usize = 10;

/// What the log says in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Unique on the page, and the same when more is held before it.
    pub key: String,
    /// The place of its last entry.
    pub seq: Seq,
    /// When, by the clock of its author.
    pub at: LocalTime,
    /// What it says.
    pub text: String,
    /// With whom safety numbers are to be compared again, and what they are called.
    pub compare: Option<(AccountId, String)>,
    /// That this computer saw too little of the wait before it, and whom to ask.
    pub unseen: Option<String>,
}

/// How lines are said: to whom, and when.
#[derive(Clone, Copy)]
pub(super) struct Teller<'a, F> {
    /// All of them, with what those in them are called.
    pub(super) view: &'a LinesView,
    /// The day on the reader's clock.
    pub(super) today: i64,
    /// The reader's clock.
    pub(super) local: F,
}

impl<F: Fn(Timestamp) -> LocalTime> Teller<'_, F> {
    /// What stands between two messages.
    pub(super) fn told(&self, entries: &[&EntryView]) -> Vec<Line> {
        let day = |entry: &EntryView| (self.local)(entry.at).day;
        let groups: Vec<_> = entries.chunk_by(|a, b| are_one(a, b) && day(a) == day(b)).collect();
        let (counted, shown) = shortened(groups, &self.view.compare);
        let earlier =
            counted.last().map(|last| Line { text: t!("lines-earlier", count = counted.len()), ..self.line(&[last]) });
        earlier.into_iter().chain(shown.into_iter().map(|group| self.line(group))).collect()
    }

    /// Some entries that are said as one.
    fn line(&self, group: &[&EntryView]) -> Line {
        let last = group.last();
        let moment = |at| account::moment((self.local)(at), self.today);
        let new_keys = last.and_then(|last| last.new_keys).filter(|new| self.view.compare.contains(&new.device));
        Line {
            key: last.map(|last| format!("line-{}", last.index.0)).unwrap_or_default(),
            seq: last.and_then(|last| last.seq).unwrap_or_default(),
            at: (self.local)(last.map(|last| last.at).unwrap_or_default()),
            text: texts::log::line(group, &self.view.names, moment),
            compare: new_keys.map(|new| (new.account, texts::log::person(&self.view.names, Some(new.account)))),
            unseen: last.and_then(|last| last.unseen_wait).map(|wait| texts::log::unseen(&wait, &self.view.names)),
        }
    }
}

/// Whether two entries are said in one sentence: of many who come or go, nobody wants to read one by one.
fn are_one(a: &EntryView, b: &EntryView) -> bool {
    let plain = a.new_keys.is_none() && b.new_keys.is_none();
    plain && matches!((a.deed, b.deed), (Deed::Joined { .. }, Deed::Joined { .. }) | (Deed::Left, Deed::Left))
}

type Groups<'a> = Vec<&'a [&'a EntryView]>;

/// The entries that are only counted, and those that are shown: the last ones, and whatever asks for something.
fn shortened<'a>(groups: Groups<'a>, compare: &SortedSet<DeviceId>) -> (Vec<&'a EntryView>, Groups<'a>) {
    let urgent = |group: &[&EntryView]| {
        group
            .iter()
            .any(|entry| entry.unseen_wait.is_some() || entry.new_keys.is_some_and(|new| compare.contains(&new.device)))
    };
    let first = groups.len().saturating_sub(TOGETHER);
    let (mut counted, mut shown) = (Vec::new(), Vec::new());
    for (place, group) in groups.into_iter().enumerate() {
        if place < first && !urgent(group) { counted.extend_from_slice(group) } else { shown.push(group) }
    }
    (counted, shown)
}

/// For each message, the lowest place from it on: lines with a lower place stand above it.
pub(super) fn lowest_from(places: impl DoubleEndedIterator<Item = Seq>) -> Vec<Seq> {
    let mut lowest = Seq(u64::MAX);
    let mut bounds: Vec<_> = places
        .rev()
        .map(|place| {
            lowest = lowest.min(place);
            lowest
        })
        .collect();
    bounds.reverse();
    bounds
}

#[cfg(test)]
mod tests {
    use igoon_shared::client::io::{Computer, LogNames, NewKeys, UnseenWait};

    use super::{super::testing, *};

    const DEVICE: DeviceId = DeviceId::from_bytes([9; 32]);

    fn person(number: u8) -> AccountId {
        AccountId::from_bytes([number; 16])
    }

    fn entry(number: u8, deed: Deed) -> EntryView {
        testing::entry(number.into(), Computer { account: Some(person(number)), device: DEVICE }, deed)
    }

    fn joined(number: u8) -> EntryView {
        entry(number, Deed::Joined { invited_by: Some(person(1)), role: None })
    }

    fn view(compare: &[DeviceId]) -> LinesView {
        let people = (1..=99).map(|number| (person(number), format!("p{number}"))).collect();
        let names = LogNames { people, ..LogNames::default() };
        LinesView { names, compare: compare.iter().copied().collect(), ..LinesView::none(testing::ROOM) }
    }

    fn told(view: &LinesView, entries: &[EntryView]) -> Vec<Line> {
        let teller = Teller { view, today: 0, local: |at| LocalTime::at(at, 0) };
        teller.told(&entries.iter().collect::<Vec<_>>())
    }

    fn texts_of(entries: &[EntryView]) -> Vec<String> {
        told(&view(&[]), entries).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn many_who_come_or_go_are_one_line() {
        assert_eq!(texts_of(&[joined(2)]), ["p2 joined, by a link that p1 had made."]);
        assert_eq!(texts_of(&[joined(2), joined(3)]), ["p2 and p3 joined."]);
        assert_eq!(texts_of(&[joined(2), joined(3), joined(4)]), ["p2, p3 and one other joined."]);
        let many: Vec<_> = (2..=60).map(joined).collect();
        assert_eq!(texts_of(&many), ["p2, p3 and 57 others joined."]);
        let gone = [entry(2, Deed::Left), entry(3, Deed::Left), joined(4), entry(5, Deed::Left)];
        let [both, came, one] = &texts_of(&gone)[..] else { panic!("{gone:?}") };
        assert_eq!((both.as_str(), one.as_str()), ("p2 and p3 left.", "p5 left."));
        assert!(came.starts_with("p4 joined"));
        let tomorrow = EntryView { at: Timestamp(24 * 60 * 60 * 1_000), ..joined(3) };
        assert_eq!(texts_of(&[joined(2), tomorrow]).len(), 2, "not over midnight");
    }

    #[test]
    fn of_very_many_lines_the_last_are_shown_and_whatever_asks_for_something() {
        let removals = (2..=31).map(|number| entry(number, Deed::MemberRemoved(person(number))));
        let mut entries: Vec<_> = removals.collect();
        let new_keys = NewKeys { account: person(4), device: DEVICE, same_computer: false };
        entries[2] = EntryView { new_keys: Some(new_keys), ..joined(4) };
        let quiet = told(&view(&[]), &entries);
        assert_eq!((quiet.len(), quiet[0].text.as_str()), (TOGETHER + 1, "20 changes before that."));
        let urgent = told(&view(&[DEVICE]), &entries);
        assert_eq!((urgent.len(), urgent[0].text.as_str()), (TOGETHER + 2, "19 changes before that."));
        assert_eq!(urgent[1].compare, Some((person(4), "p4".to_owned())));
        assert!(urgent[1].text.contains("another computer"), "{}", urgent[1].text);
        let mut keys: Vec<_> = urgent.iter().map(|line| &line.key).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), urgent.len());
        assert_eq!(
            told(&view(&[]), &[entries[2].clone(), joined(5)]).len(),
            2,
            "who comes with other keys is told of alone"
        );
    }

    #[test]
    fn a_wait_that_was_not_seen_stands_in_its_line_among_however_many() {
        let mut entries: Vec<_> = (2..=31).map(|number| entry(number, Deed::MemberRemoved(person(number)))).collect();
        let wait = UnseenWait { account: person(4), device: DEVICE, seen_hours: 0, mine: false };
        let released = Deed::RecoveryReleased { computer: Some(Computer { account: Some(person(4)), device: DEVICE }) };
        entries[2] = EntryView { by: None, unseen_wait: Some(wait), ..entry(4, released) };
        let told = told(&view(&[]), &entries);
        assert_eq!((told.len(), told[0].unseen.as_ref()), (TOGETHER + 2, None));
        assert!(told[1].unseen.as_ref().is_some_and(|unseen| unseen.contains("Call p4")), "{:?}", told[1]);
    }

    #[test]
    fn a_line_keeps_its_key_when_more_is_held_before_it() {
        let all: Vec<_> = (2..=9).map(joined).collect();
        assert_eq!(told(&view(&[]), &all)[0].key, told(&view(&[]), &all[4..])[0].key);
    }

    #[test]
    fn the_lowest_place_from_a_message_on() {
        let places = [3, 1, 5, 4, 9].map(Seq);
        assert_eq!(lowest_from(places.into_iter()), [1, 1, 4, 4, 9].map(Seq));
        assert!(lowest_from([].into_iter()).is_empty());
    }
}
