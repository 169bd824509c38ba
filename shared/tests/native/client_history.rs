//! A client goes on from its checkpoint as if it had never ended: what it stores of a stream, counts and believes does not
//! depend on how often it was started anew, and messages that waited for their key are opened where they are stored.
#![allow(clippy::cast_possible_truncation, reason = "a test's numbers are small")]

use igoon_shared::{
    client::{
        Client, Command, Effect, Event, Identity, Input,
        io::{Body, MessageView, Progress, RoomView, Standing, Unread, Unreadable},
        records::message_key,
    },
    crypto::{
        SUITE,
        epoch::EpochKey,
        message::{Cursor, MessageHeader, MessageKind, SealedMessage, SenderPosition, TextBody},
    },
    ids::{Epoch, MessageId, RoomId, Seq, SessionTag},
    log::{Action, EntryBody, EpochReason, HistoryRule, RoomState, SignedEntry, action::EpochStarted},
    presence::Availability,
    protocol::{
        VERSION, codec,
        frames::{Item, Page, ServerFrame, StreamContent, StreamItem, Welcome},
    },
    time::Timestamp,
};
use proptest::prelude::*;

use crate::world::{Host, LIFE, World, everybody_enters};

/// Somebody who writes with the room's key whatever a test wants.
struct Author {
    identity: Identity,
    session: u8,
    counter: u64,
    last: Option<SenderPosition>,
}

/// A stream, and a reader who is at its end.
struct Scene {
    room: RoomId,
    log: RoomState,
    key: EpochKey,
    authors: Vec<Author>,
    stream: Vec<StreamItem>,
    reader: Host,
    now: Timestamp,
}

impl Scene {
    fn new() -> Self {
        let mut world = World::new(7, 3);
        let room = everybody_enters(&mut world, HistoryRule::FromJoining, false);
        let log = world.service.state.clone().unwrap();
        let caught_up = |world: &World| {
            let host = &world.hosts[2];
            host.records.contains_key(&key_name(room, world.service.state.as_ref().unwrap().current_epoch()))
                && host.client.room(room).is_some_and(|room| room.cursor().seq.0 == world.service.stream.len() as u64)
        };
        world.run_until("the newest key", false, caught_up);
        let reader = world.hosts.pop().unwrap();
        let key = EpochKey::from_slice(&reader.records[&key_name(room, log.current_epoch())]).unwrap();
        let authors =
            world.hosts.iter().map(|host| Author { identity: host.who.identity(), session: 1, counter: 0, last: None });
        let (authors, stream, now) = (authors.collect(), world.service.stream, world.now.plus_millis(100_000));
        let mut scene = Self { room, log, key, authors, stream, reader, now };
        scene.restart();
        scene
    }

    /// Ends the reader and starts it anew from what it saved; it is live again.
    fn restart(&mut self) {
        start(&mut self.reader, self.room, self.stream.len(), self.now);
    }

    fn frame(&mut self, frame: &ServerFrame) {
        self.reader.input(self.now, Input::Frame(codec::encode(frame)), None);
    }

    /// The next message of an author, but for what `spoil` does to its header.
    fn message(&mut self, author: usize, spoil: impl FnOnce(&mut MessageHeader)) -> SealedMessage {
        let author = &mut self.authors[author];
        let mut header = MessageHeader {
            suite: SUITE,
            room: self.room,
            epoch: self.log.current_epoch(),
            key_id: self.key.key_id(),
            device: author.identity.device(),
            session: SessionTag::from_bytes([author.session; 16]),
            counter: author.counter,
            message_id: MessageId::from_bytes([self.stream.len() as u8; 16]),
            kind: MessageKind::TEXT,
            target: None,
            sent_at: self.now.plus_millis(-5),
            seen: Cursor { incarnation: LIFE, seq: Seq(self.stream.len() as u64) },
            log_head: self.log.head(),
            previous: author.last.filter(|_| author.counter == 0),
        };
        spoil(&mut header);
        author.counter = header.counter + 1;
        author.last = Some(header.position());
        let text = codec::encode(&TextBody { text: format!("message {}", self.stream.len() + 1) });
        SealedMessage::seal(author.identity.keys(), &self.key, &header, &text).unwrap()
    }

    fn begin_session(&mut self, author: usize) {
        self.authors[author].session += 1;
        self.authors[author].counter = 0;
    }

    /// Puts something at the end of the stream.
    fn commit(&mut self, content: StreamContent) -> StreamItem {
        self.now = self.now.plus_millis(10);
        let item = StreamItem { seq: Seq(self.stream.len() as u64 + 1), received_at: self.now, content };
        self.stream.push(item.clone());
        item
    }

    /// Puts something at the end of the stream, and the reader gets it by itself.
    fn deliver(&mut self, content: StreamContent) -> Seq {
        let item = self.commit(content);
        let seq = item.seq;
        self.frame(&ServerFrame::Item(Item { room: self.room, incarnation: LIFE, item }));
        seq
    }

    fn write(&mut self, author: usize) -> Seq {
        let message = self.message(author, |_| {});
        self.deliver(StreamContent::Message(message))
    }

    /// Starts an epoch whose key the reader is not given.
    fn start_epoch(&mut self) {
        let (epoch, key) = (self.log.current_epoch().next(), EpochKey::random(&mut igoon_shared::crypto::system_rng()));
        let started = Action::EpochStarted(EpochStarted { epoch, key_id: key.key_id(), reason: EpochReason::Age });
        let by = &self.authors[0].identity;
        let entry: SignedEntry =
            EntryBody::after(self.room, self.log.head(), self.now, by.device(), started).sign(by.keys());
        self.log.apply(&entry).unwrap();
        self.key = key;
        self.authors.iter_mut().for_each(|author| author.counter = 0);
        self.deliver(StreamContent::Log(entry));
    }

    fn shown(&self, seq: Seq) -> &MessageView {
        &self.reader.shown[&seq]
    }

    /// The room as it is shown at last.
    fn view(&mut self) -> RoomView {
        self.now = self.now.plus_millis(10_000);
        self.reader.input(self.now, Input::Tick, None);
        self.reader.view.clone().unwrap()
    }
}

/// Starts a host on what it saved, and lets it catch up with a stream of which it has all.
fn start(host: &mut Host, room: RoomId, len: usize, now: Timestamp) {
    host.up.clear();
    host.open_anew(now);
    host.connected = true;
    let availability = Availability::Available;
    let welcome = Welcome { version: VERSION, time: now, device: host.device(), rooms: vec![room], availability };
    let page = Page { room, incarnation: LIFE, items: vec![], more: false, head: Seq(len as u64) };
    host.input(now, Input::Connected, None);
    for frame in [ServerFrame::Welcome(welcome), ServerFrame::Page(page)] {
        host.input(now, Input::Frame(codec::encode(&frame)), None);
    }
}

fn key_name(room: RoomId, epoch: Epoch) -> String {
    format!("room/{room}/key/{:020}", epoch.0)
}

#[test]
fn counters_refuse_replays_after_a_restart() {
    let mut scene = Scene::new();
    let message = StreamContent::Message(scene.message(0, |_| {}));
    let first = scene.deliver(message.clone());
    scene.write(0);
    assert!(matches!(scene.shown(first).body, Body::Text(_)));
    scene.restart();
    let copy = scene.deliver(message);
    assert_eq!(scene.shown(copy).body, Body::Unreadable(Unreadable::Replayed));
    let next = scene.write(0);
    assert!(matches!(scene.shown(next).body, Body::Text(_)) && !scene.shown(next).gap, "the copy moved nothing");
}

#[test]
fn a_gap_before_a_restart_is_one_after_it() {
    let mut scene = Scene::new();
    scene.write(0);
    scene.message(0, |_| {});
    scene.restart();
    let after_the_lost = scene.write(0);
    assert!(scene.shown(after_the_lost).gap);
    // A session's first message names the one before it, which got lost, too.
    scene.message(0, |_| {});
    scene.begin_session(0);
    scene.restart();
    let next_session = scene.write(0);
    assert!(scene.shown(next_session).gap);
    scene.restart();
    let whole = scene.write(0);
    assert!(!scene.shown(whole).gap);
}

#[test]
fn a_lost_place_of_the_stream_is_fetched_after_a_restart() {
    let mut scene = Scene::new();
    let before = scene.write(0);
    let message = StreamContent::Message(scene.message(0, |_| {}));
    scene.commit(message);
    scene.restart();
    scene.write(1);
    assert_eq!(scene.reader.client.room(scene.room).unwrap().cursor().seq, before, "a place in between is missing");
}

#[test]
fn an_alarm_is_raised_again_after_a_restart() {
    let mut scene = Scene::new();
    let forked = scene.message(0, |header| header.log_head.hash = igoon_shared::ids::EntryHash::from_bytes([1; 32]));
    let seq = scene.deliver(StreamContent::Message(forked));
    assert!(matches!(scene.view().standing, Standing::Alarm(_)));
    assert!(!scene.reader.shown.contains_key(&seq), "it is not taken");
    scene.restart();
    let item = scene.stream.last().unwrap().clone();
    scene.frame(&ServerFrame::Item(Item { room: scene.room, incarnation: LIFE, item }));
    assert!(matches!(scene.view().standing, Standing::Alarm(_)));
}

#[test]
fn records_that_do_not_fit_together_are_damaged() {
    let mut scene = Scene::new();
    scene.write(0);
    let entry = scene.reader.records.keys().rfind(|key| key.contains("/entry/")).unwrap().clone();
    let mut records = scene.reader.records.clone();
    records.remove(&entry);
    assert!(Client::open(scene.reader.who.identity(), records, scene.now).is_err(), "an entry of the log is missing");
}

/// Messages stand in time no further back than the place 1,024 before their own, whatever their sender says to have seen; and
/// counting what is new goes as far.
#[test]
fn the_last_places_are_known_after_a_restart() {
    let mut scene = Scene::new();
    let begun = scene.stream.len() as u64;
    for _ in 0..1_300 {
        scene.write(0);
    }
    assert_eq!(scene.view().unread, Unread { count: 1_000, first: Some(Seq(1)) });
    scene.restart();
    let at = |scene: &Scene, seq: u64| scene.stream[seq as usize - 1].received_at;
    let far_back = scene.message(0, |header| {
        header.seen.seq = Seq(1);
        header.sent_at = Timestamp(0);
    });
    let seq = scene.deliver(StreamContent::Message(far_back));
    assert_eq!(scene.shown(seq).shown_at, at(&scene, seq.0 - 1_024));
    let near = scene.message(0, |header| {
        header.seen.seq = Seq(seq.0 - 500);
        header.sent_at = Timestamp(0);
    });
    let near = scene.deliver(StreamContent::Message(near));
    assert_eq!(scene.shown(near).shown_at, at(&scene, seq.0 - 500));
    let read = Seq(begun + 800);
    let room = scene.room;
    scene.reader.command(scene.now, Command::Read { room, seq: read });
    scene.restart();
    assert_eq!(scene.view().unread, Unread { count: 502, first: Some(read.next()) });
    assert_eq!(scene.view().last_activity, Some(at(&scene, seq.0 - 2)));
    let places = scene.reader.records.keys().filter(|key| key.contains("/places/")).count();
    assert!(places <= 10, "{places} portions are kept");
}

#[test]
fn what_takes_several_pages_is_stored_and_not_told_of_singly() {
    let mut scene = Scene::new();
    let begun = scene.stream.len() as u64;
    let items: Vec<_> = (0..6)
        .map(|_| {
            let message = scene.message(0, |_| {});
            scene.commit(StreamContent::Message(message))
        })
        .collect();
    scene.reader.up.clear();
    scene.reader.open_anew(scene.now);
    let welcome = Welcome {
        version: VERSION,
        time: scene.now,
        device: scene.reader.device(),
        rooms: vec![scene.room],
        availability: Availability::Available,
    };
    scene.reader.client.handle(scene.now, Input::Connected);
    scene.reader.client.handle(scene.now, Input::Frame(codec::encode(&ServerFrame::Welcome(welcome))));
    let mut told = Vec::new();
    for (number, items) in items.chunks(2).enumerate() {
        scene.now = scene.now.plus_millis(10_000);
        let (room, head) = (scene.room, Seq(begun + 6));
        let page = Page { room, incarnation: LIFE, items: items.to_vec(), more: number < 2, head };
        for effect in scene.reader.client.handle(scene.now, Input::Frame(codec::encode(&ServerFrame::Page(page)))) {
            match effect {
                Effect::Notify(Event::Message(view)) => panic!("told of {view:?}"),
                Effect::Notify(Event::Room(view)) => told.push(view.catching_up),
                effect => scene.reader.carry_out(effect),
            }
        }
    }
    assert_eq!(told, [Some(Progress { done: 2, of: 6 }), Some(Progress { done: 4, of: 6 }), None]);
    for seq in begun + 1..=begun + 6 {
        assert!(matches!(scene.shown(Seq(seq)).body, Body::Text(_)), "stored all the same");
    }
}

/// The key of 300 messages comes: they are opened portion by portion, also when the client ends in between, and what is beside
/// them stays as it was.
#[test]
fn messages_are_opened_where_they_are_stored_when_their_key_comes() {
    for ends in 0..4 {
        let mut scene = Scene::new();
        let open = scene.write(1);
        scene.start_epoch();
        let locked: Vec<Seq> = (0..300).map(|n| scene.write(n % 2)).collect();
        let epoch = scene.log.current_epoch();
        let lacking = Body::Unreadable(Unreadable::NoKey(epoch));
        assert!(locked.iter().all(|seq| scene.shown(*seq).body == lacking));
        let before = scene.reader.shown.clone();

        let name = key_name(scene.room, epoch);
        scene.reader.records.insert(name, scene.key.expose().to_vec());
        scene.restart();
        for _ in 0..ends {
            scene.reader.load(scene.now, None);
        }
        scene.restart();
        while !scene.reader.loads.is_empty() {
            scene.reader.load(scene.now, None);
        }
        for seq in &locked {
            let text = Body::Text(format!("message {}", seq.0));
            assert_eq!(*scene.shown(*seq), MessageView { body: text, ..before[seq].clone() });
        }
        assert_eq!(scene.shown(open), &before[&open]);
        assert!(!scene.reader.records.keys().any(|key| key.contains("/locked/")), "nothing waits any more");
        scene.restart();
        assert!(scene.reader.loads.is_empty());
    }
}

#[test]
fn a_record_that_cannot_be_read_holds_up_none_of_those_beside_it() {
    let mut scene = Scene::new();
    scene.start_epoch();
    let [damaged, whole] = [0, 1].map(|author| scene.write(author));
    scene.reader.records.insert(message_key(scene.room, damaged), vec![1, 2, 3]);
    let name = key_name(scene.room, scene.log.current_epoch());
    scene.reader.records.insert(name, scene.key.expose().to_vec());
    scene.restart();
    scene.reader.load(scene.now, None);
    assert!(matches!(scene.shown(whole).body, Body::Text(_)));
    assert_eq!(scene.reader.records[&message_key(scene.room, damaged)], [1, 2, 3]);
}

/// What happens in a stream.
#[derive(Clone, Debug)]
enum Happening {
    /// A message, after so many that got lost, of somebody who had seen all but so many places, with a clock so much off.
    Message { author: usize, lost: u64, unseen: u64, late_ms: i64 },
    /// An author begins a session.
    Session(usize),
    /// A message comes once more: so many places before the end.
    Replay(usize),
    /// A message whose signature is of other bytes.
    Forged(usize),
    /// The next key, which the reader lacks.
    Epoch,
    /// The reader looks at all but so many places.
    Read(u64),
    /// One of the two readers is started anew.
    Restart,
}

fn happening() -> impl Strategy<Value = Happening> {
    let message = (0..2_usize, 0..2_u64, 0..40_u64, -50..50_i64)
        .prop_map(|(author, lost, unseen, late_ms)| Happening::Message { author, lost: lost * 2, unseen, late_ms });
    prop_oneof![
        8 => message,
        1 => (0..2_usize).prop_map(Happening::Session),
        2 => (1..20_usize).prop_map(Happening::Replay),
        1 => (0..2_usize).prop_map(Happening::Forged),
        1 => Just(Happening::Epoch),
        1 => (0..30_u64).prop_map(Happening::Read),
        3 => Just(Happening::Restart),
    ]
}

impl Scene {
    fn happens(&mut self, happening: &Happening) {
        match happening {
            Happening::Message { author, lost, unseen, late_ms } => {
                let message = self.message(*author, |header| {
                    header.counter += lost;
                    header.seen.seq = Seq(header.seen.seq.0.saturating_sub(*unseen));
                    header.sent_at = header.sent_at.plus_millis(*late_ms);
                });
                self.deliver(StreamContent::Message(message));
            }
            Happening::Session(author) => self.begin_session(*author),
            Happening::Replay(back) => {
                let copy = self.stream[self.stream.len().saturating_sub(*back)].content.clone();
                if matches!(copy, StreamContent::Message(_)) {
                    self.deliver(copy);
                }
            }
            Happening::Forged(author) => {
                let mut forged = self.message(*author, |_| {});
                forged.signature.0[0] ^= 1;
                self.deliver(StreamContent::Message(forged));
            }
            Happening::Epoch => self.start_epoch(),
            Happening::Read(but) => {
                let seq = Seq((self.stream.len() as u64).saturating_sub(*but));
                let room = self.room;
                self.reader.command(self.now, Command::Read { room, seq });
            }
            Happening::Restart => self.restart(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn going_on_from_a_checkpoint_is_going_on_in_memory(happenings in prop::collection::vec(happening(), 1..60)) {
        let mut scene = Scene::new();
        let mut in_memory = Host::new(scene.reader.who.clone(), scene.now);
        in_memory.records = scene.reader.records.clone();
        in_memory.shown = scene.reader.shown.clone();
        start(&mut in_memory, scene.room, scene.stream.len(), scene.now);
        for happening in &happenings {
            let (known, room) = (scene.stream.len(), scene.room);
            scene.happens(happening);
            for item in scene.stream[known..].iter().cloned() {
                let item = ServerFrame::Item(Item { room, incarnation: LIFE, item });
                in_memory.input(scene.now, Input::Frame(codec::encode(&item)), None);
            }
            if let Happening::Read(but) = happening {
                let seq = Seq((known as u64).saturating_sub(*but));
                in_memory.command(scene.now, Command::Read { room, seq });
            }
        }
        let view = scene.view();
        in_memory.input(scene.now, Input::Tick, None);
        prop_assert_eq!(in_memory.view.unwrap(), view);
        prop_assert_eq!(in_memory.records, scene.reader.records);
    }
}
