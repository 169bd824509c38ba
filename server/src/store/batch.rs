//! What is committed at once, and where each write of it stands.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use igoon_shared::ids::{Incarnation, RoomId};

use super::{
    Connection, StoreError,
    db::{connection::Aborted, models::positions},
    job::Job,
    ops::{AppendOutcome, KeysOutcome, MessageOutcome, NewAppend, NewKeys, NewMessage, PositionRow, Reply, RoomOp},
    queue::Task,
    room,
};

/// Writes that share a transaction. Rooms are in the order of their ids, so that of several nodes none waits for one that
/// waits for it.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) rooms: BTreeMap<RoomId, Vec<RoomTask>>,
    pub(super) jobs: Vec<JobTask>,
    pub(super) positions: Vec<PositionRow>,
    tasks: usize,
}

/// A room's write.
pub(super) enum RoomTask {
    Message(Pending<NewMessage, MessageOutcome>),
    Append(Pending<Box<NewAppend>, AppendOutcome>),
    Keys(Pending<NewKeys, KeysOutcome>),
}

/// A write and what has become of it so far.
pub(super) struct Pending<N, O> {
    pub(super) new: N,
    /// What the last transaction made of it; true once that is committed.
    pub(super) outcome: Option<O>,
    settled: bool,
    reply: Reply<O>,
}

/// A job and what has become of it so far.
pub(super) struct JobTask {
    pub(super) job: Box<dyn Job>,
    /// Instead of its own answer.
    failure: Option<StoreError>,
    settled: bool,
}

impl Batch {
    pub(super) fn take_in(&mut self, task: Task) {
        let (room, task) = match task {
            Task::Room(room, RoomOp::Message(new, reply)) => (room, RoomTask::Message(Pending::new(new, reply))),
            Task::Room(room, RoomOp::Append(new, reply)) => (room, RoomTask::Append(Pending::new(new, reply))),
            Task::Room(room, RoomOp::Keys(new, reply)) => (room, RoomTask::Keys(Pending::new(new, reply))),
            Task::Job(job) => {
                self.jobs.push(JobTask { job, failure: None, settled: false });
                self.tasks += 1;
                return;
            }
            Task::Look => return,
        };
        self.rooms.entry(room).or_default().push(task);
        self.tasks += 1;
    }

    /// Writes without the positions.
    pub(super) const fn len(&self) -> usize {
        self.tasks
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tasks == 0 && self.positions.is_empty()
    }

    /// Does everything, inside a transaction; the number of rows in streams.
    pub(super) fn write(&mut self, connection: &mut Connection, incarnation: Incarnation) -> Result<usize, StoreError> {
        let mut rows = 0;
        for (room, tasks) in &mut self.rooms {
            rows += room::write(connection, incarnation, *room, tasks)?;
        }
        for task in &mut self.jobs {
            match task.job.run(connection) {
                Ok(()) => {}
                Err(StoreError::JobPanicked) => {
                    task.fail(StoreError::JobPanicked);
                    return Err(StoreError::JobPanicked);
                }
                Err(error) if !connection.is_usable() => return Err(error),
                // Its savepoint is rolled back; it is tried by itself when the others are committed.
                Err(error) => tracing::warn!(%error, "a database job failed"),
            }
        }
        positions::raise(connection, &self.positions)?;
        Ok(rows)
    }

    /// All that ran is on disk.
    pub(super) fn committed(&mut self) {
        for task in self.rooms.values_mut().flatten() {
            task.committed();
        }
        for task in &mut self.jobs {
            task.settled |= task.job.has_run();
        }
        self.positions.clear();
    }

    /// The transaction did not go through. What became of the rooms' writes is found out by trying again.
    pub(super) fn aborted(&mut self, aborted: &Aborted) {
        for task in &mut self.jobs {
            task.aborted(aborted);
        }
    }

    /// Answers, in the order in which it was written.
    pub(super) fn reply(self) {
        for task in self.rooms.into_values().flatten() {
            match task {
                RoomTask::Message(pending) => pending.reply(MessageOutcome::Failed),
                RoomTask::Append(pending) => pending.reply(AppendOutcome::Failed),
                RoomTask::Keys(pending) => pending.reply(KeysOutcome::Failed),
            }
        }
        for JobTask { job, failure, .. } in self.jobs {
            job.reply(failure);
        }
    }
}

impl RoomTask {
    /// Its outcome is on disk.
    pub(super) const fn committed(&mut self) {
        match self {
            Self::Message(pending) => pending.settled = true,
            Self::Append(pending) => pending.settled = true,
            Self::Keys(pending) => pending.settled = true,
        }
    }

    pub(super) const fn is_settled(&self) -> bool {
        match self {
            Self::Message(pending) => pending.settled,
            Self::Append(pending) => pending.settled,
            Self::Keys(pending) => pending.settled,
        }
    }
}

impl<N, O> Pending<N, O> {
    const fn new(new: N, reply: Reply<O>) -> Self {
        Self { new, outcome: None, settled: false, reply }
    }

    fn reply(self, failed: O) {
        let outcome = self.outcome.filter(|_| self.settled).unwrap_or(failed);
        let reply = self.reply;
        if catch_unwind(AssertUnwindSafe(|| reply(outcome))).is_err() {
            tracing::error!("whoever was told the outcome of a write panicked");
        }
    }
}

impl JobTask {
    pub(super) const fn is_settled(&self) -> bool {
        self.settled
    }

    /// It ran, and that is on disk.
    pub(super) const fn committed(&mut self) {
        self.settled = true;
    }

    /// The transaction that it may have run in did not go through.
    pub(super) fn aborted(&mut self, aborted: &Aborted) {
        match aborted {
            _ if self.settled => {}
            Aborted::NothingWritten(_) => self.job.rolled_back(),
            Aborted::OutcomeUnknown(_) if self.job.outcome_is_certain() => self.settled = true,
            Aborted::OutcomeUnknown(_) if self.job.has_run() => self.fail(StoreError::OutcomeUnknown),
            Aborted::OutcomeUnknown(_) => {}
        }
    }

    /// It will not be tried again.
    pub(super) fn fail(&mut self, failure: StoreError) {
        self.failure = Some(failure);
        self.settled = true;
    }
}
