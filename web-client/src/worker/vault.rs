//! What this computer keeps: a storage key that cannot be taken out, this installation's id, and records encrypted under
//! that key. The identity and the session are records apart from the core's; the core's messages are in a store of their own,
//! and are read portion by portion.
//!
//! Whoever opens the vault owns it. Every change checks the owner inside its own transaction, so a tab that was pushed
//! aside cannot write over what its successor goes on from.

use igoon_shared::{
    client::{
        io::Change,
        records::{message_key, message_place},
    },
    crypto::system_rng,
    ids::{InstallationId, MessageId, RoomId, Seq},
    protocol::codec,
    sorted::SortedMap,
};
use js_sys::Uint8Array;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{CryptoKey, DomException};
use zeroize::Zeroizing;

use super::{
    database::{Database, MESSAGES, RECORDS, Transaction, VAULT},
    history::Portion,
    seal,
};
use crate::messages::HistoryWish;

const KEY: &str = "key";
const OWNER: &str = "owner";
const INSTALLATION: &str = "installation";
const IDENTITY: &str = "identity";
const SESSION: &str = "session";

/// All stores.
const EVERYTHING: [&str; 3] = [VAULT, RECORDS, MESSAGES];

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

/// All records but messages, decrypted.
pub(super) struct Records {
    pub(super) identity: Option<Zeroizing<Vec<u8>>>,
    pub(super) session: Option<Session>,
    /// The core's.
    pub(super) core: Vec<(String, Vec<u8>)>,
    /// The first that could not be decrypted.
    pub(super) damaged: Option<String>,
}

/// Which messages of a room there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// The first one's place.
    pub(super) first: Seq,
    /// The last one's place.
    pub(super) last: Seq,
    /// How many stand from there to there.
    pub(super) count: u64,
}

impl Vault {
    /// Opens the vault, or makes it, and owns it from now on.
    pub(super) async fn open() -> Result<Self, VaultError> {
        let database = Database::open().await?;
        let owner = MessageId::random(&mut system_rng()).to_string();
        let reading = database.transaction(&EVERYTHING, "readonly")?;
        let key = reading.get(VAULT, KEY).await?;
        let installation = reading.get(VAULT, INSTALLATION).await?;
        let fresh = reading.is_empty(RECORDS).await? && reading.is_empty(MESSAGES).await?;
        let key = match key.dyn_into::<CryptoKey>() {
            Ok(key) => key,
            Err(_) if fresh => seal::new_key().await?,
            // A new key would not open the old records: made anew only when they are forgotten.
            Err(_) => return Err(VaultError::Damaged(KEY.to_owned())),
        };
        let installation = installation.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec);
        let installation = installation.and_then(|bytes| InstallationId::try_from(bytes.as_slice()).ok());
        let installation = installation.unwrap_or_else(|| InstallationId::random(&mut system_rng()));
        let writing = database.transaction(&[VAULT], "readwrite")?;
        writing.put(VAULT, KEY, &key)?;
        writing.put(VAULT, INSTALLATION, &Uint8Array::from(installation.as_bytes().as_slice()))?;
        writing.put(VAULT, OWNER, &owner.as_str().into())?;
        writing.finish().await?;
        Ok(Self { database, key, owner, installation })
    }

    /// Removes everything, whatever state it is in, and whoever owns it.
    pub(super) async fn destroy() -> Result<(), VaultError> {
        let database = Database::open().await?;
        let transaction = database.transaction(&EVERYTHING, "readwrite")?;
        for store in EVERYTHING {
            transaction.clear(store)?;
        }
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

    /// Reads everything but messages.
    pub(super) async fn read(&self) -> Result<Records, VaultError> {
        let stored = self.database.transaction(&[RECORDS], "readonly")?.all(RECORDS).await?;
        let mut records = Records { identity: None, session: None, core: Vec::new(), damaged: None };
        for (key, value) in self.decrypt(stored).await {
            records.add(&key, value);
        }
        Ok(records)
    }

    /// Reads the messages of a room that a page wishes for.
    pub(super) async fn portion(&self, room: RoomId, wish: HistoryWish) -> Result<Portion, VaultError> {
        let reading = self.database.transaction(&[MESSAGES], "readonly")?;
        let (first, last) = (message_key(room, Seq(0)), message_key(room, Seq(u64::MAX)));
        let size = u32::try_from(HistoryWish::PORTION).unwrap_or(u32::MAX);
        // The key from which on the portion is read, and how far.
        let (from, to) = match wish {
            HistoryWish::Latest => (reading.key_before(MESSAGES, (&first, &last), size - 1).await?, last.clone()),
            HistoryWish::Before(seq) => {
                let to = message_key(room, Seq(seq.0.saturating_sub(1)));
                (reading.key_before(MESSAGES, (&first, &to), size - 1).await?, to)
            }
            HistoryWish::After(seq) => (Some(message_key(room, seq.next())), last.clone()),
            HistoryWish::Around(seq) => {
                let before = message_key(room, Seq(seq.0.saturating_sub(1)));
                let from = reading.key_before(MESSAGES, (&first, &before), size / 2 - 1).await?;
                (Some(from.unwrap_or_else(|| message_key(room, seq))), last.clone())
            }
        };
        let mut stored = match &from {
            Some(from) => reading.range(MESSAGES, (from, &to), size).await?,
            None => Vec::new(),
        };
        let earlier = match stored.first() {
            Some((read, _)) => reading.key_before(MESSAGES, (&first, read), 1).await?.is_some_and(|key| key != *read),
            None => false,
        };
        let later = match stored.last() {
            Some((read, _)) => reading.range(MESSAGES, (read, &last), 2).await?.len() > 1,
            None => false,
        };
        let entries = self.decrypt(std::mem::take(&mut stored)).await;
        Ok(Portion { entries, earlier, later })
    }

    /// How many messages of a room there are, and from where to where; `None` without one.
    pub(super) async fn extent(&self, room: RoomId) -> Result<Option<Extent>, VaultError> {
        let reading = self.database.transaction(&[MESSAGES], "readonly")?;
        let (first, last) = (message_key(room, Seq(0)), message_key(room, Seq(u64::MAX)));
        let range = (first.as_str(), last.as_str());
        let count = reading.count(MESSAGES, range).await?;
        let first = reading.range(MESSAGES, range, 1).await?.into_iter().next().map(|(key, _)| key);
        let last = reading.key_before(MESSAGES, range, 0).await?;
        let place = |key: Option<String>| key.as_deref().and_then(message_place).map(|(_, seq)| seq);
        Ok(place(first).zip(place(last)).map(|(first, last)| Extent { first, last, count }))
    }

    /// Reads the messages from one place of a room to another, both included; those that are damaged are left out.
    pub(super) async fn messages(
        &self,
        room: RoomId,
        first: Seq,
        last: Seq,
    ) -> Result<Vec<(String, Vec<u8>)>, VaultError> {
        let entries = self.entries(room, (first, last), u32::MAX).await?.into_iter();
        Ok(entries.filter_map(|(key, value)| Some((key, value?.to_vec()))).collect())
    }

    /// Reads at most `count` messages from one place of a room to another, both included; none where one is damaged.
    pub(super) async fn entries(
        &self,
        room: RoomId,
        (first, last): (Seq, Seq),
        count: u32,
    ) -> Result<Vec<(String, Option<Zeroizing<Vec<u8>>>)>, VaultError> {
        let reading = self.database.transaction(&[MESSAGES], "readonly")?;
        let (first, last) = (message_key(room, first), message_key(room, last));
        let stored = reading.range(MESSAGES, (&first, &last), count).await?;
        Ok(self.decrypt(stored).await)
    }

    /// Decrypts stored values; none where one is damaged.
    async fn decrypt(&self, stored: Vec<(String, JsValue)>) -> Vec<(String, Option<Zeroizing<Vec<u8>>>)> {
        let mut decrypted = Vec::with_capacity(stored.len());
        for batch in stored.chunks(BATCH) {
            let openings: Vec<_> = batch.iter().map(|(key, value)| seal::open(&self.key, key, value)).collect();
            for ((key, _), opening) in batch.iter().zip(openings) {
                let value = match opening {
                    Ok(opening) => seal::opened(opening).await.ok(),
                    Err(_) => None,
                };
                decrypted.push((key.clone(), value));
            }
        }
        decrypted
    }

    /// Makes changes of the core: all or none, durable when this returns. Of several for one record, the last counts.
    pub(super) async fn save(&self, changes: Vec<Change>) -> Result<(), VaultError> {
        let mut last: SortedMap<String, Option<Zeroizing<Vec<u8>>>> = SortedMap::new();
        for change in changes {
            match change {
                Change::Put { key, value } => last.insert(key, Some(Zeroizing::new(value))),
                Change::Delete { key } => last.insert(key, None),
            };
        }
        let mut sealings = Vec::with_capacity(last.len());
        for (key, value) in last {
            let sealing = value.map(|value| seal::seal(&self.key, &key, &value)).transpose()?;
            sealings.push((key, sealing));
        }
        let mut sealed = Vec::with_capacity(sealings.len());
        for (key, sealing) in sealings {
            let value = match sealing {
                Some(sealing) => Some(sealing.finish().await?),
                None => None,
            };
            sealed.push((key, value));
        }
        let transaction = self.owned().await?;
        for (key, value) in sealed {
            let store = if message_place(&key).is_some() { MESSAGES } else { RECORDS };
            match value {
                Some(value) => transaction.put(store, &key, &value)?,
                None => transaction.delete(store, &key)?,
            }
        }
        Ok(transaction.finish().await?)
    }

    /// Keeps the identity; see [`igoon_shared::client::Identity::to_record`].
    pub(super) async fn put_identity(&self, record: &[u8]) -> Result<(), VaultError> {
        self.save(vec![Change::Put { key: IDENTITY.to_owned(), value: record.to_vec() }]).await
    }

    /// Keeps another identity and what changes with it, in one.
    pub(super) async fn renew(&self, record: &[u8], mut changes: Vec<Change>) -> Result<(), VaultError> {
        changes.push(Change::Put { key: IDENTITY.to_owned(), value: record.to_vec() });
        self.save(changes).await
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
        transaction.clear(MESSAGES)?;
        for (key, _) in transaction.all(RECORDS).await? {
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
        transaction.clear(MESSAGES)?;
        Ok(transaction.finish().await?)
    }

    /// A writing transaction, if the vault is still this tab's.
    async fn owned(&self) -> Result<Transaction, VaultError> {
        let transaction = self.database.transaction(&EVERYTHING, "readwrite")?;
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
