//! Handing a file to the browser, which saves it as it saves whatever else is downloaded.

use js_sys::Array;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// Of no kind that a browser would rather open.
const KIND: &str = "application/octet-stream";

/// An address under which the browser has a file, until this is dropped.
#[derive(Debug)]
pub struct ObjectUrl(String);

impl ObjectUrl {
    /// `blob:…`
    pub(super) fn address(&self) -> &str {
        &self.0
    }
}

impl Drop for ObjectUrl {
    fn drop(&mut self) {
        let _ = Url::revoke_object_url(&self.0);
    }
}

/// Makes a file of these pieces (of bytes) and has it downloaded.
///
/// # Errors
/// The browser's: it has no room for the file.
pub(super) fn download(name: &str, pieces: &Array) -> Result<ObjectUrl, JsValue> {
    let kind = BlobPropertyBag::new();
    kind.set_type(KIND);
    let blob = Blob::new_with_u8_array_sequence_and_options(pieces, &kind)?;
    let url = ObjectUrl(Url::create_object_url_with_blob(&blob)?);
    let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
    let link: HtmlAnchorElement = document.create_element("a")?.dyn_into()?;
    link.set_href(url.address());
    link.set_download(name);
    link.click();
    Ok(url)
}
