//! What a computer signs that asks a room for its access back. It is no entry: an approval or announcement carries it.

use serde::{Deserialize, Serialize};

use crate::{
    crypto::{CryptoError, SUITE, bundle::Bundle, device::DeviceKeys, label, primitives},
    ids::{AccountId, DeviceId, NameHash, RoomId},
    protocol::{bytes::Blob, codec},
    time::Timestamp,
};

/// A request as it travels.
///
/// `signature` = Ed25519("igoon/v1/sign/recovery-request" || request), by the asking device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignedRequest {
    /// MessagePack of [`RecoveryRequest`], exactly as signed.
    pub request: Blob,
    /// By the asking device.
    pub signature: Blob,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryRequest {
    /// The cryptographic suite.
    pub suite: u8,
    /// Where: a request counts in one room.
    pub room: RoomId,
    /// Whose device it is.
    pub account: AccountId,
    /// The asking device.
    pub device: DeviceId,
    /// Its name.
    pub device_name: NameHash,
    /// The asking device's clock.
    pub at: Timestamp,
}

impl RecoveryRequest {
    /// Encodes and signs it.
    #[must_use]
    pub fn sign(&self, keys: &DeviceKeys) -> SignedRequest {
        let request = codec::encode(self);
        let signature = keys.sign(label::SIGN_RECOVERY_REQUEST, &[&request]);
        SignedRequest { request: Blob(request), signature: Blob(signature.to_vec()) }
    }
}

impl SignedRequest {
    /// What it says. Believe it only after [`SignedRequest::verify`].
    ///
    /// # Errors
    /// [`CryptoError::UnknownFormat`].
    pub fn read(&self) -> Result<RecoveryRequest, CryptoError> {
        let request: RecoveryRequest =
            codec::decode_canonical(&self.request.0).map_err(|_| CryptoError::UnknownFormat)?;
        if request.suite == SUITE { Ok(request) } else { Err(CryptoError::UnknownFormat) }
    }

    /// What the device of this bundle asks of this room.
    ///
    /// # Errors
    /// [`CryptoError::UnknownFormat`]; [`CryptoError::BadSignature`], also when it is of another device or room.
    pub fn verify(&self, room: RoomId, by: &Bundle) -> Result<RecoveryRequest, CryptoError> {
        let request = self.read()?;
        if (request.room, request.account, request.device) != (room, by.account(), by.device()) {
            return Err(CryptoError::BadSignature);
        }
        primitives::verify(by.signing_key(), label::SIGN_RECOVERY_REQUEST, &[&self.request.0], &self.signature.0)?;
        Ok(request)
    }
}
