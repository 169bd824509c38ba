//! With the service's help: nobody who holds the keys is there when it hands them over.

use igoon_e2e::{
    account::{PASSWORD, address},
    database::Kind,
    native::{NativeClient, Shown},
    sweep::Sweep,
};
use igoon_shared::{
    client::{
        Command,
        io::{Deed, Ended, RequestProgress, RoomView, Standing},
    },
    crypto::holder::Holder,
    ids::EntryHash,
    log::{SignedEntry, action::RecoveryMode},
    protocol::{
        codec,
        error::ErrorCode,
        http::{RecoveryKey, RoomKeys, SignInAnswer},
    },
};
use reqwest::Method;

use super::{HISTORY, HOUR, Scene, WITH_AN_HOUR, has_come, recovery_entries, secret, view};
use crate::codes::{assert_signed_out, live::Live, me};

async fn who_lost_the_only_computer_reads_everything(kind: Kind) {
    let (mut scene, ada, grace) = Scene::new(kind, WITH_AN_HOUR).await;
    let room = scene.room;
    let old = grace.identity().device();
    let lost = grace.records();
    for client in [&ada, &grace] {
        assert_eq!(client.shown().rooms[&room].recovery, Some(RecoveryMode::ServerAssisted), "everybody sees it");
    }
    // She loses it, signs in on a new one, and asks.
    let new = scene.grace_asks().await;
    let found = grace.crash().await;
    let mut live = Live::open(&found.0).await;
    let asked = scene.sees(&ada, &new).await;
    assert_eq!(asked.replaceable, [(old, Some("grace's computer".to_owned()))]);

    // Approving asks for the password.
    let (device, password) = (asked.device, secret("not her password"));
    ada.command(Command::ApproveRecovery { room, device, replaces: Some(old), password });
    ada.until("that it was the wrong one", |shown| shown.failures == [ErrorCode::BadCredentials]).await;
    assert!(view(&ada.shown(), room).waiting.is_empty());
    me(&found.0).await.expect("it is signed in until it is named");
    scene.approves(&ada, &asked, Some(old));
    has_come(&new, room, "the wait", |progress| matches!(progress, RequestProgress::Waiting { may_veto: false, .. }))
        .await;
    let waits = ada.until("that it waits", |shown| view(shown, room).waiting.len() == 1).await;
    let waiting = &view(&waits, room).waiting[0];
    assert_eq!((waiting.device, waiting.handle.as_deref()), (device, Some("grace")));
    assert_eq!(waiting.name.as_deref(), Some("grace's computer"));
    assert!(waiting.may_veto && !waiting.announced);
    assert_eq!(waits.rooms[&room].recovery_wanted, 0);

    // Whoever has the lost computer is out at once, of other rooms and of the account, too. With password and code it is signed in on
    // anew: the one does not do, and if it was not lost, it objects.
    live.assert_closed().await;
    assert_signed_out(me(&found.0).await);
    let visitor = found.0.visitor();
    let asked_in = visitor.sign_in(&address("grace"), PASSWORD, found.0.trust.as_ref()).await.unwrap();
    let SignInAnswer::CodeSent(sent) = asked_in else { panic!("it is asked for no code") };
    let digits = scene.server.mailbox().code(&address("grace")).await;
    let lifted = visitor.confirm_sign_in(&sent, &digits, "grace").await.unwrap();
    assert_eq!(lifted.register().await.device(), old);
    let found = NativeClient::resume(lifted, found.1, found.2);
    found.command(Command::ShowRecovery { room });
    let may_veto =
        |shown: &Shown| shown.recoveries.get(&room).is_some_and(|view| view.waiting.iter().any(|waits| waits.may_veto));
    found.until("that it can object", may_veto).await;
    let found = found.crash().await;

    // Nobody else is there when the time is over.
    let (session, identity, records) = ada.crash().await;
    scene.server.stop().await;
    scene.clock.advance(HOUR);
    scene.server.launch().await;
    new.shows(room, &HISTORY).await;
    has_come(&new, room, "the release", |progress| progress == RequestProgress::Released).await;
    let keys: RoomKeys = new.session().call(Method::GET, &format!("/rooms/{room}/keys"), None::<&()>).await.unwrap();
    let pinned: RecoveryKey = new.session().call(Method::GET, "/recovery-key", None::<&()>).await.unwrap();
    let signing_key = pinned.signing_key.0.as_slice().try_into().unwrap();
    let holder = Holder::new(&pinned.recovery_key.0, signing_key).unwrap().id();
    assert!(!keys.envelopes.is_empty());
    assert!(keys.envelopes.iter().all(|envelope| envelope.context().unwrap().wrapper == holder), "the service alone");
    // She goes on under the next key, which it starts by itself.
    new.send(room, "plaintext-four on the new computer");
    let all = [HISTORY[0], HISTORY[1], HISTORY[2], "plaintext-four on the new computer"];
    new.shows(room, &all).await;

    let ada = NativeClient::resume(session, identity, records);
    ada.shows(room, &all).await;
    for client in [&ada, &new] {
        let entries = recovery_entries(client, room, 2).await;
        let Deed::RecoveryApproved { computer, replaces } = entries[0].deed else { panic!("{entries:?}") };
        assert_eq!((computer.unwrap().device, replaces), (device, Some(old)));
        assert!(entries[0].by.is_some() && entries[1].by.is_none(), "the service says that it is released");
        assert_eq!(entries[1].deed, Deed::RecoveryReleased { computer });
    }
    assert_eq!(new.shown().failures, []);
    // Whoever finds the lost computer reads what it had, and nothing of what came then.
    let found = NativeClient::resume(found.0, found.1, found.2);
    let is_out = |view: &RoomView| matches!(view.standing, Standing::Ended(ended) if ended.how == Ended::Revoked && ended.by == ada.identity().account());
    found.sees(room, "that it was replaced", is_out).await;
    assert_eq!(found.shown().texts(room), HISTORY);

    // Neither database nor logs nor anything that anybody was told held a room key in clear.
    let mut sweep = Sweep::default();
    sweep.secret("a plaintext", b"plaintext-");
    sweep.secret("a password", PASSWORD.as_bytes());
    for (record, key) in lost.iter().filter(|(record, _)| record.contains("/key/")) {
        sweep.secret(format!("the raw key {record} of the lost computer"), key);
    }
    sweep.client(&ada);
    sweep.client(&new);
    sweep.assert_clean(&scene.server);
    scene.server.stop().await;
    sweep.assert_clean(&scene.server);
    let entry = newest_hash(&ada);
    assert!(Sweep::is_kept(&scene.server, entry.as_bytes()), "the search finds what is there");
}

/// The newest entry of ada's log.
fn newest_hash(ada: &NativeClient) -> EntryHash {
    let records = ada.records();
    let (_, newest) = records.iter().rev().find(|(record, _)| record.contains("/entry/")).unwrap();
    codec::decode::<SignedEntry>(newest).unwrap().hash()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lost_the_only_computer_reads_everything_on_sqlite() {
    who_lost_the_only_computer_reads_everything(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lost_the_only_computer_reads_everything_on_postgres() {
    who_lost_the_only_computer_reads_everything(Kind::Postgres).await;
}
