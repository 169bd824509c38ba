//! What can be asked of the database and written to it, one file per subject, each function named for what it is for.
//!
//! Handlers and actors call the public ones inside `store.read` and `store.write`; those that write check nothing but
//! what their comment says. What belongs to a room's stream and log is written by the writer alone.

pub mod accounts;
pub mod approvals;
pub mod challenges;
pub mod devices;
pub mod invites;
pub mod keys;
pub(in crate::store) mod members;
pub mod names;
pub mod outbox;
pub mod positions;
pub mod presence;
pub mod recoveries;
pub mod recovery_keys;
pub mod recovery_kits;
pub mod recovery_requests;
pub mod rooms;
pub mod sessions;
pub mod setup;
pub mod statements;
pub(in crate::store) mod stream;
pub mod tickets;
pub mod trusted;
