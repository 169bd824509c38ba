//! The browser's part: fetching the texts of a language, from the page's own server or from what the service worker keeps.

use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::kept;
use crate::state::preferences::Language;

/// Fetches a language's texts unless they are here; says whether they are now.
pub async fn bring(language: Language) -> bool {
    kept::are_here(language) || fetched(language).await.is_ok_and(|whole| kept::keep(language, whole))
}

/// Asked as `first.js` asks for it early, so that the browser answers with the same.
async fn fetched(language: Language) -> Result<String, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str(kept::file(language))).await?.dyn_into()?;
    let text = if response.ok() { JsFuture::from(response.text()?).await? } else { JsValue::NULL };
    text.as_string().ok_or(JsValue::NULL)
}
