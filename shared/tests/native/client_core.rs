//! The client core against a service that is honest but unreliable: connections break, answers get lost, messages are put
//! off, clients crash between any two effects, epochs start in the middle. Whatever the order of things: everything that was
//! written arrives once, in its sender's order, readable, and all clients hold the same stream.
#![allow(clippy::cast_possible_truncation, reason = "a test's numbers are small")]

use std::collections::BTreeSet;

use igoon_shared::{
    client::{
        Command,
        io::{Body, InviteTerms, Standing},
    },
    ids::{DeviceId, MessageId, Seq},
    log::HistoryRule,
};
use rand_core::Rng;

use crate::world::{Host, World, everybody_enters, invite, make_room};

fn everything_arrived(world: &World) -> bool {
    let total: usize = world.hosts.iter().map(|host| host.written.len()).sum();
    world.hosts.iter().all(|host| {
        host.shown.len() == total
            && host.client.rooms().all(|room| room.outbox().waiting() == 0 && room.is_live())
            && host.shown.values().all(|view| matches!(view.body, Body::Text(_)))
    })
}

fn check(world: &World) {
    let reference: Vec<_> = names(&world.hosts[0]);
    assert_eq!(reference.iter().map(|(_, name)| *name).collect::<BTreeSet<_>>().len(), reference.len(), "once each");
    for host in &world.hosts {
        assert_eq!(names(host), reference, "the same stream for all");
        if let Some(view) = host.shown.values().find(|view| view.gap) {
            panic!("a gap before {view:?}; its header is {:?}", world.service.header(view.seq));
        }
        assert!(host.failures.is_empty(), "{:?}", host.failures);
        for sender in &world.hosts {
            let device = Some(sender.device());
            let texts = host.shown.values().filter(|view| view.device == device).map(|view| match &view.body {
                Body::Text(text) => text.clone(),
                Body::Unreadable(why) => panic!("{why:?}"),
            });
            assert!(texts.eq(sender.written.iter().cloned()), "everything, once, in order");
        }
    }
}

/// A message's name, as far as its header can be read.
type Name = (Option<DeviceId>, Option<MessageId>);

fn names(host: &Host) -> Vec<(Seq, Name)> {
    host.shown.iter().map(|(seq, view)| (*seq, (view.device, view.message_id))).collect()
}

#[test]
fn everything_arrives_once_and_in_order_whatever_breaks() {
    let seeds = if std::env::var_os("IGOON_SOAK").is_some() { 1_000 } else { 40 };
    for seed in 0..seeds {
        let mut world = World::new(seed, 3);
        let room = everybody_enters(&mut world, HistoryRule::AllRetained, true);
        for _ in 0..60 {
            let who = world.rng.next_u32() as usize % 3;
            world.write(who, room);
            for _ in 0..world.rng.next_u32() % 30 {
                world.step(true);
            }
        }
        world.run_until("calm", false, everything_arrived);
        check(&world);
    }
}

/// Newcomers whose invite brings no key start the next epoch; what was written under the old one stays readable for those
/// who had it, and the newcomer reads on from its own epoch.
#[test]
fn a_newcomer_without_a_key_starts_the_next_epoch() {
    let mut world = World::new(99, 2);
    let room = make_room(&mut world, HistoryRule::FromJoining, false);
    world.write(0, room);
    world.run_until("the first message", false, |world| world.hosts[0].shown.len() == 1);
    let secret = invite(&mut world, 0, InviteTerms::default());
    world.command(1, Command::Join { room, secret });
    world.run_until("the joining", false, |world| world.hosts[1].standing() == Some(Standing::Ready));
    assert_eq!(world.service.state.as_ref().unwrap().current_epoch().0, 2, "joining started an epoch");
    world.write(1, room);
    world.write(0, room);
    world.run_until("all three messages", false, |world| world.hosts.iter().all(|host| host.shown.len() == 3));
    let bodies: Vec<_> = world.hosts[1].shown.values().map(|view| view.body.clone()).collect();
    assert!(matches!(bodies[0], Body::Unreadable(igoon_shared::client::io::Unreadable::NoKey(_))));
    assert!(bodies[1..].iter().all(|body| matches!(body, Body::Text(_))));
    assert!(world.hosts[0].shown.values().all(|view| matches!(view.body, Body::Text(_))));
}
