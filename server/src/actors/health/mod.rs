//! What can be seen of the actors: a [`Record`] of each, all of them in one [`Registry`].
//!
//! An actor gets its record by being declared, not by remembering. An actor that is [`Monitored`] runs in this module's
//! [`Context`], and actix's own ways of starting one do not take an actor with such a context: [`start_on`] is the only
//! one left, and it enters the record. The context takes each message out of its envelope, so it counts what was handled
//! whatever the handler does. The record leaves the registry when the actor's future is dropped, which is on every exit;
//! when that is while it panics, a death is counted.
//!
//! A mailbox of actix does not tell how much is in it. So others reach an actor by [`Mailbox`], which counts what was
//! really queued; the depth is that, less what was handled. Looking costs the actor nothing. Being looked at costs the
//! sender one atomic addition for a message, the actor a few plain stores (it alone writes them), and one look at the
//! clock for all messages of a turn.
//!
//! Deliberately absent: judgement. What is too deep or too long ago is for whoever looks.

mod connections;
mod context;
mod mailbox;
mod record;
mod registry;
#[cfg(test)]
mod tests;

use actix::prelude::*;

pub use self::{
    connections::{Connection, Connections, ConnectionsLook},
    context::Context,
    mailbox::Mailbox,
    record::{Kind, Look, Record, State},
    registry::{Registry, Tally},
};

/// An actor that can be seen.
pub trait Monitored: Actor<Context = Context<Self>> {
    /// What it is.
    const KIND: Kind;
    /// How many messages may wait for it. Each sender may have one more there.
    const MAILBOX: usize;

    /// What it is doing, asked after each message and each step beside them; so it has to be cheap.
    fn state(&self) -> State;
}

/// Starts an actor on an arbiter, with the mailbox that it declares and a record under the name `id`.
pub fn start_on<A: Monitored>(
    arbiter: &ArbiterHandle,
    registry: &Registry,
    id: impl Into<Box<str>>,
    make: impl FnOnce() -> A + Send + 'static,
) -> Mailbox<A> {
    let (sender, receiver) = actix::dev::channel::channel(A::MAILBOX);
    let life = registry.enter(A::KIND, id.into(), A::MAILBOX);
    let mailbox = Mailbox::new(sender, life.record());
    arbiter.spawn_fn(move || {
        actix::spawn(context::run(receiver, life, make));
    });
    mailbox
}
