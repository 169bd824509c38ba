//! How often somebody may try to get into an account or have mails sent.
//!
//! Each thing is counted twice: for the address that it is about, so that many sources together achieve no more than one,
//! and for the source, so that one source does not try many addresses. What is counted for an address is what was typed,
//! whether or not there is such an account.
//!
//! A flood of guesses does not shut out who it is about: an installation on which a code was entered before is counted by
//! itself, and live sessions are not concerned.

use std::{num::NonZeroU32, time::Duration};

use igoon_shared::ids::{AccountId, RoomId};

use super::email::Email;
use crate::{
    clock::Clock,
    config::Rates,
    error::Error,
    limits::{Keyed, Quota},
};

const HOUR: Duration = Duration::from_secs(60 * 60);
/// After a pause, so many times less may be done at once than in an hour.
const BURST_SHARE: u32 = 6;

/// Requests for recovery that an account may make in one room.
const RECOVERIES_PER_HOUR: u32 = 30;

/// See the module.
pub struct AccountLimits {
    sign_ins: Keyed,
    sign_ins_of_source: Keyed,
    own_sign_ins: Keyed,
    mails: Keyed,
    mails_of_source: Keyed,
    own_mails: Keyed,
    own_passwords: Keyed,
    recoveries: Keyed,
}

impl AccountLimits {
    /// As the settings say.
    #[must_use]
    pub fn new(rates: &Rates, clock: &Clock) -> Self {
        let keyed = |per_hour: u32| Keyed::new(quota(per_hour), clock);
        let shared = |per_hour: u32| keyed(per_hour.saturating_mul(rates.people_per_source));
        Self {
            sign_ins: keyed(rates.sign_ins_per_hour),
            sign_ins_of_source: shared(rates.sign_ins_per_hour),
            own_sign_ins: keyed(rates.sign_ins_per_hour),
            mails: keyed(rates.mails_per_hour),
            mails_of_source: shared(rates.mails_per_hour),
            own_mails: keyed(rates.mails_per_hour),
            own_passwords: keyed(rates.sign_ins_per_hour),
            recoveries: keyed(RECOVERIES_PER_HOUR),
        }
    }

    /// A sign-in to this address is tried from this source (see the bucket of a source); `own` is the proof of an installation that is trusted there.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn sign_in(&self, source: [u8; 16], email: &Email, own: Option<&[u8; 32]>) -> Result<(), Error> {
        match own {
            Some(proof) => checked(&self.own_sign_ins, proof),
            None => {
                checked(&self.sign_ins_of_source, &source)?;
                checked(&self.sign_ins, email.key().as_bytes())
            }
        }
    }

    /// A mail to this address is asked for.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn mail(&self, source: [u8; 16], email: &Email) -> Result<(), Error> {
        checked(&self.mails_of_source, &source)?;
        checked(&self.mails, email.key().as_bytes())
    }

    /// A mail is asked for by somebody who has shown the account's password. Counted apart: what strangers ask for does not
    /// keep the owner out.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn own_mail(&self, account: AccountId) -> Result<(), Error> {
        checked(&self.own_mails, account.as_bytes())
    }

    /// A computer of this account asks this room for its access back.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn recovery(&self, account: AccountId, room: RoomId) -> Result<(), Error> {
        checked(&self.recoveries, &[account.as_bytes().as_slice(), room.as_bytes()].concat())
    }

    /// Somebody who is signed in shows the password once more.
    ///
    /// # Errors
    /// [`Error::TooMany`].
    pub fn own_password(&self, account: AccountId) -> Result<(), Error> {
        checked(&self.own_passwords, account.as_bytes())
    }
}

fn quota(per_hour: u32) -> Quota {
    let at_least_one = |count: u32| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
    Quota { burst: at_least_one(per_hour / BURST_SHARE), every: HOUR / at_least_one(per_hour).get() }
}

fn checked(limit: &Keyed, key: &[u8]) -> Result<(), Error> {
    limit.check(key).map_err(Error::too_many)
}

#[cfg(test)]
mod tests {
    use igoon_shared::time::Timestamp;

    use super::*;

    fn limits() -> (AccountLimits, Clock) {
        let clock = Clock::standing(Timestamp(1_000_000));
        (AccountLimits::new(&Rates::default(), &clock), clock)
    }

    fn source(n: u32) -> [u8; 16] {
        u128::from(n).to_be_bytes()
    }

    fn email(n: u32) -> Email {
        Email::parse(&format!("{n}@example.org")).unwrap()
    }

    #[test]
    fn many_sources_guess_no_more_than_one_and_the_owner_is_not_shut_out() {
        let (limits, clock) = limits();
        let guesses =
            |from: u32| (from..from + 10_000).filter(|n| limits.sign_in(source(*n), &email(0), None).is_ok()).count();
        assert_eq!(guesses(0), 10);
        assert!(limits.sign_in(source(0), &email(0), Some(&[7; 32])).is_ok());
        assert!(limits.sign_in(source(1 << 20), &email(0), None).is_err());
        clock.advance(60 * 60 * 1_000);
        assert_eq!(guesses(20_000), 10);
    }

    #[test]
    fn one_source_guesses_few_addresses() {
        let (limits, _) = limits();
        let guesses = (0..10_000).filter(|n| limits.sign_in(source(1), &email(*n), None).is_ok()).count();
        assert_eq!(guesses, 100);
        assert!(limits.sign_in(source(2), &email(20_000), None).is_ok());
    }

    #[test]
    fn mails_to_one_address_are_few() {
        let (limits, clock) = limits();
        let asked = |limits: &AccountLimits| (0..100).filter(|n| limits.mail(source(*n), &email(0)).is_ok()).count();
        assert_eq!(asked(&limits), 3);
        let account = AccountId::from_bytes([1; 16]);
        assert_eq!((0..100).filter(|_| limits.own_mail(account).is_ok()).count(), 3, "the owner's are counted apart");
        clock.advance(200_000);
        assert_eq!(asked(&limits), 1);
    }
}
