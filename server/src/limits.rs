//! Who may ask how often. Limits are counted by key, whatever that stands for: a source, an address, an account. What a key
//! was cannot be read from memory: it is kept as a hash under a secret that lives as long as the process.
//!
//! The rule is GCRA (the virtual scheduling algorithm of ITU-T I.371), by the `governor` crate: one number for each key.

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use governor::{
    RateLimiter, clock::Clock as _, middleware::StateInformationMiddleware, nanos::Nanos,
    state::keyed::HashMapStateStore,
};
use igoon_shared::crypto::{primitives, system_rng};
use rand_core::Rng as _;

use crate::{clock::Clock, config::Rates};

/// Keys that have a state of their own at one time: 1.6 MiB with what is shared. States that no longer matter are dropped
/// when this is reached; if that makes no room, further keys share one of 4,096 states: nobody gets around a limit by
/// making up keys, and nobody's keys are forgotten for it.
const KEYS: usize = 50_000;
/// How often it may look for states that no longer matter.
const SWEEP_MS: u64 = 1_000;

const YEAR: Duration = Duration::from_secs(365 * 24 * 3_600);

/// How often something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// At once, after a pause.
    pub burst: NonZeroU32,
    /// How long it takes until it may be done once more.
    pub every: Duration,
}

impl Quota {
    /// How long it takes until all of it is there again.
    #[must_use]
    pub const fn window(self) -> Duration {
        self.every.saturating_mul(self.burst.get())
    }

    /// The same, or the nearest to it whose window is at most `limit`.
    fn within(self, limit: Duration) -> Self {
        let every = self.every.clamp(Duration::from_nanos(1), limit);
        let most = u32::try_from(limit.as_nanos() / every.as_nanos()).unwrap_or(u32::MAX);
        Self { burst: self.burst.min(NonZeroU32::new(most).unwrap_or(NonZeroU32::MIN)), every }
    }
}

/// All that is limited for the whole server.
pub struct Limits {
    /// API requests of a source.
    pub requests: Keyed,
}

/// One quota, counted for each key apart.
pub struct Keyed {
    quota: Quota,
    clock: Clock,
    secret: [u8; 32],
    limiter: RateLimiter<Place, HashMapStateStore<Place>, Steady, StateInformationMiddleware>,
    swept_at: AtomicU64,
}

/// Where a key's state is kept.
type Place = [u8; 16];

impl Limits {
    /// As the settings say.
    #[must_use]
    pub fn new(rates: &Rates, clock: &Clock) -> Self {
        let at_least_one = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        let every = Duration::from_secs(60) / at_least_one(rates.requests_per_minute).get();
        Self { requests: Keyed::new(Quota { burst: at_least_one(rates.requests_burst), every }, clock) }
    }
}

impl Keyed {
    /// Nothing has been done yet. A quota that takes more than a year to be whole again is cut to a year.
    #[must_use]
    pub fn new(quota: Quota, clock: &Clock) -> Self {
        let quota = quota.within(YEAR);
        let mut secret = [0; 32];
        system_rng().fill_bytes(&mut secret);
        // The other one is never taken: the time between two is not zero.
        let allowed = governor::Quota::with_period(quota.every).unwrap_or(governor::Quota::per_hour(quota.burst));
        let limiter = RateLimiter::hashmap_with_clock(allowed.allow_burst(quota.burst), Steady(clock.clone()));
        Self { quota, clock: clock.clone(), secret, limiter: limiter.with_middleware(), swept_at: AtomicU64::new(0) }
    }

    /// The quota of each key.
    #[must_use]
    pub const fn quota(&self) -> Quota {
        self.quota
    }

    /// Counts one more for this key.
    ///
    /// # Errors
    /// How long to wait if that is one too many; then it is not counted.
    pub fn check(&self, key: &[u8]) -> Result<(), Duration> {
        self.take(key).map(|_| ())
    }

    /// Counts one more for this key and says how many are left at once.
    ///
    /// # Errors
    /// How long to wait if that is one too many; then it is not counted.
    pub fn take(&self, key: &[u8]) -> Result<u32, Duration> {
        match self.limiter.check_key(&self.place(key)) {
            Ok(state) => Ok(state.remaining_burst_capacity()),
            Err(until) => Err(until.wait_time_from(self.limiter.clock().now()).max(Duration::from_millis(1))),
        }
    }

    fn place(&self, key: &[u8]) -> Place {
        let hash = primitives::hash(&self.secret, &[key]);
        let place = hash.first_chunk().copied().unwrap_or_default();
        if self.has_room() {
            return place;
        }
        let [first, second, ..] = place;
        let mut shared = Place::default();
        if let Some(beginning) = shared.first_chunk_mut() {
            *beginning = [first, second & 0x0F];
        }
        shared
    }

    fn has_room(&self) -> bool {
        if self.limiter.len() < KEYS {
            return true;
        }
        let (now, before) = (self.clock.steady_ms(), self.swept_at.load(Ordering::Relaxed));
        let due = now.saturating_sub(before) >= SWEEP_MS;
        if due && self.swept_at.compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.len() < KEYS
    }
}

/// The server's clock, for governor.
struct Steady(Clock);

impl governor::clock::Clock for Steady {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(self.0.steady_ms().saturating_mul(1_000_000))
    }
}

#[cfg(test)]
mod tests {
    use igoon_shared::time::Timestamp;

    use super::*;

    fn keyed(burst: u32, every: Duration) -> (Keyed, Clock) {
        let clock = Clock::standing(Timestamp(1_000_000));
        (Keyed::new(Quota { burst: NonZeroU32::new(burst).unwrap(), every }, &clock), clock)
    }

    #[test]
    fn a_burst_is_allowed_then_one_at_a_time() {
        let (limit, clock) = keyed(3, Duration::from_millis(100));
        assert_eq!([(); 3].map(|()| limit.take(b"a")), [Ok(2), Ok(1), Ok(0)]);
        assert_eq!(limit.check(b"a"), Err(Duration::from_millis(100)));
        clock.advance(40);
        assert_eq!(limit.check(b"a"), Err(Duration::from_millis(60)));
        clock.advance(60);
        assert_eq!(limit.check(b"a"), Ok(()));
        assert_eq!(limit.check(b"a"), Err(Duration::from_millis(100)));
        clock.advance(1_000);
        assert_eq!(limit.take(b"a"), Ok(2));
    }

    #[test]
    fn keys_are_counted_apart() {
        let (limit, _) = keyed(1, Duration::from_secs(60));
        for key in [b"a".as_slice(), b"b", b"", &[0; 1_000]] {
            assert_eq!(limit.check(key), Ok(()));
            assert!(limit.check(key).is_err());
        }
    }

    #[test]
    fn memory_is_bounded_and_a_flood_of_keys_frees_nobody() {
        let (limit, clock) = keyed(1, Duration::from_secs(3_600));
        assert_eq!(limit.check(b"known"), Ok(()));
        let flood = |round: u32| {
            let keys = (0..60_000_u32).map(|one| [round, one].map(u32::to_be_bytes).concat());
            keys.filter(|key| limit.check(key).is_ok()).count()
        };
        let all = KEYS + 4_096;
        let allowed = flood(0);
        assert!((KEYS..all).contains(&allowed), "{allowed}");
        // Nothing has expired; what comes now shares states that others have used up.
        clock.advance(2_000);
        assert!(allowed + flood(1) < all);
        assert!(limit.limiter.len() <= all);
        // Later there is room again.
        clock.advance(2 * 3_600_000);
        assert!((KEYS..=all).contains(&flood(2)));
        assert!(limit.limiter.len() <= all);
    }

    #[test]
    fn extreme_quotas_are_held() {
        for (burst, every) in
            [(u32::MAX, Duration::ZERO), (u32::MAX, Duration::MAX), (1, Duration::MAX), (1, Duration::ZERO)]
        {
            let (limit, clock) = keyed(burst, every);
            assert!(limit.quota().window() <= YEAR);
            for _ in 0..3 {
                let _ = limit.check(b"a");
                clock.advance(i64::from(u32::MAX));
            }
        }
        let (limit, _) = keyed(2, Duration::MAX);
        assert_eq!([(); 2].map(|()| limit.check(b"a").is_ok()), [true, false]);
    }
}
