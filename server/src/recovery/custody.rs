//! The service's recovery keys. The first is made when somebody needs one, the next by `igoon-server recovery-key rotate`; the
//! newest is for new policies, older ones stay for what was wrapped to them. Their private halves are encrypted under the
//! master key, and in memory only while they are used.

use std::{fmt, num::NonZeroU32, sync::Arc, time::Duration};

use actix_web::rt::task::spawn_blocking;
use igoon_shared::{
    crypto::{CryptoError, device::DeviceKeys, holder::Holder, system_rng},
    ids::{DeviceId, RoomId},
};
use tokio::sync::Mutex;

use crate::{
    clock::Clock,
    limits::{Keyed, Quota},
    master_key::MasterKey,
    store::{
        Store, StoreError,
        db::models::recovery_keys::{self, RecoveryKeyRow},
    },
};

/// How many recoveries of a room may be released at once after a pause, and then one in how long.
const RELEASES: Quota = Quota { burst: NonZeroU32::MIN.saturating_add(9), every: Duration::from_secs(6 * 60) };

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum CustodyError {
    /// The service does not have it: it was another one's, or was given up with a master key.
    #[error("the service does not hold this recovery key")]
    NotHeld,
    /// It cannot be opened, or made.
    #[error("a recovery key cannot be used: {0}")]
    Crypto(#[from] CryptoError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The making was ended.
    #[error("a recovery key was not made")]
    Ended,
}

/// A recovery key that is in use. Prints nothing of its private halves.
pub struct HeldKey {
    /// Its public halves.
    pub holder: Holder,
    /// Both pairs.
    pub keys: DeviceKeys,
}

impl fmt::Debug for HeldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldKey").field("holder", &self.holder).finish_non_exhaustive()
    }
}

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct Custody {
    store: Store,
    master_key: MasterKey,
    clock: Clock,
    releases: Arc<Keyed>,
    /// Held while the first is made: many may need it at once.
    making: Arc<Mutex<()>>,
}

impl Custody {
    /// The keys that `store` has, encrypted under `master_key`.
    #[must_use]
    pub fn new(store: Store, master_key: MasterKey, clock: Clock) -> Self {
        let releases = Arc::new(Keyed::new(RELEASES, &clock));
        Self { store, master_key, clock, releases, making: Arc::default() }
    }

    /// The key for new policies, made if there is none yet.
    ///
    /// # Errors
    /// [`CustodyError`].
    pub async fn current(&self) -> Result<Holder, CustodyError> {
        if let Some(row) = self.store.read(recovery_keys::current).await? {
            return public(&row);
        }
        let _alone = self.making.lock().await;
        if self.store.read(recovery_keys::current).await?.is_none() {
            self.make(true).await?;
            tracing::warn!(
                "a recovery key was made: keep a copy of the master key, or rooms that count on it are not recovered"
            );
        }
        let row = self.store.read(recovery_keys::current).await?.ok_or(CustodyError::NotHeld)?;
        public(&row)
    }

    /// Makes another key for new policies.
    ///
    /// # Errors
    /// [`CustodyError`].
    pub async fn rotate(&self) -> Result<Holder, CustodyError> {
        self.make(false).await
    }

    /// Whether there is a key.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn is_in_use(&self) -> Result<bool, StoreError> {
        Ok(self.store.read(recovery_keys::current).await?.is_some())
    }

    /// The key that signs by this one.
    ///
    /// # Errors
    /// [`CustodyError`].
    pub async fn by_signing_key(&self, key: [u8; 32]) -> Result<HeldKey, CustodyError> {
        self.open(self.store.read(move |db| recovery_keys::by_signing_key(db, &key)).await?).await
    }

    /// The key that envelopes name so.
    ///
    /// # Errors
    /// [`CustodyError`].
    pub async fn by_holder(&self, holder: DeviceId) -> Result<HeldKey, CustodyError> {
        self.open(self.store.read(move |db| recovery_keys::by_holder(db, holder)).await?).await
    }

    /// Counts a release in a room.
    ///
    /// # Errors
    /// How long to wait if that is one too many.
    pub fn count_release(&self, room: RoomId) -> Result<(), Duration> {
        self.releases.check(room.as_bytes())
    }

    async fn make(&self, first: bool) -> Result<Holder, CustodyError> {
        let (master_key, now) = (self.master_key.clone(), self.clock.now());
        let (holder, row) = spawn_blocking(move || fresh(&master_key)).await.map_err(|_| CustodyError::Ended)??;
        let id = holder.id();
        self.store.write(move |db| recovery_keys::add(db, id, &row, first, now)).await?;
        Ok(holder)
    }

    async fn open(&self, row: Option<RecoveryKeyRow>) -> Result<HeldKey, CustodyError> {
        let (row, master_key) = (row.ok_or(CustodyError::NotHeld)?, self.master_key.clone());
        spawn_blocking(move || opened(&master_key, &row)).await.map_err(|_| CustodyError::Ended)?
    }
}

fn fresh(master_key: &MasterKey) -> Result<(Holder, RecoveryKeyRow), CustodyError> {
    let keys = DeviceKeys::generate(&mut system_rng())?;
    let holder = keys.holder()?;
    let sealed = master_key.seal_recovery_key(holder.id(), &keys)?;
    let row = RecoveryKeyRow {
        recovery_key: holder.recovery_key().to_vec(),
        signing_key: holder.signing_key().to_vec(),
        sealed,
    };
    Ok((holder, row))
}

fn public(row: &RecoveryKeyRow) -> Result<Holder, CustodyError> {
    let signing_key = row.signing_key.as_slice().try_into().map_err(|_| CryptoError::BadPublicKey)?;
    Ok(Holder::new(&row.recovery_key, signing_key)?)
}

fn opened(master_key: &MasterKey, row: &RecoveryKeyRow) -> Result<HeldKey, CustodyError> {
    let holder = public(row)?;
    let keys = master_key.open_recovery_key(holder.id(), &row.sealed)?;
    if keys.holder()? == holder { Ok(HeldKey { holder, keys }) } else { Err(CryptoError::BadPrivateKey.into()) }
}
