//! The epoch keys that this device has, and taking in those that it is given.

use std::collections::BTreeMap;

use crate::{
    crypto::{
        CryptoError,
        device::DeviceKeys,
        envelope::Envelope,
        epoch::{EpochKey, SealingSecret},
        system_rng,
    },
    ids::{AccountId, DeviceId, Epoch},
    log::RoomState,
    protocol::http::{EpochLink, RoomKeys},
};

/// The keys of one room. Each is used only if it is the one that the log pins for its epoch.
#[derive(Debug, Default)]
pub struct Keyring {
    keys: BTreeMap<Epoch, EpochKey>,
}

impl Keyring {
    /// The key of an epoch, if this device has it and the log pins it.
    #[must_use]
    pub fn get(&self, epoch: Epoch, log: &RoomState) -> Option<&EpochKey> {
        let key = self.keys.get(&epoch)?;
        log.epoch(epoch).filter(|pinned| key.matches(&pinned.key_id)).map(|_| key)
    }

    /// Keeps a key. The caller saves it.
    pub fn insert(&mut self, epoch: Epoch, key: EpochKey) {
        self.keys.insert(epoch, key);
    }

    /// Takes in what the service kept for this device: envelopes first, then links from the newest back. Returns the
    /// epochs that are new.
    pub fn take_in(&mut self, given: &RoomKeys, log: &RoomState, me: DeviceId, keys: &DeviceKeys) -> Vec<Epoch> {
        let mut learnt = Vec::new();
        for envelope in &given.envelopes {
            if let Some((epoch, key)) = self.open_envelope(envelope, log, me, keys) {
                self.keys.insert(epoch, key);
                learnt.push(epoch);
            }
        }
        learnt.extend(self.follow_links(&given.links, log));
        learnt
    }

    /// A wrapped key that is wanted, from a device that may hand it on. Everything is checked before the private key is
    /// touched; keys that this device has already are not opened again.
    fn open_envelope(
        &self,
        envelope: &Envelope,
        log: &RoomState,
        me: DeviceId,
        keys: &DeviceKeys,
    ) -> Option<(Epoch, EpochKey)> {
        let context = envelope.context().ok()?;
        let pinned = log.epoch(context.epoch)?;
        let mine = log.device(me)?;
        let wrapper = log.device(context.wrapper).filter(|_| log.may_have_wrapped(context.wrapper, context.epoch))?;
        let fits = context.room == log.room()
            && context.key_id == pinned.key_id
            && context.recipient == me
            && context.fingerprint == mine.bundle.fingerprint();
        if !fits || self.get(context.epoch, log).is_some() {
            return None;
        }
        envelope.verify(wrapper.bundle.signing_key()).ok()?;
        let key = envelope.open(keys, context.key_id, &mut system_rng()).ok()?;
        Some((context.epoch, key))
    }

    fn follow_links(&mut self, links: &[EpochLink], log: &RoomState) -> Vec<Epoch> {
        let mut newest_first: Vec<&EpochLink> = links.iter().collect();
        newest_first.sort_by_key(|link| std::cmp::Reverse(link.epoch));
        let mut learnt = Vec::new();
        for link in newest_first {
            if let Ok(Some(key)) = self.follow(link, log) {
                self.keys.insert(link.epoch, key);
                learnt.push(link.epoch);
            }
        }
        learnt
    }

    fn follow(&self, link: &EpochLink, log: &RoomState) -> Result<Option<EpochKey>, CryptoError> {
        if self.get(link.epoch, log).is_some() {
            return Ok(None);
        }
        let (Some(pinned), Some(next)) = (log.epoch(link.epoch), self.get(link.epoch.next(), log)) else {
            return Ok(None);
        };
        link.sealed.open(SealingSecret::NextEpoch(next), log.room(), link.epoch, pinned.key_id).map(Some)
    }

    /// The epochs that `account` may read and whose keys are missing.
    pub fn missing<'a>(&'a self, log: &'a RoomState, account: AccountId) -> impl Iterator<Item = Epoch> + 'a {
        let first = log.member(account).map_or(Epoch(1), |member| member.reads_from);
        (first.0..=log.current_epoch().0).map(Epoch).filter(|epoch| self.get(*epoch, log).is_none())
    }
}
