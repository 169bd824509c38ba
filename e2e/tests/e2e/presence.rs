//! Native clients in a room: who is there, what they chose to be, who has a message and who has read it, and what each
//! person's own list of computers says.

use std::time::{Duration, Instant};

use futures_util::SinkExt;
use igoon_e2e::{
    account::Session,
    database::Kind,
    native::{NativeClient, Shown, connect, now},
    server::TestServer,
    wait,
};
use igoon_shared::{
    client::{
        Command,
        io::{PersonPresence, Receipt},
    },
    crypto::message::Cursor,
    ids::{AccountId, Incarnation, RoomId, Seq},
    presence::{Availability, Presence},
    protocol::{
        codec,
        frames::{ClientFrame, Sync},
        http::{ChooseAvailability, DeviceInfo, Devices, LocalAddress, MoveDevice, RenameDevice},
    },
    time::Timestamp,
};
use reqwest::Method;
use tokio_tungstenite::tungstenite::Message;

/// A client that joined, and its account.
async fn join(server: &TestServer, owner: &NativeClient, room: RoomId, handle: &str) -> NativeClient {
    let secret = owner.invite(room, 1).await;
    let session = Session::sign_up(server, room, &secret, handle).await.unwrap();
    let client = NativeClient::start(session).await;
    client.join(room, &secret).await;
    client
}

fn person(shown: &Shown, room: RoomId, account: AccountId) -> Option<&PersonPresence> {
    shown.presence.get(&room)?.people.iter().find(|person| person.account == account)
}

/// Waits until `who` is shown so; when they were last seen.
async fn sees(client: &NativeClient, room: RoomId, who: &Session, state: Presence) -> Option<Timestamp> {
    let what = format!("{} to be {state:?}", who.handle);
    let shown =
        client.until(&what, |shown| person(shown, room, who.account).is_some_and(|person| person.state == state)).await;
    person(&shown, room, who.account).unwrap().last_seen
}

async fn choose(session: &Session, availability: Availability) {
    let body = ChooseAvailability { availability };
    session.call::<()>(Method::PUT, "/availability", Some(&body)).await.unwrap();
}

async fn devices(session: &Session) -> Vec<DeviceInfo> {
    session.call::<Devices>(Method::GET, "/devices", None::<&()>).await.unwrap().devices
}

/// The one device of a session, once it is so.
async fn device_until(session: &Session, what: &str, wanted: impl Fn(&DeviceInfo) -> bool) -> DeviceInfo {
    wait::until(what, async || devices(session).await.into_iter().next().filter(|device| wanted(device))).await
}

async fn receipt_is(client: &NativeClient, room: RoomId, author: AccountId, seq: Seq, expected: Receipt) {
    let what = format!("{expected:?}");
    client
        .until(&what, |shown| shown.positions.get(&room).is_some_and(|view| view.receipt(author, seq) == expected))
        .await;
}

async fn story(kind: Kind) {
    let mut server = TestServer::start(kind).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let room = ada.create_room("Machine room").await;
    let grace = join(&server, &ada, room, "grace").await;
    let alan = join(&server, &ada, room, "alan").await;
    let everybody = [&ada, &grace, &alan].map(|client| client.session().clone());
    let [ada_is, grace_is, alan_is] = &everybody;
    for client in [&ada, &grace, &alan] {
        for somebody in &everybody {
            assert_eq!(sees(client, room, somebody, Presence::Online).await, None);
        }
    }

    // Chosen by hand, and shown to the others and to the chooser's own computer.
    for (chosen, shown) in [(Availability::Away, Presence::Away), (Availability::Busy, Presence::Busy)] {
        choose(ada_is, chosen).await;
        sees(&grace, room, ada_is, shown).await;
        sees(&alan, room, ada_is, shown).await;
        ada.until("the own choice", |shown| shown.availability == Some(chosen)).await;
    }
    choose(ada_is, Availability::Available).await;
    sees(&grace, room, ada_is, Presence::Online).await;

    // A computer that goes without a word, and comes back by itself after ten minutes without anybody at it.
    let went = now();
    let (session, identity, records) = grace.crash().await;
    let last_seen = sees(&ada, room, grace_is, Presence::Offline).await.unwrap();
    assert!(last_seen >= went && last_seen <= now());
    device_until(&session, "the disconnection to be kept", |device| !device.connected && device.last_seen >= went)
        .await;
    let earlier = "UPDATE devices SET last_activity = last_activity - 600000 WHERE name = 'grace''s computer'";
    assert_eq!(server.change(earlier), 1);
    let grace = NativeClient::resume(session, identity, records);
    sees(&ada, room, grace_is, Presence::Idle).await;
    sees(&alan, room, grace_is, Presence::Idle).await;
    grace.command(Command::Active);
    sees(&ada, room, grace_is, Presence::Online).await;

    // Invisible: gone to the others, there to oneself.
    choose(alan_is, Availability::Invisible).await;
    let last_seen = sees(&ada, room, alan_is, Presence::Offline).await.unwrap();
    sees(&grace, room, alan_is, Presence::Offline).await;
    alan.until("the own choice", |shown| shown.availability == Some(Availability::Invisible)).await;
    assert!(devices(alan_is).await[0].connected);

    // Receipts count people other than the author; who is invisible still has what was written, and reads it.
    ada.send(room, "hello");
    let shown = ada.until("the message", |shown| shown.in_room(room).count() == 1).await;
    let seq = shown.in_room(room).next().unwrap().seq;
    let author = ada_is.account;
    for client in [&ada, &grace, &alan] {
        receipt_is(client, room, author, seq, Receipt { of: 2, delivered: 2, read: 0 }).await;
    }
    alan.command(Command::Read { room, seq });
    receipt_is(&ada, room, author, seq, Receipt { of: 2, delivered: 2, read: 1 }).await;
    grace.command(Command::Read { room, seq });
    for client in [&ada, &grace, &alan] {
        receipt_is(client, room, author, seq, Receipt { of: 2, delivered: 2, read: 2 }).await;
    }
    let read = |shown: &Shown| shown.positions[&room].read;
    assert_eq!((read(&grace.shown()), read(&ada.shown())), (seq, Seq(0)), "each has an unread mark of their own");
    assert_eq!(
        sees(&ada, room, alan_is, Presence::Offline).await,
        Some(last_seen),
        "nothing of it shows that alan is there"
    );

    // The own list.
    let name = "the machine".to_owned();
    let mine = device_until(grace_is, "the position", |device| {
        device.positions.first().is_some_and(|position| position.read == seq)
    })
    .await;
    let path = format!("/devices/{}", mine.device);
    grace_is.call::<()>(Method::PATCH, &path, Some(&RenameDevice { name: name.clone() })).await.unwrap();
    let address = Some(LocalAddress { ip: "192.168.7.9".parse().unwrap(), port: 7_077.try_into().unwrap() });
    grace_is.call::<()>(Method::PUT, "/device/address", Some(&MoveDevice { address })).await.unwrap();
    let listed = devices(grace_is).await;
    assert_eq!(listed.len(), 1);
    let mine = &listed[0];
    assert_eq!((mine.device, mine.installation), (grace.identity().device(), grace_is.installation));
    assert_eq!((mine.name.as_str(), mine.platform.as_str()), (name.as_str(), "native test client"));
    assert_eq!((mine.address, mine.availability), (address, Availability::Available));
    assert!(mine.connected && mine.current && mine.signed_in);
    assert!(mine.registered_at < went && mine.last_activity > went && mine.last_seen >= mine.last_activity);
    assert_eq!((mine.positions.len(), mine.positions[0].room), (1, room));
    assert!(mine.positions[0].delivered >= seq && mine.positions[0].read == seq);

    // All of it outlives the server.
    server.stop().await;
    ada.until("nobody to be known", |shown| shown.presence.get(&room).is_some_and(|view| view.people.is_empty())).await;
    server.launch().await;
    sees(&ada, room, grace_is, Presence::Online).await;
    sees(&grace, room, ada_is, Presence::Online).await;
    assert_eq!(sees(&ada, room, alan_is, Presence::Offline).await, Some(last_seen));
    let after = &devices(grace_is).await[0];
    assert_eq!((&after.name, after.address), (&name, address));
    receipt_is(&ada, room, author, seq, Receipt { of: 2, delivered: 2, read: 2 }).await;
    server.stop().await;
    assert!(!server.logs().contains("panicked"), "{}", server.logs());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_people_see_each_other_come_and_go_on_sqlite() {
    story(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_people_see_each_other_come_and_go_on_postgres() {
    story(Kind::Postgres).await;
}

/// A computer that loses power says nothing, and its connection stays open until somebody notices: after a minute without a
/// sign of life, looked at every five seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_computer_that_falls_silent_is_offline_after_a_minute() {
    let server = TestServer::start(Kind::Sqlite).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let room = ada.create_room("Machine room").await;
    let grace = join(&server, &ada, room, "grace").await;
    sees(&ada, room, grace.session(), Presence::Online).await;
    let (grace, ..) = grace.crash().await;
    sees(&ada, room, &grace, Presence::Offline).await;
    // Nobody reads from this socket, so nothing answers the server's pings.
    let mut silent = connect(&grace).await.unwrap();
    let sync = Sync { room, after: Cursor { incarnation: Incarnation(0), seq: Seq(0) } };
    silent.send(Message::Binary(codec::encode(&ClientFrame::Sync(sync)).into())).await.unwrap();
    sees(&ada, room, &grace, Presence::Online).await;
    let (silent_since, begun) = (now(), Instant::now());
    let known = || person(&ada.shown(), room, grace.account).cloned().unwrap();
    while known().state != Presence::Offline {
        assert!(begun.elapsed() < Duration::from_secs(90), "it is still shown as {:?}", known().state);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let last_seen = known().last_seen.unwrap();
    assert!(last_seen.millis_since(silent_since) < 10_000, "seen last when it was there, not when it was given up");
    drop(silent);
}
