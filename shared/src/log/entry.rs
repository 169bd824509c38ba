//! One entry of a room's log.
//!
//! ```text
//! entry      = MessagePack of EntryBody, exactly as signed
//! entry hash = SHA-256("igoon/v1/hash/log-entry" || entry)        of the first entry: the room id
//! signature  = Ed25519("igoon/v1/sign/log-entry" || entry)         by the acting device
//! ```

use serde::{Deserialize, Serialize};

use super::action::Action;
use crate::{
    crypto::{CryptoError, SUITE, device::DeviceKeys, label, message::LogHead, primitives},
    ids::{DeviceId, EntryHash, LogIndex, RoomId},
    protocol::{
        bytes::Blob,
        codec::{self, DecodeError},
        limits,
    },
    time::Timestamp,
};

/// Version of the entry layout.
pub const ENTRY_VERSION: u16 = 1;

/// An entry as it travels and is kept. Nothing ever re-encodes its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignedEntry {
    /// MessagePack of [`EntryBody`], exactly as signed.
    pub entry: Blob,
    /// By the author.
    pub signature: Blob,
}

/// Who signs an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// A device of a member.
    Device(DeviceId),
    /// Who holds the signing key that the recovery policy pins: the service, or, where there is a kit, that.
    Service,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryBody {
    /// Layout of the entry: [`ENTRY_VERSION`].
    pub version: u16,
    /// The cryptographic suite.
    pub suite: u8,
    /// The room; absent in the first entry, whose hash it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub room: Option<RoomId>,
    /// Place in the log, from 0.
    pub index: LogIndex,
    /// Hash of the entry before it; absent in the first.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub previous: Option<EntryHash>,
    /// The author's clock.
    pub at: Timestamp,
    /// Who acts.
    pub author: Author,
    /// What is done.
    pub action: Action,
}

impl EntryBody {
    /// The entry after `head` in `room`.
    #[must_use]
    pub const fn after(room: RoomId, head: LogHead, at: Timestamp, author: DeviceId, action: Action) -> Self {
        Self {
            version: ENTRY_VERSION,
            suite: SUITE,
            room: Some(room),
            index: head.index.next(),
            previous: Some(head.hash),
            at,
            author: Author::Device(author),
            action,
        }
    }

    /// The first entry of a new room; `action` is [`Action::Created`].
    #[must_use]
    pub const fn first(at: Timestamp, author: DeviceId, action: Action) -> Self {
        Self {
            version: ENTRY_VERSION,
            suite: SUITE,
            room: None,
            index: LogIndex(0),
            previous: None,
            at,
            author: Author::Device(author),
            action,
        }
    }

    /// Encodes and signs it.
    #[must_use]
    pub fn sign(&self, keys: &DeviceKeys) -> SignedEntry {
        let entry = codec::encode(self);
        let signature = keys.sign(label::SIGN_LOG_ENTRY, &[&entry]);
        SignedEntry { entry: Blob(entry), signature: Blob(signature.to_vec()) }
    }
}

impl SignedEntry {
    /// The entry's hash; of the first entry, the room id's bytes.
    #[must_use]
    pub fn hash(&self) -> EntryHash {
        EntryHash::from_bytes(primitives::hash(label::HASH_LOG_ENTRY, &[&self.entry.0]))
    }

    /// What it says. Believe it only after [`SignedEntry::verify`].
    ///
    /// # Errors
    /// Any [`DecodeError`]; `WrongType` also for kinds, fields and versions that this build does not know.
    pub fn body(&self) -> Result<EntryBody, DecodeError> {
        if self.entry.0.len() > limits::LOG_ENTRY {
            return Err(DecodeError::TooLarge);
        }
        codec::decode_canonical(&self.entry.0)
    }

    /// Checks that the holder of this signing key signed it.
    ///
    /// # Errors
    /// [`CryptoError::BadSignature`].
    pub fn verify(&self, author_key: &[u8; 32]) -> Result<(), CryptoError> {
        primitives::verify(author_key, label::SIGN_LOG_ENTRY, &[&self.entry.0], &self.signature.0)
    }
}

impl RoomId {
    /// The id of the room whose first entry has this hash.
    #[must_use]
    pub const fn from_first_entry(hash: EntryHash) -> Self {
        Self::from_bytes(*hash.as_bytes())
    }
}
