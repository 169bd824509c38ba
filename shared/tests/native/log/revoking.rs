//! Revoking devices: who may, what it ends, and that revoked keys never return.

use super::*;

const ROLES: [Role; 3] = [Role::Member, Role::Admin, Role::Owner];

/// On their own word: owners everybody's, admins those of plain members.
#[test]
fn who_revokes_whose() {
    let [_, one, _, other] = TestDevice::all();
    for by in ROLES {
        for target in ROLES {
            let room = room_with(&[(one, by), (other, target)]);
            let may = by == Role::Owner || (by == Role::Admin && target == Role::Member);
            assert_eq!(room.state.may_revoke(one.account, other.id()).is_ok(), may);
            if may {
                assert_done(&mut room.clone(), one, revoked(other));
            } else {
                assert_no_effect(&room, one, revoked(other), IgnoredReason::NotPermitted);
            }
        }
    }
}

/// A statement by a device of the same account is carried by whoever is entitled.
#[test]
fn an_account_revokes_its_own_whoever_appends_it() {
    let [owner, guest, second, fourth] = TestDevice::all();
    let mut room = room_with(&[(guest, Role::Member), (fourth, Role::Member)]);
    assert_done(&mut room, owner, vouched(vouching(owner, second).sign(&owner.keys), second));
    for author in [owner, second, guest, fourth] {
        for (by, device) in [(owner, second), (second, owner), (second, second)] {
            let mut room = room.clone();
            assert_done(&mut room, author, revoked_by(by, device));
            assert!(!room.state.is_entitled(device.id()) && room.state.is_revoked(device.account, device.id()));
            assert_eq!(room.state.device(device.id()).unwrap().until_epoch, Some(Epoch(2)));
            assert!(room.state.member(device.account).is_some(), "its account stays a member");
            assert_eq!(room.state.rotation_due(), Some(EpochReason::DeviceRevoked));
            assert_no_effect(&room, device, LEFT, IgnoredReason::AuthorNotEntitled);
            assert_eq!(shown(&replay(&room.entries)), shown(&room.state));
        }
    }
    // A plain member's own word is none, not even on its own account's.
    assert_no_effect(&room, guest, revoked(guest), IgnoredReason::NotPermitted);
}

#[test]
fn all_open_invites_close() {
    let [owner, guest, ..] = TestDevice::all();
    let mut room = room_with(&[(guest, Role::Admin)]);
    let invites = [(owner, 8), (guest, 9)].map(|(by, number)| open_invite(&mut room, by, Role::Member, number));
    assert_done(&mut room, guest, revoked_by(guest, guest));
    assert!(!invites.iter().any(|invite| is_open(&room, invite)));
}

#[test]
fn revoked_keys_never_return() {
    let [owner, guest, second, _] = TestDevice::all();
    let mut room = room_with(&[(guest, Role::Member)]);
    let statement = vouching(owner, second).sign(&owner.keys);
    assert_done(&mut room, owner, vouched(statement.clone(), second));
    assert_done(&mut room, owner, revoked_by(owner, second));
    for statement in
        [statement, DeviceStatement { at: NOW.plus_millis(1), ..vouching(owner, second) }.sign(&owner.keys)]
    {
        for author in [owner, second] {
            assert_no_effect(&room, author, vouched(statement.clone(), second), IgnoredReason::KeysRevoked);
        }
    }
    for action in [revoked(second), revoked_by(owner, second)] {
        assert_no_effect(&room, owner, action, IgnoredReason::AlreadySo);
    }

    // Nor with an invite, after leaving or without.
    assert_done(&mut room, owner, revoked(guest));
    assert_done(&mut room, owner, removed(guest));
    let secret = open_invite(&mut room, owner, Role::Member, 9);
    let joined = Action::Joined(joining(room.id(), &secret, guest));
    assert_no_effect(&room, guest, joined, IgnoredReason::KeysRevoked);
    // The person may, with other keys.
    let new_keys = &TestDevice::new(4, 2);
    assert_joins(&mut room, new_keys, &secret);
}

/// What was said for it before lies with the service, which may bring it later.
#[test]
fn a_device_is_revoked_before_it_ever_came() {
    let [owner, guest, second, _] = TestDevice::all();
    let mut room = room_with(&[(guest, Role::Member)]);
    let secret = open_invite(&mut room, owner, Role::Member, 9);
    assert_done(&mut room, guest, revoked_by(owner, second));
    assert_eq!((room.state.rotation_due(), is_open(&room, &secret)), (None, true), "nothing was open to it");
    let entry = vouched(vouching(owner, second).sign(&owner.keys), second);
    assert_no_effect(&room, second, entry, IgnoredReason::KeysRevoked);
}

/// Or anybody could keep anybody's computers out.
#[test]
fn nobody_revokes_what_another_account_will_bring() {
    let [owner, guest, second, _] = TestDevice::all();
    let mut room = room_with(&[(guest, Role::Member)]);
    assert_done(&mut room, guest, revoked_by(guest, second));
    assert!(!room.state.is_revoked(owner.account, second.id()));
    assert_done(&mut room, owner, vouched(vouching(owner, second).sign(&owner.keys), second));
    assert_no_effect(&room, guest, revoked_by(guest, second), IgnoredReason::AlreadySo);
    let fourth = &TestDevice::new(4, 1);
    assert_no_effect(&room, guest, revoked_by(guest, owner), IgnoredReason::StatementNotValid);
    assert_no_effect(&room, owner, revoked(fourth), IgnoredReason::NotThere);
}

#[test]
fn a_statement_must_fit() {
    let [owner, guest, second, fourth] = TestDevice::all();
    let mut room = room_with(&[(guest, Role::Member)]);
    assert_done(&mut room, owner, vouched(vouching(owner, second).sign(&owner.keys), second));
    let right = DeviceStatement { standing: Standing::Revoked, ..vouching(owner, second) };
    let statements = [
        ("of another device", DeviceStatement { device: fourth.id(), ..right.clone() }.sign(&owner.keys)),
        ("of another account", DeviceStatement { account: guest.account, ..right.clone() }.sign(&owner.keys)),
        ("a vouching", DeviceStatement { standing: Standing::Vouched, ..right.clone() }.sign(&owner.keys)),
        ("of another suite", DeviceStatement { suite: 2, ..right.clone() }.sign(&owner.keys)),
        ("signed by another", right.sign(&guest.keys)),
        ("by another account", DeviceStatement { by: guest.id(), ..right.clone() }.sign(&guest.keys)),
        ("by a stranger", DeviceStatement { by: fourth.id(), ..right.clone() }.sign(&fourth.keys)),
        ("nothing", SignedStatement { statement: Blob(vec![0x80]), signature: Blob(vec![0; 64]) }),
    ];
    for (why, statement) in statements {
        println!("{why}");
        let action = Action::DeviceRevoked(DeviceRevoked { device: second.id(), statement: Some(statement) });
        assert_no_effect(&room, guest, action, IgnoredReason::StatementNotValid);
    }
    let signed = right.sign(&owner.keys);
    for signature in one_byte_flipped(&signed.signature.0) {
        let statement = Some(SignedStatement { signature: Blob(signature), ..signed.clone() });
        let action = Action::DeviceRevoked(DeviceRevoked { device: second.id(), statement });
        assert_no_effect(&room, owner, action, IgnoredReason::StatementNotValid);
    }
}

/// The word of a device counts while it is entitled.
#[test]
fn what_a_revoked_device_has_said_no_longer_counts() {
    let [owner, guest, second, _] = TestDevice::all();
    let mut room = room_with(&[(guest, Role::Member)]);
    assert_done(&mut room, owner, vouched(vouching(owner, second).sign(&owner.keys), second));
    assert_done(&mut room, owner, revoked_by(owner, second));
    let third = &TestDevice::new(4, 1);
    let entry = vouched(vouching(second, third).sign(&second.keys), third);
    assert_no_effect(&room, third, entry, IgnoredReason::StatementNotValid);
    assert_no_effect(&room, guest, revoked_by(second, owner), IgnoredReason::StatementNotValid);
}

#[test]
fn the_last_owners_last_computer_stays() {
    let [owner, guest, second, _] = TestDevice::all();
    let mut room = room_with(&[(guest, Role::Admin)]);
    for action in [revoked(owner), revoked_by(owner, owner)] {
        assert_no_effect(&room, owner, action, IgnoredReason::LastOwner);
    }
    let mut two_computers = room.clone();
    assert_done(&mut two_computers, owner, vouched(vouching(owner, second).sign(&owner.keys), second));
    assert_done(&mut two_computers, owner, revoked_by(owner, owner));
    assert_no_effect(&two_computers, second, revoked_by(second, second), IgnoredReason::LastOwner);
    assert_done(&mut room, owner, with_role(guest, Role::Owner));
    assert_done(&mut room, owner, revoked(owner));
}

/// A device that comes back after a removal still reads what the removed one wrapped for it before.
#[test]
fn envelopes_count_that_were_wrapped_while_their_author_was_entitled() {
    let [owner, guest, second, _] = TestDevice::all();
    let mut room = room_with(&[(guest, Role::Member)]);
    let may = |room: &TestRoom, who: &TestDevice| -> Vec<u64> {
        (0..=4).filter(|epoch| room.state.may_have_wrapped(who.id(), Epoch(*epoch))).collect()
    };
    assert_eq!(may(&room, guest), [0, 1, 2]);
    assert_done(&mut room, owner, removed(guest));
    assert_done(&mut room, owner, epoch_started(3, EpochReason::MemberRemoved));
    assert_eq!((may(&room, guest), may(&room, owner)), (vec![0, 1, 2], vec![0, 1, 2, 3]));
    assert_eq!(may(&room, second), [0_u64; 0]);
    let secret = open_invite(&mut room, owner, Role::Member, 9);
    assert_joins(&mut room, guest, &secret);
    assert_done(&mut room, owner, epoch_started(4, EpochReason::Age));
    assert_eq!(may(&room, guest), [0, 1, 2, 3, 4]);
}
