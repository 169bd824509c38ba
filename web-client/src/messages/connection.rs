//! How the connection is.

use igoon_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How the connection is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Connection {
    /// For the first time since the page was opened.
    #[default]
    Connecting,
    /// All well.
    Online,
    /// Lost, or not to be had, and being made again.
    Reconnecting(Outage),
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// The server does not answer.
    Unanswered,
    /// The browser says that this computer has no network. It may be wrong.
    NoNetwork,
    /// The server, or what lies before it, wants to compress what is said: sizes would tell of contents. It is not used.
    Compressed,
}

/// A time without connection. Moments are the browser's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub cause: Cause,
    /// When the next try is; `None`: one is under way.
    pub next_try: Option<Timestamp>,
}
