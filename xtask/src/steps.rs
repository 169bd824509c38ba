//! Shows what is being done, how far it is, and how long each step took. On stderr, like cargo and
//! nextest.

use crate::error::{Error, Result};
use std::io::Write;
use std::time::{Duration, Instant};

/// A numbered row of steps: `[3/7] Building the server`.
pub(crate) struct Steps {
    total: usize,
    begun: usize,
}

impl Steps {
    /// A row of `total` steps, none begun.
    pub(crate) fn new(total: usize) -> Self {
        Self { total, begun: 0 }
    }

    /// Does a step; a failure says which step it was.
    pub(crate) fn step<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.begin(title);
        let place = format!("[{}/{}]", self.begun, self.total);
        let start = Instant::now();
        match work() {
            Ok(value) => {
                say(&format!("{place} {title}: done in {}", shown(start.elapsed())));
                Ok(value)
            }
            Err(Error::Message(message)) => Err(Error::Message(format!("{place} {title}: {message}"))),
            Err(reported) => Err(reported),
        }
    }

    /// Announces a step that has the last word: nothing is printed after it.
    pub(crate) fn begin(&mut self, title: &str) {
        self.begun += 1;
        say(&format!("[{}/{}] {title}", self.begun, self.total));
    }
}

/// Tells about something inside a step.
pub(crate) fn note(text: &str) {
    say(&format!("      {text}"));
}

/// One line on stderr. A closed stderr is no reason to stop.
pub(crate) fn say(line: &str) {
    writeln!(std::io::stderr().lock(), "{line}").ok();
}

fn shown(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        assert_eq!(shown(Duration::from_millis(40)), "0.0 s");
        assert_eq!(shown(Duration::from_millis(12_340)), "12.3 s");
        assert_eq!(shown(Duration::from_secs(60)), "1 min 00 s");
        assert_eq!(shown(Duration::from_secs(725)), "12 min 05 s");
    }

    #[test]
    fn a_failure_names_its_step() {
        let mut steps = Steps::new(3);
        steps.step("First", || Ok(())).unwrap();
        let result = steps.step("Second", || Err::<(), _>(Error::new("no room")));
        assert!(matches!(result, Err(Error::Message(message)) if message == "[2/3] Second: no room"));
    }

    #[test]
    fn what_has_been_reported_is_not_reported_again() {
        let result = Steps::new(1).step("Tests", || Err::<(), _>(Error::Reported(100)));
        assert!(matches!(result, Err(Error::Reported(100))));
    }
}
