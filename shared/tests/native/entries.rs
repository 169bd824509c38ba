//! A room's log as people read it: who did what, newest first; what had no effect is marked, not hidden.

use igoon_shared::{
    client::{
        Command, Effect, Event, Input,
        io::{Deed, LogView, LogWish},
    },
    ids::AccountId,
    log::{Action, EntryBody, EpochReason, HistoryRule, IgnoredReason, Role, action::MemberRemoved},
    protocol::frames::{StreamContent, StreamItem},
};

use crate::world::{World, everybody_enters};

const ALL: LogWish = LogWish { about: None, access: false, most: 100 };

fn log(world: &mut World, who: usize, wish: LogWish) -> LogView {
    let (room, now) = (world.room(), world.now);
    let effects = world.hosts[who].client.handle(now, Input::Command(Command::ShowLog { room, wish }));
    let mut views = effects.into_iter().filter_map(|effect| match effect {
        Effect::Notify(Event::Log(view)) => Some(view),
        _ => None,
    });
    views.next_back().expect("an answer")
}

fn deeds(view: &LogView) -> Vec<Deed> {
    view.entries.iter().map(|entry| entry.deed).collect()
}

/// Three come in; the second becomes admin and removes the third.
fn a_removal(seed: u64) -> (World, AccountId) {
    let mut world = World::new(seed, 3);
    let room = everybody_enters(&mut world, HistoryRule::AllRetained, false);
    world.run_until("all to know each other", false, |world| world.are_live(&[0, 1, 2]));
    let (admin, removed) = (world.account(1), world.account(2));
    world.command(0, Command::SetRole { room, account: admin, role: Role::Admin });
    world.run_until("an admin", false, |world| world.are_live(&[0, 1, 2]) && has_role(world, Role::Admin));
    world.command(1, Command::RemoveMember { room, account: removed });
    world.run_until("the removal", false, |world| {
        world.log().member(removed).is_none()
            && world.are_live(&[0, 1])
            && world.hosts[2].client.room(room).is_some_and(|room| room.ended().is_some())
    });
    (world, removed)
}

fn has_role(world: &World, role: Role) -> bool {
    world.hosts.iter().all(|host| {
        let members = host.view.iter().flat_map(|view| &view.members);
        members.into_iter().any(|member| member.role == role)
    })
}

#[test]
fn who_did_what_is_told_newest_first() {
    let (mut world, removed) = a_removal(6_000);
    let admin = world.account(1);
    let view = log(&mut world, 0, ALL);
    let [started, removal, raised, ..] = view.entries.as_slice() else { panic!("{view:?}") };
    assert!(matches!(started.deed, Deed::KeyStarted { reason: EpochReason::MemberRemoved, .. }));
    assert_eq!(removal.deed, Deed::MemberRemoved(removed));
    assert_eq!(raised.deed, Deed::RoleChanged(admin, Role::Admin));
    let by = removal.by.unwrap();
    assert_eq!((by.account, by.device), (Some(admin), world.hosts[1].device()));
    assert!(view.entries.iter().all(|entry| entry.ignored.is_none()));
    let Some(Deed::Created { name, .. }) = deeds(&view).last().copied() else { panic!("the first is the last") };
    assert_eq!(view.names.given.get(&name).map(String::as_str), Some("Room"));
    let joined = view.entries.iter().filter(|entry| matches!(entry.deed, Deed::Joined { .. }));
    let makers = joined.map(|entry| match entry.deed {
        Deed::Joined { invited_by, role } => (invited_by, role),
        _ => (None, None),
    });
    assert!(makers.eq([(Some(world.account(0)), Some(Role::Member)); 2]));
    assert!(view.entries.windows(2).all(|pair| pair[0].index > pair[1].index) && !view.older);
    // Also those who are not in the room any more have their names.
    assert_eq!(view.names.people.get(&removed).map(String::as_str), Some("person3"));
    assert_eq!(view.names.computers.get(&by.device).map(String::as_str), Some("computer"));
    assert_eq!(world.hosts[0].view.as_ref().map(|view| view.log_length), Some(view.entries.len()));
}

#[test]
fn the_log_of_one_person_says_who_let_them_in_and_who_put_them_out() {
    let (mut world, removed) = a_removal(6_001);
    let about = |most| LogWish { about: Some(removed), access: true, most };
    let view = log(&mut world, 0, about(100));
    let [removal, joined] = view.entries.as_slice() else { panic!("{view:?}") };
    assert_eq!(removal.deed, Deed::MemberRemoved(removed));
    assert_eq!(joined.deed, Deed::Joined { invited_by: Some(world.account(0)), role: Some(Role::Member) });
    let newest = log(&mut world, 0, about(1));
    assert!(newest.older && newest.entries == [removal.clone()]);
    assert!(!log(&mut world, 0, about(2)).older);
    let access = log(&mut world, 0, LogWish { access: true, ..ALL });
    assert!(access.entries.iter().all(|entry| entry.deed.is_access()) && access.entries.len() == 4);
}

#[test]
fn whoever_was_removed_finds_it_in_the_log_also_after_a_restart() {
    let (mut world, removed) = a_removal(6_002);
    let before = log(&mut world, 2, ALL);
    assert!(deeds(&before).contains(&Deed::MemberRemoved(removed)), "{before:?}");
    let now = world.now;
    world.hosts[2].open_anew(now);
    assert_eq!(log(&mut world, 2, ALL), before);
}

#[test]
fn an_entry_without_effect_is_marked() {
    let mut world = World::new(6_003, 2);
    let room = everybody_enters(&mut world, HistoryRule::AllRetained, false);
    let (owner, member) = (world.account(0), &world.hosts[1]);
    let action = Action::MemberRemoved(MemberRemoved { account: owner });
    let head = world.log().head();
    let entry = EntryBody::after(room, head, world.now, member.device(), action).sign(&member.who.keys());
    // An honest service does not take it.
    world.service.state.as_mut().unwrap().apply(&entry).unwrap();
    let item = StreamItem {
        seq: world.service.next_seq(),
        received_at: world.now,
        content: StreamContent::Log(entry.clone()),
    };
    world.service.entries.push((entry, item.seq));
    world.service.stream.push(item.clone());
    world.broadcast(&[item]);
    world.run_until("the entry", false, |world| world.are_live(&[0, 1]));
    let view = log(&mut world, 0, LogWish { most: 1, ..ALL });
    let [vain] = view.entries.as_slice() else { panic!("{view:?}") };
    assert_eq!((vain.deed, vain.ignored), (Deed::MemberRemoved(owner), Some(IgnoredReason::NotPermitted)));
    assert!(world.log().member(owner).is_some());
}
