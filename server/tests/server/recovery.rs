//! Recovery with the service's help: what is asked, approved and released, and what nobody can do without that.

use std::{collections::BTreeSet, fs, path::Path, sync::Mutex};

use igoon_server::{
    clock::Clock,
    config::Rates,
    master_key::MasterKey,
    recovery::custody::Custody,
    store::db::models::{
        keys, recovery_keys,
        recovery_requests::{self, NewRequest},
    },
};
use igoon_shared::{
    client::keyring::Keyring,
    crypto::{SUITE, epoch::EpochKey, system_rng},
    ids::{EntryHash, Epoch, RoomId},
    log::{
        Action, EntryBody, EpochReason, HistoryRule, RoomState, SignedEntry,
        action::{RecoveryApproved, RecoveryMode, RecoveryPolicySet, RecoveryVetoed},
        recovery::Stage,
        request::RecoveryRequest,
    },
    protocol::{
        bytes::Blob,
        error::{ErrorCode, SessionEnd},
        frames::{OpenName, ServerFrame},
        http::{
            Append, Appended, ApproveRecovery, AskRecovery, LogPage, Me, RecoveryAsked, RecoveryKey, RecoveryKit,
            RecoveryKits, RecoveryProgress, RecoveryRequestInfo, RecoveryRequests, RoomKeys,
        },
        limits,
    },
};
use reqwest::Method;
use tempfile::TempDir;

use crate::support::{PASSWORD, Person, Server, Socket, fresh_keys, now, only, secret, settled};

impl Person {
    /// What this computer asks of a room.
    pub(crate) fn asks(&self, state: &RoomState) -> AskRecovery {
        let name = OpenName { random: Blob(vec![4; 32]), name: "another laptop".to_owned() };
        let request = RecoveryRequest {
            suite: SUITE,
            room: state.room(),
            account: self.account,
            device: self.device(),
            device_name: name.hash().unwrap(),
            at: now(),
        };
        AskRecovery { request: request.sign(&self.keys), name, announce: false }
    }

    async fn ask(&self, ask: &AskRecovery, room: RoomId) -> Result<RecoveryAsked, ErrorCode> {
        self.post(&format!("/rooms/{room}/recovery-requests"), ask).await.map_err(|(_, error)| error.code)
    }

    async fn requests(&self, room: RoomId) -> Vec<RecoveryRequestInfo> {
        self.get::<RecoveryRequests>(&format!("/rooms/{room}/recovery-requests")).await.unwrap().requests
    }

    async fn progress(&self, room: RoomId) -> RecoveryProgress {
        let requests = self.requests(room).await;
        requests.iter().find(|asked| asked.bundle == *self.bundle.as_ref().unwrap().signed()).unwrap().progress
    }

    /// A policy that counts on the service.
    async fn server_assisted(&self, veto_delay_ms: u64) -> RecoveryPolicySet {
        let RecoveryKey { recovery_key, signing_key } = self.get("/recovery-key").await.unwrap();
        RecoveryPolicySet {
            mode: RecoveryMode::ServerAssisted,
            recovery_key: Some(recovery_key),
            signing_key: Some(signing_key),
            admins_approve: false,
            veto_delay_ms,
            owner_by_announcement: false,
        }
    }

    fn approves(&self, state: &RoomState, asked: &RecoveryRequestInfo, lost: Option<&Self>) -> Append {
        let approved = RecoveryApproved {
            request: asked.request.clone(),
            bundle: asked.bundle.clone(),
            replaces: lost.map(Self::device),
            up_to_epoch: state.current_epoch(),
            expires_at: now().plus_millis(3_600_000),
        };
        let entry = self.entry(state, Action::RecoveryApproved(approved));
        Append { names: vec![asked.name.clone()], ..only(entry) }
    }

    async fn approve(&self, room: RoomId, append: Append, password: &str) -> Result<Appended, ErrorCode> {
        let body = ApproveRecovery { current: secret(password), append };
        self.post(&format!("/rooms/{room}/recovery-approvals"), &body).await.map_err(|(_, error)| error.code)
    }

    async fn start_epoch(&self, state: &mut RoomState, reason: EpochReason) -> EpochKey {
        let (entry, envelopes, key) = self.epoch_with_key(state, reason);
        self.append(state.room(), &Append { envelopes, ..only(entry) }).await.unwrap();
        key
    }

    /// The log as this computer is shown it, folded.
    async fn folded(&self, room: RoomId) -> RoomState {
        let page: LogPage = self.get(&format!("/rooms/{room}/log")).await.unwrap();
        let (first, rest) = page.entries.split_first().unwrap();
        let (mut state, _) = RoomState::start(first).unwrap();
        for entry in rest {
            state.apply(entry).unwrap();
        }
        state
    }

    /// The keys once there are any.
    async fn released(&self, room: RoomId) -> RoomKeys {
        settled("keys", async || {
            let keys: RoomKeys = self.get(&format!("/rooms/{room}/keys")).await.ok()?;
            (!keys.envelopes.is_empty()).then_some(keys)
        })
        .await
    }
}

/// One that takes as many requests as a test asks again and again.
async fn patient(dir: TempDir) -> Server {
    let often = 1_000_000;
    Server::start_in(dir, Rates { requests_per_minute: often, requests_burst: often, ..Rates::default() }).await
}

async fn hears_of_recovery(socket: &mut Socket, room: RoomId) {
    loop {
        if let ServerFrame::RecoveryNews(news) = socket.next().await {
            return assert_eq!(news.room, room);
        }
    }
}

fn hash(append: &Append) -> EntryHash {
    append.entries.first().map(SignedEntry::hash).unwrap()
}

/// An owner and a friend in a room that counts on the service from epoch 2 on; its keys of epochs 2 and 3.
async fn assisted(server: &Server, veto_delay_ms: u64) -> (Person, Person, RoomState, [EpochKey; 2]) {
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    owner.act(&mut state, Action::RecoveryPolicySet(owner.server_assisted(veto_delay_ms).await)).await;
    let second = owner.start_epoch(&mut state, EpochReason::RecoveryPolicyChanged).await;
    let link = owner.invite(&mut state, 1).await;
    let friend = server.newcomer("friend", state.room(), &link).await;
    friend.join(&mut state, &link).await;
    let third = owner.start_epoch(&mut state, EpochReason::Age).await;
    (owner, friend, state, [second, third])
}

#[actix_web::test]
async fn who_lost_the_only_computer_is_given_what_the_approval_names() {
    let logged = tempfile::NamedTempFile::new().unwrap();
    let logging = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG);
    logging.with_writer(Mutex::new(logged.reopen().unwrap())).init();
    let server = patient(tempfile::tempdir().unwrap()).await;
    let (owner, friend, mut state, epoch_keys) = assisted(&server, 0).await;
    let room = state.room();
    // Another key for new policies changes nothing for this room.
    let store = server.store_beside();
    let master_key = MasterKey::open(None, &server.dir.path().join("data"), None).unwrap();
    Custody::new(store.clone(), master_key, Clock::system()).rotate().await.unwrap();
    let other: RecoveryKey = owner.get("/recovery-key").await.unwrap();
    assert_ne!(other.signing_key.0, state.pinned_key().unwrap());

    let anew = friend.another_computer(&server).await;
    let (mut owners, mut anews) = (owner.connect_to(room).await, anew.connect().await.0);
    assert!(anew.get::<RoomKeys>(&format!("/rooms/{room}/keys")).await.is_err());
    anew.ask(&anew.asks(&state), room).await.unwrap();
    hears_of_recovery(&mut owners, room).await;
    hears_of_recovery(&mut anews, room).await;
    assert_eq!(anew.progress(room).await, RecoveryProgress::Asked);
    let asked = owner.requests(room).await.pop().unwrap();
    assert_eq!(asked.bundle, *anew.bundle.as_ref().unwrap().signed());

    let approval = owner.approves(&state, &asked, Some(&friend));
    assert_eq!(owner.append(room, &approval).await.err(), Some(ErrorCode::Forbidden), "without the password");
    assert_eq!(owner.approve(room, approval.clone(), "incorrect horse").await.err(), Some(ErrorCode::BadCredentials));
    assert_eq!(state.head(), owner.folded(room).await.head());
    owner.approve(room, approval.clone(), PASSWORD).await.unwrap();
    hears_of_recovery(&mut anews, room).await;

    let keys = anew.released(room).await;
    let log = anew.folded(room).await;
    assert_eq!(log.recovery(hash(&approval)).unwrap().stage, Stage::Released);
    assert!(!log.is_entitled(friend.device()), "the lost one is revoked");
    let refused = friend.get::<Me>("/me").await.unwrap_err().1;
    assert_eq!((refused.code, refused.session_end), (ErrorCode::NotSignedIn, Some(SessionEnd::Replaced)));
    let mut keyring = Keyring::default();
    let learnt: BTreeSet<Epoch> = keyring.take_in(&keys, &log, anew.device(), &anew.keys).learnt.into_iter().collect();
    assert_eq!(learnt, BTreeSet::from([Epoch(2), Epoch(3)]), "what the service holds of it, and nothing before");
    for (epoch, key) in (2..).map(Epoch).zip(&epoch_keys) {
        assert_eq!(keyring.get(epoch, &log).unwrap().expose(), key.expose());
    }
    assert_eq!(anew.progress(room).await, RecoveryProgress::Released);
    // The room goes on, with a key that the lost one is not given.
    state.apply(&approval.entries[0]).unwrap();
    assert_eq!(log.head().index, state.head().index.next(), "the release is the service's one entry");
    let mut log = log;
    anew.start_epoch(&mut log, EpochReason::DeviceRecovered).await;

    // Nobody is given it twice, and what was asked of another device, not at all.
    let again = owner.approves(&log, &asked, None);
    assert_eq!(owner.approve(room, again, PASSWORD).await.err(), Some(ErrorCode::BadEntry));
    store.shutdown().await;
    let dir = server.stop().await;
    let raw = |file: &Path, key: &EpochKey| {
        let (bytes, written) = (fs::read(file).unwrap(), base64(key.expose()));
        let holds = |what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
        holds(key.expose()) || holds(written.as_bytes()) || holds(hex(key.expose()).as_bytes())
    };
    assert!(fs::metadata(logged.path()).unwrap().len() > 0);
    assert!(!epoch_keys.iter().any(|key| raw(logged.path(), key)), "the log holds a room key");
    for file in fs::read_dir(dir.path().join("data")).unwrap().flatten().filter(|file| file.path().is_file()) {
        assert!(!epoch_keys.iter().any(|key| raw(&file.path(), key)), "{:?} holds a room key", file.path());
    }
}

/// Somebody has the whole database and not the master key.
#[actix_web::test]
async fn the_database_alone_opens_no_envelope() {
    let server = Server::start().await;
    let (owner, _, state, _) = assisted(&server, 0).await;
    let room = state.room();
    let store = server.store_beside();
    let (held, key, known) = store
        .read(move |db| {
            let known = igoon_server::store::db::models::setup::master_key(db)?;
            Ok((keys::escrowed(db, room)?, recovery_keys::current(db)?.unwrap(), known.unwrap()))
        })
        .await
        .unwrap();
    assert_eq!(held.len(), 2);
    let holder = state.holder().unwrap().id();
    let tries = [known.as_slice(), &[0; 32], &key.sealed[..32], key.signing_key.as_slice()];
    for guess in tries {
        let guess = base64(guess);
        let opened = MasterKey::parse(&guess).unwrap().open_recovery_key(holder, &key.sealed);
        assert!(opened.is_err());
    }
    for envelope in &held {
        let key_id = envelope.context().unwrap().key_id;
        assert!(envelope.open(&owner.keys, key_id, &mut system_rng()).is_err(), "with a device's key");
    }
    // The right one does, so the tries were at the right thing.
    let master_key = MasterKey::open(None, &server.dir.path().join("data"), None).unwrap();
    let keys = master_key.open_recovery_key(holder, &key.sealed).unwrap();
    for envelope in &held {
        envelope.open(&keys, envelope.context().unwrap().key_id, &mut system_rng()).unwrap();
    }
    store.shutdown().await;
    server.stop().await;
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn base64(bytes: &[u8]) -> String {
    serde_json::to_value(Blob(bytes.to_vec())).unwrap().as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn what_somebody_objected_to_is_never_released() {
    let server = patient(tempfile::tempdir().unwrap()).await;
    let (owner, friend, mut state, _) = assisted(&server, 3_000).await;
    let room = state.room();
    let (one, other) = (friend.another_computer(&server).await, friend.another_computer(&server).await);
    let mut approvals = Vec::new();
    for asks in [&one, &other] {
        asks.ask(&asks.asks(&state), room).await.unwrap();
        let asked = asks.requests(room).await;
        let asked = asked.iter().find(|asked| asked.bundle == *asks.bundle.as_ref().unwrap().signed()).unwrap();
        let approval = owner.approves(&state, asked, None);
        owner.approve(room, approval.clone(), PASSWORD).await.unwrap();
        state.apply(&approval.entries[0]).unwrap();
        approvals.push(hash(&approval));
    }
    assert!(matches!(one.progress(room).await, RecoveryProgress::Waiting { entry, .. } if entry == approvals[0]));
    assert!(one.get::<RoomKeys>(&format!("/rooms/{room}/keys")).await.is_err());
    // The old computer still counts, and says no to the first.
    friend.act(&mut state, Action::RecoveryVetoed(RecoveryVetoed { entry: approvals[0] })).await;
    assert_eq!(one.progress(room).await, RecoveryProgress::Over);
    // The second is due while the server is down.
    let dir = server.stop().await;
    let server = patient(dir).await;
    let (one, other) = (one.at(&server), other.at(&server));
    assert_eq!(other.released(room).await.envelopes.len(), 2);
    let log = other.folded(room).await;
    assert_eq!(log.recovery(approvals[1]).unwrap().stage, Stage::Released);
    assert_eq!(log.recovery(approvals[0]).unwrap().stage, Stage::Over);
    assert!(!log.is_entitled(one.device()));
    server.stop().await;
}

#[actix_web::test]
async fn a_policy_that_counts_on_the_service_pins_its_keys_and_its_epochs_bring_them_their_envelope() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let good = owner.server_assisted(0).await;
    let mut anothers = good.clone();
    anothers.signing_key = Some(Blob(owner.bundle.as_ref().unwrap().signing_key().to_vec()));
    let entry = owner.entry(&state, Action::RecoveryPolicySet(anothers));
    assert_eq!(owner.append(room, &only(entry)).await.err(), Some(ErrorCode::Invalid));
    owner.act(&mut state, Action::RecoveryPolicySet(good)).await;
    let (entry, mut envelopes, _) = owner.epoch_with_key(&mut state, EpochReason::RecoveryPolicyChanged);
    let escrow = envelopes.pop().unwrap();
    let without = Append { envelopes: envelopes.clone(), ..only(entry.clone()) };
    assert_eq!(owner.append(room, &without).await.err(), Some(ErrorCode::BadEnvelopes));
    let mut damaged = escrow.clone();
    damaged.ciphertext.0[9] ^= 1;
    let with = |last| Append { envelopes: [envelopes.clone(), vec![last]].concat(), ..only(entry.clone()) };
    assert_eq!(owner.append(room, &with(damaged)).await.err(), Some(ErrorCode::BadEnvelopes));
    owner.append(room, &with(escrow)).await.unwrap();
    server.stop().await;
}

#[actix_web::test]
async fn a_request_is_checked_limited_replaced_and_withdrawn() {
    let server = Server::start().await;
    let (owner, friend, state, _) = assisted(&server, 0).await;
    let room = state.room();
    assert_eq!(friend.ask(&friend.asks(&state), room).await.err(), Some(ErrorCode::Invalid), "it is in the room");
    let anew = friend.another_computer(&server).await;
    let mut other_name = anew.asks(&state);
    other_name.name.name = "x".to_owned();
    let forged = AskRecovery { request: friend.asks(&state).request, ..anew.asks(&state) };
    let announced = AskRecovery { announce: true, ..anew.asks(&state) };
    for (what, ask) in [("another name", other_name), ("another's", forged), ("not the policy's", announced)] {
        assert_eq!(anew.ask(&ask, room).await.err(), Some(ErrorCode::Invalid), "{what}");
    }
    assert!(owner.requests(room).await.is_empty());
    let mut answers = Vec::new();
    for _ in 0..6 {
        answers.push(anew.ask(&anew.asks(&state), room).await.err());
    }
    assert_eq!(answers, [None, None, None, None, None, Some(ErrorCode::RateLimited)]);
    assert_eq!(owner.requests(room).await.len(), 1, "the last takes the place of those before");
    let path = format!("/rooms/{room}/recovery-requests/{}", anew.device());
    anew.call::<()>(Method::DELETE, &path, None::<&()>).await.unwrap();
    assert!(owner.requests(room).await.is_empty() && anew.requests(room).await.is_empty());
    server.stop().await;
}

/// The service ends when it has kept what an owner asks, before it has said so in the log.
#[actix_web::test]
async fn what_was_to_be_announced_when_the_service_ended_is_announced_once_when_it_is_there_again() {
    let server = patient(tempfile::tempdir().unwrap()).await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let policy = RecoveryPolicySet { owner_by_announcement: true, ..owner.server_assisted(0).await };
    owner.act(&mut state, Action::RecoveryPolicySet(policy)).await;
    owner.start_epoch(&mut state, EpochReason::RecoveryPolicyChanged).await;
    let mut anew = owner.another_computer(&server).await;
    let (room, account, device) = (state.room(), owner.account, anew.device());
    let AskRecovery { request, name, .. } = anew.asks(&state);
    let store = server.store_beside();
    let mut dir = server.stop().await;
    let kept = store.write(move |db| {
        let (asked_at, expires_at) = (now(), now().plus_millis(limits::RECOVERY_REQUEST_MS));
        let (request, name) = (&request, &name);
        let new = NewRequest { device, account, request, name, asked_at, expires_at, announce: true };
        recovery_requests::ask(db, room, &new)
    });
    kept.await.unwrap();
    let due = || store.read(|db| recovery_requests::due(db, now()));
    assert_eq!(due().await.unwrap(), [room]);
    for _ in 0..2 {
        let server = patient(dir).await;
        anew = anew.at(&server);
        let waits = async || matches!(anew.progress(room).await, RecoveryProgress::Waiting { .. }).then_some(());
        settled("the announcement", waits).await;
        assert_eq!(due().await.unwrap(), []);
        assert_eq!(anew.folded(room).await.recoveries().count(), 1);
        dir = server.stop().await;
    }
    store.shutdown().await;
}

#[actix_web::test]
async fn a_kit_is_kept_for_owners() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let state = owner.make_room(HistoryRule::AllRetained).await;
    let path = format!("/rooms/{}/recovery-kit", state.room());
    let kit = RecoveryKit { signing_key: Blob(vec![1; 32]), sealed: Blob(vec![2; 8 * 1_024]) };
    owner.call::<()>(Method::PUT, &path, Some(&kit)).await.unwrap();
    let too_large = RecoveryKit { sealed: Blob(vec![2; 8 * 1_024 + 1]), ..kit.clone() };
    let no_key = RecoveryKit { signing_key: Blob(vec![1; 31]), ..kit.clone() };
    for bad in [too_large, no_key] {
        let refused = owner.call::<()>(Method::PUT, &path, Some(&bad)).await.unwrap_err();
        assert_eq!(refused.1.code, ErrorCode::Invalid);
    }
    // Also at a computer that is not in the room: it is what lets it in.
    let anew = owner.another_computer(&server).await;
    assert_eq!(anew.get::<RecoveryKits>(&path).await.unwrap(), RecoveryKits { kits: vec![kit], envelopes: vec![] });
    server.stop().await;
}

/// The kit's key lets a new computer of an owner in, and what was wrapped for it is handed out then; to nobody before.
#[actix_web::test]
async fn a_kit_lets_an_owner_in_and_gets_its_envelopes() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let path = format!("/rooms/{room}/recovery-kit");
    let kit = fresh_keys();
    let holder = kit.holder().unwrap();
    let policy = RecoveryPolicySet {
        mode: RecoveryMode::Kit,
        recovery_key: Some(Blob(holder.recovery_key().to_vec())),
        signing_key: Some(Blob(holder.signing_key().to_vec())),
        admins_approve: false,
        veto_delay_ms: 0,
        owner_by_announcement: false,
    };
    owner.act(&mut state, Action::RecoveryPolicySet(policy)).await;
    let key = owner.start_epoch(&mut state, EpochReason::RecoveryPolicyChanged).await;
    let anew = owner.another_computer(&server).await;
    assert_eq!(anew.get::<RecoveryKits>(&path).await.unwrap().envelopes, []);
    let ask = anew.asks(&state);
    let approved = RecoveryApproved {
        request: ask.request,
        bundle: anew.bundle.as_ref().unwrap().signed().clone(),
        replaces: Some(owner.device()),
        up_to_epoch: state.current_epoch(),
        expires_at: now().plus_millis(60_000),
    };
    let entry = EntryBody::by_pinned_key(room, state.head(), now(), Action::RecoveryApproved(approved)).sign(&kit);
    anew.append(room, &Append { names: vec![ask.name], ..only(entry) }).await.unwrap();
    let envelopes = anew.get::<RecoveryKits>(&path).await.unwrap().envelopes;
    let [envelope] = envelopes.as_slice() else { panic!("{} envelopes", envelopes.len()) };
    let key_id = envelope.context().unwrap().key_id;
    assert_eq!(envelope.open(&kit, key_id, &mut system_rng()).unwrap().expose(), key.expose());
    // The service says and releases nothing there.
    assert_eq!(anew.folded(room).await.head().index, state.head().index.next());
    server.stop().await;
}
