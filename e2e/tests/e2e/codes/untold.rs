//! Whoever knows an address only cannot learn whether it has an account.

use igoon_e2e::{
    account::{Said, address},
    database::Kind,
    native::NativeClient,
};
use igoon_shared::protocol::http::{SessionTransport, SignIn, SignInAnswer};
use serde_json::Value;

use super::{MINUTE, NEW_PASSWORD, Scene, enter_reset, resend, secret};

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
    let body = SignIn {
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
