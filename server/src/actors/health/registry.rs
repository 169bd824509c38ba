//! The records of all actors that live, and what is left of those that do not.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use serde::Serialize;
use utoipa::ToSchema;

use super::{Connections, Kind, Look, Record};
use crate::clock::Clock;

/// All records. Cheap to clone. Locked when an actor starts or ends and while somebody looks, never for a message.
#[derive(Clone)]
pub struct Registry {
    clock: Clock,
    started_ms: u64,
    actors: Arc<Mutex<Actors>>,
    connections: Connections,
}

#[derive(Default)]
struct Actors {
    next: u64,
    /// In the order in which they were started.
    living: BTreeMap<u64, Arc<Record>>,
    past: BTreeMap<Kind, Tally>,
}

impl Actors {
    /// Looked at without the lock: actors may start meanwhile.
    fn records(&self) -> Vec<Arc<Record>> {
        self.living.values().cloned().collect()
    }
}

/// All actors of a kind together, from the start of the server; so what is counted never goes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ActorTally)]
pub struct Tally {
    /// Actors that live.
    pub actors: u64,
    /// Messages that wait, or are being handled.
    pub depth: u64,
    /// The same of the one that has most.
    pub deepest: u64,
    /// How many may wait for one of them; 0 as long as there was none.
    pub bound: usize,
    /// Messages handled, also by those that ended.
    pub handled: u64,
    /// Errors logged, also by those that ended.
    pub errors: u64,
    /// How many ended by a panic.
    pub died: u64,
}

impl Tally {
    /// Counts one that lives.
    pub fn add(&mut self, look: &Look) {
        self.actors = self.actors.saturating_add(1);
        self.depth = self.depth.saturating_add(look.depth);
        self.deepest = self.deepest.max(look.depth);
        self.bound = look.bound;
        self.handled = self.handled.saturating_add(look.handled);
        self.errors = self.errors.saturating_add(look.errors);
    }
}

impl Registry {
    /// An empty one.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        let started_ms = clock.steady_ms();
        Self { clock, started_ms, actors: Arc::default(), connections: Connections::default() }
    }

    /// Since it was made, which is when the server was started.
    #[must_use]
    pub fn uptime_ms(&self) -> u64 {
        self.clock.steady_ms().saturating_sub(self.started_ms)
    }

    /// The open connections.
    #[must_use]
    pub const fn connections(&self) -> &Connections {
        &self.connections
    }

    /// All actors that live, in the order in which they were started.
    #[must_use]
    pub fn look(&self) -> Vec<Look> {
        let living = self.lock().records();
        let now = self.clock.steady_ms();
        living.iter().map(|record| record.look(now)).collect()
    }

    /// All kinds that were ever started.
    #[must_use]
    pub fn tally(&self) -> BTreeMap<Kind, Tally> {
        // Both under one lock: an actor that ends meanwhile is counted once.
        let (living, mut tally) = {
            let actors = self.lock();
            (actors.records(), actors.past.clone())
        };
        let now = self.clock.steady_ms();
        for record in living {
            tally.entry(record.kind()).or_default().add(&record.look(now));
        }
        tally
    }

    /// How many of a kind ended by a panic.
    #[must_use]
    pub fn died(&self, kind: Kind) -> u64 {
        self.lock().past.get(&kind).map_or(0, |past| past.died)
    }

    /// A record for an actor that is about to start.
    pub(super) fn enter(&self, kind: Kind, id: Box<str>, bound: usize) -> Life {
        let record = Arc::new(Record::new(kind, id, bound, self.clock.steady_ms()));
        let mut actors = self.lock();
        let key = actors.next;
        actors.next = key.wrapping_add(1);
        actors.living.insert(key, Arc::clone(&record));
        actors.past.entry(kind).or_default().bound = bound;
        Life { registry: self.clone(), key, record }
    }

    fn leave(&self, key: u64, died: bool) {
        let mut actors = self.lock();
        let Some(record) = actors.living.remove(&key) else { return };
        let past = actors.past.entry(record.kind()).or_default();
        past.handled = past.handled.saturating_add(record.count());
        past.errors = past.errors.saturating_add(record.errors());
        past.died = past.died.saturating_add(u64::from(died));
    }

    fn lock(&self) -> MutexGuard<'_, Actors> {
        self.actors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An actor is in the registry as long as this is kept. It goes where the actor goes, and is dropped with it on every exit.
pub(super) struct Life {
    registry: Registry,
    key: u64,
    record: Arc<Record>,
}

impl Life {
    pub(super) const fn record(&self) -> &Arc<Record> {
        &self.record
    }

    pub(super) fn progressed(&self) {
        self.record.progressed(self.registry.clock.steady_ms());
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        // The runtime drops the future of an actor that panics while it unwinds.
        self.registry.leave(self.key, thread::panicking());
    }
}
