//! Brotli (RFC 7932) as small as it gets, for what is compressed once and sent many times. `build.rs` uses this file, too.

use std::io::{self, Write as _};

/// The bytes compressed; `None` where that would not be smaller.
pub(super) fn brotli(bytes: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut small = Vec::new();
    let (quality, window) = (11, 22);
    brotli::CompressorWriter::new(&mut small, 64 * 1024, quality, window).write_all(bytes)?;
    Ok((small.len() < bytes.len()).then_some(small))
}
