//! What an account says of its devices waits for rooms that have not heard it: who may leave it, to whom it is handed, and when
//! it goes.

use igoon_shared::{
    crypto::message::Cursor,
    ids::{DeviceId, Incarnation, Seq},
    log::{
        Action, HistoryRule,
        action::{DeviceRevoked, SignedStatement, Standing},
    },
    protocol::{
        error::ErrorCode,
        frames::{ClientFrame, Newcomer, Ping, Said, ServerFrame, Sync},
        http::LeaveStatement,
        limits,
    },
};
use reqwest::Method;

use crate::support::{Person, Server, Socket, only, settled};

impl Person {
    async fn leaves(&self, statement: SignedStatement, newcomer: Option<Newcomer>) -> Result<(), ErrorCode> {
        let body = LeaveStatement { statement, newcomer };
        self.call(Method::POST, "/statements", Some(&body)).await.map_err(|(_, error)| error.code)
    }

    /// Its keys and name, for the one that vouches for it.
    fn as_newcomer(&self) -> Option<Newcomer> {
        let bundle = self.bundle.as_ref().unwrap().signed().clone();
        Some(Newcomer { bundle, name: "laptop".to_owned() })
    }
}

/// What is handed to this client before it hears the answer to a question of its own.
async fn handed(socket: &mut Socket) -> Vec<Said> {
    socket.send(&ClientFrame::Ping(Ping {})).await;
    let mut handed = Vec::new();
    loop {
        match socket.next().await {
            ServerFrame::Said(said) => handed.push(said),
            ServerFrame::Pong(_) => return handed,
            _ => {}
        }
    }
}

async fn said(socket: &mut Socket) -> Said {
    loop {
        if let ServerFrame::Said(said) = socket.next().await {
            return said;
        }
    }
}

async fn waiting(server: &Server, device: DeviceId) -> usize {
    use igoon_server::store::db::models::statements::for_newcomer;
    server.store_beside().read(move |db| for_newcomer(db, device)).await.unwrap().len()
}

#[actix_web::test]
async fn it_is_handed_to_one_of_each_room_and_to_the_newcomer_until_all_rooms_have_heard_it() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut one = owner.make_room(HistoryRule::AllRetained).await;
    let mut two = owner.make_room(HistoryRule::AllRetained).await;
    let friend = owner.brings(&server, &mut one, "friend").await;
    let second = owner.another_computer(&server).await;
    let (mut friends, mut seconds) = (friend.connect_to(one.room()).await, second.connect().await.0);

    let statement = owner.says(second.device(), Standing::Vouched);
    owner.leaves(statement.clone(), second.as_newcomer()).await.unwrap();
    for socket in [&mut friends, &mut seconds] {
        let said = said(socket).await;
        assert_eq!((&said.statement, said.newcomer), (&statement, second.as_newcomer()));
    }
    // Whoever comes is handed it, the room's members first of all, and the newcomer wherever it is.
    assert_eq!(handed(&mut second.connect().await.0).await.len(), 1);
    assert_eq!(handed(&mut friend.connect().await.0).await, [], "of no room that it asked for");

    // The newcomer brings it itself into one room, and somebody else into the other.
    let entry = owner.vouching(&one, &second);
    let Action::DeviceVouched(vouched) = entry.body().unwrap().action else { panic!("no vouching") };
    for state in [&mut one, &mut two] {
        let entry = second.entry(state, Action::DeviceVouched(vouched.clone()));
        state.apply(&entry).unwrap();
        assert_eq!(waiting(&server, second.device()).await, 1, "a room has not heard it");
        second.append(state.room(), &only(entry)).await.unwrap();
    }
    settled("the last room to have heard it", async || (waiting(&server, second.device()).await == 0).then_some(()))
        .await;
    assert_eq!(handed(&mut second.connect().await.0).await, []);
    server.stop().await;
}

/// No device of the account is there. Whoever is there hears of it before the room's stream.
#[actix_web::test]
async fn a_revocation_is_handed_to_whoever_comes_before_they_can_send() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let friend = owner.brings(&server, &mut state, "friend").await;
    let second = owner.another_computer(&server).await;
    owner.vouch(&mut state, &second).await;
    let statement = owner.says(second.device(), Standing::Revoked);
    owner.leaves(statement.clone(), None).await.unwrap();

    // The one that it is about is not asked to say it.
    let mut lost = second.connect_to(state.room()).await;
    assert_eq!(handed(&mut lost).await, []);
    let (mut socket, _) = friend.connect().await;
    socket
        .send(&ClientFrame::Sync(Sync {
            room: state.room(),
            after: Cursor { incarnation: Incarnation(0), seq: Seq(0) },
        }))
        .await;
    let (mut before, mut first) = (Vec::new(), None);
    while first.is_none() {
        match socket.next().await {
            ServerFrame::Said(said) => before.push(said.statement),
            ServerFrame::Page(page) => first = Some(page),
            _ => {}
        }
    }
    assert_eq!(before, std::slice::from_ref(&statement));
    let revoked = DeviceRevoked { device: second.device(), statement: Some(statement) };
    friend.act(&mut state, Action::DeviceRevoked(revoked)).await;
    assert!(!state.is_entitled(second.device()));
    assert_eq!(handed(&mut friend.connect_to(state.room()).await).await, [], "it was heard");
    server.stop().await;
}

#[actix_web::test]
async fn nobody_leaves_what_cannot_count() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let friend = owner.brings(&server, &mut state, "friend").await;
    let (second, third) = (owner.another_computer(&server).await, owner.another_computer(&server).await);

    let vouched = |by: &Person, of: &Person| by.says(of.device(), Standing::Vouched);
    let invalid = Err(ErrorCode::Invalid);
    assert_eq!(owner.leaves(vouched(&owner, &second), None).await, invalid, "without its keys");
    assert_eq!(owner.leaves(vouched(&owner, &second), third.as_newcomer()).await, invalid, "with another's");
    assert_eq!(owner.leaves(vouched(&owner, &friend), friend.as_newcomer()).await, invalid, "somebody else's");
    assert_eq!(owner.leaves(vouched(&owner, &owner), owner.as_newcomer()).await, invalid, "itself");
    assert_eq!(friend.leaves(vouched(&owner, &second), second.as_newcomer()).await, invalid, "what another says");
    let mut changed = vouched(&owner, &second);
    changed.signature.0[3] ^= 1;
    assert_eq!(owner.leaves(changed, second.as_newcomer()).await, invalid);
    let nameless = second.as_newcomer().map(|newcomer| Newcomer { name: String::new(), ..newcomer });
    assert_eq!(owner.leaves(vouched(&owner, &second), nameless).await, invalid);
    let revokes = owner.says(second.device(), Standing::Revoked);
    assert_eq!(owner.leaves(revokes, second.as_newcomer()).await, invalid, "who is revoked needs no keys");
    let by_second = vouched(&second, &third);
    assert_eq!(second.leaves(by_second, third.as_newcomer()).await, Err(ErrorCode::Forbidden), "it is in no room");
    assert_eq!(waiting(&server, second.device()).await + waiting(&server, third.device()).await, 0);

    // One device has so many words, and can always take the place of one of them.
    let id = |n: usize| DeviceId::from_bytes([u8::try_from(n).unwrap(); 32]);
    for n in 0..limits::WAITING_STATEMENTS {
        owner.leaves(owner.says(id(n), Standing::Revoked), None).await.unwrap();
    }
    let one_more = owner.says(id(limits::WAITING_STATEMENTS), Standing::Revoked);
    assert_eq!(owner.leaves(one_more, None).await, Err(ErrorCode::RateLimited));
    owner.leaves(owner.says(id(0), Standing::Revoked), None).await.unwrap();
    server.stop().await;
}
