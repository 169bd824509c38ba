//! What the tests of this crate share: devices with fixed keys, randomness that is the same in every run, hex.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

pub mod actions;
#[cfg(not(target_arch = "wasm32"))]
pub mod golden;
#[cfg(not(target_arch = "wasm32"))]
pub mod heap;
pub mod message_pack;
#[cfg(not(target_arch = "wasm32"))]
pub mod permitted;
#[cfg(not(target_arch = "wasm32"))]
pub mod recovery;
pub mod room;

use core::convert::Infallible;
use std::sync::LazyLock;

use igoon_shared::{
    crypto::{bundle::Bundle, device::DeviceKeys, primitives::sha256},
    ids::{AccountId, DeviceId, InstallationId},
};
use rand_core::{TryCryptoRng, TryRng};

/// PKCS#8 of the RSA keys of devices 1 to 4.
const RSA_KEYS: [&[u8]; 4] = [
    include_bytes!("../data/device_1.pk8"),
    include_bytes!("../data/device_2.pk8"),
    include_bytes!("../data/device_3.pk8"),
    include_bytes!("../data/device_4.pk8"),
];

/// The RSA key of device `number` (1 to 4), as PKCS#8.
pub fn rsa_pkcs8(number: u8) -> &'static [u8] {
    RSA_KEYS[usize::from(number) - 1]
}

/// The Ed25519 seed of device `number`.
pub fn signing_seed(number: u8) -> [u8; 32] {
    [0xd0 | number; 32]
}

/// A device with fixed keys.
pub struct TestDevice {
    pub account: AccountId,
    pub keys: DeviceKeys,
    pub bundle: Bundle,
}

impl TestDevice {
    /// Device `number` (1 to 4) of account `account`.
    pub fn new(number: u8, account: u8) -> Self {
        let keys = DeviceKeys::from_parts(rsa_pkcs8(number), &signing_seed(number)).unwrap();
        let account = AccountId::from_bytes([0xa0 | account; 16]);
        let signed = keys.bundle(account, InstallationId::from_bytes([0x10 | number; 16])).unwrap();
        let bundle = Bundle::verify(&signed).unwrap();
        Self { account, keys, bundle }
    }

    /// Four devices of three accounts: 1 and 3 are of account 1, 2 of account 2, 4 of account 3.
    pub fn all() -> &'static [Self; 4] {
        static ALL: LazyLock<[TestDevice; 4]> = LazyLock::new(|| {
            [(1, 1), (2, 2), (3, 1), (4, 3)].map(|(number, account)| TestDevice::new(number, account))
        });
        &ALL
    }

    pub fn id(&self) -> DeviceId {
        self.bundle.device()
    }

    pub fn signing_key(&self) -> &[u8; 32] {
        self.bundle.signing_key()
    }
}

/// Randomness that is the same in every run: SHA-256(seed || counter), block after block.
#[derive(Clone)]
pub struct TestRng {
    seed: [u8; 32],
    counter: u64,
    block: Vec<u8>,
}

impl TestRng {
    pub fn new(name: &str) -> Self {
        Self { seed: sha256(name.as_bytes()), counter: 0, block: Vec::new() }
    }
}

impl TryRng for TestRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        for byte in to {
            if self.block.is_empty() {
                self.block = sha256(&[&self.seed[..], &self.counter.to_be_bytes()].concat()).to_vec();
                self.counter += 1;
            }
            *byte = self.block.remove(0);
        }
        Ok(())
    }
}

impl TryCryptoRng for TestRng {}

/// Gives exactly these bytes as randomness, and panics when more are asked for.
pub struct Given(pub Vec<u8>);

impl Given {
    /// Asserts that all were used.
    pub fn used_up(self) {
        assert!(self.0.is_empty(), "{} bytes of randomness were not used", self.0.len());
    }
}

impl TryRng for Given {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("nothing here asks for numbers")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("nothing here asks for numbers")
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        let rest = self.0.split_off(to.len());
        to.copy_from_slice(&self.0);
        self.0 = rest;
        Ok(())
    }
}

impl TryCryptoRng for Given {}

pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of some hex; white space does not count.
pub fn from_hex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| u8::try_from(c.to_digit(16).expect("hex")).unwrap())
        .collect();
    assert_eq!(digits.len() % 2, 0);
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// Every way to change one byte of `bytes` by one bit, one way per byte.
pub fn one_byte_flipped(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..bytes.len()).map(|place| {
        let mut changed = bytes.to_vec();
        changed[place] ^= 1 << (place % 8);
        changed
    })
}
