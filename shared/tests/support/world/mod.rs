//! Clients and an honest but unreliable service with one room: connections break, answers get lost, messages are put off,
//! clients crash between any two effects, keys are asked for again and again.

mod host;
mod recovery;
mod service;

use std::collections::{BTreeMap, BTreeSet};

use igoon_shared::{
    client::{
        Answer, Command, Input, Request,
        io::{InviteTerms, OutgoingState, RecoveryChoice, Standing},
    },
    crypto::invite::InviteSecret,
    ids::{AccountId, DeviceId, Epoch, KeyId, RoomId},
    log::{HistoryRule, RoomState, SignedEntry},
    protocol::{
        codec,
        error::ErrorCode,
        frames::{ClientFrame, Item, KeysAdded, ServerFrame, StreamItem},
        http::Append,
    },
    time::Timestamp,
};
use rand_core::Rng;

pub use self::{
    host::{Host, LeftBehind, Who},
    service::{LIFE, Service, not_entitled, ok, refusal},
};
use crate::support::TestRng;

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

    /// A copy of it, with clients that go on from what those in it have saved.
    pub fn again(&self) -> Self {
        let hosts = self.hosts.iter().map(|host| host.again(self.now)).collect();
        Self { service: self.service.clone(), hosts, rng: self.rng.clone(), now: self.now }
    }

    pub fn chance(&mut self, one_in: u32) -> bool {
        self.rng.next_u32().is_multiple_of(one_in)
    }

    /// One thing happens to one client.
    pub fn step(&mut self, faults: bool) {
        self.now = self.now.plus_millis(20);
        self.deliver_what_was_left_behind();
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
        if self.has_recoveries() && self.chance(20) {
            self.go_on_with_recovery();
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

    /// What crashed clients had sent: the service takes it, and they never hear what it answered.
    fn deliver_what_was_left_behind(&mut self) {
        for who in 0..self.hosts.len() {
            let LeftBehind { requests, frames } = std::mem::take(&mut self.hosts[who].left_behind);
            for request in requests {
                self.serve(who, &request);
            }
            let (device, now) = (self.hosts[who].device(), self.now);
            for frame in frames {
                let (_, news) = self.service.frame(device, codec::decode(&frame).unwrap(), false, now);
                self.broadcast(&news);
            }
        }
    }

    pub fn broadcast(&mut self, news: &[StreamItem]) {
        let Some(state) = &self.service.state else { return };
        let (room, incarnation) = (state.room(), self.service.life());
        for host in self.hosts.iter_mut().filter(|host| host.subscribed) {
            for item in news {
                host.down.push_back(ServerFrame::Item(Item { room, incarnation, item: item.clone() }));
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
        let answer = self.serve(who, &request);
        // Lost on the way back, or not.
        let answer = if faults && self.chance(8) { Answer::Unreachable } else { answer };
        self.hosts[who].input(now, Input::Answer { request: request.id, answer }, crash);
    }

    /// The service takes a request, and everybody hears what comes of it.
    fn serve(&mut self, who: usize, request: &Request) -> Answer {
        let (bundle, now) = (self.hosts[who].client.identity().bundle(), self.now);
        let (answer, news, keys_are_new) = self.service.answer(bundle, request, now);
        self.broadcast(&news);
        self.tell_recovery_news();
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
        answer
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
        let all = self.service.head();
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
    everybody_enters_for(world, history, RecoveryChoice::default(), faults)
}

/// The same, with this choice for who loses every computer.
pub fn everybody_enters_for(world: &mut World, history: HistoryRule, recovery: RecoveryChoice, faults: bool) -> RoomId {
    let room = make_room_for(world, history, recovery, faults);
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
    make_room_for(world, history, RecoveryChoice::default(), faults)
}

fn make_room_for(world: &mut World, history: HistoryRule, recovery: RecoveryChoice, faults: bool) -> RoomId {
    world.command(0, Command::CreateRoom { name: "Room".into(), history, recovery });
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
