//! Recovery: keys of the service, what it has still to do, requests, kits.

use igoon_shared::{
    crypto::holder::Holder,
    ids::{DeviceId, EntryHash, Epoch},
    log::request::SignedRequest,
    protocol::{bytes::Blob, frames::OpenName, http::RecoveryKit},
    time::Timestamp,
};

use super::{TestDatabase, on_both_backends, people::signed_in, samples::*};
use crate::store::{
    Store, StoreError,
    db::models::{
        keys, recoveries,
        recovery_keys::{self, RecoveryKeyRow},
        recovery_kits,
        recovery_requests::{self, NewRequest},
    },
    ops::{KeysOutcome, NewKeys, RecoveryRow, RoomDeviceRow},
};

on_both_backends!(
    the_newest_key_is_the_current_one_and_the_others_stay,
    what_is_to_be_done_is_there_until_it_is,
    a_device_has_one_request_until_it_expires,
    what_is_to_be_announced_is_there_until_the_log_says_it,
    a_kit_takes_the_place_of_another_that_is_not_pinned,
    what_is_held_is_found_and_released_to_who_is_entitled,
);

fn key(n: u8) -> RecoveryKeyRow {
    RecoveryKeyRow { recovery_key: vec![n; 400], signing_key: vec![n; 32], sealed: vec![n; 2_000] }
}

async fn the_newest_key_is_the_current_one_and_the_others_stay(store: TestDatabase) {
    assert_eq!(store.read(recovery_keys::current).await.unwrap(), None);
    let add = |n: u8, first| store.write(move |db| recovery_keys::add(db, device(n), &key(n), first, Timestamp(1)));
    add(1, true).await.unwrap();
    // Another node was slower.
    add(2, true).await.unwrap();
    assert_eq!(store.read(recovery_keys::current).await.unwrap(), Some(key(1)));
    add(3, false).await.unwrap();
    assert_eq!(store.read(recovery_keys::current).await.unwrap(), Some(key(3)));
    assert_eq!(store.read(|db| recovery_keys::by_holder(db, device(1))).await.unwrap(), Some(key(1)));
    assert_eq!(store.read(|db| recovery_keys::by_signing_key(db, &[1; 32])).await.unwrap(), Some(key(1)));
    assert_eq!(store.read(|db| recovery_keys::by_signing_key(db, &[2; 32])).await.unwrap(), None);
    assert_eq!(store.write(recovery_keys::erase_all).await.unwrap(), 2);
    assert_eq!(store.read(recovery_keys::current).await.unwrap(), None);
}

async fn what_is_to_be_done_is_there_until_it_is(store: TestDatabase) {
    let row = |n: u8, due_at| RecoveryRow { entry: EntryHash::from_bytes([n; 32]), due_at: Timestamp(due_at) };
    let mut new = creation(&[1]);
    new.recoveries = vec![row(1, 100), row(2, 50)];
    send_append(&store, room(1), new).await;
    let due = |now| store.read(move |db| recoveries::due(db, Timestamp(now)));
    let left = || store.read(|db| recoveries::of_room(db, room(1)));
    assert_eq!(due(49).await.unwrap(), []);
    assert_eq!(due(100).await.unwrap(), [room(1)]);
    assert_eq!(left().await.unwrap(), [row(2, 50), row(1, 100)]);
    store.write(move |db| recoveries::put_off(db, room(1), &row(2, 200))).await.unwrap();
    assert_eq!(left().await.unwrap(), [row(1, 100), row(2, 200)]);
    store.write(move |db| recoveries::done(db, room(1), row(1, 0).entry)).await.unwrap();
    assert_eq!(left().await.unwrap(), [row(2, 200)]);
    assert_eq!(due(199).await.unwrap(), []);
}

async fn ask(store: &Store, request: u8, now: i64, announce: bool) -> Result<(), StoreError> {
    let signed = SignedRequest { request: Blob(vec![request; 150]), signature: Blob(vec![request; 64]) };
    let name = OpenName { random: Blob(vec![3; 32]), name: "laptop".to_owned() };
    let entered = store.write(move |db| {
        let (asked_at, expires_at) = (Timestamp(now), Timestamp(now + 100));
        let (device, account, request, name) = (device(1), account(1), &signed, &name);
        recovery_requests::ask(
            db,
            room(1),
            &NewRequest { device, account, request, name, asked_at, expires_at, announce },
        )
    });
    entered.await
}

async fn a_device_has_one_request_until_it_expires(store: TestDatabase) {
    signed_in(&store).await;
    assert!(matches!(ask(&store, 1, 10, true).await, Err(StoreError::NotFound)), "no such room");
    make_room(&store, room(1), &[2]).await;
    let open = |now| store.read(move |db| recovery_requests::of_room(db, room(1), Timestamp(now)));
    ask(&store, 1, 10, true).await.unwrap();
    ask(&store, 2, 20, false).await.unwrap();
    let found = open(119).await.unwrap();
    assert_eq!(found.iter().map(|open| open.request.request.0[0]).collect::<Vec<_>>(), [2]);
    assert_eq!((found[0].device, found[0].account, found[0].platform.as_str()), (device(1), account(1), "Linux"));
    assert_eq!((found[0].asked_at, found[0].expires_at), (Timestamp(20), Timestamp(120)));
    assert_eq!(open(120).await.unwrap(), []);
    store.write(|db| recovery_requests::withdraw(db, room(1), device(1))).await.unwrap();
    assert_eq!(open(30).await.unwrap(), []);
}

async fn what_is_to_be_announced_is_there_until_the_log_says_it(store: TestDatabase) {
    signed_in(&store).await;
    make_room(&store, room(1), &[2]).await;
    let due = |now| store.read(move |db| recovery_requests::due(db, Timestamp(now)));
    let left = async |now| {
        let left = store.read(move |db| recovery_requests::to_announce(db, room(1), Timestamp(now))).await.unwrap();
        left.map(|open| open.device)
    };
    let put_off = |until: Option<i64>| {
        store.write(move |db| recovery_requests::put_off(db, room(1), device(1), until.map(Timestamp)))
    };
    ask(&store, 1, 10, true).await.unwrap();
    assert_eq!((due(10).await.unwrap(), left(10).await), (vec![room(1)], Some(device(1))));
    assert_eq!((due(110).await.unwrap(), left(110).await), (vec![], None), "it is not shown any more");
    put_off(Some(50)).await.unwrap();
    assert_eq!((due(49).await.unwrap(), left(49).await), (vec![], None));
    assert_eq!((due(50).await.unwrap(), left(50).await), (vec![room(1)], Some(device(1))));
    put_off(None).await.unwrap();
    assert_eq!((due(50).await.unwrap(), left(50).await), (vec![], None), "nothing comes of it");
    ask(&store, 1, 20, true).await.unwrap();
    let mut said = append(Some(head_after(&entry(1, 0))), vec![entry(2, 0)]);
    said.announced = vec![device(1)];
    send_append(&store, room(1), said).await;
    assert_eq!((due(50).await.unwrap(), left(50).await), (vec![], None));
}

async fn a_kit_takes_the_place_of_another_that_is_not_pinned(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    let keep = |n: u8, sealed: u8, pinned: Option<u8>, now: i64| {
        let kit = RecoveryKit { signing_key: Blob(vec![n; 32]), sealed: Blob(vec![sealed; 10]) };
        let pinned = pinned.map(|n| [n; 32]);
        store.write(move |db| recovery_kits::keep(db, room(1), &kit, pinned.as_ref(), Timestamp(now)))
    };
    let kept = async || {
        let kits = store.read(|db| recovery_kits::of_room(db, room(1))).await.unwrap();
        kits.iter().map(|kit| (kit.signing_key.0[0], kit.sealed.0[0])).collect::<Vec<_>>()
    };
    keep(1, 1, None, 1).await.unwrap();
    keep(2, 2, None, 2).await.unwrap();
    assert_eq!(kept().await, [(2, 2)]);
    keep(3, 3, Some(2), 3).await.unwrap();
    assert_eq!(kept().await, [(2, 2), (3, 3)]);
    keep(4, 4, Some(2), 4).await.unwrap();
    assert_eq!(kept().await, [(2, 2), (4, 4)]);
    keep(2, 5, Some(2), 5).await.unwrap();
    assert_eq!(kept().await, [(2, 5)]);
}

async fn what_is_held_is_found_and_released_to_who_is_entitled(store: TestDatabase) {
    let holder: DeviceId = device(9);
    let mut new = creation(&[1, 2]);
    new.devices.push(RoomDeviceRow { device: holder, account: Holder::ACCOUNT, entitled: false });
    new.envelopes =
        vec![(holder, Epoch(2), envelope(holder, device(1))), (device(1), Epoch(2), envelope(device(1), device(1)))];
    send_append(&store, room(1), new).await;
    assert_eq!(store.read(|db| keys::escrowed(db, room(1))).await.unwrap(), [envelope(holder, device(1))]);
    let release = |to: DeviceId| {
        let envelopes = vec![(to, Epoch(2), envelope(to, holder))];
        send_keys(&store, room(1), NewKeys { giver: None, envelopes, links: Vec::new() })
    };
    assert_eq!(release(device(2)).await, KeysOutcome::Committed);
    assert_eq!(release(device(2)).await, KeysOutcome::Committed);
    let given = store.read(|db| keys::for_device(db, room(1), device(2))).await.unwrap();
    assert_eq!(given.envelopes, [envelope(device(2), holder)]);
    assert_eq!(release(device(3)).await, KeysOutcome::NotEntitled);
    assert_eq!(release(holder).await, KeysOutcome::NotEntitled);
    // Who holds keys for the room sends nothing there.
    assert_eq!(
        send(&store, room(1), message(holder, 1, "hello")).await,
        crate::store::ops::MessageOutcome::NotEntitled
    );
}
