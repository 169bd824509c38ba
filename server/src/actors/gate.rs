//! What a client declares, looked at before it is kept: a WebSocket frame (RFC 6455, section 5.2) that says that it is longer
//! than allowed ends the stream at its header. The codec behind keeps all bytes of a frame until the last one has come, and
//! looks at the length only then; without this, whoever declares gigabytes and sends them fills the memory.

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

/// A connection's bytes, up to the first frame that declares more than [`limits::CLIENT_FRAME`].
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
        if let Poll::Ready(Some(Ok(bytes))) = &polled
            && self.headers.declare(bytes, limits::CLIENT_FRAME)
        {
            self.too_large.0.set(true);
            return Poll::Ready(Some(Err(PayloadError::Overflow)));
        }
        polled
    }
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
    /// Whether a frame that begins in these bytes, or whose header ends there, is longer than `limit`.
    fn declare(&mut self, mut bytes: &[u8], limit: usize) -> bool {
        loop {
            let skipped = usize::try_from(self.between).unwrap_or(usize::MAX).min(bytes.len());
            self.between = self.between.saturating_sub(u64::try_from(skipped).unwrap_or(u64::MAX));
            let Some((byte, rest)) = bytes.get(skipped..).and_then(<[u8]>::split_first) else { return false };
            bytes = rest;
            self.begun.push(*byte);
            let Some(length) = length(&self.begun) else { continue };
            if usize::try_from(length).is_ok_and(|length| length <= limit) {
                let mask = self.begun.get(1).map_or(0, |second| if second & 0x80 == 0 { 0 } else { 4 });
                self.between = length.saturating_add(mask);
                self.begun.clear();
            } else {
                return true;
            }
        }
    }
}

/// The length of the payload, once all of it stands there. At most ten bytes are looked at.
fn length(header: &[u8]) -> Option<u64> {
    let [_, second, extended @ ..] = header else { return None };
    match second & 0x7F {
        126 => extended.first_chunk().map(|length| u64::from(u16::from_be_bytes(*length))),
        127 => extended.first_chunk().map(|length| u64::from_be_bytes(*length)),
        short => Some(u64::from(short)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 70_000;

    fn frame(length: usize) -> Vec<u8> {
        let declared: Vec<u8> = match length {
            0..126 => vec![0x80 | length as u8],
            126..0x1_0000 => [&[0x80 | 126][..], &(length as u16).to_be_bytes()].concat(),
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
            assert!(!stream.chunks(piece).any(|piece| headers.declare(piece, LIMIT)), "{piece}");
            assert_eq!((headers.between, headers.begun.len()), (0, 0));
        }
    }

    #[test]
    fn a_declared_length_beyond_is_seen_at_the_header() {
        for length in [LIMIT as u64 + 1, 1 << 32, u64::MAX] {
            let header = [&[0x82, 0xFF][..], &length.to_be_bytes()].concat();
            let stream = [frame(5), header].concat();
            for piece in [1, 4, stream.len()] {
                let mut headers = Headers::default();
                let seen = stream.chunks(piece).map(|piece| headers.declare(piece, LIMIT)).collect::<Vec<_>>();
                assert_eq!(seen.iter().position(|seen| *seen), Some(seen.len() - 1), "{length} by {piece}");
            }
        }
    }

    #[test]
    fn frames_without_a_mask_are_followed_too() {
        let mut headers = Headers::default();
        assert!(!headers.declare(&[0x82, 2, 0xFF, 0xFF, 0x82, 0], LIMIT));
        assert_eq!((headers.between, headers.begun.len()), (0, 0));
    }
}
