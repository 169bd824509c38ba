//! A computer asks the others of its account to approve it: who is told of it, who may answer, and what an answer does.

use igoon_shared::{
    log::HistoryRule,
    protocol::{
        error::{ErrorCode, SessionEnd},
        frames::{ApprovalOutcome, ApprovalSettled, ApprovalWanted, ServerFrame},
        http::{
            AnswerApproval, ApprovalAsked, AskForApproval, Devices, SessionTransport, SignIn, SignInAnswer,
            SocketTicket,
        },
        limits,
    },
};
use reqwest::Method;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::support::{PASSWORD, Person, Server, Socket, email, secret};

async fn ask(person: &Person, again: bool) -> ApprovalAsked {
    person.post("/approvals", &AskForApproval { again }).await.unwrap()
}

async fn answer(by: &Person, of: &Person, approved: bool) -> Result<(), ErrorCode> {
    let path = format!("/approvals/{}", of.device());
    by.call(Method::POST, &path, Some(&AnswerApproval { approved })).await.map_err(|(_, error)| error.code)
}

async fn wanted(socket: &mut Socket) -> ApprovalWanted {
    match socket.next().await {
        ServerFrame::ApprovalWanted(wanted) => wanted,
        other => panic!("no question but {other:?}"),
    }
}

async fn settled(socket: &mut Socket) -> ApprovalSettled {
    match socket.next().await {
        ServerFrame::ApprovalSettled(settled) => settled,
        other => panic!("no end of a question but {other:?}"),
    }
}

#[actix_web::test]
async fn a_question_goes_to_computers_that_are_in_a_room_and_ends_with_an_answer() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let friend = owner.brings(&server, &mut state, "friend").await;
    let (mut here, mut friends) = (owner.connect().await.0, friend.connect().await.0);
    let (second, third) = (owner.another_computer(&server).await, owner.another_computer(&server).await);
    let (mut asking, mut not_in_a_room) = (second.connect().await.0, third.connect().await.0);

    let asked = ask(&second, false).await;
    assert_eq!(asked.expires_at.millis_since(asked.asked_at), limits::APPROVAL_LIFETIME_MS);
    let question = wanted(&mut here).await;
    assert_eq!(
        (question.device, question.asked_at, question.expires_at),
        (second.device(), asked.asked_at, asked.expires_at)
    );
    assert_eq!(&question.bundle, second.bundle.as_ref().unwrap().signed());
    assert_eq!(
        (question.name.as_str(), question.platform.as_str(), question.source.as_str()),
        ("laptop", "test", "127.0.0.1")
    );
    assert_eq!(ask(&second, false).await, asked, "it is open, and nobody is told again");
    let again = ask(&second, true).await;
    assert_eq!(wanted(&mut here).await.asked_at, again.asked_at);

    // Whoever connects while it is open hears of it; neither others' computers nor such as are in no room.
    assert_eq!(wanted(&mut owner.connect().await.0).await.device, second.device());
    let mut here = owner.connect().await.0;
    assert_eq!(wanted(&mut here).await.device, second.device());

    assert_eq!(answer(&third, &second, true).await, Err(ErrorCode::Forbidden));
    assert_eq!(answer(&second, &second, true).await, Err(ErrorCode::Forbidden));
    assert_eq!(answer(&friend, &second, true).await, Err(ErrorCode::NotFound));
    assert_eq!(answer(&owner, &third, true).await, Err(ErrorCode::NotFound), "it does not ask");
    assert_eq!(answer(&owner, &owner, true).await, Err(ErrorCode::NotFound));
    answer(&owner, &second, true).await.unwrap();
    let end = ApprovalSettled { device: second.device(), outcome: ApprovalOutcome::Approved };
    for socket in [&mut here, &mut asking] {
        assert_eq!(settled(socket).await, end);
    }
    assert_eq!(answer(&owner, &second, true).await, Err(ErrorCode::NotFound));
    // It is signed in as before, and the word alone has let it into nothing.
    second.get::<Devices>("/devices").await.unwrap();
    assert!(!state.is_entitled(second.device()));

    // To these nothing was said: what comes first is the answer to what they ask now.
    for socket in [&mut friends, &mut not_in_a_room] {
        socket.send(&igoon_shared::protocol::frames::ClientFrame::Ping(igoon_shared::protocol::frames::Ping {})).await;
        assert!(matches!(socket.next().await, ServerFrame::Pong(_)));
    }
    server.stop().await;
}

#[actix_web::test]
async fn who_is_refused_is_told_and_signed_out_and_enters_another_code() {
    let server = Server::start().await;
    let owner = server.owner().await;
    owner.make_room(HistoryRule::AllRetained).await;
    let second = owner.another_computer(&server).await;
    let mut asking = second.connect().await.0;
    let ticket: SocketTicket = second.call(Method::POST, "/socket-ticket", Some(&())).await.unwrap();
    assert!(!ticket.ticket.expose().is_empty(), "one that is not used");
    ask(&second, false).await;
    answer(&owner, &second, false).await.unwrap();
    let end = ApprovalSettled { device: second.device(), outcome: ApprovalOutcome::Refused };
    assert_eq!(settled(&mut asking).await, end);
    assert_eq!(asking.closed().await, CloseCode::from(4401));
    let refused = second.get::<Devices>("/devices").await.unwrap_err().1;
    assert_eq!((refused.code, refused.session_end), (ErrorCode::NotSignedIn, Some(SessionEnd::Refused)));
    let known = owner.get::<Devices>("/devices").await.unwrap().devices;
    assert_eq!(known.iter().map(|device| device.device).collect::<Vec<_>>(), [owner.device()]);

    let body = SignIn {
        email: email(&owner.handle),
        password: secret(PASSWORD),
        installation: second.installation,
        session: SessionTransport::Bearer,
        trust: second.trust.clone(),
    };
    let answer: SignInAnswer = second.post("/sign-in", &body).await.unwrap();
    assert!(matches!(answer, SignInAnswer::CodeSent(_)), "what it showed for the last code counts no more");
    server.stop().await;
}

#[actix_web::test]
async fn a_question_is_over_when_its_computer_is_signed_out() {
    let server = Server::start().await;
    let owner = server.owner().await;
    owner.make_room(HistoryRule::AllRetained).await;
    let mut here = owner.connect().await.0;
    let second = owner.another_computer(&server).await;
    ask(&second, false).await;
    wanted(&mut here).await;
    second.call::<()>(Method::POST, "/sign-out", None::<&()>).await.unwrap();
    let end = ApprovalSettled { device: second.device(), outcome: ApprovalOutcome::Withdrawn };
    assert_eq!(settled(&mut here).await, end);
    assert_eq!(answer(&owner, &second, true).await, Err(ErrorCode::NotFound));
    server.stop().await;
}
