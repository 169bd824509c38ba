//! What the pages between a visitor and a room say, where it depends on how things stand.

use super::t;
use crate::messages::{Pending, Trouble};

/// What is being done between signing in and a room.
#[must_use]
pub fn opening(pending: Option<Pending>) -> String {
    match pending {
        Some(Pending::Room) => t!("opening-room"),
        Some(Pending::Joining) => t!("opening-join"),
        None => t!("opening-rooms"),
    }
}

/// What must be mended before it goes on, as a heading.
#[must_use]
pub fn stopped(trouble: &Trouble) -> String {
    match trouble {
        Trouble::DamagedKeys => t!("stopped-keys-damaged"),
        Trouble::DamagedRecords => t!("stopped-records-damaged"),
        Trouble::Keys => t!("stopped-no-keys"),
        Trouble::Storage | Trouble::StorageFull => t!("stopped-no-storage"),
        Trouble::Crashed
        | Trouble::Unreachable
        | Trouble::Address(_)
        | Trouble::NoServer
        | Trouble::NotIgoon
        | Trouble::App(_)
        | Trouble::Kit(_)
        | Trouble::NeedsConnection
        | Trouble::WrongCode { .. }
        | Trouble::WrongPassword
        | Trouble::CodeForgotten
        | Trouble::Language
        | Trouble::OtherRoom
        | Trouble::Refused { .. } => t!("stopped"),
    }
}
