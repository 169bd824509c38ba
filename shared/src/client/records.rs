//! The names of what the core saves, and reading it back.
//!
//! | name | value |
//! |---|---|
//! | `room/{room}/message/{seq}` | a message of the stream, as it came, and what was made of it: [`read_message`] |
//! | `room/{room}/entry/{seq}` | an entry of the log, as it came |
//! | `room/{room}/cursor` | the last place of the stream that was taken: `CursorRecord` |
//! | `room/{room}/places/{number}` | when the last places were received: `room::places` |
//! | `room/{room}/sender/{device}` | how far a device's counters have come: `room::senders` |
//! | `room/{room}/locked/{epoch}` | where messages stand that wait for a key: `room::locked` |
//! | `room/{room}/key/{epoch}` | an epoch key |
//! | `room/{room}/outbox/{order}` | an own message that the stream has not shown yet |
//! | `room/{room}/name/{hash}` | a name beside the log |
//! | `room/{room}/invite/{invite}` | an open invite that this device made: `KeptInvite` |
//! | `room/{room}/given/{device}` | empty: a device that this one let in was given its keys |
//! | `room/{room}/read` | the last place looked at |
//! | `room/{room}/lives` | what is known of the lives of the service's database: `room::lives` |
//! | `room/{room}/alarm` | why the room stands still, until somebody has looked at it: `views::Alarm` |
//! | `room/{room}/wait/{entry}` | of an announced recovery, when it came here, and how much of the wait was seen: `recovery::witnessing` |
//! | `room/{room}/wishes` | what people want of its log and is not on its way yet: `room::wishes` |
//! | `room/{room}/ended` | how the room ended for this device, where the stream has not brought it: `room::Ending` |
//! | `mark/{device}` | when it was said here that somebody's computer has the keys that it should have: `comparing::Mark` |
//! | `said/{device}` | what the account says of one of its devices: `vouching::Said` |
//! | `left/{device}` | empty: the service has what `said/{device}` says |
//! | `append/{room}` | what is being added to a log |
//! | `kit/{room}` | a recovery kit that was made here and whose code is not written down yet: `recovery::kits` |
//! | `joining/{room}` | an invite link's secret |
//!
//! Numbers have twenty digits, so that names sort as the numbers do. A client opens without the messages: they are for the
//! host to show, and for [`super::Effect::Load`].

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

pub use super::stored::{StoredView, message_key, message_place, read_message, read_stored};
use super::{
    append::{Intent, PendingAppend},
    comparing::Mark,
    invites::KeptInvite,
    io::{Alarm, Change},
    outbox::OutboxEntry,
    recovery::{NewKit, Wait},
    room::{Ended, Ending, Lives, Locked, Portion, Sender},
    vouching::Said,
};
use crate::{
    crypto::{
        epoch::EpochKey,
        invite::InviteSecret,
        message::{LogHead, SenderPosition},
    },
    ids::{DeviceId, EntryHash, Epoch, Incarnation, InviteKey, NameHash, RoomId, Seq},
    log::SignedEntry,
    protocol::{codec, frames::OpenName},
    sorted::{SortedMap, SortedSet},
    time::Timestamp,
};

/// A saved record is damaged or of a newer version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("saved record {0} cannot be read")]
pub struct RecordError(pub String);

/// How far a room's stream was taken.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct CursorRecord {
    /// The life of the database that all places belong to.
    pub(super) incarnation: Incarnation,
    /// The last place.
    pub(super) seq: Seq,
    /// So many of the places hold entries of the log.
    pub(super) entries: usize,
    /// Where the newest message stands in time.
    pub(super) last_activity: Option<Timestamp>,
    /// When the service received the start of the current epoch, if the stream brought it.
    #[serde(default)]
    pub(super) epoch_since: Option<Timestamp>,
    /// This device's own last entry that the service says it took.
    #[serde(default)]
    pub(super) appended: Option<LogHead>,
    /// This device's last message that the service says it took.
    #[serde(default)]
    pub(super) accepted: Option<SenderPosition>,
}

/// What was saved of one room.
#[derive(Default)]
pub(super) struct RoomRecords {
    pub(super) entries: SortedMap<Seq, SignedEntry>,
    pub(super) cursor: CursorRecord,
    pub(super) places: SortedMap<u64, Portion>,
    pub(super) senders: SortedMap<DeviceId, Sender>,
    pub(super) locked: SortedMap<Epoch, Locked>,
    pub(super) keys: SortedMap<Epoch, EpochKey>,
    pub(super) outbox: SortedMap<u64, OutboxEntry>,
    pub(super) names: SortedMap<NameHash, OpenName>,
    pub(super) invites: SortedMap<InviteKey, KeptInvite>,
    pub(super) given: SortedSet<DeviceId>,
    pub(super) waits: SortedMap<EntryHash, Wait>,
    pub(super) wishes: VecDeque<Intent>,
    pub(super) read: Seq,
    pub(super) ended: Option<Ending>,
    pub(super) alarm: Option<Alarm>,
    pub(super) lives: Lives,
}

/// All that was saved.
#[derive(Default)]
pub(super) struct Saved {
    pub(super) rooms: SortedMap<RoomId, RoomRecords>,
    pub(super) joinings: SortedMap<RoomId, InviteSecret>,
    pub(super) appends: SortedMap<RoomId, PendingAppend>,
    pub(super) said: SortedMap<DeviceId, Said>,
    pub(super) marks: SortedMap<DeviceId, Mark>,
    pub(super) left: SortedSet<DeviceId>,
    pub(super) kits: SortedMap<RoomId, NewKit>,
}

impl Saved {
    pub(super) fn read(records: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, RecordError> {
        let mut saved = Self::default();
        for (key, value) in records {
            saved.add(&key, &value).ok_or(RecordError(key))?;
        }
        Ok(saved)
    }

    fn add(&mut self, key: &str, value: &[u8]) -> Option<()> {
        let parts: Vec<&str> = key.split('/').collect();
        match parts.as_slice() {
            ["room", room, rest @ ..] => {
                let room = self.rooms.entry(room.parse().ok()?).or_default();
                match rest {
                    ["message", _] => {}
                    ["entry", seq] => {
                        room.entries.insert(Seq(seq.parse().ok()?), codec::decode(value).ok()?);
                    }
                    ["cursor"] => room.cursor = codec::decode(value).ok()?,
                    ["places", number] => {
                        room.places.insert(number.parse().ok()?, codec::decode(value).ok()?);
                    }
                    ["sender", device] => {
                        room.senders.insert(device.parse().ok()?, codec::decode(value).ok()?);
                    }
                    ["locked", epoch] => {
                        room.locked.insert(Epoch(epoch.parse().ok()?), codec::decode(value).ok()?);
                    }
                    ["key", epoch] => {
                        room.keys.insert(Epoch(epoch.parse().ok()?), EpochKey::from_slice(value).ok()?);
                    }
                    ["outbox", order] => {
                        room.outbox.insert(order.parse().ok()?, codec::decode(value).ok()?);
                    }
                    ["name", hash] => {
                        room.names.insert(hash.parse().ok()?, codec::decode(value).ok()?);
                    }
                    ["invite", invite] => {
                        room.invites.insert(invite.parse().ok()?, codec::decode(value).ok()?);
                    }
                    ["given", device] => {
                        room.given.insert(device.parse().ok()?);
                    }
                    ["wait", entry] => {
                        room.waits.insert(entry.parse().ok()?, codec::decode(value).ok()?);
                    }
                    ["read"] => room.read = codec::decode(value).ok()?,
                    ["wishes"] => room.wishes = codec::decode(value).ok()?,
                    ["ended"] => room.ended = Some(codec::decode(value).ok()?),
                    ["lives"] => room.lives = codec::decode(value).ok()?,
                    ["alarm"] => room.alarm = Some(codec::decode(value).ok()?),
                    _ => return None,
                }
            }
            ["kit", room] => {
                self.kits.insert(room.parse().ok()?, codec::decode(value).ok()?);
            }
            ["append", room] => {
                self.appends.insert(room.parse().ok()?, codec::decode(value).ok()?);
            }
            ["said", device] => {
                self.said.insert(device.parse().ok()?, codec::decode(value).ok()?);
            }
            ["mark", device] => {
                self.marks.insert(device.parse().ok()?, codec::decode(value).ok()?);
            }
            ["left", device] => {
                self.left.insert(device.parse().ok()?);
            }
            ["joining", room] => {
                self.joinings.insert(room.parse().ok()?, InviteSecret::from_bytes(value.try_into().ok()?));
            }
            _ => return None,
        }
        Some(())
    }
}

/// What becomes of a record when its computer has other keys, if anything does.
pub(super) fn renewed(key: &str, value: &[u8]) -> Result<Option<Change>, RecordError> {
    let damaged = || RecordError(key.to_owned());
    let parts: Vec<&str> = key.split('/').collect();
    Ok(match parts.as_slice() {
        // The old keys signed it.
        ["append", _] => Some(Change::Delete { key: key.to_owned() }),
        ["room", _, "outbox", _] => {
            let entry: OutboxEntry = codec::decode(value).map_err(|_| damaged())?;
            Some(put(key.to_owned(), codec::encode(&entry.unsealed())))
        }
        ["room", _, "cursor"] => {
            let cursor: CursorRecord = codec::decode(value).map_err(|_| damaged())?;
            Some(put(key.to_owned(), codec::encode(&CursorRecord { accepted: None, ..cursor })))
        }
        ["room", _, "ended"] => {
            let ending: Ending = codec::decode(value).map_err(|_| damaged())?;
            (ending.how == Ended::Revoked).then(|| Change::Delete { key: key.to_owned() })
        }
        _ => None,
    })
}

pub(super) fn put_entry(room: RoomId, seq: Seq, entry: &SignedEntry) -> Change {
    put(entry_key(room, seq), codec::encode(entry))
}

pub(super) fn delete_entry(room: RoomId, seq: Seq) -> Change {
    Change::Delete { key: entry_key(room, seq) }
}

pub(super) fn put_lives(room: RoomId, lives: &Lives) -> Change {
    put(format!("room/{room}/lives"), codec::encode(lives))
}

pub(super) fn put_cursor(room: RoomId, cursor: &CursorRecord) -> Change {
    put(cursor_key(room), codec::encode(cursor))
}

pub(super) fn put_places(room: RoomId, number: u64, portion: &Portion) -> Change {
    put(places_key(room, number), codec::encode(portion))
}

pub(super) fn delete_places(room: RoomId, number: u64) -> Change {
    Change::Delete { key: places_key(room, number) }
}

pub(super) fn put_sender(room: RoomId, device: DeviceId, sender: &Sender) -> Change {
    put(format!("room/{room}/sender/{device}"), codec::encode(sender))
}

pub(super) fn put_locked(room: RoomId, epoch: Epoch, locked: &Locked) -> Change {
    put(locked_key(room, epoch), codec::encode(locked))
}

pub(super) fn delete_locked(room: RoomId, epoch: Epoch) -> Change {
    Change::Delete { key: locked_key(room, epoch) }
}

pub(super) fn put_key(room: RoomId, epoch: Epoch, key: &EpochKey) -> Change {
    put(format!("room/{room}/key/{:020}", epoch.0), key.expose().to_vec())
}

pub(super) fn put_outbox(room: RoomId, order: u64, entry: &OutboxEntry) -> Change {
    put(outbox_key(room, order), codec::encode(entry))
}

pub(super) fn delete_outbox(room: RoomId, order: u64) -> Change {
    Change::Delete { key: outbox_key(room, order) }
}

pub(super) fn put_name(room: RoomId, hash: NameHash, name: &OpenName) -> Change {
    put(format!("room/{room}/name/{hash}"), codec::encode(name))
}

pub(super) fn put_invite(room: RoomId, invite: InviteKey, kept: &KeptInvite) -> Change {
    put(format!("room/{room}/invite/{invite}"), codec::encode(kept))
}

pub(super) fn delete_invite(room: RoomId, invite: InviteKey) -> Change {
    Change::Delete { key: format!("room/{room}/invite/{invite}") }
}

pub(super) fn put_given(room: RoomId, device: DeviceId) -> Change {
    put(format!("room/{room}/given/{device}"), Vec::new())
}

pub(super) fn put_read(room: RoomId, read: Seq) -> Change {
    put(format!("room/{room}/read"), codec::encode(&read))
}

pub(super) fn put_wait(room: RoomId, announcement: EntryHash, wait: &Wait) -> Change {
    put(format!("room/{room}/wait/{announcement}"), codec::encode(wait))
}

pub(super) fn put_wishes(room: RoomId, wishes: &[&Intent]) -> Change {
    put(wishes_key(room), codec::encode(&wishes))
}

pub(super) fn delete_wishes(room: RoomId) -> Change {
    Change::Delete { key: wishes_key(room) }
}

pub(super) fn put_ended(room: RoomId, ending: &Ending) -> Change {
    put(ended_key(room), codec::encode(ending))
}

pub(super) fn delete_ended(room: RoomId) -> Change {
    Change::Delete { key: ended_key(room) }
}

pub(super) fn put_alarm(room: RoomId, alarm: Alarm) -> Change {
    put(alarm_key(room), codec::encode(&alarm))
}

pub(super) fn delete_alarm(room: RoomId) -> Change {
    Change::Delete { key: alarm_key(room) }
}

pub(super) fn put_said(device: DeviceId, said: &Said) -> Change {
    put(format!("said/{device}"), codec::encode(said))
}

pub(super) fn put_mark(device: DeviceId, mark: &Mark) -> Change {
    put(mark_key(device), codec::encode(mark))
}

pub(super) fn delete_mark(device: DeviceId) -> Change {
    Change::Delete { key: mark_key(device) }
}

pub(super) fn put_left(device: DeviceId) -> Change {
    put(left_key(device), Vec::new())
}

pub(super) fn delete_left(device: DeviceId) -> Change {
    Change::Delete { key: left_key(device) }
}

pub(super) fn put_append(room: RoomId, append: &PendingAppend) -> Change {
    put(format!("append/{room}"), codec::encode(append))
}

pub(super) fn delete_append(room: RoomId) -> Change {
    Change::Delete { key: format!("append/{room}") }
}

pub(super) fn put_kit(room: RoomId, kit: &NewKit) -> Change {
    put(format!("kit/{room}"), codec::encode(kit))
}

pub(super) fn delete_kit(room: RoomId) -> Change {
    Change::Delete { key: format!("kit/{room}") }
}

/// An invite's secret inside a saved record, which the host encrypts at rest.
pub(super) mod invite_secret {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    use crate::{crypto::invite::InviteSecret, protocol::bytes::Blob};

    pub(in crate::client) fn serialize<S: Serializer>(secret: &InviteSecret, serializer: S) -> Result<S::Ok, S::Error> {
        Blob(secret.expose().to_vec()).serialize(serializer)
    }

    pub(in crate::client) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<InviteSecret, D::Error> {
        let bytes = Blob::deserialize(deserializer)?;
        let bytes = bytes.0.as_slice().try_into().map_err(|_| de::Error::custom("not 32 bytes"))?;
        Ok(InviteSecret::from_bytes(bytes))
    }
}

pub(super) fn put_joining(room: RoomId, secret: &InviteSecret) -> Change {
    put(format!("joining/{room}"), secret.expose().to_vec())
}

pub(super) fn delete_joining(room: RoomId) -> Change {
    Change::Delete { key: format!("joining/{room}") }
}

pub(super) fn entry_key(room: RoomId, seq: Seq) -> String {
    format!("room/{room}/entry/{:020}", seq.0)
}

pub(super) fn cursor_key(room: RoomId) -> String {
    format!("room/{room}/cursor")
}

fn mark_key(device: DeviceId) -> String {
    format!("mark/{device}")
}

fn wishes_key(room: RoomId) -> String {
    format!("room/{room}/wishes")
}

fn left_key(device: DeviceId) -> String {
    format!("left/{device}")
}

fn ended_key(room: RoomId) -> String {
    format!("room/{room}/ended")
}

fn alarm_key(room: RoomId) -> String {
    format!("room/{room}/alarm")
}

fn places_key(room: RoomId, number: u64) -> String {
    format!("room/{room}/places/{number:020}")
}

fn locked_key(room: RoomId, epoch: Epoch) -> String {
    format!("room/{room}/locked/{:020}", epoch.0)
}

fn outbox_key(room: RoomId, order: u64) -> String {
    format!("room/{room}/outbox/{order:020}")
}

fn put(key: String, value: Vec<u8>) -> Change {
    Change::Put { key, value }
}
