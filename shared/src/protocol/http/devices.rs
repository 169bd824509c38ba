//! The computers of an account.

use serde::{Deserialize, Serialize};

use super::SecretText;
use crate::{crypto::bundle::SignedBundle, ids::DeviceId};

/// `PUT /device`, signed in: registers the keys of the session's installation. Answer: [`DeviceRegistered`].
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
