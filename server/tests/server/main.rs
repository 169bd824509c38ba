//! The server as clients see it: the real one on a free port, with a database of its own, driven over HTTP and WebSocket.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod accounts;
mod approvals;
mod desktop_app;
mod devices;
mod document;
mod errors;
mod going;
mod health;
mod limits;
mod presence;
mod recovery;
mod room_keys;
mod rooms;
mod sockets;
mod statements;
mod support;
mod table;
mod tls;
