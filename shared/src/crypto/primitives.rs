//! Thin, labelled forms of the primitives, so that no other file touches a cryptographic crate's API.

use core::{
    fmt,
    ops::{Deref, DerefMut},
};

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::CryptoError;

/// A 256-bit secret: wiped when dropped, and prints nothing.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret32([u8; 32]);

impl Secret32 {
    /// Wraps it.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl Deref for Secret32 {
    type Target = [u8; 32];

    fn deref(&self) -> &[u8; 32] {
        &self.0
    }
}

impl DerefMut for Secret32 {
    fn deref_mut(&mut self) -> &mut [u8; 32] {
        &mut self.0
    }
}

impl fmt::Debug for Secret32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret32(redacted)")
    }
}

/// Length of an Ed25519 signature.
pub const SIGNATURE_LEN: usize = 64;
/// Length of an AES-GCM tag.
pub const TAG_LEN: usize = 16;

/// SHA-256 over a label and parts, in this order, of which at most one has no fixed length
/// or length in front.
#[must_use]
pub fn hash(label: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(label);
    for part in parts {
        digest.update(part);
    }
    digest.finalize().into()
}

/// SHA-256 without a label (FIPS 180-4).
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// HKDF-SHA-256 (RFC 5869) to 32 bytes; `info` is the concatenation of the given parts.
#[must_use]
pub fn derive(input_key: &[u8], salt: &[u8], info: &[&[u8]]) -> Secret32 {
    let mut output = Secret32::new([0; 32]);
    // 32 bytes are one block of HKDF-SHA-256, whose limit is 255 blocks: this cannot fail.
    let expanded = Hkdf::<Sha256>::new(Some(salt), input_key).expand_multi_info(info, output.as_mut_slice());
    debug_assert!(expanded.is_ok());
    output
}

/// AES-256-GCM: ciphertext followed by its 16-byte tag. The caller answers for the nonce's uniqueness under `key`.
///
/// # Errors
/// [`CryptoError::Exhausted`] when the plaintext is longer than the mode allows (about 64 GiB).
pub fn aead_seal(key: &[u8; 32], nonce: [u8; 12], aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, CryptoError> {
    Aes256Gcm::new(key.into())
        .encrypt(&nonce.into(), Payload { msg: plaintext, aad })
        .map_err(|_| CryptoError::Exhausted)
}

/// Opens what [`aead_seal`] made.
///
/// # Errors
/// [`CryptoError::CannotOpen`] when key, nonce, additional data or ciphertext are not those of the sealing.
pub fn aead_open(
    key: &[u8; 32],
    nonce: [u8; 12],
    aad: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    Aes256Gcm::new(key.into())
        .decrypt(&nonce.into(), Payload { msg: ciphertext, aad })
        .map(Zeroizing::new)
        .map_err(|_| CryptoError::CannotOpen)
}

/// Ed25519 signature (RFC 8032) over a label and parts, of which at most one has no fixed length.
#[must_use]
pub fn sign(key: &SigningKey, label: &[u8], parts: &[&[u8]]) -> [u8; SIGNATURE_LEN] {
    key.sign(&joined(label, parts)).to_bytes()
}

/// Checks a signature of [`sign`], strictly: canonical encodings only, no small-order keys.
///
/// # Errors
/// [`CryptoError::BadPublicKey`] or [`CryptoError::BadSignature`].
pub fn verify(public_key: &[u8; 32], label: &[u8], parts: &[&[u8]], signature: &[u8]) -> Result<(), CryptoError> {
    let key = VerifyingKey::from_bytes(public_key).map_err(|_| CryptoError::BadPublicKey)?;
    let signature = Signature::from_slice(signature).map_err(|_| CryptoError::BadSignature)?;
    key.verify_strict(&joined(label, parts), &signature).map_err(|_| CryptoError::BadSignature)
}

fn joined(label: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = label.to_vec();
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes
}
