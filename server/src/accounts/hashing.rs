//! Hashes of passwords and of codes: Argon2id (RFC 9106) with 19 MiB, two passes, one lane, stored as PHC strings.
//!
//! Hashing is meant to be dear, so what it may cost is bounded here: two threads do it and nothing else, so that the memory of
//! two hashes is all that it takes; and a caller who would be too far back in the queue is told to come back. Limits per
//! source and per address stand in front of it, where it is called.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use igoon_shared::protocol::http::SecretText;
use tokio::sync::oneshot;

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

/// What a thread is to do.
type Job = Box<dyn FnOnce() + Send>;

/// Makes and compares hashes. Cheap to clone; clones share the bound. The threads end with the last of them.
#[derive(Clone)]
pub struct Hashing {
    /// Holds no more than there are places.
    jobs: Sender<Job>,
    waiting: Arc<AtomicUsize>,
    /// What is compared where there is nothing to compare with, so that it takes as long.
    nobody: Arc<str>,
}

impl Hashing {
    /// Starts the threads, and makes the hash that stands in for accounts that do not exist.
    ///
    /// # Errors
    /// [`HashError::Failed`] when the operating system has no thread or no randomness to give.
    pub fn new() -> Result<Self, HashError> {
        let (jobs, queued) = mpsc::channel();
        let queued = Arc::new(Mutex::new(queued));
        for number in 0..PARALLEL {
            let queued = Arc::clone(&queued);
            let thread = thread::Builder::new().name(format!("hashing-{number}"));
            thread.spawn(move || work(&queued)).map_err(|_| HashError::Failed)?;
        }
        let nobody = hash(&SecretText::new(String::new()))?.into();
        Ok(Self { jobs, waiting: Arc::new(AtomicUsize::new(0)), nobody })
    }

    /// A place in the queue. Take one before a limit counts: whoever finds the server too busy has not used anything up.
    ///
    /// # Errors
    /// [`HashError::Busy`].
    pub fn queue(&self) -> Result<Place, HashError> {
        let place = Place { hashing: self.clone() };
        if self.waiting.fetch_add(1, Ordering::Relaxed) < WAITING { Ok(place) } else { Err(HashError::Busy) }
    }

    /// The PHC string of a new password or code.
    ///
    /// # Errors
    /// Any [`HashError`].
    pub async fn hash(&self, secret: SecretText) -> Result<String, HashError> {
        self.queue()?.hash(secret).await
    }

    /// The PHC string of a new password, unless it is easy to guess; `known` is what everybody knows of its owner. How easy
    /// it is takes time to find out too, so it is found out here.
    ///
    /// # Errors
    /// Any [`NewPasswordError`].
    pub async fn hash_new(&self, password: SecretText, known: [String; 2]) -> Result<String, NewPasswordError> {
        let place = self.queue()?;
        let hashing = move || {
            password::check(&password, &known.each_ref().map(String::as_str))?;
            Ok(hash(&password)?)
        };
        place.turn(hashing).await
    }

    /// Whether the secret belongs to `stored`. Without a stored hash the answer is no, after the same work.
    ///
    /// # Errors
    /// [`HashError::Busy`] or [`HashError::Failed`].
    pub async fn verify(&self, secret: SecretText, stored: Option<String>) -> Result<bool, HashError> {
        self.queue()?.verify(secret, stored).await
    }
}

/// A place in the queue, given back when dropped: also when the caller goes away while it waits, but not while a hash is made.
pub struct Place {
    hashing: Hashing,
}

impl Place {
    /// See [`Hashing::hash`].
    ///
    /// # Errors
    /// [`HashError::Failed`].
    pub async fn hash(self, secret: SecretText) -> Result<String, HashError> {
        self.turn(move || hash(&secret)).await
    }

    /// See [`Hashing::verify`].
    ///
    /// # Errors
    /// [`HashError::Failed`].
    pub async fn verify(self, secret: SecretText, stored: Option<String>) -> Result<bool, HashError> {
        let nobody = Arc::clone(&self.hashing.nobody);
        self.turn(move || {
            let known = stored.is_some();
            let parsed = PasswordHash::new(stored.as_deref().unwrap_or(&nobody)).map_err(|_| HashError::Failed)?;
            let same = Argon2::default().verify_password(secret.expose().as_bytes(), &parsed).is_ok();
            Ok(known && same)
        })
        .await
    }

    async fn turn<T: Send + 'static, E: From<HashError> + Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let (reply, answer) = oneshot::channel();
        let jobs = self.hashing.jobs.clone();
        let job = move || {
            // Work that has begun goes on when nobody waits for it any more; so it is the work that holds the place.
            let _place = self;
            if !reply.is_closed() {
                // Whoever asked may have gone away meanwhile.
                let _ = reply.send(work());
            }
        };
        jobs.send(Box::new(job)).map_err(|_| HashError::Failed)?;
        answer.await.map_err(|_| HashError::Failed)?
    }
}

/// What one of the threads does.
fn work(queued: &Mutex<Receiver<Job>>) {
    loop {
        let job = queued.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // Its caller hears that nothing came of it.
        if catch_unwind(AssertUnwindSafe(job)).is_err() {
            tracing::error!("hashing panicked");
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.hashing.waiting.fetch_sub(1, Ordering::Relaxed);
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
        let held: Vec<_> = (0..WAITING).map(|_| hashing.queue().unwrap()).collect();
        assert_eq!(hashing.verify(secret("correct horse"), None).await, Err(HashError::Busy));
        drop(held);
        assert_eq!(hashing.verify(secret("correct horse"), None).await, Ok(false));
    }

    #[actix_web::test]
    async fn work_that_panics_is_answered_and_hurts_nobody() {
        let hashing = Hashing::new().unwrap();
        for _ in 0..2 * PARALLEL {
            let failed: Result<(), HashError> = hashing.queue().unwrap().turn(|| panic!("for the test")).await;
            assert_eq!(failed, Err(HashError::Failed));
        }
        assert_eq!(hashing.verify(secret("correct horse"), None).await, Ok(false));
    }

    /// Else whoever asks and goes away, again and again, would have as many hashes made at a time as there are threads.
    #[actix_web::test]
    async fn who_goes_away_takes_its_turn_along_until_its_hash_is_made() {
        let hashing = Hashing::new().unwrap();
        let (begun, begins) = tokio::sync::oneshot::channel();
        let (finish, finishes) = std::sync::mpsc::channel();
        let place = hashing.queue().unwrap();
        let asking = tokio::spawn(place.turn(move || {
            begun.send(()).unwrap();
            finishes.recv().map_err(|_| HashError::Failed)
        }));
        begins.await.unwrap();
        asking.abort();
        assert!(asking.await.unwrap_err().is_cancelled());
        assert_eq!(hashing.waiting.load(Ordering::Relaxed), 1);
        finish.send(()).unwrap();
        while hashing.waiting.load(Ordering::Relaxed) > 0 {
            tokio::task::yield_now().await;
        }
    }
}
