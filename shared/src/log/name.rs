//! Names beside the log: the log holds SHA-256(32 random bytes || name), so that a name can be erased later.

use rand_core::CryptoRng;

use crate::{
    crypto::primitives,
    ids::NameHash,
    protocol::{bytes::Blob, frames::OpenName},
};

impl OpenName {
    /// A name with fresh random bytes.
    pub fn new(name: &str, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut random = [0; 32];
        rng.fill_bytes(&mut random);
        Self { random: Blob(random.to_vec()), name: name.to_owned() }
    }

    /// How it stands in the log; `None` when there are not 32 random bytes.
    #[must_use]
    pub fn hash(&self) -> Option<NameHash> {
        (self.random.0.len() == 32).then(|| {
            let mut bytes = self.random.0.clone();
            bytes.extend_from_slice(self.name.as_bytes());
            NameHash::from_bytes(primitives::sha256(&bytes))
        })
    }
}
