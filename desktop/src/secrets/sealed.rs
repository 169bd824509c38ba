//! An encrypted file, for computers without a key store: containers, bare window managers, some servers.
//!
//! Its key comes from the machine's own id (machine-id(5)) by Argon2id. Whoever has the file alone, from a backup or a synced
//! folder, cannot open it; whoever reads files as this person on this machine can. There is no password to ask for that
//! would not be asked for at every start.
//!
//! ```text
//! file = version (1 byte, 1) | salt (16) | nonce (12) | AES-256-GCM(key, nonce, aad = server's address, secret)
//! key  = Argon2id(machine's id, salt), 19 MiB, 2 passes, 1 lane (RFC 9106; OWASP's minimum)
//! ```

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use argon2::Argon2;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use igoon_shared::{
    crypto::{primitives, system_rng},
    wrapper::ServerAddress,
};
use rand_core::Rng as _;
use zeroize::Zeroizing;

use crate::disk;

const VERSION: u8 = 1;
const SALT_LEN: usize = 16;
const NONCE_LEN: usize = 12;

/// The file for one server.
pub(super) struct SealedFile {
    path: PathBuf,
    server: String,
    machine: Option<Zeroizing<String>>,
}

impl SealedFile {
    pub(super) fn new(folder: &Path, server: &ServerAddress) -> Self {
        Self::of_machine(folder, server, machine_id())
    }

    fn of_machine(folder: &Path, server: &ServerAddress, machine: Option<Zeroizing<String>>) -> Self {
        let name = URL_SAFE_NO_PAD.encode(primitives::sha256(server.as_str().as_bytes()));
        Self { path: folder.join(format!("session-{name}.sealed")), server: server.to_string(), machine }
    }

    /// What is in it; `None` if there is none, or none of this machine's.
    pub(super) fn read(&self) -> Option<Zeroizing<Vec<u8>>> {
        let file = fs::read(&self.path).ok()?;
        let (version, rest) = file.split_first()?;
        let (salt, rest) = rest.split_first_chunk::<SALT_LEN>()?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LEN>()?;
        let key = self.key(salt).ok().filter(|_| *version == VERSION)?;
        primitives::aead_open(&key, *nonce, self.server.as_bytes(), ciphertext).ok()
    }

    /// Puts this in the place of what is in it.
    ///
    /// # Errors
    /// The disk's, or that the machine has no id.
    pub(super) fn write(&self, secret: &[u8]) -> io::Result<()> {
        let (mut salt, mut nonce) = ([0; SALT_LEN], [0; NONCE_LEN]);
        system_rng().fill_bytes(&mut salt);
        system_rng().fill_bytes(&mut nonce);
        let key = self.key(&salt)?;
        let sealed = primitives::aead_seal(&key, nonce, self.server.as_bytes(), secret).map_err(io::Error::other)?;
        disk::replace(&self.path, &[&[VERSION][..], &salt, &nonce, &sealed].concat())
    }

    /// Removes it, if there is one.
    ///
    /// # Errors
    /// The disk's.
    pub(super) fn remove(&self) -> io::Result<()> {
        disk::remove(&self.path)
    }

    fn key(&self, salt: &[u8; SALT_LEN]) -> io::Result<Zeroizing<[u8; 32]>> {
        let machine = self.machine.as_ref().ok_or(io::ErrorKind::Unsupported)?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::default()
            .hash_password_into(machine.as_bytes(), salt, key.as_mut_slice())
            .map_err(|error| io::Error::other(error.to_string()))?;
        Ok(key)
    }
}

/// What no other machine has: 32 hexadecimal digits. Systems that have none keep a key store, always.
fn machine_id() -> Option<Zeroizing<String>> {
    ["/etc/machine-id", "/var/lib/dbus/machine-id"].iter().find_map(|path| {
        let text = Zeroizing::new(fs::read_to_string(path).ok()?);
        let id = text.trim();
        (id.len() == 32 && id.bytes().all(|digit| digit.is_ascii_hexdigit())).then(|| Zeroizing::new(id.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &Path, server: &str, machine: Option<&str>) -> SealedFile {
        SealedFile::of_machine(folder, &server.parse().unwrap(), machine.map(|id| Zeroizing::new(id.to_owned())))
    }

    #[test]
    fn what_was_sealed_opens_here_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let here = file(folder.path(), "chat.example.org", Some("one"));
        assert!(here.read().is_none());
        here.write(b"a secret of this session").unwrap();
        assert_eq!(here.read().unwrap().as_slice(), b"a secret of this session");
        let stored = fs::read(&here.path).unwrap();
        assert!(!stored.windows(6).any(|window| window == b"secret"));
        assert!(file(folder.path(), "chat.example.org", Some("two")).read().is_none(), "another machine");
        assert!(file(folder.path(), "chat.example.org", None).read().is_none(), "a machine without an id");
        let other = file(folder.path(), "other.example.org", Some("one"));
        fs::copy(&here.path, &other.path).unwrap();
        assert!(other.read().is_none(), "another server's");
        here.remove().unwrap();
        assert!(here.read().is_none());
    }

    #[test]
    fn a_changed_file_does_not_open() {
        let folder = tempfile::tempdir().unwrap();
        let here = file(folder.path(), "chat.example.org", Some("one"));
        here.write(b"secret").unwrap();
        let stored = fs::read(&here.path).unwrap();
        for at in [0, 1, 17, 29, stored.len() - 1] {
            let mut changed = stored.clone();
            changed[at] ^= 1;
            fs::write(&here.path, &changed).unwrap();
            assert!(here.read().is_none(), "byte {at}");
        }
        for length in [0, 1, 20, 29, 44] {
            fs::write(&here.path, &stored[..length]).unwrap();
            assert!(here.read().is_none(), "{length} bytes");
        }
    }

    #[test]
    fn two_writings_have_nothing_in_common() {
        let folder = tempfile::tempdir().unwrap();
        let here = file(folder.path(), "chat.example.org", Some("one"));
        here.write(b"secret").unwrap();
        let first = fs::read(&here.path).unwrap();
        here.write(b"secret").unwrap();
        assert_ne!(first[1..], fs::read(&here.path).unwrap()[1..]);
    }

    #[test]
    fn without_an_id_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = file(folder.path(), "chat.example.org", None);
        assert!(nowhere.write(b"secret").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
