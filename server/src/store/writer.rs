//! The thread that writes: takes what waits, commits it as one transaction, and answers once that is on disk.
//!
//! When that transaction fails, what was in it is tried singly, so that one write that cannot be done keeps no other from
//! being done. When the connection is lost while committing, the same trying again is what finds out: a message or an append
//! that was committed after all is found in place, and answered as committed. Only a job cannot be looked for, and its
//! caller is told that the outcome is not known.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, TryRecvError},
    },
    time::{Duration, Instant},
};

use igoon_shared::ids::Incarnation;

use super::{
    Connection, DatabaseUrl, StoreError, StoreHealth,
    batch::{Batch, JobTask},
    db::{connection::Aborted, models},
    health::WriterRecord,
    ops::PositionRow,
    positions::Positions,
    queue::{self, Queue, Task},
};

/// Writes in one transaction.
const BATCH: usize = 1024;
/// How often one write is tried by itself, when what is in its way may pass.
const TRIES: u32 = 3;
/// How long a batch waits for a lost database before it is answered as failed.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same, when the server is shutting down.
const PATIENCE_AT_THE_END: Duration = Duration::from_secs(2);
/// Between the first two attempts to connect; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What the writer shares with the handles.
pub(super) struct Shared {
    pub(super) queue: Queue,
    positions: Positions,
    record: WriterRecord,
}

impl Shared {
    pub(super) fn note_position(&self, row: PositionRow) {
        if !self.queue.is_closed() && self.positions.note(row) {
            // When the queue is full, the writer is awake anyway.
            let _ = self.queue.hand_in(Task::Look);
        }
    }

    pub(super) fn health(&self) -> StoreHealth {
        StoreHealth {
            queue_depth: self.queue.depth(),
            queue_bound: queue::BOUND,
            queue_bytes: self.queue.bytes(),
            queue_bytes_bound: queue::BYTES_BOUND,
            ..self.record.look()
        }
    }
}

/// The thread's own.
pub(super) struct Writer {
    url: DatabaseUrl,
    tasks: Receiver<Task>,
    shared: Arc<Shared>,
    incarnation: Incarnation,
    /// `None` while the database is out of reach.
    connection: Option<Connection>,
    /// It was out of reach when the server was shutting down: what is left is not worth waiting for.
    gave_up: bool,
}

impl Writer {
    pub(super) fn new(url: DatabaseUrl, connection: Connection, incarnation: Incarnation) -> (Self, Arc<Shared>) {
        let (queue, tasks) = Queue::new();
        let shared = Arc::new(Shared { queue, positions: Positions::default(), record: WriterRecord::new() });
        (
            Self { url, tasks, shared: Arc::clone(&shared), incarnation, connection: Some(connection), gave_up: false },
            shared,
        )
    }

    /// Writes until the queue is closed and empty.
    pub(super) fn run(mut self) {
        while let Some(batch) = self.collect() {
            if !batch.is_empty() {
                self.commit(batch);
            }
        }
    }

    /// Waits for something to do, and takes all that waits. There is no pause in which more could come: what comes while
    /// one batch is committed makes the next.
    fn collect(&self) -> Option<Batch> {
        let mut batch = Batch::default();
        let first = match self.shared.positions.due_in() {
            None => self.tasks.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(due) => self.tasks.recv_timeout(due),
        };
        let mut next = first.map_err(|error| matches!(error, RecvTimeoutError::Disconnected));
        let closed = loop {
            match next {
                Ok(task) => {
                    self.shared.queue.taken(&task);
                    batch.take_in(task);
                }
                Err(closed) => break closed,
            }
            if batch.len() >= BATCH {
                break false;
            }
            next = self.tasks.try_recv().map_err(|error| matches!(error, TryRecvError::Disconnected));
        };
        // At the end those that have not waited long enough, too.
        let positions = &self.shared.positions;
        batch.positions = if closed { positions.take() } else { positions.take_due() };
        (!closed || !batch.is_empty()).then_some(batch)
    }

    fn commit(&mut self, mut batch: Batch) {
        let incarnation = self.incarnation;
        let written = match self.attempt(|connection| batch.write(connection, incarnation)) {
            Ok(()) => {
                batch.committed();
                Ok(())
            }
            Err(Aborted::NothingWritten(error @ StoreError::Unreachable(_))) => Err(error),
            Err(aborted) => {
                tracing::warn!(?aborted, writes = batch.len(), "a batch was not committed; trying its writes singly");
                batch.aborted(&aborted);
                Ok(())
            }
        };
        if let Err(error) = written.and_then(|()| self.commit_the_rest_singly(&mut batch)) {
            tracing::error!(%error, "the database is out of reach");
            for task in batch.jobs.iter_mut().filter(|task| !task.is_settled()) {
                task.fail(StoreError::Unreachable("it is out of reach".to_owned()));
            }
        }
        if !self.shared.queue.is_closed() {
            self.shared.positions.put_back(std::mem::take(&mut batch.positions));
        }
        self.shared.record.answered(batch.len());
        batch.reply();
    }

    /// Does what is not settled: everything, when the batch as a whole did not go through; otherwise jobs that failed in it.
    ///
    /// # Errors
    /// When the database is out of reach, and there is no use in going on.
    fn commit_the_rest_singly(&mut self, batch: &mut Batch) -> Result<(), StoreError> {
        let incarnation = self.incarnation;
        for (room, tasks) in &mut batch.rooms {
            for task in tasks.iter_mut().filter(|task| !task.is_settled()) {
                let written = self.persist(|connection| {
                    super::room::write(connection, incarnation, *room, std::slice::from_mut(task))
                })?;
                if written {
                    task.committed();
                }
            }
        }
        for task in batch.jobs.iter_mut().filter(|task| !task.is_settled()) {
            self.run_alone(task)?;
        }
        if !batch.positions.is_empty()
            && self.persist(|connection| models::positions::raise(connection, &batch.positions).map(|()| 0))?
        {
            batch.positions.clear();
        }
        Ok(())
    }

    /// Does something that finds out by itself whether it was done before; false when it cannot be done.
    fn persist(
        &mut self,
        mut write: impl FnMut(&mut Connection) -> Result<usize, StoreError>,
    ) -> Result<bool, StoreError> {
        for _ in 0..TRIES {
            match self.attempt(&mut write) {
                Ok(()) => return Ok(true),
                Err(Aborted::NothingWritten(error @ StoreError::Unreachable(_))) => return Err(error),
                Err(Aborted::NothingWritten(error)) if !error.is_transient() => {
                    tracing::error!(%error, "a write failed");
                    return Ok(false);
                }
                Err(aborted) => tracing::warn!(?aborted, "a write was not committed"),
            }
        }
        Ok(false)
    }

    fn run_alone(&mut self, task: &mut JobTask) -> Result<(), StoreError> {
        for last in (0..TRIES).map(|count| count + 1 == TRIES) {
            match self.attempt(|connection| task.job.run(connection).map(|()| 0)) {
                Ok(()) => task.committed(),
                Err(Aborted::NothingWritten(error @ StoreError::Unreachable(_))) => return Err(error),
                Err(Aborted::NothingWritten(error)) if last || !error.is_transient() => task.fail(error),
                Err(aborted) => task.aborted(&aborted),
            }
            if task.is_settled() {
                break;
            }
        }
        Ok(())
    }

    /// One transaction, and a connection for it.
    fn attempt(&mut self, write: impl FnOnce(&mut Connection) -> Result<usize, StoreError>) -> Result<(), Aborted> {
        if self.connection.is_none() {
            self.connection = Some(self.reconnect().map_err(Aborted::NothingWritten)?);
        }
        let Some(connection) = &mut self.connection else {
            return Err(Aborted::NothingWritten(StoreError::Unreachable("there is no connection".to_owned())));
        };
        let started = Instant::now();
        let attempt = catch_unwind(AssertUnwindSafe(|| connection.in_transaction(write)))
            .unwrap_or(Err(Aborted::NothingWritten(StoreError::JobPanicked)));
        match attempt {
            Ok(rows) => {
                self.shared.record.committed(rows, started.elapsed());
                Ok(())
            }
            Err(aborted) => {
                self.shared.record.failed();
                // A panic leaves savepoints behind.
                let panicked = matches!(aborted, Aborted::NothingWritten(StoreError::JobPanicked));
                if panicked || aborted.is_read_only() || !connection.is_usable() {
                    self.connection = None;
                }
                Err(aborted)
            }
        }
    }

    /// Keeps trying for a while; at the end, for a while altogether.
    fn reconnect(&mut self) -> Result<Connection, StoreError> {
        let started = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match Connection::open_writer(&self.url) {
                Ok(connection) => {
                    self.shared.record.connected(true);
                    return Ok(connection);
                }
                Err(error) => error,
            };
            self.shared.record.connected(false);
            let closed = self.shared.queue.is_closed();
            let patience = match (closed, self.gave_up) {
                (false, _) => PATIENCE,
                (true, false) => PATIENCE_AT_THE_END,
                (true, true) => Duration::ZERO,
            };
            if started.elapsed().saturating_add(pause) > patience {
                self.gave_up = closed;
                return Err(error);
            }
            tracing::warn!(%error, "no connection for writing; trying again");
            std::thread::sleep(pause);
            pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
        }
    }
}
