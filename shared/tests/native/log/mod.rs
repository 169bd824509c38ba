//! The room log: what real logs fold to, and what each entry that must not count does instead. An entry that breaks the
//! log is an error and changes nothing; one that is well-formed but was not permitted stays in the chain without effect.

mod chain;
mod ending_invites;
mod epochs;
mod first_entry;
mod folding;
mod handing_on_keys;
mod invites;
mod joining_by_invite;
mod members;
mod names;
mod recovery;
mod revoking;
mod settings;
mod vouching_for_devices;

use igoon_shared::{
    crypto::{invite::InviteSecret, label, message::LogHead},
    ids::{AccountId, DeviceId, EntryHash, Epoch, InviteKey, KeyId, LogIndex, NameHash, RoomId},
    log::{
        Action, Author, Effect, EntryBody, EpochReason, HistoryRule, IgnoredReason, LogError, Role, RoomState,
        SignedEntry,
        action::{
            Created, DeviceRevoked, DeviceStatement, EpochStarted, HistoryRuleSet, InviteClosed, Invited, Joined, Left,
            MemberInvitesAllowed, MemberRemoved, OwnershipPassed, Renameable, Renamed, RetentionSet, RoleChanged,
            SignedStatement, Standing,
        },
        state::SendRefusal,
    },
    protocol::{bytes::Blob, codec::DecodeError, limits},
    time::Timestamp,
};

use crate::support::{
    self, TestDevice,
    message_pack::{Value, text},
    one_byte_flipped,
    room::{NOW, TestRoom, created, epoch_started, invited, joining, replay, shown, vouched, vouching},
};

/// A room with one member and an open epoch.
fn room() -> TestRoom {
    let [owner, ..] = TestDevice::all();
    let mut room = TestRoom::new(owner, HistoryRule::AllRetained);
    let applied = room.append(owner, epoch_started(1, EpochReason::RoomCreated)).unwrap();
    assert_eq!(applied.effect, Effect::Done);
    room
}

/// The same with an invite for `uses` plain members.
fn room_with_invite(uses: u32) -> (TestRoom, InviteSecret) {
    let [owner, ..] = TestDevice::all();
    let mut room = room();
    let secret = InviteSecret::from_bytes([7; 32]);
    let entry = invited(room.id(), &secret, Role::Member, uses);
    assert_eq!(room.append(owner, entry).unwrap().effect, Effect::Done);
    (room, secret)
}

/// Asserts that the log does not take the entry, and is as before.
fn assert_refused(room: &TestRoom, entry: &SignedEntry, why: LogError) {
    let mut state = room.state.clone();
    assert_eq!(state.apply(entry).unwrap_err(), why);
    assert_eq!(shown(&state), shown(&room.state));
}

/// Asserts that the entry joins the chain and changes nothing else.
fn assert_ignored(room: &mut TestRoom, entry: &SignedEntry, why: IgnoredReason) {
    let before = room.state.clone();
    let applied = room.apply(entry).unwrap();
    assert_eq!(applied.effect, Effect::Ignored(why));
    assert_eq!(room.state.head(), LogHead { index: before.head().index.next(), hash: entry.hash() });
    let head = |state: &RoomState| format!("{:#?}", state.head()).replace('\n', "\n    ");
    assert_eq!(shown(&room.state).replace(&head(&room.state), ""), shown(&before).replace(&head(&before), ""));
}

/// Another name, by its number.
fn renamed(what: Renameable, name: u8) -> Action {
    Action::Renamed(Renamed { what, name: NameHash::from_bytes([name; 32]) })
}

/// A room that shows its history, with these people beside the owner, each by an invite of their own, in epoch 2.
fn room_with(people: &[(&TestDevice, Role)]) -> TestRoom {
    let [owner, ..] = TestDevice::all();
    let mut room = room();
    for (number, (person, role)) in (40..).zip(people) {
        let secret = InviteSecret::from_bytes([number; 32]);
        let entry = invited(room.id(), &secret, *role, 1);
        assert_done(&mut room, owner, entry);
        assert_joins(&mut room, person, &secret);
    }
    assert_done(&mut room, owner, epoch_started(2, EpochReason::Age));
    room
}

/// An invite that is open, by this device.
fn open_invite(room: &mut TestRoom, author: &TestDevice, role: Role, number: u8) -> InviteSecret {
    let secret = InviteSecret::from_bytes([number; 32]);
    let entry = invited(room.id(), &secret, role, 5);
    assert_done(room, author, entry);
    secret
}

fn is_open(room: &TestRoom, secret: &InviteSecret) -> bool {
    room.state.invite(secret.key(room.id())).unwrap().is_open(NOW)
}

fn assert_done(room: &mut TestRoom, author: &TestDevice, action: Action) {
    assert_eq!(room.append(author, action).unwrap().effect, Effect::Done);
}

fn assert_joins(room: &mut TestRoom, who: &TestDevice, secret: &InviteSecret) {
    let entry = Action::Joined(joining(room.id(), secret, who));
    assert_done(room, who, entry);
}

/// Asserts that the entry by this author would change nothing.
fn assert_no_effect(room: &TestRoom, author: &TestDevice, action: Action, why: IgnoredReason) {
    let mut room = room.clone();
    let entry = room.entry(author, action);
    assert_ignored(&mut room, &entry, why);
}

const LEFT: Action = Action::Left(Left {});

fn removed(who: &TestDevice) -> Action {
    Action::MemberRemoved(MemberRemoved { account: who.account })
}

fn with_role(who: &TestDevice, role: Role) -> Action {
    Action::RoleChanged(RoleChanged { account: who.account, role })
}

fn passed_to(who: &TestDevice) -> Action {
    Action::OwnershipPassed(OwnershipPassed { account: who.account })
}

/// What an owner or admin says of a device.
fn revoked(device: &TestDevice) -> Action {
    Action::DeviceRevoked(DeviceRevoked { device: device.id(), statement: None })
}

/// What a device of the same account says of it.
fn revoked_by(by: &TestDevice, device: &TestDevice) -> Action {
    let statement = DeviceStatement { standing: Standing::Revoked, ..vouching(by, device) }.sign(&by.keys);
    Action::DeviceRevoked(DeviceRevoked { device: device.id(), statement: Some(statement) })
}
