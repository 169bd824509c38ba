//! The tests of this crate that run natively alone. One program: linking one per file took longer than running them all.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

mod approving;
mod client_core;
mod client_history;
mod client_people;
mod client_rooms;
mod clocks;
mod codec_properties;
mod comparing;
mod decoding;
mod entries;
mod json;
mod keys;
mod killed;
mod lacking;
mod leaving;
mod log;
mod log_properties;
mod openssl;
mod published_vectors;
mod recovering;
mod removal;
mod renewal;
mod rotation;
mod sealing;
mod secrets;
mod snapshots;
#[path = "../support/mod.rs"]
mod support;
mod waiting;
mod wishes;
#[path = "../support/world/mod.rs"]
#[allow(dead_code, unreachable_pub, clippy::cast_possible_truncation, reason = "as in `support`; numbers are small")]
mod world;

#[global_allocator]
static HEAP: support::heap::Watched = support::heap::Watched;
