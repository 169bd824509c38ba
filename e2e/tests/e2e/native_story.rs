//! Native clients on the client core: set-up, invite, join, talk; the server stopped and started in between; clients that
//! go on from what they had saved; nothing readable in what the server keeps.

use igoon_e2e::{
    account::{PASSWORD, Session},
    database::Kind,
    native::NativeClient,
    server::TestServer,
    sweep::Sweep,
};
use igoon_shared::{client::io::OutgoingState, ids::RoomId};

/// Owner and a member, both in one room.
async fn two_in_a_room(server: &TestServer) -> (NativeClient, NativeClient, RoomId) {
    let owner = Session::set_up(server, "ada").await.unwrap();
    let owner = NativeClient::start(owner).await;
    let room = owner.create_room("Machine room").await;
    let secret = owner.invite(room, 1).await;
    let member = Session::sign_up(server, room, &secret, "grace").await.unwrap();
    let member = NativeClient::start(member).await;
    member.join(room, &secret).await;
    (owner, member, room)
}

async fn says(client: &NativeClient, room: RoomId, expected: &[&str]) {
    client.until(&format!("{expected:?}"), |shown| shown.texts(room).len() >= expected.len()).await;
    assert_eq!(client.shown().texts(room), expected);
}

async fn story(kind: Kind) {
    let mut server = TestServer::start(kind).await;
    let (owner, member, room) = two_in_a_room(&server).await;

    owner.send(room, "plaintext-one from ada");
    says(&member, room, &["plaintext-one from ada"]).await;
    member.send(room, "plaintext-two from grace");
    says(&owner, room, &["plaintext-one from ada", "plaintext-two from grace"]).await;

    server.stop().await;
    owner.send(room, "plaintext-three while away");
    owner.until("the message to wait", |shown| shown.waiting() == 1).await;
    server.launch().await;
    let all = ["plaintext-one from ada", "plaintext-two from grace", "plaintext-three while away"];
    says(&member, room, &all).await;

    // Both people see who is there by name, from the log and the names beside it.
    for client in [&owner, &member] {
        let shown = client
            .until("names of room and members", |shown| {
                shown.rooms.get(&room).is_some_and(|view| {
                    view.name.as_deref() == Some("Machine room") && view.members.iter().all(|m| m.handle.is_some())
                })
            })
            .await;
        let mut handles: Vec<_> = shown.rooms[&room].members.iter().filter_map(|m| m.handle.clone()).collect();
        handles.sort();
        assert_eq!(handles, ["ada", "grace"]);
    }

    // A client that ends and starts again goes on from its records, and misses nothing.
    let (session, identity, records) = member.crash().await;
    owner.send(room, "plaintext-four unheard");
    owner.until("everything accepted", |shown| shown.waiting() == 0).await;
    let member = NativeClient::resume(session, identity, records);
    let all = [all[0], all[1], all[2], "plaintext-four unheard"];
    says(&member, room, &all).await;
    let message_ids: std::collections::BTreeSet<_> =
        member.shown().in_room(room).map(|view| view.message_id.unwrap()).collect();
    assert_eq!(message_ids.len(), 4, "each message once");
    member.send(room, "plaintext-five after the restart");
    says(&owner, room, &[all[0], all[1], all[2], all[3], "plaintext-five after the restart"]).await;
    assert!(owner.shown().in_room(room).all(|view| !view.gap), "nothing is missing in between");
    assert!(owner.shown().outgoing.values().all(|view| matches!(view.state, OutgoingState::Accepted(_))));

    server.stop().await;
    nothing_readable(&server, [&owner, &member]);
}

/// Neither texts nor passwords nor tokens nor raw keys are anywhere in what the server keeps, or told the other one.
fn nothing_readable(server: &TestServer, people: [&NativeClient; 2]) {
    let mut sweep = Sweep::default();
    sweep.secret("a plaintext", b"plaintext-");
    sweep.secret("a password", PASSWORD.as_bytes());
    for client in people {
        sweep.client(client);
    }
    sweep.assert_clean(server);
    // The search itself works: a public thing that is kept is found.
    assert!(Sweep::is_kept(server, b"grace@example.org"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_talk_on_sqlite() {
    story(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_talk_on_postgres() {
    story(Kind::Postgres).await;
}
