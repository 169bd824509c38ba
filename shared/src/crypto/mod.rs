//! Suite 1: what a client does with keys.
//!
//! | purpose | primitive | file |
//! |---|---|---|
//! | device keys and their signed bundle | RSA-3072 (OAEP only), Ed25519 | [`device`], [`bundle`] |
//! | epoch keys, their commitment, keys sealed under a secret | HKDF-SHA-256, AES-256-GCM | [`epoch`] |
//! | epoch key to one device | RSA-OAEP, SHA-256, MGF1-SHA-256 (RFC 8017) | [`envelope`] |
//! | who holds recovery keys | the same keys, without a bundle | [`holder`] |
//! | a recovery kit: those keys under a printed code | HKDF-SHA-256, AES-256-GCM | [`kit`] |
//! | messages | AES-256-GCM (NIST SP 800-38D) | [`message`] |
//! | invites | Ed25519 from the link's secret | [`invite`] |
//! | comparing keys by eye | SHA-256, digits | [`safety`] |
//!
//! Every derivation, hash and signature starts with a label of its own ([`label`]). Encryption and signing never share
//! a key. Secrets redact themselves in Debug and are wiped when dropped.

pub mod bundle;
pub mod device;
pub mod envelope;
pub mod epoch;
pub mod holder;
pub mod invite;
pub mod kit;
pub mod label;
pub mod message;
pub mod primitives;
pub mod safety;

use rand_core::{CryptoRng, UnwrapErr};

/// The cryptographic suite that everything here is: its number travels with all that it makes.
pub const SUITE: u8 = 1;

/// What went wrong with a key, a signature or a ciphertext. Failures to decrypt all look alike on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// A signature does not belong to these bytes and this key, or is not in canonical form.
    #[error("signature does not match")]
    BadSignature,
    /// A ciphertext was not made with this key for this context, or was changed.
    #[error("cannot be opened with this key")]
    CannotOpen,
    /// A public key is not one that suite 1 allows (RSA: 3072 bits, e = 65537, canonical SPKI; Ed25519: on the curve).
    #[error("public key is not one that suite 1 allows")]
    BadPublicKey,
    /// A stored private key is damaged.
    #[error("stored private key is damaged")]
    BadPrivateKey,
    /// The suite, version or field layout is not one that this build knows.
    #[error("made by a newer or different version")]
    UnknownFormat,
    /// A message counter or size is used up: a new session or epoch is needed.
    #[error("limit of this key reached")]
    Exhausted,
}

/// Randomness of the operating system; in a browser `crypto.getRandomValues`.
///
/// It panics when the system has none to give: nothing safe can be done without.
#[must_use]
pub fn system_rng() -> impl CryptoRng {
    UnwrapErr(getrandom::SysRng)
}
