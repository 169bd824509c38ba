//! What came from others and was not looked at, by room: what the person is told about while they look elsewhere.

use std::rc::Rc;

use igoon_shared::{
    client::io::{Body, MessageView, Standing},
    ids::{RoomId, Seq},
    sorted::{SortedMap, SortedSet},
};

/// News of one room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The last of them.
    pub seq: Seq,
    /// How many there are.
    pub count: u32,
    /// Who wrote the last one.
    pub author: String,
    /// What it says; `None` if it cannot be read here yet.
    pub text: Option<String>,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrivals {
    rooms: Rc<SortedMap<RoomId, Arrival>>,
    /// Rooms that were up to date once since the page was opened: what comes to the others is no news yet.
    followed: SortedSet<RoomId>,
}

impl Arrivals {
    /// The rooms that have news.
    #[must_use]
    pub fn rooms(&self) -> &Rc<SortedMap<RoomId, Arrival>> {
        &self.rooms
    }

    /// How a room stands now.
    pub(super) fn stands(&mut self, room: RoomId, standing: Standing) {
        if standing == Standing::Ready {
            self.followed.insert(room);
        }
    }

    /// A message came: `author` wrote it, and everything up to `known` has been here or was looked at before.
    pub(super) fn came(&mut self, message: &MessageView, author: &str, known: Seq) {
        let before = self.rooms.get(&message.room);
        let newest = before.map_or(known, |arrival| arrival.seq.max(known));
        if message.mine || message.seq <= newest || !self.followed.contains(&message.room) {
            return;
        }
        let text = match &message.body {
            Body::Text(text) => Some(text.clone()),
            _ => None,
        };
        let count = before.map_or(1, |arrival| arrival.count.saturating_add(1));
        let arrival = Arrival { seq: message.seq, count, author: author.to_owned(), text };
        Rc::make_mut(&mut self.rooms).insert(message.room, arrival);
    }

    /// Everything up to a place was looked at, here or on another computer.
    pub(super) fn read(&mut self, room: RoomId, up_to: Seq) {
        if self.rooms.get(&room).is_some_and(|arrival| arrival.seq <= up_to) {
            Rc::make_mut(&mut self.rooms).remove(&room);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::testing;

    fn followed() -> Arrivals {
        let mut arrivals = Arrivals::default();
        arrivals.stands(testing::ROOM, Standing::Ready);
        arrivals
    }

    fn last(arrivals: &Arrivals) -> Option<(Seq, u32)> {
        arrivals.rooms().get(&testing::ROOM).map(|arrival| (arrival.seq, arrival.count))
    }

    #[test]
    fn messages_of_others_are_counted_until_they_are_read() {
        let mut arrivals = followed();
        arrivals.came(&testing::theirs(4, 4, 0), "bea", Seq(3));
        arrivals.came(&testing::theirs(5, 5, 0), "bea", Seq(4));
        assert_eq!(last(&arrivals), Some((Seq(5), 2)));
        assert_eq!(arrivals.rooms().get(&testing::ROOM).unwrap().text.as_deref(), Some("message 5"));
        arrivals.read(testing::ROOM, Seq(4));
        assert_eq!(last(&arrivals), Some((Seq(5), 2)), "not all of it");
        arrivals.read(testing::ROOM, Seq(5));
        assert_eq!(last(&arrivals), None);
    }

    #[test]
    fn own_messages_and_old_ones_are_no_news() {
        let mut arrivals = followed();
        arrivals.came(&testing::mine(4, 4), "ada", Seq(3));
        arrivals.came(&testing::theirs(3, 3, 0), "bea", Seq(3));
        assert_eq!(last(&arrivals), None);
        arrivals.came(&testing::theirs(5, 5, 0), "bea", Seq(4));
        arrivals.came(&testing::theirs(5, 5, 0), "bea", Seq(4));
        assert_eq!(last(&arrivals), Some((Seq(5), 1)), "the same, shown anew");
    }

    #[test]
    fn what_is_fetched_for_the_first_time_is_no_news_and_what_was_missed_later_is() {
        let mut arrivals = Arrivals::default();
        arrivals.stands(testing::ROOM, Standing::CatchingUp);
        arrivals.came(&testing::theirs(4, 4, 0), "bea", Seq(0));
        assert_eq!(last(&arrivals), None);
        arrivals.stands(testing::ROOM, Standing::Ready);
        arrivals.stands(testing::ROOM, Standing::CatchingUp);
        arrivals.came(&testing::theirs(5, 5, 0), "bea", Seq(4));
        assert_eq!(last(&arrivals), Some((Seq(5), 1)));
    }
}
