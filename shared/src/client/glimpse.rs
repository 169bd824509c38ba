//! What the service shows of a room's log to a device that it does not give the stream: page by page, from the beginning or
//! from where the stream ended. It has the room's name and members for a device that is not approved, and for one that was
//! put out, the entry that did it. Of the room as the stream brought it nothing is changed by it.

use super::{
    Refusal,
    context::{Context, Purpose},
    entries::EntryView,
    io::{Alarm, Method},
    room::{Ending, Me, ended_after},
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
    ended: Option<Ending>,
    /// What was shown of it, entry by entry.
    entries: Vec<EntryView>,
    wanted: bool,
    /// From which entry on a page was asked for.
    asked: Option<LogIndex>,
}

impl Glimpse {
    /// What the log folds to, as far as it was shown.
    pub(super) const fn log(&self) -> Option<&RoomState> {
        self.log.as_ref()
    }

    /// How the room ended for this device, by what was shown.
    pub(super) const fn ended(&self) -> Option<Ending> {
        self.ended
    }

    /// The entries that were shown, oldest first.
    pub(super) fn entries(&self) -> &[EntryView] {
        &self.entries
    }

    /// Nothing is being asked for.
    pub(super) const fn is_idle(&self) -> bool {
        !self.wanted && self.asked.is_none()
    }

    /// The service does not give the room's stream: the log's news are asked for, after what is known of it. It says so
    /// again from time to time.
    pub(super) fn want(&mut self, known: Option<&RoomState>) {
        if self.log.is_none() {
            self.log = known.cloned();
        }
        self.wanted = true;
    }

    pub(super) fn step(&mut self, room: RoomId, context: &mut Context<'_>) {
        if self.wanted && self.asked.is_none() && context.online {
            let from = self.log.as_ref().map_or(LogIndex(0), |log| log.head().index.next());
            (self.wanted, self.asked) = (false, Some(from));
            context.request(Purpose::Log(room, from), Method::Get, &format!("/rooms/{room}/log?from={from}"), None);
        }
    }

    /// A page came, or did not. One that was asked for before the stream took over is of no use any more.
    ///
    /// # Errors
    /// [`Alarm`] when it does not continue what is known of the log.
    pub(super) fn answered(
        &mut self,
        (room, from): (RoomId, LogIndex),
        me: Me,
        answer: Result<LogPage, Refusal>,
    ) -> Result<(), Alarm> {
        if self.asked.take_if(|asked| *asked == from).is_none() {
            return Ok(());
        }
        let Ok(page) = answer else { return Ok(()) };
        // What was wanted meanwhile may be newer than what this page shows.
        self.wanted |= page.more && !page.entries.is_empty();
        let taken = page.entries.iter().try_for_each(|entry| self.take(room, me, entry));
        if taken.is_err() {
            // Nothing of a log that cannot be followed is shown.
            (self.log, self.wanted) = (None, false);
            self.entries.clear();
        }
        taken.map_err(Alarm::from)
    }

    fn take(&mut self, room: RoomId, me: Me, entry: &SignedEntry) -> Result<(), LogError> {
        if let Some(log) = &mut self.log {
            let applied = log.apply(entry)?;
            self.ended = ended_after(self.ended, &applied, log, me);
            self.entries.push(EntryView::of(&applied, log, None));
            return Ok(());
        }
        let (log, applied) = RoomState::start(entry)?;
        if log.room() != room {
            return Err(LogError::BrokenChain);
        }
        self.entries.push(EntryView::of(&applied, &log, None));
        self.log = Some(log);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{AccountId, DeviceId},
        protocol::error::ErrorCode,
    };

    /// The room's stream came meanwhile and ended again: what was asked for before is no part of what is asked for now.
    #[test]
    fn a_page_that_nobody_waits_for_any_more_is_not_looked_at() {
        let me = Me { account: AccountId::from_bytes([1; 16]), device: DeviceId::from_bytes([2; 32]) };
        let room = RoomId::from_bytes([3; 32]);
        let damaged = || {
            Ok(LogPage { entries: vec![SignedEntry { entry: vec![].into(), signature: vec![].into() }], more: true })
        };
        let mut glimpse = Glimpse::default();
        assert_eq!(glimpse.answered((room, LogIndex(0)), me, damaged()), Ok(()), "nothing was asked for");
        glimpse.asked = Some(LogIndex(0));
        assert_eq!(glimpse.answered((room, LogIndex(5)), me, damaged()), Ok(()), "from another entry on");
        assert!(!glimpse.is_idle(), "the answer is still to come");
        assert!(glimpse.answered((room, LogIndex(0)), me, damaged()).is_err());
        assert!(glimpse.is_idle());
    }

    #[test]
    fn what_is_wanted_while_a_page_is_on_its_way_is_asked_for_after_it() {
        let me = Me { account: AccountId::from_bytes([1; 16]), device: DeviceId::from_bytes([2; 32]) };
        let room = RoomId::from_bytes([3; 32]);
        for answer in [Ok(LogPage { entries: vec![], more: false }), Err(Refusal::of(ErrorCode::Internal))] {
            let mut glimpse = Glimpse { asked: Some(LogIndex(0)), ..Glimpse::default() };
            glimpse.want(None);
            assert_eq!(glimpse.answered((room, LogIndex(0)), me, answer.clone()), Ok(()));
            assert!(!glimpse.is_idle(), "there is something newer");
            glimpse.asked = Some(LogIndex(0));
            glimpse.wanted = false;
            assert_eq!(glimpse.answered((room, LogIndex(0)), me, answer), Ok(()));
            assert!(glimpse.is_idle(), "once is enough");
        }
    }
}
