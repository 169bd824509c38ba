//! The epoch keys that this device has, and taking in those that it is given. An epoch has one key: another one under its
//! number, from a device that could have started it, is refused and told of.

use std::cmp::Reverse;

use crate::{
    crypto::{
        CryptoError,
        device::DeviceKeys,
        envelope::{Envelope, EnvelopeContext, EnvelopeReason},
        epoch::{EpochKey, SealingSecret},
        system_rng,
    },
    ids::{AccountId, DeviceId, Epoch, KeyFingerprint},
    log::RoomState,
    protocol::http::{EpochLink, RoomKeys},
    sorted::SortedMap,
};

/// The keys of one room. Each is used only if it is the one that the log pins for its epoch.
#[derive(Debug, Default)]
pub struct Keyring {
    keys: SortedMap<Epoch, EpochKey>,
}

/// What came of keys that were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// The epochs whose keys are new.
    pub learnt: Vec<Epoch>,
    /// An epoch for which a device of the room signed another key than the log pins.
    pub second_key: Option<Epoch>,
    /// An epoch whose key the service released, by its signature, though no recovery names it.
    pub wider: Option<Epoch>,
}

/// Who wrapped an envelope.
struct Wrapper {
    signing_key: [u8; 32],
    /// The service, though no recovery names the epoch.
    exceeds: bool,
}

impl Wrapper {
    /// Who an envelope names, if they may have wrapped that: a device that was entitled in its epoch or later; or the service,
    /// by a recovery that names the epoch.
    fn of(context: &EnvelopeContext, log: &RoomState) -> Option<Self> {
        if let Some(device) = log.device(context.wrapper) {
            let may = log.may_have_wrapped(context.wrapper, context.epoch);
            return may.then(|| Self { signing_key: *device.bundle.signing_key(), exceeds: false });
        }
        let holder = log.holder().filter(|holder| holder.id() == context.wrapper)?;
        let released = context.reason == EnvelopeReason::Recovery && log.may_release(context.recipient, context.epoch);
        // What was good once may still lie there.
        let was_named = log.was_named(context.recipient, context.epoch);
        (released || !was_named).then(|| Self { signing_key: *holder.signing_key(), exceeds: !released })
    }
}

/// For whom envelopes are opened: a device, or a kit.
pub(super) struct Recipient<'a> {
    pub(super) id: DeviceId,
    pub(super) fingerprint: KeyFingerprint,
    pub(super) keys: &'a DeviceKeys,
}

/// What an envelope holds.
enum Opened {
    Key(Epoch, EpochKey),
    SecondKey(Epoch),
    Wider(Epoch),
    Nothing,
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

    /// Takes in what the service kept for this device: envelopes first, then links from the newest back.
    pub fn take_in(&mut self, given: &RoomKeys, log: &RoomState, me: DeviceId, keys: &DeviceKeys) -> TakenIn {
        let mine = log.device(me).map(|mine| Recipient { id: me, fingerprint: mine.bundle.fingerprint(), keys });
        let mut taken = mine.map_or_else(TakenIn::default, |mine| self.open_envelopes(&given.envelopes, log, &mine));
        taken.learnt.extend(self.follow_links(&given.links, log));
        taken
    }

    /// Takes in what was wrapped for a recipient.
    pub(super) fn open_envelopes(&mut self, envelopes: &[Envelope], log: &RoomState, whose: &Recipient<'_>) -> TakenIn {
        let mut taken = TakenIn::default();
        for envelope in envelopes {
            match self.open_envelope(envelope, log, whose) {
                Opened::Key(epoch, key) => {
                    self.keys.insert(epoch, key);
                    taken.learnt.push(epoch);
                }
                Opened::SecondKey(epoch) => taken.second_key = Some(epoch),
                Opened::Wider(epoch) => taken.wider = Some(epoch),
                Opened::Nothing => {}
            }
        }
        taken
    }

    /// A wrapped key that is wanted, from a device that may hand it on. Everything is checked before the private key is
    /// touched; keys that this device has already are not opened again.
    fn open_envelope(&self, envelope: &Envelope, log: &RoomState, whose: &Recipient<'_>) -> Opened {
        let Ok(context) = envelope.context() else { return Opened::Nothing };
        let Some(pinned) = log.epoch(context.epoch) else { return Opened::Nothing };
        let Some(wrapper) = Wrapper::of(&context, log) else { return Opened::Nothing };
        let for_them = (context.recipient, context.fingerprint) == (whose.id, whose.fingerprint);
        let fits = context.room == log.room() && for_them;
        let is_other = context.key_id != pinned.key_id;
        if !fits || (!is_other && self.get(context.epoch, log).is_some()) {
            return Opened::Nothing;
        }
        // What nobody in the room has signed says nothing about anybody in it.
        if envelope.verify(&wrapper.signing_key).is_err() {
            return Opened::Nothing;
        }
        if wrapper.exceeds {
            return Opened::Wider(context.epoch);
        }
        if is_other {
            return Opened::SecondKey(context.epoch);
        }
        let key = envelope.open(whose.keys, context.key_id, &mut system_rng());
        key.map_or(Opened::Nothing, |key| Opened::Key(context.epoch, key))
    }

    fn follow_links(&mut self, links: &[EpochLink], log: &RoomState) -> Vec<Epoch> {
        let places = links.iter().enumerate();
        let newest_first: SortedMap<_, _> = places.map(|(place, link)| ((Reverse(link.epoch), place), link)).collect();
        let mut learnt = Vec::new();
        for link in newest_first.into_values() {
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
