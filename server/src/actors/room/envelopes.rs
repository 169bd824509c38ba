//! Envelopes: those that come with the start of an epoch, one for each device that the log then entitles and one for who
//! holds the recovery keys, no other; and those that a device hands on later.

use std::collections::BTreeSet;

use igoon_shared::{
    crypto::{
        bundle::Bundle,
        envelope::{Envelope, EnvelopeContext, EnvelopeReason},
        epoch::SealedKey,
        holder::Holder,
    },
    ids::{DeviceId, Epoch},
    log::{RoomState, action::EpochStarted},
    protocol::{error::ErrorCode, limits},
};

/// An RSA-3072 ciphertext.
const CIPHERTEXT: usize = 384;

/// Checks the envelopes that `wrapper` brings with the start of an epoch, by context and signature.
///
/// # Errors
/// [`ErrorCode::BadEnvelopes`].
pub(super) fn check(
    started: Option<&EpochStarted>,
    wrapper: DeviceId,
    after: &RoomState,
    envelopes: &[Envelope],
) -> Result<(), ErrorCode> {
    let Some(started) = started else {
        return if envelopes.is_empty() { Ok(()) } else { Err(ErrorCode::BadEnvelopes) };
    };
    // Counted before any signature is looked at.
    let holder = after.holder();
    if envelopes.len() != after.entitled_devices().count() + usize::from(holder.is_some()) {
        return Err(ErrorCode::BadEnvelopes);
    }
    let wrapper = after.device(wrapper).ok_or(ErrorCode::BadEnvelopes)?;
    let mut recipients = BTreeSet::new();
    for envelope in envelopes {
        let recipient =
            recipient(started, &wrapper.bundle, after, holder.as_ref(), envelope).ok_or(ErrorCode::BadEnvelopes)?;
        if !recipients.insert(recipient) {
            return Err(ErrorCode::BadEnvelopes);
        }
    }
    Ok(())
}

/// For whom the envelope is, if it is what the start of this epoch needs.
fn recipient(
    started: &EpochStarted,
    wrapper: &Bundle,
    after: &RoomState,
    holder: Option<&Holder>,
    envelope: &Envelope,
) -> Option<DeviceId> {
    let context = read(after, wrapper, holder, envelope, EnvelopeReason::EpochStart)?;
    (context.epoch == started.epoch).then_some(context.recipient)
}

/// What an envelope says that `wrapper` hands on, if the log lets the recipient have that key.
pub(super) fn shared(log: &RoomState, wrapper: &Bundle, envelope: &Envelope) -> Option<EnvelopeContext> {
    let context = read(log, wrapper, None, envelope, EnvelopeReason::Share)?;
    log.may_share(wrapper.device(), context.recipient, context.epoch).then_some(context)
}

/// What an envelope says, if it is `wrapper`'s own, for an entitled device or `holder`, and names the key that the log pins.
fn read(
    log: &RoomState,
    wrapper: &Bundle,
    holder: Option<&Holder>,
    envelope: &Envelope,
    reason: EnvelopeReason,
) -> Option<EnvelopeContext> {
    if envelope.context.0.len() > limits::ENVELOPE_CONTEXT || envelope.ciphertext.0.len() != CIPHERTEXT {
        return None;
    }
    let context = envelope.context().ok()?;
    let fingerprint = match holder.filter(|holder| holder.id() == context.recipient) {
        Some(holder) => holder.fingerprint(),
        None => log.device(context.recipient).filter(|device| device.entitled)?.bundle.fingerprint(),
    };
    let pinned = log.epoch(context.epoch)?;
    let fits = context.room == log.room()
        && context.key_id == pinned.key_id
        && context.fingerprint == fingerprint
        && context.wrapper == wrapper.device()
        && context.reason == reason;
    (fits && envelope.verify(wrapper.signing_key()).is_ok()).then_some(context)
}

/// Checked envelopes with the device and epoch that each is for.
pub(super) fn addressed(epoch: Epoch, envelopes: Vec<Envelope>) -> Vec<(DeviceId, Epoch, Envelope)> {
    envelopes
        .into_iter()
        .filter_map(|envelope| envelope.context().ok().map(|context| (context.recipient, epoch, envelope)))
        .collect()
}

/// Whether it has the size of a sealed epoch key: 16 bytes of salt, 32 of key, 16 of tag.
pub(super) fn is_sealed_key(key: &SealedKey) -> bool {
    key.salt.0.len() == 16 && key.ciphertext.0.len() == 48
}
