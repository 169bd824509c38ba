//! Appends that race, and epoch starts that are interrupted: exactly one wins, and what was begun is repeated byte for byte.

use igoon_e2e::{
    account::{Refused, Session},
    database::Kind,
    native::{NativeClient, now},
    server::TestServer,
};
use igoon_shared::{
    client::{Answer, Client, Effect, Identity, Input},
    crypto::{
        envelope::{Envelope, EnvelopeReason},
        epoch::EpochKey,
        invite::InviteSecret,
        system_rng,
    },
    ids::RoomId,
    log::{
        Action, EntryBody, EpochReason, Role, RoomState,
        action::{EpochStarted, Invited},
    },
    protocol::{
        error::ErrorCode,
        http::{Append, Appended},
    },
};
use reqwest::Method;

struct Scene {
    server: TestServer,
    owner: NativeClient,
    member: NativeClient,
    room: RoomId,
    log: RoomState,
}

async fn scene(kind: Kind) -> Scene {
    let server = TestServer::start(kind).await;
    let owner = Session::set_up(&server, "ada").await.unwrap();
    let owner = NativeClient::start(owner).await;
    let room = owner.create_room("Races").await;
    let secret = owner.invite(room, 1).await;
    let member = Session::sign_up(&server, room, &secret, "grace").await.unwrap();
    let member = NativeClient::start(member).await;
    member.join(room, &secret).await;
    let log = log_of(&member, room).await;
    Scene { server, owner, member, room, log }
}

/// The log as a client has saved it.
async fn log_of(client: &NativeClient, room: RoomId) -> RoomState {
    let (core, _) = Client::open(client.identity(), client.records(), now()).unwrap();
    core.room(room).and_then(|room| room.log()).expect("the client has the log").clone()
}

fn invite(scene: &Scene, by: &Identity) -> Append {
    let secret = InviteSecret::random(&mut system_rng());
    let action = Action::Invited(Invited {
        invite: secret.key(scene.room),
        role: Role::Member,
        uses: 1,
        expires_at: now().plus_millis(60_000),
    });
    let entry = EntryBody::after(scene.room, scene.log.head(), now(), by.device(), action).sign(by.keys());
    Append { entries: vec![entry], envelopes: vec![], link: None, names: vec![], invite_key: None }
}

fn epoch_start(scene: &Scene, by: &Identity) -> Append {
    let key = EpochKey::random(&mut system_rng());
    let epoch = scene.log.current_epoch().next();
    let action = Action::EpochStarted(EpochStarted { epoch, key_id: key.key_id(), reason: EpochReason::Age });
    let entry = EntryBody::after(scene.room, scene.log.head(), now(), by.device(), action).sign(by.keys());
    let envelopes = scene.log.entitled_devices().map(|(_, device)| {
        let reason = EnvelopeReason::EpochStart;
        Envelope::wrap(by.keys(), by.device(), scene.room, epoch, &key, &device.bundle, reason, &mut system_rng())
            .unwrap()
    });
    Append { entries: vec![entry], envelopes: envelopes.collect(), link: None, names: vec![], invite_key: None }
}

async fn post(session: &Session, room: RoomId, append: &Append) -> Result<Appended, Refused> {
    session.call(Method::POST, &format!("/rooms/{room}/log"), Some(append)).await
}

async fn exactly_one(kind: Kind, make: impl Fn(&Scene, &Identity) -> Append, by_owner_twice: bool) {
    let scene = scene(kind).await;
    let (first, second) = (scene.owner.identity(), scene.member.identity());
    let second_session = if by_owner_twice { scene.owner.session() } else { scene.member.session() };
    let second = if by_owner_twice { &first } else { &second };
    let (a, b) = (make(&scene, &first), make(&scene, second));
    let (left, right) = tokio::join!(post(scene.owner.session(), scene.room, &a), post(second_session, scene.room, &b));
    let (winner, session, append, loser) = match (left, right) {
        (Ok(won), Err(lost)) => (won, scene.owner.session(), &a, lost),
        (Err(lost), Ok(won)) => (won, second_session, &b, lost),
        other => panic!("exactly one must win: {other:?}"),
    };
    assert_eq!(loser, (409, ErrorCode::LogConflict));
    // The winner's repetition is answered as the first time.
    assert_eq!(post(session, scene.room, append).await.unwrap(), winner);
    // Both clients see exactly the winner's entries.
    for client in [&scene.owner, &scene.member] {
        let expected = winner.entries.last().unwrap();
        igoon_e2e::wait::until("the winner's entry", async || {
            let log = log_of(client, scene.room).await;
            (log.head().index >= expected.index).then_some(log)
        })
        .await;
        let log = log_of(client, scene.room).await;
        assert_eq!(log.head().index, expected.index);
        assert_eq!(log.head().hash, append.entries.last().unwrap().hash());
    }
    drop(scene.server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_appends_leave_one_on_sqlite() {
    exactly_one(Kind::Sqlite, invite, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_appends_leave_one_on_postgres() {
    exactly_one(Kind::Postgres, invite, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_epoch_starts_leave_one_on_sqlite() {
    exactly_one(Kind::Sqlite, epoch_start, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_epoch_starts_leave_one_on_postgres() {
    exactly_one(Kind::Postgres, epoch_start, false).await;
}

/// A room is made by a client that dies after each effect in turn: whatever was saved, the request that it makes when it
/// starts again is the same, key, envelopes and all; and the server answers the repetition as the first time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_epoch_start_repeats_key_and_envelopes() {
    let server = TestServer::start(Kind::Sqlite).await;
    let session = Session::set_up(&server, "ada").await.unwrap();
    let identity = session.register().await.to_record().unwrap();
    let open = |records: &igoon_e2e::native::Records| {
        Client::open(Identity::from_record(&identity).unwrap(), records.clone(), now()).unwrap().0
    };
    let mut records = igoon_e2e::native::Records::new();
    let mut client = open(&records);
    client.handle(now(), Input::Connected);
    let create = igoon_shared::client::Command::CreateRoom {
        name: "Interrupted".into(),
        history: igoon_shared::log::HistoryRule::AllRetained,
        recovery: igoon_shared::client::io::RecoveryChoice::default(),
    };
    let (mut saved_first, mut first) = (false, None);
    for effect in client.handle(now(), Input::Command(create)) {
        match effect {
            Effect::Save(changes) => {
                assert!(first.is_none(), "saved before it is sent");
                saved_first = true;
                save(&mut records, changes);
            }
            Effect::Request(request) => first = Some(request),
            _ => {}
        }
    }
    assert!(saved_first);
    let first = first.expect("a request to make the room");
    // Dies before the request leaves; then after it was committed, before the answer came.
    let mut answers = Vec::new();
    for _ in 0..2 {
        let mut client = open(&records);
        let effects = client.handle(now(), Input::Connected);
        let again = effects.into_iter().find_map(|effect| match effect {
            Effect::Request(request) => Some(request),
            _ => None,
        });
        let again = again.expect("the request again");
        assert_eq!(again.body, first.body, "the same key, entry and envelopes");
        assert_eq!(again.path, first.path);
        let body: serde_json::Value = serde_json::from_slice(&again.body.unwrap()).unwrap();
        let path = again.path.strip_prefix("/api/v1").unwrap();
        answers.push(session.call::<Appended>(Method::POST, path, Some(&body)).await.unwrap());
    }
    assert_eq!(answers[0], answers[1], "answered as the first time");
    // The third life hears the answer and goes on.
    let mut client = open(&records);
    let request = client.handle(now(), Input::Connected).into_iter().find_map(|effect| match effect {
        Effect::Request(request) => Some(request.id),
        _ => None,
    });
    let body = serde_json::to_vec(&answers[1]).unwrap();
    let answer = Input::Answer { request: request.unwrap(), answer: Answer::Response { status: 200, body } };
    let effects = client.handle(now(), answer);
    for effect in effects {
        if let Effect::Save(changes) = effect {
            save(&mut records, changes);
        }
    }
    assert!(records.keys().any(|key| key.contains("/key/")), "its key is kept");
    assert!(!records.keys().any(|key| key.starts_with("append/")), "and nothing is pending");
}

fn save(records: &mut igoon_e2e::native::Records, changes: Vec<igoon_shared::client::Change>) {
    for change in changes {
        match change {
            igoon_shared::client::Change::Put { key, value } => drop(records.insert(key, value)),
            igoon_shared::client::Change::Delete { key } => drop(records.remove(&key)),
        }
    }
}
