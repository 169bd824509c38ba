//! A server of one's own, people with devices, and rooms.

use std::{collections::VecDeque, net::TcpListener, process::Child, sync::LazyLock, time::Duration};

use actix_web::rt;
use futures_util::{SinkExt as _, StreamExt as _};
use igoon_server::{
    RunError,
    accounts::secrets,
    config::{Config, LogFormat, Rates},
    run,
    store::{
        Store,
        db::models::{
            accounts::{self, NewAccount},
            devices::{self, NewDevice},
            sessions::{self, NewSession},
        },
    },
};
use igoon_shared::{
    crypto::{
        SUITE,
        bundle::Bundle,
        device::DeviceKeys,
        envelope::{Envelope, EnvelopeReason},
        epoch::EpochKey,
        invite::InviteSecret,
        message::{Cursor, LogHead, MessageHeader, MessageKind, SealedMessage},
        system_rng,
    },
    ids::{AccountId, DeviceId, InstallationId, MessageId, NameHash, RoomId, Seq, SessionId, SessionTag},
    log::{
        Action, EpochReason, HistoryRule, Role, RoomState, SignedEntry,
        action::{
            Created, DeviceRevoked, DeviceStatement, DeviceVouched, EpochStarted, Invited, Joined, Left, MemberRemoved,
            SignedStatement, Standing,
        },
        entry::EntryBody,
    },
    presence::Availability,
    protocol::{
        SUBPROTOCOL, TICKET_PREFIX,
        bytes::Blob,
        codec,
        error::{ErrorBody, ErrorCode},
        frames::{ClientFrame, KeysWanted, OpenName, Page, Send, ServerFrame, Sync, Welcome},
        http::{
            API, Append, Appended, ChooseAvailability, CodeSent, ConfirmSignIn, ConfirmSignUp, DeviceRegistered,
            InviteProof, MailedCode, RegisterDevice, SecretText, SessionTransport, SetUp, SignIn, SignInAnswer, SignUp,
            SignedIn, SocketTicket,
        },
    },
    time::Timestamp,
};
use rand_core::Rng as _;
use reqwest::{Method, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _, protocol::frame::coding::CloseCode},
};

use crate::document::expect_documented;

/// How long a test waits for something that must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const PASSWORD: &str = "correct horse";

pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp(i64::try_from(since.as_millis()).unwrap())
}

pub(crate) fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

/// The program itself, ended when dropped.
pub(crate) struct Program(pub(crate) Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks again and again until there is an answer.
pub(crate) async fn settled<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(found) = probe().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// A running server. Stop it with [`Server::stop`], which asserts that it ends well.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) code: Option<SecretText>,
    pub(crate) dir: TempDir,
    stop: oneshot::Sender<()>,
    ended: rt::task::JoinHandle<Result<(), RunError>>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), Rates::default()).await
    }

    pub(crate) async fn start_in(dir: TempDir, rates: Rates) -> Self {
        Self::start_with(dir, |config| config.rates = rates).await
    }

    pub(crate) async fn start_with(dir: TempDir, adjust: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config {
            listen: "127.0.0.1:0".parse().unwrap(),
            data_dir: dir.path().join("data"),
            database_url: format!("sqlite:{}", dir.path().join("data/igoon.db").display()).parse().unwrap(),
            origins: Vec::new(),
            tls: None,
            trusted_proxies: Vec::new(),
            log_format: LogFormat::Text,
            log: "info".to_owned(),
            workers: 2,
            session_days: 90,
            mail: None,
            master_key: None,
            contact: None,
            admin_token: None,
            anyone_may_create_rooms: false,
            rates: Rates::default(),
        };
        adjust(&mut config);
        let listener = TcpListener::bind(config.listen).unwrap();
        listener.set_nonblocking(true).unwrap();
        let (announced, announcement) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let ended = rt::spawn(async move {
            let announce = |said: &igoon_server::Announcement| {
                announced.send((said.scheme, said.address, said.setup_code.clone())).unwrap();
            };
            let shutdown = async {
                let _ = stopped.await;
            };
            run(config, listener, announce, shutdown).await
        });
        let (scheme, address, code) = announcement.await.unwrap();
        Self { url: format!("{scheme}://{address}"), code, dir, stop, ended }
    }

    pub(crate) async fn stop(self) -> TempDir {
        self.stop.send(()).unwrap();
        tokio::time::timeout(PATIENCE, self.ended).await.expect("it does not end").unwrap().unwrap();
        self.dir
    }

    pub(crate) fn origin(&self) -> &str {
        &self.url
    }

    pub(crate) async fn connected_devices(&self) -> u64 {
        let ready = reqwest::get(format!("{}/health/ready", self.url)).await.unwrap();
        ready.json::<serde_json::Value>().await.unwrap()["actors"]["devices"].as_u64().unwrap()
    }

    /// The account that owns the server.
    pub(crate) async fn owner(&self) -> Person {
        let code = self.code.clone().expect("there is an account already");
        let person = Person::new(self, "owner");
        let body = SetUp { code, email: email("owner"), installation: person.installation };
        let sent = person.post("/setup", &body).await.unwrap();
        let mut person = person.confirm(self, &sent).await;
        person.bundle = Some(person.register().await);
        person
    }

    /// A newcomer with the link of a room's invite.
    pub(crate) async fn newcomer(&self, handle: &str, room: RoomId, link: &InviteSecret) -> Person {
        let mut person = self.account(handle, room, link).await;
        person.bundle = Some(person.register().await);
        person
    }

    /// The same, before its device is registered.
    pub(crate) async fn account(&self, handle: &str, room: RoomId, link: &InviteSecret) -> Person {
        let person = Person::new(self, handle);
        let body = SignUp { invite: proof(room, link, person.installation), email: email(handle) };
        let sent = person.post("/sign-up", &body).await.unwrap();
        person.confirm(self, &sent).await
    }

    /// A store of its own on the server's database, as another node has it.
    pub(crate) fn store_beside(&self) -> Store {
        let url = format!("sqlite:{}", self.dir.path().join("data/igoon.db").display());
        Store::open(&url.parse().unwrap()).unwrap()
    }

    /// Many people who are signed in with a registered device, put into the database: signing up takes each of them a
    /// mail and a password.
    pub(crate) async fn crowd(&self, count: usize) -> Vec<Person> {
        let mut people = Vec::new();
        let mut rows = Vec::new();
        for number in 0..count {
            let mut person = Person::new(self, &format!("somebody{number}"));
            person.account = AccountId::random(&mut system_rng());
            let (token, hash) = secrets::fresh();
            person.token = token.expose().to_owned();
            let bundle = person.keys.bundle(person.account, person.installation).unwrap();
            person.bundle = Some(Bundle::verify(&bundle).unwrap());
            rows.push((person.handle.clone(), person.account, person.installation, hash, person.device(), bundle));
            people.push(person);
        }
        let store = self.store_beside();
        let (now, id) = (now(), || SessionId::random(&mut system_rng()));
        let planted = store.write(move |db| {
            for (handle, account, installation, hash, device, bundle) in &rows {
                accounts::create(
                    db,
                    &NewAccount {
                        id: *account,
                        email: &email(handle),
                        email_key: &email(handle),
                        handle,
                        handle_key: handle,
                        password_hash: "",
                        server_owner: false,
                        created_at: now,
                    },
                )?;
                sessions::create(
                    db,
                    &NewSession {
                        token_hash: hash.0,
                        id: id(),
                        account: *account,
                        installation: *installation,
                        created_at: now,
                        expires_at: now.plus_millis(60 * 60 * 1_000),
                    },
                )?;
                let new = NewDevice {
                    id: *device,
                    account: *account,
                    installation: *installation,
                    bundle,
                    name: "laptop",
                    platform: "test",
                    address: None,
                    now,
                };
                devices::register(db, &new)?;
                sessions::bind_device(db, &hash.0, *device)?;
            }
            Ok(())
        });
        planted.await.unwrap();
        store.shutdown().await;
        people
    }

    /// Whether nothing was mailed to this address.
    pub(crate) fn no_mail_to(&self, email: &str) -> bool {
        let mails = std::fs::read_dir(self.dir.path().join("data/outbox")).unwrap().flatten();
        mails.into_iter().all(|mail| !std::fs::read_to_string(mail.path()).unwrap().contains(email))
    }

    /// The code in the newest mail to this address; the mail is taken out.
    pub(crate) async fn mailed_code(&self, email: &str) -> SecretText {
        let outbox = self.dir.path().join("data/outbox");
        let find = || {
            let mails = std::fs::read_dir(&outbox).into_iter().flatten().flatten();
            let mails = mails.filter_map(|file| Some((file.path(), std::fs::read_to_string(file.path()).ok()?)));
            let (path, text) = mails.into_iter().find(|(_, text)| text.contains(&format!("To: {email}\r\n")))?;
            let digits = text.lines().find_map(|line| {
                let digits: String = line.split_whitespace().collect();
                (digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
            })?;
            std::fs::remove_file(path).unwrap();
            Some(secret(&digits))
        };
        let waiting = async {
            loop {
                if let Some(code) = find() {
                    return code;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("no mail to {email}"))
    }
}

pub(crate) fn email(handle: &str) -> String {
    format!("{handle}@example.org")
}

pub(crate) fn proof(room: RoomId, link: &InviteSecret, installation: InstallationId) -> InviteProof {
    let signature = Blob(link.sign_use(room, installation).to_vec());
    InviteProof { room, invite: link.key(room), installation, signature }
}

/// Making an RSA pair takes a second; here all devices share one, and differ in their Ed25519 keys.
static RSA: LazyLock<Vec<u8>> =
    LazyLock::new(|| DeviceKeys::generate(&mut system_rng()).unwrap().to_parts().unwrap().0.to_vec());

pub(crate) fn fresh_keys() -> DeviceKeys {
    let mut seed = [0; 32];
    system_rng().fill_bytes(&mut seed);
    DeviceKeys::from_parts(&RSA, &seed).unwrap()
}

/// Somebody who is signed in by bearer token, with a registered device.
pub(crate) struct Person {
    url: String,
    http: reqwest::Client,
    pub(crate) handle: String,
    pub(crate) installation: InstallationId,
    pub(crate) keys: DeviceKeys,
    pub(crate) token: String,
    pub(crate) trust: Option<SecretText>,
    pub(crate) account: AccountId,
    pub(crate) bundle: Option<Bundle>,
}

/// A refusal as it came.
pub(crate) type Refused = (StatusCode, ErrorBody);

impl Person {
    fn new(server: &Server, handle: &str) -> Self {
        Self {
            url: server.url.clone(),
            http: reqwest::Client::new(),
            handle: handle.to_owned(),
            installation: InstallationId::random(&mut system_rng()),
            keys: fresh_keys(),
            token: String::new(),
            trust: None,
            account: AccountId::from_bytes([0; 16]),
            bundle: None,
        }
    }

    pub(crate) async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Refused> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// A code as it came by mail.
    pub(crate) fn mailed(&self, sent: &CodeSent, digits: SecretText) -> MailedCode {
        MailedCode { challenge: sent.challenge, installation: self.installation, digits }
    }

    /// Makes the account that a code is for.
    async fn confirm(mut self, server: &Server, sent: &CodeSent) -> Self {
        let digits = server.mailed_code(&email(&self.handle)).await;
        let body = ConfirmSignUp {
            code: self.mailed(sent, digits),
            handle: self.handle.clone(),
            password: secret(PASSWORD),
            session: SessionTransport::Bearer,
        };
        let signed_in: SignedIn = self.post("/sign-up/confirm", &body).await.unwrap();
        self.account = signed_in.account;
        self.token = signed_in.token.unwrap().expose().to_owned();
        self.trust = signed_in.trust;
        self
    }

    /// Tells the server this computer's keys.
    pub(crate) async fn register(&self) -> Bundle {
        let bundle = self.keys.bundle(self.account, self.installation).unwrap();
        let body = RegisterDevice {
            bundle: bundle.clone(),
            name: "laptop".to_owned(),
            platform: "test".to_owned(),
            address: None,
        };
        let registered: DeviceRegistered = self.call(Method::PUT, "/device", Some(&body)).await.unwrap();
        let bundle = Bundle::verify(&bundle).unwrap();
        assert_eq!(bundle.device(), registered.device);
        bundle
    }

    /// The same person, signed in on another computer that has no keys yet.
    pub(crate) async fn another_session(&self, server: &Server) -> Self {
        let mut other = Self::new(server, &self.handle);
        let body = SignIn {
            email: email(&self.handle),
            password: secret(PASSWORD),
            installation: other.installation,
            session: SessionTransport::Bearer,
            trust: None,
        };
        let SignInAnswer::CodeSent(sent) = other.post("/sign-in", &body).await.unwrap() else { panic!("no code") };
        let code = other.mailed(&sent, server.mailed_code(&email(&self.handle)).await);
        let body = ConfirmSignIn { code, session: SessionTransport::Bearer };
        let signed_in: SignedIn = other.post("/sign-in/confirm", &body).await.unwrap();
        other.account = signed_in.account;
        other.token = signed_in.token.unwrap().expose().to_owned();
        other.trust = signed_in.trust;
        other
    }

    /// The same person at another computer of theirs.
    pub(crate) async fn another_computer(&self, server: &Server) -> Self {
        let mut other = self.another_session(server).await;
        other.bundle = Some(other.register().await);
        other
    }

    /// Says what this account wants to be to others.
    pub(crate) async fn choose(&self, availability: Availability) {
        let body = ChooseAvailability { availability };
        self.call::<()>(Method::PUT, "/availability", Some(&body)).await.unwrap();
    }

    /// The same person at a server that was started again.
    pub(crate) fn at(self, server: &Server) -> Self {
        Self { url: server.url.clone(), ..self }
    }

    pub(crate) fn device(&self) -> DeviceId {
        self.bundle.as_ref().unwrap().device()
    }

    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, Refused> {
        let mut request = self.http.request(method.clone(), format!("{}{API}{path}", self.url));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let bytes = response.bytes().await.unwrap();
        expect_documented(&method, &format!("{API}{path}"), status, &bytes);
        if status == StatusCode::NO_CONTENT {
            Ok(serde_json::from_str("null").unwrap())
        } else if status.is_success() {
            Ok(serde_json::from_slice(&bytes).unwrap())
        } else {
            Err((status, serde_json::from_slice(&bytes).unwrap()))
        }
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Refused> {
        self.call(Method::GET, path, None::<&()>).await
    }

    pub(crate) async fn append(&self, room: RoomId, append: &Append) -> Result<Appended, ErrorCode> {
        self.call(Method::POST, &format!("/rooms/{room}/log"), Some(append)).await.map_err(|(_, body)| body.code)
    }

    pub(crate) fn entry(&self, state: &RoomState, action: Action) -> SignedEntry {
        EntryBody::after(state.room(), state.head(), now(), self.device(), action).sign(&self.keys)
    }

    /// The start of the next epoch, with its envelopes.
    pub(crate) fn epoch(&self, state: &mut RoomState, reason: EpochReason) -> (SignedEntry, Vec<Envelope>) {
        let (entry, envelopes, _) = self.epoch_with_key(state, reason);
        (entry, envelopes)
    }

    /// The same, with its key.
    pub(crate) fn epoch_with_key(
        &self,
        state: &mut RoomState,
        reason: EpochReason,
    ) -> (SignedEntry, Vec<Envelope>, EpochKey) {
        let (key, epoch) = (EpochKey::random(&mut system_rng()), state.current_epoch().next());
        let action = Action::EpochStarted(EpochStarted { epoch, key_id: key.key_id(), reason });
        let entry = self.entry(state, action);
        state.apply(&entry).unwrap();
        let recipients = state.entitled_devices().map(|(_, device)| {
            let reason = EnvelopeReason::EpochStart;
            let mut rng = system_rng();
            Envelope::wrap(&self.keys, self.device(), state.room(), epoch, &key, &device.bundle, reason, &mut rng)
                .unwrap()
        });
        let mut envelopes: Vec<_> = recipients.collect();
        if let Some(holder) = state.holder() {
            let (by, mut rng) = (self.device(), system_rng());
            envelopes.push(Envelope::escrow(&self.keys, by, state.room(), epoch, &key, &holder, &mut rng).unwrap());
        }
        (entry, envelopes, key)
    }

    /// What makes a new room.
    pub(crate) fn room(&self, history: HistoryRule) -> (RoomState, Append) {
        let mut random = vec![0; 32];
        system_rng().fill_bytes(&mut random);
        let created = Created {
            random: Blob(random),
            account: self.account,
            bundle: self.bundle.as_ref().unwrap().signed().clone(),
            room_name: name(),
            handle: self.open_handle().hash().unwrap(),
            device_name: name(),
            history,
        };
        let first = EntryBody::first(now(), self.device(), Action::Created(created)).sign(&self.keys);
        let (mut state, _) = RoomState::start(&first).unwrap();
        let (start, envelopes) = self.epoch(&mut state, EpochReason::RoomCreated);
        let names = vec![self.open_handle()];
        (state, Append { entries: vec![first, start], envelopes, link: None, names, invite_key: None })
    }

    /// The handle, as it lies beside logs.
    pub(crate) fn open_handle(&self) -> OpenName {
        OpenName { random: Blob(vec![9; 32]), name: self.handle.clone() }
    }

    pub(crate) async fn make_room(&self, history: HistoryRule) -> RoomState {
        let (state, append) = self.room(history);
        let made: Appended = self.call(Method::POST, "/rooms", Some(&append)).await.unwrap();
        assert_eq!(made.room, state.room());
        state
    }

    pub(crate) async fn invite(&self, state: &mut RoomState, uses: u32) -> InviteSecret {
        let link = InviteSecret::random(&mut system_rng());
        let invited =
            Invited { invite: link.key(state.room()), role: Role::Member, uses, expires_at: now().plus_millis(60_000) };
        let entry = self.entry(state, Action::Invited(invited));
        state.apply(&entry).unwrap();
        self.append(state.room(), &only(entry)).await.unwrap();
        link
    }

    pub(crate) fn joining(&self, state: &RoomState, link: &InviteSecret) -> SignedEntry {
        let signature = link.sign_join(state.room(), self.account, self.device());
        let joined = Joined {
            account: self.account,
            bundle: self.bundle.as_ref().unwrap().signed().clone(),
            invite: link.key(state.room()),
            invite_signature: Blob(signature.to_vec()),
            handle: self.open_handle().hash().unwrap(),
            device_name: name(),
        };
        self.entry(state, Action::Joined(joined))
    }

    pub(crate) async fn join(&self, state: &mut RoomState, link: &InviteSecret) {
        let entry = self.joining(state, link);
        state.apply(&entry).unwrap();
        let append = Append { names: vec![self.open_handle()], ..only(entry) };
        self.append(state.room(), &append).await.unwrap();
    }

    /// What this computer says of another.
    pub(crate) fn says(&self, device: DeviceId, standing: Standing) -> SignedStatement {
        let (suite, account, by) = (SUITE, self.account, self.device());
        DeviceStatement { suite, account, device, standing, by, at: now() }.sign(&self.keys)
    }

    /// What lets another computer of this account into the room.
    pub(crate) fn vouching(&self, state: &RoomState, other: &Self) -> SignedEntry {
        let vouched = DeviceVouched {
            statement: self.says(other.device(), Standing::Vouched),
            bundle: other.bundle.as_ref().unwrap().signed().clone(),
            device_name: name(),
        };
        self.entry(state, Action::DeviceVouched(vouched))
    }

    pub(crate) async fn vouch(&self, state: &mut RoomState, other: &Self) {
        let entry = self.vouching(state, other);
        state.apply(&entry).unwrap();
        self.append(state.room(), &only(entry)).await.unwrap();
    }

    /// Puts a member out, and starts the next epoch.
    pub(crate) async fn put_out(&self, state: &mut RoomState, other: &Self) {
        let entry = self.entry(state, Action::MemberRemoved(MemberRemoved { account: other.account }));
        state.apply(&entry).unwrap();
        let (start, envelopes) = self.epoch(state, EpochReason::MemberRemoved);
        let append = Append { entries: vec![entry, start.clone()], envelopes, ..only(start) };
        self.append(state.room(), &append).await.unwrap();
    }

    pub(crate) async fn leave(&self, state: &mut RoomState) {
        self.act(state, Action::Left(Left {})).await;
    }

    /// Revokes a device on its own word. Somebody starts the next epoch.
    pub(crate) async fn revoke(&self, state: &mut RoomState, other: &Self) {
        self.act(state, Action::DeviceRevoked(DeviceRevoked { device: other.device(), statement: None })).await;
    }

    /// Starts the next epoch for what happened.
    pub(crate) async fn rotate(&self, state: &mut RoomState) {
        let reason = state.rotation_due().unwrap();
        let (start, envelopes) = self.epoch(state, reason);
        self.append(state.room(), &Append { envelopes, ..only(start) }).await.unwrap();
    }

    /// Appends an entry that must count, and nothing beside it.
    pub(crate) async fn act(&self, state: &mut RoomState, action: Action) {
        let entry = self.entry(state, action);
        self.append(state.room(), &only(entry.clone())).await.unwrap();
        state.apply(&entry).unwrap();
    }

    /// A message whose ciphertext nobody here opens.
    pub(crate) fn message(&self, state: &RoomState, text: &str) -> (MessageId, Send) {
        let message_id = MessageId::random(&mut system_rng());
        (message_id, self.message_as(state, message_id, self.device(), text))
    }

    pub(crate) fn message_as(&self, state: &RoomState, message_id: MessageId, device: DeviceId, text: &str) -> Send {
        let epoch = state.current_epoch();
        let header = MessageHeader {
            suite: SUITE,
            room: state.room(),
            epoch,
            key_id: state.epoch(epoch).unwrap().key_id,
            device,
            session: SessionTag::from_bytes([7; 16]),
            counter: 0,
            message_id,
            kind: MessageKind::TEXT,
            target: None,
            sent_at: now(),
            seen: Cursor { incarnation: Default::default(), seq: Seq(0) },
            log_head: LogHead { index: state.head().index, hash: state.head().hash },
            previous: None,
        };
        let key = EpochKey::random(&mut system_rng());
        let message = SealedMessage::seal(&self.keys, &key, &header, text.as_bytes()).unwrap();
        Send { room: state.room(), attempt: 0, message }
    }

    /// Opens a socket by ticket; the welcome has come.
    pub(crate) async fn connect(&self) -> (Socket, Welcome) {
        let ticket: SocketTicket = self.call(Method::POST, "/socket-ticket", Some(&())).await.unwrap();
        let protocols = format!("{SUBPROTOCOL}, {TICKET_PREFIX}{}", ticket.ticket.expose());
        let mut socket = Socket::open(&self.url, &[("sec-websocket-protocol", &protocols)]).await.unwrap();
        let ServerFrame::Welcome(welcome) = socket.next().await else { panic!("no welcome") };
        assert_eq!(welcome.device, self.device());
        (socket, welcome)
    }

    /// Opens a socket and reads a room's stream to its end.
    pub(crate) async fn connect_to(&self, room: RoomId) -> Socket {
        let (mut socket, _) = self.connect().await;
        socket.catch_up(room).await;
        socket
    }
}

pub(crate) fn only(entry: SignedEntry) -> Append {
    Append { entries: vec![entry], envelopes: Vec::new(), link: None, names: Vec::new(), invite_key: None }
}

fn name() -> NameHash {
    NameHash::random(&mut system_rng())
}

/// An open WebSocket.
pub(crate) struct Socket {
    pub(crate) stream: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
    /// Came while something else was waited for.
    pub(crate) wanted: VecDeque<KeysWanted>,
}

impl Socket {
    /// The answer's status where it is no switch of protocols.
    pub(crate) async fn open(url: &str, headers: &[(&'static str, &str)]) -> Result<Self, StatusCode> {
        let mut request = format!("{}{API}/socket", url.replace("http", "ws")).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((stream, response)) => {
                assert_eq!(response.headers().get("sec-websocket-protocol").unwrap(), SUBPROTOCOL);
                Ok(Self { stream, wanted: VecDeque::new() })
            }
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status()),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn send(&mut self, frame: &ClientFrame) {
        self.stream.send(Message::Binary(codec::encode(frame).into())).await.unwrap();
    }

    /// The next frame that is not about people. What asks for keys may come at any time, and is kept for
    /// [`Socket::wanted`].
    pub(crate) async fn next(&mut self) -> ServerFrame {
        loop {
            match self.any().await {
                ServerFrame::Presence(_) | ServerFrame::Positions(_) => {}
                ServerFrame::KeysWanted(wanted) => self.wanted.push_back(wanted),
                frame => return frame,
            }
        }
    }

    /// What is wanted of this client, when such comes; other frames in between are passed over.
    pub(crate) async fn wanted(&mut self, such: impl Fn(&KeysWanted) -> bool) -> KeysWanted {
        loop {
            let wanted = match self.wanted.pop_front() {
                Some(wanted) => wanted,
                None => match self.any().await {
                    ServerFrame::KeysWanted(wanted) => wanted,
                    _ => continue,
                },
            };
            if such(&wanted) {
                return wanted;
            }
        }
    }

    /// The next frame.
    pub(crate) async fn any(&mut self) -> ServerFrame {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("nothing comes") {
                Some(Ok(Message::Binary(bytes))) => return codec::decode(&bytes).unwrap(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("no frame but {other:?}"),
            }
        }
    }

    /// The code that the server closes with, after any frames.
    pub(crate) async fn closed(&mut self) -> CloseCode {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("it stays open") {
                Some(Ok(Message::Close(frame))) => return frame.unwrap().code,
                Some(Ok(_)) => {}
                other => panic!("no close frame but {other:?}"),
            }
        }
    }

    pub(crate) async fn sync(&mut self, room: RoomId, after: Cursor) -> Page {
        self.send(&ClientFrame::Sync(Sync { room, after })).await;
        loop {
            match self.next().await {
                ServerFrame::Page(page) => return page,
                ServerFrame::RoomAdded(_) => {}
                other => panic!("no page but {other:?}"),
            }
        }
    }

    /// All items of a room's stream, in pages.
    pub(crate) async fn catch_up(&mut self, room: RoomId) -> Vec<Seq> {
        let mut after = Cursor { incarnation: Default::default(), seq: Seq(0) };
        let mut places = Vec::new();
        loop {
            let page = self.sync(room, after).await;
            places.extend(page.items.iter().map(|item| item.seq));
            let last = places.last().copied().unwrap_or_default();
            after = Cursor { incarnation: page.incarnation, seq: last };
            if !page.more {
                return places;
            }
        }
    }
}
