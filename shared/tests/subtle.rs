//! Suite 1 and the browser's SubtleCrypto understand each other, both ways. Runs in a browser only.
#![cfg(test)]
#![cfg(target_arch = "wasm32")]

mod support;

use ed25519_dalek::SigningKey;
use igoon_shared::{
    crypto::{
        bundle::Bundle,
        device::DeviceKeys,
        envelope::{Envelope, EnvelopeReason},
        epoch::EpochKey,
        label, primitives,
    },
    ids::{AccountId, Epoch, InstallationId, RoomId},
    protocol::bytes::Blob,
};
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use rsa::pkcs8::EncodePublicKey;
use support::{TestDevice, TestRng};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{CryptoKey, CryptoKeyPair, SubtleCrypto};

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn aes_gcm_opens_what_the_other_sealed() {
    let (key, nonce, aad, plaintext) = ([7; 32], [9; 12], b"header", b"a message");
    let theirs = imported("raw", &key, &JsValue::from_str("AES-GCM"), &["encrypt", "decrypt"]).await;
    let algorithm = object(&[
        ("name", JsValue::from_str("AES-GCM")),
        ("iv", bytes(&nonce)),
        ("additionalData", bytes(aad)),
        ("tagLength", JsValue::from_f64(128.0)),
    ]);

    let ours = primitives::aead_seal(&key, nonce, aad, plaintext).unwrap();
    let opened =
        done(subtle().decrypt_with_object_and_js_u8_array(&algorithm, &theirs, &Uint8Array::from(&ours[..]))).await;
    assert_eq!(opened, plaintext);

    let sealed =
        done(subtle().encrypt_with_object_and_js_u8_array(&algorithm, &theirs, &Uint8Array::from(&plaintext[..])))
            .await;
    assert_eq!(sealed, ours);
    assert_eq!(**primitives::aead_open(&key, nonce, aad, &sealed).unwrap(), *plaintext);
}

/// A pair that SubtleCrypto made becomes a device's; envelopes go both ways between it and SubtleCrypto.
#[wasm_bindgen_test]
async fn rsa_oaep_unwraps_what_the_other_wrapped() {
    let pair = generated_rsa_pair(3072).await;
    let pkcs8 = exported("pkcs8", &pair.get_private_key()).await;
    let spki = exported("spki", &pair.get_public_key()).await;
    let keys = DeviceKeys::from_parts(&pkcs8, &[3; 32]).unwrap();
    let signed = keys.bundle(AccountId::from_bytes([1; 16]), InstallationId::from_bytes([2; 16])).unwrap();
    let recipient = Bundle::verify(&signed).unwrap();
    assert_eq!(recipient.rsa().to_public_key_der().unwrap().as_bytes(), spki);

    let wrapper = TestDevice::new(1, 1);
    let mut rng = TestRng::new("rsa_oaep_unwraps_what_the_other_wrapped");
    let key = EpochKey::random(&mut rng);
    let envelope = Envelope::wrap(
        &wrapper.keys,
        wrapper.id(),
        RoomId::from_bytes([4; 32]),
        Epoch(5),
        &key,
        &recipient,
        EnvelopeReason::EpochStart,
        &mut rng,
    )
    .unwrap();
    let oaep_label = primitives::hash(label::HASH_ENVELOPE_CONTEXT, &[&envelope.context.0]);
    let algorithm = object(&[("name", JsValue::from_str("RSA-OAEP")), ("label", bytes(&oaep_label))]);

    let ciphertext = Uint8Array::from(&envelope.ciphertext.0[..]);
    let opened =
        done(subtle().decrypt_with_object_and_js_u8_array(&algorithm, &pair.get_private_key(), &ciphertext)).await;
    assert_eq!(opened, key.expose());

    let plaintext = Uint8Array::from(&key.expose()[..]);
    let ciphertext =
        done(subtle().encrypt_with_object_and_js_u8_array(&algorithm, &pair.get_public_key(), &plaintext)).await;
    assert_ne!(ciphertext, envelope.ciphertext.0);
    let theirs = Envelope { ciphertext: Blob(ciphertext), ..envelope };
    assert_eq!(theirs.open(&keys, key.key_id(), &mut rng).unwrap().expose(), key.expose());

    // Under another label, neither opens it.
    let other = object(&[("name", JsValue::from_str("RSA-OAEP")), ("label", bytes(&[0; 32]))]);
    let wrapped = done(subtle().encrypt_with_object_and_js_u8_array(&other, &pair.get_public_key(), &plaintext)).await;
    let wrong = Envelope { ciphertext: Blob(wrapped), ..theirs };
    assert!(wrong.open(&keys, key.key_id(), &mut rng).is_err());
}

/// What SubtleCrypto makes in another size is no device key.
#[wasm_bindgen_test]
async fn a_2048_bit_pair_is_refused() {
    let pair = generated_rsa_pair(2048).await;
    let pkcs8 = exported("pkcs8", &pair.get_private_key()).await;
    assert!(DeviceKeys::from_parts(&pkcs8, &[3; 32]).is_err());
}

/// SubtleCrypto takes the stored form of a device's keys, too.
#[wasm_bindgen_test]
async fn subtle_crypto_imports_a_devices_keys() {
    let (pkcs8, _) = TestDevice::new(1, 1).keys.to_parts().unwrap();
    imported("pkcs8", &pkcs8, &rsa_oaep(), &["decrypt"]).await;
}

#[wasm_bindgen_test]
async fn hkdf_derives_the_same() {
    for (input_key, salt, info) in [(&[5; 32][..], &[6; 40][..], &b"igoon/v1/message"[..]), (&[5; 32], &[], b"")] {
        let theirs = imported("raw", input_key, &JsValue::from_str("HKDF"), &["deriveBits"]).await;
        let algorithm = object(&[
            ("name", JsValue::from_str("HKDF")),
            ("hash", JsValue::from_str("SHA-256")),
            ("salt", bytes(salt)),
            ("info", bytes(info)),
        ]);
        let derived = done(subtle().derive_bits_with_object(&algorithm, &theirs, 256)).await;
        assert_eq!(derived, *primitives::derive(input_key, salt, &[info]));
    }
}

#[wasm_bindgen_test]
async fn ed25519_verifies_what_the_other_signed() {
    let key = SigningKey::from_bytes(&[8; 32]);
    let public_key = key.verifying_key().to_bytes();
    let algorithm = JsValue::from_str("Ed25519");
    // PKCS#8 of an Ed25519 seed (RFC 8410, 7).
    let pkcs8 = [&support::from_hex("302e020100300506032b657004220420")[..], &[8; 32]].concat();
    let private = imported("pkcs8", &pkcs8, &algorithm, &["sign"]).await;
    let public = imported("raw", &public_key, &algorithm, &["verify"]).await;
    let mut message = Uint8Array::from(&b"labelmessage"[..]);

    let theirs = done(subtle().sign_with_str_and_js_u8_array("Ed25519", &private, &message)).await;
    let ours = primitives::sign(&key, b"label", &[b"message"]);
    assert_eq!(theirs, ours);
    primitives::verify(&public_key, b"label", &[b"message"], &theirs).unwrap();

    for expected in [true, false] {
        let signature = Uint8Array::from(&ours[..]);
        let verified =
            subtle().verify_with_str_and_js_u8_array_and_js_u8_array("Ed25519", &public, &signature, &message);
        let verified = JsFuture::from(verified.unwrap()).await.unwrap();
        assert_eq!(verified, JsValue::from_bool(expected));
        message = Uint8Array::from(&b"labelanother"[..]);
    }
}

fn subtle() -> SubtleCrypto {
    web_sys::window().unwrap().crypto().unwrap().subtle()
}

fn rsa_oaep() -> JsValue {
    object(&[("name", JsValue::from_str("RSA-OAEP")), ("hash", JsValue::from_str("SHA-256"))]).into()
}

async fn generated_rsa_pair(bits: u32) -> CryptoKeyPair {
    let algorithm = object(&[
        ("name", JsValue::from_str("RSA-OAEP")),
        ("hash", JsValue::from_str("SHA-256")),
        ("modulusLength", JsValue::from_f64(f64::from(bits))),
        ("publicExponent", bytes(&[1, 0, 1])),
    ]);
    let pair = subtle().generate_key_with_object(&algorithm, true, &usages(&["encrypt", "decrypt"])).unwrap();
    JsFuture::from(pair).await.unwrap().unchecked_into()
}

async fn imported(format: &str, key: &[u8], algorithm: &JsValue, allowed: &[&str]) -> CryptoKey {
    let key = Uint8Array::from(key).into();
    let key = match algorithm.as_string() {
        Some(name) => subtle().import_key_with_str(format, &key, &name, false, &usages(allowed)),
        None => subtle().import_key_with_object(format, &key, algorithm.unchecked_ref(), false, &usages(allowed)),
    };
    JsFuture::from(key.unwrap()).await.unwrap().unchecked_into()
}

async fn exported(format: &str, key: &CryptoKey) -> Vec<u8> {
    done(subtle().export_key(format, key)).await
}

/// The ArrayBuffer that a call of SubtleCrypto ends in.
async fn done(call: Result<Promise, JsValue>) -> Vec<u8> {
    Uint8Array::new(&JsFuture::from(call.unwrap()).await.unwrap()).to_vec()
}

fn usages(names: &[&str]) -> JsValue {
    names.iter().map(|name| JsValue::from_str(name)).collect::<Array>().into()
}

fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from_str(name), value).unwrap();
    }
    object
}

fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}
