//! The service's recovery keys, as somebody has them who opens its database with another program: it takes the master key.

use std::{collections::BTreeSet, fs};

use igoon_shared::{
    crypto::{device::DeviceKeys, primitives},
    protocol::bytes::Blob,
};

use crate::server::TestServer;

/// The master key in a server's data folder.
#[must_use]
pub fn master_key(server: &TestServer) -> [u8; 32] {
    let text = fs::read_to_string(server.data_dir().join("master.key")).unwrap();
    let key: Blob = serde_json::from_value(text.trim().into()).unwrap();
    key.0.try_into().unwrap()
}

/// The recovery keys among all values of a database ([`crate::columns`]), if this is the master key.
#[must_use]
pub fn recovery_keys(values: &BTreeSet<Vec<u8>>, master_key: &[u8; 32]) -> Vec<DeviceKeys> {
    let holders: Vec<&Vec<u8>> = values.iter().filter(|value| value.len() == 32).collect();
    let mut opened = Vec::new();
    for sealed in values.iter().filter(|value| (1_500..3_000).contains(&value.len())) {
        let key = primitives::derive(master_key, &sealed[..16], &[b"igoon/v1/server/recovery-key"]);
        let plain = holders.iter().find_map(|holder| primitives::aead_open(&key, [0; 12], holder, &sealed[16..]).ok());
        opened
            .extend(plain.map(|plain| DeviceKeys::from_parts(&plain[32..], plain[..32].try_into().unwrap()).unwrap()));
    }
    opened
}
