//! By announcement: an owner who lost everything, in a room whose policy lets such in. Everybody reads of it for three days; then
//! the service lets the new computer in, and whoever has the keys hands them over. Who did not see the three days pass says so.

use std::time::Duration;

use igoon_e2e::{
    account::Session,
    database::Kind,
    native::{NativeClient, Shown},
};
use igoon_shared::{
    client::{
        Command,
        io::{Deed, RecoveryChoice, RequestProgress, RoomView, Standing},
    },
    log::action::RecoveryMode,
};

use super::{HISTORY, HOUR, Scene, has_come, recovery_entries, view};

const CHOICE: RecoveryChoice = RecoveryChoice {
    mode: RecoveryMode::DevicesOnly,
    veto_delay_ms: 0,
    admins_approve: false,
    owner_by_announcement: true,
};

const WAIT: Duration = HOUR.saturating_mul(72);

async fn an_owner_is_let_in_after_three_days(kind: Kind) {
    let (mut scene, ada, grace) = Scene::new(kind, CHOICE).await;
    let room = scene.room;
    // Heidi is away from before it is announced.
    let secret = ada.invite(room, 1).await;
    let heidi = NativeClient::start(Session::sign_up(&scene.server, room, &secret, "heidi").await.unwrap()).await;
    heidi.join(room, &secret).await;
    let (session, identity, records) = heidi.crash().await;
    drop(ada.crash().await);
    grace.command(Command::ShowRecovery { room });
    let new = scene.signs_in("ada").await;
    assert!(view(&new.shown(), room).may_announce);
    new.command(Command::AskRecovery { room, announce: true });
    has_come(&new, room, "the wait", |progress| matches!(progress, RequestProgress::Waiting { .. })).await;
    let announced = |shown: &Shown| shown.recoveries.get(&room).is_some_and(|view| view.waiting.len() == 1);
    let shown = grace.until("the announcement", announced).await;
    let waiting = &view(&shown, room).waiting[0];
    assert!(waiting.announced && !waiting.may_veto, "a plain member objects to nothing of an owner's");
    assert_eq!((waiting.handle.as_deref(), waiting.device), (Some("ada"), new.identity().device()));

    // Not before, though the service starts anew.
    grace.advance(WAIT - HOUR);
    scene.rests(WAIT - HOUR).await;
    grace.until("the connection", |shown| shown.is_ready(room)).await;
    assert_eq!(new.shown().rooms[&room].standing, Standing::NotApproved);
    assert_eq!(view(&grace.shown(), room).waiting.len(), 1);
    grace.advance(HOUR);
    scene.rests(HOUR).await;
    new.shows(room, &HISTORY).await;
    new.send(room, "plaintext-four on the new computer");
    let all = [HISTORY[0], HISTORY[1], HISTORY[2], "plaintext-four on the new computer"];
    grace.shows(room, &all).await;
    let heidi = NativeClient::resume(session, identity, records);
    heidi.advance(WAIT);
    heidi.shows(room, &all).await;
    for (client, unseen) in [(&new, None), (&grace, None), (&heidi, Some(0))] {
        let entries = recovery_entries(client, room, 2).await;
        assert!(matches!(entries[0].deed, Deed::RecoveryAnnounced { .. }) && entries[0].by.is_none());
        assert!(matches!(entries[1].deed, Deed::RecoveryReleased { computer: Some(_) }) && entries[1].by.is_none());
        assert_eq!(entries[1].unseen_wait.map(|wait| wait.seen_hours), unseen);
        let marked = if unseen.is_some() { vec![Some("ada")] } else { vec![] };
        let shown = |view: &RoomView| {
            let members = view.members.iter().filter(|member| member.unseen_wait);
            members.map(|member| member.handle.as_deref()).collect::<Vec<_>>() == marked
        };
        client.sees(room, "who is marked", shown).await;
        assert_eq!(client.shown().failures, []);
    }
    let may_set = |client: &NativeClient| view(&client.shown(), room).may_set;
    assert!(may_set(&new) && !may_set(&grace), "she is owner again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_is_let_in_after_three_days_on_sqlite() {
    an_owner_is_let_in_after_three_days(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_is_let_in_after_three_days_on_postgres() {
    an_owner_is_let_in_after_three_days(Kind::Postgres).await;
}
