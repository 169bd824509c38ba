//! Pages, log entries, and that readers only read.

use diesel::Connection as _;
use igoon_shared::ids::{LogIndex, Seq};

use super::{TestDatabase, databases::count, on_both_backends, samples::*};
use crate::store::{
    StoreError,
    db::models::{rooms, setup},
};

on_both_backends!(
    a_page_ends_by_items_and_by_bytes,
    log_entries_come_in_parts,
    readers_cannot_write,
    a_query_that_panics_disturbs_nobody,
    a_reader_sees_one_moment,
);

async fn a_page_ends_by_items_and_by_bytes(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    make_room(&store, room(2), &[1]).await;
    for id in 0..10 {
        // 180 bytes of header and 100 of ciphertext each.
        send(&store, room(1), message(device(1), id, &"x".repeat(100))).await;
        send(&store, room(2), message(device(1), id, "elsewhere")).await;
    }
    let page = |after, items, bytes| {
        let store = &store;
        async move {
            let (items, head) = store.read(move |db| rooms::page(db, room(1), Seq(after), items, bytes)).await.unwrap();
            assert_eq!(head, Seq(12));
            items.iter().map(|item| item.seq.0).collect::<Vec<_>>()
        }
    };
    assert_eq!(page(0, 5, usize::MAX).await, [1, 2, 3, 4, 5]);
    assert_eq!(page(5, 100, usize::MAX).await, [6, 7, 8, 9, 10, 11, 12]);
    assert_eq!(page(5, 100, 3 * 280).await, [6, 7, 8]);
    assert_eq!(page(5, 100, 3 * 280 - 1).await, [6, 7]);
    assert_eq!(page(5, 2, 3 * 280).await, [6, 7]);
    assert_eq!(page(5, 100, 0).await, [6], "at least one");
    assert_eq!(page(11, 100, usize::MAX).await, [12]);
    assert!(page(12, 100, usize::MAX).await.is_empty());
    assert!(page(u64::MAX, 100, usize::MAX).await.is_empty());
    let nowhere = store.read(|db| rooms::page(db, room(3), Seq(0), 5, 5)).await;
    assert!(matches!(nowhere, Err(StoreError::NotFound)));
}

async fn log_entries_come_in_parts(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    send(&store, room(1), message(device(1), 1, "between")).await;
    let more = append(Some(created_head()), vec![entry(2, 0), entry(3, 0), entry(4, 0)]);
    send_append(&store, room(1), more).await;
    let part = |from, limit| {
        let store = &store;
        async move {
            let entries = store.read(move |db| rooms::log_entries(db, room(1), LogIndex(from), limit)).await.unwrap();
            entries.iter().map(|entry| (entry.index.0, entry.seq.0)).collect::<Vec<_>>()
        }
    };
    assert_eq!(part(0, 3).await, [(0, 1), (1, 2), (2, 4)]);
    assert_eq!(part(3, 3).await, [(3, 5), (4, 6)]);
    assert!(part(5, 3).await.is_empty());
    assert!(store.read(|db| rooms::log_entries(db, room(9), LogIndex(0), 3)).await.unwrap().is_empty());
    assert_eq!(store.read(|db| rooms::head(db, room(9))).await.unwrap(), None);
}

async fn readers_cannot_write(store: TestDatabase) {
    let written = store.read(|db| setup::set_setup_code_hash(db, b"mark")).await;
    assert!(matches!(written, Err(StoreError::Database(_))), "{written:?}");
    let deep = store.read(|db| db.transaction(|db| setup::set_setup_code_hash(db, b"mark"))).await;
    assert!(matches!(deep, Err(StoreError::Database(_))), "{deep:?}");
    assert_eq!(store.read(setup::setup_code_hash).await.unwrap(), None);
}

async fn a_query_that_panics_disturbs_nobody(store: TestDatabase) {
    for _ in 0..20 {
        let panicked = store.read(|_| -> Result<(), StoreError> { panic!("on purpose") }).await;
        assert!(matches!(panicked, Err(StoreError::JobPanicked)));
    }
    assert_eq!(store.read(|db| count(db, "rooms")).await.unwrap(), 0);
}

async fn a_reader_sees_one_moment(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    let (looked, has_looked) = tokio::sync::oneshot::channel();
    let (go_on, goes_on) = std::sync::mpsc::channel::<()>();
    let reading = store.read(move |db| {
        let before = count(db, "stream")?;
        looked.send(()).unwrap();
        goes_on.recv().unwrap();
        Ok((before, count(db, "stream")?))
    });
    let writing = async {
        has_looked.await.unwrap();
        assert_eq!(send(&store, room(1), message(device(1), 1, "meanwhile")).await, committed(3));
        go_on.send(()).unwrap();
    };
    let (seen, ()) = tokio::join!(reading, writing);
    assert_eq!(seen.unwrap(), (2, 2));
    assert_eq!(store.read(|db| count(db, "stream")).await.unwrap(), 3);
}
