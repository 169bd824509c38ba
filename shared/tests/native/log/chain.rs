//! What breaks the chain, and what needs a newer version.

use super::*;

#[test]
fn what_does_not_continue_the_log_is_refused() {
    let [owner, ..] = TestDevice::all();
    let room = room();
    let next = || room.body(owner, epoch_started(2, EpochReason::Age));
    assert_eq!(room.clone().apply(&next().sign(&owner.keys)).unwrap().effect, Effect::Done);
    let elsewhere: [(&str, EntryBody); 8] = [
        ("another room", EntryBody { room: Some(RoomId::from_bytes([1; 32])), ..next() }),
        ("no room", EntryBody { room: None, ..next() }),
        ("the index before", EntryBody { index: LogIndex(1), ..next() }),
        ("the index after", EntryBody { index: LogIndex(3), ..next() }),
        ("another predecessor", EntryBody { previous: Some(EntryHash::from_bytes([1; 32])), ..next() }),
        ("the one before that", EntryBody { previous: Some(room.entries[0].hash()), ..next() }),
        ("no predecessor", EntryBody { previous: None, ..next() }),
        ("created again", EntryBody { action: created(owner, HistoryRule::AllRetained), ..next() }),
    ];
    for (why, body) in elsewhere {
        println!("{why}");
        assert_refused(&room, &body.sign(&owner.keys), LogError::BrokenChain);
    }
    assert_refused(&room, &room.entries[0], LogError::BrokenChain);
    assert_refused(&room, &room.entries[1], LogError::BrokenChain);
}

#[test]
fn an_entry_of_another_room_of_the_same_people_is_refused() {
    let [owner, ..] = TestDevice::all();
    let one = room();
    let mut other = TestRoom::new(owner, HistoryRule::FromJoining);
    other.append(owner, epoch_started(1, EpochReason::RoomCreated)).unwrap();
    let entry = other.entry(owner, epoch_started(2, EpochReason::Age));
    assert_refused(&one, &entry, LogError::BrokenChain);
}

#[test]
fn an_author_that_the_log_does_not_know_is_refused() {
    let [owner, stranger, second, _] = TestDevice::all();
    let (room, secret) = room_with_invite(1);
    let actions = [
        epoch_started(2, EpochReason::Age),
        invited(room.id(), &InviteSecret::from_bytes([8; 32]), Role::Member, 1),
        // With somebody else's device.
        Action::Joined(joining(room.id(), &secret, second)),
        vouched(vouching(owner, second).sign(&owner.keys), second),
    ];
    for action in actions {
        assert_refused(&room, &room.entry(stranger, action), LogError::UnknownAuthor);
    }
}

#[test]
fn without_a_policy_that_pins_its_key_the_service_is_no_author() {
    let [owner, ..] = TestDevice::all();
    let room = room();
    let body = EntryBody { author: Author::Service, ..room.body(owner, epoch_started(2, EpochReason::Age)) };
    assert_refused(&room, &body.sign(&owner.keys), LogError::UnknownAuthor);
}

#[test]
fn somebody_elses_signature_is_refused() {
    let [owner, guest, ..] = TestDevice::all();
    let (mut room, secret) = room_with_invite(1);
    room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
    let body = room.body(owner, epoch_started(2, EpochReason::Age));
    assert_refused(&room, &body.sign(&guest.keys), LogError::BadSignature);
    // The right key, but under the label of something else.
    let entry = body.sign(&owner.keys).entry;
    let signature = owner.keys.sign(label::SIGN_MESSAGE, &[&entry.0]);
    assert_refused(&room, &SignedEntry { entry, signature: Blob(signature.to_vec()) }, LogError::BadSignature);
}

/// One entry of each kind that this version acts on.
fn one_of_each_that_counts(room: &TestRoom, secret: &InviteSecret) -> [SignedEntry; 7] {
    let [owner, guest, second, _] = TestDevice::all();
    [
        room.entry(owner, renamed(Renameable::Room, 8)),
        room.entry(owner, Action::InviteClosed(InviteClosed { invite: secret.key(room.id()) })),
        room.entry(owner, Action::MemberInvitesAllowed(MemberInvitesAllowed { allowed: true })),
        room.entry(owner, epoch_started(2, EpochReason::Age)),
        room.entry(owner, invited(room.id(), &InviteSecret::from_bytes([8; 32]), Role::Admin, 3)),
        room.entry(guest, Action::Joined(joining(room.id(), secret, guest))),
        room.entry(second, vouched(vouching(owner, second).sign(&owner.keys), second)),
    ]
}

#[test]
fn any_flipped_byte_ends_the_log_there() {
    let (room, secret) = room_with_invite(1);
    for entry in one_of_each_that_counts(&room, &secret) {
        assert_eq!(room.clone().apply(&entry).unwrap().effect, Effect::Done);
        for signature in one_byte_flipped(&entry.signature.0) {
            let entry = SignedEntry { signature: Blob(signature), ..entry.clone() };
            assert_refused(&room, &entry, LogError::BadSignature);
        }
        for bytes in one_byte_flipped(&entry.entry.0) {
            let entry = SignedEntry { entry: Blob(bytes), ..entry.clone() };
            let mut state = room.state.clone();
            assert!(state.apply(&entry).is_err());
            assert_eq!(shown(&state), shown(&room.state));
        }
    }
}

#[test]
fn a_bundle_that_its_device_did_not_sign_is_refused() {
    let [owner, guest, second, _] = TestDevice::all();
    let (room, secret) = room_with_invite(1);
    let mut joined = joining(room.id(), &secret, guest);
    joined.bundle.signature.0[0] ^= 1;
    assert_refused(&room, &room.entry(guest, Action::Joined(joined)), LogError::BadSignature);
    let mut entry = vouched(vouching(owner, second).sign(&owner.keys), second);
    let Action::DeviceVouched(vouched) = &mut entry else { panic!() };
    vouched.bundle.signature = guest.bundle.signed().signature.clone();
    assert_refused(&room, &room.entry(owner, entry), LogError::BadSignature);
}

#[test]
fn damaged_bytes_are_told_from_newer_ones() {
    let [owner, ..] = TestDevice::all();
    let room = room();
    let good = room.entry(owner, epoch_started(2, EpochReason::Age)).entry.0;
    for (bytes, why) in [
        (good[..good.len() - 1].to_vec(), DecodeError::Truncated),
        ([&good[..], &[0xc0]].concat(), DecodeError::Trailing),
        ([&good[..], &[0; limits::LOG_ENTRY]].concat(), DecodeError::TooLarge),
        (vec![], DecodeError::Truncated),
        (vec![0xc1], DecodeError::NotAllowed),
        (support::from_hex("82a16101a16101"), DecodeError::DuplicateKey),
    ] {
        assert_refused(&room, &signed(owner, bytes), LogError::Malformed(why));
    }
}

/// Rightly signed bytes, whatever they are.
fn signed(author: &TestDevice, bytes: Vec<u8>) -> SignedEntry {
    let signature = author.keys.sign(label::SIGN_LOG_ENTRY, &[&bytes]);
    SignedEntry { entry: Blob(bytes), signature: Blob(signature.to_vec()) }
}

#[test]
fn unknown_kinds_fields_versions_and_suites_need_a_newer_version() {
    let [owner, ..] = TestDevice::all();
    let room = room();
    let good = room.entry(owner, epoch_started(2, EpochReason::Age)).entry.0;
    let newer: [fn(&mut Value); 8] = [
        |entry| entry.entries().push((text("from_the_future"), Value::Int(1))),
        |entry| entry.field("action").entries()[0].0 = text("from_the_future"),
        |entry| *entry.field("action") = text("from_the_future"),
        |entry| {
            let started = entry.field("action").field("epoch_started");
            started.entries().push((text("from_the_future"), Value::Nil));
        },
        |entry| *entry.field("action").field("epoch_started").field("reason") = text("from_the_future"),
        |entry| *entry.field("author") = text("from_the_future"),
        |entry| *entry.field("version") = Value::Int(2),
        |entry| *entry.field("suite") = Value::Int(2),
    ];
    for change in newer {
        let mut value = Value::read(&good);
        change(&mut value);
        assert_refused(&room, &signed(owner, value.shortest()), LogError::NeedsNewer);
    }
}
