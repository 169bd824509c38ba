//! The codec under arbitrary input: everything that it writes it reads; what is not exactly one value of an allowed shape
//! it refuses, as a reference with nothing of its code does; nothing makes it panic or allocate for a promise.

use core::fmt::Debug;

use igoon_shared::{
    crypto::message::{Cursor, MessageHeader, SealedMessage},
    ids::{DeviceId, Incarnation, MessageId, RoomId, Seq},
    log::{EntryBody, SignedEntry, action::DeviceStatement},
    presence::{Availability, Presence},
    protocol::{
        bytes::Blob,
        codec::{self, DecodeError},
        error::ErrorCode,
        frames::{
            Accepted, Ack, Activity, AvailabilityChosen, ClientFrame, DevicePosition, DevicePresence, FrameError, Item,
            Page, Ping, Pong, Refused, RoomAdded, RoomPositions, RoomPresence, Send, ServerFrame, StreamContent,
            StreamItem, Sync, SyncRefused, Welcome,
        },
        limits,
    },
    time::Timestamp,
};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest},
    sample::select,
    strategy::{Union, ValueTree},
    test_runner::{Config as ProptestConfig, TestRunner},
};

use serde::de::DeserializeOwned;

use crate::support::{self, heap, message_pack::Value};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn frames_of_clients_read_back(frame in client_frame()) {
        prop_assert_eq!(codec::decode_bounded(&codec::encode(&frame), limits::CLIENT_FRAME), Ok(frame));
    }

    #[test]
    fn frames_of_servers_read_back(frame in server_frame()) {
        prop_assert_eq!(codec::decode(&codec::encode(&frame)), Ok(frame));
    }

    #[test]
    fn frames_are_written_in_the_shortest_form(frame in server_frame()) {
        let bytes = codec::encode(&frame);
        prop_assert_eq!(&Value::read(&bytes).shortest(), &bytes);
        prop_assert_eq!(codec::decode_canonical(&bytes), Ok(frame));
    }

    #[test]
    fn nothing_is_read_from_a_part_of_a_frame(frame in client_frame(), cut in any::<proptest::sample::Index>()) {
        let bytes = codec::encode(&frame);
        let part = &bytes[..cut.index(bytes.len())];
        prop_assert_eq!(codec::decode::<ClientFrame>(part), Err(DecodeError::Truncated));
    }

    #[test]
    fn nothing_may_follow_a_frame(frame in client_frame(), more in vec(any::<u8>(), 1..20)) {
        let bytes = [codec::encode(&frame), more].concat();
        prop_assert_eq!(codec::decode::<ClientFrame>(&bytes), Err(DecodeError::Trailing));
    }

    #[test]
    fn no_frame_over_its_limit_is_looked_at(bytes in vec(any::<u8>(), 101..200)) {
        prop_assert_eq!(codec::decode_bounded::<ClientFrame>(&bytes, 100), Err(DecodeError::TooLarge));
    }

    #[test]
    fn check_agrees_with_the_reference(value in value(), forms in vec(0..5_usize, 1..20)) {
        let bytes = value.write(&mut forms.iter().copied().cycle());
        prop_assert_eq!(codec::check(&bytes).is_ok(), allowed(&value, 0), "{:?}", codec::check(&bytes));
    }

    #[test]
    fn random_bytes_do_no_harm(bytes in vec(any::<u8>(), 0..600)) {
        read_as_everything(&bytes);
    }

    /// Closer to home than random bytes: a frame with a few of them changed.
    #[test]
    fn damaged_frames_do_no_harm(
        frame in server_frame(),
        damage in vec((any::<proptest::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let mut bytes = codec::encode(&frame);
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        read_as_everything(&bytes);
    }

    /// Closer still: a frame that says in other ways, or in other places, what frames say.
    #[test]
    fn changed_frames_are_taken_where_the_reference_takes_them(
        frame in prop_oneof![server_frame().prop_map(|frame| codec::encode(&frame)), client_frame().prop_map(|frame| codec::encode(&frame))],
        changes in vec((any::<proptest::sample::Index>(), change()), 1..4),
        forms in vec(0..5_usize, 1..20),
    ) {
        let mut value = Value::read(&frame);
        for (place, change) in changes {
            let mut left = place.index(size(&value));
            change_at(&mut value, &mut left, &change);
        }
        read_as_everything(&value.write(&mut forms.iter().copied().cycle()));
    }
}

/// Or the property above would say little: some of the changes leave a frame that is taken.
#[test]
fn changed_frames_are_taken_and_refused() {
    let mut runner = TestRunner::deterministic();
    let mut sample =
        || (server_frame(), any::<proptest::sample::Index>(), change()).new_tree(&mut runner).unwrap().current();
    let taken = std::iter::repeat_with(|| {
        let (frame, place, change) = sample();
        let mut value = Value::read(&codec::encode(&frame));
        let mut left = place.index(size(&value));
        change_at(&mut value, &mut left, &change);
        codec::decode::<ServerFrame>(&value.shortest()).is_ok()
    });
    let taken = taken.take(1000).filter(|taken| *taken).count();
    assert!((100..900).contains(&taken), "{taken} of 1000 are taken");
}

/// Or the property above would say little.
#[test]
fn the_generator_makes_both_kinds_of_values() {
    let mut runner = TestRunner::deterministic();
    let values = (0..1000).map(|_| value().new_tree(&mut runner).unwrap().current());
    let allowed = values.filter(|value| allowed(value, 0)).count();
    assert!((200..800).contains(&allowed), "{allowed} of 1000 are allowed");
}

#[test]
fn every_way_of_nesting_ends_at_the_same_depth() {
    let wraps: [&[u8]; 3] = [b"\x91", b"\x81\xa0", b"\xdd\x00\x00\x00\x01"];
    for wrap in wraps {
        let nested = |depth| [wrap.repeat(depth), vec![0xc0]].concat();
        let limit = usize::try_from(limits::NESTING).unwrap();
        assert_eq!(codec::check(&nested(limit)), Ok(()));
        assert_eq!(codec::check(&nested(limit + 1)), Err(DecodeError::NotAllowed));
        // A million levels: whoever recurses into them has no stack left.
        assert_eq!(codec::check(&nested(1_000_000)), Err(DecodeError::NotAllowed));
    }
}

#[test]
fn no_key_twice() {
    for (twice, why) in [
        ("82 a161 01 a161 01", "the same"),
        ("82 a161 01 d90161 02", "in another form"),
        ("83 a161 01 a162 01 a161 01", "not next to each other"),
        ("81 a178 82 a161 01 a161 01", "further in"),
        ("91 82 a0 01 a0 01", "empty"),
    ] {
        assert_eq!(codec::check(&support::from_hex(twice)), Err(DecodeError::DuplicateKey), "{why}");
    }
    assert_eq!(codec::check(&support::from_hex("82 a161 81 a161 01 a162 81 a161 01")), Ok(()), "each map by itself");
}

#[test]
fn what_the_protocol_has_no_use_for_is_refused() {
    for unused in [
        "c1",
        "ca00000000",
        "cb0000000000000000",
        "d40000",
        "d5000000",
        "c70000",
        "c8000000",
        "c90000000000",
        "81 01 01",
        "81 c0 01",
        "81 c40161 01",
        "81 91a161 01", // keys that are no text
        "a1ff",
        "a2c3",
        "a2c080",
        "81 a1ff 01",
        "d901ff", // text that is no UTF-8
    ] {
        let bytes = support::from_hex(unused);
        let expected = if unused == "a2c3" { DecodeError::Truncated } else { DecodeError::NotAllowed };
        assert_eq!(codec::check(&bytes), Err(expected), "{unused}");
        assert_eq!(codec::check(&[&[0x91], &bytes[..]].concat()), Err(expected), "{unused} in an array");
    }
    assert_eq!(codec::check(&[]), Err(DecodeError::Truncated));
}

/// A peer may promise 4 GiB; that alone costs nothing.
#[test]
fn promises_are_not_believed() {
    let lengths = [
        "d9ff",
        "daffff",
        "dbffffffff",
        "c4ff",
        "c5ffff",
        "c6ffffffff",
        "dcffff",
        "ddffffffff",
        "deffff",
        "dfffffffff",
    ];
    let places: [&[u8]; 7] = [
        b"",
        b"\x91",
        b"\x81\xa4send",
        b"\x81\xa4send\x81\xa4room",
        b"\x81\xa4send\x81\xa7message\x81\xa6header",
        b"\x81\xa7welcome\x81\xa5rooms",
        b"\x81\xa4page\x81\xa5items",
    ];
    for place in places {
        for length in lengths {
            for rest in ["", "a161", "c0c0c0c0c0"] {
                let bytes = [place, &support::from_hex(length), &support::from_hex(rest)].concat();
                let ((), largest) = heap::largest_block(|| {
                    let refusal = codec::check(&bytes).unwrap_err();
                    assert!(matches!(refusal, DecodeError::Truncated | DecodeError::NotAllowed));
                    read_as_everything(&bytes);
                });
                assert!(largest < 4096, "{} {length} {rest}: {largest} bytes", support::to_hex(place));
            }
        }
    }
}

/// What is really there is believed, up to the crate under the codec, which reserves at most a MiB before it looks.
#[test]
fn many_small_things_cost_little_more_than_they_are() {
    let nils = [&b"\x81\xa7welcome\x81\xa5rooms\xdd\x00\x01\x00\x00"[..], &[0xc0; 0x1_0000]].concat();
    let (read, largest) = heap::largest_block(|| codec::decode::<ServerFrame>(&nils));
    assert_eq!(read, Err(DecodeError::WrongType));
    assert!(largest <= 1024 * 1024, "{largest} bytes");
}

fn read_as_everything(bytes: &[u8]) {
    let shape = codec::check(bytes);
    let refusals = [
        read_as::<ClientFrame>(bytes),
        read_as::<ServerFrame>(bytes),
        read_as::<MessageHeader>(bytes),
        read_as::<EntryBody>(bytes),
        read_as::<DeviceStatement>(bytes),
        codec::decode_canonical::<EntryBody>(bytes).err(),
        codec::decode_canonical::<DeviceStatement>(bytes).err(),
    ];
    if let Err(refusal) = shape {
        assert_eq!(refusals, [Some(refusal); 7], "what has no allowed shape is nothing");
    }
}

/// Of what has an allowed shape, the codec takes what rmp-serde takes.
fn read_as<T: DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) -> Option<DecodeError> {
    let read = codec::decode::<T>(bytes);
    if codec::check(bytes).is_ok() {
        assert_eq!(read.as_ref().ok(), rmp_serde::from_slice(bytes).ok().as_ref(), "{}", support::to_hex(bytes));
    }
    read.err()
}

/// What can become of a value in a frame.
#[derive(Clone, Debug)]
enum Change {
    /// A map's values alone, in their order.
    Positional,
    /// An array's numbers as bytes; anything else as a byte or two.
    Bytes(Vec<u8>),
    /// As a name: with nothing in it, or with something.
    Named(Option<Value>),
    /// Once more, at the end of itself.
    Longer,
    /// Something else.
    Other(Value),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        Just(Change::Positional),
        vec(0..20_u8, 0..3).prop_map(Change::Bytes),
        prop_oneof![Just(None), Just(Some(Value::Nil)), value().prop_map(Some)].prop_map(Change::Named),
        Just(Change::Longer),
        prop_oneof![Just(Value::Nil), (0..9_i128).prop_map(Value::Int), value()].prop_map(Change::Other),
    ]
}

/// How many values a value is made of, keys not counted.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|(_, value)| size(value)).sum(),
        _ => 0,
    }
}

/// Changes the value before which `left` others stand.
fn change_at(value: &mut Value, left: &mut usize, change: &Change) {
    let Some(others) = left.checked_sub(1) else {
        *left = usize::MAX;
        return changed(value, change);
    };
    *left = others;
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| change_at(item, left, change)),
        Value::Map(entries) => entries.iter_mut().for_each(|(_, value)| change_at(value, left, change)),
        _ => {}
    }
}

fn changed(value: &mut Value, change: &Change) {
    *value = match (change, core::mem::replace(value, Value::Nil)) {
        (Change::Positional, Value::Map(entries)) => {
            Value::Array(entries.into_iter().map(|(_, value)| value).collect())
        }
        (Change::Bytes(bytes), _) => Value::Bytes(bytes.clone()),
        (Change::Named(None), Value::Map(mut entries)) if entries.len() == 1 => entries.remove(0).0,
        (Change::Named(Some(inner)), name @ Value::Text(_)) => Value::Map(vec![(name, inner.clone())]),
        (Change::Longer, Value::Array(items)) => Value::Array(items.iter().chain(&items).cloned().collect()),
        (Change::Other(other), _) => other.clone(),
        (_, same) => same,
    };
}

/// What `check` should let pass, from what a value says and not how it is written.
fn allowed(value: &Value, depth: u32) -> bool {
    match value {
        Value::Nil | Value::Bool(_) | Value::Int(_) | Value::Bytes(_) => true,
        Value::Text(content) => String::from_utf8(content.clone()).is_ok(),
        Value::Array(items) => depth < limits::NESTING && items.iter().all(|item| allowed(item, depth + 1)),
        Value::Map(entries) => {
            let keys: Vec<_> = entries.iter().map(|(key, _)| key).collect();
            let once = |key: &&&Value| keys.iter().filter(|other| *other == *key).count() == 1;
            depth < limits::NESTING
                && keys.iter().filter(once).count() == keys.len()
                && entries.iter().all(|(key, value)| {
                    matches!(key, Value::Text(_)) && allowed(key, depth) && allowed(value, depth + 1)
                })
        }
        Value::Unused(_) => false,
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        20 => Just(Value::Nil),
        20 => any::<bool>().prop_map(Value::Bool),
        20 => any::<i64>().prop_map(|number| Value::Int(number.into())),
        20 => any::<u64>().prop_map(|number| Value::Int(number.into())),
        20 => (-40..140_i128).prop_map(Value::Int),
        20 => ".{0,20}".prop_map(|text| Value::Text(text.into_bytes())),
        20 => vec(any::<u8>(), 0..300).prop_map(Value::Bytes),
        1 => vec(128_u8.., 1..4).prop_map(Value::Text),
        1 => select(vec![vec![0xc1], vec![0xca, 0, 0, 0, 0], vec![0xd4, 0, 0], vec![0xc7, 1, 0, 0]])
            .prop_map(Value::Unused),
    ];
    let tree = leaf.prop_recursive(4, 60, 8, |inner| {
        let key = Union::new_weighted(vec![
            (200, "[a-z]{0,40}".prop_map(|key| support::message_pack::text(&key)).boxed()),
            (1, inner.clone().boxed()),
        ]);
        prop_oneof![vec(inner.clone(), 0..20).prop_map(Value::Array), vec((key, inner), 0..20).prop_map(Value::Map),]
    });
    // Some in so many arrays that they reach the limit of nesting, and pass it.
    (tree, prop_oneof![4 => Just(0), 1 => 0..20_u32])
        .prop_map(|(tree, depth)| (0..depth).fold(tree, |inner, _| Value::Array(vec![inner])))
}

fn bytes(length: core::ops::Range<usize>) -> impl Strategy<Value = Blob> {
    vec(any::<u8>(), length).prop_map(Blob)
}

fn room() -> impl Strategy<Value = RoomId> {
    any::<[u8; 32]>().prop_map(RoomId::from_bytes)
}

fn message_id() -> impl Strategy<Value = MessageId> {
    any::<[u8; 16]>().prop_map(MessageId::from_bytes)
}

fn seq() -> impl Strategy<Value = Seq> {
    any::<u64>().prop_map(Seq)
}

fn incarnation() -> impl Strategy<Value = Incarnation> {
    any::<u32>().prop_map(Incarnation)
}

fn code() -> impl Strategy<Value = ErrorCode> {
    select(vec![ErrorCode::Malformed, ErrorCode::RetryLater, ErrorCode::EpochClosed, ErrorCode::Unknown])
}

fn message() -> impl Strategy<Value = SealedMessage> {
    (bytes(0..600), bytes(0..2000), bytes(0..65)).prop_map(|(header, ciphertext, signature)| SealedMessage {
        header,
        ciphertext,
        signature,
    })
}

fn client_frame() -> impl Strategy<Value = ClientFrame> {
    prop_oneof![
        (room(), any::<u64>(), message()).prop_map(|(room, attempt, message)| ClientFrame::Send(Send {
            room,
            attempt,
            message
        })),
        (room(), incarnation(), seq()).prop_map(|(room, incarnation, seq)| {
            ClientFrame::Sync(Sync { room, after: Cursor { incarnation, seq } })
        }),
        (room(), seq(), seq()).prop_map(|(room, delivered, read)| ClientFrame::Ack(Ack { room, delivered, read })),
        Just(ClientFrame::Activity(Activity {})),
        Just(ClientFrame::Ping(Ping {})),
    ]
}

fn item() -> impl Strategy<Value = StreamItem> {
    let entry = (bytes(0..2000), bytes(0..65)).prop_map(|(entry, signature)| SignedEntry { entry, signature });
    let content = prop_oneof![message().prop_map(StreamContent::Message), entry.prop_map(StreamContent::Log)];
    (seq(), any::<i64>(), content).prop_map(|(seq, received_at, content)| StreamItem {
        seq,
        received_at: Timestamp(received_at),
        content,
    })
}

fn availability() -> impl Strategy<Value = Availability> {
    use Availability::{Available, Away, Busy, Invisible, Unknown};
    select(vec![Available, Away, Busy, Invisible, Unknown])
}

fn device_presence() -> impl Strategy<Value = DevicePresence> {
    use Presence::{Away, Busy, Idle, Offline, Online};
    let state = select(vec![Away, Busy, Idle, Offline, Online]);
    (any::<[u8; 32]>(), state, any::<Option<i64>>()).prop_map(|(device, state, last_seen)| DevicePresence {
        device: DeviceId::from_bytes(device),
        state,
        last_seen: last_seen.map(Timestamp),
    })
}

fn device_position() -> impl Strategy<Value = DevicePosition> {
    (any::<[u8; 32]>(), seq(), seq()).prop_map(|(device, delivered, read)| DevicePosition {
        device: DeviceId::from_bytes(device),
        delivered,
        read,
    })
}

fn server_frame() -> impl Strategy<Value = ServerFrame> {
    prop_oneof![
        (any::<u16>(), any::<i64>(), any::<[u8; 32]>(), vec(room(), 0..20), availability()).prop_map(
            |(version, time, device, rooms, availability)| {
                ServerFrame::Welcome(Welcome {
                    version,
                    time: Timestamp(time),
                    device: DeviceId::from_bytes(device),
                    rooms,
                    availability,
                })
            }
        ),
        (room(), incarnation(), vec(item(), 0..20), any::<bool>(), seq()).prop_map(
            |(room, incarnation, items, more, head)| ServerFrame::Page(Page { room, incarnation, items, more, head })
        ),
        (room(), code(), any::<Option<u64>>()).prop_map(|(room, code, retry_after_ms)| {
            ServerFrame::SyncRefused(SyncRefused { room, code, retry_after_ms })
        }),
        (room(), incarnation(), item()).prop_map(|(room, incarnation, item)| ServerFrame::Item(Item {
            room,
            incarnation,
            item
        })),
        (room(), message_id(), incarnation(), seq()).prop_map(|(room, message_id, incarnation, seq)| {
            ServerFrame::Accepted(Accepted { room, message_id, incarnation, seq })
        }),
        (room(), message_id(), code(), any::<Option<u64>>()).prop_map(|(room, message_id, code, retry_after_ms)| {
            ServerFrame::Refused(Refused { room, message_id, code, retry_after_ms })
        }),
        room().prop_map(|room| ServerFrame::RoomAdded(RoomAdded { room })),
        (room(), any::<bool>(), vec(device_presence(), 0..20))
            .prop_map(|(room, whole, changes)| { ServerFrame::Presence(RoomPresence { room, whole, changes }) }),
        (room(), vec(device_position(), 0..20))
            .prop_map(|(room, changes)| ServerFrame::Positions(RoomPositions { room, changes })),
        availability().prop_map(|availability| ServerFrame::Availability(AvailabilityChosen { availability })),
        (code(), any::<bool>()).prop_map(|(code, closing)| ServerFrame::Error(FrameError { code, closing })),
        Just(ServerFrame::Pong(Pong {})),
    ]
}
