//! What the health endpoints show of the store. Plain atomics: looking costs the writer nothing.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// A look at the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreHealth {
    /// Writes that wait for the next commit.
    pub queue_depth: usize,
    /// How many may wait; beyond that a write is refused as busy.
    pub queue_bound: usize,
    /// Bytes that those writes hold in memory.
    pub queue_bytes: usize,
    /// How many bytes they may hold.
    pub queue_bytes_bound: usize,
    /// Commits since the start.
    pub commits: u64,
    /// Writes that were answered since the start.
    pub answered: u64,
    /// Rows that went into rooms' streams since the start.
    pub rows: u64,
    /// Time since the last commit; `None` before the first.
    pub since_last_commit: Option<Duration>,
    /// How long the last commit took, from its first statement until it was on disk.
    pub last_commit_took: Duration,
    /// Transactions that failed since the start.
    pub failures: u64,
    /// Since the writer was started.
    pub uptime: Duration,
    /// The writer has a connection to the database. (While it has none it keeps trying.)
    pub connected: bool,
}

/// What the writer notes as it goes.
pub(super) struct WriterRecord {
    started: Instant,
    commits: AtomicU64,
    answered: AtomicU64,
    rows: AtomicU64,
    last_commit_at_us: AtomicU64,
    last_commit_took_us: AtomicU64,
    failures: AtomicU64,
    connected: AtomicBool,
}

impl WriterRecord {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            commits: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            rows: AtomicU64::new(0),
            last_commit_at_us: AtomicU64::new(0),
            last_commit_took_us: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            connected: AtomicBool::new(true),
        }
    }

    pub(super) fn committed(&self, rows: usize, took: Duration) {
        self.commits.fetch_add(1, Relaxed);
        self.rows.fetch_add(u64::try_from(rows).unwrap_or(u64::MAX), Relaxed);
        self.last_commit_at_us.store(micros(self.started.elapsed()), Relaxed);
        self.last_commit_took_us.store(micros(took), Relaxed);
    }

    pub(super) fn answered(&self, writes: usize) {
        self.answered.fetch_add(u64::try_from(writes).unwrap_or(u64::MAX), Relaxed);
    }

    pub(super) fn failed(&self) {
        self.failures.fetch_add(1, Relaxed);
    }

    pub(super) fn connected(&self, connected: bool) {
        self.connected.store(connected, Relaxed);
    }

    /// Fills in everything but the queue.
    pub(super) fn look(&self) -> StoreHealth {
        let commits = self.commits.load(Relaxed);
        let last_commit_at = Duration::from_micros(self.last_commit_at_us.load(Relaxed));
        StoreHealth {
            queue_depth: 0,
            queue_bound: 0,
            queue_bytes: 0,
            queue_bytes_bound: 0,
            commits,
            answered: self.answered.load(Relaxed),
            rows: self.rows.load(Relaxed),
            since_last_commit: (commits > 0).then(|| self.started.elapsed().saturating_sub(last_commit_at)),
            last_commit_took: Duration::from_micros(self.last_commit_took_us.load(Relaxed)),
            failures: self.failures.load(Relaxed),
            uptime: self.started.elapsed(),
            connected: self.connected.load(Relaxed),
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
