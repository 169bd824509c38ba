//! The secret in an invite link, and what is derived from it.
//!
//! ```text
//! link            = https://server/join/{room}#{secret, base64url}     the fragment never reaches the server
//! signing seed    = HKDF(secret, salt = room, info = "igoon/v1/invite-signing");  its public key is the invite's name
//! sealing secret  = HKDF(secret, salt = room, info = "igoon/v1/invite-secret")
//! join signature  = Ed25519_invite("igoon/v1/sign/join" || room || account || device)
//! use signature   = Ed25519_invite("igoon/v1/sign/invite-use" || room || installation)
//! ```

use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{
    CryptoError, label,
    primitives::{self, SIGNATURE_LEN, Secret32},
};
use crate::ids::{AccountId, DeviceId, InstallationId, InviteKey, RoomId};

/// The 32 bytes in an invite link: the newcomer's anchor of trust. Debug shows nothing.
#[derive(Clone)]
pub struct InviteSecret(Zeroizing<[u8; 32]>);

impl core::fmt::Debug for InviteSecret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("InviteSecret(redacted)")
    }
}

impl InviteSecret {
    /// A fresh secret.
    pub fn random(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(bytes)
    }

    /// The secret with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The raw secret, for putting it into a link.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    fn signing_key(&self, room: RoomId) -> SigningKey {
        SigningKey::from_bytes(&primitives::derive(self.expose(), room.as_bytes(), &[label::KDF_INVITE_SIGNING]))
    }

    /// The invite's public name in `room`.
    #[must_use]
    pub fn key(&self, room: RoomId) -> InviteKey {
        InviteKey::from_bytes(self.signing_key(room).verifying_key().to_bytes())
    }

    /// The secret that an epoch key is sealed under beside the invite.
    #[must_use]
    pub fn sealing_secret(&self, room: RoomId) -> Secret32 {
        primitives::derive(self.expose(), room.as_bytes(), &[label::KDF_INVITE_SECRET])
    }

    /// Lets this device of this account join.
    #[must_use]
    pub fn sign_join(&self, room: RoomId, account: AccountId, device: DeviceId) -> [u8; SIGNATURE_LEN] {
        primitives::sign(
            &self.signing_key(room),
            label::SIGN_JOIN,
            &[room.as_bytes(), account.as_bytes(), device.as_bytes()],
        )
    }

    /// Shows the service that this installation holds the link.
    #[must_use]
    pub fn sign_use(&self, room: RoomId, installation: InstallationId) -> [u8; SIGNATURE_LEN] {
        primitives::sign(&self.signing_key(room), label::SIGN_INVITE_USE, &[room.as_bytes(), installation.as_bytes()])
    }
}

/// Checks a signature of [`InviteSecret::sign_join`].
///
/// # Errors
/// [`CryptoError::BadSignature`] or [`CryptoError::BadPublicKey`].
pub fn verify_join(
    invite: InviteKey,
    room: RoomId,
    account: AccountId,
    device: DeviceId,
    signature: &[u8],
) -> Result<(), CryptoError> {
    primitives::verify(
        invite.as_bytes(),
        label::SIGN_JOIN,
        &[room.as_bytes(), account.as_bytes(), device.as_bytes()],
        signature,
    )
}

/// Checks a signature of [`InviteSecret::sign_use`].
///
/// # Errors
/// [`CryptoError::BadSignature`] or [`CryptoError::BadPublicKey`].
pub fn verify_use(
    invite: InviteKey,
    room: RoomId,
    installation: InstallationId,
    signature: &[u8],
) -> Result<(), CryptoError> {
    primitives::verify(
        invite.as_bytes(),
        label::SIGN_INVITE_USE,
        &[room.as_bytes(), installation.as_bytes()],
        signature,
    )
}
