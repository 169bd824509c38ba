//! A database for one test: a SQLite file in the server's data folder, or a PostgreSQL database of its own.

use std::process::Command;

use diesel::{Connection, PgConnection, RunQueryDsl};

/// Which kind a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Embedded.
    Sqlite,
    /// The cluster that `cargo xtask test` starts.
    Postgres,
}

/// A PostgreSQL database, dropped with this value.
#[derive(Debug)]
pub struct PostgresDatabase {
    admin_url: String,
    name: String,
}

impl PostgresDatabase {
    /// Makes a database of its own.
    ///
    /// # Panics
    /// When `IGOON_TEST_POSTGRES` is not set: run the tests by `cargo xtask test`.
    #[must_use]
    pub fn create() -> Self {
        let admin_url = std::env::var("IGOON_TEST_POSTGRES")
            .expect("IGOON_TEST_POSTGRES is not set: `cargo xtask test` starts a PostgreSQL and sets it");
        let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
        let name = format!("igoon_e2e_{}_{nanos}", std::process::id());
        let mut admin = PgConnection::establish(&admin_url).expect("the test PostgreSQL answers");
        diesel::sql_query(format!("CREATE DATABASE {name}")).execute(&mut admin).unwrap();
        Self { admin_url, name }
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        let (base, _) = self.admin_url.rsplit_once('/').unwrap();
        format!("{base}/{}", self.name)
    }

    /// A copy of it as it is, while nobody is connected.
    #[must_use]
    pub fn copy(&self) -> Self {
        let copy = Self { admin_url: self.admin_url.clone(), name: format!("{}_copy", self.name) };
        copy.make_from(&self.name);
        copy
    }

    /// Puts it back to a copy, while nobody is connected.
    pub fn restore(&self, copy: &Self) {
        let mut admin = PgConnection::establish(&self.admin_url).unwrap();
        diesel::sql_query(format!("DROP DATABASE {} WITH (FORCE)", self.name)).execute(&mut admin).unwrap();
        self.make_from(&copy.name);
    }

    fn make_from(&self, template: &str) {
        let mut admin = PgConnection::establish(&self.admin_url).unwrap();
        let statement = format!("CREATE DATABASE {} TEMPLATE {template}", self.name);
        diesel::sql_query(statement).execute(&mut admin).unwrap();
    }

    /// All that it holds, as text.
    #[must_use]
    pub fn dump(&self) -> Vec<u8> {
        let output = Command::new(postgres_tool("pg_dump")).arg(self.url()).output().expect("pg_dump runs");
        assert!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        if let Ok(mut admin) = PgConnection::establish(&self.admin_url) {
            let _ = diesel::sql_query(format!("DROP DATABASE {} WITH (FORCE)", self.name)).execute(&mut admin);
        }
    }
}

/// Debian keeps the server's tools outside PATH.
fn postgres_tool(name: &str) -> std::path::PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin").join(name)).find(|path| path.exists()).unwrap_or(name.into())
}
