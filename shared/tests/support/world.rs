//! Clients and an honest but unreliable service with one room: connections break, answers get lost, messages are put off,
//! clients crash between any two effects, keys are asked for again and again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use igoon_shared::{
    client::{
        self, Answer, Change, Client, Command, Event, Identity, Input, Request,
        io::{
            ApprovalsView, Body, InviteTerms, MessageView, Method, OutgoingState, OutgoingView, PeopleView, RoomView,
            Standing, Unreadable,
        },
        records::{message_key, message_place, read_message},
    },
    crypto::{device::DeviceKeys, envelope::Envelope, invite::InviteSecret, message::MessageHeader},
    ids::{
        AccountId, DeviceId, Epoch, Incarnation, InstallationId, InviteKey, KeyId, LogIndex, MessageId, RoomId, Seq,
    },
    log::{Action, Author, Effect, HistoryRule, LogError, RoomState, SignedEntry, state::SendRefusal},
    presence::Availability,
    protocol::{
        VERSION, codec,
        error::{ErrorBody, ErrorCode},
        frames::{
            Accepted, ApprovalOutcome, ApprovalSettled, ApprovalWanted, ClientFrame, CommittedEntry, Item, KeysAdded,
            KeysWanted, OpenName, Page, Pong, Refused, RoomHead, ServerFrame, StreamContent, StreamItem, SyncRefused,
            Welcome,
        },
        http::{
            AddKeys, AnswerApproval, Append, Appended, ApprovalAsked, AskForApproval, EpochLink, InviteSealedKey,
            LogPage, OpenInvite, OpenInviteRequest, RoomKeys, RoomNames,
        },
        limits,
    },
    time::Timestamp,
};
use rand_core::Rng;

use crate::support::{TestRng, rsa_pkcs8, signing_seed};

pub const LIFE: Incarnation = Incarnation(1);

/// What a service keeps, without any of its speed.
#[derive(Default)]
pub struct Service {
    pub state: Option<RoomState>,
    pub entries: Vec<(SignedEntry, Seq)>,
    pub stream: Vec<StreamItem>,
    pub messages: BTreeMap<(DeviceId, MessageId), ([u8; 32], Seq)>,
    pub envelopes: Vec<Envelope>,
    pub links: Vec<EpochLink>,
    pub names: Vec<OpenName>,
    /// Beside invites.
    pub sealed: BTreeMap<InviteKey, InviteSealedKey>,
    /// The last attempt of each device of which a message was put off: the rest of it is too.
    pub put_off: BTreeMap<DeviceId, u64>,
    /// All starts of epochs that came, taken or not: by whom, of which epoch, with which key, after which entry.
    pub starts: Vec<(DeviceId, Epoch, KeyId, LogIndex)>,
    /// Devices that ask to be approved, since when.
    pub questions: BTreeMap<DeviceId, Timestamp>,
    /// Questions that are over.
    pub settled: Vec<ApprovalSettled>,
}

impl Service {
    pub fn header(&self, seq: Seq) -> Option<MessageHeader> {
        let item = self.stream.iter().find(|item| item.seq == seq)?;
        match &item.content {
            StreamContent::Message(message) => message.header().ok(),
            StreamContent::Log(_) => None,
        }
    }

    pub fn next_seq(&self) -> Seq {
        Seq(self.stream.len() as u64 + 1)
    }

    /// What a request of this device is answered, what is new in the stream, and whether there are new keys.
    pub fn answer(&mut self, from: DeviceId, request: &Request, now: Timestamp) -> (Answer, Vec<StreamItem>, bool) {
        let before = self.stream.len();
        let keys_before = (self.envelopes.len(), self.links.len());
        let body = request.body.as_deref().unwrap_or_default();
        let mut shared = false;
        let answer = match (request.method, request.path.rsplit('/').next().unwrap()) {
            (Method::Post, "rooms" | "log") => self.append(&serde_json::from_slice(body).unwrap(), now),
            (Method::Post, "open") => self.open(&serde_json::from_slice(body).unwrap(), now),
            (Method::Post, "keys") => {
                shared = true;
                self.add_keys(from, serde_json::from_slice(body).unwrap())
            }
            (Method::Put, "invite-key") => self.lay(serde_json::from_slice(body).unwrap(), now),
            (Method::Get, "keys") => {
                let envelopes = self.envelopes.iter().filter(|it| it.context().unwrap().recipient == from).cloned();
                ok(&RoomKeys { envelopes: envelopes.collect(), links: self.links.clone() })
            }
            (Method::Post, "approvals") => self.ask_for_approval(from, serde_json::from_slice(body).unwrap(), now),
            (Method::Post, device) if request.path.contains("/approvals/") => {
                self.answer_approval(device.parse().unwrap(), &serde_json::from_slice(body).unwrap())
            }
            (Method::Get, "names") => ok(&RoomNames { names: self.names.clone() }),
            (Method::Get, path) if path.starts_with("log?from=") => {
                let from: usize = path["log?from=".len()..].parse().unwrap();
                let entries: Vec<_> = self.entries.iter().skip(from).take(2).map(|(entry, _)| entry.clone()).collect();
                let more = from + entries.len() < self.entries.len();
                ok(&LogPage { entries, more })
            }
            other => panic!("{other:?}"),
        };
        let keys_are_new = shared && (self.envelopes.len(), self.links.len()) != keys_before;
        (answer, self.stream[before..].to_vec(), keys_are_new)
    }

    pub fn open(&self, asked: &OpenInviteRequest, now: Timestamp) -> Answer {
        let state = self.state.as_ref().unwrap();
        if !state.invite(asked.proof.invite).is_some_and(|invite| invite.is_open(now)) {
            return refusal(403, ErrorCode::InviteNotValid);
        }
        let entries = self.entries.iter().skip(asked.from.0 as usize).map(|(entry, _)| entry.clone()).collect();
        let head = RoomHead { log: state.head(), seq: self.next_seq() };
        let (names, sealed) = (self.names.clone(), self.sealed.get(&asked.proof.invite).cloned());
        ok(&OpenInvite { entries, more: false, head, names, sealed })
    }

    pub fn ask_for_approval(&mut self, from: DeviceId, ask: AskForApproval, now: Timestamp) -> Answer {
        if ask.again {
            self.questions.remove(&from);
        }
        let asked_at = *self.questions.entry(from).or_insert(now);
        let expires_at = asked_at.plus_millis(limits::APPROVAL_LIFETIME_MS);
        ok(&ApprovalAsked { asked_at, expires_at })
    }

    pub fn answer_approval(&mut self, device: DeviceId, answer: &AnswerApproval) -> Answer {
        let outcome = if answer.approved { ApprovalOutcome::Approved } else { ApprovalOutcome::Refused };
        match self.questions.remove(&device) {
            None => refusal(404, ErrorCode::NotFound),
            Some(_) => {
                self.settled.push(ApprovalSettled { device, outcome });
                Answer::Response { status: 204, body: vec![] }
            }
        }
    }

    pub fn lay(&mut self, key: InviteSealedKey, now: Timestamp) -> Answer {
        let state = self.state.as_ref().unwrap();
        assert_eq!(state.history(), HistoryRule::AllRetained, "a key lies beside an invite");
        if key.epoch != state.current_epoch() || !state.invite(key.invite).is_some_and(|invite| invite.is_open(now)) {
            return refusal(409, ErrorCode::LogConflict);
        }
        self.sealed.insert(key.invite, key);
        Answer::Response { status: 204, body: vec![] }
    }

    pub fn add_keys(&mut self, from: DeviceId, keys: AddKeys) -> Answer {
        let state = self.state.as_ref().unwrap();
        for envelope in keys.envelopes {
            let context = envelope.context().unwrap();
            if !state.is_entitled(from) || !state.is_entitled(context.recipient) {
                // Somebody was put out meanwhile.
                return refusal(422, ErrorCode::BadEnvelopes);
            }
            assert!(state.may_share(from, context.recipient, context.epoch), "a key that may not be handed on");
            assert_eq!(context.wrapper, from);
            envelope.verify(state.device(from).unwrap().bundle.signing_key()).unwrap();
            let is_there = |it: &Envelope| {
                let it = it.context().unwrap();
                (it.recipient, it.epoch, it.wrapper) == (context.recipient, context.epoch, context.wrapper)
            };
            if !self.envelopes.iter().any(is_there) {
                self.envelopes.push(envelope);
            }
        }
        for link in keys.links {
            assert_eq!(state.history(), HistoryRule::AllRetained, "a link where there are none");
            if !self.links.iter().any(|known| known.epoch == link.epoch) {
                self.links.push(link);
            }
        }
        Answer::Response { status: 204, body: vec![] }
    }

    /// What devices of the room lack; `None` when they lack nothing.
    pub fn wanted(&self) -> Option<KeysWanted> {
        let state = self.state.as_ref()?;
        let epoch = state.current_epoch();
        let has = |device: DeviceId| {
            let contexts = self.envelopes.iter().map(|envelope| envelope.context().unwrap());
            contexts.into_iter().any(|context| (context.recipient, context.epoch) == (device, epoch))
        };
        let devices: Vec<_> = state.entitled_devices().map(|(id, _)| *id).filter(|id| !has(*id)).collect();
        let linked = |epoch: &Epoch| self.links.iter().any(|link| link.epoch == *epoch);
        let links: Vec<_> = match state.history() {
            HistoryRule::AllRetained => (1..epoch.0).rev().map(Epoch).filter(|epoch| !linked(epoch)).collect(),
            HistoryRule::FromJoining => vec![],
        };
        let lacking = !devices.is_empty() || !links.is_empty();
        lacking.then(|| KeysWanted { room: state.room(), epoch, devices, links })
    }

    pub fn append(&mut self, append: &Append, now: Timestamp) -> Answer {
        let bodies: Vec<_> = append.entries.iter().map(|entry| entry.body().unwrap()).collect();
        for body in &bodies {
            if let (Action::EpochStarted(started), Author::Device(by)) = (&body.action, body.author) {
                self.starts.push((by, started.epoch, started.key_id, bodies[0].index));
            }
        }
        let first = bodies[0].index.0 as usize;
        if let Some(known) = self.entries.get(first) {
            if known.0 != append.entries[0] {
                return refusal(409, ErrorCode::LogConflict);
            }
            let entries = (first..first + append.entries.len()).map(|index| self.committed(index)).collect();
            return ok(&Appended { room: self.state.as_ref().unwrap().room(), incarnation: LIFE, entries });
        }
        let Some(after) = self.after(append) else { return refusal(409, ErrorCode::LogConflict) };
        match after {
            Ok(after) => self.state = Some(after),
            Err(_) => return refusal(422, ErrorCode::BadEntry),
        }
        let mut entries = Vec::new();
        for entry in &append.entries {
            let seq = self.next_seq();
            self.stream.push(StreamItem { seq, received_at: now, content: StreamContent::Log(entry.clone()) });
            self.entries.push((entry.clone(), seq));
            entries.push(self.committed(self.entries.len() - 1));
        }
        self.envelopes.extend(append.envelopes.clone());
        self.links.extend(append.link.clone());
        self.names.extend(append.names.clone());
        self.sealed.extend(append.invite_key.clone().map(|key| (key.invite, key)));
        ok(&Appended { room: self.state.as_ref().unwrap().room(), incarnation: LIFE, entries })
    }

    /// What the log folds to with these entries; `None` if they do not continue it.
    fn after(&self, append: &Append) -> Option<Result<RoomState, Effect>> {
        let mut state = self.state.clone();
        for entry in &append.entries {
            match &mut state {
                Some(state) => match state.apply(entry) {
                    Ok(applied) if applied.effect == Effect::Done => {}
                    Ok(applied) => return Some(Err(applied.effect)),
                    Err(LogError::BrokenChain) => return None,
                    Err(error) => panic!("{error}: {:?}", entry.body()),
                },
                None => state = Some(RoomState::start(entry).unwrap().0),
            }
        }
        let state = state.unwrap();
        if state.current_epoch() != self.state.as_ref().map_or(Epoch(0), RoomState::current_epoch) {
            let recipients = append.envelopes.iter().map(|envelope| envelope.context().unwrap().recipient);
            let recipients: BTreeSet<_> = recipients.collect();
            let entitled: BTreeSet<_> = state.entitled_devices().map(|(device, _)| *device).collect();
            assert_eq!((recipients.len(), &recipients), (append.envelopes.len(), &entitled), "one envelope for each");
        }
        Some(Ok(state))
    }

    pub fn committed(&self, index: usize) -> CommittedEntry {
        CommittedEntry { index: igoon_shared::ids::LogIndex(index as u64), seq: self.entries[index].1 }
    }

    /// Takes a frame; what goes back to its sender, and what is new for everybody.
    pub fn frame(
        &mut self,
        from: DeviceId,
        frame: ClientFrame,
        busy: bool,
        now: Timestamp,
    ) -> (Vec<ServerFrame>, Vec<StreamItem>) {
        match frame {
            ClientFrame::Ack(_) | ClientFrame::Activity(_) => (vec![], vec![]),
            ClientFrame::Ping(_) => (vec![ServerFrame::Pong(Pong {})], vec![]),
            ClientFrame::Sync(sync) => (vec![self.page(from, sync.room, sync.after.seq)], vec![]),
            ClientFrame::Send(send) => {
                let header = send.message.header().unwrap();
                let (room, message_id) = (send.room, header.message_id);
                let refuse = |code, retry_after_ms| {
                    (vec![ServerFrame::Refused(Refused { room, message_id, code, retry_after_ms })], vec![])
                };
                if self.put_off.get(&from).is_some_and(|refused| send.attempt <= *refused) {
                    return refuse(ErrorCode::RetryLater, Some(50));
                }
                if busy {
                    self.put_off.insert(from, send.attempt);
                    return refuse(ErrorCode::RetryLater, Some(50));
                }
                if let Some((hash, seq)) = self.messages.get(&(from, message_id)).copied() {
                    assert_eq!(hash, send.message.content_hash(), "other bytes under a name that stands");
                    return (vec![accepted(room, message_id, seq)], vec![]);
                }
                match self.state.as_ref().unwrap().may_send(from, header.epoch) {
                    Ok(()) => {}
                    Err(SendRefusal::EpochClosed) => return refuse(ErrorCode::EpochClosed, None),
                    Err(SendRefusal::NotEntitled) => return refuse(ErrorCode::NotEntitled, None),
                }
                let seq = self.next_seq();
                self.messages.insert((from, message_id), (send.message.content_hash(), seq));
                let item = StreamItem { seq, received_at: now, content: StreamContent::Message(send.message) };
                self.stream.push(item.clone());
                (vec![accepted(room, message_id, seq)], vec![item])
            }
        }
    }

    pub fn page(&self, from: DeviceId, room: RoomId, after: Seq) -> ServerFrame {
        if !self.state.as_ref().is_some_and(|state| state.is_entitled(from)) {
            return not_entitled(room);
        }
        let items: Vec<_> = self.stream.iter().skip(after.0 as usize).take(5).cloned().collect();
        let head = Seq(self.stream.len() as u64);
        let more = items.last().is_some_and(|last| last.seq < head);
        ServerFrame::Page(Page { room, incarnation: LIFE, items, more, head })
    }
}

fn not_entitled(room: RoomId) -> ServerFrame {
    ServerFrame::SyncRefused(SyncRefused { room, code: ErrorCode::NotEntitled, retry_after_ms: Some(50) })
}

pub fn accepted(room: RoomId, message_id: MessageId, seq: Seq) -> ServerFrame {
    ServerFrame::Accepted(Accepted { room, message_id, incarnation: LIFE, seq })
}

pub fn ok(body: &impl serde::Serialize) -> Answer {
    Answer::Response { status: 200, body: serde_json::to_vec(body).unwrap() }
}

pub fn refusal(status: u16, code: ErrorCode) -> Answer {
    let body = ErrorBody {
        code,
        message: String::new(),
        field: None,
        tries_left: None,
        retry_after_ms: None,
        request_id: None,
    };
    Answer::Response { status, body: serde_json::to_vec(&body).unwrap() }
}

/// A client with what its host saved for it, and the wires to the service.
pub struct Host {
    pub who: Who,
    pub client: Client,
    pub records: BTreeMap<String, Vec<u8>>,
    pub connected: bool,
    pub subscribed: bool,
    pub up: VecDeque<Vec<u8>>,
    pub down: VecDeque<ServerFrame>,
    pub requests: VecDeque<Request>,
    /// Stored messages that the core wants to read.
    pub loads: VecDeque<(RoomId, Seq, Seq)>,
    /// What its records of messages say.
    pub shown: BTreeMap<Seq, MessageView>,
    pub written: Vec<String>,
    pub view: Option<RoomView>,
    pub outgoing: BTreeMap<MessageId, OutgoingView>,
    /// It does not come by itself.
    pub away: bool,
    pub invite: Option<InviteSecret>,
    pub entered: Option<RoomId>,
    pub failures: Vec<ErrorCode>,
    /// Who asks to be approved, as it is shown.
    pub approvals: ApprovalsView,
    /// It was told that it was refused.
    pub refused: bool,
    /// What may be done to whom, as it was asked for last.
    pub people: Option<PeopleView>,
    /// It crashes once it has carried out so many more effects.
    pub crash_in: Option<usize>,
    /// So many effects it has carried out.
    pub effects: usize,
}

/// Whose client it is: device `number` (1 to 4) of account `account`.
#[derive(Clone)]
pub struct Who {
    pub number: u8,
    pub account: u8,
    pub handle: String,
}

impl Who {
    /// The first device of a person.
    pub fn person(number: u8) -> Self {
        Self { number, account: number, handle: format!("person{number}") }
    }

    pub fn keys(&self) -> DeviceKeys {
        DeviceKeys::from_parts(rsa_pkcs8(self.number), &signing_seed(self.number)).unwrap()
    }

    pub fn identity(&self) -> Identity {
        let account = AccountId::from_bytes([self.account; 16]);
        let installation = InstallationId::from_bytes([self.number; 16]);
        Identity::new(account, installation, self.handle.clone(), "computer".into(), self.keys()).unwrap()
    }
}

impl Host {
    pub fn new(who: Who, now: Timestamp) -> Self {
        Self {
            client: Client::open(who.identity(), [], now).unwrap().0,
            who,
            records: BTreeMap::new(),
            connected: false,
            subscribed: false,
            up: VecDeque::new(),
            down: VecDeque::new(),
            requests: VecDeque::new(),
            loads: VecDeque::new(),
            shown: BTreeMap::new(),
            written: Vec::new(),
            view: None,
            outgoing: BTreeMap::new(),
            away: false,
            invite: None,
            entered: None,
            failures: Vec::new(),
            approvals: ApprovalsView::default(),
            refused: false,
            people: None,
            crash_in: None,
            effects: 0,
        }
    }

    /// Its question, if it asks.
    pub fn wanted(&self, service: &Service) -> Option<ApprovalWanted> {
        let identity = self.client.identity();
        let asked_at = *service.questions.get(&identity.device())?;
        Some(ApprovalWanted {
            device: identity.device(),
            bundle: identity.bundle().signed().clone(),
            name: identity.device_name().to_owned(),
            platform: "test".to_owned(),
            source: "192.0.2.7".to_owned(),
            asked_at,
            expires_at: asked_at.plus_millis(limits::APPROVAL_LIFETIME_MS),
        })
    }

    /// Whether it is told of the questions of an account.
    pub fn judges(&self, service: &Service, account: AccountId) -> bool {
        let identity = self.client.identity();
        identity.account() == account && service.state.as_ref().is_some_and(|log| log.is_entitled(identity.device()))
    }

    pub fn diagnosis(&self) -> String {
        let rooms = self.client.rooms().map(|room| (room.cursor().seq.0, room.is_live(), room.outbox().waiting()));
        let unreadable = self.shown.values().filter(|view| !matches!(view.body, Body::Text(_)));
        format!(
            "{:?}, (cursor, live, waiting) {:?}, written {}, shown {}, unreadable {:?}, connected {}, {} requests, {:?}",
            self.standing(),
            rooms.collect::<Vec<_>>(),
            self.written.len(),
            self.shown.len(),
            unreadable.map(|view| (view.seq, &view.body)).collect::<Vec<_>>(),
            self.connected,
            self.requests.len(),
            self.failures
        )
    }

    pub fn device(&self) -> DeviceId {
        self.client.identity().device()
    }

    /// Feeds an input and carries out the effects, up to `crash_after` of them.
    pub fn input(&mut self, now: Timestamp, input: Input, crash_after: Option<usize>) {
        let effects = self.client.handle(now, input);
        let here = self.crash_in.filter(|left| *left <= effects.len());
        self.crash_in = self.crash_in.and_then(|left| left.checked_sub(effects.len())).filter(|_| here.is_none());
        let crash_after = crash_after.or(here);
        let count = crash_after.unwrap_or(usize::MAX);
        for effect in effects.into_iter().take(count) {
            self.effects += 1;
            self.carry_out(effect);
        }
        if crash_after.is_some() {
            self.disconnect(None);
            self.requests.clear();
            self.open_anew(now);
        }
    }

    /// Goes on from what it had saved.
    pub fn open_anew(&mut self, now: Timestamp) {
        self.loads.clear();
        self.approvals = ApprovalsView::default();
        let saved = self.records.clone().into_iter().filter(|(key, _)| message_place(key).is_none());
        let (client, effects) = Client::open(self.who.identity(), saved, now).unwrap();
        self.client = client;
        effects.into_iter().for_each(|effect| self.carry_out(effect));
    }

    pub fn command(&mut self, now: Timestamp, command: Command) {
        self.input(now, Input::Command(command), None);
    }

    pub fn standing(&self) -> Option<Standing> {
        self.view.as_ref().map(|view| view.standing)
    }

    /// The texts that it shows, in order; what cannot be read is left out.
    pub fn texts(&self) -> Vec<&str> {
        let texts = self.shown.values().filter_map(|view| match &view.body {
            Body::Text(text) => Some(text.as_str()),
            Body::Unreadable(_) => None,
        });
        texts.collect()
    }

    /// Whether it keeps an invite's secret.
    pub fn keeps_an_invite(&self) -> bool {
        self.records.keys().any(|key| key.contains("/invite/"))
    }

    fn put(&mut self, key: String, value: Vec<u8>) {
        if message_place(&key).is_some() {
            let view = read_message(&key, &value).unwrap();
            self.shown.insert(view.seq, view);
        }
        self.records.insert(key, value);
    }

    /// Answers the oldest wish for stored messages.
    pub fn load(&mut self, now: Timestamp, crash_after: Option<usize>) {
        let Some((room, first, last)) = self.loads.pop_front() else { return };
        let range = message_key(room, first)..=message_key(room, last);
        let records = self.records.range(range).map(|(key, value)| (key.clone(), value.clone())).collect();
        self.input(now, Input::Loaded { room, first, records }, crash_after);
    }

    pub fn carry_out(&mut self, effect: client::Effect) {
        match effect {
            client::Effect::Save(changes) => {
                for change in changes {
                    match change {
                        Change::Put { key, value } => self.put(key, value),
                        Change::Delete { key } => drop(self.records.remove(&key)),
                    }
                }
            }
            client::Effect::Load { room, first, last } => self.loads.push_back((room, first, last)),
            client::Effect::Transmit(frame) if self.connected => self.up.push_back(frame),
            client::Effect::Transmit(_) => {}
            client::Effect::Request(request) => self.requests.push_back(request),
            client::Effect::Notify(Event::Message(view) | Event::Reread(view)) => {
                let stored = &self.shown[&view.seq];
                let body = match (&stored.body, &view.body) {
                    // What the room knows besides.
                    (Body::Unreadable(Unreadable::NoKey(_)), Body::Unreadable(Unreadable::BeforeJoining(_))) => {
                        &view.body
                    }
                    _ => &stored.body,
                };
                let handle = view.handle.clone();
                assert_eq!(view, MessageView { handle, body: body.clone(), ..stored.clone() }, "shown as stored");
            }
            client::Effect::Notify(Event::Room(view)) => self.view = Some(view),
            client::Effect::Notify(Event::Outgoing(view)) => drop(self.outgoing.insert(view.message_id, view)),
            client::Effect::Notify(Event::InviteMade { secret, .. }) => self.invite = secret.secret(),
            client::Effect::Notify(Event::RoomCreated { room } | Event::Joined { room }) => self.entered = Some(room),
            client::Effect::Notify(Event::Failed { code, .. }) => self.failures.push(code),
            client::Effect::Notify(Event::Approvals(view)) => self.approvals = view,
            client::Effect::Notify(Event::ApprovalRefused) => self.refused = true,
            client::Effect::Notify(Event::People(view)) => self.people = Some(view),
            client::Effect::Notify(_) => {}
        }
    }

    pub fn connect(&mut self, now: Timestamp, service: &Service) {
        self.connected = true;
        let account = self.client.identity().account();
        let member = service.state.as_ref().filter(|state| state.member(account).is_some());
        let rooms = member.map(RoomState::room).into_iter().collect();
        self.input(now, Input::Connected, None);
        let availability = Availability::Available;
        let welcome = Welcome { version: VERSION, time: now, device: self.device(), rooms, availability };
        self.down.push_back(ServerFrame::Welcome(welcome));
    }

    pub fn disconnect(&mut self, now: Option<Timestamp>) {
        self.connected = false;
        self.subscribed = false;
        self.up.clear();
        self.down.clear();
        if let Some(now) = now {
            self.input(now, Input::Disconnected, None);
        }
    }
}

pub struct World {
    pub service: Service,
    pub hosts: Vec<Host>,
    pub rng: TestRng,
    pub now: Timestamp,
}

impl World {
    pub fn new(seed: u64, people: u8) -> Self {
        let now = Timestamp(1_790_000_000_000);
        let hosts = (1..=people).map(|number| Host::new(Who::person(number), now)).collect();
        Self { service: Service::default(), hosts, rng: TestRng::new(&format!("world {seed}")), now }
    }

    pub fn chance(&mut self, one_in: u32) -> bool {
        self.rng.next_u32().is_multiple_of(one_in)
    }

    /// One thing happens to one client.
    pub fn step(&mut self, faults: bool) {
        self.now = self.now.plus_millis(20);
        let who = self.rng.next_u32() as usize % self.hosts.len();
        if faults && self.chance(60) {
            let (now, device) = (self.now, self.hosts[who].device());
            self.service.put_off.remove(&device);
            self.hosts[who].disconnect(Some(now));
            return;
        }
        if self.hosts[who].away {
            return;
        }
        if self.chance(20) {
            // Whether it can help or not.
            self.ask_for_keys(who);
        }
        if !self.hosts[who].connected {
            let (now, device) = (self.now, self.hosts[who].device());
            self.service.put_off.remove(&device);
            self.hosts[who].connect(now, &self.service);
            self.tell_open_questions(who);
            return;
        }
        let crash = (faults && self.chance(80)).then(|| self.rng.next_u32() as usize % 4);
        match self.rng.next_u32() % 4 {
            0 => self.up(who, faults),
            1 => self.down(who, crash),
            2 => self.request(who, faults, crash),
            _ => {
                let now = self.now;
                match self.hosts[who].loads.is_empty() {
                    true => self.hosts[who].input(now, Input::Tick, crash),
                    false => self.hosts[who].load(now, crash),
                }
            }
        }
    }

    pub fn up(&mut self, who: usize, faults: bool) {
        let busy = faults && self.chance(6);
        let now = self.now;
        let Some(frame) = self.hosts[who].up.pop_front() else { return };
        let frame: ClientFrame = codec::decode(&frame).unwrap();
        let device = self.hosts[who].device();
        if matches!(frame, ClientFrame::Sync(_)) {
            self.hosts[who].subscribed = self.service.state.as_ref().is_some_and(|state| state.is_entitled(device));
        }
        let (back, news) = self.service.frame(device, frame, busy, now);
        self.hosts[who].down.extend(back);
        self.broadcast(&news);
    }

    pub fn broadcast(&mut self, news: &[StreamItem]) {
        let Some(state) = &self.service.state else { return };
        let room = state.room();
        for host in self.hosts.iter_mut().filter(|host| host.subscribed) {
            for item in news {
                host.down.push_back(ServerFrame::Item(Item { room, incarnation: LIFE, item: item.clone() }));
            }
            // Who is put out is still given the entry that did it.
            if !state.is_entitled(host.device()) {
                host.subscribed = false;
                host.down.push_back(not_entitled(room));
            }
        }
    }

    pub fn ask_for_keys(&mut self, who: usize) {
        if let Some(wanted) = self.service.wanted()
            && self.hosts[who].subscribed
        {
            self.hosts[who].down.push_back(ServerFrame::KeysWanted(wanted));
        }
    }

    fn tell_open_questions(&mut self, who: usize) {
        let account = self.account(who);
        if self.hosts[who].judges(&self.service, account) {
            let others = self.hosts.iter().filter(|host| host.who.account == self.hosts[who].who.account);
            let wanted: Vec<_> = others.filter_map(|host| host.wanted(&self.service)).collect();
            self.hosts[who].down.extend(wanted.into_iter().map(ServerFrame::ApprovalWanted));
        }
    }

    /// A computer asks: those of its account that the room knows hear of it.
    pub fn tell_of_question(&mut self, who: usize) {
        let wanted = self.hosts[who].wanted(&self.service);
        let account = self.account(who);
        for host in self.hosts.iter_mut().filter(|host| host.connected && host.judges(&self.service, account)) {
            host.down.extend(wanted.clone().map(ServerFrame::ApprovalWanted));
        }
    }

    pub fn tell_of_new_keys(&mut self) {
        let room = self.room();
        for host in self.hosts.iter_mut().filter(|host| host.subscribed) {
            host.down.push_back(ServerFrame::KeysAdded(KeysAdded { room }));
        }
    }

    pub fn room(&self) -> RoomId {
        self.service.state.as_ref().unwrap().room()
    }

    /// Takes a client away from the service until it is said to come back.
    pub fn send_away(&mut self, who: usize) {
        let now = self.now;
        self.hosts[who].away = true;
        self.hosts[who].disconnect(Some(now));
    }

    pub fn command(&mut self, who: usize, command: Command) {
        let now = self.now;
        self.hosts[who].command(now, command);
    }

    /// Somebody who is not one of the clients appends an entry.
    pub fn append(&mut self, entry: SignedEntry) {
        let now = self.now;
        let append = Append { entries: vec![entry], envelopes: vec![], link: None, names: vec![], invite_key: None };
        let before = self.service.stream.len();
        self.service.append(&append, now);
        let news = self.service.stream[before..].to_vec();
        self.broadcast(&news);
    }

    pub fn down(&mut self, who: usize, crash: Option<usize>) {
        let now = self.now;
        if let Some(frame) = self.hosts[who].down.pop_front() {
            self.hosts[who].input(now, Input::Frame(codec::encode(&frame)), crash);
        }
    }

    pub fn request(&mut self, who: usize, faults: bool, crash: Option<usize>) {
        let now = self.now;
        let Some(request) = self.hosts[who].requests.pop_front() else { return };
        if faults && self.chance(8) {
            // Lost on the way there.
            let input = Input::Answer { request: request.id, answer: Answer::Unreachable };
            self.hosts[who].input(now, input, crash);
            return;
        }
        let device = self.hosts[who].device();
        let (answer, news, keys_are_new) = self.service.answer(device, &request, now);
        self.broadcast(&news);
        if request.path.ends_with("/approvals") {
            self.tell_of_question(who);
        }
        for settled in std::mem::take(&mut self.service.settled) {
            for host in self.hosts.iter_mut().filter(|host| host.connected) {
                host.down.push_back(ServerFrame::ApprovalSettled(settled));
            }
        }
        if keys_are_new {
            self.tell_of_new_keys();
        }
        // Lost on the way back, or not.
        let answer = if faults && self.chance(8) { Answer::Unreachable } else { answer };
        self.hosts[who].input(now, Input::Answer { request: request.id, answer }, crash);
    }

    pub fn run_until(&mut self, what: &str, faults: bool, done: impl Fn(&Self) -> bool) {
        for _ in 0..200_000 {
            if done(self) {
                return;
            }
            self.step(faults);
        }
        let hosts: Vec<_> = self.hosts.iter().map(Host::diagnosis).collect();
        panic!("never came: {what}; stream {}; {hosts:#?}", self.service.stream.len());
    }

    pub fn account(&self, who: usize) -> AccountId {
        self.hosts[who].client.identity().account()
    }

    /// Whether a client has all of the stream, and hears of what comes.
    pub fn is_live(&self, who: usize) -> bool {
        let host = &self.hosts[who];
        let all = Seq(self.service.stream.len() as u64);
        host.connected && host.client.rooms().all(|room| room.is_live() && room.cursor().seq == all)
    }

    /// Whether these clients are.
    pub fn are_live(&self, who: &[usize]) -> bool {
        who.iter().all(|who| self.is_live(*who))
    }

    /// The log, as the service has it.
    pub fn log(&self) -> &RoomState {
        self.service.state.as_ref().unwrap()
    }

    /// Whether a client shows all messages that these have written, and nothing of theirs waits.
    pub fn has_all_of(&self, who: usize, authors: &[usize]) -> bool {
        let written = authors.iter().flat_map(|author| self.hosts[*author].written.iter());
        let texts = self.hosts[who].texts();
        written.into_iter().all(|text| texts.contains(&text.as_str()))
            && self.hosts[who].client.rooms().all(|room| room.outbox().waiting() == 0)
    }

    /// For no epoch does a device make a second key, unless what came first made it do so: an entry that put somebody out.
    pub fn assert_one_key_for_each_epoch(&self) {
        let mut keys: BTreeMap<(DeviceId, Epoch), BTreeSet<KeyId>> = BTreeMap::new();
        for (by, epoch, key, _) in &self.service.starts {
            keys.entry((*by, *epoch)).or_default().insert(*key);
        }
        let twice: Vec<_> = keys.into_iter().filter(|(_, keys)| keys.len() > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }

    /// The messages of a client that failed, with what they failed of.
    pub fn failed(&self, who: usize) -> Vec<ErrorCode> {
        let states = self.hosts[who].outgoing.values().map(|view| view.state);
        states.filter_map(|state| if let OutgoingState::Failed(code) = state { Some(code) } else { None }).collect()
    }

    pub fn write(&mut self, who: usize, room: RoomId) {
        let host = &mut self.hosts[who];
        let text = format!("{who}-{:04}", host.written.len());
        host.written.push(text.clone());
        let now = self.now;
        self.hosts[who].input(now, Input::Command(Command::Send { room, text }), None);
    }
}

/// Makes the room by the first client; all others join by one link.
pub fn everybody_enters(world: &mut World, history: HistoryRule, faults: bool) -> RoomId {
    let room = make_room(world, history, faults);
    let uses = world.hosts.len() as u32;
    let secret = invite(world, 0, InviteTerms { uses, ..InviteTerms::default() });
    for who in 1..world.hosts.len() {
        world.command(who, Command::Join { room, secret: secret.clone() });
    }
    world.run_until("all to have joined", faults, |world| {
        world.hosts.iter().all(|host| host.standing() == Some(Standing::Ready))
    });
    room
}

pub fn make_room(world: &mut World, history: HistoryRule, faults: bool) -> RoomId {
    world.command(0, Command::CreateRoom { name: "Room".into(), history });
    world.run_until("the room", faults, |world| world.hosts[0].standing() == Some(Standing::Ready));
    world.room()
}

/// An invite by client `who`.
pub fn invite(world: &mut World, who: usize, terms: InviteTerms) -> InviteSecret {
    let room = world.room();
    world.hosts[who].invite = None;
    world.command(who, Command::Invite { room, terms });
    world.run_until("an invite", false, |world| world.hosts[who].invite.is_some());
    world.hosts[who].invite.clone().unwrap()
}
