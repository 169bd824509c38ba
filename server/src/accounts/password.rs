//! Passwords: Argon2id (RFC 9106) with 19 MiB, two passes, one lane, stored as PHC strings.
//!
//! Hashing is meant to be dear, so what it may cost is bounded here: it runs on the blocking threads, two at a time, and
//! a caller who would be too far back in the queue is told to come back. Limits per source and per handle belong in
//! front of [`Passwords::verify`], at its one caller.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use igoon_shared::protocol::{http::SecretText, limits};
use tokio::sync::Semaphore;

/// Hashes made at the same time.
const PARALLEL: usize = 2;
/// Hashes made or waited for; about two seconds of work.
const WAITING: usize = 64;

/// Why a password was not hashed or compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer characters than [`limits::PASSWORD_CHARS`] ask for, or more.
    #[error("a password has at least 10 characters")]
    Length,
    /// Too many are waiting.
    #[error("too many people are signing in right now")]
    Busy,
    /// The stored hash cannot be read, or a hash cannot be made.
    #[error("password hashing failed")]
    Failed,
}

/// Makes and compares password hashes. Cheap to clone; clones share the bound.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    /// What an unknown handle's password is compared with, so that it takes as long.
    nobody: Arc<str>,
}

impl Passwords {
    /// Makes the hash that stands in for accounts that do not exist.
    ///
    /// # Errors
    /// [`PasswordError::Failed`] when the operating system has no randomness to give.
    pub fn new() -> Result<Self, PasswordError> {
        Ok(Self {
            turns: Arc::new(Semaphore::new(PARALLEL)),
            waiting: Arc::new(AtomicUsize::new(0)),
            nobody: hash(&SecretText::new(String::new()))?.into(),
        })
    }

    /// The PHC string of a new password.
    ///
    /// # Errors
    /// Any [`PasswordError`].
    pub async fn hash(&self, password: SecretText) -> Result<String, PasswordError> {
        check_length(&password)?;
        self.turn(move || hash(&password)).await
    }

    /// Whether the password belongs to `stored`. Without a stored hash the answer is no, after the same work.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] or [`PasswordError::Failed`].
    pub async fn verify(&self, password: SecretText, stored: Option<String>) -> Result<bool, PasswordError> {
        if check_length(&password).is_err() {
            return Ok(false);
        }
        let nobody = Arc::clone(&self.nobody);
        self.turn(move || {
            let known = stored.is_some();
            let parsed = PasswordHash::new(stored.as_deref().unwrap_or(&nobody)).map_err(|_| PasswordError::Failed)?;
            let same = Argon2::default().verify_password(password.expose().as_bytes(), &parsed).is_ok();
            Ok(known && same)
        })
        .await
    }

    async fn turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _place = Place::take(&self.waiting)?;
        let _turn = self.turns.acquire().await.map_err(|_| PasswordError::Failed)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError::Failed)?
    }
}

/// A place in the queue, given back when dropped: also when the caller goes away while it waits.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Result<Self, PasswordError> {
        let place = Self(waiting);
        if waiting.fetch_add(1, Ordering::Relaxed) < WAITING { Ok(place) } else { Err(PasswordError::Busy) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn check_length(password: &SecretText) -> Result<(), PasswordError> {
    // Counted no further than the limit: the text may be long.
    let counted = password.expose().chars().take(limits::PASSWORD_CHARS.end() + 1).count();
    if limits::PASSWORD_CHARS.contains(&counted) { Ok(()) } else { Err(PasswordError::Length) }
}

fn hash(password: &SecretText) -> Result<String, PasswordError> {
    // The defaults of the crate are the parameters named above; a test holds it to them.
    let hash: PasswordHash =
        Argon2::default().hash_password(password.expose().as_bytes()).map_err(|_| PasswordError::Failed)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretText {
        SecretText::new(text.to_owned())
    }

    #[actix_web::test]
    async fn a_password_is_known_again_and_another_is_not() {
        let passwords = Passwords::new().unwrap();
        let stored = passwords.hash(secret("correct horse")).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(passwords.verify(secret("correct horse"), Some(stored.clone())).await, Ok(true));
        assert_eq!(passwords.verify(secret("incorrect horse"), Some(stored)).await, Ok(false));
    }

    #[actix_web::test]
    async fn an_unknown_handle_is_refused_after_the_same_work() {
        let passwords = Passwords::new().unwrap();
        assert!(passwords.nobody.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(passwords.verify(secret("correct horse"), None).await, Ok(false));
    }

    #[actix_web::test]
    async fn lengths_are_held() {
        let passwords = Passwords::new().unwrap();
        for bad in [secret("ninechars"), secret(&"x".repeat(1025))] {
            assert_eq!(passwords.hash(bad).await, Err(PasswordError::Length));
        }
    }

    #[actix_web::test]
    async fn the_queue_is_bounded_and_places_come_back() {
        let passwords = Passwords::new().unwrap();
        let held: Vec<_> = (0..WAITING).map(|_| Place::take(&passwords.waiting).unwrap()).collect();
        assert_eq!(passwords.verify(secret("correct horse"), None).await, Err(PasswordError::Busy));
        drop(held);
        assert_eq!(passwords.verify(secret("correct horse"), None).await, Ok(false));
    }
}
