//! Policies of recovery, and what comes of them.

use std::sync::LazyLock;

use igoon_shared::{
    crypto::{SUITE, bundle::Bundle, device::DeviceKeys},
    ids::{AccountId, Epoch, InstallationId, NameHash},
    log::{
        Action, Author, EntryBody, SignedEntry,
        action::{RecoveryApproved, RecoveryMode, RecoveryPolicySet},
        request::RecoveryRequest,
    },
    protocol::bytes::Blob,
    time::Timestamp,
};
use rsa::pkcs8::EncodePublicKey as _;

use super::{
    TestDevice,
    room::{NOW, TestRoom},
    rsa_pkcs8, signing_seed,
};

/// The recovery keys, whoever holds them.
pub fn pinned() -> &'static TestDevice {
    static PINNED: LazyLock<TestDevice> = LazyLock::new(|| {
        let keys = DeviceKeys::from_parts(rsa_pkcs8(4), &signing_seed(5)).unwrap();
        let account = AccountId::from_bytes([0xaf; 16]);
        let bundle = Bundle::verify(&keys.bundle(account, InstallationId::from_bytes([0x1f; 16])).unwrap()).unwrap();
        TestDevice { account, keys, bundle }
    });
    &PINNED
}

pub fn policy(mode: RecoveryMode) -> RecoveryPolicySet {
    let has_keys = mode != RecoveryMode::DevicesOnly;
    let spki = || Blob(pinned().bundle.rsa().to_public_key_der().unwrap().into_vec());
    RecoveryPolicySet {
        mode,
        recovery_key: has_keys.then(spki),
        signing_key: has_keys.then(|| Blob(pinned().signing_key().to_vec())),
        admins_approve: false,
        veto_delay_ms: 0,
        owner_by_announcement: false,
    }
}

pub fn request(room: &TestRoom, device: &TestDevice) -> RecoveryRequest {
    let device_name = NameHash::from_bytes([7; 32]);
    RecoveryRequest {
        suite: SUITE,
        room: room.id(),
        account: device.account,
        device: device.id(),
        device_name,
        at: NOW,
    }
}

pub fn approval(room: &TestRoom, device: &TestDevice, replaces: Option<&TestDevice>) -> RecoveryApproved {
    RecoveryApproved {
        request: request(room, device).sign(&device.keys),
        bundle: device.bundle.signed().clone(),
        replaces: replaces.map(TestDevice::id),
        up_to_epoch: Epoch(2),
        expires_at: NOW.plus_millis(100 * 60 * 60 * 1_000),
    }
}

/// An entry that the pinned key signs.
pub fn by_pinned(room: &TestRoom, at: Timestamp, action: Action) -> SignedEntry {
    let body = room.body(pinned(), action);
    EntryBody { at, author: Author::Service, ..body }.sign(&pinned().keys)
}
