//! What people want of a room's log and what is not on its way yet: another append may be under way, or there is no connection. It
//! is kept from the wish on, and in one with the append that takes its place: who ends anywhere in between does it all the same,
//! and once.

use std::collections::VecDeque;

use crate::{
    client::{append::Intent, io::Change, records},
    ids::RoomId,
};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    waiting: VecDeque<Intent>,
    /// There is a record of some.
    kept: bool,
    /// The record is not what waits.
    changed: bool,
}

impl Wishes {
    /// Those that were saved.
    pub(super) fn new(waiting: VecDeque<Intent>) -> Self {
        Self { kept: !waiting.is_empty(), waiting, changed: false }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Intent> {
        self.waiting.iter()
    }

    /// One more, to be done after the others.
    pub(super) fn add(&mut self, intent: Intent) {
        self.waiting.push_back(intent);
        self.changed = true;
    }

    /// One that was on its way and is to be looked at again, before the others.
    pub(super) fn add_again(&mut self, intent: Intent) {
        self.waiting.push_front(intent);
        self.changed = true;
    }

    /// The next one, which is no wish any more.
    pub(super) fn take(&mut self) -> Option<Intent> {
        let next = self.waiting.pop_front()?;
        self.changed = true;
        Some(next)
    }

    /// Gives them all up; whether there were any.
    pub(super) fn give_up(&mut self) -> bool {
        let were = !self.waiting.is_empty();
        self.waiting.clear();
        self.changed |= were;
        were
    }

    /// The change that saves them, if there is one. What is for memory alone is not among them.
    pub(super) fn unsaved(&mut self, room: RoomId) -> Option<Change> {
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        let keep: Vec<&Intent> = self.waiting.iter().filter(|intent| intent.is_kept()).collect();
        let were = std::mem::replace(&mut self.kept, !keep.is_empty());
        match (were, keep.is_empty()) {
            (_, false) => Some(records::put_wishes(room, &keep)),
            (true, true) => Some(records::delete_wishes(room)),
            (false, true) => None,
        }
    }
}
