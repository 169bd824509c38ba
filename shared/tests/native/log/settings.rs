//! What owners settle for the whole room: who reads what was before, and how long messages stay.

use super::*;

fn history(history: HistoryRule) -> Action {
    Action::HistoryRuleSet(HistoryRuleSet { history })
}

fn retention(days: Option<u32>) -> Action {
    Action::RetentionSet(RetentionSet { days })
}

#[test]
fn owners_alone_settle_them() {
    let [owner, one, ..] = TestDevice::all();
    for role in [Role::Member, Role::Admin] {
        let room = room_with(&[(one, role)]);
        for action in [history(HistoryRule::FromJoining), retention(Some(30))] {
            assert_no_effect(&room, one, action.clone(), IgnoredReason::NotPermitted);
            assert_done(&mut room.clone(), owner, action);
        }
    }
}

#[test]
fn retention_is_a_number_of_days_or_for_ever() {
    let [owner, ..] = TestDevice::all();
    let mut room = room();
    assert_eq!(room.state.retention_days(), None);
    assert_no_effect(&room, owner, retention(None), IgnoredReason::AlreadySo);
    assert_no_effect(&room, owner, retention(Some(0)), IgnoredReason::NotSensible);
    for days in [Some(30), Some(u32::MAX), None] {
        assert_done(&mut room, owner, retention(days));
        assert_eq!(room.state.retention_days(), days);
        assert_no_effect(&room, owner, retention(days), IgnoredReason::AlreadySo);
    }
}

/// Each epoch goes by what was said when it started: nobody finds what they wrote shown to more people than they knew of.
#[test]
fn another_history_rule_is_for_later_epochs() {
    let [owner, guest, _, fourth] = TestDevice::all();
    let mut room = TestRoom::new(owner, HistoryRule::FromJoining);
    assert_done(&mut room, owner, epoch_started(1, EpochReason::RoomCreated));
    let [first, second] = [8, 9].map(|number| open_invite(&mut room, owner, Role::Member, number));
    assert_no_effect(&room, owner, history(HistoryRule::FromJoining), IgnoredReason::AlreadySo);
    assert_done(&mut room, owner, history(HistoryRule::AllRetained));
    assert_eq!(room.state.epoch(Epoch(1)).unwrap().history, HistoryRule::FromJoining);
    assert!(!room.state.newcomers_read_current() && !room.state.may_link(Epoch(1)));

    // Who joins now starts the first epoch that later ones can read.
    assert_joins(&mut room, guest, &first);
    assert_eq!(room.state.rotation_due(), Some(EpochReason::Joining));
    assert_done(&mut room, guest, epoch_started(2, EpochReason::Joining));
    assert!(room.state.newcomers_read_current());
    assert_done(&mut room, owner, epoch_started(3, EpochReason::Age));
    assert_eq!([1, 2, 3].map(|epoch| room.state.may_link(Epoch(epoch))), [false, true, true]);
    assert_joins(&mut room, fourth, &second);
    assert_eq!(room.state.rotation_due(), None);
    let reads_from = |who: &TestDevice| room.state.member(who.account).unwrap().reads_from;
    assert_eq!((reads_from(owner), reads_from(guest), reads_from(fourth)), (Epoch(1), Epoch(2), Epoch(2)));
    let given = |to: &TestDevice| -> Vec<u64> {
        (0..=4).filter(|epoch| room.state.may_share(owner.id(), to.id(), Epoch(*epoch))).collect()
    };
    assert_eq!((given(guest), given(fourth)), (vec![2, 3], vec![2, 3]));
}

#[test]
fn history_that_is_no_longer_shown_stays_with_who_had_it() {
    let [owner, guest, _, fourth] = TestDevice::all();
    let mut room = room_with(&[(guest, Role::Member)]);
    let secret = open_invite(&mut room, owner, Role::Member, 9);
    assert_done(&mut room, owner, history(HistoryRule::FromJoining));
    assert!(!room.state.newcomers_read_current(), "not beside an invite, nor beside the next epoch");
    assert!(room.state.may_link(Epoch(1)), "both were shown");
    assert_joins(&mut room, fourth, &secret);
    assert_done(&mut room, fourth, epoch_started(3, EpochReason::Joining));
    let reads_from = |who: &TestDevice| room.state.member(who.account).unwrap().reads_from;
    assert_eq!((reads_from(guest), reads_from(fourth)), (Epoch(1), Epoch(3)));
    assert!(!room.state.may_link(Epoch(2)) && !room.state.may_link(Epoch(3)));
}
