//! The context in which monitored actors run. Like actix's own, it is a thin wrapper around `ContextParts`; what it adds is
//! the record.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{self, Poll},
};

use actix::{
    dev::{
        AsyncContextParts, ContextFut, ContextParts, Envelope, EnvelopeProxy, MessageResponse, OneshotSender,
        ToEnvelope,
        channel::{AddressReceiver, AddressSender},
    },
    prelude::*,
};

use super::{Mailbox, Monitored, Record, registry::Life};

/// See the module.
pub struct Context<A: Monitored> {
    parts: ContextParts<A>,
    record: Arc<Record>,
    /// Makes ways into this actor's own mailbox. It does not count as one: an actor that nobody can reach still ends.
    senders: Box<dyn Fn() -> AddressSender<A>>,
}

impl<A: Monitored> Context<A> {
    /// The way to this actor. It stands before the method of actix's trait, whose address does not count what it sends.
    #[must_use]
    pub fn address(&self) -> Mailbox<A> {
        Mailbox::new((self.senders)(), &self.record)
    }

    /// What is known of this actor.
    #[must_use]
    pub const fn record(&self) -> &Arc<Record> {
        &self.record
    }
}

impl<A: Monitored> ActorContext for Context<A> {
    fn stop(&mut self) {
        self.parts.stop();
    }

    fn terminate(&mut self) {
        self.parts.terminate();
    }

    fn state(&self) -> ActorState {
        self.parts.state()
    }
}

impl<A: Monitored> AsyncContext<A> for Context<A> {
    fn address(&self) -> Addr<A> {
        self.parts.address()
    }

    fn spawn<F: ActorFuture<A, Output = ()> + 'static>(&mut self, future: F) -> SpawnHandle {
        let beside = Beside { future: Box::pin(future), record: Arc::clone(&self.record) };
        self.parts.spawn(beside)
    }

    fn wait<F: ActorFuture<A, Output = ()> + 'static>(&mut self, future: F) {
        let beside = Beside { future: Box::pin(future), record: Arc::clone(&self.record) };
        self.parts.wait(beside);
    }

    fn waiting(&self) -> bool {
        self.parts.waiting()
    }

    fn cancel_future(&mut self, handle: SpawnHandle) -> bool {
        self.parts.cancel_future(handle)
    }
}

impl<A: Monitored> AsyncContextParts<A> for Context<A> {
    fn parts(&mut self) -> &mut ContextParts<A> {
        &mut self.parts
    }
}

impl<A, M> ToEnvelope<A, M> for Context<A>
where
    A: Monitored + Handler<M>,
    M: Message<Result: Send> + Send + 'static,
{
    fn pack(message: M, reply: Option<OneshotSender<M::Result>>) -> Envelope<A> {
        Envelope::with_proxy(Box::new(Parcel { message: Some(message), reply }))
    }
}

/// A message in a mailbox.
struct Parcel<M: Message> {
    message: Option<M>,
    reply: Option<OneshotSender<M::Result>>,
}

impl<A, M> EnvelopeProxy<A> for Parcel<M>
where
    A: Monitored + Handler<M>,
    M: Message<Result: Send> + Send + 'static,
{
    fn handle(&mut self, actor: &mut A, context: &mut Context<A>) {
        let reply = self.reply.take();
        // Nobody waits for the answer any more: as with actix's own envelopes, it is not worth handling.
        let is_cancelled = reply.as_ref().is_some_and(OneshotSender::is_closed);
        if let Some(message) = self.message.take().filter(|_| !is_cancelled) {
            Handler::handle(actor, message, context).handle(context, reply);
        }
        context.record.handled(actor.state());
    }
}

/// What an actor does beside its messages: timers, what it waits for, what it tells itself. That changes its state too.
struct Beside<F> {
    future: Pin<Box<F>>,
    record: Arc<Record>,
}

impl<A: Monitored, F: ActorFuture<A, Output = ()>> ActorFuture<A> for Beside<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, actor: &mut A, context: &mut Context<A>, task: &mut task::Context<'_>) -> Poll<()> {
        let beside = self.get_mut();
        let polled = beside.future.as_mut().poll(actor, context, task);
        if polled.is_ready() {
            beside.record.is(actor.state());
        }
        polled
    }
}

/// The life of an actor, as a future.
pub(super) fn run<A: Monitored>(
    receiver: AddressReceiver<A>,
    life: Life,
    make: impl FnOnce() -> A,
) -> impl Future<Output = ()> {
    let mailbox = actix::dev::Mailbox::new(receiver);
    let senders = mailbox.sender_producer();
    let context = Context {
        parts: ContextParts::new(mailbox.sender_producer()),
        record: Arc::clone(life.record()),
        senders: Box::new(move || senders.sender()),
    };
    Run { handled: 0, actor: ContextFut::new(context, make(), mailbox), life }
}

struct Run<A: Monitored> {
    handled: u64,
    /// Before the actor: when the actor tells others that it is gone, its death is counted already.
    life: Life,
    actor: ContextFut<A, Context<A>>,
}

impl<A: Monitored> Future for Run<A> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<()> {
        let run = self.get_mut();
        let polled = Pin::new(&mut run.actor).poll(task);
        let handled = run.life.record().count();
        if handled != run.handled {
            run.handled = handled;
            run.life.progressed();
        }
        polled
    }
}
