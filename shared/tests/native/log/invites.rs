//! Making invites.

use super::*;

#[test]
fn a_plain_member_may_not_invite() {
    let [_, guest, ..] = TestDevice::all();
    let (mut room, secret) = room_with_invite(1);
    room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
    let entry = room.entry(guest, invited(room.id(), &InviteSecret::from_bytes([8; 32]), Role::Member, 1));
    assert_ignored(&mut room, &entry, IgnoredReason::NotPermitted);
}

#[test]
fn nobody_gives_more_than_they_have() {
    let [owner, guest, ..] = TestDevice::all();
    let mut room = room();
    let secret = InviteSecret::from_bytes([7; 32]);
    room.append(owner, invited(room.id(), &secret, Role::Admin, 1)).unwrap();
    room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
    assert_eq!(room.state.member(guest.account).unwrap().role, Role::Admin);
    let other = InviteSecret::from_bytes([8; 32]);
    let entry = room.entry(guest, invited(room.id(), &other, Role::Owner, 1));
    assert_ignored(&mut room, &entry, IgnoredReason::NotPermitted);
    assert_eq!(room.append(guest, invited(room.id(), &other, Role::Admin, 1)).unwrap().effect, Effect::Done);
    let third = InviteSecret::from_bytes([9; 32]);
    assert_eq!(room.append(owner, invited(room.id(), &third, Role::Owner, 1)).unwrap().effect, Effect::Done);
}

/// Or an author could lay more uses or a higher role under a link that is out already.
#[test]
fn an_invite_is_made_once() {
    let [owner, guest, ..] = TestDevice::all();
    let (mut room, secret) = room_with_invite(1);
    let entry = room.entry(owner, invited(room.id(), &secret, Role::Owner, 9));
    assert_ignored(&mut room, &entry, IgnoredReason::AlreadyThere);
    room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
    let entry = room.entry(owner, invited(room.id(), &secret, Role::Owner, 9));
    assert_ignored(&mut room, &entry, IgnoredReason::AlreadyThere);
}
