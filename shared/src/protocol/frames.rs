//! Frames on the WebSocket. Each is a map with one key, the frame's kind: `{"send": {...}}`. A client ignores kinds that it
//! does not know, the service refuses them ([`ErrorCode::UnknownFormat`]): see [`super::codec::decode_frame`].

use serde::{Deserialize, Serialize};

pub use super::approvals::{ApprovalOutcome, ApprovalSettled, ApprovalWanted};
pub use super::people::{Activity, AvailabilityChosen, DevicePosition, DevicePresence, RoomPositions, RoomPresence};
pub use super::statements::{Newcomer, Said};
use super::{bytes::Blob, error::ErrorCode};
use crate::{
    crypto::message::{Cursor, LogHead, SealedMessage},
    ids::{DeviceId, Epoch, Incarnation, LogIndex, MessageId, RoomId, Seq},
    log::SignedEntry,
    presence::Availability,
    time::Timestamp,
};

/// From a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFrame {
    /// A message for a room. Answered by [`ServerFrame::Accepted`] or [`ServerFrame::Refused`].
    Send(Send),
    /// Asks for the stream after a place; once caught up, live items follow by themselves. Answered by
    /// [`ServerFrame::Page`] or [`ServerFrame::SyncRefused`]. A client asks for the next page when it has stored this one.
    Sync(Sync),
    /// Everything up to a place is stored here (delivered) or was looked at (read). Positions never go back. No answer.
    Ack(Ack),
    /// There was real input. No answer.
    Activity(Activity),
    /// Are you there? Answered by [`ServerFrame::Pong`]. For clients that are not told of WebSocket's own pings.
    Ping(Ping),
}

/// See [`ClientFrame::Send`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Send {
    /// The room; the header names it too, and both must agree.
    pub room: RoomId,
    /// Which attempt this is: from 0 on each connection, rising by one whenever the client begins again with the first
    /// message that it has no answer for. When one message of an attempt was refused with
    /// [`ErrorCode::RetryLater`], the rest of that attempt is too, so that none overtakes another.
    pub attempt: u64,
    /// The sealed message.
    pub message: SealedMessage,
}

/// See [`ClientFrame::Sync`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sync {
    /// The room.
    pub room: RoomId,
    /// The last place that the client has; (0, 0) for none.
    pub after: Cursor,
}

/// See [`ClientFrame::Ack`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// The room.
    pub room: RoomId,
    /// Stored on this device, readable or not.
    pub delivered: Seq,
    /// Looked at by the person.
    pub read: Seq,
}

/// See [`ClientFrame::Ping`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ping {}

/// From the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerFrame {
    /// The first frame of every connection.
    Welcome(Welcome),
    /// Part of a room's stream, in order and without gap after the place that was asked for.
    Page(Page),
    /// The stream cannot be had.
    SyncRefused(SyncRefused),
    /// A new item of a room that the client is caught up with; always the one after the last.
    Item(Item),
    /// A message is committed and synced to disk.
    Accepted(Accepted),
    /// A message was not taken.
    Refused(Refused),
    /// The account is in a room that was not in [`Welcome::rooms`].
    RoomAdded(RoomAdded),
    /// Who is there, in a room.
    Presence(RoomPresence),
    /// How far devices have come, in a room.
    Positions(RoomPositions),
    /// The account's own availability, when it was chosen anew.
    Availability(AvailabilityChosen),
    /// A frame could not be used; the connection goes on, or closes after it.
    Error(FrameError),
    /// Devices of a room lack keys that this one may have: it hands them on by `POST /rooms/{room}/keys`, as far as it has
    /// them and its own log entitles the others. No other answer.
    KeysWanted(KeysWanted),
    /// Somebody handed on keys that this device may lack: it asks for them by `GET /rooms/{room}/keys`.
    KeysAdded(KeysAdded),
    /// Which devices of a room lack the key of its current epoch, as far as the service knows: to owners and admins, and to those
    /// devices; again when that has changed.
    Lacking(Lacking),
    /// Another computer of the account asks to be approved. Answered by `POST /approvals/{device}`.
    ApprovalWanted(ApprovalWanted),
    /// A question of a computer is over, another's or this one's.
    ApprovalSettled(ApprovalSettled),
    /// Goes before the answer to a [`ClientFrame::Sync`] that named a place of another life of the database.
    Restored(Restored),
    /// The answer to [`ClientFrame::Ping`].
    Pong(Pong),
    /// Of requests for recovery in a room, one that concerns this account is new, or has come further: it asks by
    /// `GET /rooms/{room}/recovery-requests`. Also to devices that the room's log does not entitle.
    RecoveryNews(RecoveryNews),
    /// What an account says of one of its devices, for rooms that have not heard it. No answer.
    Said(Said),
}

/// See [`ServerFrame::Pong`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pong {}

/// See [`ServerFrame::Welcome`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// Protocol version of the server.
    pub version: u16,
    /// The server's clock; clients correct theirs by it.
    pub time: Timestamp,
    /// The device that this connection speaks for.
    pub device: DeviceId,
    /// The rooms of the device's account.
    pub rooms: Vec<RoomId>,
    /// What the account chose to be.
    #[serde(default)]
    pub availability: Availability,
}

/// See [`ServerFrame::Page`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The room.
    pub room: RoomId,
    /// Life of the database that the items' places belong to.
    pub incarnation: Incarnation,
    /// The items, ascending.
    pub items: Vec<StreamItem>,
    /// There is more: ask again after the last item.
    pub more: bool,
    /// The newest place in the stream when the page was read.
    pub head: Seq,
}

/// See [`ServerFrame::Restored`]: the database was put back to an older copy of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// The room.
    pub room: RoomId,
    /// The life that the database is in.
    pub incarnation: Incarnation,
    /// The last place, up to the one that was named, that this life has. Those between are lost at the service.
    pub kept: Seq,
}

/// See [`ServerFrame::SyncRefused`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRefused {
    /// The room.
    pub room: RoomId,
    /// Why.
    pub code: ErrorCode,
    /// When to try again, for [`ErrorCode::RetryLater`]; milliseconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after_ms: Option<u64>,
}

/// See [`ServerFrame::Item`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The room.
    pub room: RoomId,
    /// Life of the database that the item's place belongs to.
    pub incarnation: Incarnation,
    /// The item.
    pub item: StreamItem,
}

/// One place in a room's stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamItem {
    /// The place.
    pub seq: Seq,
    /// The service's clock when it took the item.
    pub received_at: Timestamp,
    /// What stands there.
    pub content: StreamContent,
}

/// What can stand in a room's stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamContent {
    /// A message.
    Message(SealedMessage),
    /// An entry of the room's log.
    Log(SignedEntry),
}

/// See [`ServerFrame::Accepted`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The room.
    pub room: RoomId,
    /// The message's name.
    pub message_id: MessageId,
    /// Life of the database that `seq` belongs to.
    pub incarnation: Incarnation,
    /// Its place in the stream.
    pub seq: Seq,
}

/// See [`ServerFrame::Refused`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The room.
    pub room: RoomId,
    /// The message's name.
    pub message_id: MessageId,
    /// Why.
    pub code: ErrorCode,
    /// When to try again, for [`ErrorCode::RetryLater`]; milliseconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after_ms: Option<u64>,
}

/// See [`ServerFrame::RoomAdded`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomAdded {
    /// The room.
    pub room: RoomId,
}

/// See [`ServerFrame::KeysWanted`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysWanted {
    /// The room.
    pub room: RoomId,
    /// The room's current epoch, as the service has it.
    pub epoch: Epoch,
    /// Entitled devices for which the service has no envelope of that epoch.
    pub devices: Vec<DeviceId>,
    /// Where history is shared: epochs whose key does not lie beside the start of the next.
    pub links: Vec<Epoch>,
}

/// See [`ServerFrame::KeysAdded`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysAdded {
    /// The room.
    pub room: RoomId,
}

/// See [`ServerFrame::Lacking`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lacking {
    /// The room.
    pub room: RoomId,
    /// Its current epoch.
    pub epoch: Epoch,
    /// Entitled devices for which the service has no envelope of it, at most [`super::limits::WANTED_KEYS`]; none any more.
    pub devices: Vec<DeviceId>,
}

/// See [`ServerFrame::RecoveryNews`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryNews {
    /// The room.
    pub room: RoomId,
}

/// See [`ServerFrame::Error`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameError {
    /// Why.
    pub code: ErrorCode,
    /// The server closes the connection after this frame.
    pub closing: bool,
}

/// The newest entry and place of a room, as the service has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoomHead {
    /// Newest log entry.
    pub log: LogHead,
    /// Newest place in the stream.
    pub seq: Seq,
}

/// A name that stands in a log as its hash: SHA-256(`random` || `name`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenName {
    /// 32 random bytes.
    pub random: Blob,
    /// UTF-8.
    pub name: String,
}

/// The log entries of an append, by place: what the service committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommittedEntry {
    /// Place in the log.
    pub index: LogIndex,
    /// Place in the stream.
    pub seq: Seq,
}
