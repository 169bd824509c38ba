//! Bytes <-> frames and signed bodies: MessagePack maps with field names.
//!
//! Decoding is strict about shape before it is lenient about content: [`check`] walks the bytes once and refuses duplicate
//! keys, trailing bytes, deep nesting, declared lengths beyond what is there, and keys that are not strings. Only then
//! does serde look at them; so nothing is ever allocated for a length that a peer merely declared.

use core::fmt::Display;
use std::collections::{BTreeMap, BTreeSet};

use serde::{
    Serialize,
    de::{self, DeserializeOwned, IgnoredAny, IntoDeserializer},
};

use super::{
    decoder, limits,
    message_pack::{Reader, Token},
};

/// Why bytes are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// More bytes than this kind of thing may have.
    #[error("too large")]
    TooLarge,
    /// The bytes end before the value does.
    #[error("truncated")]
    Truncated,
    /// Bytes are left after the value.
    #[error("trailing bytes")]
    Trailing,
    /// A map has the same key twice.
    #[error("duplicate key")]
    DuplicateKey,
    /// A map key is not a string, a string is not UTF-8, nesting is too deep, or a type is one that the protocol does
    /// not use.
    #[error("not allowed here")]
    NotAllowed,
    /// Well-formed MessagePack, but not of the expected type.
    #[error("not of the expected type")]
    WrongType,
    /// A frame of a kind that this build does not know.
    #[error("of an unknown kind")]
    UnknownKind,
    /// Signed bytes that say what they say in another form than [`encode`] gives it.
    #[error("not in canonical form")]
    NotCanonical,
}

/// Encodes a wire type. Wire types hold only what MessagePack can express, so this cannot fail.
#[must_use]
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    let encoded = rmp_serde::to_vec_named(value);
    debug_assert!(encoded.is_ok(), "a wire type that MessagePack cannot express");
    encoded.unwrap_or_default()
}

/// Decodes a wire type, strictly about shape.
///
/// # Errors
/// Any [`DecodeError`] but `TooLarge`, `UnknownKind` and `NotCanonical`.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    check(bytes)?;
    decoder::read(bytes).map_err(|_| DecodeError::WrongType)
}

/// [`decode`] with a bound on the size.
///
/// # Errors
/// Any [`DecodeError`] but `UnknownKind` and `NotCanonical`.
pub fn decode_bounded<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, DecodeError> {
    if bytes.len() > limit {
        return Err(DecodeError::TooLarge);
    }
    decode(bytes)
}

/// [`decode_bounded`] for frames: tells one of a kind that this build does not know from one that is broken.
///
/// # Errors
/// Any [`DecodeError`] but `NotCanonical`.
pub fn decode_frame<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, DecodeError> {
    decode_bounded(bytes, limit).map_err(|error| match error {
        DecodeError::WrongType if is_of_unknown_kind::<T>(bytes) => DecodeError::UnknownKind,
        error => error,
    })
}

/// Whether these bytes are a map with one key, and that key is none of the kinds of `T`.
fn is_of_unknown_kind<T: DeserializeOwned>(bytes: &[u8]) -> bool {
    let Ok(map) = decoder::read::<BTreeMap<String, IgnoredAny>>(bytes) else { return false };
    let mut kinds = map.into_keys();
    let (Some(kind), None) = (kinds.next(), kinds.next()) else { return false };
    // The name alone is no frame either; but it is refused for another reason if it is a name of `T`'s.
    matches!(T::deserialize(IntoDeserializer::<Reason>::into_deserializer(kind)), Err(Reason::UnknownName))
}

/// Why a name alone is not taken.
#[derive(Debug, thiserror::Error)]
enum Reason {
    #[error("it is none of the names")]
    UnknownName,
    #[error("it is more than a name")]
    Other,
}

impl de::Error for Reason {
    fn custom<T: Display>(_: T) -> Self {
        Self::Other
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::UnknownName
    }
}

/// Decodes signed bytes whose fields are all known: they must be exactly what [`encode`] makes of what they say (fields in
/// their order, absent options left out, each number, string and length in its shortest form). So every client, in every
/// language, takes and refuses the same log entries, whatever else its decoder lets pass.
///
/// # Errors
/// Any [`DecodeError`] but `TooLarge` and `UnknownKind`.
pub fn decode_canonical<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    let value = decode(bytes)?;
    if encode(&value) == bytes { Ok(value) } else { Err(DecodeError::NotCanonical) }
}

/// Checks that `bytes` are exactly one MessagePack value of an allowed shape.
///
/// # Errors
/// Any [`DecodeError`] but `TooLarge`, `WrongType`, `UnknownKind` and `NotCanonical`.
pub fn check(bytes: &[u8]) -> Result<(), DecodeError> {
    let mut reader = Reader::new(bytes);
    walk(&mut reader, 0)?;
    if reader.is_at_end() { Ok(()) } else { Err(DecodeError::Trailing) }
}

/// Walks one value.
fn walk(reader: &mut Reader<'_>, depth: u32) -> Result<(), DecodeError> {
    match reader.token()? {
        Token::Array(count) => {
            let depth = deeper(depth)?;
            (0..count).try_for_each(|_| walk(reader, depth))
        }
        Token::Map(count) => {
            let depth = deeper(depth)?;
            let mut keys = BTreeSet::new();
            (0..count).try_for_each(|_| {
                if !keys.insert(reader.text()?) {
                    return Err(DecodeError::DuplicateKey);
                }
                walk(reader, depth)
            })
        }
        _ => Ok(()),
    }
}

fn deeper(depth: u32) -> Result<u32, DecodeError> {
    if depth >= limits::NESTING { Err(DecodeError::NotAllowed) } else { Ok(depth + 1) }
}
