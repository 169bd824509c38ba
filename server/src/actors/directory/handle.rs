//! How others reach the Directory.

use std::{collections::HashMap, time::Duration};

use actix::prelude::*;
use igoon_shared::{
    ids::{AccountId, DeviceId, RoomId},
    protocol::{
        codec,
        frames::ServerFrame,
        http::{AddKeys, Append, Appended, InviteSealedKey},
    },
};
use tokio::sync::oneshot;

use super::{
    AvailabilityChosen, Census, Close, Connect, Connected, Count, DeviceIsGone, DeviceIsIdle, Directory, FindRoom,
    Hang, Newcomers, NoRoom, RoomIsGone, RoomIsIdle, ShutOut, SignedOut, TellDevices,
};
use crate::{
    accounts::secrets::SecretHash,
    actors::{
        device::{Glance, Lease, LookIn},
        health::Mailbox,
        room::{AddKeysRequest, AppendRequest, Caller, MayLayInviteKey, Refusal, Room},
    },
    store::{Store, db::models::rooms},
};

/// How long a device may take to say how it is, for its owner's list.
const GLANCE: Duration = Duration::from_millis(500);

/// How others reach the Directory. Cheap to clone.
#[derive(Clone)]
pub struct DirectoryHandle {
    pub(super) address: Mailbox<Directory>,
    pub(super) store: Store,
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

    pub(in crate::actors) async fn room(&self, room: RoomId) -> Option<Mailbox<Room>> {
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

    /// Nobody is signed in on a device any more, and that is committed: closes its connection.
    pub fn shut_out(&self, device: DeviceId) {
        self.address.do_send(ShutOut { device }); // once for each recovery in its place
    }

    /// An account chose something to be, and that is committed: its connected devices hear of it.
    pub fn chosen(&self, account: AccountId) {
        self.address.do_send(AvailabilityChosen { account }); // one for each request
    }

    /// Tells those of these devices that are connected.
    pub fn tell(&self, devices: Vec<DeviceId>, frame: &ServerFrame) {
        self.address.do_send(TellDevices { devices, frame: codec::encode(frame).into() }); // one for each request
    }

    /// How the account's connected devices are right now. One that does not answer at once is not connected, or about to
    /// be no more.
    pub async fn look_in(&self, account: AccountId) -> HashMap<DeviceId, Glance> {
        let connected = self.address.send(Connected { account }).await.unwrap_or_default();
        let mut glances = HashMap::new();
        for (device, address) in connected {
            let looked = tokio::time::timeout(GLANCE, address.send(LookIn)).await;
            if let Ok(Ok(Some(glance))) = looked {
                glances.insert(device, glance);
            }
        }
        glances
    }

    /// Devices are new in a room.
    pub(in crate::actors) fn newcomers(&self, room: RoomId, newcomers: Vec<(AccountId, DeviceId)>) {
        self.address.do_send(Newcomers { room, newcomers }); // one for each append
    }

    pub(in crate::actors) fn room_is_idle(&self, room: RoomId, serial: u64) {
        self.address.do_send(RoomIsIdle { room, serial }); // at most one a minute and room, or for each append that made none
    }

    pub(in crate::actors) fn room_is_gone(&self, room: RoomId, serial: u64, died: bool) {
        self.address.do_send(RoomIsGone { room, serial, died }); // once in the life of a room
    }

    pub(in crate::actors) fn device_is_idle(&self, device: DeviceId, generation: u64) {
        self.address.do_send(DeviceIsIdle { device, generation }); // once in the life of a connection
    }

    pub(in crate::actors) fn device_is_gone(&self, device: DeviceId, serial: u64, died: bool) {
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
