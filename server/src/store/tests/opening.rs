//! Opening a database: new, old, too new, by several at once.

use diesel::RunQueryDsl as _;
use igoon_shared::ids::Incarnation;

use super::{TestDatabase, databases::count, on_both_backends, samples::*};
use crate::store::{Connection, DatabaseUrl, Store, StoreError, db::models::setup};

on_both_backends!(
    a_new_database_is_in_its_first_life,
    what_was_committed_is_there_again,
    a_newer_database_is_left_alone,
    several_open_a_new_database_at_once,
    a_commit_waits_for_the_disk,
);

async fn a_new_database_is_in_its_first_life(store: TestDatabase) {
    assert_eq!(store.incarnation(), Incarnation(1));
    assert_eq!(store.read(setup::incarnation).await.unwrap(), Incarnation(1));
}

async fn what_was_committed_is_there_again(store: TestDatabase) {
    make_room(&store, room(1), &[1]).await;
    send(&store, room(1), message(device(1), 1, "hello")).await;
    store.shutdown().await;
    let again = store.another();
    assert_eq!(send(&again, room(1), message(device(1), 1, "hello")).await, repeated(3));
    assert_eq!(send(&again, room(1), message(device(1), 2, "hello")).await, committed(4));
    again.shutdown().await;
}

async fn a_newer_database_is_left_alone(store: TestDatabase) {
    let add = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    store.execute(add, add).await;
    let refused = Store::open(store.url()).map(drop).unwrap_err();
    assert!(matches!(&refused, StoreError::DatabaseIsNewer { newest_change } if newest_change == "9999"));
    let text = refused.to_string();
    assert!(text.contains("newer version") && text.contains("9999") && text.contains("backup"), "{text}");
}

async fn several_open_a_new_database_at_once(store: TestDatabase) {
    for (sqlite, postgres) in [
        (
            include_str!("../../../../migrations/sqlite/0008_announcements/down.sql"),
            include_str!("../../../../migrations/postgres/0008_announcements/down.sql"),
        ),
        (
            include_str!("../../../../migrations/sqlite/0007_session_ends/down.sql"),
            include_str!("../../../../migrations/postgres/0007_session_ends/down.sql"),
        ),
        (
            include_str!("../../../../migrations/sqlite/0006_statements/down.sql"),
            include_str!("../../../../migrations/postgres/0006_statements/down.sql"),
        ),
        (
            include_str!("../../../../migrations/sqlite/0005_approvals/down.sql"),
            include_str!("../../../../migrations/postgres/0005_approvals/down.sql"),
        ),
        (
            include_str!("../../../../migrations/sqlite/0004_recovery/down.sql"),
            include_str!("../../../../migrations/postgres/0004_recovery/down.sql"),
        ),
        (
            include_str!("../../../../migrations/sqlite/0002_people/down.sql"),
            include_str!("../../../../migrations/postgres/0002_people/down.sql"),
        ),
        (
            include_str!("../../../../migrations/sqlite/0001_first_room/down.sql"),
            include_str!("../../../../migrations/postgres/0001_first_room/down.sql"),
        ),
    ] {
        store.execute(sqlite, postgres).await;
    }
    let forget = "DROP TABLE __diesel_schema_migrations";
    store.execute(forget, forget).await;
    let opening: Vec<_> = (0..4)
        .map(|_| {
            let url = store.url().clone();
            std::thread::spawn(move || Store::open(&url))
        })
        .collect();
    for opening in opening {
        opening.join().unwrap().unwrap().shutdown().await;
    }
    assert_eq!(store.read(|db| count(db, "server_meta")).await.unwrap(), 1);
}

async fn a_commit_waits_for_the_disk(store: TestDatabase) {
    store
        .execute(
            "",
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$",
        )
        .await;
    let again = store.another();
    let setting = |sqlite, postgres| again.write(move |db| setting(db, sqlite, postgres));
    // 2 is FULL.
    let sync = "SELECT CAST(synchronous AS TEXT) AS value FROM pragma_synchronous";
    let expected = if matches!(store.url(), DatabaseUrl::Sqlite(_)) { "2" } else { "on" };
    assert_eq!(setting(sync, "SELECT current_setting('synchronous_commit') AS value").await.unwrap(), expected);
    let log = "SELECT journal_mode AS value FROM pragma_journal_mode";
    assert_eq!(setting(log, "SELECT 'wal' AS value").await.unwrap(), "wal");
    let keys = "SELECT CAST(foreign_keys AS TEXT) AS value FROM pragma_foreign_keys";
    assert_eq!(setting(keys, "SELECT '1' AS value").await.unwrap(), "1");
    again.shutdown().await;
}

fn setting(db: &mut Connection, sqlite: &str, postgres: &str) -> Result<String, StoreError> {
    #[derive(diesel::QueryableByName)]
    struct Setting {
        #[diesel(sql_type = diesel::sql_types::Text)]
        value: String,
    }
    let Setting { value } = match db {
        Connection::Sqlite(db) => diesel::sql_query(sqlite).get_result(db),
        Connection::Postgres(db) => diesel::sql_query(postgres).get_result(db),
    }?;
    Ok(value)
}

#[tokio::test]
async fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let store = TestDatabase::sqlite();
    make_room(&store, room(1), &[1]).await;
    let DatabaseUrl::Sqlite(path) = store.url() else { panic!("not a file") };
    for file in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
}

#[test]
fn what_cannot_be_opened_says_so_without_secrets() {
    let nowhere = DatabaseUrl::Sqlite("/nonexistent/igoon.db".into());
    assert!(
        matches!(Store::open(&nowhere).map(drop), Err(StoreError::Unreachable(text)) if text.contains("/nonexistent"))
    );
    for uri in [
        "postgres://igoon:geheim@127.0.0.1:1/igoon",
        "postgres://igoon:geh eim@127.0.0.1:1/igoon",
        "postgres://geheim:%zz@x/",
    ] {
        let error = Store::open(&DatabaseUrl::Postgres(uri.to_owned())).map(drop).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("geh"), "{error}");
    }
}
