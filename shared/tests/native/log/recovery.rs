//! Who lost every computer: the policy, approvals, announcements, objections, releases.

use igoon_shared::{
    crypto::bundle::SignedBundle,
    log::{
        action::{
            RecoveryAnnounced, RecoveryApproved, RecoveryMode, RecoveryPolicySet, RecoveryReleased, RecoveryVetoed,
        },
        recovery::{ANNOUNCED_MS, LONGEST_VETO_MS, Stage},
        request::{RecoveryRequest, SignedRequest},
    },
};

use super::*;
use crate::support::recovery::{approval, by_pinned, policy, request};

const HOUR: i64 = 60 * 60 * 1_000;

fn set(policy: &RecoveryPolicySet) -> Action {
    Action::RecoveryPolicySet(policy.clone())
}

/// The owner's device 1 and the guest's device 2, in epoch 3, under this policy; devices 3 and 4 are nowhere.
fn room_under(policy: &RecoveryPolicySet, guest_is: Role) -> TestRoom {
    let [owner, guest, ..] = TestDevice::all();
    let mut room = room_with(&[(guest, guest_is)]);
    assert_done(&mut room, owner, set(policy));
    assert_done(&mut room, owner, epoch_started(3, EpochReason::RecoveryPolicyChanged));
    room
}

fn approved(room: &TestRoom, device: &TestDevice, replaces: Option<&TestDevice>) -> Action {
    Action::RecoveryApproved(approval(room, device, replaces))
}

fn announced(room: &TestRoom, device: &TestDevice) -> RecoveryAnnounced {
    RecoveryAnnounced {
        request: request(room, device).sign(&device.keys),
        bundle: device.bundle.signed().clone(),
        up_to_epoch: Epoch(3),
        effective_at: NOW.plus_millis(ANNOUNCED_MS),
    }
}

/// What happened last, to be named by another entry.
fn last(room: &TestRoom) -> EntryHash {
    room.state.head().hash
}

fn released(entry: EntryHash) -> Action {
    Action::RecoveryReleased(RecoveryReleased { entry })
}

fn vetoed(entry: EntryHash) -> Action {
    Action::RecoveryVetoed(RecoveryVetoed { entry })
}

fn pinned_does(room: &mut TestRoom, at: Timestamp, action: Action) {
    let entry = by_pinned(room, at, action);
    assert_eq!(room.apply(&entry).unwrap().effect, Effect::Done);
}

fn pinned_may_not(room: &TestRoom, at: Timestamp, action: Action, why: IgnoredReason) {
    let mut room = room.clone();
    let entry = by_pinned(&room, at, action);
    assert_ignored(&mut room, &entry, why);
}

/// A second computer of the guest's.
fn guests_second() -> TestDevice {
    TestDevice::new(3, 2)
}

mod the_policy {
    use super::*;

    #[test]
    fn owners_alone_settle_it_and_it_closes_the_epochs() {
        let [owner, one, ..] = TestDevice::all();
        for role in [Role::Member, Role::Admin] {
            let room = room_with(&[(one, role)]);
            assert_no_effect(&room, one, set(&policy(RecoveryMode::Kit)), IgnoredReason::NotPermitted);
        }
        let mut room = room_with(&[]);
        assert_eq!((room.state.recovery_policy(), room.state.recovery_mode()), (None, RecoveryMode::DevicesOnly));
        for mode in [RecoveryMode::DevicesOnly, RecoveryMode::ServerAssisted, RecoveryMode::Kit] {
            assert_done(&mut room, owner, set(&policy(mode)));
            assert_eq!(room.state.recovery_policy(), Some(&policy(mode)));
            assert_no_effect(&room, owner, set(&policy(mode)), IgnoredReason::AlreadySo);
        }
        assert_eq!(room.state.rotation_due(), Some(EpochReason::RecoveryPolicyChanged));
    }

    #[test]
    fn its_parts_belong_together() {
        let [owner, ..] = TestDevice::all();
        let room = room();
        let [none, server, kit] =
            [RecoveryMode::DevicesOnly, RecoveryMode::ServerAssisted, RecoveryMode::Kit].map(policy);
        let (key, signing) = (server.recovery_key.clone(), server.signing_key.clone());
        let delayed = |policy: &RecoveryPolicySet| RecoveryPolicySet { veto_delay_ms: 1, ..policy.clone() };
        for good in [
            delayed(&server),
            RecoveryPolicySet { veto_delay_ms: LONGEST_VETO_MS, owner_by_announcement: true, ..server.clone() },
            RecoveryPolicySet { signing_key: signing.clone(), owner_by_announcement: true, ..none.clone() },
        ] {
            assert_done(&mut room.clone(), owner, set(&good));
        }
        for bad in [
            delayed(&none),
            delayed(&kit),
            RecoveryPolicySet { veto_delay_ms: LONGEST_VETO_MS + 1, ..server.clone() },
            RecoveryPolicySet { owner_by_announcement: true, ..kit.clone() },
            RecoveryPolicySet { owner_by_announcement: true, ..none.clone() },
            RecoveryPolicySet { recovery_key: key, ..none.clone() },
            RecoveryPolicySet { signing_key: signing, ..none },
            RecoveryPolicySet { recovery_key: None, ..server.clone() },
            RecoveryPolicySet { signing_key: None, ..kit.clone() },
            RecoveryPolicySet { recovery_key: Some(Blob(vec![0x30; 9])), ..server.clone() },
            RecoveryPolicySet { signing_key: Some(Blob(vec![1; 31])), ..server },
        ] {
            assert_no_effect(&room, owner, set(&bad), IgnoredReason::NotSensible);
        }
    }

    /// Or the service could open what was written before it held keys.
    #[test]
    fn no_link_leads_back_from_where_the_service_begins_to_hold_keys() {
        let [owner, guest, ..] = TestDevice::all();
        let links = |room: &TestRoom| [1, 2, 3, 4].map(|epoch| room.state.may_link(Epoch(epoch)));
        let mut room = room_with(&[(guest, Role::Member)]);
        assert_done(&mut room, owner, set(&policy(RecoveryMode::ServerAssisted)));
        assert!(!room.state.may_link(Epoch(2)), "already before the next one starts");
        assert!(room.state.newcomers_read_current(), "who may read it is another matter");
        assert_done(&mut room, owner, epoch_started(3, EpochReason::RecoveryPolicyChanged));
        let admins = RecoveryPolicySet { admins_approve: true, ..policy(RecoveryMode::ServerAssisted) };
        assert_done(&mut room, owner, set(&admins));
        assert_done(&mut room, owner, epoch_started(4, EpochReason::RecoveryPolicyChanged));
        assert_eq!(links(&room), [true, false, true, true]);
        let kit = room_under(&policy(RecoveryMode::Kit), Role::Member);
        assert_eq!(links(&kit), [true, true, true, false]);
    }
}

mod approving {
    use super::*;

    #[test]
    fn who_approves_for_whom() {
        let [owner, guest, _, fourth] = TestDevice::all();
        let second = &guests_second();
        for (by, target, admins_approve, may) in [
            (Role::Owner, Role::Owner, false, true),
            (Role::Admin, Role::Member, true, true),
            (Role::Admin, Role::Member, false, false),
            (Role::Admin, Role::Admin, true, false),
            (Role::Member, Role::Member, true, false),
        ] {
            let mut room = room_with(&[(guest, target), (fourth, by)]);
            let terms = RecoveryPolicySet { admins_approve, ..policy(RecoveryMode::ServerAssisted) };
            assert_done(&mut room, owner, set(&terms));
            assert_eq!(room.state.may_approve(fourth.account, guest.account).is_ok(), may);
            let action = approved(&room, second, None);
            if may {
                assert_done(&mut room, fourth, action);
            } else {
                assert_no_effect(&room, fourth, action, IgnoredReason::NotPermitted);
            }
        }
    }

    #[test]
    fn without_a_delay_it_entitles_at_once_and_revokes_what_it_replaces() {
        let [owner, guest, ..] = TestDevice::all();
        let second = &guests_second();
        for mode in [RecoveryMode::DevicesOnly, RecoveryMode::ServerAssisted, RecoveryMode::Kit] {
            let mut room = room_under(&policy(mode), Role::Member);
            let invite = open_invite(&mut room, owner, Role::Member, 9);
            let action = approved(&room, second, Some(guest));
            assert_done(&mut room, owner, action);
            let recovery = room.state.recovery(last(&room)).unwrap();
            assert_eq!((recovery.stage, recovery.approved_by), (Stage::Entitled, Some(owner.account)));
            let device = room.state.device(second.id()).unwrap();
            assert_eq!((device.entitled, device.name), (true, NameHash::from_bytes([7; 32])));
            assert_eq!((device.since_epoch, device.recovered_up_to), (Epoch(4), Some(Epoch(2))));
            assert!(room.state.is_revoked(guest.account, guest.id()) && !room.state.is_entitled(guest.id()));
            assert!(!is_open(&room, &invite));
            assert_eq!(room.state.rotation_due(), Some(EpochReason::DeviceRecovered));
            assert_done(&mut room, second, epoch_started(4, EpochReason::DeviceRecovered));
            assert_eq!(shown(&replay(&room.entries)), shown(&room.state));
        }
    }

    /// The last owner's last computer is replaced in one change.
    #[test]
    fn an_owners_last_computer_is_replaced() {
        let [owner, guest, second, _] = TestDevice::all();
        let mut room = room_under(&policy(RecoveryMode::ServerAssisted), Role::Owner);
        let action = approved(&room, second, Some(owner));
        assert_done(&mut room, guest, action);
        assert!(room.state.is_entitled(second.id()) && !room.state.is_entitled(owner.id()));
    }

    #[test]
    fn a_request_is_of_this_room_and_of_the_device_that_asks() {
        let [owner, guest, _, fourth] = TestDevice::all();
        let second = &guests_second();
        let room = room_under(&policy(RecoveryMode::ServerAssisted), Role::Member);
        let right = request(&room, second);
        let good = right.sign(&second.keys);
        let requests = [
            (
                "of another room",
                RecoveryRequest { room: RoomId::from_bytes([1; 32]), ..right.clone() }.sign(&second.keys),
            ),
            ("of another device", RecoveryRequest { device: guest.id(), ..right.clone() }.sign(&second.keys)),
            ("of another account", RecoveryRequest { account: owner.account, ..right.clone() }.sign(&second.keys)),
            ("of another suite", RecoveryRequest { suite: 2, ..right.clone() }.sign(&second.keys)),
            ("signed by another", right.sign(&fourth.keys)),
            ("nothing", SignedRequest { request: Blob(vec![0x80]), ..good.clone() }),
            ("under the label of something else", {
                let signature = second.keys.sign(label::SIGN_LOG_ENTRY, &[&good.request.0]);
                SignedRequest { signature: Blob(signature.to_vec()), ..good.clone() }
            }),
        ];
        for (why, request) in requests {
            println!("{why}");
            let action = Action::RecoveryApproved(RecoveryApproved { request, ..approval(&room, second, None) });
            assert_no_effect(&room, owner, action, IgnoredReason::RequestNotValid);
        }
        for signature in one_byte_flipped(&good.signature.0) {
            let request = SignedRequest { signature: Blob(signature), ..good.clone() };
            let action = Action::RecoveryApproved(RecoveryApproved { request, ..approval(&room, second, None) });
            assert_no_effect(&room, owner, action, IgnoredReason::RequestNotValid);
        }
        // A bundle whose device did not sign it ends the log.
        let signed = second.bundle.signed().clone();
        let bundle = SignedBundle { signature: guest.bundle.signed().signature.clone(), ..signed };
        let action = Action::RecoveryApproved(RecoveryApproved { bundle, ..approval(&room, second, None) });
        assert_refused(&room, &room.entry(owner, action), LogError::BadSignature);
    }

    #[test]
    fn what_cannot_be_approved() {
        let [owner, guest, second, fourth] = TestDevice::all();
        let mut room = room_under(&policy(RecoveryMode::ServerAssisted), Role::Member);
        let asks = &guests_second();
        let with = |change: fn(&mut RecoveryApproved)| {
            let mut approval = approval(&room, asks, None);
            change(&mut approval);
            Action::RecoveryApproved(approval)
        };
        let expired = with(|approval| approval.expires_at = NOW);
        assert_no_effect(&room, owner, expired, IgnoredReason::NotSensible);
        let to_come = with(|approval| approval.up_to_epoch = Epoch(4));
        assert_no_effect(&room, owner, to_come, IgnoredReason::NotSensible);
        for (device, replaces, why) in [
            (fourth, None, IgnoredReason::NotThere),
            (asks, Some(owner), IgnoredReason::NotThere),
            (asks, Some(fourth), IgnoredReason::NotThere),
            (guest, None, IgnoredReason::AlreadyThere),
        ] {
            assert_no_effect(&room, owner, approved(&room, device, replaces), why);
        }
        assert_done(&mut room, owner, revoked_by(owner, second));
        assert_no_effect(&room, owner, approved(&room, second, None), IgnoredReason::KeysRevoked);
        let by_itself = approved(&room, asks, None);
        assert_no_effect(&room, asks, by_itself, IgnoredReason::AuthorNotEntitled);
        assert_no_effect(&room, guest, approved(&room, asks, None), IgnoredReason::NotPermitted);
    }
}

mod the_wait {
    use super::*;

    fn delayed() -> RecoveryPolicySet {
        RecoveryPolicySet { veto_delay_ms: 24 * 60 * 60 * 1_000, ..policy(RecoveryMode::ServerAssisted) }
    }

    #[test]
    fn until_the_release_nothing_has_changed() {
        let [owner, guest, ..] = TestDevice::all();
        let second = &guests_second();
        let mut room = room_under(&delayed(), Role::Member);
        let action = approved(&room, second, Some(guest));
        assert_done(&mut room, owner, action);
        let entry = last(&room);
        assert_eq!(room.state.recovery(entry).unwrap().stage, Stage::Waiting);
        assert!(!room.state.is_entitled(second.id()) && room.state.is_entitled(guest.id()));
        assert_eq!(room.state.rotation_due(), None);

        pinned_may_not(&room, NOW.plus_millis(24 * HOUR - 1), released(entry), IgnoredReason::TooEarly);
        pinned_may_not(&room, NOW.plus_millis(100 * HOUR), released(entry), IgnoredReason::TooLate);
        pinned_may_not(&room, NOW.plus_millis(24 * HOUR), released(ENTRY), IgnoredReason::NotThere);
        assert_no_effect(&room, owner, released(entry), IgnoredReason::NotPermitted);
        pinned_does(&mut room, NOW.plus_millis(24 * HOUR), released(entry));
        assert_eq!(room.state.recovery(entry).unwrap().stage, Stage::Released);
        assert!(room.state.is_entitled(second.id()) && room.state.is_revoked(guest.account, guest.id()));
        assert_eq!(room.state.rotation_due(), Some(EpochReason::DeviceRecovered));
        pinned_may_not(&room, NOW.plus_millis(25 * HOUR), released(entry), IgnoredReason::AlreadySo);
        assert_no_effect(&room, owner, vetoed(entry), IgnoredReason::TooLate);
        assert_eq!(shown(&replay(&room.entries)), shown(&room.state));
    }

    const ENTRY: EntryHash = EntryHash::from_bytes([5; 32]);

    #[test]
    fn who_objects() {
        let [owner, guest, _, fourth] = TestDevice::all();
        let second = &guests_second();
        for (role, author, may) in [
            (Role::Member, owner, true),
            // The computer that is said to be lost.
            (Role::Member, guest, true),
            (Role::Admin, fourth, true),
            (Role::Member, fourth, false),
        ] {
            let mut room = room_with(&[(guest, Role::Member), (fourth, role)]);
            assert_done(&mut room, owner, set(&delayed()));
            let action = approved(&room, second, None);
            assert_done(&mut room, owner, action);
            let entry = last(&room);
            assert_eq!(room.state.may_veto(author.id(), entry).is_ok(), may);
            if !may {
                assert_no_effect(&room, author, vetoed(entry), IgnoredReason::NotPermitted);
                continue;
            }
            assert_done(&mut room, author, vetoed(entry));
            assert_eq!(room.state.recovery(entry).unwrap().stage, Stage::Over);
            pinned_may_not(&room, NOW.plus_millis(25 * HOUR), released(entry), IgnoredReason::TooLate);
            assert_no_effect(&room, author, vetoed(entry), IgnoredReason::TooLate);
        }
    }

    /// Things change while one waits.
    #[test]
    fn what_no_longer_fits_is_not_released() {
        let [owner, guest, ..] = TestDevice::all();
        let second = &guests_second();
        let mut room = room_under(&delayed(), Role::Member);
        let action = approved(&room, second, Some(guest));
        assert_done(&mut room, owner, action);
        let (entry, then) = (last(&room), NOW.plus_millis(24 * HOUR));
        for (change, why) in [
            (removed(guest), IgnoredReason::NotThere),
            (revoked_by(guest, second), IgnoredReason::KeysRevoked),
            (set(&policy(RecoveryMode::ServerAssisted)), IgnoredReason::TooLate),
        ] {
            let mut room = room.clone();
            assert_done(&mut room, owner, change);
            pinned_may_not(&room, then, released(entry), why);
        }
    }
}

mod releasing {
    use super::*;

    #[test]
    fn what_took_effect_at_once_is_noted_as_handed_out() {
        let [owner, ..] = TestDevice::all();
        let second = &guests_second();
        let mut room = room_under(&policy(RecoveryMode::ServerAssisted), Role::Member);
        let action = approved(&room, second, None);
        assert_done(&mut room, owner, action);
        let entry = last(&room);
        pinned_may_not(&room, NOW.plus_millis(100 * HOUR), released(entry), IgnoredReason::TooLate);
        let before = room.state.device(second.id()).unwrap().since_epoch;
        pinned_does(&mut room, NOW, released(entry));
        assert_eq!(room.state.recovery(entry).unwrap().stage, Stage::Released);
        assert_eq!(room.state.device(second.id()).unwrap().since_epoch, before);
        // Where the service holds nothing it hands nothing out.
        let mut devices_only = room_under(&policy(RecoveryMode::DevicesOnly), Role::Member);
        let action = approved(&devices_only, second, None);
        assert_done(&mut devices_only, owner, action);
        let entry = by_pinned(&devices_only, NOW, released(last(&devices_only)));
        assert_refused(&devices_only, &entry, LogError::UnknownAuthor);
    }

    /// A release covers what the approval names, and nothing more.
    #[test]
    fn the_service_hands_out_what_is_named() {
        let [owner, guest, ..] = TestDevice::all();
        let second = &guests_second();
        let may = |room: &TestRoom, device: &TestDevice| -> Vec<u64> {
            (0..=5).filter(|epoch| room.state.may_release(device.id(), Epoch(*epoch))).collect()
        };
        let mut room = room_under(&policy(RecoveryMode::ServerAssisted), Role::Member);
        assert_eq!(may(&room, second), [0_u64; 0]);
        let action = approved(&room, second, Some(guest));
        assert_done(&mut room, owner, action);
        assert_eq!((may(&room, second), may(&room, guest), may(&room, owner)), (vec![1, 2], vec![], vec![]));
        assert_done(&mut room, owner, epoch_started(4, EpochReason::DeviceRecovered));
        assert_eq!(may(&room, second), [1, 2]);
        assert_done(&mut room, owner, set(&policy(RecoveryMode::DevicesOnly)));
        assert_eq!(may(&room, second), [0_u64; 0]);
    }

    #[test]
    fn where_history_is_not_shown_others_hand_on_what_is_named() {
        let [owner, guest, ..] = TestDevice::all();
        let second = &guests_second();
        let mut room = TestRoom::new(owner, HistoryRule::FromJoining);
        assert_done(&mut room, owner, epoch_started(1, EpochReason::RoomCreated));
        let invite = open_invite(&mut room, owner, Role::Member, 9);
        assert_joins(&mut room, guest, &invite);
        for (epoch, reason) in [(2, EpochReason::Joining), (3, EpochReason::Age), (4, EpochReason::Age)] {
            assert_done(&mut room, guest, epoch_started(epoch, reason));
        }
        let named = RecoveryApproved { up_to_epoch: Epoch(2), ..approval(&room, second, Some(guest)) };
        assert_done(&mut room, owner, Action::RecoveryApproved(named));
        let given: Vec<u64> =
            (0..=5).filter(|epoch| room.state.may_share(owner.id(), second.id(), Epoch(*epoch))).collect();
        assert_eq!(given, [2], "what is named and may be read, not what is current: that is closed by its coming");
    }
}

mod announcing {
    use super::*;

    fn by_announcement() -> RecoveryPolicySet {
        RecoveryPolicySet { owner_by_announcement: true, ..policy(RecoveryMode::ServerAssisted) }
    }

    #[test]
    fn an_owner_is_let_in_after_72_hours() {
        let [_, _, second, _] = TestDevice::all();
        let mut room = room_under(&by_announcement(), Role::Member);
        let action = Action::RecoveryAnnounced(announced(&room, second));
        pinned_does(&mut room, NOW, action);
        let entry = last(&room);
        let recovery = room.state.recovery(entry).unwrap();
        assert_eq!((recovery.stage, recovery.announced, recovery.approved_by), (Stage::Waiting, true, None));
        pinned_may_not(&room, NOW.plus_millis(72 * HOUR - 1), released(entry), IgnoredReason::TooEarly);
        pinned_does(&mut room, NOW.plus_millis(72 * HOUR), released(entry));
        assert!(room.state.is_entitled(second.id()));
        assert_eq!(room.state.rotation_due(), Some(EpochReason::DeviceRecovered));
        assert_eq!(shown(&replay(&room.entries)), shown(&room.state));
    }

    #[test]
    fn only_owners_only_by_the_service_only_where_the_policy_says_so() {
        let [owner, _, second, _] = TestDevice::all();
        let room = room_under(&by_announcement(), Role::Admin);
        let of = |device: &TestDevice| Action::RecoveryAnnounced(announced(&room, device));
        pinned_may_not(&room, NOW, of(&guests_second()), IgnoredReason::NotPermitted);
        assert_no_effect(&room, owner, of(second), IgnoredReason::NotPermitted);
        let sooner = RecoveryAnnounced { effective_at: NOW.plus_millis(ANNOUNCED_MS - 1), ..announced(&room, second) };
        pinned_may_not(&room, NOW, Action::RecoveryAnnounced(sooner), IgnoredReason::NotSensible);
        let other = room_under(&policy(RecoveryMode::ServerAssisted), Role::Member);
        let action = Action::RecoveryAnnounced(announced(&other, second));
        pinned_may_not(&other, NOW, action, IgnoredReason::NotPermitted);
        // Signed by somebody else.
        let body = EntryBody { author: Author::Service, ..room.body(owner, of(second)) };
        assert_refused(&room, &body.sign(&owner.keys), LogError::BadSignature);
    }

    #[test]
    fn whoever_is_there_objects() {
        let [owner, guest, second, _] = TestDevice::all();
        let mut room = room_under(&by_announcement(), Role::Owner);
        let action = Action::RecoveryAnnounced(announced(&room, second));
        pinned_does(&mut room, NOW, action);
        let entry = last(&room);
        for author in [owner, guest] {
            assert_done(&mut room.clone(), author, vetoed(entry));
        }
        // Who is no longer owner is not let in as one.
        assert_done(&mut room, guest, with_role(owner, Role::Member));
        pinned_may_not(&room, NOW.plus_millis(72 * HOUR), released(entry), IgnoredReason::NotThere);
    }

    #[test]
    fn the_service_does_nothing_else() {
        let [owner, guest, ..] = TestDevice::all();
        let room = room_under(&by_announcement(), Role::Member);
        for action in [LEFT, removed(guest), with_role(guest, Role::Admin), epoch_started(4, EpochReason::Age)] {
            pinned_may_not(&room, NOW, action, IgnoredReason::NotPermitted);
        }
        pinned_may_not(&room, NOW, approved(&room, &guests_second(), None), IgnoredReason::NotPermitted);
        assert_no_effect(&room, owner, released(last(&room)), IgnoredReason::NotPermitted);
    }
}

mod the_kit {
    use super::*;

    #[test]
    fn it_approves_a_computer_of_an_owner() {
        let [owner, _, second, _] = TestDevice::all();
        let mut room = room_under(&policy(RecoveryMode::Kit), Role::Admin);
        pinned_may_not(&room, NOW, approved(&room, &guests_second(), None), IgnoredReason::NotPermitted);
        let action = approved(&room, second, Some(owner));
        pinned_does(&mut room, NOW, action);
        assert!(room.state.is_entitled(second.id()) && !room.state.is_entitled(owner.id()));
        assert_eq!(room.state.recovery(last(&room)).unwrap().approved_by, None);
        pinned_may_not(&room, NOW, released(last(&room)), IgnoredReason::NotPermitted);
        assert_eq!(shown(&replay(&room.entries)), shown(&room.state));
    }
}
