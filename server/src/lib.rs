//! Igoon's coordination server: it takes what clients encrypt, puts it in order, keeps it and hands it on. It stores
//! ciphertext, envelopes and metadata; no plaintext and no room key ever reaches it.
//!
//! [`run`] is the server. `http -> actors -> store`: handlers use the store directly except for what a live actor holds.
//!
//! Deliberately absent: anything that only one kind of client needs; decryption; a way to run without the store.

pub mod accounts;
pub mod actors;
pub mod clock;
pub mod config;
pub mod error;
pub mod http;
pub mod limits;
pub mod mail;
pub mod master_key;
pub mod recovery;
pub mod store;
pub mod telemetry;
pub mod tls;

use std::{
    fs,
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix::Arbiter;
use actix_web::{HttpServer, rt};
use igoon_shared::protocol::http::SecretText;
use socket2::SockRef;

use crate::{
    accounts::{
        hashing::{HashError, Hashing},
        limits::AccountLimits,
        setup_code,
    },
    actors::{
        Deps,
        directory::Directory,
        health::Registry,
        mailer::{Mailer, Post},
    },
    clock::Clock,
    config::{Config, Origin},
    http::{Origins, Service, assets::Assets},
    limits::Limits,
    mail::{
        letter::{LetterError, Sender},
        transport::{BadCertificates, Transport},
    },
    master_key::{MasterKey, MasterKeyError},
    recovery::custody::{Custody, CustodyError},
    store::{
        Store, StoreError,
        db::models::{accounts as account_rows, outbox, recovery_keys, setup},
    },
    tls::Tls,
};

/// How long a peer may leave sent bytes unacknowledged. It ends connections whose client stopped reading: nothing else in
/// the process can, since their actors do not run.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long rooms may take at shutdown to finish what is under way.
const DRAIN: Duration = Duration::from_secs(3);
/// How long requests that are under way may take at shutdown, in seconds.
const LAST_REQUESTS: u64 = 3;

/// What whoever started the server needs to know.
pub struct Announcement {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// Where it listens.
    pub address: SocketAddr,
    /// The code that makes the first account, where there is none yet.
    pub setup_code: Option<SecretText>,
    /// Where mails go as long as no mail server is set up.
    pub mail_folder: Option<PathBuf>,
}

/// Why the server does not run, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The folder for its data cannot be made.
    #[error("the data folder {path} cannot be made: {error}")]
    DataDir {
        /// Which.
        path: Box<Path>,
        /// Why.
        error: io::Error,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Passwords cannot be hashed.
    #[error(transparent)]
    Hashing(#[from] HashError),
    /// There is no master key.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// The recovery key cannot be made.
    #[error(transparent)]
    RecoveryKey(#[from] CustodyError),
    /// The mail server's certificates.
    #[error(transparent)]
    Mail(#[from] BadCertificates),
    /// The address that mails are from.
    #[error(transparent)]
    Sender(#[from] LetterError),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// Connections cannot be served.
    #[error("connections cannot be served: {0}")]
    Serving(#[from] io::Error),
}

/// Runs the server on `listener` until `shutdown` resolves, then lets it finish what it has taken. Call it inside an actix
/// system. `announce` is called once it can be reached.
///
/// # Errors
/// [`RunError`].
pub async fn run(
    config: Config,
    listener: TcpListener,
    announce: impl FnOnce(&Announcement),
    shutdown: impl Future<Output = ()>,
) -> Result<(), RunError> {
    make_data_dir(&config.data_dir)?;
    let address = listener.local_addr()?;
    let store = open_store(&config).await?;
    let master_key = master_key(&config, &store).await?;
    let setup_code = new_setup_code(&store).await?;
    let clock = Clock::system();
    let scheme = config.scheme();
    let origins = Arc::new(Origins::new(&config.origins, scheme, address.port()));
    let limits = Arc::new(Limits::new(&config.rates, &clock));
    let tls = config.tls.as_ref().map(Tls::server_config).transpose()?;
    if tls.is_none() {
        warn_of_plain_http(address, &config.origins);
    }
    let registry = Registry::new(clock.clone());
    let custody = Custody::new(store.clone(), master_key.clone(), clock.clone());
    if custody.is_in_use().await? {
        tracing::warn!(
            "rooms may count on this server's recovery key: keep a copy of the master key, or they are not recovered"
        );
    }
    let deps = Deps {
        store: store.clone(),
        clock: clock.clone(),
        registry: registry.clone(),
        custody: custody.clone(),
        rates: Arc::new(config.rates),
    };
    let arbiters: Vec<Arbiter> = (0..config.workers.div_ceil(2).clamp(1, 4)).map(|_| Arbiter::new()).collect();
    let post = Post {
        store: store.clone(),
        clock: clock.clone(),
        key: master_key.clone(),
        transport: Arc::new(transport(&config)?),
        sender: sender(&config, address)?,
    };
    let mailer = Mailer::start_on(&Arbiter::current(), &registry, post);
    let directory = Directory::start(deps, arbiters.iter().map(Arbiter::handle).collect());
    let closing = Arc::new(AtomicBool::new(false));
    let mail_folder = config.mail.is_none().then(|| mail_folder(&config));
    let workers = config.workers;
    let service = Service {
        account_limits: Arc::new(AccountLimits::new(&config.rates, &clock)),
        config: Arc::new(config),
        clock,
        store: store.clone(),
        hashing: Hashing::new()?,
        master_key,
        custody,
        mailer: mailer.clone(),
        directory: directory.clone(),
        registry,
        assets: Arc::new(Assets::new(&origins)),
        limits,
        origins,
        closing: Arc::clone(&closing),
    };
    tune(&listener)?;
    let server = HttpServer::new(move || http::application(service.clone()))
        .workers(workers)
        .tcp_nodelay(true)
        .disable_signals()
        .shutdown_timeout(LAST_REQUESTS);
    let server = match tls {
        Some(tls) => server.listen_rustls_0_23(listener, tls)?.run(),
        None => server.listen(listener)?.run(),
    };
    let handle = server.handle();
    let serving = rt::spawn(server);
    tracing::info!(scheme, %address, workers, "listening");
    announce(&Announcement { scheme, address, setup_code, mail_folder });

    shutdown.await;
    tracing::info!("shutting down");
    closing.store(true, Ordering::Relaxed);
    if tokio::time::timeout(DRAIN, directory.shut_down()).await.is_err() {
        tracing::warn!("some rooms did not finish in time; their clients send again what was not answered");
    }
    if tokio::time::timeout(DRAIN, mailer.drain()).await.is_err() {
        tracing::warn!("a mail was under way; it may be sent once more");
    }
    handle.stop(true).await;
    // Everything that was taken is committed before this returns.
    store.shutdown().await;
    for arbiter in arbiters {
        arbiter.stop();
    }
    serving.await.map_err(|error| RunError::Serving(io::Error::other(error)))??;
    tracing::info!("stopped");
    Ok(())
}

/// Makes another recovery key for new policies; those before stay for what was wrapped to them.
///
/// # Errors
/// [`RunError`].
pub async fn rotate_recovery_key(config: &Config) -> Result<(), RunError> {
    make_data_dir(&config.data_dir)?;
    let store = open_store(config).await?;
    let rotated = async {
        let master_key = master_key(config, &store).await?;
        Custody::new(store.clone(), master_key, Clock::system()).rotate().await?;
        Ok(())
    };
    let rotated = rotated.await;
    store.shutdown().await;
    rotated
}

/// After a backup was put back: begins another life of the database.
///
/// # Errors
/// [`RunError`].
pub async fn begin_life(config: &Config) -> Result<(), RunError> {
    let store = open_store(config).await?;
    let now = Clock::system().now();
    let begun = store.write(move |db| setup::begin_life(db, now)).await;
    store.shutdown().await;
    begun?;
    Ok(())
}

/// Where the master key is lost: gives up what is encrypted under it, so that the next start makes or takes another. How many
/// mails and recovery keys were given up.
///
/// # Errors
/// [`RunError`].
pub async fn forget_master_key(config: &Config) -> Result<(usize, usize), RunError> {
    let store = open_store(config).await?;
    let given_up = store.write(|db| {
        setup::forget_master_key(db)?;
        Ok((outbox::erase_all(db)?, recovery_keys::erase_all(db)?))
    });
    let given_up = given_up.await;
    store.shutdown().await;
    Ok(given_up?)
}

async fn open_store(config: &Config) -> Result<Store, RunError> {
    let url = config.database_url.clone();
    let opened = rt::task::spawn_blocking(move || Store::open(&url)).await;
    Ok(opened.map_err(|error| RunError::Serving(io::Error::other(error)))??)
}

/// The key that the database has been used with; at the first start, the one that is there, or a new one.
async fn master_key(config: &Config, store: &Store) -> Result<MasterKey, RunError> {
    let (configured, data_dir) = (config.master_key.as_ref(), &config.data_dir);
    let known = store.read(setup::master_key).await?;
    let key = MasterKey::open(configured, data_dir, known.as_deref())?;
    if known.is_none() {
        let fingerprint = key.fingerprint();
        let known = store.write(move |db| setup::know_master_key(db, &fingerprint)).await?;
        // Another node may have been faster.
        return Ok(MasterKey::open(configured, data_dir, Some(&known))?);
    }
    Ok(key)
}

fn transport(config: &Config) -> Result<Transport, BadCertificates> {
    match &config.mail {
        Some(settings) => Transport::smtp(settings),
        None => {
            tracing::warn!("no mail server is set up: mails go to a folder and codes to the terminal, for trying out");
            Ok(Transport::Folder(mail_folder(config)))
        }
    }
}

fn mail_folder(config: &Config) -> PathBuf {
    config.data_dir.join("outbox")
}

fn sender(config: &Config, address: SocketAddr) -> Result<Sender, LetterError> {
    let here = || format!("{}://{address}", config.scheme());
    let address = config.origins.first().map_or_else(here, |origin| origin.as_str().to_owned());
    Sender::new(config.mail.as_ref().map(|mail| mail.from.clone()), address)
}

/// A fresh code for the first account, as long as there is none. The one before no longer counts.
async fn new_setup_code(store: &Store) -> Result<Option<SecretText>, StoreError> {
    if store.read(account_rows::any_exists).await? {
        return Ok(None);
    }
    let (code, hash) = setup_code::fresh();
    store.write(move |db| setup::set_setup_code_hash(db, &hash.0)).await?;
    Ok(Some(code))
}

fn make_data_dir(path: &Path) -> Result<(), RunError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| RunError::DataDir { path: path.into(), error })
}

/// What connections accepted from here on inherit (tcp(7)), whether or not TLS lies over them.
fn tune(listener: &TcpListener) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    SockRef::from(listener).set_tcp_user_timeout(Some(TCP_USER_TIMEOUT))?;
    Ok(())
}

fn warn_of_plain_http(address: SocketAddr, origins: &[Origin]) {
    // Where all origins are https, something in front speaks it.
    let behind_tls = !origins.is_empty() && origins.iter().all(|origin| origin.as_str().starts_with("https://"));
    if !address.ip().is_loopback() && !behind_tls {
        tracing::warn!(
            %address,
            "this is plain HTTP, and browsers make keys only on pages that come by HTTPS or from their own computer: set \
             `tls_cert` and `tls_key`, or put a proxy in front that speaks HTTPS and name its address in `origins`"
        );
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn accepted_connections_inherit_the_timeout() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        tune(&listener).unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        assert_eq!(SockRef::from(&accepted).tcp_user_timeout().unwrap(), Some(TCP_USER_TIMEOUT));
    }
}
