//! What the worker's global scope offers.

use igoon_shared::time::Timestamp;
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, SubtleCrypto};

/// The browser's clock.
pub(super) fn now() -> Timestamp {
    crate::state::calendar::now()
}

pub(super) fn global() -> Result<DedicatedWorkerGlobalScope, JsValue> {
    js_sys::global().dyn_into().map_err(Into::into)
}

/// WebCrypto; absent where the origin is not secure.
pub(super) fn subtle() -> Result<SubtleCrypto, JsValue> {
    Ok(global()?.crypto()?.subtle())
}

/// What the browser says that it is.
pub(super) fn user_agent() -> String {
    global().and_then(|scope| scope.navigator().user_agent()).unwrap_or_default()
}

/// Milliseconds since some fixed moment, for measuring.
pub(super) fn stopwatch() -> f64 {
    global().ok().and_then(|scope| scope.performance()).map_or(0.0, |performance| performance.now())
}

/// Whether the browser believes that this computer has a network.
pub(super) fn has_network() -> bool {
    global().is_ok_and(|scope| scope.navigator().on_line())
}

/// Calls `told` when the browser finds or loses the network.
pub(super) fn watch_network(told: impl Fn(bool) + Clone + 'static) {
    let Ok(scope) = global() else { return };
    for (event, online) in [("online", true), ("offline", false)] {
        let told = told.clone();
        // Lives as long as the worker.
        let closure = Closure::<dyn Fn()>::new(move || told(online)).into_js_value();
        let _ = scope.add_event_listener_with_callback(event, closure.unchecked_ref());
    }
}
