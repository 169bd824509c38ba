//! Recovery: the service's keys, asking for access back, approving that, and the kit.

use serde::{Deserialize, Serialize};

use super::{Append, SecretText};
use crate::{
    crypto::{bundle::SignedBundle, envelope::Envelope},
    ids::EntryHash,
    log::request::SignedRequest,
    protocol::{bytes::Blob, frames::OpenName},
    time::Timestamp,
};

/// `GET /recovery-key`, signed in: the public keys that owners pin in a recovery policy that counts on the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryKey {
    /// RSA (SPKI in DER): each epoch's key is wrapped to it.
    pub recovery_key: Blob,
    /// Ed25519: signs announcements and releases, and what is released.
    pub signing_key: Blob,
}

/// `POST /rooms/{room}/recovery-requests`, a member's device that the room's log does not entitle: asks for access back.
/// Takes the place of what the device asked before. Answer: [`RecoveryAsked`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskRecovery {
    /// What the device signed.
    pub request: SignedRequest,
    /// The name whose hash the request holds.
    pub name: OpenName,
    /// The service shall announce it: an owner who lost everything, where the policy lets such in.
    #[serde(default)]
    pub announce: bool,
}

/// Answer to [`AskRecovery`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryAsked {
    /// Until when the service shows it.
    pub expires_at: Timestamp,
}

/// `GET /rooms/{room}/recovery-requests`, a member: what the own account has asked for, and, for a device that the log
/// entitles, what its account may approve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryRequests {
    /// The oldest first.
    pub requests: Vec<RecoveryRequestInfo>,
}

/// A request as the service shows it. What counts of it are the signed bytes, and then the room's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryRequestInfo {
    /// What the device signed.
    pub request: SignedRequest,
    /// The device's keys, whose digits are compared before it is approved.
    pub bundle: SignedBundle,
    /// The name whose hash the request holds.
    pub name: OpenName,
    /// Operating system and browser or app.
    pub platform: String,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when the service shows it.
    pub expires_at: Timestamp,
    /// How far it has come.
    pub progress: RecoveryProgress,
}

/// How far a request has come, as the service has the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RecoveryProgress {
    /// Nobody has answered.
    Asked,
    /// Approved or announced, and can be objected to.
    Waiting {
        /// The approval or announcement.
        entry: EntryHash,
        /// When it takes effect, unless somebody objects.
        from: Timestamp,
    },
    /// The device is in the room.
    Entitled,
    /// And the service has handed it keys, or is about to.
    Released,
    /// Somebody objected, it ran out, or another policy came first.
    Over,
}

/// `POST /rooms/{room}/recovery-approvals`, a device: an append that approves a recovery, with the password shown once more.
/// Answer: as to the append alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApproveRecovery {
    /// The account's present password.
    pub current: SecretText,
    /// The append.
    pub append: Append,
}

/// `PUT /rooms/{room}/recovery-kit`, an owner's entitled device: keeps the private halves of a kit's keys, encrypted under
/// what was printed. Takes the place of the one with the same signing key. Answer: 204.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecoveryKit {
    /// The kit's Ed25519 public key, as a policy pins it.
    pub signing_key: Blob,
    /// The private halves; the service cannot read them.
    pub sealed: Blob,
}

/// `GET /rooms/{room}/recovery-kit`, a device of an owner: the kits that are kept, and, once the log entitles the device, what
/// was wrapped for the kit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryKits {
    /// That of the present policy, and at most one for a policy to come.
    pub kits: Vec<RecoveryKit>,
    /// Envelopes for the holder of the present policy's kit, oldest epoch first; none for a device that is not in the room.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub envelopes: Vec<Envelope>,
}
