//! Who lacks the room's current key: owners see it in the list of people, by the service's word and only as far as the log allows,
//! and can hand it on. Who is asked for keys while it is being given some hands those on, too.

use igoon_shared::{
    client::{
        Command,
        io::{InviteTerms, Method, Standing},
    },
    ids::{DeviceId, Epoch},
    log::HistoryRule,
    protocol::{
        frames::{Lacking, ServerFrame},
        http::AddKeys,
    },
};

use crate::world::{World, everybody_enters, invite, make_room};

/// How many computers of person 2 an owner sees lacking the key, when the service says this.
fn shown(world: &mut World, epoch: Epoch, devices: Vec<DeviceId>) -> usize {
    let room = world.room();
    world.hosts[0].down.push_back(ServerFrame::Lacking(Lacking { room, epoch, devices }));
    world.run_until("the word", false, |world| world.hosts[0].down.is_empty());
    let account = world.account(1);
    let view = world.hosts[0].view.as_ref().unwrap();
    view.members.iter().find(|member| member.account == account).unwrap().behind
}

#[test]
fn an_owner_sees_who_lacks_the_key_and_hands_it_on() {
    let mut world = World::new(1, 2);
    let room = everybody_enters(&mut world, HistoryRule::AllRetained, false);
    world.run_until("quiet", false, |world| world.are_live(&[0, 1]) && world.hosts[0].requests.is_empty());
    let (device, epoch) = (world.hosts[1].device(), world.log().current_epoch());
    let stranger = DeviceId::from_bytes([9; 32]);
    assert_eq!(shown(&mut world, epoch, vec![stranger, device]), 1);
    assert_eq!(shown(&mut world, epoch.next(), vec![device]), 0, "of an epoch that is not the current one");
    assert_eq!(shown(&mut world, epoch, vec![]), 0);
    assert_eq!(shown(&mut world, epoch, vec![device, stranger]), 1);
    world.run_until("quiet", false, |world| world.hosts[0].requests.is_empty());
    world.command(0, Command::AskForKeys { room });
    let request = world.hosts[0].requests.iter().find(|it| it.method == Method::Post && it.path.ends_with("/keys"));
    let keys: AddKeys = serde_json::from_slice(request.unwrap().body.as_ref().unwrap()).unwrap();
    let to: Vec<_> = keys.envelopes.iter().map(|envelope| envelope.context().unwrap().recipient).collect();
    assert_eq!(to, [device], "and nothing for who is not in the room");
}

/// Somebody joined without the key beside the invite, and started the next epoch without a link back. Whoever has the key before
/// is asked once, with that very entry.
#[test]
fn who_is_asked_with_the_start_of_an_epoch_hands_on_what_was_before_once_it_has_its_key() {
    let mut world = World::new(2, 2);
    make_room(&mut world, HistoryRule::AllRetained, false);
    let secret = invite(&mut world, 0, InviteTerms::default());
    world.run_until("quiet", false, |world| world.is_live(0) && world.hosts[0].requests.is_empty());
    world.send_away(0);
    world.service.sealed.clear();
    let room = world.room();
    world.command(1, Command::Join { room, secret });
    world.run_until("the newcomer", false, |world| world.hosts[1].standing() == Some(Standing::Ready));
    assert_eq!((world.log().current_epoch(), world.service.links.len()), (Epoch(2), 0));

    let now = world.now;
    world.hosts[0].connect(now, &world.service);
    while !world.is_live(0) {
        world.up(0, false);
        world.down(0, None);
    }
    world.ask_for_keys(0);
    while !world.hosts[0].down.is_empty() {
        world.down(0, None);
    }
    while !world.hosts[0].requests.is_empty() {
        world.request(0, false, None);
    }
    let linked: Vec<_> = world.service.links.iter().map(|link| link.epoch).collect();
    assert_eq!(linked, [Epoch(1)], "as soon as it could");
}
