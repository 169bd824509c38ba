//! HTTPS with the operator's own certificate: two PEM files, read at the start and again whenever they were renewed.
//! Connections that stand are not touched by that; the next handshake shows the new certificate.
//!
//! Deliberately absent: fetching certificates (ACME) and choosing one by name (SNI); a proxy in front does both.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject as _},
    },
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use zeroize::Zeroizing;

/// A certificate with its key, and the files that they come from. Clones share them.
#[derive(Clone)]
pub struct Tls(Arc<Files>);

struct Files {
    cert: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path} {flaw}")]
pub struct TlsError {
    setting: &'static str,
    path: Box<Path>,
    flaw: Flaw,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
enum Flaw {
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    #[error("is damaged: {0}")]
    BadPem(pem::Error),
    #[error("holds no certificate in PEM form")]
    NoCertificate,
    #[error("holds no private key in PEM form (PKCS#8, SEC1 or PKCS#1, not encrypted)")]
    NoKey,
    #[error("cannot be used: {0}")]
    Unusable(rustls::Error),
    #[error("does not belong to the certificate in {0}")]
    Mismatch(Box<Path>),
}

impl TlsError {
    /// The setting that names the file.
    #[must_use]
    pub const fn setting(&self) -> &'static str {
        self.setting
    }
}

impl Tls {
    /// Reads a chain (the server's own certificate first) and the private key of its first certificate.
    ///
    /// # Errors
    /// When a file cannot be read, is not PEM, or the two do not belong together.
    pub fn load(cert: PathBuf, key: PathBuf) -> Result<Self, TlsError> {
        let current = RwLock::new(Arc::new(read_pair(&cert, &key)?));
        Ok(Self(Arc::new(Files { cert, key, current })))
    }

    /// Reads the files anew. Handshakes from now on show what they hold.
    ///
    /// # Errors
    /// As [`Tls::load`]; then the certificate from before stays.
    pub fn reload(&self) -> Result<(), TlsError> {
        let pair = Arc::new(read_pair(&self.0.cert, &self.0.key)?);
        *self.0.current.write().unwrap_or_else(PoisonError::into_inner) = pair;
        Ok(())
    }

    /// For a listener: TLS 1.2 and 1.3. The framework adds the names of the HTTP versions that it speaks.
    ///
    /// # Errors
    /// When the cryptography offers no version or suite of TLS, which a build either does or does not.
    pub fn server_config(&self) -> Result<ServerConfig, rustls::Error> {
        let config = ServerConfig::builder_with_provider(Arc::new(provider())).with_safe_default_protocol_versions()?;
        Ok(config.with_no_client_auth().with_cert_resolver(Arc::<Files>::clone(&self.0)))
    }
}

impl ResolvesServerCert for Files {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("cert", &self.cert).field("key", &self.key).finish_non_exhaustive()
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn provider() -> CryptoProvider {
    ring::default_provider()
}

fn read_pair(cert: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let of_cert = |flaw| TlsError { setting: "tls_cert", path: cert.into(), flaw };
    let of_key = |flaw| TlsError { setting: "tls_key", path: key.into(), flaw };

    let text = fs::read(cert).map_err(|error| of_cert(Flaw::Unreadable(error)))?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let chain = chain.map_err(|error| of_cert(Flaw::BadPem(error)))?;
    if chain.is_empty() {
        return Err(of_cert(Flaw::NoCertificate));
    }
    let text = Zeroizing::new(fs::read(key).map_err(|error| of_key(Flaw::Unreadable(error)))?);
    let private = PrivateKeyDer::from_pem_slice(&text).map_err(|error| match error {
        pem::Error::NoItemsFound => of_key(Flaw::NoKey),
        other => of_key(Flaw::BadPem(other)),
    })?;
    CertifiedKey::from_der(chain, private, &provider()).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => of_key(Flaw::Mismatch(cert.into())),
        rustls::Error::InvalidCertificate(_) => of_cert(Flaw::Unusable(error)),
        _ => of_key(Flaw::Unusable(error)),
    })
}

#[cfg(test)]
mod tests {
    use rcgen::generate_simple_self_signed;
    use tempfile::TempDir;

    use super::*;

    /// Certificate and key as PEM.
    fn pair() -> (String, String) {
        let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    struct Folder(TempDir);

    impl Folder {
        fn with(cert: &str, key: &str) -> Self {
            let folder = Self(tempfile::tempdir().unwrap());
            folder.write(cert, key);
            folder
        }

        fn write(&self, cert: &str, key: &str) {
            fs::write(self.0.path().join("cert.pem"), cert).unwrap();
            fs::write(self.0.path().join("key.pem"), key).unwrap();
        }

        fn load(&self) -> Result<Tls, TlsError> {
            Tls::load(self.0.path().join("cert.pem"), self.0.path().join("key.pem"))
        }
    }

    fn shown(tls: &Tls) -> CertificateDer<'static> {
        tls.0.current.read().unwrap().cert[0].clone()
    }

    #[test]
    fn what_is_wrong_is_said_with_the_file() {
        let (cert, key) = pair();
        let (_, other) = pair();
        let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let no_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        for (cert, key, setting, file, why) in [
            ("", key.as_str(), "tls_cert", "cert.pem", "holds no certificate"),
            ("hello", &key, "tls_cert", "cert.pem", "holds no certificate"),
            (&key, &key, "tls_cert", "cert.pem", "holds no certificate"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n", &key, "tls_cert", "cert.pem", "is damaged"),
            (garbage, &key, "tls_cert", "cert.pem", "cannot be used"),
            (&cert, &cert, "tls_key", "key.pem", "holds no private key"),
            (&cert, encrypted, "tls_key", "key.pem", "holds no private key"),
            (&cert, no_key, "tls_key", "key.pem", "cannot be used"),
            (&cert, &other, "tls_key", "key.pem", "does not belong to the certificate in"),
        ] {
            let error = Folder::with(cert, key).load().unwrap_err();
            let text = error.to_string();
            assert_eq!(error.setting(), setting, "{text}");
            assert!(text.contains(file) && text.contains(why), "{text}");
        }
        let folder = Folder::with(&cert, &key);
        fs::remove_file(folder.0.path().join("key.pem")).unwrap();
        let error = folder.load().unwrap_err();
        assert!(error.setting() == "tls_key" && error.to_string().contains("cannot be read"), "{error}");
    }

    #[test]
    fn a_bad_new_pair_leaves_the_old_one() {
        let (cert, key) = pair();
        let folder = Folder::with(&cert, &key);
        let tls = folder.load().unwrap();
        let first = shown(&tls);
        let (renewed, renewed_key) = pair();
        folder.write(&renewed, &key);
        assert!(tls.reload().is_err());
        assert_eq!(shown(&tls), first);
        folder.write(&renewed, &renewed_key);
        tls.reload().unwrap();
        assert_ne!(shown(&tls), first);
    }

    #[test]
    fn the_key_never_prints() {
        let (cert, key) = pair();
        let printed = format!("{:?}", Folder::with(&cert, &key).load().unwrap());
        assert!(printed.contains("key.pem") && !printed.to_lowercase().contains("private"), "{printed}");
    }
}
