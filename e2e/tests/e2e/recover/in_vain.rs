//! In vain: somebody objects, the approval runs out, the request is turned down. Nothing comes of any of them, and it can be asked
//! again.

use igoon_e2e::{database::Kind, native::NativeClient};
use igoon_shared::{
    client::{
        Command,
        io::{Deed, RequestProgress, Standing},
    },
    ids::RoomId,
};

use super::{HISTORY, HOUR, Scene, WITH_AN_HOUR, has_come, recovery_entries, view};

/// What is written while it comes to nothing.
const MEANWHILE: &str = "plaintext-four for two alone";

/// It was not grace who asked: her computer is not lost at all, and objects.
async fn an_older_computer_objects(kind: Kind) {
    let (mut scene, ada, grace) = Scene::new(kind, WITH_AN_HOUR).await;
    let room = scene.room;
    grace.command(Command::ShowRecovery { room });
    let thief = scene.grace_asks().await;
    let asked = scene.sees(&ada, &thief).await;
    scene.approves(&ada, &asked, None);
    let waits =
        grace.until("that it waits", |shown| shown.recoveries.get(&room).is_some_and(|view| view.waiting.len() == 1));
    let waits = waits.await;
    let waiting = &view(&waits, room).waiting[0];
    assert!(waiting.may_veto && waiting.device == asked.device);
    grace.command(Command::Veto { room, entry: waiting.entry });
    has_come(&thief, room, "the objection", |progress| progress == RequestProgress::Over).await;
    for client in [&ada, &grace] {
        client.until("that nothing waits", |shown| view(shown, room).waiting.is_empty()).await;
        let entries = recovery_entries(client, room, 2).await;
        let Deed::RecoveryVetoed { computer: Some(computer) } = entries[1].deed else { panic!("{entries:?}") };
        assert_eq!(computer.device, asked.device);
    }
    // Nor does anything come of it when the time is over.
    scene.rests(HOUR * 2).await;
    nothing_comes(room, [&ada, &grace], &thief).await;
}

/// The service rests until nobody may act on the approval any more.
async fn an_approval_runs_out(kind: Kind) {
    let (mut scene, ada, grace) = Scene::new(kind, WITH_AN_HOUR).await;
    let room = scene.room;
    let new = scene.grace_asks().await;
    let asked = scene.sees(&ada, &new).await;
    scene.approves(&ada, &asked, None);
    has_come(&new, room, "the wait", |progress| matches!(progress, RequestProgress::Waiting { .. })).await;
    scene.rests(HOUR * 26).await;
    has_come(&new, room, "that it ran out", |progress| progress == RequestProgress::Over).await;
    nothing_comes(room, [&ada, &grace], &new).await;
    // It is asked again, approved again, and then it comes.
    new.command(Command::AskRecovery { room, announce: false });
    let asked = scene.sees(&ada, &new).await;
    scene.approves(&ada, &asked, None);
    has_come(&new, room, "the second wait", |progress| matches!(progress, RequestProgress::Waiting { .. })).await;
    scene.rests(HOUR).await;
    new.shows(room, &[HISTORY[0], HISTORY[1], HISTORY[2], MEANWHILE]).await;
}

async fn a_request_is_turned_down(kind: Kind) {
    let (scene, ada, grace) = Scene::new(kind, WITH_AN_HOUR).await;
    let room = scene.room;
    let new = scene.grace_asks().await;
    let asked = scene.sees(&ada, &new).await;
    ada.command(Command::WithdrawRecovery { room, device: asked.device });
    new.until("that it is turned down", |shown| view(shown, room).requests.is_empty()).await;
    ada.until("that nobody asks", |shown| shown.rooms[&room].recovery_wanted == 0).await;
    assert!(view(&new.shown(), room).may_ask);
    // Who asks takes it back, too.
    new.command(Command::AskRecovery { room, announce: false });
    scene.sees(&ada, &new).await;
    new.command(Command::WithdrawRecovery { room, device: asked.device });
    ada.until("that it was taken back", |shown| view(shown, room).requests.is_empty()).await;
    nothing_comes(room, [&ada, &grace], &new).await;
}

/// The computer is not let in: what the others write meanwhile reaches both of them, and it nothing.
async fn nothing_comes(room: RoomId, [ada, grace]: [&NativeClient; 2], to: &NativeClient) {
    grace.until("the connection", |shown| shown.is_ready(room)).await;
    grace.send(room, MEANWHILE);
    grace.until("it to be accepted", |shown| shown.waiting() == 0).await;
    ada.shows(room, &[HISTORY[0], HISTORY[1], HISTORY[2], MEANWHILE]).await;
    let shown = to.shown();
    assert_eq!(shown.rooms[&room].standing, Standing::NotApproved);
    assert_eq!(shown.in_room(room).count(), 0);
    assert!(!to.records().keys().any(|record| record.contains("/key/")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_computer_objects_on_sqlite() {
    an_older_computer_objects(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_computer_objects_on_postgres() {
    an_older_computer_objects(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_runs_out_on_sqlite() {
    an_approval_runs_out(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_runs_out_on_postgres() {
    an_approval_runs_out(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_turned_down_on_sqlite() {
    a_request_is_turned_down(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_turned_down_on_postgres() {
    a_request_is_turned_down(Kind::Postgres).await;
}
