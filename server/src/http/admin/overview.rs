//! All at a glance: the answer of `/admin/overview`, and what `/metrics` is made of.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    actors::health::{ConnectionsLook, Kind, Look, State, Tally},
    http::Service,
    store::StoreHealth,
};

/// The answer of `/admin/overview`.
#[derive(Serialize, ToSchema)]
pub(super) struct Overview {
    /// The program's version.
    pub(super) version: &'static str,
    /// Since the server was started.
    pub(super) uptime_ms: u64,
    /// What the process has in memory; `None` where the system does not tell.
    pub(super) memory_bytes: Option<u64>,
    /// The WebSockets.
    pub(super) connections: ConnectionsLook,
    /// All actors together.
    pub(super) total: Sums,
    /// The actors by kind: each kind, also those of which there is none.
    pub(super) kinds: Vec<OfKind>,
    /// The store.
    pub(super) store: Store,
}

/// A kind of actors.
#[derive(Serialize, ToSchema)]
#[schema(as = ActorsOfKind)]
pub(super) struct OfKind {
    pub(super) kind: Kind,
    #[serde(flatten)]
    pub(super) tally: Tally,
}

/// Sums over all kinds.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = ActorSums)]
pub(super) struct Sums {
    actors: u64,
    depth: u64,
    handled: u64,
    errors: u64,
    died: u64,
}

/// What is particular about the store.
#[derive(Serialize, ToSchema)]
#[schema(as = StoreOverview)]
pub(super) struct Store {
    /// There is a connection for writing.
    pub(super) connected: bool,
    pub(super) queue_depth: usize,
    pub(super) queue_bound: usize,
    pub(super) queue_bytes: usize,
    pub(super) queue_bytes_bound: usize,
    pub(super) commits: u64,
    /// That went into rooms' streams.
    pub(super) rows: u64,
    pub(super) failures: u64,
    /// `None` before the first.
    pub(super) since_last_commit_ms: Option<u64>,
    pub(super) last_commit_took_us: u64,
}

impl Overview {
    pub(super) fn of(service: &Service) -> Self {
        let health = service.store.health();
        let mut tally = service.registry.tally();
        tally.entry(Kind::Store).or_default().add(&store(&health));
        let kinds = Kind::ALL.map(|kind| OfKind { kind, tally: tally.get(&kind).copied().unwrap_or_default() });
        let mut total = Sums::default();
        for OfKind { tally, .. } in &kinds {
            total.actors += tally.actors;
            total.depth += tally.depth;
            total.handled += tally.handled;
            total.errors += tally.errors;
            total.died += tally.died;
        }
        Self {
            version: env!("CARGO_PKG_VERSION"),
            uptime_ms: service.registry.uptime_ms(),
            memory_bytes: std::fs::read_to_string("/proc/self/status").ok().and_then(|status| resident(&status)),
            connections: service.registry.connections().look(),
            total,
            kinds: kinds.into(),
            store: Store::of(&health),
        }
    }
}

impl Store {
    fn of(health: &StoreHealth) -> Self {
        Self {
            connected: health.connected,
            queue_depth: health.queue_depth,
            queue_bound: health.queue_bound,
            queue_bytes: health.queue_bytes,
            queue_bytes_bound: health.queue_bytes_bound,
            commits: health.commits,
            rows: health.rows,
            failures: health.failures,
            since_last_commit_ms: health.since_last_commit.map(millis),
            last_commit_took_us: u64::try_from(health.last_commit_took.as_micros()).unwrap_or(u64::MAX),
        }
    }
}

/// The store's writer as an actor: its queue is its mailbox, a write that it has answered is a message that it has handled.
pub(super) fn store(health: &StoreHealth) -> Look {
    Look {
        kind: Kind::Store,
        id: Kind::Store.as_str().into(),
        state: if health.connected { State::Active } else { State::Unavailable },
        depth: u64::try_from(health.queue_depth).unwrap_or(u64::MAX),
        bound: health.queue_bound,
        handled: health.answered,
        errors: health.failures,
        uptime_ms: millis(health.uptime),
        since_progress_ms: millis(health.since_last_commit.unwrap_or(health.uptime)),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The resident set as Linux writes it, in kibibytes (proc(5), `VmRSS`).
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_as_linux_writes_it() {
        assert_eq!(resident("Name:\tigoon\nVmHWM:\t   9 kB\nVmRSS:\t    1234 kB\n"), Some(1_234 * 1_024));
        for other in ["", "VmRSS:", "VmRSS:\t kB", "VmRSS:\t 12 MB", "VmRSS:\t-1 kB"] {
            assert_eq!(resident(other), None, "{other}");
        }
    }
}
