//! Removing, leaving, roles, ownership, and coming back.

use super::*;

const ROLES: [Role; 3] = [Role::Member, Role::Admin, Role::Owner];

/// Owners act on everybody, admins on plain members, plain members on nobody.
#[test]
fn who_removes_whom() {
    let [_, one, _, other] = TestDevice::all();
    for by in ROLES {
        for target in ROLES {
            let room = room_with(&[(one, by), (other, target)]);
            let may = by == Role::Owner || (by == Role::Admin && target == Role::Member);
            assert_eq!(room.state.may_remove(one.account, other.account).is_ok(), may);
            if may {
                assert_done(&mut room.clone(), one, removed(other));
            } else {
                assert_no_effect(&room, one, removed(other), IgnoredReason::NotPermitted);
            }
        }
    }
}

#[test]
fn only_members_are_removed_and_nobody_removes_themselves() {
    let [owner, guest, _, stranger] = TestDevice::all();
    let mut room = room_with(&[(guest, Role::Owner)]);
    assert_no_effect(&room, owner, removed(stranger), IgnoredReason::NotThere);
    assert_no_effect(&room, guest, removed(guest), IgnoredReason::NotPermitted);
    assert_done(&mut room, owner, removed(guest));
    assert_no_effect(&room, owner, removed(guest), IgnoredReason::NotThere);
}

#[test]
fn who_is_removed_is_out_with_all_devices() {
    let [owner, guest, ..] = TestDevice::all();
    let guests_second = &TestDevice::new(3, 2);
    let mut room = room_with(&[(guest, Role::Member)]);
    assert_done(&mut room, guest, vouched(vouching(guest, guests_second).sign(&guest.keys), guests_second));
    let invites = [(owner, 8), (owner, 9)].map(|(by, number)| open_invite(&mut room, by, Role::Member, number));
    assert_done(&mut room, owner, removed(guest));

    assert_eq!(room.state.member(guest.account), None);
    assert_eq!(room.state.entitled_devices().map(|(id, _)| *id).collect::<Vec<_>>(), [owner.id()]);
    for device in [guest, guests_second] {
        let known = room.state.device(device.id()).unwrap();
        assert_eq!((known.entitled, known.until_epoch), (false, Some(Epoch(2))));
        assert!(!room.state.is_revoked(device.account, device.id()), "out is not untrusted");
        assert_eq!(room.state.may_send(device.id(), Epoch(2)), Err(SendRefusal::NotEntitled));
        assert_no_effect(&room, device, epoch_started(3, EpochReason::MemberRemoved), IgnoredReason::AuthorNotEntitled);
        assert!(!room.state.may_share(owner.id(), device.id(), Epoch(1)));
    }
    assert!(!invites.iter().any(|invite| is_open(&room, invite)));
    let joined = Action::Joined(joining(room.id(), &invites[0], guest));
    assert_no_effect(&room, guest, joined, IgnoredReason::InviteNotValid);
    assert_eq!(shown(&replay(&room.entries)), shown(&room.state));
}

/// Or an admin who was about to be put out could leave, and come back as admin by a link of their own.
#[test]
fn who_leaves_takes_along_their_own_invites() {
    let [owner, admin, ..] = TestDevice::all();
    let mut room = room_with(&[(admin, Role::Admin)]);
    let (own, other) = (open_invite(&mut room, admin, Role::Admin, 8), open_invite(&mut room, owner, Role::Member, 9));
    assert_done(&mut room, admin, LEFT);
    assert_eq!((room.state.member(admin.account), room.state.is_entitled(admin.id())), (None, false));
    assert_eq!((is_open(&room, &own), is_open(&room, &other)), (false, true));
    assert_no_effect(&room, admin, LEFT, IgnoredReason::AuthorNotEntitled);
}

#[test]
fn who_was_out_comes_back_by_a_new_invite() {
    let [owner, guest, ..] = TestDevice::all();
    let guests_second = &TestDevice::new(3, 2);
    for out in [LEFT, removed(guest)] {
        let mut room = room_with(&[(guest, Role::Admin)]);
        let statement = vouching(guest, guests_second).sign(&guest.keys);
        assert_done(&mut room, guest, vouched(statement.clone(), guests_second));
        assert_done(&mut room, if out == LEFT { guest } else { owner }, out);
        assert_no_effect(
            &room,
            guests_second,
            vouched(statement.clone(), guests_second),
            IgnoredReason::StatementNotValid,
        );
        let secret = open_invite(&mut room, owner, Role::Member, 9);
        assert_joins(&mut room, guest, &secret);
        assert_eq!(room.state.member(guest.account).unwrap().role, Role::Member, "the invite's, not the former one");
        let device = room.state.device(guest.id()).unwrap();
        assert_eq!((device.entitled, device.since_epoch), (true, Epoch(2)));
        assert!(!room.state.is_entitled(guests_second.id()));
        assert_done(&mut room, guest, vouched(statement, guests_second));
        assert!(room.state.is_entitled(guests_second.id()));
        assert_eq!(shown(&replay(&room.entries)), shown(&room.state));
    }
}

#[test]
fn the_last_owner_stays() {
    let [owner, other, ..] = TestDevice::all();
    let mut room = room_with(&[(other, Role::Admin)]);
    for role in [Role::Member, Role::Admin] {
        assert_no_effect(&room, owner, with_role(owner, role), IgnoredReason::LastOwner);
    }
    assert_no_effect(&room, owner, LEFT, IgnoredReason::LastOwner);
    assert_eq!(room.state.may_leave(owner.account), Err(IgnoredReason::LastOwner));
    assert_done(&mut room, owner, with_role(other, Role::Owner));
    assert_eq!(room.state.may_leave(owner.account), Ok(()));
    assert_done(&mut room.clone(), owner, with_role(owner, Role::Member));
    assert_done(&mut room, owner, LEFT);
    assert_no_effect(&room, other, LEFT, IgnoredReason::LastOwner);
}

/// Nobody could act for the room.
#[test]
fn an_owner_without_a_computer_is_no_owner_to_stay() {
    let [owner, other, ..] = TestDevice::all();
    let mut room = room_with(&[(other, Role::Owner)]);
    assert_done(&mut room, other, revoked_by(other, other));
    assert_eq!(room.state.member(other.account).unwrap().role, Role::Owner);
    assert_no_effect(&room, owner, LEFT, IgnoredReason::LastOwner);
    assert_no_effect(&room, owner, with_role(owner, Role::Admin), IgnoredReason::LastOwner);
    assert_done(&mut room, owner, with_role(other, Role::Member));
    assert_no_effect(&room, owner, passed_to(other), IgnoredReason::LastOwner);
}

#[test]
fn owners_alone_give_roles() {
    let [owner, one, _, other] = TestDevice::all();
    for by in [Role::Member, Role::Admin] {
        let room = room_with(&[(one, by), (other, Role::Member)]);
        for action in [with_role(other, Role::Admin), with_role(one, Role::Owner), passed_to(other)] {
            assert_no_effect(&room, one, action, IgnoredReason::NotPermitted);
        }
    }
    let mut room = room_with(&[(one, Role::Member)]);
    assert_no_effect(&room, owner, with_role(other, Role::Admin), IgnoredReason::NotThere);
    assert_no_effect(&room, owner, passed_to(other), IgnoredReason::NotThere);
    assert_no_effect(&room, owner, with_role(one, Role::Member), IgnoredReason::AlreadySo);
    for role in [Role::Admin, Role::Owner, Role::Member] {
        assert_done(&mut room, owner, with_role(one, role));
        assert_eq!(room.state.member(one.account).unwrap().role, role);
    }
    assert_eq!(room.state.rotation_due(), None, "a role opens and closes no key");
}

#[test]
fn who_passes_ownership_on_is_admin() {
    let [owner, other, ..] = TestDevice::all();
    let mut room = room_with(&[(other, Role::Member)]);
    assert_no_effect(&room, owner, passed_to(owner), IgnoredReason::AlreadySo);
    assert_done(&mut room, owner, passed_to(other));
    let role = |who: &TestDevice| room.state.member(who.account).unwrap().role;
    assert_eq!((role(owner), role(other)), (Role::Admin, Role::Owner));
    assert_no_effect(&room, owner, passed_to(other), IgnoredReason::NotPermitted);
}

/// By leaving and joining they would be what they were.
#[test]
fn who_becomes_less_takes_along_the_invites_that_they_made_as_more() {
    let [owner, admin, ..] = TestDevice::all();
    let mut room = room_with(&[(admin, Role::Admin)]);
    let [as_admin, as_member] =
        [(Role::Admin, 8), (Role::Member, 9)].map(|(role, number)| open_invite(&mut room, admin, role, number));
    assert_done(&mut room, owner, with_role(admin, Role::Member));
    assert_eq!((is_open(&room, &as_admin), is_open(&room, &as_member)), (false, true));

    let for_owners = open_invite(&mut room, owner, Role::Owner, 10);
    assert_done(&mut room, owner, passed_to(admin));
    assert!(!is_open(&room, &for_owners));
}
