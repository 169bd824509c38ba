//! The actors, and what each may do to the others.
//!
//! ```text
//!                     Directory                 one; id -> actor, account -> its devices
//!                    /         \
//!               starts, forgets (on idle, on death)
//!                  /             \
//!   Socket <──▶ Device <───────▶ Room ──▶ store (writer thread, group commit)
//!     │            │  one per      one per active room: the log's fold, order of appends, fan-out
//!     │            │  connected device: pace, order, place in each stream
//!     │  one per connection: bytes, nothing else
//! ```
//!
//! | actor | runs on | mailbox | when full |
//! |---|---|---|---|
//! | [`socket::Socket`] | the worker that holds the connection; polled as its response body | 64 batches | slow consumer: Device ends the session |
//! | [`device::Device`] | the arbiter of the worker that held its first socket | 512 | a socket waits and stops reading; a room marks it as behind and says so later |
//! | [`room::Room`] | one of a small pool of arbiters, by room id | 1024 | the sender gets "later" |
//! | [`directory::Directory`] | the main arbiter | 4096 | the caller gets "later" |
//! | [`mailer::Mailer`] | the main arbiter | 64 | it was woken already |
//!
//! Each of them but Socket has a record in [`health`] by being declared: what it is doing, how much waits, what it has
//! handled, whether it died. Others reach it by a [`health::Mailbox`]. Sockets are counted as connections.
//!
//! A message travels `Socket -> Device -> Room -> store -> Room -> Device -> Socket`, and no handler on the way waits for
//! an answer: what takes time runs beside the actor and comes back as a message. Volume goes through `try_send`;
//! `do_send`, which knows no bound, is used where something else bounds it, and says what.
//!
//! Nothing here is durable. An actor that panics is dropped; its `Drop` tells the Directory, which forgets it and counts
//! it, and whoever asks next gets one that is rebuilt from the store. A room that dies also tells its devices, which end
//! their sessions: their clients come back, say where they stand and send again what was not answered.

pub mod device;
pub mod directory;
mod gate;
pub mod health;
pub mod mailer;
pub mod room;
pub mod socket;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::health::Registry;
use crate::{clock::Clock, config::Rates, recovery::custody::Custody, store::Store};

/// What every actor needs.
#[derive(Clone)]
pub struct Deps {
    /// The store.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Where each actor can be seen.
    pub registry: Registry,
    /// The service's recovery keys.
    pub custody: Custody,
    /// What a device may do how often.
    pub rates: Arc<Rates>,
}

/// How long a client should wait before it sends again what was refused with "later", in milliseconds.
pub const RETRY_AFTER_MS: u64 = 250;
