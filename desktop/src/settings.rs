//! What a person chose: the server. Nothing secret.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use igoon_shared::wrapper::ServerAddress;
use serde::{Deserialize, Serialize};

use crate::disk;

/// The file with the settings.
pub(crate) struct Settings(PathBuf);

#[derive(Default, Serialize, Deserialize)]
struct Stored {
    server: Option<ServerAddress>,
}

impl Settings {
    /// Those in this folder.
    pub(crate) fn new(folder: &Path) -> Self {
        Self(folder.join("settings.json"))
    }

    /// The chosen server. A file that cannot be read counts as none: the page asks again.
    pub(crate) fn server(&self) -> Option<ServerAddress> {
        let stored: Stored = serde_json::from_slice(&fs::read(&self.0).ok()?).ok()?;
        stored.server
    }

    /// Chooses a server.
    ///
    /// # Errors
    /// The disk's.
    pub(crate) fn choose(&self, server: ServerAddress) -> io::Result<()> {
        disk::replace(&self.0, &serde_json::to_vec(&Stored { server: Some(server) })?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_kept_and_damage_is_asked_about() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::new(folder.path());
        assert_eq!(settings.server(), None);
        let server: ServerAddress = "chat.example.org".parse().unwrap();
        settings.choose(server.clone()).unwrap();
        assert_eq!(Settings::new(folder.path()).server(), Some(server));
        for damaged in ["", "{\"server\":\"http://chat.example.org\"}"] {
            fs::write(&settings.0, damaged).unwrap();
            assert_eq!(settings.server(), None, "{damaged}");
        }
    }
}
