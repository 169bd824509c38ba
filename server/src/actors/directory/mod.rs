//! One actor: id -> actor. It starts rooms and devices, hands their addresses out, and is the one place that forgets them.
//!
//! - Mailbox: 4096. Full: whoever asks gets "later". Past the bound come only messages that happen once in the life of
//!   a room, of a connection, or of an append.
//! - A room ends when it is idle *and* the Directory agrees: first the Directory stops handing it out, then it asks the
//!   room whether it is still idle; who asks for the room meanwhile waits. So there are never two of a room.
//! - A device ends when its last connection is gone; the generation tells whether a newer one is on its way.
//! - Exits: none while the server runs.
//! - Health: active; draining at shutdown. [`Census`] counts its actors.
//!
//! `handle`: how others reach it. `recovery`: rooms that are woken when something is due there.

mod handle;
mod recovery;
mod statements;

use std::collections::{HashMap, HashSet};

use actix::prelude::*;
use bytes::Bytes;
use igoon_shared::{
    ids::{AccountId, DeviceId, RoomId},
    protocol::error::ErrorCode,
};
use tokio::sync::oneshot;

pub use self::handle::DirectoryHandle;
use super::{
    Deps,
    device::{Chosen, Device, Finish, Hear, Lease, Leave, RoomAdded},
    health::{self, Context, Kind, Mailbox, Monitored, State},
    room::{Drain, End, Refusal, Room},
};
use crate::accounts::secrets::SecretHash;

/// See the module.
pub struct Directory {
    deps: Deps,
    /// Rooms run here, each always on the same one.
    arbiters: Vec<ArbiterHandle>,
    rooms: HashMap<RoomId, RoomSlot>,
    devices: HashMap<DeviceId, DeviceSlot>,
    accounts: HashMap<AccountId, HashSet<DeviceId>>,
    /// Numbers instances of actors and generations of connections; never twice the same.
    serial: u64,
    closing: bool,
}

struct RoomSlot {
    address: Mailbox<Room>,
    serial: u64,
    /// It was asked to end; these wait for what it says.
    ending: Option<Vec<oneshot::Sender<Mailbox<Room>>>>,
}

struct DeviceSlot {
    address: Mailbox<Device>,
    serial: u64,
    account: AccountId,
    /// Of the newest connection.
    generation: u64,
}

/// What the health endpoints show of the actors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Census {
    /// Rooms that are active.
    pub rooms: usize,
    /// Devices that are connected.
    pub devices: usize,
    /// Rooms whose actor panicked since the start.
    pub rooms_died: u64,
    /// Devices whose actor panicked since the start.
    pub devices_died: u64,
}

/// Why there is no room to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRoom {
    /// There is none, or the account may not know of it.
    NotFound,
    /// Not right now.
    Busy,
}

impl From<NoRoom> for Refusal {
    fn from(none: NoRoom) -> Self {
        match none {
            NoRoom::NotFound => ErrorCode::NotFound.into(),
            NoRoom::Busy => Self::LATER,
        }
    }
}

impl Directory {
    /// Starts it on the current arbiter, with `arbiters` for the rooms.
    pub fn start(deps: Deps, arbiters: Vec<ArbiterHandle>) -> DirectoryHandle {
        let store = deps.store.clone();
        let registry = deps.registry.clone();
        let address = health::start_on(&Arbiter::current(), &registry, Kind::Directory.as_str(), move || Self {
            deps,
            arbiters,
            rooms: HashMap::new(),
            devices: HashMap::new(),
            accounts: HashMap::new(),
            serial: 0,
            closing: false,
        });
        DirectoryHandle { address, store }
    }

    fn next_serial(&mut self) -> u64 {
        self.serial = self.serial.saturating_add(1);
        self.serial
    }

    fn own_handle(&self, ctx: &Context<Self>) -> DirectoryHandle {
        DirectoryHandle { address: ctx.address(), store: self.deps.store.clone() }
    }

    fn room(&mut self, room: RoomId, reply: oneshot::Sender<Mailbox<Room>>, ctx: &Context<Self>) {
        if let Some(slot) = self.rooms.get_mut(&room).filter(|slot| slot.address.connected()) {
            match &mut slot.ending {
                Some(waiting) => waiting.push(reply),
                None => give(reply, slot.address.clone()),
            }
            return;
        }
        if self.closing {
            return; // the dropped reply says so
        }
        let serial = self.next_serial();
        let arbiter = usize::from(room.as_bytes().first().copied().unwrap_or_default()) % self.arbiters.len().max(1);
        let Some(arbiter) = self.arbiters.get(arbiter) else { return };
        let address = Room::start_on(arbiter, room, serial, self.deps.clone(), self.own_handle(ctx));
        self.rooms.insert(room, RoomSlot { address: address.clone(), serial, ending: None });
        give(reply, address);
    }

    /// The account's devices that have an actor.
    fn connected(&self, account: AccountId) -> impl Iterator<Item = (DeviceId, Mailbox<Device>)> {
        let devices = self.accounts.get(&account).into_iter().flatten();
        devices.filter_map(|device| Some((*device, self.devices.get(device)?.address.clone())))
    }

    fn forget_device(&mut self, device: DeviceId) -> Option<DeviceSlot> {
        let slot = self.devices.remove(&device)?;
        if let Some(devices) = self.accounts.get_mut(&slot.account) {
            devices.remove(&device);
            if devices.is_empty() {
                self.accounts.remove(&slot.account);
            }
        }
        Some(slot)
    }
}

fn give<T>(reply: oneshot::Sender<T>, value: T) {
    // Whoever asked may have gone away.
    let _ = reply.send(value);
}

impl Actor for Directory {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.watch_recoveries(ctx);
    }
}

impl Monitored for Directory {
    const KIND: Kind = Kind::Directory;
    const MAILBOX: usize = 4_096;

    fn state(&self) -> State {
        if self.closing { State::Draining } else { State::Active }
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct FindRoom {
    room: RoomId,
    reply: oneshot::Sender<Mailbox<Room>>,
}

impl Handler<FindRoom> for Directory {
    type Result = ();

    fn handle(&mut self, find: FindRoom, ctx: &mut Self::Context) {
        self.room(find.room, find.reply, ctx);
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct RoomIsIdle {
    room: RoomId,
    serial: u64,
}

impl Handler<RoomIsIdle> for Directory {
    type Result = ();

    fn handle(&mut self, idle: RoomIsIdle, ctx: &mut Self::Context) {
        let Some(slot) = self.rooms.get_mut(&idle.room) else { return };
        if slot.serial != idle.serial || slot.ending.is_some() {
            return;
        }
        slot.ending = Some(Vec::new());
        let asking = slot.address.send(End);
        ctx.spawn(asking.into_actor(self).map(move |ends, directory, ctx| {
            let Some(slot) = directory.rooms.get_mut(&idle.room).filter(|slot| slot.serial == idle.serial) else {
                return; // it died meanwhile, and those who waited were served then
            };
            let waiting = slot.ending.take().unwrap_or_default();
            if ends.unwrap_or(true) {
                directory.rooms.remove(&idle.room);
            }
            for reply in waiting {
                directory.room(idle.room, reply, ctx);
            }
        }));
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct RoomIsGone {
    room: RoomId,
    serial: u64,
    died: bool,
}

impl Handler<RoomIsGone> for Directory {
    type Result = ();

    fn handle(&mut self, gone: RoomIsGone, ctx: &mut Self::Context) {
        if gone.died && !self.closing {
            tracing::error!("a room's actor died");
        }
        if self.rooms.get(&gone.room).is_some_and(|slot| slot.serial == gone.serial)
            && let Some(slot) = self.rooms.remove(&gone.room)
        {
            for reply in slot.ending.into_iter().flatten() {
                self.room(gone.room, reply, ctx);
            }
        }
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct Connect {
    device: DeviceId,
    account: AccountId,
    arbiter: ArbiterHandle,
    reply: oneshot::Sender<Lease>,
}

impl Handler<Connect> for Directory {
    type Result = ();

    fn handle(&mut self, connect: Connect, ctx: &mut Self::Context) {
        if self.closing {
            return; // the dropped reply says so
        }
        let Connect { device, account, arbiter, reply } = connect;
        let generation = self.next_serial();
        if let Some(slot) = self.devices.get_mut(&device).filter(|slot| slot.address.connected()) {
            slot.generation = generation;
            return give(reply, Lease::new(slot.address.clone(), generation));
        }
        let serial = self.next_serial();
        let address = Device::start_on(&arbiter, (device, account), serial, self.deps.clone(), self.own_handle(ctx));
        self.devices.insert(device, DeviceSlot { address: address.clone(), serial, account, generation });
        self.accounts.entry(account).or_default().insert(device);
        give(reply, Lease::new(address, generation));
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct DeviceIsIdle {
    device: DeviceId,
    generation: u64,
}

impl Handler<DeviceIsIdle> for Directory {
    type Result = ();

    fn handle(&mut self, idle: DeviceIsIdle, _: &mut Self::Context) {
        if self.devices.get(&idle.device).is_some_and(|slot| slot.generation == idle.generation)
            && let Some(slot) = self.forget_device(idle.device)
        {
            slot.address.do_send(Finish); // once in the life of a device's actor
        }
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct DeviceIsGone {
    device: DeviceId,
    serial: u64,
    died: bool,
}

impl Handler<DeviceIsGone> for Directory {
    type Result = ();

    fn handle(&mut self, gone: DeviceIsGone, _: &mut Self::Context) {
        if gone.died && !self.closing {
            tracing::error!("a device's actor died");
        }
        if self.devices.get(&gone.device).is_some_and(|slot| slot.serial == gone.serial) {
            self.forget_device(gone.device);
        }
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct SignedOut {
    device: DeviceId,
    token: SecretHash,
}

impl Handler<SignedOut> for Directory {
    type Result = ();

    fn handle(&mut self, out: SignedOut, _: &mut Self::Context) {
        if let Some(slot) = self.devices.get(&out.device) {
            slot.address.do_send(Leave::SignedOut(out.token)); // once in the life of a session
        }
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct ShutOut {
    device: DeviceId,
}

impl Handler<ShutOut> for Directory {
    type Result = ();

    fn handle(&mut self, out: ShutOut, _: &mut Self::Context) {
        if let Some(slot) = self.devices.get(&out.device) {
            slot.address.do_send(Leave::ShutOut); // once for each recovery in its place
        }
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct AvailabilityChosen {
    account: AccountId,
}

impl Handler<AvailabilityChosen> for Directory {
    type Result = ();

    fn handle(&mut self, chosen: AvailabilityChosen, _: &mut Self::Context) {
        for (_, address) in self.connected(chosen.account) {
            address.do_send(Chosen); // one for each request
        }
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct TellDevices {
    devices: Vec<DeviceId>,
    frame: Bytes,
}

impl Handler<TellDevices> for Directory {
    type Result = ();

    fn handle(&mut self, tell: TellDevices, _: &mut Self::Context) {
        for slot in tell.devices.iter().filter_map(|device| self.devices.get(device)) {
            slot.address.do_send(Hear(tell.frame.clone())); // one for each request
        }
    }
}

#[derive(Message)]
#[rtype(result = "Vec<(DeviceId, Mailbox<Device>)>")]
struct Connected {
    account: AccountId,
}

impl Handler<Connected> for Directory {
    type Result = Vec<(DeviceId, Mailbox<Device>)>;

    fn handle(&mut self, ask: Connected, _: &mut Self::Context) -> Self::Result {
        self.connected(ask.account).collect()
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct Newcomers {
    room: RoomId,
    newcomers: Vec<(AccountId, DeviceId)>,
}

impl Handler<Newcomers> for Directory {
    type Result = ();

    fn handle(&mut self, new: Newcomers, _: &mut Self::Context) {
        let accounts: HashSet<_> = new.newcomers.iter().map(|(account, _)| *account).collect();
        let devices = accounts.iter().filter_map(|account| self.accounts.get(account)).flatten();
        for slot in devices.filter_map(|device| self.devices.get(device)) {
            slot.address.do_send(RoomAdded(new.room)); // one for each append
        }
    }
}

#[derive(Message)]
#[rtype(result = "Census")]
struct Count;

impl Handler<Count> for Directory {
    type Result = MessageResult<Count>;

    fn handle(&mut self, _: Count, _: &mut Self::Context) -> Self::Result {
        MessageResult(Census {
            rooms: self.rooms.len(),
            devices: self.devices.len(),
            rooms_died: self.deps.registry.died(Kind::Room),
            devices_died: self.deps.registry.died(Kind::Device),
        })
    }
}

#[derive(Message)]
#[rtype(result = "Vec<oneshot::Receiver<()>>")]
struct Close;

impl Handler<Close> for Directory {
    type Result = MessageResult<Close>;

    fn handle(&mut self, _: Close, _: &mut Self::Context) -> Self::Result {
        self.closing = true;
        let rooms = self.rooms.values();
        let drained = rooms.map(|slot| {
            let (done, drained) = oneshot::channel();
            slot.address.do_send(Drain(done)); // once
            drained
        });
        MessageResult(drained.collect())
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct Hang;

impl Handler<Hang> for Directory {
    type Result = ();

    fn handle(&mut self, _: Hang, _: &mut Self::Context) {
        for slot in self.devices.values() {
            slot.address.do_send(Leave::Shutdown); // once
        }
    }
}
