//! The server's database is put back to an older copy: what its rooms' logs lack comes back by itself, messages that it lost stay on
//! the computers that had them and are marked, and nobody who was put out meanwhile reads on. What is new waits ten minutes.

use std::time::Duration;

use igoon_e2e::{
    account::Session,
    clock::Clock,
    database::Kind,
    native::{NativeClient, Shown},
    server::{Settings, TestServer},
};
use igoon_shared::{
    client::{
        Command,
        io::{Body, Standing},
    },
    ids::{Epoch, RoomId, Seq},
};

/// The texts that somebody reads, each with whether the server lost it.
fn texts(client: &NativeClient, room: RoomId) -> Vec<(String, bool)> {
    let shown = client.shown();
    let lost = &shown.rooms[&room].lost;
    let is_lost = |seq: Seq| lost.iter().any(|(first, last)| (*first..=*last).contains(&seq));
    let texts = shown.in_room(room).filter_map(|view| match &view.body {
        Body::Text(text) => Some((text.clone(), is_lost(view.seq))),
        Body::Unreadable(_) => None,
    });
    texts.collect()
}

async fn reads(client: &NativeClient, room: RoomId, text: &str) {
    let is_it = |body: &Body| matches!(body, Body::Text(written) if written == text);
    client.until(text, |shown| shown.in_room(room).any(|view| is_it(&view.body))).await;
}

async fn story(kind: Kind) {
    let (mut clock, mut settings) = (Clock::new(), Settings::default());
    clock.give_to(&mut settings);
    let mut server = TestServer::start_as(kind, settings).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let room = ada.create_room("Machine room").await;
    let secret = ada.invite(room, 2).await;
    let mut others = Vec::new();
    for handle in ["grace", "mallory"] {
        let session = Session::sign_up(&server, room, &secret, handle).await.unwrap();
        let client = NativeClient::start(session).await;
        client.join(room, &secret).await;
        others.push(client);
    }
    let (mallory, grace) = (others.pop().unwrap(), others.pop().unwrap());
    ada.send(room, "before the copy");
    for client in [&ada, &grace, &mallory] {
        reads(client, room, "before the copy").await;
    }

    server.stop().await;
    let copy = server.back_up();
    server.launch().await;
    ada.until("the room again", |shown| shown.is_ready(room)).await;
    ada.command(Command::RenameRoom { room, name: "Another name".to_owned() });
    ada.command(Command::RemoveMember { room, account: mallory.identity().account() });
    let out = |shown: &Shown| shown.rooms[&room].members.len() == 2 && shown.rooms[&room].epoch > Epoch(1);
    let removed = ada.until("the removal", out).await;
    grace.send(room, "after the copy");
    reads(&ada, room, "after the copy").await;
    grace.until("the removal", out).await;
    let is_out = |shown: &Shown| shown.rooms.get(&room).is_some_and(|view| matches!(view.standing, Standing::Ended(_)));
    mallory.until("that it is out", is_out).await;

    server.stop().await;
    server.restore(&copy);
    server.launch().await;
    let back = |shown: &Shown| shown.is_ready(room) && !shown.rooms[&room].lost.is_empty();
    for client in [&ada, &grace] {
        let shown = client.until("the room after the restore", back).await;
        assert_eq!(shown.rooms[&room].name.as_deref(), Some("Another name"));
        assert_eq!(shown.rooms[&room].epoch, removed.rooms[&room].epoch, "no other key was needed");
        assert!(out(&shown), "who was put out stays out");
    }
    ada.send(room, "in another life");
    for client in [&ada, &grace] {
        reads(client, room, "in another life").await;
        let expected = [("before the copy", false), ("after the copy", true), ("in another life", false)];
        assert_eq!(texts(client, room), expected.map(|(text, lost)| (text.to_owned(), lost)));
        assert_eq!(client.shown().waiting(), 0);
    }
    // Over a restart, too.
    let (session, identity, records) = grace.crash().await;
    let grace = NativeClient::resume(session, identity, records);
    grace.until("the room again", back).await;
    ada.send(room, "and on");
    reads(&grace, room, "and on").await;

    // Who was put out was told the entry again, and reads nothing since.
    let (session, identity, records) = mallory.crash().await;
    let mallory = NativeClient::resume(session, identity, records);
    mallory.until("that it is out", is_out).await;
    assert_eq!(texts(&mallory, room), [("before the copy".to_owned(), false)]);

    // For ten minutes nothing else is changed; what was wished meanwhile is done then.
    ada.command(Command::RenameRoom { room, name: "A third name".to_owned() });
    ada.sees(room, "that the log rests", |view| view.log_rests_until.is_some()).await;
    clock.advance(Duration::from_secs(11 * 60));
    server.stop().await;
    server.launch().await;
    for client in [&ada, &grace] {
        client.sees(room, "the name", |view| view.name.as_deref() == Some("A third name")).await;
        client.sees(room, "that it is over", |view| view.log_rests_until.is_none()).await;
    }

    let failures = ada.shown().failures;
    assert!(failures.is_empty(), "{failures:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_backup_is_mended_by_its_clients_on_sqlite() {
    story(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_backup_is_mended_by_its_clients_on_postgres() {
    story(Kind::Postgres).await;
}
