//! Two replicas of a room's log that take the same entries have the same state; entries out of order, missing or repeated
//! are refused, whatever else happens.

use igoon_shared::{
    crypto::invite::InviteSecret,
    ids::{EntryHash, Epoch, NameHash},
    log::{
        Action, Effect, EpochReason, HistoryRule, LogError, Role, RoomState,
        action::{
            DeviceRevoked, DeviceStatement, HistoryRuleSet, InviteClosed, Left, MemberInvitesAllowed, MemberRemoved,
            OwnershipPassed, RecoveryAnnounced, RecoveryApproved, RecoveryMode, RecoveryPolicySet, RecoveryReleased,
            RecoveryVetoed, Renameable, Renamed, RetentionSet, RoleChanged, Standing,
        },
        recovery::{Recovery, Stage},
    },
};
use proptest::{
    collection::vec,
    prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest},
    sample::Index,
    strategy::{Just, ValueTree},
    test_runner::{Config as ProptestConfig, TestRunner},
};

use crate::support::{
    TestDevice,
    permitted::may,
    recovery::{approval, by_pinned, policy},
    room::{NOW, TestRoom, epoch_started, invited, joining, replay, shown, vouched, vouching},
};

const HOUR_MS: i64 = 60 * 60 * 1_000;

/// Something that a device (0 to 3) may try.
#[derive(Clone, Copy, Debug)]
enum Attempt {
    StartEpoch {
        ahead: u8,
        reason: EpochReason,
    },
    Invite {
        link: u8,
        role: Role,
        uses: u32,
    },
    Join {
        link: u8,
    },
    Close {
        link: u8,
    },
    AllowInvites {
        allowed: bool,
    },
    Rename {
        what: Renameable,
        name: u8,
    },
    Vouch {
        by: usize,
        device: usize,
    },
    Revoke {
        by: Option<usize>,
        device: usize,
    },
    Leave,
    Remove {
        who: usize,
    },
    SetRole {
        who: usize,
        role: Role,
    },
    PassOwnership {
        who: usize,
    },
    SetHistory {
        history: HistoryRule,
    },
    SetRetention {
        days: Option<u32>,
    },
    SetRecovery {
        mode: RecoveryMode,
        delayed: bool,
        announced: bool,
    },
    Approve {
        device: usize,
        replaces: Option<usize>,
        by_kit: bool,
    },
    /// By the service.
    Announce {
        device: usize,
    },
    Veto,
    /// By the service, so long after [`NOW`] in hours.
    Release {
        after: i64,
    },
}

/// A log of what came of these attempts; those that the log refuses are left out.
fn room_after(attempts: &[(usize, Attempt)]) -> (TestRoom, Vec<Effect>) {
    let devices = TestDevice::all();
    let mut room = TestRoom::new(&devices[0], HistoryRule::AllRetained);
    let mut effects = Vec::new();
    for (author, attempt) in attempts {
        let author = &devices[*author];
        let link = |number| InviteSecret::from_bytes([number; 32]);
        let action = match *attempt {
            Attempt::StartEpoch { ahead, reason } => {
                epoch_started(u8::try_from(room.state.current_epoch().0).unwrap() + ahead, reason)
            }
            Attempt::Invite { link: number, role, uses } => invited(room.id(), &link(number), role, uses),
            Attempt::Join { link: number } => Action::Joined(joining(room.id(), &link(number), author)),
            Attempt::Close { link: number } => {
                Action::InviteClosed(InviteClosed { invite: link(number).key(room.id()) })
            }
            Attempt::AllowInvites { allowed } => Action::MemberInvitesAllowed(MemberInvitesAllowed { allowed }),
            Attempt::Rename { what, name } => Action::Renamed(Renamed { what, name: NameHash::from_bytes([name; 32]) }),
            Attempt::Vouch { by, device } => {
                vouched(vouching(&devices[by], &devices[device]).sign(&devices[by].keys), &devices[device])
            }
            Attempt::Revoke { by, device } => {
                let statement = by.map(|by| {
                    let vouching = vouching(&devices[by], &devices[device]);
                    DeviceStatement { standing: Standing::Revoked, ..vouching }.sign(&devices[by].keys)
                });
                Action::DeviceRevoked(DeviceRevoked { device: devices[device].id(), statement })
            }
            Attempt::Leave => Action::Left(Left {}),
            Attempt::Remove { who } => Action::MemberRemoved(MemberRemoved { account: devices[who].account }),
            Attempt::SetRole { who, role } => Action::RoleChanged(RoleChanged { account: devices[who].account, role }),
            Attempt::PassOwnership { who } => {
                Action::OwnershipPassed(OwnershipPassed { account: devices[who].account })
            }
            Attempt::SetHistory { history } => Action::HistoryRuleSet(HistoryRuleSet { history }),
            Attempt::SetRetention { days } => Action::RetentionSet(RetentionSet { days }),
            Attempt::SetRecovery { mode, delayed, announced: owner_by_announcement } => {
                let veto_delay_ms = if delayed { 60 * 60 * 1_000 } else { 0 };
                Action::RecoveryPolicySet(RecoveryPolicySet { veto_delay_ms, owner_by_announcement, ..policy(mode) })
            }
            Attempt::Announce { device } => {
                let RecoveryApproved { request, bundle, .. } = approval(&room, &devices[device], None);
                let (up_to_epoch, effective_at) = (room.state.current_epoch(), NOW.plus_millis(72 * HOUR_MS));
                Action::RecoveryAnnounced(RecoveryAnnounced { request, bundle, up_to_epoch, effective_at })
            }
            Attempt::Approve { device, replaces, .. } => {
                let up_to_epoch = room.state.current_epoch();
                let replaces = replaces.map(|device| &devices[device]);
                let approval = approval(&room, &devices[device], replaces);
                Action::RecoveryApproved(RecoveryApproved { up_to_epoch, ..approval })
            }
            Attempt::Veto => Action::RecoveryVetoed(RecoveryVetoed { entry: last_recovery(&room) }),
            Attempt::Release { .. } => Action::RecoveryReleased(RecoveryReleased { entry: last_recovery(&room) }),
        };
        let before = room.state.clone();
        let entry = match *attempt {
            Attempt::Release { after } => by_pinned(&room, NOW.plus_millis(after * HOUR_MS), action),
            Attempt::Announce { .. } | Attempt::Approve { by_kit: true, .. } => by_pinned(&room, NOW, action),
            _ => room.entry(author, action),
        };
        match room.apply(&entry) {
            Ok(applied) => {
                assert_sound(&before, &room.state);
                match applied.effect {
                    Effect::Done => assert!(may(&before, &applied.body), "not permitted: {:?}", applied.body),
                    Effect::Ignored(_) => assert_eq!(but_for_the_head(&room.state), but_for_the_head(&before)),
                }
                effects.push(applied.effect);
            }
            Err(refusal) => assert_eq!(refusal, LogError::UnknownAuthor),
        }
    }
    (room, effects)
}

/// The recovery that was approved last and not objected to, or none that exists.
fn last_recovery(room: &TestRoom) -> EntryHash {
    let waits = |(_, recovery): &(&EntryHash, &Recovery)| recovery.stage != Stage::Over;
    room.state.recoveries().filter(waits).last().map_or(EntryHash::from_bytes([0; 32]), |(entry, _)| *entry)
}

/// All of a state but which entry came last.
fn but_for_the_head(state: &RoomState) -> String {
    let (head, all) = (format!("{:#?}", state.head()).replace('\n', "\n    "), shown(state));
    assert!(all.contains(&head), "{head}");
    all.replace(&head, "")
}

/// What holds of every log, whatever is in it.
fn assert_sound(before: &RoomState, after: &RoomState) {
    let is_owners = |account| after.member(account).is_some_and(|member| member.role == Role::Owner);
    let devices: Vec<_> = after.entitled_devices().collect();
    assert!(devices.iter().any(|(_, device)| is_owners(device.bundle.account())), "an owner can act");
    for (id, device) in devices {
        let account = device.bundle.account();
        assert!(after.member(account).is_some(), "no device without its member");
        assert!(!after.is_revoked(account, *id), "revoked keys never return");
    }
    for device in TestDevice::all() {
        let was = before.is_revoked(device.account, device.id());
        assert!(!was || after.is_revoked(device.account, device.id()), "revoked for ever");
    }
    let (was, is) = (before.current_epoch(), after.current_epoch());
    assert!(is == was || is == was.next(), "one epoch after the other");
    assert!((1..=is.0).all(|epoch| after.epoch(Epoch(epoch)).is_some()) && after.epoch(is.next()).is_none());
    assert!(after.oldest_open_epoch() >= before.oldest_open_epoch(), "what is closed stays closed");
    assert!(after.oldest_open_epoch() <= is.next());
    assert_eq!(after.rotation_due().is_some(), after.oldest_open_epoch() > is);
    let someone_out = before.entitled_devices().any(|(device, _)| !after.is_entitled(*device));
    assert!(!someone_out || after.rotation_due().is_some(), "nobody writes under a key that somebody has who is out");
    if let Some(reason) = after.rotation_due() {
        assert!(after.may_start_epoch_for(reason));
    }
}

fn attempts() -> impl Strategy<Value = Vec<(usize, Attempt)>> {
    let reason = prop_oneof![
        2 => Just(EpochReason::Age),
        1 => Just(EpochReason::RoomCreated),
        1 => Just(EpochReason::Joining),
        1 => Just(EpochReason::Leaving),
        1 => Just(EpochReason::MemberRemoved),
        1 => Just(EpochReason::DeviceRevoked),
        1 => Just(EpochReason::DeviceRecovered),
    ];
    let mode = prop_oneof![
        1 => Just(RecoveryMode::DevicesOnly),
        3 => Just(RecoveryMode::ServerAssisted),
        1 => Just(RecoveryMode::Kit),
    ];
    let history = prop_oneof![Just(HistoryRule::AllRetained), Just(HistoryRule::FromJoining)];
    let role = || prop_oneof![2 => Just(Role::Member), 2 => Just(Role::Admin), 1 => Just(Role::Owner)];
    let what = prop_oneof![Just(Renameable::Room), Just(Renameable::Handle), Just(Renameable::Device)];
    let mostly = |device| prop_oneof![3 => Just(device), 1 => 0..4_usize];
    let ahead = prop_oneof![4 => Just(1), 1 => 0..3_u8];
    let attempt = prop_oneof![
        2 => (mostly(0), ahead, reason)
            .prop_map(|(author, ahead, reason)| (author, Attempt::StartEpoch { ahead, reason })),
        3 => (mostly(0), 0..2_u8, role(), 0..3_u32)
            .prop_map(|(author, link, role, uses)| (author, Attempt::Invite { link, role, uses })),
        6 => (mostly(1), 0..2_u8).prop_map(|(author, link)| (author, Attempt::Join { link })),
        1 => (mostly(0), 0..2_u8).prop_map(|(author, link)| (author, Attempt::Close { link })),
        1 => (mostly(0), any::<bool>()).prop_map(|(author, allowed)| (author, Attempt::AllowInvites { allowed })),
        1 => (mostly(1), what, any::<u8>()).prop_map(|(author, what, name)| (author, Attempt::Rename { what, name })),
        2 => (mostly(2), mostly(0), mostly(2)).prop_map(|(author, by, device)| (author, Attempt::Vouch { by, device })),
        1 => (0..4_usize, proptest::option::of(mostly(0)), mostly(2))
            .prop_map(|(author, by, device)| (author, Attempt::Revoke { by, device })),
        1 => mostly(1).prop_map(|author| (author, Attempt::Leave)),
        1 => (mostly(0), mostly(1)).prop_map(|(author, who)| (author, Attempt::Remove { who })),
        1 => (mostly(0), mostly(1), role()).prop_map(|(author, who, role)| (author, Attempt::SetRole { who, role })),
        1 => (mostly(0), mostly(1)).prop_map(|(author, who)| (author, Attempt::PassOwnership { who })),
        1 => (mostly(0), history).prop_map(|(author, history)| (author, Attempt::SetHistory { history })),
        1 => (mostly(0), proptest::option::of(0..3_u32))
            .prop_map(|(author, days)| (author, Attempt::SetRetention { days })),
        2 => (mostly(0), mode, any::<bool>(), any::<bool>())
            .prop_map(|(author, mode, delayed, announced)| (author, Attempt::SetRecovery { mode, delayed, announced })),
        2 => (mostly(0), mostly(2), proptest::option::of(0..4_usize), any::<bool>())
            .prop_map(|(author, device, replaces, by_kit)| (author, Attempt::Approve { device, replaces, by_kit })),
        2 => mostly(2).prop_map(|device| (0, Attempt::Announce { device })),
        1 => (0..4_usize).prop_map(|author| (author, Attempt::Veto)),
        2 => prop_oneof![0..3_i64, 71..74_i64].prop_map(|after| (0, Attempt::Release { after })),
    ];
    vec(attempt, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_entries_make_the_same_state(attempts in attempts()) {
        let (room, _) = room_after(&attempts);
        prop_assert_eq!(shown(&replay(&room.entries)), shown(&room.state));
    }

    /// A service that reorders, leaves out or repeats entries gets no further than the true prefix.
    #[test]
    fn only_the_next_entry_is_taken(attempts in attempts(), order in vec(any::<Index>(), 1..60)) {
        let (room, _) = room_after(&attempts);
        let (mut state, _) = RoomState::start(&room.entries[0]).unwrap();
        let mut taken = 1;
        for index in order {
            let index = index.index(room.entries.len());
            let before = shown(&state);
            match state.apply(&room.entries[index]) {
                Ok(_) => {
                    prop_assert_eq!(index, taken);
                    taken += 1;
                }
                Err(refusal) => {
                    prop_assert_eq!(refusal, LogError::BrokenChain);
                    prop_assert!(index != taken);
                    prop_assert_eq!(shown(&state), before);
                }
            }
        }
        prop_assert_eq!(shown(&state), shown(&replay(&room.entries[..taken])));
    }

    /// A fork: two continuations of the same log do not mix.
    #[test]
    fn branches_do_not_mix(common in attempts(), one in attempts(), other in attempts()) {
        let (mut left, _) = room_after(&[&common[..], &one[..]].concat());
        let (right, _) = room_after(&[&common[..], &other[..]].concat());
        let forked = left.entries.iter().zip(&right.entries).take_while(|(left, right)| left == right).count();
        for entry in &right.entries[forked..] {
            let before = shown(&left.state);
            match left.apply(entry) {
                // Where one branch is the beginning of the other, the rest of it follows.
                Ok(_) => prop_assert!(forked < left.entries.len() && left.entries[..] == right.entries[..left.entries.len()]),
                Err(refusal) => {
                    prop_assert_eq!(refusal, LogError::BrokenChain);
                    prop_assert_eq!(shown(&left.state), before);
                }
            }
        }
    }
}

/// Or the properties above would say little.
#[test]
fn the_generator_makes_logs_in_which_things_happen() {
    let mut runner = TestRunner::deterministic();
    let logs: Vec<_> = (0..200).map(|_| room_after(&attempts().new_tree(&mut runner).unwrap().current())).collect();
    let effects: Vec<_> = logs.iter().flat_map(|(_, effects)| effects).collect();
    let done = effects.iter().filter(|effect| ***effect == Effect::Done).count();
    let joined = logs.iter().filter(|(room, _)| room.state.members().count() > 1).count();
    let vouched = logs.iter().filter(|(room, _)| room.state.is_entitled(TestDevice::all()[2].id())).count();
    let out = |(room, _): &&(TestRoom, Vec<Effect>)| {
        TestDevice::all().iter().any(|device| room.state.device(device.id()).is_some_and(|known| !known.entitled))
    };
    let out = logs.iter().filter(out).count();
    let recoveries: Vec<_> = logs.iter().flat_map(|(room, _)| room.state.recoveries()).collect();
    let taken = |(_, recovery): &&(&EntryHash, &Recovery)| matches!(recovery.stage, Stage::Entitled | Stage::Released);
    let [taken, announced] =
        [recoveries.iter().filter(taken).count(), recoveries.iter().filter(|(_, recovery)| recovery.announced).count()];
    println!(
        "{} entries, {done} with an effect; {joined} logs with a guest, {vouched} with device 3, {out} with somebody out; {} \
         recoveries, {taken} taken, {announced} announced",
        effects.len(),
        recoveries.len()
    );
    assert!(done > 300 && effects.len() - done > 300 && joined > 40 && vouched > 40 && out > 30);
    assert!(recoveries.len() > 30 && taken > 10 && announced > 5);
}
