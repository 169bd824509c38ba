//! Requests: which are taken, who is shown them, how far each has come. Pure; the handlers and the Room carry.

use std::collections::BTreeSet;

use igoon_shared::{
    crypto::bundle::Bundle,
    ids::{AccountId, DeviceId},
    log::{
        Role, RoomState,
        action::RecoveryAnnounced,
        recovery::{ANNOUNCED_MS, Recovery, Stage},
        request::SignedRequest,
    },
    protocol::{
        error::ErrorCode,
        http::{AskRecovery, RecoveryProgress},
        limits, names,
    },
    time::Timestamp,
};

/// Whether a request of this device is taken.
///
/// # Errors
/// - [`ErrorCode::Invalid`]: it is of another device or room, its name is another, the device needs none (it is in the room) or
///   can be given none (its keys were revoked); it is to be announced, and the policy does not let this account in so;
/// - [`ErrorCode::ClockSkew`]: its time is off.
pub fn check(log: &RoomState, bundle: &Bundle, ask: &AskRecovery, now: Timestamp) -> Result<(), ErrorCode> {
    let request = ask.request.verify(log.room(), bundle).map_err(|_| ErrorCode::Invalid)?;
    if request.at.millis_since(now).unsigned_abs() > limits::ENTRY_CLOCK_SKEW_MS.unsigned_abs() {
        return Err(ErrorCode::ClockSkew);
    }
    let (account, device) = (bundle.account(), bundle.device());
    let needs_none = log.is_entitled(device) || log.is_revoked(account, device);
    let named = ask.name.hash() == Some(request.device_name) && names::is_name(&ask.name.name);
    let announced = !ask.announce || may_be_announced(log, account);
    if !needs_none && named && announced { Ok(()) } else { Err(ErrorCode::Invalid) }
}

fn may_be_announced(log: &RoomState, account: AccountId) -> bool {
    let owner = log.member(account).is_some_and(|member| member.role == Role::Owner);
    owner && log.recovery_policy().is_some_and(|policy| policy.owner_by_announcement)
}

/// What the service announces for a request, unless one of this device waits already. The wait begins a little later than it
/// must, since it is counted from the entry's own time.
#[must_use]
pub fn announcement(
    log: &RoomState,
    bundle: &Bundle,
    request: &SignedRequest,
    now: Timestamp,
) -> Option<RecoveryAnnounced> {
    let device = bundle.device();
    let waits = |recovery: &Recovery| recovery.bundle.device() == device && recovery.stage == Stage::Waiting;
    if !may_be_announced(log, bundle.account()) || log.recoveries().any(|(_, recovery)| waits(recovery)) {
        return None;
    }
    Some(RecoveryAnnounced {
        request: request.clone(),
        bundle: bundle.signed().clone(),
        up_to_epoch: log.current_epoch(),
        effective_at: now.plus_millis(ANNOUNCED_MS),
    })
}

/// Whether a caller is shown a request of `account`: its own ones, and, at a device that is in the room, what it may approve.
#[must_use]
pub fn is_shown(log: &RoomState, caller: AccountId, device: Option<DeviceId>, account: AccountId) -> bool {
    let own = caller == account;
    let entitled = device.is_some_and(|device| log.is_entitled(device));
    log.member(account).is_some() && (own || (entitled && log.may_approve(caller, account).is_ok()))
}

/// Whose devices hear that something has become of a recovery of `account`.
#[must_use]
pub fn concerned(log: &RoomState, account: AccountId) -> BTreeSet<AccountId> {
    let approves = log.members().map(|(member, _)| *member).filter(|member| log.may_approve(*member, account).is_ok());
    approves.chain([account]).collect()
}

/// The accounts whose recoveries went on between two states of a log.
#[must_use]
pub fn went_on(before: Option<&RoomState>, after: &RoomState) -> BTreeSet<AccountId> {
    let stage = |log: &RoomState, entry| log.recovery(entry).map(|recovery| recovery.stage);
    let news = after
        .recoveries()
        .filter(|(entry, recovery)| before.and_then(|before| stage(before, **entry)) != Some(recovery.stage));
    news.map(|(_, recovery)| recovery.bundle.account()).collect()
}

/// How far the request of a device has come.
#[must_use]
pub fn progress(log: &RoomState, device: DeviceId, now: Timestamp) -> RecoveryProgress {
    // A device can have several: what lets it in counts before what waits, and that before what is over.
    let of_device = log.recoveries().filter(|(_, recovery)| recovery.bundle.device() == device);
    let known = of_device.map(|(entry, recovery)| {
        let expired = recovery.until.is_some_and(|until| now >= until);
        match recovery.stage {
            Stage::Released => (3, RecoveryProgress::Released),
            Stage::Entitled => (2, RecoveryProgress::Entitled),
            Stage::Waiting if !expired => (1, RecoveryProgress::Waiting { entry: *entry, from: recovery.from }),
            Stage::Waiting | Stage::Over => (0, RecoveryProgress::Over),
        }
    });
    known.max_by_key(|(rank, _)| *rank).map_or(RecoveryProgress::Asked, |(_, progress)| progress)
}
