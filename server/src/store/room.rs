//! A room's part of a transaction: its messages, appends and keys handed on, in the order they were handed in, under the lock on its row.
//!
//! What there is to know is read first; then each write is decided in memory, so that a refusal costs nothing and what one
//! write did the next one sees. The rows go to the database together at the end.

use std::collections::HashMap;

use diesel::Connection as _;
use igoon_shared::{
    crypto::message::LogHead,
    ids::{DeviceId, Epoch, Incarnation, LogIndex, MessageId, RoomId, Seq},
    protocol::{error::SessionEnd, frames::CommittedEntry},
};

use super::{
    Connection, StoreError,
    batch::RoomTask,
    db::models::{
        invites, keys, members,
        members::RoomDevice,
        names, recoveries, recovery_requests,
        rooms::{self, Room},
        sessions,
        stream::{self, Named, NewItem},
    },
    ops::{AppendOutcome, KeysOutcome, MessageOutcome, NewAppend, NewKeys, NewMessage},
};

/// Does a room's writes and notes their outcomes, which count once the transaction is committed; the number of rows in the
/// room's stream.
pub(super) fn write(
    connection: &mut Connection,
    incarnation: Incarnation,
    room: RoomId,
    tasks: &mut [RoomTask],
) -> Result<usize, StoreError> {
    let wanted: Vec<_> = tasks
        .iter()
        .filter_map(|task| match task {
            RoomTask::Message(pending) => Some((pending.new.device, pending.new.message_id)),
            RoomTask::Append(_) | RoomTask::Keys(_) => None,
        })
        .collect();
    let mut locked = LockedRoom::lock(connection, incarnation, room, &wanted)?;
    for task in tasks {
        match task {
            RoomTask::Message(pending) => {
                let new: &NewMessage = &pending.new;
                let outcome = locked.as_mut().map_or(MessageOutcome::NotEntitled, |locked| locked.message(new));
                pending.outcome = Some(own_commit(pending.outcome, outcome));
            }
            RoomTask::Append(pending) => {
                let new: &NewAppend = &pending.new;
                let made = match (&locked, new.after, new.entries.last()) {
                    (None, None, Some(last)) => {
                        let log = LogHead { index: last.index, hash: last.hash };
                        let made = rooms::create(connection, room, log, new.received_at)?;
                        locked = LockedRoom::lock(connection, incarnation, room, &wanted)?;
                        made
                    }
                    _ => false,
                };
                pending.outcome = Some(match &mut locked {
                    Some(locked) => locked.append(connection, new, made)?,
                    None => AppendOutcome::Failed,
                });
            }
            RoomTask::Keys(pending) => {
                pending.outcome = Some(match &locked {
                    Some(locked) => locked.keys(connection, &pending.new)?,
                    None => KeysOutcome::NotEntitled,
                });
            }
        }
    }
    locked.map_or(Ok(0), |locked| locked.finish(connection))
}

/// After a commit without an answer, finding a message where that commit would have put it means that it was this very one:
/// then it is new to everybody, and not repeated.
fn own_commit(before: Option<MessageOutcome>, now: MessageOutcome) -> MessageOutcome {
    match (before, now) {
        (Some(MessageOutcome::Committed { seq: there, .. }), MessageOutcome::Repeated { incarnation, seq })
            if there == seq =>
        {
            MessageOutcome::Committed { incarnation, seq }
        }
        _ => now,
    }
}

/// A room whose row is locked, and what its writes need to know.
struct LockedRoom<'t> {
    row: Room,
    incarnation: Incarnation,
    /// The senders that occur.
    devices: HashMap<DeviceId, RoomDevice>,
    /// The messages that occur and stand in the stream, or will.
    named: HashMap<(i64, MessageId), Named>,
    /// Items that are not written yet.
    items: Vec<NewItem<'t>>,
    rows: usize,
    changed: bool,
}

impl<'t> LockedRoom<'t> {
    fn lock(
        connection: &mut Connection,
        incarnation: Incarnation,
        room: RoomId,
        wanted: &[(DeviceId, MessageId)],
    ) -> Result<Option<Self>, StoreError> {
        let Some(row) = rooms::lock(connection, room)? else { return Ok(None) };
        let mut by_device: HashMap<DeviceId, Vec<MessageId>> = HashMap::new();
        for (device, id) in wanted {
            by_device.entry(*device).or_default().push(*id);
        }
        let senders: Vec<DeviceId> = by_device.keys().copied().collect();
        let devices = members::devices(connection, row.number, &senders)?;
        let mut named = HashMap::new();
        for (device, RoomDevice { number, .. }) in &devices {
            let ids = by_device.get(device).map_or(&[][..], Vec::as_slice);
            let found = stream::named(connection, *number, ids)?;
            named.extend(found.into_iter().map(|(id, place)| ((*number, id), place)));
        }
        Ok(Some(Self { row, incarnation, devices, named, items: Vec::new(), rows: 0, changed: false }))
    }

    /// Duplicates are answered before permission and epoch are looked at.
    fn message(&mut self, new: &'t NewMessage) -> MessageOutcome {
        let Some(sender) = self.devices.get(&new.device).copied() else { return MessageOutcome::NotEntitled };
        let name = (sender.number, new.message_id);
        let incarnation = self.incarnation;
        match self.named.get(&name) {
            Some(named) if named.hash == new.content_hash => {
                return MessageOutcome::Repeated { incarnation, seq: named.seq };
            }
            Some(_) => return MessageOutcome::NameTaken,
            None => {}
        }
        if !sender.entitled {
            return MessageOutcome::NotEntitled;
        }
        if new.epoch == Epoch(0) || new.epoch < self.row.oldest_open_epoch || new.epoch > self.row.current_epoch {
            return MessageOutcome::EpochClosed;
        }
        let seq = self.next_place();
        self.named.insert(name, Named { seq, hash: new.content_hash });
        self.items.push(NewItem::message(self.row.number, seq, sender.number, new));
        MessageOutcome::Committed { incarnation, seq }
    }

    /// `made`: the room's row was made for this append.
    fn append(
        &mut self,
        connection: &mut Connection,
        new: &'t NewAppend,
        made: bool,
    ) -> Result<AppendOutcome, StoreError> {
        if !made && new.after != Some(self.row.log) {
            self.write_items(connection)?;
            let there = stream::committed(connection, self.row.number, &new.entries)?;
            return Ok(match there {
                Some(entries) => AppendOutcome::Committed(self.incarnation, entries),
                None => AppendOutcome::Conflict(self.row.head()),
            });
        }
        let Some(log) = new_head(new) else {
            tracing::error!("an append whose entries do not follow one another was handed to the store");
            return Ok(AppendOutcome::Failed);
        };
        let room = self.row.number;
        match connection.transaction(|connection| write_beside(connection, room, new)) {
            Ok(()) => {}
            // The room's row must go too, or others of the batch would find it empty.
            Err(error) if made => return Err(error),
            Err(error @ StoreError::Database(_)) => return Err(error),
            Err(error) => {
                tracing::error!(%error, "an append that cannot be written was handed to the store");
                return Ok(AppendOutcome::Failed);
            }
        }
        let devices: Vec<DeviceId> = new.devices.iter().map(|row| row.device).collect();
        self.devices.extend(members::devices(connection, room, &devices)?);
        let mut entries = Vec::with_capacity(new.entries.len());
        for entry in &new.entries {
            let seq = self.next_place();
            self.items.push(NewItem::entry(room, seq, entry, new.received_at));
            entries.push(CommittedEntry { index: entry.index, seq });
        }
        self.row.log = log;
        self.row.current_epoch = new.current_epoch;
        self.row.oldest_open_epoch = new.oldest_open_epoch;
        Ok(AppendOutcome::Committed(self.incarnation, entries))
    }

    /// Whoever is no longer entitled is neither given keys nor gives any.
    fn keys(&self, connection: &mut Connection, new: &NewKeys) -> Result<KeysOutcome, StoreError> {
        let mut parties: Vec<DeviceId> = new.envelopes.iter().map(|(recipient, ..)| *recipient).collect();
        parties.extend(new.giver);
        parties.sort_unstable();
        parties.dedup();
        let room = self.row.number;
        let known = members::devices(connection, room, &parties)?;
        if !parties.iter().all(|device| known.get(device).is_some_and(|device| device.entitled)) {
            return Ok(KeysOutcome::NotEntitled);
        }
        if !new.envelopes.is_empty() {
            keys::add_envelopes(connection, room, &new.envelopes)?;
        }
        for link in &new.links {
            keys::add_link(connection, room, link)?;
        }
        Ok(KeysOutcome::Committed)
    }

    fn next_place(&mut self) -> Seq {
        self.changed = true;
        self.row.head_seq = self.row.head_seq.next().max(self.incarnation.first_place());
        self.row.head_seq
    }

    fn write_items(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        stream::insert(connection, &self.items)?;
        self.rows += self.items.len();
        self.items.clear();
        Ok(())
    }

    fn finish(mut self, connection: &mut Connection) -> Result<usize, StoreError> {
        self.write_items(connection)?;
        if self.changed {
            rooms::write_back(connection, &self.row)?;
        }
        Ok(self.rows)
    }
}

/// The log's head after an append; `None` when its entries do not follow one another, or what they should.
fn new_head(new: &NewAppend) -> Option<LogHead> {
    let mut next = new.after.map_or(LogIndex(0), |after| after.index.next());
    for entry in &new.entries {
        if entry.index != next {
            return None;
        }
        next = next.next();
    }
    new.entries.last().map(|last| LogHead { index: last.index, hash: last.hash })
}

/// What an append brings besides its entries. Devices come first: envelopes point at them, as sealed keys do at invites.
fn write_beside(connection: &mut Connection, room: i64, new: &NewAppend) -> Result<(), StoreError> {
    for member in &new.members {
        members::put(connection, room, member)?;
    }
    for device in &new.devices {
        members::put_device(connection, room, device)?;
    }
    invites::erase_expired_keys(connection, room, new.received_at)?;
    if new.erase_invite_keys {
        invites::erase_keys(connection, room)?;
    }
    for invite in &new.invites {
        invites::put(connection, room, invite)?;
    }
    for recovery in &new.recoveries {
        recoveries::add(connection, room, recovery)?;
    }
    for device in &new.announced {
        recovery_requests::announced(connection, room, *device)?;
    }
    for device in &new.replaced {
        sessions::shut_out(connection, *device, SessionEnd::Replaced, new.received_at)?;
    }
    for name in &new.names {
        names::add(connection, room, name)?;
    }
    if !new.envelopes.is_empty() {
        keys::add_envelopes(connection, room, &new.envelopes)?;
    }
    if let Some(link) = &new.link {
        keys::add_link(connection, room, link)?;
    }
    if let Some(key) = &new.invite_key {
        invites::put_sealed_key(connection, room, key)?;
    }
    Ok(())
}
