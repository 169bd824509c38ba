//! Suite 1 and OpenSSL understand each other, both ways. Needs the program `openssl`, version 3, on PATH.

use std::{fs, io::ErrorKind, process::Command};

use igoon_shared::{
    crypto::{
        CryptoError, SUITE,
        envelope::{Envelope, EnvelopeContext, EnvelopeReason},
        epoch::EpochKey,
        label, primitives,
    },
    ids::{Epoch, RoomId},
    log::{EpochReason, HistoryRule},
    protocol::{bytes::Blob, codec},
};
use rsa::pkcs8::EncodePublicKey;
use tempfile::TempDir;

use crate::support::{
    TestDevice, TestRng, from_hex,
    room::{TestRoom, epoch_started},
    rsa_pkcs8, signing_seed, to_hex,
};

const ROOM: RoomId = RoomId::from_bytes([4; 32]);

#[test]
fn openssl_opens_our_envelope() {
    let files = Files::new();
    let (wrapper, recipient) = (TestDevice::new(1, 1), TestDevice::new(2, 2));
    let mut rng = TestRng::new("openssl_opens_our_envelope");
    let key = EpochKey::random(&mut rng);
    let envelope = Envelope::wrap(
        &wrapper.keys,
        wrapper.id(),
        ROOM,
        Epoch(5),
        &key,
        &recipient.bundle,
        EnvelopeReason::EpochStart,
        &mut rng,
    )
    .unwrap();

    let signed = [&envelope.context.0[..], &files.sha256(&envelope.ciphertext.0)].concat();
    assert!(files.verifies(&wrapper, b"igoon/v1/sign/envelope", &signed, &envelope.signature.0));
    assert!(!files.verifies(&wrapper, b"igoon/v1/sign/message", &signed, &envelope.signature.0));

    let opened = files.decrypt(rsa_pkcs8(2), &files.oaep_label(&envelope.context.0), &envelope.ciphertext.0);
    assert_eq!(opened.unwrap(), key.expose());
    let other_label = files.decrypt(rsa_pkcs8(2), &[0; 32], &envelope.ciphertext.0);
    assert!(other_label.is_err());
}

/// The whole envelope is OpenSSL's, down to hashes and signature, but for its context.
#[test]
fn we_open_openssls_envelope() {
    let files = Files::new();
    let (wrapper, recipient) = (TestDevice::new(1, 1), TestDevice::new(2, 2));
    let mut rng = TestRng::new("we_open_openssls_envelope");
    let key = EpochKey::random(&mut rng);
    let context = codec::encode(&EnvelopeContext {
        suite: SUITE,
        room: ROOM,
        epoch: Epoch(5),
        key_id: key.key_id(),
        recipient: recipient.id(),
        fingerprint: recipient.bundle.fingerprint(),
        wrapper: wrapper.id(),
        reason: EnvelopeReason::Share,
    });
    let ciphertext = files.encrypt(&recipient, &files.oaep_label(&context), key.expose());
    let hash = files.sha256(&ciphertext);
    let signature = files.sign(1, &[b"igoon/v1/sign/envelope", &context[..], &hash].concat());
    let envelope = Envelope { context: Blob(context), ciphertext: Blob(ciphertext), signature: Blob(signature) };

    envelope.verify(wrapper.signing_key()).unwrap();
    assert_eq!(envelope.open(&recipient.keys, key.key_id(), &mut rng).unwrap().expose(), key.expose());
    assert_eq!(
        envelope.open(&wrapper.keys, key.key_id(), &mut rng).unwrap_err(),
        CryptoError::CannotOpen,
        "the wrapper's own key is another"
    );
}

#[test]
fn openssl_checks_a_rooms_log() {
    let files = Files::new();
    let creator = TestDevice::new(1, 1);
    let mut room = TestRoom::new(&creator, HistoryRule::AllRetained);
    room.append(&creator, epoch_started(1, EpochReason::RoomCreated)).unwrap();
    let first = [b"igoon/v1/hash/log-entry", &room.entries[0].entry.0[..]].concat();
    assert_eq!(files.sha256(&first), room.id().as_bytes());
    for entry in &room.entries {
        assert!(files.verifies(&creator, b"igoon/v1/sign/log-entry", &entry.entry.0, &entry.signature.0));
        assert_eq!(
            files.sign(1, &[b"igoon/v1/sign/log-entry", &entry.entry.0[..]].concat()),
            entry.signature.0,
            "Ed25519 is deterministic"
        );
    }
}

#[test]
fn openssl_has_the_same_public_keys_and_ids() {
    let files = Files::new();
    let device = TestDevice::new(1, 1);
    files.write("rsa", rsa_pkcs8(1));
    let rsa = files.openssl("pkey -inform DER -in rsa -pubout -outform DER").unwrap();
    assert_eq!(device.bundle.rsa().to_public_key_der().unwrap().as_bytes(), rsa);
    files.write("ed25519", &ed25519_pkcs8(1));
    let ed25519 = files.openssl("pkey -inform DER -in ed25519 -pubout -outform DER").unwrap();
    assert_eq!(ed25519, ed25519_spki(device.signing_key()));

    let fingerprint = files.sha256(&[b"igoon/v1/hash/rsa-fingerprint", &rsa[..]].concat());
    assert_eq!(device.bundle.fingerprint().as_bytes()[..], fingerprint);
    let mut hashed = b"igoon/v1/hash/device-id".to_vec();
    hashed.extend_from_slice(device.account.as_bytes());
    hashed.extend_from_slice(device.bundle.installation().as_bytes());
    hashed.extend_from_slice(device.signing_key());
    hashed.extend_from_slice(&rsa);
    assert_eq!(device.id().as_bytes()[..], files.sha256(&hashed));
}

#[test]
fn openssl_derives_the_same() {
    let files = Files::new();
    let (input_key, salt) = ([5; 32], [6; 40]);
    let derived = primitives::derive(&input_key, &salt, &[label::KDF_MESSAGE, &[1, 2, 3]]);
    let info = [b"igoon/v1/message", &[1, 2, 3][..]].concat();
    assert_eq!(files.hkdf(&input_key, &salt, &info), derived[..]);

    let key = EpochKey::from_slice(&input_key).unwrap();
    assert_eq!(files.hkdf(&input_key, &[], b"igoon/v1/key-id"), key.key_id().as_bytes());
}

/// A folder for what OpenSSL reads, in which it runs; gone with the test.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    /// What `openssl` writes; what it complains of when it fails.
    fn openssl(&self, arguments: &str) -> Result<Vec<u8>, String> {
        let output = Command::new("openssl").args(arguments.split(' ')).current_dir(&self.0).output();
        let output = output.unwrap_or_else(|error| match error.kind() {
            ErrorKind::NotFound => {
                panic!("this test needs the program `openssl`, version 3, on PATH (Debian: openssl)")
            }
            _ => panic!("openssl: {error}"),
        });
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(output.stdout) } else { Err(complaint) }
    }

    fn sha256(&self, bytes: &[u8]) -> Vec<u8> {
        self.write("hashed", bytes);
        self.openssl("dgst -sha256 -binary hashed").unwrap()
    }

    fn hkdf(&self, input_key: &[u8], salt: &[u8], info: &[u8]) -> Vec<u8> {
        // OpenSSL takes no empty salt; without one it uses zeros, which is the same (RFC 5869, 2.2).
        let salt = if salt.is_empty() { String::new() } else { format!(" -kdfopt hexsalt:{}", to_hex(salt)) };
        let (key, info) = (to_hex(input_key), to_hex(info));
        let options = format!("-kdfopt digest:SHA256 -kdfopt hexkey:{key} -kdfopt hexinfo:{info}{salt}");
        self.openssl(&format!("kdf -binary -keylen 32 {options} HKDF")).unwrap()
    }

    fn oaep_label(&self, context: &[u8]) -> Vec<u8> {
        self.sha256(&[b"igoon/v1/hash/envelope-context", context].concat())
    }

    fn decrypt(&self, pkcs8: &[u8], oaep_label: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, String> {
        self.write("private", pkcs8);
        self.write("ciphertext", ciphertext);
        self.openssl(&format!("pkeyutl -decrypt -keyform DER -inkey private -in ciphertext {}", oaep(oaep_label)))
    }

    fn encrypt(&self, to: &TestDevice, oaep_label: &[u8], plaintext: &[u8]) -> Vec<u8> {
        self.write("public", to.bundle.rsa().to_public_key_der().unwrap().as_bytes());
        self.write("plaintext", plaintext);
        let command = "pkeyutl -encrypt -keyform DER -pubin -inkey public -in plaintext";
        self.openssl(&format!("{command} {}", oaep(oaep_label))).unwrap()
    }

    fn sign(&self, device: u8, message: &[u8]) -> Vec<u8> {
        self.write("private", &ed25519_pkcs8(device));
        self.write("message", message);
        self.openssl("pkeyutl -sign -rawin -keyform DER -inkey private -in message").unwrap()
    }

    fn verifies(&self, device: &TestDevice, label: &[u8], message: &[u8], signature: &[u8]) -> bool {
        self.write("public", &ed25519_spki(device.signing_key()));
        self.write("message", &[label, message].concat());
        self.write("signature", signature);
        let command = "pkeyutl -verify -rawin -keyform DER -pubin -inkey public -in message -sigfile signature";
        self.openssl(command).is_ok()
    }
}

fn oaep(oaep_label: &[u8]) -> String {
    format!(
        "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256 \
         -pkeyopt rsa_oaep_label:{}",
        to_hex(oaep_label)
    )
}

/// PKCS#8 of an Ed25519 seed (RFC 8410, 7).
fn ed25519_pkcs8(device: u8) -> Vec<u8> {
    [&from_hex("302e020100300506032b657004220420")[..], &signing_seed(device)].concat()
}

/// SPKI of an Ed25519 public key (RFC 8410, 4).
fn ed25519_spki(key: &[u8; 32]) -> Vec<u8> {
    [&from_hex("302a300506032b6570032100")[..], key].concat()
}
