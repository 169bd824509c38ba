//! Several nodes on one database share its rooms.

use std::collections::BTreeSet;

use igoon_shared::ids::Seq;

use super::{TestDatabase, on_both_backends, samples::*};
use crate::store::{
    db::models::rooms,
    ops::{AppendOutcome, MessageOutcome},
};

on_both_backends!(
    nodes_that_write_at_once_leave_no_gap,
    the_same_message_by_two_nodes_is_committed_once,
    of_two_appends_after_one_head_one_wins,
);

async fn nodes_that_write_at_once_leave_no_gap(store: TestDatabase) {
    for n in [1, 2] {
        make_room(&store, room(n), &[1, 2]).await;
    }
    let other = store.another();
    let mut waiting = Vec::new();
    for id in 0..200 {
        for n in [1, 2] {
            waiting.push((n, submit(&store, room(n), message(device(1), id, "ours"))));
            waiting.push((n, submit(&other, room(n), message(device(2), id, "theirs"))));
        }
        tokio::task::yield_now().await;
    }
    let mut places = [BTreeSet::new(), BTreeSet::new()];
    for (n, outcome) in waiting {
        let MessageOutcome::Committed { seq, .. } = outcome.await.unwrap() else { panic!("not committed") };
        assert!(places[usize::from(n) - 1].insert(seq.0), "{seq} was given twice");
    }
    let expected: BTreeSet<u64> = (3..=402).collect();
    assert_eq!(places, [expected.clone(), expected]);
    let (items, head) = other.read(|db| rooms::page(db, room(1), Seq(0), 1_000, usize::MAX)).await.unwrap();
    assert!(items.iter().map(|item| item.seq.0).eq(1..=402));
    assert_eq!(head, Seq(402));
    assert_eq!(store.health().failures + other.health().failures, 0);
    other.shutdown().await;
}

/// Takes the 15 seconds after which PostgreSQL ends the session of a node that stands still; SQLite has one node.
#[tokio::test]
async fn a_node_that_stands_still_does_not_stop_the_others() {
    let store = TestDatabase::postgres();
    make_room(&store, room(1), &[1]).await;
    let other = store.another();
    let (locked, is_locked) = tokio::sync::oneshot::channel();
    let (go_on, goes_on) = std::sync::mpsc::channel::<()>();
    let mut locked = Some(locked);
    let standing_still = other.write(move |db| {
        rooms::lock(db, room(1))?;
        if let Some(locked) = locked.take() {
            locked.send(()).unwrap();
            // Until the test ends.
            let _ = goes_on.recv();
        }
        Ok(())
    });
    let going_on = async {
        is_locked.await.unwrap();
        assert_eq!(send(&store, room(1), message(device(1), 1, "hello")).await, committed(3));
        drop(go_on);
    };
    let (standing_still, ()) = tokio::join!(standing_still, going_on);
    standing_still.unwrap();
    other.shutdown().await;
}

async fn the_same_message_by_two_nodes_is_committed_once(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    let other = store.another();
    for id in 0..50 {
        let ours = submit(&store, room(1), message(device(1), id, "hello"));
        let theirs = submit(&other, room(1), message(device(1), id, "hello"));
        let mut outcomes = [ours.await.unwrap(), theirs.await.unwrap()];
        if matches!(outcomes[0], MessageOutcome::Repeated { .. }) {
            outcomes.reverse();
        }
        let seq = u64::from(id) + 3;
        assert_eq!(outcomes, [committed(seq), repeated(seq)]);
    }
    other.shutdown().await;
}

async fn of_two_appends_after_one_head_one_wins(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    let other = store.another();
    let mut head = created_head();
    for index in 2..40 {
        let ours = submit_append(&store, room(1), append(Some(head), vec![entry(index, 1)]));
        let theirs = submit_append(&other, room(1), append(Some(head), vec![entry(index, 2)]));
        let (ours, theirs) = (ours.await.unwrap(), theirs.await.unwrap());
        let (tag, won, lost) =
            if matches!(ours, AppendOutcome::Committed(..)) { (1, ours, theirs) } else { (2, theirs, ours) };
        assert_eq!(places(&won), [(index, index + 1)]);
        head = head_after(&entry(index, tag));
        assert!(matches!(lost, AppendOutcome::Conflict(seen) if seen.log == head));
    }
    other.shutdown().await;
}
