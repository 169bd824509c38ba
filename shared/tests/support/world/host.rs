//! A client with what its host saved for it, and the wires to a service.

use std::collections::{BTreeMap, VecDeque};

use igoon_shared::{
    client::{
        self, Change, Client, Command, Event, Identity, Input, Request,
        io::{
            ApprovalsView, Body, MessageView, OutgoingView, PeopleView, RecoveryView, RoomView, Standing, Unreadable,
        },
        records::{message_key, message_place, read_message},
        renewal::renew,
    },
    crypto::{device::DeviceKeys, invite::InviteSecret},
    ids::{AccountId, DeviceId, InstallationId, MessageId, RoomId, Seq},
    log::RoomState,
    presence::Availability,
    protocol::{
        VERSION,
        error::ErrorCode,
        frames::{ApprovalWanted, ServerFrame, Welcome},
        limits,
    },
    time::Timestamp,
};

use super::Service;
use crate::support::{rsa_pkcs8, signing_seed};

/// A client with what its host saved for it, and the wires to the service.
pub struct Host {
    pub who: Who,
    /// It has this device's keys instead of its own.
    pub other_keys: Option<u8>,
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
    /// Recovery in the room, where its person looks at it.
    pub recovery: Option<RecoveryView>,
    /// It crashes once it has carried out so many more effects.
    pub crash_in: Option<usize>,
    /// So many effects it has carried out.
    pub effects: usize,
    /// What it has sent when it crashes reaches the service, which answers nobody; else it is lost.
    pub reaches: bool,
    /// What it had sent when it crashed.
    pub left_behind: LeftBehind,
}

/// What a client had sent when it crashed.
#[derive(Default)]
pub struct LeftBehind {
    pub requests: VecDeque<Request>,
    pub frames: VecDeque<Vec<u8>>,
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
            other_keys: None,
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
            recovery: None,
            crash_in: None,
            effects: 0,
            reaches: false,
            left_behind: LeftBehind::default(),
        }
    }

    /// One that goes on from what this one has saved, and shows what it shows.
    pub fn again(&self, now: Timestamp) -> Self {
        let mut again = Self::new(self.who.clone(), now);
        again.records.clone_from(&self.records);
        again.shown.clone_from(&self.shown);
        again.written.clone_from(&self.written);
        again.open_anew(now);
        again
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
            if self.reaches {
                self.left_behind.requests.append(&mut self.requests);
                self.left_behind.frames.append(&mut self.up);
            }
            self.disconnect(None);
            self.requests.clear();
            self.open_anew(now);
        }
    }

    /// Whose device it is now.
    pub fn identity(&self) -> Identity {
        let own = self.who.identity();
        let Some(number) = self.other_keys else { return own };
        let keys = Who { number, ..self.who.clone() }.keys();
        Identity::new(own.account(), own.installation(), own.handle().into(), own.device_name().into(), keys).unwrap()
    }

    /// Gives it the keys of another device, as a host does.
    pub fn renew(&mut self, now: Timestamp, number: u8) {
        let old = self.identity();
        self.other_keys = Some(number);
        let saved: Vec<_> = self.records.clone().into_iter().filter(|(key, _)| message_place(key).is_none()).collect();
        let changes = renew(&old, &self.identity(), &saved, now).unwrap();
        self.disconnect(None);
        self.requests.clear();
        self.carry_out(client::Effect::Save(changes));
        self.open_anew(now);
    }

    /// Goes on from what it had saved.
    pub fn open_anew(&mut self, now: Timestamp) {
        self.loads.clear();
        self.approvals = ApprovalsView::default();
        self.recovery = None;
        let saved = self.records.clone().into_iter().filter(|(key, _)| message_place(key).is_none());
        let (client, effects) = Client::open(self.identity(), saved, now).unwrap();
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
            client::Effect::MakeRsaPair => panic!("nobody wants a kit"),
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
            client::Effect::Notify(Event::Room(view)) => self.view = Some(*view),
            client::Effect::Notify(Event::Outgoing(view)) => drop(self.outgoing.insert(view.message_id, view)),
            client::Effect::Notify(Event::InviteMade { secret, .. }) => self.invite = secret.secret(),
            client::Effect::Notify(Event::RoomCreated { room } | Event::Joined { room }) => self.entered = Some(room),
            client::Effect::Notify(Event::Failed { code, .. }) => self.failures.push(code),
            client::Effect::Notify(Event::Approvals(view)) => self.approvals = view,
            client::Effect::Notify(Event::ApprovalRefused) => self.refused = true,
            client::Effect::Notify(Event::People(view)) => self.people = Some(view),
            client::Effect::Notify(Event::Recovery(view)) => self.recovery = Some(view),
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
        let time = service.time(now);
        let welcome = Welcome { version: VERSION, time, device: self.device(), rooms, availability };
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
