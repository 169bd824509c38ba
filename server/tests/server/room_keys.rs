//! Keys that are handed on: who is asked for them, what is taken, who hears of it.

use igoon_shared::{
    crypto::{
        bundle::Bundle,
        envelope::{Envelope, EnvelopeReason},
        epoch::{EpochKey, SealedKey, SealingSecret},
        message::Cursor,
        system_rng,
    },
    ids::{DeviceId, Epoch, Incarnation, RoomId, Seq},
    log::{EpochReason, HistoryRule, RoomState},
    protocol::{
        error::ErrorCode,
        frames::{ClientFrame, KeysAdded, Ping, ServerFrame, Sync},
        http::{AddKeys, Append, EpochLink, RoomKeys},
        limits,
    },
};

use crate::support::{Person, Server, Socket, only};

impl Person {
    /// What hands the key of `epoch` to `to`; what is inside means nothing to the service.
    fn share(&self, state: &RoomState, epoch: Epoch, key: &EpochKey, to: &Bundle) -> Envelope {
        let (room, reason) = (state.room(), EnvelopeReason::Share);
        Envelope::wrap(&self.keys, self.device(), room, epoch, key, to, reason, &mut system_rng()).unwrap()
    }

    async fn add_keys(&self, room: RoomId, envelopes: Vec<Envelope>, links: Vec<EpochLink>) -> Result<(), ErrorCode> {
        let body = AddKeys { envelopes, links };
        self.post(&format!("/rooms/{room}/keys"), &body).await.map_err(|(_, error)| error.code)
    }

    async fn keys(&self, room: RoomId) -> RoomKeys {
        self.get(&format!("/rooms/{room}/keys")).await.unwrap()
    }
}

/// A sealed key that nobody opens.
fn sealed() -> SealedKey {
    let key = EpochKey::random(&mut system_rng());
    SealedKey::seal(SealingSecret::NextEpoch(&key), RoomId::from_bytes([0; 32]), Epoch(1), &key, &mut system_rng())
        .unwrap()
}

fn link(epoch: u64) -> EpochLink {
    EpochLink { epoch: Epoch(epoch), sealed: sealed() }
}

async fn added(socket: &mut Socket) -> KeysAdded {
    loop {
        if let ServerFrame::KeysAdded(added) = socket.next().await {
            return added;
        }
    }
}

/// Owner, a member who came by a link without an envelope, and the room's log; epoch 1.
async fn two(server: &Server, history: HistoryRule) -> (Person, Person, RoomState) {
    let owner = server.owner().await;
    let mut state = owner.make_room(history).await;
    let link = owner.invite(&mut state, 3).await;
    let member = server.newcomer("member", state.room(), &link).await;
    member.join(&mut state, &link).await;
    (owner, member, state)
}

/// A key whose id the log pins for the epoch that it starts.
async fn start_known_epoch(by: &Person, state: &mut RoomState) -> (Epoch, EpochKey) {
    let (entry, envelopes, key) = by.epoch_with_key(state, EpochReason::Age);
    by.append(state.room(), &Append { envelopes, ..only(entry) }).await.unwrap();
    (state.current_epoch(), key)
}

#[actix_web::test]
async fn who_lacks_a_key_is_given_it_by_whoever_is_there() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let (epoch, key) = start_known_epoch(&owner, &mut state).await;
    let invite = owner.invite(&mut state, 1).await;
    let member = server.newcomer("member", room, &invite).await;
    member.join(&mut state, &invite).await;

    // Whoever subscribes is asked: first for the link that the epoch's start came without and the newcomer's envelope.
    let mut mine = owner.connect_to(room).await;
    let asked = mine.wanted(|_| true).await;
    assert_eq!((asked.room, asked.epoch, asked.links), (room, epoch, vec![Epoch(1)]));
    assert_eq!(asked.devices, [member.device()]);
    let mut theirs = member.connect_to(room).await;

    let envelope = owner.share(&state, epoch, &key, member.bundle.as_ref().unwrap());
    owner.add_keys(room, vec![envelope.clone()], vec![]).await.unwrap();
    assert_eq!(added(&mut theirs).await.room, room);
    assert_eq!(member.keys(room).await.envelopes, std::slice::from_ref(&envelope));
    // There was progress: somebody is asked for the rest.
    let asked = tokio::select! {
        asked = mine.wanted(|_| true) => asked,
        asked = theirs.wanted(|_| true) => asked,
    };
    assert_eq!((asked.devices, asked.links), (vec![], vec![Epoch(1)]));
    let link = link(1);
    owner.add_keys(room, vec![], vec![link.clone()]).await.unwrap();
    added(&mut theirs).await;
    added(&mut mine).await;
    assert_eq!(member.keys(room).await.links, std::slice::from_ref(&link));

    // Again: answered as the first time, and what is there stays.
    let other = owner.share(&state, epoch, &key, member.bundle.as_ref().unwrap());
    let other_link = self::link(1);
    owner.add_keys(room, vec![other], vec![other_link]).await.unwrap();
    let keys = member.keys(room).await;
    assert_eq!((keys.envelopes, keys.links), (vec![envelope], vec![link]));
    server.stop().await;
}

/// Who was asked and is silent is followed by another.
#[actix_web::test]
async fn another_is_asked_when_nothing_comes() {
    let server = Server::start().await;
    let (owner, member, mut state) = two(&server, HistoryRule::AllRetained).await;
    let room = state.room();
    let mut mine = owner.connect_to(room).await;
    let mut theirs = member.connect_to(room).await;
    start_known_epoch(&owner, &mut state).await;
    // The start came without a link. One after the other is asked for it.
    let (first, second) =
        tokio::join!(mine.wanted(|it| !it.links.is_empty()), theirs.wanted(|it| !it.links.is_empty()));
    assert_eq!((first.links, second.links), (vec![Epoch(1)], vec![Epoch(1)]));
    server.stop().await;
}

#[actix_web::test]
async fn keys_that_do_not_fit_are_refused_by_their_reason() {
    let server = Server::start().await;
    let (owner, member, mut state) = two(&server, HistoryRule::AllRetained).await;
    let room = state.room();
    let (epoch, key) = start_known_epoch(&owner, &mut state).await;
    let invite = owner.invite(&mut state, 1).await;
    let stranger = server.newcomer("stranger", room, &invite).await;
    let (to, nobody) = (member.bundle.as_ref().unwrap(), stranger.bundle.as_ref().unwrap());
    let good = || owner.share(&state, epoch, &key, to);
    let refused = async |envelopes, links| owner.add_keys(room, envelopes, links).await;

    assert_eq!(refused(vec![], vec![]).await, Err(ErrorCode::Malformed));
    let many = vec![link(1); limits::ADDED_KEYS + 1];
    assert_eq!(refused(vec![], many).await, Err(ErrorCode::TooLarge));
    assert_eq!(stranger.add_keys(room, vec![], vec![link(1)]).await, Err(ErrorCode::NotFound), "no member");
    let other_key = EpochKey::random(&mut system_rng());
    let mut damaged = good();
    damaged.ciphertext.0[7] ^= 1;
    let start = Envelope::wrap(
        &owner.keys,
        owner.device(),
        room,
        epoch,
        &key,
        to,
        EnvelopeReason::EpochStart,
        &mut system_rng(),
    );
    for (what, envelopes) in [
        ("one damaged", vec![damaged]),
        ("a good and a damaged one", vec![good(), owner.share(&state, epoch, &other_key, to)]),
        ("another key than the log's", vec![owner.share(&state, epoch, &other_key, to)]),
        ("an epoch that has not begun", vec![owner.share(&state, epoch.next(), &key, to)]),
        ("for a stranger", vec![owner.share(&state, epoch, &key, nobody)]),
        ("wrapped by another", vec![member.share(&state, epoch, &key, owner.bundle.as_ref().unwrap())]),
        ("for an epoch's start", vec![start.unwrap()]),
        ("two for the same", vec![good(), good()]),
    ] {
        assert_eq!(refused(envelopes, vec![]).await, Err(ErrorCode::BadEnvelopes), "{what}");
    }
    let mut short = link(1);
    short.sealed.salt.0.pop();
    for (what, link) in [("none before the first", link(0)), ("the current epoch's", link(2)), ("too short", short)] {
        assert_eq!(refused(vec![good()], vec![link]).await, Err(ErrorCode::Invalid), "{what}");
    }
    // All or nothing: none of that is there. What fits is.
    let keys = member.keys(room).await;
    assert_eq!(keys.links, []);
    let before = keys.envelopes.len();
    refused(vec![good()], vec![link(1)]).await.unwrap();
    let keys = member.keys(room).await;
    // The start's own envelope is of the same wrapper and epoch, and stays.
    assert_eq!((keys.envelopes.len(), keys.links.len()), (before, 1));
    server.stop().await;
}

#[actix_web::test]
async fn where_history_is_not_shared_nobody_is_given_what_was_before() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::FromJoining).await;
    let room = state.room();
    let (first, key) = start_known_epoch(&owner, &mut state).await;
    let invite = owner.invite(&mut state, 1).await;
    let newcomer = server.newcomer("newcomer", room, &invite).await;
    let joining = newcomer.joining(&state, &invite);
    state.apply(&joining).unwrap();
    let (start, envelopes) = newcomer.epoch(&mut state, EpochReason::Joining);
    let names = vec![newcomer.open_handle()];
    let append = Append { entries: vec![joining, start.clone()], names, envelopes, ..only(start) };
    newcomer.append(room, &append).await.unwrap();
    let before = owner.share(&state, first, &key, newcomer.bundle.as_ref().unwrap());
    assert_eq!(owner.add_keys(room, vec![before], vec![]).await, Err(ErrorCode::BadEnvelopes));
    assert_eq!(owner.add_keys(room, vec![], vec![link(1)]).await, Err(ErrorCode::Invalid));
    let keys = newcomer.keys(room).await;
    assert_eq!((keys.envelopes.len(), keys.links.len()), (1, 0));
    server.stop().await;
}

async fn asks_for_stream(person: &Person, room: RoomId) -> Socket {
    let (mut socket, _) = person.connect().await;
    let after = Cursor { incarnation: Incarnation(0), seq: Seq(0) };
    socket.send(&ClientFrame::Sync(Sync { room, after })).await;
    socket
}

/// Who lacks the current key, as this client is told next.
async fn lacking(socket: &mut Socket) -> (Epoch, Vec<DeviceId>) {
    loop {
        if let ServerFrame::Lacking(told) = socket.any().await {
            return (told.epoch, told.devices);
        }
    }
}

#[actix_web::test]
async fn owners_and_who_lacks_the_current_key_hear_of_it() {
    let server = Server::start().await;
    let (owner, member, mut state) = two(&server, HistoryRule::AllRetained).await;
    let room = state.room();
    let (mut mine, mut theirs) = (asks_for_stream(&owner, room).await, asks_for_stream(&member, room).await);
    for socket in [&mut mine, &mut theirs] {
        assert_eq!(lacking(socket).await, (Epoch(1), vec![member.device()]));
    }
    let (epoch, key) = start_known_epoch(&owner, &mut state).await;
    for socket in [&mut mine, &mut theirs] {
        assert_eq!(lacking(socket).await, (epoch, vec![]), "its start brought it to everybody");
    }
    // Somebody comes without it: that is nothing to a plain member.
    let invite = owner.invite(&mut state, 1).await;
    let third = server.newcomer("third", room, &invite).await;
    third.join(&mut state, &invite).await;
    assert_eq!(lacking(&mut mine).await, (epoch, vec![third.device()]));
    let envelope = owner.share(&state, epoch, &key, third.bundle.as_ref().unwrap());
    owner.add_keys(room, vec![envelope], vec![]).await.unwrap();
    assert_eq!(lacking(&mut mine).await, (epoch, vec![]));
    theirs.send(&ClientFrame::Ping(Ping {})).await;
    loop {
        match theirs.any().await {
            ServerFrame::Lacking(told) => panic!("{told:?}"),
            ServerFrame::Pong(_) => break,
            _ => {}
        }
    }
    server.stop().await;
}
