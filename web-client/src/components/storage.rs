//! What the browser promises about what Igoon stores in it, and how much that is.

use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{StorageEstimate, StorageManager};
use yew::prelude::*;

use super::language::use_language;
use crate::texts::{server::bytes, t};

/// What the browser says.
#[derive(Clone, Copy, Default, PartialEq)]
struct Said {
    /// It keeps everything until the person removes it.
    persists: Option<bool>,
    /// Bytes in use.
    used: Option<u64>,
    /// It was asked, and declined.
    declined: bool,
}

/// See the module. Asks nothing of the server and of nobody but the browser.
#[function_component]
pub fn Storage() -> Html {
    use_language();
    let said = use_state(Said::default);
    use_effect_with((), {
        let said = said.setter();
        move |()| spawn_local(async move { said.set(look(false).await) })
    });
    let ask = {
        let said = said.setter();
        Callback::from(move |_: MouseEvent| {
            let said = said.clone();
            spawn_local(async move { said.set(look(true).await) });
        })
    };
    let Some(persists) = said.persists else { return Html::default() };
    html! {
        <div class="stored" data-testid="storage" data-persists={persists.to_string()}>
            <p>{ if persists { t!("storage-kept") } else { t!("storage-not-kept") } }</p>
            if let Some(used) = said.used {
                <p class="hint">{ t!("storage-used", size = bytes(used)) }</p>
            }
            <div role="status">
                if said.declined && !persists {
                    <p class="hint">{ t!("storage-declined") }</p>
                }
            </div>
            if !persists {
                <button type="button" class="secondary" data-testid="keep-storage" onclick={ask}>{ t!("storage-ask") }</button>
            }
        </div>
    }
}

/// Looks at what the browser says; asks it first to keep what is stored, if told to.
async fn look(ask: bool) -> Said {
    let Some(storage) = manager() else { return Said::default() };
    if ask && let Ok(asking) = storage.persist() {
        let _ = JsFuture::from(asking).await;
    }
    let persists = match storage.persisted() {
        Ok(asking) => JsFuture::from(asking).await.ok().and_then(|persists| persists.as_bool()),
        Err(_) => None,
    };
    let used = match storage.estimate() {
        Ok(asking) => JsFuture::from(asking).await.ok().and_then(|estimate| usage(&estimate.unchecked_into())),
        Err(_) => None,
    };
    Said { persists, used, declined: ask && persists == Some(false) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of bytes; the cast saturates")]
fn usage(estimate: &StorageEstimate) -> Option<u64> {
    estimate.get_usage().map(|bytes| bytes as u64)
}

fn manager() -> Option<StorageManager> {
    let navigator = web_sys::window()?.navigator();
    js_sys::Reflect::get(&navigator, &"storage".into()).ok()?.dyn_into().ok()
}
