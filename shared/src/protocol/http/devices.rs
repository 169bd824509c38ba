//! The computers of an account.

use core::{net::IpAddr, num::NonZeroU16};

use serde::{Deserialize, Serialize};

use super::SecretText;
use crate::{
    crypto::bundle::SignedBundle,
    ids::{DeviceId, InstallationId, RoomId, Seq},
    presence::Availability,
    time::Timestamp,
};

/// `PUT /device`, signed in: registers the keys of the session's installation. Answer: [`DeviceRegistered`]. The same keys
/// again change platform and address; the name stays as it is until [`RenameDevice`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RegisterDevice {
    /// The signed public keys; account and installation must be the session's.
    pub bundle: SignedBundle,
    /// What its owner calls the computer.
    pub name: String,
    /// Operating system and browser or app, for people.
    pub platform: String,
    /// Where it listens on its own network; browsers do not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<LocalAddress>,
}

/// `PUT /device/address`, signed in with a registered device: where it listens on its own network now. Answer: 204.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveDevice {
    /// `None`: nowhere.
    pub address: Option<LocalAddress>,
}

/// Where a device listens for others on its own network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LocalAddress {
    /// Its address there.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub ip: IpAddr,
    /// TCP port.
    #[cfg_attr(feature = "openapi", schema(value_type = u16, minimum = 1))]
    pub port: NonZeroU16,
}

/// `PATCH /devices/{device}`, signed in, for a device of the own account: what it is called. Answer: 204. What rooms show
/// changes when a device appends the new name to their logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RenameDevice {
    /// The new name.
    pub name: String,
}

/// `PUT /availability`, signed in: what the account wants to be to others, on all its devices. Answer: 204, once it is on
/// disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChooseAvailability {
    /// From now on.
    pub availability: Availability,
}

/// `GET /devices`, signed in: all that is kept about the devices of the own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Devices {
    /// In the order in which they were registered.
    pub devices: Vec<DeviceInfo>,
}

/// A device of the own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceInfo {
    /// Which.
    pub device: DeviceId,
    /// The copy of the app.
    pub installation: InstallationId,
    /// What its owner calls it.
    pub name: String,
    /// Operating system and browser or app.
    pub platform: String,
    /// Where it listens on its own network.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<LocalAddress>,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// When there was real input the last time.
    pub last_activity: Timestamp,
    /// When it was connected the last time: now, if it is.
    pub last_seen: Timestamp,
    /// What the account chose to be.
    pub availability: Availability,
    /// It is connected.
    pub connected: bool,
    /// It is the asking one.
    pub current: bool,
    /// One of its sessions holds.
    pub signed_in: bool,
    /// How far it has come in its rooms.
    pub positions: Vec<RoomPosition>,
}

/// How far a device has come in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoomPosition {
    /// The room.
    pub room: RoomId,
    /// Up to here everything is stored on it.
    pub delivered: Seq,
    /// Up to here its owner has looked at it.
    pub read: Seq,
}

/// Answer to [`RegisterDevice`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceRegistered {
    /// The device's id.
    pub device: DeviceId,
}

/// `POST /socket-ticket`, signed in with a registered device: lets a client without cookies open one WebSocket within 30
/// seconds, as second subprotocol `igoon.ticket.{ticket}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SocketTicket {
    /// 256 random bits, base64url.
    pub ticket: SecretText,
}
