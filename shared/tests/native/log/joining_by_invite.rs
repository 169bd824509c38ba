//! Joining by an invite, and everything that is none.

use super::*;

/// Asserts that this joining, by the device `author`, has no effect.
fn assert_no_way_in(room: &TestRoom, author: &TestDevice, joined: Joined, why: IgnoredReason) {
    let mut room = room.clone();
    let entry = room.entry(author, Action::Joined(joined));
    assert_ignored(&mut room, &entry, why);
}

#[test]
fn without_the_links_secret() {
    let [_, guest, second, _] = TestDevice::all();
    let (room, secret) = room_with_invite(2);
    let right = joining(room.id(), &secret, guest);
    let other_secret = InviteSecret::from_bytes([8; 32]);
    let elsewhere = RoomId::from_bytes([1; 32]);
    let (account, device) = (guest.account, guest.id());
    let signatures = [
        ("by another invite", other_secret.sign_join(room.id(), account, device).to_vec()),
        ("by the device itself", guest.keys.sign(label::SIGN_JOIN, &[]).to_vec()),
        ("for another device", secret.sign_join(room.id(), account, second.id()).to_vec()),
        ("for another account", secret.sign_join(room.id(), second.account, device).to_vec()),
        ("for another room", secret.sign_join(elsewhere, account, device).to_vec()),
        ("for opening the door", secret.sign_use(room.id(), guest.bundle.installation()).to_vec()),
        ("none", vec![]),
    ];
    for (why, signature) in signatures {
        println!("{why}");
        let joined = Joined { invite_signature: Blob(signature), ..right.clone() };
        assert_no_way_in(&room, guest, joined, IgnoredReason::InviteNotValid);
    }
    for signature in one_byte_flipped(&right.invite_signature.0) {
        let joined = Joined { invite_signature: Blob(signature), ..right.clone() };
        assert_no_way_in(&room, guest, joined, IgnoredReason::InviteNotValid);
    }
    let unknown = joining(room.id(), &other_secret, guest);
    assert_no_way_in(&room, guest, unknown, IgnoredReason::InviteNotValid);
}

/// A link that is out is good for one person, even if the signature that let them in is copied.
#[test]
fn with_an_invite_that_is_used_up() {
    let [_, guest, _, fourth] = TestDevice::all();
    let (mut room, secret) = room_with_invite(1);
    room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
    assert_eq!(room.state.invite(secret.key(room.id())).unwrap().uses_left, 0);
    assert_no_way_in(&room, fourth, joining(room.id(), &secret, fourth), IgnoredReason::InviteNotValid);

    let (none_left, secret) = room_with_invite(0);
    assert_no_way_in(&none_left, guest, joining(none_left.id(), &secret, guest), IgnoredReason::InviteNotValid);
}

/// What is refused uses nothing up.
#[test]
fn an_attempt_does_not_use_the_invite_up() {
    let [_, guest, ..] = TestDevice::all();
    let (mut room, secret) = room_with_invite(1);
    let forged = Joined { invite_signature: Blob(vec![0; 64]), ..joining(room.id(), &secret, guest) };
    let entry = room.entry(guest, Action::Joined(forged));
    assert_ignored(&mut room, &entry, IgnoredReason::InviteNotValid);
    let applied = room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
    assert_eq!(applied.effect, Effect::Done);
}

#[test]
fn with_an_invite_that_has_expired() {
    let [_, guest, ..] = TestDevice::all();
    let (room, secret) = room_with_invite(1);
    let expires_at = room.state.invite(secret.key(room.id())).unwrap().expires_at;
    let body = room.body(guest, Action::Joined(joining(room.id(), &secret, guest)));
    for (at, effect) in [
        (expires_at, Effect::Ignored(IgnoredReason::InviteNotValid)),
        (Timestamp(i64::MAX), Effect::Ignored(IgnoredReason::InviteNotValid)),
        (expires_at.plus_millis(-1), Effect::Done),
    ] {
        let entry = EntryBody { at, ..body.clone() }.sign(&guest.keys);
        assert_eq!(room.clone().apply(&entry).unwrap().effect, effect);
    }
}

#[test]
fn twice() {
    let [owner, guest, second, _] = TestDevice::all();
    let (mut room, secret) = room_with_invite(3);
    room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
    assert_no_way_in(&room, guest, joining(room.id(), &secret, guest), IgnoredReason::AlreadyThere);
    assert_no_way_in(&room, second, joining(room.id(), &secret, second), IgnoredReason::AlreadyThere);
    assert_no_way_in(&room, owner, joining(room.id(), &secret, owner), IgnoredReason::AlreadyThere);
}

#[test]
fn in_somebody_elses_name() {
    let [owner, guest, _, fourth] = TestDevice::all();
    let (room, secret) = room_with_invite(3);
    // Appended by a member for a device that does not sign.
    assert_no_way_in(&room, owner, joining(room.id(), &secret, guest), IgnoredReason::NotPermitted);
    // With another account than the bundle's.
    let joined = Joined {
        account: fourth.account,
        invite_signature: Blob(secret.sign_join(room.id(), fourth.account, guest.id()).to_vec()),
        ..joining(room.id(), &secret, guest)
    };
    assert_no_way_in(&room, guest, joined, IgnoredReason::NotPermitted);
}

/// Its private key is no secret: zero verifies under it in careless libraries.
#[test]
fn with_an_invite_whose_key_is_no_key() {
    let [owner, guest, ..] = TestDevice::all();
    let mut room = room();
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let invite = InviteKey::from_bytes(neutral);
    let expires_at = NOW.plus_millis(1000);
    room.append(owner, Action::Invited(Invited { invite, role: Role::Member, uses: 9, expires_at })).unwrap();
    let signature = [&neutral[..], &[0; 32]].concat();
    let joined = Joined {
        invite,
        invite_signature: Blob(signature),
        ..joining(room.id(), &InviteSecret::from_bytes([7; 32]), guest)
    };
    assert_no_way_in(&room, guest, joined, IgnoredReason::InviteNotValid);
}
