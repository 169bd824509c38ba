//! Waiting for a condition, with a deadline.

use std::time::{Duration, Instant};

/// How long anything that should happen may take on a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Asks again and again until `probe` answers.
///
/// # Panics
/// After [`DEADLINE`], naming `what`.
pub async fn until<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(Instant::now() < end, "waited {DEADLINE:?} in vain for: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
