//! Envelopes, sealed keys, messages and invites: they open for whom they are meant, in the place where they belong, as
//! they were made; anything else fails, and fails alike.

use std::collections::HashSet;

use igoon_shared::{
    crypto::{
        CryptoError, SUITE,
        envelope::{Envelope, EnvelopeReason},
        epoch::{EpochKey, SealedKey, SealingSecret},
        invite::{self, InviteSecret},
        label,
        message::{Cursor, LogHead, MessageHeader, MessageKind, SealedMessage},
        primitives,
    },
    ids::{
        AccountId, DeviceId, EntryHash, Epoch, Incarnation, InstallationId, KeyId, LogIndex, MessageId, RoomId, Seq,
        SessionTag,
    },
    protocol::{bytes::Blob, limits},
};
use rsa::Oaep;
use sha2::Sha256;

use crate::support::{TestDevice, TestRng, one_byte_flipped, room::NOW};

const ROOM: RoomId = RoomId::from_bytes([1; 32]);
const OTHER_ROOM: RoomId = RoomId::from_bytes([2; 32]);

fn key(byte: u8) -> EpochKey {
    EpochKey::from_slice(&[byte; 32]).unwrap()
}

/// Device 1 wraps key 7 for device 2.
fn envelope() -> Envelope {
    let [wrapper, recipient, ..] = TestDevice::all();
    let mut rng = TestRng::new("envelope");
    let reason = EnvelopeReason::EpochStart;
    Envelope::wrap(&wrapper.keys, wrapper.id(), ROOM, Epoch(3), &key(7), &recipient.bundle, reason, &mut rng).unwrap()
}

fn opened(envelope: &Envelope, by: &TestDevice, key_id: KeyId) -> Result<[u8; 32], CryptoError> {
    envelope.open(&by.keys, key_id, &mut TestRng::new("blinding")).map(|key| *key.expose())
}

mod envelopes {
    use super::*;

    #[test]
    fn say_what_they_are_for() {
        let [wrapper, recipient, ..] = TestDevice::all();
        let context = envelope().context().unwrap();
        assert_eq!((context.suite, context.room, context.epoch), (SUITE, ROOM, Epoch(3)));
        assert_eq!((context.key_id, context.reason), (key(7).key_id(), EnvelopeReason::EpochStart));
        assert_eq!((context.recipient, context.wrapper), (recipient.id(), wrapper.id()));
        assert_eq!(context.fingerprint, recipient.bundle.fingerprint());
        assert_eq!(opened(&envelope(), recipient, key(7).key_id()), Ok([7; 32]));
    }

    #[test]
    fn are_never_alike() {
        let [wrapper, recipient, ..] = TestDevice::all();
        let mut rng = TestRng::new("are_never_alike");
        let mut wrap = || {
            let reason = EnvelopeReason::Share;
            Envelope::wrap(&wrapper.keys, wrapper.id(), ROOM, Epoch(3), &key(7), &recipient.bundle, reason, &mut rng)
        };
        assert_ne!(wrap().unwrap().ciphertext, wrap().unwrap().ciphertext);
    }

    #[test]
    fn open_for_their_recipient_alone() {
        let [wrapper, _, second, fourth] = TestDevice::all();
        for other in [wrapper, second, fourth] {
            assert_eq!(opened(&envelope(), other, key(7).key_id()), Err(CryptoError::CannotOpen));
        }
    }

    #[test]
    fn hold_the_key_that_the_log_pins() {
        let [_, recipient, ..] = TestDevice::all();
        assert_eq!(opened(&envelope(), recipient, key(8).key_id()), Err(CryptoError::CannotOpen));
    }

    /// Even before the signature is looked at: a ciphertext belongs to its context.
    #[test]
    fn open_in_their_context_alone() {
        let [_, recipient, ..] = TestDevice::all();
        for context in one_byte_flipped(&envelope().context.0).step_by(5) {
            let moved = Envelope { context: Blob(context), ..envelope() };
            assert_eq!(opened(&moved, recipient, key(7).key_id()), Err(CryptoError::CannotOpen));
        }
    }

    #[test]
    fn open_unchanged_or_not_at_all() {
        let [_, recipient, ..] = TestDevice::all();
        let good = envelope();
        let changed = one_byte_flipped(&good.ciphertext.0).step_by(16);
        let lengths = [0, 1, 383].map(|length| good.ciphertext.0[..length].to_vec());
        let longer = [[&good.ciphertext.0[..], &[0]].concat(), [&[0], &good.ciphertext.0[..]].concat()];
        let numbers = [vec![0; 384], vec![0xff; 384], [&[0; 383][..], &[1]].concat()];
        for ciphertext in changed.chain(lengths).chain(longer).chain(numbers) {
            let changed = Envelope { ciphertext: Blob(ciphertext), ..good.clone() };
            assert_eq!(opened(&changed, recipient, key(7).key_id()), Err(CryptoError::CannotOpen));
        }
    }

    #[test]
    fn hold_32_bytes() {
        let [_, recipient, ..] = TestDevice::all();
        for length in [0, 31, 33, 64] {
            let oaep_label = primitives::hash(label::HASH_ENVELOPE_CONTEXT, &[&envelope().context.0]);
            let padding = Oaep::<Sha256>::new_with_label(oaep_label);
            let rng = &mut TestRng::new("hold_32_bytes");
            let ciphertext = recipient.bundle.rsa().encrypt(rng, padding, &vec![7; length]).unwrap();
            let other = Envelope { ciphertext: Blob(ciphertext), ..envelope() };
            assert_eq!(opened(&other, recipient, key(7).key_id()), Err(CryptoError::CannotOpen));
        }
    }

    #[test]
    fn are_signed_as_a_whole() {
        let [wrapper, recipient, ..] = TestDevice::all();
        let good = envelope();
        good.verify(wrapper.signing_key()).unwrap();
        assert_eq!(good.verify(recipient.signing_key()), Err(CryptoError::BadSignature));
        let contexts = one_byte_flipped(&good.context.0).map(|bytes| Envelope { context: Blob(bytes), ..good.clone() });
        let ciphertexts =
            one_byte_flipped(&good.ciphertext.0).map(|bytes| Envelope { ciphertext: Blob(bytes), ..good.clone() });
        let signatures =
            one_byte_flipped(&good.signature.0).map(|bytes| Envelope { signature: Blob(bytes), ..good.clone() });
        for changed in contexts.chain(ciphertexts).chain(signatures) {
            assert_eq!(changed.verify(wrapper.signing_key()), Err(CryptoError::BadSignature));
        }
    }
}

mod sealed_keys {
    use super::*;

    fn sealed(secret: SealingSecret<'_>) -> SealedKey {
        SealedKey::seal(secret, ROOM, Epoch(3), &key(7), &mut TestRng::new("sealed")).unwrap()
    }

    #[test]
    fn open_where_they_belong() {
        let (next, other, key_id) = (key(8), key(9), key(7).key_id());
        let link = sealed(SealingSecret::NextEpoch(&next));
        let secret = SealingSecret::NextEpoch(&next);
        assert_eq!(link.open(secret, ROOM, Epoch(3), key_id).unwrap().expose(), &[7; 32]);
        let beside = sealed(SealingSecret::Invite(&[8; 32]));
        assert_eq!(beside.open(SealingSecret::Invite(&[8; 32]), ROOM, Epoch(3), key_id).unwrap().expose(), &[7; 32]);

        let cannot = |secret, room, epoch, key_id| {
            assert_eq!(link.open(secret, room, epoch, key_id).unwrap_err(), CryptoError::CannotOpen);
        };
        cannot(SealingSecret::NextEpoch(&other), ROOM, Epoch(3), key_id);
        cannot(SealingSecret::Invite(&[8; 32]), ROOM, Epoch(3), key_id);
        cannot(secret, OTHER_ROOM, Epoch(3), key_id);
        cannot(secret, ROOM, Epoch(4), key_id);
        cannot(secret, ROOM, Epoch(3), other.key_id());
    }

    #[test]
    fn open_unchanged_or_not_at_all() {
        let next = key(8);
        let secret = SealingSecret::NextEpoch(&next);
        let good = sealed(secret);
        let salts = one_byte_flipped(&good.salt.0);
        // With a zero at its end, HKDF takes a salt for the same one.
        let lengths = [good.salt.0[..15].to_vec(), [&good.salt.0[..], &[0]].concat(), vec![]];
        let salts = salts.chain(lengths).map(|bytes| SealedKey { salt: Blob(bytes), ..good.clone() });
        let ciphertexts = one_byte_flipped(&good.ciphertext.0);
        let lengths = [good.ciphertext.0[..47].to_vec(), [&good.ciphertext.0[..], &[0]].concat(), vec![]];
        let ciphertexts = ciphertexts.chain(lengths).map(|bytes| SealedKey { ciphertext: Blob(bytes), ..good.clone() });
        for changed in salts.chain(ciphertexts) {
            let refusal = changed.open(secret, ROOM, Epoch(3), key(7).key_id()).unwrap_err();
            assert_eq!(refusal, CryptoError::CannotOpen);
        }
    }

    /// The additional data holds the pinned key id; what was sealed under it must be that key all the same.
    #[test]
    fn hold_the_key_that_they_name() {
        let salt = [5; 16];
        let sealing_key = primitives::derive(&[8; 32], &salt, &[label::KDF_EPOCH_LINK]);
        let pinned = key(7).key_id();
        let aad = [&[SUITE][..], ROOM.as_bytes(), &3_u64.to_be_bytes(), pinned.as_bytes()].concat();
        for inside in [vec![9; 32], vec![7; 31], vec![7; 33]] {
            let ciphertext = primitives::aead_seal(&sealing_key, [0; 12], &aad, &inside).unwrap();
            let sealed = SealedKey { salt: Blob(salt.to_vec()), ciphertext: Blob(ciphertext) };
            let refusal = sealed.open(SealingSecret::NextEpoch(&key(8)), ROOM, Epoch(3), pinned).unwrap_err();
            assert_eq!(refusal, CryptoError::CannotOpen);
        }
    }

    #[test]
    fn never_use_a_key_twice() {
        let mut rng = TestRng::new("never_use_a_key_twice");
        let next = key(8);
        let mut seal = || SealedKey::seal(SealingSecret::NextEpoch(&next), ROOM, Epoch(3), &key(7), &mut rng).unwrap();
        let (one, other) = (seal(), seal());
        assert_ne!(one.salt, other.salt);
        assert_ne!(one.ciphertext, other.ciphertext);
    }
}

mod messages {
    use super::*;

    fn header() -> MessageHeader {
        MessageHeader {
            suite: SUITE,
            room: ROOM,
            epoch: Epoch(3),
            key_id: key(7).key_id(),
            device: TestDevice::all()[0].id(),
            session: SessionTag::from_bytes([5; 16]),
            counter: 0,
            message_id: MessageId::from_bytes([6; 16]),
            kind: MessageKind::TEXT,
            target: None,
            sent_at: NOW,
            seen: Cursor { incarnation: Incarnation(1), seq: Seq(9) },
            log_head: LogHead { index: LogIndex(1), hash: EntryHash::from_bytes([7; 32]) },
            previous: None,
        }
    }

    fn sealed(header: &MessageHeader) -> SealedMessage {
        SealedMessage::seal(&TestDevice::all()[0].keys, &key(7), header, b"hello").unwrap()
    }

    #[test]
    fn open_with_their_epochs_key_alone() {
        let message = sealed(&header());
        assert_eq!(message.header(), Ok(header()));
        assert_eq!(**message.open(&key(7), &header()).unwrap(), *b"hello");
        assert_eq!(message.open(&key(8), &header()), Err(CryptoError::CannotOpen));
    }

    /// Device, session, room, epoch and counter each choose another key or nonce: nothing is sealed twice under one.
    #[test]
    fn never_use_a_key_and_nonce_twice() {
        let headers = [
            header(),
            MessageHeader { device: DeviceId::from_bytes([1; 32]), ..header() },
            MessageHeader { session: SessionTag::from_bytes([1; 16]), ..header() },
            MessageHeader { room: OTHER_ROOM, ..header() },
            MessageHeader { epoch: Epoch(4), ..header() },
            MessageHeader { counter: 1, ..header() },
            MessageHeader { counter: 256, ..header() },
            MessageHeader { counter: 1 << 32, ..header() },
            MessageHeader { counter: u64::MAX, ..header() },
        ];
        // In counter mode, equal key and nonce would show as equal ciphertexts before the tag.
        let ciphertexts: HashSet<_> = headers.iter().map(|header| sealed(header).ciphertext.0[..5].to_vec()).collect();
        assert_eq!(ciphertexts.len(), headers.len());
        for header in &headers[1..] {
            assert_eq!(sealed(&headers[0]).open(&key(7), header), Err(CryptoError::CannotOpen));
        }
    }

    #[test]
    fn open_unchanged_or_not_at_all() {
        let good = sealed(&header());
        for bytes in one_byte_flipped(&good.header.0) {
            let changed = SealedMessage { header: Blob(bytes), ..good.clone() };
            assert_eq!(changed.open(&key(7), &header()), Err(CryptoError::CannotOpen));
        }
        for bytes in one_byte_flipped(&good.ciphertext.0).chain([vec![], good.ciphertext.0[..20].to_vec()]) {
            let changed = SealedMessage { ciphertext: Blob(bytes), ..good.clone() };
            assert_eq!(changed.open(&key(7), &header()), Err(CryptoError::CannotOpen));
        }
    }

    #[test]
    fn are_signed_as_a_whole() {
        let [sender, other, ..] = TestDevice::all();
        let good = sealed(&header());
        good.verify(sender.signing_key()).unwrap();
        assert_eq!(good.verify(other.signing_key()), Err(CryptoError::BadSignature));
        let headers =
            one_byte_flipped(&good.header.0).map(|bytes| SealedMessage { header: Blob(bytes), ..good.clone() });
        let ciphertexts =
            one_byte_flipped(&good.ciphertext.0).map(|bytes| SealedMessage { ciphertext: Blob(bytes), ..good.clone() });
        let signatures =
            one_byte_flipped(&good.signature.0).map(|bytes| SealedMessage { signature: Blob(bytes), ..good.clone() });
        for changed in headers.chain(ciphertexts).chain(signatures) {
            assert_eq!(changed.verify(sender.signing_key()), Err(CryptoError::BadSignature));
            assert_ne!(changed.content_hash(), good.content_hash());
        }
    }

    /// No two messages have one hash, however their bytes are divided among the three parts.
    #[test]
    fn their_hash_knows_where_a_part_ends() {
        let parts = |header: &[u8], ciphertext: &[u8], signature: &[u8]| {
            SealedMessage {
                header: Blob(header.to_vec()),
                ciphertext: Blob(ciphertext.to_vec()),
                signature: Blob(signature.to_vec()),
            }
            .content_hash()
        };
        let hashes =
            [parts(b"ab", b"c", b"d"), parts(b"a", b"bc", b"d"), parts(b"a", b"b", b"cd"), parts(b"abcd", b"", b"")];
        assert_eq!(hashes.iter().collect::<HashSet<_>>().len(), 4);
    }

    #[test]
    fn have_a_limit() {
        let [sender, ..] = TestDevice::all();
        let seal = |length| SealedMessage::seal(&sender.keys, &key(7), &header(), &vec![0; length]);
        let largest = seal(limits::MESSAGE_PLAINTEXT).unwrap();
        assert_eq!(largest.ciphertext.0.len(), limits::MESSAGE_CIPHERTEXT);
        assert!(largest.header.0.len() <= limits::MESSAGE_HEADER);
        assert_eq!(seal(limits::MESSAGE_PLAINTEXT + 1), Err(CryptoError::Exhausted));
        assert_eq!(*seal(0).unwrap().open(&key(7), &header()).unwrap(), b"");
    }
}

mod invites {
    use super::*;

    #[test]
    fn have_another_key_and_secret_in_each_room() {
        let secret = InviteSecret::from_bytes([7; 32]);
        assert_ne!(secret.key(ROOM), secret.key(OTHER_ROOM));
        assert_ne!(secret.sealing_secret(ROOM), secret.sealing_secret(OTHER_ROOM));
        let other = InviteSecret::random(&mut TestRng::new("invite"));
        assert_ne!(secret.key(ROOM), other.key(ROOM));
    }

    #[test]
    fn sign_for_one_room_account_device_and_purpose() {
        let secret = InviteSecret::from_bytes([7; 32]);
        let (account, device) = (AccountId::from_bytes([1; 16]), DeviceId::from_bytes([2; 32]));
        let installation = InstallationId::from_bytes([3; 16]);
        let join = secret.sign_join(ROOM, account, device);
        assert_eq!(invite::verify_join(secret.key(ROOM), ROOM, account, device, &join), Ok(()));
        let opening = secret.sign_use(ROOM, installation);
        assert_eq!(invite::verify_use(secret.key(ROOM), ROOM, installation, &opening), Ok(()));

        let bad = Err(CryptoError::BadSignature);
        let (other_account, other_device) = (AccountId::from_bytes([9; 16]), DeviceId::from_bytes([9; 32]));
        assert_eq!(invite::verify_join(secret.key(ROOM), OTHER_ROOM, account, device, &join), bad);
        assert_eq!(invite::verify_join(secret.key(ROOM), ROOM, other_account, device, &join), bad);
        assert_eq!(invite::verify_join(secret.key(ROOM), ROOM, account, other_device, &join), bad);
        assert_eq!(invite::verify_join(secret.key(OTHER_ROOM), ROOM, account, device, &join), bad);
        assert_eq!(invite::verify_join(secret.key(ROOM), ROOM, account, device, &opening), bad);
        assert_eq!(invite::verify_use(secret.key(ROOM), ROOM, installation, &join), bad);
        assert_eq!(invite::verify_use(secret.key(ROOM), ROOM, InstallationId::from_bytes([9; 16]), &opening), bad);
        assert_eq!(invite::verify_use(secret.key(ROOM), OTHER_ROOM, installation, &opening), bad);
    }
}
