//! One entry of every kind, with everything in it that it can hold. Most make no sense in any room.

use igoon_shared::{
    crypto::SUITE,
    ids::{AccountId, DeviceId, EntryHash, Epoch, InviteKey, KeyId, NameHash, RoomId},
    log::{
        Action, EpochReason, HistoryRule, Role,
        action::{
            Created, DeviceRevoked, DeviceStatement, DeviceVouched, EpochStarted, HistoryRuleSet, InviteClosed,
            Invited, Joined, Left, MemberInvitesAllowed, MemberRemoved, OwnershipPassed, RecoveryAnnounced,
            RecoveryApproved, RecoveryMode, RecoveryPolicySet, RecoveryReleased, RecoveryVetoed, Renameable, Renamed,
            RetentionSet, RoleChanged, SignedStatement, Standing,
        },
        request::{RecoveryRequest, SignedRequest},
    },
    protocol::bytes::Blob,
};

use super::{TestDevice, room::NOW};

pub const ACCOUNT: AccountId = AccountId::from_bytes([0x02; 16]);
pub const DEVICE: DeviceId = DeviceId::from_bytes([0x03; 32]);
pub const INVITE: InviteKey = InviteKey::from_bytes([0x04; 32]);
pub const ENTRY: EntryHash = EntryHash::from_bytes([0x05; 32]);
pub const NAME: NameHash = NameHash::from_bytes([0x06; 32]);

/// What `by` says of [`DEVICE`].
pub fn statement(by: &TestDevice) -> SignedStatement {
    let statement = DeviceStatement {
        suite: SUITE,
        account: by.account,
        device: DEVICE,
        standing: Standing::Vouched,
        by: by.id(),
        at: NOW,
    };
    statement.sign(&by.keys)
}

/// What `device` asks of a room.
pub fn request(device: &TestDevice) -> SignedRequest {
    let request = RecoveryRequest {
        suite: SUITE,
        room: RoomId::from_bytes([0x01; 32]),
        account: device.account,
        device: device.id(),
        device_name: NameHash::from_bytes([0x09; 32]),
        at: NOW,
    };
    request.sign(&device.keys)
}

/// One of each kind; in those that bring in a device, that is `device`.
pub fn one_of_each(device: &TestDevice) -> [Action; 20] {
    let bundle = device.bundle.signed();
    [
        Action::Created(Created {
            random: Blob(vec![0x5a; 32]),
            account: device.account,
            bundle: bundle.clone(),
            room_name: NAME,
            handle: NameHash::from_bytes([0x08; 32]),
            device_name: NameHash::from_bytes([0x09; 32]),
            history: HistoryRule::AllRetained,
        }),
        Action::Renamed(Renamed { what: Renameable::Room, name: NAME }),
        Action::Invited(Invited {
            invite: INVITE,
            role: Role::Member,
            uses: 1,
            expires_at: NOW.plus_millis(7 * 24 * 60 * 60 * 1000),
        }),
        Action::InviteClosed(InviteClosed { invite: INVITE }),
        Action::MemberInvitesAllowed(MemberInvitesAllowed { allowed: true }),
        Action::Joined(Joined {
            account: device.account,
            bundle: bundle.clone(),
            invite: INVITE,
            invite_signature: Blob(vec![0x0a; 64]),
            handle: NameHash::from_bytes([0x08; 32]),
            device_name: NameHash::from_bytes([0x09; 32]),
        }),
        Action::Left(Left {}),
        Action::DeviceVouched(DeviceVouched {
            statement: statement(device),
            bundle: bundle.clone(),
            device_name: NameHash::from_bytes([0x09; 32]),
        }),
        Action::DeviceRevoked(DeviceRevoked { device: DEVICE, statement: Some(statement(device)) }),
        Action::MemberRemoved(MemberRemoved { account: ACCOUNT }),
        Action::RoleChanged(RoleChanged { account: ACCOUNT, role: Role::Admin }),
        Action::OwnershipPassed(OwnershipPassed { account: ACCOUNT }),
        Action::EpochStarted(EpochStarted {
            epoch: Epoch(1),
            key_id: KeyId::from_bytes([0x0b; 32]),
            reason: EpochReason::RoomCreated,
        }),
        Action::HistoryRuleSet(HistoryRuleSet { history: HistoryRule::FromJoining }),
        Action::RecoveryPolicySet(RecoveryPolicySet {
            mode: RecoveryMode::ServerAssisted,
            recovery_key: Some(Blob(vec![0x0c; 5])),
            signing_key: Some(Blob(vec![0x0d; 32])),
            admins_approve: true,
            veto_delay_ms: 86_400_000,
            owner_by_announcement: true,
        }),
        Action::RecoveryAnnounced(RecoveryAnnounced {
            request: request(device),
            bundle: bundle.clone(),
            up_to_epoch: Epoch(2),
            effective_at: NOW.plus_millis(72 * 60 * 60 * 1000),
        }),
        Action::RecoveryApproved(RecoveryApproved {
            request: request(device),
            bundle: bundle.clone(),
            replaces: Some(DEVICE),
            up_to_epoch: Epoch(2),
            expires_at: NOW.plus_millis(60_000),
        }),
        Action::RecoveryVetoed(RecoveryVetoed { entry: ENTRY }),
        Action::RecoveryReleased(RecoveryReleased { entry: ENTRY }),
        Action::RetentionSet(RetentionSet { days: Some(30) }),
    ]
}
