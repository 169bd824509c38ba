//! When to try again after a failure: exponential, with full jitter (a wait is any up to the longest of its turn), so that
//! a thousand pages that a restarted server lost in one moment do not come back in one: the first of them within a fifth
//! of a second, the last after two.

/// The longest first wait, in milliseconds.
const FIRST_MS: u32 = 2_000;
/// The longest wait, in milliseconds.
const LONGEST_MS: u32 = 30_000;
/// The shortest, in milliseconds: what failed is not asked again in the same breath.
const SHORTEST_MS: u32 = 200;

/// Counts failures in a row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// One more failure; how long to wait now, in milliseconds. `random` is anything random: the wait is between 0.2 s and
    /// 2 s doubled with each failure, up to 30 s.
    pub fn failed(&mut self, random: u32) -> u32 {
        let longest = FIRST_MS.saturating_mul(1 << self.failures.min(4)).min(LONGEST_MS);
        self.failures = self.failures.saturating_add(1);
        SHORTEST_MS + random % (longest - SHORTEST_MS + 1)
    }

    /// It worked.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The longest wait of each turn.
    fn longest(turn: u32) -> u32 {
        // The wait is the shortest one and the random number, which stays what it is below the turn's longest.
        (0..=LONGEST_MS).map(|random| Backoff { failures: turn }.failed(random)).max().unwrap()
    }

    #[test]
    fn the_longest_wait_doubles_up_to_half_a_minute() {
        let waits: Vec<u32> = (0..7).map(longest).collect();
        assert_eq!(waits, [2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
        let mut backoff = Backoff { failures: 9 };
        backoff.succeeded();
        assert_eq!(backoff.failures, 0);
        assert!(Backoff { failures: u32::MAX }.failed(u32::MAX) <= LONGEST_MS, "it never overflows");
    }

    #[test]
    fn a_thousand_pages_that_lost_their_server_together_come_back_spread_out() {
        // Evenly spread random numbers, as good as random ones and the same each time.
        let spread = |page: u32| page.wrapping_mul(2_654_435_761);
        let mut in_a_tenth_of_a_second = [0_u32; 20];
        for page in 0..1_000 {
            let wait = Backoff::default().failed(spread(page));
            in_a_tenth_of_a_second[usize::try_from(wait.min(1_999) / 100).unwrap()] += 1;
        }
        assert!(in_a_tenth_of_a_second.iter().all(|pages| *pages <= 100), "{in_a_tenth_of_a_second:?}");
    }

    #[test]
    fn nothing_is_asked_again_at_once() {
        for random in [0, 1, SHORTEST_MS, u32::MAX] {
            assert!(Backoff::default().failed(random) >= SHORTEST_MS);
        }
    }
}
