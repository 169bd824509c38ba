//! Room keys that follow each other, in the client core: by age, by what puts somebody out, by several at once. What comes of it
//! when a client ends in the middle is in `killed`.

use igoon_shared::{
    client::{
        Answer, Command, Input,
        io::{Alarm, Body, InviteTerms, Remedy, Standing, Unreadable},
    },
    crypto::{
        envelope::{Envelope, EnvelopeReason},
        epoch::EpochKey,
        system_rng,
    },
    ids::{AccountId, Epoch, RoomId},
    log::{EpochReason, HistoryRule},
    protocol::http::RoomKeys,
};

use crate::world::{Host, World, everybody_enters, invite, make_room, ok};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A removal by client 0, and a leaving of client 2's, in a room of three or four.
#[derive(Clone, Copy)]
enum Deed {
    Remove(AccountId),
    Leave,
}

/// Does a deed as a person would: tells the client again if it ended before it had saved the wish.
fn does(world: &mut World, who: usize, room: RoomId, deed: Deed) {
    for _ in 0..40 {
        let gone = match deed {
            Deed::Remove(account) => world.log().member(account).is_none(),
            Deed::Leave => world.log().member(world.account(who)).is_none(),
        };
        if gone {
            return;
        }
        let under_way = world.hosts[who].records.keys().any(|key| key.starts_with("append/"));
        if !under_way && world.is_live(who) {
            world.command(
                who,
                match deed {
                    Deed::Remove(account) => Command::RemoveMember { room, account },
                    Deed::Leave => Command::Leave { room },
                },
            );
        }
        (0..300).for_each(|_| world.step(false));
    }
    panic!("it was never done: {}", world.hosts[who].diagnosis());
}

/// Feeds back that another entry came first, once the news of it are here.
fn beaten_start(world: &mut World, room: RoomId, starter: usize) -> EpochStart {
    world.write(starter, room);
    world.run_until("the start to be on its way", false, |world| {
        world.hosts[starter].requests.iter().any(|request| request.path.ends_with("/log"))
    });
    world.hosts[starter].away = true;
    let body = world.hosts[starter].requests.iter().find(|request| request.path.ends_with("/log"));
    let append: igoon_shared::protocol::http::Append =
        serde_json::from_slice(body.unwrap().body.as_ref().unwrap()).unwrap();
    EpochStart { envelopes: append.envelopes }
}

struct EpochStart {
    envelopes: Vec<Envelope>,
}

/// A start that a joining beat keeps its key and its envelopes, and adds what the newcomer needs.
#[test]
fn a_start_that_is_beaten_by_a_joining_keeps_its_key() {
    let mut world = World::new(6_300, 4);
    let room = make_room(&mut world, HistoryRule::AllRetained, false);
    let secret = invite(&mut world, 0, InviteTerms { uses: 3, ..InviteTerms::default() });
    for who in [1, 2] {
        world.command(who, Command::Join { room, secret: secret.clone() });
        world.run_until("a joining", false, |world| world.hosts[who].standing() == Some(Standing::Ready));
    }
    does(&mut world, 2, room, Deed::Leave);
    world.run_until("the others to know", false, |world| world.are_live(&[0, 1]));
    let started = beaten_start(&mut world, room, 1);
    assert_eq!(started.envelopes.len(), 2);
    world.command(3, Command::Join { room, secret });
    world.run_until("the newcomer", false, |world| world.hosts[3].standing() == Some(Standing::Ready));
    world.hosts[1].away = false;
    world.run_until("the message", false, |world| [0, 1, 3].iter().all(|who| world.has_all_of(*who, &[1])));
    let tries: Vec<_> = world.service.starts.iter().filter(|start| start.1 == Epoch(2)).collect();
    assert_eq!(tries.len(), 2, "the first was beaten: {tries:?}");
    world.assert_one_key_for_each_epoch();
    for envelope in started.envelopes {
        assert!(world.service.envelopes.contains(&envelope), "the same bytes as the first time");
    }
}

/// A start that a removal beat had an envelope for the one put out: its key is dropped, and nothing was ever written under it.
#[test]
fn a_start_that_is_beaten_by_a_removal_drops_its_key() {
    let mut world = World::new(6_400, 4);
    let room = everybody_enters(&mut world, HistoryRule::AllRetained, false);
    does(&mut world, 3, room, Deed::Leave);
    world.run_until("the others to know", false, |world| world.are_live(&[0, 1, 2]));
    let started = beaten_start(&mut world, room, 1);
    let out = world.account(2);
    // Not by client 0: somebody whose removal comes without a key, as after a crash of an older client.
    world.command(2, Command::Leave { room });
    world.run_until("it to be gone", false, |world| world.log().member(out).is_none());
    world.hosts[1].away = false;
    world.run_until("the message", false, |world| [0, 1].iter().all(|who| world.has_all_of(*who, &[1])));
    assert_eq!(world.log().current_epoch(), Epoch(2));
    let pinned = world.log().epoch(Epoch(2)).unwrap().key_id;
    assert!(started.envelopes.iter().all(|envelope| envelope.context().unwrap().key_id != pinned));
}

/// Three keys and a removal while a device was away: it comes back and reads everything by itself.
#[test]
fn who_was_away_for_three_keys_and_a_removal_reads_everything() {
    for (seed, history) in [(0, HistoryRule::AllRetained), (1, HistoryRule::FromJoining)] {
        for faults in [false, true] {
            let mut world = World::new(6_500 + seed, 4);
            let room = everybody_enters(&mut world, history, false);
            world.run_until("everybody", false, |world| world.are_live(&[0, 1, 2, 3]));
            let begun = world.log().current_epoch();
            world.send_away(1);
            // By age, by one who is removed afterwards.
            for _ in 0..2 {
                world.now = world.now.plus_millis(8 * DAY_MS);
                for who in [0, 2, 3] {
                    world.send_away(who);
                    world.hosts[who].away = false;
                }
                let epoch = world.log().current_epoch();
                world.write(2, room);
                world.run_until("the next key", false, |world| world.log().current_epoch() > epoch);
                world.write(2, room);
                world.run_until("its messages", false, |world| [0, 3].iter().all(|who| world.has_all_of(*who, &[2])));
            }
            let account = world.account(2);
            does(&mut world, 0, room, Deed::Remove(account));
            world.write(3, room);
            world.run_until("a message", false, |world| [0, 3].iter().all(|who| world.has_all_of(*who, &[2, 3])));
            assert_eq!(world.log().current_epoch().0, begun.0 + 3);
            world.hosts[1].away = false;
            world.run_until("everything", faults, |world| world.has_all_of(1, &[2, 3]));
            assert!(world.hosts[1].shown.values().all(|view| matches!(view.body, Body::Text(_))));
            world.write(1, room);
            world.run_until("its own", faults, |world| [0, 1, 3].iter().all(|who| world.has_all_of(*who, &[1])));
            assert_eq!(world.log().current_epoch().0, begun.0 + 3, "it starts nothing");
        }
    }
}

/// Age asks for another key, and never keeps a message from going.
#[test]
fn who_writes_after_seven_days_starts_another_key() {
    let mut world = World::new(6_600, 2);
    let room = everybody_enters(&mut world, HistoryRule::AllRetained, false);
    let wait = |world: &mut World, days: i64| {
        world.now = world.now.plus_millis(days * DAY_MS);
        for who in 0..2 {
            world.send_away(who);
            world.hosts[who].away = false;
        }
        world.run_until("everybody", false, |world| world.are_live(&[0, 1]));
    };
    wait(&mut world, 6);
    world.write(0, room);
    world.run_until("a message", false, |world| world.has_all_of(1, &[0]));
    assert_eq!(world.log().current_epoch(), Epoch(1));
    // It counts from what the service said, also for a client that was started anew.
    wait(&mut world, 1);
    let now = world.now;
    world.hosts[0].open_anew(now);
    world.send_away(0);
    world.hosts[0].away = false;
    (0..500).for_each(|_| world.step(false));
    assert_eq!(world.log().current_epoch(), Epoch(1), "nobody writes, nothing starts");
    world.write(0, room);
    world.run_until("another key", false, |world| world.log().current_epoch() == Epoch(2));
    assert_eq!(world.log().epoch(Epoch(2)).unwrap().reason, EpochReason::Age);
    assert_eq!(world.log().oldest_open_epoch(), Epoch(1));
    world.write(1, room);
    world.run_until("all messages", false, |world| (0..2).all(|who| world.has_all_of(who, &[0, 1])));
}

/// History that was shown and is not any more, and the other way round: a newcomer reads what was shown without a break.
#[test]
fn what_newcomers_can_read_follows_the_rule() {
    let mut world = World::new(6_700, 4);
    let room = make_room(&mut world, HistoryRule::FromJoining, false);
    world.write(0, room);
    world.run_until("the first message", false, |world| world.has_all_of(0, &[0]));
    world.command(0, Command::SetHistory { room, history: HistoryRule::AllRetained });
    world.run_until("the rule", false, |world| world.log().history() == HistoryRule::AllRetained);
    let join = |world: &mut World, who: usize| {
        let secret = invite(world, 0, InviteTerms::default());
        world.command(who, Command::Join { room, secret });
        world.run_until("a joining", false, |world| world.hosts[who].standing() == Some(Standing::Ready));
        world.write(who, room);
        world.run_until("its message", false, |world| world.has_all_of(who, &[who]));
    };
    // The current key is still one of those that newcomers are not given.
    join(&mut world, 1);
    assert_eq!(world.log().current_epoch(), Epoch(2));
    assert_eq!(world.hosts[1].texts(), ["1-0000"]);
    // From that key on everything is shown.
    join(&mut world, 2);
    assert_eq!(world.log().current_epoch(), Epoch(2));
    world.run_until("what was shown", false, |world| world.hosts[2].texts() == ["1-0000", "2-0000"]);
    let hidden = world.hosts[2].shown.values().next().unwrap();
    let Body::Unreadable(why) = world.hosts[2]
        .client
        .read_message(&key_of(&world.hosts[2], hidden.seq), &record(&world.hosts[2], hidden.seq))
        .unwrap()
        .body
    else {
        panic!("it reads what was before");
    };
    assert_eq!((why, why.remedy()), (Unreadable::BeforeJoining(Epoch(1)), None));
    assert_eq!(Unreadable::NoKey(Epoch(1)).remedy(), Some(Remedy::AskForKeys));

    world.command(0, Command::SetHistory { room, history: HistoryRule::FromJoining });
    world.run_until("the rule", false, |world| world.log().history() == HistoryRule::FromJoining);
    join(&mut world, 3);
    assert_eq!(world.hosts[3].texts(), ["3-0000"]);
    let lying_beside = world.service.sealed.values().filter(|key| key.epoch > Epoch(2)).count();
    assert_eq!((world.log().current_epoch(), lying_beside), (Epoch(3), 0));
}

fn key_of(host: &Host, seq: igoon_shared::ids::Seq) -> String {
    let room = host.client.rooms().next().unwrap().id();
    igoon_shared::client::records::message_key(room, seq)
}

fn record(host: &Host, seq: igoon_shared::ids::Seq) -> Vec<u8> {
    host.records[&key_of(host, seq)].clone()
}

/// Another key for an epoch that has one, signed by a device of the room: it is not taken, and the room stops. Signed by
/// nobody, it is nothing.
#[test]
fn a_second_key_for_an_epoch_is_refused_with_an_alarm() {
    for forged in [true, false] {
        let mut world = World::new(6_800, 2);
        let room = everybody_enters(&mut world, HistoryRule::AllRetained, false);
        world.run_until("everybody", false, |world| world.are_live(&[0, 1]));
        let (liar, key) = (world.hosts[1].who.clone(), EpochKey::random(&mut system_rng()));
        let signer = if forged { world.hosts[0].who.keys() } else { liar.keys() };
        let bundle = world.hosts[0].client.identity().bundle().clone();
        let envelope = Envelope::wrap(
            &signer,
            world.hosts[1].device(),
            room,
            Epoch(1),
            &key,
            &bundle,
            EnvelopeReason::Share,
            &mut system_rng(),
        )
        .unwrap();
        // A key that it lacks makes it ask.
        let lost = world.hosts[0].records.keys().find(|key| key.contains("/key/")).unwrap().clone();
        world.hosts[0].records.remove(&lost);
        let now = world.now;
        world.hosts[0].open_anew(now);
        world.send_away(0);
        world.hosts[0].away = false;
        let is_keys = |request: &igoon_shared::client::Request| request.path.ends_with("/keys");
        world.run_until("the question", false, |world| world.hosts[0].requests.front().is_some_and(is_keys));
        let request = world.hosts[0].requests.pop_front().unwrap();
        let mut envelopes = world.service.envelopes.clone();
        envelopes.retain(|envelope| envelope.context().unwrap().recipient == world.hosts[0].device());
        envelopes.push(envelope);
        let answer: Answer = ok(&RoomKeys { envelopes, links: vec![] });
        let now = world.now;
        world.hosts[0].input(now, Input::Answer { request: request.id, answer }, None);
        let standing = world.hosts[0].standing().unwrap();
        if forged {
            assert_eq!(standing, Standing::Ready);
            continue;
        }
        assert_eq!(standing, Standing::Alarm(Alarm::SecondKey(Epoch(1))));
        world.write(0, room);
        (0..500).for_each(|_| world.step(false));
        assert!(world.hosts[0].texts().is_empty(), "nothing is sent until it was looked at");
        assert_ne!(standing.remedy(), None);
    }
}
