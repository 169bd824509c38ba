//! What devices sign and seal: made by devices with fixed keys, so that the signatures and ciphertexts are fixed, too.

use igoon_shared::{
    crypto::{
        SUITE,
        envelope::{Envelope, EnvelopeReason},
        epoch::{EpochKey, SealedKey, SealingSecret},
        message::{
            Cursor, LogHead, MessageHeader, MessageKind, MessageTarget, SealedMessage, SenderPosition, TextBody,
        },
    },
    ids::{DeviceId, EntryHash, Epoch, Incarnation, KeyId, LogIndex, MessageId, RoomId, Seq, SessionTag},
    protocol::codec,
    time::Timestamp,
};

use super::{Page, every};
use crate::support::{TestDevice, TestRng, to_hex};

const ROOM: RoomId = RoomId::from_bytes([0x01; 32]);

#[test]
fn bundle() {
    let device = TestDevice::new(1, 1);
    let signed = device.bundle.signed();
    let mut page = Page::new("A device's key bundle.");
    page.bytes("bundle", &signed.bundle.0);
    page.line("signature", &to_hex(&signed.signature.0));
    page.line("device", &device.id().to_string());
    page.line("fingerprint", &device.bundle.fingerprint().to_string());
    page.message_pack("signed bundle", signed);
    page.assert_kept("bundle");
}

#[test]
fn envelope() {
    let (wrapper, recipient) = (TestDevice::new(1, 1), TestDevice::new(2, 2));
    let envelope = Envelope::wrap(
        &wrapper.keys,
        wrapper.id(),
        ROOM,
        Epoch(3),
        &EpochKey::from_slice(&[0x02; 32]).unwrap(),
        &recipient.bundle,
        EnvelopeReason::EpochStart,
        &mut TestRng::new("envelope"),
    )
    .unwrap();
    let mut page = Page::new("An epoch key, wrapped for one device.");
    page.bytes("context", &envelope.context.0);
    page.message_pack("envelope", &envelope);
    page.message_pack("EnvelopeReason, each", &every!(EnvelopeReason: EpochStart, Share, Recovery));
    page.assert_kept("envelope");
}

#[test]
fn sealed_key() {
    let key = EpochKey::from_slice(&[0x02; 32]).unwrap();
    let next = EpochKey::from_slice(&[0x03; 32]).unwrap();
    let mut page = Page::new("An epoch key, sealed under a secret.");
    for (name, secret) in [
        ("link to the epoch before", SealingSecret::NextEpoch(&next)),
        ("beside an invite", SealingSecret::Invite(&[4; 32])),
    ] {
        let sealed = SealedKey::seal(secret, ROOM, Epoch(3), &key, &mut TestRng::new(name)).unwrap();
        page.message_pack(name, &sealed);
    }
    page.assert_kept("sealed_key");
}

#[test]
fn message() {
    let sender = TestDevice::new(1, 1);
    let key = EpochKey::from_slice(&[0x02; 32]).unwrap();
    let least = MessageHeader {
        suite: SUITE,
        room: ROOM,
        epoch: Epoch(3),
        key_id: key.key_id(),
        device: sender.id(),
        session: SessionTag::from_bytes([0x05; 16]),
        counter: 1,
        message_id: MessageId::from_bytes([0x06; 16]),
        kind: MessageKind::TEXT,
        target: None,
        sent_at: Timestamp(1_790_000_000_000),
        seen: Cursor { incarnation: Incarnation(1), seq: Seq(17) },
        log_head: LogHead { index: LogIndex(4), hash: EntryHash::from_bytes([0x07; 32]) },
        previous: None,
    };
    let all = MessageHeader {
        key_id: KeyId::from_bytes([0x08; 32]),
        counter: 0,
        kind: MessageKind(65_535),
        target: Some(MessageTarget {
            device: DeviceId::from_bytes([0x09; 32]),
            message_id: MessageId::from_bytes([0x0a; 16]),
        }),
        previous: Some(SenderPosition {
            epoch: Epoch(2),
            session: SessionTag::from_bytes([0x0b; 16]),
            counter: u64::MAX,
        }),
        ..least.clone()
    };
    let body = TextBody { text: "Grüße an alle 👋".to_owned() };
    let mut page = Page::new("Messages.");
    page.message_pack("header, the least", &least);
    page.message_pack("header, all that it can hold", &all);
    page.message_pack("text", &body);
    let sealed = SealedMessage::seal(&sender.keys, &key, &least, &codec::encode(&body)).unwrap();
    page.message_pack("sealed message: this text under the first header", &sealed);
    page.line("content hash", &to_hex(&sealed.content_hash()));
    page.assert_kept("message");
}
