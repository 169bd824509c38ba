//! Who may be given which epoch's key.

use super::*;

/// Owner in epochs 1 to 4; the guest joins in epoch 2 and starts 3; the owner's second device is vouched for in 3.
fn room_of(history: HistoryRule) -> TestRoom {
    let [owner, guest, second, _] = TestDevice::all();
    let mut room = TestRoom::new(owner, history);
    room.append(owner, epoch_started(1, EpochReason::RoomCreated)).unwrap();
    room.append(owner, epoch_started(2, EpochReason::Age)).unwrap();
    let secret = InviteSecret::from_bytes([7; 32]);
    room.append(owner, invited(room.id(), &secret, Role::Member, 1)).unwrap();
    room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
    room.append(guest, epoch_started(3, EpochReason::Joining)).unwrap();
    room.append(second, vouched(vouching(owner, second).sign(&owner.keys), second)).unwrap();
    room.append(owner, epoch_started(4, EpochReason::Age)).unwrap();
    room
}

#[test]
fn the_history_rule_says_who_is_given_which_epochs() {
    let [owner, guest, second, stranger] = TestDevice::all();
    let epochs = |state: &RoomState, giver: &TestDevice, receiver: &TestDevice| -> Vec<u64> {
        (0..=5).filter(|epoch| state.may_share(giver.id(), receiver.id(), Epoch(*epoch))).collect()
    };
    let all = room_of(HistoryRule::AllRetained).state;
    let from_joining = room_of(HistoryRule::FromJoining).state;
    for (giver, receiver, shared, since) in [
        (owner, guest, vec![1, 2, 3, 4], vec![3, 4]),
        (second, guest, vec![1, 2, 3, 4], vec![3, 4]),
        (guest, owner, vec![1, 2, 3, 4], vec![1, 2, 3, 4]),
        (owner, second, vec![1, 2, 3, 4], vec![1, 2, 3, 4]),
        // Not its own account: nothing from before it came.
        (guest, second, vec![1, 2, 3, 4], vec![3, 4]),
        (owner, stranger, vec![], vec![]),
        (stranger, owner, vec![], vec![]),
    ] {
        assert_eq!(epochs(&all, giver, receiver), shared);
        assert_eq!(epochs(&from_joining, giver, receiver), since);
    }
    assert_eq!(all.member(guest.account).unwrap().reads_from, Epoch(1));
    assert_eq!(from_joining.member(guest.account).unwrap().reads_from, Epoch(3));
    assert_eq!(from_joining.member(owner.account).unwrap().reads_from, Epoch(1));
}
