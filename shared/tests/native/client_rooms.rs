//! What people do with a room in the client core: invites that end, keys that are handed on, names, computers that are not
//! approved; against the same unreliable service as in `client_core`.
#![allow(clippy::cast_possible_truncation, reason = "a test's numbers are small")]

use igoon_shared::{
    client::{
        Answer, Change, Client, Command, Effect, Event, Input,
        io::{Body, InviteTerms, Method, OutgoingState, RecoveryChoice, RoomView, Standing, Unreadable},
    },
    crypto::{SUITE, envelope::EnvelopeReason, system_rng},
    ids::{DeviceId, Epoch, RoomId},
    log::{
        Action, EntryBody, HistoryRule, Role,
        action::{DeviceStatement, DeviceVouched, Standing as Said},
    },
    protocol::{
        VERSION, codec,
        error::ErrorCode,
        frames::{KeysWanted, OpenName, RoomAdded, ServerFrame, Welcome},
        http::AddKeys,
        limits,
    },
    time::Timestamp,
};

use crate::world::{self, Host, Who, World, everybody_enters, invite, make_room};

fn view(world: &World, who: usize) -> &RoomView {
    world.hosts[who].view.as_ref().unwrap()
}

fn joins(
    world: &mut World,
    who: usize,
    room: RoomId,
    secret: igoon_shared::crypto::invite::InviteSecret,
    faults: bool,
) {
    world.command(who, Command::Join { room, secret });
    world.run_until("a joining", faults, |world| world.hosts[who].standing() == Some(Standing::Ready));
}

fn epoch(world: &World) -> Epoch {
    world.service.state.as_ref().unwrap().current_epoch()
}

/// The key beside the first link is lost: the newcomer starts the next epoch and writes at once. What was before it reads as
/// soon as a device comes that has it; and the inviter, back again, lays the new key beside the link.
#[test]
fn a_newcomer_by_a_stale_link_writes_at_once_and_reads_the_rest_later() {
    for seed in 0..12 {
        let mut world = World::new(1_000 + seed, 4);
        let room = make_room(&mut world, HistoryRule::AllRetained, true);
        let secret = invite(&mut world, 0, InviteTerms { uses: 3, ..InviteTerms::default() });
        for away in [2, 3] {
            world.send_away(away);
        }
        joins(&mut world, 1, room, secret.clone(), true);
        assert_eq!(epoch(&world), Epoch(1), "the link brought the key");
        world.write(0, room);
        world.write(1, room);
        world.run_until("two messages", true, |world| (0..2).all(|who| world.hosts[who].texts().len() == 2));

        world.send_away(0);
        world.send_away(1);
        world.service.sealed.clear();
        world.hosts[2].away = false;
        joins(&mut world, 2, room, secret.clone(), true);
        world.write(2, room);
        world.run_until("a message under the next key", true, |world| world.hosts[2].texts() == ["2-0000"]);
        assert_eq!(epoch(&world), Epoch(2));
        let locked =
            world.hosts[2].shown.values().filter(|view| view.body == Body::Unreadable(Unreadable::NoKey(Epoch(1))));
        assert_eq!(locked.count(), 2);

        // A plain member that was there before hands the earlier key on.
        world.hosts[1].away = false;
        let all = ["0-0000", "1-0000", "2-0000"];
        world.run_until("the earlier messages", true, |world| {
            (1..3).all(|who| {
                let mut texts = world.hosts[who].texts();
                texts.sort_unstable();
                texts == all
            })
        });
        assert!(world.service.sealed.is_empty(), "only the inviter has the link's secret");

        world.hosts[0].away = false;
        world.run_until("the new key beside the link", true, |world| {
            world.service.sealed.values().any(|key| key.epoch == Epoch(2))
        });
        world.hosts[3].away = false;
        joins(&mut world, 3, room, secret, true);
        world.run_until("everything", true, |world| world.hosts[3].texts().len() == 3);
        assert_eq!(epoch(&world), Epoch(2), "the link brought the key again");
        // Whoever came by the link's key is given an envelope of its own in the end.
        world.run_until("nobody to lack anything", true, |world| world.service.wanted().is_none());
    }
}

#[test]
fn the_links_secret_is_kept_while_the_invite_is_open() {
    let mut world = World::new(2, 3);
    let room = make_room(&mut world, HistoryRule::FromJoining, false);
    let used_up = invite(&mut world, 0, InviteTerms::default());
    world.run_until("the view to show it", false, |world| !view(world, 0).invites.is_empty());
    let shown = view(&world, 0).invites.clone();
    let [only] = shown.as_slice() else { panic!("{shown:?}") };
    assert_eq!((only.invite, only.role, only.uses_left), (used_up.key(room), Role::Member, 1));
    assert!(only.may_close && only.made_by == world.hosts[0].client.identity().account());
    assert_eq!(only.secret.as_ref().unwrap().secret().unwrap().expose(), used_up.expose());
    let left = only.expires_at.millis_since(world.now);
    assert!((limits::INVITE_LIFETIME_MS - 60_000..=limits::INVITE_LIFETIME_MS).contains(&left), "{left}");

    // It survives a restart, and can be copied again.
    let now = world.now;
    world.hosts[0].open_anew(now);
    assert!(world.hosts[0].keeps_an_invite());
    world.send_away(0);
    world.hosts[0].away = false;
    joins(&mut world, 1, room, used_up.clone(), false);
    world.run_until("the secret to go", false, |world| !world.hosts[0].keeps_an_invite());
    world.run_until("the view to say so", false, |world| view(world, 0).invites.is_empty());
    world.command(2, Command::Join { room, secret: used_up });
    world.run_until("a refusal", false, |world| world.hosts[2].failures == [ErrorCode::InviteNotValid]);
    assert!(world.service.sealed.is_empty(), "nothing lies beside invites where history is not shared");
}

#[test]
fn a_closed_invite_lets_nobody_in() {
    let mut world = World::new(3, 3);
    let room = make_room(&mut world, HistoryRule::AllRetained, false);
    let secret = invite(&mut world, 0, InviteTerms { uses: 2, ..InviteTerms::default() });
    joins(&mut world, 1, room, secret.clone(), false);
    let invite = secret.key(room);
    // A plain member sees it, cannot copy it and may not close it.
    world.run_until("the member to see it", false, |world| view(world, 1).invites.len() == 1);
    let seen = &view(&world, 1).invites[0];
    assert!(!seen.may_close && seen.secret.is_none() && seen.uses_left == 1);
    assert!(!view(&world, 1).may_invite && view(&world, 0).may_invite);
    world.command(1, Command::CloseInvite { room, invite });
    world.run_until("a refusal", false, |world| world.hosts[1].failures == [ErrorCode::Forbidden]);

    world.command(0, Command::CloseInvite { room, invite });
    world.run_until("it to close", false, |world| (0..2).all(|who| view(world, who).invites.is_empty()));
    assert!(!world.hosts[0].keeps_an_invite());
    world.command(2, Command::Join { room, secret });
    world.run_until("a refusal", false, |world| world.hosts[2].failures == [ErrorCode::InviteNotValid]);
}

#[test]
fn an_expired_invite_is_no_longer_shown() {
    let mut world = World::new(4, 1);
    make_room(&mut world, HistoryRule::AllRetained, false);
    invite(&mut world, 0, InviteTerms { lifetime_ms: 60_000, ..InviteTerms::default() });
    world.run_until("the view", false, |world| view(world, 0).invites.len() == 1);
    world.now = world.now.plus_millis(30_000);
    let expiry = view(&world, 0).invites[0].expires_at;
    assert!(world.hosts[0].client.next_deadline().unwrap() <= expiry);
    // The client's notion of the service's clock is as old as its welcome was on its way.
    world.now = expiry.plus_millis(10_000);
    let now = world.now;
    world.hosts[0].input(now, Input::Tick, None);
    assert!(view(&world, 0).invites.is_empty() && !world.hosts[0].keeps_an_invite());
}

#[test]
fn members_invite_where_the_room_lets_them() {
    let mut world = World::new(5, 3);
    world.send_away(2);
    let room = make_room(&mut world, HistoryRule::AllRetained, false);
    let secret = invite(&mut world, 0, InviteTerms::default());
    joins(&mut world, 1, room, secret, false);
    world.command(1, Command::Invite { room, terms: InviteTerms::default() });
    world.run_until("a refusal", false, |world| world.hosts[1].failures == [ErrorCode::Forbidden]);

    world.command(0, Command::AllowMemberInvites { room, allowed: true });
    world.run_until("the permission", false, |world| view(world, 1).may_invite && view(world, 1).member_invites);
    let terms = InviteTerms { role: Role::Admin, ..InviteTerms::default() };
    world.command(1, Command::Invite { room, terms });
    world.run_until("another refusal", false, |world| world.hosts[1].failures == [ErrorCode::Forbidden; 2]);
    let secret = invite(&mut world, 1, InviteTerms::default());
    world.run_until("the owner to see it", false, |world| view(world, 0).invites.len() == 1);
    assert_eq!(view(&world, 0).invites[0].made_by, world.hosts[1].client.identity().account());
    world.hosts[2].away = false;
    joins(&mut world, 2, room, secret, false);
    assert_eq!(view(&world, 2).role, Some(Role::Member));

    world.command(0, Command::AllowMemberInvites { room, allowed: false });
    world.run_until("it to end", false, |world| !view(world, 1).may_invite);
}

#[test]
fn rooms_and_people_are_called_otherwise_for_everybody() {
    for seed in 0..8 {
        let mut world = World::new(2_000 + seed, 2);
        let room = everybody_enters(&mut world, HistoryRule::AllRetained, true);
        world.command(0, Command::RenameRoom { room, name: "Boat house".into() });
        world.run_until("the room's name", true, |world| {
            (0..2).all(|who| view(world, who).name.as_deref() == Some("Boat house"))
        });
        // The account got another handle, as its host learns and tells by opening the core anew.
        world.send_away(1);
        let now = world.now;
        world.hosts[1].who.handle = "Grace".into();
        world.hosts[1].open_anew(now);
        world.hosts[1].away = false;
        world.run_until("the handle", true, |world| {
            (0..2).all(|who| view(world, who).members.iter().any(|member| member.handle.as_deref() == Some("Grace")))
        });
        let renames = world
            .service
            .entries
            .iter()
            .filter(|(entry, _)| matches!(entry.body().unwrap().action, Action::Renamed(_)));
        assert_eq!(renames.count(), 2, "each once");
        world.command(1, Command::RenameRoom { room, name: "Mine".into() });
        world.run_until("a refusal", true, |world| world.hosts[1].failures == [ErrorCode::Forbidden]);
    }
}

/// A further computer of the owner's, signed in only, then vouched for.
#[test]
fn a_computer_that_is_not_approved_sees_name_and_members_and_catches_up_when_it_is() {
    for seed in 0..8 {
        let mut world = World::new(3_000 + seed, 2);
        let room = everybody_enters(&mut world, HistoryRule::AllRetained, true);
        world.write(0, room);
        world.write(1, room);
        world.run_until("two messages", true, |world| world.hosts[0].texts().len() == 2);
        let now = world.now;
        world.hosts.push(Host::new(Who { number: 3, ..Who::person(1) }, now));
        world.run_until("a glimpse", true, |world| {
            world.hosts[2].view.as_ref().is_some_and(|view| {
                view.standing == Standing::NotApproved
                    && view.name.as_deref() == Some("Room")
                    && view.members.len() == 2
                    && view.members.iter().all(|member| member.handle.is_some())
            })
        });
        let glimpse = view(&world, 2);
        assert!(!glimpse.may_invite && !glimpse.has_key && glimpse.invites.iter().all(|invite| !invite.may_close));
        assert_eq!((glimpse.role, world.hosts[2].shown.len()), (Some(Role::Owner), 0));

        vouch(&mut world, 0, 2);
        if world.hosts[2].connected {
            world.hosts[2].down.push_back(ServerFrame::RoomAdded(RoomAdded { room }));
        }
        world.run_until("everything", true, |world| {
            world.hosts[2].standing() == Some(Standing::Ready) && world.hosts[2].texts().len() == 2
        });
        world.write(2, room);
        world.run_until("its message", false, |world| (0..3).all(|who| world.hosts[who].texts().len() == 3));
    }
}

fn vouch(world: &mut World, by: usize, device: usize) {
    let (keys, bundle) = (world.hosts[by].who.keys(), world.hosts[device].client.identity().bundle().clone());
    let by = world.hosts[by].device();
    let statement = DeviceStatement {
        suite: SUITE,
        account: bundle.account(),
        device: bundle.device(),
        standing: Said::Vouched,
        by,
        at: world.now,
    };
    let vouched = Action::DeviceVouched(DeviceVouched {
        statement: statement.sign(&keys),
        bundle: bundle.signed().clone(),
        device_name: OpenName::new("computer", &mut system_rng()).hash().unwrap(),
    });
    let state = world.service.state.as_ref().unwrap();
    let entry = EntryBody::after(state.room(), state.head(), world.now, by, vouched).sign(&keys);
    world.append(entry);
}

/// The keys that a client hands on when it is asked so.
fn handed_on(world: &mut World, who: usize, wanted: KeysWanted) -> Option<AddKeys> {
    let frame = codec::encode(&ServerFrame::KeysWanted(wanted));
    let now = world.now;
    let effects = world.hosts[who].client.handle(now, Input::Frame(frame));
    effects.into_iter().find_map(|effect| match effect {
        Effect::Request(request) if request.method == Method::Post && request.path.ends_with("/keys") => {
            let answer = Answer::Response { status: 204, body: vec![] };
            world.hosts[who].input(now, Input::Answer { request: request.id, answer }, None);
            Some(serde_json::from_slice(&request.body.unwrap()).unwrap())
        }
        _ => None,
    })
}

/// Whatever a lying service asks for: only entitled devices are given keys, only those that the history rule lets them have.
#[test]
fn only_what_the_own_log_permits_is_handed_on() {
    let mut world = World::new(6, 2);
    let room = everybody_enters(&mut world, HistoryRule::FromJoining, false);
    world.run_until("the owner to have caught up", false, |world| {
        view(world, 0).epoch == Epoch(2) && view(world, 0).has_key
    });
    let newcomer = world.hosts[1].device();
    let (stranger, me) = (DeviceId::from_bytes([7; 32]), world.hosts[0].device());
    let ask = |epoch, devices: &[DeviceId], links: &[u64]| KeysWanted {
        room,
        epoch: Epoch(epoch),
        devices: devices.to_vec(),
        links: links.iter().map(|epoch| Epoch(*epoch)).collect(),
    };
    for refused in [
        ask(2, &[stranger, me], &[]),
        // Before the newcomer joined; not begun.
        ask(1, &[newcomer], &[]),
        ask(3, &[newcomer], &[]),
        // Where history is not shared there are no links.
        ask(2, &[], &[1]),
        ask(2, &[], &[]),
    ] {
        assert_eq!(handed_on(&mut world, 0, refused.clone()), None, "{refused:?}");
    }
    let keys = handed_on(&mut world, 0, ask(2, &[stranger, newcomer, me], &[1])).unwrap();
    let [envelope] = keys.envelopes.as_slice() else { panic!("{keys:?}") };
    let context = envelope.context().unwrap();
    assert_eq!((context.recipient, context.epoch, context.wrapper), (newcomer, Epoch(2), me));
    assert_eq!((context.reason, keys.links.len()), (EnvelopeReason::Share, 0));

    // One's own further computer is given what was before, too; somebody else's is not.
    let now = world.now;
    world.hosts.push(Host::new(Who { number: 3, ..Who::person(1) }, now));
    world.hosts[2].away = true;
    vouch(&mut world, 0, 2);
    let second = world.hosts[2].device();
    world.run_until("the entry", false, |world| {
        (0..2).all(|who| world.hosts[who].client.room(room).unwrap().log().unwrap().is_entitled(second))
    });
    let epochs = |keys: AddKeys| -> Vec<u64> {
        keys.envelopes.iter().map(|envelope| envelope.context().unwrap().epoch.0).collect()
    };
    assert_eq!(epochs(handed_on(&mut world, 0, ask(2, &[second], &[])).unwrap()), [2, 1]);
    assert_eq!(epochs(handed_on(&mut world, 1, ask(2, &[second], &[])).unwrap()), [2]);
}

#[test]
fn keys_are_handed_on_again_until_the_service_has_them() {
    let mut world = World::new(7, 2);
    let room = everybody_enters(&mut world, HistoryRule::AllRetained, false);
    world.run_until("both to know of each other, and nothing under way", false, |world| {
        world.are_live(&[0, 1]) && world.hosts[0].requests.is_empty()
    });
    let newcomer = world.hosts[1].device();
    let wanted = KeysWanted { room, epoch: Epoch(1), devices: vec![newcomer], links: vec![] };
    world.run_until("nothing on its way", false, |world| {
        world.hosts[0].requests.is_empty() && world.hosts[0].down.is_empty()
    });
    let now = world.now;
    let client = &mut world.hosts[0].client;
    let asked = |effects: Vec<Effect>| {
        effects.into_iter().find_map(|effect| match effect {
            Effect::Request(request) if request.path.ends_with("/keys") && request.method == Method::Post => {
                Some(request.id)
            }
            _ => None,
        })
    };
    let first = asked(client.handle(now, Input::Frame(codec::encode(&ServerFrame::KeysWanted(wanted))))).unwrap();
    let lost = Input::Answer { request: first, answer: Answer::Unreachable };
    assert_eq!(asked(client.handle(now, lost)), None, "not at once");
    let due = client.next_deadline().unwrap();
    let again = asked(client.handle(due.plus_millis(1_000), Input::Tick)).unwrap();
    let done = Input::Answer { request: again, answer: Answer::Response { status: 204, body: vec![] } };
    assert_eq!(asked(client.handle(due.plus_millis(1_000), done)), None);
    assert_eq!(asked(client.handle(due.plus_millis(60_000), Input::Tick)), None, "once is enough");
}

#[test]
fn a_message_that_is_too_large_keeps_none_behind_it_from_going() {
    let mut world = World::new(8, 1);
    let room = make_room(&mut world, HistoryRule::AllRetained, false);
    let large = "x".repeat(limits::MESSAGE_PLAINTEXT + 1);
    world.command(0, Command::Send { room, text: large.clone() });
    world.write(0, room);
    world.run_until("the small one", false, |world| world.hosts[0].texts() == ["0-0000"]);
    assert!(!world.hosts[0].shown.values().any(|view| view.gap));
    let states: Vec<_> = world.hosts[0].outgoing.values().map(|view| (view.text.len(), view.state)).collect();
    assert!(states.contains(&(large.len(), OutgoingState::Failed(ErrorCode::TooLarge))), "{states:?}");
    // Given up, it is gone, from what is shown and from what is saved.
    let failed = world.hosts[0].outgoing.values().find(|view| view.text == large).unwrap().message_id;
    let client = &mut world.hosts[0].client;
    let effects = client.handle(Timestamp(1), Input::Command(Command::Discard { room, message_id: failed }));
    let deletes = |effect: &Effect| match effect {
        Effect::Save(changes) => {
            changes.iter().any(|change| matches!(change, Change::Delete { key } if key.contains("/outbox/")))
        }
        _ => false,
    };
    let told = |effect: &Effect| matches!(effect, Effect::Notify(Event::Discarded { message_id, .. }) if *message_id == failed);
    assert!(effects.iter().any(deletes) && effects.iter().any(told), "{effects:?}");
}

#[test]
fn deadlines_are_in_the_hosts_clock() {
    let now = Timestamp(1_790_000_000_000);
    let who = Who::person(1);
    let (mut client, _) = Client::open(who.identity(), [], now).unwrap();
    client.handle(now, Input::Connected);
    let room = RoomId::from_bytes([5; 32]);
    let hour = 60 * 60 * 1_000;
    for off in [hour, -hour] {
        let welcome = Welcome {
            version: VERSION,
            time: now.plus_millis(off),
            device: client.identity().device(),
            rooms: vec![room],
            availability: igoon_shared::presence::Availability::Available,
        };
        client.handle(now, Input::Frame(codec::encode(&ServerFrame::Welcome(welcome))));
        let refused = igoon_shared::protocol::frames::SyncRefused {
            room,
            code: ErrorCode::RetryLater,
            retry_after_ms: Some(1_500),
        };
        client.handle(now, Input::Frame(codec::encode(&ServerFrame::SyncRefused(refused))));
        assert_eq!(client.next_deadline(), Some(now.plus_millis(1_500)));
        let effects = client.handle(now.plus_millis(1_500), Input::Tick);
        assert!(matches!(effects.as_slice(), [Effect::Transmit(_)]), "{effects:?}");
    }
}

/// What was due while there was no connection waits for one, and not for time: its host would be woken for it without end.
#[test]
fn what_is_over_is_no_deadline() {
    let now = Timestamp(1_790_000_000_000);
    let hour = 60 * 60 * 1_000;
    for off in [0, hour, -hour] {
        let (mut client, _) = Client::open(Who::person(1).identity(), [], now).unwrap();
        client.handle(now, Input::Connected);
        let availability = igoon_shared::presence::Availability::Available;
        let (time, device) = (now.plus_millis(off), client.identity().device());
        let welcome = Welcome { version: VERSION, time, device, rooms: vec![], availability };
        client.handle(now, Input::Frame(codec::encode(&ServerFrame::Welcome(welcome))));
        let (history, recovery) = (HistoryRule::AllRetained, RecoveryChoice::default());
        let wish = Command::CreateRoom { name: "Room".into(), history, recovery };
        let asked = |effects: Vec<Effect>| {
            let requests = effects.into_iter().filter_map(|effect| match effect {
                Effect::Request(request) => Some(request.id),
                _ => None,
            });
            requests.collect::<Vec<_>>()
        };
        let request = asked(client.handle(now, Input::Command(wish)))[0];
        client.handle(now, Input::Answer { request, answer: Answer::Unreachable });
        client.handle(now, Input::Disconnected);
        let due = client.next_deadline().unwrap();
        assert!(due > now);
        client.handle(due, Input::Tick);
        assert_eq!(client.next_deadline(), None);
        assert_eq!(
            asked(client.handle(due, Input::Connected)).len(),
            1,
            "it is tried again once there is a connection"
        );
    }
}

/// Nobody waits for a rename that the core does by itself: a refusal is no failure of a person's wish, and is not tried again.
#[test]
fn a_stale_handle_is_not_pressed_on_the_service() {
    let mut world = World::new(9, 1);
    let room = make_room(&mut world, HistoryRule::AllRetained, false);
    world.send_away(0);
    let now = world.now;
    world.hosts[0].who.handle = "stale".into();
    world.hosts[0].open_anew(now);
    world.hosts[0].away = false;
    world.run_until("the attempt", false, |world| {
        world.hosts[0].requests.iter().any(|request| request.path.ends_with("/log"))
    });
    let at = world.hosts[0].requests.iter().position(|request| request.path.ends_with("/log")).unwrap();
    let request = world.hosts[0].requests.remove(at).unwrap();
    let now = world.now;
    let answer = world::refusal(422, ErrorCode::BadEntry);
    world.hosts[0].input(now, Input::Answer { request: request.id, answer }, None);
    world.write(0, room);
    world.run_until("a message", false, |world| world.hosts[0].texts().len() == 1);
    assert!(world.hosts[0].failures.is_empty());
    assert!(!world.hosts[0].requests.iter().any(|request| request.path.ends_with("/log")));
}
