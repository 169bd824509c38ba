//! What the service does next for a recovery: a pure function of the room's log and the time.
//!
//! The log comes first: that keys are released is committed before any envelope is opened, so whoever reads the log knows of
//! it whatever happens then. What was said and not done is done again, without another approval.

use igoon_shared::{
    ids::{DeviceId, EntryHash, Epoch},
    log::{RoomState, action::RecoveryMode, recovery::Stage},
    time::Timestamp,
};

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing before this moment.
    Wait(Timestamp),
    /// The service says in the log that it is released.
    Say,
    /// It was said: the keys go to this device.
    HandOut(DeviceId),
    /// Nothing is left to do, or nothing comes of it.
    Over,
}

/// What comes next for the recovery that `entry` approved or announced.
#[must_use]
pub fn next(log: &RoomState, entry: EntryHash, now: Timestamp) -> Step {
    let Some(recovery) = log.recovery(entry) else { return Step::Over };
    let device = recovery.bundle.device();
    let assisted = log.recovery_mode() == RecoveryMode::ServerAssisted;
    let expired = recovery.until.is_some_and(|until| now >= until);
    match recovery.stage {
        Stage::Over => Step::Over,
        Stage::Released if assisted && log.is_entitled(device) => Step::HandOut(device),
        Stage::Released => Step::Over,
        Stage::Waiting | Stage::Entitled if expired => Step::Over,
        Stage::Waiting if now < recovery.from => Step::Wait(recovery.from),
        Stage::Entitled if !assisted => Step::Over,
        Stage::Waiting | Stage::Entitled => Step::Say,
    }
}

/// When the service has to look at it first; `None` if it has nothing to do with it.
#[must_use]
pub fn first_look(log: &RoomState, entry: EntryHash, now: Timestamp) -> Option<Timestamp> {
    match next(log, entry, now) {
        Step::Wait(until) => Some(until),
        Step::Say | Step::HandOut(_) => Some(now),
        Step::Over => None,
    }
}

/// Of the epochs whose keys the service holds, those that it may hand to a recovered device, the newest first.
#[must_use]
pub fn released(log: &RoomState, device: DeviceId, held: &[Epoch]) -> Vec<Epoch> {
    let mut epochs: Vec<Epoch> = held.iter().copied().filter(|epoch| log.may_release(device, *epoch)).collect();
    epochs.sort_unstable_by(|one, other| other.cmp(one));
    epochs.dedup();
    epochs
}
