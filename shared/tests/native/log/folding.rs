//! What real logs fold to.

use super::*;

#[test]
fn a_new_room_has_its_creator_and_no_epoch() {
    let [owner, stranger, ..] = TestDevice::all();
    let room = TestRoom::new(owner, HistoryRule::FromJoining);
    let state = &room.state;
    assert_eq!(state.room(), RoomId::from_first_entry(room.entries[0].hash()));
    assert_eq!(state.head(), LogHead { index: LogIndex(0), hash: room.entries[0].hash() });
    assert_eq!((state.name(), state.history()), (NameHash::from_bytes([1; 32]), HistoryRule::FromJoining));
    let member = state.member(owner.account).unwrap();
    assert_eq!((member.role, member.handle), (Role::Owner, NameHash::from_bytes([2; 32])));
    assert_eq!(state.members().count(), 1);
    let device = state.device(owner.id()).unwrap();
    assert_eq!(*device.bundle, owner.bundle);
    assert_eq!((device.name, device.since_epoch), (NameHash::from_bytes([3; 32]), Epoch(0)));
    assert!(state.is_entitled(owner.id()) && !state.is_entitled(stranger.id()));
    assert_eq!((state.current_epoch(), state.oldest_open_epoch()), (Epoch(0), Epoch(1)));
    assert_eq!(state.may_send(owner.id(), Epoch(0)), Err(SendRefusal::EpochClosed));
    assert_eq!(state.invites().count(), 0);
}

#[test]
fn a_guest_joins_and_starts_the_next_epoch() {
    let [owner, guest, ..] = TestDevice::all();
    let (mut room, secret) = room_with_invite(2);
    let key = secret.key(room.id());
    let open = room.state.invite(key).unwrap();
    assert_eq!((open.role, open.uses_left, open.expires_at), (Role::Member, 2, NOW.plus_millis(60_000)));

    let joined = Action::Joined(joining(room.id(), &secret, guest));
    let entry = room.entry(guest, joined.clone());
    let applied = room.apply(&entry).unwrap();
    assert_eq!((applied.effect, applied.hash, &applied.body.action), (Effect::Done, entry.hash(), &joined));
    assert_eq!(room.state.invite(key).unwrap().uses_left, 1);
    let member = room.state.member(guest.account).unwrap();
    assert_eq!((member.role, member.handle), (Role::Member, NameHash::from_bytes([4; 32])));
    let device = room.state.device(guest.id()).unwrap();
    assert_eq!((device.name, device.since_epoch, device.entitled), (NameHash::from_bytes([5; 32]), Epoch(1), true));

    room.append(guest, epoch_started(2, EpochReason::Joining)).unwrap();
    let epoch = room.state.epoch(Epoch(2)).unwrap();
    assert_eq!(
        (epoch.key_id, epoch.started_by, epoch.reason),
        (KeyId::from_bytes([2; 32]), guest.id(), EpochReason::Joining)
    );
    assert_eq!(room.state.epoch(Epoch(1)).unwrap().started_by, owner.id());
    assert_eq!(room.state.epoch(Epoch(3)), None);
    assert_eq!(room.state.entitled_devices().map(|(id, _)| *id).collect::<Vec<_>>().len(), 2);
    assert_eq!(shown(&replay(&room.entries)), shown(&room.state));
}

#[test]
fn a_vouched_device_is_entitled_whoever_of_the_three_appends_it() {
    let [owner, guest, second, _] = TestDevice::all();
    for author in [owner, guest, second] {
        let (mut room, secret) = room_with_invite(1);
        room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
        let statement = vouching(owner, second).sign(&owner.keys);
        let applied = room.append(author, vouched(statement, second)).unwrap();
        assert_eq!(applied.effect, Effect::Done);
        let device = room.state.device(second.id()).unwrap();
        assert_eq!((device.name, device.entitled), (NameHash::from_bytes([6; 32]), true));
        assert_eq!(device.bundle.account(), owner.account);
        assert_eq!(room.state.members().count(), 2, "a device is no member");
        let applied = room.append(second, epoch_started(2, EpochReason::KeyLacking)).unwrap();
        assert_eq!(applied.effect, Effect::Done, "it may act from then on");
    }
}

#[test]
fn who_may_send_in_which_epoch() {
    let [owner, stranger, ..] = TestDevice::all();
    let room = room();
    assert_eq!(room.state.may_send(owner.id(), Epoch(1)), Ok(()));
    assert_eq!(room.state.may_send(owner.id(), Epoch(0)), Err(SendRefusal::EpochClosed));
    assert_eq!(room.state.may_send(owner.id(), Epoch(2)), Err(SendRefusal::EpochClosed));
    assert_eq!(room.state.may_send(stranger.id(), Epoch(1)), Err(SendRefusal::NotEntitled));
}
