//! Asking the desktop wrapper: Tauri's commands, which [`igoon_shared::wrapper`] describes.

use std::collections::BTreeMap;

use igoon_shared::{
    protocol::json,
    wrapper::{
        ADD_TO_FILE, BEGIN_FILE, CHOOSE_SERVER, FINISH_FILE, KEEP, Kept, NOTIFY, SURROUNDINGS, ServerAddress, Start,
        WrapperError,
    },
};
use js_sys::{Array, JSON, Object, Promise, Reflect};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// <https://v2.tauri.app/reference/javascript/api/namespacecore/#invoke>
    #[wasm_bindgen(catch, js_namespace = ["__TAURI__", "core"])]
    fn invoke(command: &str, arguments: &JsValue) -> Result<Promise, JsValue>;
}

/// Whether there is a wrapper around this page.
pub(super) fn is_there() -> bool {
    Reflect::get(&js_sys::global(), &"isTauri".into()).is_ok_and(|is| is.is_truthy())
}

pub(super) async fn surroundings() -> Result<Start, WrapperError> {
    ask(SURROUNDINGS, &BTreeMap::<&str, &str>::new(), WrapperError::NotKept).await
}

pub(super) async fn keep(kept: &Kept) -> Result<(), WrapperError> {
    ask(KEEP, &BTreeMap::from([("kept", kept)]), WrapperError::NotKept).await
}

pub(super) async fn choose_server(server: &ServerAddress) -> Result<(), WrapperError> {
    ask(CHOOSE_SERVER, &BTreeMap::from([("server", server)]), WrapperError::NotWritten).await
}

pub(super) async fn notify(title: &str, body: &str) -> Result<(), WrapperError> {
    ask(NOTIFY, &BTreeMap::from([("title", title), ("body", body)]), WrapperError::NotShown).await
}

/// Saves a file of these pieces (of bytes) among the downloads; its path.
pub(super) async fn save(name: &str, pieces: &Array) -> Result<String, WrapperError> {
    let otherwise = WrapperError::NotSaved;
    let () = ask(BEGIN_FILE, &BTreeMap::from([("name", name)]), otherwise).await?;
    for piece in pieces.iter() {
        // Bytes cross as they are.
        let () = run(ADD_TO_FILE, &piece, otherwise).await?;
    }
    run(FINISH_FILE, &Object::new(), otherwise).await
}

/// Runs a command. What the wrapper says in no way that is known here counts as `otherwise`.
async fn ask<T: DeserializeOwned>(
    command: &str,
    arguments: &impl Serialize,
    otherwise: WrapperError,
) -> Result<T, WrapperError> {
    let arguments = serde_json::to_string(arguments).map_err(|_| otherwise)?;
    run(command, &JSON::parse(&arguments).map_err(|_| otherwise)?, otherwise).await
}

async fn run<T: DeserializeOwned>(
    command: &str,
    arguments: &JsValue,
    otherwise: WrapperError,
) -> Result<T, WrapperError> {
    let asked = async { JsFuture::from(invoke(command, arguments)?).await };
    match asked.await {
        Ok(answer) => read(&answer).ok_or(otherwise),
        Err(refusal) => Err(read(&refusal).unwrap_or(otherwise)),
    }
}

fn read<T: DeserializeOwned>(value: &JsValue) -> Option<T> {
    json::read(String::from(JSON::stringify(value).ok()?).as_bytes()).ok()
}
