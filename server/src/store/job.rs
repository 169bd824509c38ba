//! A write that is not a room's: a closure, run in a savepoint inside the next group commit.

use std::panic::{AssertUnwindSafe, catch_unwind};

use diesel::Connection as _;
use tokio::sync::oneshot;

use super::{Connection, StoreError};

/// What the writer does with such a write, whatever it answers.
pub(super) trait Job: Send {
    /// Does it in a savepoint, and remembers the answer until [`Job::committed`].
    ///
    /// # Errors
    /// When there is no answer: the database failed (the savepoint is rolled back, it may be tried again), or the closure
    /// panicked ([`StoreError::JobPanicked`]; then the connection's transaction is in no known state).
    fn run(&mut self, connection: &mut Connection) -> Result<(), StoreError>;

    /// It has an answer that is not committed yet, or is.
    fn has_run(&self) -> bool;

    /// It was rolled back: it has no answer again.
    fn rolled_back(&mut self);

    /// The transaction that it ran in was sent to be committed, and no answer came. True when that does not matter to it:
    /// it refused, so there was nothing of it to commit.
    fn outcome_is_certain(&self) -> bool;

    /// Answers: with what it answered when it ran, or with `failure`.
    fn reply(self: Box<Self>, failure: Option<StoreError>);
}

/// The [`Job`] that [`super::Store::write`] makes of a closure.
pub(super) struct WriteJob<T, F> {
    pub(super) write: F,
    pub(super) answer: Option<Result<T, StoreError>>,
    pub(super) reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for WriteJob<T, F>
where
    T: Send,
    F: FnMut(&mut Connection) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let write = &mut self.write;
        let answer = connection.transaction(|connection| {
            catch_unwind(AssertUnwindSafe(|| write(connection))).unwrap_or(Err(StoreError::JobPanicked))
        });
        match answer {
            Err(error @ (StoreError::JobPanicked | StoreError::Database(_))) => Err(error),
            answer => {
                self.answer = Some(answer);
                Ok(())
            }
        }
    }

    fn has_run(&self) -> bool {
        self.answer.is_some()
    }

    fn rolled_back(&mut self) {
        self.answer = None;
    }

    fn outcome_is_certain(&self) -> bool {
        matches!(self.answer, Some(Err(_)))
    }

    fn reply(self: Box<Self>, failure: Option<StoreError>) {
        let answer = match failure {
            Some(failure) => Err(failure),
            None => self.answer.unwrap_or(Err(StoreError::Busy)),
        };
        // Whoever asked may be gone.
        let _ = self.reply.send(answer);
    }
}
