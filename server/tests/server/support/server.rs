//! A running server, and people who have come to it.

use std::{net::TcpListener, time::Duration};

use actix_web::rt;
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
    crypto::{bundle::Bundle, invite::InviteSecret, system_rng},
    ids::{AccountId, RoomId, SessionId},
    protocol::http::{SecretText, SetUp, SignUp},
};
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::*;

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
