//! What is kept of devices and of their owners' presence.

use igoon_shared::{ids::Seq, presence::Availability, protocol::http::LocalAddress, time::Timestamp};

use super::{TestDatabase, on_both_backends, samples::*};
use crate::store::{
    Store, StoreError,
    db::models::{
        devices::{self, Device, Sign},
        presence::{self, Kept},
    },
    ops::PositionRow,
};

on_both_backends!(
    devices_are_listed_renamed_and_moved,
    what_an_account_chose_holds_for_all_its_devices_and_for_new_ones,
    what_others_see_stands_still_while_somebody_is_invisible,
    a_room_knows_of_its_entitled_devices_alone,
);

async fn account_with_device(store: &Store, n: u8) {
    make_account(store, n).await;
    register(store, n, n, 10, None).await;
}

async fn of_account(store: &Store, n: u8) -> Vec<Device> {
    store.read(move |db| devices::of_account(db, account(n))).await.unwrap()
}

async fn choose(store: &Store, n: u8, availability: Availability) {
    store.write(move |db| devices::choose(db, account(n), availability)).await.unwrap();
}

async fn touch(store: &Store, n: u8, sign: Sign) {
    store.write(move |db| devices::touch(db, device(n), sign)).await.unwrap();
}

async fn kept(store: &Store, n: u8) -> Kept {
    store.read(|db| presence::of_room(db, room(1))).await.unwrap()[&device(n)]
}

async fn devices_are_listed_renamed_and_moved(store: TestDatabase) {
    account_with_device(&store, 1).await;
    account_with_device(&store, 2).await;
    let address = Some(LocalAddress { ip: "fe80::1".parse().unwrap(), port: 65_535.try_into().unwrap() });
    register(&store, 3, 1, 20, address).await;
    let rename = |whose, which| store.write(move |db| devices::rename(db, account(whose), device(which), "kitchen"));
    rename(1, 1).await.unwrap();
    assert!(matches!(rename(1, 2).await, Err(StoreError::NotFound)), "somebody else's");
    assert!(matches!(rename(1, 9).await, Err(StoreError::NotFound)), "nobody's");
    // Registered again: what its owner calls it stays.
    register(&store, 1, 1, 30, address).await;
    store.write(|db| devices::set_address(db, device(3), None)).await.unwrap();
    let listed = of_account(&store, 1).await;
    let told = |row: &Device| (row.id, row.name.clone(), row.address, row.created_at);
    assert_eq!(
        listed.iter().map(told).collect::<Vec<_>>(),
        [
            (device(1), "kitchen".to_owned(), address, Timestamp(10)),
            (device(3), "laptop".to_owned(), None, Timestamp(20))
        ]
    );
    assert_eq!(of_account(&store, 2).await[0].name, "laptop");
}

async fn what_an_account_chose_holds_for_all_its_devices_and_for_new_ones(store: TestDatabase) {
    account_with_device(&store, 1).await;
    account_with_device(&store, 2).await;
    register(&store, 3, 1, 20, None).await;
    for chosen in [Availability::Away, Availability::Invisible, Availability::Available, Availability::Busy] {
        choose(&store, 1, chosen).await;
        assert!(of_account(&store, 1).await.iter().all(|row| row.availability == chosen), "{chosen:?}");
    }
    register(&store, 4, 1, 30, None).await;
    assert_eq!(of_account(&store, 1).await[2].availability, Availability::Busy);
    assert_eq!(of_account(&store, 2).await[0].availability, Availability::Available);
}

async fn what_others_see_stands_still_while_somebody_is_invisible(store: TestDatabase) {
    account_with_device(&store, 1).await;
    make_room(&store, room(1), &[1, 5]).await;
    assert_eq!(kept(&store, 1).await.last_seen, Some(Timestamp(10)), "when it was registered");
    let sign = |at, visible| Sign { at: Timestamp(at), last_activity: Timestamp(at - 3), visible };
    touch(&store, 1, sign(70, true)).await;
    touch(&store, 1, sign(60, true)).await;
    assert_eq!(kept(&store, 1).await.last_seen, Some(Timestamp(70)));
    touch(&store, 1, sign(80, false)).await;
    assert_eq!(kept(&store, 1).await.last_seen, Some(Timestamp(70)));
    let own = &of_account(&store, 1).await[0];
    assert_eq!((own.last_seen, own.last_activity), (Timestamp(80), Timestamp(77)), "its owner sees how it is");
    // A device that is new while its owner is invisible was never seen.
    choose(&store, 1, Availability::Invisible).await;
    register(&store, 5, 1, 90, None).await;
    assert_eq!(kept(&store, 5).await.last_seen, None);
}

async fn a_room_knows_of_its_entitled_devices_alone(store: TestDatabase) {
    for n in 1..=3 {
        account_with_device(&store, n).await;
    }
    let mut new = creation(&[1, 2, 3]);
    new.devices[2].entitled = false;
    send_append(&store, room(1), new).await;
    make_room(&store, room(2), &[1, 3]).await;
    for (room, device) in [(room(1), device(1)), (room(1), device(3)), (room(2), device(1))] {
        store.note_position(PositionRow { room, device, delivered: Seq(2), read: Seq(1) });
    }
    store.shutdown().await;
    let again = store.another();
    let known = again.read(|db| presence::of_room(db, room(1))).await.unwrap();
    let last_seen = Some(Timestamp(10));
    assert_eq!(known.len(), 2);
    assert_eq!(known[&device(1)], Kept { last_seen, delivered: Seq(2), read: Seq(1) });
    assert_eq!(known[&device(2)], Kept { last_seen, delivered: Seq(0), read: Seq(0) });
    assert_eq!(again.read(|db| presence::of_room(db, room(9))).await.unwrap().len(), 0);
    again.shutdown().await;
}
