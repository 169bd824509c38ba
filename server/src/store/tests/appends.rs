//! Appends: all or nothing, one after the other.

use igoon_shared::{
    crypto::message::LogHead,
    ids::{Epoch, LogIndex, Seq},
    protocol::frames::RoomHead,
};

use super::{
    TestDatabase,
    databases::{POISON, count},
    on_both_backends,
    samples::*,
};
use crate::store::{
    db::models::{invites, keys, names, rooms},
    ops::{AppendOutcome, MessageOutcome, RoomDeviceRow},
};

on_both_backends!(
    an_append_brings_everything_at_once,
    a_conflict_leaves_nothing,
    a_repeated_append_is_answered_as_the_first_time,
    of_two_that_make_a_room_one_wins,
    an_append_counts_for_what_follows_it_in_the_batch,
    an_append_that_cannot_be_written_leaves_nothing,
    a_room_that_cannot_be_made_is_not_half_there,
    changed_rows_are_changed,
);

async fn an_append_brings_everything_at_once(store: TestDatabase) {
    let made = send_append(&store, room(1), with_everything_beside(creation(&[1]))).await;
    assert_eq!(places(&made), [(0, 1), (1, 2)]);
    let (head, entries, keys, names, invite) = store
        .read(|db| {
            Ok((
                rooms::head(db, room(1))?,
                rooms::log_entries(db, room(1), LogIndex(0), 10)?,
                keys::for_device(db, room(1), device(2))?,
                names::of_room(db, room(1))?,
                invites::get(db, room(1), invite(1))?.unwrap(),
            ))
        })
        .await
        .unwrap();
    assert_eq!(head, Some((FIRST_LIFE, RoomHead { log: created_head(), seq: Seq(2) })));
    let entries: Vec<_> = entries.into_iter().map(|e| (e.index.0, e.seq.0, e.received_at.0, e.entry)).collect();
    assert_eq!(entries, [(0, 1, 500, entry(0, 0).entry), (1, 2, 500, entry(1, 0).entry)]);
    let given = with_everything_beside(creation(&[1]));
    assert_eq!(keys.envelopes, [given.envelopes[0].2.clone()]);
    assert_eq!(keys.links, [given.link.unwrap()]);
    assert_eq!(names, given.names);
    assert_eq!((invite.uses_left, invite.expires_at, invite.accounts_made), (2, given.invites[0].expires_at, 0));
    assert_eq!(invite.sealed, given.invite_key);
    for n in [1, 2] {
        assert_eq!(store.read(move |db| rooms::of_account(db, account(n))).await.unwrap(), [room(1)]);
        assert!(store.read(move |db| rooms::is_member(db, room(1), account(n))).await.unwrap());
    }
    assert!(!store.read(|db| rooms::is_member(db, room(1), account(3))).await.unwrap());
    assert!(!store.read(|db| rooms::is_member(db, room(2), account(1))).await.unwrap());
}

async fn a_conflict_leaves_nothing(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    let other_hash = LogHead { index: LogIndex(1), hash: no_hash() };
    let behind = head_after(&entry(0, 0));
    let ahead = head_after(&entry(2, 0));
    for after in [Some(other_hash), Some(behind), Some(ahead), None] {
        let next = after.map_or(0, |after| after.index.0 + 1);
        let new = with_everything_beside(append(after, vec![entry(next, 9)]));
        let outcome = send_append(&store, room(1), new).await;
        assert_eq!(outcome, AppendOutcome::Conflict(RoomHead { log: created_head(), seq: Seq(2) }), "{after:?}");
    }
    for (table, rows) in [
        ("stream", 2),
        ("members", 1),
        ("room_devices", 1),
        ("invites", 0),
        ("envelopes", 0),
        ("epoch_links", 0),
        ("names", 0),
    ] {
        assert_eq!(store.read(move |db| count(db, table)).await.unwrap(), rows, "{table}");
    }
}

async fn a_repeated_append_is_answered_as_the_first_time(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    assert_eq!(places(&send_append(&store, room(1), creation(&[1])).await), [(0, 1), (1, 2)]);
    send(&store, room(1), message(device(1), 1, "between")).await;
    let new = || append(Some(created_head()), vec![entry(2, 0), entry(3, 0)]);
    let gate = store.stop_writer().reached().await;
    let answers = [(); 2].map(|()| submit_append(&store, room(1), new()));
    drop(gate);
    for answer in answers {
        assert_eq!(places(&answer.await.unwrap()), [(2, 4), (3, 5)]);
    }
    assert_eq!(places(&send_append(&store, room(1), new()).await), [(2, 4), (3, 5)]);
    // Partly the same is not the same.
    let longer = append(Some(created_head()), vec![entry(2, 0), entry(3, 0), entry(4, 0)]);
    assert!(matches!(send_append(&store, room(1), longer).await, AppendOutcome::Conflict(_)));
}

async fn of_two_that_make_a_room_one_wins(store: TestDatabase) {
    let other = store.another();
    for n in 1..=20 {
        let gate = store.stop_writer().reached().await;
        let mut theirs = creation(&[1]);
        theirs.entries[1] = entry(1, 9);
        let ours = submit_append(&store, room(n), creation(&[1]));
        let follows = submit(&store, room(n), message(device(1), 1, "hello"));
        drop(gate);
        let theirs = submit_append(&other, room(n), theirs);
        let outcomes = [ours.await.unwrap(), theirs.await.unwrap()];
        let won = outcomes.iter().filter(|outcome| matches!(outcome, AppendOutcome::Committed(..))).count();
        let lost = outcomes.iter().filter(|outcome| matches!(outcome, AppendOutcome::Conflict(_))).count();
        assert_eq!((won, lost), (1, 1), "{outcomes:?}");
        assert_eq!(follows.await.unwrap(), committed(3));
    }
    other.shutdown().await;
}

async fn an_append_counts_for_what_follows_it_in_the_batch(store: TestDatabase) {
    let gate = store.stop_writer().reached().await;
    let early = submit(&store, room(1), message(device(1), 1, "too early"));
    let made = submit_append(&store, room(1), creation(&[1]));
    let first = submit(&store, room(1), message(device(1), 2, "in epoch 1"));
    let newcomer = submit(&store, room(1), message(device(2), 3, "not yet"));
    let mut new = append(Some(created_head()), vec![entry(2, 0)]);
    new.devices.push(RoomDeviceRow { device: device(2), account: account(2), entitled: true });
    new.devices.push(RoomDeviceRow { device: device(1), account: account(1), entitled: false });
    (new.current_epoch, new.oldest_open_epoch) = (Epoch(2), Epoch(2));
    let joined = submit_append(&store, room(1), new);
    let late = submit(&store, room(1), message(device(2), 3, "in epoch 1"));
    let out = submit(&store, room(1), message(device(1), 4, "no longer"));
    let mut sealed_again = message(device(2), 3, "in epoch 2");
    sealed_again.epoch = Epoch(2);
    let second = submit(&store, room(1), sealed_again);
    drop(gate);
    assert_eq!(early.await.unwrap(), MessageOutcome::NotEntitled);
    assert_eq!(places(&made.await.unwrap()), [(0, 1), (1, 2)]);
    assert_eq!(first.await.unwrap(), committed(3));
    assert_eq!(newcomer.await.unwrap(), MessageOutcome::NotEntitled);
    assert_eq!(places(&joined.await.unwrap()), [(2, 4)]);
    assert_eq!(late.await.unwrap(), MessageOutcome::EpochClosed);
    assert_eq!(out.await.unwrap(), MessageOutcome::NotEntitled);
    assert_eq!(second.await.unwrap(), committed(5));
}

async fn an_append_that_cannot_be_written_leaves_nothing(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    let mut for_a_stranger = with_everything_beside(append(Some(created_head()), vec![entry(2, 0)]));
    for_a_stranger.envelopes.push((device(9), Epoch(2), envelope(device(9), device(1))));
    let mut damaged = with_everything_beside(append(Some(created_head()), vec![entry(2, 0)]));
    damaged.envelopes[0].2.context.0.clear();
    let gate = store.stop_writer().reached().await;
    let refused = [
        for_a_stranger,
        damaged,
        append(Some(created_head()), vec![entry(3, 0)]),
        append(Some(created_head()), vec![entry(2, 0), entry(4, 0)]),
        append(Some(created_head()), Vec::new()),
    ]
    .map(|new| submit_append(&store, room(1), new));
    let message = submit(&store, room(1), message(device(1), 1, "hello"));
    let nowhere = submit_append(&store, room(2), append(Some(created_head()), vec![entry(2, 0)]));
    drop(gate);
    for refused in refused {
        assert_eq!(refused.await.unwrap(), AppendOutcome::Failed);
    }
    assert_eq!(message.await.unwrap(), committed(3));
    assert_eq!(nowhere.await.unwrap(), AppendOutcome::Failed);
    assert_eq!(store.health().failures, 0);
    for (table, rows) in [("room_devices", 1), ("invites", 0), ("envelopes", 0), ("names", 0), ("rooms", 1)] {
        assert_eq!(store.read(move |db| count(db, table)).await.unwrap(), rows, "{table}");
    }
}

async fn a_room_that_cannot_be_made_is_not_half_there(store: TestDatabase) {
    store.refuse_poison().await;
    let mut poisoned = creation(&[1]);
    poisoned.received_at.0 = POISON;
    let mut for_a_stranger = creation(&[1]);
    for_a_stranger.envelopes.push((device(9), Epoch(1), envelope(device(9), device(1))));
    let gate = store.stop_writer().reached().await;
    let poisoned = submit_append(&store, room(1), poisoned);
    let for_a_stranger = submit_append(&store, room(2), for_a_stranger);
    let good = submit_append(&store, room(3), creation(&[1]));
    drop(gate);
    assert_eq!(poisoned.await.unwrap(), AppendOutcome::Failed);
    assert_eq!(for_a_stranger.await.unwrap(), AppendOutcome::Failed);
    assert_eq!(places(&good.await.unwrap()), [(0, 1), (1, 2)]);
    for (table, rows) in [("rooms", 1), ("members", 1), ("room_devices", 1), ("stream", 2)] {
        assert_eq!(store.read(move |db| count(db, table)).await.unwrap(), rows, "{table}");
    }
}

async fn changed_rows_are_changed(store: TestDatabase) {
    send_append(&store, room(1), with_everything_beside(creation(&[1]))).await;
    let mut new = with_everything_beside(append(Some(created_head()), vec![entry(2, 0)]));
    new.invites[0].uses_left = 1;
    new.envelopes[0].2.ciphertext.0 = vec![0; 384];
    assert_eq!(places(&send_append(&store, room(1), new).await), [(2, 3)]);
    let (keys, invite) = store
        .read(|db| Ok((keys::for_device(db, room(1), device(2))?, invites::get(db, room(1), invite(1))?.unwrap())))
        .await
        .unwrap();
    assert_eq!(invite.uses_left, 1);
    // The first envelope of a wrapping device stays.
    assert_eq!(keys.envelopes, [envelope(device(2), device(1))]);
}
