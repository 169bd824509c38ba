//! Everything that is SQL. Only the store is above it; what it knows of Igoon are identifiers and wire types.
//!
//! - [`connection`]: one type over both backends, and how a connection is opened.
//! - `migrations`: bringing a database up to date, or refusing it.
//! - `schema`: the tables, as diesel sees them.
//! - [`models`]: what can be asked and written, one file per subject.

mod any_connection;
pub mod connection;
pub(super) mod migrations;
pub mod models;
mod schema;
mod values;
