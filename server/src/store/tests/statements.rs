//! What accounts say of their devices, and which rooms have not heard it.

use igoon_shared::{
    crypto::bundle::SignedBundle,
    ids::RoomId,
    log::action::SignedStatement,
    protocol::{
        bytes::Blob,
        frames::{Newcomer, Said},
        limits,
    },
    time::Timestamp,
};

use super::{TestDatabase, approvals::people, on_both_backends, samples::*};
use crate::store::{
    Store,
    db::models::statements::{self, NewStatement, Unheard},
};

on_both_backends!(
    each_room_of_the_account_waits_until_it_has_heard_it,
    another_word_takes_its_place_unless_it_revokes,
    what_has_waited_for_long_is_cleared_away_and_too_much_is_refused,
);

/// Device 1 says it of this one.
fn new(of: u8, vouches: bool, left_at: i64) -> NewStatement {
    let statement = SignedStatement { statement: Blob(vec![of; 90]), signature: Blob(vec![9; 64]) };
    let bundle = SignedBundle { bundle: Blob(vec![of; 500]), signature: Blob(vec![of; 64]) };
    let newcomer = vouches.then(|| Newcomer { bundle, name: "laptop".to_owned() });
    let said = Said { statement, newcomer };
    NewStatement { device: device(of), by: device(1), account: account(1), said, left_at: Timestamp(left_at) }
}

async fn leave(store: &Store, new: NewStatement) -> Option<Vec<RoomId>> {
    let mut rooms = store.write(move |db| statements::leave(db, &new)).await.unwrap();
    rooms.iter_mut().for_each(|rooms| rooms.sort());
    rooms
}

async fn unheard(store: &Store, n: u8) -> Vec<Unheard> {
    store.read(move |db| statements::unheard(db, room(n))).await.unwrap()
}

async fn heard(store: &Store, n: u8, of: u8) {
    store.write(move |db| statements::heard(db, room(n), &[(device(of), device(1))])).await.unwrap();
}

async fn left(store: &Store, of: u8) -> Vec<Said> {
    store.read(move |db| statements::for_newcomer(db, device(of))).await.unwrap()
}

/// Account 1 is in rooms 1 and 2.
async fn rooms(store: &Store) {
    people(store).await;
    for n in [1, 2] {
        send_append(store, room(n), creation(&[1])).await;
    }
}

async fn each_room_of_the_account_waits_until_it_has_heard_it(store: TestDatabase) {
    rooms(&store).await;
    let new = new(3, true, 10);
    let said = new.said.clone();
    assert_eq!(leave(&store, new).await, Some(vec![room(1), room(2)]));
    for n in [1, 2] {
        assert_eq!(unheard(&store, n).await, [Unheard { device: device(3), by: device(1), said: said.clone() }]);
    }
    assert_eq!(left(&store, 3).await, std::slice::from_ref(&said));
    heard(&store, 1, 3).await;
    heard(&store, 1, 3).await;
    assert_eq!((unheard(&store, 1).await.len(), unheard(&store, 2).await.len()), (0, 1));
    assert_eq!(left(&store, 3).await, [said]);
    heard(&store, 2, 3).await;
    assert_eq!((unheard(&store, 2).await.len(), left(&store, 3).await.len()), (0, 0));
}

async fn another_word_takes_its_place_unless_it_revokes(store: TestDatabase) {
    rooms(&store).await;
    leave(&store, new(3, true, 10)).await;
    heard(&store, 1, 3).await;
    leave(&store, new(3, false, 20)).await;
    for n in [1, 2] {
        assert_eq!(unheard(&store, n).await.iter().map(|it| it.said.newcomer.is_some()).collect::<Vec<_>>(), [false]);
    }
    assert_eq!(left(&store, 3).await, [], "nothing vouches for it");
    assert_eq!(leave(&store, new(3, true, 30)).await, Some(vec![]));
    assert_eq!(left(&store, 3).await, []);
}

async fn what_has_waited_for_long_is_cleared_away_and_too_much_is_refused(store: TestDatabase) {
    rooms(&store).await;
    for n in 0..limits::WAITING_STATEMENTS {
        assert!(leave(&store, new(100 + u8::try_from(n).unwrap(), false, 10)).await.is_some());
    }
    assert_eq!(leave(&store, new(3, true, 20)).await, None);
    assert!(leave(&store, new(100, false, 20)).await.is_some(), "it has its place");
    let later = 10 + limits::STATEMENT_LIFETIME_MS;
    assert_eq!(leave(&store, new(3, true, later)).await.unwrap().len(), 2);
    assert_eq!(unheard(&store, 1).await.len(), 1);
}
