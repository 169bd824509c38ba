//! A real PostgreSQL for the tests: its own folder, its own port, gone at the end.
//!
//! A small shell process keeps the server and holds the other end of a pipe to us. However this
//! program ends, even killed, the pipe closes; then the keeper stops the server and removes the
//! folder. No signal handler could promise that.

use crate::error::{Error, Result};
use crate::process::{capture, command, find, is_executable, succeeds};
use crate::setup::is_root;
use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// `$1` is the folder to remove, the rest starts the server. A word on the pipe means stop now. Its
/// end without a word means that we were killed: tests may still be winding down, so they get a
/// moment. TERM ends a server that is too young to handle signals, QUIT one that waits for its
/// clients: the data is thrown away, nothing needs to be written.
const KEEPER: &str = r#"
folder=$1
shift
"$@" >"$folder/log" 2>&1 &
server=$!
read -r word || sleep 3
kill -TERM $server
kill -QUIT $server
wait $server
cd /
rm -rf "$folder"
"#;

const READY_WITHIN: Duration = Duration::from_secs(60);

/// A running server. Dropping it stops the server and removes its data.
pub(crate) struct Postgres {
    keeper: Child,
    folder: PathBuf,
    url: String,
}

impl Postgres {
    /// Makes a database in a new folder, starts the server and waits until it answers.
    pub(crate) fn start() -> Result<Self> {
        let programs =
            programs().ok_or_else(|| Error::new("PostgreSQL is not there: run `cargo xtask setup --for test`"))?;
        let folder =
            PathBuf::from(capture(unprivileged("mktemp").args(["-d", "--tmpdir", "igoon-postgres-XXXXXXXX"]))?);
        let made = make_database(&programs, &folder).and_then(|()| keep_server(&programs, &folder));
        let (keeper, port) = made.inspect_err(|_| drop(fs::remove_dir_all(&folder)))?;

        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let postgres = Self { keeper, folder, url };
        postgres.wait_until_ready(&programs, port)?;
        Ok(postgres)
    }

    /// Where to connect, as the superuser, without a password.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Asks through the socket in our folder: on the port someone else might answer.
    fn wait_until_ready(&self, programs: &Path, port: u16) -> Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        let mut ask = command(programs.join("pg_isready"));
        ask.arg("--quiet").arg("--host").arg(&self.folder).args(["--port", &port.to_string()]);
        while !succeeds(&mut ask) {
            if Instant::now() > deadline {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                return Err(Error::new(format!(
                    "PostgreSQL did not get ready in {READY_WITHIN:?}. It says:\n{}",
                    log.trim()
                )));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Whatever fails here, there is nobody left to tell and nothing else to try.
        if let Some(mut pipe) = self.keeper.stdin.take() {
            pipe.write_all(b"stop\n").ok();
        }
        self.keeper.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// The folder of PostgreSQL's programs: the newest of Debian's, else the one on PATH.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let versions = versions.filter_map(|version| Some(version.ok()?.path()));
    newest(versions.filter(|version| is_complete(&version.join("bin")))).map(|version| version.join("bin")).or_else(
        || {
            let folder = find("initdb")?.parent()?.to_owned();
            is_complete(&folder).then_some(folder)
        },
    )
}

fn is_complete(folder: &Path) -> bool {
    ["initdb", "postgres", "pg_isready"].iter().all(|name| is_executable(&folder.join(name)))
}

fn newest(versions: impl Iterator<Item = PathBuf>) -> Option<PathBuf> {
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    versions.max_by_key(number)
}

fn make_database(programs: &Path, folder: &Path) -> Result<()> {
    let mut initdb = unprivileged(programs.join("initdb"));
    initdb.arg("--pgdata").arg(folder.join("data")).current_dir(folder);
    // --no-sync is about this first copy of empty tables alone; the server syncs what it commits.
    initdb.args([
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-locale",
        "--no-sync",
        "--no-instructions",
    ]);
    capture(&mut initdb).map(drop)
}

fn keep_server(programs: &Path, folder: &Path) -> Result<(Child, u16)> {
    let port = free_port().map_err(|error| Error::new(format!("no free port on 127.0.0.1: {error}")))?;
    let mut keeper = unprivileged("sh");
    keeper.args(["-c", KEEPER, "keeper"]).arg(folder).arg(programs.join("postgres"));
    keeper.arg("-D").arg(folder.join("data"));
    keeper.args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", "fsync=on"]);
    keeper.args(["-c", &format!("port={port}"), "-c", &format!("unix_socket_directories={}", folder.display())]);
    keeper.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // A group of its own: Ctrl-C is for us and the tests, the keeper hears of it by the pipe.
    let keeper =
        keeper.process_group(0).spawn().map_err(|error| Error::new(format!("cannot start PostgreSQL: {error}")))?;
    Ok((keeper, port))
}

/// PostgreSQL refuses to run as root: then it runs as the user that Debian's package makes.
fn unprivileged(program: impl AsRef<std::ffi::OsStr>) -> Command {
    if !is_root() {
        return command(program);
    }
    let mut setpriv = command("setpriv");
    setpriv.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    // Root's own temporary folder may be closed to others.
    setpriv.env_remove("TMPDIR");
    setpriv
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_the_highest_number() {
        let versions = ["/p/9", "/p/15", "/p/common", "/p/14"].map(PathBuf::from);
        assert_eq!(newest(versions.into_iter()), Some(PathBuf::from("/p/15")));
    }
}
