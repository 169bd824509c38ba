//! What crosses the wire. Live things go over the WebSocket as MessagePack frames ([`frames`], [`codec`]); accounts, log
//! appends and envelope sets as JSON over HTTP ([`http`], [`json`]). Errors are codes ([`error`]), sizes are bounded ([`limits`]).
//!
//! Wire types, database rows and what a page shows are three different things; only the first are here.

mod approvals;
pub mod bytes;
pub mod codec;
mod decoder;
pub mod error;
pub mod frames;
pub mod http;
pub mod json;
pub mod limits;
mod message_pack;
pub mod names;
mod people;
mod statements;

/// Version of the protocol; also the WebSocket subprotocol's name.
pub const VERSION: u16 = 1;

/// The WebSocket subprotocol (RFC 6455, section 1.9).
pub const SUBPROTOCOL: &str = "igoon.v1";

/// Before the ticket in the second subprotocol that a client without cookies offers.
pub const TICKET_PREFIX: &str = "igoon.ticket.";
