//! What can go wrong, as the person at the terminal will read it.

use std::io;
use std::path::Path;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Error {
    /// Says what went wrong and what to do about it.
    Message(String),
    /// A program that reports for itself, like nextest, has failed and has said why: only its exit
    /// code is left to pass on.
    Reported(u8),
}

/// The result of everything here that can fail.
pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error that says `message`.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }

    /// A failed file operation, for `map_err`: "cannot read /some/path: permission denied".
    pub(crate) fn file(verb: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let subject = format!("cannot {verb} {}", path.display());
        move |error| Self::Message(format!("{subject}: {error}"))
    }
}
