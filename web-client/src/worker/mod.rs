//! What runs in the worker: accounts, keys, storage at rest, and the driver of the client core. One worker per origin is at
//! work, whatever the number of tabs (`lock`).
//!
//! ```text
//! page -> Signal -> driver ─┬ entrance  what visitors send, and the codes that they are mailed (codes, preview)
//!                           ├ account   signing in and out; this computer's keys (keys, platform)
//!                           ├ own       what an account changes about itself
//!                           ├ watch     what the server's owner sees of the server
//!                           ├ export    a room as a file, beside all else
//!                           └ running   client core + link (net) ── vault (seal, database)
//! ```
//!
//! One signal is handled at a time, from first to last effect, so that what must be saved before it is sent is.

mod account;
mod codes;
mod database;
mod drafts;
mod driver;
mod entrance;
mod export;
mod history;
mod keys;
mod lock;
mod own;
mod platform;
mod preview;
mod running;
mod scope;
mod seal;
mod vault;
mod watch;

use std::{cell::RefCell, rc::Rc};

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::StreamExt as _;
use gloo_worker::{HandlerId, WorkerScope};
use igoon_shared::wrapper::{Computer, Kept};
use wasm_bindgen_futures::spawn_local;

use self::{driver::Driver, lock::LockNews, own::OwnSignal, running::RunSignal};
use crate::{
    messages::{Packet, Stage, ToPage, ToWorker, Trouble},
    net::server,
};

/// What the driver is told. The queue is unbounded on purpose: the page sends what a person does, and the server's pages
/// come one at a time, each asked for.
enum Signal {
    /// By the page.
    Page(ToWorker),
    /// By a page of another build.
    OtherBuild,
    /// About the lock asked for with this number.
    Lock(u32, LockNews),
    /// The lock was not given at once: another tab has it.
    LockSlow(u32),
    /// For the core that was started with this number.
    Run(u32, RunSignal),
    /// An answer to somebody signed in, asked for in the visit with this number.
    Own(u32, OwnSignal),
    /// What is stored here was taken away.
    StorageGone,
    /// The browser believes to be connected, or not.
    Network(bool),
    /// Ask the server again.
    Again(u32),
}

/// How the worker's parts reach the driver and the page.
#[derive(Clone)]
struct Host {
    signals: UnboundedSender<Signal>,
    page: Rc<dyn Fn(Vec<ToPage>)>,
    computer: Rc<Computer>,
}

impl Host {
    fn signal(&self, signal: Signal) {
        // The receiver ends with the worker.
        let _ = self.signals.unbounded_send(signal);
    }

    fn show(&self, news: Vec<ToPage>) {
        if !news.is_empty() {
            (self.page)(news);
        }
    }

    /// Has something kept, if anything.
    fn keep(&self, kept: Option<Kept>) {
        self.show(kept.map(ToPage::Keep).into_iter().collect());
    }
}

thread_local! {
    /// Tells the page that a panic ended the worker.
    static LAST_WORDS: RefCell<Option<Rc<dyn Fn()>>> = const { RefCell::new(None) };
}

/// Makes a panic visible: on the console and on the page. Call once, at the start of the worker.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        scope::console_error(&panic.to_string());
        LAST_WORDS.with_borrow(|last_words| {
            if let Some(last_words) = last_words {
                last_words();
            }
        });
    }));
}

/// The worker, as gloo-worker starts it.
pub struct IgoonWorker {
    signals: UnboundedSender<Signal>,
    receiver: Option<UnboundedReceiver<Signal>>,
}

impl core::fmt::Debug for IgoonWorker {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("IgoonWorker")
    }
}

impl gloo_worker::Worker for IgoonWorker {
    type Message = ();
    type Input = Packet;
    type Output = Packet;

    fn create(_: &WorkerScope<Self>) -> Self {
        let (signals, receiver) = unbounded();
        Self { signals, receiver: Some(receiver) }
    }

    fn update(&mut self, _: &WorkerScope<Self>, (): ()) {}

    fn connected(&mut self, scope: &WorkerScope<Self>, id: HandlerId) {
        // One page, one bridge.
        let Some(receiver) = self.receiver.take() else { return };
        let scope = scope.clone();
        let page: Rc<dyn Fn(Vec<ToPage>)> = Rc::new(move |news| scope.respond(id, Packet::pack(&news)));
        let report = Rc::clone(&page);
        LAST_WORDS.set(Some(Rc::new(move || report(vec![ToPage::Stage(Stage::Stopped(Trouble::Crashed))]))));
        let signals = self.signals.clone();
        spawn_local(async move {
            let mut receiver = receiver;
            // Nothing before the page has said where this is.
            while let Some(signal) = receiver.next().await {
                match signal {
                    Signal::Page(ToWorker::Start(surroundings)) => {
                        let (server, computer) = platform::settle(surroundings);
                        server::choose(server);
                        return Driver::run(Host { signals, page, computer: Rc::new(computer) }, receiver).await;
                    }
                    Signal::OtherBuild => page(vec![ToPage::Stage(Stage::Stopped(Trouble::OtherBuild))]),
                    _ => {}
                }
            }
        });
    }

    fn received(&mut self, _: &WorkerScope<Self>, packet: Packet, _: HandlerId) {
        let signal = packet.open().map_or(Signal::OtherBuild, Signal::Page);
        let _ = self.signals.unbounded_send(signal);
    }
}
