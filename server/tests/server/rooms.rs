//! Making rooms, inviting, joining, and what is refused on the way.

use igoon_shared::{
    crypto::{invite::InviteSecret, system_rng},
    ids::{LogIndex, RoomId},
    log::{Action, EpochReason, HistoryRule, action::EpochStarted, entry::EntryBody},
    protocol::{
        error::ErrorCode,
        http::{Append, Appended, Me, OpenInvite, OpenInviteRequest, RoomKeys, RoomNames},
    },
};
use reqwest::Method;

use crate::support::{Server, now, only, proof};

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
