//! Lives and deaths of actors, on a real store.

use std::{future::ready, pin::pin, sync::Arc, time::Duration};

use actix::prelude::*;
use igoon_shared::{
    crypto::system_rng,
    ids::{AccountId, DeviceId, RoomId},
};

use tempfile::TempDir;
use tokio::sync::oneshot;

use super::{
    Deps,
    device::Device,
    directory::{Census, Directory, DirectoryHandle},
    health::Registry,
    room::{End, LookAtLog, LookAtStatements, Room},
};
use crate::{clock::Clock, config::Rates, master_key::MasterKey, recovery::custody::Custody, store::Store};

/// Makes an actor panic.
#[derive(Message)]
#[rtype(result = "()")]
struct Die;

impl Handler<Die> for Room {
    type Result = ();

    fn handle(&mut self, _: Die, _: &mut Self::Context) {
        panic!("as the test wants it");
    }
}

impl Handler<Die> for Device {
    type Result = ();

    fn handle(&mut self, _: Die, _: &mut Self::Context) {
        panic!("as the test wants it");
    }
}

pub(super) fn master_key() -> MasterKey {
    MasterKey::parse(&"A".repeat(43)).unwrap()
}

/// What actors need, with a store of its own in this folder.
pub(super) fn deps(dir: &TempDir, clock: Clock) -> Deps {
    let url = format!("sqlite:{}", dir.path().join("igoon.db").display());
    let store = Store::open(&url.parse().unwrap()).unwrap();
    let custody = Custody::new(store.clone(), master_key(), clock.clone());
    let (registry, rates) = (Registry::new(clock.clone()), Arc::new(Rates::default()));
    Deps { store, registry, clock, custody, rates }
}

struct World {
    directory: DirectoryHandle,
    store: Store,
    arbiter: Arbiter,
    _dir: TempDir,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (deps, arbiter) = (deps(&dir, Clock::system()), Arbiter::new());
        let store = deps.store.clone();
        Self { directory: Directory::start(deps, vec![arbiter.handle()]), store, arbiter, _dir: dir }
    }

    /// Waits until the Directory counts so.
    async fn until(&self, wanted: impl Fn(&Census) -> bool) {
        let looking = async {
            while !wanted(&self.directory.census().await.unwrap()) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), looking).await.expect("it never counts so");
    }
}

fn room() -> RoomId {
    RoomId::random(&mut system_rng())
}

#[actix_web::test]
async fn a_room_that_dies_is_counted_and_built_anew() {
    let world = World::new();
    let room = room();
    let first = world.directory.room(room).await.unwrap();
    assert!(world.directory.room(room).await.unwrap() == first);
    assert!(first.send(Die).await.is_err());
    world.until(|census| census.rooms_died == 1 && census.rooms == 0).await;
    let second = world.directory.room(room).await.unwrap();
    assert!(second != first && second.connected());
}

#[actix_web::test]
async fn a_room_ends_when_it_is_idle_and_whoever_asks_meanwhile_gets_the_next() {
    let world = World::new();
    let room = room();
    let first = world.directory.room(room).await.unwrap();
    world.directory.room_is_idle(room, 1);
    let second = world.directory.room(room).await.unwrap();
    assert!(second != first);
    world.until(|census| census.rooms == 1).await;
    let ends = async {
        while first.connected() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ends).await.expect("the first stays");
    assert_eq!(world.directory.census().await.unwrap().rooms_died, 0);
    // What an earlier instance says no longer counts.
    world.directory.room_is_idle(room, 1);
    assert!(world.directory.room(room).await.unwrap() == second);
}

#[actix_web::test]
async fn an_idle_room_agrees_to_end() {
    let world = World::new();
    let address = world.directory.room(room()).await.unwrap();
    assert!(address.send(End).await.unwrap());
}

/// Who comes right after a statement was left hears of it before anything else.
#[actix_web::test]
async fn a_room_takes_nothing_while_it_reads_what_was_left_for_it() {
    let world = World::new();
    let room = world.directory.room(room()).await.unwrap();
    assert!(room.send(LookAtLog).await.unwrap().is_err(), "it was read, and has no log");
    let held = world.store.hold_readers().await;
    room.do_send(LookAtStatements);
    let mut next = pin!(room.send(LookAtLog));
    // Whatever the room can do meanwhile, it does.
    let (done, over) = oneshot::channel();
    world.arbiter.spawn(async move {
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        done.send(()).unwrap();
    });
    over.await.unwrap();
    tokio::select! {
        biased;
        _ = &mut next => panic!("it took something"),
        () = ready(()) => {}
    }
    drop(held);
    assert!(next.await.unwrap().is_err());
}

#[actix_web::test]
async fn a_device_stays_while_a_newer_connection_is_on_its_way() {
    let world = World::new();
    let (device, account) = (DeviceId::random(&mut system_rng()), AccountId::random(&mut system_rng()));
    let connect = || world.directory.connect(device, account, world.arbiter.handle());
    let (one, two) = (connect().await.unwrap(), connect().await.unwrap());
    assert!(one.device() == two.device() && one.generation() < two.generation());
    drop(one);
    let three = connect().await.unwrap();
    assert!(two.device() == three.device());
    let address = three.device().clone();
    drop((two, three));
    world.until(|census| census.devices == 0).await;
    assert!(connect().await.unwrap().device() != &address);
    assert_eq!(world.directory.census().await.unwrap().devices_died, 0);
}

#[actix_web::test]
async fn connections_that_never_came_to_be_leave_nothing() {
    let world = World::new();
    let (device, account) = (DeviceId::random(&mut system_rng()), AccountId::random(&mut system_rng()));
    let leases = [
        world.directory.connect(device, account, world.arbiter.handle()).await.unwrap(),
        world.directory.connect(device, account, world.arbiter.handle()).await.unwrap(),
    ];
    // The newer one goes first.
    for lease in leases.into_iter().rev() {
        drop(lease);
    }
    world.until(|census| census.devices == 0).await;
}

#[actix_web::test]
async fn a_device_that_dies_is_counted_and_built_anew() {
    let world = World::new();
    let (device, account) = (DeviceId::random(&mut system_rng()), AccountId::random(&mut system_rng()));
    let lease = world.directory.connect(device, account, world.arbiter.handle()).await.unwrap();
    assert!(lease.device().send(Die).await.is_err());
    world.until(|census| census.devices_died == 1 && census.devices == 0).await;
    let next = world.directory.connect(device, account, world.arbiter.handle()).await.unwrap();
    assert!(next.device().connected());
}
