//! A second computer of an account is approved by the first, by native clients on both databases: the digits are the same on
//! both screens, the history opens by itself; who is refused is out; who was away is asked when it comes.

use igoon_e2e::{
    account::{PASSWORD, Session, Visitor, address},
    database::Kind,
    native::{NativeClient, Shown},
    server::TestServer,
    wait,
};
use igoon_shared::{
    client::{
        Command,
        io::{Asking, Body, QuestionView, Standing},
    },
    crypto::safety::approval_digits,
    ids::RoomId,
    log::HistoryRule,
    protocol::http::SignInAnswer,
};

fn texts(shown: &Shown, room: RoomId) -> Vec<String> {
    let body = |body: &Body| match body {
        Body::Text(text) => text.clone(),
        Body::Unreadable(why) => format!("{why:?}"),
    };
    shown.in_room(room).map(|view| body(&view.body)).collect()
}

async fn shows(client: &NativeClient, room: RoomId, expected: &[&str]) {
    client.until(&format!("{expected:?}"), |shown| texts(shown, room) == expected).await;
}

/// Signs ada in on another computer, with the code from her mailbox.
async fn another_computer(server: &TestServer) -> NativeClient {
    let visitor = Visitor::new(&server.url());
    let answer = visitor.sign_in(&address("ada"), PASSWORD, None).await.unwrap();
    let SignInAnswer::CodeSent(sent) = answer else { panic!("no code was asked for") };
    let digits = server.mailbox().code(&address("ada")).await;
    NativeClient::start(visitor.confirm_sign_in(&sent, &digits, "ada").await.unwrap()).await
}

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
        shows(&ada, room, &["before"]).await;
    }
    let second = another_computer(&server).await;
    let own = waits(&second).await;
    let asked = is_asked(&ada).await;
    assert_eq!(own, asked.digits);
    assert_eq!(own, approval_digits(second.identity().bundle()));
    assert_eq!((asked.device, asked.source.as_str()), (second.identity().device(), "127.0.0.1"));
    ada.command(Command::Approve { device: asked.device });
    for room in rooms {
        shows(&second, room, &["before"]).await;
    }
    second.until("that nothing is left to ask", |shown| shown.approvals.own.is_none()).await;
    second.send(rooms[0], "after");
    shows(&ada, rooms[0], &["before", "after"]).await;
    assert!(ada.shown().failures.is_empty() && second.shown().failures.is_empty());

    // It can approve the next one itself, also while the first is away.
    let stopped = ada.crash().await;
    let third = another_computer(&server).await;
    assert_eq!(waits(&third).await, is_asked(&second).await.digits);
    second.command(Command::Approve { device: third.identity().device() });
    shows(&third, rooms[0], &["before", "after"]).await;
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
    shows(&ada, room, &["before"]).await;
    let (session, identity, records) = ada.crash().await;
    let second = another_computer(&server).await;
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
    shows(&second, room, &["before"]).await;
}

async fn who_is_refused_is_signed_out(kind: Kind) {
    let server = TestServer::start(kind).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let room = ada.create_room("one").await;
    let second = another_computer(&server).await;
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
