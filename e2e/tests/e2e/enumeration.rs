//! Whether an address has an account cannot be seen from outside: not in an answer, and not in the time that it takes.
//!
//! Times are compared in pairs, one request about an account and one about nobody, in an order that is drawn. So if there is
//! no difference, either is as likely to be the slower one, whatever else the machine is doing: what slows it for a while slows
//! both. What an answer leaves to be done, a mail to be sent, is over before the next request is made: work that differs would
//! else go on beside the second one of a pair only.
//!
//! Wilcoxon's signed-rank statistic (1945) is, for hundreds of pairs, normal with variance n (n + 1) (2 n + 1) / 6, and uses
//! ranks only, so that a few very slow answers weigh no more than others. It is off by more than [`BOUND`] standard deviations
//! once in 26 million runs; the four tests together give a false alarm less than once in six million.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use igoon_e2e::{
    account::{Session, address},
    database::Kind,
    native::NativeClient,
    server::TestServer,
    soak,
    stranger::{Answer, PROXY, Stranger, source},
    wait,
};
use igoon_shared::{
    crypto::{invite::InviteSecret, system_rng},
    ids::{InstallationId, RoomId},
    protocol::{
        bytes::Blob,
        http::{CodeSent, InviteProof, ResendCode, ResetPassword, SecretText, SessionTransport, SignIn, SignUp},
    },
};
use rand_core::Rng as _;

const BOUND: f64 = 5.5;
/// Who has an account, and who has none.
const WHO: [&str; 2] = ["ada", "eve"];

const FLAGS: [&str; 8] = [
    "--requests-per-minute",
    "10000000",
    "--requests-burst",
    "1000000",
    "--sign-ins-per-hour",
    "100000000",
    "--mails-per-hour",
    "100000000",
];

struct Scene {
    server: TestServer,
    stranger: Stranger,
    installation: InstallationId,
    room: RoomId,
    secret: InviteSecret,
}

impl Scene {
    async fn build() -> Self {
        let server = TestServer::start_with(Kind::Sqlite, &[&PROXY[..], &FLAGS].concat()).await;
        let owner = NativeClient::start(Session::set_up(&server, WHO[0]).await.unwrap()).await;
        let room = owner.create_room("Door").await;
        let secret = owner.invite(room, 1).await;
        let stranger = Stranger::new(&server.url());
        Self { server, stranger, installation: InstallationId::random(&mut system_rng()), room, secret }
    }

    async fn sign_in(&self, who: usize) -> Answer {
        let password = SecretText::new("neither one's password".to_owned());
        let (installation, session) = (self.installation, SessionTransport::Bearer);
        let body = SignIn { email: address(WHO[who]), password, installation, session, trust: None };
        self.stranger.post(source(1), "/sign-in", &body).await
    }

    async fn sign_up(&self, who: usize) -> Answer {
        let invite = InviteProof {
            room: self.room,
            invite: self.secret.key(self.room),
            installation: self.installation,
            signature: Blob(self.secret.sign_use(self.room, self.installation).to_vec()),
        };
        self.stranger.post(source(1), "/sign-up", &SignUp { invite, email: address(WHO[who]) }).await
    }

    async fn reset(&self, who: usize) -> Answer {
        let body = ResetPassword { email: address(WHO[who]), installation: self.installation };
        self.stranger.post(source(1), "/password-reset", &body).await
    }

    /// Everything is sent that was to be sent.
    async fn mails_are_gone(&self) {
        wait::until("the outbox to be empty", async || (self.server.waiting_mails() == 0).then_some(())).await;
    }
}

/// Asks about both in turn, many times, and compares. What has to be done before each request is not measured.
async fn alike(scene: &Scene, before: impl Fn(&Scene), mut ask: impl AsyncFnMut(&Scene, usize) -> Answer) {
    let mut timed = async |who| {
        before(scene);
        scene.mails_are_gone().await;
        let begun = Instant::now();
        let answer = ask(scene, who).await;
        (begun.elapsed(), answer)
    };
    let pairs = if soak() { 2_000 } else { 500 };
    let mut differences = Vec::with_capacity(pairs);
    let mut typical = Vec::with_capacity(pairs);
    for _ in 0..20 {
        // Connections, caches: not what is measured.
        assert_same(&timed(0).await.1, &timed(1).await.1);
    }
    for _ in 0..pairs {
        let first = (system_rng().next_u32() % 2) as usize;
        let mut taken = [Duration::ZERO; 2];
        for who in [first, 1 - first] {
            taken[who] = timed(who).await.0;
        }
        differences.push(taken[0].as_secs_f64() - taken[1].as_secs_f64());
        typical.push(taken[1].as_secs_f64());
    }
    typical.sort_by(f64::total_cmp);
    let median = typical[pairs / 2];
    let off = signed_rank(&differences);
    let seen = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].into_iter().find(|share| {
        let shifted: Vec<f64> = differences.iter().map(|difference| difference + share * median).collect();
        signed_rank(&shifted) > BOUND
    });
    println!(
        "{pairs} pairs, median {:.2} ms, {off:+.2} standard deviations; a difference of {seen:?} of the median \
              would be seen",
        median * 1_000.0
    );
    assert!(seen.is_some(), "half of the time more would not be noticed");
    assert!(off.abs() < BOUND, "{off:+.2} standard deviations: an account can be told from none");
}

/// Wilcoxon's statistic, in standard deviations.
fn signed_rank(differences: &[f64]) -> f64 {
    let mut by_size = differences.to_vec();
    by_size.sort_by(|one, other| one.abs().total_cmp(&other.abs()));
    let sum: f64 = by_size.iter().zip(1_u32..).map(|(difference, rank)| difference.signum() * f64::from(rank)).sum();
    let count = by_size.len() as f64;
    sum / (count * (count + 1.0) * (2.0 * count + 1.0) / 6.0).sqrt()
}

/// Two answers are the same but for what is drawn or counted anew for each.
fn assert_same(one: &Answer, other: &Answer) {
    assert_eq!(one.status, other.status);
    assert_eq!(fields(one), fields(other));
    assert_eq!(one.body.len(), other.body.len());
    let headers = |answer: &Answer| -> BTreeMap<String, String> {
        let fresh = ["date", "x-request-id", "ratelimit"];
        let kept = answer.headers.iter().filter(|(name, _)| !fresh.contains(&name.as_str()));
        kept.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
    };
    assert_eq!(headers(one), headers(other));
    let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(names(one), names(other));
}

/// What a body says.
fn fields(answer: &Answer) -> BTreeMap<String, serde_json::Value> {
    let mut fields: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&answer.body).unwrap();
    if let (Some(expires), Some(resend)) = (fields.remove("expires_at"), fields.remove("resend_at")) {
        let between = expires.as_i64().unwrap() - resend.as_i64().unwrap();
        fields.insert("between".to_owned(), between.into());
    }
    for drawn in ["challenge", "request_id"] {
        fields.entry(drawn.to_owned()).and_modify(|value| *value = value.as_str().unwrap().len().into());
    }
    fields
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_in_tells_nothing() {
    alike(&Scene::build().await, |_| (), Scene::sign_in).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_up_tells_nothing() {
    alike(&Scene::build().await, |_| (), Scene::sign_up).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asking_for_a_new_password_tells_nothing() {
    alike(&Scene::build().await, |_| (), Scene::reset).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asking_for_another_mail_tells_nothing() {
    let scene = Scene::build().await;
    let mut challenges = Vec::new();
    for who in 0..2 {
        let sent: CodeSent = scene.reset(who).await.read().unwrap();
        challenges.push(sent.challenge);
    }
    let before = |scene: &Scene| {
        // A minute between mails, and five at most, cannot be waited for.
        assert_eq!(scene.server.change("UPDATE challenges SET sent_at = 0, mails = 1 WHERE purpose = 3"), 2);
    };
    alike(&scene, before, async |scene, who| {
        let body = ResendCode { challenge: challenges[who], installation: scene.installation };
        scene.stranger.post(source(1), "/codes/resend", &body).await
    })
    .await;
}
