//! 10,000 guesses at passwords and at codes, from one source and from many: few of them are looked at, as the settings say,
//! and who they are about gets in meanwhile.
//!
//! A limit is a burst and a pace (`per hour`; a sixth of that at once). So while `t` passes, at most
//! `burst + t / pace` of one key's guesses are looked at, and that is asserted of what was answered as looked at.
//! The server's CPU time shows that nothing dear was done for the others.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use igoon_e2e::{
    account::{PASSWORD, Session, Visitor, address},
    database::Kind,
    process::cpu_time,
    server::TestServer,
    stranger::{PROXY, Stranger, source},
    wait,
};
use igoon_shared::{
    crypto::system_rng,
    ids::InstallationId,
    protocol::{
        error::ErrorCode,
        http::{CodeSent, ConfirmReset, MailedCode, ResetPassword, SecretText, SessionTransport, SignIn, SignInAnswer},
        limits,
    },
};

const GUESSES: usize = 10_000;
/// Guesses at the same time.
const TOGETHER: usize = 16;
const HOUR: Duration = Duration::from_secs(3_600);

/// What was made of guesses.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    looked_at: usize,
    refused: usize,
    /// The longest wait that was named.
    wait_ms: u64,
}

/// How many of one key's guesses are looked at while `elapsed` passes.
fn allowed(per_hour: u32, elapsed: Duration) -> usize {
    let pace = HOUR / per_hour;
    // One more: what is measured here begins before the server's clock and ends after it.
    (per_hour / 6) as usize + usize::try_from(elapsed.as_nanos() / pace.as_nanos()).unwrap() + 1
}

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

fn sign_in(email: String, password: &str) -> SignIn {
    let installation = InstallationId::random(&mut system_rng());
    SignIn { email, password: secret(password), installation, session: SessionTransport::Bearer, trust: None }
}

/// Guesses at passwords: the n-th by `by(n)` (a source) at `at(n)` (an address).
async fn guess_passwords(
    server: &TestServer,
    count: usize,
    by: fn(u32) -> u32,
    at: fn(u32) -> String,
) -> (Tally, Duration) {
    let (stranger, next) = (Stranger::new(&server.url()), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let tasks = (0..TOGETHER).map(|_| {
        let (stranger, next) = (stranger.clone(), Arc::clone(&next));
        tokio::spawn(async move {
            let mut tally = Tally::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return tally;
                }
                let number = u32::try_from(number).unwrap();
                let body = sign_in(at(number), &format!("guess number {number}"));
                let refusal = stranger.post(source(by(number)), "/sign-in", &body).await.refusal();
                match refusal.code {
                    ErrorCode::BadCredentials => tally.looked_at += 1,
                    ErrorCode::RateLimited => {
                        tally.refused += 1;
                        tally.wait_ms = tally.wait_ms.max(refusal.retry_after_ms.expect("the wait is named"));
                    }
                    other => panic!("{other:?}"),
                }
            }
        })
    });
    let mut all = Tally::default();
    for task in tasks.collect::<Vec<_>>() {
        let tally = task.await.unwrap();
        all.looked_at += tally.looked_at;
        all.refused += tally.refused;
        all.wait_ms = all.wait_ms.max(tally.wait_ms);
    }
    (all, begun.elapsed())
}

/// The owner of the account, on the computer on which a code was entered.
struct Victim {
    visitor: Visitor,
    trust: SecretText,
}

impl Victim {
    async fn set_up(server: &TestServer) -> Self {
        let session = Session::set_up(server, "ada").await.unwrap();
        Self { visitor: session.visitor(), trust: session.trust.unwrap() }
    }

    async fn gets_in(&self) {
        let answer = self.visitor.sign_in(&address("ada"), PASSWORD, Some(&self.trust)).await;
        assert!(matches!(answer, Ok(SignInAnswer::SignedIn(_))), "{answer:?}");
    }

    /// Signs in again and again, with pauses, as long as `other` takes.
    async fn gets_in_during<T>(&self, times: u32, other: impl Future<Output = T>) -> T {
        let mut other = std::pin::pin!(other);
        for _ in 0..times {
            self.gets_in().await;
            // Not to wait for something, but to come at different times.
            if let Ok(done) = tokio::time::timeout(Duration::from_millis(500), &mut other).await {
                self.gets_in().await;
                return done;
            }
        }
        let done = other.await;
        self.gets_in().await;
        done
    }

    /// CPU time of the server for one sign-in, argon2 and all.
    async fn costs(&self, server: &TestServer) -> Duration {
        let before = cpu_time(server.pid());
        for _ in 0..3 {
            self.gets_in().await;
        }
        (cpu_time(server.pid()) - before) / 3
    }
}

const LIFTED: [&str; 4] = ["--requests-per-minute", "10000000", "--requests-burst", "1000000"];

async fn guesses_at_passwords(flags: &[&str], by: fn(u32) -> u32, at: fn(u32) -> String, per_hour: u32) {
    let server = TestServer::start_with(Kind::Sqlite, &[&PROXY, flags].concat()).await;
    let victim = Victim::set_up(&server).await;
    let dear = victim.costs(&server).await;
    let before = cpu_time(server.pid());
    let (tally, elapsed) = victim.gets_in_during(4, guess_passwords(&server, GUESSES, by, at)).await;
    let spent = cpu_time(server.pid()) - before;
    println!("{tally:?} in {elapsed:.1?}, {spent:.1?} of CPU; one that is looked at costs {dear:.1?}");
    assert_eq!(tally.looked_at + tally.refused, GUESSES);
    let most = allowed(per_hour, elapsed);
    assert!(tally.looked_at <= most, "{} looked at, {most} allowed", tally.looked_at);
    // As many as may be at once are looked at: it is the limit that is tested, not a server that refuses everybody.
    assert!(tally.looked_at >= (per_hour / 6) as usize, "{tally:?}");
    assert!(spent < dear * u32::try_from(GUESSES).unwrap() / 4, "refusals are cheap: {spent:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_sources_guess_a_password_no_more_often_than_one() {
    guesses_at_passwords(&[], |number| number, |_| address("ada"), 60).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_source_guesses_a_password_no_more_often() {
    // Without the limit on all requests of a source, which alone would refuse nearly all.
    guesses_at_passwords(&LIFTED, |_| 0, |_| address("ada"), 60).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_source_guesses_at_few_accounts() {
    // Ten people's worth.
    guesses_at_passwords(&LIFTED, |_| 0, |number| address(&format!("somebody{number}")), 600).await;
}

/// From a computer that is new to the account its owner comes in too, once the wait that is named is over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_named_wait_a_new_computer_gets_in() {
    let flags = [&PROXY[..], &["--sign-ins-per-hour", "720"]].concat();
    let server = TestServer::start_with(Kind::Sqlite, &flags).await;
    Victim::set_up(&server).await;
    let (tally, elapsed) = guess_passwords(&server, 500, |number| number, |_| address("ada")).await;
    assert!((120..=allowed(720, elapsed)).contains(&tally.looked_at), "{tally:?}");
    let pace = u64::try_from((HOUR / 720).as_millis()).unwrap();
    assert!(tally.wait_ms <= pace, "{tally:?}");

    let (stranger, body) = (Stranger::new(&server.url()), sign_in(address("ada"), PASSWORD));
    let answer = stranger.post(source(1 << 20), "/sign-in", &body).await;
    let answer = match answer.status {
        429 => {
            let wait = answer.refusal().retry_after_ms.unwrap();
            assert!(wait <= pace, "{wait} ms");
            tokio::time::sleep(Duration::from_millis(wait)).await;
            stranger.post(source(1 << 20), "/sign-in", &body).await
        }
        _ => answer,
    };
    assert!(matches!(answer.read(), Some(SignInAnswer::CodeSent(_))), "{answer:?}");
}

/// Guesses at codes for a new password: few codes can be asked for, and five tries each is all there is.
async fn guesses_at_codes(by: fn(u32) -> u32) {
    const MAILS: u32 = 360;
    let flags = [&PROXY[..], &LIFTED, &["--mails-per-hour", "360"]].concat();
    let server = TestServer::start_with(Kind::Sqlite, &flags).await;
    let victim = Victim::set_up(&server).await;
    let begun = Instant::now();
    let codes = ask_for_codes(&server, by).await;
    let tries = victim.gets_in_during(4, guess_codes(&server, by, &codes)).await;
    let elapsed = begun.elapsed();
    println!("{} codes, {tries} tries that counted, in {elapsed:.1?}", codes.len());
    // One of the burst went to the owner, when the account was made.
    assert!((MAILS as usize / 6 - 1..=allowed(MAILS, elapsed)).contains(&codes.len()), "{}", codes.len());
    assert_eq!(tries, codes.len() * limits::CODE_TRIES as usize, "five tries each, whoever makes them");

    // All those mails went to the owner, whom they do not keep out: not on a new computer either, after the named wait.
    let mails = server.mailbox();
    let arrived = async || (mails.mails(&address("ada")).len() == codes.len()).then_some(());
    wait::until("all mails", arrived).await;
    for _ in 0..codes.len() {
        mails.take(&address("ada")).await;
    }
    let (stranger, visitor) = (Stranger::new(&server.url()), Visitor::new(&server.url()));
    let body = SignIn { installation: visitor.installation, ..sign_in(address("ada"), PASSWORD) };
    let pace = u64::try_from((HOUR / MAILS).as_millis()).unwrap();
    let mut answer = stranger.post(source(1 << 20), "/sign-in", &body).await;
    if answer.status == 429 {
        let wait = answer.refusal().retry_after_ms.unwrap();
        assert!(wait <= pace, "{wait} ms");
        tokio::time::sleep(Duration::from_millis(wait)).await;
        answer = stranger.post(source(1 << 20), "/sign-in", &body).await;
    }
    let Some(SignInAnswer::CodeSent(sent)) = answer.read() else { panic!("{answer:?}") };
    let digits = mails.code(&address("ada")).await;
    visitor.confirm_sign_in(&sent, &digits, "ada").await.expect("the code in the mail is right");
}

/// Asks for as many codes as there are to be had.
async fn ask_for_codes(server: &TestServer, by: fn(u32) -> u32) -> Vec<MailedCode> {
    let (stranger, mut codes) = (Stranger::new(&server.url()), Vec::new());
    for number in 0.. {
        let installation = InstallationId::random(&mut system_rng());
        let ask = ResetPassword { email: address("ada"), installation };
        let answer = stranger.post(source(by(number)), "/password-reset", &ask).await;
        match answer.read::<CodeSent>() {
            Some(sent) => codes.push(MailedCode { challenge: sent.challenge, installation, digits: secret("") }),
            None if answer.refusal().code == ErrorCode::RateLimited => break,
            None => panic!("{answer:?}"),
        }
    }
    codes
}

/// Guesses at all of them in turn; how many guesses were looked at.
async fn guess_codes(server: &TestServer, by: fn(u32) -> u32, codes: &[MailedCode]) -> usize {
    let next = Arc::new(AtomicUsize::new(0));
    let tasks = (0..TOGETHER).map(|_| {
        let (stranger, next, codes) = (Stranger::new(&server.url()), Arc::clone(&next), codes.to_vec());
        tokio::spawn(async move {
            let mut looked_at = 0;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= GUESSES {
                    return looked_at;
                }
                // Eight digits; that one of these is right happens in one run of 300,000.
                let digits = secret(&format!("{:08}", number * 9_973 % 100_000_000));
                let code = MailedCode { digits, ..codes[number % codes.len()].clone() };
                let body =
                    ConfirmReset { code, password: secret("another good password"), session: SessionTransport::Bearer };
                let from = source(by(u32::try_from(number).unwrap()));
                match stranger.post(from, "/password-reset/confirm", &body).await.refusal().code {
                    ErrorCode::BadCode => looked_at += 1,
                    ErrorCode::TooManyTries => {}
                    other => panic!("{other:?}"),
                }
            }
        })
    });
    let mut looked_at = 0;
    for task in tasks.collect::<Vec<_>>() {
        looked_at += task.await.unwrap();
    }
    looked_at
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_sources_guess_codes_no_more_often_than_one() {
    guesses_at_codes(|number| number).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_source_guesses_codes_no_more_often() {
    guesses_at_codes(|_| 0).await;
}
