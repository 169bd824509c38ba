//! Bodies of the JSON API under `/api/v1`. Each says its method, path and who may call it. A refusal is an
//! [`super::error::ErrorBody`] with status 4xx or 5xx.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::{
    bytes::Blob,
    frames::{CommittedEntry, OpenName, RoomHead},
};
use crate::{
    crypto::{bundle::SignedBundle, envelope::Envelope, epoch::SealedKey},
    ids::{AccountId, DeviceId, Epoch, Incarnation, InstallationId, InviteKey, LogIndex, RoomId},
    log::SignedEntry,
    time::Timestamp,
};

/// Where the API begins.
pub const API: &str = "/api/v1";

/// Text that must not be printed: a password, a code, a token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// Wraps it.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(redacted)")
    }
}

/// `GET /server`, anybody: what a page needs before anybody is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerInfo {
    /// The program's version.
    pub version: String,
    /// Nobody has an account yet: the set-up code makes the first.
    pub needs_setup: bool,
    /// The server's clock.
    pub time: Timestamp,
}

/// How the session token travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionTransport {
    /// As an HttpOnly cookie, for browsers.
    Cookie,
    /// In the answer, to be sent as `Authorization: Bearer`, for apps with a key store of their own.
    Bearer,
}

/// `POST /setup`, anybody with the set-up code: makes the first account, which owns the server. Answer: [`SignedIn`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// The one-time code that the server printed.
    pub code: SecretText,
    /// The new account.
    pub account: NewAccount,
}

/// Handle, password and where they are entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// What others see and mention.
    pub handle: String,
    /// At least ten characters.
    pub password: SecretText,
    /// This copy of the app.
    pub installation: InstallationId,
    /// How the session token should travel.
    pub session: SessionTransport,
}

/// `POST /sign-up`, anybody with an invite link. Answer: [`SignedIn`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// Shows that the caller holds the link.
    pub invite: InviteProof,
    /// The new account.
    pub account: NewAccount,
}

/// Shows the service that a caller holds an invite's secret, without the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InviteProof {
    /// The room.
    pub room: RoomId,
    /// The invite.
    pub invite: InviteKey,
    /// This copy of the app.
    pub installation: InstallationId,
    /// [`crate::crypto::invite::InviteSecret::sign_use`].
    pub signature: Blob,
}

/// `POST /sign-in`, anybody. Answer: [`SignedIn`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The account's handle.
    pub handle: String,
    /// Its password.
    pub password: SecretText,
    /// This copy of the app.
    pub installation: InstallationId,
    /// How the session token should travel.
    pub session: SessionTransport,
}

/// Answer to set-up, sign-up and sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The account.
    pub account: AccountId,
    /// The session token, where [`SessionTransport::Bearer`] was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub token: Option<SecretText>,
}

/// `GET /me`, signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The account.
    pub account: AccountId,
    /// Its handle.
    pub handle: String,
    /// It was made with the set-up code.
    pub server_owner: bool,
    /// The installation that the session was made for.
    pub installation: InstallationId,
    /// The device that the session speaks for, once registered.
    pub device: Option<DeviceId>,
    /// The account's rooms.
    pub rooms: Vec<RoomId>,
}

/// `PUT /device`, signed in: registers the keys of the session's installation. Answer: [`DeviceRegistered`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
pub struct DeviceRegistered {
    /// The device's id.
    pub device: DeviceId,
}

/// `POST /socket-ticket`, signed in with a registered device: lets a client without cookies open one WebSocket within 30
/// seconds, as second subprotocol `igoon.ticket.{ticket}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketTicket {
    /// 256 random bits, base64url.
    pub ticket: SecretText,
}

/// `POST /rooms`, the server owner's device: makes a room (the first entry is `created`, the second starts epoch 1).
/// `POST /rooms/{room}/log`, an entitled device, or with an invite's signature a newcomer: appends to its log.
/// All or nothing; a repeated append is answered as the first time. Answer: [`Appended`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Append {
    /// Entries in order, at least one.
    pub entries: Vec<SignedEntry>,
    /// If an epoch starts: one for each device that the log then entitles.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub envelopes: Vec<Envelope>,
    /// If an epoch starts and history is shared: the previous epoch's key, sealed under the new one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub link: Option<EpochLink>,
    /// The names whose hashes the entries hold.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub names: Vec<OpenName>,
    /// If an invite is made and history is shared: the current epoch's key, sealed under the invite's secret.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub invite_key: Option<InviteSealedKey>,
}

/// The key of `epoch`, sealed under that of the epoch after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochLink {
    /// Whose key is inside.
    pub epoch: Epoch,
    /// The sealed key.
    pub sealed: SealedKey,
}

/// The key of `epoch`, sealed under an invite's secret. `PUT /rooms/{room}/invite-key`, an entitled device: lays it
/// beside the invite anew. Answer: 204.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InviteSealedKey {
    /// The invite.
    pub invite: InviteKey,
    /// Whose key is inside.
    pub epoch: Epoch,
    /// The sealed key.
    pub sealed: SealedKey,
}

/// Answer to [`Append`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appended {
    /// The room.
    pub room: RoomId,
    /// Life of the database that the places belong to.
    pub incarnation: Incarnation,
    /// Where each entry of the append stands.
    pub entries: Vec<CommittedEntry>,
}

/// `GET /rooms/{room}/keys`, a device of a member: what this device may open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomKeys {
    /// All retained envelopes for the calling device.
    pub envelopes: Vec<Envelope>,
    /// All retained links.
    pub links: Vec<EpochLink>,
}

/// `GET /rooms/{room}/names`, a device of a member: the names whose hashes stand in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomNames {
    /// In no particular order; an erased name is missing.
    pub names: Vec<OpenName>,
}

/// `POST /invites/open`, anybody with an invite link: what a newcomer needs to join. Answer: [`OpenInvite`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenInviteRequest {
    /// Shows that the caller holds the link.
    pub proof: InviteProof,
    /// Entries from here on; 0 for all.
    pub from: LogIndex,
}

/// Answer to [`OpenInviteRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenInvite {
    /// The room's log, a page of it.
    pub entries: Vec<SignedEntry>,
    /// There is more: ask again from the next index.
    pub more: bool,
    /// The room's newest entry and place.
    pub head: RoomHead,
    /// The names whose hashes stand in the log.
    pub names: Vec<OpenName>,
    /// The key beside the invite.
    pub sealed: Option<InviteSealedKey>,
}
