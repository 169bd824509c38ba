//! The system's key store: the Secret Service (freedesktop.org), the Keychain, the Credential Manager.

use igoon_shared::wrapper::ServerAddress;
use keyring::{Entry, Error};
use zeroize::Zeroizing;

/// Entries of the app with this identifier, one for each server.
pub(super) struct KeyStore(pub(super) String);

impl KeyStore {
    fn entry(&self, server: &ServerAddress) -> Result<Entry, Error> {
        Entry::new(&self.0, server.as_str())
    }

    /// What is kept for a server; `None` also where there is no key store.
    pub(super) fn get(&self, server: &ServerAddress) -> Option<Zeroizing<Vec<u8>>> {
        self.entry(server).and_then(|entry| entry.get_secret()).ok().map(Zeroizing::new)
    }

    /// Keeps something, and looks whether it is there. Whether it is.
    pub(super) fn set(&self, server: &ServerAddress, secret: &[u8]) -> bool {
        self.entry(server).and_then(|entry| entry.set_secret(secret)).is_ok()
            && self.get(server).is_some_and(|kept| kept.as_slice() == secret)
    }

    /// Removes what is kept for a server. Where nothing can be reached, there is nothing that could be read either.
    pub(super) fn delete(&self, server: &ServerAddress) {
        let _ = self.entry(server).and_then(|entry| entry.delete_credential());
    }
}
