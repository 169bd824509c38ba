//! What is known of one actor.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an actor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[schema(as = ActorKind)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The store's writer: a thread, seen as an actor.
    Store,
    /// The Directory.
    Directory,
    /// A room.
    Room,
    /// A device.
    Device,
    /// The mailer.
    Mailer,
}

impl Kind {
    /// All there are.
    pub const ALL: [Self; 5] = [Self::Store, Self::Directory, Self::Room, Self::Device, Self::Mailer];

    /// Its name, also in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Directory => "directory",
            Self::Room => "room",
            Self::Device => "device",
            Self::Mailer => "mailer",
        }
    }
}

/// What an actor is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ActorState)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It has not handled a message yet.
    Starting,
    /// It is in use.
    Active,
    /// Nobody needs it at the moment.
    Idle,
    /// It takes nothing new: the server shuts down.
    Draining,
    /// What it works with is out of reach.
    Unavailable,
}

impl State {
    const fn code(self) -> u8 {
        match self {
            Self::Starting => 0,
            Self::Active => 1,
            Self::Idle => 2,
            Self::Draining => 3,
            Self::Unavailable => 4,
        }
    }

    const fn of_code(code: u8) -> Self {
        match code {
            1 => Self::Active,
            2 => Self::Idle,
            3 => Self::Draining,
            4 => Self::Unavailable,
            _ => Self::Starting,
        }
    }
}

/// Plain atomics: looking never holds anybody up.
#[derive(Debug)]
pub struct Record {
    kind: Kind,
    id: Box<str>,
    bound: usize,
    started_ms: u64,
    sent: AtomicU64,
    handled: AtomicU64,
    errors: AtomicU64,
    progress_ms: AtomicU64,
    state: AtomicU8,
}

/// A look at an actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Actor)]
pub struct Look {
    /// What it is.
    pub kind: Kind,
    /// Which; where there is only one, the kind's name.
    pub id: Box<str>,
    /// What it was doing after its last step.
    pub state: State,
    /// Messages that wait, with the one that is being handled.
    pub depth: u64,
    /// How many may wait.
    pub bound: usize,
    /// Messages handled.
    pub handled: u64,
    /// Errors that it has logged.
    pub errors: u64,
    /// Since it was started.
    pub uptime_ms: u64,
    /// Since it last had handled a message; before the first, since it was started.
    pub since_progress_ms: u64,
}

impl Record {
    pub(super) const fn new(kind: Kind, id: Box<str>, bound: usize, now_ms: u64) -> Self {
        Self {
            kind,
            id,
            bound,
            started_ms: now_ms,
            sent: AtomicU64::new(0),
            handled: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            progress_ms: AtomicU64::new(now_ms),
            state: AtomicU8::new(State::Starting.code()),
        }
    }

    /// The actor logs an error.
    pub fn error(&self) {
        self.errors.fetch_add(1, Relaxed);
    }

    /// A message was queued.
    pub(super) fn sent(&self) {
        self.sent.fetch_add(1, Relaxed);
    }

    /// A message was handled. Called on the actor's own thread alone, so nothing is lost between loading and storing.
    pub(super) fn handled(&self, state: State) {
        self.handled.store(self.handled.load(Relaxed).wrapping_add(1), Relaxed);
        self.is(state);
    }

    /// What the actor is doing now. Called on its own thread alone.
    pub(super) fn is(&self, state: State) {
        self.state.store(state.code(), Relaxed);
    }

    /// At the end of a turn in which messages were handled.
    pub(super) fn progressed(&self, now_ms: u64) {
        self.progress_ms.store(now_ms, Relaxed);
    }

    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn count(&self) -> u64 {
        self.handled.load(Relaxed)
    }

    pub(super) fn errors(&self) -> u64 {
        self.errors.load(Relaxed)
    }

    pub(super) fn look(&self, now_ms: u64) -> Look {
        let handled = self.count();
        Look {
            kind: self.kind,
            id: self.id.clone(),
            state: State::of_code(self.state.load(Relaxed)),
            // A sender counts after it has queued: for an instant more can be handled than was sent.
            depth: self.sent.load(Relaxed).saturating_sub(handled),
            bound: self.bound,
            handled,
            errors: self.errors(),
            uptime_ms: now_ms.saturating_sub(self.started_ms),
            since_progress_ms: now_ms.saturating_sub(self.progress_ms.load(Relaxed)),
        }
    }
}
