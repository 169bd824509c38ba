//! What differs between a page in a browser and the same page in the desktop app, and nothing else: where the server is,
//! who keeps the session, what is known of this computer, notifications, where files go. Found out once, at the start; no page asks where it
//! runs.
//!
//! Deliberately absent: what is the same in both. The clipboard and the storage are the web's in the app's window, too; a link
//! that leads out is a plain one, and the app gives it to the system's browser.

mod download;
mod wrapper;

use igoon_shared::wrapper::{Kept, ServerAddress, WrapperError};

use js_sys::Array;

use self::download::ObjectUrl;
use crate::{
    messages::Surroundings,
    net::server::Server,
    notifications::{self, Announcement, Permission},
    state::export::Place,
};

/// Where this page runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// In a browser; it came from the server.
    Browser,
    /// In the desktop app, which brought it along.
    Desktop,
}

/// What a page begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// The worker can start.
    Ready(Surroundings),
    /// The server must be asked for first.
    NoServer,
}

/// A file that was saved, or handed to the browser to be.
#[derive(Debug)]
pub enum Download {
    /// The browser saves it; until this is dropped, as often as it is asked to.
    Offered(ObjectUrl),
    /// The desktop app saved it, under this path.
    At(String),
}

impl Download {
    /// Where it is.
    #[must_use]
    pub fn place(&self) -> Place {
        match self {
            Self::Offered(url) => Place::Browser { url: url.address().to_owned() },
            Self::At(path) => Place::Path(path.clone()),
        }
    }
}

impl Platform {
    /// Looks where this page runs.
    #[must_use]
    pub fn find() -> Self {
        if wrapper::is_there() { Self::Desktop } else { Self::Browser }
    }

    /// Where the app runs, if nobody has to be asked.
    #[must_use]
    pub const fn known(self) -> Option<Surroundings> {
        match self {
            Self::Browser => Some(Surroundings::Browser),
            Self::Desktop => None,
        }
    }

    /// What is known at the start.
    ///
    /// # Errors
    /// The wrapper's.
    pub async fn begin(self) -> Result<Beginning, WrapperError> {
        match self {
            Self::Browser => Ok(Beginning::Ready(Surroundings::Browser)),
            Self::Desktop => {
                let start = wrapper::surroundings().await?;
                Ok(start.server.map_or(Beginning::NoServer, |server| {
                    Beginning::Ready(Surroundings::Desktop { server, kept: start.kept, computer: start.computer })
                }))
            }
        }
    }

    /// Keeps this of a session, in place of what was kept. A browser keeps cookies by itself.
    ///
    /// # Errors
    /// [`WrapperError::NotKept`].
    pub async fn keep(self, kept: &Kept) -> Result<(), WrapperError> {
        match self {
            Self::Browser => Ok(()),
            Self::Desktop => wrapper::keep(kept).await,
        }
    }

    /// Talks to this server from the next start of the page on, where it can be another than the page's own.
    ///
    /// # Errors
    /// [`WrapperError::NotWritten`].
    pub async fn choose_server(self, server: &ServerAddress) -> Result<(), WrapperError> {
        match self {
            Self::Browser => Ok(()),
            Self::Desktop => wrapper::choose_server(server).await,
        }
    }

    /// Puts a file of these pieces (of bytes) where this person's downloads are.
    ///
    /// # Errors
    /// [`WrapperError::DiskFull`], [`WrapperError::NotSaved`]; nothing is left of it then.
    pub async fn save(self, name: &str, pieces: &Array) -> Result<Download, WrapperError> {
        match self {
            Self::Browser => {
                download::download(name, pieces).map(Download::Offered).map_err(|_| WrapperError::DiskFull)
            }
            Self::Desktop => wrapper::save(name, pieces).await.map(Download::At),
        }
    }

    /// Whether the person can be told of something outside the window. The desktop app may always, unless the system says
    /// otherwise, and then it does not say so beforehand.
    #[must_use]
    pub fn permission(self) -> Permission {
        match self {
            Self::Browser => notifications::permission(),
            Self::Desktop => Permission::Granted,
        }
    }

    /// Asks for that. To be called when the person clicked on something, and then alone.
    pub async fn ask(self) -> Permission {
        match self {
            Self::Browser => notifications::ask().await,
            Self::Desktop => Permission::Granted,
        }
    }

    /// Tells of something outside the window. Where it cannot be shown, the list of rooms says it all the same.
    pub async fn tell(self, announcement: Announcement) {
        match self {
            Self::Browser => notifications::show(announcement).await,
            Self::Desktop => drop(wrapper::notify(&announcement.title, &announcement.body).await),
        }
    }
}

impl Surroundings {
    /// `https://server:port`, under which people know the server.
    #[must_use]
    pub fn origin(&self) -> String {
        match self {
            Self::Browser => Server::own().origin,
            Self::Desktop { server, .. } => server.to_string(),
        }
    }

    /// Whether the server can be another one.
    #[must_use]
    pub const fn movable(&self) -> bool {
        matches!(self, Self::Desktop { .. })
    }
}
