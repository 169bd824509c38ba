//! What is saved of a room so that it goes on where it was without its messages: with each message or entry, in one [`Effect`],
//! the counters and places that changed by it. The messages themselves are for showing; see [`crate::client::stored`].

use super::{Places, Room, Senders, Wishes};
use crate::{
    client::{
        context::Context,
        io::{Change, Effect},
        records::{self, CursorRecord, RecordError, RoomRecords},
        recovery::Waits,
    },
    ids::{DeviceId, Epoch},
    sorted::SortedSet,
};

/// What was taken since something was saved last.
#[derive(Debug, Default)]
pub(super) struct Unsaved {
    /// Changes that stand for themselves.
    pub(super) changes: Vec<Change>,
    pub(super) senders: SortedSet<DeviceId>,
    pub(super) portions: SortedSet<u64>,
    pub(super) locked: SortedSet<Epoch>,
}

impl Room {
    /// Saves what was taken, together, before the effects from number `at` on.
    pub(super) fn save_taken(&mut self, at: usize, context: &mut Context<'_>) {
        let Unsaved { mut changes, senders, portions, locked } = std::mem::take(&mut self.unsaved);
        if changes.is_empty() {
            return;
        }
        let senders = senders.into_iter().filter_map(|device| Some((device, self.senders.get(device)?)));
        changes.extend(senders.map(|(device, sender)| records::put_sender(self.id, device, sender)));
        let portions = portions.into_iter().filter_map(|number| Some((number, self.places.portion(number)?)));
        changes.extend(portions.map(|(number, portion)| records::put_places(self.id, number, portion)));
        let locked = locked.into_iter().filter_map(|epoch| Some((epoch, self.locked.get(&epoch)?)));
        changes.extend(locked.map(|(epoch, range)| records::put_locked(self.id, epoch, range)));
        changes.push(self.put_cursor());
        context.effects.insert(at, Effect::Save(changes));
    }

    /// The change that saves how far the stream was taken.
    pub(super) fn put_cursor(&self) -> Change {
        let cursor = CursorRecord {
            incarnation: self.cursor.incarnation,
            seq: self.cursor.seq,
            entries: self.log_hashes.len(),
            last_activity: self.last_activity,
            epoch_since: Some(self.epoch_since),
            appended: self.appended,
            accepted: self.outbox.last_accepted(),
        };
        records::put_cursor(self.id, &cursor)
    }

    pub(in crate::client) fn restore(
        &mut self,
        records: RoomRecords,
        context: &mut Context<'_>,
    ) -> Result<(), RecordError> {
        for (epoch, key) in records.keys {
            self.keyring.insert(epoch, key);
        }
        // A name that was changed where it lies is none: it is asked for again.
        let names = records.names.into_iter().filter(|(hash, name)| name.hash() == Some(*hash));
        for (hash, name) in names {
            self.names.insert(hash, name.name.clone());
            self.open_names.insert(hash, name);
        }
        self.waits = Waits::new(records.waits);
        for (seq, entry) in records.entries {
            self.take_entry(seq, &entry, None).map_err(|_| RecordError(records::entry_key(self.id, seq)))?;
        }
        if records.cursor.entries != self.log_hashes.len() {
            return Err(RecordError(records::cursor_key(self.id)));
        }
        (self.cursor.incarnation, self.cursor.seq) = (records.cursor.incarnation, records.cursor.seq);
        self.last_activity = records.cursor.last_activity;
        self.epoch_since = records.cursor.epoch_since.unwrap_or(self.epoch_since);
        self.appended = records.cursor.appended;
        self.ended = records.ended.or(self.ended);
        self.alarm = records.alarm;
        self.lives = records.lives;
        self.places = Places::new(records.places);
        self.senders = Senders::new(records.senders);
        if let Some(log) = &self.log {
            self.senders.prune(log.oldest_open_epoch());
        }
        self.locked = records.locked;
        // A key may have been saved last, before what it opens was looked at.
        self.learnt = true;
        self.read = records.read;
        self.invites.restore(records.invites);
        self.sharing.restore(records.given);
        self.wanted = Wishes::new(records.wishes);
        self.outbox.restore(records.outbox, records.cursor.accepted);
        self.outbox.show(context);
        Ok(())
    }
}
