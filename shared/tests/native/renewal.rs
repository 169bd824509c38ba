//! A computer whose keys were revoked somewhere makes new ones, in place: rooms, keys and outbox stay. Where the old keys count it
//! goes on by itself, elsewhere it is approved like a new computer.

use igoon_shared::{
    client::{
        Command,
        io::{Ended, Ending, OutgoingState, Standing},
    },
    log::HistoryRule,
};

use crate::world::{Host, Who, World, everybody_enters};

fn ended(world: &World, who: usize) -> bool {
    matches!(world.hosts[who].standing(), Some(Standing::Ended(Ending { how: Ended::Revoked, .. })))
}

/// Nobody revoked it here, and nobody is asked. What waited goes out once, whatever broke in between.
#[test]
fn where_the_old_keys_count_the_new_ones_follow_by_themselves() {
    let seeds = if std::env::var_os("IGOON_SOAK").is_some() { 300 } else { 5 };
    for seed in 0..seeds {
        let faults = seed > 0;
        let mut world = World::new(seed, 2);
        let room = everybody_enters(&mut world, HistoryRule::AllRetained, faults);
        for who in [0, 1] {
            world.write(who, room);
        }
        world.run_until("what was written", faults, |world| world.has_all_of(1, &[0, 1]));
        let old = world.hosts[1].device();
        // Some of it is under way when the keys change.
        for _ in 0..3 {
            world.write(1, room);
        }
        for _ in 0..seed * 3 {
            world.step(faults);
        }
        let now = world.now;
        world.hosts[1].renew(now, 4);
        let new = world.hosts[1].device();
        assert_ne!(old, new);
        world.run_until("the new keys", faults, |world| {
            world.log().is_entitled(new) && world.log().is_revoked(world.account(1), old)
        });
        world.write(1, room);
        world.run_until("all of it", faults, |world| world.has_all_of(0, &[0, 1]) && world.has_all_of(1, &[0, 1]));
        let mut texts = world.hosts[0].texts();
        let count = texts.len();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), count, "nothing came twice");
        assert_eq!(world.hosts[1].failures, []);
        world.assert_one_key_for_each_epoch();
    }
}

#[test]
fn where_they_were_revoked_another_computer_approves_the_new_ones() {
    let mut world = World::new(7, 2);
    let room = everybody_enters(&mut world, HistoryRule::AllRetained, false);
    let second = Who { number: 3, account: 2, handle: "person2".to_owned() };
    world.hosts.push(Host::new(second, world.now));
    world.run_until("a question", false, |world| !world.hosts[1].approvals.asked.is_empty());
    let device = world.hosts[2].device();
    world.command(1, Command::Approve { device });
    world.write(0, room);
    world.run_until("the second computer", false, |world| world.has_all_of(2, &[0]) && world.has_all_of(1, &[0]));
    let old = world.hosts[1].device();
    world.command(0, Command::RevokeDevice { room, device: old });
    world.run_until("the end", false, |world| ended(world, 1));
    world.write(1, room);
    assert!(matches!(world.hosts[1].outgoing.values().next_back().unwrap().state, OutgoingState::Failed(_)));

    let now = world.now;
    world.hosts[1].renew(now, 4);
    let new = world.hosts[1].device();
    let asked = |world: &World| world.hosts[2].approvals.asked.iter().any(|asked| asked.device == new);
    world.run_until("its question", false, asked);
    assert_eq!(world.hosts[1].standing(), Some(Standing::NotApproved));
    assert_eq!(world.hosts[1].texts(), ["0-0000"], "what it had read stays");
    world.command(2, Command::Approve { device: new });
    world.run_until("what waited", false, |world| world.has_all_of(0, &[0, 1]) && world.has_all_of(1, &[0, 1]));
    assert!(!world.log().is_entitled(old) && world.log().is_entitled(new));
    assert_eq!(world.hosts[1].standing(), Some(Standing::Ready));
}
