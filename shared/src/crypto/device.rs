//! A device's private keys: an RSA pair that opens envelopes, an Ed25519 pair that signs.

use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use rsa::{
    RsaPrivateKey, RsaPublicKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey},
};
use zeroize::Zeroizing;

use super::{
    CryptoError,
    bundle::{self, Bundle, SignedBundle},
    holder::Holder,
    label,
    primitives::{self, SIGNATURE_LEN, Secret32},
};
use crate::{
    ids::{AccountId, InstallationId},
    protocol::bytes::Blob,
};

/// Size of a device's RSA modulus.
pub const RSA_BITS: usize = 3072;
/// Public exponent of a device's RSA key.
pub const RSA_EXPONENT: u32 = 65537;

/// The private halves of a device. Debug shows nothing; dropped, they are wiped, except that the crate `rsa` leaves the
/// prime p in memory that it frees (a test watches for the day when it no longer does).
pub struct DeviceKeys {
    rsa: RsaPrivateKey,
    signing: SigningKey,
}

impl core::fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("DeviceKeys(redacted)")
    }
}

impl DeviceKeys {
    /// Makes both pairs. About a second natively, several in a browser: there, let SubtleCrypto make the RSA pair
    /// and use [`DeviceKeys::from_parts`].
    ///
    /// # Errors
    /// [`CryptoError::BadPrivateKey`] when the generator gives up.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Result<Self, CryptoError> {
        let rsa = RsaPrivateKey::new(rng, RSA_BITS).map_err(|_| CryptoError::BadPrivateKey)?;
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut_slice());
        Ok(Self { rsa, signing: SigningKey::from_bytes(&seed) })
    }

    /// The keys from their stored form, or from an RSA pair that was made elsewhere.
    ///
    /// # Errors
    /// [`CryptoError::BadPrivateKey`] when the PKCS#8 is damaged, inconsistent, or of another size than suite 1's.
    pub fn from_parts(rsa_pkcs8: &[u8], signing_seed: &[u8; 32]) -> Result<Self, CryptoError> {
        let rsa = RsaPrivateKey::from_pkcs8_der(rsa_pkcs8).map_err(|_| CryptoError::BadPrivateKey)?;
        rsa.validate().map_err(|_| CryptoError::BadPrivateKey)?;
        let keys = Self { rsa, signing: SigningKey::from_bytes(signing_seed) };
        // The public half must be one that others will accept.
        keys.bundle(AccountId::from_bytes([0; 16]), InstallationId::from_bytes([0; 16]))
            .and_then(|probe| Bundle::verify(&probe))
            .map_err(|_| CryptoError::BadPrivateKey)?;
        Ok(keys)
    }

    /// The stored form: RSA as PKCS#8 DER, and the Ed25519 seed.
    ///
    /// # Errors
    /// [`CryptoError::BadPrivateKey`] when the key cannot be encoded.
    pub fn to_parts(&self) -> Result<(Zeroizing<Vec<u8>>, Secret32), CryptoError> {
        let pkcs8 = self.rsa.to_pkcs8_der().map_err(|_| CryptoError::BadPrivateKey)?;
        Ok((Zeroizing::new(pkcs8.as_bytes().to_vec()), Secret32::new(self.signing.to_bytes())))
    }

    /// The public keys as a signed bundle of this account and installation.
    ///
    /// # Errors
    /// [`CryptoError::BadPublicKey`] when the key cannot be encoded.
    pub fn bundle(&self, account: AccountId, installation: InstallationId) -> Result<SignedBundle, CryptoError> {
        let public = RsaPublicKey::from(&self.rsa);
        let body = bundle::body(account, installation, self.signing.verifying_key().as_bytes(), &public)?;
        let signature = self.sign(label::SIGN_BUNDLE, &[&body]);
        Ok(SignedBundle { bundle: Blob(body), signature: Blob(signature.to_vec()) })
    }

    /// The public keys as those of who holds a room's recovery keys.
    ///
    /// # Errors
    /// [`CryptoError::BadPublicKey`] when the key cannot be encoded.
    pub fn holder(&self) -> Result<Holder, CryptoError> {
        Holder::new(&bundle::spki(&RsaPublicKey::from(&self.rsa))?, self.signing.verifying_key().as_bytes())
    }

    /// An Ed25519 signature over a label and parts (see [`primitives::sign`]).
    #[must_use]
    pub fn sign(&self, label: &[u8], parts: &[&[u8]]) -> [u8; SIGNATURE_LEN] {
        primitives::sign(&self.signing, label, parts)
    }

    /// The key that opens envelopes.
    pub(super) const fn rsa(&self) -> &RsaPrivateKey {
        &self.rsa
    }
}
