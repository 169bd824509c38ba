//! Bodies of the JSON API under `/api/v1`. Each says its method, path and who may call it. A refusal is an
//! [`super::error::ErrorBody`] with status 4xx or 5xx.

mod accounts;
mod approvals;
mod devices;
mod invites;
mod recovery;
mod rooms;
mod statements;

use core::fmt;

use serde::{Deserialize, Serialize};

pub use self::{accounts::*, approvals::*, devices::*, invites::*, recovery::*, rooms::*, statements::*};
use crate::time::Timestamp;

/// Where the API begins.
pub const API: &str = "/api/v1";

/// Text that must not be printed: a password, a code, a token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// Wraps it.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(redacted)")
    }
}

/// `GET /server`, anybody: what a page needs before anybody is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServerInfo {
    /// The program's version.
    pub version: String,
    /// Nobody has an account yet: the set-up code makes the first.
    pub needs_setup: bool,
    /// No mail server is set up: codes lie in a folder and stand on the server's terminal. For trying out.
    pub mail_to_folder: bool,
    /// The server's clock.
    pub time: Timestamp,
    /// Days after its last use that a session ends.
    pub session_days: u32,
    /// Whom to ask about this server, where its operator says so: an e-mail address, or the address of a page.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub contact: Option<String>,
}
