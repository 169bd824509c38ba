//! The connection that is always being made again: a socket, or the wait before the next try.
//!
//! The owner is told what happens and calls back in; nothing here acts by itself but the timers.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use igoon_shared::{
    protocol::{SUBPROTOCOL, TICKET_PREFIX, http::SecretText},
    time::Timestamp,
};

use super::{
    backoff::Backoff,
    liveness::{Liveness, Look},
    server,
    socket::{Socket, Wire},
};

/// Where sockets are opened.
pub const SOCKET_PATH: &str = "/api/v1/socket";

/// A socket that is not open after so long has failed, in milliseconds: browsers themselves wait for minutes.
pub const PATIENCE_MS: u32 = 15_000;
/// A connection that held so long was a good one, in milliseconds: what comes after it is a first failure.
const GOOD_MS: i64 = 10_000;

/// What a link tells its owner.
#[derive(Debug)]
pub enum LinkNews {
    /// From the socket numbered so; an older one is to be ignored.
    Wire(u64, Wire),
    /// The wait is over: try now.
    TryNow,
    /// Look whether the socket numbered so is alive.
    Look(u64),
}

/// See the module.
pub struct Link {
    tell: Rc<dyn Fn(LinkNews)>,
    /// The frame that asks the other side whether it is there.
    ping: Vec<u8>,
    socket: Option<Socket>,
    number: u64,
    open: Option<Open>,
    backoff: Backoff,
    wait: Option<Wait>,
    patience: Option<Timeout>,
}

/// What is known of an open socket.
struct Open {
    liveness: Liveness,
    /// Since the first frame.
    works_since: Option<Timestamp>,
    next_look: Option<Timeout>,
}

/// The wait before the next try.
struct Wait {
    until: Timestamp,
    _timer: Timeout,
}

impl Link {
    /// No connection, and none tried yet.
    pub fn new(tell: Rc<dyn Fn(LinkNews)>, ping: Vec<u8>) -> Self {
        let backoff = Backoff::default();
        Self { tell, ping, socket: None, number: 0, open: None, backoff, wait: None, patience: None }
    }

    /// Whether frames can be sent.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether a socket is being opened.
    #[must_use]
    pub const fn is_opening(&self) -> bool {
        self.socket.is_some() && self.open.is_none()
    }

    /// When the next try is, while it is waited for.
    #[must_use]
    pub fn next_try(&self) -> Option<Timestamp> {
        self.wait.as_ref().map(|wait| wait.until)
    }

    /// Opens a socket in place of whatever is there: by the cookie, or with a ticket.
    pub fn connect(&mut self, ticket: Option<&SecretText>, now: Timestamp) {
        self.drop_socket();
        self.wait = None;
        let (tell, number) = (Rc::clone(&self.tell), self.number);
        let late = Rc::clone(&self.tell);
        // http becomes ws, https wss.
        let url = server::current().origin.replacen("http", "ws", 1) + SOCKET_PATH;
        let mut protocols = vec![SUBPROTOCOL.to_owned()];
        protocols.extend(ticket.map(|ticket| format!("{TICKET_PREFIX}{}", ticket.expose())));
        match Socket::connect(&url, &protocols, move |wire| tell(LinkNews::Wire(number, wire))) {
            Ok(socket) => {
                self.socket = Some(socket);
                self.patience = Some(Timeout::new(PATIENCE_MS, move || late(LinkNews::Look(number))));
            }
            Err(_) => self.try_later(now),
        }
    }

    /// Whether news of the socket numbered so concern the present one.
    #[must_use]
    pub const fn is_current(&self, number: u64) -> bool {
        self.number == number
    }

    /// The socket is open.
    pub fn opened(&mut self, now: Timestamp) {
        self.patience = None;
        self.open = Some(Open { liveness: Liveness::new(now), works_since: None, next_look: None });
        let look = self.open.as_mut().map(|open| open.liveness.look(now));
        self.carry_out(look);
    }

    /// A frame came.
    pub fn heard(&mut self, now: Timestamp) {
        if let Some(open) = &mut self.open {
            open.liveness.heard(now);
            open.works_since.get_or_insert(now);
        }
    }

    /// A look at the socket; whether it is dead.
    #[must_use]
    pub fn look(&mut self, now: Timestamp) -> bool {
        // One that is not open by now never will be.
        self.open.as_mut().map(|open| open.liveness.look(now)).is_none_or(|look| self.carry_out(Some(look)))
    }

    /// There is reason to doubt that an open socket is alive: asks, and is told of it soon.
    pub fn doubt(&mut self, now: Timestamp) {
        let look = self.open.as_mut().map(|open| open.liveness.doubt(now));
        self.carry_out(look);
    }

    /// Lets go of the socket and waits before the next try. Returns whether the socket had been open.
    pub fn lost(&mut self, now: Timestamp) -> bool {
        let was_open = self.open.take();
        let was_good = |open: &Open| open.works_since.is_some_and(|since| now.millis_since(since) >= GOOD_MS);
        if was_open.as_ref().is_some_and(was_good) {
            self.backoff.succeeded();
        }
        self.drop_socket();
        self.try_later(now);
        was_open.is_some()
    }

    /// Asks for the next try after a while.
    pub fn try_later(&mut self, now: Timestamp) {
        let tell = Rc::clone(&self.tell);
        let wait = self.backoff.failed(getrandom::u32().unwrap_or_default());
        let timer = Timeout::new(wait, move || tell(LinkNews::TryNow));
        self.wait = Some(Wait { until: now.plus_millis(i64::from(wait)), _timer: timer });
    }

    /// A try begins: nothing is waited for any more.
    pub fn tries(&mut self) {
        self.wait = None;
    }

    /// Forgets earlier failures: something in the surroundings changed.
    pub fn begin_anew(&mut self) {
        self.backoff.succeeded();
    }

    /// Sends a frame, or drops it when there is no connection.
    pub fn send(&self, frame: &[u8]) {
        if let Some(socket) = &self.socket {
            socket.send(frame);
        }
    }

    /// Does what a look says; whether the socket is dead.
    fn carry_out(&mut self, look: Option<Look>) -> bool {
        let wait = match look {
            None => return false,
            Some(Look::Dead) => return true,
            Some(Look::Wait(wait)) => wait,
            Some(Look::Ask(wait)) => {
                self.send(&self.ping);
                wait
            }
        };
        let (tell, number) = (Rc::clone(&self.tell), self.number);
        if let Some(open) = &mut self.open {
            open.next_look = Some(Timeout::new(wait, move || tell(LinkNews::Look(number))));
        }
        false
    }

    fn drop_socket(&mut self) {
        self.socket = None;
        self.open = None;
        self.patience = None;
        self.number += 1;
    }
}
