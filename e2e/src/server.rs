//! The real server as a process of its own, on a port of its own, with a data folder of its own.

use std::{
    ffi::OsString,
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use diesel::{
    Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _, sql_types::BigInt,
};

use crate::{
    database::{Kind, PostgresDatabase},
    mail::Mailbox,
    wait,
};

/// What a server is started with besides a folder and a port of its own.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Arguments.
    pub arguments: Vec<String>,
    /// Environment variables.
    pub environment: Vec<(&'static str, OsString)>,
    /// Where its mails arrive, if not in a folder of its own.
    pub mailbox: Option<Mailbox>,
}

impl Settings {
    /// A crowd from a single computer may use it.
    #[must_use]
    pub fn unlimited() -> Self {
        let limits = [
            "--frames-per-second",
            "--frames-burst",
            "--requests-per-minute",
            "--requests-burst",
            "--mails-per-hour",
            "--sign-ins-per-hour",
            "--people-per-source",
        ];
        let arguments = limits.into_iter().flat_map(|limit| [limit, "1000000"]).map(ToOwned::to_owned).collect();
        Self { arguments, ..Self::default() }
    }
}

/// A copy of a server's database.
#[derive(Debug)]
pub enum Backup {
    /// The file.
    Sqlite(Vec<u8>),
    /// Another database.
    Postgres(PostgresDatabase),
}

/// A number that a query answers.
#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// A server under test. Dropped, it is killed and its data is gone.
#[derive(Debug)]
pub struct TestServer {
    /// The program; another counts from the next start on.
    pub binary: PathBuf,
    child: Option<Child>,
    folder: tempfile::TempDir,
    postgres: Option<PostgresDatabase>,
    port: u16,
    starts: u32,
    /// What it is started with; a change counts from the next start on.
    pub settings: Settings,
}

impl TestServer {
    /// Starts one on an empty database.
    pub async fn start(kind: Kind) -> Self {
        Self::start_with(kind, &[]).await
    }

    /// Starts one with further arguments.
    pub async fn start_with(kind: Kind, extra: &[&str]) -> Self {
        Self::start_of(binary(), kind, extra).await
    }

    /// Starts one with these settings.
    pub async fn start_as(kind: Kind, settings: Settings) -> Self {
        Self::begin(binary(), kind, settings).await
    }

    /// Starts one of another build.
    pub async fn start_of(binary: PathBuf, kind: Kind, extra: &[&str]) -> Self {
        let arguments = extra.iter().map(|&argument| argument.to_owned()).collect();
        Self::begin(binary, kind, Settings { arguments, ..Settings::default() }).await
    }

    /// Starts one that a crowd from a single computer may use, for measurements.
    pub async fn start_unlimited(binary: PathBuf, kind: Kind, extra: &[&str]) -> Self {
        let mut settings = Settings::unlimited();
        settings.arguments.extend(extra.iter().map(|&argument| argument.to_owned()));
        Self::begin(binary, kind, settings).await
    }

    async fn begin(binary: PathBuf, kind: Kind, settings: Settings) -> Self {
        let postgres = (kind == Kind::Postgres).then(PostgresDatabase::create);
        let mut server =
            Self { binary, child: None, folder: tempfile::tempdir().unwrap(), postgres, port: 0, starts: 0, settings };
        server.launch().await;
        server
    }

    /// Starts the stopped server again: same data, same port.
    pub async fn launch(&mut self) {
        assert!(self.child.is_none(), "it runs already");
        self.starts += 1;
        let output = fs::File::create(self.stdout_path()).unwrap();
        let errors = fs::File::create(self.folder.path().join(format!("stderr-{}.log", self.starts))).unwrap();
        let mut command = self.command();
        command.stdout(output).stderr(errors);
        self.child = Some(command.spawn().expect("the server binary starts"));
        let port = wait::until("the server to listen", async || {
            if let Some(status) = self.child.as_mut().unwrap().try_wait().unwrap() {
                panic!("the server ended at once with {status}:\n{}", self.logs());
            }
            self.printed("listening on http://127.0.0.1:").and_then(|port| port.parse().ok())
        })
        .await;
        self.port = port;
    }

    /// The program with its settings, not started yet; for subcommands, and for starts that fail.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(["--listen", &format!("127.0.0.1:{}", self.port)])
            .arg("--data-dir")
            .arg(self.data_dir())
            .args(&self.settings.arguments)
            .envs(self.settings.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        if let Some(postgres) = &self.postgres {
            command.args(["--database-url", &postgres.url()]);
        }
        command
    }

    /// Where it keeps its data.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A copy of the stopped server's database.
    #[must_use]
    pub fn back_up(&self) -> Backup {
        assert!(self.child.is_none(), "it runs");
        match &self.postgres {
            Some(postgres) => Backup::Postgres(postgres.copy()),
            None => {
                let copy = self.folder.path().join("copy.db");
                let _ = self.change(&format!("VACUUM INTO '{}'", copy.display()));
                Backup::Sqlite(fs::read(copy).unwrap())
            }
        }
    }

    /// Puts the stopped server's database back to a copy, as OPERATIONS.md says.
    pub fn restore(&self, backup: &Backup) {
        assert!(self.child.is_none(), "it runs");
        match (&self.postgres, backup) {
            (Some(postgres), Backup::Postgres(copy)) => postgres.restore(copy),
            (None, Backup::Sqlite(bytes)) => {
                fs::write(self.sqlite(), bytes).unwrap();
                for beside in ["igoon.db-wal", "igoon.db-shm"] {
                    let _ = fs::remove_file(self.data_dir().join(beside));
                }
            }
            _ => panic!("a copy of another kind of database"),
        }
        let output = self.command().arg("restored").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn sqlite(&self) -> PathBuf {
        self.data_dir().join("igoon.db")
    }

    /// Stops it as an operator would, and sees that it ends well.
    pub async fn stop(&mut self) {
        self.signal("TERM");
        let mut child = self.child.take().unwrap();
        let status = wait::until("the server to end after SIGTERM", async || child.try_wait().unwrap()).await;
        assert!(status.success(), "the server ended with {status}:\n{}", self.logs());
    }

    /// Kills it at once.
    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn signal(&self, name: &str) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where its WebSocket is.
    #[must_use]
    pub fn socket_url(&self) -> String {
        format!("ws://127.0.0.1:{}/api/v1/socket", self.port)
    }

    /// Its port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Its PostgreSQL database, if it has one.
    #[must_use]
    pub const fn postgres(&self) -> Option<&PostgresDatabase> {
        self.postgres.as_ref()
    }

    /// The mails that it sends, or puts into a folder as long as no mail server is set up.
    #[must_use]
    pub fn mailbox(&self) -> Mailbox {
        self.settings.mailbox.clone().unwrap_or_else(|| Mailbox::new(self.data_dir().join("outbox")))
    }

    /// The set-up code that it printed.
    #[must_use]
    pub fn setup_code(&self) -> String {
        self.printed("enter this code:").expect("the server prints a set-up code while nobody has an account")
    }

    /// The word after `prefix` in what it printed since its last start.
    fn printed(&self, prefix: &str) -> Option<String> {
        let output = fs::read_to_string(self.stdout_path()).ok()?;
        let after = output.split_once(prefix)?.1.trim_start();
        // A line that is not ended may still grow.
        let line = after.split_once('\n')?.0;
        line.split_whitespace().next().map(str::to_owned)
    }

    fn stdout_path(&self) -> PathBuf {
        self.folder.path().join(format!("stdout-{}.log", self.starts))
    }

    /// All that it ever printed and logged.
    #[must_use]
    pub fn logs(&self) -> String {
        self.files(&|name| name.ends_with(".log"))
            .into_iter()
            .map(|(_, content)| String::from_utf8_lossy(&content).into_owned())
            .collect()
    }

    /// Runs a statement on its database, beside it; for moments that cannot be waited for. How many rows it changed.
    #[must_use]
    pub fn change(&self, statement: &str) -> usize {
        let statement = diesel::sql_query(statement);
        match &self.postgres {
            Some(postgres) => statement.execute(&mut PgConnection::establish(&postgres.url()).unwrap()).unwrap(),
            None => {
                let file = self.data_dir().join("igoon.db");
                let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                connection.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
                statement.execute(&mut connection).unwrap()
            }
        }
    }

    /// What a query on its database answers, beside it: one number, called `number`, if there is a row.
    #[must_use]
    pub fn number(&self, query: &str) -> Option<i64> {
        let query = diesel::sql_query(query);
        let rows: Vec<Number> = match &self.postgres {
            Some(postgres) => query.load(&mut PgConnection::establish(&postgres.url()).unwrap()).unwrap(),
            None => {
                let file = self.data_dir().join("igoon.db");
                let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                connection.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
                query.load(&mut connection).unwrap()
            }
        };
        rows.first().map(|row| row.number)
    }

    /// How many mails wait in its outbox.
    #[must_use]
    pub fn waiting_mails(&self) -> i64 {
        self.number("SELECT count(*) AS number FROM outbox").unwrap_or_default()
    }

    /// Every byte that it keeps: files of its data folder, logs, and the PostgreSQL database.
    #[must_use]
    pub fn everything(&self) -> Vec<(String, Vec<u8>)> {
        let mut all = self.files(&|_| true);
        if let Some(postgres) = &self.postgres {
            all.push(("postgres dump".to_owned(), postgres.dump()));
        }
        all
    }

    fn files(&self, wanted: &dyn Fn(&str) -> bool) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                let name = path.to_string_lossy().into_owned();
                if path.is_dir() {
                    folders.push(path);
                } else if wanted(&name) {
                    found.push((name, fs::read(path).unwrap_or_default()));
                }
            }
        }
        found
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- the server's logs ---\n{}", self.logs());
        }
    }
}

/// The server as people get it, with the page inside: what `cargo xtask test` names.
///
/// # Panics
/// When `IGOON_SERVER_RELEASE_BIN` is not set.
#[must_use]
pub fn release_binary() -> PathBuf {
    let binary = std::env::var_os("IGOON_SERVER_RELEASE_BIN");
    binary.expect("`cargo xtask test` builds the release server and sets IGOON_SERVER_RELEASE_BIN").into()
}

/// The server's binary: what `cargo xtask test` names, or the one beside this test's own.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("IGOON_SERVER_BIN") {
        return path.into();
    }
    let this = std::env::current_exe().unwrap();
    let target = this.ancestors().find(|folder| folder.join("igoon-server").exists());
    target.expect("igoon-server is built: run `cargo xtask test`, or set IGOON_SERVER_BIN").join("igoon-server")
}
