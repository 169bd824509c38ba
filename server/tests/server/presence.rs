//! Who is there, and how far they have come, as the others in a room are told.

use std::{collections::BTreeMap, time::Instant};

use futures_util::{SinkExt as _, future::join_all};
use igoon_server::{
    config::Rates,
    store::db::models::devices::{self, Sign},
};
use igoon_shared::{
    crypto::message::Cursor,
    ids::{DeviceId, Incarnation, RoomId, Seq},
    log::{HistoryRule, RoomState},
    presence::{Availability, IDLE_AFTER_MS, Presence},
    protocol::{
        error::ErrorCode,
        frames::{Ack, Activity, ClientFrame, DevicePresence, ServerFrame, Sync},
    },
    time::Timestamp,
};
use reqwest::Method;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{PATIENCE, Person, Server, Socket, now};

/// A socket that reads a room's stream, and what it was told of people.
struct Watcher {
    socket: Socket,
    room: RoomId,
    caught_up: bool,
    presence: BTreeMap<DeviceId, DevicePresence>,
    positions: BTreeMap<DeviceId, (u64, u64)>,
    /// All that it was told of presence, in order.
    history: Vec<DevicePresence>,
    presence_frames: usize,
    position_frames: usize,
    moves: usize,
}

impl Watcher {
    async fn new(person: &Person, room: RoomId) -> Self {
        let (mut socket, _) = person.connect().await;
        sync(&mut socket, room, Seq(0)).await;
        let mut watcher = Self {
            socket,
            room,
            caught_up: false,
            presence: BTreeMap::new(),
            positions: BTreeMap::new(),
            history: Vec::new(),
            presence_frames: 0,
            position_frames: 0,
            moves: 0,
        };
        watcher.until("the stream", |watcher| watcher.caught_up).await;
        watcher.until("who is there", |watcher| watcher.presence_frames > 0).await;
        watcher
    }

    async fn until(&mut self, what: &str, wanted: impl Fn(&Self) -> bool) {
        let reading = async {
            while !wanted(self) {
                self.read().await;
            }
        };
        if tokio::time::timeout(PATIENCE, reading).await.is_err() {
            panic!("waited in vain for {what}; {:?}, {:?}", self.history, self.positions);
        }
    }

    async fn read(&mut self) {
        match self.socket.any().await {
            ServerFrame::Page(page) if page.more => {
                sync(&mut self.socket, self.room, page.items.last().unwrap().seq).await;
            }
            ServerFrame::Page(_) => self.caught_up = true,
            ServerFrame::Presence(told) => {
                assert_eq!(told.room, self.room);
                self.presence_frames += 1;
                if told.whole {
                    self.presence.clear();
                }
                for change in told.changes {
                    self.presence.insert(change.device, change);
                    self.history.push(change);
                }
            }
            ServerFrame::Positions(told) => {
                self.position_frames += 1;
                for change in told.changes {
                    self.positions.insert(change.device, (change.delivered.0, change.read.0));
                    self.moves += 1;
                }
            }
            _ => {}
        }
    }

    fn state(&self, person: &Person) -> Option<Presence> {
        self.presence.get(&person.device()).map(|known| known.state)
    }

    async fn until_is(&mut self, person: &Person, state: Presence) {
        let what = format!("{} to be {state:?}", person.handle);
        self.until(&what, |watcher| watcher.state(person) == Some(state)).await;
    }

    fn last_seen(&self, person: &Person) -> Option<Timestamp> {
        self.presence.get(&person.device()).and_then(|known| known.last_seen)
    }

    async fn ack(&mut self, delivered: u64, read: u64) {
        let ack = Ack { room: self.room, delivered: Seq(delivered), read: Seq(read) };
        self.socket.send(&ClientFrame::Ack(ack)).await;
    }

    async fn active(&mut self) {
        self.socket.send(&ClientFrame::Activity(Activity {})).await;
    }
}

async fn sync(socket: &mut Socket, room: RoomId, after: Seq) {
    let after = Cursor { incarnation: Incarnation(1), seq: after };
    socket.send(&ClientFrame::Sync(Sync { room, after })).await;
}

/// The owner and friends in a room.
async fn company(server: &Server, names: &[&str]) -> (Person, Vec<Person>, RoomState) {
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let link = owner.invite(&mut state, 1_000).await;
    let mut friends = Vec::new();
    for name in names {
        let friend = server.newcomer(name, state.room(), &link).await;
        friend.join(&mut state, &link).await;
        friends.push(friend);
    }
    (owner, friends, state)
}

/// Pretends that there was input at a device the last time so long before now, in milliseconds.
async fn no_input_for(server: &Server, person: &Person, millis: i64) {
    let beside = server.store_beside();
    let (device, at) = (person.device(), now());
    let sign = Sign { at, last_activity: at.plus_millis(-millis), visible: true };
    beside.write(move |db| devices::touch(db, device, sign)).await.unwrap();
    beside.shutdown().await;
}

#[actix_web::test]
async fn a_room_hears_who_comes_and_goes() {
    let server = Server::start().await;
    let begun = now();
    let (owner, friends, state) = company(&server, &["friend"]).await;
    let (room, friend) = (state.room(), &friends[0]);
    let mut mine = Watcher::new(&owner, room).await;
    assert_eq!((mine.state(&owner), mine.state(friend)), (Some(Presence::Online), Some(Presence::Offline)));
    assert!(mine.last_seen(friend).unwrap() >= begun, "when the device was registered");
    let before = now();
    let theirs = Watcher::new(friend, room).await;
    assert_eq!((theirs.state(&owner), theirs.state(friend)), (Some(Presence::Online), Some(Presence::Online)));
    mine.until_is(friend, Presence::Online).await;
    assert_eq!(mine.last_seen(friend), None);
    // Without a farewell: the connection is cut.
    drop(theirs);
    mine.until_is(friend, Presence::Offline).await;
    let last_seen = mine.last_seen(friend).unwrap();
    assert!(last_seen >= before && last_seen <= now());
    // Told the same from the store, by a server that was started anew.
    let server = Server::start_in(server.stop().await, Rates::default()).await;
    let owner = owner.at(&server);
    let mine = Watcher::new(&owner, room).await;
    assert_eq!(mine.last_seen(friend), Some(last_seen));
    server.stop().await;
}

#[actix_web::test]
async fn signing_out_is_going_offline() {
    let server = Server::start().await;
    let (owner, friends, state) = company(&server, &["friend"]).await;
    let mut mine = Watcher::new(&owner, state.room()).await;
    let _theirs = Watcher::new(&friends[0], state.room()).await;
    mine.until_is(&friends[0], Presence::Online).await;
    friends[0].call::<()>(Method::POST, "/sign-out", None::<&()>).await.unwrap();
    mine.until_is(&friends[0], Presence::Offline).await;
    server.stop().await;
}

#[actix_web::test]
async fn without_input_somebody_is_idle_until_there_is_some() {
    let server = Server::start().await;
    let (owner, friends, state) = company(&server, &["friend"]).await;
    let (room, friend) = (state.room(), &friends[0]);
    let mut mine = Watcher::new(&owner, room).await;
    // A computer that was left alone connects by itself.
    no_input_for(&server, friend, IDLE_AFTER_MS).await;
    let mut theirs = Watcher::new(friend, room).await;
    mine.until_is(friend, Presence::Idle).await;
    theirs.active().await;
    mine.until_is(friend, Presence::Online).await;
    assert!(mine.history.iter().filter(|told| told.device == friend.device()).map(|told| told.state).eq([
        Presence::Offline,
        Presence::Idle,
        Presence::Online
    ]));
    // One at which the last input is soon five minutes old.
    drop(theirs);
    mine.until_is(friend, Presence::Offline).await;
    no_input_for(&server, friend, IDLE_AFTER_MS - 8_000).await;
    let _theirs = Watcher::new(friend, room).await;
    mine.until_is(friend, Presence::Online).await;
    mine.until_is(friend, Presence::Idle).await;
    server.stop().await;
}

#[actix_web::test]
async fn what_somebody_chose_is_told_instead_and_their_other_computer_too() {
    let server = Server::start().await;
    let (owner, friends, mut state) = company(&server, &["friend"]).await;
    let (room, friend) = (state.room(), &friends[0]);
    let second = friend.another_computer(&server).await;
    friend.vouch(&mut state, &second).await;
    let mut mine = Watcher::new(&owner, room).await;
    let _theirs = (Watcher::new(friend, room).await, Watcher::new(&second, room).await);
    for (chosen, shown) in [
        (Availability::Away, Presence::Away),
        (Availability::Busy, Presence::Busy),
        (Availability::Available, Presence::Online),
    ] {
        second.choose(chosen).await;
        mine.until_is(friend, shown).await;
        mine.until_is(&second, shown).await;
    }
    server.stop().await;
}

#[actix_web::test]
async fn somebody_invisible_looks_as_if_they_had_gone() {
    let server = Server::start().await;
    let (owner, friends, state) = company(&server, &["friend", "other"]).await;
    let (room, friend, other) = (state.room(), &friends[0], &friends[1]);
    let mut mine = Watcher::new(&owner, room).await;
    let mut theirs = Watcher::new(friend, room).await;
    mine.until_is(friend, Presence::Online).await;
    let before = now();
    friend.choose(Availability::Invisible).await;
    mine.until_is(friend, Presence::Offline).await;
    let last_seen = mine.last_seen(friend).unwrap();
    assert!(last_seen >= before && last_seen <= now());

    // They are there and do things, come and go, and nobody is told; nor is somebody who comes later.
    theirs.active().await;
    drop(theirs);
    let mut theirs = Watcher::new(friend, room).await;
    assert_eq!(theirs.state(friend), Some(Presence::Offline), "as the others see it");
    theirs.active().await;
    let others = Watcher::new(other, room).await;
    assert_eq!((others.state(friend), others.last_seen(friend)), (Some(Presence::Offline), Some(last_seen)));
    // What they have looked at is told: receipts are no presence.
    theirs.ack(3, 3).await;
    mine.until("the receipt", |watcher| watcher.positions.get(&friend.device()) == Some(&(3, 3))).await;
    mine.until_is(other, Presence::Online).await;
    friend.choose(Availability::Available).await;
    mine.until_is(friend, Presence::Online).await;
    let of_friend = mine.history.iter().filter(|told| told.device == friend.device());
    assert_eq!(
        of_friend.map(|told| told.state).collect::<Vec<_>>(),
        [Presence::Offline, Presence::Online, Presence::Offline, Presence::Online],
        "before they came, there, invisible, there again"
    );

    // A server that was started anew knows no more than that.
    friend.choose(Availability::Invisible).await;
    mine.until_is(friend, Presence::Offline).await;
    let last_seen = mine.last_seen(friend).unwrap();
    drop(theirs);
    let server = Server::start_in(server.stop().await, Rates::default()).await;
    let (owner, friend) = (owner.at(&server), friends.into_iter().next().unwrap().at(&server));
    let _theirs = Watcher::new(&friend, room).await;
    let mine = Watcher::new(&owner, room).await;
    assert_eq!(mine.state(&friend), Some(Presence::Offline));
    assert_eq!(mine.last_seen(&friend), Some(last_seen));
    server.stop().await;
}

#[actix_web::test]
async fn positions_are_told_per_computer_and_never_go_back() {
    let server = Server::start().await;
    let (owner, friends, mut state) = company(&server, &["friend"]).await;
    let (room, friend) = (state.room(), &friends[0]);
    let second = friend.another_computer(&server).await;
    friend.vouch(&mut state, &second).await;
    let mut mine = Watcher::new(&owner, room).await;
    let mut one = Watcher::new(friend, room).await;
    let mut two = Watcher::new(&second, room).await;
    one.ack(4, 2).await;
    two.ack(3, 3).await;
    let stand = |one, two| BTreeMap::from([(friend.device(), one), (second.device(), two)]);
    mine.until("both positions", |watcher| watcher.positions == stand((4, 2), (3, 3))).await;
    // Behind what was said, beyond what there is, more read than stored.
    one.ack(1, 1).await;
    two.ack(4, 900).await;
    mine.until("the second to move", |watcher| watcher.positions == stand((4, 2), (4, 4))).await;
    // Whoever comes hears of all, also from a server that was started anew.
    let mut late = Watcher::new(friend, room).await;
    late.until("all positions", |watcher| watcher.positions == stand((4, 2), (4, 4))).await;
    let server = Server::start_in(server.stop().await, Rates::default()).await;
    let mut mine = Watcher::new(&owner.at(&server), room).await;
    mine.until("all positions", |watcher| watcher.positions == stand((4, 2), (4, 4))).await;
    server.stop().await;
}

#[actix_web::test]
async fn strangers_and_those_who_did_not_ask_for_the_room_are_told_nothing() {
    let server = Server::start().await;
    let (owner, friends, mut state) = company(&server, &["friend"]).await;
    let (room, friend) = (state.room(), &friends[0]);
    let link = owner.invite(&mut state, 1).await;
    let stranger = server.newcomer("stranger", room, &link).await;
    let (mut strange, _) = stranger.connect().await;
    sync(&mut strange, room, Seq(0)).await;
    assert!(matches!(strange.any().await, ServerFrame::SyncRefused(_)));
    let (mut silent, _) = friend.connect().await;
    let mut mine = Watcher::new(&owner, room).await;
    owner.choose(Availability::Busy).await;
    mine.until_is(&owner, Presence::Busy).await;
    // A frame that is answered comes back behind all that was told before.
    for socket in [&mut strange, &mut silent] {
        socket.stream.send(Message::Binary(vec![0xc1].into())).await.unwrap();
        assert!(matches!(socket.any().await, ServerFrame::Error(_)));
    }
    assert_eq!(mine.state(friend), Some(Presence::Offline), "connected, but not in the room");
    server.stop().await;
}

#[actix_web::test]
async fn frames_of_an_unknown_kind_are_refused_and_the_connection_goes_on() {
    let server = Server::start().await;
    let (owner, _, state) = company(&server, &[]).await;
    let mut socket = owner.connect_to(state.room()).await;
    // {"from_the_future": {}}
    let newer = b"\x81\xaffrom_the_future\x80".to_vec();
    socket.stream.send(Message::Binary(newer.into())).await.unwrap();
    let ServerFrame::Error(error) = socket.next().await else { panic!("no error") };
    assert_eq!((error.code, error.closing), (ErrorCode::UnknownFormat, false));
    socket.catch_up(state.room()).await;
    server.stop().await;
}

/// With many subscribers, what each is told grows with what has changed, not with how many there are.
#[actix_web::test]
async fn two_hundred_subscribers_are_told_what_has_changed_and_nothing_else() {
    const PEOPLE: usize = 200;
    const CHANGES: usize = 10;
    let many = 1_000_000;
    let rates = Rates { requests_per_minute: many, requests_burst: many, ..Rates::default() };
    let server = Server::start_in(tempfile::tempdir().unwrap(), rates).await;
    let (owner, _, mut state) = company(&server, &[]).await;
    let friends = server.crowd(PEOPLE - 1).await;
    for some in friends.chunks(50) {
        // An invite lasts for a minute.
        let link = owner.invite(&mut state, 50).await;
        for friend in some {
            friend.join(&mut state, &link).await;
        }
    }
    let everybody = friends.iter().chain([&owner]);
    let mut watchers = join_all(everybody.map(|person| Watcher::new(person, state.room()))).await;
    let count = |watcher: &Watcher, wanted| watcher.presence.values().filter(|known| known.state == wanted).count();
    for watcher in &mut watchers {
        watcher.until("everybody to be there", |watcher| count(watcher, Presence::Online) == PEOPLE).await;
        (watcher.presence_frames, watcher.position_frames) = (0, 0);
        watcher.history.clear();
    }

    for friend in &friends[..CHANGES] {
        friend.choose(Availability::Busy).await;
    }
    for watcher in &mut watchers {
        watcher.until("the changes", |watcher| count(watcher, Presence::Busy) == CHANGES).await;
        assert_eq!(watcher.history.len(), CHANGES, "each change once, and no other");
        assert!(watcher.presence_frames <= CHANGES, "{} frames", watcher.presence_frames);
        assert_eq!(watcher.position_frames, 0);
    }

    // All of them acknowledge at the same time: that is one change of each, in as many frames as there were ticks.
    let begun = Instant::now();
    for watcher in &mut watchers {
        watcher.ack(5, 4).await;
    }
    for watcher in &mut watchers {
        watcher.until("all positions", |watcher| watcher.positions.len() == PEOPLE).await;
        assert_eq!(watcher.moves, PEOPLE);
        let ticks = usize::try_from(begun.elapsed().as_secs()).unwrap() + 2;
        assert!(watcher.position_frames <= ticks, "{} frames in {ticks} ticks", watcher.position_frames);
        assert_eq!(watcher.history.len(), CHANGES, "nothing of presence");
    }
    server.stop().await;
}
