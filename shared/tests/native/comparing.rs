//! People compare safety numbers and mark each other's computers; whoever comes with other keys is told of between the messages.

use igoon_shared::{
    client::{
        Command, Effect, Event, Input,
        io::{Compared, ComparisonView, Deed, LinesView, MemberView},
    },
    ids::{RoomId, Seq},
    log::{HistoryRule, Role},
};

use crate::world::{Host, Who, World, everybody_enters, invite};

/// What a client shows of what it was asked.
fn shown<T>(world: &mut World, who: usize, command: Command, taken: impl Fn(Event) -> Option<T>) -> Option<T> {
    let now = world.now;
    let effects = world.hosts[who].client.handle(now, Input::Command(command));
    let mut events = effects.into_iter().filter_map(|effect| match effect {
        Effect::Notify(event) => taken(event),
        _ => None,
    });
    events.next_back()
}

fn comparison(world: &mut World, who: usize, with: usize) -> ComparisonView {
    let (room, account) = (world.room(), world.account(with));
    shown(world, who, Command::Compare { room, account }, |event| match event {
        Event::Comparison(view) => Some(view),
        _ => None,
    })
    .expect("an answer")
}

fn lines(world: &mut World, who: usize, from: Seq, to: Seq) -> LinesView {
    let room = world.room();
    shown(world, who, Command::ShowLines { room, from, to }, |event| match event {
        Event::Lines(view) => Some(view),
        _ => None,
    })
    .expect("an answer")
}

fn all_lines(world: &mut World, who: usize) -> LinesView {
    lines(world, who, Seq(0), Seq(u64::MAX))
}

/// What a client shows of a member in the room's view.
fn member(world: &World, who: usize, of: usize) -> MemberView {
    let account = world.account(of);
    let view = world.hosts[who].view.as_ref().unwrap();
    view.members.iter().find(|member| member.account == account).unwrap().clone()
}

/// Two people in a room that is all here.
fn two(seed: u64) -> (World, RoomId) {
    let mut world = World::new(seed, 2);
    let room = everybody_enters(&mut world, HistoryRule::AllRetained, false);
    world.run_until("all of it", false, |world| world.are_live(&[0, 1]));
    (world, room)
}

/// The first marks the second.
fn mark(world: &mut World) {
    let number = comparison(world, 0, 1).number.unwrap();
    let (room, account) = (world.room(), world.account(1));
    world.command(0, Command::Mark { room, account, number });
}

/// The second person gets another computer, which is host 2.
fn another_computer(world: &mut World) {
    let second = Who { number: 3, account: 2, handle: "person2".to_owned() };
    let bundle = second.identity().bundle().signed().clone();
    world.hosts.push(Host::new(second, world.now));
    world.command(1, Command::Vouch { bundle, name: "Laptop".to_owned() });
    world.run_until("the second computer", false, |world| {
        world.are_live(&[0, 1, 2]) && member(world, 0, 1).devices == 2
    });
}

#[test]
fn both_screens_show_the_same_number_and_another_one_with_another_computer() {
    let (mut world, _) = two(7_000);
    let (mine, theirs) = (comparison(&mut world, 0, 1), comparison(&mut world, 1, 0));
    assert_eq!(mine.number, theirs.number);
    assert_eq!(mine.number.as_ref().map(|number| number.split(' ').count()), Some(12));
    // Computer by computer, too.
    let [one, other] = [&mine, &theirs].map(|view| view.computers.iter().map(|one| &one.number).collect::<Vec<_>>());
    assert_eq!((one.len(), &one), (1, &other));
    let own = comparison(&mut world, 0, 0);
    assert_eq!((own.number, own.computers), (None, vec![]), "nobody compares with themselves");

    another_computer(&mut world);
    let [first, second, third] = [(0, 1), (1, 0), (2, 0)].map(|(who, with)| comparison(&mut world, who, with));
    assert_ne!(first.number, mine.number);
    assert_eq!([&second.number, &third.number], [&first.number; 2], "on every computer of both");
    assert_eq!(first.computers.len(), 2);
    assert_eq!(first.computers.iter().filter_map(|one| one.name.as_deref()).count(), 2);
    assert_eq!(comparison(&mut world, 1, 1).computers.len(), 1, "the own other one");
}

#[test]
fn a_mark_stays_on_the_computer_that_made_it_and_survives_a_restart() {
    let (mut world, _) = two(7_001);
    let sent = world.hosts[0].up.len() + world.hosts[0].requests.len();
    mark(&mut world);
    assert_eq!(world.hosts[0].up.len() + world.hosts[0].requests.len(), sent, "nobody is told");
    assert_eq!(member(&world, 0, 1).compared, Compared::Wholly);
    assert_eq!(member(&world, 0, 0).compared, Compared::Not);
    assert_eq!(member(&world, 1, 0).compared, Compared::Not);
    let now = world.now;
    world.hosts[0].open_anew(now);
    let view = comparison(&mut world, 0, 1);
    assert_eq!(view.compared, Compared::Wholly);
    assert!(view.computers.iter().all(|one| one.compared));

    let account = world.account(1);
    world.command(0, Command::Unmark { account });
    assert_eq!(member(&world, 0, 1).compared, Compared::Not);
    world.hosts[0].open_anew(now);
    assert_eq!(comparison(&mut world, 0, 1).compared, Compared::Not);
}

#[test]
fn a_number_that_is_not_the_one_that_counts_now_marks_nobody() {
    let (mut world, room) = two(7_002);
    let (account, number) = (world.account(1), comparison(&mut world, 0, 1).number.unwrap());
    another_computer(&mut world);
    world.command(0, Command::Mark { room, account, number });
    assert_eq!(comparison(&mut world, 0, 1).compared, Compared::Not);
    let me = world.account(0);
    world.command(0, Command::Mark { room, account: me, number: String::new() });
    assert!(!world.hosts[0].records.keys().any(|key| key.starts_with("mark/")));
}

#[test]
fn another_computer_of_somebody_who_is_verified_asks_for_comparing_again() {
    let (mut world, _) = two(7_003);
    mark(&mut world);
    another_computer(&mut world);
    let newcomer = world.hosts[2].device();
    assert_eq!(member(&world, 0, 1).compared, Compared::Partly);
    let told = all_lines(&mut world, 0);
    let came = told.entries.last().unwrap();
    assert!(matches!(came.deed, Deed::ComputerApproved { .. }));
    assert_eq!(came.new_keys.map(|new| (new.device, new.same_computer)), Some((newcomer, false)));
    assert!(told.compare.contains(&newcomer) && told.compare.len() == 1);
    assert_eq!(told.names.computers.get(&newcomer).map(String::as_str), Some("Laptop"));
    let others = all_lines(&mut world, 1);
    assert_eq!((others.entries.last(), others.compare.len()), (Some(came), 0), "whoever compared nothing is only told");

    let version = world.hosts[0].view.as_ref().unwrap().log_version;
    mark(&mut world);
    assert_eq!(member(&world, 0, 1).compared, Compared::Wholly);
    assert_eq!(all_lines(&mut world, 0).compare.len(), 0);
    assert_ne!(world.hosts[0].view.as_ref().unwrap().log_version, version, "what is shown is asked for anew");
    // One less is no news: what is left was compared.
    world.command(1, Command::RevokeOwn { device: newcomer });
    world.run_until("one less", false, |world| world.are_live(&[0, 1]) && member(world, 0, 1).devices == 1);
    assert_eq!(member(&world, 0, 1).compared, Compared::Wholly);
}

#[test]
fn whoever_comes_back_with_the_same_keys_is_known_and_with_others_is_not() {
    let (mut world, room) = two(7_004);
    mark(&mut world);
    let account = world.account(1);
    let removed = |world: &World| world.is_live(0) && world.log().member(account).is_none();
    world.command(0, Command::RemoveMember { room, account });
    world.run_until("the removal", false, |world| {
        removed(world) && world.hosts[1].client.room(room).is_some_and(|room| room.ended().is_some())
    });
    let secret = invite(&mut world, 0, Default::default());
    world.command(1, Command::Join { room, secret });
    world.run_until("the same again", false, |world| world.are_live(&[0, 1]) && world.log().member(account).is_some());
    assert_eq!(member(&world, 0, 1).compared, Compared::Wholly);
    let told = all_lines(&mut world, 0);
    assert!(
        matches!(told.entries.last(), Some(last) if matches!(last.deed, Deed::Joined { .. }) && last.new_keys.is_none())
    );

    world.command(0, Command::RemoveMember { room, account });
    world.run_until("the second removal", false, removed);
    world.send_away(1);
    world.hosts.push(Host::new(Who { number: 3, account: 2, handle: "person2".to_owned() }, world.now));
    let secret = invite(&mut world, 0, Default::default());
    world.command(2, Command::Join { room, secret });
    world
        .run_until("another computer", false, |world| world.are_live(&[0, 2]) && world.log().member(account).is_some());
    assert_eq!(member(&world, 0, 1).compared, Compared::Partly);
    let told = all_lines(&mut world, 0);
    let newcomer = world.hosts[2].device();
    assert!(told.compare.contains(&newcomer));
    assert_eq!(told.entries.last().and_then(|last| last.new_keys).map(|new| new.device), Some(newcomer));
}

#[test]
fn lines_stand_at_their_places_and_leave_out_what_changes_nothing_for_anybody() {
    let (mut world, room) = two(7_005);
    world.write(0, room);
    world.run_until("a message", false, |world| world.are_live(&[0, 1]) && world.has_all_of(1, &[0]));
    let account = world.account(1);
    world.command(0, Command::SetRole { room, account, role: Role::Admin });
    world.run_until("an admin", false, |world| world.are_live(&[0, 1]) && member(world, 1, 1).role == Role::Admin);
    let told = all_lines(&mut world, 1);
    let deeds: Vec<_> = told.entries.iter().map(|entry| entry.deed).collect();
    let [Deed::Created { .. }, Deed::Joined { .. }, Deed::RoleChanged(..)] = deeds[..] else { panic!("{deeds:?}") };
    let places: Vec<_> = told.entries.iter().filter_map(|entry| entry.seq).collect();
    let [created, joined, raised] = places[..] else { panic!("{places:?}") };
    assert!(created < joined && joined < raised);
    let message = *world.hosts[1].shown.keys().next().unwrap();
    assert!(joined < message && message < raised);
    // A part of it, and the same after a restart.
    assert_eq!(lines(&mut world, 1, message, Seq(u64::MAX)).entries, told.entries[2..]);
    assert_eq!(lines(&mut world, 1, created, joined).entries, told.entries[..2]);
    let part = lines(&mut world, 1, created, created);
    assert_eq!(part.names.people.len(), 1, "the names of those in it alone");
    let now = world.now;
    world.hosts[1].open_anew(now);
    assert_eq!(all_lines(&mut world, 1), told);
}
