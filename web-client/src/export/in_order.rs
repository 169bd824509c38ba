//! From the stream's order to the timeline's, without having all of it at once.
//!
//! A message stands at most [`TIMELINE_REACH`] places before its place in the stream. So of more messages than that, all from
//! before the next place, the first in time is the next in the timeline.

use igoon_shared::{ids::Seq, protocol::limits::TIMELINE_REACH, sorted::SortedMap, time::Timestamp};

use super::Line;

/// Messages that wait for those that may stand before them.
#[derive(Debug, Default)]
pub(super) struct InOrder(SortedMap<(Timestamp, Option<Seq>), Line>);

impl InOrder {
    /// Takes the message at the next place; gives the next one in the timeline, if it is certain by now.
    pub(super) fn push(&mut self, line: Line) -> Option<Line> {
        self.0.insert((line.shown_at, line.seq), line);
        let is_certain = u64::try_from(self.0.len()).is_ok_and(|waiting| waiting > TIMELINE_REACH);
        if is_certain { self.0.pop_first().map(|(_, line)| line) } else { None }
    }

    /// Those that are left, once no more come.
    pub(super) fn rest(&mut self) -> impl Iterator<Item = Line> + use<> {
        std::mem::take(&mut self.0).into_values()
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::testing::{BEA, text},
        *,
    };

    #[test]
    fn what_stands_as_far_back_as_can_be_comes_first() {
        let mut order = InOrder::default();
        let mut seen = Vec::new();
        // One a second; each hundredth was written offline, after the one that is as far back as can be.
        let reach = i64::try_from(TIMELINE_REACH).unwrap();
        for place in 1..=5_000_i64 {
            let stands = if place % 100 == 0 { (place - reach).max(0) } else { place };
            seen.extend(order.push(text(place.unsigned_abs(), BEA, stands * 1_000, "x")));
        }
        seen.extend(order.rest());
        assert_eq!(seen.len(), 5_000, "each once");
        assert!(seen.is_sorted_by_key(|line| (line.shown_at, line.seq)));
    }
}
