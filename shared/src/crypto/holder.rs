//! Who holds a room's recovery keys, the service or a kit: two public keys, pinned by the room's recovery policy.
//!
//! In envelopes it stands as a device of account and installation zero, which nobody has: as recipient of each epoch's key,
//! and as wrapper of what the service releases.
//!
//! ```text
//! holder id = the device id (see super::bundle) of account 0 (16), installation 0 (16) and both keys
//! ```

use rsa::RsaPublicKey;

use super::{CryptoError, bundle};
use crate::ids::{AccountId, DeviceId, InstallationId, KeyFingerprint};

/// See the module.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    id: DeviceId,
    signing_key: [u8; 32],
    recovery_key: Vec<u8>,
    rsa: RsaPublicKey,
    fingerprint: KeyFingerprint,
}

impl core::fmt::Debug for Holder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Holder").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Holder {
    /// The account that a holder stands under.
    pub const ACCOUNT: AccountId = AccountId::from_bytes([0; 16]);

    /// The holder of these public keys: RSA as SPKI in DER, and Ed25519.
    ///
    /// # Errors
    /// [`CryptoError::BadPublicKey`] when the RSA key is none that suite 1 allows.
    pub fn new(recovery_key: &[u8], signing_key: &[u8; 32]) -> Result<Self, CryptoError> {
        let rsa = bundle::parse_rsa(recovery_key)?;
        let installation = InstallationId::from_bytes([0; 16]);
        Ok(Self {
            id: bundle::device_id(Self::ACCOUNT, installation, signing_key, recovery_key),
            signing_key: *signing_key,
            recovery_key: recovery_key.to_vec(),
            rsa,
            fingerprint: bundle::fingerprint(recovery_key),
        })
    }

    /// What envelopes name it by.
    #[must_use]
    pub const fn id(&self) -> DeviceId {
        self.id
    }

    /// The Ed25519 key that verifies what it signs.
    #[must_use]
    pub const fn signing_key(&self) -> &[u8; 32] {
        &self.signing_key
    }

    /// The RSA key that epoch keys are wrapped to: SPKI in DER.
    #[must_use]
    pub fn recovery_key(&self) -> &[u8] {
        &self.recovery_key
    }

    /// Fingerprint of the RSA key.
    #[must_use]
    pub const fn fingerprint(&self) -> KeyFingerprint {
        self.fingerprint
    }

    pub(super) const fn rsa(&self) -> &RsaPublicKey {
        &self.rsa
    }
}
