//! What an account changes about itself, and what that ends.

use igoon_e2e::{
    account::{PASSWORD, Said, Session, address},
    database::Kind,
    native::NativeClient,
};
use igoon_shared::protocol::{
    error::ErrorCode,
    http::{ChangeEmail, ChangeHandle, ChangePassword, CodeSent, ConfirmEmail, SignInAnswer},
};
use reqwest::Method;

use super::{
    NEW_PASSWORD, Scene, another, assert_refused, assert_signed_out, assert_void, code_sent, enter_reset, live::Live,
    me, secret, sessions,
};

async fn put<T: serde::de::DeserializeOwned>(
    session: &Session,
    path: &str,
    body: &impl serde::Serialize,
) -> Result<T, Said> {
    session.ask(Method::PUT, path, Some(body)).await
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
