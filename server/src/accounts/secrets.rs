//! Secrets that a client holds and the server recognises by their hash: session tokens and socket tickets. Each is 256
//! random bits, base64url; so a fast hash is enough, and what is stored cannot be used.

use core::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use igoon_shared::{
    crypto::{primitives, system_rng},
    protocol::http::SecretText,
};
use rand_core::Rng as _;
use zeroize::Zeroizing;

/// Length of a secret as text.
const TEXT_LEN: usize = 43;

/// SHA-256 of a secret: what the store knows. Debug shows nothing, since it names a session.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash(pub [u8; 32]);

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(redacted)")
    }
}

/// A fresh secret and its hash.
#[must_use]
pub fn fresh() -> (SecretText, SecretHash) {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    system_rng().fill_bytes(bytes.as_mut_slice());
    let secret = SecretText::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()));
    let hash = hash(secret.expose());
    (secret, hash)
}

/// The hash of a secret as a client sent it; `None` when it cannot be one.
#[must_use]
pub fn recognise(text: &str) -> Option<SecretHash> {
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (text.len() == TEXT_LEN && text.bytes().all(alphabet)).then(|| hash(text))
}

fn hash(text: &str) -> SecretHash {
    SecretHash(primitives::sha256(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_secret_is_recognised_and_never_the_same() {
        let ((one, one_hash), (other, other_hash)) = (fresh(), fresh());
        assert_eq!(recognise(one.expose()), Some(one_hash));
        assert_ne!(one.expose(), other.expose());
        assert_ne!(one_hash, other_hash);
    }

    #[test]
    fn what_cannot_be_a_secret_is_not_hashed() {
        for bad in ["", "x", &"a".repeat(42), &"a".repeat(44), &format!("{}=", "a".repeat(42))] {
            assert_eq!(recognise(bad), None);
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let (secret, hash) = fresh();
        let shown = format!("{secret:?} {hash:?}");
        assert!(!shown.contains(secret.expose()));
        assert_eq!(shown, "SecretText(redacted) SecretHash(redacted)");
    }
}
