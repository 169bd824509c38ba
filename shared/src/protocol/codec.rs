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

use super::limits;

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
    rmp_serde::from_slice(bytes).map_err(|_| DecodeError::WrongType)
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
    let Ok(map) = rmp_serde::from_slice::<BTreeMap<String, IgnoredAny>>(bytes) else { return false };
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
    let mut reader = Reader { rest: bytes };
    reader.value(0)?;
    if reader.rest.is_empty() { Ok(()) } else { Err(DecodeError::Trailing) }
}

/// A cursor over MessagePack (<https://github.com/msgpack/msgpack/blob/master/spec.md>).
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(DecodeError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        self.take(1)?.first().copied().ok_or(DecodeError::Truncated)
    }

    /// A big-endian length of `width` bytes.
    fn length(&mut self, width: usize) -> Result<usize, DecodeError> {
        let bytes = self.take(width)?;
        Ok(bytes.iter().fold(0, |number, byte| (number << 8) | usize::from(*byte)))
    }

    fn value(&mut self, depth: u32) -> Result<(), DecodeError> {
        let marker = self.byte()?;
        match marker {
            0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 => Ok(()),
            0xcc | 0xd0 => self.take(1).map(drop),
            0xcd | 0xd1 => self.take(2).map(drop),
            0xce | 0xd2 => self.take(4).map(drop),
            0xcf | 0xd3 => self.take(8).map(drop),
            0xa0..=0xbf | 0xd9..=0xdb => self.text(marker).map(drop),
            0xc4 => self.counted(1),
            0xc5 => self.counted(2),
            0xc6 => self.counted(4),
            0x90..=0x9f => self.array(usize::from(marker & 0x0f), depth),
            0xdc => self.length(2).and_then(|count| self.array(count, depth)),
            0xdd => self.length(4).and_then(|count| self.array(count, depth)),
            0x80..=0x8f => self.map(usize::from(marker & 0x0f), depth),
            0xde => self.length(2).and_then(|count| self.map(count, depth)),
            0xdf => self.length(4).and_then(|count| self.map(count, depth)),
            // Floats, extension types and the reserved marker: the protocol has no use for them.
            0xc1 | 0xc7..=0xc9 | 0xca | 0xcb | 0xd4..=0xd8 => Err(DecodeError::NotAllowed),
        }
    }

    fn counted(&mut self, width: usize) -> Result<(), DecodeError> {
        let length = self.length(width)?;
        self.take(length).map(drop)
    }

    fn text(&mut self, marker: u8) -> Result<&'a [u8], DecodeError> {
        let length = match marker {
            0xa0..=0xbf => usize::from(marker & 0x1f),
            0xd9 => self.length(1)?,
            0xda => self.length(2)?,
            0xdb => self.length(4)?,
            _ => return Err(DecodeError::NotAllowed),
        };
        let text = self.take(length)?;
        core::str::from_utf8(text).map(|_| text).map_err(|_| DecodeError::NotAllowed)
    }

    fn array(&mut self, count: usize, depth: u32) -> Result<(), DecodeError> {
        let depth = deeper(depth)?;
        for _ in 0..count {
            self.value(depth)?;
        }
        Ok(())
    }

    fn map(&mut self, count: usize, depth: u32) -> Result<(), DecodeError> {
        let depth = deeper(depth)?;
        let mut keys = BTreeSet::new();
        for _ in 0..count {
            let marker = self.byte()?;
            let key = self.text(marker)?;
            if !keys.insert(key) {
                return Err(DecodeError::DuplicateKey);
            }
            self.value(depth)?;
        }
        Ok(())
    }
}

fn deeper(depth: u32) -> Result<u32, DecodeError> {
    if depth >= limits::NESTING { Err(DecodeError::NotAllowed) } else { Ok(depth + 1) }
}
