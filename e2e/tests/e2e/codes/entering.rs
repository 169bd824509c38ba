//! Who is asked for a code, and which codes count.

use std::time::Duration;

use igoon_e2e::{
    account::{PASSWORD, Said, Visitor, address},
    database::Kind,
};
use igoon_shared::protocol::{
    error::ErrorCode,
    http::{CodeSent, ConfirmEmail, ConfirmSignIn, SessionTransport, SignInAnswer, SignedIn},
};
use reqwest::Method;

use super::{
    MINUTE, NEW_PASSWORD, Scene, another, assert_refused, assert_void, code_sent, enter_reset, me, resend, sessions,
};

async fn enter(visitor: &Visitor, sent: &CodeSent, digits: &str) -> Result<SignedIn, Said> {
    let body = ConfirmSignIn { code: visitor.mailed(sent, digits), session: SessionTransport::Bearer };
    visitor.ask("/sign-in/confirm", &body).await
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
