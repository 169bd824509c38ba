//! Every kind of log entry. What each does stands in [`super::fold`].

use serde::{Deserialize, Serialize};

use super::request::SignedRequest;
use crate::{
    crypto::{CryptoError, SUITE, bundle::SignedBundle, device::DeviceKeys, label, primitives},
    ids::{AccountId, DeviceId, EntryHash, Epoch, InviteKey, KeyId, NameHash},
    protocol::{bytes::Blob, codec},
    time::Timestamp,
};

/// What an entry does. On the wire a map with one key, the kind: `{"joined": {...}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// The room exists; its creator is its owner. Always and only the first entry.
    Created(Created),
    /// A room, or the author's own handle or device, has another name.
    Renamed(Renamed),
    /// A link lets somebody in.
    Invited(Invited),
    /// A link lets nobody in any more.
    InviteClosed(InviteClosed),
    /// Plain members may invite, or no longer.
    MemberInvitesAllowed(MemberInvitesAllowed),
    /// Somebody came in by a link.
    Joined(Joined),
    /// The author's account is no longer in the room.
    Left(Left),
    /// Another computer of a member is trusted: a device of the same account says so.
    DeviceVouched(DeviceVouched),
    /// A computer of a member is no longer trusted.
    DeviceRevoked(DeviceRevoked),
    /// A member was put out.
    MemberRemoved(MemberRemoved),
    /// A member is admin, or a plain member again.
    RoleChanged(RoleChanged),
    /// A member is owner; the author no longer is.
    OwnershipPassed(OwnershipPassed),
    /// A new room key is in use.
    EpochStarted(EpochStarted),
    /// From the next epoch on, newcomers can or cannot read what was before.
    HistoryRuleSet(HistoryRuleSet),
    /// Who can help a member who lost every computer, and how.
    RecoveryPolicySet(RecoveryPolicySet),
    /// The service will let a new computer of an owner in when the wait is over, unless somebody objects.
    RecoveryAnnounced(RecoveryAnnounced),
    /// A new computer gets its access back.
    RecoveryApproved(RecoveryApproved),
    /// Somebody objected to a recovery.
    RecoveryVetoed(RecoveryVetoed),
    /// The service handed keys to a recovered computer.
    RecoveryReleased(RecoveryReleased),
    /// How long the service keeps messages.
    RetentionSet(RetentionSet),
}

impl Action {
    /// The hashes of the names that it gives.
    #[must_use]
    pub fn names(&self) -> Vec<NameHash> {
        match self {
            Self::Created(created) => vec![created.room_name, created.handle, created.device_name],
            Self::Joined(joined) => vec![joined.handle, joined.device_name],
            Self::DeviceVouched(vouched) => vec![vouched.device_name],
            Self::Renamed(renamed) => vec![renamed.name],
            Self::RecoveryApproved(approved) => requested_name(&approved.request),
            Self::RecoveryAnnounced(announced) => requested_name(&announced.request),
            _ => Vec::new(),
        }
    }
}

fn requested_name(request: &SignedRequest) -> Vec<NameHash> {
    request.read().map(|request| request.device_name).into_iter().collect()
}

/// What a member may do; see the table in PROTOCOL.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Leave, own names and devices, invite if the room allows it.
    Member,
    /// Invite, close invites, remove and revoke plain members.
    Admin,
    /// Everything.
    Owner,
}

/// What newcomers can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryRule {
    /// All that the service still keeps.
    AllRetained,
    /// What was written after they joined.
    FromJoining,
}

/// See [`Action::Created`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Created {
    /// 32 random bytes: no two rooms are alike.
    pub random: Blob,
    /// The creator's account.
    pub account: AccountId,
    /// The creating device.
    pub bundle: SignedBundle,
    /// The room's name.
    pub room_name: NameHash,
    /// The creator's handle.
    pub handle: NameHash,
    /// The creating device's name.
    pub device_name: NameHash,
    /// What newcomers can read.
    pub history: HistoryRule,
}

/// What gets another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Renameable {
    /// The room.
    Room,
    /// The author's account's handle.
    Handle,
    /// The author device.
    Device,
}

/// See [`Action::Renamed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renamed {
    /// What.
    pub what: Renameable,
    /// The new name.
    pub name: NameHash,
}

/// See [`Action::Invited`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invited {
    /// Public key of the link's secret.
    pub invite: InviteKey,
    /// What those who join by it become; at most the author's own role.
    pub role: Role,
    /// How many may join by it.
    pub uses: u32,
    /// Entries from this moment on cannot use it.
    pub expires_at: Timestamp,
}

/// See [`Action::InviteClosed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InviteClosed {
    /// Which.
    pub invite: InviteKey,
}

/// See [`Action::MemberInvitesAllowed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberInvitesAllowed {
    /// Whether plain members may invite.
    pub allowed: bool,
}

/// See [`Action::Joined`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Joined {
    /// Who.
    pub account: AccountId,
    /// Their device; it signs the entry.
    pub bundle: SignedBundle,
    /// The link that was used.
    pub invite: InviteKey,
    /// By the link's key: [`crate::crypto::invite::InviteSecret::sign_join`].
    pub invite_signature: Blob,
    /// Their handle.
    pub handle: NameHash,
    /// The device's name.
    pub device_name: NameHash,
}

/// See [`Action::Left`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Left {}

/// See [`Action::DeviceVouched`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceVouched {
    /// By an entitled device of the same account.
    pub statement: SignedStatement,
    /// The new device.
    pub bundle: SignedBundle,
    /// Its name.
    pub device_name: NameHash,
}

/// See [`Action::DeviceRevoked`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceRevoked {
    /// The revoked device.
    pub device: DeviceId,
    /// By an entitled device of the same account; absent when an owner or admin revokes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub statement: Option<SignedStatement>,
}

/// See [`Action::MemberRemoved`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberRemoved {
    /// Who.
    pub account: AccountId,
}

/// See [`Action::RoleChanged`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleChanged {
    /// Whose.
    pub account: AccountId,
    /// The new role.
    pub role: Role,
}

/// See [`Action::OwnershipPassed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnershipPassed {
    /// To whom.
    pub account: AccountId,
}

/// See [`Action::EpochStarted`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochStarted {
    /// The one after the current.
    pub epoch: Epoch,
    /// Commitment to its key.
    pub key_id: KeyId,
    /// Why now.
    pub reason: EpochReason,
}

/// Why an epoch starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpochReason {
    /// The room's first.
    RoomCreated,
    /// Somebody joined.
    Joining,
    /// The starter is entitled but lacks the current key.
    KeyLacking,
    /// Somebody left.
    Leaving,
    /// A member was removed.
    MemberRemoved,
    /// A device was revoked.
    DeviceRevoked,
    /// A lost device was recovered.
    DeviceRecovered,
    /// The recovery policy changed.
    RecoveryPolicyChanged,
    /// The current epoch is seven days old.
    Age,
}

/// See [`Action::HistoryRuleSet`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryRuleSet {
    /// For later epochs.
    pub history: HistoryRule,
}

/// Who holds a room's recovery keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryMode {
    /// Nobody: another device with the key helps.
    DevicesOnly,
    /// The service, under an owner's approval.
    ServerAssisted,
    /// The owner, as a printed kit.
    Kit,
}

/// See [`Action::RecoveryPolicySet`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryPolicySet {
    /// Who holds the recovery keys.
    pub mode: RecoveryMode,
    /// RSA public key (SPKI) that each epoch's key is wrapped to as well.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub recovery_key: Option<Blob>,
    /// Ed25519 public key that signs releases, or approvals of a kit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub signing_key: Option<Blob>,
    /// Admins may approve as well.
    pub admins_approve: bool,
    /// How long a recovery can be vetoed before it takes effect, in milliseconds; 0 for at once.
    pub veto_delay_ms: u64,
    /// An owner who lost everything is let in by the service after 72 hours.
    pub owner_by_announcement: bool,
}

/// See [`Action::RecoveryAnnounced`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryAnnounced {
    /// What the device asked for.
    pub request: SignedRequest,
    /// The asking device, an owner's.
    pub bundle: SignedBundle,
    /// Everything retained up to this epoch.
    pub up_to_epoch: Epoch,
    /// When it may be let in, unless vetoed.
    pub effective_at: Timestamp,
}

/// See [`Action::RecoveryApproved`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryApproved {
    /// What the device asked for.
    pub request: SignedRequest,
    /// The asking device.
    pub bundle: SignedBundle,
    /// The device that it replaces.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replaces: Option<DeviceId>,
    /// Everything retained up to this epoch.
    pub up_to_epoch: Epoch,
    /// Nobody may act on it from then on.
    pub expires_at: Timestamp,
}

/// See [`Action::RecoveryVetoed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryVetoed {
    /// The approval or announcement.
    pub entry: EntryHash,
}

/// See [`Action::RecoveryReleased`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryReleased {
    /// The approval or announcement.
    pub entry: EntryHash,
}

/// See [`Action::RetentionSet`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionSet {
    /// In days; absent: for ever.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub days: Option<u32>,
}

/// A statement about a device by another device of its account: made once, carried into every room by whoever may.
///
/// `signature` = Ed25519("igoon/v1/sign/device-statement" || statement), by [`DeviceStatement::by`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignedStatement {
    /// MessagePack of [`DeviceStatement`], exactly as signed.
    pub statement: Blob,
    /// By the device that states it.
    pub signature: Blob,
}

/// What is said about a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is the account's, after comparing 24 digits.
    Vouched,
    /// It is no longer to be trusted.
    Revoked,
}

/// See [`SignedStatement`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceStatement {
    /// The cryptographic suite.
    pub suite: u8,
    /// Whose devices both are.
    pub account: AccountId,
    /// The device spoken of.
    pub device: DeviceId,
    /// What is said of it.
    pub standing: Standing,
    /// The device that says so.
    pub by: DeviceId,
    /// The author's clock.
    pub at: Timestamp,
}

impl DeviceStatement {
    /// Encodes and signs it.
    #[must_use]
    pub fn sign(&self, keys: &DeviceKeys) -> SignedStatement {
        let statement = codec::encode(self);
        let signature = keys.sign(label::SIGN_DEVICE_STATEMENT, &[&statement]);
        SignedStatement { statement: Blob(statement), signature: Blob(signature.to_vec()) }
    }
}

impl SignedStatement {
    /// What it says. Believe it only after [`SignedStatement::verify`].
    ///
    /// # Errors
    /// [`CryptoError::UnknownFormat`].
    pub fn read(&self) -> Result<DeviceStatement, CryptoError> {
        let statement: DeviceStatement =
            codec::decode_canonical(&self.statement.0).map_err(|_| CryptoError::UnknownFormat)?;
        if statement.suite == SUITE { Ok(statement) } else { Err(CryptoError::UnknownFormat) }
    }

    /// Checks that the device with this signing key made it.
    ///
    /// # Errors
    /// [`CryptoError::BadSignature`].
    pub fn verify(&self, by_key: &[u8; 32]) -> Result<(), CryptoError> {
        primitives::verify(by_key, label::SIGN_DEVICE_STATEMENT, &[&self.statement.0], &self.signature.0)
    }
}
