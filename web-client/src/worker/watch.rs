//! Looking at the server again and again, for its owner, as long as somebody looks at the page that shows it.

use futures_util::future::{AbortHandle, abortable};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use super::{Host, Signal, driver::Driver, own::OwnSignal};
use crate::{messages::WatchedActors, net::admin};

/// Between an answer and the next question, in milliseconds.
const PAUSE_MS: u32 = 2_000;

/// Goes on until it is dropped; a request that is under way is then given up.
pub(super) struct Watch(AbortHandle);

impl Watch {
    fn start(host: Host, visit: u32, watched: WatchedActors) -> Self {
        let (watching, handle) = abortable(async move {
            loop {
                let look = admin::look(watched.clone()).await;
                host.signal(Signal::Own(visit, OwnSignal::Server(look)));
                TimeoutFuture::new(PAUSE_MS).await;
            }
        });
        spawn_local(async move {
            // It ends in no other way than by being given up.
            let _ = watching.await;
        });
        Self(handle)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Driver {
    /// Watches these actors from now on, in place of others; or none.
    pub(super) fn watch_server(&mut self, watched: Option<WatchedActors>) {
        let visit = self.visit();
        self.watch = watched.zip(visit).map(|(watched, visit)| Watch::start(self.host.clone(), visit, watched));
    }
}
