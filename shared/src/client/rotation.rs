//! Starting the next epoch: its key, one envelope for each device that the log entitles and one for who holds the room's
//! recovery keys, and where history is shared the link back to the key before.
//!
//! A key that was wrapped once is the only one of its epoch: the append that holds it is saved before it is sent and
//! repeated byte for byte. When other entries came first, the start is signed anew. It keeps its key as long as nobody was
//! given it who may not have it any more; else the key is dropped, and no message was ever sealed under it.

use super::{append::BuildError, identity::Identity};
use crate::{
    crypto::{
        envelope::{Envelope, EnvelopeReason},
        epoch::{EpochKey, SealedKey, SealingSecret},
        system_rng,
    },
    ids::{DeviceId, Epoch},
    log::{Action, EntryBody, EpochReason, RoomState, SignedEntry, action::EpochStarted},
    protocol::http::EpochLink,
    sorted::SortedMap,
    time::Timestamp,
};

/// An epoch older than this, by the service's receipt of its start, asks for the next one. Milliseconds.
const AGE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// Whether an epoch that the service received at `since` is so old that who writes next should start another.
pub(super) fn is_old(since: Timestamp, now: Timestamp) -> bool {
    now.millis_since(since) >= AGE_MS
}

/// The keys that go into the start of an epoch.
#[derive(Default)]
pub(super) struct Keys<'a> {
    /// That of the epoch before, where it is at hand: for the link.
    pub(super) current: Option<&'a EpochKey>,
    /// A start that was beaten.
    pub(super) kept: Option<KeptStart>,
}

/// An epoch start kept from an append that was beaten.
pub(super) struct KeptStart {
    pub(super) epoch: Epoch,
    pub(super) key: EpochKey,
    pub(super) envelopes: SortedMap<DeviceId, Envelope>,
}

impl KeptStart {
    /// Whether it still serves as the start of the next epoch after `log`: the entries that came first only added devices.
    /// Where one of them put a device out that has an envelope, or started an epoch, it does not.
    pub(super) fn serves(&self, log: &RoomState) -> bool {
        let holder = log.holder().map(|holder| holder.id());
        let may_have_it = |device: &DeviceId| log.is_entitled(*device) || holder == Some(*device);
        self.epoch == log.current_epoch().next() && self.envelopes.keys().all(may_have_it)
    }
}

/// What starts an epoch.
pub(super) struct EpochStart {
    pub(super) epoch: Epoch,
    pub(super) key: EpochKey,
    pub(super) entry: SignedEntry,
    pub(super) envelopes: Vec<Envelope>,
    pub(super) link: Option<EpochLink>,
}

/// The start of the next epoch after `log`, which holds everything that goes before it in the same append.
pub(super) fn start_epoch(
    identity: &Identity,
    log: &RoomState,
    reason: EpochReason,
    keys: Keys<'_>,
    now: Timestamp,
) -> Result<EpochStart, BuildError> {
    let (epoch, key, made) = match keys.kept.filter(|kept| kept.serves(log)) {
        Some(kept) => (kept.epoch, kept.key, kept.envelopes),
        None => (log.current_epoch().next(), EpochKey::random(&mut system_rng()), SortedMap::new()),
    };
    let started = Action::EpochStarted(EpochStarted { epoch, key_id: key.key_id(), reason });
    let entry = EntryBody::after(log.room(), log.head(), now, identity.device(), started).sign(identity.keys());
    let (envelopes, link) = beside_start(identity, log, (epoch, &key), made, keys.current)?;
    Ok(EpochStart { epoch, key, entry, envelopes, link })
}

/// What lies beside the start of an epoch with this key: an envelope for each device that `log` entitles, made before or now,
/// and the link to the epoch before, where its key is at hand and history is shared.
pub(super) fn beside_start(
    identity: &Identity,
    log: &RoomState,
    (epoch, key): (Epoch, &EpochKey),
    mut made: SortedMap<DeviceId, Envelope>,
    current: Option<&EpochKey>,
) -> Result<(Vec<Envelope>, Option<EpochLink>), BuildError> {
    let room = log.room();
    let mut rng = system_rng();
    let mut envelopes = Vec::new();
    for (id, device) in log.entitled_devices() {
        envelopes.push(match made.remove(id) {
            Some(envelope) => envelope,
            None => Envelope::wrap(
                identity.keys(),
                identity.device(),
                room,
                epoch,
                key,
                &device.bundle,
                EnvelopeReason::EpochStart,
                &mut rng,
            )?,
        });
    }
    if let Some(holder) = log.holder() {
        envelopes.push(match made.remove(&holder.id()) {
            Some(envelope) => envelope,
            None => Envelope::escrow(identity.keys(), identity.device(), room, epoch, key, &holder, &mut rng)?,
        });
    }
    let before = Epoch(epoch.0.saturating_sub(1));
    let link = match current {
        Some(current) if log.may_link(before) => Some(EpochLink {
            epoch: before,
            sealed: SealedKey::seal(SealingSecret::NextEpoch(key), room, before, current, &mut rng)?,
        }),
        _ => None,
    };
    Ok((envelopes, link))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_old_after_seven_days_at_the_service() {
        let since = Timestamp(1_790_000_000_000);
        assert!(!is_old(since, since.plus_millis(AGE_MS - 1)));
        assert!(is_old(since, since.plus_millis(AGE_MS)));
        assert!(!is_old(since, since.plus_millis(-1)), "a clock that is behind");
    }
}
