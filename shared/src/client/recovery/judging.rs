//! How far a computer's recovery has come in a room, and what this device may do about it: pure functions of the log.

use super::{RequestProgress, WaitingView};
use crate::{
    ids::{AccountId, DeviceId},
    log::{
        Role, RoomState,
        action::RecoveryMode,
        recovery::{Recovery, Stage},
    },
    time::Timestamp,
};

/// Who looks, and when.
#[derive(Clone, Copy, Debug)]
pub(in crate::client) struct Viewer {
    pub(in crate::client) account: AccountId,
    pub(in crate::client) device: DeviceId,
    pub(in crate::client) now: Timestamp,
}

/// How far the recovery of a device has come. It can have several: what lets it in counts before what waits, and that before what
/// is over.
pub(in crate::client) fn progress(log: &RoomState, device: DeviceId, me: Viewer) -> RequestProgress {
    let of_device = log.recoveries().filter(|(_, recovery)| recovery.bundle.device() == device);
    let known = of_device.map(|(entry, recovery)| match recovery.stage {
        Stage::Released => (3, RequestProgress::Released),
        Stage::Entitled => (2, RequestProgress::Entitled),
        Stage::Waiting if !has_expired(recovery, me.now) => {
            let may_veto = log.may_veto(me.device, *entry).is_ok();
            (1, RequestProgress::Waiting { entry: *entry, from: recovery.from, may_veto })
        }
        Stage::Waiting | Stage::Over => (0, RequestProgress::Over),
    });
    known.max_by_key(|(rank, _)| *rank).map_or(RequestProgress::Asked, |(_, progress)| progress)
}

/// Whether this device may approve a request of a device: another one, that is not in the room and can come in, and for which
/// nothing waits yet.
pub(in crate::client) fn may_approve(log: &RoomState, me: Viewer, account: AccountId, device: DeviceId) -> bool {
    let open = matches!(progress(log, device, me), RequestProgress::Asked | RequestProgress::Over);
    let could_come_in = !log.is_entitled(device) && !log.is_revoked(account, device);
    open && could_come_in
        && device != me.device
        && log.is_entitled(me.device)
        && log.may_approve(me.account, account).is_ok()
}

/// Whether this device can ask: its account is a member, the room does not trust it, and its keys were not revoked there.
pub(in crate::client) fn may_ask(log: &RoomState, me: Viewer) -> bool {
    log.member(me.account).is_some() && !log.is_entitled(me.device) && !log.is_revoked(me.account, me.device)
}

/// Whether it can ask the service to announce it, too.
pub(in crate::client) fn may_announce(log: &RoomState, me: Viewer) -> bool {
    let announces = log.recovery_policy().is_some_and(|policy| policy.owner_by_announcement);
    may_ask(log, me) && announces && is_owner(log, me.account)
}

/// Whether it may say who can help.
pub(in crate::client) fn may_set(log: &RoomState, me: Viewer) -> bool {
    log.is_entitled(me.device) && is_owner(log, me.account)
}

/// Whether a kit holds the room's recovery keys, and the account may use it.
pub(in crate::client) fn has_kit(log: &RoomState, account: AccountId) -> bool {
    log.recovery_mode() == RecoveryMode::Kit && is_owner(log, account)
}

/// The recoveries that can still be objected to, the one that takes effect first comes first. Names are the caller's.
pub(in crate::client) fn waiting(log: &RoomState, me: Viewer) -> Vec<WaitingView> {
    let waits =
        log.recoveries().filter(|(_, recovery)| recovery.stage == Stage::Waiting && !has_expired(recovery, me.now));
    let views = waits.map(|(entry, recovery)| WaitingView {
        entry: *entry,
        account: recovery.bundle.account(),
        handle: None,
        device: recovery.bundle.device(),
        name: None,
        from: recovery.from,
        announced: recovery.announced,
        may_veto: log.may_veto(me.device, *entry).is_ok(),
    });
    let mut views: Vec<_> = views.collect();
    views.sort_by_key(|view| (view.from, view.entry));
    views
}

fn has_expired(recovery: &Recovery, now: Timestamp) -> bool {
    recovery.until.is_some_and(|until| now >= until)
}

fn is_owner(log: &RoomState, account: AccountId) -> bool {
    log.member(account).is_some_and(|member| member.role == Role::Owner)
}
