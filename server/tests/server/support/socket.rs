//! WebSockets, and what came over them.

use std::collections::VecDeque;

use futures_util::{SinkExt as _, StreamExt as _};
use igoon_shared::{
    crypto::message::Cursor,
    ids::{RoomId, Seq},
    protocol::{
        SUBPROTOCOL, TICKET_PREFIX, codec,
        frames::{ClientFrame, KeysWanted, Page, ServerFrame, Sync, Welcome},
        http::{API, SocketTicket},
    },
};
use reqwest::{Method, StatusCode};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _, protocol::frame::coding::CloseCode},
};

use super::*;

impl Person {
    /// Opens a socket by ticket; the welcome has come.
    pub(crate) async fn connect(&self) -> (Socket, Welcome) {
        let ticket: SocketTicket = self.call(Method::POST, "/socket-ticket", Some(&())).await.unwrap();
        let protocols = format!("{SUBPROTOCOL}, {TICKET_PREFIX}{}", ticket.ticket.expose());
        let mut socket = Socket::open(&self.url, &[("sec-websocket-protocol", &protocols)]).await.unwrap();
        let ServerFrame::Welcome(welcome) = socket.next().await else { panic!("no welcome") };
        assert_eq!(welcome.device, self.device());
        (socket, welcome)
    }

    /// Opens a socket and reads a room's stream to its end.
    pub(crate) async fn connect_to(&self, room: RoomId) -> Socket {
        let (mut socket, _) = self.connect().await;
        socket.catch_up(room).await;
        socket
    }
}

/// An open WebSocket.
pub(crate) struct Socket {
    pub(crate) stream: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
    /// Came while something else was waited for.
    pub(crate) wanted: VecDeque<KeysWanted>,
}

impl Socket {
    /// The answer's status where it is no switch of protocols.
    pub(crate) async fn open(url: &str, headers: &[(&'static str, &str)]) -> Result<Self, StatusCode> {
        let mut request = format!("{}{API}/socket", url.replace("http", "ws")).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((stream, response)) => {
                assert_eq!(response.headers().get("sec-websocket-protocol").unwrap(), SUBPROTOCOL);
                Ok(Self { stream, wanted: VecDeque::new() })
            }
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status()),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn send(&mut self, frame: &ClientFrame) {
        self.stream.send(Message::Binary(codec::encode(frame).into())).await.unwrap();
    }

    /// The next frame that is not about people or about who lacks keys. What asks for keys may come at any time, and is kept for
    /// [`Socket::wanted`].
    pub(crate) async fn next(&mut self) -> ServerFrame {
        loop {
            match self.any().await {
                ServerFrame::Presence(_) | ServerFrame::Positions(_) | ServerFrame::Lacking(_) => {}
                ServerFrame::KeysWanted(wanted) => self.wanted.push_back(wanted),
                frame => return frame,
            }
        }
    }

    /// What is wanted of this client, when such comes; other frames in between are passed over.
    pub(crate) async fn wanted(&mut self, such: impl Fn(&KeysWanted) -> bool) -> KeysWanted {
        loop {
            let wanted = match self.wanted.pop_front() {
                Some(wanted) => wanted,
                None => match self.any().await {
                    ServerFrame::KeysWanted(wanted) => wanted,
                    _ => continue,
                },
            };
            if such(&wanted) {
                return wanted;
            }
        }
    }

    /// The next frame.
    pub(crate) async fn any(&mut self) -> ServerFrame {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("nothing comes") {
                Some(Ok(Message::Binary(bytes))) => return codec::decode(&bytes).unwrap(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("no frame but {other:?}"),
            }
        }
    }

    /// The code that the server closes with, after any frames.
    pub(crate) async fn closed(&mut self) -> CloseCode {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("it stays open") {
                Some(Ok(Message::Close(frame))) => return frame.unwrap().code,
                Some(Ok(_)) => {}
                other => panic!("no close frame but {other:?}"),
            }
        }
    }

    pub(crate) async fn sync(&mut self, room: RoomId, after: Cursor) -> Page {
        self.send(&ClientFrame::Sync(Sync { room, after })).await;
        loop {
            match self.next().await {
                ServerFrame::Page(page) => return page,
                ServerFrame::RoomAdded(_) => {}
                other => panic!("no page but {other:?}"),
            }
        }
    }

    /// All items of a room's stream, in pages.
    pub(crate) async fn catch_up(&mut self, room: RoomId) -> Vec<Seq> {
        let mut after = Cursor { incarnation: Default::default(), seq: Seq(0) };
        let mut places = Vec::new();
        loop {
            let page = self.sync(room, after).await;
            places.extend(page.items.iter().map(|item| item.seq));
            let last = places.last().copied().unwrap_or_default();
            after = Cursor { incarnation: page.incarnation, seq: last };
            if !page.more {
                return places;
            }
        }
    }
}
