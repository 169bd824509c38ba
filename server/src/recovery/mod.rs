//! The service's half of recovery: what it holds for rooms whose owners chose that, and what it does with it on a signed
//! approval.
//!
//! - [`custody`]: the service's recovery keys, kept encrypted.
//! - [`policy`]: which policies may count on them.
//! - [`plan`]: what comes next for a recovery, given the room's log and the time.
//! - [`release`]: the keys themselves: out of their envelopes, and into others for one device.
//! - [`inbox`]: whose requests are taken, who is shown them, and how far each has come.
//!
//! `actors::room` does what the plan says, `http` what clients ask. Deliberately absent: a way to open an envelope without a
//! log entry that says so.

pub mod custody;
pub mod inbox;
pub mod plan;
pub mod policy;
pub mod release;
