//! One actor per connected device: its session, its pace, the order of what it sends, its place in each room's stream.
//!
//! - Mailbox: 512. Full: a socket waits (and stops reading), a room marks the device as behind and tells it later. Past
//!   the bound come answers to its messages (at most [`logic::order::Order::UNANSWERED`] a room) and what happens once a
//!   connection.
//! - Out: all that one turn produces goes to the Socket as one batch. A Socket that takes nothing while
//!   `BACKLOG` bytes or 64 batches wait belongs to a slow consumer: the session ends, and the client comes back and
//!   reads pages at its own pace. Of pages at most `PAGES` are on their way at a time.
//! - Generations: each connection has one, from the Directory, rising over the life of the process. A newer connection of
//!   the device takes over; frames and answers of an older one are dropped.
//! - Exits: no connection any more, with the Directory's consent (it may have handed the address to a new connection); a
//!   panic. It keeps nothing that outlives the connection.
//! - Health: active with a connection; idle without one, shortly before it ends.
//!
//! `lease`: the right to be its connection. `frames`: what the client sends. `streams`: what rooms deliver, pages. `news`:
//! what else it is told. `presence`: whether somebody is there. [`logic`]: the decisions, without actors.

mod frames;
mod lease;
pub mod logic;
mod news;
mod presence;
mod streams;

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use actix::prelude::*;
use bytes::Bytes;
use igoon_shared::{
    ids::{AccountId, DeviceId, RoomId},
    protocol::{
        VERSION, codec,
        error::ErrorCode,
        frames::{FrameError, ServerFrame, Welcome},
    },
    time::Timestamp,
};

pub use self::{
    frames::{Answer, Frame},
    lease::Lease,
    news::{Hear, RecoveryTold, RoomAdded},
    presence::{Chosen, Glance, LookIn, People},
    streams::{Batch, Behind, Deliver, PagesTaken, Subscribed, Tell, Unsubscribed},
};
use self::{
    logic::{
        attendance::Attendance,
        pace::{Beat, Bucket, Heartbeat},
    },
    streams::{Link, PageTurn},
};
use super::{
    Deps,
    directory::DirectoryHandle,
    health::{self, Context, Kind, Mailbox, Monitored, State},
    room::Unsubscribe,
    socket::{Backlog, Ending, Outgoing, Socket},
};
use crate::{
    accounts::secrets::SecretHash,
    store::{
        Connection,
        db::models::{approvals, devices, rooms, sessions, statements},
    },
};

/// Pages that are read or on their way to the client.
const PAGES: usize = 4;
/// Bytes that a client may leave waiting.
const BACKLOG: usize = 4 * 1024 * 1024;
/// Frames that are handed on together at most.
const TOGETHER: usize = 256;
/// How often the device looks at the clock.
const LOOK: Duration = Duration::from_secs(5);

/// See the module.
pub struct Device {
    device: DeviceId,
    account: AccountId,
    /// Which instance of the device's actor this is.
    serial: u64,
    deps: Deps,
    directory: DirectoryHandle,
    session: Option<Session>,
    /// Somebody at it, once the connection is welcome.
    attendance: Option<Attendance>,
    /// The last connection that there was.
    generation: u64,
    /// The newest that is known of; it may be gone before it was one.
    newest: u64,
    rooms: HashMap<RoomId, Link>,
    bucket: Bucket,
    /// What goes out with the next flush.
    out: Vec<Bytes>,
    out_pages: usize,
    flush_due: bool,
    pages_under_way: usize,
    pages_waiting: VecDeque<PageTurn>,
    /// It ends because it should, not because it died.
    ends: bool,
}

/// A connection.
struct Session {
    socket: Addr<Socket>,
    backlog: Backlog,
    token: SecretHash,
    heartbeat: Heartbeat,
}

impl Device {
    /// Starts the actor of `device`.
    pub(super) fn start_on(
        arbiter: &ArbiterHandle,
        (device, account): (DeviceId, AccountId),
        serial: u64,
        deps: Deps,
        directory: DirectoryHandle,
    ) -> Mailbox<Self> {
        let registry = deps.registry.clone();
        health::start_on(arbiter, &registry, device.to_string(), move || Self {
            device,
            account,
            serial,
            attendance: None,
            bucket: Bucket::new(deps.rates.frames_per_second, deps.rates.frames_burst, deps.clock.steady_ms()),
            deps,
            directory,
            session: None,
            generation: 0,
            newest: 0,
            rooms: HashMap::new(),
            out: Vec::new(),
            out_pages: 0,
            flush_due: false,
            pages_under_way: 0,
            pages_waiting: VecDeque::new(),
            ends: false,
        })
    }

    /// Whether this belongs to the connection that there is now.
    fn is_current(&self, generation: u64) -> bool {
        self.session.is_some() && generation == self.generation
    }

    /// Queues a frame for the client.
    fn put(&mut self, frame: &ServerFrame, ctx: &mut Context<Self>) {
        self.put_bytes(codec::encode(frame).into(), ctx);
    }

    fn put_bytes(&mut self, frame: Bytes, ctx: &mut Context<Self>) {
        if self.session.is_none() {
            return;
        }
        self.out.push(frame);
        if self.out.len() >= TOGETHER {
            self.flush(ctx);
        } else if !self.flush_due {
            self.flush_due = true;
            // Runs when the mailbox is empty.
            ctx.notify(Flush);
        }
    }

    fn flush(&mut self, ctx: &mut Context<Self>) {
        if !self.out.is_empty() || self.out_pages > 0 {
            let frames = std::mem::take(&mut self.out);
            let pages = std::mem::take(&mut self.out_pages);
            self.hand_over(Outgoing { frames, pages, ..Outgoing::default() }, ctx);
        }
    }

    fn hand_over(&mut self, outgoing: Outgoing, ctx: &mut Context<Self>) {
        let Some(session) = &self.session else { return };
        let bytes = outgoing.frames.iter().map(Bytes::len).sum();
        if session.backlog.add(bytes) > BACKLOG {
            return self.end(Ending::TooSlow, ctx);
        }
        match session.socket.try_send(outgoing) {
            Ok(()) => {}
            Err(SendError::Full(_)) => self.end(Ending::TooSlow, ctx),
            Err(SendError::Closed(_)) => self.forget_session(),
        }
    }

    /// Ends the connection, if there is one, after what was queued.
    fn end(&mut self, ending: Ending, _: &mut Context<Self>) {
        if self.session.is_some() {
            self.close(ending);
            self.forget_session();
        }
    }

    fn close(&mut self, ending: Ending) {
        let Some(session) = &self.session else { return };
        tracing::debug!(?ending, "a connection is ended");
        let frames = std::mem::take(&mut self.out);
        // Full: a jammed socket hears nothing. Nothing goes to it any more either, and the operating system ends it.
        let _ = session.socket.try_send(Outgoing { frames, close: Some(ending), ..Outgoing::default() });
        self.clear();
    }

    /// Like [`Device::end`], after an error frame.
    fn end_with(&mut self, code: ErrorCode, ending: Ending, ctx: &mut Context<Self>) {
        self.put(&ServerFrame::Error(FrameError { code, closing: true }), ctx);
        self.end(ending, ctx);
    }

    /// The connection is no more; and unless there is a newer one, neither is this actor.
    fn forget_session(&mut self) {
        self.clear();
        self.directory.device_is_idle(self.device, self.newest);
    }

    /// Nothing of the connection stays.
    fn clear(&mut self) {
        let seen = self.last_heard();
        self.keep(seen);
        (self.session, self.attendance) = (None, None);
        self.out.clear();
        self.out_pages = 0;
        self.pages_under_way = 0;
        self.pages_waiting.clear();
        self.leave_rooms(seen);
    }

    fn leave_rooms(&mut self, seen: Timestamp) {
        for (_, link) in self.rooms.drain() {
            if let Some(room) = link.room {
                // Once for each room of a connection.
                room.do_send(Unsubscribe { device: self.device, generation: self.generation, seen });
            }
        }
    }

    fn look(&mut self, ctx: &mut Context<Self>) {
        let now = self.deps.clock.steady_ms();
        // A room that is gone answers nothing any more; usually it says so itself.
        if self.rooms.values().any(Link::is_dead) {
            return self.end(Ending::TryAgain, ctx);
        }
        self.look_at_presence();
        let Some(session) = &mut self.session else { return };
        match session.heartbeat.look(now) {
            Beat::Nothing => {}
            Beat::Ping => self.hand_over(Outgoing { ping: true, ..Outgoing::default() }, ctx),
            Beat::Gone => self.end(Ending::TooSlow, ctx),
        }
    }
}

impl Actor for Device {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(LOOK, |device, ctx| device.look(ctx));
    }
}

impl Monitored for Device {
    const KIND: Kind = Kind::Device;
    const MAILBOX: usize = 512;

    fn state(&self) -> State {
        if self.session.is_some() { State::Active } else { State::Idle }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        if self.session.is_some() {
            // It died: the rooms would believe it there.
            self.leave_rooms(self.last_heard());
        }
        self.directory.device_is_gone(self.device, self.serial, !self.ends);
    }
}

/// A connection stands. Answered by the welcome, its first frame.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Attach {
    /// The connection's generation.
    pub generation: u64,
    /// Set by the Socket itself.
    pub socket: Option<Addr<Socket>>,
    /// What the Socket has not taken yet.
    pub backlog: Backlog,
    /// The session's token.
    pub token: SecretHash,
}

impl Handler<Attach> for Device {
    type Result = ();

    fn handle(&mut self, attach: Attach, ctx: &mut Self::Context) {
        let Some(socket) = attach.socket else { return };
        if attach.generation <= self.generation {
            // A newer connection was faster. This one hears so, unless it is gone already.
            let _ = socket.try_send(Outgoing { close: Some(Ending::Replaced), ..Outgoing::default() });
            return;
        }
        self.newest = attach.generation.max(self.newest);
        self.close(Ending::Replaced);
        self.generation = attach.generation;
        let now = self.deps.clock.steady_ms();
        self.session =
            Some(Session { socket, backlog: attach.backlog, token: attach.token, heartbeat: Heartbeat::new(now) });
        // Nothing else is looked at before the welcome is out: it is the first frame. The session is looked at once more: it
        // may have been ended while the connection was made, and then nobody says so again.
        let (id, account, token, store) = (self.device, self.account, attach.token, self.deps.store.clone());
        let now = self.deps.clock.now();
        let looking = async move {
            let look = move |db: &mut Connection| {
                let session = sessions::by_token_hash(db, &token.0)?;
                let judges = approvals::judges(db, account)?.contains(&id);
                let questions = if judges { approvals::open(db, account, id, now)? } else { Vec::new() };
                let vouchings = statements::for_newcomer(db, id)?;
                Ok((session, devices::by_id(db, id)?, rooms::of_account(db, account)?, questions, vouchings))
            };
            store.read(look).await
        };
        ctx.wait(looking.into_actor(self).map(|looked, device, ctx| match looked {
            Ok((session, row, rooms, questions, vouchings)) => {
                let now = device.deps.clock.now();
                let (Some(session), Some(row)) = (session.filter(|session| session.is_valid(now)), row) else {
                    return device.end_with(ErrorCode::NotSignedIn, Ending::SignedOut, ctx);
                };
                device.watch_expiry(session.expires_at, ctx);
                device.attendance = Some(Attendance::new(row.availability, row.last_activity, now));
                device.keep(now);
                let availability = row.availability;
                let welcome = Welcome { version: VERSION, time: now, device: device.device, rooms, availability };
                device.put(&ServerFrame::Welcome(welcome), ctx);
                for wanted in questions {
                    device.put(&ServerFrame::ApprovalWanted(wanted), ctx);
                }
                for said in vouchings {
                    device.put(&ServerFrame::Said(said), ctx);
                }
            }
            Err(error) => {
                tracing::error!(%error, "an account's session, device and rooms cannot be read");
                ctx.record().error();
                device.end(Ending::TryAgain, ctx);
            }
        }));
    }
}

impl Device {
    /// When the session would expire: it may have been prolonged meanwhile by requests.
    fn watch_expiry(&mut self, expires_at: Timestamp, ctx: &mut Context<Self>) {
        let left = expires_at.millis_since(self.deps.clock.now());
        let generation = self.generation;
        ctx.run_later(Duration::from_millis(u64::try_from(left).unwrap_or(0)), move |device, ctx| {
            let Some(session) = device.session.as_ref().filter(|_| device.is_current(generation)) else { return };
            let (token, store) = (session.token, device.deps.store.clone());
            let looking = async move { store.read(move |db| sessions::by_token_hash(db, &token.0)).await };
            ctx.spawn(looking.into_actor(device).map(move |looked, device, ctx| {
                if !device.is_current(generation) {
                    return;
                }
                match looked {
                    Ok(Some(session)) if session.is_valid(device.deps.clock.now()) => {
                        device.watch_expiry(session.expires_at, ctx);
                    }
                    Ok(_) => device.end_with(ErrorCode::NotSignedIn, Ending::SignedOut, ctx),
                    Err(_) => device.end(Ending::TryAgain, ctx),
                }
            }));
        });
    }
}

/// The other side answered a ping.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Heard {
    /// On which connection.
    pub generation: u64,
}

impl Handler<Heard> for Device {
    type Result = ();

    fn handle(&mut self, heard: Heard, _: &mut Self::Context) {
        if heard.generation == self.generation
            && let Some(session) = &mut self.session
        {
            session.heartbeat.heard(self.deps.clock.steady_ms());
        }
    }
}

/// From the Directory: end the connection.
#[derive(Clone, Copy, Message)]
#[rtype(result = "()")]
pub enum Leave {
    /// If it was opened by this session.
    SignedOut(SecretHash),
    /// Whoever opened it: nobody is signed in on the device any more.
    ShutOut,
    /// The server shuts down.
    Shutdown,
}

impl Handler<Leave> for Device {
    type Result = ();

    fn handle(&mut self, leave: Leave, ctx: &mut Self::Context) {
        match leave {
            Leave::SignedOut(token) => {
                if self.session.as_ref().is_some_and(|session| session.token == token) {
                    self.end_with(ErrorCode::NotSignedIn, Ending::SignedOut, ctx);
                }
            }
            Leave::ShutOut => self.end_with(ErrorCode::NotSignedIn, Ending::SignedOut, ctx),
            Leave::Shutdown => self.end(Ending::Away, ctx),
        }
    }
}

/// A room's actor died; what this device sent to it may be unanswered for ever. The client comes back and sends it again.
#[derive(Message)]
#[rtype(result = "()")]
pub struct RoomDied {
    /// Which.
    pub room: RoomId,
}

impl Handler<RoomDied> for Device {
    type Result = ();

    fn handle(&mut self, died: RoomDied, ctx: &mut Self::Context) {
        if self.rooms.contains_key(&died.room) {
            self.end(Ending::TryAgain, ctx);
        }
    }
}

/// The Directory no longer hands this actor out.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Finish;

impl Handler<Finish> for Device {
    type Result = ();

    fn handle(&mut self, _: Finish, ctx: &mut Self::Context) {
        self.ends = true;
        ctx.stop();
    }
}

/// Hands on what is queued, after all that is in the mailbox.
#[derive(Message)]
#[rtype(result = "()")]
struct Flush;

impl Handler<Flush> for Device {
    type Result = ();

    fn handle(&mut self, _: Flush, ctx: &mut Self::Context) {
        self.flush_due = false;
        self.flush(ctx);
    }
}
