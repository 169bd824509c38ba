//! MessagePack (<https://github.com/msgpack/msgpack/blob/master/spec.md>), piece by piece.

use super::codec::DecodeError;

/// A value without what is in it: of an array or a map, how many elements or pairs follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Nil,
    Bool(bool),
    /// Written as unsigned.
    Unsigned(u64),
    /// Written as signed, whatever its sign.
    Signed(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
    Array(usize),
    Map(usize),
}

/// A cursor over bytes.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next token, without going past it.
    pub(super) fn peek(&self) -> Result<Token<'a>, DecodeError> {
        Self { rest: self.rest }.token()
    }

    /// The next token. What the protocol has no use for is not allowed: floats, extension types, the reserved marker.
    pub(super) fn token(&mut self) -> Result<Token<'a>, DecodeError> {
        let marker = self.byte()?;
        Ok(match marker {
            0x00..=0x7f => Token::Unsigned(marker.into()),
            0xe0..=0xff => Token::Signed(marker.cast_signed().into()),
            0xc0 => Token::Nil,
            0xc2 => Token::Bool(false),
            0xc3 => Token::Bool(true),
            0xcc => Token::Unsigned(self.number(1)?),
            0xcd => Token::Unsigned(self.number(2)?),
            0xce => Token::Unsigned(self.number(4)?),
            0xcf => Token::Unsigned(self.number(8)?),
            0xd0 => Token::Signed(self.signed(1)?),
            0xd1 => Token::Signed(self.signed(2)?),
            0xd2 => Token::Signed(self.signed(4)?),
            0xd3 => Token::Signed(self.signed(8)?),
            0xa0..=0xbf => Token::Text(self.characters((marker & 0x1f).into())?),
            0xd9 => self.length(1).and_then(|length| self.characters(length)).map(Token::Text)?,
            0xda => self.length(2).and_then(|length| self.characters(length)).map(Token::Text)?,
            0xdb => self.length(4).and_then(|length| self.characters(length)).map(Token::Text)?,
            0xc4 => self.length(1).and_then(|length| self.take(length)).map(Token::Bytes)?,
            0xc5 => self.length(2).and_then(|length| self.take(length)).map(Token::Bytes)?,
            0xc6 => self.length(4).and_then(|length| self.take(length)).map(Token::Bytes)?,
            0x90..=0x9f => Token::Array((marker & 0x0f).into()),
            0xdc => Token::Array(self.length(2)?),
            0xdd => Token::Array(self.length(4)?),
            0x80..=0x8f => Token::Map((marker & 0x0f).into()),
            0xde => Token::Map(self.length(2)?),
            0xdf => Token::Map(self.length(4)?),
            0xc1 | 0xc7..=0xc9 | 0xca | 0xcb | 0xd4..=0xd8 => return Err(DecodeError::NotAllowed),
        })
    }

    /// The next token, which must be text.
    pub(super) fn text(&mut self) -> Result<&'a str, DecodeError> {
        match self.rest.first() {
            None => Err(DecodeError::Truncated),
            Some(0xa0..=0xbf | 0xd9..=0xdb) => match self.token()? {
                Token::Text(text) => Ok(text),
                _ => Err(DecodeError::NotAllowed),
            },
            Some(_) => Err(DecodeError::NotAllowed),
        }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(DecodeError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        self.take(1)?.first().copied().ok_or(DecodeError::Truncated)
    }

    /// A big-endian number of `width` bytes.
    fn number(&mut self, width: usize) -> Result<u64, DecodeError> {
        let bytes = self.take(width)?;
        Ok(bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }

    /// The same in two's complement.
    fn signed(&mut self, width: usize) -> Result<i64, DecodeError> {
        let unused = 64 - 8 * width;
        Ok((self.number(width)? << unused).cast_signed() >> unused)
    }

    fn length(&mut self, width: usize) -> Result<usize, DecodeError> {
        // Where it does not fit, so much cannot be there.
        self.number(width)?.try_into().map_err(|_| DecodeError::Truncated)
    }

    fn characters(&mut self, length: usize) -> Result<&'a str, DecodeError> {
        core::str::from_utf8(self.take(length)?).map_err(|_| DecodeError::NotAllowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(bytes: &[u8]) -> Vec<Token<'_>> {
        let mut reader = Reader::new(bytes);
        let mut tokens = Vec::new();
        while !reader.is_at_end() {
            assert_eq!(reader.peek(), reader.peek());
            tokens.push(reader.token().unwrap());
        }
        tokens
    }

    #[test]
    fn numbers_have_their_sign_whatever_their_width() {
        assert_eq!(tokens(&[0x7f, 0xcc, 0xff, 0xcd, 1, 0]), [127, 255, 256].map(Token::Unsigned));
        assert_eq!(tokens(&[&[0xcf][..], &[0xff; 8]].concat()), [Token::Unsigned(u64::MAX)]);
        assert_eq!(tokens(&[0xff, 0xe0, 0xd0, 5, 0xd0, 0x80]), [-1, -32, 5, -128].map(Token::Signed));
        assert_eq!(tokens(&[0xd1, 0x80, 0, 0xd2, 0xff, 0xff, 0xff, 0xfe]), [-32_768, -2].map(Token::Signed));
        assert_eq!(tokens(&[0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0]), [Token::Signed(i64::MIN)]);
    }

    #[test]
    fn lengths_have_any_width() {
        assert_eq!(tokens(&[0xa1, b'a', 0xd9, 1, b'b', 0xda, 0, 1, b'c']), ["a", "b", "c"].map(Token::Text));
        assert_eq!(tokens(&[0xc4, 1, 7, 0xc6, 0, 0, 0, 1, 8]), [Token::Bytes(&[7]), Token::Bytes(&[8])]);
        assert_eq!(tokens(&[0x92, 0xdc, 1, 0, 0xdd, 0, 1, 0, 0]), [2, 256, 65_536].map(Token::Array));
        assert_eq!(tokens(&[0x83, 0xde, 1, 0, 0xdf, 0, 1, 0, 0]), [3, 256, 65_536].map(Token::Map));
    }
}
