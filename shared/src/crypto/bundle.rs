//! A device's public keys, signed by the device itself.
//!
//! ```text
//! bundle bytes = MessagePack { suite, account, installation, ed25519 (32), rsa (SPKI DER) }
//! signature    = Ed25519("igoon/v1/sign/bundle" || bundle bytes)
//! device id    = SHA-256("igoon/v1/hash/device-id" || account (16) || installation (16) || ed25519 (32) || rsa)
//! fingerprint  = SHA-256("igoon/v1/hash/rsa-fingerprint" || rsa)
//! ```

use rsa::{
    RsaPublicKey,
    pkcs8::{DecodePublicKey, EncodePublicKey},
    traits::PublicKeyParts,
};
use serde::{Deserialize, Serialize};

use super::{
    CryptoError, SUITE,
    device::{RSA_BITS, RSA_EXPONENT},
    label, primitives,
};
use crate::{
    ids::{AccountId, DeviceId, InstallationId, KeyFingerprint},
    protocol::{bytes::Blob, codec},
};

/// A bundle as it travels and is kept: the exact signed bytes and their signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignedBundle {
    /// MessagePack of the public keys and whose they are.
    pub bundle: Blob,
    /// By the bundle's own Ed25519 key.
    pub signature: Blob,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BundleBody {
    suite: u8,
    account: AccountId,
    installation: InstallationId,
    ed25519: Blob,
    rsa: Blob,
}

/// A bundle whose signature and keys were checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Bundle {
    signed: SignedBundle,
    account: AccountId,
    installation: InstallationId,
    device: DeviceId,
    signing_key: [u8; 32],
    rsa: RsaPublicKey,
    fingerprint: KeyFingerprint,
}

impl core::fmt::Debug for Bundle {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Bundle").field("device", &self.device).field("account", &self.account).finish_non_exhaustive()
    }
}

/// The bytes that a device signs to make its bundle.
pub(super) fn body(
    account: AccountId,
    installation: InstallationId,
    ed25519: &[u8; 32],
    rsa: &RsaPublicKey,
) -> Result<Vec<u8>, CryptoError> {
    Ok(codec::encode(&BundleBody {
        suite: SUITE,
        account,
        installation,
        ed25519: Blob(ed25519.to_vec()),
        rsa: Blob(spki(rsa)?),
    }))
}

fn spki(key: &RsaPublicKey) -> Result<Vec<u8>, CryptoError> {
    Ok(key.to_public_key_der().map_err(|_| CryptoError::BadPublicKey)?.into_vec())
}

impl Bundle {
    /// Checks a bundle: layout, both keys, its signature by its own Ed25519 key.
    ///
    /// # Errors
    /// [`CryptoError::UnknownFormat`], [`CryptoError::BadPublicKey`] or [`CryptoError::BadSignature`].
    pub fn verify(signed: &SignedBundle) -> Result<Self, CryptoError> {
        let body: BundleBody = codec::decode_canonical(&signed.bundle.0).map_err(|_| CryptoError::UnknownFormat)?;
        if body.suite != SUITE {
            return Err(CryptoError::UnknownFormat);
        }
        let signing_key: [u8; 32] = body.ed25519.0.as_slice().try_into().map_err(|_| CryptoError::BadPublicKey)?;
        primitives::verify(&signing_key, label::SIGN_BUNDLE, &[&signed.bundle.0], &signed.signature.0)?;
        let rsa = parse_rsa(&body.rsa.0)?;
        let device = DeviceId::from_bytes(primitives::hash(
            label::HASH_DEVICE_ID,
            &[body.account.as_bytes(), body.installation.as_bytes(), &signing_key, &body.rsa.0],
        ));
        let fingerprint = KeyFingerprint::from_bytes(primitives::hash(label::HASH_FINGERPRINT, &[&body.rsa.0]));
        Ok(Self {
            signed: signed.clone(),
            account: body.account,
            installation: body.installation,
            device,
            signing_key,
            rsa,
            fingerprint,
        })
    }

    /// The bytes and signature it was checked from.
    #[must_use]
    pub const fn signed(&self) -> &SignedBundle {
        &self.signed
    }

    /// Whose device it is.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// Which copy of the app it is.
    #[must_use]
    pub const fn installation(&self) -> InstallationId {
        self.installation
    }

    /// The device's id: a hash of all the rest.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    /// The Ed25519 public key that verifies what this device signs.
    #[must_use]
    pub const fn signing_key(&self) -> &[u8; 32] {
        &self.signing_key
    }

    /// The RSA public key that room keys are wrapped to.
    #[must_use]
    pub const fn rsa(&self) -> &RsaPublicKey {
        &self.rsa
    }

    /// Fingerprint of the RSA public key.
    #[must_use]
    pub const fn fingerprint(&self) -> KeyFingerprint {
        self.fingerprint
    }
}

/// An RSA public key from canonical SPKI, if suite 1 allows it.
pub(crate) fn parse_rsa(der: &[u8]) -> Result<RsaPublicKey, CryptoError> {
    let key = RsaPublicKey::from_public_key_der(der).map_err(|_| CryptoError::BadPublicKey)?;
    let canonical = spki(&key)? == der;
    let exponent = key.e_bytes();
    let exponent_is_65537 = exponent
        .iter()
        .copied()
        .skip_while(|byte| *byte == 0)
        .eq(RSA_EXPONENT.to_be_bytes().into_iter().skip_while(|byte| *byte == 0));
    if canonical && key.n().bits() as usize == RSA_BITS && exponent_is_65537 {
        Ok(key)
    } else {
        Err(CryptoError::BadPublicKey)
    }
}
