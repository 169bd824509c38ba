//! 200 people sign up at once, each from a place of their own: all get their accounts; hashing their passwords and codes takes no
//! more memory than so many hashes at a time do; and whoever watches the server gets answers meanwhile.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use igoon_e2e::{
    account::{PASSWORD, Session, address},
    database::Kind,
    mail::Mailbox,
    native::NativeClient,
    process::Memory,
    server::TestServer,
    stranger::{PROXY, Stranger, source},
};
use igoon_shared::{
    crypto::{invite::InviteSecret, system_rng},
    ids::{InstallationId, RoomId},
    protocol::{
        bytes::Blob,
        error::ErrorCode,
        http::{CodeSent, ConfirmSignUp, InviteProof, MailedCode, SecretText, SessionTransport, SignUp, SignedIn},
    },
};
use serde::{Serialize, de::DeserializeOwned};

const PEOPLE: u32 = 200;
/// What may be resident beyond what was before, in KiB: two hashes at a time of 19 MiB each, and as much again for 200
/// connections with their requests, and pages that the allocator has not given back yet. Without a bound 200 hashes at a
/// time would take 3,800 MiB.
const MEMORY: u64 = 2 * 2 * 19 * 1024;
/// What those who watch the server may wait, for 95 of 100 of their questions.
const HEALTHY: Duration = Duration::from_millis(100);

/// Somebody at the door.
struct Newcomer {
    number: u32,
    stranger: Stranger,
    installation: InstallationId,
    mails: Mailbox,
}

impl Newcomer {
    fn new(number: u32, server: &TestServer) -> Self {
        let installation = InstallationId::random(&mut system_rng());
        Self { number, stranger: Stranger::new(&server.url()), installation, mails: server.mailbox() }
    }

    /// Signs up; how often the server was too busy and said when to come back.
    async fn signs_up(self, room: RoomId, secret: InviteSecret) -> u32 {
        let handle = format!("newcomer{:03}", self.number);
        let invite = InviteProof {
            room,
            invite: secret.key(room),
            installation: self.installation,
            signature: Blob(secret.sign_use(room, self.installation).to_vec()),
        };
        let (sent, busy): (CodeSent, u32) = self.insists("/sign-up", SignUp { invite, email: address(&handle) }).await;
        let digits = SecretText::new(self.mails.code(&address(&handle)).await);
        let code = MailedCode { challenge: sent.challenge, installation: self.installation, digits };
        let (password, session) = (SecretText::new(PASSWORD.to_owned()), SessionTransport::Bearer);
        let (signed_in, busy_again): (SignedIn, u32) =
            self.insists("/sign-up/confirm", ConfirmSignUp { code, handle, password, session }).await;
        assert!(signed_in.token.is_some());
        busy + busy_again
    }

    /// Comes back as long as the server says when to.
    async fn insists<T: DeserializeOwned>(&self, path: &str, body: impl Serialize) -> (T, u32) {
        for busy in 0.. {
            let answer = self.stranger.post(source(self.number), path, &body).await;
            if let Some(done) = answer.read() {
                return (done, busy);
            }
            let refusal = answer.refusal();
            assert_eq!(refusal.code, ErrorCode::RetryLater, "{answer:?}");
            tokio::time::sleep(Duration::from_millis(refusal.retry_after_ms.expect("the wait is named"))).await;
        }
        unreachable!("one cannot count that far")
    }
}

/// Asks whether the server is alive and ready, until told to stop; how long each answer took, in order.
async fn watch(url: String, path: &'static str, over: Arc<AtomicBool>) -> Vec<Duration> {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut taken = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let answer = http.get(format!("{url}/health/{path}")).send().await.unwrap();
        taken.push(begun.elapsed());
        assert_eq!(answer.status(), 200, "{path}");
        drop(answer.bytes().await);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    taken.sort_unstable();
    taken
}

async fn crowd(kind: Kind) {
    let flags = [&PROXY[..], &["--requests-burst", "10000"]].concat();
    let server = TestServer::start_with(kind, &flags).await;
    let owner = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let room = owner.create_room("Opening").await;
    let secret = owner.invite(room, PEOPLE).await;
    let before = Memory::of(server.pid());
    let over = Arc::new(AtomicBool::new(false));
    let watchers = ["live", "ready"].map(|path| (path, tokio::spawn(watch(server.url(), path, Arc::clone(&over)))));

    let begun = Instant::now();
    let newcomers = (0..PEOPLE).map(|number| Newcomer::new(number, &server).signs_up(room, secret.clone()));
    let busy: u32 = join_all(newcomers).await.into_iter().sum();
    println!("{PEOPLE} accounts in {:.1?}; {busy} times the server was too busy", begun.elapsed());
    over.store(true, Ordering::Relaxed);
    for (path, watcher) in watchers {
        let taken = watcher.await.unwrap();
        let at = |share: usize| taken[(taken.len() - 1) * share / 100];
        println!("{path}: {} answers, median {:.1?}, 95% {:.1?}, worst {:.1?}", taken.len(), at(50), at(95), at(100));
        assert!(taken.len() > 50, "it was watched");
        assert!(at(95) < HEALTHY, "{path}: {:?}", at(95));
    }
    let after = Memory::of(server.pid());
    println!("{before:?} before, {after:?} after");
    assert!(after.resident_peak <= before.resident + MEMORY, "{before:?}, {after:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_sign_up_at_once_on_sqlite() {
    crowd(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_sign_up_at_once_on_postgres() {
    crowd(Kind::Postgres).await;
}
