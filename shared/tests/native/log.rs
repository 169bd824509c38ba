//! The room log: what real logs fold to, and what each entry that must not count does instead. An entry that breaks the
//! log is an error and changes nothing; one that is well-formed but was not permitted stays in the chain without effect.

use igoon_shared::{
    crypto::{invite::InviteSecret, label, message::LogHead},
    ids::{AccountId, DeviceId, EntryHash, Epoch, InviteKey, KeyId, LogIndex, NameHash, RoomId},
    log::{
        Action, Author, Effect, EntryBody, EpochReason, HistoryRule, IgnoredReason, LogError, Role, RoomState,
        SignedEntry,
        action::{
            Created, DeviceStatement, EpochStarted, InviteClosed, Invited, Joined, MemberInvitesAllowed, Renameable,
            Renamed, SignedStatement, Standing,
        },
        state::SendRefusal,
    },
    protocol::{bytes::Blob, codec::DecodeError, limits},
    time::Timestamp,
};

use crate::support::{
    self, TestDevice,
    actions::one_of_each,
    message_pack::{Value, text},
    one_byte_flipped,
    room::{NOW, TestRoom, created, epoch_started, invited, joining, replay, shown, vouched, vouching},
};

/// A room with one member and an open epoch.
fn room() -> TestRoom {
    let [owner, ..] = TestDevice::all();
    let mut room = TestRoom::new(owner, HistoryRule::AllRetained);
    let applied = room.append(owner, epoch_started(1, EpochReason::RoomCreated)).unwrap();
    assert_eq!(applied.effect, Effect::Done);
    room
}

/// The same with an invite for `uses` plain members.
fn room_with_invite(uses: u32) -> (TestRoom, InviteSecret) {
    let [owner, ..] = TestDevice::all();
    let mut room = room();
    let secret = InviteSecret::from_bytes([7; 32]);
    let entry = invited(room.id(), &secret, Role::Member, uses);
    assert_eq!(room.append(owner, entry).unwrap().effect, Effect::Done);
    (room, secret)
}

/// Asserts that the log does not take the entry, and is as before.
fn assert_refused(room: &TestRoom, entry: &SignedEntry, why: LogError) {
    let mut state = room.state.clone();
    assert_eq!(state.apply(entry).unwrap_err(), why);
    assert_eq!(shown(&state), shown(&room.state));
}

/// Asserts that the entry joins the chain and changes nothing else.
fn assert_ignored(room: &mut TestRoom, entry: &SignedEntry, why: IgnoredReason) {
    let before = room.state.clone();
    let applied = room.apply(entry).unwrap();
    assert_eq!(applied.effect, Effect::Ignored(why));
    assert_eq!(room.state.head(), LogHead { index: before.head().index.next(), hash: entry.hash() });
    let head = |state: &RoomState| format!("{:#?}", state.head()).replace('\n', "\n    ");
    assert_eq!(shown(&room.state).replace(&head(&room.state), ""), shown(&before).replace(&head(&before), ""));
}

mod folding {
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
        assert_eq!((state.current_epoch(), state.oldest_open_epoch()), (Epoch(0), Epoch(0)));
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

    /// Which reasons close the earlier epochs at once: see "Epochs" in PROTOCOL.md.
    #[test]
    fn some_reasons_close_earlier_epochs() {
        let [owner, ..] = TestDevice::all();
        for (reason, all_retained, from_joining) in [
            (EpochReason::RoomCreated, true, true),
            (EpochReason::Joining, false, true),
            (EpochReason::KeyLacking, false, false),
            (EpochReason::Leaving, true, true),
            (EpochReason::MemberRemoved, true, true),
            (EpochReason::DeviceRevoked, true, true),
            (EpochReason::DeviceRecovered, true, true),
            (EpochReason::RecoveryPolicyChanged, true, true),
            (EpochReason::Age, false, false),
        ] {
            for (rule, closes) in [(HistoryRule::AllRetained, all_retained), (HistoryRule::FromJoining, from_joining)] {
                let mut room = TestRoom::new(owner, rule);
                room.append(owner, epoch_started(1, EpochReason::RoomCreated)).unwrap();
                room.append(owner, epoch_started(2, reason)).unwrap();
                let oldest = if closes { Epoch(2) } else { Epoch(1) };
                assert_eq!(room.state.oldest_open_epoch(), oldest, "{reason:?} under {rule:?}");
                let old = room.state.may_send(owner.id(), Epoch(1));
                assert_eq!(old, if closes { Err(SendRefusal::EpochClosed) } else { Ok(()) });
                assert_eq!(room.state.may_send(owner.id(), Epoch(2)), Ok(()));
            }
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
}

mod first_entry {
    use super::*;

    fn first(change: impl FnOnce(&mut EntryBody)) -> Result<RoomState, LogError> {
        let [owner, ..] = TestDevice::all();
        let mut body = EntryBody::first(NOW, owner.id(), created(owner, HistoryRule::AllRetained));
        change(&mut body);
        RoomState::start(&body.sign(&owner.keys)).map(|(state, _)| state)
    }

    fn change_created(body: &mut EntryBody, change: impl FnOnce(&mut Created)) {
        let Action::Created(created) = &mut body.action else { panic!() };
        change(created);
    }

    #[test]
    fn only_a_creation_begins_a_log() {
        assert!(first(|_| ()).is_ok());
        let not_first: [fn(&mut EntryBody); 5] = [
            |body| body.action = epoch_started(1, EpochReason::RoomCreated),
            |body| body.index = LogIndex(1),
            |body| body.room = Some(RoomId::from_bytes([1; 32])),
            |body| body.previous = Some(EntryHash::from_bytes([1; 32])),
            |body| change_created(body, |created| created.random = Blob(vec![0; 31])),
        ];
        for change in not_first {
            assert_eq!(first(change).unwrap_err(), LogError::BrokenChain);
        }
    }

    #[test]
    fn its_author_is_the_device_that_it_brings_in() {
        let another_author: [fn(&mut EntryBody); 4] = [
            |body| body.author = Author::Device(DeviceId::from_bytes([1; 32])),
            |body| body.author = Author::Service,
            |body| change_created(body, |created| created.account = AccountId::from_bytes([1; 16])),
            |body| change_created(body, |created| created.bundle = TestDevice::all()[1].bundle.signed().clone()),
        ];
        for change in another_author {
            assert_eq!(first(change).unwrap_err(), LogError::UnknownAuthor);
        }
        let damaged = first(|body| {
            change_created(body, |created| created.bundle.signature.0[0] ^= 1);
        });
        assert_eq!(damaged.unwrap_err(), LogError::BadSignature);
        let newer = first(|body| change_created(body, |created| created.bundle.bundle = Blob(vec![0x80])));
        assert_eq!(newer.unwrap_err(), LogError::NeedsNewer);
    }

    #[test]
    fn another_rooms_id_is_no_other_than_its_first_entrys_hash() {
        let one = first(|_| ()).unwrap();
        let other = first(|body| change_created(body, |created| created.random.0[0] ^= 1)).unwrap();
        assert_ne!(one.room(), other.room());
    }

    #[test]
    fn any_flipped_byte_ends_it() {
        let [owner, ..] = TestDevice::all();
        let room = TestRoom::new(owner, HistoryRule::AllRetained);
        let first = &room.entries[0];
        for entry in one_byte_flipped(&first.entry.0) {
            let entry = SignedEntry { entry: Blob(entry), ..first.clone() };
            assert!(RoomState::start(&entry).is_err());
        }
        for signature in one_byte_flipped(&first.signature.0) {
            let entry = SignedEntry { signature: Blob(signature), ..first.clone() };
            assert_eq!(RoomState::start(&entry).unwrap_err(), LogError::BadSignature);
        }
    }
}

mod chain {
    use super::*;

    #[test]
    fn what_does_not_continue_the_log_is_refused() {
        let [owner, ..] = TestDevice::all();
        let room = room();
        let next = || room.body(owner, epoch_started(2, EpochReason::Age));
        assert_eq!(room.clone().apply(&next().sign(&owner.keys)).unwrap().effect, Effect::Done);
        let elsewhere: [(&str, EntryBody); 8] = [
            ("another room", EntryBody { room: Some(RoomId::from_bytes([1; 32])), ..next() }),
            ("no room", EntryBody { room: None, ..next() }),
            ("the index before", EntryBody { index: LogIndex(1), ..next() }),
            ("the index after", EntryBody { index: LogIndex(3), ..next() }),
            ("another predecessor", EntryBody { previous: Some(EntryHash::from_bytes([1; 32])), ..next() }),
            ("the one before that", EntryBody { previous: Some(room.entries[0].hash()), ..next() }),
            ("no predecessor", EntryBody { previous: None, ..next() }),
            ("created again", EntryBody { action: created(owner, HistoryRule::AllRetained), ..next() }),
        ];
        for (why, body) in elsewhere {
            println!("{why}");
            assert_refused(&room, &body.sign(&owner.keys), LogError::BrokenChain);
        }
        assert_refused(&room, &room.entries[0], LogError::BrokenChain);
        assert_refused(&room, &room.entries[1], LogError::BrokenChain);
    }

    #[test]
    fn an_entry_of_another_room_of_the_same_people_is_refused() {
        let [owner, ..] = TestDevice::all();
        let one = room();
        let mut other = TestRoom::new(owner, HistoryRule::FromJoining);
        other.append(owner, epoch_started(1, EpochReason::RoomCreated)).unwrap();
        let entry = other.entry(owner, epoch_started(2, EpochReason::Age));
        assert_refused(&one, &entry, LogError::BrokenChain);
    }

    #[test]
    fn an_author_that_the_log_does_not_know_is_refused() {
        let [owner, stranger, second, _] = TestDevice::all();
        let (room, secret) = room_with_invite(1);
        let actions = [
            epoch_started(2, EpochReason::Age),
            invited(room.id(), &InviteSecret::from_bytes([8; 32]), Role::Member, 1),
            // With somebody else's device.
            Action::Joined(joining(room.id(), &secret, second)),
            vouched(vouching(owner, second).sign(&owner.keys), second),
        ];
        for action in actions {
            assert_refused(&room, &room.entry(stranger, action), LogError::UnknownAuthor);
        }
    }

    #[test]
    fn the_service_is_no_author_yet() {
        let [owner, ..] = TestDevice::all();
        let room = room();
        let body = EntryBody { author: Author::Service, ..room.body(owner, epoch_started(2, EpochReason::Age)) };
        assert_refused(&room, &body.sign(&owner.keys), LogError::NeedsNewer);
    }

    #[test]
    fn somebody_elses_signature_is_refused() {
        let [owner, guest, ..] = TestDevice::all();
        let (mut room, secret) = room_with_invite(1);
        room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
        let body = room.body(owner, epoch_started(2, EpochReason::Age));
        assert_refused(&room, &body.sign(&guest.keys), LogError::BadSignature);
        // The right key, but under the label of something else.
        let entry = body.sign(&owner.keys).entry;
        let signature = owner.keys.sign(label::SIGN_MESSAGE, &[&entry.0]);
        assert_refused(&room, &SignedEntry { entry, signature: Blob(signature.to_vec()) }, LogError::BadSignature);
    }

    /// One entry of each kind that this version acts on.
    fn one_of_each_that_counts(room: &TestRoom, secret: &InviteSecret) -> [SignedEntry; 7] {
        let [owner, guest, second, _] = TestDevice::all();
        [
            room.entry(owner, renamed(Renameable::Room, 8)),
            room.entry(owner, Action::InviteClosed(InviteClosed { invite: secret.key(room.id()) })),
            room.entry(owner, Action::MemberInvitesAllowed(MemberInvitesAllowed { allowed: true })),
            room.entry(owner, epoch_started(2, EpochReason::Age)),
            room.entry(owner, invited(room.id(), &InviteSecret::from_bytes([8; 32]), Role::Admin, 3)),
            room.entry(guest, Action::Joined(joining(room.id(), secret, guest))),
            room.entry(second, vouched(vouching(owner, second).sign(&owner.keys), second)),
        ]
    }

    #[test]
    fn any_flipped_byte_ends_the_log_there() {
        let (room, secret) = room_with_invite(1);
        for entry in one_of_each_that_counts(&room, &secret) {
            assert_eq!(room.clone().apply(&entry).unwrap().effect, Effect::Done);
            for signature in one_byte_flipped(&entry.signature.0) {
                let entry = SignedEntry { signature: Blob(signature), ..entry.clone() };
                assert_refused(&room, &entry, LogError::BadSignature);
            }
            for bytes in one_byte_flipped(&entry.entry.0) {
                let entry = SignedEntry { entry: Blob(bytes), ..entry.clone() };
                let mut state = room.state.clone();
                assert!(state.apply(&entry).is_err());
                assert_eq!(shown(&state), shown(&room.state));
            }
        }
    }

    #[test]
    fn a_bundle_that_its_device_did_not_sign_is_refused() {
        let [owner, guest, second, _] = TestDevice::all();
        let (room, secret) = room_with_invite(1);
        let mut joined = joining(room.id(), &secret, guest);
        joined.bundle.signature.0[0] ^= 1;
        assert_refused(&room, &room.entry(guest, Action::Joined(joined)), LogError::BadSignature);
        let mut entry = vouched(vouching(owner, second).sign(&owner.keys), second);
        let Action::DeviceVouched(vouched) = &mut entry else { panic!() };
        vouched.bundle.signature = guest.bundle.signed().signature.clone();
        assert_refused(&room, &room.entry(owner, entry), LogError::BadSignature);
    }

    #[test]
    fn damaged_bytes_are_told_from_newer_ones() {
        let [owner, ..] = TestDevice::all();
        let room = room();
        let good = room.entry(owner, epoch_started(2, EpochReason::Age)).entry.0;
        for (bytes, why) in [
            (good[..good.len() - 1].to_vec(), DecodeError::Truncated),
            ([&good[..], &[0xc0]].concat(), DecodeError::Trailing),
            ([&good[..], &[0; limits::LOG_ENTRY]].concat(), DecodeError::TooLarge),
            (vec![], DecodeError::Truncated),
            (vec![0xc1], DecodeError::NotAllowed),
            (support::from_hex("82a16101a16101"), DecodeError::DuplicateKey),
        ] {
            assert_refused(&room, &signed(owner, bytes), LogError::Malformed(why));
        }
    }

    /// Rightly signed bytes, whatever they are.
    fn signed(author: &TestDevice, bytes: Vec<u8>) -> SignedEntry {
        let signature = author.keys.sign(label::SIGN_LOG_ENTRY, &[&bytes]);
        SignedEntry { entry: Blob(bytes), signature: Blob(signature.to_vec()) }
    }

    #[test]
    fn unknown_kinds_fields_versions_and_suites_need_a_newer_version() {
        let [owner, ..] = TestDevice::all();
        let room = room();
        let good = room.entry(owner, epoch_started(2, EpochReason::Age)).entry.0;
        let newer: [fn(&mut Value); 8] = [
            |entry| entry.entries().push((text("from_the_future"), Value::Int(1))),
            |entry| entry.field("action").entries()[0].0 = text("from_the_future"),
            |entry| *entry.field("action") = text("from_the_future"),
            |entry| {
                let started = entry.field("action").field("epoch_started");
                started.entries().push((text("from_the_future"), Value::Nil));
            },
            |entry| *entry.field("action").field("epoch_started").field("reason") = text("from_the_future"),
            |entry| *entry.field("author") = text("from_the_future"),
            |entry| *entry.field("version") = Value::Int(2),
            |entry| *entry.field("suite") = Value::Int(2),
        ];
        for change in newer {
            let mut value = Value::read(&good);
            change(&mut value);
            assert_refused(&room, &signed(owner, value.shortest()), LogError::NeedsNewer);
        }
    }

    /// Whoever teaches `fold` another kind takes it off this list.
    #[test]
    fn kinds_not_acted_on_yet_need_a_newer_version() {
        let [owner, _, _, newcomer] = TestDevice::all();
        let room = room();
        let mut refused = 0;
        for action in one_of_each(newcomer) {
            if matches!(
                action,
                Action::Created(_)
                    | Action::Renamed(_)
                    | Action::Invited(_)
                    | Action::InviteClosed(_)
                    | Action::MemberInvitesAllowed(_)
                    | Action::Joined(_)
                    | Action::DeviceVouched(_)
                    | Action::EpochStarted(_)
            ) {
                continue;
            }
            refused += 1;
            assert_refused(&room, &room.entry(owner, action), LogError::NeedsNewer);
        }
        assert_eq!(refused, 12);
    }
}

mod epochs {
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
}

mod invites {
    use super::*;

    #[test]
    fn a_plain_member_may_not_invite() {
        let [_, guest, ..] = TestDevice::all();
        let (mut room, secret) = room_with_invite(1);
        room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
        let entry = room.entry(guest, invited(room.id(), &InviteSecret::from_bytes([8; 32]), Role::Member, 1));
        assert_ignored(&mut room, &entry, IgnoredReason::NotPermitted);
    }

    #[test]
    fn nobody_gives_more_than_they_have() {
        let [owner, guest, ..] = TestDevice::all();
        let mut room = room();
        let secret = InviteSecret::from_bytes([7; 32]);
        room.append(owner, invited(room.id(), &secret, Role::Admin, 1)).unwrap();
        room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
        assert_eq!(room.state.member(guest.account).unwrap().role, Role::Admin);
        let other = InviteSecret::from_bytes([8; 32]);
        let entry = room.entry(guest, invited(room.id(), &other, Role::Owner, 1));
        assert_ignored(&mut room, &entry, IgnoredReason::NotPermitted);
        assert_eq!(room.append(guest, invited(room.id(), &other, Role::Admin, 1)).unwrap().effect, Effect::Done);
        let third = InviteSecret::from_bytes([9; 32]);
        assert_eq!(room.append(owner, invited(room.id(), &third, Role::Owner, 1)).unwrap().effect, Effect::Done);
    }

    /// Or an author could lay more uses or a higher role under a link that is out already.
    #[test]
    fn an_invite_is_made_once() {
        let [owner, guest, ..] = TestDevice::all();
        let (mut room, secret) = room_with_invite(1);
        let entry = room.entry(owner, invited(room.id(), &secret, Role::Owner, 9));
        assert_ignored(&mut room, &entry, IgnoredReason::AlreadyThere);
        room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
        let entry = room.entry(owner, invited(room.id(), &secret, Role::Owner, 9));
        assert_ignored(&mut room, &entry, IgnoredReason::AlreadyThere);
    }
}

mod ending_invites {
    use super::*;

    /// A room with an owner, an admin and a plain member, and an open invite by each of them, in that order.
    fn room_of_three() -> (TestRoom, [InviteSecret; 3]) {
        let [owner, admin, _, member] = TestDevice::all();
        let mut room = room();
        for (device, role, number) in [(admin, Role::Admin, 20), (member, Role::Member, 21)] {
            let secret = InviteSecret::from_bytes([number; 32]);
            room.append(owner, invited(room.id(), &secret, role, 1)).unwrap();
            room.append(device, Action::Joined(joining(room.id(), &secret, device))).unwrap();
        }
        room.append(owner, allow(true)).unwrap();
        let secrets = [30, 31, 32].map(|number| InviteSecret::from_bytes([number; 32]));
        for (device, secret) in [owner, admin, member].into_iter().zip(&secrets) {
            let applied = room.append(device, invited(room.id(), secret, Role::Member, 2)).unwrap();
            assert_eq!(applied.effect, Effect::Done);
            assert_eq!(room.state.invite(secret.key(room.id())).unwrap().made_by, device.account);
        }
        (room, secrets)
    }

    fn allow(allowed: bool) -> Action {
        Action::MemberInvitesAllowed(MemberInvitesAllowed { allowed })
    }

    fn close(room: &TestRoom, secret: &InviteSecret) -> Action {
        Action::InviteClosed(InviteClosed { invite: secret.key(room.id()) })
    }

    /// Owner and admin close every invite, a plain member its own.
    #[test]
    fn who_closes_which() {
        let [owner, admin, _, member] = TestDevice::all();
        let (room, secrets) = room_of_three();
        for (author, may) in [(owner, [true; 3]), (admin, [true; 3]), (member, [false, false, true])] {
            for (secret, may) in secrets.iter().zip(may) {
                let mut room = room.clone();
                let entry = room.entry(author, close(&room, secret));
                if may {
                    assert_eq!(room.apply(&entry).unwrap().effect, Effect::Done);
                    assert_eq!(room.state.invite(secret.key(room.id())).unwrap().uses_left, 0);
                } else {
                    assert_ignored(&mut room, &entry, IgnoredReason::NotPermitted);
                }
            }
        }
    }

    #[test]
    fn nobody_joins_by_a_closed_invite() {
        let [owner, guest, ..] = TestDevice::all();
        let (mut room, secret) = room_with_invite(2);
        room.append(owner, close(&room, &secret)).unwrap();
        let entry = room.entry(guest, Action::Joined(joining(room.id(), &secret, guest)));
        assert_ignored(&mut room, &entry, IgnoredReason::InviteNotValid);
        // Nor does it open again under the same key.
        let entry = room.entry(owner, invited(room.id(), &secret, Role::Member, 2));
        assert_ignored(&mut room, &entry, IgnoredReason::AlreadyThere);
    }

    #[test]
    fn only_an_open_invite_is_closed() {
        let [owner, guest, ..] = TestDevice::all();
        let (mut room, secret) = room_with_invite(1);
        let unknown = room.entry(owner, close(&room, &InviteSecret::from_bytes([8; 32])));
        assert_ignored(&mut room.clone(), &unknown, IgnoredReason::InviteNotValid);
        let expires_at = room.state.invite(secret.key(room.id())).unwrap().expires_at;
        let late = EntryBody { at: expires_at, ..room.body(owner, close(&room, &secret)) }.sign(&owner.keys);
        assert_ignored(&mut room.clone(), &late, IgnoredReason::InviteNotValid);
        room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
        let used_up = room.entry(owner, close(&room, &secret));
        assert_ignored(&mut room, &used_up, IgnoredReason::InviteNotValid);
    }

    #[test]
    fn owner_and_admin_say_whether_members_invite() {
        let [owner, admin, _, member] = TestDevice::all();
        let (room, _) = room_of_three();
        for (author, may) in [(owner, true), (admin, true), (member, false)] {
            let mut room = room.clone();
            let entry = room.entry(author, allow(false));
            if may {
                assert_eq!(room.apply(&entry).unwrap().effect, Effect::Done);
                assert!(!room.state.member_invites());
                let entry = room.entry(member, invited(room.id(), &InviteSecret::from_bytes([9; 32]), Role::Member, 1));
                assert_ignored(&mut room, &entry, IgnoredReason::NotPermitted);
            } else {
                assert_ignored(&mut room, &entry, IgnoredReason::NotPermitted);
            }
        }
    }

    #[test]
    fn a_member_who_may_invite_invites_members() {
        let [_, _, _, member] = TestDevice::all();
        let (mut room, _) = room_of_three();
        for role in [Role::Admin, Role::Owner] {
            let entry = room.entry(member, invited(room.id(), &InviteSecret::from_bytes([9; 32]), role, 1));
            assert_ignored(&mut room, &entry, IgnoredReason::NotPermitted);
        }
    }

    #[test]
    fn a_device_that_is_not_entitled_changes_nothing() {
        let [owner, _, second, _] = TestDevice::all();
        let (room, secrets) = room_of_three();
        for action in [close(&room, &secrets[0]), allow(false), renamed(Renameable::Handle, 9)] {
            // Of the owner's account, but not vouched for here.
            assert_refused(&room, &room.entry(second, action.clone()), LogError::UnknownAuthor);
            assert_eq!(room.clone().append(owner, action).unwrap().effect, Effect::Done);
        }
    }
}

/// Another name, by its number.
fn renamed(what: Renameable, name: u8) -> Action {
    Action::Renamed(Renamed { what, name: NameHash::from_bytes([name; 32]) })
}

mod names {
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
}

mod handing_on_keys {
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
}

mod joining_by_invite {
    use super::*;

    /// Asserts that this joining, by the device `author`, has no effect.
    fn assert_no_way_in(room: &TestRoom, author: &TestDevice, joined: Joined, why: IgnoredReason) {
        let mut room = room.clone();
        let entry = room.entry(author, Action::Joined(joined));
        assert_ignored(&mut room, &entry, why);
    }

    #[test]
    fn without_the_links_secret() {
        let [_, guest, second, _] = TestDevice::all();
        let (room, secret) = room_with_invite(2);
        let right = joining(room.id(), &secret, guest);
        let other_secret = InviteSecret::from_bytes([8; 32]);
        let elsewhere = RoomId::from_bytes([1; 32]);
        let (account, device) = (guest.account, guest.id());
        let signatures = [
            ("by another invite", other_secret.sign_join(room.id(), account, device).to_vec()),
            ("by the device itself", guest.keys.sign(label::SIGN_JOIN, &[]).to_vec()),
            ("for another device", secret.sign_join(room.id(), account, second.id()).to_vec()),
            ("for another account", secret.sign_join(room.id(), second.account, device).to_vec()),
            ("for another room", secret.sign_join(elsewhere, account, device).to_vec()),
            ("for opening the door", secret.sign_use(room.id(), guest.bundle.installation()).to_vec()),
            ("none", vec![]),
        ];
        for (why, signature) in signatures {
            println!("{why}");
            let joined = Joined { invite_signature: Blob(signature), ..right.clone() };
            assert_no_way_in(&room, guest, joined, IgnoredReason::InviteNotValid);
        }
        for signature in one_byte_flipped(&right.invite_signature.0) {
            let joined = Joined { invite_signature: Blob(signature), ..right.clone() };
            assert_no_way_in(&room, guest, joined, IgnoredReason::InviteNotValid);
        }
        let unknown = joining(room.id(), &other_secret, guest);
        assert_no_way_in(&room, guest, unknown, IgnoredReason::InviteNotValid);
    }

    /// A link that is out is good for one person, even if the signature that let them in is copied.
    #[test]
    fn with_an_invite_that_is_used_up() {
        let [_, guest, _, fourth] = TestDevice::all();
        let (mut room, secret) = room_with_invite(1);
        room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
        assert_eq!(room.state.invite(secret.key(room.id())).unwrap().uses_left, 0);
        assert_no_way_in(&room, fourth, joining(room.id(), &secret, fourth), IgnoredReason::InviteNotValid);

        let (none_left, secret) = room_with_invite(0);
        assert_no_way_in(&none_left, guest, joining(none_left.id(), &secret, guest), IgnoredReason::InviteNotValid);
    }

    /// What is refused uses nothing up.
    #[test]
    fn an_attempt_does_not_use_the_invite_up() {
        let [_, guest, ..] = TestDevice::all();
        let (mut room, secret) = room_with_invite(1);
        let forged = Joined { invite_signature: Blob(vec![0; 64]), ..joining(room.id(), &secret, guest) };
        let entry = room.entry(guest, Action::Joined(forged));
        assert_ignored(&mut room, &entry, IgnoredReason::InviteNotValid);
        let applied = room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
        assert_eq!(applied.effect, Effect::Done);
    }

    #[test]
    fn with_an_invite_that_has_expired() {
        let [_, guest, ..] = TestDevice::all();
        let (room, secret) = room_with_invite(1);
        let expires_at = room.state.invite(secret.key(room.id())).unwrap().expires_at;
        let body = room.body(guest, Action::Joined(joining(room.id(), &secret, guest)));
        for (at, effect) in [
            (expires_at, Effect::Ignored(IgnoredReason::InviteNotValid)),
            (Timestamp(i64::MAX), Effect::Ignored(IgnoredReason::InviteNotValid)),
            (expires_at.plus_millis(-1), Effect::Done),
        ] {
            let entry = EntryBody { at, ..body.clone() }.sign(&guest.keys);
            assert_eq!(room.clone().apply(&entry).unwrap().effect, effect);
        }
    }

    #[test]
    fn twice() {
        let [owner, guest, second, _] = TestDevice::all();
        let (mut room, secret) = room_with_invite(3);
        room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
        assert_no_way_in(&room, guest, joining(room.id(), &secret, guest), IgnoredReason::AlreadyThere);
        assert_no_way_in(&room, second, joining(room.id(), &secret, second), IgnoredReason::AlreadyThere);
        assert_no_way_in(&room, owner, joining(room.id(), &secret, owner), IgnoredReason::AlreadyThere);
    }

    #[test]
    fn in_somebody_elses_name() {
        let [owner, guest, _, fourth] = TestDevice::all();
        let (room, secret) = room_with_invite(3);
        // Appended by a member for a device that does not sign.
        assert_no_way_in(&room, owner, joining(room.id(), &secret, guest), IgnoredReason::NotPermitted);
        // With another account than the bundle's.
        let joined = Joined {
            account: fourth.account,
            invite_signature: Blob(secret.sign_join(room.id(), fourth.account, guest.id()).to_vec()),
            ..joining(room.id(), &secret, guest)
        };
        assert_no_way_in(&room, guest, joined, IgnoredReason::NotPermitted);
    }

    /// Its private key is no secret: zero verifies under it in careless libraries.
    #[test]
    fn with_an_invite_whose_key_is_no_key() {
        let [owner, guest, ..] = TestDevice::all();
        let mut room = room();
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let invite = InviteKey::from_bytes(neutral);
        let expires_at = NOW.plus_millis(1000);
        room.append(owner, Action::Invited(Invited { invite, role: Role::Member, uses: 9, expires_at })).unwrap();
        let signature = [&neutral[..], &[0; 32]].concat();
        let joined = Joined {
            invite,
            invite_signature: Blob(signature),
            ..joining(room.id(), &InviteSecret::from_bytes([7; 32]), guest)
        };
        assert_no_way_in(&room, guest, joined, IgnoredReason::InviteNotValid);
    }
}

mod vouching_for_devices {
    use super::*;

    /// Asserts that the statement, carried by the device itself and by the owner, does not let the device in.
    fn assert_does_not_count(room: &TestRoom, statement: &SignedStatement, device: &TestDevice, why: IgnoredReason) {
        for author in [device, &TestDevice::all()[0]] {
            let mut room = room.clone();
            let entry = room.entry(author, vouched(statement.clone(), device));
            assert_ignored(&mut room, &entry, why);
        }
    }

    #[test]
    fn a_statement_must_fit() {
        let [owner, guest, second, fourth] = TestDevice::all();
        let (mut room, secret) = room_with_invite(1);
        room.append(guest, Action::Joined(joining(room.id(), &secret, guest))).unwrap();
        let right = vouching(owner, second);
        let statements = [
            ("of another device", DeviceStatement { device: fourth.id(), ..right.clone() }.sign(&owner.keys)),
            ("of another account", DeviceStatement { account: guest.account, ..right.clone() }.sign(&owner.keys)),
            ("a revocation", DeviceStatement { standing: Standing::Revoked, ..right.clone() }.sign(&owner.keys)),
            ("of another suite", DeviceStatement { suite: 2, ..right.clone() }.sign(&owner.keys)),
            ("signed by another", right.sign(&guest.keys)),
            ("signed by itself", right.sign(&second.keys)),
            ("in its own name", DeviceStatement { by: second.id(), ..right.clone() }.sign(&second.keys)),
            ("by another account", DeviceStatement { by: guest.id(), ..right.clone() }.sign(&guest.keys)),
            ("by a stranger", DeviceStatement { by: fourth.id(), ..right.clone() }.sign(&fourth.keys)),
            ("nothing", SignedStatement { statement: Blob(vec![0x80]), signature: Blob(vec![0; 64]) }),
        ];
        for (why, statement) in statements {
            println!("{why}");
            assert_does_not_count(&room, &statement, second, IgnoredReason::StatementNotValid);
        }
        // Under the label of something else.
        let statement = right.sign(&owner.keys).statement;
        let signature = Blob(owner.keys.sign(label::SIGN_LOG_ENTRY, &[&statement.0]).to_vec());
        let signed = SignedStatement { statement, signature };
        assert_does_not_count(&room, &signed, second, IgnoredReason::StatementNotValid);
    }

    #[test]
    fn any_flipped_byte_of_a_statement_counts_for_nothing() {
        let [owner, _, second, _] = TestDevice::all();
        let room = room();
        let signed = vouching(owner, second).sign(&owner.keys);
        let statements = one_byte_flipped(&signed.statement.0)
            .map(|statement| SignedStatement { statement: Blob(statement), ..signed.clone() });
        let signatures = one_byte_flipped(&signed.signature.0)
            .map(|signature| SignedStatement { signature: Blob(signature), ..signed.clone() });
        for statement in statements.chain(signatures) {
            assert_does_not_count(&room, &statement, second, IgnoredReason::StatementNotValid);
        }
    }

    /// A member of one account cannot bring in a device of another one, neither with its own word nor with theirs.
    #[test]
    fn nobody_vouches_for_strangers() {
        let [owner, _, second, stranger] = TestDevice::all();
        let room = room();
        let own_word = vouching(owner, stranger).sign(&owner.keys);
        assert_does_not_count(&room, &own_word, stranger, IgnoredReason::StatementNotValid);
        let their_name = DeviceStatement { account: stranger.account, ..vouching(owner, stranger) }.sign(&owner.keys);
        assert_does_not_count(&room, &their_name, stranger, IgnoredReason::StatementNotValid);

        // A device that is not in this room yet vouches for nobody here.
        let not_here = DeviceStatement { by: second.id(), ..vouching(owner, owner) }.sign(&second.keys);
        assert_does_not_count(&room, &not_here, owner, IgnoredReason::AlreadyThere);
    }

    #[test]
    fn a_device_comes_in_once() {
        let [owner, _, second, _] = TestDevice::all();
        let mut room = room();
        let statement = vouching(owner, second).sign(&owner.keys);
        room.append(second, vouched(statement.clone(), second)).unwrap();
        assert_does_not_count(&room, &statement, second, IgnoredReason::AlreadyThere);
    }
}
