//! An owner chooses the service's help in a room that has been there for a while: it releases what was written since, and what was
//! before comes from whoever has it.

use igoon_e2e::{database::Kind, native::NativeClient};
use igoon_shared::{
    client::{
        Command,
        io::{Body, RecoveryChoice, RequestProgress, RoomView, Unreadable},
    },
    log::action::RecoveryMode,
};

use super::{HISTORY, HOUR, Scene, WITH_AN_HOUR, has_come, view};

const SINCE: &str = "plaintext-four since then";

async fn the_service_releases_what_was_written_since_it_was_chosen(kind: Kind) {
    let (mut scene, ada, grace) = Scene::new(kind, RecoveryChoice::default()).await;
    let room = scene.room;
    let before = ada.shown().rooms[&room].epoch;
    ada.command(Command::SetRecovery { room, choice: WITH_AN_HOUR });
    for client in [&ada, &grace] {
        let chosen = |view: &RoomView| view.recovery == Some(RecoveryMode::ServerAssisted);
        client.sees(room, "what was chosen", |view| chosen(view) && view.epoch == before.next()).await;
    }
    ada.send(room, SINCE);
    let all = [HISTORY[0], HISTORY[1], HISTORY[2], SINCE];
    grace.shows(room, &all).await;
    let new = scene.grace_asks().await;
    drop(grace.crash().await);
    let asked = scene.sees(&ada, &new).await;
    assert_eq!(view(&ada.shown(), room).choice, WITH_AN_HOUR);
    scene.approves(&ada, &asked, None);
    has_come(&new, room, "the wait", |progress| matches!(progress, RequestProgress::Waiting { .. })).await;
    let (session, identity, records) = ada.crash().await;
    scene.rests(HOUR).await;
    // Nobody else is there: what the service never had is closed.
    new.until("what was written since", |shown| {
        shown.in_room(room).any(|message| message.body == Body::Text(SINCE.to_owned()))
    })
    .await;
    let shown = new.shown();
    let bodies: Vec<&Body> = shown.in_room(room).map(|message| &message.body).collect();
    assert_eq!(bodies.len(), 4);
    assert!(bodies[..3].iter().all(|body| matches!(body, Body::Unreadable(Unreadable::NoKey(_)))), "{bodies:?}");
    // Who approved it comes, and hands over what the approval names.
    let ada = NativeClient::resume(session, identity, records);
    new.shows(room, &all).await;
    assert_eq!((ada.shown().failures, new.shown().failures), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_releases_what_was_written_since_it_was_chosen_on_sqlite() {
    the_service_releases_what_was_written_since_it_was_chosen(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_releases_what_was_written_since_it_was_chosen_on_postgres() {
    the_service_releases_what_was_written_since_it_was_chosen(Kind::Postgres).await;
}
