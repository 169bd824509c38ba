//! What an append changes in the rows that lie beside the log: members, devices and invites that are new or changed.

use igoon_shared::{
    ids::NameHash,
    log::{Action, RoomState, request::SignedRequest},
};

use crate::store::ops::{InviteRow, MemberRow, RoomDeviceRow};

/// Members that are new, whose role changed, or who are gone.
pub(super) fn members(before: Option<&RoomState>, after: &RoomState) -> Vec<MemberRow> {
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
pub(super) fn devices(before: Option<&RoomState>, after: &RoomState) -> Vec<RoomDeviceRow> {
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
pub(super) fn invites(before: Option<&RoomState>, after: &RoomState) -> Vec<InviteRow> {
    after
        .invites()
        .filter(|(key, invite)| before.and_then(|before| before.invite(**key)) != Some(*invite))
        .map(|(key, invite)| InviteRow { invite: *key, uses_left: invite.uses_left, expires_at: invite.expires_at })
        .collect()
}

/// The name hashes in an action.
pub(super) fn names(action: &Action) -> Vec<NameHash> {
    match action {
        Action::Created(created) => vec![created.room_name, created.handle, created.device_name],
        Action::Joined(joined) => vec![joined.handle, joined.device_name],
        Action::DeviceVouched(vouched) => vec![vouched.device_name],
        Action::Renamed(renamed) => vec![renamed.name],
        Action::RecoveryApproved(approved) => requested_name(&approved.request),
        Action::RecoveryAnnounced(announced) => requested_name(&announced.request),
        _ => Vec::new(),
    }
}

fn requested_name(request: &SignedRequest) -> Vec<NameHash> {
    request.read().map(|request| request.device_name).into_iter().collect()
}
