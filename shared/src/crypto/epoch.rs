//! Epoch keys: what a room's messages of one period are encrypted under, and the forms that such a key is handed on in
//! when it is not an [`super::envelope`].
//!
//! ```text
//! key_id     = HKDF(ikm = epoch key, salt = "", info = "igoon/v1/key-id")
//! sealed key = salt (16, fresh) and AES-256-GCM(key  = HKDF(secret, salt, info),
//!                                               nonce = 0,
//!                                               aad  = suite (1) || room (32) || epoch (8, big endian) || key_id (32),
//!                                               plaintext = the epoch key)
//! ```
//! A sealed key serves as link (under the next epoch's key) and beside an invite (under the invite's secret).

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{CryptoError, SUITE, label, primitives};
use crate::{
    ids::{Epoch, KeyId, RoomId},
    protocol::bytes::Blob,
};

/// A room's key for one epoch. Debug shows nothing; dropped, it is wiped. Never encrypts anything itself.
#[derive(Clone)]
pub struct EpochKey(Zeroizing<[u8; 32]>);

impl core::fmt::Debug for EpochKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("EpochKey(redacted)")
    }
}

impl EpochKey {
    /// A fresh key.
    pub fn random(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut_slice());
        Self(key)
    }

    /// The key with these bytes.
    ///
    /// # Errors
    /// [`CryptoError::CannotOpen`] when there are not 32 of them.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, CryptoError> {
        bytes.try_into().map(|key| Self(Zeroizing::new(key))).map_err(|_| CryptoError::CannotOpen)
    }

    /// The raw key, for storing it encrypted and for wrapping it.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The commitment that the log pins: another key cannot have it.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        KeyId::from_bytes(*primitives::derive(self.expose(), b"", &[label::KDF_KEY_ID]))
    }

    /// Whether this is the key that the log pinned.
    #[must_use]
    pub fn matches(&self, key_id: &KeyId) -> bool {
        self.key_id().as_bytes().ct_eq(key_id.as_bytes()).into()
    }
}

const SALT_LEN: usize = 16;

/// An epoch key sealed under a secret; which one says where it lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SealedKey {
    /// 16 fresh bytes.
    pub salt: Blob,
    /// The 32 bytes of the key, encrypted, and the 16 of the tag.
    pub ciphertext: Blob,
}

/// What a sealed key may be sealed under.
#[derive(Clone, Copy)]
pub enum SealingSecret<'a> {
    /// The next epoch's key: the sealed key is a link back.
    NextEpoch(&'a EpochKey),
    /// An invite's sealing secret.
    Invite(&'a [u8; 32]),
}

impl SealingSecret<'_> {
    fn key(&self, salt: &[u8]) -> primitives::Secret32 {
        match self {
            Self::NextEpoch(key) => primitives::derive(key.expose(), salt, &[label::KDF_EPOCH_LINK]),
            Self::Invite(secret) => primitives::derive(*secret, salt, &[label::KDF_INVITE_SEALED]),
        }
    }
}

impl SealedKey {
    /// Seals `key`, which is `room`'s key of `epoch`.
    ///
    /// # Errors
    /// Never in practice; [`CryptoError::Exhausted`] as [`primitives::aead_seal`] has it.
    pub fn seal(
        secret: SealingSecret<'_>,
        room: RoomId,
        epoch: Epoch,
        key: &EpochKey,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, CryptoError> {
        let mut salt = [0; SALT_LEN];
        rng.fill_bytes(&mut salt);
        let ciphertext = primitives::aead_seal(
            &secret.key(&salt),
            [0; 12], // the derived key is used once: its salt is fresh
            &additional_data(room, epoch, key.key_id()),
            key.expose(),
        )?;
        Ok(Self { salt: Blob(salt.to_vec()), ciphertext: Blob(ciphertext) })
    }

    /// Opens it, and checks that it is the key that the log pinned for that epoch.
    ///
    /// # Errors
    /// [`CryptoError::CannotOpen`].
    pub fn open(
        &self,
        secret: SealingSecret<'_>,
        room: RoomId,
        epoch: Epoch,
        key_id: KeyId,
    ) -> Result<EpochKey, CryptoError> {
        // HKDF takes a salt and the same with zeros after it for one; so its length is part of the format.
        if self.salt.0.len() != SALT_LEN {
            return Err(CryptoError::CannotOpen);
        }
        let bytes = primitives::aead_open(
            &secret.key(&self.salt.0),
            [0; 12],
            &additional_data(room, epoch, key_id),
            &self.ciphertext.0,
        )?;
        let key = EpochKey::from_slice(&bytes)?;
        if key.matches(&key_id) { Ok(key) } else { Err(CryptoError::CannotOpen) }
    }
}

fn additional_data(room: RoomId, epoch: Epoch, key_id: KeyId) -> Vec<u8> {
    let mut bytes = vec![SUITE];
    bytes.extend_from_slice(room.as_bytes());
    bytes.extend_from_slice(&epoch.0.to_be_bytes());
    bytes.extend_from_slice(key_id.as_bytes());
    bytes
}
