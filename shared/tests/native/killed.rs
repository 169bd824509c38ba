//! A client that ends at any step goes on from what it had saved: at each of its effects in turn, of which the next is not carried
//! out; once so that what it had sent is lost, once so that the service takes it and nobody hears the answer. Whatever it was
//! doing is done once, no epoch has two keys, and everybody writes and reads.

use std::collections::BTreeSet;

use igoon_shared::{
    client::{
        Command,
        io::{Body, Ended, InviteTerms, RecoveryChoice, Standing},
    },
    crypto::invite::InviteSecret,
    ids::{AccountId, Epoch},
    log::{Action, EpochReason, HistoryRule, Role},
    protocol::frames::StreamContent,
};

use crate::world::{Host, Who, World, everybody_enters, invite, make_room};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// How many different orders of what happens are tried.
fn orders() -> u64 {
    if std::env::var_os("IGOON_SOAK").is_some() { 10 } else { 1 }
}

/// Lets client `who` end at each step of a story, which begins in a scene at rest. In the end clients `present` are in the room.
fn ends_at_every_step(
    scene: impl Fn(u64) -> World,
    who: usize,
    present: &[usize],
    story: impl Fn(&mut World),
    then: impl Fn(&World),
) {
    for order in 0..orders() {
        let scene = scene(order);
        let tell = |end: Option<(usize, bool)>| {
            let mut world = scene.again();
            world.run_until("everybody to be there", false, |world| {
                world.hosts.iter().all(|host| host.connected && host.down.is_empty() && host.requests.is_empty())
            });
            world.hosts[who].effects = 0;
            // Of two who came in at once before the story, one made a key that never counted.
            if let Some(log) = &world.service.state {
                let counts = |epoch, key| log.epoch(epoch).is_some_and(|pinned| pinned.key_id == key);
                world.service.wrapped.retain(|(epoch, key, _)| counts(*epoch, *key));
            }
            if let Some((after, reaches)) = end {
                (world.hosts[who].crash_in, world.hosts[who].reaches) = (Some(after), reaches);
            }
            story(&mut world);
            let (steps, has_ended) = (world.hosts[who].effects, world.hosts[who].crash_in.is_none());
            assert!(has_ended, "{end:?}");
            assert_whole(&mut world, present);
            then(&world);
            steps
        };
        let steps = tell(None);
        assert!(steps > 3, "{steps} steps are few");
        for after in 0..steps {
            for reaches in [false, true] {
                println!("order {order}: client {who} ends after step {after} of {steps}; heard: {reaches}");
                tell(Some((after, reaches)));
            }
        }
    }
}

/// These clients write and read, each message once and in order; nothing is left over; no epoch had two keys.
fn assert_whole(world: &mut World, present: &[usize]) {
    let room = world.room();
    // Two at once might both start a key that is due.
    world.write(present[0], room);
    world.run_until("everybody to read what one writes", false, |world| {
        present.iter().all(|who| world.has_all_of(*who, &present[..1])) && is_calm(world, present)
    });
    for who in &present[1..] {
        world.write(*who, room);
    }
    world.run_until("everybody to read what everybody writes", false, |world| {
        present.iter().all(|who| world.has_all_of(*who, present)) && world.are_live(present)
    });
    for reader in present.iter().map(|who| &world.hosts[*who]) {
        assert_eq!(reader.client.room(room).unwrap().log().unwrap().head(), world.log().head(), "one log");
        assert_eq!(reader.failures, []);
        assert!(reader.shown.values().all(|view| !view.gap), "nothing is missing");
        for sender in present.iter().map(|who| &world.hosts[*who]) {
            let texts = reader.shown.values().filter(|view| view.device == Some(sender.device()));
            let texts = texts.filter_map(|view| if let Body::Text(text) = &view.body { Some(text) } else { None });
            let texts: Vec<_> = texts.filter(|text| sender.written.contains(text)).collect();
            assert_eq!(texts, sender.written.iter().collect::<Vec<_>>(), "once, in order");
        }
        let begun = |key: &&String| {
            key.starts_with("append/")
                || key.starts_with("joining/")
                || ["/wishes", "/outbox/"].iter().any(|it| key.contains(it))
        };
        assert_eq!(
            reader.records.keys().filter(begun).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "nothing is left over"
        );
    }
    let keys: BTreeSet<_> = world.service.wrapped.iter().map(|(epoch, key, _)| (*epoch, *key)).collect();
    let epochs: BTreeSet<_> = keys.iter().map(|(epoch, _)| *epoch).collect();
    let devices: Vec<_> = world.hosts.iter().map(Host::device).collect();
    assert_eq!(
        epochs.len(),
        keys.len(),
        "two keys for an epoch: {:?}, {:?}, {:?}",
        world.service.wrapped,
        world.service.starts,
        devices
    );
}

/// These clients have everything, and append nothing.
fn is_calm(world: &World, who: &[usize]) -> bool {
    let appends = |who: &usize| world.hosts[*who].records.keys().any(|key| key.starts_with("append/"));
    world.are_live(who) && !who.iter().any(appends)
}

/// A client is told what its person wants; once more if it ended before it had kept anything of it.
fn wants(world: &mut World, who: usize, command: Command) {
    let kept = |world: &World| -> Vec<_> {
        let begun = |key: &str| {
            ["append/", "joining/", "said/"].iter().any(|it| key.starts_with(it)) || key.ends_with("/wishes")
        };
        world.hosts[who]
            .records
            .iter()
            .filter(|(key, _)| begun(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    let before = kept(world);
    world.command(who, command.clone());
    if kept(world) == before {
        assert_eq!(world.hosts[who].crash_in, None, "it keeps nothing of it");
        world.command(who, command);
    }
}

/// A client's person writes; nothing if it ended before it had kept that.
fn says(world: &mut World, who: usize) {
    let (room, waiting) =
        (world.room(), |world: &World| world.hosts[who].records.keys().filter(|key| key.contains("/outbox/")).count());
    let before = waiting(world);
    world.write(who, room);
    if waiting(world) == before {
        world.hosts[who].written.pop();
    }
}

/// How many entries of the log are such.
fn entries(world: &World, such: impl Fn(&Action) -> bool) -> usize {
    let entries = world.service.stream.iter().filter_map(|item| match &item.content {
        StreamContent::Log(entry) => Some(entry.body().unwrap().action),
        StreamContent::Message(_) => None,
    });
    entries.filter(such).count()
}

/// People in a room, in which each has written.
fn people(order: u64, count: u8, history: HistoryRule) -> World {
    let mut world = World::new(8_000 + order, count);
    let room = everybody_enters(&mut world, history, false);
    let everybody: Vec<usize> = (0..usize::from(count)).collect();
    everybody.iter().for_each(|who| world.write(*who, room));
    world.run_until("all messages", false, |world| {
        everybody.iter().all(|who| world.hosts[*who].client.rooms().all(|room| room.outbox().waiting() == 0))
            && world.are_live(&everybody)
    });
    world
}

/// Client 2 is client 0's second computer, and is not approved.
fn second_computer(order: u64, history: HistoryRule) -> World {
    let mut world = people(order, 2, history);
    world.hosts.push(Host::new(Who { number: 3, account: 1, handle: "person1".to_owned() }, world.now));
    world
}

fn is_out(world: &World, who: usize, how: Ended) -> bool {
    matches!(world.hosts[who].standing(), Some(Standing::Ended(ending)) if ending.how == how)
}

fn removed(world: &World, account: AccountId) -> usize {
    entries(world, |action| matches!(action, Action::MemberRemoved(removed) if removed.account == account))
}

/// Client 0 removes client 2, and both who stay write.
fn a_removal(world: &mut World) {
    let (room, account) = (world.room(), world.account(2));
    wants(world, 0, Command::RemoveMember { room, account });
    says(world, 0);
    says(world, 1);
    world.run_until("the removal, and what was written", false, |world| {
        is_out(world, 2, Ended::Removed) && (0..2).all(|who| world.has_all_of(who, &[0, 1]))
    });
}

fn removal(history: HistoryRule, who: usize) {
    let begun = if history == HistoryRule::AllRetained { 1 } else { 3 };
    ends_at_every_step(
        |order| people(order, 3, history),
        who,
        &[0, 1],
        a_removal,
        |world| {
            assert_eq!((removed(world, world.account(2)), world.log().current_epoch()), (1, Epoch(begun + 1)));
        },
    );
}

#[test]
fn a_remover_that_ends_anywhere_goes_on_with_the_same_key() {
    removal(HistoryRule::AllRetained, 0);
    removal(HistoryRule::FromJoining, 0);
}

#[test]
fn who_stays_or_is_removed_may_end_anywhere() {
    removal(HistoryRule::AllRetained, 1);
    removal(HistoryRule::AllRetained, 2);
}

#[test]
fn a_leaver_that_ends_anywhere_has_left() {
    ends_at_every_step(
        |order| people(order, 3, HistoryRule::AllRetained),
        2,
        &[0, 1],
        |world| {
            let room = world.room();
            wants(world, 2, Command::Leave { room });
            world.run_until("it to know", false, |world| is_out(world, 2, Ended::Left));
        },
        |world| {
            assert_eq!(entries(world, |action| matches!(action, Action::Left(_))), 1);
            assert!(!world.hosts[2].records.keys().any(|key| key.starts_with("append/")));
        },
    );
}

/// The one who writes first after a leaving starts the key.
#[test]
fn a_starter_that_ends_anywhere_goes_on_with_the_same_key() {
    let scene = |order| {
        let mut world = people(order, 3, HistoryRule::AllRetained);
        let room = world.room();
        world.command(2, Command::Leave { room });
        world.run_until("it to be gone", false, |world| is_out(world, 2, Ended::Left) && world.are_live(&[0, 1]));
        world
    };
    let story = |world: &mut World| {
        says(world, 1);
        says(world, 1);
        world.run_until("what it wrote", false, |world| {
            (0..2).all(|who| world.has_all_of(who, &[1])) && world.are_live(&[0, 1])
        });
    };
    ends_at_every_step(scene, 1, &[0, 1], story, |world| assert_eq!(world.log().current_epoch(), Epoch(2)));
}

/// A key that is a week old is followed by another, by who writes.
#[test]
fn who_starts_a_key_by_age_may_end_anywhere() {
    let scene = |order| {
        let mut world = people(order, 2, HistoryRule::AllRetained);
        world.now = world.now.plus_millis(8 * DAY_MS);
        world
    };
    let story = |world: &mut World| {
        says(world, 0);
        says(world, 0);
        world.run_until("what it wrote", false, |world| {
            (0..2).all(|who| world.has_all_of(who, &[0])) && is_calm(world, &[0, 1])
        });
    };
    ends_at_every_step(scene, 0, &[0, 1], story, |world| {
        let started = world.log().epoch(Epoch(2));
        assert!(
            started.is_some_and(|started| started.reason == EpochReason::Age) && world.log().epoch(Epoch(3)).is_none()
        );
    });
}

/// Somebody joins by a link; client `who` ends, the newcomer or the one who invited it.
fn joining(history: HistoryRule, who: usize) {
    let secret = std::cell::RefCell::new(None::<InviteSecret>);
    let scene = |order| {
        let mut world = World::new(8_100 + order, 3);
        let room = make_room(&mut world, history, false);
        let link = invite(&mut world, 0, InviteTerms { uses: 3, ..InviteTerms::default() });
        world.command(1, Command::Join { room, secret: link.clone() });
        world.run_until("a joining", false, |world| {
            world.hosts[1].standing() == Some(Standing::Ready) && world.are_live(&[0, 1])
        });
        *secret.borrow_mut() = Some(link);
        world
    };
    let story = |world: &mut World| {
        let (room, secret) = (world.room(), secret.borrow().clone().unwrap());
        wants(world, 2, Command::Join { room, secret });
        world.run_until("the newcomer", false, |world| {
            world.hosts[2].standing() == Some(Standing::Ready) && world.are_live(&[0, 1, 2])
        });
    };
    ends_at_every_step(scene, who, &[0, 1, 2], story, |world| {
        assert_eq!(entries(world, |action| matches!(action, Action::Joined(_))), 2);
        let epoch = if history == HistoryRule::AllRetained { 1 } else { 3 };
        assert_eq!(world.log().current_epoch(), Epoch(epoch));
    });
}

#[test]
fn a_newcomer_that_ends_anywhere_comes_in_once() {
    joining(HistoryRule::AllRetained, 2);
    joining(HistoryRule::FromJoining, 2);
}

#[test]
fn who_is_there_when_somebody_joins_may_end_anywhere() {
    joining(HistoryRule::AllRetained, 0);
    joining(HistoryRule::FromJoining, 0);
}

/// Client 0 approves its second computer; client `who` of the two ends. What was told when nothing was kept of it is told again.
fn approving(history: HistoryRule, who: usize) {
    let story = |world: &mut World| {
        let device = world.hosts[2].device();
        let is_said = |world: &World| world.hosts[0].records.keys().any(|key| key.starts_with("said/"));
        while !is_said(world) {
            world.run_until("a question", false, |world| !world.hosts[0].approvals.asked.is_empty());
            world.command(0, Command::Approve { device });
        }
        world.run_until("the computer to be let in, with all keys", false, |world| {
            world.hosts[2].standing() == Some(Standing::Ready)
                && world.are_live(&[0, 1, 2])
                && world.hosts[2].shown.values().all(|view| matches!(view.body, Body::Text(_)))
                && world.hosts[0].records.keys().any(|key| key.contains("/given/"))
        });
    };
    ends_at_every_step(
        |order| second_computer(order, history),
        who,
        &[0, 1, 2],
        story,
        |world| {
            assert_eq!(entries(world, |action| matches!(action, Action::DeviceVouched(_))), 1);
        },
    );
}

#[test]
fn an_approver_that_ends_anywhere_lets_the_computer_in_once() {
    approving(HistoryRule::AllRetained, 0);
    approving(HistoryRule::FromJoining, 0);
}

#[test]
fn a_computer_that_asks_and_ends_anywhere_is_let_in() {
    approving(HistoryRule::AllRetained, 2);
    approving(HistoryRule::FromJoining, 2);
}

/// The account itself revokes its second computer, or an owner somebody else's.
fn revoking(own: bool) {
    let scene = |order| {
        let mut world = second_computer(order, HistoryRule::AllRetained);
        world.run_until("a question", false, |world| !world.hosts[0].approvals.asked.is_empty());
        let device = world.hosts[2].device();
        world.command(0, Command::Approve { device });
        world.run_until("the computer to be let in", false, |world| {
            world.hosts[2].standing() == Some(Standing::Ready)
                && world.are_live(&[0, 1, 2])
                && world.service.questions.is_empty()
        });
        world
    };
    let story = |world: &mut World| {
        let (room, device) = (world.room(), world.hosts[if own { 2 } else { 1 }].device());
        wants(world, 0, if own { Command::RevokeOwn { device } } else { Command::RevokeDevice { room, device } });
        says(world, 0);
        world.run_until("the revocation, and what was written", false, |world| {
            is_out(world, if own { 2 } else { 1 }, Ended::Revoked) && world.has_all_of(0, &[0])
        });
    };
    let present = if own { [0, 1] } else { [0, 2] };
    ends_at_every_step(scene, 0, &present, story, |world| {
        // Whichever key that is: before, one who lacked a key may have started another.
        let actions: Vec<_> = world.service.entries.iter().map(|(entry, _)| entry.body().unwrap().action).collect();
        let revoked = |action: &Action| matches!(action, Action::DeviceRevoked(_));
        assert_eq!(actions.iter().filter(|action| revoked(action)).count(), 1);
        let next = actions.iter().skip_while(|action| !revoked(action)).nth(1);
        let starts = |reason| matches!(next, Some(Action::EpochStarted(started)) if started.reason == reason);
        assert!(starts(EpochReason::DeviceRevoked), "the next key starts right behind it: {next:?}");
    });
}

#[test]
fn who_revokes_and_ends_anywhere_goes_on_with_the_same_key() {
    revoking(true);
    revoking(false);
}

/// Wishes that wait for each other, and for a connection: each is done, in order.
#[test]
fn wishes_in_a_row_are_done_wherever_the_client_ends() {
    let story = |world: &mut World| {
        let (room, [first, second]) = (world.room(), [1, 2].map(|who| world.account(who)));
        world.send_away(0);
        for command in [
            Command::SetRole { room, account: first, role: Role::Admin },
            Command::RenameRoom { room, name: "Other".to_owned() },
            Command::Invite { room, terms: InviteTerms::default() },
            Command::RemoveMember { room, account: second },
        ] {
            wants(world, 0, command);
        }
        says(world, 0);
        world.hosts[0].away = false;
        world.run_until("all of them, and what was written", false, |world| {
            is_out(world, 2, Ended::Removed) && (0..2).all(|who| world.has_all_of(who, &[0])) && world.are_live(&[0, 1])
        });
    };
    ends_at_every_step(
        |order| people(order, 3, HistoryRule::AllRetained),
        0,
        &[0, 1],
        story,
        |world| {
            let counts = [
                entries(world, |action| matches!(action, Action::RoleChanged(_))),
                entries(world, |action| matches!(action, Action::Renamed(_))),
                entries(world, |action| matches!(action, Action::Invited(_))),
                removed(world, world.account(2)),
            ];
            assert_eq!(counts, [1, 1, 2, 1]);
            assert_eq!(world.log().member(world.account(1)).unwrap().role, Role::Admin);
            assert_eq!(world.hosts[0].client.room(world.room()).unwrap().name(), Some("Other"));
            assert!(world.log().invites().all(|(_, invite)| !invite.is_open(world.now)), "a removal closes them");
        },
    );
}

/// A room that its maker ends in the middle of is there once, and others come in.
#[test]
fn a_maker_of_a_room_that_ends_anywhere_has_one_room() {
    let story = |world: &mut World| {
        let (history, recovery) = (HistoryRule::AllRetained, RecoveryChoice::default());
        wants(world, 0, Command::CreateRoom { name: "Room".to_owned(), history, recovery });
        world.run_until("the room", false, |world| {
            world.hosts[0].standing() == Some(Standing::Ready) && world.is_live(0)
        });
        let room = world.room();
        wants(world, 0, Command::Invite { room, terms: InviteTerms::default() });
        let link = |world: &World| {
            let invites = &world.hosts[0].view.as_ref()?.invites;
            invites.first()?.secret.as_ref()?.secret()
        };
        world.run_until("an invite", false, |world| link(world).is_some());
        let secret = link(world).unwrap();
        wants(world, 1, Command::Join { room, secret });
        world.run_until("somebody to join", false, |world| {
            world.hosts[1].standing() == Some(Standing::Ready) && world.are_live(&[0, 1])
        });
    };
    ends_at_every_step(
        |order| World::new(8_200 + order, 2),
        0,
        &[0, 1],
        story,
        |world| {
            assert_eq!(world.hosts[0].client.rooms().count(), 1);
            assert_eq!(world.log().current_epoch(), Epoch(1));
        },
    );
}
