//! What somebody says of their computers takes effect although the computer on which it was said never comes back: the one that
//! was approved lets itself in, a revocation is carried by whoever writes next, and what one room has heard the others hear. By
//! native clients, on both databases.

use igoon_e2e::{account::Session, database::Kind, native::NativeClient, server::TestServer};
use igoon_shared::{
    client::{
        Command, Identity,
        io::{Ended, Ending, Standing as Stands},
    },
    crypto::SUITE,
    log::{
        HistoryRule,
        action::{DeviceStatement, Standing},
    },
    protocol::{frames::Newcomer, http::LeaveStatement},
};
use reqwest::Method;

/// All that a computer still did before it was gone for good: it said this of another, and left it at the service.
async fn says(session: &Session, by: &Identity, of: &Identity, standing: Standing) {
    let (suite, account, device, by_device) = (SUITE, by.account(), of.device(), by.device());
    let at = igoon_e2e::native::now();
    let statement = DeviceStatement { suite, account, device, standing, by: by_device, at }.sign(by.keys());
    let newcomer = (standing == Standing::Vouched)
        .then(|| Newcomer { bundle: of.bundle().signed().clone(), name: of.device_name().to_owned() });
    session.call::<()>(Method::POST, "/statements", Some(&LeaveStatement { statement, newcomer })).await.unwrap();
}

async fn who_is_approved_lets_itself_in(kind: Kind) {
    let server = TestServer::start(kind).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let with_bob = ada.create_room_with("with bob", HistoryRule::AllRetained).await;
    let alone = ada.create_room("alone").await;
    let secret = ada.invite(with_bob, 1).await;
    let bob = NativeClient::start(Session::sign_up(&server, with_bob, &secret, "bob").await.unwrap()).await;
    bob.join(with_bob, &secret).await;
    bob.send(with_bob, "before");
    ada.shows(with_bob, &["before"]).await;
    let (first, (session, ..)) = (ada.identity(), ada.crash().await);
    let second = NativeClient::start(Session::another(&server, "ada").await.unwrap()).await;
    second.until("that it waits", |shown| shown.approvals.own.is_some()).await;
    says(&session, &first, &second.identity(), Standing::Vouched).await;
    // Where nobody else is it lets itself in; in the other room bob may be faster, and he has the keys.
    second.until("both rooms", |shown| shown.is_ready(with_bob) && shown.is_ready(alone)).await;
    second.shows(with_bob, &["before"]).await;
    second.send(with_bob, "after");
    bob.shows(with_bob, &["before", "after"]).await;
    second.send(alone, "by myself");
    second.shows(alone, &["by myself"]).await;
    assert!(second.shown().failures.is_empty() && bob.shown().failures.is_empty());
    igoon_e2e::wait::until("that nothing waits any more", async || {
        (server.number("SELECT count(*) AS number FROM statements") == Some(0)).then_some(())
    })
    .await;
}

async fn a_revocation_is_carried_by_whoever_writes_next(kind: Kind) {
    let server = TestServer::start(kind).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let room = ada.create_room("one").await;
    let secret = ada.invite(room, 1).await;
    let bob = NativeClient::start(Session::sign_up(&server, room, &secret, "bob").await.unwrap()).await;
    bob.join(room, &secret).await;
    let lost = NativeClient::start(Session::another(&server, "ada").await.unwrap()).await;
    ada.until("the question", |shown| !shown.approvals.asked.is_empty()).await;
    ada.command(Command::Approve { device: lost.identity().device() });
    lost.until("the room", |shown| shown.is_ready(room)).await;
    bob.send(room, "before");
    for client in [&ada, &lost] {
        client.shows(room, &["before"]).await;
    }
    let before = bob.shown().rooms[&room].epoch;
    let bob = bob.crash().await;
    let (first, ada) = (ada.identity(), ada.crash().await);
    says(&ada.0, &first, &lost.identity(), Standing::Revoked).await;

    // Nobody of the account is there any more who would carry it, but for the lost one.
    let bob = NativeClient::resume(bob.0, bob.1, bob.2);
    bob.send(room, "after");
    bob.shows(room, &["before", "after"]).await;
    assert!(bob.shown().rooms[&room].epoch > before);
    let ended = lost.until("its end", |shown| matches!(shown.rooms[&room].standing, Stands::Ended(_))).await;
    let Stands::Ended(Ending { how, .. }) = ended.rooms[&room].standing else { panic!("it ended") };
    assert_eq!(how, Ended::Revoked);
    assert_eq!(ended.texts(room), ["before"], "it has nothing of what came after");
}

/// The first computer approved the second, the second the third. The first joins a room: the second comes in by what the first
/// said, the third by what the second said elsewhere.
async fn who_joins_brings_the_others(kind: Kind) {
    let server = TestServer::start_with(kind, &["--anyone-may-create-rooms", "true"]).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let own = ada.create_room("own").await;
    let mut computers = vec![ada];
    for _ in 0..2 {
        let next = NativeClient::start(Session::another(&server, "ada").await.unwrap()).await;
        let last = computers.last().unwrap();
        last.until("the question", |shown| !shown.approvals.asked.is_empty()).await;
        last.command(Command::Approve { device: next.identity().device() });
        next.until("the room", |shown| shown.is_ready(own)).await;
        computers.push(next);
    }
    let [ada, second, third] = computers.as_slice() else { panic!("three computers") };
    let secret = ada.invite(own, 1).await;
    let bob = NativeClient::start(Session::sign_up(&server, own, &secret, "bob").await.unwrap()).await;
    bob.join(own, &secret).await;
    let bobs = bob.create_room_with("bob's", HistoryRule::AllRetained).await;
    bob.send(bobs, "before");
    bob.shows(bobs, &["before"]).await;
    let secret = bob.invite(bobs, 1).await;
    ada.join(bobs, &secret).await;
    for computer in [second, third] {
        computer.shows(bobs, &["before"]).await;
        assert!(computer.shown().failures.is_empty());
    }
    third.send(bobs, "hello");
    bob.shows(bobs, &["before", "hello"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_approved_lets_itself_in_on_sqlite() {
    who_is_approved_lets_itself_in(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_approved_lets_itself_in_on_postgres() {
    who_is_approved_lets_itself_in(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_is_carried_by_whoever_writes_next_on_sqlite() {
    a_revocation_is_carried_by_whoever_writes_next(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_is_carried_by_whoever_writes_next_on_postgres() {
    a_revocation_is_carried_by_whoever_writes_next(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joins_brings_the_others_on_sqlite() {
    who_joins_brings_the_others(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joins_brings_the_others_on_postgres() {
    who_joins_brings_the_others(Kind::Postgres).await;
}
