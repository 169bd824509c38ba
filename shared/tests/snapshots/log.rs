//! Entries of the room log: every kind, as its author signs it.

use igoon_shared::{
    crypto::{SUITE, message::LogHead},
    ids::{AccountId, DeviceId, EntryHash, Epoch, InviteKey, KeyId, LogIndex, NameHash, RoomId},
    log::{
        Action, Author, EntryBody, EpochReason, HistoryRule, Role, SignedEntry,
        action::{
            Created, DeviceRevoked, DeviceStatement, DeviceVouched, EpochStarted, HistoryRuleSet, InviteClosed, Invited,
            Joined, Left, MemberInvitesAllowed, MemberRemoved, OwnershipPassed, RecoveryAnnounced, RecoveryApproved,
            RecoveryMode, RecoveryPolicySet, RecoveryReleased, RecoveryVetoed, Renameable, Renamed, RetentionSet,
            RoleChanged, SignedStatement, Standing,
        },
    },
    protocol::bytes::Blob,
    time::Timestamp,
};

use super::{
    Page, assert_one_of_each, every,
    support::{TestDevice, to_hex},
};

const ROOM: RoomId = RoomId::from_bytes([0x01; 32]);
const ACCOUNT: AccountId = AccountId::from_bytes([0x02; 16]);
const DEVICE: DeviceId = DeviceId::from_bytes([0x03; 32]);
const INVITE: InviteKey = InviteKey::from_bytes([0x04; 32]);
const ENTRY: EntryHash = EntryHash::from_bytes([0x05; 32]);
const NAME: NameHash = NameHash::from_bytes([0x06; 32]);
const TIME: Timestamp = Timestamp(1_790_000_000_000);
const HEAD: LogHead = LogHead { index: LogIndex(6), hash: EntryHash::from_bytes([0x07; 32]) };

#[test]
fn entries() {
    let device = TestDevice::new(1, 1);
    let actions = actions(&device);
    assert_one_of_each!(
        actions,
        Action: Created, Renamed, Invited, InviteClosed, MemberInvitesAllowed, Joined, Left, DeviceVouched,
        DeviceRevoked, MemberRemoved, RoleChanged, OwnershipPassed, EpochStarted, HistoryRuleSet, RecoveryPolicySet,
        RecoveryAnnounced, RecoveryApproved, RecoveryVetoed, RecoveryReleased, RetentionSet,
    );
    let mut page = Page::new("Entries of the room log, one of each kind, by one device.");
    for action in actions {
        let body = match action {
            Action::Created(_) => EntryBody::first(TIME, device.id(), action),
            _ => EntryBody::after(ROOM, HEAD, TIME, device.id(), action),
        };
        add(&mut page, &body, &body.sign(&device.keys));
    }
    page.assert_kept("log_entries");
}

#[test]
fn options() {
    let device = TestDevice::new(1, 1);
    let mut page = Page::new("What entries can hold besides, and may leave out.");
    let actions = [
        Action::DeviceRevoked(DeviceRevoked { device: DEVICE, statement: None }),
        Action::RecoveryPolicySet(RecoveryPolicySet {
            mode: RecoveryMode::DevicesOnly,
            recovery_key: None,
            signing_key: None,
            admins_approve: false,
            veto_delay_ms: 0,
            owner_by_announcement: false,
        }),
        Action::RetentionSet(RetentionSet { days: None }),
    ];
    for action in actions {
        let body = EntryBody::after(ROOM, HEAD, TIME, device.id(), action);
        add(&mut page, &body, &body.sign(&device.keys));
    }
    let released = Action::RecoveryReleased(RecoveryReleased { entry: ENTRY });
    let service = EntryBody { author: Author::Service, ..EntryBody::after(ROOM, HEAD, TIME, DEVICE, released) };
    add(&mut page, &service, &service.sign(&device.keys));

    page.message_pack("Role, each", &every!(Role: Member, Admin, Owner));
    page.message_pack("HistoryRule, each", &every!(HistoryRule: AllRetained, FromJoining));
    page.message_pack("Renameable, each", &every!(Renameable: Room, Handle, Device));
    page.message_pack("RecoveryMode, each", &every!(RecoveryMode: DevicesOnly, ServerAssisted, Kit));
    page.message_pack("Standing, each", &every!(Standing: Vouched, Revoked));
    page.message_pack(
        "EpochReason, each",
        &every!(
            EpochReason: RoomCreated, Joining, KeyLacking, Leaving, MemberRemoved, DeviceRevoked, DeviceRecovered,
            RecoveryPolicyChanged, Age,
        ),
    );
    page.assert_kept("log_options");
}

#[test]
fn statements() {
    let device = TestDevice::new(1, 1);
    let statement = vouching(&device);
    let mut page = Page::new("What a device says of another one of its account.");
    page.bytes("statement", &statement.statement.0);
    page.message_pack("signed statement", &statement);
    page.assert_kept("statement");
}

fn add(page: &mut Page, body: &EntryBody, signed: &SignedEntry) {
    assert_eq!(signed.body().as_ref(), Ok(body));
    let kind = format!("{:?}", body.action);
    page.bytes(kind.split('(').next().unwrap(), &signed.entry.0);
    page.line("hash", &to_hex(signed.hash().as_bytes()));
    page.line("signature", &to_hex(&signed.signature.0));
}

fn vouching(by: &TestDevice) -> SignedStatement {
    let statement = DeviceStatement {
        suite: SUITE,
        account: by.account,
        device: DEVICE,
        standing: Standing::Vouched,
        by: by.id(),
        at: TIME,
    };
    statement.sign(&by.keys)
}

fn actions(device: &TestDevice) -> [Action; 20] {
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
            expires_at: TIME.plus_millis(7 * 24 * 60 * 60 * 1000),
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
            statement: vouching(device),
            bundle: bundle.clone(),
            device_name: NameHash::from_bytes([0x09; 32]),
        }),
        Action::DeviceRevoked(DeviceRevoked { device: DEVICE, statement: Some(vouching(device)) }),
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
            account: ACCOUNT,
            bundle: bundle.clone(),
            effective_at: TIME.plus_millis(72 * 60 * 60 * 1000),
        }),
        Action::RecoveryApproved(RecoveryApproved {
            request: Blob(vec![0x0e; 6]),
            bundle: bundle.clone(),
            replaces: Some(DEVICE),
            up_to_epoch: Epoch(2),
            expires_at: TIME.plus_millis(60_000),
        }),
        Action::RecoveryVetoed(RecoveryVetoed { entry: ENTRY }),
        Action::RecoveryReleased(RecoveryReleased { entry: ENTRY }),
        Action::RetentionSet(RetentionSet { days: Some(30) }),
    ]
}
