//! The labels that keep signatures, hashes and derivations apart. Where a label is followed by data it is put before
//! it as is; no label is the beginning of another that is used with the same primitive (a test asserts it).

/// Before a key bundle, when its device signs it.
pub const SIGN_BUNDLE: &[u8] = b"igoon/v1/sign/bundle";
/// Before a log entry's bytes, when its author signs it.
pub const SIGN_LOG_ENTRY: &[u8] = b"igoon/v1/sign/log-entry";
/// Before a statement about a device of the same account (vouched, revoked).
pub const SIGN_DEVICE_STATEMENT: &[u8] = b"igoon/v1/sign/device-statement";
/// Before what a device signs that asks a room for its access back.
pub const SIGN_RECOVERY_REQUEST: &[u8] = b"igoon/v1/sign/recovery-request";
/// Before an envelope's context and the hash of its ciphertext.
pub const SIGN_ENVELOPE: &[u8] = b"igoon/v1/sign/envelope";
/// Before a message's header and the hash of its ciphertext.
pub const SIGN_MESSAGE: &[u8] = b"igoon/v1/sign/message";
/// Before what an invite's key signs for the device that joins with it.
pub const SIGN_JOIN: &[u8] = b"igoon/v1/sign/join";
/// Before what an invite's key signs to open the service's door (seeing the room's log, making an account).
pub const SIGN_INVITE_USE: &[u8] = b"igoon/v1/sign/invite-use";

/// Hash that makes a device id.
pub const HASH_DEVICE_ID: &[u8] = b"igoon/v1/hash/device-id";
/// Hash that makes the fingerprint of an RSA public key.
pub const HASH_FINGERPRINT: &[u8] = b"igoon/v1/hash/rsa-fingerprint";
/// Hash of a log entry; of the first one: the room id.
pub const HASH_LOG_ENTRY: &[u8] = b"igoon/v1/hash/log-entry";
/// Hash of an envelope's context: the OAEP label.
pub const HASH_ENVELOPE_CONTEXT: &[u8] = b"igoon/v1/hash/envelope-context";
/// Hash of a whole sealed message: tells a repeated message from another one under its name.
pub const HASH_MESSAGE: &[u8] = b"igoon/v1/hash/message";
/// Hash that makes the 24 digits compared when a computer is approved.
pub const HASH_APPROVAL_DIGITS: &[u8] = b"igoon/v1/hash/approval-digits";
/// Hash that makes one device's half of a safety number.
pub const HASH_SAFETY_NUMBER: &[u8] = b"igoon/v1/hash/safety-number";
/// Hash that makes one person's half of a safety number.
pub const HASH_PERSON_NUMBER: &[u8] = b"igoon/v1/hash/person-safety-number";
/// Hash that makes the end of a recovery kit's code, by which a mistyped one is known.
pub const HASH_KIT_CHECK: &[u8] = b"igoon/v1/hash/kit-check";

/// HKDF info of a message key.
pub const KDF_MESSAGE: &[u8] = b"igoon/v1/message";
/// HKDF info of an epoch key's commitment.
pub const KDF_KEY_ID: &[u8] = b"igoon/v1/key-id";
/// HKDF info of the key under which the previous epoch key is sealed.
pub const KDF_EPOCH_LINK: &[u8] = b"igoon/v1/epoch-link";
/// HKDF info of an invite's Ed25519 seed.
pub const KDF_INVITE_SIGNING: &[u8] = b"igoon/v1/invite-signing";
/// HKDF info of an invite's sealing secret.
pub const KDF_INVITE_SECRET: &[u8] = b"igoon/v1/invite-secret";
/// HKDF info of the key under which an epoch key is sealed beside an invite.
pub const KDF_INVITE_SEALED: &[u8] = b"igoon/v1/invite-sealed-key";
/// HKDF info of the key under which a recovery kit's private halves are sealed.
pub const KDF_RECOVERY_KIT: &[u8] = b"igoon/v1/recovery-kit";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_label_begins_another_of_its_primitive() {
        let signatures = [
            SIGN_BUNDLE,
            SIGN_LOG_ENTRY,
            SIGN_DEVICE_STATEMENT,
            SIGN_RECOVERY_REQUEST,
            SIGN_ENVELOPE,
            SIGN_MESSAGE,
            SIGN_JOIN,
            SIGN_INVITE_USE,
        ];
        let hashes = [
            HASH_DEVICE_ID,
            HASH_FINGERPRINT,
            HASH_LOG_ENTRY,
            HASH_ENVELOPE_CONTEXT,
            HASH_MESSAGE,
            HASH_APPROVAL_DIGITS,
            HASH_SAFETY_NUMBER,
            HASH_PERSON_NUMBER,
            HASH_KIT_CHECK,
        ];
        let derivations = [
            KDF_MESSAGE,
            KDF_KEY_ID,
            KDF_EPOCH_LINK,
            KDF_INVITE_SIGNING,
            KDF_INVITE_SECRET,
            KDF_INVITE_SEALED,
            KDF_RECOVERY_KIT,
        ];
        for family in [&signatures[..], &hashes[..], &derivations[..]] {
            for (i, a) in family.iter().enumerate() {
                for b in family.iter().skip(i + 1) {
                    assert!(!a.starts_with(b) && !b.starts_with(a));
                }
            }
        }
    }
}
