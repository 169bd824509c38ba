//! A room as a device sees it that is signed in but not entitled there: its log, asked for page by page, for the room's name
//! and its members. Nothing is decided by it; once the device is approved, the stream brings the log from the beginning.

use super::{
    Refusal,
    context::{Context, Purpose},
    io::Method,
};
use crate::{
    ids::{LogIndex, RoomId},
    log::{LogError, RoomState, SignedEntry},
    protocol::http::LogPage,
};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Glimpse {
    log: Option<RoomState>,
    wanted: bool,
    asked: bool,
}

impl Glimpse {
    /// What the log folds to, as far as it was shown.
    pub(super) const fn log(&self) -> Option<&RoomState> {
        self.log.as_ref()
    }

    /// The service does not give the room's stream: the log's news are asked for. It says so again from time to time.
    pub(super) const fn want(&mut self) {
        self.wanted = true;
    }

    pub(super) fn step(&mut self, room: RoomId, context: &mut Context<'_>) {
        if self.wanted && !self.asked && context.online {
            self.asked = true;
            let from = self.log.as_ref().map_or(LogIndex(0), |log| log.head().index.next());
            context.request(Purpose::Log(room), Method::Get, &format!("/rooms/{room}/log?from={from}"), None);
        }
    }

    /// A page came, or did not.
    pub(super) fn answered(&mut self, room: RoomId, answer: Result<LogPage, Refusal>) {
        self.asked = false;
        let Ok(page) = answer else {
            self.wanted = false;
            return;
        };
        self.wanted = page.more && !page.entries.is_empty();
        if page.entries.iter().try_for_each(|entry| self.take(room, entry)).is_err() {
            // Nothing of a log that cannot be followed is shown. The stream says why, when it comes.
            (self.log, self.wanted) = (None, false);
        }
    }

    fn take(&mut self, room: RoomId, entry: &SignedEntry) -> Result<(), LogError> {
        if let Some(log) = &mut self.log {
            return log.apply(entry).map(drop);
        }
        let (log, _) = RoomState::start(entry)?;
        if log.room() != room {
            return Err(LogError::BrokenChain);
        }
        self.log = Some(log);
        Ok(())
    }
}
