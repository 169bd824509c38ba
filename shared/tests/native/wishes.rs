//! Everybody in a room wants something of it at once, again and again, while connections break, answers get lost and clients crash:
//! roles, removals, leaving, invites, other rules, computers that are revoked. Whatever comes of it, every client's fold is the
//! service's, each epoch has one key, and who is in the room writes and reads.

use igoon_shared::{
    client::{Command, io::InviteTerms},
    crypto::invite::InviteSecret,
    ids::RoomId,
    log::{HistoryRule, Role},
};
use rand_core::Rng;

use crate::{
    support::room::shown,
    world::{Host, Who, World, everybody_enters},
};

const WISHES: usize = 40;

/// Somebody's wish, whether it is permitted or not.
fn wish(world: &mut World, room: RoomId, links: &[InviteSecret]) -> Command {
    let mut any = |below: usize| world.rng.next_u32() as usize % below;
    let (whom, role) = (any(4), [Role::Member, Role::Admin, Role::Owner][any(3)]);
    let (coin, link, what) = (any(2) == 0, any(links.len().max(1)), any(24));
    let (account, device) = (world.account(whom), world.hosts[whom].device());
    match what {
        0 => Command::RemoveMember { room, account },
        1 => Command::Leave { room },
        3..=6 => Command::SetRole { room, account, role },
        7 => Command::PassOwnership { room, account },
        2 => Command::RevokeDevice { room, device },
        8 | 9 => Command::AllowMemberInvites { room, allowed: coin },
        10..=12 => Command::SetHistory {
            room,
            history: if coin { HistoryRule::AllRetained } else { HistoryRule::FromJoining },
        },
        13 | 14 => Command::RenameRoom { room, name: format!("Room {whom}") },
        15..=17 => {
            Command::Invite { room, terms: InviteTerms { role: Role::Admin, uses: 3, ..InviteTerms::default() } }
        }
        _ => match links.get(link) {
            Some(secret) => Command::Join { room, secret: secret.clone() },
            None => Command::Invite { room, terms: InviteTerms::default() },
        },
    }
}

/// The clients whose devices the service's log entitles.
fn entitled(world: &World) -> Vec<usize> {
    (0..world.hosts.len()).filter(|who| world.log().is_entitled(world.hosts[*who].device())).collect()
}

/// Nothing is on its way any more.
fn is_calm(world: &World) -> bool {
    let begun = |host: &Host| host.records.keys().any(|key| key.starts_with("append/") || key.starts_with("joining/"));
    world.are_live(&entitled(world)) && !world.hosts.iter().any(begun)
}

#[test]
fn whatever_everybody_wants_all_have_one_log_and_who_is_in_it_writes() {
    let seeds = if std::env::var_os("IGOON_SOAK").is_some() { 300 } else { 12 };
    let (mut entries, mut out) = (0, 0);
    for seed in 0..seeds {
        let mut world = World::new(9_000 + seed, 3);
        let history = if seed % 2 == 0 { HistoryRule::AllRetained } else { HistoryRule::FromJoining };
        let room = everybody_enters(&mut world, history, false);
        world.hosts.push(Host::new(Who::person(4), world.now));
        let mut links = Vec::new();
        for _ in 0..WISHES {
            let who = world.rng.next_u32() as usize % 4;
            let wish = wish(&mut world, room, &links);
            world.command(who, wish);
            if world.hosts[who].client.room(room).is_some_and(|room| room.ended().is_none()) {
                world.write(who, room);
            }
            for _ in 0..world.rng.next_u32() % 120 {
                world.step(true);
            }
            links.extend(world.hosts.iter_mut().filter_map(|host| host.invite.take()));
        }
        world.run_until("calm", false, is_calm);

        let present = entitled(&world);
        for who in &present {
            world.write(*who, room);
        }
        let last = |world: &World, who: usize| world.hosts[who].written.last().unwrap().clone();
        world.run_until("everybody to read what everybody writes", false, |world| {
            let texts: Vec<String> = present.iter().map(|who| last(world, *who)).collect();
            present.iter().all(|who| texts.iter().all(|text| world.hosts[*who].texts().contains(&text.as_str())))
        });
        world.run_until("calm", false, is_calm);
        for reader in present.iter().map(|who| &world.hosts[*who]) {
            let log = reader.client.room(room).unwrap().log().unwrap();
            assert_eq!(shown(log), shown(world.log()), "one log");
            for sender in 0..4 {
                let begin = format!("{sender}-");
                let texts: Vec<_> = reader.texts().into_iter().filter(|text| text.starts_with(&begin)).collect();
                assert!(texts.is_sorted_by(|one, other| one < other), "once, in order: {texts:?}");
            }
        }
        for envelope in &world.service.envelopes {
            let context = envelope.context().unwrap();
            assert_eq!(world.log().epoch(context.epoch).unwrap().key_id, context.key_id, "one key");
        }
        entries += world.service.entries.len();
        out += 4 - present.len();
    }
    println!("{entries} entries, {out} times somebody was out in the end");
    assert!(entries > 12 * usize::try_from(seeds).unwrap() && out > 0, "{entries} entries, {out} out");
}
