//! Measures what one room costs the server: N members with live sockets, every message to all of them, at most W messages
//! not yet delivered to everybody. One JSON line: rates, latency from send to delivery, the server's own CPU time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Instant,
};

use clap::Parser;
use futures_util::{SinkExt, StreamExt};
use igoon_e2e::{
    account::Session,
    database::Kind,
    native::{NativeClient, Socket, connect, now},
    process::{Memory, cpu_time},
    server::TestServer,
};
use igoon_shared::{
    client::{Client, Identity},
    crypto::{
        SUITE,
        epoch::EpochKey,
        message::{Cursor, MessageHeader, MessageKind, SealedMessage, TextBody},
        system_rng,
    },
    ids::{MessageId, RoomId, SessionTag},
    log::RoomState,
    protocol::{
        codec,
        frames::{ClientFrame, Send, ServerFrame, Sync},
    },
};
use tokio::sync::Semaphore;
use tokio_tungstenite::tungstenite::Message;

#[derive(Parser)]
#[command(about = "One room's fan-out on a fresh Igoon server: rate, latency, server CPU per delivery")]
struct Cli {
    /// The server's binary
    #[arg(long, env = "IGOON_SERVER_BIN")]
    server_bin: String,
    /// Members with a live socket, the sender among them
    #[arg(long, default_value_t = 200)]
    members: usize,
    /// Messages that are counted
    #[arg(long, default_value_t = 5_000)]
    messages: usize,
    /// Messages before the counted ones
    #[arg(long, default_value_t = 200)]
    warm_up: usize,
    /// Messages not yet delivered to everybody, at most
    #[arg(long, default_value_t = 32)]
    window: usize,
    /// Bytes of text in each message
    #[arg(long, default_value_t = 1_024)]
    payload: usize,
    /// On PostgreSQL (`IGOON_TEST_POSTGRES`) instead of the embedded SQLite
    #[arg(long)]
    postgres: bool,
}

struct Sender {
    identity: Identity,
    room: RoomId,
    log: RoomState,
    key: EpochKey,
    seen: Cursor,
    session: SessionTag,
    text: String,
}

impl Sender {
    fn seal(&self, counter: u64) -> Vec<u8> {
        let header = MessageHeader {
            suite: SUITE,
            room: self.room,
            epoch: self.log.current_epoch(),
            key_id: self.key.key_id(),
            device: self.identity.device(),
            session: self.session,
            counter,
            message_id: MessageId::random(&mut system_rng()),
            kind: MessageKind::TEXT,
            target: None,
            sent_at: now(),
            seen: self.seen,
            log_head: self.log.head(),
            previous: None,
        };
        let body = codec::encode(&TextBody { text: self.text.clone() });
        let message = SealedMessage::seal(self.identity.keys(), &self.key, &header, &body).unwrap();
        codec::encode(&ClientFrame::Send(Send { room: self.room, attempt: 0, message }))
    }
}

/// Deliveries of each message still to come; a message that all have makes room for the next.
struct Deliveries {
    left: Vec<AtomicUsize>,
    sent_at_us: Vec<AtomicU64>,
    window: Semaphore,
    start: Instant,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let cli = Cli::parse();
    let kind = if cli.postgres { Kind::Postgres } else { Kind::Sqlite };
    let server = TestServer::start_unlimited(cli.server_bin.clone().into(), kind, &[]).await;
    let started = Instant::now();
    let (sender, sessions) = fill_room(&server, cli.members, cli.payload).await;
    eprintln!("{} members joined in {:.1?}", cli.members, started.elapsed());

    let total = cli.warm_up + cli.messages;
    let deliveries = Arc::new(Deliveries {
        left: (0..total).map(|_| AtomicUsize::new(cli.members)).collect(),
        sent_at_us: (0..total).map(|_| AtomicU64::new(0)).collect(),
        window: Semaphore::new(cli.window),
        start: Instant::now(),
    });
    let mut receivers = Vec::new();
    let mut sender_socket = None;
    for session in &sessions {
        let socket = subscribed(session, &sender).await;
        if sender_socket.is_none() {
            let (write, read) = socket.split();
            sender_socket = Some(write);
            receivers.push(tokio::spawn(receive(read, Arc::clone(&deliveries), total)));
        } else {
            receivers.push(tokio::spawn(receive(socket, Arc::clone(&deliveries), total)));
        }
    }
    let mut write = sender_socket.expect("at least one member");
    let (mut cpu, mut began) = (cpu_time(server.pid()), Instant::now());
    for number in 0..total {
        if number == cli.warm_up {
            (cpu, began) = (cpu_time(server.pid()), Instant::now());
        }
        deliveries.window.acquire().await.unwrap().forget();
        let frame = sender.seal(u64::try_from(number).unwrap());
        deliveries.sent_at_us[number].store(micros(deliveries.start), Ordering::Relaxed);
        write.send(Message::Binary(frame.into())).await.unwrap();
    }
    let mut latencies = Vec::new();
    for receiver in receivers {
        latencies.extend(receiver.await.unwrap().split_off(cli.warm_up));
    }
    let elapsed = began.elapsed();
    let cpu = cpu_time(server.pid()) - cpu;
    latencies.sort_unstable();
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
    let count = (cli.messages * cli.members) as f64;
    println!(
        "{}",
        serde_json::json!({
            "server": if cli.postgres { "igoon (PostgreSQL)" } else { "igoon (SQLite)" },
            "members": cli.members,
            "messages": cli.messages,
            "payload": cli.payload,
            "window": cli.window,
            "seconds": elapsed.as_secs_f64(),
            "messages_per_second": cli.messages as f64 / elapsed.as_secs_f64(),
            "deliveries_per_second": count / elapsed.as_secs_f64(),
            "server_cpu_us_per_delivery": cpu.as_micros() as f64 / count,
            "server_cpu_us_per_message": cpu.as_micros() as f64 / cli.messages as f64,
            "latency_us": {"p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": at(1.0)},
            "server_rss_mib": Memory::of(server.pid()).resident / 1024,
        })
    );
}

/// Makes the room and its members, each with an account, a device and a place in the log.
async fn fill_room(server: &TestServer, members: usize, payload: usize) -> (Sender, Vec<Session>) {
    let owner = Session::set_up(server, "owner").await.unwrap();
    let owner = NativeClient::start(owner).await;
    let room = owner.create_room("Load").await;
    let secret = owner.invite(room, u32::try_from(members).unwrap()).await;
    let mut sessions = vec![owner.session().clone()];
    for number in 1..members {
        let session = Session::sign_up(server, room, &secret, &format!("member{number}")).await.unwrap();
        let client = NativeClient::start(session.clone()).await;
        client.join(room, &secret).await;
        sessions.push(session);
    }
    owner
        .until("all to have joined", |shown| shown.rooms.get(&room).is_some_and(|view| view.members.len() == members))
        .await;
    let records = owner.records();
    let (core, _) = Client::open(owner.identity(), records.clone(), now()).unwrap();
    let known = core.room(room).unwrap();
    let log = known.log().unwrap().clone();
    let key = &records[&format!("room/{room}/key/{:020}", log.current_epoch().0)];
    let sender = Sender {
        identity: owner.identity(),
        room,
        key: EpochKey::from_slice(key).unwrap(),
        seen: known.cursor(),
        log,
        session: SessionTag::random(&mut system_rng()),
        text: "x".repeat(payload),
    };
    (sender, sessions)
}

/// A socket that is caught up with the room.
async fn subscribed(session: &Session, sender: &Sender) -> Socket {
    let mut socket = connect(session).await.expect("a socket");
    let sync = ClientFrame::Sync(Sync { room: sender.room, after: sender.seen });
    socket.send(Message::Binary(codec::encode(&sync).into())).await.unwrap();
    loop {
        let Some(Ok(Message::Binary(bytes))) = socket.next().await else { panic!("the socket ended") };
        match codec::decode::<ServerFrame>(&bytes).unwrap() {
            ServerFrame::Page(page) => {
                assert!(!page.more, "caught up");
                return socket;
            }
            ServerFrame::SyncRefused(refused) => panic!("{refused:?}"),
            _ => {}
        }
    }
}

/// Counts items; gives each one's latency in microseconds.
async fn receive(
    mut socket: impl StreamExt<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin,
    deliveries: Arc<Deliveries>,
    total: usize,
) -> Vec<u64> {
    let mut latencies = Vec::with_capacity(total);
    while latencies.len() < total {
        let Some(Ok(message)) = socket.next().await else { panic!("the socket ended") };
        // {"item": …}: a map with one key of four letters.
        if matches!(&message, Message::Binary(bytes) if bytes.starts_with(b"\x81\xa4item")) {
            let number = latencies.len();
            let sent = deliveries.sent_at_us[number].load(Ordering::Relaxed);
            latencies.push(micros(deliveries.start).saturating_sub(sent));
            if deliveries.left[number].fetch_sub(1, Ordering::Relaxed) == 1 {
                deliveries.window.add_permits(1);
            }
        }
    }
    latencies
}

fn micros(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX)
}
