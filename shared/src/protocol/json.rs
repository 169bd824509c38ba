//! JSON (RFC 8259) -> types, by serde: what comes over HTTP, and what a host has kept or is told. Writing is serde_json's.
//!
//! It takes what serde_json takes but structs by position and, where nobody looks, strings that are no text; and whole numbers
//! alone, as no type of ours has others. As where frames are read ([`super::codec`]), its errors say nothing, since nobody reads
//! them. serde_json has words for whatever it finds, fractions among it, and for each type anew, which every visitor of the page
//! would have to fetch.

use core::fmt::Display;

use serde::{
    Deserializer,
    de::{self, DeserializeOwned, DeserializeSeed, Visitor, value::StrDeserializer},
    forward_to_deserialize_any,
};

/// So many arrays and objects may stand in each other; as many as for serde_json.
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

/// Reads one value, with nothing behind it.
///
/// # Errors
/// [`WrongJson`].
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WrongJson> {
    let mut json = Json { rest: bytes, text: String::new(), depth: DEPTH };
    let value = T::deserialize(&mut json)?;
    if json.peek().is_none() { Ok(value) } else { Err(WrongJson) }
}

/// What a value begins with, or is.
#[derive(Clone, Copy)]
enum Token {
    Null,
    Bool(bool),
    Unsigned(u64),
    /// Below nought.
    Signed(i64),
    /// A number that is not whole, or takes more than 64 bits.
    OtherNumber,
    /// It stands in [`Json::text`].
    Text,
    Array,
    Object,
}

struct Json<'a> {
    /// What has not been read.
    rest: &'a [u8],
    /// The string that was read last.
    text: String,
    /// How many more arrays and objects may begin.
    depth: u8,
}

impl<'a> Json<'a> {
    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
        self.rest.first().copied()
    }

    /// The next byte.
    fn byte(&mut self) -> Result<u8, WrongJson> {
        let (byte, rest) = self.rest.split_first().ok_or(WrongJson)?;
        self.rest = rest;
        Ok(*byte)
    }

    /// Goes over `word`, which must be next.
    fn word(&mut self, word: &[u8]) -> Result<(), WrongJson> {
        self.rest = self.rest.strip_prefix(word).ok_or(WrongJson)?;
        Ok(())
    }

    /// Goes over what stands between values, which must be next.
    fn mark(&mut self, mark: u8) -> Result<(), WrongJson> {
        self.peek();
        self.word(&[mark])
    }

    fn token(&mut self) -> Result<Token, WrongJson> {
        match self.peek().ok_or(WrongJson)? {
            b'n' => self.word(b"null").map(|()| Token::Null),
            b'f' => self.word(b"false").map(|()| Token::Bool(false)),
            b't' => self.word(b"true").map(|()| Token::Bool(true)),
            b'"' => self.string().map(|()| Token::Text),
            b'[' => self.begin().map(|()| Token::Array),
            b'{' => self.begin().map(|()| Token::Object),
            _ => self.number(),
        }
    }

    /// Goes over a bracket.
    fn begin(&mut self) -> Result<(), WrongJson> {
        self.depth = self.depth.checked_sub(1).ok_or(WrongJson)?;
        self.byte().map(drop)
    }

    fn string(&mut self) -> Result<(), WrongJson> {
        self.mark(b'"')?;
        let mut text = core::mem::take(&mut self.text).into_bytes();
        text.clear();
        loop {
            match self.byte()? {
                b'"' => break,
                b'\\' => text.extend_from_slice(self.escaped()?.encode_utf8(&mut [0; 4]).as_bytes()),
                0..b' ' => return Err(WrongJson),
                byte => text.push(byte),
            }
        }
        self.text = String::from_utf8(text).map_err(|_| WrongJson)?;
        Ok(())
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Result<char, WrongJson> {
        match self.byte()? {
            same @ (b'"' | b'\\' | b'/') => Ok(same.into()),
            b'b' => Ok('\u{8}'),
            b'f' => Ok('\u{c}'),
            b'n' => Ok('\n'),
            b'r' => Ok('\r'),
            b't' => Ok('\t'),
            b'u' => {
                let unit = self.unit()?;
                let code = match unit.checked_sub(0xd800) {
                    Some(high @ ..0x400) => {
                        self.word(b"\\u")?;
                        let low = self.unit()?.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or(WrongJson)?;
                        0x1_0000 + (high << 10) + low
                    }
                    _ => unit,
                };
                char::from_u32(code).ok_or(WrongJson)
            }
            _ => Err(WrongJson),
        }
    }

    /// Four hexadecimal digits: a unit of UTF-16.
    fn unit(&mut self) -> Result<u32, WrongJson> {
        (0..4).try_fold(0, |unit, _| Ok(unit * 16 + char::from(self.byte()?).to_digit(16).ok_or(WrongJson)?))
    }

    fn number(&mut self) -> Result<Token, WrongJson> {
        let negative = self.word(b"-").is_ok();
        let whole = self.digits()?;
        if matches!(whole, [b'0', _, ..]) {
            return Err(WrongJson);
        }
        let mut token = value(whole, negative).unwrap_or(Token::OtherNumber);
        if self.word(b".").is_ok() {
            self.digits()?;
            token = Token::OtherNumber;
        }
        if let [b'e' | b'E', rest @ ..] = self.rest {
            self.rest = rest;
            if let [b'+' | b'-', rest @ ..] = rest {
                self.rest = rest;
            }
            self.digits()?;
            token = Token::OtherNumber;
        }
        Ok(token)
    }

    /// One or more of them.
    fn digits(&mut self) -> Result<&'a [u8], WrongJson> {
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at_checked(count).ok_or(WrongJson)?;
        self.rest = rest;
        if digits.is_empty() { Err(WrongJson) } else { Ok(digits) }
    }

    /// Goes over a value, whatever it is.
    fn skip(&mut self) -> Result<(), WrongJson> {
        match self.token()? {
            Token::Array => {
                let mut parts = Parts::new(self, b']');
                while parts.more()? {
                    parts.json.skip()?;
                }
            }
            Token::Object => {
                let mut parts = Parts::new(self, b'}');
                while parts.more()? {
                    parts.key()?;
                    parts.json.skip()?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn array<'de, V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, WrongJson> {
        let mut parts = Parts::new(self, b']');
        let value = visitor.visit_seq(&mut parts)?;
        parts.end().map(|()| value)
    }

    fn object<'de, V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, WrongJson> {
        let mut parts = Parts::new(self, b'}');
        let value = visitor.visit_map(&mut parts)?;
        parts.end().map(|()| value)
    }
}

/// `None` for more than 64 bits, and for "-0", which has a sign that no whole number has.
fn value(digits: &[u8], negative: bool) -> Option<Token> {
    let value =
        digits.iter().try_fold(0_u64, |value, digit| value.checked_mul(10)?.checked_add((digit - b'0').into()))?;
    match negative {
        false => Some(Token::Unsigned(value)),
        true if value == 0 => None,
        true => 0_i64.checked_sub_unsigned(value).map(Token::Signed),
    }
}

impl<'de> Deserializer<'de> for &mut Json<'_> {
    type Error = WrongJson;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongJson> {
        match self.token()? {
            Token::Null => visitor.visit_unit(),
            Token::Bool(value) => visitor.visit_bool(value),
            Token::Unsigned(number) => visitor.visit_u64(number),
            Token::Signed(number) => visitor.visit_i64(number),
            Token::OtherNumber => Err(WrongJson),
            Token::Text => visitor.visit_str(&self.text),
            Token::Array => self.array(visitor),
            Token::Object => self.object(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongJson> {
        if self.peek() == Some(b'n') {
            self.token()?;
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, WrongJson> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, WrongJson> {
        match self.token()? {
            Token::Object => self.object(visitor),
            _ => Err(WrongJson),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, WrongJson> {
        match self.token()? {
            Token::Text => visitor.visit_enum(StrDeserializer::new(&self.text)),
            Token::Object => {
                let mut parts = Parts::new(self, b'}');
                if !parts.more()? {
                    return Err(WrongJson);
                }
                let value = visitor.visit_enum(&mut parts)?;
                parts.end().map(|()| value)
            }
            _ => Err(WrongJson),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongJson> {
        self.skip()?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier
    }
}

/// What stands in brackets, one part after the other.
struct Parts<'a, 'b> {
    json: &'a mut Json<'b>,
    /// The bracket that closes them.
    close: u8,
    any: bool,
    ended: bool,
}

impl<'a, 'b> Parts<'a, 'b> {
    const fn new(json: &'a mut Json<'b>, close: u8) -> Self {
        Self { json, close, any: false, ended: false }
    }

    /// Whether there is another part; goes up to it, or over the end.
    fn more(&mut self) -> Result<bool, WrongJson> {
        if self.json.mark(self.close).is_ok() {
            self.json.depth += 1;
            self.ended = true;
            return Ok(false);
        }
        if self.any {
            self.json.mark(b',')?;
        }
        self.any = true;
        Ok(true)
    }

    /// Goes over a key and what stands behind it.
    fn key(&mut self) -> Result<(), WrongJson> {
        self.json.string()?;
        self.json.mark(b':')
    }

    /// They must have ended, or end now.
    fn end(&mut self) -> Result<(), WrongJson> {
        if self.ended || !self.more()? { Ok(()) } else { Err(WrongJson) }
    }
}

impl<'de> de::SeqAccess<'de> for &mut Parts<'_, '_> {
    type Error = WrongJson;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, WrongJson> {
        if self.more()? { seed.deserialize(&mut *self.json).map(Some) } else { Ok(None) }
    }
}

impl<'de> de::MapAccess<'de> for &mut Parts<'_, '_> {
    type Error = WrongJson;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, WrongJson> {
        if !self.more()? {
            return Ok(None);
        }
        self.key()?;
        seed.deserialize(StrDeserializer::new(&self.json.text)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, WrongJson> {
        seed.deserialize(&mut *self.json)
    }
}

/// A kind of an enum that is filled with something: an object with one part, whose key is its name.
impl<'de> de::EnumAccess<'de> for &mut Parts<'_, '_> {
    type Error = WrongJson;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), WrongJson> {
        self.key()?;
        Ok((seed.deserialize(StrDeserializer::new(&self.json.text))?, self))
    }
}

impl<'de> de::VariantAccess<'de> for &mut Parts<'_, '_> {
    type Error = WrongJson;

    fn unit_variant(self) -> Result<(), WrongJson> {
        if matches!(self.json.token()?, Token::Null) { Ok(()) } else { Err(WrongJson) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, WrongJson> {
        seed.deserialize(&mut *self.json)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, WrongJson> {
        self.json.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, WrongJson> {
        self.json.deserialize_struct("", fields, visitor)
    }
}
