//! The steps of a recovery, beside the Room's actor: what is read, opened, wrapped, signed and written for each.

use std::{collections::HashMap, sync::Arc};

use igoon_shared::{
    crypto::{CryptoError, bundle::Bundle},
    ids::{DeviceId, EntryHash, Epoch, RoomId},
    log::{Action, action::RecoveryReleased},
    time::Timestamp,
};
use tokio::sync::oneshot;

use crate::{
    actors::{
        Deps,
        room::logic::{self, Accepted, Log},
    },
    recovery::{
        custody::CustodyError,
        inbox,
        plan::{self, Step},
        release::{self, Released},
    },
    store::{
        StoreError,
        db::models::{
            keys, recoveries,
            recovery_requests::{self, OpenRequest},
        },
        ops::{KeysOutcome, NewKeys, RecoveryRow, RoomOp},
    },
};

/// When something that failed is tried again, in milliseconds.
const AGAIN_MS: i64 = 10 * 60 * 1_000;

/// What the service says in the log.
pub(in crate::actors::room) enum Says {
    /// A recovery is released.
    Released(EntryHash),
    /// An owner who asks so is let in when the wait is over.
    Announced(Box<OpenRequest>),
}

/// What came of a look.
pub(super) enum Looked {
    /// Nothing is due before this moment, if ever.
    Quiet(Option<Timestamp>),
    /// One step was done.
    Again,
    /// The service has to say this.
    Say(Says),
    /// A device was handed keys.
    Handed(DeviceId, Vec<Epoch>),
}

/// Why a step was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum StepError {
    #[error(transparent)]
    Custody(#[from] CustodyError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("keys cannot be wrapped for the computer: {0}")]
    Crypto(#[from] CryptoError),
    #[error("it was ended, or the database is busy")]
    Ended,
}

/// Does the first step that is due, unless that is to say something.
pub(super) async fn look(deps: Deps, room: RoomId, log: Arc<Log>) -> Result<Looked, StepError> {
    let now = deps.clock.now();
    let left = move |db: &mut _| Ok((recovery_requests::to_announce(db, room, now)?, recoveries::of_room(db, room)?));
    let (asked, rows) = deps.store.read(left).await?;
    if let Some(asked) = asked {
        return Ok(Looked::Say(Says::Announced(Box::new(asked))));
    }
    // What an append that is under way asks for is looked at when the log has it.
    let known = |row: &RecoveryRow| log.state.recovery(row.entry).is_some();
    let Some(RecoveryRow { entry, due_at }) = rows.into_iter().find(known) else { return Ok(Looked::Quiet(None)) };
    if due_at > now {
        return Ok(Looked::Quiet(Some(due_at)));
    }
    let device = match plan::next(&log.state, entry, now) {
        Step::Over => return done(&deps, room, entry).await,
        Step::Wait(until) => return put_off(&deps, room, entry, until).await,
        Step::Say => match deps.custody.count_release(room) {
            Ok(()) => return Ok(Looked::Say(Says::Released(entry))),
            Err(wait) => {
                let wait = i64::try_from(wait.as_millis()).unwrap_or(AGAIN_MS);
                return put_off(&deps, room, entry, now.plus_millis(wait)).await;
            }
        },
        Step::HandOut(device) => device,
    };
    match hand_out(&deps, room, &log, device).await {
        Ok(epochs) => done(&deps, room, entry).await.map(|_| Looked::Handed(device, epochs)),
        Err(error) => {
            tracing::error!(%error, "the keys of a recovery were not released; it is tried again");
            put_off(&deps, room, entry, now.plus_millis(AGAIN_MS)).await
        }
    }
}

async fn done(deps: &Deps, room: RoomId, entry: EntryHash) -> Result<Looked, StepError> {
    deps.store.write(move |db| recoveries::done(db, room, entry)).await?;
    Ok(Looked::Again)
}

async fn put_off(deps: &Deps, room: RoomId, entry: EntryHash, due_at: Timestamp) -> Result<Looked, StepError> {
    deps.store.write(move |db| recoveries::put_off(db, room, &RecoveryRow { entry, due_at })).await?;
    Ok(Looked::Again)
}

/// Opens what the service holds and lays it beside the log anew, for this device. The log has said so before.
async fn hand_out(deps: &Deps, room: RoomId, log: &Arc<Log>, device: DeviceId) -> Result<Vec<Epoch>, StepError> {
    let held = deps.store.read(move |db| keys::escrowed(db, room)).await?;
    let pinned = log.state.pinned_key().ok_or(CustodyError::NotHeld)?;
    let signer = deps.custody.by_signing_key(pinned).await?;
    let reading = Arc::clone(log);
    let reading = tokio::task::spawn_blocking(move || {
        let escrowed = release::escrowed(&reading.state, held);
        let holders = release::holders(&escrowed, &reading.state, device);
        (escrowed, holders)
    });
    let (escrowed, holders) = reading.await.map_err(|_| StepError::Ended)?;
    let mut opens = HashMap::new();
    for holder in holders {
        match deps.custody.by_holder(holder).await {
            Ok(key) => drop(opens.insert(holder, key)),
            // Its epochs stay closed; the others need not.
            Err(CustodyError::NotHeld) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let log = Arc::clone(log);
    let wrapping = move || release::rewrap(&escrowed, &log.state, device, &opens, &signer);
    let Released { envelopes, closed } =
        tokio::task::spawn_blocking(wrapping).await.map_err(|_| StepError::Ended)??;
    if !closed.is_empty() {
        tracing::warn!(
            epochs = closed.len(),
            "room keys that were wrapped for this service do not open; the others are released"
        );
    }
    let epochs = envelopes.iter().map(|(_, epoch, _)| *epoch).collect();
    if envelopes.is_empty() {
        return Ok(epochs);
    }
    let (reply, answer) = oneshot::channel();
    let done = move |outcome| {
        let _ = reply.send(outcome); // whoever waits below
    };
    let new = NewKeys { giver: None, envelopes, links: Vec::new() };
    deps.store.submit(room, RoomOp::Keys(new, Box::new(done))).map_err(|_| StepError::Ended)?;
    match answer.await {
        // Revoked meanwhile: nothing was laid there, and nothing is to be.
        Ok(KeysOutcome::Committed | KeysOutcome::NotEntitled) => Ok(epochs),
        Ok(KeysOutcome::Failed) | Err(_) => Err(StepError::Ended),
    }
}

/// What the service says, signed and applied; nothing if it would have no effect, and then nothing is left to do of it.
pub(super) async fn sign(
    deps: &Deps,
    room: RoomId,
    says: Says,
    log: Arc<Log>,
) -> Result<Option<Box<Accepted>>, StepError> {
    let now = deps.clock.now();
    let (action, names, due) = match says {
        Says::Released(entry) => {
            (Action::RecoveryReleased(RecoveryReleased { entry }), Vec::new(), Due::Release(entry))
        }
        Says::Announced(asked) => {
            let OpenRequest { device, request, bundle, name, .. } = *asked;
            let bundle = Bundle::verify(&bundle).map_err(|_| StoreError::Damaged("a device's bundle"))?;
            let due = Due::Announcement(device);
            match inbox::announcement(&log.state, &bundle, &request, now) {
                Some(announced) => (Action::RecoveryAnnounced(announced), vec![name], due),
                None => {
                    due.is_over(deps, room).await?;
                    return Ok(None);
                }
            }
        }
    };
    let held = match log.state.pinned_key() {
        Some(pinned) => deps.custody.by_signing_key(pinned).await,
        None => Err(CustodyError::NotHeld),
    };
    let key = match held {
        Ok(key) => key,
        Err(error) => {
            due.put_off(deps, room, now.plus_millis(AGAIN_MS)).await?;
            return Err(error.into());
        }
    };
    let judging = Arc::clone(&log);
    let signing = move || logic::by_service(&judging.state, &key.keys, action, names, now);
    let accepted = tokio::task::spawn_blocking(signing).await.map_err(|_| StepError::Ended)?;
    if accepted.is_none() {
        let next = match due {
            Due::Release(entry) => plan::next(&log.state, entry, now),
            Due::Announcement(_) => Step::Over,
        };
        match next {
            // The clock was put back since it was due.
            Step::Wait(until) => due.put_off(deps, room, until).await?,
            _ => due.is_over(deps, room).await?,
        }
    }
    Ok(accepted.map(Box::new))
}

/// What is left to say, in the store.
enum Due {
    /// By the entry that is released.
    Release(EntryHash),
    /// By the device that asks.
    Announcement(DeviceId),
}

impl Due {
    async fn put_off(&self, deps: &Deps, room: RoomId, until: Timestamp) -> Result<(), StepError> {
        match *self {
            Self::Release(entry) => drop(put_off(deps, room, entry, until).await?),
            Self::Announcement(device) => {
                deps.store.write(move |db| recovery_requests::put_off(db, room, device, Some(until))).await?;
            }
        }
        Ok(())
    }

    /// Nothing comes of it.
    async fn is_over(&self, deps: &Deps, room: RoomId) -> Result<(), StepError> {
        match *self {
            Self::Release(entry) => drop(done(deps, room, entry).await?),
            Self::Announcement(device) => {
                deps.store.write(move |db| recovery_requests::put_off(db, room, device, None)).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
