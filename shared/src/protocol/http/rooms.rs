//! Rooms: making them, adding to their logs, what lies beside the logs.

use serde::{Deserialize, Serialize};

use crate::{
    crypto::{envelope::Envelope, epoch::SealedKey},
    ids::{Epoch, Incarnation, InviteKey, RoomId},
    log::SignedEntry,
    protocol::frames::{CommittedEntry, OpenName},
};

/// `POST /rooms`, a device of whoever may make rooms ([`super::Me::may_create_rooms`]): makes a room (the first entry is `created`, the second starts epoch 1).
/// `POST /rooms/{room}/log`, an entitled device, or with an invite's signature a newcomer: appends to its log.
/// All or nothing; a repeated append is answered as the first time. Answer: [`Appended`].
/// `POST /rooms/{room}/log/lost`, a device that is entitled afterwards: brings entries, whoever wrote them, that stood in the log
/// before a backup was restored that lacks them; from before the restoring. Else the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoomKeys {
    /// All retained envelopes for the calling device.
    pub envelopes: Vec<Envelope>,
    /// All retained links.
    pub links: Vec<EpochLink>,
}

/// `POST /rooms/{room}/keys`, an entitled device: hands on keys that others lack. All or nothing; what is there already stays,
/// so that a repetition is answered as the first time. Answer: 204.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddKeys {
    /// Wrapped by the calling device, with reason `share`, for devices that may have them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub envelopes: Vec<Envelope>,
    /// Where history is shared.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub links: Vec<EpochLink>,
}

/// `GET /rooms/{room}/log?from={index}`, signed in to a member's account, the device entitled or not: a page of the room's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogPage {
    /// Entries from the index that was asked for.
    pub entries: Vec<SignedEntry>,
    /// There is more: ask again from the next index.
    pub more: bool,
}

/// `GET /rooms/{room}/names`, a device of a member: the names whose hashes stand in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoomNames {
    /// In no particular order; an erased name is missing.
    pub names: Vec<OpenName>,
}
