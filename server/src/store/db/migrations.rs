//! Brings a database up to date when it is opened, or refuses it.
//!
//! All in one transaction, under a lock: of several nodes that start at once one does it, the others find it done.

use std::collections::HashSet;

use diesel::{
    RunQueryDsl as _,
    backend::Backend,
    migration::{Migration, MigrationSource as _},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::{Aborted, Connection};
use crate::store::StoreError;

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Brings the database up to date.
///
/// # Errors
/// [`StoreError::DatabaseIsNewer`] when it has changes that this program does not know; then nothing is touched.
pub(in crate::store) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    connection
        .in_transaction(|connection| match connection {
            Connection::Sqlite(sqlite) => bring_up_to_date(sqlite, SQLITE),
            Connection::Postgres(postgres) => {
                // Another node may take long over it.
                diesel::sql_query("SET LOCAL lock_timeout = 0").execute(postgres)?;
                // Any number will do, as long as no other program uses it on this database. Held until the commit.
                diesel::sql_query("SELECT pg_advisory_xact_lock(7593642901551406)").execute(postgres)?;
                bring_up_to_date(postgres, POSTGRES)
            }
        })
        .map_err(|(Aborted::NothingWritten(error) | Aborted::OutcomeUnknown(error))| error)
}

fn bring_up_to_date<DB: Backend>(
    connection: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> Result<(), StoreError> {
    let known: Vec<Box<dyn Migration<DB>>> = migrations.migrations().map_err(StoreError::Migration)?;
    let known: HashSet<String> = known.iter().map(|migration| migration.name().version().to_string()).collect();
    let applied = connection.applied_migrations().map_err(StoreError::Migration)?;
    // The newest comes first.
    if let Some(unknown) = applied.iter().find(|version| !known.contains(&version.to_string())) {
        return Err(StoreError::DatabaseIsNewer { newest_change: unknown.to_string() });
    }
    connection.run_pending_migrations(migrations).map(drop).map_err(StoreError::Migration)
}
