//! When to try again after a failure: exponential, with jitter, so that a thousand pages do not come back in one moment.

/// The first wait, in milliseconds.
const FIRST_MS: u32 = 500;
/// The longest wait, in milliseconds.
const LONGEST_MS: u32 = 30_000;

/// Counts failures in a row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// One more failure; how long to wait now, in milliseconds. `random` is anything random: the wait is between half and
    /// all of 0.5 s doubled with each failure, up to 30 s.
    pub fn failed(&mut self, random: u32) -> u32 {
        let most = FIRST_MS.saturating_mul(1 << self.failures.min(6)).min(LONGEST_MS);
        self.failures = self.failures.saturating_add(1);
        most / 2 + random % (most / 2 + 1)
    }

    /// It worked.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_half_a_minute() {
        let mut backoff = Backoff::default();
        let longest: Vec<u32> = (0..9).map(|_| backoff.clone().failed(0).max(backoff.failed(0)) * 2).collect();
        assert_eq!(longest, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
        backoff.succeeded();
        assert_eq!(backoff.failed(0), 250);
    }

    #[test]
    fn jitter_stays_between_half_and_all() {
        for random in [0, 1, 249, 250, 251, u32::MAX] {
            let wait = Backoff::default().failed(random);
            assert!((250..=500).contains(&wait), "{wait}");
        }
    }

    #[test]
    fn it_never_overflows() {
        let mut backoff = Backoff { failures: u32::MAX };
        assert!(backoff.failed(u32::MAX) <= LONGEST_MS);
    }
}
