//! Room keys in what clients said to the server: all that it could hand to anybody, taken or refused.

use std::collections::{BTreeMap, BTreeSet};

use igoon_shared::{
    crypto::envelope::Envelope,
    ids::{Epoch, KeyId, RoomId},
    protocol::http::{EpochLink, InviteSealedKey},
};
use serde::Deserialize;

use crate::sweep::Heard;

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

impl SealedKeys {
    /// The keys in all that somebody sent.
    #[must_use]
    pub fn said_by(heard: &Heard) -> Self {
        let mut keys = Self::default();
        for bytes in heard.all_said() {
            if let Ok(body) = serde_json::from_slice::<Body>(&bytes) {
                keys.envelopes.extend(body.envelopes);
                keys.links.extend(body.link.into_iter().chain(body.links));
                keys.beside_invites.extend(body.invite_key);
            }
            keys.beside_invites.extend(serde_json::from_slice::<InviteSealedKey>(&bytes).ok());
        }
        keys
    }
}

/// Asserts that in all that these sent each epoch of each room has one key.
///
/// # Panics
/// When it has another, with both.
pub fn assert_one_key_for_each_epoch<'a>(all: impl IntoIterator<Item = &'a Heard>) {
    let mut keys = BTreeMap::<(RoomId, Epoch), BTreeSet<KeyId>>::new();
    for envelope in all.into_iter().flat_map(|heard| SealedKeys::said_by(heard).envelopes) {
        let context = envelope.context().unwrap();
        keys.entry((context.room, context.epoch)).or_default().insert(context.key_id);
    }
    assert!(!keys.is_empty(), "keys were sent");
    let twice: Vec<_> = keys.into_iter().filter(|(_, keys)| keys.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
