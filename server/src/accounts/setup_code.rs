//! The one-time code that makes the first account: 100 random bits as 20 characters of Crockford's base32
//! (<https://www.crockford.com/base32.html>) in groups of five. The server prints it and stores its hash alone.

use igoon_shared::{
    crypto::{primitives, system_rng},
    protocol::http::SecretText,
};
use rand_core::Rng as _;
use zeroize::Zeroizing;

use super::secrets::SecretHash;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHARS: usize = 20;
const GROUP: usize = 5;

/// A fresh code as it is printed, and its hash.
#[must_use]
pub fn fresh() -> (SecretText, SecretHash) {
    let mut bytes = Zeroizing::new([0_u8; CHARS]);
    system_rng().fill_bytes(bytes.as_mut_slice());
    let mut printed = String::with_capacity(CHARS + CHARS / GROUP);
    let mut code = Zeroizing::new(String::with_capacity(CHARS));
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % GROUP == 0 {
            printed.push('-');
        }
        // 256 is a multiple of 32: every character is equally likely.
        let letter = ALPHABET.get(usize::from(byte % 32)).map_or('0', |letter| char::from(*letter));
        printed.push(letter);
        code.push(letter);
    }
    (SecretText::new(printed), hash(&code))
}

/// The hash of a code as somebody typed it: case, spaces and hyphens do not count, and O, I and L are read as the digits
/// that they look like. `None` when it cannot be a code.
#[must_use]
pub fn recognise(typed: &str) -> Option<SecretHash> {
    let mut code = Zeroizing::new(String::with_capacity(CHARS));
    for c in typed.chars() {
        let c = match c.to_ascii_uppercase() {
            ' ' | '-' => continue,
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let known = u8::try_from(c).is_ok_and(|byte| ALPHABET.contains(&byte));
        if !known || code.len() == CHARS {
            return None;
        }
        code.push(c);
    }
    (code.len() == CHARS).then(|| hash(&code))
}

fn hash(code: &str) -> SecretHash {
    SecretHash(primitives::sha256(code.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_recognised_however_it_is_typed() {
        let (code, hash) = fresh();
        let printed = code.expose();
        assert_eq!(printed.len(), 23);
        assert_eq!(recognise(printed), Some(hash));
        assert_eq!(recognise(&printed.to_lowercase().replace('-', " ")), Some(hash));
        assert_eq!(recognise(&printed.replace('0', "o").replace('1', "l")), Some(hash));
        assert_ne!(fresh().1, hash);
    }

    #[test]
    fn what_cannot_be_a_code_is_refused() {
        for bad in ["", "12345-12345-12345-1234", "12345-12345-12345-123456", "U2345-12345-12345-12345", "é"] {
            assert_eq!(recognise(bad), None, "{bad}");
        }
    }
}
