//! Making appends: a room, an invite, a joining, the next epoch alone. Changes by a member are made by [`super::act`].

use super::{
    append::{BuildError, Intent, PendingAppend},
    context::Context,
    invites,
    io::InviteTerms,
    rotation::{Keys, start_epoch},
};
use crate::{
    crypto::{CryptoError, epoch::EpochKey, invite::InviteSecret, system_rng},
    ids::RoomId,
    log::{
        Action, Effect, EntryBody, EpochReason, HistoryRule, RoomState,
        action::{Created, Invited, Joined, RecoveryPolicySet},
    },
    protocol::{bytes::Blob, frames::OpenName, http::Append},
};

/// A new room with what holds of recovery in it, and its first epoch.
pub(super) fn create_room(
    context: &Context<'_>,
    name: &str,
    history: HistoryRule,
    recovery: Option<RecoveryPolicySet>,
) -> Result<(RoomId, PendingAppend), BuildError> {
    let identity = context.identity;
    let mut rng = system_rng();
    let names = vec![
        OpenName::new(name, &mut rng),
        OpenName::new(identity.handle(), &mut rng),
        OpenName::new(identity.device_name(), &mut rng),
    ];
    let [room_name, handle, device_name] = names.as_slice() else { return Err(CryptoError::UnknownFormat.into()) };
    let (Some(room_name), Some(handle), Some(device_name)) = (room_name.hash(), handle.hash(), device_name.hash())
    else {
        return Err(CryptoError::UnknownFormat.into());
    };
    let mut random = [0; 32];
    rand_core::Rng::fill_bytes(&mut rng, &mut random);
    let created = Action::Created(Created {
        random: Blob(random.to_vec()),
        account: identity.account(),
        bundle: identity.bundle().signed().clone(),
        room_name,
        handle,
        device_name,
        history,
    });
    let first = EntryBody::first(context.now, identity.device(), created).sign(identity.keys());
    let (mut log, _) = RoomState::start(&first)?;
    let mut entries = vec![first];
    if let Some(policy) = recovery {
        let set = Action::RecoveryPolicySet(policy);
        let entry = EntryBody::after(log.room(), log.head(), context.now, identity.device(), set).sign(identity.keys());
        log.apply(&entry)?;
        entries.push(entry);
    }
    let start = start_epoch(identity, &log, EpochReason::RoomCreated, Keys::default(), context.now)?;
    log.apply(&start.entry)?;
    entries.push(start.entry);
    let append = Append { entries, envelopes: start.envelopes, link: None, names, invite_key: None };
    let pending = PendingAppend::new(Intent::Create, append, log.head().index, Some((start.epoch, &start.key)));
    Ok((log.room(), pending))
}

/// An invite; where history is shared, with the current key beside it.
pub(super) fn invite(
    context: &Context<'_>,
    log: &RoomState,
    secret: InviteSecret,
    terms: InviteTerms,
    current: Option<&EpochKey>,
) -> Result<PendingAppend, BuildError> {
    let room = log.room();
    let invited = Action::Invited(Invited {
        invite: secret.key(room),
        role: terms.role,
        uses: terms.uses,
        expires_at: context.now.plus_millis(terms.lifetime_ms),
    });
    let entry = EntryBody::after(room, log.head(), context.now, context.identity.device(), invited)
        .sign(context.identity.keys());
    if log.clone().apply(&entry)?.effect != Effect::Done {
        return Err(BuildError::NotPermitted);
    }
    let invite_key = match current {
        Some(key) if log.newcomers_read_current() => Some(invites::seal(&secret, log, key)?),
        _ => None,
    };
    let append = Append { entries: vec![entry], envelopes: Vec::new(), link: None, names: Vec::new(), invite_key };
    Ok(PendingAppend::new(Intent::Invite { secret, terms }, append, log.head().index.next(), None))
}

/// Joining by an invite. Without the current key, or where history is not shared, the newcomer starts the next epoch
/// in the same append.
pub(super) fn join(
    context: &Context<'_>,
    log: &RoomState,
    secret: &InviteSecret,
    keys: Keys<'_>,
) -> Result<PendingAppend, BuildError> {
    let (identity, room) = (context.identity, log.room());
    let mut rng = system_rng();
    let names = vec![OpenName::new(identity.handle(), &mut rng), OpenName::new(identity.device_name(), &mut rng)];
    let [handle, device_name] = names.as_slice() else { return Err(CryptoError::UnknownFormat.into()) };
    let (Some(handle), Some(device_name)) = (handle.hash(), device_name.hash()) else {
        return Err(CryptoError::UnknownFormat.into());
    };
    let joined = Action::Joined(Joined {
        account: identity.account(),
        bundle: identity.bundle().signed().clone(),
        invite: secret.key(room),
        invite_signature: Blob(secret.sign_join(room, identity.account(), identity.device()).to_vec()),
        handle,
        device_name,
    });
    let entry = EntryBody::after(room, log.head(), context.now, identity.device(), joined).sign(identity.keys());
    let mut after = log.clone();
    after.apply(&entry)?;
    let mut append = Append { entries: vec![entry], envelopes: Vec::new(), link: None, names, invite_key: None };
    let given = keys.current.map(|key| (log.current_epoch(), key.clone()));
    if given.is_some() && log.newcomers_read_current() {
        return Ok(PendingAppend::new(Intent::Join, append, after.head().index, None).with_given(given));
    }
    let reason = after.rotation_due().unwrap_or(EpochReason::Joining);
    let start = start_epoch(identity, &after, reason, keys, context.now)?;
    after.apply(&start.entry)?;
    append.entries.push(start.entry);
    append.envelopes = start.envelopes;
    append.link = start.link;
    let started = Some((start.epoch, &start.key));
    Ok(PendingAppend::new(Intent::Join, append, after.head().index, started).with_given(given))
}

/// The next epoch alone.
pub(super) fn epoch(
    context: &Context<'_>,
    log: &RoomState,
    reason: EpochReason,
    keys: Keys<'_>,
) -> Result<PendingAppend, BuildError> {
    let start = start_epoch(context.identity, log, reason, keys, context.now)?;
    let append = Append {
        entries: vec![start.entry],
        envelopes: start.envelopes,
        link: start.link,
        names: Vec::new(),
        invite_key: None,
    };
    let last = log.head().index.next();
    Ok(PendingAppend::new(Intent::StartEpoch { reason }, append, last, Some((start.epoch, &start.key))))
}
