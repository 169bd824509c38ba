//! The service's recovery key, as an operator has to do with it: made when somebody needs it, said at each start from then on,
//! changed by a command, given up with the master key.

use std::process::Output;

use igoon_e2e::{account::Session, database::Kind, server::TestServer};
use igoon_shared::protocol::http::RecoveryKey;
use reqwest::Method;

async fn key(session: &Session) -> RecoveryKey {
    session.call(Method::GET, "/recovery-key", None::<&()>).await.unwrap()
}

fn run(server: &TestServer, arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = server.command().args(arguments).output().unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

async fn an_operator_changes_the_recovery_key(kind: Kind) {
    let mut server = TestServer::start(kind).await;
    let mut owner = Session::set_up(&server, "ada").await.unwrap();
    assert!(!server.logs().contains("keep a copy of the master key"), "there is no recovery key yet");
    let first = key(&owner).await;
    assert_eq!(key(&owner).await, first, "it is made once");
    // While the server runs.
    assert!(run(&server, &["recovery-key", "rotate"]).contains("another recovery key"));
    let second = key(&owner).await;
    assert!(second.recovery_key != first.recovery_key && second.signing_key != first.signing_key);
    server.stop().await;
    server.launch().await;
    assert!(server.logs().contains("keep a copy of the master key"));
    owner.url = server.url();
    assert_eq!(key(&owner).await, second);

    server.stop().await;
    assert!(run(&server, &["forget-master-key"]).contains("So are 2 recovery keys"));
    server.launch().await;
    owner.url = server.url();
    assert_ne!(key(&owner).await, second);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_changes_the_recovery_key_on_sqlite() {
    an_operator_changes_the_recovery_key(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_changes_the_recovery_key_on_postgres() {
    an_operator_changes_the_recovery_key(Kind::Postgres).await;
}
