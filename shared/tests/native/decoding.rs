//! What decoders let pass and what not: one form alone for what is signed and fully known, newer fields and codes where
//! that is allowed, identifiers in their one spelling.

use igoon_shared::{
    crypto::{
        CryptoError, SUITE,
        bundle::{Bundle, SignedBundle},
        envelope::{Envelope, EnvelopeReason},
        epoch::EpochKey,
        label,
        message::{Cursor, LogHead, MessageHeader, MessageKind, SealedMessage},
        primitives,
    },
    ids::{AccountId, EntryHash, Epoch, Incarnation, LogIndex, MessageId, RoomId, Seq, SessionTag},
    log::{EntryBody, EpochReason, HistoryRule, LogError, RoomState, SignedEntry, action::SignedStatement},
    presence::{Availability, Presence},
    protocol::{
        bytes::Blob,
        codec::{self, DecodeError},
        error::{ErrorBody, ErrorCode},
        frames::{
            Ack, AvailabilityChosen, ClientFrame, DevicePresence, FrameError, OpenName, Refused, RoomPresence, Send,
            ServerFrame, Welcome,
        },
        http::{Append, ServerInfo, SignedIn},
    },
    time::Timestamp,
};
use serde_json::json;

use crate::support::{
    TestDevice, TestRng,
    message_pack::{Value, text},
    room::{NOW, TestRoom, created, epoch_started, vouching},
};

/// All that `bytes` say, in every way of writing it that differs from `bytes` in one place.
fn other_forms(bytes: &[u8]) -> Vec<Vec<u8>> {
    let value = Value::read(bytes);
    assert_eq!(value.shortest(), bytes);
    let mut places = 0;
    value.write(&mut std::iter::repeat_with(|| {
        places += 1;
        0
    }));
    let mut all: Vec<Vec<u8>> = Vec::new();
    for place in 0..places {
        for form in 1..8 {
            let written = value.write(&mut (0..).map(|at| if at == place { form } else { 0 }));
            if written != bytes && !all.contains(&written) {
                all.push(written);
            }
        }
    }
    let mut swapped = value.clone();
    swapped.entries().swap(0, 1);
    let positional = Value::Array(value.clone().entries().iter().map(|(_, value)| value.clone()).collect());
    all.extend([swapped.shortest(), positional.shortest()]);
    all
}

#[test]
fn an_entry_has_one_form() {
    let device = TestDevice::new(1, 1);
    let room = TestRoom::new(&device, HistoryRule::AllRetained);
    let second = room.entry(&device, epoch_started(1, EpochReason::RoomCreated));
    let forms = other_forms(&second.entry.0);
    assert!(forms.len() > 60, "{}", forms.len());
    for form in forms {
        assert_eq!(entry(form).body(), Err(DecodeError::NotCanonical));
    }
    let signed = &room.entries[0];

    // What serde would let pass besides.
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut value = Value::read(&signed.entry.0);
        change(&mut value);
        entry(value.shortest()).body().unwrap_err()
    };
    let absent_as_nil = refused(&|value| value.entries().insert(2, (text("room"), Value::Nil)));
    assert_eq!(absent_as_nil, DecodeError::NotCanonical);
    let variant_as_number = refused(&|value| {
        *value.field("action").field("created").field("history") = Value::Int(0);
    });
    assert_eq!(variant_as_number, DecodeError::NotCanonical);
    let bytes_as_text = refused(&|value| {
        *value.field("action").field("created").field("random") = text("WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo");
    });
    assert_eq!(bytes_as_text, DecodeError::WrongType);
    let id_as_text = refused(&|value| {
        *value.field("action").field("created").field("account") = text(&device.account.to_string());
    });
    assert_eq!(id_as_text, DecodeError::WrongType);
}

fn entry(bytes: Vec<u8>) -> SignedEntry {
    SignedEntry { entry: Blob(bytes), signature: Blob(vec![0; 64]) }
}

/// Even rightly signed, another form ends the log: clients that read it differently would part ways there.
#[test]
fn a_log_does_not_begin_with_an_entry_in_another_form() {
    let device = TestDevice::new(1, 1);
    let body = EntryBody::first(NOW, device.id(), created(&device, HistoryRule::AllRetained));
    let [other, ..] = &other_forms(&codec::encode(&body))[..] else { panic!() };
    let signature = device.keys.sign(label::SIGN_LOG_ENTRY, &[other]);
    let signed = SignedEntry { entry: Blob(other.clone()), signature: Blob(signature.to_vec()) };
    signed.verify(device.signing_key()).unwrap();
    assert_eq!(RoomState::start(&signed).unwrap_err(), LogError::Malformed(DecodeError::NotCanonical));
}

#[test]
fn a_bundle_has_one_form() {
    let device = TestDevice::new(1, 1);
    for form in other_forms(&device.bundle.signed().bundle.0) {
        let signature = device.keys.sign(label::SIGN_BUNDLE, &[&form]);
        let signed = SignedBundle { bundle: Blob(form), signature: Blob(signature.to_vec()) };
        assert_eq!(Bundle::verify(&signed), Err(CryptoError::UnknownFormat));
    }
}

#[test]
fn a_statement_has_one_form() {
    let (by, device) = (TestDevice::new(1, 1), TestDevice::new(2, 1));
    let signed = vouching(&by, &device).sign(&by.keys);
    for form in other_forms(&signed.statement.0) {
        let other = SignedStatement { statement: Blob(form), ..signed.clone() };
        assert_eq!(other.read(), Err(CryptoError::UnknownFormat));
    }
}

#[test]
fn an_envelopes_context_has_one_form() {
    let device = TestDevice::new(1, 1);
    let mut rng = TestRng::new("an_envelopes_context_has_one_form");
    let key = EpochKey::random(&mut rng);
    let room = RoomId::from_bytes([1; 32]);
    let reason = EnvelopeReason::Share;
    let envelope =
        Envelope::wrap(&device.keys, device.id(), room, Epoch(1), &key, &device.bundle, reason, &mut rng).unwrap();
    for form in other_forms(&envelope.context.0) {
        let other = Envelope { context: Blob(form), ..envelope.clone() };
        assert_eq!(other.context(), Err(CryptoError::UnknownFormat));
    }
}

/// A newer sender's header may say more: it can be verified and opened all the same.
#[test]
fn a_message_header_may_hold_more() {
    let sender = TestDevice::new(1, 1);
    let key = EpochKey::from_slice(&[1; 32]).unwrap();
    let header = MessageHeader {
        suite: SUITE,
        room: RoomId::from_bytes([1; 32]),
        epoch: Epoch(1),
        key_id: key.key_id(),
        device: sender.id(),
        session: SessionTag::from_bytes([2; 16]),
        counter: 0,
        message_id: MessageId::from_bytes([3; 16]),
        kind: MessageKind(60_000),
        target: None,
        sent_at: NOW,
        seen: Cursor { incarnation: Incarnation(1), seq: Seq(1) },
        log_head: LogHead { index: LogIndex(0), hash: EntryHash::from_bytes([4; 32]) },
        previous: None,
    };
    let mut value = Value::read(&codec::encode(&header));
    value.entries().push((text("from_the_future"), Value::Array(vec![Value::Nil])));
    let bytes = value.shortest();
    let salt = [header.room.as_bytes(), &header.epoch.0.to_be_bytes()[..]].concat();
    let info = [label::KDF_MESSAGE, header.device.as_bytes(), header.session.as_bytes()];
    let message_key = primitives::derive(key.expose(), &salt, &info);
    let ciphertext = primitives::aead_seal(&message_key, [0; 12], &bytes, b"text").unwrap();
    let signature = sender.keys.sign(label::SIGN_MESSAGE, &[&bytes, &primitives::sha256(&ciphertext)]);
    let newer =
        SealedMessage { header: Blob(bytes), ciphertext: Blob(ciphertext), signature: Blob(signature.to_vec()) };
    assert_eq!(newer.header(), Ok(header.clone()));
    newer.verify(sender.signing_key()).unwrap();
    assert_eq!(**newer.open(&key, &header).unwrap(), *b"text");

    *value.field("suite") = Value::Int(2);
    let other_suite = SealedMessage { header: Blob(value.shortest()), ..newer };
    assert_eq!(other_suite.header(), Err(CryptoError::UnknownFormat));
}

#[test]
fn frames_may_hold_more() {
    let more = |frame: &[u8]| {
        let mut value = Value::read(frame);
        let (_, content) = &mut value.entries()[0];
        content.entries().push((text("from_the_future"), Value::Map(vec![(text("a"), Value::Int(1))])));
        value.shortest()
    };
    let welcome = ServerFrame::Welcome(Welcome {
        version: 1,
        time: NOW,
        device: TestDevice::new(1, 1).id(),
        rooms: vec![RoomId::from_bytes([1; 32])],
        availability: Availability::Busy,
    });
    assert_eq!(codec::decode(&more(&codec::encode(&welcome))), Ok(welcome));
    let sealed = SealedMessage { header: Blob(vec![1]), ciphertext: Blob(vec![2]), signature: Blob(vec![3]) };
    let send = ClientFrame::Send(Send { room: RoomId::from_bytes([1; 32]), attempt: 0, message: sealed });
    assert_eq!(codec::decode(&more(&codec::encode(&send))), Ok(send.clone()));

    // But what a hash is made over has exactly its parts.
    let mut value = Value::read(&codec::encode(&send));
    value.field("send").field("message").entries().push((text("more"), Value::Nil));
    assert_eq!(codec::decode::<ClientFrame>(&value.shortest()), Err(DecodeError::WrongType));
}

#[test]
fn newer_kinds_of_frames_and_codes_are_told_apart_from_damage() {
    let newer = Value::Map(vec![(text("from_the_future"), Value::Map(vec![]))]).shortest();
    let from_server = |bytes: &[u8]| codec::decode_frame::<ServerFrame>(bytes, 1_000);
    let from_client = |bytes: &[u8]| codec::decode_frame::<ClientFrame>(bytes, 1_000);
    assert_eq!(from_server(&newer), Err(DecodeError::UnknownKind));
    assert_eq!(from_client(&newer), Err(DecodeError::UnknownKind));
    assert_eq!(codec::decode_frame::<ServerFrame>(&newer, newer.len() - 1), Err(DecodeError::TooLarge));
    // A kind that is known, and wrong inside; and what is no frame at all.
    for damaged in [
        Value::Map(vec![(text("ack"), Value::Map(vec![]))]),
        Value::Map(vec![(text("from_the_future"), Value::Nil), (text("and_more"), Value::Nil)]),
        Value::Map(vec![]),
        text("from_the_future"),
        Value::Nil,
    ] {
        assert_eq!(from_client(&damaged.shortest()), Err(DecodeError::WrongType), "{damaged:?}");
    }
    let ack =
        codec::encode(&ClientFrame::Ack(Ack { room: RoomId::from_bytes([1; 32]), delivered: Seq(1), read: Seq(1) }));
    assert!(from_client(&ack).is_ok());
    assert_eq!(from_server(&ack), Err(DecodeError::UnknownKind));

    let mut value =
        Value::read(&codec::encode(&ServerFrame::Error(FrameError { code: ErrorCode::Malformed, closing: false })));
    *value.field("error").field("code") = text("from_the_future");
    let unknown = ServerFrame::Error(FrameError { code: ErrorCode::Unknown, closing: false });
    assert_eq!(codec::decode(&value.shortest()), Ok(unknown));
    let body: ErrorBody = serde_json::from_value(json!({"code": "from_the_future", "message": "?"})).unwrap();
    assert_eq!(body.code, ErrorCode::Unknown);
}

#[test]
fn newer_states_of_people_are_taken() {
    let presence = ServerFrame::Presence(RoomPresence {
        room: RoomId::from_bytes([1; 32]),
        whole: false,
        changes: vec![DevicePresence { device: TestDevice::new(1, 1).id(), state: Presence::Online, last_seen: None }],
    });
    let mut value = Value::read(&codec::encode(&presence));
    let Value::Array(changes) = value.field("presence").field("changes") else { panic!("no array") };
    *changes[0].field("state") = text("from_the_future");
    assert_eq!(codec::decode(&value.shortest()), Ok(presence));
    let chosen = |availability| ServerFrame::Availability(AvailabilityChosen { availability });
    let mut value = Value::read(&codec::encode(&chosen(Availability::Away)));
    *value.field("availability").field("availability") = text("from_the_future");
    assert_eq!(codec::decode(&value.shortest()), Ok(chosen(Availability::Unknown)));
}

#[test]
fn options_of_frames_may_be_left_out_or_nil() {
    let refused = Refused {
        room: RoomId::from_bytes([1; 32]),
        message_id: MessageId::from_bytes([2; 16]),
        code: ErrorCode::EpochClosed,
        retry_after_ms: None,
    };
    let frame = ServerFrame::Refused(refused);
    let mut value = Value::read(&codec::encode(&frame));
    value.field("refused").entries().push((text("retry_after_ms"), Value::Nil));
    assert_eq!(codec::decode(&value.shortest()), Ok(frame));
}

#[test]
fn bytes_in_frames_are_binary_of_the_right_length() {
    let frame = |room| Value::Map(vec![(text("room_added"), Value::Map(vec![(text("room"), room)]))]).shortest();
    assert!(codec::decode::<ServerFrame>(&frame(Value::Bytes(vec![1; 32]))).is_ok());
    for wrong in [
        Value::Bytes(vec![1; 31]),
        Value::Bytes(vec![1; 33]),
        Value::Bytes(vec![]),
        text(&RoomId::from_bytes([1; 32]).to_string()),
        text(&"x".repeat(32)),
        Value::Array(vec![Value::Int(1); 32]),
        Value::Nil,
    ] {
        assert_eq!(codec::decode::<ServerFrame>(&frame(wrong)), Err(DecodeError::WrongType));
    }
    for wrong in [text("AQ"), Value::Array(vec![Value::Int(1)]), Value::Nil, Value::Int(1)] {
        assert_eq!(codec::decode::<Blob>(&wrong.shortest()), Err(DecodeError::WrongType));
    }
}

#[test]
fn json_has_one_spelling_of_bytes() {
    let one = AccountId::from_bytes([0xff; 16]);
    let spelled = "_____________________w";
    assert_eq!(one.to_string(), spelled);
    assert_eq!(spelled.parse(), Ok(one));
    for wrong in [
        "_____________________w==", // padded
        "/////////////////////w",   // of the other alphabet
        "_____________________x",   // with bits beyond the last byte
        " _____________________w",
        "____________________w", // fifteen bytes
        "_______________________",
        "",
    ] {
        assert!(wrong.parse::<AccountId>().is_err(), "{wrong}");
        let signed_in = json!({ "account": wrong });
        assert!(serde_json::from_value::<SignedIn>(signed_in).is_err(), "{wrong}");
    }
    let name = |random: &str| serde_json::from_value::<OpenName>(json!({"random": random, "name": "x"}));
    assert_eq!(name("_w").unwrap().random, Blob(vec![0xff]));
    for wrong in ["_w==", "/w", "_x", "_", "_w "] {
        assert!(name(wrong).is_err(), "{wrong}");
    }
    assert!(serde_json::from_value::<OpenName>(json!({"random": [255], "name": "x"})).is_err());
}

#[test]
fn requests_hold_nothing_unknown_and_answers_may() {
    assert!(serde_json::from_value::<Append>(json!({"entries": []})).is_ok());
    assert!(serde_json::from_value::<Append>(json!({"entries": [], "from_the_future": 1})).is_err());
    let info = json!({
        "version": "9", "needs_setup": false, "mail_to_folder": false, "time": 5, "session_days": 90, "from_the_future": 1
    });
    assert_eq!(serde_json::from_value::<ServerInfo>(info).unwrap().time, Timestamp(5));
}

#[test]
fn json_bodies_have_no_key_twice_and_nothing_after_them() {
    assert!(serde_json::from_str::<Append>(r#"{"entries": [], "entries": []}"#).is_err());
    assert!(serde_json::from_str::<Append>(r#"{"entries": []} {}"#).is_err());
    assert!(serde_json::from_str::<Append>(r#"{"entries": []"#).is_err());
}
