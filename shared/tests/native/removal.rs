//! Members who are put out, in the client core: what they can no longer read, what the others notice of it, what the one put
//! out is told and keeps, and how one comes back.

use igoon_shared::{
    client::{
        Command,
        io::{Body, Denied, Ended, InviteTerms, OutgoingState, Remedy, Standing},
        keyring::Keyring,
    },
    crypto::message::SealedMessage,
    ids::Epoch,
    log::{EpochReason, HistoryRule, Role},
    protocol::{error::ErrorCode, frames::StreamContent, http::RoomKeys},
};
use rand_core::Rng;

use crate::world::{World, everybody_enters, invite};

fn ended(world: &World, who: usize) -> Option<Ended> {
    match world.hosts[who].standing() {
        Some(Standing::Ended(ending)) => Some(ending.how),
        _ => None,
    }
}

fn messages_of(world: &World, epoch: Epoch) -> Vec<SealedMessage> {
    let messages = world.service.stream.iter().filter_map(|item| match &item.content {
        StreamContent::Message(message) => Some(message.clone()),
        StreamContent::Log(_) => None,
    });
    messages.filter(|message| message.header().unwrap().epoch == epoch).collect()
}

/// Removal and the next key are one append, and nobody else does anything. The one put out cannot open what comes next with
/// all that the service has.
#[test]
fn who_is_removed_cannot_read_the_next_message_whatever_the_service_hands_over() {
    for (seed, history) in [(0, HistoryRule::AllRetained), (1, HistoryRule::FromJoining)] {
        let mut world = World::new(4_000 + seed, 4);
        let room = everybody_enters(&mut world, history, true);
        (0..4).for_each(|who| world.write(who, room));
        world.run_until("all messages", true, |world| (0..4).all(|who| world.hosts[who].texts().len() == 4));
        let before = world.log().current_epoch();
        let account = world.account(2);
        world.command(0, Command::RemoveMember { room, account });
        // Written before the service has heard of the removal, and not for the one it puts out.
        world.write(0, room);
        world.run_until("the removal", true, |world| ended(world, 2) == Some(Ended::Removed));
        world.write(1, room);
        world.write(3, room);
        world.run_until("what is written then", true, |world| {
            [0, 1, 3].iter().all(|who| world.has_all_of(*who, &[0, 1, 2, 3]))
        });

        assert_eq!(world.log().current_epoch(), before.next());
        assert_eq!(world.log().epoch(before.next()).unwrap().reason, EpochReason::MemberRemoved);
        let started = world.log().epoch(before.next()).unwrap();
        assert_eq!(started.started_by, world.hosts[0].device(), "the others do nothing");
        let secret = messages_of(&world, before.next());
        assert_eq!(secret.len(), 3, "all that was written since is under the new key");

        // Everything that the service has, also what is wrapped for others.
        let given = RoomKeys { envelopes: world.service.envelopes.clone(), links: world.service.links.clone() };
        let removed = &world.hosts[2];
        let mut keyring = Keyring::default();
        keyring.take_in(&given, world.log(), removed.device(), &removed.who.keys());
        assert!(keyring.get(before, world.log()).is_some(), "what it was given stays");
        for epoch in (1..=before.0).map(Epoch) {
            let Some(key) = keyring.get(epoch, world.log()) else { continue };
            assert!(secret.iter().all(|message| message.open(key, &message.header().unwrap()).is_err()));
        }
        assert!(keyring.get(before.next(), world.log()).is_none());
        // What it could read it still can, also after a restart.
        let kept: Vec<_> = world.hosts[2].texts().iter().map(ToString::to_string).collect();
        assert_eq!(kept.len(), 4);
        let now = world.now;
        world.hosts[2].open_anew(now);
        assert_eq!(world.hosts[2].texts().len(), 4);
        assert!(world.hosts[2].client.room(room).unwrap().ended().is_some());
    }
}

/// Those who stay write all the while: everything arrives once, in order, whether it was under way under the old key or not.
#[test]
fn what_others_write_meanwhile_arrives_in_order() {
    for seed in 0..10 {
        let mut world = World::new(4_100 + seed, 4);
        let room = everybody_enters(&mut world, HistoryRule::AllRetained, true);
        let account = world.account(3);
        for turn in 0..30 {
            if turn == 10 {
                world.command(0, Command::RemoveMember { room, account });
            }
            let who = world.rng.next_u32() as usize % 3;
            world.write(who, room);
            for _ in 0..world.rng.next_u32() % 30 {
                world.step(true);
            }
        }
        // The wish is as durable as what its person saw of it: a client that ended before that is told again.
        if world.log().member(account).is_some() {
            world.command(0, Command::RemoveMember { room, account });
        }
        world.run_until("calm", false, |world| (0..3).all(|who| world.has_all_of(who, &[0, 1, 2])));
        for reader in 0..3 {
            for sender in 0..3 {
                let device = Some(world.hosts[sender].device());
                let texts = world.hosts[reader].shown.values().filter(|view| view.device == device);
                let texts: Vec<_> = texts.map(|view| view.body.clone()).collect();
                let written: Vec<_> = world.hosts[sender].written.iter().cloned().map(Body::Text).collect();
                assert_eq!(texts, written, "once, in order");
            }
            assert!(!world.hosts[reader].shown.values().any(|view| view.gap));
        }
        world.run_until("the removed to know", false, |world| ended(world, 3).is_some());
        world.assert_one_key_for_each_epoch();
    }
}

/// It was away when it happened: it learns of it from the log, in the remover's own signature, and asks for nothing more.
#[test]
fn who_was_away_is_told_who_removed_it_and_what_it_wrote_is_kept() {
    let mut world = World::new(4_200, 3);
    let room = everybody_enters(&mut world, HistoryRule::AllRetained, false);
    world.write(2, room);
    world.run_until("the message", false, |world| world.has_all_of(0, &[2]) && world.has_all_of(2, &[2]));
    world.send_away(2);
    let account = world.account(2);
    world.command(0, Command::RemoveMember { room, account });
    world.run_until("the removal", false, |world| world.log().member(account).is_none());
    world.write(2, room);
    world.hosts[2].away = false;
    world.run_until("the reason", false, |world| ended(world, 2).is_some());
    let view = world.hosts[2].view.clone().unwrap();
    let Standing::Ended(ending) = view.standing else { panic!("{view:?}") };
    assert_eq!((ending.how, ending.by), (Ended::Removed, world.account(0)));
    assert_eq!(view.ended_by.as_deref(), Some("person1"));
    assert_eq!(view.standing.remedy(), Some(Remedy::AskForInvite));
    assert_eq!(world.failed(2), [ErrorCode::NotEntitled]);
    assert!(!view.may_invite);

    // It is known without the service, and nothing goes round in circles.
    let now = world.now;
    world.send_away(2);
    world.hosts[2].open_anew(now);
    assert!(matches!(world.hosts[2].client.room(room).unwrap().ended(), Some(ending) if ending.how == Ended::Removed));
    world.hosts[2].away = false;
    world.run_until("a connection", false, |world| world.hosts[2].connected && world.hosts[2].down.is_empty());
    for _ in 0..2_000 {
        world.step(false);
    }
    let host = &world.hosts[2];
    assert!(host.up.is_empty() && host.requests.is_empty() && host.down.is_empty());
    // What is left is the end of the invites that it still shows.
    let soon = world.now.plus_millis(24 * 60 * 60 * 1_000);
    assert!(host.client.next_deadline().is_none_or(|deadline| deadline > soon));
}

/// A new invite lets the account in again, with the same computer: what it wrote last can be sent, and it reads on.
#[test]
fn who_was_removed_comes_in_again_by_a_new_invite() {
    for seed in 0..6 {
        let history = if seed % 2 == 0 { HistoryRule::AllRetained } else { HistoryRule::FromJoining };
        let mut world = World::new(4_300 + seed, 3);
        let room = everybody_enters(&mut world, history, true);
        let account = world.account(2);
        world.send_away(2);
        world.write(2, room);
        world.command(0, Command::RemoveMember { room, account });
        world.run_until("the removal", true, |world| world.log().member(account).is_none());
        world.hosts[2].away = false;
        world.run_until("the reason", true, |world| ended(world, 2).is_some());
        world.write(0, room);
        world.run_until("a message without it", true, |world| world.has_all_of(1, &[0]));

        let secret = invite(&mut world, 0, InviteTerms::default());
        world.command(2, Command::Join { room, secret });
        world.run_until("it to be back", true, |world| world.hosts[2].standing() == Some(Standing::Ready));
        let failed = world.hosts[2].outgoing.values().find(|view| matches!(view.state, OutgoingState::Failed(_)));
        let message_id = failed.unwrap().message_id;
        world.command(2, Command::Retry { room, message_id });
        world.write(1, room);
        world.run_until("everybody to read both", true, |world| (0..3).all(|who| world.has_all_of(who, &[1, 2])));
        assert_eq!(world.hosts[2].texts().contains(&"0-0000"), history == HistoryRule::AllRetained);
        assert!(world.hosts[2].client.room(room).unwrap().ended().is_none());
    }
}

/// What the page offers is what the log permits: each deed that is shown as possible is done, each other one is refused.
#[test]
fn what_one_may_do_is_known_before_it_is_sent() {
    let mut world = World::new(4_400, 3);
    let room = everybody_enters(&mut world, HistoryRule::AllRetained, false);
    let [owner, first, second] = [0, 1, 2].map(|who| world.account(who));
    world.run_until("everybody", false, |world| world.are_live(&[0, 1, 2]));
    let asked = |world: &mut World, who: usize| {
        world.command(who, Command::ShowPeople { room });
        world.hosts[who].people.take().unwrap()
    };
    let of = |view: &igoon_shared::client::io::PeopleView, account| {
        view.people.iter().find(|person| person.account == account).unwrap().clone()
    };

    let seen = asked(&mut world, 0);
    assert_eq!((seen.leave, seen.set_history), (Err(Denied::LastOwner), Ok(())));
    assert_eq!(of(&seen, first).remove, Ok(()));
    assert_eq!(of(&seen, owner).remove, Err(Denied::NotPermitted), "oneself one does not remove");
    let roles = [(Role::Member, Err(Denied::AlreadySo)), (Role::Admin, Ok(())), (Role::Owner, Ok(()))];
    assert_eq!(of(&seen, first).roles, roles);
    assert_eq!(of(&seen, owner).roles[0], (Role::Member, Err(Denied::LastOwner)));
    assert!(of(&seen, owner).devices[0].this && of(&seen, owner).devices[0].revoke == Err(Denied::LastOwner));
    assert_eq!((of(&seen, first).devices[0].revoke, of(&seen, first).handle.as_deref()), (Ok(()), Some("person2")));

    let plain = asked(&mut world, 1);
    assert_eq!((plain.leave, plain.set_history), (Ok(()), Err(Denied::NotPermitted)));
    assert!(plain.people.iter().all(|person| person.remove == Err(Denied::NotPermitted)));
    for refused in [
        Command::RemoveMember { room, account: second },
        Command::SetRole { room, account: first, role: Role::Owner },
        Command::PassOwnership { room, account: first },
        Command::SetHistory { room, history: HistoryRule::FromJoining },
    ] {
        world.command(1, refused);
    }
    world.command(0, Command::Leave { room });
    world.run_until("refusals", false, |world| {
        world.hosts[1].failures == [ErrorCode::Forbidden; 4] && world.hosts[0].failures == [ErrorCode::Forbidden]
    });

    // As admin: plain members only.
    world.command(0, Command::SetRole { room, account: first, role: Role::Admin });
    world.run_until("an admin", false, |world| world.hosts[1].view.as_ref().unwrap().role == Some(Role::Admin));
    let admin = asked(&mut world, 1);
    assert_eq!((of(&admin, owner).remove, of(&admin, second).remove), (Err(Denied::NotPermitted), Ok(())));
    assert_eq!(of(&admin, owner).devices[0].revoke, Err(Denied::NotPermitted));

    // With another owner in its place, the first can go.
    world.command(0, Command::PassOwnership { room, account: second });
    world.run_until("another owner", false, |world| world.hosts[2].view.as_ref().unwrap().role == Some(Role::Owner));
    world.run_until("an admin more", false, |world| world.hosts[0].view.as_ref().unwrap().role == Some(Role::Admin));
    assert_eq!(asked(&mut world, 0).leave, Ok(()));
    world.command(0, Command::Leave { room });
    world.run_until("it to be gone", false, |world| ended(world, 0) == Some(Ended::Left));
    assert_eq!(world.log().members().count(), 2);
}

/// Two who remove the same person at the same time have both what they wanted.
#[test]
fn a_removal_that_somebody_else_did_first_is_no_failure() {
    let mut world = World::new(4_500, 3);
    let room = everybody_enters(&mut world, HistoryRule::AllRetained, false);
    let [first, second] = [1, 2].map(|who| world.account(who));
    world.run_until("everybody", false, |world| world.are_live(&[0, 1, 2]));
    world.command(0, Command::SetRole { room, account: first, role: Role::Admin });
    world.run_until("an admin", false, |world| {
        world.hosts[1].view.as_ref().unwrap().role == Some(Role::Admin)
            && world.hosts[0].client.room(room).unwrap().cursor().seq.0 == world.service.stream.len() as u64
    });
    world.command(0, Command::RemoveMember { room, account: second });
    world.command(1, Command::RemoveMember { room, account: second });
    world.run_until("the removal", false, |world| ended(world, 2).is_some());
    world.write(0, room);
    world.write(1, room);
    world.run_until("both to write", false, |world| (0..2).all(|who| world.has_all_of(who, &[0, 1])));
    assert!((0..2).all(|who| world.hosts[who].failures.is_empty()));
    assert_eq!(world.log().current_epoch(), Epoch(2), "one key for one removal");
}
