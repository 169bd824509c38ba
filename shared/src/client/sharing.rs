//! Handing on keys that others lack. The service says who lacks what; this device believes its own log: it wraps keys for
//! devices that are entitled there, only epochs that the history rule lets them have, and only keys that it holds.

use super::{
    Refusal,
    context::{Backoff, Context, Purpose},
    identity::Identity,
    io::Method,
    keyring::Keyring,
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
        frames::KeysWanted,
        http::{AddKeys, EpochLink},
        limits,
    },
    time::Timestamp,
};

/// What this device was asked for. Nothing of it is saved: the service asks again.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    wanted: Option<KeysWanted>,
    under_way: Option<KeysWanted>,
    backoff: Backoff,
}

impl Sharing {
    /// The service asks for keys; what it asked before counts no longer.
    pub(super) fn asked(&mut self, wanted: KeysWanted) {
        self.wanted = Some(wanted);
    }

    pub(super) fn disconnected(&mut self) {
        self.wanted = None;
        self.backoff.succeeded();
    }

    /// Hands on what can be, if that is due.
    pub(super) fn step(&mut self, log: &RoomState, keyring: &Keyring, context: &mut Context<'_>) {
        if self.under_way.is_some() || !context.online || !self.backoff.is_due(context.now) {
            return;
        }
        // Who asks for an epoch that is not here yet sends its start, too.
        let Some(wanted) = self.wanted.take_if(|wanted| wanted.epoch <= log.current_epoch()) else { return };
        let keys = keys_for(&wanted, log, keyring, context.identity);
        if keys.envelopes.is_empty() && keys.links.is_empty() {
            return;
        }
        // A wire type always encodes.
        let Ok(body) = serde_json::to_vec(&keys) else { return };
        let room: RoomId = log.room();
        self.under_way = Some(wanted);
        context.request(Purpose::AddKeys(room), Method::Post, &format!("/rooms/{room}/keys"), Some(body));
    }

    /// The service has them, or not: then they are made anew later, unless it refused them for good.
    pub(super) fn answered(&mut self, outcome: Result<(), Refusal>, context: &Context<'_>) {
        let wanted = self.under_way.take();
        match outcome {
            Err(refusal) if refusal.is_passing() && context.online => {
                self.backoff.failed(context.now, refusal.retry_after_ms);
                self.wanted = self.wanted.take().or(wanted);
            }
            _ => self.backoff.succeeded(),
        }
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.backoff.deadline().filter(|_| self.wanted.is_some() && self.under_way.is_none())
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
