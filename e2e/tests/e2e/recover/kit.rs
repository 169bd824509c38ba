//! By a printed kit: an owner who lost everything, and nobody else is there.

use igoon_e2e::{account::PASSWORD, database::Kind, native::NativeClient, sweep::Sweep};
use igoon_shared::{
    client::{
        Command,
        io::{Deed, KitRefusal, RecoveryChoice},
    },
    crypto::{kit::KitCode, system_rng},
    log::action::RecoveryMode,
};

use super::{HISTORY, Scene, recovery_entries, secret, view};

const CHOICE: RecoveryChoice =
    RecoveryChoice { mode: RecoveryMode::Kit, veto_delay_ms: 0, admins_approve: false, owner_by_announcement: false };

async fn an_owner_comes_back_by_the_kit(kind: Kind) {
    let (mut scene, ada, grace) = Scene::new(kind, CHOICE).await;
    let room = scene.room;
    let shown = ada.until("the kit's code", |shown| shown.kits.contains_key(&room)).await;
    let code = shown.kits[&room].clone();
    // As long as she has not said that it is written down, it is shown again.
    let (session, identity, records) = ada.crash().await;
    let ada = NativeClient::resume(session, identity, records);
    let again = ada.until("the code once more", |shown| shown.kits.contains_key(&room)).await;
    assert_eq!(again.kits[&room], code);
    ada.command(Command::KitNoted { room });
    igoon_e2e::wait::until("that nothing of it is kept here", async || {
        (!ada.records().keys().any(|record| record.starts_with("kit/"))).then_some(())
    })
    .await;

    // Everything is lost, and nobody else is there.
    let lost = ada.records();
    drop(ada.crash().await);
    let (session, identity, records) = grace.crash().await;
    let new = scene.signs_in("ada").await;
    assert!(view(&new.shown(), room).kit_here);
    for (typed, why) in [
        (code[1..].to_owned(), KitRefusal::Mistyped),
        (KitCode::random(&mut system_rng()).text().to_string(), KitRefusal::OtherKit),
    ] {
        let before = new.shown().kit_refused.len();
        new.command(Command::UseKit { room, code: secret(&typed) });
        let refused = new.until("that it does not serve", |shown| shown.kit_refused.len() > before).await;
        assert_eq!(refused.kit_refused.last(), Some(&why));
    }
    new.command(Command::UseKit { room, code: secret(&code.to_lowercase().replace('-', " ")) });
    new.shows(room, &HISTORY).await;
    new.send(room, "plaintext-four on the new computer");
    let all = [HISTORY[0], HISTORY[1], HISTORY[2], "plaintext-four on the new computer"];
    new.shows(room, &all).await;
    new.until("that the kit is of no more use", |shown| !view(shown, room).kit_here).await;
    assert_eq!(new.shown().failures, []);

    let grace = NativeClient::resume(session, identity, records);
    grace.shows(room, &all).await;
    for client in [&new, &grace] {
        let entries = recovery_entries(client, room, 1).await;
        let Deed::RecoveryApproved { computer, replaces: None } = entries[0].deed else { panic!("{entries:?}") };
        assert_eq!((computer.unwrap().device, entries[0].by), (new.identity().device(), None), "by the kit");
    }

    let mut sweep = Sweep::default();
    sweep.secret("a plaintext", b"plaintext-");
    sweep.secret("a password", PASSWORD.as_bytes());
    sweep.secret("the kit's code", code.as_bytes());
    sweep.secret("the kit's code in one piece", code.replace('-', "").as_bytes());
    for (record, key) in lost.iter().filter(|(record, _)| record.contains("/key/")) {
        sweep.secret(format!("the raw key {record} of the lost computer"), key);
    }
    sweep.client(&grace);
    sweep.client(&new);
    sweep.assert_clean(&scene.server);
    scene.server.stop().await;
    sweep.assert_clean(&scene.server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_comes_back_by_the_kit_on_sqlite() {
    an_owner_comes_back_by_the_kit(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_comes_back_by_the_kit_on_postgres() {
    an_owner_comes_back_by_the_kit(Kind::Postgres).await;
}
