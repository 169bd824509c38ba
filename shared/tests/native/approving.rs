//! A second computer of an account asks the first to approve it, while both are there: the digits are the same on both screens,
//! whatever breaks in between, and a service that lies about the computer shows others.

use igoon_shared::{
    client::{
        Command, Effect, Event, Input,
        io::{Asking, Standing},
    },
    crypto::{bundle::Bundle, safety::approval_digits},
    ids::AccountId,
    log::HistoryRule,
    protocol::{
        codec,
        error::ErrorCode,
        frames::{ApprovalOutcome, ApprovalSettled, ApprovalWanted, ServerFrame},
        limits,
    },
};
use rand_core::Rng;

use crate::world::{Host, Who, World, everybody_enters};

/// Two people in a room in which each has written; host 2 is the first one's second computer, and is not there yet.
fn scene(seed: u64, faults: bool) -> World {
    let mut world = World::new(seed, 2);
    let room = everybody_enters(&mut world, HistoryRule::AllRetained, faults);
    for who in [0, 1] {
        world.write(who, room);
    }
    world.run_until("what was written", faults, |world| world.has_all_of(0, &[0, 1]) && world.has_all_of(1, &[0, 1]));
    let second = Who { number: 3, account: 1, handle: "person1".to_owned() };
    world.hosts.push(Host::new(second, world.now));
    world
}

fn asks(world: &World) -> bool {
    let own = world.hosts[2].approvals.own.as_ref();
    own.is_some_and(|own| matches!(own.progress, Asking::Open { .. })) && !world.hosts[0].approvals.asked.is_empty()
}

#[test]
fn both_screens_show_the_same_digits_and_the_history_opens() {
    let mut world = scene(1, false);
    world.run_until("a question", false, asks);
    let bundle = world.hosts[2].client.identity().bundle().clone();
    let asked = world.hosts[0].approvals.asked[0].clone();
    let own = world.hosts[2].approvals.own.clone().unwrap();
    assert_eq!((asked.device, &asked.digits), (bundle.device(), &approval_digits(&bundle)));
    assert_eq!(own.digits, asked.digits);
    assert_eq!((asked.name.as_str(), asked.source.as_str()), ("computer", "192.0.2.7"));
    assert_eq!(world.hosts[1].approvals.asked, [], "nobody else is asked");
    assert_eq!(world.hosts[2].standing(), Some(Standing::NotApproved));

    world.command(0, Command::Approve { device: asked.device });
    assert_eq!(world.hosts[0].approvals.asked, [], "it is answered");
    world.run_until("everything", false, |world| world.has_all_of(2, &[0, 1]));
    assert_eq!(world.hosts[2].standing(), Some(Standing::Ready));
    assert_eq!(world.hosts[2].approvals.own, None);
    world.run_until("the answer", false, |world| world.service.questions.is_empty());
    let room = world.room();
    world.write(2, room);
    world.run_until("what it writes", false, |world| (0..3).all(|who| world.has_all_of(who, &[0, 1, 2])));
}

/// Whoever crashes goes on, and what was approved and not saved is asked again.
#[test]
fn it_comes_to_the_same_whatever_breaks() {
    let seeds = if std::env::var_os("IGOON_SOAK").is_some() { 300 } else { 3 };
    for seed in 0..seeds {
        let mut world = scene(seed, true);
        let right = approval_digits(world.hosts[2].client.identity().bundle());
        for _ in 0..100_000 {
            if world.hosts[2].standing() == Some(Standing::Ready) {
                break;
            }
            if let Some(asked) = world.hosts[0].approvals.asked.first().cloned() {
                assert_eq!(asked.digits, right);
                let crash = (world.rng.next_u32() % 4) as usize;
                let now = world.now;
                let approve = Input::Command(Command::Approve { device: asked.device });
                world.hosts[0].input(now, approve, (crash < 3).then_some(crash));
            }
            world.step(true);
        }
        world.run_until("everything", false, |world| world.has_all_of(2, &[0, 1]));
        assert!(world.hosts.iter().all(|host| host.failures.is_empty()));
        world.assert_one_key_for_each_epoch();
    }
}

#[test]
fn who_comes_later_is_asked_then() {
    let mut world = scene(2, false);
    world.send_away(0);
    world.run_until("a question", false, |world| {
        let own = world.hosts[2].approvals.own.as_ref();
        own.is_some_and(|own| matches!(own.progress, Asking::Open { .. }))
    });
    assert_eq!(world.hosts[0].approvals.asked, []);
    world.hosts[0].away = false;
    world.run_until("the question", false, asks);
    world.send_away(0);
    assert_eq!(world.hosts[0].approvals.asked, [], "without a connection it is not known who asks");
}

#[test]
fn who_is_refused_is_told_and_no_log_hears_of_it() {
    let mut world = scene(3, false);
    world.run_until("a question", false, asks);
    let device = world.hosts[2].device();
    let before = world.log().head();
    world.command(0, Command::RefuseApproval { device });
    assert_eq!(world.hosts[0].approvals.asked, []);
    world.run_until("the answer", false, |world| world.hosts[2].refused);
    assert_eq!(world.log().head(), before);
    assert!(!world.hosts[0].records.keys().any(|key| key.starts_with("said/")));
}

#[test]
fn a_question_expires_and_is_asked_anew() {
    let mut world = scene(4, false);
    world.run_until("a question", false, asks);
    let first = world.hosts[0].approvals.asked[0].asked_at;
    world.now = world.now.plus_millis(limits::APPROVAL_LIFETIME_MS + 60_000);
    world.service.questions.clear();
    let now = world.now;
    world.hosts[0].input(now, Input::Tick, None);
    assert_eq!(world.hosts[0].approvals.asked, []);
    world.run_until("another question", false, |world| {
        world.hosts[0].approvals.asked.first().is_some_and(|asked| asked.asked_at > first)
    });
}

#[test]
fn who_asks_again_is_shown_again() {
    let mut world = scene(5, false);
    world.run_until("a question", false, asks);
    let first = world.hosts[0].approvals.asked[0].asked_at;
    let again = |world: &World| world.hosts[0].approvals.asked.first().is_some_and(|asked| asked.asked_at > first);
    // Coming back is not asking again.
    let now = world.now;
    world.hosts[2].disconnect(Some(now));
    world.run_until("a question", false, asks);
    assert!(!again(&world));
    world.command(2, Command::AskForApproval);
    world.run_until("another question", false, again);
}

fn notified(world: &mut World, frame: &ServerFrame) -> Vec<Event> {
    let now = world.now;
    let effects = world.hosts[0].client.handle(now, Input::Frame(codec::encode(frame)));
    effects
        .into_iter()
        .filter_map(|effect| if let Effect::Notify(event) = effect { Some(event) } else { None })
        .collect()
}

/// The service can say what it likes: it cannot make another computer's keys look like this one's.
#[test]
fn a_service_that_lies_shows_other_digits_or_nothing() {
    let mut world = scene(6, false);
    world.run_until("a question", false, asks);
    let wanted = world.hosts[2].wanted(&world.service).unwrap();
    let right = world.hosts[0].approvals.asked[0].digits.clone();

    // Keys of the service's own making, for this account, in the computer's name.
    let inserted = Who { number: 4, account: 1, handle: "person1".to_owned() };
    let inserted = Bundle::verify(inserted.identity().bundle().signed()).unwrap();
    let instead = ApprovalWanted { device: inserted.device(), bundle: inserted.signed().clone(), ..wanted.clone() };
    let events = notified(&mut world, &ServerFrame::ApprovalWanted(instead));
    let [Event::Approvals(view)] = events.as_slice() else { panic!("{events:?}") };
    let shown = view.asked.iter().find(|asked| asked.device == inserted.device()).unwrap();
    assert_ne!(shown.digits, right);

    let mut damaged = wanted.clone();
    damaged.bundle.bundle.0[40] ^= 1;
    let mut nameless = wanted.clone();
    nameless.name = String::new();
    let other = world.hosts[1].client.identity().bundle();
    let anothers = ApprovalWanted { device: other.device(), bundle: other.signed().clone(), ..wanted.clone() };
    let own = world.hosts[0].client.identity().bundle();
    let own = ApprovalWanted { device: own.device(), bundle: own.signed().clone(), ..wanted.clone() };
    let mismatched = ApprovalWanted { device: inserted.device(), ..wanted };
    for lie in [damaged, nameless, anothers, own, mismatched] {
        assert_eq!(notified(&mut world, &ServerFrame::ApprovalWanted(lie)), [Event::BadFrame]);
    }
    assert_ne!(world.account(1), AccountId::from_bytes([1; 16]));
}

/// Who says "approved" without a statement lets nobody in.
#[test]
fn the_services_word_approves_nobody() {
    let mut world = scene(7, false);
    world.run_until("a question", false, asks);
    let device = world.hosts[2].device();
    let settled = ApprovalSettled { device, outcome: ApprovalOutcome::Approved };
    for who in [0, 2] {
        world.hosts[who].down.push_back(ServerFrame::ApprovalSettled(settled));
    }
    world.run_until("the word", false, |world| {
        world.hosts[2].approvals.own.as_ref().is_some_and(|own| own.progress == Asking::Approved)
    });
    assert_eq!(world.hosts[2].standing(), Some(Standing::NotApproved));
    assert!(!world.hosts[0].client.rooms().any(|room| room.log().unwrap().is_entitled(device)));
}

/// Of the rooms that are left when one computer has approved it, the other computers are asked.
#[test]
fn who_is_still_out_after_an_approval_asks_anew() {
    let mut world = scene(9, false);
    world.send_away(0);
    world.run_until("a question", false, |world| !world.service.questions.is_empty());
    let device = world.hosts[2].device();
    world.service.questions.clear();
    let settled = ApprovalSettled { device, outcome: ApprovalOutcome::Approved };
    world.hosts[2].down.push_back(ServerFrame::ApprovalSettled(settled));
    world.run_until("the word", false, |world| {
        world.hosts[2].approvals.own.as_ref().is_some_and(|own| own.progress == Asking::Approved)
    });
    world.run_until("another question", false, |world| world.service.questions.contains_key(&device));
}

/// An answer that the service refuses for good is told, and the question is gone.
#[test]
fn a_refused_answer_is_told() {
    let mut world = scene(8, false);
    world.run_until("a question", false, asks);
    let device = world.hosts[2].device();
    world.hosts[0].requests.clear();
    world.command(0, Command::RefuseApproval { device });
    let request = world.hosts[0].requests.pop_front().unwrap();
    let now = world.now;
    let answer = crate::world::refusal(403, ErrorCode::Forbidden);
    world.hosts[0].input(now, Input::Answer { request: request.id, answer }, None);
    assert_eq!(world.hosts[0].failures, [ErrorCode::Forbidden]);
    assert_eq!(world.hosts[0].approvals.asked, []);
}
