//! The real client core against a service that lies. One file for each family of lies; in each test the service tells one
//! lie, and the client refuses it, says so to its person, gives nothing away, and goes on where it can. What a client survives
//! stands in docs/SECURITY.md as a table; each row names its test here.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::cast_possible_truncation, reason = "a test's numbers are small")]

mod checks;
mod epochs;
mod forging;
mod history;
mod joining;
mod keys;
mod members;
mod messages;
mod names;
mod newer;
mod recovery;
mod restored;
mod service;
mod stored;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/world/mod.rs"]
#[allow(dead_code, unreachable_pub, clippy::cast_possible_truncation, reason = "as in `support`; numbers are small")]
mod world;
