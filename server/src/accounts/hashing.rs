//! Hashes of passwords and of codes: Argon2id (RFC 9106) with 19 MiB, two passes, one lane, stored as PHC strings.
//!
//! Hashing is meant to be dear, so what it may cost is bounded here: it runs on the blocking threads, two at a time, and
//! a caller who would be too far back in the queue is told to come back. Limits per source and per address stand in front
//! of it, where it is called.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use igoon_shared::protocol::http::SecretText;
use tokio::sync::Semaphore;

use super::password::{self, BadPassword};

/// Hashes made at the same time.
const PARALLEL: usize = 2;
/// Hashes made or waited for; about two seconds of work.
const WAITING: usize = 64;

/// Why a secret was not hashed or compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// Too many are waiting.
    #[error("too many people are signing in right now")]
    Busy,
    /// The stored hash cannot be read, or a hash cannot be made.
    #[error("hashing failed")]
    Failed,
}

/// Why a new password was not hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NewPasswordError {
    /// It breaks a rule.
    #[error(transparent)]
    Bad(#[from] BadPassword),
    /// It was not looked at.
    #[error(transparent)]
    Hash(#[from] HashError),
}

/// Makes and compares hashes. Cheap to clone; clones share the bound.
#[derive(Clone)]
pub struct Hashing {
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    /// What is compared where there is nothing to compare with, so that it takes as long.
    nobody: Arc<str>,
}

impl Hashing {
    /// Makes the hash that stands in for accounts that do not exist.
    ///
    /// # Errors
    /// [`HashError::Failed`] when the operating system has no randomness to give.
    pub fn new() -> Result<Self, HashError> {
        Ok(Self {
            turns: Arc::new(Semaphore::new(PARALLEL)),
            waiting: Arc::new(AtomicUsize::new(0)),
            nobody: hash(&SecretText::new(String::new()))?.into(),
        })
    }

    /// The PHC string of a new password or code.
    ///
    /// # Errors
    /// Any [`HashError`].
    pub async fn hash(&self, secret: SecretText) -> Result<String, HashError> {
        self.turn(move || hash(&secret)).await
    }

    /// The PHC string of a new password, unless it is easy to guess; `known` is what everybody knows of its owner. How easy
    /// it is takes time to find out too, so it is found out here.
    ///
    /// # Errors
    /// Any [`NewPasswordError`].
    pub async fn hash_new(&self, password: SecretText, known: [String; 2]) -> Result<String, NewPasswordError> {
        self.turn(move || {
            password::check(&password, &known.each_ref().map(String::as_str))?;
            Ok(hash(&password)?)
        })
        .await
    }

    /// Whether the secret belongs to `stored`. Without a stored hash the answer is no, after the same work.
    ///
    /// # Errors
    /// [`HashError::Busy`] or [`HashError::Failed`].
    pub async fn verify(&self, secret: SecretText, stored: Option<String>) -> Result<bool, HashError> {
        let nobody = Arc::clone(&self.nobody);
        self.turn(move || {
            let known = stored.is_some();
            let parsed = PasswordHash::new(stored.as_deref().unwrap_or(&nobody)).map_err(|_| HashError::Failed)?;
            let same = Argon2::default().verify_password(secret.expose().as_bytes(), &parsed).is_ok();
            Ok(known && same)
        })
        .await
    }

    async fn turn<T: Send + 'static, E: From<HashError> + Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let place = Place::take(&self.waiting)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| HashError::Failed)?;
        let working = tokio::task::spawn_blocking(move || {
            // Both go with the work: it goes on when the caller goes away.
            let _held = (place, turn);
            work()
        });
        working.await.map_err(|_| HashError::Failed)?
    }
}

/// A place in the queue, given back when dropped: also when the caller goes away while it waits.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>) -> Result<Self, HashError> {
        let place = Self(Arc::clone(waiting));
        if waiting.fetch_add(1, Ordering::Relaxed) < WAITING { Ok(place) } else { Err(HashError::Busy) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hash(secret: &SecretText) -> Result<String, HashError> {
    // The defaults of the crate are the parameters named above; a test holds it to them.
    let hash: PasswordHash =
        Argon2::default().hash_password(secret.expose().as_bytes()).map_err(|_| HashError::Failed)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretText {
        SecretText::new(text.to_owned())
    }

    #[actix_web::test]
    async fn a_secret_is_known_again_and_another_is_not() {
        let hashing = Hashing::new().unwrap();
        let stored = hashing.hash(secret("correct horse")).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(hashing.verify(secret("correct horse"), Some(stored.clone())).await, Ok(true));
        assert_eq!(hashing.verify(secret("incorrect horse"), Some(stored)).await, Ok(false));
    }

    #[actix_web::test]
    async fn what_has_no_hash_is_refused_after_the_same_work() {
        let hashing = Hashing::new().unwrap();
        assert!(hashing.nobody.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(hashing.verify(secret("correct horse"), None).await, Ok(false));
    }

    #[actix_web::test]
    async fn whoever_goes_away_keeps_the_place_until_the_work_is_done() {
        let hashing = Hashing::new().unwrap();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let working = hashing.turn(move || wait.recv().map_err(|_| HashError::Failed));
        // Long enough to be begun, and then nobody waits for it any more.
        assert!(tokio::time::timeout(std::time::Duration::from_millis(50), working).await.is_err());
        assert_eq!((hashing.waiting.load(Ordering::Relaxed), hashing.turns.available_permits()), (1, PARALLEL - 1));
        go.send(()).unwrap();
        let _all = hashing.turns.acquire_many(u32::try_from(PARALLEL).unwrap()).await.unwrap();
        assert_eq!(hashing.waiting.load(Ordering::Relaxed), 0);
    }

    #[actix_web::test]
    async fn a_new_password_that_is_easy_to_guess_is_not_hashed() {
        let hashing = Hashing::new().unwrap();
        let known = ["ada".to_owned(), "ada@example.org".to_owned()];
        let refused = hashing.hash_new(secret("ada@example.org"), known.clone()).await;
        assert_eq!(refused, Err(NewPasswordError::Bad(BadPassword::Guessable)));
        assert!(hashing.hash_new(secret("correct horse"), known).await.is_ok());
    }

    #[actix_web::test]
    async fn the_queue_is_bounded_and_places_come_back() {
        let hashing = Hashing::new().unwrap();
        let held: Vec<_> = (0..WAITING).map(|_| Place::take(&hashing.waiting).unwrap()).collect();
        assert_eq!(hashing.verify(secret("correct horse"), None).await, Err(HashError::Busy));
        drop(held);
        assert_eq!(hashing.verify(secret("correct horse"), None).await, Ok(false));
    }
}
