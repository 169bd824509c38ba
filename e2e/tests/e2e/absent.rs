//! Who was away while the room's key changed again and again, and somebody was removed, comes back and reads all that it may, by
//! itself. Who was removed reads nothing of what came next: its core is shown the whole stream, its keys are tried on every key that
//! anybody ever sealed.

use std::{collections::BTreeMap, time::Duration};

use futures_util::{SinkExt, StreamExt};
use igoon_e2e::{
    account::Session,
    clock::Clock,
    database::Kind,
    native::{NativeClient, Records, Shown, connect, now},
    sent::{SealedKeys, Sent},
    server::{Settings, TestServer},
};
use igoon_shared::{
    client::{
        Answer, Client, Command, Effect, Identity, Input,
        io::{Body, Change, Ended, Standing, Unreadable},
    },
    crypto::{
        device::DeviceKeys,
        epoch::{EpochKey, SealingSecret},
        message::{Cursor, SealedMessage, TextBody},
        system_rng,
    },
    ids::{AccountId, Epoch, Incarnation, RoomId, Seq},
    log::{EpochReason, HistoryRule, RoomState},
    presence::Availability,
    protocol::{
        VERSION, codec,
        frames::{ClientFrame, Page, ServerFrame, StreamContent, Sync, Welcome},
        http::RoomKeys,
    },
};
use tokio_tungstenite::tungstenite::Message;

const EIGHT_DAYS: Duration = Duration::from_secs(8 * 24 * 60 * 60);

async fn shows(client: &NativeClient, room: RoomId, text: &str) {
    client.until(text, |shown| shown.texts(room).iter().any(|shown| shown == text)).await;
}

fn epoch(client: &NativeClient, room: RoomId) -> Epoch {
    client.shown().rooms[&room].epoch
}

fn account(client: &NativeClient) -> AccountId {
    client.identity().account()
}

async fn started_again(client: NativeClient) -> NativeClient {
    let (session, identity, records) = client.crash().await;
    NativeClient::resume(session, identity, records)
}

/// Writes, and waits until this epoch is current for the writer.
async fn writes(client: &NativeClient, room: RoomId, text: &str, then: Epoch) {
    client.send(room, text);
    shows(client, room, text).await;
    client.until("the next key", |shown| shown.rooms[&room].epoch == then && shown.rooms[&room].has_key).await;
}

/// Ada's second computer, approved.
async fn second_computer(server: &TestServer, ada: &NativeClient, room: RoomId) -> NativeClient {
    let second = NativeClient::start(Session::another(server, "ada").await.unwrap()).await;
    let bundle = second.identity().bundle().signed().clone();
    ada.command(Command::Vouch { bundle, name: "laptop".to_owned() });
    second.until("to be approved", |shown| shown.is_ready(room)).await;
    second
}

async fn away_through_it_all(kind: Kind, history: HistoryRule) {
    let mut clock = Clock::new();
    let mut settings = Settings::default();
    clock.give_to(&mut settings);
    let server = TestServer::start_as(kind, settings).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let room = ada.create_room_with("Machine room", history).await;
    writes(&ada, room, "before anybody came", Epoch(1)).await;
    let link = ada.invite(room, 3).await;
    let mut others = Vec::new();
    for name in ["grace", "kay", "linus"] {
        let session = Session::sign_up(&server, room, &link, name).await.unwrap();
        // The other tests' clients have their keys in common; here one must not be able to open what is another's.
        let client = NativeClient::start_with(session, DeviceKeys::generate(&mut system_rng()).unwrap()).await;
        client.join(room, &link).await;
        others.push(client);
    }
    let second = second_computer(&server, &ada, room).await;
    let [grace, kay, linus]: [NativeClient; 3] = others.try_into().unwrap();
    for client in [&ada, &grace, &kay, &linus] {
        let text = format!("{} is here", client.session().handle);
        client.send(room, text.clone());
        for reader in [&ada, &grace, &kay, &linus, &second] {
            shows(reader, room, &text).await;
        }
    }
    let handles = |shown: &Shown| shown.rooms[&room].members.iter().all(|member| member.handle.is_some());
    linus.until("everybody's name", handles).await;
    let begun = epoch(&ada, room);
    let at = |later: u64| Epoch(begun.0 + later);
    let sent: Vec<_> = [&ada, &grace, &kay, &linus, &second].map(|client| client.session().sent.clone()).into();
    let (grace, linus) = (grace.crash().await, linus.crash().await);

    // By age: who writes starts it, beside the message.
    clock.advance(EIGHT_DAYS);
    let (ada, kay, second) = (started_again(ada).await, started_again(kay).await, started_again(second).await);
    for client in [&ada, &kay, &second] {
        client.until("the room", |shown| shown.is_ready(room)).await;
    }
    writes(&ada, room, "a week later", at(1)).await;
    writes(&ada, room, "under a new key", at(1)).await;
    // By a leaving: the next who writes.
    kay.command(Command::Leave { room });
    ada.until("that a key is due", |shown| shown.rooms[&room].key_due == Some(EpochReason::Leaving)).await;
    writes(&ada, room, "kay has left", at(2)).await;
    // By a revocation: in one with it.
    ada.command(Command::RevokeOwn { device: second.identity().device() });
    writes(&ada, room, "a computer is lost", at(3)).await;
    let before_removal = ada.shown().texts(room);
    ada.command(Command::RemoveMember { room, account: Identity::from_record(&linus.1).unwrap().account() });
    writes(&ada, room, "secret one", at(4)).await;

    // She does nothing but come back.
    let grace = NativeClient::resume(grace.0, grace.1, grace.2);
    let mut expected = ada.shown().texts(room);
    if history == HistoryRule::FromJoining {
        expected[0] = format!("{:?}", Unreadable::BeforeJoining(Epoch(1)));
    }
    grace.until("everything", |shown| shown.texts(room) == expected && shown.is_ready(room)).await;
    let shown = grace.shown();
    assert!(shown.failures.is_empty() && shown.in_room(room).all(|view| !view.gap));
    assert_eq!((shown.rooms[&room].members.len(), epoch(&grace, room)), (2, at(4)));
    writes(&grace, room, "secret two", at(4)).await;
    shows(&ada, room, "secret two").await;

    // He was away, too, and is told why he is out.
    let out = NativeClient::resume(linus.0.clone(), linus.1.clone(), linus.2.clone());
    let told = |shown: &Shown| matches!(shown.rooms[&room].standing, Standing::Ended(ending) if ending.how == Ended::Removed && ending.by == account(&ada));
    out.until("why the room ended", |shown| shown.rooms.contains_key(&room) && told(shown)).await;
    assert_eq!(out.shown().texts(room).len(), 5, "what he had stays, and nothing comes to him");
    drop(out);

    let ada = ada.crash().await.0;
    let stream = whole_stream(&ada, room).await;
    let sealed = sent.iter().map(Sent::keys).fold(SealedKeys::default(), |mut all, keys| {
        all.envelopes.extend(keys.envelopes);
        all.links.extend(keys.links);
        all.beside_invites.extend(keys.beside_invites);
        all
    });
    let identity = Identity::from_record(&linus.1).unwrap();
    his_core_shows_nothing_more(&identity, &linus.2, &stream, &sealed);
    let opened = all_that_opens(&identity, &linus.2, &stream, &sealed);
    // What was written while he was a member, as far as he was one, his keys do open: so the search is one.
    let read_before = before_removal.len() - usize::from(history == HistoryRule::FromJoining);
    assert_eq!(opened.len(), read_before, "{opened:?}");
    assert!(opened.iter().all(|text| before_removal.contains(text)), "{opened:?}");
}

/// All of a room's stream, as the server tells it this session.
async fn whole_stream(session: &Session, room: RoomId) -> Page {
    let mut socket = connect(session).await.unwrap();
    let after = Cursor { incarnation: Incarnation(0), seq: Seq(0) };
    let sync = codec::encode(&ClientFrame::Sync(Sync { room, after }));
    socket.send(Message::Binary(sync.into())).await.unwrap();
    loop {
        let Message::Binary(bytes) = socket.next().await.unwrap().unwrap() else { continue };
        if let Ok(ServerFrame::Page(page)) = codec::decode::<ServerFrame>(&bytes) {
            assert!(!page.more, "one page");
            return page;
        }
    }
}

/// The core of a removed client is told that it is in the room, shown the whole stream, and given every key that was ever sealed.
fn his_core_shows_nothing_more(identity: &Identity, records: &Records, stream: &Page, sealed: &SealedKeys) {
    let again = Identity::from_record(&identity.to_record().unwrap()).unwrap();
    let (mut core, _) = Client::open(again, records.clone(), now()).unwrap();
    let welcome = Welcome {
        version: VERSION,
        time: now(),
        device: identity.device(),
        rooms: vec![stream.room],
        availability: Availability::Available,
    };
    let keys = RoomKeys { envelopes: sealed.envelopes.clone(), links: sealed.links.clone() };
    let mut inputs = vec![
        Input::Connected,
        Input::Frame(codec::encode(&ServerFrame::Welcome(welcome))),
        Input::Frame(codec::encode(&ServerFrame::Page(stream.clone()))),
    ];
    inputs.reverse();
    let mut new = Vec::new();
    while let Some(input) = inputs.pop() {
        for effect in core.handle(now(), input) {
            match effect {
                Effect::Save(changes) => new.extend(changes),
                Effect::Request(request) if request.path.ends_with("/keys") => {
                    let answer = Answer::Response { status: 200, body: serde_json::to_vec(&keys).unwrap() };
                    inputs.push(Input::Answer { request: request.id, answer });
                }
                _ => {}
            }
        }
    }
    let put = new.into_iter().filter_map(|change| match change {
        Change::Put { key, value } => Some((key, value)),
        Change::Delete { .. } => None,
    });
    let stored: Vec<_> = put.filter_map(|(key, value)| core.read_message(&key, &value).ok()).collect();
    assert!(stored.len() >= 5, "the stream was taken: {}", stored.len());
    assert!(stored.iter().all(|view| !matches!(&view.body, Body::Text(text) if text.starts_with("secret"))));
    assert!(core.room(stream.room).unwrap().ended().is_some());
}

/// Every text of the stream that opens with whatever can be had from a device's keys and records: envelopes, whoever they are for,
/// and keys under keys.
fn all_that_opens(identity: &Identity, records: &Records, stream: &Page, sealed: &SealedKeys) -> Vec<String> {
    let (mut log, mut messages) = (None::<RoomState>, Vec::<SealedMessage>::new());
    for item in &stream.items {
        match (&item.content, &mut log) {
            (StreamContent::Log(entry), None) => log = Some(RoomState::start(entry).unwrap().0),
            (StreamContent::Log(entry), Some(log)) => drop(log.apply(entry).unwrap()),
            (StreamContent::Message(message), _) => messages.push(message.clone()),
        }
    }
    let log = log.unwrap();
    let pinned = |epoch: Epoch| log.epoch(epoch).unwrap().key_id;
    let mut keys = BTreeMap::<Vec<u8>, EpochKey>::new();
    for (_, key) in records.iter().filter(|(name, _)| name.contains("/key/")) {
        keys.insert(key.clone(), EpochKey::from_slice(key).unwrap());
    }
    for envelope in &sealed.envelopes {
        let context = envelope.context().unwrap();
        if let Ok(key) = envelope.open(identity.keys(), context.key_id, &mut system_rng()) {
            assert_eq!(context.recipient, identity.device(), "an envelope opens for one device alone");
            keys.insert(key.expose().to_vec(), key);
        }
    }
    let under_keys = sealed.links.iter().map(|link| (link.epoch, &link.sealed));
    let under_keys: Vec<_> =
        under_keys.chain(sealed.beside_invites.iter().map(|key| (key.epoch, &key.sealed))).collect();
    let mut news = true;
    while std::mem::take(&mut news) {
        let known: Vec<EpochKey> = keys.values().cloned().collect();
        for (epoch, sealed) in &under_keys {
            for key in &known {
                let opened = sealed.open(SealingSecret::NextEpoch(key), stream.room, *epoch, pinned(*epoch));
                news |= opened.is_ok_and(|key| keys.insert(key.expose().to_vec(), key).is_none());
            }
        }
    }
    let texts = messages.iter().filter_map(|message| {
        let header = message.header().unwrap();
        let plaintext = keys.values().find_map(|key| message.open(key, &header).ok())?;
        Some(codec::decode::<TextBody>(&plaintext).unwrap().text)
    });
    texts.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_away_reads_everything_on_sqlite() {
    away_through_it_all(Kind::Sqlite, HistoryRule::AllRetained).await;
    away_through_it_all(Kind::Sqlite, HistoryRule::FromJoining).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_away_reads_everything_on_postgres() {
    away_through_it_all(Kind::Postgres, HistoryRule::AllRetained).await;
    away_through_it_all(Kind::Postgres, HistoryRule::FromJoining).await;
}
