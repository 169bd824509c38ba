//! The rooms as they are listed: in which order, and which is beside another.

use std::rc::Rc;

use igoon_shared::{ids::RoomId, sorted::SortedMap};

use super::RoomData;

/// Which way to go in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the one above.
    Up,
    /// To the one below.
    Down,
}

/// The rooms in which something was said last come first, those without a message last, by name.
#[must_use]
pub fn listed(rooms: &SortedMap<RoomId, Rc<RoomData>>) -> Vec<&Rc<RoomData>> {
    let place = |room: &RoomData| {
        let view = room.view();
        (core::cmp::Reverse(view.last_activity), room.title().to_lowercase(), view.room)
    };
    let listed: SortedMap<_, _> = rooms.values().map(|room| (place(room), room)).collect();
    listed.into_values().collect()
}

/// The room beside the one that is shown, from the last on to the first; the first where none is shown.
#[must_use]
pub fn beside(rooms: &SortedMap<RoomId, Rc<RoomData>>, shown: Option<RoomId>, step: Step) -> Option<RoomId> {
    let listed: Vec<RoomId> = listed(rooms).into_iter().map(|room| room.view().room).collect();
    let Some(at) = shown.and_then(|shown| listed.iter().position(|room| *room == shown)) else {
        return listed.first().copied();
    };
    let next = match step {
        Step::Up => at.checked_sub(1).unwrap_or(listed.len() - 1),
        Step::Down => (at + 1) % listed.len(),
    };
    listed.get(next).copied().filter(|room| Some(*room) != shown)
}

#[cfg(test)]
mod tests {
    use igoon_shared::{client::io::RoomView, time::Timestamp};

    use super::*;

    fn id(number: u8) -> RoomId {
        RoomId::from_bytes([number; 32])
    }

    fn rooms(of: &[(u8, &str, Option<i64>)]) -> SortedMap<RoomId, Rc<RoomData>> {
        let room = |(number, name, at): &(u8, &str, Option<i64>)| {
            let mut room = RoomData::new(id(*number));
            let last_activity = at.map(Timestamp);
            room.set_view(RoomView { name: Some((*name).to_owned()), last_activity, ..RoomView::unknown(id(*number)) });
            (id(*number), Rc::new(room))
        };
        of.iter().map(room).collect()
    }

    #[test]
    fn where_something_was_said_last_comes_first() {
        let rooms = rooms(&[(1, "b", None), (2, "quiet", Some(5)), (3, "loud", Some(9)), (4, "A", None)]);
        let titles: Vec<_> = listed(&rooms).into_iter().map(|room| room.title().to_owned()).collect();
        assert_eq!(titles, ["loud", "quiet", "A", "b"]);
    }

    #[test]
    fn one_goes_around_the_list() {
        let rooms = rooms(&[(1, "last", Some(1)), (2, "middle", Some(2)), (3, "first", Some(3))]);
        assert_eq!(beside(&rooms, Some(id(3)), Step::Down), Some(id(2)));
        assert_eq!(beside(&rooms, Some(id(1)), Step::Down), Some(id(3)));
        assert_eq!(beside(&rooms, Some(id(3)), Step::Up), Some(id(1)));
        assert_eq!(beside(&rooms, None, Step::Up), Some(id(3)));
    }

    #[test]
    fn there_is_nothing_beside_the_only_room() {
        assert_eq!(beside(&rooms(&[(1, "only", None)]), Some(id(1)), Step::Down), None);
        assert_eq!(beside(&SortedMap::new(), None, Step::Down), None);
    }
}
