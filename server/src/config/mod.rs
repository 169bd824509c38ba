//! Settings: flags before environment before file before defaults. Every one is documented in `--help`, and all are
//! checked before anything is started.

mod contact;
mod network;
mod origin;

use std::{
    convert::Infallible,
    fmt,
    net::SocketAddr,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    thread,
};

use clap::{Parser, Subcommand, ValueEnum};
use igoon_shared::protocol::http::SecretText;
use serde::Deserialize;

pub use self::{
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

/// Igoon's server: encrypted rooms for the people you know.
///
/// Without any setting it listens on http://127.0.0.1:8080 and keeps its data in ./igoon-data. At the first start it prints
/// a code that makes the first account; open the address it prints and enter it there.
///
/// Each setting can be given as a flag, in the environment, or in a TOML file under the flag's name with underscores
/// (`data_dir = "/var/lib/igoon"`; `origins` and `trusted_proxies` are lists). Flags come before the environment, the environment before the
/// file.
#[derive(Debug, Parser)]
#[command(name = "igoon-server", version, verbatim_doc_comment)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

/// What to do instead of serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Check all settings, say what is wrong with them, and exit.
    Check,
    /// Where the master key is lost for good: give up what is encrypted under it (mails that wait, recovery keys), so that the
    /// next start takes the key that is set up, or makes one. Stop the server first.
    ForgetMasterKey,
    /// After the database was put back to an older copy, and before the server is started on it: begin another life of the
    /// database, so that clients bring back what the copy lacks and mark what is lost.
    Restored,
    /// The key that rooms count on whose owners chose recovery with this server's help.
    RecoveryKey {
        /// What to do with it.
        #[command(subcommand)]
        what: RecoveryKeyCommand,
    },
}

/// What to do with the recovery key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum RecoveryKeyCommand {
    /// Make another one for policies that are set from now on; those before are kept, for what was wrapped to them. The server
    /// may go on running.
    Rotate,
}

#[derive(Debug, Default, clap::Args)]
struct Flags {
    /// Address and port to listen on; port 0 takes a free one. [default: 127.0.0.1:8080]
    #[arg(long, env = "IGOON_LISTEN", global = true, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,

    /// Folder for everything that the server keeps; made if it is missing, readable by its owner only.
    /// [default: ./igoon-data]
    #[arg(long, env = "IGOON_DATA_DIR", global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// Database: sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME. [default: sqlite:DATA_DIR/igoon.db]
    #[arg(long, env = "IGOON_DATABASE_URL", global = true, value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,

    /// TOML file with settings.
    #[arg(long, env = "IGOON_CONFIG", global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Address under which browsers reach the server, such as https://chat.example.org; may be given several times (in the
    /// environment: separated by commas). Pages from elsewhere are refused. [default: the port listened on, at 127.0.0.1,
    /// localhost and [::1], by https if tls_cert is set, by http if not]
    #[arg(long = "origin", env = "IGOON_ORIGIN", global = true, value_name = "URL", value_delimiter = ',')]
    origins: Option<Vec<Origin>>,

    /// Serve HTTPS with this certificate: a PEM file, the certificate first, then those that signed it. SIGHUP reads it and
    /// the key anew. [default: none, which serves HTTP]
    #[arg(long, env = "IGOON_TLS_CERT", global = true, value_name = "FILE")]
    tls_cert: Option<PathBuf>,

    /// The certificate's private key: a PEM file (PKCS#8, SEC1 or PKCS#1), not encrypted.
    #[arg(long, env = "IGOON_TLS_KEY", global = true, value_name = "FILE")]
    tls_key: Option<PathBuf>,

    /// Address or network (10.0.0.0/8) of a proxy whose X-Forwarded-For is believed; may be given several times (in the
    /// environment: separated by commas). Everybody behind a proxy that is not listed counts as one source. [default: none]
    #[arg(
        long = "trusted-proxy",
        env = "IGOON_TRUSTED_PROXY",
        global = true,
        value_name = "NETWORK",
        value_delimiter = ','
    )]
    trusted_proxies: Option<Vec<Network>>,

    /// How the log is written to standard error. [default: text]
    #[arg(long, env = "IGOON_LOG_FORMAT", global = true, value_name = "FORMAT")]
    log_format: Option<LogFormat>,

    /// What is logged: error, warn, info, debug or trace, also for parts (info,igoon_server::http=debug). [default: info]
    #[arg(long, env = "IGOON_LOG", global = true, value_name = "FILTER")]
    log: Option<String>,

    /// Threads that serve connections. [default: one for each processor core]
    #[arg(long, env = "IGOON_WORKERS", global = true, value_name = "COUNT")]
    workers: Option<NonZeroUsize>,

    /// Days after which a browser or app has to sign in again. [default: 90]
    #[arg(long, env = "IGOON_SESSION_DAYS", global = true, value_name = "DAYS")]
    session_days: Option<u32>,

    /// Mail server that codes are sent by: smtp://USER:PASSWORD@HOST:587 (STARTTLS, always) or smtps://USER:PASSWORD@HOST:465
    /// (TLS); special characters in USER and PASSWORD percent-encoded (@ is %40). For a server on this computer that has neither,
    /// smtp://localhost:25?tls=none. Flags are seen by all users of the computer: better in the environment or in the file.
    /// Without one, mails go to the folder DATA_DIR/outbox and codes to the terminal: for trying out. [default: none]
    #[arg(long, env = "IGOON_SMTP_URL", global = true, value_name = "URL", hide_env_values = true, value_parser = secret)]
    smtp_url: Option<SecretText>,

    /// Who mails are from, such as "Igoon <igoon@example.org>"; needed together with smtp_url.
    #[arg(long, env = "IGOON_MAIL_FROM", global = true, value_name = "ADDRESS")]
    mail_from: Option<String>,

    /// PEM file with certificates that the mail server may have besides publicly trusted ones. [default: none]
    #[arg(long, env = "IGOON_SMTP_CA", global = true, value_name = "FILE")]
    smtp_ca: Option<PathBuf>,

    /// Key that secrets in the database are encrypted under: 32 random bytes as base64url, without padding. A database goes with
    /// one key: keep it, but not beside the database's backups. Flags are seen by all users of the computer: better in the
    /// environment. [default: the file DATA_DIR/master.key, made at the first start, readable by its owner alone]
    #[arg(long, env = "IGOON_MASTER_KEY", global = true, value_name = "KEY", hide_env_values = true, value_parser = secret)]
    master_key: Option<SecretText>,

    /// Whether everybody with an account may make rooms, and not the server's owner alone: true or false. [default: false]
    #[arg(long, env = "IGOON_ANYONE_MAY_CREATE_ROOMS", global = true, value_name = "BOOL")]
    anyone_may_create_rooms: Option<bool>,

    /// Sign-ins an hour that may be tried for one e-mail address from computers that are new to it. [default: 60]
    #[arg(long, env = "IGOON_SIGN_INS_PER_HOUR", global = true, value_name = "COUNT")]
    sign_ins_per_hour: Option<u32>,

    /// Mails an hour that may be asked for to one address. [default: 18]
    #[arg(long, env = "IGOON_MAILS_PER_HOUR", global = true, value_name = "COUNT")]
    mails_per_hour: Option<u32>,

    /// People who may share one network address, as in an office: it may try as often as so many. [default: 10]
    #[arg(long, env = "IGOON_PEOPLE_PER_SOURCE", global = true, value_name = "COUNT")]
    people_per_source: Option<u32>,

    /// Frames that one device may send a second in the long run. [default: 200]
    #[arg(long, env = "IGOON_FRAMES_PER_SECOND", global = true, value_name = "COUNT")]
    frames_per_second: Option<u32>,

    /// Frames that one device may send at once after a pause. [default: 1000]
    #[arg(long, env = "IGOON_FRAMES_BURST", global = true, value_name = "COUNT")]
    frames_burst: Option<u32>,

    /// API requests that one source may make a minute in the long run; a source is an IPv4 address or an IPv6 /64 network.
    /// [default: 600]
    #[arg(long, env = "IGOON_REQUESTS_PER_MINUTE", global = true, value_name = "COUNT")]
    requests_per_minute: Option<u32>,

    /// API requests that one source may make at once after a pause. [default: 300]
    #[arg(long, env = "IGOON_REQUESTS_BURST", global = true, value_name = "COUNT")]
    requests_burst: Option<u32>,

    /// Whom people can ask about this server: an e-mail address, or the https:// address of a page. Everybody sees it, on the
    /// page about privacy. [default: none, and the page says so]
    #[arg(long, env = "IGOON_CONTACT", global = true, value_name = "ADDRESS")]
    contact: Option<Contact>,

    /// Secret of at least 32 characters with which a monitoring system may read /metrics and /admin/overview, as a bearer
    /// token. Flags are seen by all users of the computer: better in the environment or in the file. [default: none; the
    /// server's owner may read them]
    #[arg(
        long,
        env = "IGOON_ADMIN_TOKEN",
        global = true,
        value_name = "SECRET",
        hide_env_values = true,
        value_parser = secret
    )]
    admin_token: Option<SecretText>,
}

/// The file's settings; the same as the flags.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSettings {
    listen: Option<SocketAddr>,
    data_dir: Option<PathBuf>,
    database_url: Option<String>,
    origins: Option<Vec<Origin>>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    trusted_proxies: Option<Vec<Network>>,
    log_format: Option<LogFormat>,
    log: Option<String>,
    workers: Option<NonZeroUsize>,
    session_days: Option<u32>,
    smtp_url: Option<SecretText>,
    mail_from: Option<String>,
    smtp_ca: Option<PathBuf>,
    master_key: Option<SecretText>,
    anyone_may_create_rooms: Option<bool>,
    sign_ins_per_hour: Option<u32>,
    mails_per_hour: Option<u32>,
    people_per_source: Option<u32>,
    frames_per_second: Option<u32>,
    frames_burst: Option<u32>,
    requests_per_minute: Option<u32>,
    requests_burst: Option<u32>,
    contact: Option<Contact>,
    admin_token: Option<SecretText>,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

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

impl Arguments {
    /// What to do instead of serving.
    #[must_use]
    pub const fn command(&self) -> Option<Command> {
        self.command
    }

    /// The settings of flags, environment and file, checked.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn resolve(self) -> Result<Config, ConfigError> {
        let file = match &self.flags.config {
            Some(path) => read(path)?,
            None => FileSettings::default(),
        };
        merge(self.flags, file)
    }
}

fn read(path: &Path) -> Result<FileSettings, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable { path: path.into(), error })?;
    toml::from_str(&text).map_err(|error| {
        // Not as it shows itself: with the line, which may hold a secret.
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let error = format!("line {}: {}", before.matches('\n').count() + 1, error.message());
        ConfigError::BadFile { path: path.into(), error }
    })
}

fn merge(flags: Flags, file: FileSettings) -> Result<Config, ConfigError> {
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
    let at_least_one = |setting, value: u32| if value > 0 { Ok(value) } else { Err(bad(setting, "it must not be 0")) };
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
        session_days: at_least_one("session_days", flags.session_days.or(file.session_days).unwrap_or(90))?,
        mail,
        master_key,
        anyone_may_create_rooms: flags.anyone_may_create_rooms.or(file.anyone_may_create_rooms).unwrap_or_default(),
        rates: Rates {
            sign_ins_per_hour: at_least_one(
                "sign_ins_per_hour",
                flags.sign_ins_per_hour.or(file.sign_ins_per_hour).unwrap_or(rates.sign_ins_per_hour),
            )?,
            mails_per_hour: at_least_one(
                "mails_per_hour",
                flags.mails_per_hour.or(file.mails_per_hour).unwrap_or(rates.mails_per_hour),
            )?,
            people_per_source: at_least_one(
                "people_per_source",
                flags.people_per_source.or(file.people_per_source).unwrap_or(rates.people_per_source),
            )?,
            frames_per_second: at_least_one(
                "frames_per_second",
                flags.frames_per_second.or(file.frames_per_second).unwrap_or(rates.frames_per_second),
            )?,
            frames_burst: at_least_one(
                "frames_burst",
                flags.frames_burst.or(file.frames_burst).unwrap_or(rates.frames_burst),
            )?,
            requests_per_minute: at_least_one(
                "requests_per_minute",
                flags.requests_per_minute.or(file.requests_per_minute).unwrap_or(rates.requests_per_minute),
            )?,
            requests_burst: at_least_one(
                "requests_burst",
                flags.requests_burst.or(file.requests_burst).unwrap_or(rates.requests_burst),
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

#[expect(clippy::unnecessary_wraps, reason = "clap asks for a result")]
fn secret(text: &str) -> Result<SecretText, Infallible> {
    Ok(SecretText::new(text.to_owned()))
}

fn bad(setting: &'static str, why: impl fmt::Display) -> ConfigError {
    ConfigError::BadSetting { setting, why: why.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(text: &str) -> Arguments {
        Arguments::try_parse_from(std::iter::once("igoon-server").chain(text.split_whitespace())).unwrap()
    }

    fn file(text: &str) -> FileSettings {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn without_settings_everything_has_a_default() {
        let config = merge(Flags::default(), FileSettings::default()).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database_url.to_string(), "sqlite:igoon-data/igoon.db");
        assert_eq!(config.rates, Rates::default());
        assert!(config.mail.is_none() && !config.anyone_may_create_rooms);
        assert!(config.workers >= 1);
        assert!(config.tls.is_none() && config.trusted_proxies.is_empty());
        assert_eq!(config.scheme(), "http");
    }

    #[test]
    fn a_file_that_cannot_be_used_is_not_quoted() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, "workers = 1\nsmtp_ulr = \"smtp://ada:hush@localhost\"\n").unwrap();
        let said = read(file.path()).map(drop).unwrap_err().to_string();
        assert!(said.contains("line 2") && said.contains("smtp_ulr") && !said.contains("hush"), "{said}");
    }

    #[test]
    fn flags_come_before_the_file() {
        let flags = arguments("--listen 127.0.0.1:0 check --workers 3").flags;
        let config = merge(flags, file("listen = \"0.0.0.0:1\"\nworkers = 1\ndata_dir = \"elsewhere\"")).unwrap();
        assert_eq!((config.listen.port(), config.workers), (0, 3));
        assert_eq!(config.database_url.to_string(), "sqlite:elsewhere/igoon.db");
        let flags = arguments("--anyone-may-create-rooms false").flags;
        assert!(!merge(flags, file("anyone_may_create_rooms = true")).unwrap().anyone_may_create_rooms);
        assert!(merge(Flags::default(), file("anyone_may_create_rooms = true")).unwrap().anyone_may_create_rooms);
    }

    #[test]
    fn the_admin_token_is_kept_as_a_hash_and_never_shown() {
        let token = "0123456789abcdefghijklmnopqrstuv";
        let arguments = arguments(&format!("--admin-token {token}"));
        assert!(!format!("{arguments:?}").contains(token));
        let config = merge(arguments.flags, FileSettings::default()).unwrap();
        assert!(config.admin_token.unwrap().is(token) && !format!("{config:?}").contains(token));
        let short = merge(Flags::default(), file("admin_token = \"short-one\"")).unwrap_err().to_string();
        assert!(!short.contains("short-one"), "{short}");
    }

    #[test]
    fn subcommands_are_known() {
        assert_eq!(arguments("check").command(), Some(Command::Check));
        assert_eq!(arguments("forget-master-key").command(), Some(Command::ForgetMasterKey));
        assert_eq!(arguments("").command(), None);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        assert!(toml::from_str::<FileSettings>("listen = 1").map(drop).unwrap_err().to_string().contains("listen"));
        for (text, setting) in [
            ("database_url = \"mysql://x\"", "database_url"),
            ("session_days = 0", "session_days"),
            ("log = \"a=b=c\"", "log"),
            ("requests_burst = 0", "requests_burst"),
            ("requests_per_minute = 0", "requests_per_minute"),
            ("tls_cert = \"a.pem\"", "tls_key"),
            ("tls_key = \"a.pem\"", "tls_cert"),
            ("tls_cert = \"/nowhere/cert.pem\"\ntls_key = \"/nowhere/key.pem\"", "/nowhere/cert.pem"),
            ("admin_token = \"short\"", "admin_token"),
        ] {
            let error = merge(Flags::default(), file(text)).unwrap_err().to_string();
            assert!(error.contains(setting), "{error}");
        }
    }

    #[test]
    fn settings_about_mail_belong_together() {
        let merged = |text| merge(Flags::default(), file(text)).map(|config| config.mail.is_some());
        assert!(merged("smtp_url = \"smtp://u:p@mail.example.org\"\nmail_from = \"Igoon <i@example.org>\"").unwrap());
        for (text, named) in [
            ("smtp_url = \"smtp://u:hush@mail.example.org\"", "mail_from"),
            ("mail_from = \"i@example.org\"", "smtp_url"),
            ("smtp_url = \"http://u:hush@m\"\nmail_from = \"i@example.org\"", "smtp_url"),
            ("smtp_url = \"smtp://u:hush@m\"\nmail_from = \"i\"", "mail_from"),
            ("smtp_url = \"smtp://m\"\nmail_from = \"i@m.org\"\nsmtp_ca = \"/nowhere\"", "smtp_ca"),
            ("master_key = \"hush\"", "master_key"),
        ] {
            let error = merged(text).unwrap_err().to_string();
            assert!(error.contains(named) && !error.contains("hush"), "{error}");
        }
    }

    #[test]
    fn a_contact_is_somebody_who_can_be_asked() {
        let contact = |text| merge(Flags::default(), file(text)).unwrap().contact.map(|contact| contact.to_string());
        assert_eq!(contact("contact = \"ask@example.org\""), Some("ask@example.org".to_owned()));
        assert_eq!(contact(""), None);
        let flags = arguments("--contact https://example.org/igoon").flags;
        let config = merge(flags, file("contact = \"ask@example.org\"")).unwrap();
        assert_eq!(config.contact.unwrap().to_string(), "https://example.org/igoon");
        let error = toml::from_str::<FileSettings>("contact = \"ask me\"").map(drop).unwrap_err().to_string();
        assert!(error.contains("e-mail address"), "{error}");
    }

    #[test]
    fn proxies_come_as_a_list_in_the_file_and_with_commas_as_a_flag() {
        let expected = ["127.0.0.1", "10.0.0.0/8", "::1"].map(|text| text.parse().unwrap());
        let by_file = merge(Flags::default(), file("trusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\", \"::1\"]"));
        assert_eq!(by_file.unwrap().trusted_proxies, expected);
        let flags = arguments("--trusted-proxy 127.0.0.1,10.0.0.0/8 --trusted-proxy ::1").flags;
        assert_eq!(merge(flags, FileSettings::default()).unwrap().trusted_proxies, expected);
        assert!(toml::from_str::<FileSettings>("trusted_proxies = [\"proxy\"]").is_err());
    }

    #[test]
    fn the_arguments_are_well_formed() {
        <Arguments as clap::CommandFactory>::command().debug_assert();
    }
}
