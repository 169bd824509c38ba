//! A live connection, and whether it stands.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use igoon_e2e::{account::Session, native::Socket};
use igoon_shared::protocol::{SUBPROTOCOL, TICKET_PREFIX, codec, frames::ServerFrame};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _};

/// How soon a connection should have ended. It takes milliseconds; a busy machine takes longer.
const SOON: Duration = Duration::from_secs(10);

/// A live connection of a session.
pub(crate) struct Live(Socket);

impl Live {
    pub(crate) async fn open(session: &Session) -> Self {
        session.register().await;
        let ticket = session.ticket().await.unwrap();
        let url = format!("{}/api/v1/socket", session.url.replace("http://", "ws://"));
        let mut request = url.into_client_request().unwrap();
        let protocols = format!("{SUBPROTOCOL}, {TICKET_PREFIX}{ticket}");
        request.headers_mut().insert("Sec-WebSocket-Protocol", protocols.parse().unwrap());
        let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        let Some(Ok(Message::Binary(first))) = socket.next().await else { panic!("a welcome") };
        assert!(matches!(codec::decode(&first), Ok(ServerFrame::Welcome(_))));
        Self(socket)
    }

    /// Sees that it answers.
    pub(crate) async fn assert_open(&mut self) {
        self.0.send(Message::Ping("there?".into())).await.unwrap();
        let answered = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Pong(said))) if said == "there?" => break,
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => panic!("the connection should stand: {other:?}"),
                }
            }
        };
        tokio::time::timeout(SOON, answered).await.expect("a live connection answers");
    }

    /// Sees that the server closes it, and says that nobody is signed in any more.
    pub(crate) async fn assert_closed(&mut self) {
        let closed = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Close(frame))) => break frame.map(|frame| u16::from(frame.code)),
                    Some(Ok(_)) => {}
                    other => panic!("no close frame: {other:?}"),
                }
            }
        };
        let code = tokio::time::timeout(SOON, closed).await.expect("the connection is closed");
        assert_eq!(code, Some(4_401));
    }
}
