//! What an append changes in the rows that lie beside the log: members, devices, invites and recoveries that are new or
//! changed.

use igoon_shared::{
    crypto::holder::Holder,
    ids::{DeviceId, EntryHash},
    log::{
        RoomState,
        recovery::{Recovery, Stage},
    },
    time::Timestamp,
};

use crate::{
    recovery::plan,
    store::ops::{InviteRow, MemberRow, NewAppend, NewEntry, RecoveryRow, RoomDeviceRow},
};

/// The append of these entries, between two states of the log, with nothing beside them yet.
pub(super) fn append(
    before: Option<&RoomState>,
    after: &RoomState,
    entries: Vec<NewEntry>,
    now: Timestamp,
) -> NewAppend {
    NewAppend {
        after: before.map(RoomState::head),
        entries,
        current_epoch: after.current_epoch(),
        oldest_open_epoch: after.oldest_open_epoch(),
        members: members(before, after),
        devices: devices(before, after).into_iter().chain(holder(before, after)).collect(),
        invites: invites(before, after),
        recoveries: recoveries(before, after, now),
        announced: announced(before, after),
        replaced: replaced(before, after),
        erase_invite_keys: !after.newcomers_read_current(),
        envelopes: Vec::new(),
        link: None,
        names: Vec::new(),
        invite_key: None,
        received_at: now,
    }
}

/// Who holds the recovery keys, if that is another one now: envelopes point at it.
fn holder(before: Option<&RoomState>, after: &RoomState) -> Option<RoomDeviceRow> {
    let device = after.holder()?.id();
    let was = before.and_then(RoomState::holder).map(|holder| holder.id());
    (was != Some(device)).then_some(RoomDeviceRow { device, account: Holder::ACCOUNT, entitled: false })
}

/// Recoveries that are new, if the service has something to do with them.
fn recoveries(before: Option<&RoomState>, after: &RoomState, now: Timestamp) -> Vec<RecoveryRow> {
    new_recoveries(before, after)
        .filter_map(|(entry, _)| Some(RecoveryRow { entry: *entry, due_at: plan::first_look(after, *entry, now)? }))
        .collect()
}

fn new_recoveries<'a>(
    before: Option<&'a RoomState>,
    after: &'a RoomState,
) -> impl Iterator<Item = (&'a EntryHash, &'a Recovery)> {
    after.recoveries().filter(move |(entry, _)| before.is_none_or(|before| before.recovery(**entry).is_none()))
}

/// Devices that the service announces now.
fn announced(before: Option<&RoomState>, after: &RoomState) -> Vec<DeviceId> {
    let announced = new_recoveries(before, after).filter(|(_, recovery)| recovery.announced);
    announced.map(|(_, recovery)| recovery.bundle.device()).collect()
}

/// Devices in whose place others are let in now. While a recovery waits, nothing is taken from them: they may object.
fn replaced(before: Option<&RoomState>, after: &RoomState) -> Vec<DeviceId> {
    let counts = |recovery: &Recovery| matches!(recovery.stage, Stage::Entitled | Stage::Released);
    let counted = |entry: EntryHash| before.and_then(|before| before.recovery(entry)).is_some_and(counts);
    let new = after.recoveries().filter(|(entry, recovery)| counts(recovery) && !counted(**entry));
    new.filter_map(|(_, recovery)| recovery.replaces).collect()
}

/// Members that are new, whose role changed, or who are gone.
fn members(before: Option<&RoomState>, after: &RoomState) -> Vec<MemberRow> {
    let gone = before
        .into_iter()
        .flat_map(RoomState::members)
        .filter(|(account, _)| after.member(**account).is_none())
        .map(|(account, _)| MemberRow { account: *account, role: None });
    let there = after
        .members()
        .filter(|(account, member)| {
            before.and_then(|before| before.member(**account)).is_none_or(|was| was.role != member.role)
        })
        .map(|(account, member)| MemberRow { account: *account, role: Some(member.role) });
    there.chain(gone).collect()
}

/// Devices that are entitled now and were not, or the other way round.
fn devices(before: Option<&RoomState>, after: &RoomState) -> Vec<RoomDeviceRow> {
    let new = after
        .entitled_devices()
        .filter(|(device, _)| !before.is_some_and(|before| before.is_entitled(**device)))
        .map(|(device, row)| RoomDeviceRow { device: *device, account: row.bundle.account(), entitled: true });
    let gone = before
        .into_iter()
        .flat_map(RoomState::entitled_devices)
        .filter(|(device, _)| !after.is_entitled(**device))
        .map(|(device, row)| RoomDeviceRow { device: *device, account: row.bundle.account(), entitled: false });
    new.chain(gone).collect()
}

/// Invites that are new, used or closed.
fn invites(before: Option<&RoomState>, after: &RoomState) -> Vec<InviteRow> {
    after
        .invites()
        .filter(|(key, invite)| before.and_then(|before| before.invite(**key)) != Some(*invite))
        .map(|(key, invite)| InviteRow { invite: *key, uses_left: invite.uses_left, expires_at: invite.expires_at })
        .collect()
}
