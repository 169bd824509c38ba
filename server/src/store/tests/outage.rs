//! Losing the database: between commits, in the middle of one, and for longer.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;

use super::{
    TestDatabase,
    databases::count,
    proxy::{Network, Proxy},
    samples::*,
};
use crate::store::{
    Connection, Store, StoreError,
    db::models::setup,
    ops::{AppendOutcome, MessageOutcome},
};

/// One write of each kind in one batch, while the network does at its commit what is said. Room 1 has had a message.
async fn commit_over(network: Network) -> TestDatabase {
    let (store, proxy) = TestDatabase::postgres_far_away();
    for n in [1, 2] {
        make_room(&store, room(n), &[1]).await;
    }
    assert_eq!(send(&store, room(1), message(device(1), 1, "before")).await, committed(3));

    let gate = store.stop_writer().reached().await;
    let one = submit(&store, room(1), message(device(1), 2, "one"));
    let before = submit(&store, room(1), message(device(1), 1, "before"));
    let twice = submit(&store, room(1), message(device(1), 2, "one"));
    let other = submit(&store, room(1), message(device(1), 2, "other"));
    let more = with_everything_beside(append(Some(created_head()), vec![entry(2, 0)]));
    let appended = submit_append(&store, room(1), more);
    let last = submit(&store, room(1), message(device(2), 1, "by the newcomer"));
    let conflict = submit_append(&store, room(2), append(None, vec![entry(0, 9)]));
    let made = submit_append(&store, room(3), creation(&[1]));
    let breaking = proxy.clone();
    let job = store.write(move |db| {
        breaking.set(network);
        setup::set_setup_code_hash(db, b"mark")
    });
    let refusing = store.write(|_| Err::<(), _>(StoreError::HandleTaken));
    let (job, refusing, ()) = tokio::join!(biased; job, refusing, async { drop(gate) });

    assert_eq!(proxy.network(), Network::Works, "it broke, once");
    assert_eq!(one.await.unwrap(), committed(4));
    assert_eq!(before.await.unwrap(), repeated(3));
    assert_eq!(twice.await.unwrap(), repeated(4));
    assert_eq!(other.await.unwrap(), MessageOutcome::NameTaken);
    assert_eq!(places(&appended.await.unwrap()), [(2, 5)]);
    assert_eq!(last.await.unwrap(), committed(6));
    assert!(matches!(conflict.await.unwrap(), AppendOutcome::Conflict(_)));
    assert_eq!(places(&made.await.unwrap()), [(0, 1), (1, 2)]);
    assert!(matches!(job, Err(StoreError::OutcomeUnknown)), "{job:?}");
    assert!(matches!(refusing, Err(StoreError::HandleTaken)), "{refusing:?}");
    assert!(store.health().failures > 0 && store.health().connected);
    for (table, rows) in [("stream", 6 + 2 + 2), ("envelopes", 1), ("names", 1), ("invites", 1)] {
        assert_eq!(reading(&store, move |db| count(db, table)).await, rows, "{table}");
    }
    store
}

/// Reads; the connections that broke are replaced on the way.
async fn reading<T: Send + 'static>(
    store: &Store,
    query: impl FnMut(&mut Connection) -> Result<T, StoreError> + Clone + Send + 'static,
) -> T {
    for _ in 0..10 {
        if let Ok(value) = store.read(query.clone()).await {
            return value;
        }
    }
    store.read(query).await.unwrap()
}

#[tokio::test]
async fn a_commit_that_was_done_and_not_answered_is_found() {
    let store = commit_over(Network::LosesAnswer).await;
    assert!(reading(&store, setup::setup_code_hash).await.is_some(), "the job was done");
}

#[tokio::test]
async fn a_commit_that_never_arrived_is_done_again() {
    let store = commit_over(Network::LosesCommit).await;
    assert!(reading(&store, setup::setup_code_hash).await.is_none(), "the job was not done, nor done again");
}

#[tokio::test]
async fn a_lost_connection_is_made_again() {
    let store = TestDatabase::postgres();
    make_room(&store, room(1), &[1]).await;
    let other = store.another();
    let terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for id in 0..5 {
        other
            .write(move |db| match db {
                Connection::Postgres(db) => Ok(db.batch_execute(terminate)?),
                Connection::Sqlite(_) => Ok(()),
            })
            .await
            .unwrap();
        let job = store.write(|db| setup::set_setup_code_hash(db, b"mark"));
        let sent = send(&store, room(1), message(device(1), id, "hello"));
        let (job, sent) = tokio::join!(job, sent);
        job.unwrap();
        assert_eq!(sent, committed(u64::from(id) + 3));
        assert_eq!(store.read(|db| count(db, "rooms")).await.unwrap(), 1);
    }
    other.shutdown().await;
}

async fn break_down(proxy: &Proxy, store: &Store) {
    proxy.set(Network::Down);
    let started = Instant::now();
    store.note_position(crate::store::ops::PositionRow {
        room: room(1),
        device: device(1),
        delivered: igoon_shared::ids::Seq(1),
        read: igoon_shared::ids::Seq(1),
    });
    while store.health().connected {
        assert!(started.elapsed() < Duration::from_secs(20), "nobody noticed");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn what_is_handed_in_during_an_outage_is_committed_after_it() {
    let (store, proxy) = TestDatabase::postgres_far_away();
    make_room(&store, room(1), &[1]).await;
    break_down(&proxy, &store).await;
    let message = submit(&store, room(1), message(device(1), 1, "hello"));
    let job = store.write(|db| setup::set_setup_code_hash(db, b"mark"));
    let (job, ()) = tokio::join!(biased; job, async { proxy.set(Network::Works) });
    job.unwrap();
    assert_eq!(message.await.unwrap(), committed(3));
    assert!(store.health().connected);
}

#[tokio::test]
async fn shutting_down_does_not_wait_for_a_lost_database() {
    let (store, proxy) = TestDatabase::postgres_far_away();
    make_room(&store, room(1), &[1]).await;
    break_down(&proxy, &store).await;
    let messages: Vec<_> = (0..50).map(|id| submit(&store, room(1), message(device(1), id, "hello"))).collect();
    let job = store.write(|db| setup::set_setup_code_hash(db, b"mark"));
    let started = Instant::now();
    let (job, ()) = tokio::join!(biased; job, store.shutdown());
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    assert!(matches!(job, Err(StoreError::Unreachable(_))), "{job:?}");
    for message in messages {
        assert_eq!(message.await.unwrap(), MessageOutcome::Failed);
    }
}

#[tokio::test]
async fn a_full_disk_refuses_what_does_not_fit_and_goes_on() {
    let store = TestDatabase::sqlite();
    make_room(&store, room(1), &[1]).await;
    // The limit is the writer's connection's own: as if the disk ended here.
    store.execute("PRAGMA max_page_count = 1", "").await;
    let large = "x".repeat(30_000);
    let gate = store.stop_writer().reached().await;
    let refused: Vec<_> = (0..10).map(|id| submit(&store, room(1), message(device(1), id, &large))).collect();
    drop(gate);
    for refused in refused {
        assert_eq!(refused.await.unwrap(), MessageOutcome::Failed);
    }
    store.execute("PRAGMA max_page_count = 100000", "").await;
    assert_eq!(send(&store, room(1), message(device(1), 1, &large)).await, committed(3));
}
