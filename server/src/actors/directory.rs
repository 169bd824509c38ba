//! One actor: id -> actor. It starts rooms and devices, hands their addresses out, and is the one place that forgets them.
//!
//! - Mailbox: 4096. Full: whoever asks gets "later". Past the bound come only messages that happen once in the life of
//!   a room, of a connection, or of an append.
//! - A room ends when it is idle *and* the Directory agrees: first the Directory stops handing it out, then it asks the
//!   room whether it is still idle; who asks for the room meanwhile waits. So there are never two of a room.
//! - A device ends when its last connection is gone; the generation tells whether a newer one is on its way.
//! - Exits: none while the server runs.
//! - Health: active; draining at shutdown. [`Census`] counts its actors.

use std::collections::{HashMap, HashSet};

use actix::prelude::*;
use igoon_shared::{
    ids::{AccountId, DeviceId, RoomId},
    protocol::{
        error::ErrorCode,
        http::{AddKeys, Append, Appended, InviteSealedKey},
    },
};
use tokio::sync::oneshot;

use super::{
    Deps,
    device::{Device, Finish, Lease, Leave, RoomAdded},
    health::{self, Context, Kind, Mailbox, Monitored, State},
    room::{AddKeysRequest, AppendRequest, Caller, Drain, End, MayLayInviteKey, Refusal, Room},
};
use crate::{accounts::secrets::SecretHash, store::db::models::rooms};

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
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
}

impl Monitored for Directory {
    const KIND: Kind = Kind::Directory;
    const MAILBOX: usize = 4_096;

    fn state(&self) -> State {
        if self.closing { State::Draining } else { State::Active }
    }
}

/// How others reach the Directory. Cheap to clone.
#[derive(Clone)]
pub struct DirectoryHandle {
    address: Mailbox<Directory>,
    store: crate::store::Store,
}

impl DirectoryHandle {
    /// The actor of a room that the account is in.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub async fn room_of(&self, account: AccountId, room: RoomId) -> Result<Mailbox<Room>, NoRoom> {
        // Asked of the store first: nobody can start actors for rooms that do not exist.
        match self.store.read(move |db| rooms::is_member(db, room, account)).await {
            Ok(true) => self.room(room).await.ok_or(NoRoom::Busy),
            Ok(false) => Err(NoRoom::NotFound),
            Err(error) => {
                tracing::error!(%error, "a membership cannot be read");
                self.address.record().error();
                Err(NoRoom::Busy)
            }
        }
    }

    pub(super) async fn room(&self, room: RoomId) -> Option<Mailbox<Room>> {
        let (reply, answer) = oneshot::channel();
        self.address.try_send(FindRoom { room, reply }).ok()?;
        answer.await.ok()
    }

    /// Appends to a room's log, or makes the room. The caller has made sure that it exists or may be made.
    ///
    /// # Errors
    /// Why it was not taken.
    pub async fn append(&self, room: RoomId, caller: Caller, append: Append) -> Result<Appended, Refusal> {
        let address = self.room(room).await.ok_or(Refusal::LATER)?;
        let (reply, answer) = oneshot::channel();
        address.try_send(AppendRequest { caller, append, reply }).map_err(|_| Refusal::LATER)?;
        // A room that died may have committed it; a repeat is answered as the first time.
        answer.await.unwrap_or(Err(Refusal::LATER))
    }

    /// Whether a device may lay a key beside an invite of a room that its account is in.
    ///
    /// # Errors
    /// Why not.
    pub async fn may_lay_invite_key(
        &self,
        account: AccountId,
        room: RoomId,
        device: DeviceId,
        key: InviteSealedKey,
    ) -> Result<(), Refusal> {
        let address = self.room_of(account, room).await?;
        address.send(MayLayInviteKey { device, key }).await.map_err(|_| Refusal::LATER)?.map_err(Refusal::from)
    }

    /// Hands keys of a room that the account is in on to devices that lack them.
    ///
    /// # Errors
    /// Why they were not taken.
    pub async fn add_keys(
        &self,
        account: AccountId,
        room: RoomId,
        device: DeviceId,
        keys: AddKeys,
    ) -> Result<(), Refusal> {
        let address = self.room_of(account, room).await?;
        let (reply, answer) = oneshot::channel();
        address.try_send(AddKeysRequest { device, keys, reply }).map_err(|_| Refusal::LATER)?;
        // A room that died may have committed them; a repeat is answered as the first time.
        answer.await.unwrap_or(Err(Refusal::LATER))
    }

    /// The device's actor, for a new connection; it runs on `arbiter` if it has to be started.
    pub async fn connect(&self, device: DeviceId, account: AccountId, arbiter: ArbiterHandle) -> Option<Lease> {
        let (reply, answer) = oneshot::channel();
        self.address.try_send(Connect { device, account, arbiter, reply }).ok()?;
        answer.await.ok()
    }

    /// A session was ended, and that is committed: closes its connection.
    pub fn signed_out(&self, device: DeviceId, token: SecretHash) {
        self.address.do_send(SignedOut { device, token }); // once in the life of a session
    }

    /// Devices are new in a room.
    pub(super) fn newcomers(&self, room: RoomId, newcomers: Vec<(AccountId, DeviceId)>) {
        self.address.do_send(Newcomers { room, newcomers }); // one for each append
    }

    pub(super) fn room_is_idle(&self, room: RoomId, serial: u64) {
        self.address.do_send(RoomIsIdle { room, serial }); // at most one a minute and room
    }

    pub(super) fn room_is_gone(&self, room: RoomId, serial: u64, died: bool) {
        self.address.do_send(RoomIsGone { room, serial, died }); // once in the life of a room
    }

    pub(super) fn device_is_idle(&self, device: DeviceId, generation: u64) {
        self.address.do_send(DeviceIsIdle { device, generation }); // once in the life of a connection
    }

    pub(super) fn device_is_gone(&self, device: DeviceId, serial: u64, died: bool) {
        self.address.do_send(DeviceIsGone { device, serial, died }); // once in the life of a device's actor
    }

    /// Counts; `None` when the Directory does not answer.
    pub async fn census(&self) -> Option<Census> {
        self.address.send(Count).await.ok()
    }

    /// Lets rooms finish what is under way and closes all connections. Nothing new is taken from here on.
    pub async fn shut_down(&self) {
        let Ok(drained) = self.address.send(Close).await else { return };
        for room in drained {
            // A room that died has nothing under way.
            let _ = room.await;
        }
        // The answers of the rooms went to the devices before this does.
        let _ = self.address.send(Hang).await;
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
