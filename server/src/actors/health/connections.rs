//! The open connections: how many there are, and what waits in them. Sockets are transport; they have no records.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;
use utoipa::ToSchema;

use crate::actors::socket::Backlog;

/// All of them. Cheap to clone.
#[derive(Clone, Default)]
pub struct Connections(Arc<Mutex<Open>>);

#[derive(Default)]
struct Open {
    next: u64,
    backlogs: BTreeMap<u64, Backlog>,
}

/// A connection is open as long as this is kept.
pub struct Connection {
    connections: Connections,
    key: u64,
}

/// A look at the connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Connections)]
pub struct ConnectionsLook {
    /// How many are open.
    pub open: usize,
    /// Bytes that were handed to their sockets and not taken yet.
    pub waiting_bytes: usize,
}

impl Connections {
    /// One more.
    #[must_use]
    pub fn enter(&self, backlog: Backlog) -> Connection {
        let mut open = self.lock();
        let key = open.next;
        open.next = key.wrapping_add(1);
        open.backlogs.insert(key, backlog);
        Connection { connections: self.clone(), key }
    }

    /// What is open now.
    #[must_use]
    pub fn look(&self) -> ConnectionsLook {
        let open = self.lock();
        let waiting_bytes = open.backlogs.values().map(Backlog::waiting).sum();
        ConnectionsLook { open: open.backlogs.len(), waiting_bytes }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.connections.lock().backlogs.remove(&self.key);
    }
}
