//! Who is in a room, and who no longer: removal, leaving, roles, computers that are approved and revoked, by native clients on
//! both databases. What comes next is under the next key, which those who are out do not get.

use igoon_e2e::{account::Session, database::Kind, native::NativeClient, server::TestServer};
use igoon_shared::{
    client::{
        Command,
        io::{Ended, OutgoingState, Standing, Unreadable},
    },
    ids::{AccountId, Epoch, RoomId},
    log::{EpochReason, HistoryRule, Role},
    protocol::{error::ErrorCode, http::RoomKeys},
};
use reqwest::Method;

async fn has_ended(client: &NativeClient, room: RoomId, how: Ended, by: &str) {
    client
        .sees(room, "why the room ended", |view| {
            matches!(view.standing, Standing::Ended(ending) if ending.how == how)
                && view.ended_by.as_deref() == Some(by)
        })
        .await;
}

fn account(client: &NativeClient) -> AccountId {
    client.identity().account()
}

/// Ada's room, with Grace and Linus in it, in which each has written.
async fn three(server: &TestServer, history: HistoryRule) -> (NativeClient, NativeClient, NativeClient, RoomId) {
    let ada = NativeClient::start(Session::set_up(server, "ada").await.unwrap()).await;
    let room = ada.create_room_with("Machine room", history).await;
    let link = ada.invite(room, 2).await;
    let grace = NativeClient::start(Session::sign_up(server, room, &link, "grace").await.unwrap()).await;
    grace.join(room, &link).await;
    let linus = NativeClient::start(Session::sign_up(server, room, &link, "linus").await.unwrap()).await;
    linus.join(room, &link).await;
    for (client, text) in [(&ada, "one"), (&grace, "two"), (&linus, "three")] {
        client.send(room, text);
        for reader in [&ada, &grace, &linus] {
            reader.until(text, |shown| shown.texts(room).iter().any(|shown| shown == text)).await;
        }
    }
    (ada, grace, linus, room)
}

/// The remover is stopped right after the wish and goes on from what it had saved; the removed learns of it while it is
/// there, or from the log when it comes back; then it is let in again.
async fn a_member_is_removed(kind: Kind, history: HistoryRule, away: bool) {
    let server = TestServer::start(kind).await;
    let (ada, grace, linus, room) = three(&server, history).await;
    let before = ada.shown().rooms[&room].epoch;
    let removed = account(&linus);
    // Who is out is told no names any more.
    linus.sees(room, "everybody's name", |view| view.members.iter().all(|member| member.handle.is_some())).await;
    let mut stopped = None;
    let mut linus = Some(linus);
    if away && let Some(linus) = linus.take() {
        stopped = Some(linus.crash().await);
    }
    ada.command(Command::RemoveMember { room, account: removed });
    let (session, identity, records) = ada.crash().await;
    let ada = NativeClient::resume(session, identity, records);
    ada.until("the room", |shown| shown.is_ready(room)).await;
    // It had not saved the wish, or goes on with it.
    ada.command(Command::RemoveMember { room, account: removed });
    for client in [&ada, &grace] {
        client
            .sees(room, "two members and the next key", |view| {
                view.members.len() == 2 && view.epoch == before.next() && view.has_key
            })
            .await;
    }
    ada.send(room, "four");
    grace.send(room, "five");
    for client in [&ada, &grace] {
        client
            .until("both", |shown| {
                let texts = shown.texts(room);
                texts.contains(&"four".to_owned()) && texts.contains(&"five".to_owned())
            })
            .await;
    }
    let linus = match (linus, stopped) {
        (Some(linus), _) => linus,
        (None, stopped) => {
            let (session, identity, records) = stopped.unwrap();
            NativeClient::resume(session, identity, records)
        }
    };
    has_ended(&linus, room, Ended::Removed, "ada").await;
    assert_eq!(linus.shown().texts(room).len(), 3, "what it could read stays, and nothing comes to it");
    linus.send(room, "too late");
    linus
        .until("a failure", |shown| {
            shown.outgoing.values().any(|view| view.state == OutgoingState::Failed(ErrorCode::NotEntitled))
        })
        .await;
    let keys = linus.session().call::<RoomKeys>(Method::GET, &format!("/rooms/{room}/keys"), None::<&()>).await;
    assert_eq!(keys.unwrap_err().1, ErrorCode::NotFound);

    let link = ada.invite(room, 1).await;
    linus.join(room, &link).await;
    let message_id = linus.shown().outgoing.values().find(|view| view.text == "too late").unwrap().message_id;
    linus.command(Command::Retry { room, message_id });
    for client in [&ada, &grace, &linus] {
        client.until("it to come after all", |shown| shown.texts(room).contains(&"too late".to_owned())).await;
    }
    // What was written while it was out.
    let fourth = match history {
        HistoryRule::AllRetained => "four".to_owned(),
        HistoryRule::FromJoining => format!("{:?}", Unreadable::BeforeJoining(before.next())),
    };
    linus.until(&fourth, |shown| shown.texts(room).contains(&fourth)).await;
}

/// Ada makes Grace admin, then owner in her own place, and leaves; who writes next starts the key.
async fn roles_change_and_an_owner_leaves(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (ada, grace, linus, room) = three(&server, HistoryRule::AllRetained).await;
    ada.command(Command::Leave { room });
    ada.until("a refusal", |shown| shown.failures == [ErrorCode::Forbidden]).await;
    ada.command(Command::SetRole { room, account: account(&grace), role: Role::Admin });
    grace.sees(room, "an admin", |view| view.role == Some(Role::Admin) && view.may_invite).await;
    ada.command(Command::PassOwnership { room, account: account(&grace) });
    grace.sees(room, "an owner", |view| view.role == Some(Role::Owner)).await;
    ada.sees(room, "no owner any more", |view| view.role == Some(Role::Admin)).await;
    grace.command(Command::SetHistory { room, history: HistoryRule::FromJoining });
    linus.sees(room, "the rule", |view| view.history == Some(HistoryRule::FromJoining)).await;
    ada.command(Command::Leave { room });
    has_ended(&ada, room, Ended::Left, "ada").await;
    for client in [&grace, &linus] {
        client
            .sees(room, "that a key is due", |view| {
                view.members.len() == 2 && view.key_due == Some(EpochReason::Leaving) && view.epoch == Epoch(1)
            })
            .await;
    }
    grace.send(room, "four");
    linus.send(room, "five");
    for client in [&grace, &linus] {
        client.until("both", |shown| shown.texts(room).len() == 5).await;
        client.sees(room, "one key for both", |view| view.epoch == Epoch(2) && view.key_due.is_none()).await;
    }
    ada.shows(room, &["one", "two", "three"]).await;
}

/// Ada approves her second computer, which then reads what was before; revokes it, and it reads no further.
async fn a_computer_is_approved_and_revoked(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (ada, grace, _linus, room) = three(&server, HistoryRule::FromJoining).await;
    let second = NativeClient::start(Session::another(&server, "ada").await.unwrap()).await;
    second.sees(room, "that it is not approved", |view| view.standing == Standing::NotApproved).await;
    let bundle = second.identity().bundle().signed().clone();
    ada.command(Command::Vouch { bundle, name: "laptop".to_owned() });
    // Also what was written before others came, from the computer that was there.
    second.shows(room, &["one", "two", "three"]).await;
    second.send(room, "four");
    for client in [&ada, &grace] {
        client.shows(room, &["one", "two", "three", "four"]).await;
    }
    let device = second.identity().device();
    let before = ada.shown().rooms[&room].epoch;
    ada.command(Command::RevokeOwn { device });
    ada.send(room, "five");
    for client in [&ada, &grace] {
        client.shows(room, &["one", "two", "three", "four", "five"]).await;
        client.sees(room, "the next key", |view| view.epoch == before.next()).await;
    }
    has_ended(&second, room, Ended::Revoked, "ada").await;
    second.shows(room, &["one", "two", "three", "four"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_is_removed_on_sqlite() {
    a_member_is_removed(Kind::Sqlite, HistoryRule::AllRetained, false).await;
    a_member_is_removed(Kind::Sqlite, HistoryRule::FromJoining, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_is_removed_on_postgres() {
    a_member_is_removed(Kind::Postgres, HistoryRule::AllRetained, true).await;
    a_member_is_removed(Kind::Postgres, HistoryRule::FromJoining, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn roles_change_and_an_owner_leaves_on_sqlite() {
    roles_change_and_an_owner_leaves(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn roles_change_and_an_owner_leaves_on_postgres() {
    roles_change_and_an_owner_leaves(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_computer_is_approved_and_revoked_on_sqlite() {
    a_computer_is_approved_and_revoked(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_computer_is_approved_and_revoked_on_postgres() {
    a_computer_is_approved_and_revoked(Kind::Postgres).await;
}
