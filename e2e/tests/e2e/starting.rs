//! A server that cannot start says why in one sentence for whoever started it, and ends with 1; it does not panic, and does not
//! leave a half-made state behind.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Command, Output, Stdio},
};

use igoon_e2e::{
    database::{Kind, PostgresDatabase},
    server::{TestServer, binary},
};

/// Starts it with these arguments and waits for its end, which must come by itself.
fn start(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(binary());
    command.args(["--listen", "127.0.0.1:0"]).arg("--data-dir").arg(folder).args(arguments);
    command.stdin(Stdio::null()).output().unwrap()
}

/// It ended with `code`, and named the cause by all these words.
fn refused(output: &Output, code: i32, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is not in {said:?}");
    }
    assert!(!String::from_utf8_lossy(&output.stdout).contains("listening"), "it never listened");
}

#[test]
fn a_damaged_master_key_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("master.key");
    for damaged in [&b""[..], b"AAAA\n", b"not a key at all, but forty-three characters", b"\xff\xfe\x00\x01"] {
        fs::write(&key, damaged).unwrap();
        refused(&start(folder.path(), &[]), 1, &["igoon-server: the master key"]);
        assert_eq!(fs::read(&key).unwrap(), damaged, "nobody made another one in its place");
    }
}

#[test]
fn a_master_key_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // Root may read every file, but nobody reads a folder.
    fs::create_dir(folder.path().join("master.key")).unwrap();
    refused(&start(folder.path(), &[]), 1, &["the master key", "master.key"]);
}

#[test]
fn a_data_folder_that_cannot_be_made_or_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    refused(&start(&file.join("data"), &[]), 1, &["the data folder", "file/data"]);
    refused(&start(&file, &[]), 1, &["data_dir", "is no folder"]);
    // A folder that is there, and in which nobody, not even root, can make a file.
    refused(&start(Path::new("/proc/self"), &[]), 1, &["the database cannot be opened", "/proc/self/igoon.db"]);
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(binary());
    command.args(["--listen", &address]).arg("--data-dir").arg(folder.path().join("data"));
    refused(&command.stdin(Stdio::null()).output().unwrap(), 1, &["cannot listen on", &address, "in use"]);
    assert!(!folder.path().join("data").exists(), "nothing was made yet");
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("igoon.db");
    let content = "a shopping list, kept under an unlucky name. ".repeat(100);
    fs::write(&file, &content).unwrap();
    refused(&start(folder.path(), &[]), 1, &["database"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), content);
}

#[test]
fn settings_that_do_not_fit_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("igoon.toml");
    let config = file.to_str().unwrap();
    refused(&start(folder.path(), &["--config", config]), 1, &["the settings file", config, "cannot be read"]);
    for (content, words) in [
        ("listen = ", ["cannot be used", "line 1"]),
        ("no_such_setting = 1", ["cannot be used", "no_such_setting"]),
        ("session_days = 0", ["session_days", "must not be 0"]),
        ("master_key = \"hush\"", ["master_key", "43 characters"]),
    ] {
        fs::write(&file, content).unwrap();
        let output = start(folder.path(), &["--config", config]);
        refused(&output, 1, &words);
        assert!(!String::from_utf8_lossy(&output.stderr).contains("hush"), "a secret is not repeated");
        refused(&start(folder.path(), &["--config", config, "check"]), 1, &words);
    }
    // What is no flag is clap's to refuse, with its own code.
    refused(&start(folder.path(), &["--no-such-flag"]), 2, &["--no-such-flag"]);
}

#[test]
fn a_database_server_that_is_not_there_is_named_without_its_password() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("postgres://igoon:hush-hush@{nobody}/igoon");
    let output = start(folder.path(), &["--database-url", &url]);
    refused(&output, 1, &["the database cannot be opened", &nobody.port().to_string()]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("hush-hush"));
}

/// A database that a newer version has used is not touched.
async fn a_newer_database(kind: Kind) {
    let mut server = TestServer::start(kind).await;
    server.stop().await;
    let mark = "INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('99990101', CURRENT_TIMESTAMP)";
    assert_eq!(server.change(mark), 1);
    let data = server.data_dir();
    let url = server.postgres().map(PostgresDatabase::url);
    let arguments = url.as_ref().map_or(vec![], |url| vec!["--database-url", url.as_str()]);
    refused(&start(&data, &arguments), 1, &["belongs to a newer version of Igoon", "99990101"]);
    // Without the mark all is as it was.
    assert_eq!(server.change("DELETE FROM __diesel_schema_migrations WHERE version = '99990101'"), 1);
    server.launch().await;
    server.stop().await;
}

#[tokio::test]
async fn a_newer_database_is_refused_on_sqlite() {
    a_newer_database(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_newer_database_is_refused_on_postgres() {
    a_newer_database(Kind::Postgres).await;
}
