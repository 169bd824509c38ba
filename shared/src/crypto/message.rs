//! Messages: sealed by their sender, verified by every receiver before anything is decrypted.
//!
//! ```text
//! header    = MessagePack of MessageHeader, exactly as sent: the additional data
//! key       = HKDF(ikm = epoch key, salt = room (32) || epoch (8, big endian),
//!                  info = "igoon/v1/message" || device (32) || session (16))
//! nonce     = 0 (4) || counter (8, big endian)
//! cipher    = AES-256-GCM(key, nonce, aad = header, plaintext)
//! signature = Ed25519("igoon/v1/sign/message" || header || SHA-256(ciphertext))
//! ```
//! `session` is random per process run and the counter starts at 0 per (epoch, session): two tabs, a restored backup or
//! evicted storage cannot repeat a nonce.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{CryptoError, SUITE, device::DeviceKeys, epoch::EpochKey, label, primitives};
use crate::{
    ids::{DeviceId, EntryHash, Epoch, Incarnation, KeyId, LogIndex, MessageId, RoomId, Seq, SessionTag},
    protocol::{bytes::Blob, codec, limits},
    time::Timestamp,
};

/// A message as it travels and is kept. Nothing ever re-encodes its header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedMessage {
    /// MessagePack of [`MessageHeader`], exactly as signed.
    pub header: Blob,
    /// Ciphertext and tag.
    pub ciphertext: Blob,
    /// By the sending device.
    pub signature: Blob,
}

/// What a message is; a receiver shows kinds that it does not know as "needs a newer version".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageKind(pub u16);

impl MessageKind {
    /// Plain text: the plaintext is MessagePack of [`TextBody`].
    pub const TEXT: Self = Self(1);
}

/// The content of a [`MessageKind::TEXT`] message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextBody {
    /// What was written, UTF-8.
    pub text: String,
}

/// The highest place in the room's stream that the sender had seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cursor {
    /// Life of the database that `seq` belongs to.
    pub incarnation: Incarnation,
    /// Place in the stream; 0 before the first.
    pub seq: Seq,
}

/// An entry of the room's log, by place and content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogHead {
    /// Place of the newest entry.
    pub index: LogIndex,
    /// Its hash.
    pub hash: EntryHash,
}

/// Where in its sender's sequence a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenderPosition {
    /// Epoch it was sealed in.
    pub epoch: Epoch,
    /// Process run of the sender.
    pub session: SessionTag,
    /// Counter within (epoch, session).
    pub counter: u64,
}

/// What everybody may know about a message, and its sender signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageHeader {
    /// The cryptographic suite.
    pub suite: u8,
    /// The room it is for.
    pub room: RoomId,
    /// The epoch whose key it is sealed under.
    pub epoch: Epoch,
    /// The commitment to that key.
    pub key_id: KeyId,
    /// The sending device.
    pub device: DeviceId,
    /// The sender's process run.
    pub session: SessionTag,
    /// From 0 in each (epoch, session), rising by one.
    pub counter: u64,
    /// The message's name within (room, device).
    pub message_id: MessageId,
    /// What it is.
    pub kind: MessageKind,
    /// The message that it edits, deletes or reacts to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub target: Option<MessageTarget>,
    /// The sender's clock.
    pub sent_at: Timestamp,
    /// The highest place that the sender had seen.
    pub seen: Cursor,
    /// The newest log entry that the sender had verified: brings forks and hidden revocations to light.
    pub log_head: LogHead,
    /// At counter 0: the sender's message before this one, if it knows.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub previous: Option<SenderPosition>,
}

/// A message by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageTarget {
    /// Its sending device.
    pub device: DeviceId,
    /// Its id there.
    pub message_id: MessageId,
}

impl MessageHeader {
    /// Where in its sender's sequence the message stands.
    #[must_use]
    pub const fn position(&self) -> SenderPosition {
        SenderPosition { epoch: self.epoch, session: self.session, counter: self.counter }
    }
}

impl SealedMessage {
    /// Seals `plaintext` under `header` and signs both.
    ///
    /// # Errors
    /// [`CryptoError::Exhausted`] when the plaintext is larger than [`limits::MESSAGE_PLAINTEXT`].
    pub fn seal(
        keys: &DeviceKeys,
        epoch_key: &EpochKey,
        header: &MessageHeader,
        plaintext: &[u8],
    ) -> Result<Self, CryptoError> {
        if plaintext.len() > limits::MESSAGE_PLAINTEXT {
            return Err(CryptoError::Exhausted);
        }
        let header_bytes = codec::encode(header);
        let key = message_key(epoch_key, header);
        let ciphertext = primitives::aead_seal(&key, nonce(header.counter), &header_bytes, plaintext)?;
        let signature = keys.sign(label::SIGN_MESSAGE, &[&header_bytes, &primitives::sha256(&ciphertext)]);
        Ok(Self { header: Blob(header_bytes), ciphertext: Blob(ciphertext), signature: Blob(signature.to_vec()) })
    }

    /// What the header says. Believe it only after [`SealedMessage::verify`].
    ///
    /// # Errors
    /// [`CryptoError::UnknownFormat`] when it is no header of suite 1.
    pub fn header(&self) -> Result<MessageHeader, CryptoError> {
        let header: MessageHeader = codec::decode(&self.header.0).map_err(|_| CryptoError::UnknownFormat)?;
        if header.suite == SUITE { Ok(header) } else { Err(CryptoError::UnknownFormat) }
    }

    /// Checks that the device with this signing key sent it.
    ///
    /// # Errors
    /// [`CryptoError::BadSignature`].
    pub fn verify(&self, sender_key: &[u8; 32]) -> Result<(), CryptoError> {
        primitives::verify(
            sender_key,
            label::SIGN_MESSAGE,
            &[&self.header.0, &primitives::sha256(&self.ciphertext.0)],
            &self.signature.0,
        )
    }

    /// Decrypts it; `header` is what [`SealedMessage::header`] gave. Call [`SealedMessage::verify`] first.
    ///
    /// # Errors
    /// [`CryptoError::CannotOpen`].
    pub fn open(&self, epoch_key: &EpochKey, header: &MessageHeader) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let key = message_key(epoch_key, header);
        primitives::aead_open(&key, nonce(header.counter), &self.header.0, &self.ciphertext.0)
    }

    /// Tells a repeated message from another one under its name: a hash over the three parts, each before the last
    /// with its length (4 bytes, big endian) in front.
    #[must_use]
    pub fn content_hash(&self) -> [u8; 32] {
        let length = |part: &Blob| u32::try_from(part.0.len()).unwrap_or(u32::MAX).to_be_bytes();
        primitives::hash(
            label::HASH_MESSAGE,
            &[&length(&self.header), &self.header.0, &length(&self.ciphertext), &self.ciphertext.0, &self.signature.0],
        )
    }
}

fn message_key(epoch_key: &EpochKey, header: &MessageHeader) -> primitives::Secret32 {
    let mut salt = header.room.as_bytes().to_vec();
    salt.extend_from_slice(&header.epoch.0.to_be_bytes());
    primitives::derive(
        epoch_key.expose(),
        &salt,
        &[label::KDF_MESSAGE, header.device.as_bytes(), header.session.as_bytes()],
    )
}

fn nonce(counter: u64) -> [u8; 12] {
    let mut nonce = [0; 12];
    for (to, from) in nonce.iter_mut().skip(4).zip(counter.to_be_bytes()) {
        *to = from;
    }
    nonce
}
