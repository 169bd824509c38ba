//! Names of rooms, people and devices.

use super::*;

#[test]
fn owners_name_the_room_and_everybody_themselves() {
    let [owner, admin, ..] = TestDevice::all();
    let mut room = room();
    let secret = InviteSecret::from_bytes([7; 32]);
    room.append(owner, invited(room.id(), &secret, Role::Admin, 1)).unwrap();
    room.append(admin, Action::Joined(joining(room.id(), &secret, admin))).unwrap();
    let entry = room.entry(admin, renamed(Renameable::Room, 0x31));
    assert_ignored(&mut room, &entry, IgnoredReason::NotPermitted);
    for (author, what, name) in
        [(owner, Renameable::Room, 0x32), (admin, Renameable::Handle, 0x33), (admin, Renameable::Device, 0x34)]
    {
        assert_eq!(room.append(author, renamed(what, name)).unwrap().effect, Effect::Done);
    }
    let state = &room.state;
    let hash = |name| NameHash::from_bytes([name; 32]);
    assert_eq!(state.name(), hash(0x32));
    assert_eq!(state.member(admin.account).unwrap().handle, hash(0x33));
    assert_eq!(state.device(admin.id()).unwrap().name, hash(0x34));
    // Nobody else's.
    assert_eq!(state.member(owner.account).unwrap().handle, hash(2));
    assert_eq!(state.device(owner.id()).unwrap().name, hash(3));
    assert_eq!(shown(&replay(&room.entries)), shown(state));
}
