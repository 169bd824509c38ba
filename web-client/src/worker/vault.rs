//! What this computer keeps: a storage key that cannot be taken out, this installation's id, and records encrypted under
//! that key. The identity and the session are records apart from the core's.
//!
//! Whoever opens the vault owns it. Every change checks the owner inside its own transaction, so a tab that was pushed
//! aside cannot write over what its successor goes on from.

use igoon_shared::{
    client::io::Change,
    crypto::system_rng,
    ids::{InstallationId, MessageId},
    protocol::codec,
};
use js_sys::{Array, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{CryptoKey, DomException};
use zeroize::Zeroizing;

use super::{
    database::{Database, RECORDS, Transaction, VAULT},
    seal,
};

const KEY: &str = "key";
const OWNER: &str = "owner";
const INSTALLATION: &str = "installation";
const IDENTITY: &str = "identity";
const SESSION: &str = "session";

/// Records decrypted at a time.
const BATCH: usize = 512;

/// Why the vault cannot do what it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum VaultError {
    /// The browser has no storage for this page, or it is full.
    #[error("no storage")]
    NoStorage,
    /// The disk is full, or what the browser gives this page of it.
    #[error("the storage is full")]
    Full,
    /// The storage was removed while it was open.
    #[error("the storage is gone")]
    Gone,
    /// Another tab opened the vault since.
    #[error("another tab owns the storage")]
    NotOwner,
    /// A record was changed, or the key is gone.
    #[error("record {0} is damaged")]
    Damaged(String),
}

impl From<JsValue> for VaultError {
    fn from(error: JsValue) -> Self {
        match error.dyn_ref::<DomException>().map(DomException::name).as_deref() {
            Some("QuotaExceededError") => Self::Full,
            // Said of a connection that the browser closed, and of stores that are not there any more.
            Some("InvalidStateError" | "NotFoundError") => Self::Gone,
            _ => Self::NoStorage,
        }
    }
}

/// Who was signed in here last: lets the page show its rooms before the server answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Session {
    /// It owns the server.
    pub(super) server_owner: bool,
    /// It may make rooms.
    pub(super) may_create_rooms: bool,
    /// It was in rooms.
    pub(super) in_rooms: bool,
}

/// An open vault.
pub(super) struct Vault {
    database: Database,
    key: CryptoKey,
    owner: String,
    installation: InstallationId,
}

/// All records, decrypted.
pub(super) struct Records {
    pub(super) identity: Option<Zeroizing<Vec<u8>>>,
    pub(super) session: Option<Session>,
    /// The core's.
    pub(super) core: Vec<(String, Vec<u8>)>,
    /// The first that could not be decrypted.
    pub(super) damaged: Option<String>,
}

impl Vault {
    /// Opens the vault, or makes it, and owns it from now on.
    pub(super) async fn open() -> Result<Self, VaultError> {
        let database = Database::open().await?;
        let owner = MessageId::random(&mut system_rng()).to_string();
        let reading = database.transaction("readonly")?;
        let key = reading.get(VAULT, KEY).await?;
        let installation = reading.get(VAULT, INSTALLATION).await?;
        let fresh = reading.is_empty(RECORDS).await?;
        let key = match key.dyn_into::<CryptoKey>() {
            Ok(key) => key,
            Err(_) if fresh => seal::new_key().await?,
            // A new key would not open the old records: made anew only when they are forgotten.
            Err(_) => return Err(VaultError::Damaged(KEY.to_owned())),
        };
        let installation = installation.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec);
        let installation = installation.and_then(|bytes| InstallationId::try_from(bytes.as_slice()).ok());
        let installation = installation.unwrap_or_else(|| InstallationId::random(&mut system_rng()));
        let writing = database.transaction("readwrite")?;
        writing.put(VAULT, KEY, &key)?;
        writing.put(VAULT, INSTALLATION, &Uint8Array::from(installation.as_bytes().as_slice()))?;
        writing.put(VAULT, OWNER, &owner.as_str().into())?;
        writing.finish().await?;
        Ok(Self { database, key, owner, installation })
    }

    /// Removes everything, whatever state it is in, and whoever owns it.
    pub(super) async fn destroy() -> Result<(), VaultError> {
        let database = Database::open().await?;
        let transaction = database.transaction("readwrite")?;
        transaction.clear(VAULT)?;
        transaction.clear(RECORDS)?;
        Ok(transaction.finish().await?)
    }

    /// Calls `gone` when what is stored is taken away.
    pub(super) fn on_gone(&self, gone: impl Fn() + 'static) {
        self.database.on_gone(gone);
    }

    /// This copy of the app.
    pub(super) const fn installation(&self) -> InstallationId {
        self.installation
    }

    /// Reads everything.
    pub(super) async fn read(&self) -> Result<Records, VaultError> {
        let transaction = self.database.transaction("readonly")?;
        let (keys, values) = transaction.all(RECORDS).await?;
        let mut records = Records { identity: None, session: None, core: Vec::new(), damaged: None };
        let stored: Vec<(String, JsValue)> =
            keys.iter().zip(values.iter()).filter_map(|(key, value)| Some((key.as_string()?, value))).collect();
        for batch in stored.chunks(BATCH) {
            let openings: Vec<_> = batch.iter().map(|(key, value)| seal::open(&self.key, key, value)).collect();
            for ((key, _), opening) in batch.iter().zip(openings) {
                let value = match opening {
                    Ok(opening) => seal::opened(opening).await.ok(),
                    Err(_) => None,
                };
                records.add(key, value);
            }
        }
        Ok(records)
    }

    /// Makes changes of the core: all or none, durable when this returns.
    pub(super) async fn save(&self, changes: Vec<Change>) -> Result<(), VaultError> {
        let mut sealed = Vec::with_capacity(changes.len());
        for change in changes {
            sealed.push(match change {
                Change::Put { key, value } => {
                    let value = Zeroizing::new(value);
                    let sealing = seal::seal(&self.key, &key, &value)?;
                    (key, Some(sealing))
                }
                Change::Delete { key } => (key, None),
            });
        }
        let mut ready = Vec::with_capacity(sealed.len());
        for (key, sealing) in sealed {
            ready.push(match sealing {
                Some(sealing) => (key, Some(sealing.finish().await?)),
                None => (key, None),
            });
        }
        let transaction = self.owned().await?;
        for (key, value) in ready {
            match value {
                Some(value) => transaction.put(RECORDS, &key, &value)?,
                None => transaction.delete(RECORDS, &key)?,
            }
        }
        Ok(transaction.finish().await?)
    }

    /// Keeps the identity; see [`igoon_shared::client::Identity::to_record`].
    pub(super) async fn put_identity(&self, record: &[u8]) -> Result<(), VaultError> {
        self.save(vec![Change::Put { key: IDENTITY.to_owned(), value: record.to_vec() }]).await
    }

    /// Remembers who is signed in, or that nobody is.
    pub(super) async fn put_session(&self, session: Option<&Session>) -> Result<(), VaultError> {
        let key = SESSION.to_owned();
        self.save(vec![match session {
            Some(session) => Change::Put { key, value: codec::encode(session) },
            None => Change::Delete { key },
        }])
        .await
    }

    /// Removes the core's records; the identity stays.
    pub(super) async fn forget_core(&self) -> Result<(), VaultError> {
        let transaction = self.owned().await?;
        let (keys, _): (Array, Array) = transaction.all(RECORDS).await?;
        for key in keys.iter().filter_map(|key| key.as_string()) {
            if key != IDENTITY && key != SESSION {
                transaction.delete(RECORDS, &key)?;
            }
        }
        Ok(transaction.finish().await?)
    }

    /// Removes all records; installation and storage key stay.
    pub(super) async fn forget_account(&self) -> Result<(), VaultError> {
        let transaction = self.owned().await?;
        transaction.clear(RECORDS)?;
        Ok(transaction.finish().await?)
    }

    /// A writing transaction, if the vault is still this tab's.
    async fn owned(&self) -> Result<Transaction, VaultError> {
        let transaction = self.database.transaction("readwrite")?;
        if transaction.get(VAULT, OWNER).await?.as_string().as_deref() == Some(self.owner.as_str()) {
            Ok(transaction)
        } else {
            transaction.abort();
            Err(VaultError::NotOwner)
        }
    }
}

impl Records {
    fn add(&mut self, key: &str, value: Option<Zeroizing<Vec<u8>>>) {
        match (key, value) {
            (_, None) => {
                // A damaged identity is the graver news.
                if self.damaged.is_none() || key == IDENTITY {
                    self.damaged = Some(key.to_owned());
                }
            }
            (IDENTITY, Some(value)) => self.identity = Some(value),
            (SESSION, Some(value)) => self.session = codec::decode(&value).ok(),
            (_, Some(value)) => self.core.push((key.to_owned(), value.to_vec())),
        }
    }

    /// The identity is among what cannot be decrypted.
    pub(super) fn identity_is_damaged(&self) -> bool {
        self.damaged.as_deref() == Some(IDENTITY)
    }
}
