//! Numbers that people compare by eye.

use super::{bundle::Bundle, label, primitives};

/// The 60-digit safety number of two devices, in twelve groups of five: the same on both screens, whoever asks.
///
/// Each device's half is 30 digits of SHA-256("igoon/v1/hash/safety-number" || bundle bytes): six times five bytes, big
/// endian, modulo 100,000. The smaller half comes first.
#[must_use]
pub fn safety_number(a: &Bundle, b: &Bundle) -> String {
    let mut halves = [a, b].map(|bundle| {
        let hash = primitives::hash(label::HASH_SAFETY_NUMBER, &[&bundle.signed().bundle.0]);
        digits(&hash, 100_000, 5)
    });
    halves.sort();
    halves.concat().join(" ")
}

/// The 24 digits, in six groups of four, that are compared on both screens before one device approves another.
///
/// SHA-256("igoon/v1/hash/approval-digits" || SHA-256(bundle) || SHA-256(bundle)), the approving device's first; six times
/// five bytes, big endian, modulo 10,000.
#[must_use]
pub fn approval_digits(approver: &Bundle, newcomer: &Bundle) -> String {
    let hash = primitives::hash(
        label::HASH_APPROVAL_DIGITS,
        &[&primitives::sha256(&approver.signed().bundle.0), &primitives::sha256(&newcomer.signed().bundle.0)],
    );
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
