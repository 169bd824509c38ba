//! Secrets do not print, and are gone from memory once dropped: the heap is watched for blocks that are freed with a
//! secret still in them. What lay on the stack cannot be watched so; boxed, a type shows what its drop leaves.

use core::fmt::Debug;

use igoon_shared::{
    crypto::{
        device::DeviceKeys,
        envelope::{Envelope, EnvelopeReason},
        epoch::{EpochKey, SealedKey, SealingSecret},
        invite::InviteSecret,
        primitives,
    },
    ids::{ChallengeId, Epoch, InstallationId, RoomId},
    protocol::{
        bytes::Blob,
        http::{MailedCode, SecretText, SessionTransport, SetUp, SignIn, SignedIn, SocketTicket},
    },
};
use rsa::{BoxedUint, RsaPrivateKey, pkcs8::DecodePrivateKey, traits::PrivateKeyParts};

use crate::support::{TestDevice, TestRng, heap::freed_with, rsa_pkcs8};

const ROOM: RoomId = RoomId::from_bytes([1; 32]);
const PASSWORD: &str = "correct horse battery staple";

/// Bytes that are nowhere by chance.
fn secret_bytes() -> [u8; 32] {
    primitives::sha256(b"a secret")
}

#[test]
fn the_watch_sees_what_is_left_behind() {
    let secret = secret_bytes();
    assert_eq!(freed_with(&secret, || drop(Box::new(secret))), 1);
    assert_eq!(freed_with(&secret, || drop([&[0; 13][..], &secret].concat())), 1);
    assert_eq!(freed_with(&secret, || drop(Box::new(&secret))), 0);
    let mut wiped = Box::new(secret);
    assert_eq!(freed_with(&secret, || zeroize::Zeroize::zeroize(wiped.as_mut())), 0);
    assert_eq!(freed_with(&secret, || drop(wiped)), 0);
}

/// Asserts that a value's Debug, plain and pretty, is this text.
fn assert_shown(value: &impl Debug, text: &str) {
    assert_eq!((format!("{value:?}"), format!("{value:#?}")), (text.to_owned(), text.to_owned()));
}

#[test]
fn debug_shows_nothing_of_a_secret() {
    let secret = secret_bytes();
    assert_shown(&TestDevice::new(1, 1).keys, "DeviceKeys(redacted)");
    assert_shown(&EpochKey::from_slice(&secret).unwrap(), "EpochKey(redacted)");
    assert_shown(&InviteSecret::from_bytes(secret), "InviteSecret(redacted)");
    assert_shown(&InviteSecret::from_bytes(secret).sealing_secret(ROOM), "Secret32(redacted)");
    assert_shown(&SecretText::new(PASSWORD.to_owned()), "SecretText(redacted)");
    assert_shown(&Blob(secret.to_vec()), "Blob(32 bytes)");
}

#[test]
fn debug_of_what_holds_a_secret_shows_nothing_of_it() {
    let text = || SecretText::new(PASSWORD.to_owned());
    let installation = InstallationId::from_bytes([2; 16]);
    let email = "ada@example.org".to_owned();
    let sign_in = SignIn {
        email: email.clone(),
        password: text(),
        installation,
        session: SessionTransport::Bearer,
        trust: Some(text()),
    };
    let code = MailedCode { challenge: ChallengeId::from_bytes([3; 16]), installation, digits: text() };
    let id = TestDevice::new(1, 1).account;
    let shown = format!(
        "{:?} {sign_in:?} {code:?} {:?} {:?}",
        SetUp { code: text(), email, installation },
        SignedIn { account: id, token: Some(text()), trust: Some(text()) },
        SocketTicket { ticket: text() },
    );
    assert!(!shown.contains(PASSWORD) && shown.matches("SecretText(redacted)").count() == 7, "{shown}");

    let bundle = TestDevice::new(1, 1).bundle;
    let modulus = format!("{bundle:?}");
    assert!(modulus.len() < 200, "a bundle is shown by its ids: {modulus}");
}

#[test]
fn small_secrets_are_wiped() {
    let secret = secret_bytes();
    let epoch_key = Box::new(EpochKey::from_slice(&secret).unwrap());
    let copy = epoch_key.clone();
    let invite = Box::new(InviteSecret::from_bytes(secret));
    let text = SecretText::new(PASSWORD.to_owned());
    let copy_of_text = text.clone();
    assert_eq!(freed_with(&secret, || drop((epoch_key, copy))), 0);
    assert_eq!(freed_with(&secret, || drop(invite)), 0);
    assert_eq!(freed_with(PASSWORD.as_bytes(), || drop((text, copy_of_text))), 0);
}

#[test]
fn derived_secrets_are_wiped() {
    let invite = InviteSecret::from_bytes(secret_bytes());
    let sealing = *invite.sealing_secret(ROOM);
    assert_eq!(freed_with(&sealing, || drop(Box::new(invite.sealing_secret(ROOM)))), 0);
}

#[test]
fn text_is_wiped_from_the_moment_that_it_is_read() {
    let body = format!(
        r#"{{"email": "ada@example.org", "password": "{PASSWORD}", "installation": "{}", "session": "cookie"}}"#,
        InstallationId::from_bytes([2; 16])
    );
    let mut account = None;
    let reading = freed_with(PASSWORD.as_bytes(), || {
        account = Some(serde_json::from_str::<SignIn>(&body).unwrap());
    });
    let account = account.unwrap();
    assert_eq!(account.password.expose(), PASSWORD);
    assert_eq!((reading, freed_with(PASSWORD.as_bytes(), || drop(account))), (0, 0));
}

/// Device 1's keys with a seed that is nowhere by chance, in a block of their own.
fn device_keys() -> Box<DeviceKeys> {
    Box::new(DeviceKeys::from_parts(rsa_pkcs8(1), &secret_bytes()).unwrap())
}

/// 32 bytes from the middle of a number as it lies in memory.
fn middle(number: &BoxedUint) -> Vec<u8> {
    let bytes = number.to_le_bytes();
    bytes[bytes.len() / 2 - 16..][..32].to_vec()
}

#[test]
fn a_devices_keys_are_wiped() {
    let rsa = RsaPrivateKey::from_pkcs8_der(rsa_pkcs8(1)).unwrap();
    let secrets = [
        ("signing seed", secret_bytes().to_vec()),
        ("private exponent", middle(rsa.d())),
        ("prime q", middle(&rsa.primes()[1])),
        ("d mod p - 1", middle(rsa.dp().unwrap())),
        ("d mod q - 1", middle(rsa.dq().unwrap())),
    ];
    for (name, secret) in secrets {
        let keys = device_keys();
        assert_eq!(freed_with(&secret, || drop(keys)), 0, "{name}");
    }
}

/// The crate `rsa` leaves primes behind: p when a key is dropped (in what it keeps for 1/q mod p), both in passing while a
/// key is read, written or used. Whoever sees this test fail can take the sentence about it out of SECURITY.md.
#[test]
fn the_primes_are_left_behind() {
    let rsa = RsaPrivateKey::from_pkcs8_der(rsa_pkcs8(1)).unwrap();
    let p = middle(&rsa.primes()[0]);
    let mut keys = None;
    assert_ne!(freed_with(&p, || keys = Some(device_keys())), 0);
    let keys = keys.unwrap();
    assert_ne!(freed_with(&p, || drop(keys.to_parts().unwrap())), 0);
    assert_ne!(freed_with(&p, || drop(keys)), 0);
}

#[test]
fn wrapping_sealing_and_opening_leave_no_key_behind() {
    let secret = secret_bytes();
    let (key, next) = (EpochKey::from_slice(&secret).unwrap(), EpochKey::from_slice(&[8; 32]).unwrap());
    let (device, key_id) = (TestDevice::new(1, 1), key.key_id());
    let mut rng = TestRng::new("wrapping_sealing_and_opening_leave_no_key_behind");

    let (mut envelope, mut sealed) = (None, None);
    let making = freed_with(&secret, || {
        let reason = EnvelopeReason::Share;
        let made = Envelope::wrap(&device.keys, device.id(), ROOM, Epoch(1), &key, &device.bundle, reason, &mut rng);
        envelope = Some(made.unwrap());
        let under = SealingSecret::NextEpoch(&next);
        sealed = Some(SealedKey::seal(under, ROOM, Epoch(1), &key, &mut rng).unwrap());
    });
    assert_eq!(making, 0);
    let (envelope, sealed) = (envelope.unwrap(), sealed.unwrap());
    let opening = freed_with(&secret, || {
        drop(Box::new(envelope.open(&device.keys, key_id, &mut rng).unwrap()));
        drop(Box::new(sealed.open(SealingSecret::NextEpoch(&next), ROOM, Epoch(1), key_id).unwrap()));
    });
    assert_eq!(opening, 0);
}

#[test]
fn opened_messages_are_wiped() {
    let ciphertext = primitives::aead_seal(&[1; 32], [0; 12], b"", PASSWORD.as_bytes()).unwrap();
    let opening = freed_with(PASSWORD.as_bytes(), || {
        assert_eq!(*primitives::aead_open(&[1; 32], [0; 12], b"", &ciphertext).unwrap(), PASSWORD.as_bytes());
    });
    assert_eq!(opening, 0);
}
