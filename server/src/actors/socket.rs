//! One actor per connection: bytes in, bytes out, nothing else. The types of actix-web-actors appear here alone.
//!
//! It is polled as the response's body. When the client stops reading, nothing here runs, timers included; so nothing
//! that has to happen lives here. [`super::device::Device`] pings, watches the clock and ends sessions; a connection that is jammed for
//! good is ended by the operating system (TCP_USER_TIMEOUT, set where connections are accepted).
//!
//! - Mailbox: 64 batches. Full: Device ends the session.
//! - In: at most [`limits::CLIENT_FRAME`] bytes a message, also in fragments, looked at as they are declared (`gate`). When the Device's mailbox is full, this
//!   actor stops reading until there is room: the client feels it as a full TCP window.
//! - Exits: the client closes or is gone; Device says so; the first breach of RFC 6455, a text message or one too large.
//! - It never restarts: the client comes back.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use actix::prelude::*;
use actix_http::ws::Item;
use actix_web::{HttpRequest, HttpResponse, web};
use actix_web_actors::ws::{self, CloseCode, CloseReason, Message, ProtocolError, WebsocketContext};
use bytes::{Bytes, BytesMut};
use igoon_shared::protocol::{SUBPROTOCOL, limits};

use super::{
    device::{Attach, Frame, Heard, Lease, PagesTaken},
    gate::{Gated, TooLarge},
    health::{Connection, Connections},
};

const MAILBOX: usize = 64;

/// Why a connection is closed from this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The server shuts down. 1001.
    Away,
    /// The same device connected anew. 4001: do not come back by yourself.
    Replaced,
    /// The session was ended or has expired. 4401: sign in first.
    SignedOut,
    /// The client does not read, or was not heard of. 4408: come back.
    TooSlow,
    /// Unusable frames, too many of them. 1008.
    Policy,
    /// Something here failed. 1013: come back in a moment.
    TryAgain,
}

impl Ending {
    const fn code(self) -> u16 {
        match self {
            Self::Away => 1001,
            Self::Policy => 1008,
            Self::TryAgain => 1013,
            Self::Replaced => 4001,
            Self::SignedOut => 4401,
            Self::TooSlow => 4408,
        }
    }
}

/// From Device: what goes out, in this order.
#[derive(Default, Message)]
#[rtype(result = "()")]
pub struct Outgoing {
    /// Binary frames.
    pub frames: Vec<Bytes>,
    /// How many of them are pages; Device is told when they were taken.
    pub pages: usize,
    /// A ping behind them.
    pub ping: bool,
    /// Then it is over.
    pub close: Option<Ending>,
}

/// Bytes handed to a Socket that it has not taken yet: how Device sees that a client is slow.
#[derive(Clone, Default)]
pub struct Backlog(Arc<AtomicUsize>);

impl Backlog {
    /// Bytes are handed over; how many wait now.
    pub fn add(&self, bytes: usize) -> usize {
        self.0.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes)
    }

    /// Bytes that wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn taken(&self, bytes: usize) {
        self.0.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// See the module.
pub struct Socket {
    lease: Lease,
    attach: Option<Attach>,
    backlog: Backlog,
    /// It is open as long as this actor is there.
    _open: Connection,
    /// The beginning of a fragmented message.
    fragments: Option<BytesMut>,
    too_large: TooLarge,
}

/// Answers the upgrade; `attach` introduces the connection to its device once it stands.
///
/// # Errors
/// When the request is no WebSocket handshake (RFC 6455, section 4.2.1).
pub fn upgrade(
    request: &HttpRequest,
    payload: web::Payload,
    lease: Lease,
    connections: &Connections,
    attach: impl FnOnce(Backlog) -> Attach,
) -> Result<HttpResponse, actix_web::Error> {
    let backlog = Backlog::default();
    let attach = Some(attach(backlog.clone()));
    let (payload, too_large) = Gated::new(payload);
    let _open = connections.enter(backlog.clone());
    let socket = Socket { lease, attach, _open, backlog, fragments: None, too_large };
    ws::WsResponseBuilder::new(socket, request, payload)
        .protocols(&[SUBPROTOCOL])
        .frame_size(limits::CLIENT_FRAME)
        .start()
}

impl Actor for Socket {
    type Context = WebsocketContext<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        if let Some(mut attach) = self.attach.take() {
            attach.socket = Some(ctx.address());
            // Once in the life of a connection.
            self.lease.device().do_send(attach);
        }
    }
}

impl Socket {
    fn received(&self, bytes: Bytes, ctx: &mut WebsocketContext<Self>) {
        match self.lease.device().try_send(Frame { generation: self.lease.generation(), bytes }) {
            Ok(()) => {}
            Err(SendError::Full(frame)) => {
                let sending = self.lease.device().send(frame);
                ctx.wait(sending.into_actor(self).map(|sent, _, ctx| {
                    if sent.is_err() {
                        ctx.stop();
                    }
                }));
            }
            Err(SendError::Closed(_)) => ctx.stop(),
        }
    }

    /// Browsers do send messages in fragments, small ones too.
    fn fragment(&mut self, item: Item, ctx: &mut WebsocketContext<Self>) {
        let (bytes, last) = match item {
            Item::FirstBinary(bytes) => {
                self.fragments = Some(BytesMut::new());
                (bytes, false)
            }
            Item::Continue(bytes) => (bytes, false),
            Item::Last(bytes) => (bytes, true),
            Item::FirstText(_) => return refuse(CloseCode::Unsupported, ctx),
        };
        let Some(mut message) = self.fragments.take() else { return refuse(CloseCode::Protocol, ctx) };
        if message.len().saturating_add(bytes.len()) > limits::CLIENT_FRAME {
            return refuse(CloseCode::Size, ctx);
        }
        message.extend_from_slice(&bytes);
        if last {
            self.received(message.freeze(), ctx);
        } else {
            self.fragments = Some(message);
        }
    }
}

fn refuse(code: CloseCode, ctx: &mut WebsocketContext<Socket>) {
    ctx.close(Some(CloseReason { code, description: None }));
    ctx.stop();
}

impl StreamHandler<Result<Message, ProtocolError>> for Socket {
    fn handle(&mut self, message: Result<Message, ProtocolError>, ctx: &mut Self::Context) {
        match message {
            Ok(Message::Binary(bytes)) => self.received(bytes, ctx),
            Ok(Message::Continuation(item)) => self.fragment(item, ctx),
            Ok(Message::Ping(bytes)) => ctx.pong(&bytes),
            Ok(Message::Pong(_)) => {
                // Full: then Device has frames of this connection to hear.
                let _ = self.lease.device().try_send(Heard { generation: self.lease.generation() });
            }
            Ok(Message::Text(_)) => refuse(CloseCode::Unsupported, ctx),
            Ok(Message::Close(reason)) => {
                ctx.close(reason);
                ctx.stop();
            }
            Ok(Message::Nop) => {}
            // The stream repeats an error for ever: stop at the first.
            Err(ProtocolError::Overflow) => refuse(CloseCode::Size, ctx),
            Err(_) if self.too_large.was_declared() => refuse(CloseCode::Size, ctx),
            Err(_) => refuse(CloseCode::Protocol, ctx),
        }
    }
}

impl Handler<Outgoing> for Socket {
    type Result = ();

    fn handle(&mut self, outgoing: Outgoing, ctx: &mut Self::Context) {
        self.backlog.taken(outgoing.frames.iter().map(Bytes::len).sum());
        for frame in outgoing.frames {
            ctx.binary(frame);
        }
        if outgoing.pages > 0 {
            // At most as many as there are pages on their way.
            self.lease.device().do_send(PagesTaken { generation: self.lease.generation(), count: outgoing.pages });
        }
        if outgoing.ping {
            ctx.ping(b"");
        }
        if let Some(ending) = outgoing.close {
            ctx.close(Some(CloseReason { code: CloseCode::from(ending.code()), description: None }));
            ctx.stop();
        }
    }
}
