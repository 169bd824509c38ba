//! How a connection to either backend is opened, for writing and for reading.

use diesel::{
    Connection as _, ConnectionError, PgConnection, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection as _, TransactionManager as _},
    r2d2::R2D2Connection,
    result::{DatabaseErrorKind, Error as DieselError},
};

pub use super::any_connection::AnyConnection as Connection;
use crate::store::{DatabaseUrl, StoreError};

/// The same diesel expression on whichever backend it is, for what does not compile through the enum.
macro_rules! per_backend {
    ($connection:expr, $inner:ident => $run:expr) => {
        match $connection {
            $crate::store::Connection::Sqlite($inner) => $run,
            $crate::store::Connection::Postgres($inner) => $run,
        }
    };
}
pub(super) use per_backend;

/// How long SQLite waits for a lock that another process holds (a backup, a second server by mistake).
const SQLITE_BUSY_MS: u32 = 10_000;

/// A dead PostgreSQL server is noticed within this time, also in the middle of a commit.
const POSTGRES_PARAMETERS: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("tcp_user_timeout", "10000"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
];

impl Connection {
    /// Opens the database for the writer; SQLite's file is made if it does not exist.
    pub(in crate::store) fn open_writer(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let mut connection = match url {
            DatabaseUrl::Sqlite(path) => {
                make_private_file(path)?;
                Self::establish_at(url, &[])?
            }
            // Of several servers, the one that takes writes.
            DatabaseUrl::Postgres(_) => Self::establish_at(url, &[("target_session_attrs", "read-write")])?,
        };
        match &mut connection {
            // WAL: readers never wait for the writer. FULL: a commit is on disk when it returns.
            Self::Sqlite(sqlite) => sqlite.batch_execute(&format!(
                "PRAGMA busy_timeout = {SQLITE_BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA cache_size = -32768; PRAGMA journal_size_limit = 67108864;"
            ))?,
            // Whatever the server's settings say: what is answered as committed is on disk (stricter settings stay), and a
            // node that stands still in the middle of a transaction keeps the others waiting for a while, not for ever.
            Self::Postgres(postgres) => postgres.batch_execute(
                "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'; \
                 SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '15s';",
            )?,
        }
        Ok(connection)
    }

    /// Opens the database for reading alone; whatever writes on such a connection fails. Each transaction sees one
    /// moment of the database.
    pub(in crate::store) fn open_reader(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let mut connection = Self::establish_at(url, &[])?;
        match &mut connection {
            Self::Sqlite(sqlite) => sqlite.batch_execute(&format!(
                "PRAGMA busy_timeout = {SQLITE_BUSY_MS}; PRAGMA query_only = ON; PRAGMA foreign_keys = ON;"
            ))?,
            Self::Postgres(postgres) => postgres.batch_execute(
                "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            )?,
        }
        Ok(connection)
    }

    fn establish_at(url: &DatabaseUrl, more: &[(&str, &str)]) -> Result<Self, StoreError> {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let path = path.to_str().ok_or_else(|| StoreError::Unreachable("its path is not UTF-8".to_owned()))?;
                SqliteConnection::establish(path).map(Self::Sqlite)
            }
            DatabaseUrl::Postgres(uri) => PgConnection::establish(&with_parameters(uri, more)).map(Self::Postgres),
        }
        .map_err(|error| StoreError::Unreachable(printable(url, &error)))
    }

    /// Begins a transaction that may write.
    fn begin_write(&mut self) -> Result<(), StoreError> {
        match self {
            // Not deferred: a transaction that turns into a writing one later can fail for no fault of its own.
            Self::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")?,
            Self::Postgres(postgres) => {
                AnsiTransactionManager::begin_transaction_sql(postgres, "BEGIN ISOLATION LEVEL READ COMMITTED")?;
            }
        }
        Ok(())
    }

    /// Runs `work` in a transaction that may write.
    ///
    /// # Errors
    /// [`Aborted`] tells whether it is certain that nothing was written.
    pub(in crate::store) fn in_transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, Aborted> {
        self.begin_write().map_err(Aborted::NothingWritten)?;
        match work(self) {
            Ok(value) => match Self::commit_transaction(self) {
                Ok(()) => Ok(value),
                Err(error) => Err(Aborted::OutcomeUnknown(error.into())),
            },
            Err(error) => {
                // When this fails too, the connection is broken, and whoever opened it finds out.
                let _ = Self::rollback_transaction(self);
                Err(Aborted::NothingWritten(error))
            }
        }
    }

    /// Whether the connection answers, outside a transaction or in one that can go on.
    pub(in crate::store) fn is_usable(&mut self) -> bool {
        !self.is_broken() && self.ping().is_ok()
    }
}

/// A transaction that did not go through.
#[derive(Debug)]
pub(in crate::store) enum Aborted {
    /// It was rolled back, or never sent to be committed.
    NothingWritten(StoreError),
    /// It was sent to be committed, and no answer came.
    OutcomeUnknown(StoreError),
}

impl Aborted {
    /// The server takes no writes on this connection: another one has its place now.
    pub(in crate::store) const fn is_read_only(&self) -> bool {
        let (Self::NothingWritten(error) | Self::OutcomeUnknown(error)) = self;
        matches!(error, StoreError::Database(DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _)))
    }
}

/// Makes the file before SQLite does: it holds password hashes, nobody else on the computer needs to read them. SQLite
/// gives its side files the same permissions.
fn make_private_file(path: &std::path::Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| StoreError::Unreachable(format!("{}: {error}", path.display())))
}

/// The URI with [`POSTGRES_PARAMETERS`] and more, except those that it sets itself.
fn with_parameters(uri: &str, more: &[(&str, &str)]) -> String {
    let mut uri = uri.to_owned();
    for (name, value) in POSTGRES_PARAMETERS.iter().chain(more) {
        if !uri.contains(name) {
            uri.push(if uri.contains('?') { '&' } else { '?' });
            uri.push_str(&format!("{name}={value}"));
        }
    }
    uri
}

/// What may be printed of a failure to connect. Of what libpq says, only that which is about the network and the server:
/// when it cannot read a URI, it repeats parts of it, password and all.
fn printable(url: &DatabaseUrl, error: &ConnectionError) -> String {
    let text = error.to_string();
    match url {
        DatabaseUrl::Sqlite(path) => format!("{}: {text}", path.display()),
        DatabaseUrl::Postgres(_) if url.is_plain() && text.starts_with("connection to server") => text,
        DatabaseUrl::Postgres(_) if url.is_plain() && text.starts_with("could not translate host name") => text,
        DatabaseUrl::Postgres(_) => "the address of the PostgreSQL server is not one that can be used".to_owned(),
    }
}
