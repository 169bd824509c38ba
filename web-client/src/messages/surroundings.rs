//! Where the app runs, as the worker is told when it starts.

use igoon_shared::wrapper::{Computer, Kept, ServerAddress};
use serde::{Deserialize, Serialize};

/// Where the app runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Surroundings {
    /// In a browser, on a page of the server's: requests go to where the page came from, and cookies along with them.
    Browser,
    /// In the desktop app, whose page is its own: the server is somewhere else, and requests say by a token who is calling.
    Desktop {
        /// Where.
        server: ServerAddress,
        /// What was kept of the last session.
        kept: Kept,
        /// What the app found out about this computer.
        computer: Computer,
    },
}
