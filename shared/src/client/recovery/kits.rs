//! Kits that this device made. One is saved before the policy that pins it goes out; once that stands in the log the service is
//! given what is sealed, and only then the code is shown, at each start until its owner has said that it is written down. So
//! nobody holds a code that opens nothing.

use serde::{Deserialize, Serialize};

use crate::{
    client::{
        Client, Refusal,
        append::PendingAppend,
        context::{Backoff, Context, Purpose},
        io::{Effect, Event, Method},
        records,
        room::Room,
    },
    crypto::{CryptoError, device::DeviceKeys, kit::KitCode, system_rng},
    ids::RoomId,
    protocol::{bytes::Blob, http::RecoveryKit},
    sorted::SortedMap,
    time::Timestamp,
};

/// Such kits, by room.
#[derive(Debug, Default)]
pub(in crate::client) struct Kits(SortedMap<RoomId, NewKit>);

/// One, as it is saved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::client) struct NewKit {
    /// Ed25519, as the policy pins it.
    signing_key: Blob,
    sealed: Blob,
    code: KitCode,
    /// The service keeps it.
    stored: bool,
    #[serde(skip)]
    shown: bool,
    #[serde(skip)]
    under_way: bool,
    #[serde(skip)]
    backoff: Backoff,
}

impl NewKit {
    /// A kit of these keys, under a fresh code.
    pub(super) fn seal(room: RoomId, keys: &DeviceKeys) -> Result<Self, CryptoError> {
        let code = KitCode::random(&mut system_rng());
        let sealed = Blob(code.seal(room, keys)?);
        let signing_key = Blob(keys.holder()?.signing_key().to_vec());
        let (stored, shown, under_way, backoff) = (false, false, false, Backoff::default());
        Ok(Self { signing_key, sealed, code, stored, shown, under_way, backoff })
    }

    pub(super) fn save(&self, room: RoomId, context: &mut Context<'_>) {
        context.save(vec![records::put_kit(room, self)]);
    }

    fn step(&mut self, room: RoomId, context: &mut Context<'_>) {
        if self.stored {
            if !std::mem::replace(&mut self.shown, true) {
                context.notify(Event::KitMade { room, code: self.code.clone() });
            }
        } else if !self.under_way && context.online && self.backoff.is_due(context.now) {
            let kit = RecoveryKit { signing_key: self.signing_key.clone(), sealed: self.sealed.clone() };
            // A wire type always encodes.
            let Ok(body) = serde_json::to_vec(&kit) else { return };
            self.under_way = true;
            let path = format!("/rooms/{room}/recovery-kit");
            context.request(Purpose::KeepKit(room), Method::Put, &path, Some(body));
        }
    }
}

impl Kits {
    pub(in crate::client) fn restore(&mut self, kits: SortedMap<RoomId, NewKit>) {
        self.0 = kits;
    }

    pub(super) fn insert(&mut self, room: RoomId, kit: NewKit) {
        self.0.insert(room, kit);
    }

    /// Hands the service those whose policy holds, shows their codes, and forgets those whose policy did not come or is over.
    pub(in crate::client) fn step(
        &mut self,
        rooms: &SortedMap<RoomId, Room>,
        appends: &SortedMap<RoomId, PendingAppend>,
        context: &mut Context<'_>,
    ) {
        self.0.retain(|id, kit| {
            let room = rooms.get(id).filter(|room| !room.is_over());
            let log = room.and_then(Room::log);
            if log.and_then(|log| log.pinned_key()).is_some_and(|pinned| pinned.as_slice() == kit.signing_key.0) {
                kit.step(*id, context);
                return true;
            }
            let may_come = appends.contains_key(id) || room.is_some_and(Room::may_be_given_another_policy);
            if !may_come {
                context.save(vec![records::delete_kit(*id)]);
            }
            may_come
        });
    }

    pub(in crate::client) fn disconnected(&mut self) {
        self.0.values_mut().for_each(|kit| kit.backoff.succeeded());
    }

    pub(in crate::client) fn deadlines(&self) -> impl Iterator<Item = Timestamp> {
        self.0.values().filter(|kit| !kit.stored && !kit.under_way).filter_map(|kit| kit.backoff.deadline())
    }
}

impl Client {
    /// The service keeps a kit, or not.
    pub(in crate::client) fn kit_kept(
        &mut self,
        now: Timestamp,
        room: RoomId,
        answer: Result<(), Refusal>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(mut kit) = self.kits.0.remove(&room) else { return };
        kit.under_way = false;
        match answer {
            Ok(()) => {
                kit.stored = true;
                self.with_context(now, effects, |context| kit.save(room, context));
            }
            // Whatever it is, without being kept the kit is none: it is tried again.
            Err(refusal) => kit.backoff.failed(now.plus_millis(self.clock_offset_ms), refusal.retry_after_ms),
        }
        self.kits.0.insert(room, kit);
    }

    /// Its code was written down.
    pub(in crate::client) fn kit_noted(&mut self, room: RoomId, effects: &mut Vec<Effect>) {
        if self.kits.0.get(&room).is_some_and(|kit| kit.stored) {
            self.kits.0.remove(&room);
            effects.push(Effect::Save(vec![records::delete_kit(room)]));
        }
    }
}
