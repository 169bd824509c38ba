//! Connections for reading: a few, shared by all who ask. Reading blocks, so it happens on the runtime's blocking threads;
//! who waits for a connection waits without a thread.

use std::{sync::Arc, time::Duration};

use diesel::{Connection as _, r2d2};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

use super::{Connection, DatabaseUrl, StoreError};

/// How many read at the same time.
const CONNECTIONS: u32 = 8;
/// Who has waited as long as this for a connection is told that the database is busy.
const PATIENCE: Duration = Duration::from_secs(10);

/// The pool.
pub(super) struct Readers {
    pool: r2d2::Pool<Opener>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let pool = r2d2::Pool::builder()
            .max_size(CONNECTIONS)
            .min_idle(Some(1))
            .connection_timeout(PATIENCE)
            .error_handler(Box::new(LogErrors))
            .build(Opener(url.clone()))
            .map_err(|error| StoreError::Unreachable(error.to_string()))?;
        Ok(Self { pool, permits: Arc::new(Semaphore::new(usize::try_from(CONNECTIONS).unwrap_or(1))) })
    }

    /// Keeps everybody from reading for as long as what it gives lives.
    #[cfg(test)]
    pub(super) async fn hold(&self) -> tokio::sync::OwnedSemaphorePermit {
        Arc::clone(&self.permits).acquire_many_owned(CONNECTIONS).await.unwrap()
    }

    /// Runs `query` in a transaction that sees one moment of the database.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = timeout(PATIENCE, Arc::clone(&self.permits).acquire_owned()).await;
        let permit = permit.map_err(|_| StoreError::Busy)?.map_err(|_| StoreError::Busy)?;
        let pool = self.pool.clone();
        let reading = spawn_blocking(move || {
            let _permit = permit;
            let mut connection = pool.get().map_err(|error| StoreError::Unreachable(error.to_string()))?;
            let connection: &mut Connection = &mut connection;
            connection.transaction(query)
        });
        // The task fails by a panic alone; the pool throws such a connection away.
        reading.await.unwrap_or(Err(StoreError::JobPanicked))
    }
}

/// Opens connections for the pool.
struct Opener(DatabaseUrl);

impl r2d2::ManageConnection for Opener {
    type Connection = Connection;
    type Error = StoreError;

    fn connect(&self) -> Result<Connection, StoreError> {
        Connection::open_reader(&self.0)
    }

    fn is_valid(&self, connection: &mut Connection) -> Result<(), StoreError> {
        Ok(diesel::r2d2::R2D2Connection::ping(connection)?)
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        std::thread::panicking() || diesel::r2d2::R2D2Connection::is_broken(connection)
    }
}

/// The pool tries again by itself; this only tells that it does.
#[derive(Debug)]
struct LogErrors;

impl r2d2::HandleError<StoreError> for LogErrors {
    fn handle_error(&self, error: StoreError) {
        tracing::warn!(%error, "no connection for reading");
    }
}
