//! What the desktop wrapper and the page inside it say to each other. The page asks by Tauri commands, named here; the answers
//! cross as JSON. The wrapper keeps what a browser would keep for a page (who is signed in) and knows what a browser does not
//! tell (this computer's name and its address); keys and messages stay with the page's worker.

mod address;

use serde::{Deserialize, Serialize};

pub use self::address::{NoAddress, ServerAddress};

use crate::protocol::http::{LocalAddress, SecretText};

/// Answers [`Start`]. No argument.
pub const SURROUNDINGS: &str = "surroundings";
/// Keeps the argument `kept`, a [`Kept`], for the chosen server; answers nothing.
pub const KEEP: &str = "keep";
/// Talks to the server in the argument `server` from the next start of the page on; answers nothing.
pub const CHOOSE_SERVER: &str = "choose_server";
/// Shows a notification with the arguments `title` and `body`; answers nothing.
pub const NOTIFY: &str = "notify";
/// Begins a file among the downloads, in place of one that was begun and not finished. The argument `name` says what to call
/// it; answers nothing.
pub const BEGIN_FILE: &str = "begin_file";
/// Writes the body of the request, which is bytes and no JSON, at the end of the file that was begun; answers nothing. When it
/// fails, nothing is left of the file.
pub const ADD_TO_FILE: &str = "add_to_file";
/// Gives the file that was begun its name, or that name with a number where there is such a file; answers its path.
pub const FINISH_FILE: &str = "finish_file";

/// What the page is told when it starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// `None` until one was chosen.
    pub server: Option<ServerAddress>,
    /// What was kept for that server.
    pub kept: Kept,
    /// Where this is.
    pub computer: Computer,
}

/// What the wrapper keeps for a server, where the system keeps secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The session's token; `None` when nobody is signed in.
    pub token: Option<SecretText>,
    /// Shows at sign-ins that a code was entered here before.
    pub trust: Option<SecretText>,
}

impl Kept {
    /// Whether there is nothing to keep.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.token.is_none() && self.trust.is_none()
    }
}

/// This computer, as the wrapper knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Computer {
    /// What the system calls it.
    pub name: String,
    /// Operating system and app.
    pub platform: String,
    /// Where it listens on its own network; `None` without a network.
    pub address: Option<LocalAddress>,
}

/// Why the wrapper did not do what it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum WrapperError {
    /// Neither the system's key store nor a file took the secret.
    #[error("the secret could not be kept")]
    NotKept,
    /// A setting could not be written.
    #[error("the setting could not be written")]
    NotWritten,
    /// No address of a server.
    #[error("not the address of a server")]
    BadAddress,
    /// There is no room for the file.
    #[error("the disk is full")]
    DiskFull,
    /// The file could not be written.
    #[error("the file could not be written")]
    NotSaved,
    /// The system shows no notifications.
    #[error("the system did not show the notification")]
    NotShown,
}
