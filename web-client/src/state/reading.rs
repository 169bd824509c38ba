//! Where a reader is in a room, and what follows from it: what to keep in its place, what to ask for, what was seen.
//! Lengths are CSS pixels.

use igoon_shared::{ids::Seq, sorted::SortedSet};

/// So near to the end counts as the end.
const END: f64 = 32.0;

/// So many screens before an edge its next portion is asked for.
const AHEAD: f64 = 2.0;

/// What a scrolled area says about itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    /// How far it is scrolled: `scrollTop`.
    pub top: f64,
    /// How much of it is seen: `clientHeight`.
    pub height: f64,
    /// How much there is: `scrollHeight`.
    pub content: f64,
}

impl Area {
    /// The farthest that it can be scrolled.
    #[must_use]
    pub fn farthest(self) -> f64 {
        (self.content - self.height).max(0.0)
    }

    /// The last row is seen, or as good as seen.
    #[must_use]
    pub fn is_at_end(self) -> bool {
        self.farthest() - self.top <= END
    }

    /// Whether its reader follows the end of the stream, which is the end of this area if `to_end`. New rows may lag behind the
    /// stream for a moment: whoever followed it goes on doing so.
    #[must_use]
    pub fn follows(self, followed: bool, to_end: bool) -> bool {
        self.is_at_end() && (to_end || followed)
    }

    /// Nobody has scrolled up since: whoever was at the end has not left it, however much there is below by now.
    #[must_use]
    pub fn is_no_higher(self, before: Mark) -> bool {
        self.top >= before.top
    }

    /// What lies above comes into view soon.
    #[must_use]
    pub fn is_near_start(self) -> bool {
        self.top <= AHEAD * self.height
    }

    /// What lies below comes into view soon.
    #[must_use]
    pub fn is_near_end(self) -> bool {
        self.farthest() - self.top <= AHEAD * self.height
    }

    /// How far to scroll on so that a row stands again where it stood at `before`, now that it stands at `row`, counted from
    /// the upper edge of what is seen.
    #[must_use]
    pub fn shift(self, before: Mark, row: f64) -> f64 {
        // Somebody may have scrolled on without an event yet; at the farthest, the area itself may have become shorter.
        let pushed = self.top < before.top && self.farthest() - self.top < 1.0;
        let scrolled = if pushed { 0.0 } else { self.top - before.top };
        row - (before.row - scrolled)
    }
}

/// A row and where it stood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// How far the area was scrolled.
    pub top: f64,
    /// How far the row was below the upper edge of what was seen.
    pub row: f64,
}

/// The first of so many rows, one below the other, for which `beyond` holds; it holds for all after it.
pub fn first_beyond(count: u32, beyond: impl Fn(u32) -> bool) -> Option<u32> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if beyond(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    (low < count).then_some(low)
}

/// For each row, up to which place of the stream all has been seen by whoever has seen it and what stands above. Rows go
/// by time, places do not quite. A row that has no place yet takes the one before it.
#[must_use]
pub fn seen_up_to(places: &[Option<Seq>]) -> Vec<Option<Seq>> {
    // What is seen ends before the lowest place further down.
    let mut bound = Seq(u64::MAX);
    let mut bounds: Vec<Seq> = Vec::with_capacity(places.len());
    for place in places.iter().rev() {
        bounds.push(bound);
        bound = place.map_or(bound, |place| place.min(bound));
    }
    let mut seen = SortedSet::new();
    let bounds = bounds.into_iter().rev();
    let up_to = places.iter().zip(bounds).map(|(place, bound)| {
        seen.extend(*place);
        seen.iter().rev().find(|place| **place < bound).copied()
    });
    up_to.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(top: f64, content: f64) -> Area {
        Area { top, height: 500.0, content }
    }

    #[test]
    fn the_end_and_its_neighbourhood() {
        assert!(area(0.0, 300.0).is_at_end(), "all of it is seen");
        assert!(area(1_500.0, 2_000.0).is_at_end() && area(1_480.5, 2_000.0).is_at_end());
        assert!(!area(1_400.0, 2_000.0).is_at_end());
        assert!(area(1_400.0, 2_600.0).is_near_end() && !area(1_000.0, 2_600.0).is_near_end());
        assert!(area(1_000.0, 9_000.0).is_near_start() && !area(1_001.0, 9_000.0).is_near_start());
    }

    #[test]
    fn the_end_of_what_is_here_is_followed_only_by_who_followed_the_stream() {
        let (end, above) = (area(1_500.0, 2_000.0), area(1_000.0, 2_000.0));
        assert!(end.follows(false, true) && end.follows(true, true) && end.follows(true, false));
        assert!(!end.follows(false, false), "there is more to read, one portion after the other");
        assert!(!above.follows(true, true) && !above.follows(true, false));
    }

    #[test]
    fn only_who_scrolls_up_leaves_the_end() {
        let before = Mark { top: 1_500.0, row: 20.0 };
        assert!(area(1_500.0, 2_000.0).is_no_higher(before) && area(1_500.0, 4_000.0).is_no_higher(before));
        assert!(!area(1_490.0, 2_000.0).is_no_higher(before), "by so little, too: or nobody could begin to");
    }

    #[test]
    fn a_row_stays_where_it_was() {
        let before = Mark { top: 100.0, row: 20.0 };
        assert_eq!(area(100.0, 9_000.0).shift(before, 4_020.0), 4_000.0, "so much came above it");
        assert_eq!(area(100.0, 9_000.0).shift(before, 20.0), 0.0);
        assert_eq!(area(70.0, 9_000.0).shift(before, 4_050.0), 4_000.0, "meanwhile the reader went 30 further up");
        // 1,000 went above it, and with them the place that the area was scrolled to.
        assert_eq!(area(1_500.0, 2_000.0).shift(Mark { top: 2_100.0, row: 20.0 }, -380.0), -400.0);
    }

    #[test]
    fn the_first_row_in_view_is_found() {
        let bottoms = [-50.0, -10.0, 30.0, 70.0];
        let find = |edge: f64| first_beyond(4, |index| bottoms[index as usize] > edge);
        assert_eq!([find(0.0), find(-100.0), find(70.0)], [Some(2), Some(0), None]);
        assert_eq!(first_beyond(0, |_| true), None);
    }

    #[test]
    fn only_what_was_seen_counts() {
        let seen = |places: &[u64]| {
            let places: Vec<_> = places.iter().map(|place| (*place > 0).then_some(Seq(*place))).collect();
            seen_up_to(&places).into_iter().map(|seq| seq.map_or(0, |seq| seq.0)).collect::<Vec<_>>()
        };
        assert_eq!(seen(&[3, 5, 6]), [3, 5, 6]);
        // The second row came to the stream after the third: seen alone, it counts only up to what lies before.
        assert_eq!(seen(&[3, 6, 5, 7]), [3, 3, 6, 7]);
        assert_eq!(seen(&[4, 0, 0]), [4, 4, 4], "what waits here has no place yet");
        assert_eq!(seen(&[4, 2]), [0, 4]);
        assert_eq!(seen(&[]), [0; 0]);
    }
}
