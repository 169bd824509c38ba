//! Who is in the room: members and computers that nobody let in, keys put in the place of others, keys that were revoked.

use igoon_shared::{
    client::{
        Command, Event, Input,
        io::{Alarm, Deed, Standing, Unreadable},
    },
    crypto::{SUITE, bundle::SignedBundle, invite::InviteSecret},
    ids::{EntryHash, NameHash, RoomId, Seq},
    log::{
        Action, Author, EntryBody, HistoryRule, IgnoredReason, Role,
        action::{
            DeviceRevoked, DeviceStatement, DeviceVouched, Invited, Joined, Left, MemberRemoved, OwnershipPassed,
            RoleChanged, Standing as Said,
        },
    },
    presence::Presence,
    protocol::{
        bytes::Blob,
        codec,
        error::ErrorCode,
        frames::{
            DevicePosition, DevicePresence, KeysWanted, RoomAdded, RoomPositions, RoomPresence, ServerFrame,
            StreamContent,
        },
    },
};

use crate::{
    checks::second_computer,
    forging::{intruder, intruder_of},
    service::Liar,
    support::{
        message_pack::Value,
        room::{joining, vouched, vouching},
    },
    world::Who,
};

const NAME: NameHash = NameHash::from_bytes([9; 32]);

/// The service's lists of who is there, how far everybody has come and who lacks a key name a device that nobody let in.
#[test]
fn a_device_in_the_services_lists_alone_is_nobody() {
    let mut liar = Liar::new(1, HistoryRule::AllRetained);
    let (room, device) = (liar.room, intruder().id());
    let before = liar.people_shown(0);
    liar.heard.clear();
    let changes = vec![DevicePresence { device, state: Presence::Offline, last_seen: None }];
    let there = ServerFrame::Presence(RoomPresence { room, whole: true, changes });
    let changes = vec![DevicePosition { device, delivered: Seq(3), read: Seq(3) }];
    let come = ServerFrame::Positions(RoomPositions { room, changes });
    for frame in [there, come] {
        for event in liar.events(0, Input::Frame(codec::encode(&frame))) {
            match event {
                Event::Presence(view) => assert!(view.people.is_empty(), "{view:?}"),
                Event::Positions(view) => assert_eq!(view.people.len(), 2, "{view:?}"),
                _ => {}
            }
        }
    }
    let epoch = liar.log(0).current_epoch();
    liar.tell(0, ServerFrame::KeysWanted(KeysWanted { room, epoch, devices: vec![device], links: vec![] }));
    assert_eq!(liar.people_shown(0), before, "the page shows whom the log has");
    assert_eq!(liar.wrapped_for(), []);
    liar.goes_on(&[0, 1]);
    liar.nothing_leaked(&[0, 1]);
}

/// Entries that let the intruder in, or somebody out, signed by nobody who could: the log is not followed past them.
#[test]
fn a_forged_entry_stops_the_room() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let owner = liar.identity(0);
    let secret = InviteSecret::from_bytes([7; 32]);
    let invite = liar.body(
        0,
        &owner,
        Action::Invited(Invited {
            invite: secret.key(liar.room),
            role: Role::Owner,
            uses: 1,
            expires_at: liar.now.plus_millis(60_000),
        }),
    );
    let removal = Action::MemberRemoved(MemberRemoved { account: liar.identity(1).account() });
    let by_stranger = EntryBody { author: Author::Device(intruder().id()), ..liar.body(0, &owner, removal.clone()) };
    let by_service = EntryBody { author: Author::Service, ..liar.body(0, &owner, removal) };
    let forged = [
        // In the owner's name, with the intruder's signature.
        invite.sign(&intruder().keys),
        // In its own name, though the log does not know it.
        by_stranger.sign(&intruder().keys),
        // In the service's name, though no key of it is pinned.
        by_service.sign(&intruder().keys),
    ];
    liar.heard.clear();
    for (who, entry) in forged.into_iter().enumerate() {
        let face = liar.second_face(&[who]);
        liar.show(face, StreamContent::Log(entry));
        assert_eq!(liar.people_shown(who).len(), 3);
        liar.stands_still(who, Alarm::LogBroken);
    }
    liar.nothing_leaked(&[0, 1, 2]);
}

/// A member's own entries, but not where they belong: of another room, at another place, after another entry; or changed by one
/// bit.
#[test]
fn an_entry_that_does_not_continue_the_log_stops_the_room() {
    let mut liar = Liar::new(3, HistoryRule::AllRetained);
    let accomplice = liar.identity(1);
    let right = liar.body(0, &accomplice, Action::Left(Left {}));
    let elsewhere = EntryBody { room: Some(RoomId::from_bytes([1; 32])), ..right.clone() };
    let later = EntryBody { index: right.index.next(), ..right.clone() };
    let after_another = EntryBody { previous: Some(EntryHash::from_bytes([1; 32])), ..right.clone() };
    let mut changed = right.sign(accomplice.keys());
    changed.signature.0[0] ^= 1;
    let entries = [
        elsewhere.sign(accomplice.keys()),
        later.sign(accomplice.keys()),
        after_another.sign(accomplice.keys()),
        changed,
    ];
    for (who, entry) in entries.into_iter().enumerate() {
        let face = liar.second_face(&[who]);
        liar.show(face, StreamContent::Log(entry));
        liar.stands_still(who, Alarm::LogBroken);
    }
}

/// Well-formed entries of those who may not: shown, marked as without effect, and nobody comes in or goes.
#[test]
fn an_entry_that_its_author_was_not_permitted_has_no_effect_and_is_shown_so() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let (owner, accomplice) = (liar.identity(0).account(), 2);
    let me = liar.identity(accomplice).account();
    let secret = InviteSecret::from_bytes([7; 32]);
    let invited = Invited {
        invite: secret.key(liar.room),
        role: Role::Member,
        uses: 1,
        expires_at: liar.now.plus_millis(60_000),
    };
    liar.heard.clear();
    for action in [
        Action::Invited(invited),
        Action::MemberRemoved(MemberRemoved { account: owner }),
        Action::RoleChanged(RoleChanged { account: me, role: Role::Owner }),
        Action::OwnershipPassed(OwnershipPassed { account: me }),
        Action::DeviceRevoked(DeviceRevoked { device: liar.hosts[0].device(), statement: None }),
    ] {
        liar.append(0, accomplice, action);
        liar.shown_without_effect(&[0, 1, 2], IgnoredReason::NotPermitted);
    }
    // By an invite that its owner did not make, and by one that the log did not take.
    let joined = Action::Joined(joining(liar.room, &secret, intruder()));
    let author = Author::Device(intruder().id());
    let entry = EntryBody { author, ..liar.body(0, &liar.identity(0), joined) }.sign(&intruder().keys);
    liar.show(0, StreamContent::Log(entry));
    liar.shown_without_effect(&[0, 1, 2], IgnoredReason::InviteNotValid);
    assert!(matches!(liar.newest_entry(0).deed, Deed::Joined { invited_by: None, .. }));
    // Of the owner's account, on nobody's word but its own.
    let second = intruder_of(owner);
    let action = vouched(vouching(&second, &second).sign(&second.keys), &second);
    let author = Author::Device(second.id());
    let entry = EntryBody { author, ..liar.body(0, &liar.identity(0), action) }.sign(&second.keys);
    liar.show(0, StreamContent::Log(entry));
    liar.shown_without_effect(&[0, 1, 2], IgnoredReason::StatementNotValid);

    assert_eq!(liar.people_shown(0).len(), 3);
    liar.goes_on(&[0, 1, 2]);
    // Whoever starts the next epoch wraps its key for those whom the log entitles.
    liar.command(0, Command::RemoveMember { room: liar.room, account: me });
    liar.goes_on(&[0, 1]);
    assert_eq!(liar.log(0).current_epoch().0, 2);
    liar.nothing_leaked(&[0, 1, 2]);
    assert!(liar.wrapped_for().iter().all(|(device, _)| *device != liar.hosts[accomplice].device()));
}

/// The owner approved a second computer; the service puts the intruder's keys in its place.
#[test]
fn a_substituted_key_is_refused() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let owner = liar.identity(0);
    let real = second_computer(4, 1).identity();
    let false_one = intruder_of(owner.account());
    let statement = DeviceStatement {
        suite: SUITE,
        account: owner.account(),
        device: real.device(),
        standing: Said::Vouched,
        by: owner.device(),
        at: liar.now,
    };
    let statement = statement.sign(owner.keys());
    let vouched = |bundle: &SignedBundle| {
        Action::DeviceVouched(DeviceVouched { statement: statement.clone(), bundle: bundle.clone(), device_name: NAME })
    };
    // Another whole bundle, brought by its own device.
    let author = Author::Device(false_one.id());
    let body = EntryBody { author, ..liar.body(0, &owner, vouched(false_one.bundle.signed())) };
    liar.heard.clear();
    liar.show(0, StreamContent::Log(body.sign(&false_one.keys)));
    liar.shown_without_effect(&[0, 1, 2], IgnoredReason::StatementNotValid);
    liar.goes_on(&[0, 1, 2]);
    // A person's word for a bundle of another account is not given at all.
    let events =
        liar.events(0, Input::Command(Command::Vouch { bundle: intruder().bundle.signed().clone(), name: "x".into() }));
    assert!(events.contains(&Event::Failed { room: None, code: ErrorCode::Invalid }));
    liar.settle();
    assert!(!liar.records(0).keys().any(|key| key.starts_with("said/")));
    liar.nothing_leaked(&[0, 1, 2]);

    // The real bundle with another RSA key in it: its signature does not match.
    let mut body = Value::read(&real.bundle().signed().bundle.0);
    *body.field("rsa") = Value::read(&liar.identity(1).bundle().signed().bundle.0).field("rsa").clone();
    let patched = SignedBundle { bundle: Blob(body.shortest()), signature: real.bundle().signed().signature.clone() };
    liar.append(0, 0, vouched(&patched));
    for who in 0..3 {
        liar.stands_still(who, Alarm::LogBroken);
    }
    liar.nothing_leaked(&[0, 1, 2]);
}

/// Revoked keys come back: by an old word of their account, by a link that was open then, and by simply writing.
#[test]
fn a_revoked_key_that_returns_stays_out() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let second = liar.add(second_computer(4, 1));
    let bundle = liar.identity(second).bundle().signed().clone();
    liar.command(0, Command::Vouch { bundle: bundle.clone(), name: "laptop".into() });
    liar.reconnect(second);
    liar.everybody_writes();
    let vouching = liar.faces[0].entries.iter().rev().find_map(|(entry, _)| match entry.body().unwrap().action {
        Action::DeviceVouched(vouched) => Some(vouched),
        _ => None,
    });
    let device = liar.hosts[second].device();
    let old = liar.message(0, second, "an old word");
    liar.command(0, Command::RevokeOwn { device });
    assert!(!liar.log(0).is_entitled(device));
    liar.goes_on(&[0, 1, 2]);

    liar.heard.clear();
    let owner = liar.identity(0);
    liar.append(0, 0, Action::DeviceVouched(vouching.unwrap()));
    liar.shown_without_effect(&[0, 1, 2], IgnoredReason::KeysRevoked);
    let author = Author::Device(device);
    let joined = Joined {
        account: owner.account(),
        bundle,
        invite: InviteSecret::from_bytes([7; 32]).key(liar.room),
        invite_signature: Blob(vec![0; 64]),
        handle: NAME,
        device_name: NAME,
    };
    let entry = EntryBody { author, ..liar.body(0, &owner, Action::Joined(joined)) };
    let entry = entry.sign(liar.identity(second).keys());
    liar.show(0, StreamContent::Log(entry));
    liar.shown_without_effect(&[0, 1, 2], IgnoredReason::AlreadyThere);
    let seq = liar.show(0, StreamContent::Message(old));
    for who in 0..3 {
        assert_eq!(liar.unreadable(who, seq), Unreadable::NotPermitted);
    }
    let wanted =
        KeysWanted { room: liar.room, epoch: liar.log(0).current_epoch(), devices: vec![device], links: vec![] };
    liar.tell(0, ServerFrame::KeysWanted(wanted));
    liar.goes_on(&[0, 1, 2]);
    liar.nothing_leaked(&[0, 1, 2]);
}

/// The service takes somebody for a member whom nobody let in: it tells them of the room and asks for its key for them.
#[test]
fn somebody_whom_the_service_alone_takes_for_a_member_is_given_nothing() {
    let mut liar = Liar::new(1, HistoryRule::AllRetained);
    let stranger = liar.add(Who::person(4));
    liar.heard.clear();
    liar.tell(stranger, ServerFrame::RoomAdded(RoomAdded { room: liar.room }));
    let devices = vec![liar.hosts[stranger].device()];
    let epoch = liar.log(0).current_epoch();
    liar.tell(0, ServerFrame::KeysWanted(KeysWanted { room: liar.room, epoch, devices, links: vec![] }));
    assert_eq!(liar.hosts[stranger].standing(), Some(Standing::NotApproved));
    assert_eq!(liar.people_shown(0), [1, 2]);
    liar.goes_on(&[0, 1]);
    assert!(liar.hosts[stranger].texts().is_empty());
    liar.nothing_leaked(&[0, 1]);
}
