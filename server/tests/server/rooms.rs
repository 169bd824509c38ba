//! Making rooms, inviting, joining, and what is refused on the way.

use igoon_shared::{
    crypto::{
        epoch::{EpochKey, SealedKey, SealingSecret},
        invite::InviteSecret,
        message::Cursor,
        system_rng,
    },
    ids::{Epoch, LogIndex, RoomId, Seq},
    log::{
        Action, EpochReason, HistoryRule, RoomState,
        action::{EpochStarted, InviteClosed, MemberInvitesAllowed, Renameable, Renamed},
        entry::EntryBody,
    },
    protocol::{
        error::ErrorCode,
        frames::{ClientFrame, OpenName, ServerFrame, Sync},
        http::{
            Append, Appended, ChangeHandle, InviteSealedKey, LogPage, Me, OpenInvite, OpenInviteRequest, RoomKeys,
            RoomNames,
        },
    },
};
use reqwest::Method;

use crate::support::{Person, Server, now, only, proof};

#[actix_web::test]
async fn a_room_is_made_joined_and_its_keys_are_handed_out() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let link = owner.invite(&mut state, 1).await;

    let newcomer = server.newcomer("newcomer", room, &link).await;
    let (status, error) = newcomer.get::<RoomKeys>(&format!("/rooms/{room}/keys")).await.unwrap_err();
    assert_eq!((status.as_u16(), error.code), (404, ErrorCode::NotFound), "no member yet");
    let ask = OpenInviteRequest { proof: proof(room, &link, newcomer.installation), from: LogIndex(0) };
    let shown: OpenInvite = newcomer.call(Method::POST, "/invites/open", Some(&ask)).await.unwrap();
    assert_eq!((shown.entries.len(), shown.more, shown.head.log), (3, false, state.head()));
    newcomer.join(&mut state, &link).await;

    let (start, envelopes) = newcomer.epoch(&mut state, EpochReason::KeyLacking);
    let append = Append { envelopes, ..only(start) };
    newcomer.append(room, &append).await.unwrap();
    let keys: RoomKeys = newcomer.get(&format!("/rooms/{room}/keys")).await.unwrap();
    assert_eq!(keys.envelopes.len(), 1);
    let keys: RoomKeys = owner.get(&format!("/rooms/{room}/keys")).await.unwrap();
    assert_eq!(keys.envelopes.len(), 2);
    owner.get::<RoomNames>(&format!("/rooms/{room}/names")).await.unwrap();
    assert_eq!(newcomer.get::<Me>("/me").await.unwrap().rooms, [room]);

    // Used up: nobody is shown the room by it any more.
    let (_, error) = newcomer.call::<OpenInvite>(Method::POST, "/invites/open", Some(&ask)).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InviteNotValid);
    server.stop().await;
}

#[actix_web::test]
async fn an_append_is_answered_again_as_the_first_time_and_also_after_a_restart() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let (mut state, make) = owner.room(HistoryRule::AllRetained);
    let room = state.room();
    let first: Appended = owner.call(Method::POST, "/rooms", Some(&make)).await.unwrap();
    let (start, envelopes) = owner.epoch(&mut state, EpochReason::Age);
    let append = Append { envelopes, ..only(start) };
    let second = owner.append(room, &append).await.unwrap();
    assert_eq!(owner.append(room, &append).await.unwrap(), second);
    assert_eq!(owner.call::<Appended>(Method::POST, "/rooms", Some(&make)).await.unwrap(), first);

    let dir = server.stop().await;
    let server = Server::start_in(dir, Default::default()).await;
    let owner = owner.at(&server);
    assert_eq!(owner.append(room, &append).await.unwrap(), second);
    assert_eq!(owner.append(room, &make).await.unwrap(), first);
    server.stop().await;
}

#[actix_web::test]
async fn only_the_server_owner_makes_rooms_and_only_members_see_them() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let link = owner.invite(&mut state, 1).await;
    let newcomer = server.newcomer("newcomer", state.room(), &link).await;
    let (_, append) = newcomer.room(HistoryRule::AllRetained);
    let (_, error) = newcomer.call::<Appended>(Method::POST, "/rooms", Some(&append)).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Forbidden);
    let nowhere = RoomId::random(&mut system_rng());
    let (start, envelopes) = owner.epoch(&mut state.clone(), EpochReason::Age);
    assert_eq!(owner.append(nowhere, &Append { envelopes, ..only(start) }).await, Err(ErrorCode::NotFound));
    server.stop().await;
}

#[actix_web::test]
async fn appends_that_do_not_fit_are_refused_by_their_reason() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::FromJoining).await;
    let room = state.room();
    let before = state.clone();
    let link = owner.invite(&mut state, 2).await;
    let newcomer = server.newcomer("newcomer", room, &link).await;

    // Somebody else was faster.
    let (late, envelopes) = owner.epoch(&mut before.clone(), EpochReason::Age);
    assert_eq!(owner.append(room, &Append { envelopes, ..only(late) }).await, Err(ErrorCode::LogConflict));
    // Another device's entry.
    let (start, envelopes) = owner.epoch(&mut state.clone(), EpochReason::Age);
    let append = Append { envelopes, ..only(start) };
    assert_eq!(newcomer.append(room, &append).await, Err(ErrorCode::Forbidden));
    // No envelope, one too many, one for nobody.
    assert_eq!(owner.append(room, &Append { envelopes: vec![], ..append.clone() }).await, Err(ErrorCode::BadEnvelopes));
    let twice = append.envelopes.iter().chain(&append.envelopes).cloned().collect();
    assert_eq!(owner.append(room, &Append { envelopes: twice, ..append.clone() }).await, Err(ErrorCode::BadEnvelopes));
    // A damaged signature.
    let mut damaged = append.clone();
    damaged.entries[0].signature.0[0] ^= 1;
    assert_eq!(owner.append(room, &damaged).await, Err(ErrorCode::BadEntry));
    // A clock six minutes off.
    let epoch = state.current_epoch().next();
    let key_id = igoon_shared::ids::KeyId::random(&mut system_rng());
    let action = Action::EpochStarted(EpochStarted { epoch, key_id, reason: EpochReason::Age });
    let at = now().plus_millis(6 * 60 * 1_000);
    let skewed = EntryBody::after(room, state.head(), at, owner.device(), action).sign(&owner.keys);
    assert_eq!(owner.append(room, &only(skewed)).await, Err(ErrorCode::ClockSkew));
    // Where history is not shared, whoever joins starts an epoch in the same append.
    let alone = newcomer.joining(&state, &link);
    let names = vec![newcomer.open_handle()];
    let without_epoch = Append { names: names.clone(), ..only(alone.clone()) };
    assert_eq!(newcomer.append(room, &without_epoch).await, Err(ErrorCode::BadEntry));
    let mut joined = state.clone();
    joined.apply(&alone).unwrap();
    let (start, envelopes) = newcomer.epoch(&mut joined, EpochReason::Joining);
    let together = Append { entries: vec![alone, start], envelopes, names, ..append.clone() };
    newcomer.append(room, &together).await.unwrap();
    // An invite that nobody made.
    let forged = InviteSecret::random(&mut system_rng());
    let (_, error) = newcomer
        .call::<OpenInvite>(
            Method::POST,
            "/invites/open",
            Some(&OpenInviteRequest { proof: proof(room, &forged, newcomer.installation), from: LogIndex(0) }),
        )
        .await
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::InviteNotValid);
    server.stop().await;
}

#[actix_web::test]
async fn everybody_makes_rooms_where_the_settings_let_them() {
    let server = Server::start_with(tempfile::tempdir().unwrap(), |config| config.anyone_may_create_rooms = true).await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let link = owner.invite(&mut state, 1).await;
    let member = server.newcomer("member", state.room(), &link).await;
    assert!(member.get::<Me>("/me").await.unwrap().may_create_rooms);
    let own = member.make_room(HistoryRule::FromJoining).await;
    assert_eq!(member.get::<Me>("/me").await.unwrap().rooms, [own.room()]);
    server.stop().await;
}

#[actix_web::test]
async fn by_themselves_the_settings_let_the_owner_make_rooms() {
    let server = Server::start().await;
    let owner = server.owner().await;
    assert!(owner.get::<Me>("/me").await.unwrap().may_create_rooms);
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let link = owner.invite(&mut state, 1).await;
    let member = server.newcomer("member", state.room(), &link).await;
    assert!(!member.get::<Me>("/me").await.unwrap().may_create_rooms);
    server.stop().await;
}

#[actix_web::test]
async fn a_closed_invite_shows_the_room_to_nobody() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let link = owner.invite(&mut state, 2).await;
    let member = server.newcomer("member", room, &link).await;
    member.join(&mut state, &link).await;
    let close = Action::InviteClosed(InviteClosed { invite: link.key(room) });
    let refused = only(member.entry(&state, close.clone()));
    assert_eq!(member.append(room, &refused).await, Err(ErrorCode::BadEntry), "somebody else's");
    owner.act(&mut state, close.clone()).await;
    let ask = OpenInviteRequest { proof: proof(room, &link, member.installation), from: LogIndex(0) };
    let (_, error) = owner.post::<OpenInvite>("/invites/open", &ask).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InviteNotValid);
    let again = only(owner.entry(&state, close));
    assert_eq!(owner.append(room, &again).await, Err(ErrorCode::InviteNotValid));
    server.stop().await;
}

#[actix_web::test]
async fn members_invite_once_the_room_lets_them() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let link = owner.invite(&mut state, 1).await;
    let member = server.newcomer("member", room, &link).await;
    member.join(&mut state, &link).await;
    let allow = Action::MemberInvitesAllowed(MemberInvitesAllowed { allowed: true });
    assert_eq!(member.append(room, &only(member.entry(&state, allow.clone()))).await, Err(ErrorCode::BadEntry));
    owner.act(&mut state, allow).await;
    let link = member.invite(&mut state, 1).await;
    let third = server.newcomer("third", room, &link).await;
    third.join(&mut state, &link).await;
    server.stop().await;
}

#[actix_web::test]
async fn names_in_the_log_are_the_accounts() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    // Joining in somebody else's name.
    let link = owner.invite(&mut state, 1).await;
    let mut impostor = server.newcomer("impostor", state.room(), &link).await;
    impostor.handle = owner.handle.clone();
    let entry = impostor.joining(&state, &link);
    let append = Append { names: vec![impostor.open_handle()], ..only(entry) };
    assert_eq!(impostor.append(state.room(), &append).await, Err(ErrorCode::BadEntry));

    let rename = |state: &RoomState, what, text: &str| {
        let name = OpenName::new(text, &mut system_rng());
        let action = Action::Renamed(Renamed { what, name: name.hash().unwrap() });
        Append { names: vec![name], ..only(owner.entry(state, action)) }
    };
    let other = rename(&state, Renameable::Handle, "countess");
    assert_eq!(owner.append(room, &other).await, Err(ErrorCode::BadEntry), "not the account's handle");
    let change = ChangeHandle { handle: "countess".to_owned() };
    owner.call::<()>(Method::PUT, "/me/handle", Some(&change)).await.unwrap();
    owner.append(room, &other).await.unwrap();
    state.apply(&other.entries[0]).unwrap();
    let nameless = Append { names: vec![], ..rename(&state, Renameable::Handle, "countess") };
    assert_eq!(owner.append(room, &nameless).await, Err(ErrorCode::BadEntry));
    owner.append(room, &rename(&state, Renameable::Room, "Boat house")).await.unwrap();
    let names = owner.get::<RoomNames>(&format!("/rooms/{room}/names")).await.unwrap().names;
    assert!(["countess", "Boat house"].iter().all(|wanted| names.iter().any(|name| name.name == *wanted)));
    server.stop().await;
}

/// A computer where somebody is signed in, and no more: it sees the log and the names, neither keys nor the stream.
#[actix_web::test]
async fn a_computer_that_is_not_approved_sees_the_log_and_not_the_stream() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    for _ in 0..100 {
        owner.invite(&mut state, 1).await;
    }
    let mut second = owner.another_session(&server).await;
    let path = |from: u64| format!("/rooms/{room}/log?from={from}");
    let first: LogPage = second.get(&path(0)).await.unwrap();
    assert_eq!((first.entries.len(), first.more), (100, true));
    let rest: LogPage = second.get(&path(100)).await.unwrap();
    assert_eq!((rest.entries.len(), rest.more), (2, false));
    let (start, more) = first.entries.split_first().unwrap();
    let (mut folded, _) = RoomState::start(start).unwrap();
    more.iter().chain(&rest.entries).for_each(|entry| drop(folded.apply(entry).unwrap()));
    assert_eq!(folded.head(), state.head());
    assert_eq!(second.get::<LogPage>(&format!("/rooms/{room}/log")).await.unwrap(), first);
    second.get::<RoomNames>(&format!("/rooms/{room}/names")).await.unwrap();
    second.bundle = Some(second.register().await);
    let (_, error) = second.get::<RoomKeys>(&format!("/rooms/{room}/keys")).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotEntitled);
    let (mut socket, welcome) = second.connect().await;
    assert_eq!(welcome.rooms, [room]);
    let after = Cursor { incarnation: Default::default(), seq: Seq(0) };
    socket.send(&ClientFrame::Sync(Sync { room, after })).await;
    assert!(matches!(socket.next().await, ServerFrame::SyncRefused(no) if no.code == ErrorCode::NotEntitled));
    let start = only(second.entry(&state, Action::MemberInvitesAllowed(MemberInvitesAllowed { allowed: true })));
    assert_eq!(second.append(room, &start).await, Err(ErrorCode::BadEntry));

    // Nobody else is shown it, nor does a place that is none say more than that.
    let link = owner.invite(&mut state, 1).await;
    let stranger = server.newcomer("stranger", room, &link).await;
    assert_eq!(stranger.get::<LogPage>(&path(0)).await.unwrap_err().1.code, ErrorCode::NotFound);
    assert_eq!(
        second.get::<LogPage>(&format!("/rooms/{room}/log?from=-1")).await.unwrap_err().1.code,
        ErrorCode::Malformed
    );
    server.stop().await;
}

#[actix_web::test]
async fn the_key_beside_an_invite_is_the_current_epochs_while_the_invite_is_open() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let link = owner.invite(&mut state, 1).await;
    let key = EpochKey::random(&mut system_rng());
    let lay = async |by: &Person, secret: &InviteSecret, epoch: u64| {
        let sealing = secret.sealing_secret(room);
        let sealed =
            SealedKey::seal(SealingSecret::Invite(&sealing), room, Epoch(epoch), &key, &mut system_rng()).unwrap();
        let body = InviteSealedKey { invite: secret.key(room), epoch: Epoch(epoch), sealed };
        by.call::<()>(Method::PUT, &format!("/rooms/{room}/invite-key"), Some(&body)).await.map_err(|(_, no)| no.code)
    };
    assert_eq!(lay(&owner, &link, 1).await, Ok(()));
    assert_eq!(lay(&owner, &link, 2).await, Err(ErrorCode::Invalid));
    assert_eq!(lay(&owner, &InviteSecret::random(&mut system_rng()), 1).await, Err(ErrorCode::Invalid));
    let stranger = server.newcomer("stranger", room, &link).await;
    assert_eq!(lay(&stranger, &link, 1).await, Err(ErrorCode::NotFound));
    let ask = OpenInviteRequest { proof: proof(room, &link, stranger.installation), from: LogIndex(0) };
    assert!(stranger.post::<OpenInvite>("/invites/open", &ask).await.unwrap().sealed.is_some());
    owner.act(&mut state, Action::InviteClosed(InviteClosed { invite: link.key(room) })).await;
    assert_eq!(lay(&owner, &link, 1).await, Err(ErrorCode::Invalid));
    server.stop().await;

    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::FromJoining).await;
    let link = owner.invite(&mut state, 1).await;
    let body = InviteSealedKey {
        invite: link.key(state.room()),
        epoch: Epoch(1),
        sealed: SealedKey::seal(SealingSecret::NextEpoch(&key), room, Epoch(1), &key, &mut system_rng()).unwrap(),
    };
    let path = format!("/rooms/{}/invite-key", state.room());
    let (_, error) = owner.call::<()>(Method::PUT, &path, Some(&body)).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    server.stop().await;
}
