//! The network, as the worker uses it: requests, the WebSocket, and when to try again. Knows no Yew, no keys, and nothing of
//! what the bytes mean.

pub mod account;
pub mod admin;
pub mod backoff;
pub mod link;
pub mod liveness;
pub mod requests;
pub mod server;
pub mod socket;
