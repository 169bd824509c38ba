//! What the rest of the server asks of the store, and what it answers: plain values, no SQL.

use igoon_shared::{
    crypto::{
        envelope::Envelope,
        message::{LogHead, SealedMessage},
    },
    ids::{AccountId, DeviceId, EntryHash, Epoch, Incarnation, InviteKey, LogIndex, MessageId, RoomId, Seq},
    log::{Role, SignedEntry},
    protocol::{
        frames::{CommittedEntry, OpenName, RoomHead},
        http::{EpochLink, InviteSealedKey},
    },
    time::Timestamp,
};

/// A write that belongs to one room; those of a room are done in the order they were handed in.
pub enum RoomOp {
    /// Put a message into the stream.
    Message(NewMessage, Reply<MessageOutcome>),
    /// Append to the log.
    Append(Box<NewAppend>, Reply<AppendOutcome>),
    /// Lay keys that others lack beside the log.
    Keys(NewKeys, Reply<KeysOutcome>),
}

/// Called on the writer's thread once the outcome is committed (or is known never to be). It must not block.
pub type Reply<T> = Box<dyn FnOnce(T) + Send>;

/// A message that passed the Room's checks.
pub struct NewMessage {
    /// The sending device, as its connection is authenticated.
    pub device: DeviceId,
    /// The message's name.
    pub message_id: MessageId,
    /// The epoch that its header names.
    pub epoch: Epoch,
    /// [`SealedMessage::content_hash`].
    pub content_hash: [u8; 32],
    /// The message itself.
    pub message: SealedMessage,
    /// When the service took it.
    pub received_at: Timestamp,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageOutcome {
    /// Committed now.
    Committed {
        /// Life of the database.
        incarnation: Incarnation,
        /// Its place.
        seq: Seq,
    },
    /// The same bytes were committed before; answered before epoch or permission is looked at.
    Repeated {
        /// Life of the database.
        incarnation: Incarnation,
        /// Its place.
        seq: Seq,
    },
    /// Other bytes stand under this name.
    NameTaken,
    /// The device is not entitled, or the room does not exist.
    NotEntitled,
    /// The epoch is closed or has not begun.
    EpochClosed,
    /// The database failed; nothing was committed, or it is not known: the client sends the same bytes again.
    Failed,
}

/// A log append that passed the Room's checks, with everything that is committed together with it.
pub struct NewAppend {
    /// The head that the entries continue; `None` when they make the room.
    pub after: Option<LogHead>,
    /// The entries.
    pub entries: Vec<NewEntry>,
    /// The newest epoch afterwards.
    pub current_epoch: Epoch,
    /// The oldest open epoch afterwards.
    pub oldest_open_epoch: Epoch,
    /// Members that are new, changed or gone.
    pub members: Vec<MemberRow>,
    /// Devices that are new or changed.
    pub devices: Vec<RoomDeviceRow>,
    /// Invites that are new or changed.
    pub invites: Vec<InviteRow>,
    /// Recoveries for which the service has something to do.
    pub recoveries: Vec<RecoveryRow>,
    /// Devices of which it says that they are let in when a wait is over: what they asked is announced.
    pub announced: Vec<DeviceId>,
    /// Devices in whose place others were let in: nobody is signed in on them any more.
    pub replaced: Vec<DeviceId>,
    /// No key lies beside an invite any more: newcomers may not have the current one.
    pub erase_invite_keys: bool,
    /// Envelopes, each with the device and epoch it is for; the wrapping device is read from its context.
    pub envelopes: Vec<(DeviceId, Epoch, Envelope)>,
    /// The link to the epoch before.
    pub link: Option<EpochLink>,
    /// Names beside the log.
    pub names: Vec<OpenName>,
    /// The key beside an invite.
    pub invite_key: Option<InviteSealedKey>,
    /// When the service took it.
    pub received_at: Timestamp,
}

/// One entry of an append.
pub struct NewEntry {
    /// Its place in the log.
    pub index: LogIndex,
    /// Its hash.
    pub hash: EntryHash,
    /// Its bytes.
    pub entry: SignedEntry,
}

/// What became of an append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppendOutcome {
    /// Committed: now, or these very entries stood there already, and this is where. Who keeps a fold of the log goes by
    /// the entries' indexes.
    Committed(Incarnation, Vec<CommittedEntry>),
    /// The log's head is another one by now.
    Conflict(RoomHead),
    /// The database failed; nothing was committed, or it is not known: the client repeats it. Also when what was handed in
    /// cannot be: entries that do not follow one another, an envelope for a device that the log does not have, an append
    /// to a room that does not exist.
    Failed,
}

/// Keys handed on, that passed the Room's checks.
pub struct NewKeys {
    /// Who hands them on; absent: the service, by a recovery.
    pub giver: Option<DeviceId>,
    /// Envelopes, each with the device and epoch it is for.
    pub envelopes: Vec<(DeviceId, Epoch, Envelope)>,
    /// Links to the epochs before.
    pub links: Vec<EpochLink>,
}

/// What became of keys handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeysOutcome {
    /// They are there: those that were before stay as they were.
    Committed,
    /// The giver or a recipient is not entitled, or the room does not exist; nothing was committed.
    NotEntitled,
    /// The database failed; nothing was committed, or it is not known: the client repeats it.
    Failed,
}

/// A member as the log has it; lets queries find an account's rooms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRow {
    /// Who.
    pub account: AccountId,
    /// What they may do; `None` once they are out.
    pub role: Option<Role>,
}

/// A device as the log has it, or who holds the room's recovery keys, which is never entitled; checked again in the transaction
/// that commits a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomDeviceRow {
    /// Which.
    pub device: DeviceId,
    /// Whose.
    pub account: AccountId,
    /// It may write and is given keys.
    pub entitled: bool,
}

/// An invite as the log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteRow {
    /// Which.
    pub invite: InviteKey,
    /// How many more may join by it.
    pub uses_left: u32,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A recovery for which the service has something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryRow {
    /// The approval or announcement.
    pub entry: EntryHash,
    /// Not before.
    pub due_at: Timestamp,
}

/// A device's place in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionRow {
    /// The room.
    pub room: RoomId,
    /// The device.
    pub device: DeviceId,
    /// Stored on the device.
    pub delivered: Seq,
    /// Looked at.
    pub read: Seq,
}
