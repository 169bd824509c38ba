//! The last places of a room's stream: when each was received, and whether somebody else's message stands there. So much is
//! enough to place the next message in the timeline and to count what was not looked at, however long the stream is.
//!
//! Places are kept in portions of [`PORTION`]; the portion that a new place falls into is all that is saved for it.

use serde::{Deserialize, Serialize};

use crate::{client::io::Unread, ids::Seq, protocol::limits::TIMELINE_REACH, sorted::SortedMap, time::Timestamp};

/// How many places are saved together.
const PORTION: u64 = 128;

/// One place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place(Timestamp, bool);

/// A portion's places, without gap from its first one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::client) struct Portion(Vec<Place>);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Places {
    portions: SortedMap<u64, Portion>,
}

impl Places {
    pub(super) const fn new(portions: SortedMap<u64, Portion>) -> Self {
        Self { portions }
    }

    /// The portion with this number.
    pub(super) fn portion(&self, number: u64) -> Option<&Portion> {
        self.portions.get(&number)
    }

    /// Adds the place after the last one; the number of the portion that it is in.
    pub(super) fn push(&mut self, seq: Seq, received_at: Timestamp, of_others: bool) -> u64 {
        let number = portion_of(seq);
        self.portions.entry(number).or_default().0.push(Place(received_at, of_others));
        number
    }

    /// Drops the portions that are not needed any more after `last`, when everything up to `read` was looked at; their
    /// numbers.
    pub(super) fn prune(&mut self, last: Seq, read: Seq) -> Vec<u64> {
        let oldest = portion_of(Seq(last.next().0.saturating_sub(TIMELINE_REACH).max(1)));
        let mut counted = 0;
        let mut dropped = Vec::new();
        for (number, portion) in self.portions.iter().rev() {
            let unread = unread_in(*number, portion, read).count();
            if *number < oldest && (unread == 0 || counted >= Unread::LIMIT) {
                dropped.push(*number);
            }
            counted += u32::try_from(unread).unwrap_or(u32::MAX);
        }
        for number in &dropped {
            self.portions.remove(number);
        }
        dropped
    }

    /// When this place was received, if it is still kept.
    pub(super) fn received_at(&self, seq: Seq) -> Option<Timestamp> {
        let number = portion_of(seq);
        let index = usize::try_from(seq.0.checked_sub(first_of(number).0)?).ok()?;
        self.portions.get(&number)?.0.get(index).map(|place| place.0)
    }

    /// The messages of others after `read`.
    pub(super) fn unread(&self, read: Seq) -> Unread {
        let newest_first = self.portions.iter().rev().flat_map(|(number, portion)| {
            let unread: Vec<Seq> = unread_in(*number, portion, read).collect();
            unread.into_iter().rev()
        });
        let counted = newest_first.take(usize::try_from(Unread::LIMIT).unwrap_or(usize::MAX));
        let mut unread =
            counted.fold(Unread::default(), |unread, seq| Unread { count: unread.count + 1, first: Some(seq) });
        if unread.count == Unread::LIMIT {
            // Those before may not be kept any more.
            unread.first = Some(read.next());
        }
        unread
    }
}

fn unread_in(number: u64, portion: &Portion, read: Seq) -> impl Iterator<Item = Seq> {
    let places = (first_of(number).0..).map(Seq).zip(&portion.0);
    places.filter(move |(seq, place)| place.1 && *seq > read).map(|(seq, _)| seq)
}

/// Places count from 1.
const fn portion_of(seq: Seq) -> u64 {
    seq.0.saturating_sub(1) / PORTION
}

const fn first_of(number: u64) -> Seq {
    Seq(number.saturating_mul(PORTION).saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places 1 to `last`, received at ten times their number; somebody else's unless divisible by `own`.
    fn places(last: u64, own: u64) -> Places {
        let mut places = Places::default();
        for seq in 1..=last {
            places.push(Seq(seq), at(seq), seq % own != 0);
        }
        places
    }

    fn at(seq: u64) -> Timestamp {
        Timestamp(i64::try_from(seq * 10).unwrap())
    }

    #[test]
    fn places_are_found_by_their_number() {
        let places = places(300, 2);
        for seq in [1, 127, 128, 129, 256, 300] {
            assert_eq!(places.received_at(Seq(seq)), Some(at(seq)), "at {seq}");
        }
        assert_eq!([0, 301, 9_999].map(|seq| places.received_at(Seq(seq))), [None; 3]);
    }

    #[test]
    fn what_others_wrote_is_unread_until_it_is_read() {
        let places = places(300, 2);
        assert_eq!(places.unread(Seq(0)), Unread { count: 150, first: Some(Seq(1)) });
        assert_eq!(places.unread(Seq(3)), Unread { count: 148, first: Some(Seq(5)) });
        assert_eq!(places.unread(Seq(299)), Unread::default());
        assert_eq!(places.unread(Seq(9_999)), Unread::default());
    }

    #[test]
    fn unread_ones_are_counted_up_to_the_limit() {
        assert_eq!(places(2_000, 5_000).unread(Seq(1_001)), Unread { count: 999, first: Some(Seq(1_002)) });
        assert_eq!(places(2_000, 5_000).unread(Seq(1_000)), Unread { count: 1_000, first: Some(Seq(1_001)) });
        assert_eq!(places(2_000, 5_000).unread(Seq(7)), Unread { count: 1_000, first: Some(Seq(8)) });
    }

    #[test]
    fn what_the_next_message_can_reach_is_kept_and_what_is_counted_as_unread() {
        let mut places = places(3_000, 5_000);
        places.prune(Seq(3_000), Seq(3_000));
        assert_eq!(places.received_at(Seq(3_001 - TIMELINE_REACH)), Some(at(3_001 - TIMELINE_REACH)));
        assert_eq!(places.received_at(Seq(1_500)), None);

        // Every fourth is somebody else's: a thousand of them reach back further.
        let mut sparse = Places::default();
        for seq in 1..=10_000 {
            sparse.push(Seq(seq), at(seq), seq % 4 == 0);
        }
        let before = sparse.unread(Seq(0));
        let dropped = sparse.prune(Seq(10_000), Seq(0));
        assert!(!dropped.is_empty());
        assert_eq!(sparse.unread(Seq(0)), before);
        assert_eq!(sparse.unread(Seq(7_000)), Unread { count: 750, first: Some(Seq(7_004)) });
        sparse.prune(Seq(10_000), Seq(9_000));
        assert_eq!(sparse.received_at(Seq(7_000)), None);
    }
}
