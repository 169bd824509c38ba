//! A native client: the client core driven over a real socket and real requests, its records in memory, so that a test can
//! stop it anywhere and start it again from them.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::{SinkExt, StreamExt};
use igoon_shared::{
    client::{
        Answer, Change, Client, Command, Effect, Event, Identity, Input, Request,
        io::{
            ApprovalsView, Body, InviteTerms, KitRefusal, LogView, MessageView, Method, OutgoingState, OutgoingView,
            PositionsView, PresenceView, RecoveryChoice, RecoveryView, RoomView, Standing,
        },
        records::message_key,
    },
    crypto::{device::DeviceKeys, invite::InviteSecret, system_rng},
    ids::{MessageId, RoomId, Seq},
    log::HistoryRule,
    presence::Availability,
    protocol::{SUBPROTOCOL, TICKET_PREFIX, error::ErrorCode},
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

use crate::{
    account::{Session, process_keys},
    wait::DEADLINE,
};

/// A WebSocket to the server.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a page would show.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Rooms.
    pub rooms: BTreeMap<RoomId, RoomView>,
    /// The streams' messages.
    pub messages: BTreeMap<(RoomId, Seq), MessageView>,
    /// Messages on their way, and those that were accepted.
    pub outgoing: BTreeMap<MessageId, OutgoingView>,
    /// Who is there, in each room.
    pub presence: BTreeMap<RoomId, PresenceView>,
    /// How far everybody has come, in each room.
    pub positions: BTreeMap<RoomId, PositionsView>,
    /// What the account chose to be.
    pub availability: Option<Availability>,
    /// Rooms that were made or joined here.
    pub entered: Vec<RoomId>,
    /// Invites that were made here.
    pub invites: Vec<(RoomId, [u8; 32])>,
    /// Who asks to be approved.
    pub approvals: ApprovalsView,
    /// Recovery in each room that it looks at.
    pub recoveries: BTreeMap<RoomId, RecoveryView>,
    /// The codes of new kits.
    pub kits: BTreeMap<RoomId, String>,
    /// Why codes did not serve.
    pub kit_refused: Vec<KitRefusal>,
    /// The entries of a room's log, as they were asked for last.
    pub logs: BTreeMap<RoomId, LogView>,
    /// Another computer of the account refused this one.
    pub refused: bool,
    /// What was refused for good.
    pub failures: Vec<ErrorCode>,
}

impl Shown {
    fn take(&mut self, event: Event) {
        match event {
            Event::Room(view) => drop(self.rooms.insert(view.room, *view)),
            // It is shown as it was stored.
            Event::Message(_) | Event::Reread(_) | Event::Stored { .. } => {}
            Event::Outgoing(view) => drop(self.outgoing.insert(view.message_id, view)),
            Event::Discarded { message_id, .. } => drop(self.outgoing.remove(&message_id)),
            Event::Presence(view) => drop(self.presence.insert(view.room, view)),
            Event::Positions(view) => drop(self.positions.insert(view.room, view)),
            Event::Availability(chosen) => self.availability = Some(chosen),
            Event::RoomCreated { room } | Event::Joined { room } => self.entered.push(room),
            Event::InviteMade { room, secret } => self.invites.push((room, *secret.secret().unwrap().expose())),
            Event::Log(view) => drop(self.logs.insert(view.room, view)),
            Event::EpochStarted { .. }
            | Event::Changed { .. }
            | Event::People(_)
            | Event::OwnComputers(_)
            | Event::Lines(_)
            | Event::Comparison(_) => {}
            Event::Approvals(view) => self.approvals = view,
            Event::Recovery(view) => drop(self.recoveries.insert(view.room, view)),
            Event::KitMade { room, code } => drop(self.kits.insert(room, code.text().to_string())),
            Event::KitRefused { why, .. } => self.kit_refused.push(why),
            Event::ApprovalRefused => self.refused = true,
            Event::Failed { code, .. } | Event::ServerError { code } => self.failures.push(code),
            Event::BadFrame => self.failures.push(ErrorCode::Malformed),
        }
    }

    fn store(&mut self, view: MessageView) {
        self.messages.insert((view.room, view.seq), view);
    }

    /// Whether a room is caught up and can be written in.
    #[must_use]
    pub fn is_ready(&self, room: RoomId) -> bool {
        self.rooms.get(&room).is_some_and(|view| view.standing == Standing::Ready)
    }

    /// How many messages of this client wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.outgoing.values().filter(|view| view.state == OutgoingState::Waiting).count()
    }

    /// The messages of a room by place.
    pub fn in_room(&self, room: RoomId) -> impl Iterator<Item = &MessageView> {
        self.messages.range((room, Seq(0))..=(room, Seq(u64::MAX))).map(|(_, view)| view)
    }

    /// What the messages of a room say, in stream order; of one that cannot be read, why.
    #[must_use]
    pub fn texts(&self, room: RoomId) -> Vec<String> {
        let body = |body: &Body| match body {
            Body::Text(text) => text.clone(),
            Body::Unreadable(why) => format!("{why:?}"),
        };
        self.in_room(room).map(|view| body(&view.body)).collect()
    }
}

/// The records of a client: what a host would save.
pub type Records = BTreeMap<String, Vec<u8>>;

/// A running client.
#[derive(Debug)]
pub struct NativeClient {
    session: Session,
    identity: Vec<u8>,
    records: Arc<Mutex<Records>>,
    commands: mpsc::UnboundedSender<Command>,
    shown: watch::Receiver<Shown>,
    fuse: Arc<Mutex<Fuse>>,
    ahead_ms: Arc<AtomicI64>,
    task: JoinHandle<()>,
}

/// Whether a client is to end by itself, and has begun to.
#[derive(Debug, Default)]
struct Fuse {
    /// So many steps are left.
    left: Option<usize>,
    burnt: bool,
}

impl NativeClient {
    /// Registers a device for the session and starts a client without records.
    pub async fn start(session: Session) -> Self {
        Self::start_with(session, process_keys()).await
    }

    /// Registers a device with these keys for the session and starts a client without records.
    pub async fn start_with(session: Session, keys: DeviceKeys) -> Self {
        let identity = session.register_keys(keys).await;
        Self::resume(session, identity.to_record().unwrap().to_vec(), Records::new())
    }

    /// Starts a client from its saved identity and records.
    #[must_use]
    pub fn resume(session: Session, identity: Vec<u8>, records: Records) -> Self {
        let records = Arc::new(Mutex::new(records));
        let (commands, inbox) = mpsc::unbounded_channel();
        let (show, shown) = watch::channel(Shown::default());
        let known = Identity::from_record(&identity).unwrap();
        let fuse = Arc::<Mutex<Fuse>>::default();
        let ahead_ms = Arc::<AtomicI64>::default();
        let clock = Arc::clone(&ahead_ms);
        let driver = Driver::new(session.clone(), known, Arc::clone(&records), show, Arc::clone(&fuse), clock);
        let task = tokio::spawn(driver.run(inbox));
        Self { session, identity, records, commands, shown, fuse, ahead_ms, task }
    }

    /// Moves the clock of the computer that it runs on.
    pub fn advance(&self, by: Duration) {
        self.ahead_ms.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::Relaxed);
    }

    /// From now on it carries out so many steps (of what it saves, asks for and transmits), and ends before the next one, as by a
    /// crash, once the server has answered what it had asked for by then: nobody hears the answers. `None`: it goes on for ever.
    pub fn end_after(&self, steps: Option<usize>) {
        self.fuse.lock().unwrap().left = steps;
    }

    /// Whether it has ended by itself ([`Self::end_after`]).
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.fuse.lock().unwrap().burnt
    }

    /// Ends it at once, as a crash would; what it had saved.
    pub async fn crash(mut self) -> (Session, Vec<u8>, Records) {
        if !self.has_ended() {
            self.task.abort();
        }
        // Until then it may still do something, and save it.
        let _ = (&mut self.task).await;
        let records = self.records.lock().unwrap().clone();
        (self.session.clone(), self.identity.clone(), records)
    }

    /// Its session.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Its identity.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity::from_record(&self.identity).unwrap()
    }

    /// A copy of what it has saved so far.
    #[must_use]
    pub fn records(&self) -> Records {
        self.records.lock().unwrap().clone()
    }

    /// Gives it a command.
    pub fn command(&self, command: Command) {
        self.commands.send(command).expect("the client runs");
    }

    /// Writes a message.
    pub fn send(&self, room: RoomId, text: impl Into<String>) {
        self.command(Command::Send { room, text: text.into() });
    }

    /// What it shows now.
    #[must_use]
    pub fn shown(&self) -> Shown {
        self.shown.borrow().clone()
    }

    /// Waits until it shows what is asked for.
    ///
    /// # Panics
    /// After the deadline, with what it shows instead.
    pub async fn until(&self, what: &str, condition: impl FnMut(&Shown) -> bool) -> Shown {
        self.until_or_ended(what, condition).await.expect("the client runs")
    }

    /// Waits until it shows what is asked for, or has ended by itself ([`Self::end_after`]): then there is nothing.
    ///
    /// # Panics
    /// After the deadline, with what it shows instead.
    pub async fn until_or_ended(&self, what: &str, mut condition: impl FnMut(&Shown) -> bool) -> Option<Shown> {
        let mut shown = self.shown.clone();
        let found = tokio::time::timeout(DEADLINE, shown.wait_for(|shown| condition(shown))).await;
        match found {
            Ok(shown) => shown.ok().map(|shown| shown.clone()),
            Err(_) => {
                let shown = self.shown();
                panic!(
                    "{}: waited in vain for {what}; rooms {:?}, {} messages, {} waiting, failures {:?}",
                    self.session.handle,
                    shown.rooms.values().map(|view| (view.standing, view.epoch, view.has_key)).collect::<Vec<_>>(),
                    shown.messages.len(),
                    shown.waiting(),
                    shown.failures
                )
            }
        }
    }

    /// Waits until exactly these messages are shown in a room.
    ///
    /// # Panics
    /// As [`Self::until`].
    pub async fn shows(&self, room: RoomId, expected: &[&str]) {
        self.until(&format!("{expected:?}"), |shown| shown.texts(room) == expected).await;
    }

    /// Waits until the view of a room is as asked.
    ///
    /// # Panics
    /// As [`Self::until`].
    pub async fn sees(&self, room: RoomId, what: &str, such: impl Fn(&RoomView) -> bool) {
        self.until(what, |shown| shown.rooms.get(&room).is_some_and(&such)).await;
    }

    /// Makes a room that shows all history and waits until it can be written in.
    pub async fn create_room(&self, name: &str) -> RoomId {
        self.create_room_with(name, HistoryRule::AllRetained).await
    }

    /// Makes a room and waits until it can be written in.
    pub async fn create_room_with(&self, name: &str, history: HistoryRule) -> RoomId {
        self.create_room_for(name, history, RecoveryChoice::default()).await
    }

    /// Makes a room with this choice of recovery and waits until it can be written in.
    pub async fn create_room_for(&self, name: &str, history: HistoryRule, recovery: RecoveryChoice) -> RoomId {
        let before = self.shown().entered.len();
        self.command(Command::CreateRoom { name: name.to_owned(), history, recovery });
        let shown = self.until("the new room", |shown| shown.entered.len() > before).await;
        let room = shown.entered[before];
        self.until("the new room to be ready", |shown| shown.is_ready(room)).await;
        room
    }

    /// Makes an invite for plain members.
    pub async fn invite(&self, room: RoomId, uses: u32) -> InviteSecret {
        self.invite_with(room, InviteTerms { uses, ..InviteTerms::default() }).await
    }

    /// Makes an invite.
    pub async fn invite_with(&self, room: RoomId, terms: InviteTerms) -> InviteSecret {
        let before = self.shown().invites.len();
        self.command(Command::Invite { room, terms });
        let shown = self.until("an invite", |shown| shown.invites.len() > before).await;
        InviteSecret::from_bytes(shown.invites[before].1)
    }

    /// Joins by an invite and waits until the room can be written in.
    pub async fn join(&self, room: RoomId, secret: &InviteSecret) {
        self.command(Command::Join { room, secret: secret.clone() });
        self.until("the joined room to be ready", |shown| shown.is_ready(room)).await;
    }
}

impl Drop for NativeClient {
    fn drop(&mut self) {
        self.task.abort();
    }
}

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

struct Driver {
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
    fn new(
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

    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Command>) {
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
