//! The signed room log: an append-only chain of entries that says who and which devices are in a room, and which key
//! belongs to which epoch. Clients verify it and believe what it folds to, never the server's lists.
//!
//! - [`entry`]: what an entry is, byte by byte; making and reading one.
//! - [`action`]: every kind of entry.
//! - [`state`]: what a log folds to, and what that permits.
//! - [`rights`]: who may do what to whom.
//! - [`recovery`], [`request`]: how who lost every computer comes back.
//! - [`fold`]: verifying the next entry and applying it.
//!
//! Deliberately absent: anything that is not in the log's own bytes. Names lie beside it ([`name`]).

pub mod action;
pub mod entry;
pub mod fold;
pub mod name;
pub mod recovery;
pub mod request;
pub mod rights;
pub mod state;

pub use action::{Action, EpochReason, HistoryRule, Role};
pub use entry::{Author, EntryBody, SignedEntry};
pub use fold::{Applied, Effect, IgnoredReason, LogError};
pub use state::RoomState;
