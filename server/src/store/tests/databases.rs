//! Databases for tests, and what a test does to a store from outside.

use std::{
    net::ToSocketAddrs as _,
    ops::Deref,
    sync::{
        atomic::{AtomicU64, Ordering::Relaxed},
        mpsc,
    },
};

use diesel::{Connection as _, PgConnection, connection::SimpleConnection as _};

use super::proxy::Proxy;
use crate::store::{Connection, DatabaseUrl, Store, StoreError};

/// A database that is empty at first and gone at the end, with a store on it.
pub(super) struct TestDatabase {
    url: DatabaseUrl,
    store: Store,
    _place: Place,
}

enum Place {
    Folder(#[expect(dead_code, reason = "gone when dropped")] tempfile::TempDir),
    Server { maintenance: String, name: String },
}

impl TestDatabase {
    pub(super) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("igoon.db"));
        Self { store: Store::open(&url).unwrap(), url, _place: Place::Folder(folder) }
    }

    pub(super) fn postgres() -> Self {
        Self::on_server(|url| url)
    }

    /// With a network between the store and the server that can be broken.
    pub(super) fn postgres_far_away() -> (Self, Proxy) {
        let mut proxy = None;
        let database = Self::on_server(|url| {
            let (scheme, rest) = url.split_once("://").unwrap();
            let (place, name) = rest.rsplit_once('/').unwrap();
            let (user, server) = place.rsplit_once('@').unwrap_or(("postgres", place));
            let far_away = Proxy::to(server.to_socket_addrs().unwrap().next().unwrap());
            let url = format!("{scheme}://{user}@{}/{name}", far_away.address());
            proxy = Some(far_away);
            url
        });
        (database, proxy.unwrap())
    }

    fn on_server(way: impl FnOnce(String) -> String) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let maintenance = std::env::var("IGOON_TEST_POSTGRES").expect(
            "these tests need a PostgreSQL server: set IGOON_TEST_POSTGRES to the URL of a database on it where they may \
             create others, such as postgres://postgres@127.0.0.1:5432/postgres",
        );
        let name = format!("igoon_store_{}_{}", std::process::id(), COUNT.fetch_add(1, Relaxed));
        let mut connection = PgConnection::establish(&maintenance).unwrap();
        connection.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let (server, _) = maintenance.rsplit_once('/').unwrap();
        let url = DatabaseUrl::Postgres(way(format!("{server}/{name}")));
        Self { store: Store::open(&url).unwrap(), url, _place: Place::Server { maintenance, name } }
    }

    pub(super) fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Another store on the same database, as another node has it.
    pub(super) fn another(&self) -> Store {
        Store::open(&self.url).unwrap()
    }

    /// Runs SQL, past everything that the store checks.
    pub(super) async fn execute(&self, sqlite: &'static str, postgres: &'static str) {
        self.store
            .write(move |db| {
                match db {
                    Connection::Sqlite(db) => db.batch_execute(sqlite),
                    Connection::Postgres(db) => db.batch_execute(postgres),
                }?;
                Ok(())
            })
            .await
            .unwrap();
    }

    /// From now on nothing received at [`POISON`] can be put into a stream.
    pub(super) async fn refuse_poison(&self) {
        self.execute(
            "CREATE TRIGGER poison BEFORE INSERT ON stream WHEN NEW.received_at = 666
             BEGIN SELECT RAISE(ABORT, 'poison'); END",
            "ALTER TABLE stream ADD CONSTRAINT poison CHECK (received_at <> 666)",
        )
        .await;
    }

    /// Stops the writer until the gate is opened; what is handed in meanwhile is one batch.
    pub(super) fn stop_writer(&self) -> Gate {
        let (open, opened) = mpsc::channel::<()>();
        let (stopped, is_stopped) = mpsc::channel();
        let store = self.store.clone();
        tokio::spawn(async move {
            store
                .write(move |_| {
                    stopped.send(()).unwrap();
                    // Ends when the gate is opened or dropped.
                    let _ = opened.recv();
                    Ok(())
                })
                .await
        });
        Gate { open, is_stopped }
    }
}

/// What a message of [`TestDatabase::refuse_poison`] is received at.
pub(super) const POISON: i64 = 666;

pub(super) struct Gate {
    open: mpsc::Sender<()>,
    is_stopped: mpsc::Receiver<()>,
}

impl Gate {
    /// Waits until the writer stands still.
    pub(super) async fn reached(self) -> OpenGate {
        let Self { open, is_stopped } = self;
        tokio::task::spawn_blocking(move || is_stopped.recv().unwrap()).await.unwrap();
        OpenGate(open)
    }
}

/// Opens when dropped.
pub(super) struct OpenGate(#[expect(dead_code, reason = "its drop is what counts")] mpsc::Sender<()>);

impl Deref for TestDatabase {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::Server { maintenance, name } = self {
            let dropped = PgConnection::establish(maintenance)
                .map(|mut connection| connection.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")));
            assert!(std::thread::panicking() || matches!(dropped, Ok(Ok(()))), "{name} is left over");
        }
    }
}

/// Counts with plain SQL, past the models.
pub(super) fn count(db: &mut Connection, table: &str) -> Result<i64, StoreError> {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    use diesel::RunQueryDsl as _;
    let query = diesel::sql_query(format!("SELECT count(*) AS n FROM {table}"));
    let Count { n } = match db {
        Connection::Sqlite(db) => query.get_result(db),
        Connection::Postgres(db) => query.get_result(db),
    }?;
    Ok(n)
}
