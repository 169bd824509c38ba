//! What can go wrong, for people to be told.

use igoon_shared::{
    client::io::KitRefusal,
    protocol::error::ErrorCode,
    wrapper::{NoAddress, WrapperError},
};
use serde::{Deserialize, Serialize};

/// Why something did not work; [`crate::texts`] says it in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// The server did not answer.
    Unreachable,
    /// The server refused.
    Refused {
        /// Why.
        code: ErrorCode,
        /// The field that breaks a rule.
        field: Option<String>,
        /// When to try again.
        retry_after_ms: Option<u64>,
    },
    /// What was entered is no address that can be talked to.
    Address(NoAddress),
    /// Nothing answers at the address that was entered.
    NoServer,
    /// Something answers at the address that was entered; it is not Igoon.
    NotIgoon,
    /// The desktop app could not do something.
    App(WrapperError),
    /// The code that was entered is not the one that was mailed.
    WrongCode {
        /// So many tries are left with it.
        tries_left: u32,
    },
    /// The account's password, asked for once more, was another.
    WrongPassword,
    /// The code on paper let nobody in.
    Kit(KitRefusal),
    /// No further code is sent for what was entered; entered anew, it gets one.
    CodeForgotten,
    /// The browser has no storage for this page, or it is full.
    Storage,
    /// The disk is full, or what the browser gives this page of it.
    StorageFull,
    /// What was asked for cannot wait for a connection, and there is none.
    NeedsConnection,
    /// The browser could not make keys.
    Keys,
    /// The stored keys cannot be read.
    DamagedKeys,
    /// The stored rooms and messages cannot be read; the keys can.
    DamagedRecords,
    /// The texts of the language that was chosen did not come.
    Language,
    /// A defect ended the worker.
    Crashed,
    /// What the server shows for an invite link is not the room that it leads to.
    OtherRoom,
}
