//! An epoch key for one device: RSA-OAEP (RFC 8017, 7.1) of the key, its context as OAEP label, signed by the device
//! that wrapped it. OAEP alone authenticates nobody; so signature and context are checked *before* the private key is
//! touched, and every failure after that looks alike.
//!
//! ```text
//! context    = MessagePack { suite, room, epoch, key_id, recipient, fingerprint, wrapper, reason }
//! oaep label = SHA-256("igoon/v1/hash/envelope-context" || context)
//! signature  = Ed25519("igoon/v1/sign/envelope" || context || SHA-256(ciphertext))
//! ```

use rand_core::CryptoRng;
use rsa::{Oaep, RsaPublicKey};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{
    CryptoError, SUITE, bundle::Bundle, device::DeviceKeys, epoch::EpochKey, holder::Holder, label, primitives,
};
use crate::{
    ids::{DeviceId, Epoch, KeyFingerprint, KeyId, RoomId},
    protocol::{bytes::Blob, codec},
};

/// An envelope as it travels and is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// MessagePack of [`EnvelopeContext`], exactly as signed.
    pub context: Blob,
    /// The RSA ciphertext, 384 bytes.
    pub ciphertext: Blob,
    /// By the wrapping device.
    pub signature: Blob,
}

/// Why a key was wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvelopeReason {
    /// It belongs to the set committed with its epoch's start.
    EpochStart,
    /// An entitled device lacked the key and was given it later.
    Share,
    /// A recovery released it.
    Recovery,
}

/// What an envelope is for; signed and bound into the ciphertext.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeContext {
    /// The cryptographic suite.
    pub suite: u8,
    /// The room whose key it is.
    pub room: RoomId,
    /// The epoch whose key it is.
    pub epoch: Epoch,
    /// The commitment that the log pins.
    pub key_id: KeyId,
    /// The device that can open it, or who holds the room's recovery keys ([`Holder::id`]).
    pub recipient: DeviceId,
    /// Fingerprint of the recipient's RSA key.
    pub fingerprint: KeyFingerprint,
    /// The device that wrapped and signed it; of a recovery that the service released, [`Holder::id`].
    pub wrapper: DeviceId,
    /// Why it was wrapped.
    pub reason: EnvelopeReason,
}

impl Envelope {
    /// Wraps `key` for `recipient`.
    ///
    /// # Errors
    /// [`CryptoError::BadPublicKey`] when the recipient's key cannot hold it.
    #[expect(clippy::too_many_arguments, reason = "each is a field of what gets signed")]
    pub fn wrap(
        keys: &DeviceKeys,
        wrapper: DeviceId,
        room: RoomId,
        epoch: Epoch,
        key: &EpochKey,
        recipient: &Bundle,
        reason: EnvelopeReason,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, CryptoError> {
        let context = EnvelopeContext {
            suite: SUITE,
            room,
            epoch,
            key_id: key.key_id(),
            recipient: recipient.device(),
            fingerprint: recipient.fingerprint(),
            wrapper,
            reason,
        };
        Self::seal(keys, &context, key, recipient.rsa(), rng)
    }

    /// Wraps `key` for who holds the room's recovery keys, with the start of its epoch.
    ///
    /// # Errors
    /// [`CryptoError::BadPublicKey`] when the holder's key cannot hold it.
    pub fn escrow(
        keys: &DeviceKeys,
        wrapper: DeviceId,
        room: RoomId,
        epoch: Epoch,
        key: &EpochKey,
        holder: &Holder,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, CryptoError> {
        let context = EnvelopeContext {
            suite: SUITE,
            room,
            epoch,
            key_id: key.key_id(),
            recipient: holder.id(),
            fingerprint: holder.fingerprint(),
            wrapper,
            reason: EnvelopeReason::EpochStart,
        };
        Self::seal(keys, &context, key, holder.rsa(), rng)
    }

    fn seal(
        keys: &DeviceKeys,
        context: &EnvelopeContext,
        key: &EpochKey,
        rsa: &RsaPublicKey,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Self, CryptoError> {
        let context = codec::encode(context);
        let ciphertext = rsa.encrypt(rng, padding(&context), key.expose()).map_err(|_| CryptoError::BadPublicKey)?;
        let signature = keys.sign(label::SIGN_ENVELOPE, &[&context, &primitives::sha256(&ciphertext)]);
        Ok(Self { context: Blob(context), ciphertext: Blob(ciphertext), signature: Blob(signature.to_vec()) })
    }

    /// What it says it is for. Believe it only after [`Envelope::verify`].
    ///
    /// # Errors
    /// [`CryptoError::UnknownFormat`].
    pub fn context(&self) -> Result<EnvelopeContext, CryptoError> {
        let context: EnvelopeContext =
            codec::decode_canonical(&self.context.0).map_err(|_| CryptoError::UnknownFormat)?;
        if context.suite == SUITE { Ok(context) } else { Err(CryptoError::UnknownFormat) }
    }

    /// Checks that the device with this signing key made it.
    ///
    /// # Errors
    /// [`CryptoError::BadSignature`].
    pub fn verify(&self, wrapper_key: &[u8; 32]) -> Result<(), CryptoError> {
        primitives::verify(
            wrapper_key,
            label::SIGN_ENVELOPE,
            &[&self.context.0, &primitives::sha256(&self.ciphertext.0)],
            &self.signature.0,
        )
    }

    /// Opens it with the recipient's private key, blinded. Call [`Envelope::verify`] first: this authenticates nobody.
    ///
    /// # Errors
    /// [`CryptoError::CannotOpen`], also when what is inside is not the key that `key_id` commits to.
    pub fn open(
        &self,
        keys: &DeviceKeys,
        key_id: KeyId,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<EpochKey, CryptoError> {
        let plain = keys
            .rsa()
            .decrypt_blinded(rng, padding(&self.context.0), &self.ciphertext.0)
            .map(Zeroizing::new)
            .map_err(|_| CryptoError::CannotOpen)?;
        let key = EpochKey::from_slice(&plain)?;
        if key.matches(&key_id) { Ok(key) } else { Err(CryptoError::CannotOpen) }
    }
}

fn padding(context: &[u8]) -> Oaep<Sha256> {
    Oaep::<Sha256>::new_with_label(primitives::hash(label::HASH_ENVELOPE_CONTEXT, &[context]).to_vec())
}
