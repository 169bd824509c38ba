//! Members who leave, in the client core: they start no key, the next to write does; and a device that its account, an owner or
//! an admin revokes.

use igoon_shared::{
    client::{
        Command,
        io::{Ended, InviteTerms, Remedy, Standing},
    },
    crypto::safety,
    ids::Epoch,
    log::{EpochReason, HistoryRule, Role},
    protocol::{
        error::ErrorCode,
        frames::{RoomAdded, ServerFrame},
    },
};

use crate::world::{Host, Who, World, everybody_enters, invite, make_room};

fn ended(world: &World, who: usize) -> Option<Ended> {
    match world.hosts[who].standing() {
        Some(Standing::Ended(ending)) => Some(ending.how),
        _ => None,
    }
}

#[test]
fn who_leaves_starts_no_key_and_the_next_to_write_does() {
    for seed in 0..8 {
        let mut world = World::new(5_000 + seed, 3);
        let room = everybody_enters(&mut world, HistoryRule::AllRetained, true);
        world.write(2, room);
        world.run_until("its message", true, |world| (0..3).all(|who| world.has_all_of(who, &[2])));
        let account = world.account(2);
        while world.log().member(account).is_some() {
            // A client that ended before it had saved the wish is told again.
            world.command(2, Command::Leave { room });
            (0..400).for_each(|_| world.step(true));
        }
        world.run_until("it to know", true, |world| ended(world, 2) == Some(Ended::Left));
        (0..400).for_each(|_| world.step(true));
        assert_eq!(world.log().current_epoch(), Epoch(1), "nobody starts one before it is needed");
        assert_eq!(world.log().rotation_due(), Some(EpochReason::Leaving));
        world.run_until("the others to see it", false, |world| {
            (0..2).all(|who| world.hosts[who].view.as_ref().unwrap().key_due == Some(EpochReason::Leaving))
        });

        world.write(1, room);
        world.run_until("the next message", true, |world| (0..2).all(|who| world.has_all_of(who, &[1])));
        let started = world.log().epoch(Epoch(2)).unwrap();
        assert_eq!((started.reason, started.started_by), (EpochReason::Leaving, world.hosts[1].device()));
        let left = &world.hosts[2];
        assert_eq!(left.texts(), ["2-0000"]);
        assert!(!left.records.keys().any(|key| key.starts_with("append/")));
        world.assert_one_key_for_each_epoch();
    }
}

/// Two write at the same time after somebody has left: one of them starts the key, the other takes it.
#[test]
fn two_who_write_at_once_after_a_leaving_come_to_one_key() {
    for seed in 0..8 {
        let mut world = World::new(5_100 + seed, 3);
        let room = everybody_enters(&mut world, HistoryRule::FromJoining, false);
        let before = world.log().current_epoch();
        let caught_up = |world: &World, until: u64| {
            (0..2).all(|who| world.hosts[who].client.room(room).unwrap().cursor().seq.0 >= until)
        };
        world.command(2, Command::Leave { room });
        world.run_until("the leaving", false, |world| {
            ended(world, 2).is_some() && caught_up(world, world.service.stream.len() as u64)
        });
        for who in [0, 1] {
            world.write(who, room);
            world.write(who, room);
        }
        world.run_until("all four messages", true, |world| (0..2).all(|who| world.has_all_of(who, &[0, 1])));
        assert_eq!(world.log().current_epoch(), before.next(), "one key, not two");
        world.assert_one_key_for_each_epoch();
    }
}

/// Whoever left comes again by a new invite; and whoever comes when a key is due can write.
#[test]
fn who_left_comes_again_and_who_comes_meanwhile_can_write() {
    for history in [HistoryRule::AllRetained, HistoryRule::FromJoining] {
        let mut world = World::new(5_200, 4);
        let room = make_room(&mut world, history, false);
        let secret = invite(&mut world, 0, InviteTerms { uses: 2, ..InviteTerms::default() });
        for who in [1, 2] {
            world.command(who, Command::Join { room, secret: secret.clone() });
            world.run_until("a joining", false, |world| world.hosts[who].standing() == Some(Standing::Ready));
        }
        let secret = invite(&mut world, 0, InviteTerms { uses: 2, ..InviteTerms::default() });
        world.write(1, room);
        world.run_until("its message", false, |world| world.has_all_of(0, &[1]));
        world.command(1, Command::Leave { room });
        world.run_until("it to be gone", false, |world| ended(world, 1).is_some());
        // The newcomer joins while nobody may write.
        world.command(3, Command::Join { room, secret: secret.clone() });
        world.run_until("a newcomer", false, |world| world.hosts[3].standing() == Some(Standing::Ready));
        world.write(3, room);
        world.run_until("its message", false, |world| world.has_all_of(0, &[3]) && world.has_all_of(2, &[3]));
        world.command(1, Command::Join { room, secret });
        world.run_until("it to be back", false, |world| world.hosts[1].standing() == Some(Standing::Ready));
        world.write(1, room);
        world.run_until("its next message", false, |world| {
            (0..4).all(|who| world.hosts[who].texts().contains(&"1-0001"))
        });
        assert_eq!(world.hosts[1].texts().contains(&"3-0000"), history == HistoryRule::AllRetained);
    }
}

/// Ada approves her second computer and revokes it again: in each of her rooms, as soon as the one that says so is there.
#[test]
fn a_computer_is_approved_and_revoked_by_its_account() {
    for seed in 0..6 {
        let mut world = World::new(5_300 + seed, 2);
        let history = if seed % 2 == 0 { HistoryRule::AllRetained } else { HistoryRule::FromJoining };
        let room = make_room(&mut world, history, false);
        world.write(0, room);
        world.run_until("a message of before", false, |world| world.has_all_of(0, &[0]));
        let secret = invite(&mut world, 0, InviteTerms::default());
        world.command(1, Command::Join { room, secret });
        world.run_until("a joining", false, |world| world.hosts[1].standing() == Some(Standing::Ready));
        let now = world.now;
        world.hosts.push(Host::new(Who { number: 3, ..Who::person(1) }, now));
        world.run_until("the second computer", false, |world| world.hosts[2].standing() == Some(Standing::NotApproved));
        assert_eq!(Standing::NotApproved.remedy(), Some(Remedy::AskForApproval));

        let bundles = [0, 2].map(|who| world.hosts[who].client.identity().bundle().clone());
        let digits = safety::approval_digits(&bundles[1]);
        assert_eq!(digits.split(' ').map(str::len).collect::<Vec<_>>(), [4; 6]);
        let [_, newcomer] = bundles;
        // Somebody else's computer is nobody's to approve.
        world.command(1, Command::Vouch { bundle: newcomer.signed().clone(), name: "laptop".into() });
        assert_eq!(world.hosts[1].failures, [ErrorCode::Invalid]);
        world.command(0, Command::Vouch { bundle: newcomer.signed().clone(), name: "laptop".into() });
        let device = newcomer.device();
        world.run_until("the approval", true, |world| world.log().is_entitled(device));
        if world.hosts[2].connected {
            world.hosts[2].down.push_back(ServerFrame::RoomAdded(RoomAdded { room }));
        }
        world.run_until("the history", true, |world| {
            world.hosts[2].standing() == Some(Standing::Ready) && world.hosts[2].texts() == ["0-0000"]
        });
        world.write(2, room);
        world.run_until("its message", true, |world| (0..3).all(|who| world.has_all_of(who, &[2])));
        world.run_until("its name", false, |world| {
            world.hosts[1].client.room(room).unwrap().cursor().seq.0 == world.service.stream.len() as u64
        });

        let before = world.log().current_epoch();
        world.send_away(2);
        world.command(0, Command::RevokeOwn { device });
        world.write(0, room);
        world.run_until("the revocation", true, |world| {
            !world.log().is_entitled(device) && world.hosts[1].texts().contains(&"0-0001")
        });
        assert_eq!(world.log().current_epoch(), before.next());
        assert_eq!(world.log().epoch(before.next()).unwrap().reason, EpochReason::DeviceRevoked);
        let secret = world.service.header(igoon_shared::ids::Seq(world.service.stream.len() as u64)).unwrap();
        assert_eq!(secret.epoch, before.next(), "the next message is under the next key");
        world.hosts[2].away = false;
        world.write(2, room);
        world.run_until("it to know", true, |world| ended(world, 2) == Some(Ended::Revoked));
        let view = world.hosts[2].view.clone().unwrap();
        assert_eq!((view.ended_by.as_deref(), view.standing.remedy()), (Some("person1"), Some(Remedy::MakeNewKeys)));
        assert!(world.failed(2).contains(&ErrorCode::NotEntitled));
        // Said once more, nothing happens: revoked keys never return.
        let index = world.log().head().index;
        world.command(0, Command::Vouch { bundle: newcomer.signed().clone(), name: "laptop".into() });
        (0..1_000).for_each(|_| world.step(false));
        assert_eq!(world.log().head().index, index);
    }
}

/// An owner takes a member's computer its access; the member's other one goes on.
#[test]
fn a_members_computer_is_revoked_by_an_owner() {
    let mut world = World::new(5_400, 2);
    let room = everybody_enters(&mut world, HistoryRule::AllRetained, false);
    let device = world.hosts[1].device();
    world.command(0, Command::RevokeDevice { room, device });
    world.run_until("the revocation", false, |world| ended(world, 1) == Some(Ended::Revoked));
    assert_eq!(world.log().member(world.account(1)).unwrap().role, Role::Member, "the account is still in the room");
    world.write(0, room);
    world.run_until("a message", false, |world| world.has_all_of(0, &[0]));
    assert_eq!(world.log().epoch(Epoch(2)).unwrap().reason, EpochReason::DeviceRevoked);
    assert!(world.hosts[1].texts().is_empty());
    assert!(world.hosts[0].failures.is_empty());
}
