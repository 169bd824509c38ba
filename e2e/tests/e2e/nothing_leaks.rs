//! After a whole story (accounts, wrong codes, a lost password, second computers, invites, messages, whoever watches the server)
//! no plaintext, password, code, token or raw key is in the database, in the log, even the most talkative one, or in what
//! anybody else was told.

use igoon_e2e::{
    account::{PASSWORD, Visitor, address},
    database::Kind,
    native::NativeClient,
    server::TestServer,
    sweep::{Heard, Sweep},
};
use igoon_shared::{
    crypto::primitives,
    protocol::{
        error::ErrorCode,
        http::{ChangePassword, CodeSent, ConfirmReset, ResetPassword, SecretText, SessionTransport, SignInAnswer},
    },
};
use reqwest::Method;

const ADMIN_TOKEN: &str = "whoever-watches-this-server-0123456789";
const RESET_PASSWORD: &str = "seven violet umbrellas";
const CHANGED_PASSWORD: &str = "nine copper lanterns";

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

/// Codes as they come by mail.
struct Codes<'a> {
    server: &'a TestServer,
    sweep: &'a mut Sweep,
}

impl Codes<'_> {
    async fn next(&mut self, handle: &str) -> String {
        let code = self.server.mailbox().code(&address(handle)).await;
        self.sweep.typed(format!("a code for {handle}"), &code);
        code
    }
}

/// A code that is not this one.
fn wrong(code: &str) -> String {
    code.bytes().map(|digit| char::from(b'0' + (digit - b'0' + 1) % 10)).collect()
}

async fn story(kind: Kind) {
    let mut server =
        TestServer::start_with(kind, &["--admin-token", ADMIN_TOKEN, "--log", "trace,actix_http::h1=trace"]).await;
    let mut sweep = Sweep::default();
    for (what, text) in [
        ("a password", PASSWORD),
        ("a new password", RESET_PASSWORD),
        ("a changed password", CHANGED_PASSWORD),
        ("the admin token", ADMIN_TOKEN),
        ("a plaintext", "only for the two"),
        ("a wrong password", "not her password"),
    ] {
        sweep.secret(what, text.as_bytes());
    }
    let setup_code = server.setup_code();
    sweep.typed("the set-up code", &setup_code);
    sweep.secret("the set-up code as it is compared", setup_code.replace('-', "").as_bytes());

    // The owner, a room, an invite.
    let visitor = Visitor::new(&server.url());
    let sent = visitor.set_up(&setup_code, &address("ada")).await.unwrap();
    let digits = Codes { server: &server, sweep: &mut sweep }.next("ada").await;
    let refused = visitor.confirm_sign_up(&sent, &wrong(&digits), "ada").await.unwrap_err();
    assert_eq!(refused, (403, ErrorCode::BadCode));
    sweep.secret("a wrong code", wrong(&digits).as_bytes());
    let owner = visitor.confirm_sign_up(&sent, &digits, "ada").await.unwrap();
    let owner = NativeClient::start(owner).await;
    let room = owner.create_room("Quiet room").await;
    let invite = owner.invite(room, 3).await;

    // A member, and somebody who has the link but does not come in.
    let mut people = Vec::new();
    for handle in ["grace", "eve"] {
        let visitor = Visitor::new(&server.url());
        let sent = visitor.sign_up(room, &invite, &address(handle)).await.unwrap();
        let digits = Codes { server: &server, sweep: &mut sweep }.next(handle).await;
        people.push(visitor.confirm_sign_up(&sent, &digits, handle).await.unwrap());
    }
    let eve = people.pop().unwrap();
    let member = NativeClient::start(people.pop().unwrap()).await;
    member.join(room, &invite).await;
    eve.register().await;
    for path in ["keys", "names"] {
        let path = format!("/rooms/{room}/{path}");
        let refused = eve.call::<serde_json::Value>(Method::GET, &path, None::<&()>).await.unwrap_err();
        assert_eq!(refused, (404, ErrorCode::NotFound));
    }
    owner.send(room, "only for the two: one");
    member.send(room, "only for the two: two");
    for client in [&owner, &member] {
        client.until("both messages", |shown| shown.in_room(room).count() == 2).await;
    }

    // A second computer; a password forgotten, and one changed.
    let second = Visitor::new(&server.url());
    let refused = second.sign_in(&address("grace"), "not her password", None).await.unwrap_err();
    assert_eq!(refused, (401, ErrorCode::BadCredentials));
    let Ok(SignInAnswer::CodeSent(sent)) = second.sign_in(&address("grace"), PASSWORD, None).await else {
        panic!("a code is asked for")
    };
    let digits = Codes { server: &server, sweep: &mut sweep }.next("grace").await;
    let second = second.confirm_sign_in(&sent, &digits, "grace").await.unwrap();
    second.register().await;
    second.ticket().await.unwrap();
    let third = Visitor::new(&server.url());
    let ask = ResetPassword { email: address("grace"), installation: third.installation };
    let sent: CodeSent = third.post("/password-reset", &ask).await.unwrap();
    let digits = Codes { server: &server, sweep: &mut sweep }.next("grace").await;
    let code = third.mailed(&sent, &digits);
    let body = ConfirmReset { code, password: secret(RESET_PASSWORD), session: SessionTransport::Bearer };
    let third = third.session(third.post("/password-reset/confirm", &body).await.unwrap(), "grace");
    let refused = second.ticket().await.unwrap_err();
    assert_eq!(refused, (401, ErrorCode::NotSignedIn), "a new password ends the other sessions");
    let body = ChangePassword { current: secret(RESET_PASSWORD), password: secret(CHANGED_PASSWORD) };
    third.call::<()>(Method::PUT, "/me/password", Some(&body)).await.unwrap();
    third.call::<serde_json::Value>(Method::GET, "/me/sessions", None::<&()>).await.unwrap();

    let watcher = watch(&server).await;
    sweep.client(&owner);
    sweep.client(&member);
    for (name, session) in [("grace's second computer", &second), ("grace's third computer", &third), ("eve", &eve)] {
        sweep.person(name, &session.heard);
    }
    sweep.person("whoever watches", &watcher);
    // While it runs, with what stands in the write-ahead log; and when it has put everything in its place.
    sweep.assert_clean(&server);
    nobody_is_logged(&server);
    for token in [&third.token, &owner.session().token] {
        let hash = primitives::sha256(token.as_bytes());
        assert!(Sweep::is_kept(&server, &hash), "a token is kept as its hash, and the search finds that");
    }
    server.stop().await;
    sweep.assert_clean(&server);
    nobody_is_logged(&server);
}

/// What the admin endpoints say.
async fn watch(server: &TestServer) -> Heard {
    let heard = Heard::default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in ["/admin/actors", "/admin/overview", "/metrics", "/health/ready", "/api/v1/server"] {
        let answer = http.get(format!("{}{path}", server.url())).bearer_auth(ADMIN_TOKEN).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        heard.answer(answer.bytes().await.unwrap());
    }
    heard
}

/// Addresses of people are no secrets, but do not belong into a log.
fn nobody_is_logged(server: &TestServer) {
    let logs = server.everything();
    let logs: Vec<_> = logs.iter().filter(|(name, _)| name.contains("/stderr-")).collect();
    assert!(!logs.is_empty());
    for (name, log) in logs {
        let log = String::from_utf8_lossy(log);
        assert!(log.contains("TRACE") && log.contains("answered"), "{name} is a talkative log");
        let named: Vec<&str> = log.lines().filter(|line| line.contains("@example.org")).take(3).collect();
        assert!(named.is_empty(), "{named:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_whole_story_nothing_has_leaked_on_sqlite() {
    story(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_whole_story_nothing_has_leaked_on_postgres() {
    story(Kind::Postgres).await;
}
