//! Closing invites, and whether plain members make any.

use super::*;

/// A room with an owner, an admin and a plain member, and an open invite by each of them, in that order.
fn room_of_three() -> (TestRoom, [InviteSecret; 3]) {
    let [owner, admin, _, member] = TestDevice::all();
    let mut room = room();
    for (device, role, number) in [(admin, Role::Admin, 20), (member, Role::Member, 21)] {
        let secret = InviteSecret::from_bytes([number; 32]);
        room.append(owner, invited(room.id(), &secret, role, 1)).unwrap();
        room.append(device, Action::Joined(joining(room.id(), &secret, device))).unwrap();
    }
    room.append(owner, allow(true)).unwrap();
    let secrets = [30, 31, 32].map(|number| InviteSecret::from_bytes([number; 32]));
    for (device, secret) in [owner, admin, member].into_iter().zip(&secrets) {
        let applied = room.append(device, invited(room.id(), secret, Role::Member, 2)).unwrap();
        assert_eq!(applied.effect, Effect::Done);
        assert_eq!(room.state.invite(secret.key(room.id())).unwrap().made_by, device.account);
    }
    (room, secrets)
}

fn allow(allowed: bool) -> Action {
    Action::MemberInvitesAllowed(MemberInvitesAllowed { allowed })
}

fn close(room: &TestRoom, secret: &InviteSecret) -> Action {
    Action::InviteClosed(InviteClosed { invite: secret.key(room.id()) })
}

/// Owner and admin close every invite, a plain member its own.
#[test]
fn who_closes_which() {
    let [owner, admin, _, member] = TestDevice::all();
    let (room, secrets) = room_of_three();
    for (author, may) in [(owner, [true; 3]), (admin, [true; 3]), (member, [false, false, true])] {
        for (secret, may) in secrets.iter().zip(may) {
            let mut room = room.clone();
            let entry = room.entry(author, close(&room, secret));
            if may {
                assert_eq!(room.apply(&entry).unwrap().effect, Effect::Done);
                assert_eq!(room.state.invite(secret.key(room.id())).unwrap().uses_left, 0);
            } else {
                assert_ignored(&mut room, &entry, IgnoredReason::NotPermitted);
            }
        }
    }
}

#[test]
fn nobody_joins_by_a_closed_invite() {
    let [owner, guest, ..] = TestDevice::all();
    let (mut room, secret) = room_with_invite(2);
    room.append(owner, close(&room, &secret)).unwrap();
    let entry = room.entry(guest, Action::Joined(joining(room.id(), &secret, guest)));
    assert_ignored(&mut room, &entry, IgnoredReason::InviteNotValid);
    // Nor does it open again under the same key.
    let entry = room.entry(owner, invited(room.id(), &secret, Role::Member, 2));
    assert_ignored(&mut room, &entry, IgnoredReason::AlreadyThere);
}

#[test]
fn only_an_open_invite_is_closed() {
    let [owner, guest, ..] = TestDevice::all();
    let (mut room, secret) = room_with_invite(1);
    let unknown = room.entry(owner, close(&room, &InviteSecret::from_bytes([8; 32])));
    assert_ignored(&mut room.clone(), &unknown, IgnoredReason::InviteNotValid);
    let expires_at = room.state.invite(secret.key(room.id())).unwrap().expires_at;
    let late = EntryBody { at: expires_at, ..room.body(owner, close(&room, &secret)) }.sign(&owner.keys);
    assert_ignored(&mut room.clone(), &late, IgnoredReason::InviteNotValid);
    room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
    let used_up = room.entry(owner, close(&room, &secret));
    assert_ignored(&mut room, &used_up, IgnoredReason::InviteNotValid);
}

#[test]
fn owner_and_admin_say_whether_members_invite() {
    let [owner, admin, _, member] = TestDevice::all();
    let (room, _) = room_of_three();
    for (author, may) in [(owner, true), (admin, true), (member, false)] {
        let mut room = room.clone();
        let entry = room.entry(author, allow(false));
        if may {
            assert_eq!(room.apply(&entry).unwrap().effect, Effect::Done);
            assert!(!room.state.member_invites());
            let entry = room.entry(member, invited(room.id(), &InviteSecret::from_bytes([9; 32]), Role::Member, 1));
            assert_ignored(&mut room, &entry, IgnoredReason::NotPermitted);
        } else {
            assert_ignored(&mut room, &entry, IgnoredReason::NotPermitted);
        }
    }
}

#[test]
fn a_member_who_may_invite_invites_members() {
    let [_, _, _, member] = TestDevice::all();
    let (mut room, _) = room_of_three();
    for role in [Role::Admin, Role::Owner] {
        let entry = room.entry(member, invited(room.id(), &InviteSecret::from_bytes([9; 32]), role, 1));
        assert_ignored(&mut room, &entry, IgnoredReason::NotPermitted);
    }
}

#[test]
fn a_device_that_is_not_entitled_changes_nothing() {
    let [owner, _, second, _] = TestDevice::all();
    let (room, secrets) = room_of_three();
    for action in [close(&room, &secrets[0]), allow(false), renamed(Renameable::Handle, 9)] {
        // Of the owner's account, but not vouched for here.
        assert_refused(&room, &room.entry(second, action.clone()), LogError::UnknownAuthor);
        assert_eq!(room.clone().append(owner, action).unwrap().effect, Effect::Done);
    }
}
