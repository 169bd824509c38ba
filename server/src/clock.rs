//! The one source of time. Nothing else in the server reads a clock; tests can move this one, in test builds only.

#[cfg(test)]
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use std::{
    sync::LazyLock,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use igoon_shared::time::Timestamp;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Tells the time. Cheap to clone; clones agree.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    #[cfg(test)]
    set: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The operating system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands still until a test moves it.
    #[cfg(test)]
    pub(crate) fn standing(at: Timestamp) -> Self {
        Self { set: Some(Arc::new(AtomicI64::new(at.0))) }
    }

    /// Moves a standing clock.
    #[cfg(test)]
    pub(crate) fn advance(&self, millis: i64) {
        if let Some(set) = &self.set {
            set.fetch_add(millis, Ordering::SeqCst);
        }
    }

    /// This moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        #[cfg(test)]
        if let Some(set) = &self.set {
            return Timestamp(set.load(Ordering::SeqCst));
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// Milliseconds of a clock that never goes back, for measuring how long something lasts.
    #[must_use]
    pub fn steady_ms(&self) -> u64 {
        #[cfg(test)]
        if let Some(set) = &self.set {
            return u64::try_from(set.load(Ordering::SeqCst)).unwrap_or_default();
        }
        u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_standing_clock_move_together() {
        let clock = Clock::standing(Timestamp(1_000));
        let other = clock.clone();
        clock.advance(500);
        assert_eq!(other.now(), Timestamp(1_500));
    }

    #[test]
    fn the_system_clock_is_in_this_century() {
        assert!(Clock::system().now() > Timestamp(1_700_000_000_000));
    }
}
