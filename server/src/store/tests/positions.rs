//! Ack positions: merged, never backwards, never ahead of the room.

use igoon_shared::ids::Seq;

use super::{TestDatabase, on_both_backends, samples::*};
use crate::store::{Store, db::models::positions, ops::PositionRow};

on_both_backends!(
    the_highest_of_each_field_is_kept,
    positions_are_written_without_anything_else_to_write,
    a_position_ends_where_its_room_does,
    shutting_down_writes_positions,
);

fn position(n: u8, delivered: u64, read: u64) -> PositionRow {
    PositionRow { room: room(n), device: device(1), delivered: Seq(delivered), read: Seq(read) }
}

async fn room_with_messages(store: &Store, n: u8) {
    make_room(store, room(n), &[1]).await;
    for id in 0..8 {
        send(store, room(n), message(device(1), id, "hello")).await;
    }
}

/// The positions once they are what is expected; what they are when time is up.
async fn eventually(store: &Store, expected: &[PositionRow]) -> Vec<PositionRow> {
    for _ in 0..500 {
        let now = store.read(|db| positions::of_device(db, device(1))).await.unwrap();
        if now == expected {
            return now;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    store.read(|db| positions::of_device(db, device(1))).await.unwrap()
}

async fn the_highest_of_each_field_is_kept(store: TestDatabase) {
    room_with_messages(&store, 1).await;
    room_with_messages(&store, 2).await;
    let before = store.health().commits;
    for row in [position(1, 3, 1), position(1, 2, 2), position(2, 5, 0), position(1, 4, 0), position(1, 1, 1)] {
        store.note_position(row);
    }
    let expected = [position(1, 4, 2), position(2, 5, 0)];
    assert_eq!(eventually(&store, &expected).await, expected);
    assert_eq!(store.health().commits - before, 1, "they were merged");
    // Nor do they go back once they are written, by this node or another.
    let other = store.another();
    other.note_position(position(1, 1, 1));
    other.note_position(position(2, 3, 3));
    other.shutdown().await;
    store.note_position(position(1, 5, 0));
    let expected = [position(1, 5, 2), position(2, 5, 3)];
    assert_eq!(eventually(&store, &expected).await, expected);
}

async fn positions_are_written_without_anything_else_to_write(store: TestDatabase) {
    room_with_messages(&store, 1).await;
    store.note_position(position(1, 3, 1));
    assert_eq!(eventually(&store, &[position(1, 3, 1)]).await, [position(1, 3, 1)]);
}

async fn a_position_ends_where_its_room_does(store: TestDatabase) {
    room_with_messages(&store, 1).await;
    store.note_position(position(1, u64::MAX, 11));
    store.note_position(position(9, 5, 5));
    assert_eq!(eventually(&store, &[position(1, 10, 10)]).await, [position(1, 10, 10)]);
}

async fn shutting_down_writes_positions(store: TestDatabase) {
    room_with_messages(&store, 1).await;
    store.note_position(position(1, 6, 5));
    store.shutdown().await;
    let again = store.another();
    let kept = again.read(|db| positions::of_device(db, device(1))).await.unwrap();
    assert_eq!(kept, [position(1, 6, 5)]);
    again.shutdown().await;
}
