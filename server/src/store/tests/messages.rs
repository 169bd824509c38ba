//! Messages: committed together, in order, once.

use std::sync::{Arc, Mutex};

use igoon_shared::{
    ids::{Epoch, Seq},
    protocol::frames::StreamContent,
};

use super::{TestDatabase, on_both_backends, samples::*};
use crate::store::{
    db::models::rooms,
    ops::{MessageOutcome, RoomDeviceRow, RoomOp},
};

on_both_backends!(
    what_waits_is_one_commit_answered_by_room_and_in_order,
    a_duplicate_is_answered_as_the_first_time,
    a_duplicate_in_one_batch_is_answered_as_the_first,
    another_message_under_a_name_is_refused,
    a_name_belongs_to_one_sender_in_one_room,
    only_entitled_devices_write,
    a_closed_epoch_takes_nothing,
    what_comes_back_is_what_went_in,
);

async fn what_waits_is_one_commit_answered_by_room_and_in_order(store: TestDatabase) {
    for n in [1, 2, 3] {
        make_room(&store, room(n), &[1]).await;
    }
    let gate = store.stop_writer().reached().await;
    let answers = Arc::new(Mutex::new(Vec::new()));
    for (id, n) in [3, 1, 2, 1, 3, 2, 1].into_iter().enumerate() {
        let answers = Arc::clone(&answers);
        let reply = Box::new(move |outcome| answers.lock().unwrap().push((n, id, outcome)));
        let new = message(device(1), u32::try_from(id).unwrap(), "hello");
        assert!(store.submit(room(n), RoomOp::Message(new, reply)).is_ok());
    }
    let before = store.health();
    assert_eq!(before.queue_depth, 7);
    assert!(before.queue_bytes > 7 * 180);
    drop(gate);
    store.write(|_| Ok(())).await.unwrap();

    let expected = [(1, 1, 3), (1, 3, 4), (1, 6, 5), (2, 2, 3), (2, 5, 4), (3, 0, 3), (3, 4, 4)];
    let expected: Vec<_> = expected.into_iter().map(|(n, id, seq)| (n, id, committed(seq))).collect();
    assert_eq!(*answers.lock().unwrap(), expected);
    let after = store.health();
    assert_eq!((after.queue_depth, after.queue_bytes), (0, 0));
    assert_eq!(after.rows - before.rows, 7);
    // The gate's, that of the seven (and the empty job), at most one more for the empty job.
    assert!((2..=3).contains(&(after.commits - before.commits)), "{} commits", after.commits - before.commits);
    assert!(after.since_last_commit.is_some() && after.failures == 0 && after.connected);
}

async fn a_duplicate_is_answered_as_the_first_time(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    assert_eq!(send(&store, room(1), message(device(1), 1, "hello")).await, committed(3));
    assert_eq!(send(&store, room(1), message(device(1), 1, "hello")).await, repeated(3));
    // Also when the device may not write any more and the epoch is closed.
    let mut new = append(Some(created_head()), vec![entry(2, 0)]);
    new.devices.push(RoomDeviceRow { device: device(1), account: account(1), entitled: false });
    (new.current_epoch, new.oldest_open_epoch) = (Epoch(2), Epoch(2));
    assert_eq!(places(&send_append(&store, room(1), new).await), [(2, 4)]);
    assert_eq!(send(&store, room(1), message(device(1), 1, "hello")).await, repeated(3));
    assert_eq!(send(&store, room(1), message(device(1), 1, "other")).await, MessageOutcome::NameTaken);
    assert_eq!(send(&store, room(1), message(device(1), 2, "hello")).await, MessageOutcome::NotEntitled);
}

async fn a_duplicate_in_one_batch_is_answered_as_the_first(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    let gate = store.stop_writer().reached().await;
    let answers = [(1, "one"), (2, "two"), (1, "one"), (2, "too"), (3, "three"), (2, "two")]
        .map(|(id, text)| submit(&store, room(1), message(device(1), id, text)));
    drop(gate);
    let mut outcomes = Vec::new();
    for answer in answers {
        outcomes.push(answer.await.unwrap());
    }
    let expected = [committed(3), committed(4), repeated(3), MessageOutcome::NameTaken, committed(5), repeated(4)];
    assert_eq!(outcomes, expected);
}

async fn another_message_under_a_name_is_refused(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    assert_eq!(send(&store, room(1), message(device(1), 1, "one")).await, committed(3));
    assert_eq!(send(&store, room(1), message(device(1), 1, "two")).await, MessageOutcome::NameTaken);
    assert_eq!(send(&store, room(1), message(device(1), 2, "two")).await, committed(4));
}

async fn a_name_belongs_to_one_sender_in_one_room(store: TestDatabase) {
    make_room(&store, room(1), &[1, 2]).await;
    make_room(&store, room(2), &[1]).await;
    assert_eq!(send(&store, room(1), message(device(1), 1, "one")).await, committed(3));
    assert_eq!(send(&store, room(1), message(device(2), 1, "two")).await, committed(4));
    assert_eq!(send(&store, room(2), message(device(1), 1, "three")).await, committed(3));
}

async fn only_entitled_devices_write(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    assert_eq!(send(&store, room(1), message(device(2), 1, "hello")).await, MessageOutcome::NotEntitled);
    assert_eq!(send(&store, room(9), message(device(1), 1, "hello")).await, MessageOutcome::NotEntitled);
    let mut new = append(Some(created_head()), vec![entry(2, 0)]);
    new.devices.push(RoomDeviceRow { device: device(1), account: account(1), entitled: false });
    new.devices.push(RoomDeviceRow { device: device(2), account: account(2), entitled: true });
    send_append(&store, room(1), new).await;
    assert_eq!(send(&store, room(1), message(device(1), 1, "hello")).await, MessageOutcome::NotEntitled);
    // What was refused took no place.
    assert_eq!(send(&store, room(1), message(device(2), 1, "hello")).await, committed(4));
}

async fn a_closed_epoch_takes_nothing(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    let mut new = append(Some(created_head()), vec![entry(2, 0)]);
    (new.current_epoch, new.oldest_open_epoch) = (Epoch(4), Epoch(3));
    send_append(&store, room(1), new).await;
    let of_epoch = |epoch| {
        let mut new = message(device(1), u32::try_from(epoch % 100).unwrap(), "hello");
        new.epoch = Epoch(epoch);
        new
    };
    for epoch in [0, 1, 2, 5, u64::MAX] {
        assert_eq!(send(&store, room(1), of_epoch(epoch)).await, MessageOutcome::EpochClosed, "{epoch}");
    }
    assert_eq!(send(&store, room(1), of_epoch(3)).await, committed(4));
    assert_eq!(send(&store, room(1), of_epoch(4)).await, committed(5));
}

async fn what_comes_back_is_what_went_in(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    let mut new = message(device(1), 1, "hello \0 \u{1f600}");
    new.message.ciphertext.0 = (0..=255).cycle().take(32 * 1024 + 16).collect();
    new.content_hash = new.message.content_hash();
    let sealed = new.message.clone();
    send(&store, room(1), new).await;
    let (items, head) = store.read(|db| rooms::page(db, room(1), Seq(0), 10, usize::MAX)).await.unwrap();
    assert_eq!(head, Seq(3));
    assert_eq!(
        items.iter().map(|item| (item.seq.0, item.received_at.0)).collect::<Vec<_>>(),
        [(1, 500), (2, 500), (3, 1_000)]
    );
    assert_eq!(items[0].content, StreamContent::Log(entry(0, 0).entry));
    assert_eq!(items[2].content, StreamContent::Message(sealed));
}
