//! Keys out of the envelopes that the service holds, and into others for one device. It uses private keys, so it runs on a
//! blocking thread, and only for what the log says is released ([`super::plan`]).

use std::collections::HashMap;

use igoon_shared::{
    crypto::{
        CryptoError,
        envelope::{Envelope, EnvelopeContext, EnvelopeReason},
        system_rng,
    },
    ids::{DeviceId, Epoch},
    log::RoomState,
};

use super::{custody::HeldKey, plan};

/// What the service holds of a room: an envelope with what it says, if that is what the log has.
pub struct Escrowed {
    context: EnvelopeContext,
    envelope: Envelope,
}

/// The envelopes that say what the log has: of this room, with the key that it pins, signed by a device that may have wrapped
/// it. Nothing else is ever opened.
#[must_use]
pub fn escrowed(log: &RoomState, envelopes: Vec<Envelope>) -> Vec<Escrowed> {
    let read = |envelope: Envelope| {
        let context = envelope.context().ok()?;
        let wrapper = log.device(context.wrapper)?;
        let pinned = log.epoch(context.epoch)?;
        let fits = context.room == log.room()
            && context.key_id == pinned.key_id
            && log.may_have_wrapped(context.wrapper, context.epoch)
            && envelope.verify(wrapper.bundle.signing_key()).is_ok();
        fits.then_some(Escrowed { context, envelope })
    };
    envelopes.into_iter().filter_map(read).collect()
}

/// The holders that envelopes of these epochs were wrapped for.
#[must_use]
pub fn holders(escrowed: &[Escrowed], log: &RoomState, device: DeviceId) -> Vec<DeviceId> {
    let mut holders: Vec<DeviceId> = wanted(escrowed, log, device).map(|(_, held)| held.context.recipient).collect();
    holders.sort_unstable();
    holders.dedup();
    holders
}

/// What is handed out.
pub struct Released {
    /// The device and epoch that each envelope is for.
    pub envelopes: Vec<(DeviceId, Epoch, Envelope)>,
    /// Epochs that it may be handed and whose keys the service cannot open: the key is gone that they were wrapped to, or who
    /// started them wrapped something else. The others are not kept back for that.
    pub closed: Vec<Epoch>,
}

/// Envelopes for `device` of exactly those epochs that it may be handed, signed by `signer`.
///
/// # Errors
/// [`CryptoError`] when the device's key cannot hold a key, or it is not in the log.
pub fn rewrap(
    escrowed: &[Escrowed],
    log: &RoomState,
    device: DeviceId,
    keys: &HashMap<DeviceId, HeldKey>,
    signer: &HeldKey,
) -> Result<Released, CryptoError> {
    let recipient = &log.device(device).ok_or(CryptoError::CannotOpen)?.bundle;
    let mut rng = system_rng();
    let mut released = Released { envelopes: Vec::new(), closed: Vec::new() };
    for (epoch, held) in wanted(escrowed, log, device) {
        let opener = keys.get(&held.context.recipient);
        let opened = opener.and_then(|opener| held.envelope.open(&opener.keys, held.context.key_id, &mut rng).ok());
        let Some(key) = opened else {
            released.closed.push(epoch);
            continue;
        };
        let envelope = Envelope::wrap(
            &signer.keys,
            signer.holder.id(),
            log.room(),
            epoch,
            &key,
            recipient,
            EnvelopeReason::Recovery,
            &mut rng,
        )?;
        released.envelopes.push((device, epoch, envelope));
    }
    Ok(released)
}

/// The envelopes of the epochs that the device may be handed, one for each.
fn wanted<'a>(
    escrowed: &'a [Escrowed],
    log: &RoomState,
    device: DeviceId,
) -> impl Iterator<Item = (Epoch, &'a Escrowed)> {
    let held: Vec<Epoch> = escrowed.iter().map(|held| held.context.epoch).collect();
    let epochs = plan::released(log, device, &held);
    epochs.into_iter().filter_map(|epoch| Some((epoch, escrowed.iter().find(|held| held.context.epoch == epoch)?)))
}
