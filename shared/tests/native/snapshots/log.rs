//! Entries of the room log: every kind, as its author signs it.

use igoon_shared::{
    crypto::message::LogHead,
    ids::{EntryHash, LogIndex, RoomId},
    log::{
        Action, Author, EntryBody, EpochReason, HistoryRule, Role, SignedEntry,
        action::{
            DeviceRevoked, RecoveryMode, RecoveryPolicySet, RecoveryReleased, Renameable, RetentionSet, Standing,
        },
    },
};

use super::{Page, assert_one_of_each, every};
use crate::support::{
    TestDevice,
    actions::{self, DEVICE, ENTRY, one_of_each},
    room::NOW,
    to_hex,
};

const ROOM: RoomId = RoomId::from_bytes([0x01; 32]);
const HEAD: LogHead = LogHead { index: LogIndex(6), hash: EntryHash::from_bytes([0x07; 32]) };

#[test]
fn entries() {
    let device = TestDevice::new(1, 1);
    let actions = one_of_each(&device);
    assert_one_of_each!(
        actions,
        Action: Created, Renamed, Invited, InviteClosed, MemberInvitesAllowed, Joined, Left, DeviceVouched,
        DeviceRevoked, MemberRemoved, RoleChanged, OwnershipPassed, EpochStarted, HistoryRuleSet, RecoveryPolicySet,
        RecoveryAnnounced, RecoveryApproved, RecoveryVetoed, RecoveryReleased, RetentionSet,
    );
    let mut page = Page::new("Entries of the room log, one of each kind, by one device.");
    for action in actions {
        let body = match action {
            Action::Created(_) => EntryBody::first(NOW, device.id(), action),
            _ => EntryBody::after(ROOM, HEAD, NOW, device.id(), action),
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
        let body = EntryBody::after(ROOM, HEAD, NOW, device.id(), action);
        add(&mut page, &body, &body.sign(&device.keys));
    }
    let released = Action::RecoveryReleased(RecoveryReleased { entry: ENTRY });
    let service = EntryBody { author: Author::Service, ..EntryBody::after(ROOM, HEAD, NOW, DEVICE, released) };
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
    let statement = actions::statement(&device);
    let mut page = Page::new("What a device says of another one of its account.");
    page.bytes("statement", &statement.statement.0);
    page.message_pack("signed statement", &statement);
    page.assert_kept("statement");
}

#[test]
fn requests() {
    let device = TestDevice::new(1, 1);
    let request = actions::request(&device);
    let mut page = Page::new("What a device asks that lost its access to a room.");
    page.bytes("request", &request.request.0);
    page.message_pack("signed request", &request);
    page.assert_kept("recovery_request");
}

fn add(page: &mut Page, body: &EntryBody, signed: &SignedEntry) {
    assert_eq!(signed.body().as_ref(), Ok(body));
    let kind = format!("{:?}", body.action);
    page.bytes(kind.split('(').next().unwrap(), &signed.entry.0);
    page.line("hash", &to_hex(signed.hash().as_bytes()));
    page.line("signature", &to_hex(&signed.signature.0));
}
