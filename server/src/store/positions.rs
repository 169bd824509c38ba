//! Ack positions on their way to the database: one per (room, device), the highest of each field.
//!
//! Devices acknowledge far more often than is worth a write. A position waits a quarter of a second, together with all
//! that come meanwhile, and then rides in whatever is committed. Losing some with the process loses nothing: clients state
//! their positions again when they connect.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use igoon_shared::ids::{DeviceId, RoomId, Seq};

use super::ops::PositionRow;

/// How long a position waits at least, and, if nothing goes wrong, at most.
const WAIT: Duration = Duration::from_millis(250);

/// The positions that wait. Bounded by the devices that are in rooms.
#[derive(Default)]
pub(super) struct Positions {
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    rows: HashMap<(RoomId, DeviceId), (Seq, Seq)>,
    since: Option<Instant>,
}

impl Positions {
    /// Takes a position in; true when none waited before, and so the writer may not know that it has something to do.
    pub(super) fn note(&self, row: PositionRow) -> bool {
        let mut waiting = self.lock();
        let first = waiting.since.is_none();
        waiting.since.get_or_insert_with(Instant::now);
        waiting.raise(row);
        first
    }

    /// Until the positions should be written; `None` when there are none.
    pub(super) fn due_in(&self) -> Option<Duration> {
        self.lock().since.map(|since| WAIT.saturating_sub(since.elapsed()))
    }

    /// The positions, by room and device, if they have waited long enough.
    pub(super) fn take_due(&self) -> Vec<PositionRow> {
        match self.due_in() {
            Some(Duration::ZERO) => self.take(),
            _ => Vec::new(),
        }
    }

    /// The positions, by room and device.
    pub(super) fn take(&self) -> Vec<PositionRow> {
        let Waiting { rows, .. } = std::mem::take(&mut *self.lock());
        let mut rows: Vec<_> = rows
            .into_iter()
            .map(|((room, device), (delivered, read))| PositionRow { room, device, delivered, read })
            .collect();
        // All nodes lock rows in this order, so that none waits for one that waits for it.
        rows.sort_unstable_by_key(|row| (row.room, row.device));
        rows
    }

    /// Takes back what could not be written.
    pub(super) fn put_back(&self, rows: Vec<PositionRow>) {
        for row in rows {
            self.note(row);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn raise(&mut self, row: PositionRow) {
        let (delivered, read) = self.rows.entry((row.room, row.device)).or_default();
        *delivered = row.delivered.max(*delivered);
        *read = row.read.max(*read);
    }
}
