//! What somebody who holds an invite link shows the service, and is shown.

use serde::{Deserialize, Serialize};

use super::InviteSealedKey;
use crate::{
    ids::{InstallationId, InviteKey, LogIndex, RoomId},
    log::SignedEntry,
    protocol::{
        bytes::Blob,
        frames::{OpenName, RoomHead},
    },
};

/// Shows the service that a caller holds an invite's secret, without the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

/// `POST /invites/open`, anybody with an invite link: what a newcomer needs to join. Answer: [`OpenInvite`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenInviteRequest {
    /// Shows that the caller holds the link.
    pub proof: InviteProof,
    /// Entries from here on; 0 for all.
    pub from: LogIndex,
}

/// Answer to [`OpenInviteRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
