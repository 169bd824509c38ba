//! Carries out what the client core wants, as a host does: saves, requests, one WebSocket, time.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::{SinkExt, StreamExt};
use igoon_shared::{
    client::{
        Answer, Change, Client, Command, Effect, Identity, Input, Request,
        io::{MessageView, Method},
        records::message_key,
    },
    crypto::{device::DeviceKeys, system_rng},
    ids::{RoomId, Seq},
    protocol::{SUBPROTOCOL, TICKET_PREFIX},
    time::Timestamp,
};
use tokio::{
    net::TcpStream,
    sync::{mpsc, watch},
    task::JoinHandle,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::{Fuse, Records, Shown};
use crate::account::Session;

/// A WebSocket to the server.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long a connection may take to be opened: a server that is just being stopped may never answer.
const ANSWER: Duration = Duration::from_secs(5);

/// Opens a WebSocket with a fresh ticket.
pub async fn connect(session: &Session) -> Option<Socket> {
    let response = session
        .http()
        .post(format!("{}{}/socket-ticket", session.url, igoon_shared::protocol::http::API))
        .bearer_auth(&session.token)
        .send()
        .await
        .ok()?;
    let ticket: igoon_shared::protocol::http::SocketTicket = response.json().await.ok()?;
    session.heard.given("a ticket", ticket.ticket.expose());
    let url = format!("{}/api/v1/socket", session.url.replacen("http", "ws", 1));
    let mut request = url.into_client_request().unwrap();
    let protocols = format!("{SUBPROTOCOL}, {TICKET_PREFIX}{}", ticket.ticket.expose());
    request.headers_mut().insert("Sec-WebSocket-Protocol", protocols.parse().unwrap());
    // Small frames are not held back until there are more of them.
    tokio_tungstenite::connect_async_with_config(request, None, true).await.ok().map(|(socket, _)| socket)
}

/// This computer's clock.
#[must_use]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp(i64::try_from(since.as_millis()).unwrap())
}

pub(super) struct Driver {
    session: Session,
    core: Client,
    records: Arc<Mutex<Records>>,
    show: watch::Sender<Shown>,
    socket: Option<Socket>,
    answers: mpsc::UnboundedSender<Input>,
    answered: mpsc::UnboundedReceiver<Input>,
    opening: Vec<Effect>,
    fuse: Arc<Mutex<Fuse>>,
    ahead_ms: Arc<AtomicI64>,
    under_way: Vec<JoinHandle<()>>,
}

impl Driver {
    pub(super) fn new(
        session: Session,
        identity: Identity,
        records: Arc<Mutex<Records>>,
        show: watch::Sender<Shown>,
        fuse: Arc<Mutex<Fuse>>,
        ahead_ms: Arc<AtomicI64>,
    ) -> Self {
        let saved = records.lock().unwrap().clone();
        let (core, opening) = Client::open(identity, saved, now()).unwrap();
        let (answers, answered) = mpsc::unbounded_channel();
        let under_way = Vec::new();
        Self { session, core, records, show, socket: None, answers, answered, opening, fuse, ahead_ms, under_way }
    }

    /// The host's clock.
    fn now(&self) -> Timestamp {
        now().plus_millis(self.ahead_ms.load(Ordering::Relaxed))
    }

    pub(super) async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Command>) {
        let stored: Vec<_> = {
            let records = self.records.lock().unwrap();
            records.iter().filter_map(|(key, value)| self.core.read_message(key, value).ok()).collect()
        };
        self.show.send_modify(|shown| stored.into_iter().for_each(|view| shown.store(view)));
        let opening = std::mem::take(&mut self.opening);
        self.carry_out(opening).await;
        let mut retry_at = tokio::time::Instant::now();
        while !self.fuse.lock().unwrap().burnt {
            if self.socket.is_none() && tokio::time::Instant::now() >= retry_at {
                retry_at = tokio::time::Instant::now() + Duration::from_millis(100);
                self.socket = tokio::time::timeout(ANSWER, connect(&self.session)).await.ok().flatten();
                if self.socket.is_some() {
                    self.input(Input::Connected).await;
                }
            }
            let input = self.next_input(&mut inbox, retry_at).await;
            match input {
                Some(input) => self.input(input).await,
                None => return,
            }
        }
        // What was asked for reaches the server.
        for request in self.under_way {
            let _ = request.await;
        }
    }

    /// Whether it ends before this effect.
    fn burns(&self, effect: &Effect) -> bool {
        let mut fuse = self.fuse.lock().unwrap();
        if matches!(effect, Effect::Save(_) | Effect::Request(_) | Effect::Transmit(_)) {
            fuse.burnt |= fuse.left == Some(0);
            fuse.left = fuse.left.map(|left| left.saturating_sub(1));
        }
        fuse.burnt
    }

    async fn next_input(
        &mut self,
        inbox: &mut mpsc::UnboundedReceiver<Command>,
        retry_at: tokio::time::Instant,
    ) -> Option<Input> {
        let deadline = self.core.next_deadline().map_or(1_000, |at| at.millis_since(self.now()).clamp(1, 1_000));
        let mut wake = tokio::time::Instant::now() + Duration::from_millis(u64::try_from(deadline).unwrap_or(1));
        if self.socket.is_none() {
            wake = wake.min(retry_at);
        }
        let socket = &mut self.socket;
        let frame = async {
            match socket {
                Some(socket) => socket.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            command = inbox.recv() => command.map(Input::Command),
            answer = self.answered.recv() => answer,
            frame = frame => Some(match frame {
                Some(Ok(Message::Binary(bytes))) => {
                    self.session.heard.answer(bytes.clone());
                    Input::Frame(bytes.to_vec())
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => Input::Tick,
                _ => {
                    self.socket = None;
                    Input::Disconnected
                }
            }),
            () = tokio::time::sleep_until(wake) => Some(Input::Tick),
        }
    }

    async fn input(&mut self, input: Input) {
        let effects = self.core.handle(self.now(), input);
        self.carry_out(effects).await;
    }

    async fn carry_out(&mut self, effects: Vec<Effect>) {
        let mut events = Vec::new();
        let mut stored = Vec::new();
        for effect in effects {
            if self.burns(&effect) {
                break;
            }
            match effect {
                Effect::Save(changes) => stored.extend(self.save(changes)),
                Effect::Load { room, first, last } => self.load(room, first, last),
                Effect::Transmit(frame) => {
                    self.session.sent.goes(&frame);
                    if let Some(socket) = &mut self.socket
                        && socket.feed(Message::Binary(frame.into())).await.is_err()
                    {
                        // The reading side sees the end and says so.
                    }
                }
                Effect::Request(request) => self.request(request),
                Effect::MakeRsaPair => self.make_rsa_pair(),
                Effect::Notify(event) => events.push(event),
            }
        }
        if let Some(socket) = &mut self.socket {
            let _ = socket.flush().await;
        }
        if !events.is_empty() || !stored.is_empty() {
            self.show.send_modify(|shown| {
                stored.into_iter().for_each(|view| shown.store(view));
                events.into_iter().for_each(|event| shown.take(event));
            });
        }
    }

    /// Saves; the messages among it.
    fn save(&self, changes: Vec<Change>) -> Vec<MessageView> {
        let mut records = self.records.lock().unwrap();
        let mut stored = Vec::new();
        for change in changes {
            match change {
                Change::Put { key, value } => {
                    stored.extend(self.core.read_message(&key, &value).ok());
                    records.insert(key, value);
                }
                Change::Delete { key } => drop(records.remove(&key)),
            }
        }
        stored
    }

    fn load(&self, room: RoomId, first: Seq, last: Seq) {
        let range = message_key(room, first)..=message_key(room, last);
        let records =
            self.records.lock().unwrap().range(range).map(|(key, value)| (key.clone(), value.clone())).collect();
        self.answers.send(Input::Loaded { room, first, records }).expect("the client runs");
    }

    fn make_rsa_pair(&self) {
        let answers = self.answers.clone();
        tokio::task::spawn_blocking(move || {
            let (rsa, _) = DeviceKeys::generate(&mut system_rng()).unwrap().to_parts().unwrap();
            let _ = answers.send(Input::RsaPair(Some(rsa)));
        });
    }

    fn request(&mut self, request: Request) {
        self.session.sent.goes(request.body.as_deref().unwrap_or_default());
        self.under_way.retain(|request| !request.is_finished());
        let (session, answers) = (self.session.clone(), self.answers.clone());
        self.under_way.push(tokio::spawn(async move {
            let url = format!("{}{}", session.url, request.path);
            let builder = match request.method {
                Method::Get => session.http().get(url),
                Method::Post => session.http().post(url),
                Method::Put => session.http().put(url),
                Method::Delete => session.http().delete(url),
            };
            let builder = builder.bearer_auth(&session.token).header("content-type", "application/json");
            let response = builder.body(request.body.unwrap_or_default()).send().await;
            let answer = match response {
                Ok(response) => {
                    let status = response.status().as_u16();
                    match response.bytes().await {
                        Ok(body) => {
                            session.heard.answer(body.clone());
                            Answer::Response { status, body: body.to_vec() }
                        }
                        Err(_) => Answer::Unreachable,
                    }
                }
                Err(_) => Answer::Unreachable,
            };
            let _ = answers.send(Input::Answer { request: request.id, answer });
        }));
    }
}
