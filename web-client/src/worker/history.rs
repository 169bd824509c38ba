//! Portions of a room's stored messages for the page.

use std::collections::BTreeMap;

use igoon_shared::{
    client::io::MessageView,
    ids::{RoomId, Seq},
};

use crate::messages::{HistoryPage, HistoryWish};

/// The messages of all rooms.
#[derive(Default)]
pub(super) struct History {
    rooms: BTreeMap<RoomId, BTreeMap<Seq, MessageView>>,
}

impl History {
    pub(super) fn put(&mut self, message: &MessageView) {
        self.rooms.entry(message.room).or_default().insert(message.seq, message.clone());
    }

    pub(super) fn answer(&self, room: RoomId, wish: HistoryWish) -> HistoryPage {
        let empty = BTreeMap::new();
        let stored = self.rooms.get(&room).unwrap_or(&empty);
        let before = |seq: Seq, count: usize| {
            let mut found: Vec<_> = stored.range(..seq).rev().take(count).map(|(_, message)| message.clone()).collect();
            found.reverse();
            found
        };
        let from = |seq: Seq, count: usize| stored.range(seq..).take(count).map(|(_, message)| message.clone());
        let messages: Vec<_> = match wish {
            HistoryWish::Latest => before(Seq(u64::MAX), HistoryWish::PORTION),
            HistoryWish::Before(seq) => before(seq, HistoryWish::PORTION),
            HistoryWish::After(seq) => from(seq.next(), HistoryWish::PORTION).collect(),
            HistoryWish::Around(seq) => {
                let mut found = before(seq, HistoryWish::PORTION / 2);
                let rest = HistoryWish::PORTION - found.len();
                found.extend(from(seq, rest));
                found
            }
        };
        let (first, last) = (messages.first().map(|message| message.seq), messages.last().map(|message| message.seq));
        HistoryPage {
            room,
            wish,
            earlier: first.is_some_and(|first| stored.range(..first).next().is_some()),
            later: last.is_some_and(|last| stored.range(last.next()..).next().is_some()),
            messages,
        }
    }
}
