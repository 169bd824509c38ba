//! Rooms as people use them, by native clients on both databases: several rooms side by side, invites that end, links whose
//! key is out of date, history that is shared and history that is not.

use igoon_e2e::{account::Session, database::Kind, native::NativeClient, server::TestServer, wait};
use igoon_shared::{
    client::{
        Command,
        io::{InviteTerms, Standing},
    },
    ids::Epoch,
    log::{HistoryRule, Role},
    protocol::{error::ErrorCode, http::RoomKeys},
};
use reqwest::Method;

/// Three accounts in two rooms: one that shows all history and one that shows it from joining.
async fn two_rooms_side_by_side(kind: Kind) {
    let server = TestServer::start(kind).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let shared = ada.create_room("Machine room").await;
    let private = ada.create_room_with("Attic", HistoryRule::FromJoining).await;
    ada.send(shared, "one");
    ada.send(private, "before anybody came");
    ada.until("both accepted", |shown| shown.waiting() == 0).await;

    // Two uses, an expiry; it shows itself to its author with the link's secret.
    let terms = InviteTerms { uses: 2, lifetime_ms: 60 * 60 * 1_000, ..InviteTerms::default() };
    let link = ada.invite_with(shared, terms).await;
    ada.sees(shared, "the open invite", |view| {
        matches!(view.invites.as_slice(), [only] if only.uses_left == 2 && only.secret.is_some() && only.may_close)
    })
    .await;
    let grace = NativeClient::start(Session::sign_up(&server, shared, &link, "grace").await.unwrap()).await;
    grace.join(shared, &link).await;
    // By a plain link one reads all that was before, at once and under the same key.
    grace.shows(shared, &["one"]).await;
    grace.sees(shared, "the first epoch", |view| view.epoch == Epoch(1) && view.role == Some(Role::Member)).await;
    ada.sees(shared, "one use left", |view| view.invites.iter().any(|invite| invite.uses_left == 1)).await;

    let closed = link.clone();
    // Closed, it lets nobody in, neither to an account nor into the room.
    ada.command(Command::CloseInvite { room: shared, invite: link.key(shared) });
    ada.sees(shared, "no invite", |view| view.invites.is_empty()).await;
    let refused = Session::sign_up(&server, shared, &link, "late").await.unwrap_err();
    assert_eq!(refused.1, ErrorCode::InviteNotValid);

    // Into the other room: from joining. The newcomer asks for keys and gets none of what was before.
    let link = ada.invite(private, 1).await;
    let linus = NativeClient::start(Session::sign_up(&server, private, &link, "linus").await.unwrap()).await;
    linus.join(private, &link).await;
    linus.send(private, "hello");
    ada.send(private, "welcome");
    ada.until("three messages", |shown| shown.texts(private).len() == 3).await;
    linus.until("three messages", |shown| shown.texts(private).len() == 3).await;
    let read = linus.shown().texts(private);
    assert_eq!(read[0], "BeforeJoining(Epoch(1))");
    assert!(read[1..].iter().all(|text| ["hello", "welcome"].contains(&text.as_str())), "{read:?}");
    let keys: RoomKeys =
        linus.session().call(Method::GET, &format!("/rooms/{private}/keys"), None::<&()>).await.unwrap();
    assert!(keys.links.is_empty() && keys.envelopes.iter().all(|it| it.context().unwrap().epoch > Epoch(1)));

    // Everybody in their room, nobody in another's; a closed link refuses members of other rooms as well.
    linus.command(Command::Join { room: shared, secret: closed });
    linus.until("a refusal", |shown| shown.failures.contains(&ErrorCode::InviteNotValid)).await;
    assert!(!linus.shown().rooms.contains_key(&shared) && !grace.shown().rooms.contains_key(&private));
    let link = ada.invite(shared, 1).await;
    linus.join(shared, &link).await;
    linus.send(shared, "both rooms");
    for client in [&ada, &grace, &linus] {
        client.shows(shared, &["one", "both rooms"]).await;
    }

    // Members invite once they may, and the room is called otherwise for all.
    grace.sees(shared, "no permission", |view| !view.may_invite).await;
    ada.command(Command::AllowMemberInvites { room: shared, allowed: true });
    ada.command(Command::RenameRoom { room: shared, name: "Engine room".to_owned() });
    for client in [&grace, &linus] {
        client
            .sees(shared, "permission and name", |view| view.may_invite && view.name.as_deref() == Some("Engine room"))
            .await;
    }
    grace.invite(shared, 1).await;
}

/// The epoch moved while the inviter was away, so that a link's key is out of date: the newcomer starts the next epoch and
/// writes at once; the earlier messages open when a device comes that was there.
async fn a_stale_link(kind: Kind) {
    let server = TestServer::start(kind).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let room = ada.create_room("Machine room").await;
    let (link, other) = (ada.invite(room, 3).await, ada.invite(room, 1).await);
    ada.send(room, "one");
    let grace = NativeClient::start(Session::sign_up(&server, room, &link, "grace").await.unwrap()).await;
    grace.join(room, &link).await;
    grace.shows(room, &["one"]).await;
    let linus = Session::sign_up(&server, room, &link, "linus").await.unwrap();
    let margaret = Session::sign_up(&server, room, &link, "margaret").await.unwrap();
    let joan = Session::sign_up(&server, room, &other, "joan").await.unwrap();

    // Everybody is away, and what lay beside the one link is lost: the next by it has to start an epoch, to which the key
    // beside the other link does not belong.
    let (ada, grace) = (ada.crash().await, grace.crash().await);
    let lose =
        "UPDATE invites SET sealed_epoch = NULL, sealed_salt = NULL, sealed_ciphertext = NULL WHERE uses_left = 2";
    assert_eq!(server.change(lose), 1);
    let linus = NativeClient::start(linus).await;
    linus.join(room, &link).await;
    linus.send(room, "two");
    linus.shows(room, &["NoKey(Epoch(1))", "two"]).await;
    linus.sees(room, "the second epoch", |view| view.epoch == Epoch(2) && view.has_key).await;
    let linus = linus.crash().await;
    assert_eq!(server.change("UPDATE invites SET sealed_epoch = sealed_epoch WHERE sealed_epoch = 1"), 1);
    let joan = NativeClient::start(joan).await;
    joan.join(room, &other).await;
    joan.send(room, "three");
    joan.shows(room, &["NoKey(Epoch(1))", "NoKey(Epoch(2))", "three"]).await;
    joan.sees(room, "the third epoch", |view| view.epoch == Epoch(3) && view.has_key).await;

    // Plain members that were there hand on what they have.
    let linus = NativeClient::resume(linus.0, linus.1, linus.2);
    joan.shows(room, &["NoKey(Epoch(1))", "two", "three"]).await;
    let grace = NativeClient::resume(grace.0, grace.1, grace.2);
    for client in [&joan, &linus, &grace] {
        client.shows(room, &["one", "two", "three"]).await;
    }

    // The inviter, back again, lays the new key beside the link: who comes by it reads at once, under the same epoch.
    let ada = NativeClient::resume(ada.0, ada.1, ada.2);
    ada.shows(room, &["one", "two", "three"]).await;
    wait::until("the new key beside the link", async || {
        (server.change("UPDATE invites SET sealed_epoch = sealed_epoch WHERE sealed_epoch = 3") == 1).then_some(())
    })
    .await;
    drop((ada, grace, linus, joan));
    let margaret = NativeClient::start(margaret).await;
    margaret.join(room, &link).await;
    margaret.shows(room, &["one", "two", "three"]).await;
    assert_eq!(margaret.shown().rooms[&room].epoch, Epoch(3));
}

/// A second computer that is only signed in sees the room's name and members, and nothing that was written.
async fn a_computer_that_is_not_approved(kind: Kind) {
    let server = TestServer::start(kind).await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let room = ada.create_room("Machine room").await;
    ada.send(room, "one");
    ada.until("it to be accepted", |shown| shown.waiting() == 0).await;
    let second = NativeClient::start(Session::another(&server, "ada").await.unwrap()).await;
    second
        .sees(room, "name and members", |view| {
            view.standing == Standing::NotApproved
                && view.name.as_deref() == Some("Machine room")
                && view.members.iter().any(|member| member.me && member.handle.as_deref() == Some("ada"))
        })
        .await;
    assert_eq!(second.shown().texts(room), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_rooms_side_by_side_on_sqlite() {
    two_rooms_side_by_side(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_rooms_side_by_side_on_postgres() {
    two_rooms_side_by_side(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_link_on_sqlite() {
    a_stale_link(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_link_on_postgres() {
    a_stale_link(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_computer_that_is_not_approved_on_sqlite() {
    a_computer_that_is_not_approved(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_computer_that_is_not_approved_on_postgres() {
    a_computer_that_is_not_approved(Kind::Postgres).await;
}
