//! The way to the writer: a bounded channel. Handing something in never waits.

use std::sync::{
    PoisonError, RwLock,
    atomic::{AtomicUsize, Ordering::Relaxed},
    mpsc::{self, Receiver, SyncSender},
};

use igoon_shared::{
    crypto::envelope::Envelope,
    ids::{DeviceId, Epoch, RoomId},
};

use super::{
    job::Job,
    ops::{NewAppend, NewKeys, NewMessage, RoomOp},
};

/// How many writes may wait.
pub(super) const BOUND: usize = 8192;
/// How many bytes they may hold: a queue full of the largest appends would be gigabytes.
pub(super) const BYTES_BOUND: usize = 64 * 1024 * 1024;

/// Something for the writer.
pub(super) enum Task {
    /// A write that belongs to a room.
    Room(RoomId, RoomOp),
    /// Any other write.
    Job(Box<dyn Job>),
    /// Positions wait that did not wait before.
    Look,
}

/// The sending side, and how full the channel is.
pub(super) struct Queue {
    /// `None` once the store shuts down. The writer ends when all senders are gone and all tasks are done.
    sender: RwLock<Option<SyncSender<Task>>>,
    depth: AtomicUsize,
    bytes: AtomicUsize,
}

impl Queue {
    pub(super) fn new() -> (Self, Receiver<Task>) {
        let (sender, receiver) = mpsc::sync_channel(BOUND);
        let sender = RwLock::new(Some(sender));
        (Self { sender, depth: AtomicUsize::new(0), bytes: AtomicUsize::new(0) }, receiver)
    }

    /// Hands a task in, or gives it back when too much waits or the store shuts down.
    #[expect(clippy::result_large_err, reason = "it is the task itself that comes back, moved once")]
    pub(super) fn hand_in(&self, task: Task) -> Result<(), Task> {
        let sender = self.sender.read().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = &*sender else { return Err(task) };
        let size = task.size();
        if self.bytes.fetch_add(size, Relaxed).saturating_add(size) > BYTES_BOUND {
            self.bytes.fetch_sub(size, Relaxed);
            return Err(task);
        }
        self.depth.fetch_add(1, Relaxed);
        sender.try_send(task).map_err(|error| {
            let (mpsc::TrySendError::Full(task) | mpsc::TrySendError::Disconnected(task)) = error;
            self.taken(&task);
            task
        })
    }

    /// Counts a task that is no longer in the channel.
    pub(super) fn taken(&self, task: &Task) {
        self.depth.fetch_sub(1, Relaxed);
        self.bytes.fetch_sub(task.size(), Relaxed);
    }

    /// From now on nothing is taken in.
    pub(super) fn close(&self) {
        *self.sender.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.sender.read().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    pub(super) fn depth(&self) -> usize {
        self.depth.load(Relaxed)
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }
}

impl Task {
    /// About what it holds in memory, beyond the channel's own slot.
    fn size(&self) -> usize {
        match self {
            Self::Room(_, RoomOp::Message(new, _)) => message_size(new),
            Self::Room(_, RoomOp::Append(new, _)) => append_size(new),
            Self::Room(_, RoomOp::Keys(new, _)) => keys_size(new),
            Self::Job(_) | Self::Look => 0,
        }
    }
}

fn message_size(new: &NewMessage) -> usize {
    new.message.header.0.len() + new.message.ciphertext.0.len() + new.message.signature.0.len()
}

fn append_size(new: &NewAppend) -> usize {
    let entries: usize = new.entries.iter().map(|new| new.entry.entry.0.len()).sum();
    entries + envelopes_size(&new.envelopes)
}

fn keys_size(new: &NewKeys) -> usize {
    let links: usize = new.links.iter().map(|link| link.sealed.salt.0.len() + link.sealed.ciphertext.0.len()).sum();
    links + envelopes_size(&new.envelopes)
}

fn envelopes_size(envelopes: &[(DeviceId, Epoch, Envelope)]) -> usize {
    envelopes.iter().map(|(.., envelope)| envelope.context.0.len() + envelope.ciphertext.0.len()).sum()
}
