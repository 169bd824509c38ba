//! Where page and worker meet. Both are one program, which the browser fetches and compiles once. The worker's thread is
//! there before it (`first.js`), and its script (`worker.js`) does nothing but run the compiled module that it is handed.
//! What they say to each other crosses as packed bytes ([`crate::messages::packet`]).

use js_sys::{Array, Object, Reflect, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use web_sys::{MessageChannel, MessageEvent, MessagePort, Worker};

use crate::messages::packet;

/// How `first.js` hands over the worker.
const WORKER: &str = "igoonWorker";
/// The page's own document names the program's script, so that the browser fetches it early.
const SCRIPT: &str = "link[rel=modulepreload]";
/// How `worker.js` hands over the worker's end.
const PAGE: &str = "page";

/// One end.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    port: MessagePort,
    /// At the page's end. A worker that nobody refers to may be lost.
    worker: Option<Worker>,
}

impl Crossing {
    /// Starts this program in the worker; this is the page's end.
    ///
    /// # Errors
    /// The browser runs no workers.
    pub fn to_worker() -> Result<Self, JsValue> {
        let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
        let script = document.query_selector(SCRIPT)?.and_then(|script| script.get_attribute("href"));
        let worker: Worker = Reflect::get(&js_sys::global(), &WORKER.into())?.dyn_into()?;
        let channel = MessageChannel::new()?;
        let start = Object::new();
        Reflect::set(&start, &"script".into(), &script.into())?;
        Reflect::set(&start, &"module".into(), &wasm_bindgen::module())?;
        Reflect::set(&start, &PAGE.into(), &channel.port2())?;
        worker.post_message_with_transfer(&start, &Array::of1(&channel.port2()))?;
        Ok(Self { port: channel.port1(), worker: Some(worker) })
    }

    /// The worker's end; `None` where this is the page.
    #[must_use]
    pub fn to_page() -> Option<Self> {
        let port = Reflect::get(&js_sys::global(), &PAGE.into()).ok()?.dyn_into().ok()?;
        Some(Self { port, worker: None })
    }

    /// Calls `crashed` when a defect ends the worker.
    pub fn on_crash(&self, crashed: impl Fn() + 'static) {
        if let Some(worker) = &self.worker {
            let ended = worker.clone();
            let failed = Closure::<dyn Fn()>::new(move || {
                // What is left of it would go on holding the lock: with its end, another tab can go on.
                ended.terminate();
                crashed();
            });
            worker.set_onerror(Some(failed.into_js_value().unchecked_ref()));
        }
    }

    /// Sends a message to the other end.
    pub fn send<T: Serialize>(&self, message: &T) {
        // Bytes always can be sent.
        let _ = self.port.post_message(&Uint8Array::from(packet::pack(message).as_slice()));
    }

    /// Calls `told` with each message from the other end, from now on and as long as this program runs.
    pub fn listen<T: DeserializeOwned + 'static>(&self, told: impl Fn(T) + 'static) {
        let came = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(message) = packet::open(&Uint8Array::new(&event.data()).to_vec()) {
                told(message);
            }
        });
        self.port.set_onmessage(Some(came.into_js_value().unchecked_ref()));
    }
}
