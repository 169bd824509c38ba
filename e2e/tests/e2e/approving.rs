//! A second computer of an account is approved by the first, by native clients on both databases: the digits are the same on
//! both screens, the history opens by itself; who is refused is out; who was away is asked when it comes.

use igoon_e2e::{
    account::Session,
    database::Kind,
    native::{NativeClient, Shown},
    server::TestServer,
    wait,
};
use igoon_shared::{
    client::{
        Command,
        io::{Asking, QuestionView, Standing},
    },
    crypto::safety::approval_digits,
    log::HistoryRule,
};

/// The digits on the screen of a computer that waits.
async fn waits(client: &NativeClient) -> String {
    let waiting = |shown: &Shown| {
        let own = shown.approvals.own.clone()?;
        matches!(own.progress, Asking::Open { .. }).then_some(own.digits)
    };
    waiting(&client.until("its question", |shown| waiting(shown).is_some()).await).unwrap()
}

async fn is_asked(client: &NativeClient) -> QuestionView {
    client.until("a question", |shown| !shown.approvals.asked.is_empty()).await.approvals.asked[0].clone()
}

async fn a_second_computer_reads_all(kind: Kind, history: HistoryRule) {
    let server = TestServer::start(kind).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let rooms = [ada.create_room_with("one", history).await, ada.create_room_with("two", history).await];
    for room in rooms {
        ada.send(room, "before");
        ada.shows(room, &["before"]).await;
    }
    let second = NativeClient::start(Session::another(&server, "ada").await.unwrap()).await;
    let own = waits(&second).await;
    let asked = is_asked(&ada).await;
    assert_eq!(own, asked.digits);
    assert_eq!(own, approval_digits(second.identity().bundle()));
    assert_eq!((asked.device, asked.source.as_str()), (second.identity().device(), "127.0.0.1"));
    ada.command(Command::Approve { device: asked.device });
    for room in rooms {
        second.shows(room, &["before"]).await;
    }
    second.until("that nothing is left to ask", |shown| shown.approvals.own.is_none()).await;
    second.send(rooms[0], "after");
    ada.shows(rooms[0], &["before", "after"]).await;
    assert!(ada.shown().failures.is_empty() && second.shown().failures.is_empty());

    // It can approve the next one itself, also while the first is away.
    let stopped = ada.crash().await;
    let third = NativeClient::start(Session::another(&server, "ada").await.unwrap()).await;
    assert_eq!(waits(&third).await, is_asked(&second).await.digits);
    second.command(Command::Approve { device: third.identity().device() });
    third.shows(rooms[0], &["before", "after"]).await;
    let ada = NativeClient::resume(stopped.0, stopped.1, stopped.2);
    ada.until("the room", |shown| shown.is_ready(rooms[0])).await;
    assert_eq!(ada.shown().approvals.asked, [], "nobody asks any more");
}

/// The first one is not there when it is asked. It crashes right after it was told to approve, and goes on from what it had saved.
async fn who_was_away_is_asked_then(kind: Kind) {
    let server = TestServer::start(kind).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let room = ada.create_room("one").await;
    ada.send(room, "before");
    ada.shows(room, &["before"]).await;
    let (session, identity, records) = ada.crash().await;
    let second = NativeClient::start(Session::another(&server, "ada").await.unwrap()).await;
    let own = waits(&second).await;
    let ada = NativeClient::resume(session, identity, records);
    let asked = is_asked(&ada).await;
    assert_eq!(own, asked.digits);
    ada.command(Command::Approve { device: asked.device });
    let (session, identity, records) = ada.crash().await;
    let ada = NativeClient::resume(session, identity, records);
    // It had saved what was said, or is asked once more.
    wait::until("the second computer to be let in", async || {
        for asked in ada.shown().approvals.asked {
            ada.command(Command::Approve { device: asked.device });
        }
        second.shown().is_ready(room).then_some(())
    })
    .await;
    second.shows(room, &["before"]).await;
}

async fn who_is_refused_is_signed_out(kind: Kind) {
    let server = TestServer::start(kind).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let room = ada.create_room("one").await;
    let second = NativeClient::start(Session::another(&server, "ada").await.unwrap()).await;
    waits(&second).await;
    let device = is_asked(&ada).await.device;
    ada.command(Command::RefuseApproval { device });
    second.until("that it is refused", |shown| shown.refused).await;
    ada.until("no question", |shown| shown.approvals.asked.is_empty()).await;
    assert_eq!(second.shown().rooms[&room].standing, Standing::NotApproved);
    assert!(ada.shown().failures.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_computer_reads_all_on_sqlite() {
    a_second_computer_reads_all(Kind::Sqlite, HistoryRule::AllRetained).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_computer_reads_all_on_postgres() {
    a_second_computer_reads_all(Kind::Postgres, HistoryRule::FromJoining).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_away_is_asked_then_on_sqlite() {
    who_was_away_is_asked_then(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_away_is_asked_then_on_postgres() {
    who_was_away_is_asked_then(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_refused_is_signed_out_on_sqlite() {
    who_is_refused_is_signed_out(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_refused_is_signed_out_on_postgres() {
    who_is_refused_is_signed_out(Kind::Postgres).await;
}
