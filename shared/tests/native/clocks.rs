//! Clocks that are put right, or wrong, while a connection lasts: a laptop's that hears the time from the network, a server's
//! that was wrong since it started.

use igoon_shared::{
    client::{Answer, Command, Input},
    log::HistoryRule,
};

use crate::world::{World, everybody_enters};

const HOUR_MS: i64 = 60 * 60 * 1_000;

#[test]
fn whose_clock_is_put_right_meanwhile_changes_the_room_at_the_second_try() {
    for (seed, ahead_ms) in [(1, 2 * HOUR_MS), (2, -2 * HOUR_MS)] {
        let mut world = World::new(15_000 + seed, 2);
        let room = everybody_enters(&mut world, HistoryRule::AllRetained, false);
        world.run_until("all of it", false, |world| world.are_live(&[0, 1]));
        world.service.ahead_ms = ahead_ms;
        for (who, name) in [(0, "Garden"), (0, "Shed")] {
            world.command(who, Command::RenameRoom { room, name: name.to_owned() });
            world.run_until("the name", false, |world| {
                (0..2).all(|who| world.hosts[who].view.as_ref().unwrap().name.as_deref() == Some(name))
            });
        }
        assert_eq!(world.service.off, 1, "it goes by the service's clock from then on");
        assert_eq!(world.hosts[0].failures, [], "nobody is told of it");
    }
}

/// The service's clock goes back far beyond what somebody waits for.
#[test]
fn who_waits_to_try_again_does_not_wait_until_a_clock_has_caught_up() {
    let mut world = World::new(15_010, 2);
    let room = everybody_enters(&mut world, HistoryRule::AllRetained, false);
    let account = world.account(1);
    let entries = world.service.entries.len();
    // Lost on the way again and again.
    world.command(0, Command::RemoveMember { room, account });
    for _ in 0..5 {
        world.now = world.now.plus_millis(60_000);
        let now = world.now;
        world.hosts[0].input(now, Input::Tick, None);
        let lost = world.hosts[0].requests.pop_front().unwrap();
        world.hosts[0].input(now, Input::Answer { request: lost.id, answer: Answer::Unreachable }, None);
    }
    world.service.ahead_ms = -24 * HOUR_MS;
    let before = world.now;
    world.hosts[0].disconnect(Some(before));
    world.run_until("the removal", false, |world| world.service.entries.len() > entries);
    assert!(world.now.millis_since(before) < 60_000);
}
