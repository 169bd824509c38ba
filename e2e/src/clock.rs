//! A clock that a test moves under a running server: libfaketime tells the server's process another time of day. What measures
//! how long something lasts is left alone. It is the library for programs with threads: the other one tells the true time now and then.

use std::{fs, path::PathBuf, time::Duration};

use crate::server::Settings;

/// The time of day of the servers that are started with it.
#[derive(Debug)]
pub struct Clock {
    folder: tempfile::TempDir,
    ahead: Duration,
}

impl Clock {
    /// One that goes right.
    #[must_use]
    pub fn new() -> Self {
        let clock = Self { folder: tempfile::tempdir().unwrap(), ahead: Duration::ZERO };
        clock.set();
        clock
    }

    /// Lets a server go by this clock.
    ///
    /// # Panics
    /// When libfaketime is not there: `cargo xtask setup --for test` installs it.
    pub fn give_to(&self, settings: &mut Settings) {
        settings.environment.extend([
            ("LD_PRELOAD", library().into()),
            ("FAKETIME_TIMESTAMP_FILE", self.file().into()),
            // Looked at anew each time.
            ("FAKETIME_NO_CACHE", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
            ("DONT_FAKE_MONOTONIC", "1".into()),
        ]);
    }

    /// Moves it.
    pub fn advance(&mut self, by: Duration) {
        self.ahead += by;
        self.set();
    }

    fn set(&self) {
        // In one step: a server may look meanwhile.
        let new = self.folder.path().join("new");
        fs::write(&new, format!("+{}s", self.ahead.as_secs())).unwrap();
        fs::rename(new, self.file()).unwrap();
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("time")
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

/// Debian keeps it in a folder of the architecture's.
fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").unwrap().flatten();
    let mut found =
        folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1")).filter(|path| path.exists());
    found.next().expect("libfaketime is there: `cargo xtask setup --for test` installs it")
}
