//! Two replicas of a room's log that take the same entries have the same state; entries out of order, missing or repeated
//! are refused, whatever else happens.

use igoon_shared::{
    crypto::invite::InviteSecret,
    ids::NameHash,
    log::{
        Action, Effect, EpochReason, HistoryRule, LogError, Role, RoomState,
        action::{InviteClosed, MemberInvitesAllowed, Renameable, Renamed},
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
    room::{TestRoom, epoch_started, invited, joining, replay, shown, vouched, vouching},
};

/// Something that a device (0 to 3) may try.
#[derive(Clone, Copy, Debug)]
enum Attempt {
    StartEpoch { ahead: u8, reason: EpochReason },
    Invite { link: u8, role: Role, uses: u32 },
    Join { link: u8 },
    Close { link: u8 },
    AllowInvites { allowed: bool },
    Rename { what: Renameable, name: u8 },
    Vouch { by: usize, device: usize },
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
        };
        match room.append(author, action) {
            Ok(applied) => effects.push(applied.effect),
            Err(refusal) => assert_eq!(refusal, LogError::UnknownAuthor),
        }
    }
    (room, effects)
}

fn attempts() -> impl Strategy<Value = Vec<(usize, Attempt)>> {
    let reason = prop_oneof![Just(EpochReason::Age), Just(EpochReason::Joining), Just(EpochReason::DeviceRevoked)];
    let role = prop_oneof![2 => Just(Role::Member), 2 => Just(Role::Admin), 1 => Just(Role::Owner)];
    let what = prop_oneof![Just(Renameable::Room), Just(Renameable::Handle), Just(Renameable::Device)];
    let mostly = |device| prop_oneof![3 => Just(device), 1 => 0..4_usize];
    let ahead = prop_oneof![4 => Just(1), 1 => 0..3_u8];
    let attempt = prop_oneof![
        2 => (mostly(0), ahead, reason)
            .prop_map(|(author, ahead, reason)| (author, Attempt::StartEpoch { ahead, reason })),
        3 => (mostly(0), 0..2_u8, role, 0..3_u32)
            .prop_map(|(author, link, role, uses)| (author, Attempt::Invite { link, role, uses })),
        6 => (mostly(1), 0..2_u8).prop_map(|(author, link)| (author, Attempt::Join { link })),
        1 => (mostly(0), 0..2_u8).prop_map(|(author, link)| (author, Attempt::Close { link })),
        1 => (mostly(0), any::<bool>()).prop_map(|(author, allowed)| (author, Attempt::AllowInvites { allowed })),
        1 => (mostly(1), what, any::<u8>()).prop_map(|(author, what, name)| (author, Attempt::Rename { what, name })),
        2 => (mostly(2), mostly(0), mostly(2)).prop_map(|(author, by, device)| (author, Attempt::Vouch { by, device })),
    ];
    vec(attempt, 0..20)
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
    println!("{} entries, {done} with an effect; {joined} logs with a guest, {vouched} with device 3", effects.len());
    assert!(done > 300 && effects.len() - done > 300 && joined > 50 && vouched > 50);
}
