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
mod shown;
mod vault;
mod watch;

use std::rc::Rc;

use futures_channel::mpsc::{UnboundedSender, unbounded};
use futures_util::StreamExt as _;
use igoon_shared::wrapper::{Computer, Kept};
use wasm_bindgen_futures::spawn_local;

use self::{driver::Driver, lock::LockNews, own::OwnSignal, running::RunSignal};
use crate::{
    crossing::Crossing,
    messages::{ToPage, ToWorker},
    net::server,
};

/// What the driver is told. The queue is unbounded on purpose: the page sends what a person does, and the server's pages
/// come one at a time, each asked for.
enum Signal {
    /// By the page.
    Page(ToWorker),
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
    page: Crossing,
    computer: Rc<Computer>,
}

impl Host {
    fn signal(&self, signal: Signal) {
        // The receiver ends with the worker.
        let _ = self.signals.unbounded_send(signal);
    }

    fn show(&self, news: Vec<ToPage>) {
        if !news.is_empty() {
            self.page.send(&news);
        }
    }

    /// Has something kept, if anything.
    fn keep(&self, kept: Option<Kept>) {
        self.show(kept.map(ToPage::Keep).into_iter().collect());
    }
}

/// Runs this program as the worker of the page at the other end, for good.
pub fn run(page: Crossing) {
    // Yew does it for the page.
    console_error_panic_hook::set_once();
    let (signals, mut receiver) = unbounded();
    let told = signals.clone();
    page.listen(move |wish| {
        // The receiver ends with the worker.
        let _ = told.unbounded_send(Signal::Page(wish));
    });
    spawn_local(async move {
        // Nothing before the page has said where this is.
        while let Some(signal) = receiver.next().await {
            if let Signal::Page(ToWorker::Start(surroundings)) = signal {
                let (server, computer) = platform::settle(surroundings);
                server::choose(server);
                return Driver::run(Host { signals, page, computer: Rc::new(computer) }, receiver).await;
            }
        }
    });
}
