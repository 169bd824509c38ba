//! What a session is opened with, kept where the system keeps secrets ([`store`]); where it does not, in an encrypted file
//! ([`sealed`]), which protects much less: docs/SECURITY.md says what.
//!
//! A key store is only believed once it gave back what it took: one that is locked, or has nobody to ask, says yes first and
//! fails later.

mod sealed;
mod store;

use std::path::PathBuf;

use igoon_shared::wrapper::{Kept, ServerAddress, WrapperError};
use zeroize::Zeroizing;

use self::{sealed::SealedFile, store::KeyStore};

/// See the module.
pub(crate) struct Secrets {
    store: KeyStore,
    folder: PathBuf,
}

impl Secrets {
    /// Kept under this app's identifier, or in this folder.
    pub(crate) const fn new(identifier: String, folder: PathBuf) -> Self {
        Self { store: KeyStore(identifier), folder }
    }

    /// What is kept for a server; what cannot be read is as good as lost, and its owner signs in again. A file is newer than
    /// what the key store has, which did not take it.
    pub(crate) fn read(&self, server: &ServerAddress) -> Kept {
        let read = self.file(server).read().or_else(|| self.store.get(server));
        read.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    /// Keeps this in place of what was kept.
    ///
    /// # Errors
    /// [`WrapperError::NotKept`]
    pub(crate) fn keep(&self, server: &ServerAddress, kept: &Kept) -> Result<(), WrapperError> {
        let file = self.file(server);
        if kept.is_empty() {
            self.store.delete(server);
            return file.remove().map_err(|_| WrapperError::NotKept);
        }
        let text = Zeroizing::new(serde_json::to_vec(kept).map_err(|_| WrapperError::NotKept)?);
        if self.store.set(server, &text) {
            return file.remove().map_err(|_| WrapperError::NotKept);
        }
        file.write(&text).map_err(|_| WrapperError::NotKept)
    }

    fn file(&self, server: &ServerAddress) -> SealedFile {
        SealedFile::new(&self.folder, server)
    }
}
