//! What every part of Igoon agrees on: identifiers, the wire protocol, suite 1 of the cryptography, the signed room
//! log, and the client core that decides what a client does next.
//!
//! Deliberately absent: any I/O. Nothing here opens a socket or a file, reads a clock or knows actix, diesel, yew or
//! tokio; time comes in as a parameter, bytes go in and out. The one exception is [`crypto::system_rng`], which asks
//! the operating system (in a browser: `crypto.getRandomValues`) for randomness.

pub mod client;
pub mod crypto;
pub mod ids;
pub mod log;
pub mod presence;
pub mod protocol;
pub mod sorted;
pub mod time;
pub mod wrapper;
