//! Waiting for a condition, with a deadline.

use std::time::{Duration, Instant};

/// How long anything that should happen may take on a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// The longest pause between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Asks again and again until `probe` answers: after a millisecond at first, since most things happen soon.
///
/// # Panics
/// After [`DEADLINE`], naming `what`.
pub async fn until<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + DEADLINE;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(Instant::now() < end, "waited {DEADLINE:?} in vain for: {what}");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE);
    }
}
