//! The way to an actor.

use std::{fmt, future::Future, sync::Arc};

use actix::{dev::channel::AddressSender, prelude::*};

use super::{Monitored, Record};

/// Whoever has one can send to the actor, and whatever is queued is counted. Each clone may have one message in the mailbox
/// beyond its bound.
pub struct Mailbox<A: Monitored> {
    sender: AddressSender<A>,
    record: Arc<Record>,
}

impl<A: Monitored> Mailbox<A> {
    pub(super) fn new(sender: AddressSender<A>, record: &Arc<Record>) -> Self {
        Self { sender, record: Arc::clone(record) }
    }

    /// Whether the actor lives.
    #[must_use]
    pub fn connected(&self) -> bool {
        self.sender.connected()
    }

    /// Queues a message, if there is room.
    ///
    /// # Errors
    /// Gives it back when the mailbox is full or the actor is gone.
    pub fn try_send<M>(&self, message: M) -> Result<(), SendError<M>>
    where
        A: Handler<M>,
        M: Message<Result: Send> + Send + 'static,
    {
        self.sender.try_send(message, true)?;
        self.record.sent();
        Ok(())
    }

    /// Queues a message, room or not. Drops it when the actor is gone.
    pub fn do_send<M>(&self, message: M)
    where
        A: Handler<M>,
        M: Message<Result: Send> + Send + 'static,
    {
        if self.sender.do_send(message).is_ok() {
            self.record.sent();
        }
    }

    /// Queues a message, room or not, and resolves to its answer. When nobody waits for that any more, the message is not
    /// handled.
    pub fn send<M>(&self, message: M) -> impl Future<Output = Result<M::Result, MailboxError>> + use<A, M>
    where
        A: Handler<M>,
        M: Message<Result: Send> + Send + 'static,
    {
        // A new sender is never refused in a full mailbox. Actix's own way to send does the same when it is first polled;
        // doing it here makes clear whether the message was queued.
        let queued = match self.sender.send(message) {
            Err(SendError::Full(message)) => self.sender.clone().send(message),
            queued => queued,
        };
        if queued.is_ok() {
            self.record.sent();
        }
        async move { queued.map_err(|_| MailboxError::Closed)?.await.map_err(|_| MailboxError::Closed) }
    }

    /// What is known of the actor.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }
}

impl<A: Monitored> Clone for Mailbox<A> {
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone(), record: Arc::clone(&self.record) }
    }
}

impl<A: Monitored> PartialEq for Mailbox<A> {
    fn eq(&self, other: &Self) -> bool {
        self.sender == other.sender
    }
}

impl<A: Monitored> fmt::Debug for Mailbox<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("record", &self.record).finish()
    }
}
