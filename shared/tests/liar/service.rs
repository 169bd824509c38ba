//! The service that lies. It begins as the honest one of [`crate::world`], and everything it lets through is honest; a test
//! has it tell a lie: show something that nobody wrote, show two people two rooms, change what it answers, keep something back.

use std::collections::BTreeMap;

use igoon_shared::{
    client::{Answer, Command, Effect, Event, Input, Request, io::OutgoingState, records::message_place},
    ids::{RoomId, Seq},
    log::HistoryRule,
    protocol::{
        codec,
        frames::{ClientFrame, Item, KeysAdded, ServerFrame, StreamContent, StreamItem, SyncRefused},
        http::RoomKeys,
    },
    time::Timestamp,
};

use crate::world::{self, Host, Service, World, everybody_enters, not_entitled, ok};

/// So many steps of a tenth of a second without a word make a rest.
const QUIET: usize = 30;

/// What a client said.
pub(crate) struct Heard {
    pub(crate) who: usize,
    pub(crate) what: Word,
}

pub(crate) enum Word {
    Frame(ClientFrame),
    Request(Request),
}

/// Changes an answer on its way to a client.
type Twist = Box<dyn FnMut(usize, &Request, Answer) -> Answer>;

pub(crate) struct Liar {
    pub(crate) room: RoomId,
    pub(crate) hosts: Vec<Host>,
    /// What it pretends to be, each without contradiction in itself.
    pub(crate) faces: Vec<Service>,
    /// Which of them each client is shown.
    pub(crate) shown: Vec<usize>,
    pub(crate) now: Timestamp,
    /// All that clients said since it began to listen.
    pub(crate) heard: Vec<Heard>,
    twist: Twist,
    written: usize,
}

impl Liar {
    /// A room of the owner and so many others, in which everybody has written and read.
    pub(crate) fn new(others: u8, history: HistoryRule) -> Self {
        let mut world = World::new(1, others + 1);
        let room = everybody_enters(&mut world, history, false);
        let World { service, hosts, now, .. } = world;
        let shown = vec![0; hosts.len()];
        let twist: Twist = Box::new(|_, _, answer| answer);
        let mut liar = Self { room, hosts, faces: vec![service], shown, now, heard: Vec::new(), twist, written: 0 };
        liar.settle();
        liar.everybody_writes();
        liar
    }

    /// Everybody writes, and everybody reads it.
    pub(crate) fn everybody_writes(&mut self) {
        let all: Vec<usize> = (0..self.hosts.len()).collect();
        self.goes_on(&all);
    }

    /// Another face, the same as the first so far, for these clients.
    pub(crate) fn second_face(&mut self, whom: &[usize]) -> usize {
        self.faces.push(self.faces[0].clone());
        let face = self.faces.len() - 1;
        whom.iter().for_each(|who| self.shown[*who] = face);
        face
    }

    /// From now on, what is answered is changed by this.
    pub(crate) fn twist(&mut self, twist: impl FnMut(usize, &Request, Answer) -> Answer + 'static) {
        self.twist = Box::new(twist);
    }

    /// From now on, what this client is given when it asks for its keys is changed by this.
    pub(crate) fn twist_keys(&mut self, whom: usize, mut twist: impl FnMut(&mut RoomKeys) + 'static) {
        self.twist(move |who, request, answer| match answer {
            Answer::Response { status: 200, body } if who == whom && request.path.ends_with("/keys") => {
                let mut keys = serde_json::from_slice(&body).unwrap();
                twist(&mut keys);
                ok(&keys)
            }
            other => other,
        });
    }

    /// Answers are honest again.
    pub(crate) fn be_honest(&mut self) {
        self.twist(|_, _, answer| answer);
    }

    /// Shows something at the end of a face's stream, whatever it is; its log goes on with it if it can.
    pub(crate) fn show(&mut self, face: usize, content: StreamContent) -> Seq {
        let service = &mut self.faces[face];
        let seq = service.next_seq();
        if let (StreamContent::Log(entry), Some(state)) = (&content, &mut service.state)
            && state.apply(entry).is_ok()
        {
            service.entries.push((entry.clone(), seq));
        }
        let item = StreamItem { seq, received_at: self.now, content };
        service.stream.push(item.clone());
        self.broadcast(face, &[item]);
        self.settle();
        seq
    }

    /// Says something to one client.
    pub(crate) fn tell(&mut self, who: usize, frame: ServerFrame) {
        self.hosts[who].down.push_back(frame);
        self.settle();
    }

    /// A person wants something.
    pub(crate) fn command(&mut self, who: usize, command: Command) {
        self.hosts[who].command(self.now, command);
        self.settle();
    }

    /// Writes what nobody else writes; the text.
    pub(crate) fn write(&mut self, who: usize) -> String {
        let text = self.write_unsent(who);
        self.settle();
        text
    }

    /// The same, but nothing has gone out yet.
    pub(crate) fn write_unsent(&mut self, who: usize) -> String {
        self.written += 1;
        let text = format!("secret {} of {who}", self.written);
        self.hosts[who].written.push(text.clone());
        self.hosts[who].command(self.now, Command::Send { room: self.room, text: text.clone() });
        text
    }

    /// What the core makes of an input, when only that matters.
    pub(crate) fn events(&mut self, who: usize, input: Input) -> Vec<Event> {
        let effects = self.hosts[who].client.handle(self.now, input);
        let mut events = Vec::new();
        for effect in effects {
            if let Effect::Notify(event) = &effect {
                events.push(event.clone());
            }
            self.hosts[who].carry_out(effect);
        }
        events
    }

    /// Breaks a client's connection; it comes again by itself.
    pub(crate) fn reconnect(&mut self, who: usize) {
        self.hosts[who].disconnect(Some(self.now));
        self.settle();
    }

    /// Ends a client and starts it anew from what it saved.
    pub(crate) fn restart(&mut self, who: usize) {
        let host = &mut self.hosts[who];
        host.disconnect(None);
        host.requests.clear();
        host.outgoing.clear();
        host.open_anew(self.now);
        self.settle();
    }

    /// Nobody says anything any more. A client that cannot stop asking never comes to rest.
    pub(crate) fn settle(&mut self) {
        let mut quiet = 0;
        for _ in 0..3_000 {
            self.now = self.now.plus_millis(100);
            let spoken = (0..self.hosts.len()).filter(|who| self.turn(*who)).count() > 0;
            quiet = if spoken { 0 } else { quiet + 1 };
            if quiet == QUIET {
                return;
            }
        }
        panic!("no rest: {:#?}", self.hosts.iter().map(Host::diagnosis).collect::<Vec<_>>());
    }

    /// One thing happens to a client; whether anything was said.
    fn turn(&mut self, who: usize) -> bool {
        let (now, face) = (self.now, self.shown[who]);
        let host = &mut self.hosts[who];
        if host.away {
            return false;
        }
        if !host.connected {
            host.connect(now, &self.faces[face]);
        } else if let Some(frame) = host.up.pop_front() {
            self.frame(who, codec::decode(&frame).unwrap());
        } else if let Some(frame) = host.down.pop_front() {
            host.input(now, Input::Frame(codec::encode(&frame)), None);
        } else if let Some(request) = host.requests.pop_front() {
            self.request(who, request);
        } else if !host.loads.is_empty() {
            host.load(now, None);
        } else {
            host.input(now, Input::Tick, None);
            return false;
        }
        true
    }

    fn frame(&mut self, who: usize, frame: ClientFrame) {
        self.heard.push(Heard { who, what: Word::Frame(frame.clone()) });
        let (device, face) = (self.hosts[who].device(), self.shown[who]);
        let service = &mut self.faces[face];
        if matches!(frame, ClientFrame::Sync(_)) {
            self.hosts[who].subscribed = service.state.as_ref().is_some_and(|state| state.is_entitled(device));
        }
        let (back, news) = service.frame(device, frame, false, self.now);
        self.hosts[who].down.extend(back.into_iter().map(patient));
        self.broadcast(face, &news);
    }

    fn request(&mut self, who: usize, request: Request) {
        let (bundle, face) = (self.hosts[who].client.identity().bundle(), self.shown[who]);
        let (answer, news, keys_are_new) = self.faces[face].answer(bundle, &request, self.now);
        self.broadcast(face, &news);
        if keys_are_new {
            let told = ServerFrame::KeysAdded(KeysAdded { room: self.room });
            self.audience(face).for_each(|host| host.down.push_back(told.clone()));
        }
        let answer = (self.twist)(who, &request, answer);
        self.hosts[who].input(self.now, Input::Answer { request: request.id, answer }, None);
        self.heard.push(Heard { who, what: Word::Request(request) });
    }

    fn audience(&mut self, face: usize) -> impl Iterator<Item = &mut Host> {
        let hosts = self.hosts.iter_mut().zip(&self.shown).filter(move |(_, shown)| **shown == face);
        hosts.map(|(host, _)| host).filter(|host| host.subscribed)
    }

    fn broadcast(&mut self, face: usize, news: &[StreamItem]) {
        let (room, service) = (self.room, &self.faces[face]);
        let (incarnation, state) = (service.life(), service.state.clone().unwrap());
        for host in self.audience(face) {
            for item in news {
                host.down.push_back(ServerFrame::Item(Item { room, incarnation, item: item.clone() }));
            }
            if !state.is_entitled(host.device()) {
                host.subscribed = false;
                host.down.push_back(patient(not_entitled(room)));
            }
        }
    }

    /// Has everybody told what others lack.
    pub(crate) fn ask_for_keys(&mut self) {
        for face in 0..self.faces.len() {
            if let Some(wanted) = self.faces[face].wanted() {
                self.audience(face).for_each(|host| host.down.push_back(ServerFrame::KeysWanted(wanted.clone())));
            }
        }
        self.settle();
    }

    /// Adds somebody who is not in the room.
    pub(crate) fn add(&mut self, who: world::Who) -> usize {
        self.hosts.push(Host::new(who, self.now));
        self.shown.push(0);
        self.hosts.len() - 1
    }

    /// The records of a client, without its messages.
    pub(crate) fn records(&self, who: usize) -> BTreeMap<String, Vec<u8>> {
        let records = self.hosts[who].records.iter().filter(|(key, _)| message_place(key).is_none());
        records.map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// How many messages of a client wait.
    pub(crate) fn waiting(&self, who: usize) -> usize {
        self.hosts[who].outgoing.values().filter(|view| view.state == OutgoingState::Waiting).count()
    }
}

/// The honest service has who is refused ask again at once.
fn patient(frame: ServerFrame) -> ServerFrame {
    match frame {
        ServerFrame::SyncRefused(refused) => {
            ServerFrame::SyncRefused(SyncRefused { retry_after_ms: Some(30_000), ..refused })
        }
        other => other,
    }
}
