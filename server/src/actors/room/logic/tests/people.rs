//! Appends by which people and computers go, and come back.

use igoon_shared::{
    crypto::SUITE,
    log::{
        action::{HistoryRuleSet, Left, MemberRemoved, RecoveryApproved, RecoveryPolicySet},
        request::RecoveryRequest,
    },
    protocol::codec,
};

use super::*;

/// The room with a member beside its owner.
fn room_of_two() -> (Person, Person, Log) {
    let (owner, log, link) = room(HistoryRule::AllRetained);
    let member = Person::new();
    let mut log = Some(log);
    let joining = member.joining(&log.as_ref().unwrap().state, &link);
    commit(&mut log, &member, joins(joining));
    (owner, member, log.unwrap())
}

/// Removal and new key come together, and the key is not for who is removed.
#[test]
fn a_removal_comes_with_the_next_epoch() {
    let (owner, member, log) = room_of_two();
    let account = member.bundle.account();
    let mut state = log.state.clone();
    let entry = owner.entry(&state, NOW, Action::MemberRemoved(MemberRemoved { account }));
    state.apply(&entry).unwrap();
    let mut append = Append { entries: vec![entry], ..empty() };
    assert_eq!(refusal(&log, &owner, &append), ErrorCode::BadEntry);
    let key = owner.start_epoch(&mut state, &mut append, EpochReason::MemberRemoved);
    let mut for_all = append.clone();
    for_all.envelopes.push(owner.wrap(&state, Epoch(2), &key, &member.bundle));
    assert_eq!(refusal(&log, &owner, &for_all), ErrorCode::BadEnvelopes);

    let new = commit(&mut Some(log), &owner, append).append;
    assert_eq!(new.members.iter().map(|row| (row.account, row.role)).collect::<Vec<_>>(), [(account, None)]);
    assert_eq!(
        new.devices.iter().map(|row| (row.device, row.entitled)).collect::<Vec<_>>(),
        [(member.device(), false)]
    );
    assert_eq!(new.invites.iter().map(|row| row.uses_left).collect::<Vec<_>>(), [0]);
    assert_eq!((new.current_epoch, new.oldest_open_epoch), (Epoch(2), Epoch(2)));
}

#[test]
fn who_leaves_starts_no_epoch_and_until_one_starts_none_is_open() {
    let (_, member, log) = room_of_two();
    let mut log = Some(log);
    let leaving = member.entry(&log.as_ref().unwrap().state, NOW, Action::Left(Left {}));
    let leaves = Append { entries: vec![leaving], ..empty() };
    let new = commit(&mut log, &member, leaves.clone()).append;
    assert_eq!((new.current_epoch, new.oldest_open_epoch), (Epoch(1), Epoch(2)));
    // Whoever is out is answered the same once more.
    assert!(matches!(judge(log.as_ref(), &member.caller(), leaves, NOW.into()), Ok(Judged::Repeated(_))));
    let mut append = empty();
    member.start_epoch(&mut log.as_ref().unwrap().state.clone(), &mut append, EpochReason::Leaving);
    assert_eq!(refusal(&log.unwrap(), &member, &append), ErrorCode::BadEntry);
}

#[test]
fn no_key_lies_beside_an_invite_where_newcomers_may_not_have_it() {
    let (owner, log, _) = room(HistoryRule::AllRetained);
    let action = Action::HistoryRuleSet(HistoryRuleSet { history: HistoryRule::FromJoining });
    let append = Append { entries: vec![owner.entry(&log.state, NOW, action)], ..empty() };
    let mut log = Some(log);
    assert!(commit(&mut log, &owner, append).append.erase_invite_keys);
    let (_, log, _) = room(HistoryRule::AllRetained);
    let accepted = commit(&mut None, &owner, owner.make_room(HistoryRule::AllRetained).1);
    assert!(!accepted.append.erase_invite_keys && log.state.newcomers_read_current());
}

impl Person {
    /// Other keys of the same account.
    pub(super) fn another_computer(&self) -> Self {
        let other = Self::new();
        let account = self.bundle.account();
        let signed = other.keys.bundle(account, InstallationId::random(&mut system_rng())).unwrap();
        Self { keys: other.keys, bundle: Bundle::verify(&signed).unwrap() }
    }

    fn spki(&self) -> Blob {
        #[derive(serde::Deserialize)]
        struct Body {
            rsa: Blob,
        }
        codec::decode::<Body>(&self.bundle.signed().bundle.0).unwrap().rsa
    }
}

/// A kit's policy, by the keys of `kit`.
fn kit_policy(kit: &Person) -> Action {
    Action::RecoveryPolicySet(RecoveryPolicySet {
        mode: RecoveryMode::Kit,
        recovery_key: Some(kit.spki()),
        signing_key: Some(Blob(kit.bundle.signing_key().to_vec())),
        admins_approve: false,
        veto_delay_ms: 0,
        owner_by_announcement: false,
    })
}

pub(super) fn approval(state: &RoomState, asks: &Person, device_name: NameHash) -> Action {
    let request = RecoveryRequest {
        suite: SUITE,
        room: state.room(),
        account: asks.bundle.account(),
        device: asks.device(),
        device_name,
        at: NOW,
    };
    Action::RecoveryApproved(RecoveryApproved {
        request: request.sign(&asks.keys),
        bundle: asks.bundle.signed().clone(),
        replaces: None,
        up_to_epoch: state.current_epoch(),
        expires_at: NOW.plus_millis(1_000),
    })
}

#[test]
fn a_room_begins_with_what_its_owner_settles() {
    let owner = Person::new();
    let (_, append, _) = owner.make_room(HistoryRule::AllRetained);
    let (mut state, _) = RoomState::start(&append.entries[0]).unwrap();
    let mut settled = Append { entries: vec![append.entries[0].clone()], envelopes: Vec::new(), ..append };
    let policy = owner.entry(&state, NOW, kit_policy(&Person::new()));
    state.apply(&policy).unwrap();
    settled.entries.push(policy);
    owner.start_epoch(&mut state, &mut settled, EpochReason::RoomCreated);
    let accepted = commit(&mut None, &owner, settled);
    assert_eq!(accepted.after.recovery_mode(), RecoveryMode::Kit);
    assert_eq!((accepted.append.current_epoch, accepted.append.oldest_open_epoch), (Epoch(1), Epoch(1)));
}

#[test]
fn an_approved_computer_is_entitled_by_the_name_that_it_asked_with() {
    let (owner, member, log) = room_of_two();
    let asks = member.another_computer();
    let open = OpenName::new("new laptop", &mut system_rng());
    let entry = owner.entry(&log.state, NOW, approval(&log.state, &asks, open.hash().unwrap()));
    let append = Append { entries: vec![entry], names: vec![open], ..empty() };
    let new = commit(&mut Some(log), &owner, append).append;
    assert_eq!(new.devices.iter().map(|row| (row.device, row.entitled)).collect::<Vec<_>>(), [(asks.device(), true)]);
    assert_eq!((new.current_epoch, new.oldest_open_epoch), (Epoch(1), Epoch(2)));
}

/// The computer that a kit lets in brings what the kit signed. What the service signs nobody brings.
#[test]
fn what_no_device_signs_is_brought_only_where_there_is_a_kit() {
    let (owner, _, log) = room_of_two();
    let (kit, asks) = (Person::new(), owner.another_computer());
    let by_kit = |log: &Log| {
        let body = EntryBody::after(
            log.state.room(),
            log.state.head(),
            NOW,
            asks.device(),
            approval(&log.state, &asks, name()),
        );
        Append { entries: vec![EntryBody { author: Author::Service, ..body }.sign(&kit.keys)], ..empty() }
    };
    assert_eq!(refusal(&log, &asks, &by_kit(&log)), ErrorCode::Forbidden);
    let entry = owner.entry(&log.state, NOW, kit_policy(&kit));
    let mut log = Some(log);
    commit(&mut log, &owner, Append { entries: vec![entry], ..empty() });
    let append = by_kit(log.as_ref().unwrap());
    let new = commit(&mut log, &asks, append).append;
    assert_eq!(new.devices.iter().map(|row| row.device).collect::<Vec<_>>(), [asks.device()]);
}
