//! Records at rest: AES-256-GCM (NIST SP 800-38D) under a key that WebCrypto keeps and never hands out.
//!
//! ```text
//! stored value = 12 random bytes (the nonce) || ciphertext || tag        AAD = the record's name
//! ```
//!
//! At 2^32 records the chance of a repeated nonce is still below 2^-32; a browser does not live to see it.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::CryptoKey;
use zeroize::Zeroizing;

use super::scope::subtle;

const NONCE_LEN: usize = 12;
const ALGORITHM: &str = "AES-GCM";

/// A new key; it cannot be exported.
pub(super) async fn new_key() -> Result<CryptoKey, JsValue> {
    let algorithm = Object::new();
    Reflect::set(&algorithm, &"name".into(), &ALGORITHM.into())?;
    Reflect::set(&algorithm, &"length".into(), &256.into())?;
    let usages: Array = ["encrypt", "decrypt"].into_iter().map(JsValue::from).collect();
    JsFuture::from(subtle()?.generate_key_with_object(&algorithm, false, &usages)?).await?.dyn_into()
}

/// Encryption under way. Several can be under way at once.
pub(super) struct Sealing {
    nonce: [u8; NONCE_LEN],
    ciphertext: Promise,
}

/// Begins to encrypt a record.
pub(super) fn seal(key: &CryptoKey, name: &str, value: &[u8]) -> Result<Sealing, JsValue> {
    let mut nonce = [0; NONCE_LEN];
    getrandom::fill(&mut nonce).map_err(|_| JsValue::NULL)?;
    let ciphertext = subtle()?.encrypt_with_object_and_u8_array(&algorithm(&nonce, name)?, key, value)?;
    Ok(Sealing { nonce, ciphertext: ciphertext.unchecked_into() })
}

impl Sealing {
    /// The value to store.
    pub(super) async fn finish(self) -> Result<Uint8Array, JsValue> {
        let ciphertext = Uint8Array::new(&JsFuture::from(self.ciphertext).await?);
        let nonce_len = u32::try_from(NONCE_LEN).unwrap_or_default();
        let stored = Uint8Array::new_with_length(nonce_len + ciphertext.length());
        stored.set(&Uint8Array::from(self.nonce.as_slice()), 0);
        stored.set(&ciphertext, nonce_len);
        Ok(stored)
    }
}

/// Begins to decrypt a stored value.
pub(super) fn open(key: &CryptoKey, name: &str, stored: &JsValue) -> Result<Promise, JsValue> {
    let stored = stored.dyn_ref::<Uint8Array>().ok_or(JsValue::NULL)?.to_vec();
    let (nonce, ciphertext) = stored.split_at_checked(NONCE_LEN).ok_or(JsValue::NULL)?;
    let opened = subtle()?.decrypt_with_object_and_u8_array(&algorithm(nonce, name)?, key, ciphertext)?;
    Ok(opened.unchecked_into())
}

/// The plaintext of [`open`]; the browser's own copy is wiped.
pub(super) async fn opened(opening: Promise) -> Result<Zeroizing<Vec<u8>>, JsValue> {
    let buffer = Uint8Array::new(&JsFuture::from(opening).await?);
    let plaintext = Zeroizing::new(buffer.to_vec());
    buffer.fill(0, 0, buffer.length());
    Ok(plaintext)
}

fn algorithm(nonce: &[u8], name: &str) -> Result<Object, JsValue> {
    let algorithm = Object::new();
    Reflect::set(&algorithm, &"name".into(), &ALGORITHM.into())?;
    Reflect::set(&algorithm, &"iv".into(), &Uint8Array::from(nonce))?;
    Reflect::set(&algorithm, &"additionalData".into(), &Uint8Array::from(name.as_bytes()))?;
    Ok(algorithm)
}
