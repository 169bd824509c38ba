//! One type over both backends. In a file of its own because the derive fills its module with names of its own, and makes
//! public items without docs.
#![allow(missing_docs, clippy::expect_used, reason = "what the derive makes")]

use diesel::{PgConnection, SqliteConnection};

/// A connection to SQLite or PostgreSQL. Most queries run on it as it is; what diesel offers for one backend only (ON
/// CONFLICT, several rows in one INSERT, row locks) goes through `per_backend!` or a `match`.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// SQLite.
    Sqlite(SqliteConnection),
    /// PostgreSQL.
    Postgres(PgConnection),
}
