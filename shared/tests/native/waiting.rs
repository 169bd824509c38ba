//! What an account says of its computers beyond the computer on which it was said: it is left at the service, and carried by
//! whoever the service hands it to, before anything else is sent.

use igoon_shared::{
    client::{Command, Event, Input, io::Standing as Stands},
    crypto::{SUITE, message::MessageHeader},
    ids::DeviceId,
    log::{
        HistoryRule,
        action::{DeviceStatement, Standing},
    },
    protocol::{
        codec,
        frames::{Newcomer, Said, ServerFrame},
    },
};

use crate::world::{Host, Who, World, everybody_enters};

const FIRST: usize = 0;
const OTHER: usize = 1;
const SECOND: usize = 2;

/// Two people in a room; host 2 is the first one's second computer, and is not in it.
fn scene(seed: u64, faults: bool) -> World {
    let mut world = World::new(seed, 2);
    let room = everybody_enters(&mut world, HistoryRule::AllRetained, faults);
    world.write(FIRST, room);
    world.run_until("what was written", faults, |world| {
        world.has_all_of(FIRST, &[FIRST]) && world.has_all_of(OTHER, &[FIRST])
    });
    let second = Who { number: 3, account: 1, handle: "person1".to_owned() };
    world.hosts.push(Host::new(second, world.now));
    world
}

/// What one computer says of another, without its client.
fn says(world: &World, by: usize, of: DeviceId, standing: Standing) -> Said {
    let (identity, account) = (world.hosts[by].client.identity(), world.account(by));
    let statement =
        DeviceStatement { suite: SUITE, account, device: of, standing, by: identity.device(), at: world.now };
    let statement = statement.sign(&world.hosts[by].who.keys());
    let of = world.hosts.iter().find(|host| host.device() == of).map(|host| host.client.identity());
    let newcomer = of
        .filter(|_| standing == Standing::Vouched)
        .map(|of| Newcomer { bundle: of.bundle().signed().clone(), name: of.device_name().to_owned() });
    Said { statement, newcomer }
}

/// The service hands it on.
fn hand(world: &mut World, to: usize, said: &Said) {
    world.hosts[to].down.push_back(ServerFrame::Said(said.clone()));
}

fn last_message(world: &World) -> MessageHeader {
    world.service.stream.iter().rev().find_map(|item| world.service.header(item.seq)).unwrap()
}

fn approve(world: &mut World) {
    let bundle = world.hosts[SECOND].client.identity().bundle().signed().clone();
    world.command(FIRST, Command::Vouch { bundle, name: "laptop".into() });
}

#[test]
fn what_is_said_is_left_at_the_service_once() {
    let mut world = scene(1, false);
    approve(&mut world);
    let second = world.hosts[SECOND].device();
    world.run_until("the statement", false, |world| !world.service.left.is_empty());
    let (by, left) = world.service.left[0].clone();
    assert_eq!((by, left.newcomer.unwrap().name.as_str()), (world.hosts[FIRST].device(), "laptop"));
    assert_eq!(left.statement.read().unwrap().device, second);
    world.run_until("the second computer", false, |world| world.hosts[SECOND].standing() == Some(Stands::Ready));
    world.run_until("the answer", false, |world| world.hosts[FIRST].requests.is_empty());
    // Neither a new start nor a new connection leaves it again, another word does.
    let now = world.now;
    world.hosts[FIRST].disconnect(Some(now));
    world.hosts[FIRST].open_anew(now);
    world.run_until("the connection", false, |world| world.is_live(FIRST));
    assert_eq!(world.service.left.len(), 1);
    world.command(FIRST, Command::RevokeOwn { device: second });
    world.run_until("the other word", false, |world| world.service.left.len() == 2);
    assert!(world.service.left[1].1.newcomer.is_none());
}

/// The computer that approved it died right after: the one that is approved brings it, and no digits are asked for again.
#[test]
fn who_is_vouched_for_lets_itself_in() {
    let seeds = if std::env::var_os("IGOON_SOAK").is_some() { 300 } else { 3 };
    for seed in 0..seeds {
        let faults = seed > 0;
        let mut world = scene(seed, faults);
        let said = says(&world, FIRST, world.hosts[SECOND].device(), Standing::Vouched);
        world.send_away(FIRST);
        for _ in 0..100_000 {
            if world.hosts[SECOND].standing() == Some(Stands::Ready) {
                break;
            }
            // With each connection, as the service does.
            if world.hosts[SECOND].connected && world.hosts[SECOND].down.is_empty() {
                hand(&mut world, SECOND, &said);
            }
            world.step(faults);
        }
        world.run_until("the history", faults, |world| world.has_all_of(SECOND, &[FIRST]));
        world.assert_one_key_for_each_epoch();
    }
}

/// No computer of the account is there. The next message of somebody else is for nobody who was revoked before.
#[test]
fn a_revocation_is_carried_by_somebody_else_before_they_send() {
    let mut world = scene(2, false);
    approve(&mut world);
    let (room, second) = (world.room(), world.hosts[SECOND].device());
    world.run_until("the second computer", false, |world| world.has_all_of(SECOND, &[FIRST]));
    let said = says(&world, FIRST, second, Standing::Revoked);
    world.send_away(FIRST);
    world.send_away(OTHER);
    world.write(OTHER, room);
    let before = world.log().current_epoch();
    world.hosts[OTHER].away = false;
    let now = world.now;
    world.hosts[OTHER].connect(now, &world.service);
    hand(&mut world, OTHER, &said);
    world.run_until("the message", false, |world| {
        world.hosts[OTHER].client.rooms().all(|room| room.outbox().waiting() == 0) && world.is_live(OTHER)
    });
    assert!(world.log().is_revoked(world.account(FIRST), second) && world.log().current_epoch() > before);
    let last = last_message(&world);
    assert_eq!(last.epoch, world.log().current_epoch());
    world.run_until("the end", false, |world| matches!(world.hosts[SECOND].standing(), Some(Stands::Ended(_))));
    assert!(!world.has_all_of(SECOND, &[OTHER]));
}

/// What the service makes up, or takes from where it does not count, changes nothing and keeps nobody from writing.
#[test]
fn what_does_not_count_is_carried_nowhere() {
    let mut world = scene(3, false);
    let (room, head) = (world.room(), world.log().head());
    let (first, second) = (world.hosts[FIRST].device(), world.hosts[SECOND].device());
    // By a computer that is not in the room; then by one that is, and somebody changed it.
    let by_nobody = says(&world, SECOND, first, Standing::Revoked);
    let mut changed = says(&world, FIRST, second, Standing::Vouched);
    let forged = says(&world, OTHER, first, Standing::Revoked);
    changed.statement.signature.0[7] ^= 1;
    for said in [&by_nobody, &changed, &forged] {
        hand(&mut world, OTHER, said);
    }
    world.run_until("the frames", false, |world| world.hosts[OTHER].down.is_empty());
    world.write(OTHER, room);
    world.run_until("the message", false, |world| world.has_all_of(FIRST, &[OTHER]));
    assert_eq!(world.log().head(), head);
    assert!(world.hosts[OTHER].failures.is_empty());
    // What is no statement is said to be none.
    let mut damaged = by_nobody;
    damaged.statement.statement.0.truncate(5);
    let mut incomplete = says(&world, FIRST, second, Standing::Vouched);
    incomplete.newcomer = None;
    for said in [damaged, incomplete] {
        let frame = codec::encode(&ServerFrame::Said(said));
        let now = world.now;
        let effects = world.hosts[OTHER].client.handle(now, Input::Frame(frame));
        let told = |effect: &_| matches!(effect, igoon_shared::client::Effect::Notify(Event::BadFrame));
        assert!(effects.iter().any(told));
    }
}
