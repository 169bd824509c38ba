//! The master key: what the server encrypts under it, a copy of the database alone does not tell. It comes from the setting
//! `master_key` or from the file `master.key` in the data folder, which is made at the first start, readable by its owner
//! alone. Whoever loses it loses what is encrypted under it, and nothing else.
//!
//! The database knows its key again by a value derived from it, so that a server does not start with another one and make
//! another one in silence. Who has lost the key gives up what is encrypted under it, in so many words:
//! `igoon-server forget-master-key`.
//!
//! Sealed = salt (16) || AES-256-GCM(key = HKDF-SHA-256(master key, salt, label), nonce 0, AAD = context, secret).

use std::{
    fmt, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use igoon_shared::{
    crypto::{CryptoError, device::DeviceKeys, primitives, primitives::Secret32, system_rng},
    ids::DeviceId,
    protocol::http::SecretText,
};
use rand_core::Rng as _;
use zeroize::Zeroizing;

const FILE: &str = "master.key";
const SALT: usize = 16;
/// HKDF info of the key for a code that waits in the outbox.
const OUTBOX: &[u8] = b"igoon/v1/server/outbox";
/// HKDF info of the key for a recovery key's private halves.
const RECOVERY_KEY: &[u8] = b"igoon/v1/server/recovery-key";
/// HKDF info of what the key is known by.
const FINGERPRINT: &[u8] = b"igoon/v1/server/master-key-fingerprint";

/// 256 random bits. Cheap to clone; prints nothing.
#[derive(Clone)]
pub struct MasterKey(Arc<Secret32>);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(redacted)")
    }
}

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// It cannot be read or made.
    #[error("the master key {path} cannot be used: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It is not 32 bytes of base64url.
    #[error("the master key is not 43 characters of base64url (32 bytes)")]
    Malformed,
    /// There is none, though the database has been used with one.
    #[error(
        "the master key is missing: this database has been used with one, but there is no setting `master_key` and no file \
         {0}. Put it back; if it is lost for good, `igoon-server forget-master-key` gives up the mails that wait and the \
         recovery keys, and lets the next start make another"
    )]
    Missing(PathBuf),
    /// The database has been used with another one.
    #[error(
        "this is not the master key that the database has been used with: look at the setting `master_key`, or, without it, \
         the file {0}. If the right one is lost for good, `igoon-server forget-master-key` gives up the mails that wait and \
         the recovery keys, and lets the next start take this one"
    )]
    Another(PathBuf),
}

impl MasterKey {
    /// The configured key; without one, that of the data folder, made if it is not there. `known` is what the database knows
    /// its key by; a database that knows none takes any.
    ///
    /// # Errors
    /// [`MasterKeyError`].
    pub fn open(
        configured: Option<&SecretText>,
        data_dir: &Path,
        known: Option<&[u8]>,
    ) -> Result<Self, MasterKeyError> {
        let path = data_dir.join(FILE);
        let key = match configured {
            Some(configured) => Self::parse(configured.expose())?,
            None => match fs::read_to_string(&path) {
                Ok(text) => Self::parse(Zeroizing::new(text).trim_end())?,
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(MasterKeyError::File { path, error });
                }
                Err(_) if known.is_some() => return Err(MasterKeyError::Missing(path)),
                Err(_) => Self::make(&path).map_err(|error| MasterKeyError::File { path: path.clone(), error })?,
            },
        };
        if known.is_none_or(|known| known == key.fingerprint()) { Ok(key) } else { Err(MasterKeyError::Another(path)) }
    }

    fn make(path: &Path) -> io::Result<Self> {
        let mut bytes = Secret32::new([0; 32]);
        system_rng().fill_bytes(bytes.as_mut_slice());
        write_new(path, &bytes)?;
        Ok(Self(Arc::new(bytes)))
    }

    /// What a database knows the key by. It tells nothing about what is encrypted.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        *primitives::derive(self.0.as_slice(), &[], &[FINGERPRINT])
    }

    /// The key written as base64url.
    ///
    /// # Errors
    /// [`MasterKeyError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).map_err(|_| MasterKeyError::Malformed)?);
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| MasterKeyError::Malformed)?;
        Ok(Self(Arc::new(Secret32::new(bytes))))
    }

    /// Encrypts a code that waits to be mailed to `address`.
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn seal_code(&self, address: &str, code: &SecretText) -> Result<Vec<u8>, CryptoError> {
        self.seal(OUTBOX, address.as_bytes(), code.expose().as_bytes())
    }

    /// Opens what [`Self::seal_code`] made.
    ///
    /// # Errors
    /// [`CryptoError::CannotOpen`]: another master key, another address, or damage.
    pub fn open_code(&self, address: &str, sealed: &[u8]) -> Result<SecretText, CryptoError> {
        let code = self.open_sealed(OUTBOX, address.as_bytes(), sealed)?;
        let code = core::str::from_utf8(&code).map_err(|_| CryptoError::CannotOpen)?;
        Ok(SecretText::new(code.to_owned()))
    }

    /// Encrypts the private halves of a recovery key: the Ed25519 seed (32) and the RSA key (PKCS#8).
    ///
    /// # Errors
    /// [`CryptoError`].
    pub fn seal_recovery_key(&self, holder: DeviceId, keys: &DeviceKeys) -> Result<Vec<u8>, CryptoError> {
        let (rsa, seed) = keys.to_parts()?;
        let mut parts = Zeroizing::new(Vec::with_capacity(seed.len() + rsa.len()));
        parts.extend_from_slice(seed.as_slice());
        parts.extend_from_slice(&rsa);
        self.seal(RECOVERY_KEY, holder.as_bytes(), &parts)
    }

    /// Opens what [`Self::seal_recovery_key`] made.
    ///
    /// # Errors
    /// [`CryptoError::CannotOpen`]: another master key, another recovery key, or damage; [`CryptoError::BadPrivateKey`].
    pub fn open_recovery_key(&self, holder: DeviceId, sealed: &[u8]) -> Result<DeviceKeys, CryptoError> {
        let parts = self.open_sealed(RECOVERY_KEY, holder.as_bytes(), sealed)?;
        let (seed, rsa) = parts.split_first_chunk::<32>().ok_or(CryptoError::CannotOpen)?;
        DeviceKeys::from_parts(rsa, &Secret32::new(*seed))
    }

    fn seal(&self, label: &[u8], context: &[u8], secret: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let mut sealed = vec![0; SALT];
        system_rng().fill_bytes(&mut sealed);
        let key = primitives::derive(self.0.as_slice(), &sealed, &[label]);
        sealed.extend(primitives::aead_seal(&key, [0; 12], context, secret)?);
        Ok(sealed)
    }

    fn open_sealed(&self, label: &[u8], context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let (salt, ciphertext) = sealed.split_at_checked(SALT).ok_or(CryptoError::CannotOpen)?;
        let key = primitives::derive(self.0.as_slice(), salt, &[label]);
        primitives::aead_open(&key, [0; 12], context, ciphertext)
    }
}

/// A crash leaves either no file or a whole one.
fn write_new(path: &Path, bytes: &[u8; 32]) -> io::Result<()> {
    let unfinished = path.with_extension("key.new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    let text = Zeroizing::new(format!("{}\n", URL_SAFE_NO_PAD.encode(bytes)));
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    path.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> SecretText {
        SecretText::new("12345678".to_owned())
    }

    #[test]
    fn it_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let sealed = MasterKey::open(None, folder.path(), None).unwrap().seal_code("a@b.c", &code()).unwrap();
        let again = MasterKey::open(None, folder.path(), None).unwrap();
        assert_eq!(again.open_code("a@b.c", &sealed), Ok(code()));
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(folder.path().join(FILE)).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn another_key_or_address_opens_nothing() {
        let (one, other) = (MasterKey::parse(&"A".repeat(43)).unwrap(), MasterKey::parse(&"BA".repeat(21)));
        assert!(matches!(other, Err(MasterKeyError::Malformed)));
        let sealed = one.seal_code("a@b.c", &code()).unwrap();
        assert!(!sealed.windows(8).any(|window| window == b"12345678"));
        assert_eq!(one.open_code("x@b.c", &sealed), Err(CryptoError::CannotOpen));
        let folder = tempfile::tempdir().unwrap();
        let other = MasterKey::open(None, folder.path(), None).unwrap();
        assert_eq!(other.open_code("a@b.c", &sealed), Err(CryptoError::CannotOpen));
        assert_eq!(one.open_code("a@b.c", &sealed[..10]), Err(CryptoError::CannotOpen));
    }

    #[test]
    fn a_database_knows_its_key_and_no_other_is_made_or_taken() {
        let folder = tempfile::tempdir().unwrap();
        let known = MasterKey::parse(&"A".repeat(43)).unwrap().fingerprint();
        let missing = MasterKey::open(None, folder.path(), Some(&known));
        assert!(matches!(missing, Err(MasterKeyError::Missing(_))));
        assert!(!folder.path().join(FILE).exists());
        let key = MasterKey::open(None, folder.path(), None).unwrap();
        assert!(MasterKey::open(None, folder.path(), Some(&key.fingerprint())).is_ok());
        let another = MasterKey::open(None, folder.path(), Some(&known)).map(drop).unwrap_err();
        assert!(matches!(another, MasterKeyError::Another(_)));
        assert!(another.to_string().contains("forget-master-key"));
    }

    #[test]
    fn a_configured_key_comes_first_and_a_damaged_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let configured = SecretText::new("A".repeat(43));
        MasterKey::open(Some(&configured), folder.path(), None).unwrap();
        assert!(!folder.path().join(FILE).exists());
        fs::write(folder.path().join(FILE), "nonsense").unwrap();
        assert!(matches!(MasterKey::open(None, folder.path(), None), Err(MasterKeyError::Malformed)));
        assert_eq!(format!("{:?}", MasterKey::parse(&"A".repeat(43)).unwrap()), "MasterKey(redacted)");
    }
}
