//! Rooms, messages and appends to put into a store. What is in them means nothing: the store does not look inside, except
//! at who wrapped an envelope.

use igoon_shared::{
    crypto::{
        SUITE,
        bundle::SignedBundle,
        envelope::{Envelope, EnvelopeContext, EnvelopeReason},
        epoch::SealedKey,
        message::{LogHead, SealedMessage},
    },
    ids::{
        AccountId, DeviceId, EntryHash, Epoch, Incarnation, InstallationId, InviteKey, KeyFingerprint, KeyId, LogIndex,
        MessageId, RoomId, Seq,
    },
    log::{Role, SignedEntry},
    protocol::{
        bytes::Blob,
        codec,
        frames::OpenName,
        http::{EpochLink, InviteSealedKey, LocalAddress},
    },
    time::Timestamp,
};
use tokio::sync::oneshot;

use crate::store::{
    Store,
    db::models::{
        accounts::{self, NewAccount},
        devices::{self, NewDevice},
    },
    ops::{
        AppendOutcome, InviteRow, KeysOutcome, MemberRow, MessageOutcome, NewAppend, NewEntry, NewKeys, NewMessage,
        RoomDeviceRow, RoomOp,
    },
};

pub(super) const FIRST_LIFE: Incarnation = Incarnation(1);

pub(super) fn room(n: u8) -> RoomId {
    RoomId::from_bytes([n; 32])
}

pub(super) fn device(n: u8) -> DeviceId {
    DeviceId::from_bytes([n; 32])
}

pub(super) fn account(n: u8) -> AccountId {
    AccountId::from_bytes([n; 16])
}

pub(super) fn invite(n: u8) -> InviteKey {
    InviteKey::from_bytes([n; 32])
}

/// An account; the first is the server's owner.
pub(super) async fn make_account(store: &Store, n: u8) {
    let (address, handle) = (format!("{n}@example.org"), format!("person{n}"));
    store
        .write(move |db| {
            let new = NewAccount {
                id: account(n),
                email: &address,
                email_key: &address,
                handle: &handle,
                handle_key: &handle,
                password_hash: "",
                server_owner: n == 1,
                created_at: Timestamp(1),
            };
            accounts::create(db, &new)
        })
        .await
        .unwrap();
}

/// Registers an account's device, as the installation of the same number.
pub(super) async fn register(store: &Store, n: u8, of: u8, at: i64, address: Option<LocalAddress>) {
    let bundle = SignedBundle { bundle: Blob(vec![n; 500]), signature: Blob(vec![n; 64]) };
    store
        .write(move |db| {
            let new = NewDevice {
                id: device(n),
                account: account(of),
                installation: InstallationId::from_bytes([n; 16]),
                bundle: &bundle,
                name: "laptop",
                platform: "Linux",
                address,
                now: Timestamp(at),
            };
            devices::register(db, &new)
        })
        .await
        .unwrap();
}

/// A message of epoch 1.
pub(super) fn message(from: DeviceId, id: u32, text: &str) -> NewMessage {
    let mut name = [0; 16];
    name[..4].copy_from_slice(&id.to_be_bytes());
    let message = SealedMessage {
        header: Blob(vec![1; 180]),
        ciphertext: Blob(text.as_bytes().to_vec()),
        signature: Blob(vec![2; 64]),
    };
    NewMessage {
        device: from,
        message_id: MessageId::from_bytes(name),
        epoch: Epoch(1),
        content_hash: message.content_hash(),
        message,
        received_at: Timestamp(1_000),
    }
}

pub(super) const fn committed(seq: u64) -> MessageOutcome {
    MessageOutcome::Committed { incarnation: FIRST_LIFE, seq: Seq(seq) }
}

pub(super) const fn repeated(seq: u64) -> MessageOutcome {
    MessageOutcome::Repeated { incarnation: FIRST_LIFE, seq: Seq(seq) }
}

/// An entry; `tag` makes it another one.
pub(super) fn entry(index: u64, tag: u8) -> NewEntry {
    let entry = SignedEntry { entry: Blob(vec![u8::try_from(index).unwrap(), tag]), signature: Blob(vec![tag; 64]) };
    NewEntry { index: LogIndex(index), hash: entry.hash(), entry }
}

pub(super) fn head_after(entry: &NewEntry) -> LogHead {
    LogHead { index: entry.index, hash: entry.hash }
}

/// An append of these entries and nothing else.
pub(super) fn append(after: Option<LogHead>, entries: Vec<NewEntry>) -> NewAppend {
    NewAppend {
        after,
        entries,
        current_epoch: Epoch(1),
        oldest_open_epoch: Epoch(1),
        members: Vec::new(),
        devices: Vec::new(),
        invites: Vec::new(),
        recoveries: Vec::new(),
        announced: Vec::new(),
        replaced: Vec::new(),
        erase_invite_keys: false,
        envelopes: Vec::new(),
        link: None,
        names: Vec::new(),
        invite_key: None,
        received_at: Timestamp(500),
    }
}

/// The append that makes a room of epoch 1 with these devices, each of the account with its number; the first is owner.
/// It takes the places 1 and 2.
pub(super) fn creation(devices: &[u8]) -> NewAppend {
    let mut new = append(None, vec![entry(0, 0), entry(1, 0)]);
    for (place, n) in devices.iter().enumerate() {
        let role = if place == 0 { Role::Owner } else { Role::Member };
        new.members.push(MemberRow { account: account(*n), role: Some(role) });
        new.devices.push(RoomDeviceRow { device: device(*n), account: account(*n), entitled: true });
    }
    new
}

/// The head after [`creation`].
pub(super) fn created_head() -> LogHead {
    head_after(&entry(1, 0))
}

/// Adds one of everything that can lie beside an append's entries; device 1 wraps a key for device 2.
pub(super) fn with_everything_beside(mut new: NewAppend) -> NewAppend {
    let sealed = |n: u8| SealedKey { salt: Blob(vec![n; 16]), ciphertext: Blob(vec![n; 48]) };
    new.members.push(MemberRow { account: account(2), role: Some(Role::Admin) });
    new.devices.push(RoomDeviceRow { device: device(2), account: account(2), entitled: true });
    new.invites.push(InviteRow { invite: invite(1), uses_left: 2, expires_at: Timestamp(9_000) });
    new.envelopes.push((device(2), Epoch(2), envelope(device(2), device(1))));
    new.link = Some(EpochLink { epoch: Epoch(1), sealed: sealed(7) });
    new.names.push(OpenName { random: Blob(vec![3; 32]), name: "Ada".to_owned() });
    new.invite_key = Some(InviteSealedKey { invite: invite(1), epoch: Epoch(2), sealed: sealed(8) });
    new.current_epoch = Epoch(2);
    new
}

pub(super) fn envelope(recipient: DeviceId, wrapper: DeviceId) -> Envelope {
    let context = EnvelopeContext {
        suite: SUITE,
        room: room(1),
        epoch: Epoch(2),
        key_id: KeyId::from_bytes([4; 32]),
        recipient,
        fingerprint: KeyFingerprint::from_bytes([5; 32]),
        wrapper,
        reason: EnvelopeReason::EpochStart,
    };
    Envelope { context: Blob(codec::encode(&context)), ciphertext: Blob(vec![6; 384]), signature: Blob(vec![7; 64]) }
}

/// Hands a message in; the answer comes later.
pub(super) fn submit(store: &Store, room: RoomId, new: NewMessage) -> oneshot::Receiver<MessageOutcome> {
    let (reply, outcome) = oneshot::channel();
    let op = RoomOp::Message(new, Box::new(move |outcome| reply.send(outcome).unwrap()));
    assert!(store.submit(room, op).is_ok());
    outcome
}

/// Hands an append in; the answer comes later.
pub(super) fn submit_append(store: &Store, room: RoomId, new: NewAppend) -> oneshot::Receiver<AppendOutcome> {
    let (reply, outcome) = oneshot::channel();
    let op = RoomOp::Append(Box::new(new), Box::new(move |outcome| reply.send(outcome).unwrap()));
    assert!(store.submit(room, op).is_ok());
    outcome
}

/// Hands keys on.
pub(super) async fn send_keys(store: &Store, room: RoomId, new: NewKeys) -> KeysOutcome {
    let (reply, outcome) = oneshot::channel();
    let op = RoomOp::Keys(new, Box::new(move |outcome| reply.send(outcome).unwrap()));
    assert!(store.submit(room, op).is_ok());
    outcome.await.unwrap()
}

pub(super) async fn send(store: &Store, room: RoomId, new: NewMessage) -> MessageOutcome {
    submit(store, room, new).await.unwrap()
}

pub(super) async fn send_append(store: &Store, room: RoomId, new: NewAppend) -> AppendOutcome {
    submit_append(store, room, new).await.unwrap()
}

/// Makes a room as [`creation`] has it.
pub(super) async fn make_room(store: &Store, room: RoomId, devices: &[u8]) {
    let outcome = send_append(store, room, creation(devices)).await;
    assert!(matches!(outcome, AppendOutcome::Committed(..)), "{outcome:?}");
}

/// The places of an append that was committed.
pub(super) fn places(outcome: &AppendOutcome) -> Vec<(u64, u64)> {
    match outcome {
        AppendOutcome::Committed(FIRST_LIFE, entries) => {
            entries.iter().map(|entry| (entry.index.0, entry.seq.0)).collect()
        }
        other => panic!("not committed: {other:?}"),
    }
}

/// A hash that no entry has.
pub(super) fn no_hash() -> EntryHash {
    EntryHash::from_bytes([0xee; 32])
}
