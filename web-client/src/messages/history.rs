//! A room's stored messages, portion by portion: the page holds a window of them, never all.

use igoon_shared::{
    client::io::MessageView,
    ids::{RoomId, Seq},
};
use serde::{Deserialize, Serialize};

/// Which messages of a room the page wants; a portion of at most [`HistoryWish::PORTION`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HistoryWish {
    /// The newest ones.
    Latest,
    /// Half a portion before this place, and from it on the rest.
    Around(Seq),
    /// The ones right before this place.
    Before(Seq),
    /// The ones right after this place.
    After(Seq),
}

impl HistoryWish {
    /// So many messages at most are in an answer: what the page can put into its timeline between two frames, or nearly.
    pub const PORTION: usize = 50;
}

/// A portion of a room's stored messages: all that there are between its first and its last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPage {
    /// Which room's.
    pub room: RoomId,
    /// What it answers.
    pub wish: HistoryWish,
    /// By place in the stream.
    pub messages: Vec<MessageView>,
    /// There are messages before them.
    pub earlier: bool,
    /// There are messages after them.
    pub later: bool,
}
