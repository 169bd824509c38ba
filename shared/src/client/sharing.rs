//! Handing on keys that others lack. The service says who lacks what; this device believes its own log: it wraps keys for
//! devices that are entitled there, only epochs that the history rule lets them have, and only keys that it holds.
//!
//! A computer of the own account that this one vouched for, and one whose recovery the account approved, is given all of them
//! unasked, once in each room: it may start an epoch itself before anybody hands it one, and lacks nothing then that the service
//! would see.

use super::{
    Refusal,
    context::{Backoff, Context, Purpose},
    identity::Identity,
    io::Method,
    keyring::Keyring,
    records,
};
use crate::{
    crypto::{
        envelope::{Envelope, EnvelopeReason},
        epoch::{SealedKey, SealingSecret},
        system_rng,
    },
    ids::{DeviceId, Epoch, RoomId},
    log::RoomState,
    protocol::{
        frames::{KeysWanted, Lacking},
        http::{AddKeys, EpochLink},
        limits,
    },
    sorted::SortedSet,
    time::Timestamp,
};

/// What this device was asked for, which is not saved: the service asks again. And to whom it gave everything.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    wanted: Option<KeysWanted>,
    /// Who lacks the current key, by the service's word.
    lacking: Option<Lacking>,
    under_way: Option<Handing>,
    /// Those that this device let in and that have been given what they may have.
    given: SortedSet<DeviceId>,
    backoff: Backoff,
}

/// What a request under way is for.
#[derive(Debug)]
enum Handing {
    /// The service asked.
    Asked(KeysWanted),
    /// This device vouched for it, or its account approved its recovery.
    Newcomer(DeviceId),
}

impl Sharing {
    /// The service asks for keys; what it asked before counts no longer.
    pub(super) fn asked(&mut self, wanted: KeysWanted) {
        self.wanted = Some(wanted);
    }

    /// The service says who lacks the current key.
    pub(super) fn lacking(&mut self, told: Lacking) {
        self.lacking = Some(told);
    }

    /// Those of them that the log entitles, if it has that epoch as its current one.
    pub(super) fn behind(&self, log: &RoomState) -> impl Iterator<Item = DeviceId> {
        let told = self.lacking.iter().filter(move |told| told.epoch == log.current_epoch());
        told.flat_map(|told| &told.devices).copied().filter(move |device| log.is_entitled(*device))
    }

    /// Somebody wants it handed on now.
    pub(super) fn mend(&mut self) {
        if let Some(Lacking { room, epoch, devices }) = self.lacking.clone() {
            self.wanted.get_or_insert(KeysWanted { room, epoch, devices, links: Vec::new() });
            self.backoff.succeeded();
        }
    }

    pub(super) fn disconnected(&mut self) {
        self.wanted = None;
        self.lacking = None;
        self.backoff.succeeded();
    }

    pub(super) fn restore(&mut self, given: SortedSet<DeviceId>) {
        self.given = given;
    }

    /// Hands on what can be, if that is due. `complete` says that no more keys will come to this device by themselves: what is asked
    /// for when an epoch has just started may be among those that it is still being given, and nobody asks a second time soon.
    pub(super) fn step(&mut self, log: &RoomState, keyring: &Keyring, complete: bool, context: &mut Context<'_>) {
        if self.under_way.is_some() || !complete || !context.online || !self.backoff.is_due(context.now) {
            return;
        }
        // Who asks for an epoch that is not here yet sends its start, too.
        let (handing, keys) = if let Some(newcomer) = self.newcomer(log, context) {
            let mut envelopes = envelopes_for(newcomer, log, keyring, context.identity);
            envelopes.truncate(limits::ADDED_KEYS);
            (Handing::Newcomer(newcomer), AddKeys { envelopes, links: Vec::new() })
        } else if let Some(wanted) = self.wanted.take_if(|wanted| wanted.epoch <= log.current_epoch()) {
            let keys = keys_for(&wanted, log, keyring, context.identity);
            (Handing::Asked(wanted), keys)
        } else {
            return;
        };
        if keys.envelopes.is_empty() && keys.links.is_empty() {
            return;
        }
        // A wire type always encodes.
        let Ok(body) = serde_json::to_vec(&keys) else { return };
        let room: RoomId = log.room();
        self.under_way = Some(handing);
        context.request(Purpose::AddKeys(room), Method::Post, &format!("/rooms/{room}/keys"), Some(body));
    }

    /// A computer that this device let in, that is in the room by now, and was not given its keys.
    fn newcomer(&self, log: &RoomState, context: &Context<'_>) -> Option<DeviceId> {
        let vouched = context.said.iter().filter(|(_, said)| !said.revokes()).map(|(device, _)| *device);
        let (me, account) = (context.identity.device(), context.identity.account());
        let approved = log.recoveries().filter(|(_, recovery)| recovery.approved_by == Some(account));
        let recovered = approved.map(|(_, recovery)| recovery.bundle.device());
        let mut let_in = vouched.chain(recovered);
        let_in.find(|device| *device != me && log.is_entitled(*device) && !self.given.contains(device))
    }

    /// The service has them, or not: then they are made anew later, unless it refused them for good.
    pub(super) fn answered(&mut self, room: RoomId, outcome: Result<(), Refusal>, context: &mut Context<'_>) {
        match (self.under_way.take(), outcome) {
            (handing, Err(refusal)) if refusal.is_passing() && context.online => {
                self.backoff.failed(context.now, refusal.retry_after_ms);
                if let Some(Handing::Asked(wanted)) = handing {
                    self.wanted.get_or_insert(wanted);
                }
            }
            (Some(Handing::Newcomer(device)), outcome) => {
                self.backoff.succeeded();
                // What was refused for good would be again.
                if outcome.is_ok() || context.online {
                    self.given.insert(device);
                    context.save(vec![records::put_given(room, device)]);
                }
            }
            _ => self.backoff.succeeded(),
        }
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.backoff.deadline().filter(|_| self.under_way.is_none())
    }
}

/// Those of the wanted keys that this device may and can hand on.
fn keys_for(wanted: &KeysWanted, log: &RoomState, keyring: &Keyring, identity: &Identity) -> AddKeys {
    let mut keys = AddKeys { envelopes: Vec::new(), links: Vec::new() };
    if wanted.epoch == log.current_epoch() {
        let devices = wanted.devices.iter().filter(|device| **device != identity.device());
        for device in devices.take(limits::WANTED_KEYS) {
            keys.envelopes.extend(envelopes_for(*device, log, keyring, identity));
        }
        keys.envelopes.truncate(limits::ADDED_KEYS - limits::WANTED_KEYS);
    }
    let links = wanted.links.iter().filter(|epoch| log.may_link(**epoch)).take(limits::WANTED_KEYS);
    keys.links.extend(links.filter_map(|epoch| link(*epoch, log, keyring)));
    keys
}

/// The current epoch's key for a device, and those of the epochs before from which links lead back no further.
fn envelopes_for(device: DeviceId, log: &RoomState, keyring: &Keyring, identity: &Identity) -> Vec<Envelope> {
    let (me, current) = (identity.device(), log.current_epoch());
    let Some(known) = log.device(device) else { return Vec::new() };
    let ends_a_run = |epoch: &Epoch| *epoch == current || !log.may_link(*epoch);
    let epochs = (1..=current.0).rev().map(Epoch).filter(ends_a_run).filter(|epoch| log.may_share(me, device, *epoch));
    epochs
        .filter_map(|epoch| {
            let key = keyring.get(epoch, log)?;
            let (keys, reason) = (identity.keys(), EnvelopeReason::Share);
            Envelope::wrap(keys, me, log.room(), epoch, key, &known.bundle, reason, &mut system_rng()).ok()
        })
        .collect()
}

/// The key of `epoch` under the next one's.
fn link(epoch: Epoch, log: &RoomState, keyring: &Keyring) -> Option<EpochLink> {
    let (key, next) = (keyring.get(epoch, log)?, keyring.get(epoch.next(), log)?);
    let sealed = SealedKey::seal(SealingSecret::NextEpoch(next), log.room(), epoch, key, &mut system_rng()).ok()?;
    Some(EpochLink { epoch, sealed })
}
