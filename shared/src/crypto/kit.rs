//! A recovery kit: the private halves of a room's recovery keys, encrypted under a code that is printed. The service keeps what
//! is sealed, and cannot open it.
//!
//! ```text
//! secret = 32 random bytes
//! check  = the first 3 bytes of SHA-256("igoon/v1/hash/kit-check" || secret)
//! code   = Crockford's base32 of secret || check: 56 characters, in 14 groups of 4
//! sealed = AES-256-GCM(key       = HKDF(secret, salt = room, info = "igoon/v1/recovery-kit"),
//!                      nonce     = 0,
//!                      aad       = suite (1) || room (32) || Ed25519 public key (32),
//!                      plaintext = Ed25519 seed (32) || RSA private key as PKCS#8 in DER)
//! ```
//! A secret seals once: each kit has its own.

use core::fmt;

use rand_core::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

use super::{
    CryptoError, SUITE,
    device::DeviceKeys,
    label,
    primitives::{self, Secret32},
};
use crate::{ids::RoomId, protocol::bytes::Blob};

/// Crockford's alphabet: without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECK_LEN: usize = 3;
const GROUP: usize = 4;
/// Bytes that make whole characters.
const BLOCK: usize = 5;
const BITS: usize = 5;

/// What is printed. Debug shows nothing; dropped, it is wiped.
#[derive(Clone, PartialEq, Eq)]
pub struct KitCode(Secret32);

impl fmt::Debug for KitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KitCode(redacted)")
    }
}

/// What was typed is no code: a character is missing, too many or another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a code: a character is missing, too many or another one")]
pub struct Mistyped;

impl KitCode {
    /// A fresh one.
    pub fn random(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut secret = Secret32::new([0; 32]);
        rng.fill_bytes(secret.as_mut_slice());
        Self(secret)
    }

    /// The code of this secret.
    #[must_use]
    pub const fn from_bytes(secret: [u8; 32]) -> Self {
        Self(Secret32::new(secret))
    }

    /// As it is printed: 14 groups of four characters, with hyphens between them.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let bytes = Zeroizing::new([self.0.as_slice(), &check(&self.0)].concat());
        let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
        for (place, character) in bytes.chunks_exact(BLOCK).flat_map(characters).enumerate() {
            if place > 0 && place.is_multiple_of(GROUP) {
                text.push('-');
            }
            text.push(char::from(character));
        }
        text
    }

    /// Reads what somebody typed: large or small, with or without hyphens and spaces; O is taken for 0, I and L for 1.
    ///
    /// # Errors
    /// [`Mistyped`].
    pub fn parse(text: &str) -> Result<Self, Mistyped> {
        let typed = text.chars().filter(|character| !character.is_whitespace() && *character != '-');
        let values = typed.map(value).collect::<Option<Vec<u8>>>().map(Zeroizing::new).ok_or(Mistyped)?;
        if values.len() * BITS != (32 + CHECK_LEN) * 8 {
            return Err(Mistyped);
        }
        let bytes = Zeroizing::new(values.chunks_exact(8).flat_map(bytes_of).collect::<Vec<u8>>());
        let (secret, checked) = bytes.split_first_chunk::<32>().ok_or(Mistyped)?;
        let code = Self(Secret32::new(*secret));
        if checked == check(&code.0) { Ok(code) } else { Err(Mistyped) }
    }

    /// Seals the private halves of `keys` for `room`.
    ///
    /// # Errors
    /// [`CryptoError::BadPrivateKey`] when they cannot be encoded.
    pub fn seal(&self, room: RoomId, keys: &DeviceKeys) -> Result<Vec<u8>, CryptoError> {
        let (rsa, seed) = keys.to_parts()?;
        let plain = Zeroizing::new([seed.as_slice(), rsa.as_slice()].concat());
        primitives::aead_seal(&self.key(room), [0; 12], &additional_data(room, keys.holder()?.signing_key()), &plain)
    }

    /// Opens what was sealed for `room` under this code, of the keys whose signing key is this one.
    ///
    /// # Errors
    /// [`CryptoError::CannotOpen`], also when other keys are inside.
    pub fn open(&self, room: RoomId, signing_key: &[u8; 32], sealed: &[u8]) -> Result<DeviceKeys, CryptoError> {
        let plain = primitives::aead_open(&self.key(room), [0; 12], &additional_data(room, signing_key), sealed)?;
        let (seed, rsa) = plain.split_first_chunk::<32>().ok_or(CryptoError::CannotOpen)?;
        let keys = DeviceKeys::from_parts(rsa, seed).map_err(|_| CryptoError::CannotOpen)?;
        if keys.holder()?.signing_key() == signing_key { Ok(keys) } else { Err(CryptoError::CannotOpen) }
    }

    fn key(&self, room: RoomId) -> Secret32 {
        primitives::derive(self.0.as_slice(), room.as_bytes(), &[label::KDF_RECOVERY_KIT])
    }
}

fn check(secret: &Secret32) -> [u8; CHECK_LEN] {
    let [first, second, third, ..] = primitives::hash(label::HASH_KIT_CHECK, &[secret.as_slice()]);
    [first, second, third]
}

/// Eight characters of five bytes.
fn characters(block: &[u8]) -> impl Iterator<Item = u8> + use<> {
    let bits = block.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
    (0..8).rev().filter_map(move |place| {
        let value = usize::try_from((bits >> (place * BITS)) & 31).ok()?;
        ALPHABET.get(value).copied()
    })
}

fn value(character: char) -> Option<u8> {
    let character = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET.iter().position(|known| char::from(*known) == character)?;
    u8::try_from(place).ok()
}

/// Five bytes of eight characters' values.
fn bytes_of(values: &[u8]) -> impl Iterator<Item = u8> + use<> {
    let bits = values.iter().fold(0_u64, |bits, value| (bits << BITS) | u64::from(*value));
    bits.to_be_bytes().into_iter().skip(8 - BLOCK)
}

fn additional_data(room: RoomId, signing_key: &[u8; 32]) -> Vec<u8> {
    [&[SUITE], room.as_bytes().as_slice(), signing_key].concat()
}

/// As bytes, for records and for the way to the page: both are encrypted, or memory.
impl Serialize for KitCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Blob(self.0.to_vec()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for KitCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = Zeroizing::new(Blob::deserialize(deserializer)?.0);
        let secret: [u8; 32] = bytes.as_slice().try_into().map_err(|_| de::Error::custom("not 32 bytes"))?;
        Ok(Self(Secret32::new(secret)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> KitCode {
        KitCode::from_bytes(core::array::from_fn(|place| u8::try_from(place * 7).unwrap_or(255)))
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let text = code().text();
        assert_eq!(text.len(), 56 + 13);
        assert!(text.split('-').all(|group| group.len() == GROUP));
        let plain = text.replace('-', "");
        for typed in [
            text.to_string(),
            text.to_lowercase(),
            text.replace('-', " "),
            format!("  {plain}\n"),
            text.replace('0', "O").replace('1', "l"),
            text.replace('0', "o").replace('1', "I"),
        ] {
            assert_eq!(KitCode::parse(&typed), Ok(code()), "{typed}");
        }
    }

    #[test]
    fn a_mistyped_code_is_no_code() {
        let text = code().text();
        // Each character in turn: another one, missing, twice.
        for (place, right) in text.char_indices().filter(|(_, character)| *character != '-') {
            let other = if right == 'Z' { 'Y' } else { 'Z' };
            let with = |instead: &str| [&text[..place], instead, &text[place + 1..]].concat();
            for typed in [with(&other.to_string()), with(""), with(&format!("{right}{right}")), with("U"), with("é")] {
                assert_eq!(KitCode::parse(&typed), Err(Mistyped), "{typed}");
            }
        }
        assert_eq!(KitCode::parse(""), Err(Mistyped));
        assert_eq!(KitCode::parse(&"0".repeat(1_000_000)), Err(Mistyped));
        // Two groups changed places.
        let groups: Vec<&str> = text.split('-').collect();
        let swapped = [&groups[1..2], &groups[..1], &groups[2..]].concat().join("-");
        assert_eq!(KitCode::parse(&swapped), Err(Mistyped));
    }

    #[test]
    fn a_code_prints_nothing() {
        assert_eq!(format!("{:?}", code()), "KitCode(redacted)");
    }
}
