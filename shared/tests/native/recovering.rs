//! Somebody loses the only computer and comes back on another one, by computers in the room or with the service's help, whatever
//! breaks on the way: connections, answers, clients at any moment, the service between two of its steps. In the end the computer has
//! every key that it may have, no epoch has two, everybody writes and reads, and all logs say how it came in.

use igoon_shared::{
    client::{
        Command, Input,
        io::{Ended, RecoveryChoice, RecoveryRequestView, RequestProgress, Standing},
    },
    ids::{DeviceId, EntryHash, Epoch},
    log::{
        HistoryRule,
        action::RecoveryMode,
        recovery::{Recovery, Stage},
    },
    protocol::http::SecretText,
};
use rand_core::Rng;

use crate::world::{Host, Who, World, everybody_enters_for};

const OWNER: usize = 0;
const LOST: usize = 1;
const MEMBER: usize = 2;
/// The new computer of who lost theirs.
const ASKER: usize = 3;
const HOUR_MS: i64 = 60 * 60 * 1_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How many different orders of what happens are tried of each story.
fn seeds() -> u64 {
    if std::env::var_os("IGOON_SOAK").is_some() { 200 } else { 3 }
}

/// A room of three with several keys, all of them used. One of them has only this other computer, which nobody has let in.
fn scene(seed: u64, history: HistoryRule, choice: RecoveryChoice) -> World {
    let mut world = World::new(9_000 + seed, 3);
    let room = everybody_enters_for(&mut world, history, choice, false);
    let all = [OWNER, LOST, MEMBER];
    for _ in 0..2 {
        all.into_iter().for_each(|who| world.write(who, room));
        world.run_until("what was written", false, |world| all.iter().all(|who| world.has_all_of(*who, &all)));
        // The next one who writes starts another key.
        world.now = world.now.plus_millis(8 * DAY_MS);
    }
    world.send_away(LOST);
    world.hosts.push(Host::new(Who { number: 4, account: 2, handle: "person2".to_owned() }, world.now));
    world
}

/// The recovery of the new computer that counts, as the service has it.
fn recovery(world: &World) -> Option<(EntryHash, &Recovery)> {
    let device = world.hosts[ASKER].device();
    let of_device = world.log().recoveries().filter(|(_, recovery)| recovery.bundle.device() == device);
    let counts = of_device.filter(|(_, recovery)| recovery.stage != Stage::Over);
    counts.map(|(entry, recovery)| (*entry, recovery)).next()
}

/// The request of the new computer, as a client shows it.
fn request(world: &World, who: usize) -> Option<&RecoveryRequestView> {
    let device = world.hosts[ASKER].device();
    world.hosts[who].recovery.as_ref()?.requests.iter().find(|request| request.device == device)
}

/// What the people do when they look: who lost everything asks, unless they have; they take it back now and then. The owner lets in
/// whom they are shown.
fn people_act(world: &mut World, replaces: Option<DeviceId>) {
    let (room, device) = (world.room(), world.hosts[ASKER].device());
    let does = |world: &mut World, who: usize, command: Command| {
        let (now, crash) = (world.now, world.rng.next_u32() as usize % 8);
        world.hosts[who].input(now, Input::Command(command), (crash < 3).then_some(crash));
    };
    for who in [OWNER, ASKER] {
        if world.hosts[who].recovery.is_none() {
            does(world, who, Command::ShowRecovery { room });
        }
    }
    let asked = request(world, ASKER).map(|request| request.progress);
    let may_ask = world.hosts[ASKER].recovery.as_ref().is_some_and(|view| view.may_ask);
    match asked {
        None | Some(RequestProgress::Over) if may_ask => {
            does(world, ASKER, Command::AskRecovery { room, announce: false });
        }
        Some(RequestProgress::Asked) if world.chance(6) => {
            does(world, ASKER, Command::WithdrawRecovery { room, device });
        }
        _ => {}
    }
    let answers = world.hosts[OWNER].requests.iter().all(|request| !request.path.ends_with("/recovery-approvals"));
    if answers && request(world, OWNER).is_some_and(|request| request.may_approve) {
        let password = SecretText::new("correct horse battery".to_owned());
        does(world, OWNER, Command::ApproveRecovery { room, device, replaces, password });
    }
}

/// Until the log has an approval that counts.
fn until_approved(world: &mut World, replaces: Option<DeviceId>) {
    let room = world.room();
    for _ in 0..20_000 {
        if recovery(world).is_some() {
            return;
        }
        people_act(world, replaces);
        if world.chance(8) {
            let who = if world.chance(2) { OWNER } else { MEMBER };
            world.write(who, room);
        }
        for _ in 0..world.rng.next_u32() % 60 {
            world.step(true);
        }
    }
    panic!("it was never approved: {}; {}", world.hosts[OWNER].diagnosis(), world.hosts[ASKER].diagnosis());
}

/// The owner has second thoughts.
fn is_objected_to(world: &mut World) {
    let (room, (entry, _)) = (world.room(), recovery(world).unwrap());
    world.command(OWNER, Command::Veto { room, entry });
    world.run_until("the objection", true, |world| world.log().recovery(entry).unwrap().stage == Stage::Over);
}

/// The keys that a client may have and lacks.
fn lacks(world: &World, who: usize) -> Vec<Epoch> {
    let (log, room, records) = (world.log(), world.room(), &world.hosts[who].records);
    let first = log.member(world.account(who)).unwrap().reads_from;
    let has = |epoch: &Epoch| records.contains_key(&format!("room/{room}/key/{:020}", epoch.0));
    (first.0..=log.current_epoch().0).map(Epoch).filter(|epoch| !has(epoch)).collect()
}

/// Everybody who is there writes and reads, has every key, and the same log; each epoch has the key that the log pins.
fn assert_whole(world: &mut World, present: &[usize]) {
    let room = world.room();
    present.iter().for_each(|who| world.write(*who, room));
    world.run_until("everybody to read what everybody writes", false, |world| {
        present
            .iter()
            .all(|who| world.has_all_of(*who, present) && world.is_live(*who) && lacks(world, *who).is_empty())
    });
    let (entry, expected) = recovery(world).map(|(entry, recovery)| (entry, recovery.stage)).unwrap();
    for reader in present.iter().map(|who| &world.hosts[*who]) {
        assert_eq!(reader.standing(), Some(Standing::Ready));
        let log = reader.client.room(room).unwrap().log().unwrap();
        assert_eq!(log.head(), world.log().head(), "one log");
        let recovery = log.recovery(entry).unwrap();
        assert_eq!((recovery.stage, recovery.bundle.device()), (expected, world.hosts[ASKER].device()));
        for sender in present.iter().map(|who| &world.hosts[*who]) {
            let texts = reader.texts().into_iter().filter(|text| sender.written.iter().any(|it| it == text));
            assert_eq!(texts.collect::<Vec<_>>(), sender.written, "once, in order");
        }
    }
    for context in world.service.envelopes.iter().map(|envelope| envelope.context().unwrap()) {
        assert_eq!(
            Some(context.key_id),
            world.log().epoch(context.epoch).map(|epoch| epoch.key_id),
            "one key for each"
        );
    }
}

/// One story: who lost the only computer comes back. `alone`: once that is approved, nobody else is there.
fn comes_back(seed: u64, history: HistoryRule, choice: RecoveryChoice, alone: bool) {
    println!("seed {seed}, {history:?}, {choice:?}, alone {alone}");
    let mut world = scene(seed, history, choice);
    let lost = world.hosts[LOST].device();
    let replaces = seed.is_multiple_of(2).then_some(lost);
    until_approved(&mut world, replaces);
    if choice.veto_delay_ms > 0 {
        if replaces.is_some() {
            is_objected_to(&mut world);
            until_approved(&mut world, replaces);
        }
        world.now = world.now.plus_millis(HOUR_MS);
    }
    if alone {
        [OWNER, MEMBER].into_iter().for_each(|who| world.send_away(who));
    }
    world.run_until("the computer to be in, with every key", true, |world| {
        world.hosts[ASKER].standing() == Some(Standing::Ready) && lacks(world, ASKER).is_empty()
    });
    let assisted = choice.mode == RecoveryMode::ServerAssisted;
    world.run_until("what the service says of it", true, |world| {
        let stage = recovery(world).unwrap().1.stage;
        stage == if assisted || choice.veto_delay_ms > 0 { Stage::Released } else { Stage::Entitled }
    });
    world.hosts.iter_mut().for_each(|host| host.away = false);
    let all = [OWNER, MEMBER, ASKER, LOST];
    match replaces {
        None => {
            assert_whole(&mut world, &all);
            // Nobody is put out in between.
            world.assert_one_key_for_each_epoch();
        }
        Some(_) => {
            assert_whole(&mut world, &all[..3]);
            world.run_until("the lost computer to know", false, |world| {
                matches!(world.hosts[LOST].standing(), Some(Standing::Ended(ending)) if ending.how == Ended::Revoked)
            });
        }
    }
}

fn each_story(choice: RecoveryChoice, alone: bool) {
    for seed in 0..seeds() {
        for history in [HistoryRule::AllRetained, HistoryRule::FromJoining] {
            comes_back(seed, history, choice, alone);
        }
    }
}

const WITH_HELP: RecoveryChoice = RecoveryChoice {
    mode: RecoveryMode::ServerAssisted,
    veto_delay_ms: 0,
    admins_approve: false,
    owner_by_announcement: false,
};

#[test]
fn with_the_services_help_it_has_every_key_though_nobody_else_is_there() {
    each_story(WITH_HELP, true);
}

#[test]
fn with_the_services_help_and_others_there_no_key_is_made_twice() {
    each_story(WITH_HELP, false);
}

#[test]
fn by_computers_in_the_room_it_has_every_key() {
    each_story(RecoveryChoice::default(), false);
}

/// It waits, at times once more after an objection, and the service lets it in.
#[test]
fn after_a_wait_it_has_every_key() {
    let veto_delay_ms = HOUR_MS.unsigned_abs();
    each_story(RecoveryChoice { veto_delay_ms, ..WITH_HELP }, true);
    each_story(RecoveryChoice { veto_delay_ms, ..RecoveryChoice::default() }, false);
}
