//! What can be given: flags, environment, a file; none of it checked yet.

use std::{
    convert::Infallible,
    net::SocketAddr,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use clap::{Parser, Subcommand, ValueEnum};
use igoon_shared::protocol::http::SecretText;
use serde::Deserialize;

use super::{Config, ConfigError, Contact, Network, Origin, merge};

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
    /// TOML file with settings.
    #[arg(long, env = "IGOON_CONFIG", global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    pub(super) settings: Settings,
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

/// What can be set, by flags and environment or by the file.
#[derive(Debug, Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Address and port to listen on; port 0 takes a free one. [default: 127.0.0.1:8080]
    #[arg(long, env = "IGOON_LISTEN", global = true, value_name = "ADDRESS:PORT")]
    pub(super) listen: Option<SocketAddr>,

    /// Folder for everything that the server keeps; made if it is missing, readable by its owner only.
    /// [default: ./igoon-data]
    #[arg(long, env = "IGOON_DATA_DIR", global = true, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,

    /// Database: sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME. [default: sqlite:DATA_DIR/igoon.db]
    #[arg(long, env = "IGOON_DATABASE_URL", global = true, value_name = "URL", hide_env_values = true)]
    pub(super) database_url: Option<String>,

    /// Address under which browsers reach the server, such as https://chat.example.org; may be given several times (in the
    /// environment: separated by commas). Pages from elsewhere are refused. [default: the port listened on, at 127.0.0.1,
    /// localhost and [::1], by https if tls_cert is set, by http if not]
    #[arg(long = "origin", env = "IGOON_ORIGIN", global = true, value_name = "URL", value_delimiter = ',')]
    pub(super) origins: Option<Vec<Origin>>,

    /// Serve HTTPS with this certificate: a PEM file, the certificate first, then those that signed it. SIGHUP reads it and
    /// the key anew. [default: none, which serves HTTP]
    #[arg(long, env = "IGOON_TLS_CERT", global = true, value_name = "FILE")]
    pub(super) tls_cert: Option<PathBuf>,

    /// The certificate's private key: a PEM file (PKCS#8, SEC1 or PKCS#1), not encrypted.
    #[arg(long, env = "IGOON_TLS_KEY", global = true, value_name = "FILE")]
    pub(super) tls_key: Option<PathBuf>,

    /// Address or network (10.0.0.0/8) of a proxy whose X-Forwarded-For is believed; may be given several times (in the
    /// environment: separated by commas). Everybody behind a proxy that is not listed counts as one source. [default: none]
    #[arg(
        long = "trusted-proxy",
        env = "IGOON_TRUSTED_PROXY",
        global = true,
        value_name = "NETWORK",
        value_delimiter = ','
    )]
    pub(super) trusted_proxies: Option<Vec<Network>>,

    /// How the log is written to standard error. [default: text]
    #[arg(long, env = "IGOON_LOG_FORMAT", global = true, value_name = "FORMAT")]
    pub(super) log_format: Option<LogFormat>,

    /// What is logged: error, warn, info, debug or trace, also for parts (info,igoon_server::http=debug). [default: info]
    #[arg(long, env = "IGOON_LOG", global = true, value_name = "FILTER")]
    pub(super) log: Option<String>,

    /// Threads that serve connections. [default: one for each processor core]
    #[arg(long, env = "IGOON_WORKERS", global = true, value_name = "COUNT")]
    pub(super) workers: Option<NonZeroUsize>,

    /// Days after which a browser or app has to sign in again. [default: 90]
    #[arg(long, env = "IGOON_SESSION_DAYS", global = true, value_name = "DAYS")]
    pub(super) session_days: Option<u32>,

    /// Mail server that codes are sent by: smtp://USER:PASSWORD@HOST:587 (STARTTLS, always) or smtps://USER:PASSWORD@HOST:465
    /// (TLS); special characters in USER and PASSWORD percent-encoded (@ is %40). For a server on this computer that has neither,
    /// smtp://localhost:25?tls=none. Flags are seen by all users of the computer: better in the environment or in the file.
    /// Without one, mails go to the folder DATA_DIR/outbox and codes to the terminal: for trying out. [default: none]
    #[arg(long, env = "IGOON_SMTP_URL", global = true, value_name = "URL", hide_env_values = true, value_parser = secret)]
    pub(super) smtp_url: Option<SecretText>,

    /// Who mails are from, such as "Igoon <igoon@example.org>"; needed together with smtp_url.
    #[arg(long, env = "IGOON_MAIL_FROM", global = true, value_name = "ADDRESS")]
    pub(super) mail_from: Option<String>,

    /// PEM file with certificates that the mail server may have besides publicly trusted ones. [default: none]
    #[arg(long, env = "IGOON_SMTP_CA", global = true, value_name = "FILE")]
    pub(super) smtp_ca: Option<PathBuf>,

    /// Key that secrets in the database are encrypted under: 32 random bytes as base64url, without padding. A database goes with
    /// one key: keep it, but not beside the database's backups. Flags are seen by all users of the computer: better in the
    /// environment. [default: the file DATA_DIR/master.key, made at the first start, readable by its owner alone]
    #[arg(long, env = "IGOON_MASTER_KEY", global = true, value_name = "KEY", hide_env_values = true, value_parser = secret)]
    pub(super) master_key: Option<SecretText>,

    /// Whether everybody with an account may make rooms, and not the server's owner alone: true or false. [default: false]
    #[arg(long, env = "IGOON_ANYONE_MAY_CREATE_ROOMS", global = true, value_name = "BOOL")]
    pub(super) anyone_may_create_rooms: Option<bool>,

    /// Sign-ins an hour that may be tried for one e-mail address from computers that are new to it. [default: 60]
    #[arg(long, env = "IGOON_SIGN_INS_PER_HOUR", global = true, value_name = "COUNT")]
    pub(super) sign_ins_per_hour: Option<u32>,

    /// Mails an hour that may be asked for to one address. [default: 18]
    #[arg(long, env = "IGOON_MAILS_PER_HOUR", global = true, value_name = "COUNT")]
    pub(super) mails_per_hour: Option<u32>,

    /// People who may share one network address, as in an office: it may try as often as so many. [default: 10]
    #[arg(long, env = "IGOON_PEOPLE_PER_SOURCE", global = true, value_name = "COUNT")]
    pub(super) people_per_source: Option<u32>,

    /// Frames that one device may send a second in the long run. [default: 200]
    #[arg(long, env = "IGOON_FRAMES_PER_SECOND", global = true, value_name = "COUNT")]
    pub(super) frames_per_second: Option<u32>,

    /// Frames that one device may send at once after a pause. [default: 1000]
    #[arg(long, env = "IGOON_FRAMES_BURST", global = true, value_name = "COUNT")]
    pub(super) frames_burst: Option<u32>,

    /// API requests that one source may make a minute in the long run; a source is an IPv4 address or an IPv6 /64 network.
    /// [default: 600]
    #[arg(long, env = "IGOON_REQUESTS_PER_MINUTE", global = true, value_name = "COUNT")]
    pub(super) requests_per_minute: Option<u32>,

    /// API requests that one source may make at once after a pause. [default: 300]
    #[arg(long, env = "IGOON_REQUESTS_BURST", global = true, value_name = "COUNT")]
    pub(super) requests_burst: Option<u32>,

    /// Whom people can ask about this server: an e-mail address, or the https:// address of a page. Everybody sees it, on the
    /// page about privacy. [default: none, and the page says so]
    #[arg(long, env = "IGOON_CONTACT", global = true, value_name = "ADDRESS")]
    pub(super) contact: Option<Contact>,

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
    pub(super) admin_token: Option<SecretText>,
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
        let file = match &self.config {
            Some(path) => read(path)?,
            None => Settings::default(),
        };
        merge(self.settings, file)
    }
}

pub(super) fn read(path: &Path) -> Result<Settings, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable { path: path.into(), error })?;
    toml::from_str(&text).map_err(|error| {
        // Not as it shows itself: with the line, which may hold a secret.
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let error = format!("line {}: {}", before.matches('\n').count() + 1, error.message());
        ConfigError::BadFile { path: path.into(), error }
    })
}

#[expect(clippy::unnecessary_wraps, reason = "clap asks for a result")]
fn secret(text: &str) -> Result<SecretText, Infallible> {
    Ok(SecretText::new(text.to_owned()))
}
