//! Frames about people: who is there, and how far they have come. They are part of [`super::frames`].

use serde::{Deserialize, Serialize};

use crate::{
    ids::{DeviceId, RoomId, Seq},
    presence::{Availability, Presence},
    time::Timestamp,
};

/// There was real input at the client's computer. Sent at most every
/// [`ACTIVITY_INTERVAL_MS`](crate::presence::ACTIVITY_INTERVAL_MS). No answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {}

/// Who is there, of a room that the client has asked the stream of: everybody at first, then what has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomPresence {
    /// The room.
    pub room: RoomId,
    /// What was said of this room before no longer counts: here are all devices that are not offline, and of each person
    /// without one the device that was seen last.
    pub whole: bool,
    /// Each device once.
    pub changes: Vec<DevicePresence>,
}

/// What is shown of one device. Whose it is stands in the room's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DevicePresence {
    /// Which.
    pub device: DeviceId,
    /// How it is.
    pub state: Presence,
    /// When it was last connected and visible, of one that is offline.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_seen: Option<Timestamp>,
}

/// How far devices have come in a room that the client has asked the stream of: all at first, then what has changed.
/// Positions never go back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomPositions {
    /// The room.
    pub room: RoomId,
    /// Each device once.
    pub changes: Vec<DevicePosition>,
}

/// How far one device has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DevicePosition {
    /// Which.
    pub device: DeviceId,
    /// Up to here everything is stored on it.
    pub delivered: Seq,
    /// Up to here its owner has looked at it.
    pub read: Seq,
}

/// The account chose this, on this device or another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AvailabilityChosen {
    /// What it is now.
    pub availability: Availability,
}
