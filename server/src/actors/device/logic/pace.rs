//! How often a device may ask, and how long it may be silent. Times are milliseconds of the monotonic clock.

/// A token bucket: so many at once, so many a second in the long run.
#[derive(Clone, Debug)]
pub struct Bucket {
    per_second: u64,
    /// Thousandths of a token: one token a second is one thousandth a millisecond.
    capacity: u64,
    tokens: u64,
    filled_at: u64,
}

impl Bucket {
    /// A full bucket.
    #[must_use]
    pub fn new(per_second: u32, burst: u32, now: u64) -> Self {
        let capacity = u64::from(burst.max(1)) * 1_000;
        Self { per_second: u64::from(per_second.max(1)), capacity, tokens: capacity, filled_at: now }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// In how many milliseconds there will be one.
    pub fn take(&mut self, now: u64) -> Result<(), u64> {
        let passed = now.saturating_sub(self.filled_at);
        self.filled_at = self.filled_at.max(now);
        self.tokens = self.tokens.saturating_add(passed.saturating_mul(self.per_second)).min(self.capacity);
        match self.tokens.checked_sub(1_000) {
            Some(left) => {
                self.tokens = left;
                Ok(())
            }
            None => Err((1_000 - self.tokens).div_ceil(self.per_second)),
        }
    }
}

/// Watches that the other side is there.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    heard_at: u64,
    pinged_at: u64,
}

/// What a look at the clock asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Nothing.
    Nothing,
    /// Send a ping.
    Ping,
    /// Nobody is there: end the session.
    Gone,
}

impl Heartbeat {
    /// Between pings.
    pub const PING_EVERY: u64 = 25_000;
    /// Silence that ends a session: two pings went unanswered.
    pub const SILENCE: u64 = 60_000;

    /// For a connection that begins now.
    #[must_use]
    pub const fn new(now: u64) -> Self {
        Self { heard_at: now, pinged_at: now }
    }

    /// Something came from the other side.
    pub fn heard(&mut self, now: u64) {
        self.heard_at = self.heard_at.max(now);
    }

    /// For how long a ping has got no answer, and nothing else came either: since then it is not known whether somebody is
    /// there.
    #[must_use]
    pub fn unanswered_for(&self, now: u64) -> u64 {
        if self.pinged_at > self.heard_at { now.saturating_sub(self.heard_at) } else { 0 }
    }

    /// Looks at the clock.
    pub fn look(&mut self, now: u64) -> Beat {
        if now.saturating_sub(self.heard_at) >= Self::SILENCE {
            return Beat::Gone;
        }
        if now.saturating_sub(self.pinged_at) >= Self::PING_EVERY {
            self.pinged_at = now;
            return Beat::Ping;
        }
        Beat::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_rate_holds() {
        let mut bucket = Bucket::new(2, 3, 0);
        for _ in 0..3 {
            assert_eq!(bucket.take(0), Ok(()));
        }
        assert_eq!(bucket.take(0), Err(500));
        assert_eq!(bucket.take(499), Err(1));
        assert_eq!(bucket.take(500), Ok(()));
        assert_eq!(bucket.take(500), Err(500));
    }

    #[test]
    fn a_bucket_never_holds_more_than_its_burst() {
        let mut bucket = Bucket::new(1_000, 2, 0);
        assert_eq!(bucket.take(1_000_000), Ok(()));
        assert_eq!(bucket.take(1_000_000), Ok(()));
        assert!(bucket.take(1_000_000).is_err());
    }

    #[test]
    fn silence_ends_a_session_and_any_sign_of_life_keeps_it() {
        let mut beat = Heartbeat::new(0);
        assert_eq!(beat.look(24_999), Beat::Nothing);
        assert_eq!(beat.look(25_000), Beat::Ping);
        assert_eq!(beat.look(26_000), Beat::Nothing);
        beat.heard(26_000);
        assert_eq!(beat.look(50_000), Beat::Ping);
        assert_eq!(beat.look(85_999), Beat::Ping);
        assert_eq!(beat.look(86_000), Beat::Gone);
    }

    #[test]
    fn who_answers_pings_was_there_until_the_end_and_who_does_not_until_the_last_answer() {
        let mut beat = Heartbeat::new(0);
        assert_eq!(beat.unanswered_for(20_000), 0);
        beat.look(25_000);
        assert_eq!(beat.unanswered_for(60_000), 60_000);
        beat.heard(60_000);
        assert_eq!(beat.unanswered_for(70_000), 0);
    }
}
