//! JSON (RFC 8259) -> types, by serde: answers over HTTP, and what a host has kept or is told.
//!
//! It takes what serde_json writes, and refuses whatever serde_json refuses; besides, structs by position. Like the reading of
//! frames ([`super::decoder`]) its errors say nothing, since nobody reads them: serde_json tells in words what it found and where,
//! for each type anew, and every visitor of the page would have to fetch that. Writing is serde_json's.

use core::fmt::Display;

use serde::{
    Deserializer,
    de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer as _, Visitor, value::StringDeserializer},
    forward_to_deserialize_any,
};

/// So deep may arrays and objects stand in each other: as deep as serde_json has them.
const DEPTH: u8 = 127;

/// It is no JSON, or not of the expected type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not JSON of the expected type")]
pub struct WrongJson;

impl de::Error for WrongJson {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

/// Reads one value, which is all that there is in `bytes`.
///
/// # Errors
/// [`WrongJson`].
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WrongJson> {
    let mut json = Json { rest: std::str::from_utf8(bytes).map_err(|_| WrongJson)?, depth: DEPTH };
    let value = T::deserialize(&mut json)?;
    if json.next().is_none() { Ok(value) } else { Err(WrongJson) }
}

/// What has not been read yet.
struct Json<'a> {
    rest: &'a str,
    /// How many more arrays and objects may begin.
    depth: u8,
}

impl<'a> Json<'a> {
    /// The next character that is no white space.
    fn next(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.rest.chars().next()
    }

    /// Goes over this character, if it is the next one.
    fn takes(&mut self, expected: char) -> bool {
        self.next() == Some(expected) && self.takes_word(expected)
    }

    fn expect(&mut self, expected: char) -> Result<(), WrongJson> {
        if self.takes(expected) { Ok(()) } else { Err(WrongJson) }
    }
}
