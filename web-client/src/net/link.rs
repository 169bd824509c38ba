//! The connection that is always being made again: a socket, or the wait before the next try.
//!
//! The owner is told what happens and calls back in; nothing here acts by itself but the timer.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use igoon_shared::protocol::{SUBPROTOCOL, TICKET_PREFIX, http::SecretText};

use super::{
    backoff::Backoff,
    server,
    socket::{Socket, Wire},
};

/// Where sockets are opened.
pub const SOCKET_PATH: &str = "/api/v1/socket";

/// What a link tells its owner.
#[derive(Debug)]
pub enum LinkNews {
    /// From the socket numbered so; an older one is to be ignored.
    Wire(u64, Wire),
    /// The wait is over: try now.
    TryNow,
}

/// See the module.
pub struct Link {
    tell: Rc<dyn Fn(LinkNews)>,
    socket: Option<Socket>,
    number: u64,
    open: bool,
    backoff: Backoff,
    wait: Option<Timeout>,
}

impl Link {
    /// No connection, and none tried yet.
    pub fn new(tell: Rc<dyn Fn(LinkNews)>) -> Self {
        Self { tell, socket: None, number: 0, open: false, backoff: Backoff::default(), wait: None }
    }

    /// Whether frames can be sent.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Opens a socket in place of whatever is there: by the cookie, or with a ticket.
    pub fn connect(&mut self, ticket: Option<&SecretText>) {
        self.drop_socket();
        self.wait = None;
        let (tell, number) = (Rc::clone(&self.tell), self.number);
        // http becomes ws, https wss.
        let url = server::current().origin.replacen("http", "ws", 1) + SOCKET_PATH;
        let mut protocols = vec![SUBPROTOCOL.to_owned()];
        protocols.extend(ticket.map(|ticket| format!("{TICKET_PREFIX}{}", ticket.expose())));
        match Socket::connect(&url, &protocols, move |wire| tell(LinkNews::Wire(number, wire))) {
            Ok(socket) => self.socket = Some(socket),
            Err(_) => self.try_later(),
        }
    }

    /// Whether news of the socket numbered so concern the present one.
    #[must_use]
    pub const fn is_current(&self, number: u64) -> bool {
        self.number == number
    }

    /// The socket is open.
    pub fn opened(&mut self) {
        self.open = true;
    }

    /// The server answers: the next failure is the first again.
    pub fn works(&mut self) {
        self.backoff.succeeded();
    }

    /// Lets go of the socket and waits before the next try. Returns whether the socket had been open.
    pub fn lost(&mut self) -> bool {
        let was_open = self.open;
        self.drop_socket();
        self.try_later();
        was_open
    }

    /// Asks for the next try after a while.
    pub fn try_later(&mut self) {
        let tell = Rc::clone(&self.tell);
        let wait = self.backoff.failed(getrandom::u32().unwrap_or_default());
        self.wait = Some(Timeout::new(wait, move || tell(LinkNews::TryNow)));
    }

    /// Forgets earlier failures: something in the surroundings changed.
    pub fn try_soon(&mut self) {
        self.backoff.succeeded();
        self.try_later();
    }

    /// Sends a frame, or drops it when there is no connection.
    pub fn send(&self, frame: &[u8]) {
        if let Some(socket) = &self.socket {
            socket.send(frame);
        }
    }

    fn drop_socket(&mut self) {
        self.socket = None;
        self.open = false;
        self.number += 1;
    }
}
