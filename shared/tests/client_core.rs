//! The client core against a service that is honest but unreliable: connections break, answers get lost, messages are put
//! off, clients crash between any two effects, epochs start in the middle. Whatever the order of things: everything that was
//! written arrives once, in its sender's order, readable, and all clients hold the same stream.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::cast_possible_truncation, reason = "a test's numbers are small")]

mod support;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use igoon_shared::{
    client::{
        Answer, Change, Client, Command, Effect, Event, Identity, Input, Request,
        io::{Body, InviteTerms, MessageView, Method, Standing},
    },
    crypto::{device::DeviceKeys, envelope::Envelope, invite::InviteSecret, message::MessageHeader},
    ids::{AccountId, DeviceId, Incarnation, InstallationId, MessageId, RoomId, Seq},
    log::{HistoryRule, RoomState, SignedEntry},
    protocol::{
        VERSION, codec,
        error::{ErrorBody, ErrorCode},
        frames::{
            Accepted, ClientFrame, CommittedEntry, Item, OpenName, Page, Refused, RoomHead, ServerFrame, StreamContent,
            StreamItem, SyncRefused, Welcome,
        },
        http::{Append, Appended, EpochLink, InviteSealedKey, OpenInvite, OpenInviteRequest, RoomKeys, RoomNames},
    },
    time::Timestamp,
};
use rand_core::Rng;

use support::{TestRng, rsa_pkcs8, signing_seed};

const LIFE: Incarnation = Incarnation(1);

/// What a service keeps, without any of its speed.
#[derive(Default)]
struct Service {
    state: Option<RoomState>,
    entries: Vec<(SignedEntry, Seq)>,
    stream: Vec<StreamItem>,
    messages: BTreeMap<(DeviceId, MessageId), ([u8; 32], Seq)>,
    envelopes: Vec<Envelope>,
    links: Vec<EpochLink>,
    names: Vec<OpenName>,
    sealed: Option<InviteSealedKey>,
    /// The last attempt of each device of which a message was put off: the rest of it is too.
    put_off: BTreeMap<DeviceId, u64>,
}

impl Service {
    fn header(&self, seq: Seq) -> Option<MessageHeader> {
        let item = self.stream.iter().find(|item| item.seq == seq)?;
        match &item.content {
            StreamContent::Message(message) => message.header().ok(),
            StreamContent::Log(_) => None,
        }
    }

    fn next_seq(&self) -> Seq {
        Seq(self.stream.len() as u64 + 1)
    }

    fn answer(&mut self, request: &Request, now: Timestamp) -> (Answer, Vec<StreamItem>) {
        let before = self.stream.len();
        let body = request.body.as_deref().unwrap_or_default();
        let answer = match (request.method, request.path.rsplit('/').next().unwrap()) {
            (Method::Post, "rooms" | "log") => self.append(&serde_json::from_slice(body).unwrap(), now),
            (Method::Post, "open") => {
                let asked: OpenInviteRequest = serde_json::from_slice(body).unwrap();
                let entries = self.entries.iter().skip(asked.from.0 as usize).map(|(entry, _)| entry.clone()).collect();
                let head = RoomHead { log: self.state.as_ref().unwrap().head(), seq: self.next_seq() };
                let (names, sealed) = (self.names.clone(), self.sealed.clone());
                ok(&OpenInvite { entries, more: false, head, names, sealed })
            }
            (Method::Get, "keys") => ok(&RoomKeys { envelopes: self.envelopes.clone(), links: self.links.clone() }),
            (Method::Get, "names") => ok(&RoomNames { names: self.names.clone() }),
            other => panic!("{other:?}"),
        };
        (answer, self.stream[before..].to_vec())
    }

    fn append(&mut self, append: &Append, now: Timestamp) -> Answer {
        let first = append.entries.first().unwrap().body().unwrap().index.0 as usize;
        if let Some(known) = self.entries.get(first) {
            if known.0 != append.entries[0] {
                return refusal(409, ErrorCode::LogConflict);
            }
            let entries = (first..first + append.entries.len()).map(|index| self.committed(index)).collect();
            return ok(&Appended { room: self.state.as_ref().unwrap().room(), incarnation: LIFE, entries });
        }
        let mut entries = Vec::new();
        for entry in &append.entries {
            match &mut self.state {
                Some(state) => assert_eq!(state.apply(entry).unwrap().effect, igoon_shared::log::Effect::Done),
                None => self.state = Some(RoomState::start(entry).unwrap().0),
            }
            let seq = self.next_seq();
            self.stream.push(StreamItem { seq, received_at: now, content: StreamContent::Log(entry.clone()) });
            self.entries.push((entry.clone(), seq));
            entries.push(self.committed(self.entries.len() - 1));
        }
        self.envelopes.extend(append.envelopes.clone());
        self.links.extend(append.link.clone());
        self.names.extend(append.names.clone());
        self.sealed = append.invite_key.clone().or(self.sealed.take());
        ok(&Appended { room: self.state.as_ref().unwrap().room(), incarnation: LIFE, entries })
    }

    fn committed(&self, index: usize) -> CommittedEntry {
        CommittedEntry { index: igoon_shared::ids::LogIndex(index as u64), seq: self.entries[index].1 }
    }

    /// Takes a frame; what goes back to its sender, and what is new for everybody.
    fn frame(
        &mut self,
        from: DeviceId,
        frame: ClientFrame,
        busy: bool,
        now: Timestamp,
    ) -> (Vec<ServerFrame>, Vec<StreamItem>) {
        match frame {
            ClientFrame::Ack(_) => (vec![], vec![]),
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
                if self.state.as_ref().unwrap().may_send(from, header.epoch).is_err() {
                    return refuse(ErrorCode::EpochClosed, None);
                }
                let seq = self.next_seq();
                self.messages.insert((from, message_id), (send.message.content_hash(), seq));
                let item = StreamItem { seq, received_at: now, content: StreamContent::Message(send.message) };
                self.stream.push(item.clone());
                (vec![accepted(room, message_id, seq)], vec![item])
            }
        }
    }

    fn page(&self, from: DeviceId, room: RoomId, after: Seq) -> ServerFrame {
        if !self.state.as_ref().is_some_and(|state| state.is_entitled(from)) {
            return ServerFrame::SyncRefused(SyncRefused {
                room,
                code: ErrorCode::NotEntitled,
                retry_after_ms: Some(50),
            });
        }
        let items: Vec<_> = self.stream.iter().skip(after.0 as usize).take(5).cloned().collect();
        let head = Seq(self.stream.len() as u64);
        let more = items.last().is_some_and(|last| last.seq < head);
        ServerFrame::Page(Page { room, incarnation: LIFE, items, more, head })
    }
}

fn accepted(room: RoomId, message_id: MessageId, seq: Seq) -> ServerFrame {
    ServerFrame::Accepted(Accepted { room, message_id, incarnation: LIFE, seq })
}

fn ok(body: &impl serde::Serialize) -> Answer {
    Answer::Response { status: 200, body: serde_json::to_vec(body).unwrap() }
}

fn refusal(status: u16, code: ErrorCode) -> Answer {
    let body = ErrorBody { code, message: String::new(), field: None, retry_after_ms: None, request_id: None };
    Answer::Response { status, body: serde_json::to_vec(&body).unwrap() }
}

/// A client with what its host saved for it, and the wires to the service.
struct Host {
    number: u8,
    client: Client,
    records: BTreeMap<String, Vec<u8>>,
    connected: bool,
    subscribed: bool,
    up: VecDeque<Vec<u8>>,
    down: VecDeque<ServerFrame>,
    requests: VecDeque<Request>,
    shown: BTreeMap<Seq, MessageView>,
    written: Vec<String>,
    standing: Option<Standing>,
    invite: Option<InviteSecret>,
    entered: Option<RoomId>,
    failures: Vec<ErrorCode>,
}

fn identity(number: u8) -> Identity {
    let keys = DeviceKeys::from_parts(rsa_pkcs8(number), &signing_seed(number)).unwrap();
    let (account, installation) = (AccountId::from_bytes([number; 16]), InstallationId::from_bytes([number; 16]));
    Identity::new(account, installation, format!("person{number}"), "computer".into(), keys).unwrap()
}

impl Host {
    fn new(number: u8, now: Timestamp) -> Self {
        Self {
            number,
            client: Client::open(identity(number), [], now).unwrap().0,
            records: BTreeMap::new(),
            connected: false,
            subscribed: false,
            up: VecDeque::new(),
            down: VecDeque::new(),
            requests: VecDeque::new(),
            shown: BTreeMap::new(),
            written: Vec::new(),
            standing: None,
            invite: None,
            entered: None,
            failures: Vec::new(),
        }
    }

    fn diagnosis(&self) -> String {
        let rooms = self.client.rooms().map(|room| (room.cursor().seq.0, room.is_live(), room.outbox().waiting()));
        let unreadable = self.shown.values().filter(|view| !matches!(view.body, Body::Text(_)));
        format!(
            "{:?}, (cursor, live, waiting) {:?}, written {}, shown {}, unreadable {:?}, connected {}, {} requests, {:?}",
            self.standing,
            rooms.collect::<Vec<_>>(),
            self.written.len(),
            self.shown.len(),
            unreadable.map(|view| (view.seq, &view.body)).collect::<Vec<_>>(),
            self.connected,
            self.requests.len(),
            self.failures
        )
    }

    fn device(&self) -> DeviceId {
        self.client.identity().device()
    }

    /// Feeds an input and carries out the effects, up to `crash_after` of them.
    fn input(&mut self, now: Timestamp, input: Input, crash_after: Option<usize>) {
        let effects = self.client.handle(now, input);
        let count = crash_after.unwrap_or(usize::MAX);
        for effect in effects.into_iter().take(count) {
            self.carry_out(effect);
        }
        if crash_after.is_some() {
            self.disconnect(None);
            self.requests.clear();
            self.shown.clear();
            let (client, effects) = Client::open(identity(self.number), self.records.clone(), now).unwrap();
            self.client = client;
            effects.into_iter().for_each(|effect| self.carry_out(effect));
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Save(changes) => {
                for change in changes {
                    match change {
                        Change::Put { key, value } => drop(self.records.insert(key, value)),
                        Change::Delete { key } => drop(self.records.remove(&key)),
                    }
                }
            }
            Effect::Transmit(frame) if self.connected => self.up.push_back(frame),
            Effect::Transmit(_) => {}
            Effect::Request(request) => self.requests.push_back(request),
            Effect::Notify(Event::Message(view)) => drop(self.shown.insert(view.seq, view)),
            Effect::Notify(Event::Room(view)) => self.standing = Some(view.standing),
            Effect::Notify(Event::InviteMade { secret, .. }) => self.invite = secret.secret(),
            Effect::Notify(Event::RoomCreated { room } | Event::Joined { room }) => self.entered = Some(room),
            Effect::Notify(Event::Failed { code, .. }) => self.failures.push(code),
            Effect::Notify(_) => {}
        }
    }

    fn connect(&mut self, now: Timestamp, service: &Service) {
        self.connected = true;
        let member = service.state.as_ref().filter(|state| state.is_entitled(self.device()));
        let rooms = member.map(RoomState::room).into_iter().collect();
        self.input(now, Input::Connected, None);
        let welcome = Welcome { version: VERSION, time: now, device: self.device(), rooms };
        self.down.push_back(ServerFrame::Welcome(welcome));
    }

    fn disconnect(&mut self, now: Option<Timestamp>) {
        self.connected = false;
        self.subscribed = false;
        self.up.clear();
        self.down.clear();
        if let Some(now) = now {
            self.input(now, Input::Disconnected, None);
        }
    }
}

struct World {
    service: Service,
    hosts: Vec<Host>,
    rng: TestRng,
    now: Timestamp,
}

impl World {
    fn new(seed: u64, people: u8) -> Self {
        let now = Timestamp(1_790_000_000_000);
        let hosts = (1..=people).map(|number| Host::new(number, now)).collect();
        Self { service: Service::default(), hosts, rng: TestRng::new(&format!("world {seed}")), now }
    }

    fn chance(&mut self, one_in: u32) -> bool {
        self.rng.next_u32().is_multiple_of(one_in)
    }

    /// One thing happens to one client.
    fn step(&mut self, faults: bool) {
        self.now = self.now.plus_millis(20);
        let who = self.rng.next_u32() as usize % self.hosts.len();
        if faults && self.chance(60) {
            let (now, device) = (self.now, self.hosts[who].device());
            self.service.put_off.remove(&device);
            self.hosts[who].disconnect(Some(now));
            return;
        }
        if !self.hosts[who].connected {
            let (now, device) = (self.now, self.hosts[who].device());
            self.service.put_off.remove(&device);
            self.hosts[who].connect(now, &self.service);
            return;
        }
        let crash = (faults && self.chance(80)).then(|| self.rng.next_u32() as usize % 4);
        match self.rng.next_u32() % 4 {
            0 => self.up(who, faults),
            1 => self.down(who, crash),
            2 => self.request(who, faults, crash),
            _ => {
                let now = self.now;
                self.hosts[who].input(now, Input::Tick, crash);
            }
        }
    }

    fn up(&mut self, who: usize, faults: bool) {
        let busy = faults && self.chance(6);
        let now = self.now;
        let Some(frame) = self.hosts[who].up.pop_front() else { return };
        let frame: ClientFrame = codec::decode(&frame).unwrap();
        let device = self.hosts[who].device();
        if matches!(frame, ClientFrame::Sync(_)) {
            self.hosts[who].subscribed = true;
        }
        let (back, news) = self.service.frame(device, frame, busy, now);
        self.hosts[who].down.extend(back);
        self.broadcast(&news);
    }

    fn broadcast(&mut self, news: &[StreamItem]) {
        let Some(state) = &self.service.state else { return };
        let room = state.room();
        for host in self.hosts.iter_mut().filter(|host| host.subscribed && state.is_entitled(host.device())) {
            for item in news {
                host.down.push_back(ServerFrame::Item(Item { room, incarnation: LIFE, item: item.clone() }));
            }
        }
    }

    fn down(&mut self, who: usize, crash: Option<usize>) {
        let now = self.now;
        if let Some(frame) = self.hosts[who].down.pop_front() {
            self.hosts[who].input(now, Input::Frame(codec::encode(&frame)), crash);
        }
    }

    fn request(&mut self, who: usize, faults: bool, crash: Option<usize>) {
        let now = self.now;
        let Some(request) = self.hosts[who].requests.pop_front() else { return };
        if faults && self.chance(8) {
            // Lost on the way there.
            let input = Input::Answer { request: request.id, answer: Answer::Unreachable };
            self.hosts[who].input(now, input, crash);
            return;
        }
        let (answer, news) = self.service.answer(&request, now);
        self.broadcast(&news);
        // Lost on the way back, or not.
        let answer = if faults && self.chance(8) { Answer::Unreachable } else { answer };
        self.hosts[who].input(now, Input::Answer { request: request.id, answer }, crash);
    }

    fn run_until(&mut self, what: &str, faults: bool, done: impl Fn(&Self) -> bool) {
        for _ in 0..200_000 {
            if done(self) {
                return;
            }
            self.step(faults);
        }
        let hosts: Vec<_> = self.hosts.iter().map(Host::diagnosis).collect();
        panic!("never came: {what}; stream {}; {hosts:#?}", self.service.stream.len());
    }

    fn write(&mut self, who: usize, room: RoomId) {
        let host = &mut self.hosts[who];
        let text = format!("{who}-{:04}", host.written.len());
        host.written.push(text.clone());
        let now = self.now;
        self.hosts[who].input(now, Input::Command(Command::Send { room, text }), None);
    }
}

fn everybody_enters(world: &mut World, faults: bool) -> RoomId {
    let now = world.now;
    let create = Command::CreateRoom { name: "Room".into(), history: HistoryRule::AllRetained };
    world.hosts[0].input(now, Input::Command(create), None);
    world.run_until("the room", faults, |world| world.hosts[0].standing == Some(Standing::Ready));
    let room = world.service.state.as_ref().unwrap().room();
    let now = world.now;
    let uses = world.hosts.len() as u32;
    world.hosts[0].input(
        now,
        Input::Command(Command::Invite { room, terms: InviteTerms { uses, ..InviteTerms::default() } }),
        None,
    );
    world.run_until("an invite", false, |world| world.hosts[0].invite.is_some());
    let secret = world.hosts[0].invite.clone().unwrap();
    for who in 1..world.hosts.len() {
        let now = world.now;
        world.hosts[who].input(now, Input::Command(Command::Join { room, secret: secret.clone() }), None);
    }
    world.run_until("all to have joined", faults, |world| {
        world.hosts.iter().all(|host| host.standing == Some(Standing::Ready))
    });
    room
}

fn everything_arrived(world: &World) -> bool {
    let total: usize = world.hosts.iter().map(|host| host.written.len()).sum();
    world.hosts.iter().all(|host| {
        host.shown.len() == total
            && host.client.rooms().all(|room| room.outbox().waiting() == 0 && room.is_live())
            && host.shown.values().all(|view| matches!(view.body, Body::Text(_)))
    })
}

fn check(world: &World) {
    let reference: Vec<_> = names(&world.hosts[0]);
    assert_eq!(reference.iter().map(|(_, name)| *name).collect::<BTreeSet<_>>().len(), reference.len(), "once each");
    for host in &world.hosts {
        assert_eq!(names(host), reference, "the same stream for all");
        if let Some(view) = host.shown.values().find(|view| view.gap) {
            panic!("a gap before {view:?}; its header is {:?}", world.service.header(view.seq));
        }
        assert!(host.failures.is_empty(), "{:?}", host.failures);
        for sender in &world.hosts {
            let device = Some(sender.device());
            let texts = host.shown.values().filter(|view| view.device == device).map(|view| match &view.body {
                Body::Text(text) => text.clone(),
                Body::Unreadable(why) => panic!("{why:?}"),
            });
            assert!(texts.eq(sender.written.iter().cloned()), "everything, once, in order");
        }
    }
}

/// A message's name, as far as its header can be read.
type Name = (Option<DeviceId>, Option<MessageId>);

fn names(host: &Host) -> Vec<(Seq, Name)> {
    host.shown.iter().map(|(seq, view)| (*seq, (view.device, view.message_id))).collect()
}

#[test]
fn everything_arrives_once_and_in_order_whatever_breaks() {
    let seeds = if std::env::var_os("IGOON_SOAK").is_some() { 1_000 } else { 40 };
    for seed in 0..seeds {
        let mut world = World::new(seed, 3);
        let room = everybody_enters(&mut world, true);
        for _ in 0..60 {
            let who = world.rng.next_u32() as usize % 3;
            world.write(who, room);
            for _ in 0..world.rng.next_u32() % 30 {
                world.step(true);
            }
        }
        world.run_until("calm", false, everything_arrived);
        check(&world);
    }
}

/// Newcomers whose invite brings no key start the next epoch; what was written under the old one stays readable for those
/// who had it, and the newcomer reads on from its own epoch.
#[test]
fn a_newcomer_without_a_key_starts_the_next_epoch() {
    let mut world = World::new(99, 2);
    let now = world.now;
    let create = Command::CreateRoom { name: "Room".into(), history: HistoryRule::FromJoining };
    world.hosts[0].input(now, Input::Command(create), None);
    world.run_until("the room", false, |world| world.hosts[0].standing == Some(Standing::Ready));
    let room = world.service.state.as_ref().unwrap().room();
    world.write(0, room);
    world.run_until("the first message", false, |world| world.hosts[0].shown.len() == 1);
    let now = world.now;
    world.hosts[0].input(now, Input::Command(Command::Invite { room, terms: InviteTerms::default() }), None);
    world.run_until("an invite", false, |world| world.hosts[0].invite.is_some());
    let secret = world.hosts[0].invite.clone().unwrap();
    world.hosts[1].input(now, Input::Command(Command::Join { room, secret }), None);
    world.run_until("the joining", false, |world| world.hosts[1].standing == Some(Standing::Ready));
    assert_eq!(world.service.state.as_ref().unwrap().current_epoch().0, 2, "joining started an epoch");
    world.write(1, room);
    world.write(0, room);
    world.run_until("all three messages", false, |world| world.hosts.iter().all(|host| host.shown.len() == 3));
    let bodies: Vec<_> = world.hosts[1].shown.values().map(|view| view.body.clone()).collect();
    assert!(matches!(bodies[0], Body::Unreadable(igoon_shared::client::io::Unreadable::NoKey(_))));
    assert!(bodies[1..].iter().all(|body| matches!(body, Body::Text(_))));
    assert!(world.hosts[0].shown.values().all(|view| matches!(view.body, Body::Text(_))));
}
