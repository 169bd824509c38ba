//! Bytes -> types, by serde. [`super::codec`] has looked at the bytes before.
//!
//! It takes what rmp-serde takes of them, which is more than is ever written: structs also by position, and bytes as an array
//! of numbers. But its errors say nothing, since nobody reads them, and what is read is found out in one place for all types;
//! so it makes a fraction of the code, which every visitor of the page has to fetch.

use core::fmt::Display;

use serde::{
    Deserializer,
    de::{self, DeserializeOwned, DeserializeSeed, Visitor},
    forward_to_deserialize_any,
};

use super::message_pack::{Reader, Token};

/// It is not of the expected type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not of the expected type")]
pub(super) struct WrongType;

impl de::Error for WrongType {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

/// Reads one value from the beginning of `bytes`.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WrongType> {
    T::deserialize(&mut Decoder { reader: Reader::new(bytes), byte: None })
}

struct Decoder<'de> {
    reader: Reader<'de>,
    /// The next value is this number: bytes are read as an array.
    byte: Option<u8>,
}

impl<'de> Decoder<'de> {
    fn token(&mut self) -> Result<Token<'de>, WrongType> {
        match self.byte.take() {
            Some(byte) => Ok(Token::Unsigned(byte.into())),
            None => self.reader.token().map_err(|_| WrongType),
        }
    }

    fn peek(&self) -> Result<Token<'de>, WrongType> {
        // A number among bytes is a number alone: neither an enum, nor optional, nor inside of something.
        if self.byte.is_some() { Err(WrongType) } else { self.reader.peek().map_err(|_| WrongType) }
    }

    fn array<V: Visitor<'de>>(&mut self, left: usize, visitor: V) -> Result<V::Value, WrongType> {
        let mut elements = Elements { decoder: self, left, bytes: &[] };
        let value = visitor.visit_seq(&mut elements)?;
        if elements.left == 0 { Ok(value) } else { Err(WrongType) }
    }

    fn map<V: Visitor<'de>>(&mut self, left: usize, visitor: V) -> Result<V::Value, WrongType> {
        let mut elements = Elements { decoder: self, left, bytes: &[] };
        let value = visitor.visit_map(&mut elements)?;
        if elements.left == 0 { Ok(value) } else { Err(WrongType) }
    }

    /// What has parts: in an array or a map, or as bytes.
    fn parts<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, WrongType> {
        match self.token()? {
            Token::Array(count) => self.array(count, visitor),
            Token::Map(count) => self.map(count, visitor),
            Token::Bytes(bytes) => visitor.visit_seq(&mut Elements { decoder: self, left: 0, bytes }),
            _ => Err(WrongType),
        }
    }
}

impl<'de> Deserializer<'de> for &mut Decoder<'de> {
    type Error = WrongType;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongType> {
        match self.token()? {
            Token::Nil => visitor.visit_unit(),
            Token::Bool(value) => visitor.visit_bool(value),
            Token::Unsigned(number) => visitor.visit_u64(number),
            Token::Signed(number) => visitor.visit_i64(number),
            Token::Text(text) => visitor.visit_borrowed_str(text),
            Token::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            Token::Array(count) => self.array(count, visitor),
            Token::Map(count) => self.map(count, visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongType> {
        if self.peek()? == Token::Nil {
            self.token()?;
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, WrongType> {
        self.peek()?;
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, WrongType> {
        let is_filled = match self.peek()? {
            Token::Map(1) => {
                self.token()?;
                true
            }
            Token::Map(_) => return Err(WrongType),
            _ => false,
        };
        visitor.visit_enum(Variant { decoder: self, is_filled })
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongType> {
        self.parts(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, WrongType> {
        self.parts(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, WrongType> {
        self.parts(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, WrongType> {
        self.parts(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct map identifier
        ignored_any
    }
}

/// The elements of an array, or a map's keys and values.
struct Elements<'a, 'de> {
    decoder: &'a mut Decoder<'de>,
    left: usize,
    /// Bytes that are read as an array. Those that nobody asks for do not matter.
    bytes: &'de [u8],
}

impl<'de> de::SeqAccess<'de> for &mut Elements<'_, 'de> {
    type Error = WrongType;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, WrongType> {
        if let Some((byte, rest)) = self.bytes.split_first() {
            self.bytes = rest;
            self.decoder.byte = Some(*byte);
        } else if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
        } else {
            return Ok(None);
        }
        seed.deserialize(&mut *self.decoder).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left + self.bytes.len())
    }
}

impl<'de> de::MapAccess<'de> for &mut Elements<'_, 'de> {
    type Error = WrongType;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, WrongType> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.decoder).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, WrongType> {
        seed.deserialize(&mut *self.decoder)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// A kind of an enum: its name alone, or in a map with one key, in which it stands before what it is filled with.
struct Variant<'a, 'de> {
    decoder: &'a mut Decoder<'de>,
    is_filled: bool,
}

impl<'de> de::EnumAccess<'de> for Variant<'_, 'de> {
    type Error = WrongType;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), WrongType> {
        Ok((seed.deserialize(&mut *self.decoder)?, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'_, 'de> {
    type Error = WrongType;

    fn unit_variant(self) -> Result<(), WrongType> {
        if self.is_filled && self.decoder.token()? != Token::Nil { Err(WrongType) } else { Ok(()) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, WrongType> {
        if self.is_filled { seed.deserialize(self.decoder) } else { Err(WrongType) }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, WrongType> {
        if self.is_filled { self.decoder.parts(visitor) } else { Err(WrongType) }
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, WrongType> {
        if self.is_filled { self.decoder.parts(visitor) } else { Err(WrongType) }
    }
}
