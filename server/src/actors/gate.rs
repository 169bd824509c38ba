//! What a client declares, looked at before it is kept: a WebSocket frame (RFC 6455, section 5.2) that says that it is longer
//! than allowed ends the stream at its header. The codec behind keeps all bytes of a frame until the last one has come, and
//! looks at the length only then; without this, whoever declares gigabytes and sends them fills the memory. Control frames in
//! fragments or too long (section 5.5) end the stream here too: the codec would write each of them into the log as an error.

use std::{
    cell::Cell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix::prelude::Stream;
use actix_web::{error::PayloadError, web};
use bytes::Bytes;
use igoon_shared::protocol::limits;

/// The longest payload of a control frame.
const CONTROL: u64 = 125;

/// A connection's bytes, up to the first frame whose header breaks a rule.
pub(super) struct Gated {
    payload: web::Payload,
    headers: Headers,
    too_large: TooLarge,
}

/// Whether a frame declared too much.
#[derive(Clone, Default)]
pub(super) struct TooLarge(Rc<Cell<bool>>);

impl TooLarge {
    pub(super) fn was_declared(&self) -> bool {
        self.0.get()
    }
}

impl Gated {
    pub(super) fn new(payload: web::Payload) -> (Self, TooLarge) {
        let too_large = TooLarge::default();
        (Self { payload, headers: Headers::default(), too_large: too_large.clone() }, too_large)
    }
}

impl Stream for Gated {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.too_large.was_declared() {
            return Poll::Ready(None);
        }
        let polled = Pin::new(&mut self.payload).poll_next(cx);
        let Poll::Ready(Some(Ok(bytes))) = &polled else { return polled };
        match self.headers.look_at(bytes, limits::CLIENT_FRAME) {
            Ok(()) => polled,
            Err(Breach::TooLarge) => {
                self.too_large.0.set(true);
                Poll::Ready(Some(Err(PayloadError::Overflow)))
            }
            Err(Breach::Control) => Poll::Ready(Some(Err(PayloadError::EncodingCorrupted))),
        }
    }
}

/// What is wrong with a frame's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Breach {
    /// It declares too much.
    TooLarge,
    /// It is of a control frame that is a fragment, or too long.
    Control,
}

/// Finds the headers of frames in bytes that come in pieces.
#[derive(Default)]
struct Headers {
    /// The beginning of one.
    begun: Vec<u8>,
    /// How many bytes come before the next one.
    between: u64,
}

impl Headers {
    /// Looks at the frames whose header is complete with these bytes. After a breach there is no next time.
    fn look_at(&mut self, mut bytes: &[u8], limit: usize) -> Result<(), Breach> {
        loop {
            let skipped = usize::try_from(self.between).unwrap_or(usize::MAX).min(bytes.len());
            self.between = self.between.saturating_sub(u64::try_from(skipped).unwrap_or(u64::MAX));
            let Some((byte, rest)) = bytes.get(skipped..).and_then(<[u8]>::split_first) else { return Ok(()) };
            bytes = rest;
            self.begun.push(*byte);
            let Some(header) = Header::parse(&self.begun) else { continue };
            self.between = header.check(limit)?;
            self.begun.clear();
        }
    }
}

/// A frame's header.
struct Header {
    last: bool,
    control: bool,
    masked: bool,
    length: u64,
}

impl Header {
    /// Reads it, once it is there up to the length. At most ten bytes are looked at.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let [first, second, extended @ ..] = bytes else { return None };
        let length = match second & 0x7F {
            126 => u64::from(u16::from_be_bytes(*extended.first_chunk()?)),
            127 => u64::from_be_bytes(*extended.first_chunk()?),
            short => u64::from(short),
        };
        Some(Self { last: first & 0x80 != 0, control: first & 0x08 != 0, masked: second & 0x80 != 0, length })
    }

    /// How many bytes come before the next header.
    fn check(&self, limit: usize) -> Result<u64, Breach> {
        if !usize::try_from(self.length).is_ok_and(|length| length <= limit) {
            return Err(Breach::TooLarge);
        }
        if self.control && (!self.last || self.length > CONTROL) {
            return Err(Breach::Control);
        }
        Ok(self.length.saturating_add(if self.masked { 4 } else { 0 }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 70_000;

    fn frame(length: usize) -> Vec<u8> {
        let declared: Vec<u8> = match length {
            0..126 => vec![0x80 | u8::try_from(length).unwrap()],
            126..0x1_0000 => [&[0x80 | 126][..], &u16::try_from(length).unwrap().to_be_bytes()].concat(),
            _ => [&[0x80 | 127][..], &(length as u64).to_be_bytes()].concat(),
        };
        // What is inside looks like a header of something too large.
        [vec![0x82], declared, vec![0xFF; 4 + length]].concat()
    }

    #[test]
    fn frames_of_any_allowed_length_pass_however_they_are_cut() {
        let stream: Vec<u8> = [0, 1, 125, 126, 127, 65_535, 65_536, LIMIT, 3].map(frame).concat();
        for piece in [1, 2, 3, 7, 1_000, stream.len()] {
            let mut headers = Headers::default();
            assert!(stream.chunks(piece).all(|piece| headers.look_at(piece, LIMIT).is_ok()), "{piece}");
            assert_eq!((headers.between, headers.begun.len()), (0, 0));
        }
    }

    #[test]
    fn a_breach_is_seen_at_the_header() {
        let declared = |length: u64| [&[0x82, 0xFF][..], &length.to_be_bytes()].concat();
        for (header, breach) in [
            (declared(LIMIT as u64 + 1), Breach::TooLarge),
            (declared(1 << 32), Breach::TooLarge),
            (declared(u64::MAX), Breach::TooLarge),
            (vec![0x09, 0x80], Breach::Control),
            (vec![0x89, 0xFE, 0, 126], Breach::Control),
        ] {
            let stream = [frame(5), vec![0x89, 0xFD], vec![0; 129], header].concat();
            for piece in [1, 4, stream.len()] {
                let mut headers = Headers::default();
                let seen: Vec<_> = stream.chunks(piece).map(|piece| headers.look_at(piece, LIMIT)).collect();
                let (last, before) = seen.split_last().unwrap();
                assert_eq!(*last, Err(breach), "{piece}");
                assert!(before.iter().all(Result::is_ok));
            }
        }
    }

    #[test]
    fn frames_without_a_mask_are_followed_too() {
        let mut headers = Headers::default();
        assert_eq!(headers.look_at(&[0x82, 2, 0xFF, 0xFF, 0x82, 0], LIMIT), Ok(()));
        assert_eq!((headers.between, headers.begun.len()), (0, 0));
    }
}
