//! What clients gave to the server, taken or refused: in it, all of the room keys' shapes that it could hand to anybody.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use igoon_shared::{
    crypto::envelope::Envelope,
    ids::{Epoch, KeyId, RoomId},
    protocol::http::{EpochLink, InviteSealedKey},
};
use serde::Deserialize;

/// The bodies of the requests and the frames of a session's client, also of one that was started again.
#[derive(Clone, Debug, Default)]
pub struct Sent(Arc<Mutex<Vec<Vec<u8>>>>);

/// Room keys as they leave a computer: wrapped for others, under the next key, beside invites.
#[derive(Clone, Debug, Default)]
pub struct SealedKeys {
    /// For one device each.
    pub envelopes: Vec<Envelope>,
    /// Under the next epoch's key.
    pub links: Vec<EpochLink>,
    /// Beside invites.
    pub beside_invites: Vec<InviteSealedKey>,
}

/// What of a body may hold such keys.
#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    envelopes: Vec<Envelope>,
    link: Option<EpochLink>,
    #[serde(default)]
    links: Vec<EpochLink>,
    invite_key: Option<InviteSealedKey>,
}

impl Sent {
    /// This goes out.
    pub fn goes(&self, bytes: &[u8]) {
        self.0.lock().unwrap().push(bytes.to_vec());
    }

    /// All that went out.
    #[must_use]
    pub fn all(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().clone()
    }

    /// The keys in all of them.
    #[must_use]
    pub fn keys(&self) -> SealedKeys {
        let mut keys = SealedKeys::default();
        for bytes in self.0.lock().unwrap().iter() {
            if let Ok(body) = serde_json::from_slice::<Body>(bytes) {
                keys.envelopes.extend(body.envelopes);
                keys.links.extend(body.link.into_iter().chain(body.links));
                keys.beside_invites.extend(body.invite_key);
            }
            keys.beside_invites.extend(serde_json::from_slice::<InviteSealedKey>(bytes).ok());
        }
        keys
    }
}

/// Asserts that in all that these sent each epoch of each room has one key.
///
/// # Panics
/// When it has another, with both.
pub fn assert_one_key_for_each_epoch<'a>(all: impl IntoIterator<Item = &'a Sent>) {
    let mut keys = BTreeMap::<(RoomId, Epoch), BTreeSet<KeyId>>::new();
    for envelope in all.into_iter().flat_map(|sent| sent.keys().envelopes) {
        let context = envelope.context().unwrap();
        keys.entry((context.room, context.epoch)).or_default().insert(context.key_id);
    }
    assert!(!keys.is_empty(), "keys were sent");
    let twice: Vec<_> = keys.into_iter().filter(|(_, keys)| keys.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
