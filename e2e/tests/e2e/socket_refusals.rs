//! Who may open a WebSocket: nobody from a foreign origin, without a live session, with a used ticket, or for somebody
//! else's device.

use futures_util::{SinkExt, StreamExt};
use igoon_e2e::{
    account::Session,
    database::Kind,
    native::{NativeClient, now},
    server::TestServer,
};
use igoon_shared::{
    ids::MessageId,
    protocol::{
        SUBPROTOCOL, TICKET_PREFIX, codec,
        error::ErrorCode,
        frames::{ClientFrame, ServerFrame, Sync},
    },
};
use reqwest::Method;
use tokio_tungstenite::tungstenite::{Error, Message, client::IntoClientRequest};

/// Tries to open a WebSocket; the HTTP status that refused it, or the socket.
async fn open(server: &TestServer, headers: &[(&str, &str)]) -> Result<igoon_e2e::native::Socket, u16> {
    let mut request = server.socket_url().into_client_request().unwrap();
    for (name, value) in headers {
        let name: reqwest::header::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    match tokio_tungstenite::connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

async fn with_ticket(
    server: &TestServer,
    ticket: &str,
    more: &[(&str, &str)],
) -> Result<igoon_e2e::native::Socket, u16> {
    let protocols = format!("{SUBPROTOCOL}, {TICKET_PREFIX}{ticket}");
    let mut headers = vec![("Sec-WebSocket-Protocol", protocols.as_str())];
    headers.extend_from_slice(more);
    open(server, &headers).await
}

async fn registered(server: &TestServer) -> Session {
    let session = Session::set_up(server, "ada").await.unwrap();
    session.register().await;
    session
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_opens_one_socket() {
    let server = TestServer::start(Kind::Sqlite).await;
    let session = registered(&server).await;
    let ticket = session.ticket().await.unwrap();
    let mut socket = with_ticket(&server, &ticket, &[]).await.expect("a fresh ticket opens a socket");
    let Some(Ok(Message::Binary(first))) = socket.next().await else { panic!("a welcome") };
    assert!(matches!(codec::decode(&first), Ok(ServerFrame::Welcome(_))));
    assert_eq!(with_ticket(&server, &ticket, &[]).await.err(), Some(401), "used");
    assert_eq!(with_ticket(&server, "AAAA", &[]).await.err(), Some(401), "never given out");
    assert_eq!(
        open(&server, &[("Sec-WebSocket-Protocol", SUBPROTOCOL)]).await.err(),
        Some(403),
        "neither origin nor ticket"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_origin_is_refused() {
    let server = TestServer::start(Kind::Sqlite).await;
    let session = registered(&server).await;
    let ticket = session.ticket().await.unwrap();
    let foreign = ("Origin", "https://evil.example");
    assert_eq!(with_ticket(&server, &ticket, &[foreign]).await.err(), Some(403));
    let ours = server.url();
    let ticket = session.ticket().await.unwrap();
    assert!(with_ticket(&server, &ticket, &[("Origin", &ours)]).await.is_ok(), "our own is welcome");
    // The cookie counts only together with an origin of ours.
    let cookie = format!("__Host-igoon={}", session.token);
    let cookie = ("Cookie", cookie.as_str());
    let protocol = ("Sec-WebSocket-Protocol", SUBPROTOCOL);
    assert_eq!(open(&server, &[protocol, cookie, foreign]).await.err(), Some(403));
    assert_eq!(open(&server, &[protocol, cookie]).await.err(), Some(403), "no origin, no ticket");
    assert!(open(&server, &[protocol, cookie, ("Origin", &ours)]).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ended_opens_nothing_and_its_socket_closes() {
    let server = TestServer::start(Kind::Sqlite).await;
    let session = registered(&server).await;
    let ticket = session.ticket().await.unwrap();
    let unused = session.ticket().await.unwrap();
    let mut socket = with_ticket(&server, &ticket, &[]).await.unwrap();
    socket.next().await.expect("a welcome").unwrap();
    let signed_out = std::time::Instant::now();
    session.call::<()>(Method::POST, "/sign-out", None::<&()>).await.unwrap();
    let end = tokio::time::timeout(std::time::Duration::from_secs(5), async {
        while let Some(Ok(message)) = socket.next().await {
            if message.is_close() {
                break;
            }
        }
    });
    end.await.expect("the live socket is closed");
    println!("closed {:?} after signing out", signed_out.elapsed());
    assert_eq!(with_ticket(&server, &unused, &[]).await.err(), Some(401), "a ticket of an ended session");
    assert_eq!(session.ticket().await.unwrap_err(), (401, ErrorCode::NotSignedIn));
    let (ours, cookie) = (server.url(), format!("__Host-igoon={}", session.token));
    let headers = [("Sec-WebSocket-Protocol", SUBPROTOCOL), ("Cookie", &cookie), ("Origin", &ours)];
    assert_eq!(open(&server, &headers).await.err(), Some(401));
}

/// Ninety days cannot be waited for: the session's end is moved in the database.
async fn an_expired_session_opens_nothing(kind: Kind) {
    let server = TestServer::start(kind).await;
    let session = registered(&server).await;
    let unused = session.ticket().await.unwrap();
    let (ours, cookie) = (server.url(), format!("__Host-igoon={}", session.token));
    let headers = [("Sec-WebSocket-Protocol", SUBPROTOCOL), ("Cookie", &cookie), ("Origin", &ours)];
    assert!(open(&server, &headers).await.is_ok(), "until it expires it opens a socket");

    assert_eq!(server.change(&format!("UPDATE sessions SET expires_at = {}", now().0)), 1);
    assert_eq!(open(&server, &headers).await.err(), Some(401), "by cookie");
    assert_eq!(with_ticket(&server, &unused, &[]).await.err(), Some(401), "by a ticket from before");
    assert_eq!(session.ticket().await.unwrap_err(), (401, ErrorCode::NotSignedIn), "by a new ticket");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_session_opens_nothing_on_sqlite() {
    an_expired_session_opens_nothing(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_session_opens_nothing_on_postgres() {
    an_expired_session_opens_nothing(Kind::Postgres).await;
}

/// A socket speaks for its own device alone: messages that name another are refused, and the rooms of others stay shut.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_speaks_for_its_own_device_alone() {
    let server = TestServer::start(Kind::Sqlite).await;
    let owner = Session::set_up(&server, "ada").await.unwrap();
    let owner = NativeClient::start(owner).await;
    let room = owner.create_room("Mine").await;
    let secret = owner.invite(room, 1).await;
    let stranger = Session::sign_up(&server, room, &secret, "mallory").await.unwrap();

    // No device is registered yet: nothing to speak for.
    assert!(stranger.ticket().await.is_err());
    stranger.register().await;
    let ticket = stranger.ticket().await.unwrap();
    let mut socket = with_ticket(&server, &ticket, &[]).await.unwrap();
    socket.next().await.expect("a welcome").unwrap();

    // A message that the owner's device really sealed, sent over another device's socket.
    owner.send(room, "mine");
    let shown = owner.until("the message", |shown| shown.in_room(room).count() == 1).await;
    let seq = shown.in_room(room).next().unwrap().seq;
    let key = igoon_shared::client::records::message_key(room, seq);
    let records = owner.records();
    let saved = records.get(&key).expect("the message is saved");
    let message = saved_message(saved);
    let id: MessageId = message.header().unwrap().message_id;
    let send = ClientFrame::Send(igoon_shared::protocol::frames::Send { room, attempt: 0, message });
    let sync = ClientFrame::Sync(Sync {
        room,
        after: igoon_shared::crypto::message::Cursor {
            incarnation: igoon_shared::ids::Incarnation(0),
            seq: igoon_shared::ids::Seq(0),
        },
    });
    socket.send(Message::Binary(codec::encode(&send).into())).await.unwrap();
    let Some(Ok(Message::Binary(answer))) = socket.next().await else { panic!("an answer") };
    match codec::decode::<ServerFrame>(&answer).unwrap() {
        ServerFrame::Refused(refused) => {
            assert_eq!(refused.message_id, id);
            assert!(matches!(refused.code, ErrorCode::NotEntitled | ErrorCode::Forbidden), "{:?}", refused.code);
        }
        ServerFrame::Error(error) => assert!(matches!(error.code, ErrorCode::Forbidden | ErrorCode::Malformed)),
        other => panic!("{other:?}"),
    }
    socket.send(Message::Binary(codec::encode(&sync).into())).await.unwrap();
    loop {
        let Some(Ok(Message::Binary(answer))) = socket.next().await else { panic!("an answer") };
        match codec::decode::<ServerFrame>(&answer).unwrap() {
            ServerFrame::SyncRefused(refused) => {
                assert!(matches!(refused.code, ErrorCode::NotFound | ErrorCode::NotEntitled));
                break;
            }
            ServerFrame::Page(_) | ServerFrame::Item(_) => panic!("a stranger is shown the room"),
            _ => {}
        }
    }
    let path = format!("/rooms/{room}/keys");
    let refused = stranger.call::<serde_json::Value>(Method::GET, &path, None::<&()>).await.unwrap_err();
    assert!(matches!(refused, (403 | 404, ErrorCode::Forbidden | ErrorCode::NotFound)), "{refused:?}");
    let _ = now();
}

/// The sealed message in a saved stream item.
fn saved_message(record: &[u8]) -> igoon_shared::crypto::message::SealedMessage {
    use igoon_shared::protocol::bytes::Blob;
    // The message as it came stands between when it was received and what was made of it.
    #[derive(serde::Deserialize)]
    struct Record(Ignored, Blob, Blob, Blob, Ignored, Ignored, Ignored, Ignored, Ignored);
    type Ignored = serde::de::IgnoredAny;
    let Record(_, header, ciphertext, signature, ..) = codec::decode(record).unwrap();
    igoon_shared::crypto::message::SealedMessage { header, ciphertext, signature }
}
