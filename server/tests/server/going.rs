//! Leaving rooms, being put out, and computers that are revoked: it counts at once, on open connections too.

use igoon_shared::{
    crypto::{epoch::SealedKey, message::Cursor},
    ids::{Epoch, LogIndex, RoomId, Seq},
    log::{
        Action, EpochReason, HistoryRule, RoomState,
        action::{HistoryRuleSet, Left, MemberRemoved},
    },
    protocol::{
        bytes::Blob,
        error::ErrorCode,
        frames::{ClientFrame, Ping, Pong, Refused, ServerFrame, StreamContent, Sync},
        http::{Append, InviteSealedKey, LogPage, Me, OpenInvite, OpenInviteRequest, RoomKeys, RoomNames},
    },
};
use reqwest::Method;

use crate::support::{Person, Server, Socket, only, proof};

impl Socket {
    /// What the service says of a room's stream when that ends, and the last place before.
    async fn end_of_stream(&mut self, room: RoomId) -> (ErrorCode, Seq) {
        let mut last = Seq(0);
        loop {
            match self.next().await {
                ServerFrame::Item(item) if item.room == room => last = item.item.seq,
                ServerFrame::SyncRefused(refused) if refused.room == room => return (refused.code, last),
                _ => {}
            }
        }
    }

    async fn sync_refused(&mut self, room: RoomId) -> ErrorCode {
        let after = Cursor { incarnation: Default::default(), seq: Seq(0) };
        self.send(&ClientFrame::Sync(Sync { room, after })).await;
        self.end_of_stream(room).await.0
    }

    /// What becomes of a message.
    async fn outcome(&mut self, by: &Person, state: &RoomState) -> Result<Seq, ErrorCode> {
        let (id, send) = by.message(state, "hello");
        self.send(&ClientFrame::Send(send)).await;
        loop {
            match self.next().await {
                ServerFrame::Accepted(accepted) if accepted.message_id == id => return Ok(accepted.seq),
                ServerFrame::Refused(Refused { message_id, code, .. }) if message_id == id => return Err(code),
                _ => {}
            }
        }
    }

    /// Asserts that nothing of the stream came until now.
    async fn hears_nothing(&mut self) {
        self.send(&ClientFrame::Ping(Ping {})).await;
        assert_eq!(self.next().await, ServerFrame::Pong(Pong {}));
    }
}

/// The owner and two friends in a room.
async fn three(server: &Server) -> (Person, Person, Person, RoomState) {
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let link = owner.invite(&mut state, 10).await;
    let one = server.newcomer("one", state.room(), &link).await;
    one.join(&mut state, &link).await;
    let other = server.newcomer("other", state.room(), &link).await;
    other.join(&mut state, &link).await;
    (owner, one, other, state)
}

async fn code<T: serde::de::DeserializeOwned>(by: &Person, path: &str) -> Option<ErrorCode> {
    by.get::<T>(path).await.err().map(|(_, error)| error.code)
}

#[actix_web::test]
async fn who_is_put_out_gets_nothing_more() {
    let server = Server::start().await;
    let (owner, one, other, mut state) = three(&server).await;
    let room = state.room();
    let link = owner.invite(&mut state, 1).await;
    let mut mine = owner.connect_to(room).await;
    let mut theirs = one.connect_to(room).await;
    let mut others = other.connect_to(room).await;

    // Not without the next key.
    let entry = owner.entry(&state, Action::MemberRemoved(MemberRemoved { account: one.account }));
    assert_eq!(owner.append(room, &only(entry)).await, Err(ErrorCode::BadEntry));
    let old = state.clone();
    owner.put_out(&mut state, &one).await;
    let (ended, last) = theirs.end_of_stream(room).await;
    assert_eq!(ended, ErrorCode::NotFound);
    assert_eq!(last, Seq(state.head().index.0 + 1), "they see that they were removed");

    assert_eq!(theirs.outcome(&one, &state).await, Err(ErrorCode::NotEntitled));
    assert_eq!(mine.outcome(&owner, &old).await, Err(ErrorCode::EpochClosed));
    let place = mine.outcome(&owner, &state).await.unwrap();
    loop {
        if let ServerFrame::Item(item) = others.next().await
            && matches!(item.item.content, StreamContent::Message(_))
        {
            assert_eq!(item.item.seq, place);
            break;
        }
    }
    theirs.hears_nothing().await;
    assert_eq!(theirs.sync_refused(room).await, ErrorCode::NotFound);

    assert_eq!(one.get::<Me>("/me").await.unwrap().rooms, []);
    assert_eq!(one.connect().await.1.rooms, []);
    // The log ends with the entry that put them out; nothing of what came with it or since is shown.
    let page: LogPage = one.get(&format!("/rooms/{room}/log")).await.unwrap();
    let shown = page.entries.last().unwrap().body().unwrap();
    assert!(matches!(shown.action, Action::MemberRemoved(removed) if removed.account == one.account));
    assert!(shown.index < state.head().index && !page.more);
    assert_eq!(code::<RoomKeys>(&one, &format!("/rooms/{room}/keys")).await, Some(ErrorCode::NotFound));
    assert_eq!(code::<RoomNames>(&one, &format!("/rooms/{room}/names")).await, Some(ErrorCode::NotFound));
    let (start, envelopes) = other.epoch(&mut state.clone(), EpochReason::Age);
    assert!(envelopes.iter().all(|envelope| envelope.context().unwrap().recipient != one.device()));
    let theirs = Append { envelopes, ..only(start) };
    assert_eq!(one.append(room, &theirs).await, Err(ErrorCode::Forbidden));
    let ask = OpenInviteRequest { proof: proof(room, &link, one.installation), from: LogIndex(0) };
    let (_, error) = one.post::<OpenInvite>("/invites/open", &ask).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InviteNotValid, "the links that were out are closed");
    server.stop().await;
}

#[actix_web::test]
async fn after_a_leaving_nobody_writes_before_the_next_key() {
    let server = Server::start().await;
    let (owner, one, other, mut state) = three(&server).await;
    let room = state.room();
    let mut mine = owner.connect_to(room).await;
    let mut theirs = one.connect_to(room).await;
    let leaving = only(one.entry(&state, Action::Left(Left {})));
    let first = one.append(room, &leaving).await.unwrap();
    state.apply(&leaving.entries[0]).unwrap();
    assert_eq!(theirs.end_of_stream(room).await.0, ErrorCode::NotFound);
    assert_eq!(one.append(room, &leaving).await.unwrap(), first, "answered as the first time");

    assert_eq!(mine.outcome(&owner, &state).await, Err(ErrorCode::EpochClosed));
    // Whoever writes next.
    other.rotate(&mut state).await;
    assert_eq!(state.epoch(Epoch(2)).unwrap().reason, EpochReason::Leaving);
    mine.outcome(&owner, &state).await.unwrap();
    assert_eq!(other.get::<RoomKeys>(&format!("/rooms/{room}/keys")).await.unwrap().envelopes.len(), 1);

    // By a new invite they are in again, with the same computer.
    let link = owner.invite(&mut state, 1).await;
    one.join(&mut state, &link).await;
    assert!(matches!(theirs.next().await, ServerFrame::RoomAdded(added) if added.room == room));
    assert_eq!(theirs.catch_up(room).await.len() as u64, state.head().index.0 + 2);
    theirs.outcome(&one, &state).await.unwrap();
    server.stop().await;
}

#[actix_web::test]
async fn a_revoked_computer_is_shut_out_and_its_account_stays() {
    let server = Server::start().await;
    let (owner, one, _, mut state) = three(&server).await;
    let room = state.room();
    let second = one.another_computer(&server).await;
    one.vouch(&mut state, &second).await;
    let mut theirs = second.connect_to(room).await;
    let mut first = one.connect_to(room).await;
    let mut mine = owner.connect_to(room).await;
    owner.revoke(&mut state, &second).await;
    assert_eq!(theirs.end_of_stream(room).await.0, ErrorCode::NotEntitled);
    assert_eq!(theirs.outcome(&second, &state).await, Err(ErrorCode::NotEntitled));
    assert_eq!(mine.outcome(&owner, &state).await, Err(ErrorCode::EpochClosed));
    one.rotate(&mut state).await;
    first.outcome(&one, &state).await.unwrap();
    theirs.hears_nothing().await;
    assert_eq!(code::<RoomKeys>(&second, &format!("/rooms/{room}/keys")).await, Some(ErrorCode::NotEntitled));
    assert_eq!(code::<LogPage>(&second, &format!("/rooms/{room}/log")).await, None, "it sees why");
    // Revoked keys never return.
    let again = one.vouching(&state, &second);
    assert_eq!(one.append(room, &only(again)).await, Err(ErrorCode::BadEntry));
    server.stop().await;
}

/// What was laid beside an invite goes when newcomers may no longer have it.
#[actix_web::test]
async fn where_history_is_no_longer_shown_no_key_lies_beside_an_invite() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let link = owner.invite(&mut state, 2).await;
    let newcomer = server.newcomer("newcomer", room, &link).await;
    let sealed = SealedKey { salt: Blob(vec![0; 16]), ciphertext: Blob(vec![0; 48]) };
    let key = InviteSealedKey { invite: link.key(room), epoch: Epoch(1), sealed };
    let lay = format!("/rooms/{room}/invite-key");
    owner.call::<()>(Method::PUT, &lay, Some(&key)).await.unwrap();
    let ask = OpenInviteRequest { proof: proof(room, &link, newcomer.installation), from: LogIndex(0) };
    let opened: OpenInvite = newcomer.post("/invites/open", &ask).await.unwrap();
    assert_eq!(opened.sealed, Some(key.clone()));

    let history = HistoryRule::FromJoining;
    owner.act(&mut state, Action::HistoryRuleSet(HistoryRuleSet { history })).await;
    let opened: OpenInvite = newcomer.post("/invites/open", &ask).await.unwrap();
    assert_eq!(opened.sealed, None);
    let (_, error) = owner.call::<()>(Method::PUT, &lay, Some(&key)).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    server.stop().await;
}
