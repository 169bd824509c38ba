//! Starting epochs: which, by whom, why, and what a start closes.

use super::*;

#[test]
fn only_the_next_one_starts() {
    let [owner, ..] = TestDevice::all();
    for epoch in [0, 1, 3, u64::MAX] {
        let mut room = room();
        let key_id = KeyId::from_bytes([9; 32]);
        let started = EpochStarted { epoch: Epoch(epoch), key_id, reason: EpochReason::Age };
        let entry = room.entry(owner, Action::EpochStarted(started));
        assert_ignored(&mut room, &entry, IgnoredReason::NotNextEpoch);
    }
}

/// Two devices start the same epoch: the first entry in the log wins, the other's is not even the next entry.
#[test]
fn of_two_starts_the_first_counts() {
    let [owner, guest, ..] = TestDevice::all();
    let (mut room, secret) = room_with_invite(1);
    room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
    let late = room.entry(owner, epoch_started(2, EpochReason::Age));
    room.append(guest, epoch_started(2, EpochReason::Joining)).unwrap();
    assert_refused(&room, &late, LogError::BrokenChain);
    let again = room.entry(owner, epoch_started(2, EpochReason::Age));
    assert_ignored(&mut room, &again, IgnoredReason::NotNextEpoch);
    assert_eq!(room.state.epoch(Epoch(2)).unwrap().started_by, guest.id());
}

/// A reason that names an event is taken only after that event, and only once.
#[test]
fn an_epoch_starts_for_what_has_happened() {
    let [owner, guest, ..] = TestDevice::all();
    let room = room_with(&[(guest, Role::Member)]);
    for reason in [
        EpochReason::RoomCreated,
        EpochReason::Joining,
        EpochReason::Leaving,
        EpochReason::MemberRemoved,
        EpochReason::DeviceRevoked,
        EpochReason::DeviceRecovered,
        EpochReason::RecoveryPolicyChanged,
    ] {
        assert!(!room.state.may_start_epoch_for(reason));
        assert_no_effect(&room, owner, epoch_started(3, reason), IgnoredReason::NothingHappened);
    }
    for reason in [EpochReason::Age, EpochReason::KeyLacking] {
        let mut room = room.clone();
        assert_done(&mut room, guest, epoch_started(3, reason));
        assert_eq!(room.state.oldest_open_epoch(), Epoch(1), "{reason:?} closes nothing");
    }
    let mut left = room.clone();
    assert_done(&mut left, guest, LEFT);
    assert_no_effect(&left, owner, epoch_started(3, EpochReason::MemberRemoved), IgnoredReason::NothingHappened);
    assert_done(&mut left, owner, epoch_started(3, EpochReason::Leaving));
    assert_no_effect(&left, owner, epoch_started(4, EpochReason::Leaving), IgnoredReason::NothingHappened);
}

#[test]
fn the_first_epoch_is_the_rooms() {
    let [owner, ..] = TestDevice::all();
    let mut room = TestRoom::new(owner, HistoryRule::AllRetained);
    assert_eq!(room.state.rotation_due(), Some(EpochReason::RoomCreated));
    for reason in [EpochReason::Age, EpochReason::KeyLacking, EpochReason::Joining] {
        assert_no_effect(&room, owner, epoch_started(1, reason), IgnoredReason::NothingHappened);
    }
    assert_done(&mut room, owner, epoch_started(1, EpochReason::RoomCreated));
    assert_eq!((room.state.rotation_due(), room.state.may_send(owner.id(), Epoch(1))), (None, Ok(())));
}

/// What closes the epochs until now: nobody writes before the next one starts, whoever starts it and whatever it names.
#[test]
fn a_new_epoch_is_due_before_anybody_writes() {
    let [owner, guest, second, fourth] = TestDevice::all();
    let all = [(guest, Role::Member), (fourth, Role::Member)];
    let mut with_second = room_with(&all);
    assert_done(&mut with_second, owner, vouched(vouching(owner, second).sign(&owner.keys), second));
    for (author, action, reason) in [
        (guest, LEFT, EpochReason::Leaving),
        (owner, removed(guest), EpochReason::MemberRemoved),
        (owner, revoked(guest), EpochReason::DeviceRevoked),
        (owner, revoked_by(owner, second), EpochReason::DeviceRevoked),
    ] {
        let mut room = with_second.clone();
        assert_eq!((room.state.rotation_due(), room.state.may_send(fourth.id(), Epoch(2))), (None, Ok(())));
        assert_done(&mut room, author, action);
        assert_eq!(room.state.rotation_due(), Some(reason));
        assert_eq!(room.state.oldest_open_epoch(), Epoch(3));
        for epoch in [1, 2, 3] {
            assert_eq!(room.state.may_send(fourth.id(), Epoch(epoch)), Err(SendRefusal::EpochClosed));
        }
        for start in [reason, EpochReason::Age, EpochReason::KeyLacking] {
            let mut room = room.clone();
            assert_done(&mut room, fourth, epoch_started(3, start));
            assert_eq!(room.state.rotation_due(), None);
            assert_eq!(room.state.may_send(fourth.id(), Epoch(2)), Err(SendRefusal::EpochClosed));
            assert_eq!(room.state.may_send(fourth.id(), Epoch(3)), Ok(()));
        }
    }
}

#[test]
fn of_several_reasons_the_gravest_is_named_and_any_is_taken() {
    let [owner, guest, _, fourth] = TestDevice::all();
    let mut room = room_with(&[(guest, Role::Member)]);
    let secret = open_invite(&mut room, owner, Role::Member, 9);
    assert_joins(&mut room, fourth, &secret);
    assert_eq!(room.state.rotation_due(), None, "who joins here reads what is current");
    assert_done(&mut room, guest, LEFT);
    assert_eq!(room.state.rotation_due(), Some(EpochReason::Leaving));
    assert_done(&mut room, owner, revoked(fourth));
    assert_eq!(room.state.rotation_due(), Some(EpochReason::DeviceRevoked));
    for reason in [EpochReason::Joining, EpochReason::Leaving, EpochReason::DeviceRevoked] {
        let mut room = room.clone();
        assert_done(&mut room, owner, epoch_started(3, reason));
        assert_eq!((room.state.rotation_due(), room.state.oldest_open_epoch()), (None, Epoch(3)));
    }
}

/// Where history is not shown, whoever joins can read the next message, and nobody writes one before that.
#[test]
fn a_joining_closes_what_the_newcomer_cannot_read() {
    let [owner, guest, ..] = TestDevice::all();
    for (history, due, oldest) in
        [(HistoryRule::AllRetained, None, Epoch(1)), (HistoryRule::FromJoining, Some(EpochReason::Joining), Epoch(2))]
    {
        let mut room = TestRoom::new(owner, history);
        assert_done(&mut room, owner, epoch_started(1, EpochReason::RoomCreated));
        let secret = open_invite(&mut room, owner, Role::Member, 9);
        assert_joins(&mut room, guest, &secret);
        assert_eq!((room.state.rotation_due(), room.state.oldest_open_epoch()), (due, oldest));
        assert_done(&mut room, guest, epoch_started(2, EpochReason::Joining));
        assert_eq!((room.state.rotation_due(), room.state.oldest_open_epoch()), (None, oldest));
    }
}
