//! Numbers that people compare by eye.

use super::{bundle::Bundle, label, primitives};
use crate::{ids::DeviceId, sorted::SortedSet};

/// The 60-digit safety number of two devices, in twelve groups of five: the same on both screens, whoever asks.
///
/// Each device's half is 30 digits of SHA-256("igoon/v1/hash/safety-number" || bundle bytes): six times five bytes, big
/// endian, modulo 100,000. The smaller half comes first.
#[must_use]
pub fn safety_number(a: &Bundle, b: &Bundle) -> String {
    both([a, b].map(|bundle| primitives::hash(label::HASH_SAFETY_NUMBER, &[&bundle.signed().bundle.0])))
}

/// The 60-digit safety number of two people in a room, whose computers count there: the same on the screens of both, on
/// whichever computer. It is another one as soon as somebody has a computer more, or less.
///
/// Made like [`safety_number`], each half of SHA-256("igoon/v1/hash/person-safety-number" || the ids of that person's devices,
/// in ascending order). An id stands for the account and the keys ([`Bundle`]).
#[must_use]
pub fn person_safety_number(a: &SortedSet<DeviceId>, b: &SortedSet<DeviceId>) -> String {
    both([a, b].map(|devices| {
        let ids: Vec<&[u8]> = devices.iter().map(|device| device.as_bytes().as_slice()).collect();
        primitives::hash(label::HASH_PERSON_NUMBER, &ids)
    }))
}

/// The number whose halves are made of these hashes.
fn both(hashes: [[u8; 32]; 2]) -> String {
    let [a, b] = hashes.map(|hash| digits(&hash, 100_000, 5));
    let halves = if a <= b { [a, b] } else { [b, a] };
    halves.concat().join(" ")
}

/// How often the hash behind the approval digits is taken: whoever wants another device with the same digits pays for each try.
const APPROVAL_ROUNDS: u32 = 1 << 16;

/// The 24 digits, in six groups of four, of a device that asks to be approved: it shows its own, and whoever approves it
/// compares them with those of the bundle that came. Takes some hundredths of a second.
///
/// h(0) = SHA-256(bundle), h(n) = SHA-256("igoon/v1/hash/approval-digits" || h(n - 1) || SHA-256(bundle)); of h(65,536) six
/// times five bytes, big endian, modulo 10,000. They are of one device alone: of a number made of two, a service that puts
/// itself between them chooses both halves, and finds two that agree in the square root of the tries.
#[must_use]
pub fn approval_digits(newcomer: &Bundle) -> String {
    let bundle = primitives::sha256(&newcomer.signed().bundle.0);
    // In one piece, of which each round replaces the middle: hashing it in parts takes several times as long.
    let label = label::HASH_APPROVAL_DIGITS;
    let mut input = [label, &bundle, &bundle].concat();
    let mut hash = bundle;
    for _ in 0..APPROVAL_ROUNDS {
        hash = primitives::sha256(&input);
        if let Some(middle) = input.get_mut(label.len()..label.len() + hash.len()) {
            middle.copy_from_slice(&hash);
        }
    }
    digits(&hash, 10_000, 4).join(" ")
}

fn digits(hash: &[u8; 32], modulus: u64, width: usize) -> Vec<String> {
    hash.chunks_exact(5)
        .map(|chunk| {
            let number = chunk.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
            format!("{:0width$}", number % modulus)
        })
        .collect()
}
