//! A room's export, from the wish to the whole file.

use igoon_shared::protocol::bytes::Blob;
use serde::{Deserialize, Serialize};

use super::Trouble;
use crate::state::Language;

/// What a room is exported as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExportFormat {
    /// To read: one HTML file, in this language.
    Document(Language),
    /// For programs: JSON Lines, as docs/EXPORT.md says.
    Lines,
}

/// What becomes of an export. Any number of pieces, then one of the others; when the stage is not [`super::Stage::Signed`]
/// any more, the export has ended without a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExportNews {
    /// The next piece of the file.
    Piece {
        /// So many messages are in the file by now.
        done: u64,
        /// Of so many.
        of: u64,
        /// UTF-8.
        bytes: Blob,
    },
    /// That was the last piece.
    Whole {
        /// What to call the file.
        file_name: String,
    },
    /// It was stopped, as it was wished.
    Stopped,
    /// It cannot go on.
    Failed(Trouble),
}
