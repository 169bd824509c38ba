//! What a browser has downloaded.

use std::{fs, path::Path};

use super::Browser;
use crate::wait;

/// What browsers call a file of which a part is missing.
const PARTS: [&str; 2] = [".crdownload", ".part"];

impl Browser {
    /// Waits until so many files are downloaded, each whole; their names and what is in them, by name.
    ///
    /// # Panics
    /// When it is no browser of ours, or after the deadline.
    pub async fn downloads(&self, count: usize) -> Vec<(String, Vec<u8>)> {
        let folder = &self.process.as_ref().expect("a browser").downloads;
        wait::until(&format!("{} to have downloaded {count} files", self.name), async || {
            whole(folder).filter(|files| files.len() == count)
        })
        .await
    }
}

/// The files of a folder, unless one is still being written: its place may be taken by an empty file meanwhile.
fn whole(folder: &Path) -> Option<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).ok()? {
        let path = entry.ok()?.path();
        let name = path.file_name()?.to_str()?.to_owned();
        // Chromium begins with a hidden one.
        if name.starts_with('.') || PARTS.iter().any(|part| name.ends_with(part)) {
            return None;
        }
        let bytes = fs::read(&path).ok().filter(|bytes| !bytes.is_empty())?;
        files.push((name, bytes));
    }
    files.sort();
    Some(files)
}
