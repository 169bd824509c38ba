//! One worker at a time runs the core, across all tabs of this browser: the Web Locks API
//! (<https://w3c.github.io/web-locks/>), called by name because web-sys has it as unstable only.
//!
//! The lock keeps honest tabs apart; [`super::vault`] makes sure that one that lost it cannot write any more.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

use super::{Host, Signal, scope};

const NAME: &str = "igoon-session";

/// What becomes of a request for the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LockNews {
    /// This worker has it now.
    Granted,
    /// Another tab took it.
    Lost,
}

/// The request under way, or the lock held.
#[derive(Default)]
pub(super) struct Lock {
    number: u32,
    waiting: Option<AbortController>,
}

impl Lock {
    /// Whether news of the request numbered so still matter.
    pub(super) const fn is_current(&self, number: u32) -> bool {
        self.number == number
    }

    /// Gets in line for the lock.
    pub(super) fn ask(&mut self, host: &Host) -> u32 {
        let options = Object::new();
        self.waiting = AbortController::new().ok();
        if let Some(waiting) = &self.waiting {
            let _ = Reflect::set(&options, &"signal".into(), &waiting.signal());
        }
        self.request(host, &options)
    }

    /// Takes the lock away from whoever has it.
    pub(super) fn steal(&mut self, host: &Host) {
        if let Some(waiting) = self.waiting.take() {
            waiting.abort();
        }
        let options = Object::new();
        let _ = Reflect::set(&options, &"steal".into(), &JsValue::TRUE);
        self.request(host, &options);
    }

    fn request(&mut self, host: &Host, options: &Object) -> u32 {
        self.number += 1;
        let number = self.number;
        let told = host.clone();
        let granted = Closure::once_into_js(move |_: JsValue| -> Promise {
            told.signal(Signal::Lock(number, LockNews::Granted));
            // Held until the worker ends or another tab takes it.
            Promise::new(&mut |_, _| {})
        });
        match call(options, &granted) {
            Ok(held) => {
                let host = host.clone();
                spawn_local(async move {
                    if JsFuture::from(held).await.is_err() {
                        host.signal(Signal::Lock(number, LockNews::Lost));
                    }
                });
            }
            // A browser without the API: the vault alone keeps tabs apart, and whoever came last, or asked for it, goes on.
            Err(_) if number == 1 || self.waiting.is_none() => host.signal(Signal::Lock(number, LockNews::Granted)),
            Err(_) => {}
        }
        number
    }
}

fn call(options: &Object, granted: &JsValue) -> Result<Promise, JsValue> {
    let locks = Reflect::get(&scope::global()?.navigator(), &"locks".into())?;
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    request.call3(&locks, &NAME.into(), options, granted)?.dyn_into()
}
