//! By a device that has the keys: whoever approves hands them over, and the service sees none.

use igoon_e2e::{account::PASSWORD, database::Kind, sweep::Sweep};
use igoon_shared::client::io::{Deed, RecoveryChoice, RequestProgress};

use super::{HISTORY, Scene, has_come, recovery_entries};
use crate::codes::{assert_signed_out, live::Live, me};

async fn an_owner_hands_the_keys_over(kind: Kind) {
    let (mut scene, ada, grace) = Scene::new(kind, RecoveryChoice::default()).await;
    let room = scene.room;
    let old = grace.identity().device();
    let new = scene.grace_asks().await;
    let (said, sent) = (grace.session().heard.clone(), grace.session().sent.clone());
    let (lost, ..) = grace.crash().await;
    let mut live = Live::open(&lost).await;
    let asked = scene.sees(&ada, &new).await;
    scene.approves(&ada, &asked, Some(old));
    new.shows(room, &HISTORY).await;
    has_come(&new, room, "that it is let in", |progress| progress == RequestProgress::Entitled).await;
    // Whoever has the lost computer is out of the account, too.
    live.assert_closed().await;
    assert_signed_out(me(&lost).await);
    new.send(room, "plaintext-four on the new computer");
    let all = [HISTORY[0], HISTORY[1], HISTORY[2], "plaintext-four on the new computer"];
    for client in [&new, &ada] {
        client.shows(room, &all).await;
        let entries = recovery_entries(client, room, 1).await;
        let Deed::RecoveryApproved { computer, replaces } = entries[0].deed else { panic!("{entries:?}") };
        assert_eq!((computer.unwrap().device, replaces), (asked.device, Some(old)));
        assert_eq!(client.shown().failures, []);
    }

    let mut sweep = Sweep::default();
    sweep.secret("a plaintext", b"plaintext-");
    sweep.secret("a password", PASSWORD.as_bytes());
    sweep.client(&ada);
    sweep.client(&new);
    sweep.person("grace's lost computer", &said);
    sweep.assert_clean(&scene.server);
    // Nor did the service ever hear of one.
    let mut keys = Sweep::default();
    let records = [ada.records(), new.records()];
    let raw = records.iter().flatten().filter(|(record, _)| record.contains("/key/"));
    raw.for_each(|(record, key)| keys.secret(format!("the raw key {record}"), key));
    for (name, sent) in [("ada", &ada.session().sent), ("grace", &new.session().sent), ("lost", &sent)] {
        keys.assert_unsent(name, sent);
    }
    scene.server.stop().await;
    sweep.assert_clean(&scene.server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_hands_the_keys_over_on_sqlite() {
    an_owner_hands_the_keys_over(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_hands_the_keys_over_on_postgres() {
    an_owner_hands_the_keys_over(Kind::Postgres).await;
}
