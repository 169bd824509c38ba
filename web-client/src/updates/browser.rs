//! The browser's part: the service worker's registration, the page as the server has it, loading anew.

use futures_util::future::{self, Either};
use gloo_timers::future::TimeoutFuture;
use js_sys::Promise;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, EventTarget, RequestCache, RequestInit, Response, ServiceWorkerRegistration};

use super::is_of_another_build;
use crate::service_worker::{container, registration};

const SCRIPT: &str = "/sw.js";
/// Everything that the page's own document loads.
const LOADED: &str = "link[rel=stylesheet], link[rel=modulepreload]";

/// So long the files of another build may take, in milliseconds, before the page is loaded anew without them.
const INSTALLING_MS: u32 = 30_000;
/// So long the service worker may take to change over, in milliseconds.
const CHANGING_MS: u32 = 3_000;

/// Sees to it that this browser keeps the app's files. Where it cannot, the app needs the server to open.
pub async fn keep() {
    if let Some(container) = container() {
        let _ = JsFuture::from(container.register(SCRIPT)).await;
    }
}

/// Whether the server has another build than this page. If so, its files are here already, where the browser keeps any.
pub async fn look() -> bool {
    let Ok(served) = served().await else { return false };
    if !is_of_another_build(&named(), &served) {
        return false;
    }
    if let Some(registration) = registration().await {
        fetch_next(&registration).await;
    }
    true
}

/// Loads the page anew, in the build that the server has now.
pub async fn load() {
    if let (Some(container), Some(registration)) = (container(), registration().await) {
        fetch_next(&registration).await;
        if let Some(waiting) = registration.waiting() {
            let _ = waiting.post_message(&"take-over".into());
            if container.controller().is_some() {
                happens(&container, "controllerchange", CHANGING_MS).await;
            }
        }
    }
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

/// Has the browser fetch the build that the server has now, beside the one that it keeps.
async fn fetch_next(registration: &ServiceWorkerRegistration) {
    if let Ok(updating) = registration.update() {
        let _ = JsFuture::from(updating).await;
    }
    if let Some(installing) = registration.installing() {
        happens(&installing, "statechange", INSTALLING_MS).await;
    }
}

/// Waits until something happens, at most for so many milliseconds.
async fn happens(target: &EventTarget, event: &str, patience_ms: u32) {
    let happened = Promise::new(&mut |resolve, _| {
        let _ = target.add_event_listener_with_callback(event, &resolve);
    });
    let waiting = future::select(JsFuture::from(happened), TimeoutFuture::new(patience_ms));
    let (Either::Left(_) | Either::Right(_)) = waiting.await;
}

/// The page as the server has it. The service worker does not answer this: it is no navigation.
async fn served() -> Result<String, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let init = RequestInit::new();
    init.set_cache(RequestCache::NoCache);
    let response: Response = JsFuture::from(window.fetch_with_str_and_init("/", &init)).await?.dyn_into()?;
    let text = if response.ok() { JsFuture::from(response.text()?).await? } else { JsValue::NULL };
    text.as_string().ok_or(JsValue::NULL)
}

/// The files that this page names.
fn named() -> Vec<String> {
    let document = web_sys::window().and_then(|window| window.document());
    let Some(loaded) = document.and_then(|document| document.query_selector_all(LOADED).ok()) else {
        return Vec::new();
    };
    let elements = (0..loaded.length()).filter_map(|index| loaded.item(index)?.dyn_into::<Element>().ok());
    elements.filter_map(|element| element.get_attribute("href")).collect()
}
