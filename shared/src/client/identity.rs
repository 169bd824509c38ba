//! Whose device this is.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    crypto::{CryptoError, bundle::Bundle, device::DeviceKeys},
    ids::{AccountId, DeviceId, InstallationId},
    protocol::{bytes::Blob, codec},
};

/// An account on this installation, with the device's keys.
#[derive(Debug)]
pub struct Identity {
    handle: String,
    device_name: String,
    keys: DeviceKeys,
    bundle: Bundle,
}

#[derive(Serialize, Deserialize)]
struct Record {
    account: AccountId,
    installation: InstallationId,
    handle: String,
    device_name: String,
    rsa_pkcs8: Blob,
    signing_seed: Blob,
}

impl Identity {
    /// The identity of these keys.
    ///
    /// # Errors
    /// [`CryptoError::BadPublicKey`] when the keys are not of suite 1.
    pub fn new(
        account: AccountId,
        installation: InstallationId,
        handle: String,
        device_name: String,
        keys: DeviceKeys,
    ) -> Result<Self, CryptoError> {
        let bundle = Bundle::verify(&keys.bundle(account, installation)?)?;
        Ok(Self { handle, device_name, keys, bundle })
    }

    /// The form that a host saves, encrypted at rest. It holds the private keys.
    ///
    /// # Errors
    /// [`CryptoError::BadPrivateKey`] when they cannot be encoded.
    pub fn to_record(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let (rsa, seed) = self.keys.to_parts()?;
        Ok(Zeroizing::new(codec::encode(&Record {
            account: self.account(),
            installation: self.bundle.installation(),
            handle: self.handle.clone(),
            device_name: self.device_name.clone(),
            rsa_pkcs8: Blob(rsa.to_vec()),
            signing_seed: Blob(seed.to_vec()),
        })))
    }

    /// Reads what [`Identity::to_record`] made.
    ///
    /// # Errors
    /// [`CryptoError::BadPrivateKey`] when the record was changed in any way that matters.
    pub fn from_record(record: &[u8]) -> Result<Self, CryptoError> {
        let record: Record = codec::decode(record).map_err(|_| CryptoError::BadPrivateKey)?;
        let rsa = Zeroizing::new(record.rsa_pkcs8.0);
        let seed = Zeroizing::new(record.signing_seed.0);
        let seed: &[u8; 32] = seed.as_slice().try_into().map_err(|_| CryptoError::BadPrivateKey)?;
        let keys = DeviceKeys::from_parts(&rsa, seed)?;
        Self::new(record.account, record.installation, record.handle, record.device_name, keys)
    }

    /// The account.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.bundle.account()
    }

    /// This copy of the app.
    #[must_use]
    pub const fn installation(&self) -> InstallationId {
        self.bundle.installation()
    }

    /// The device.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.bundle.device()
    }

    /// The account's handle.
    #[must_use]
    pub fn handle(&self) -> &str {
        &self.handle
    }

    /// What its owner calls this computer.
    #[must_use]
    pub fn device_name(&self) -> &str {
        &self.device_name
    }

    /// The private keys.
    #[must_use]
    pub const fn keys(&self) -> &DeviceKeys {
        &self.keys
    }

    /// The public keys.
    #[must_use]
    pub const fn bundle(&self) -> &Bundle {
        &self.bundle
    }
}
