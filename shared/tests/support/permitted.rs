//! Who may do what in a room, written down once more from the table in docs/PROTOCOL.md (6.1), apart from the fold: what an entry
//! that has an effect must at least have.

use igoon_shared::{
    ids::{AccountId, DeviceId},
    log::{
        Action, Author, EntryBody, Role, RoomState,
        action::{RecoveryMode, Renameable},
    },
};

/// Whether the author of an entry may do what it says, in the room as it was before.
pub fn may(before: &RoomState, entry: &EntryBody) -> bool {
    let Author::Device(author) = entry.author else {
        let policy = before.recovery_policy();
        return match &entry.action {
            Action::RecoveryReleased(_) => policy.is_some(),
            Action::RecoveryAnnounced(announced) => {
                let account = announced.request.read().unwrap().account;
                policy.is_some_and(|policy| policy.owner_by_announcement) && role(before, account) == Some(Role::Owner)
            }
            Action::RecoveryApproved(approved) => {
                let account = approved.request.read().unwrap().account;
                before.recovery_mode() == RecoveryMode::Kit && role(before, account) == Some(Role::Owner)
            }
            _ => false,
        };
    };
    match &entry.action {
        Action::Created(_) | Action::RecoveryAnnounced(_) | Action::RecoveryReleased(_) => return false,
        Action::Joined(joined) => {
            let open = before.invite(joined.invite).is_some_and(|invite| invite.is_open(entry.at));
            let is_new = role(before, joined.account).is_none() && !before.is_revoked(joined.account, author);
            return open && is_new && !before.is_entitled(author);
        }
        Action::DeviceVouched(vouched) => {
            let said = vouched.statement.read().unwrap();
            return counts(before, said.account, said.by) && !before.is_revoked(said.account, said.device);
        }
        _ => {}
    }
    if !before.is_entitled(author) {
        return false;
    }
    let me = before.device(author).unwrap().bundle.account();
    let Some(mine) = role(before, me) else { return false };
    // Owners of everybody, admins of plain members.
    let over = |account: AccountId| match role(before, account) {
        Some(theirs) => mine == Role::Owner || mine == Role::Admin && theirs == Role::Member,
        None => false,
    };
    match &entry.action {
        Action::Left(_) | Action::EpochStarted(_) => true,
        Action::Renamed(renamed) => renamed.what != Renameable::Room || mine == Role::Owner,
        Action::Invited(invited) => invited.role <= mine && (mine >= Role::Admin || before.member_invites()),
        Action::InviteClosed(closed) => {
            mine >= Role::Admin || before.invite(closed.invite).is_some_and(|invite| invite.made_by == me)
        }
        Action::MemberInvitesAllowed(_) => mine >= Role::Admin,
        Action::MemberRemoved(removed) => removed.account != me && over(removed.account),
        Action::DeviceRevoked(revoked) => match &revoked.statement {
            Some(statement) => {
                let said = statement.read().unwrap();
                counts(before, said.account, said.by)
            }
            None => before.device(revoked.device).is_some_and(|device| over(device.bundle.account())),
        },
        Action::RecoveryApproved(approved) => {
            let theirs = approved.request.read().unwrap().account;
            let admins = before.recovery_policy().is_some_and(|policy| policy.admins_approve);
            over(theirs) && (mine == Role::Owner || admins)
        }
        Action::RecoveryVetoed(vetoed) => {
            let waits = before.recovery(vetoed.entry);
            mine >= Role::Admin || waits.is_some_and(|waits| waits.bundle.account() == me)
        }
        Action::RoleChanged(_)
        | Action::OwnershipPassed(_)
        | Action::HistoryRuleSet(_)
        | Action::RetentionSet(_)
        | Action::RecoveryPolicySet(_) => mine == Role::Owner,
        _ => false,
    }
}

fn role(room: &RoomState, account: AccountId) -> Option<Role> {
    room.member(account).map(|member| member.role)
}

/// What a device says of its account's computers counts.
fn counts(room: &RoomState, account: AccountId, by: DeviceId) -> bool {
    room.is_entitled(by) && room.device(by).is_some_and(|device| device.bundle.account() == account)
}
