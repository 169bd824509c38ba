//! Settings: flags before environment before file before defaults. Every one is documented in `--help`, and all are
//! checked before anything is started.

mod arguments;
mod contact;
mod network;
mod origin;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    net::SocketAddr,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    thread,
};

use igoon_shared::protocol::http::SecretText;

use self::arguments::Settings;
pub use self::{
    arguments::{Arguments, Command, LogFormat, RecoveryKeyCommand},
    contact::{Contact, ParseContactError},
    network::{Network, ParseNetworkError},
    origin::{Origin, ParseOriginError},
};
use crate::{
    accounts::admin_token::AdminToken,
    mail::{settings::MailSettings, transport::Transport},
    master_key::MasterKey,
    store::DatabaseUrl,
    tls::Tls,
};

/// Who may do what how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Frames of a device a second in the long run.
    pub frames_per_second: u32,
    /// Frames of a device at once.
    pub frames_burst: u32,
    /// Sign-ins an hour for one address, from installations that are not trusted.
    pub sign_ins_per_hour: u32,
    /// Mails an hour to one address.
    pub mails_per_hour: u32,
    /// A source may do as much as so many people.
    pub people_per_source: u32,
    /// API requests of a source a minute in the long run.
    pub requests_per_minute: u32,
    /// API requests of a source at once.
    pub requests_burst: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            frames_per_second: 200,
            frames_burst: 1_000,
            requests_per_minute: 600,
            requests_burst: 300,
            sign_ins_per_hour: 60,
            mails_per_hour: 18,
            people_per_source: 10,
        }
    }
}

/// Checked settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// The database.
    pub database_url: DatabaseUrl,
    /// Origins that pages may come from; empty: this computer's, at the port listened on.
    pub origins: Vec<Origin>,
    /// The certificate to serve HTTPS with; without one it is HTTP.
    pub tls: Option<Tls>,
    /// Proxies that tell truly where a request comes from.
    pub trusted_proxies: Vec<Network>,
    /// How the log is written.
    pub log_format: LogFormat,
    /// What is logged.
    pub log: String,
    /// Threads that serve connections.
    pub workers: usize,
    /// Days that a session lasts when it is not used.
    pub session_days: u32,
    /// Where mails are sent; without it, into a folder.
    pub mail: Option<MailSettings>,
    /// The master key, where it does not stand in a file.
    pub master_key: Option<SecretText>,
    /// Not the server's owner alone may make rooms.
    pub anyone_may_create_rooms: bool,
    /// Who may do what how often.
    pub rates: Rates,
    /// Whom people can ask about the server.
    pub contact: Option<Contact>,
    /// Who has it may watch the server without an account.
    pub admin_token: Option<AdminToken>,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the settings file {path} cannot be read: {error}")]
    Unreadable {
        /// Which.
        path: Box<Path>,
        /// Why.
        error: std::io::Error,
    },
    /// The file is not TOML, or has a setting that does not exist or does not fit.
    #[error("the settings file {path} cannot be used: {error}")]
    BadFile {
        /// Which.
        path: Box<Path>,
        /// Where and why.
        error: String,
    },
    /// A setting does not fit.
    #[error("the setting {setting} cannot be used: {why}")]
    BadSetting {
        /// Its name in the file.
        setting: &'static str,
        /// Why.
        why: String,
    },
}

impl Config {
    /// The scheme of the addresses that this server itself serves.
    #[must_use]
    pub const fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

fn merge(flags: Settings, file: Settings) -> Result<Config, ConfigError> {
    let data_dir = flags.data_dir.or(file.data_dir).unwrap_or_else(|| PathBuf::from("igoon-data"));
    if data_dir.exists() && !data_dir.is_dir() {
        return Err(bad("data_dir", format_args!("{} is no folder", data_dir.display())));
    }
    let database_url = match flags.database_url.or(file.database_url) {
        Some(url) => url.parse().map_err(|error| bad("database_url", error))?,
        None => DatabaseUrl::Sqlite(data_dir.join("igoon.db")),
    };
    let log = flags.log.or(file.log).unwrap_or_else(|| "info".to_owned());
    if let Err(error) = tracing_subscriber::EnvFilter::try_new(&log) {
        return Err(bad("log", error));
    }
    let mail = mail(
        flags.smtp_url.or(file.smtp_url).as_ref().map(SecretText::expose),
        flags.mail_from.or(file.mail_from).as_deref(),
        flags.smtp_ca.or(file.smtp_ca).as_deref(),
    )?;
    let master_key = flags.master_key.or(file.master_key);
    if let Some(key) = &master_key {
        MasterKey::parse(key.expose()).map_err(|error| bad("master_key", error))?;
    }
    let admin_token = flags.admin_token.or(file.admin_token).map(|token| token.expose().parse());
    let cores = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let rates = Rates::default();
    let at_least_one = |setting, given: Option<u32>, default| match given.unwrap_or(default) {
        0 => Err(bad(setting, "it must not be 0")),
        value => Ok(value),
    };
    Ok(Config {
        listen: flags.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
        data_dir,
        database_url,
        origins: flags.origins.or(file.origins).unwrap_or_default(),
        tls: tls(flags.tls_cert.or(file.tls_cert), flags.tls_key.or(file.tls_key))?,
        trusted_proxies: flags.trusted_proxies.or(file.trusted_proxies).unwrap_or_default(),
        log_format: flags.log_format.or(file.log_format).unwrap_or_default(),
        log,
        workers: flags.workers.or(file.workers).map_or_else(cores, NonZeroUsize::get),
        session_days: at_least_one("session_days", flags.session_days.or(file.session_days), 90)?,
        mail,
        master_key,
        anyone_may_create_rooms: flags.anyone_may_create_rooms.or(file.anyone_may_create_rooms).unwrap_or_default(),
        rates: Rates {
            sign_ins_per_hour: at_least_one(
                "sign_ins_per_hour",
                flags.sign_ins_per_hour.or(file.sign_ins_per_hour),
                rates.sign_ins_per_hour,
            )?,
            mails_per_hour: at_least_one(
                "mails_per_hour",
                flags.mails_per_hour.or(file.mails_per_hour),
                rates.mails_per_hour,
            )?,
            people_per_source: at_least_one(
                "people_per_source",
                flags.people_per_source.or(file.people_per_source),
                rates.people_per_source,
            )?,
            frames_per_second: at_least_one(
                "frames_per_second",
                flags.frames_per_second.or(file.frames_per_second),
                rates.frames_per_second,
            )?,
            frames_burst: at_least_one("frames_burst", flags.frames_burst.or(file.frames_burst), rates.frames_burst)?,
            requests_per_minute: at_least_one(
                "requests_per_minute",
                flags.requests_per_minute.or(file.requests_per_minute),
                rates.requests_per_minute,
            )?,
            requests_burst: at_least_one(
                "requests_burst",
                flags.requests_burst.or(file.requests_burst),
                rates.requests_burst,
            )?,
        },
        contact: flags.contact.or(file.contact),
        admin_token: admin_token.transpose().map_err(|error| bad("admin_token", error))?,
    })
}

/// The settings about mail, which belong together.
fn mail(url: Option<&str>, from: Option<&str>, ca: Option<&Path>) -> Result<Option<MailSettings>, ConfigError> {
    let Some(url) = url else {
        return match (from, ca) {
            (None, None) => Ok(None),
            _ => Err(bad("smtp_url", "it is missing, although other settings about mail are there")),
        };
    };
    let from = from.ok_or_else(|| bad("mail_from", "it is needed together with smtp_url"))?;
    let ca = ca.map(|path| {
        std::fs::read(path).map_err(|error| bad("smtp_ca", format_args!("{} cannot be read: {error}", path.display())))
    });
    let settings = MailSettings {
        server: url.parse().map_err(|error| bad("smtp_url", error))?,
        from: from.parse().map_err(|_| bad("mail_from", "expected an address, or a name and <address>"))?,
        ca: ca.transpose()?,
    };
    Transport::smtp(&settings).map_err(|error| bad("smtp_ca", error))?;
    Ok(Some(settings))
}

/// Certificate and key: both or none.
fn tls(cert: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<Tls>, ConfigError> {
    match (cert, key) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(bad("tls_key", "it is missing, and tls_cert is of no use without it")),
        (None, Some(_)) => Err(bad("tls_cert", "it is missing, and tls_key is of no use without it")),
        (Some(cert), Some(key)) => Tls::load(cert, key).map(Some).map_err(|error| bad(error.setting(), error)),
    }
}

fn bad(setting: &'static str, why: impl fmt::Display) -> ConfigError {
    ConfigError::BadSetting { setting, why: why.to_string() }
}
