//! `kill -9` of the server in the middle of a burst of sends: every acknowledged message is there afterwards, none twice,
//! each sender's order kept, and all clients see the same stream.

use std::collections::{BTreeMap, BTreeSet};

use igoon_e2e::{account::Session, database::Kind, native::NativeClient, server::TestServer, soak};
use igoon_shared::{
    client::io::{Body, OutgoingState},
    ids::{DeviceId, MessageId, RoomId, Seq},
};

const SENDERS: usize = 3;
const BURST: usize = 150;

async fn rounds(kind: Kind, count: usize) {
    let mut server = TestServer::start_with(kind, &[]).await;
    let owner = Session::set_up(&server, "sender0").await.unwrap();
    let owner = NativeClient::start(owner).await;
    let room = owner.create_room("Burst").await;
    let secret = owner.invite(room, 8).await;
    let mut clients = vec![owner];
    for number in 1..SENDERS {
        let session = Session::sign_up(&server, room, &secret, &format!("sender{number}")).await.unwrap();
        let client = NativeClient::start(session).await;
        client.join(room, &secret).await;
        clients.push(client);
    }
    for round in 0..count {
        kill_in_a_burst(&mut server, &clients, room, round).await;
    }
}

async fn kill_in_a_burst(server: &mut TestServer, clients: &[NativeClient], room: RoomId, round: usize) {
    for number in 0..BURST {
        for client in clients {
            client.send(room, format!("{round:02}.{number:04}"));
        }
    }
    // Somewhere in the middle: a different share of the burst in each round.
    let enough = BURST / 4 + (round * 37) % (BURST / 2);
    let before = accepted(&clients[0]);
    clients[0].until("a part of the burst to be accepted", |shown| accepted_in(shown) >= before + enough).await;
    server.kill();
    let unanswered: usize = clients.iter().map(|client| client.shown().waiting()).sum();
    assert!(unanswered > 0, "the server died in the middle of the burst");
    println!("round {round}: killed with {unanswered} messages unanswered");
    let acknowledged: Vec<BTreeMap<MessageId, Seq>> = clients.iter().map(acknowledgements).collect();
    server.launch().await;

    let total = clients.len() * BURST * (round + 1);
    for client in clients {
        client.until("an empty outbox", |shown| shown.waiting() == 0).await;
        client.until("the whole stream", |shown| shown.in_room(room).count() >= total).await;
    }
    let reference: Vec<(Seq, DeviceId, MessageId)> = stream(&clients[0], room);
    assert_eq!(reference.len(), total, "each message once");
    let names: BTreeSet<_> = reference.iter().map(|(_, device, id)| (*device, *id)).collect();
    assert_eq!(names.len(), total, "none twice");
    for (client, acknowledged) in clients.iter().zip(acknowledged) {
        assert_eq!(stream(client, room), reference, "all see the same stream");
        let device = client.identity().device();
        let places: BTreeMap<MessageId, Seq> =
            reference.iter().filter(|(_, by, _)| *by == device).map(|(seq, _, id)| (*id, *seq)).collect();
        for (id, seq) in acknowledged {
            assert_eq!(places.get(&id), Some(&seq), "what was acknowledged stands where it was said to stand");
        }
        let shown = client.shown();
        let mine: Vec<String> = shown
            .in_room(room)
            .filter(|view| view.device == Some(device))
            .map(|view| match &view.body {
                Body::Text(text) => text.clone(),
                Body::Unreadable(why) => panic!("unreadable: {why:?}"),
            })
            .collect();
        assert!(mine.is_sorted(), "in the order in which they were written");
        assert!(shown.in_room(room).all(|view| !view.gap), "no gap in any sender's sequence");
        assert!(shown.failures.is_empty(), "{:?}", shown.failures);
    }
}

fn accepted(client: &NativeClient) -> usize {
    accepted_in(&client.shown())
}

fn accepted_in(shown: &igoon_e2e::native::Shown) -> usize {
    shown.outgoing.values().filter(|view| matches!(view.state, OutgoingState::Accepted(_))).count()
}

fn acknowledgements(client: &NativeClient) -> BTreeMap<MessageId, Seq> {
    let shown = client.shown();
    let accepted = shown.outgoing.values().filter_map(|view| match view.state {
        OutgoingState::Accepted(seq) => Some((view.message_id, seq)),
        _ => None,
    });
    accepted.collect()
}

fn stream(client: &NativeClient, room: RoomId) -> Vec<(Seq, DeviceId, MessageId)> {
    let shown = client.shown();
    shown.in_room(room).map(|view| (view.seq, view.device.unwrap(), view.message_id.unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_on_sqlite() {
    rounds(Kind::Sqlite, if soak() { 20 } else { 3 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_on_postgres() {
    rounds(Kind::Postgres, if soak() { 20 } else { 1 }).await;
}
