//! Making this computer's keys. SubtleCrypto makes the RSA pair, several times faster than WASM could; it is exportable for
//! the one moment of importing it into the worker's own, encrypted keeping.

use igoon_shared::crypto::device::{DeviceKeys, RSA_BITS};
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::CryptoKey;
use zeroize::Zeroizing;

use super::scope::subtle;

/// 65537, big-endian.
const EXPONENT: [u8; 3] = [1, 0, 1];

/// Makes both pairs.
///
/// # Errors
/// The browser's, or null when what it made is not of suite 1.
pub(super) async fn make() -> Result<DeviceKeys, JsValue> {
    let pkcs8 = rsa_pkcs8().await?;
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(|_| JsValue::NULL)?;
    DeviceKeys::from_parts(&pkcs8, &seed).map_err(|_| JsValue::NULL)
}

/// An RSA pair of suite 1, as PKCS#8 in DER.
///
/// # Errors
/// The browser's.
pub(super) async fn rsa_pkcs8() -> Result<Zeroizing<Vec<u8>>, JsValue> {
    let algorithm = Object::new();
    let bits = u32::try_from(RSA_BITS).map_err(|_| JsValue::NULL)?;
    Reflect::set(&algorithm, &"name".into(), &"RSA-OAEP".into())?;
    Reflect::set(&algorithm, &"modulusLength".into(), &bits.into())?;
    Reflect::set(&algorithm, &"publicExponent".into(), &Uint8Array::from(EXPONENT.as_slice()))?;
    Reflect::set(&algorithm, &"hash".into(), &"SHA-256".into())?;
    let usages: Array = ["encrypt", "decrypt"].into_iter().map(JsValue::from).collect();
    let subtle = subtle()?;
    let pair = JsFuture::from(subtle.generate_key_with_object(&algorithm, true, &usages)?).await?;
    let private: CryptoKey = Reflect::get(&pair, &"privateKey".into())?.dyn_into()?;
    let exported = Uint8Array::new(&JsFuture::from(subtle.export_key("pkcs8", &private)?).await?);
    let pkcs8 = Zeroizing::new(exported.to_vec());
    exported.fill(0, 0, exported.length());
    Ok(pkcs8)
}
