//! Codes by e-mail and the sessions that they open, over the public API: who is asked for one, which are refused and how that
//! is said, and what ends a session.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use igoon_e2e::{
    account::{PASSWORD, Said, Session, Visitor, address},
    clock::Clock,
    database::Kind,
    native::{NativeClient, Socket},
    server::{Settings, TestServer},
};
use igoon_shared::protocol::{
    SUBPROTOCOL, TICKET_PREFIX, codec,
    error::{ErrorBody, ErrorCode},
    frames::ServerFrame,
    http::{
        ChangeEmail, ChangeHandle, ChangePassword, CodeSent, ConfirmEmail, ConfirmReset, ConfirmSignIn, Me, ResendCode,
        ResetPassword, SecretText, SessionTransport, Sessions, SignInAnswer, SignedIn,
    },
};
use reqwest::Method;
use serde_json::Value;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _};

const NEW_PASSWORD: &str = "another horse battery";
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How soon a connection should have ended. It takes milliseconds; a busy machine takes longer.
const SOON: Duration = Duration::from_secs(10);

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

/// A code that is not this one.
fn another(digits: &str) -> &'static str {
    if digits == "00000000" { "00000001" } else { "00000000" }
}

/// A server whose clock can be moved, and the account of ada, who owns it.
struct Scene {
    server: TestServer,
    clock: Clock,
    ada: Session,
}

impl Scene {
    async fn new(kind: Kind) -> Self {
        let clock = Clock::new();
        let mut settings = Settings::default();
        clock.give_to(&mut settings);
        // What is limited in an hour is another test's business.
        settings.arguments.extend(["--mails-per-hour", "6000"].map(str::to_owned));
        let server = TestServer::start_as(kind, settings).await;
        let ada = Session::set_up(&server, "ada").await.unwrap();
        Self { server, clock, ada }
    }

    /// A new installation.
    fn visitor(&self) -> Visitor {
        Visitor::new(&self.server.url())
    }

    async fn code(&self, name: &str) -> String {
        self.server.mailbox().code(&address(name)).await
    }

    /// Signs ada in on another installation.
    async fn second(&self) -> Session {
        let visitor = self.visitor();
        let sent = code_sent(visitor.sign_in(&address("ada"), PASSWORD, None).await.unwrap());
        visitor.confirm_sign_in(&sent, &self.code("ada").await, "ada").await.unwrap()
    }

    /// Asks for a password reset of this account.
    async fn reset(&self, visitor: &Visitor, name: &str) -> CodeSent {
        let body = ResetPassword { email: address(name), installation: visitor.installation };
        visitor.ask("/password-reset", &body).await.unwrap()
    }
}

fn code_sent(answer: SignInAnswer) -> CodeSent {
    match answer {
        SignInAnswer::CodeSent(sent) => sent,
        SignInAnswer::SignedIn(_) => panic!("no code was asked for"),
    }
}

async fn enter(visitor: &Visitor, sent: &CodeSent, digits: &str) -> Result<SignedIn, Said> {
    let body = ConfirmSignIn { code: visitor.mailed(sent, digits), session: SessionTransport::Bearer };
    visitor.ask("/sign-in/confirm", &body).await
}

async fn enter_reset(visitor: &Visitor, sent: &CodeSent, digits: &str, password: &str) -> Result<SignedIn, Said> {
    let code = visitor.mailed(sent, digits);
    let body = ConfirmReset { code, password: secret(password), session: SessionTransport::Bearer };
    visitor.ask("/password-reset/confirm", &body).await
}

async fn resend(visitor: &Visitor, sent: &CodeSent) -> Result<CodeSent, Said> {
    let body = ResendCode { challenge: sent.challenge, installation: visitor.installation };
    visitor.ask("/codes/resend", &body).await
}

/// A refusal for good: this code, and a sentence with these words.
fn assert_refused<T: std::fmt::Debug>(answer: Result<T, Said>, expected: (u16, ErrorCode), words: &str) -> ErrorBody {
    let (status, body) = answer.unwrap_err();
    assert_eq!((status, body.code), expected, "{}", body.message);
    assert!(body.message.contains(words), "{}", body.message);
    body
}

fn assert_void<T: std::fmt::Debug>(answer: Result<T, Said>) {
    let body = assert_refused(answer, (410, ErrorCode::CodeExpired), "counts no more");
    assert_eq!(body.tries_left, None);
}

async fn me(session: &Session) -> Result<Me, Said> {
    session.ask(Method::GET, "/me", None::<&()>).await
}

async fn sessions(session: &Session) -> Sessions {
    session.call(Method::GET, "/me/sessions", None::<&()>).await.unwrap()
}

async fn put<T: serde::de::DeserializeOwned>(
    session: &Session,
    path: &str,
    body: &impl serde::Serialize,
) -> Result<T, Said> {
    session.ask(Method::PUT, path, Some(body)).await
}

fn assert_signed_out(answer: Result<Me, Said>) {
    assert_refused(answer, (401, ErrorCode::NotSignedIn), "Sign in first");
}

/// A live connection of a session.
struct Live(Socket);

impl Live {
    async fn open(session: &Session) -> Self {
        session.register().await;
        let ticket = session.ticket().await.unwrap();
        let url = format!("{}/api/v1/socket", session.url.replace("http://", "ws://"));
        let mut request = url.into_client_request().unwrap();
        let protocols = format!("{SUBPROTOCOL}, {TICKET_PREFIX}{ticket}");
        request.headers_mut().insert("Sec-WebSocket-Protocol", protocols.parse().unwrap());
        let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        let Some(Ok(Message::Binary(first))) = socket.next().await else { panic!("a welcome") };
        assert!(matches!(codec::decode(&first), Ok(ServerFrame::Welcome(_))));
        Self(socket)
    }

    /// Sees that it answers.
    async fn assert_open(&mut self) {
        self.0.send(Message::Ping("there?".into())).await.unwrap();
        let answered = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Pong(said))) if said == "there?" => break,
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => panic!("the connection should stand: {other:?}"),
                }
            }
        };
        tokio::time::timeout(SOON, answered).await.expect("a live connection answers");
    }

    /// Sees that the server closes it, and says that nobody is signed in any more.
    async fn assert_closed(&mut self) {
        let closed = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Close(frame))) => break frame.map(|frame| u16::from(frame.code)),
                    Some(Ok(_)) => {}
                    other => panic!("no close frame: {other:?}"),
                }
            }
        };
        let code = tokio::time::timeout(SOON, closed).await.expect("the connection is closed");
        assert_eq!(code, Some(4_401));
    }
}

async fn a_new_installation_is_asked_and_a_trusted_one_is_not(kind: Kind) {
    let scene = Scene::new(kind).await;
    let visitor = scene.visitor();
    let sent = code_sent(visitor.sign_in(&address("ada"), PASSWORD, None).await.unwrap());
    let mail = scene.server.mailbox().take(&address("ada")).await;
    assert_eq!(mail.header("Subject"), Some("Your code for signing in to Igoon"));
    assert!(mail.text.contains("somebody knows your password"), "{}", mail.text);
    let session = visitor.confirm_sign_in(&sent, &mail.code().unwrap(), "ada").await.unwrap();
    assert_eq!(me(&session).await.unwrap().account, scene.ada.account);

    let trust = session.trust.as_ref();
    assert!(trust.is_some(), "what shows later that a code was entered");
    let again = visitor.sign_in(&address("ada"), PASSWORD, trust).await.unwrap();
    assert!(matches!(again, SignInAnswer::SignedIn(_)), "trusted");
    // Trust is not worth anything on another installation, and nothing for another account or without the password.
    code_sent(scene.visitor().sign_in(&address("ada"), PASSWORD, trust).await.unwrap());
    let wrong = visitor.sign_in(&address("ada"), NEW_PASSWORD, trust).await.unwrap_err();
    assert_eq!(wrong, (401, ErrorCode::BadCredentials));
    // It outlives the session and the server.
    session.call::<()>(Method::POST, "/sign-out", None::<&()>).await.unwrap();
    let mut server = scene.server;
    server.stop().await;
    server.launch().await;
    let again = visitor.sign_in(&address("ada"), PASSWORD, trust).await.unwrap();
    assert!(matches!(again, SignInAnswer::SignedIn(_)), "trusted still");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_installation_is_asked_and_a_trusted_one_is_not_on_sqlite() {
    a_new_installation_is_asked_and_a_trusted_one_is_not(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_installation_is_asked_and_a_trusted_one_is_not_on_postgres() {
    a_new_installation_is_asked_and_a_trusted_one_is_not(Kind::Postgres).await;
}

async fn codes_that_do_not_count_are_refused(kind: Kind) {
    let mut scene = Scene::new(kind).await;
    let visitor = scene.visitor();
    let ask = async || code_sent(visitor.sign_in(&address("ada"), PASSWORD, None).await.unwrap());

    // Five wrong tries, each told how many are left; then not even the right one.
    let sent = ask().await;
    let right = scene.code("ada").await;
    for (left, words) in
        [(4, "4 tries are left"), (3, "3 tries"), (2, "2 tries"), (1, "one try is left"), (0, "the last try")]
    {
        let body = assert_refused(enter(&visitor, &sent, another(&right)).await, (403, ErrorCode::BadCode), words);
        assert_eq!(body.tries_left, Some(left));
    }
    let spent = (403, ErrorCode::TooManyTries);
    let body = assert_refused(enter(&visitor, &sent, &right).await, spent, "ask for another one");
    assert_eq!(body.tries_left, Some(0));

    // What cannot be a code costs no try; spaces and hyphens do not matter.
    let sent = ask().await;
    let right = scene.code("ada").await;
    let body =
        assert_refused(enter(&visitor, &sent, "1234567").await, (422, ErrorCode::Invalid), "The code has 8 digits");
    assert_eq!(body.field.as_deref(), Some("digits"));
    // Another installation, another purpose: as if there were no such code, and it costs no try.
    assert_void(enter(&scene.visitor(), &sent, &right).await);
    assert_void(enter_reset(&visitor, &sent, &right, NEW_PASSWORD).await);
    let body = ConfirmEmail { code: visitor.mailed(&sent, &right) };
    assert_void(scene.ada.ask::<()>(Method::POST, "/me/email/confirm", Some(&body)).await);
    assert_eq!(
        visitor.confirm_sign_up(&sent, &right, "eve").await.map(drop),
        Err((410, ErrorCode::CodeExpired)),
        "nor does it make an account"
    );
    let body = assert_refused(enter(&visitor, &sent, another(&right)).await, (403, ErrorCode::BadCode), "4 tries");
    assert_eq!(body.tries_left, Some(4));
    enter(&visitor, &sent, &format!(" {}-{} ", &right[..4], &right[4..])).await.unwrap();
    assert_void(enter(&visitor, &sent, &right).await);
    assert_void(resend(&visitor, &sent).await);

    // Ten minutes, to the second.
    let sent = ask().await;
    let right = scene.code("ada").await;
    scene.clock.advance(10 * MINUTE - Duration::from_secs(20));
    assert_refused(enter(&visitor, &sent, another(&right)).await, (403, ErrorCode::BadCode), "4 tries");
    scene.clock.advance(Duration::from_secs(20));
    assert_void(enter(&visitor, &sent, &right).await);
    // A session is not made by any of that.
    assert_eq!(sessions(&scene.ada).await.sessions.len(), 2, "the first, and the one right code");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_that_do_not_count_are_refused_on_sqlite() {
    codes_that_do_not_count_are_refused(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_that_do_not_count_are_refused_on_postgres() {
    codes_that_do_not_count_are_refused(Kind::Postgres).await;
}

/// Another code can be asked for after a wait that is told, and takes the place of the one before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_code_is_sent_after_a_wait_and_makes_the_one_before_void() {
    let mut scene = Scene::new(Kind::Sqlite).await;
    let visitor = scene.visitor();
    let mut sent = code_sent(visitor.sign_in(&address("ada"), PASSWORD, None).await.unwrap());
    let mut digits = scene.code("ada").await;
    assert_void(resend(&scene.visitor(), &sent).await);
    for mails in 1..5 {
        let body = assert_refused(resend(&visitor, &sent).await, (429, ErrorCode::RateLimited), "wait a moment");
        let wait = body.retry_after_ms.unwrap();
        assert!((1..=60_000).contains(&wait), "{wait}");
        scene.clock.advance(MINUTE);
        // Tries that were lost with the code before come back with the new one.
        assert_refused(enter(&visitor, &sent, another(&digits)).await, (403, ErrorCode::BadCode), "tries are left");
        let again = resend(&visitor, &sent).await.unwrap();
        assert_eq!(again.challenge, sent.challenge);
        assert!(again.expires_at > sent.expires_at && again.resend_at > sent.resend_at, "mail {mails}");
        let newer = scene.code("ada").await;
        if newer != digits {
            let body = assert_refused(enter(&visitor, &again, &digits).await, (403, ErrorCode::BadCode), "4 tries");
            assert_eq!(body.tries_left, Some(4), "the code before is one like any other");
        }
        (sent, digits) = (again, newer);
    }
    scene.clock.advance(MINUTE);
    let refused = resend(&visitor, &sent).await;
    assert_refused(refused, (403, ErrorCode::TooManyMails), "enter the newest code, or begin anew");
    enter(&visitor, &sent, &digits).await.unwrap();
}

async fn a_reset_signs_out_everywhere(kind: Kind) {
    let scene = Scene::new(kind).await;
    let mut live = Live::open(&scene.ada).await;
    let visitor = scene.visitor();
    let sent = scene.reset(&visitor, "ada").await;
    let digits = scene.code("ada").await;
    // A password that is refused keeps the code and its tries.
    let easy = "too easy to guess";
    for (bad, words) in [("short", "at least 10"), ("password12", easy), ("ada@example.org", easy)] {
        let body = assert_refused(enter_reset(&visitor, &sent, &digits, bad).await, (422, ErrorCode::Invalid), words);
        assert_eq!(body.field.as_deref(), Some("password"));
    }
    let wrong = enter_reset(&visitor, &sent, another(&digits), NEW_PASSWORD).await;
    assert_refused(wrong, (403, ErrorCode::BadCode), "4 tries");
    live.assert_open().await;

    let answer = enter_reset(&visitor, &sent, &digits, NEW_PASSWORD).await.unwrap();
    live.assert_closed().await;
    assert_signed_out(me(&scene.ada).await);
    let session = visitor.session(answer, "ada");
    assert_eq!(me(&session).await.unwrap().account, scene.ada.account);
    assert_eq!(sessions(&session).await.sessions.len(), 1);
    assert_void(enter_reset(&visitor, &sent, &digits, NEW_PASSWORD).await);

    // The old password is none, and trust from before is gone; that of this installation is new.
    let first = scene.ada.visitor();
    let refused = first.sign_in(&address("ada"), PASSWORD, scene.ada.trust.as_ref()).await.unwrap_err();
    assert_eq!(refused, (401, ErrorCode::BadCredentials));
    code_sent(first.sign_in(&address("ada"), NEW_PASSWORD, scene.ada.trust.as_ref()).await.unwrap());
    let trusted = visitor.sign_in(&address("ada"), NEW_PASSWORD, session.trust.as_ref()).await.unwrap();
    assert!(matches!(trusted, SignInAnswer::SignedIn(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_signs_out_everywhere_on_sqlite() {
    a_reset_signs_out_everywhere(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_signs_out_everywhere_on_postgres() {
    a_reset_signs_out_everywhere(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_ends_all_other_sessions_and_their_connections() {
    let scene = Scene::new(Kind::Sqlite).await;
    let other = scene.second().await;
    let (mut mine, mut theirs) = (Live::open(&scene.ada).await, Live::open(&other).await);
    let change = async |current: &str, password: &str| -> Result<(), Said> {
        put(&scene.ada, "/me/password", &ChangePassword { current: secret(current), password: secret(password) }).await
    };
    let body = assert_refused(
        change(NEW_PASSWORD, NEW_PASSWORD).await,
        (401, ErrorCode::BadCredentials),
        "not the account's present password",
    );
    assert_eq!(body.field.as_deref(), Some("current"));
    let body = assert_refused(change(PASSWORD, "adaadaada1").await, (422, ErrorCode::Invalid), "too easy");
    assert_eq!(body.field.as_deref(), Some("password"));
    theirs.assert_open().await;

    change(PASSWORD, NEW_PASSWORD).await.unwrap();
    theirs.assert_closed().await;
    assert_signed_out(me(&other).await);
    mine.assert_open().await;
    let listed = sessions(&scene.ada).await.sessions;
    assert!(listed.len() == 1 && listed[0].current);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_changes_once_its_code_is_entered_and_the_old_one_is_told() {
    let scene = Scene::new(Kind::Sqlite).await;
    let ask = async |current: &str, name: &str| -> Result<CodeSent, Said> {
        put(&scene.ada, "/me/email", &ChangeEmail { email: address(name), current: secret(current) }).await
    };
    let body = assert_refused(ask(NEW_PASSWORD, "countess").await, (401, ErrorCode::BadCredentials), "present");
    assert_eq!(body.field.as_deref(), Some("current"));
    let sent = ask(PASSWORD, "countess").await.unwrap();
    let digits = scene.code("countess").await;
    assert_eq!(me(&scene.ada).await.unwrap().email, address("ada"), "until the code is entered");
    let unknown = scene.visitor().sign_in(&address("countess"), PASSWORD, None).await.unwrap_err();
    assert_eq!(unknown, (401, ErrorCode::BadCredentials));

    let code = scene.ada.visitor().mailed(&sent, &digits);
    scene.ada.ask::<()>(Method::POST, "/me/email/confirm", Some(&ConfirmEmail { code })).await.unwrap();
    assert_eq!(me(&scene.ada).await.unwrap().email, address("countess"));
    let told = scene.server.mailbox().take(&address("ada")).await;
    assert_eq!(told.header("Subject"), Some("Your Igoon address was changed"));
    assert!(told.code().is_none() && !told.text.contains("countess"), "{}", told.text);
    let gone = scene.visitor().sign_in(&address("ada"), PASSWORD, None).await.unwrap_err();
    assert_eq!(gone, (401, ErrorCode::BadCredentials));
    let trusted = scene.ada.visitor().sign_in(&address("countess"), PASSWORD, scene.ada.trust.as_ref()).await.unwrap();
    assert!(matches!(trusted, SignInAnswer::SignedIn(_)), "trust is in the account, not in its address");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handle_changes_to_one_that_nobody_has_and_none_can_be_taken_for() {
    let scene = Scene::new(Kind::Sqlite).await;
    let owner = NativeClient::start(scene.ada.clone()).await;
    let room = owner.create_room("Names").await;
    let link = owner.invite(room, 1).await;
    let bob = Session::sign_up(&scene.server, room, &link, "bob10").await.unwrap();
    let change = async |session: &Session, handle: &str| -> Result<(), Said> {
        put(session, "/me/handle", &ChangeHandle { handle: handle.to_owned() }).await
    };
    let taken = (409, ErrorCode::HandleTaken);
    for looks_like_it in ["ADA", "\u{430}d\u{430}", "аԁа"] {
        let (status, body) = change(&bob, looks_like_it).await.unwrap_err();
        let mixed = (status, body.code, body.field.as_deref()) == (422, ErrorCode::Invalid, Some("handle"));
        assert!((status, body.code) == taken || mixed, "{looks_like_it}: {body:?}");
    }
    assert_refused(change(&scene.ada, "bobl0").await, taken, "looks like one that is");
    change(&scene.ada, "countess").await.unwrap();
    assert_eq!(me(&scene.ada).await.unwrap().handle, "countess");
    change(&bob, "ada").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_are_listed_and_ended_from_each_other() {
    let scene = Scene::new(Kind::Sqlite).await;
    let (second, third) = (scene.second().await, scene.second().await);
    let (mut first_live, mut second_live) = (Live::open(&scene.ada).await, Live::open(&second).await);
    let listed = sessions(&third).await.sessions;
    assert_eq!(listed.len(), 3);
    assert!(listed.iter().filter(|one| one.current).all(|one| one.installation == third.installation));
    let of_second = listed.iter().find(|one| one.installation == second.installation).unwrap();
    assert_eq!(of_second.device_name.as_deref(), Some("ada's computer"));
    assert!(listed.iter().find(|one| one.current).unwrap().device.is_none(), "no keys yet");

    // Somebody else's sessions cannot be named.
    let nobodys = "/me/sessions/AAAAAAAAAAAAAAAAAAAAAA";
    let refused = third.ask::<()>(Method::DELETE, nobodys, None::<&()>).await;
    assert_refused(refused, (404, ErrorCode::NotFound), "nothing here");
    let path = format!("/me/sessions/{}", of_second.session);
    third.call::<()>(Method::DELETE, &path, None::<&()>).await.unwrap();
    second_live.assert_closed().await;
    assert_signed_out(me(&second).await);
    first_live.assert_open().await;

    third.call::<()>(Method::POST, "/sign-out", None::<&()>).await.unwrap();
    assert_signed_out(me(&third).await);
    first_live.assert_open().await;
    let fourth = scene.second().await;
    fourth.call::<()>(Method::POST, "/sign-out-everywhere", None::<&()>).await.unwrap();
    first_live.assert_closed().await;
    assert_signed_out(me(&scene.ada).await);
    assert_signed_out(me(&fourth).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_lasts_as_long_as_it_is_used() {
    let mut scene = Scene::new(Kind::Sqlite).await;
    let unused = scene.second().await;
    for _ in 0..3 {
        scene.clock.advance(60 * DAY);
        me(&scene.ada).await.unwrap();
        let ends = sessions(&scene.ada).await.sessions[0].expires_at;
        let last_used = sessions(&scene.ada).await.sessions[0].last_used_at;
        assert_eq!(ends.millis_since(last_used), i64::try_from((90 * DAY).as_millis()).unwrap());
    }
    assert_signed_out(me(&unused).await);
    scene.clock.advance(90 * DAY);
    assert_signed_out(me(&scene.ada).await);
    // Trust does not end with a session.
    let again = scene.ada.visitor().sign_in(&address("ada"), PASSWORD, scene.ada.trust.as_ref()).await.unwrap();
    assert!(matches!(again, SignInAnswer::SignedIn(_)));
}

/// Whoever knows an address only cannot learn whether it has an account: the same answers, word for word.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whether_an_address_has_an_account_is_not_told() {
    let mut scene = Scene::new(Kind::Sqlite).await;
    let owner = NativeClient::start(scene.ada.clone()).await;
    let room = owner.create_room("Nobody").await;
    let link = owner.invite(room, 1).await;
    let visitor = scene.visitor();
    let (mut resets, mut sign_ups, mut answers) = (Vec::new(), Vec::new(), [Vec::new(), Vec::new()]);
    for (name, answers) in ["ada", "nobody"].into_iter().zip(&mut answers) {
        answers.push(without_chance(visitor_says(&scene, name, NEW_PASSWORD).await));
        resets.push(scene.reset(&visitor, name).await);
        sign_ups.push(visitor.sign_up(room, &link, &address(name)).await.unwrap());
    }
    scene.clock.advance(MINUTE);
    for (index, answers) in answers.iter_mut().enumerate() {
        let (reset, sign_up) = (&resets[index], &sign_ups[index]);
        for sent in [reset, sign_up] {
            let span = sent.expires_at.millis_since(sent.resend_at);
            answers.push(serde_json::to_value(span).unwrap());
            answers.push(without_chance(said(resend(&visitor, sent).await)));
        }
        for tries in 0..6 {
            let digits = format!("{tries:08}");
            answers.push(without_chance(said(enter_reset(&visitor, reset, &digits, NEW_PASSWORD).await)));
            let refused = visitor.confirm_sign_up(sign_up, &digits, "somebody").await.map(drop).unwrap_err();
            answers.push(Value::String(format!("{refused:?}")));
        }
    }
    assert_eq!(answers[0], answers[1]);
    // Only the one who reads the mails can tell.
    let mailbox = scene.server.mailbox();
    let subjects = |name: &str| -> Vec<String> {
        let mails = mailbox.mails(&address(name));
        let mut subjects: Vec<_> = mails.iter().filter_map(|mail| mail.header("Subject").map(str::to_owned)).collect();
        subjects.sort();
        subjects
    };
    let exists = "You have an Igoon account already".to_owned();
    let reset = "Your code for a new Igoon password".to_owned();
    let new = "Your code for a new Igoon account".to_owned();
    let empty = async || (scene.server.waiting_mails() == 0).then_some(());
    igoon_e2e::wait::until("an empty outbox", empty).await;
    assert_eq!(subjects("ada"), [exists.clone(), exists, reset.clone(), reset]);
    assert_eq!(subjects("nobody"), [new.clone(), new]);
}

/// What signing in with this password is answered.
async fn visitor_says(scene: &Scene, name: &str, password: &str) -> Value {
    let visitor = scene.visitor();
    let body = igoon_shared::protocol::http::SignIn {
        email: address(name),
        password: secret(password),
        installation: visitor.installation,
        session: SessionTransport::Bearer,
        trust: None,
    };
    said::<SignInAnswer>(visitor.ask("/sign-in", &body).await)
}

fn said<T: serde::Serialize>(answer: Result<T, Said>) -> Value {
    match answer {
        Ok(answer) => serde_json::to_value(answer).unwrap(),
        Err((status, body)) => serde_json::json!({ "status": status, "body": body }),
    }
}

/// Without what is different each time.
fn without_chance(mut answer: Value) -> Value {
    for name in ["challenge", "expires_at", "resend_at"] {
        if let Some(value) = answer.get_mut(name) {
            *value = Value::Bool(true);
        }
    }
    if let Some(body) = answer.get_mut("body") {
        body["request_id"] = Value::Bool(true);
    }
    answer
}
