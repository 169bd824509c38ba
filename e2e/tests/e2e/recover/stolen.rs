//! Somebody has the whole database of a server that holds recovery keys, and not its master key. They try what one would: each
//! thing that stands there as key to each thing that is closed. The same attempts open the room once they have the master key.

use std::collections::BTreeSet;

use igoon_e2e::{columns, custody, database::Kind};
use igoon_shared::{
    client::io::RecoveryChoice,
    crypto::{
        device::DeviceKeys,
        envelope::Envelope,
        epoch::{EpochKey, SealedKey, SealingSecret},
        system_rng,
    },
    ids::{Epoch, KeyId, RoomId},
    log::{
        Action, SignedEntry,
        action::{EpochStarted, RecoveryMode},
    },
    protocol::bytes::Blob,
};

use super::Scene;

const CHOICE: RecoveryChoice = RecoveryChoice {
    mode: RecoveryMode::ServerAssisted,
    veto_delay_ms: 0,
    admins_approve: false,
    owner_by_announcement: false,
};

/// What there is to try.
struct Loot {
    room: RoomId,
    values: BTreeSet<Vec<u8>>,
    /// What the log says of the room's keys: it tells a right guess.
    epochs: Vec<EpochStarted>,
}

impl Loot {
    fn new(room: RoomId, values: Vec<Vec<u8>>) -> Self {
        let started = values.iter().filter_map(|value| {
            let entry = SignedEntry { entry: Blob(value.clone()), signature: Blob(Vec::new()) };
            match entry.body().ok()?.action {
                Action::EpochStarted(started) => Some(started),
                _ => None,
            }
        });
        let epochs = started.collect();
        Self { room, values: values.into_iter().collect(), epochs }
    }

    fn key_ids(&self) -> BTreeSet<KeyId> {
        self.epochs.iter().map(|started| started.key_id).collect()
    }

    fn as_long_as(&self, length: usize) -> impl Iterator<Item = &Vec<u8>> {
        self.values.iter().filter(move |value| value.len() == length)
    }

    /// Every 32 bytes that stand together anywhere.
    fn guesses(&self) -> BTreeSet<[u8; 32]> {
        self.values.iter().flat_map(|value| value.windows(32)).filter_map(|window| window.try_into().ok()).collect()
    }

    /// Those that stand alone, and as they are written in text.
    fn alone(&self) -> BTreeSet<[u8; 32]> {
        let plain = self.as_long_as(32).filter_map(|value| value.as_slice().try_into().ok());
        let written = self.values.iter().filter_map(|value| {
            let text = std::str::from_utf8(value).ok()?;
            let bytes: Blob = serde_json::from_value(text.into()).ok()?;
            bytes.0.try_into().ok()
        });
        plain.chain(written).collect()
    }

    /// Which of the room's keys are what is sealed beside an invite or an epoch's start, if this is the secret.
    fn sealed_under(&self, guess: &[u8; 32]) -> Vec<Epoch> {
        let key = EpochKey::from_slice(guess).unwrap();
        let mut opened = Vec::new();
        for salt in self.as_long_as(16) {
            for ciphertext in self.as_long_as(48) {
                let sealed = SealedKey { salt: Blob(salt.clone()), ciphertext: Blob(ciphertext.clone()) };
                for started in &self.epochs {
                    let opens = [SealingSecret::Invite(guess), SealingSecret::NextEpoch(&key)]
                        .into_iter()
                        .any(|secret| sealed.open(secret, self.room, started.epoch, started.key_id).is_ok());
                    opened.extend(opens.then_some(started.epoch));
                }
            }
        }
        opened
    }

    /// Private keys that stand there as they are, from any of these places of a value on.
    fn private_keys(&self) -> Vec<DeviceKeys> {
        let long = self.values.iter().filter(|value| value.len() > 1_500);
        let tails = long.flat_map(|value| [0, 16, 32, 48].map(|skip| &value[skip..]));
        tails.filter_map(|tail| DeviceKeys::from_parts(tail, &[1; 32]).ok()).collect()
    }

    /// The epochs whose keys come out of envelopes with a private key.
    fn enveloped(&self, keys: &DeviceKeys) -> BTreeSet<Epoch> {
        let mut opened = BTreeSet::new();
        for context in &self.values {
            let mut envelope =
                Envelope { context: Blob(context.clone()), ciphertext: Blob(vec![]), signature: Blob(vec![]) };
            let Ok(said) = envelope.context() else { continue };
            for ciphertext in self.as_long_as(384) {
                envelope.ciphertext = Blob(ciphertext.clone());
                if envelope.open(keys, said.key_id, &mut system_rng()).is_ok() {
                    opened.insert(said.epoch);
                }
            }
        }
        opened
    }
}

async fn a_stolen_database_opens_nothing_without_the_master_key(kind: Kind) {
    let (mut scene, ada, grace) = Scene::new(kind, CHOICE).await;
    let keys = ada.records().into_iter().filter(|(record, _)| record.contains("/key/"));
    let keys: Vec<EpochKey> = keys.map(|(_, key)| EpochKey::from_slice(&key).unwrap()).collect();
    drop((ada.crash().await, grace.crash().await));
    scene.server.stop().await;
    let loot = Loot::new(scene.room, columns::of(&scene.server));
    let key_ids = loot.key_ids();
    assert!(keys.len() > 1 && keys.iter().all(|key| key_ids.contains(&key.key_id())), "a right guess would be known");

    // As the room's keys, as what they are sealed under, as the master key.
    let guesses = loot.guesses();
    assert!(guesses.len() > 5_000, "{} guesses", guesses.len());
    for guess in &guesses {
        assert!(!key_ids.contains(&EpochKey::from_slice(guess).unwrap().key_id()), "a room key stands there");
    }
    let alone = loot.alone();
    assert!(alone.len() > 20, "{} guesses", alone.len());
    for guess in &alone {
        assert_eq!(loot.sealed_under(guess), [], "a room key opens");
        assert!(custody::recovery_keys(&loot.values, guess).is_empty(), "the recovery key opens");
    }
    assert!(loot.private_keys().is_empty(), "a private key stands there");

    // None of that was in vain: one who has the master key, too, reads the room.
    let recovery_keys = custody::recovery_keys(&loot.values, &custody::master_key(&scene.server));
    assert_eq!(recovery_keys.len(), 1);
    let epochs: BTreeSet<Epoch> = loot.epochs.iter().map(|started| started.epoch).collect();
    assert_eq!(loot.enveloped(&recovery_keys[0]), epochs);
    let oldest = loot.epochs.iter().map(|started| started.epoch).min().unwrap();
    let newer = keys.iter().flat_map(|key| loot.sealed_under(key.expose()));
    assert!(newer.collect::<BTreeSet<_>>().contains(&oldest), "the links are there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stolen_database_opens_nothing_without_the_master_key_on_sqlite() {
    a_stolen_database_opens_nothing_without_the_master_key(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stolen_database_opens_nothing_without_the_master_key_on_postgres() {
    a_stolen_database_opens_nothing_without_the_master_key(Kind::Postgres).await;
}
