//! The store: what the server knows, durably.
//!
//! One thread writes. It takes what waits in a bounded channel, from all rooms, and commits it as one transaction: a disk
//! syncs some hundred times a second, so what decides how many messages are committed is how many share a sync. Readers
//! have connections of their own, on which nothing can be written. Memory here is never the truth: places in a room's
//! stream are allotted, and duplicates, entitlement and epochs checked, inside the transaction, under the lock on the
//! room's row. So one node on SQLite and several on PostgreSQL go the same way.
//!
//! - [`ops`]: the writes that belong to a room, and their outcomes.
//! - `queue`: the channel; `positions`: ack positions, which are merged before they are written.
//! - `writer`: the thread; `batch`: what it commits at once; `room`: a room's part of that; `job`: everything else.
//! - `readers`: the pool.
//! - [`db`]: the SQL. [`db::models`] is what handlers call inside [`Store::read`] and [`Store::write`].
//!
//! Deliberately absent: clocks (moments come in as parameters), cryptography, and rules about who may do what beyond those
//! that must hold at the moment of the commit.

mod batch;
pub mod db;
mod error;
mod health;
mod job;
pub mod ops;
mod positions;
mod queue;
mod readers;
mod room;
#[cfg(test)]
mod tests;
mod url;
mod writer;

use std::{sync::Arc, thread::JoinHandle};

use igoon_shared::ids::{Incarnation, RoomId};
use tokio::sync::{Mutex, oneshot};

pub use self::{
    db::connection::Connection,
    error::StoreError,
    health::StoreHealth,
    url::{DatabaseUrl, ParseDatabaseUrlError},
};
use self::{
    db::{migrations, models::setup},
    job::WriteJob,
    ops::{PositionRow, RoomOp},
    queue::Task,
    readers::Readers,
    writer::{Shared, Writer},
};

/// Too much waits already, or the store shuts down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the database is busy")]
pub struct Busy;

/// A cheap handle to the store. When the last one is gone, what was handed in is still committed; [`Store::shutdown`] waits
/// for that.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    readers: Readers,
    incarnation: Incarnation,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Store {
    /// Opens the database, brings it up to date, and starts the writer and the readers. Blocks.
    ///
    /// # Errors
    /// [`StoreError::DatabaseIsNewer`], [`StoreError::Unreachable`], [`StoreError::Migration`] and whatever the database says.
    pub fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let mut connection = Connection::open_writer(url)?;
        migrations::migrate(&mut connection)?;
        let incarnation = setup::incarnation(&mut connection)?;
        let readers = Readers::open(url)?;
        let (writer, shared) = Writer::new(url.clone(), connection, incarnation);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.run())
            .map_err(|error| StoreError::Unreachable(error.to_string()))?;
        let writer = Mutex::new(Some(thread));
        Ok(Self { inner: Arc::new(Inner { shared, readers, incarnation, writer }) })
    }

    /// Which life of the database this is.
    #[must_use]
    pub fn incarnation(&self) -> Incarnation {
        self.inner.incarnation
    }

    /// Hands in a write that belongs to a room. Never waits. Those of one room are done in the order they are handed in.
    ///
    /// # Errors
    /// Gives the write back, its reply not called, when too much waits or the store shuts down.
    #[expect(clippy::result_large_err, reason = "it is the task itself that comes back, moved once")]
    pub fn submit(&self, room: RoomId, op: RoomOp) -> Result<(), (RoomOp, Busy)> {
        match self.inner.shared.queue.hand_in(Task::Room(room, op)) {
            Err(Task::Room(_, op)) => Err((op, Busy)),
            _ => Ok(()),
        }
    }

    /// Runs `job` in a savepoint inside the next group commit, and resolves once that is on disk. An `Err` of the job rolls
    /// back the job and nothing else. `job` is called again when the commit that it was part of did not happen.
    ///
    /// # Errors
    /// What the job said; [`StoreError::Busy`] when too much waits; [`StoreError::OutcomeUnknown`] when the connection was
    /// lost while committing; [`StoreError::JobPanicked`]; [`StoreError::Unreachable`].
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnMut(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let job = WriteJob { write: job, answer: None, reply };
        self.inner.shared.queue.hand_in(Task::Job(Box::new(job))).map_err(|_| StoreError::Busy)?;
        answer.await.unwrap_or(Err(StoreError::OutcomeUnknown))
    }

    /// Runs `query` on a connection that cannot write, in a transaction that sees one moment of the database.
    ///
    /// # Errors
    /// What the query said; [`StoreError::Busy`] when too many read; [`StoreError::Unreachable`]; [`StoreError::JobPanicked`].
    pub async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.inner.readers.read(query).await
    }

    /// Keeps everybody from reading for as long as what it gives lives.
    #[cfg(test)]
    pub(crate) async fn hold_readers(&self) -> tokio::sync::OwnedSemaphorePermit {
        self.inner.readers.hold().await
    }

    /// Notes how far a device has come. Never waits; a position that is behind one noted before changes nothing. It is
    /// written within half a second, together with all that came meanwhile.
    pub fn note_position(&self, row: PositionRow) {
        self.inner.shared.note_position(row);
    }

    /// Takes nothing in any more, and returns once all that was handed in is committed and answered. Where the database
    /// cannot be reached, it gives up after some seconds, and says so in the answers.
    pub async fn shutdown(&self) {
        self.inner.shared.queue.close();
        // Whoever asks meanwhile waits here until it is over.
        let mut thread = self.inner.writer.lock().await;
        if let Some(thread) = thread.take() {
            let ended = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(ended, Ok(Ok(()))) {
                tracing::error!("the store's writer ended by a panic");
            }
        }
    }

    /// How the writer is doing.
    #[must_use]
    pub fn health(&self) -> StoreHealth {
        self.inner.shared.health()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.queue.close();
    }
}
