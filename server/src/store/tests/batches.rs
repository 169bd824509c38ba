//! What shares a commit does not share its fate.

use diesel::{Connection as _, connection::SimpleConnection as _};
use igoon_shared::time::Timestamp;

use super::{
    TestDatabase,
    databases::{POISON, count},
    on_both_backends,
    samples::*,
};
use crate::store::{
    Busy, Connection, StoreError,
    db::models::setup,
    ops::{MessageOutcome, RoomOp},
    queue,
};

on_both_backends!(
    a_job_that_fails_disturbs_nobody,
    a_job_that_panics_disturbs_nobody,
    a_message_that_cannot_be_written_disturbs_nobody,
    a_reply_that_panics_disturbs_nobody,
    too_much_at_once_is_refused_and_nothing_of_it_lost,
    shutting_down_commits_what_was_handed_in,
);

/// Writes something that can be looked for.
fn leave_mark(db: &mut Connection) -> Result<(), StoreError> {
    setup::set_setup_code_hash(db, b"mark")
}

fn fail(db: &mut Connection) -> Result<(), StoreError> {
    match db {
        Connection::Sqlite(db) => db.batch_execute("SELECT nonsense"),
        Connection::Postgres(db) => db.batch_execute("SELECT nonsense"),
    }?;
    Ok(())
}

async fn a_job_that_fails_disturbs_nobody(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    let gate = store.stop_writer().reached().await;
    let message = submit(&store, room(1), message(device(1), 1, "hello"));
    let refusing = store.write(|db| leave_mark(db).and(Err::<(), _>(StoreError::HandleTaken)));
    let failing = store.write(|db| leave_mark(db).and_then(|()| fail(db)));
    let careless = store.write(|db| {
        leave_mark(db)?;
        let _ = fail(db);
        Ok(())
    });
    let good = store.write(|db| Ok(setup::setup_code_hash(db)?.is_none()));
    let all = async { tokio::join!(biased; refusing, failing, careless, good, async { drop(gate) }) };
    let (refusing, failing, careless, good, ()) = all.await;
    assert!(matches!(refusing, Err(StoreError::HandleTaken)));
    assert!(matches!(failing, Err(StoreError::Database(_))));
    // PostgreSQL throws the whole savepoint away; SQLite, the failed statement alone.
    match store.url() {
        crate::store::DatabaseUrl::Sqlite(_) => assert!(careless.is_ok()),
        crate::store::DatabaseUrl::Postgres(_) => assert!(matches!(careless, Err(StoreError::Database(_)))),
    }
    if careless.is_err() {
        assert!(good.unwrap(), "nothing was left by the others");
        assert_eq!(store.read(setup::setup_code_hash).await.unwrap(), None);
    }
    assert_eq!(message.await.unwrap(), committed(3));
    assert_eq!(send(&store, room(1), self::message(device(1), 2, "on")).await, committed(4));
}

async fn a_job_that_panics_disturbs_nobody(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    let gate = store.stop_writer().reached().await;
    let message = submit(&store, room(1), message(device(1), 1, "hello"));
    let good = store.write(|db| Ok(setup::setup_code_hash(db)?.is_none()));
    let panicking = store.write(|db| -> Result<(), StoreError> {
        leave_mark(db)?;
        panic!("on purpose");
    });
    let deep = store.write(|db| {
        leave_mark(db)?;
        db.transaction(|db| -> Result<(), StoreError> {
            leave_mark(db)?;
            panic!("on purpose, deep inside");
        })
    });
    let also_good = store.write(|db| Ok(setup::setup_code_hash(db)?.is_none()));
    let all = async { tokio::join!(biased; good, panicking, deep, also_good, async { drop(gate) }) };
    let (good, panicking, deep, also_good, ()) = all.await;
    assert!(matches!(panicking, Err(StoreError::JobPanicked)));
    assert!(matches!(deep, Err(StoreError::JobPanicked)));
    assert!(good.unwrap() && also_good.unwrap());
    assert_eq!(message.await.unwrap(), committed(3));
    assert_eq!(store.read(setup::setup_code_hash).await.unwrap(), None);
    store.write(leave_mark).await.unwrap();
    assert!(store.read(setup::setup_code_hash).await.unwrap().is_some());
}

async fn a_message_that_cannot_be_written_disturbs_nobody(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    make_room(&store, room(2), &[1]).await;
    store.refuse_poison().await;
    let gate = store.stop_writer().reached().await;
    let mut poison = message(device(1), 2, "poison");
    poison.received_at = Timestamp(POISON);
    let one = submit(&store, room(1), message(device(1), 1, "one"));
    let poison = submit(&store, room(1), poison);
    let three = submit(&store, room(1), message(device(1), 3, "three"));
    let elsewhere = submit(&store, room(2), message(device(1), 1, "elsewhere"));
    let job = store.write(leave_mark);
    let (job, ()) = tokio::join!(biased; job, async { drop(gate) });
    job.unwrap();
    assert_eq!(one.await.unwrap(), committed(3));
    assert_eq!(poison.await.unwrap(), MessageOutcome::Failed);
    assert_eq!(three.await.unwrap(), committed(4), "what failed took no place");
    assert_eq!(elsewhere.await.unwrap(), committed(3));
    assert!(store.health().failures > 0);
}

async fn a_reply_that_panics_disturbs_nobody(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    let gate = store.stop_writer().reached().await;
    let op = RoomOp::Message(message(device(1), 1, "one"), Box::new(|_| panic!("on purpose")));
    assert!(store.submit(room(1), op).is_ok());
    let two = submit(&store, room(1), message(device(1), 2, "two"));
    drop(gate);
    assert_eq!(two.await.unwrap(), committed(4));
}

async fn too_much_at_once_is_refused_and_nothing_of_it_lost(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    let gate = store.stop_writer().reached().await;
    let mut taken = Vec::new();
    for id in 0..u32::try_from(queue::BOUND).unwrap() {
        taken.push(submit(&store, room(1), message(device(1), id, "x")));
    }
    let refused =
        store.submit(room(1), RoomOp::Message(message(device(1), 99_999, "x"), Box::new(|_| panic!("refused"))));
    let Err((RoomOp::Message(back, _), Busy)) = refused else { panic!("taken") };
    assert_eq!(back.message_id, message(device(1), 99_999, "x").message_id);
    assert!(matches!(store.write(|_| Ok(())).await, Err(StoreError::Busy)));
    assert_eq!(store.health().queue_depth, queue::BOUND);
    drop(gate);
    for (seq, taken) in (3..).zip(taken) {
        assert_eq!(taken.await.unwrap(), committed(seq));
    }
    assert_eq!((store.health().queue_depth, store.health().queue_bytes), (0, 0));

    // Few, but large.
    let gate = store.stop_writer().reached().await;
    let mut taken = 0;
    let large = "x".repeat(1024 * 1024);
    while store.submit(room(1), RoomOp::Message(message(device(1), 100_000 + taken, &large), Box::new(|_| {}))).is_ok()
    {
        taken += 1;
    }
    assert_eq!(taken, 63);
    drop(gate);
}

async fn shutting_down_commits_what_was_handed_in(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    let gate = store.stop_writer().reached().await;
    let messages: Vec<_> = (0..3_000).map(|id| submit(&store, room(1), message(device(1), id, "hello"))).collect();
    let shutting_down = store.shutdown();
    let open_late = async {
        // The store takes nothing any more while it still writes.
        let late = store.submit(room(1), RoomOp::Message(message(device(1), 9_999, "late"), Box::new(|_| {})));
        assert!(late.is_err());
        drop(gate);
    };
    tokio::join!(biased; shutting_down, open_late);
    for (seq, mut message) in (3..).zip(messages) {
        assert_eq!(message.try_recv().unwrap(), committed(seq));
    }
    assert!(matches!(store.write(|_| Ok(())).await, Err(StoreError::Busy)));
    let again = store.another();
    assert_eq!(again.read(|db| count(db, "stream")).await.unwrap(), 3_002);
    again.shutdown().await;
}
