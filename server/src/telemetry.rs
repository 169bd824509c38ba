//! The log: structured, to standard error. Never secrets, message bodies or addresses of people.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// The framework calls each request that it cannot read an error; anybody can make as many of them as they like. Who wants to
/// see them names that part in the setting.
const STRANGERS: &str = "actix_http::h1=off";

/// Starts logging as the settings say. A second call changes nothing.
pub fn start(config: &Config) {
    let filter = format!("{STRANGERS},{}", config.log);
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(io::stderr().is_terminal()).with_writer(io::stderr);
    // An error only says that logging was started before, by a test in the same process.
    let _ = match config.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
}
