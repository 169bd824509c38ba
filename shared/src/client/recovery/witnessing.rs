//! Whether this computer saw an announced recovery wait. The service signs announcement and release, and dates both: if it lies, it
//! dates the announcement back and lets somebody in at once. No entry can show that, so a client goes by when *it* was told.
//!
//! It has two clocks, and neither is good alone: its host's may have been put right meanwhile, the service's says what the service
//! wants. So the wait is counted from the later of the two when the announcement came to the earlier of the two when the release
//! came: whichever of them is right all along, no more is counted than went by. Nor is more counted than up to the moment of which
//! the release says that it is: who was away meanwhile has not seen what came after that.
//!
//! It decides nothing but a mark: what the log comes to is the same for everybody.

use serde::{Deserialize, Serialize};

use crate::{
    client::{entries::UnseenWait, io::Change, records, room::Me},
    ids::{EntryHash, RoomId},
    log::{
        Action, Applied, Effect, RoomState,
        recovery::{ANNOUNCED_MS, Recovery, Stage},
    },
    sorted::SortedMap,
    time::Timestamp,
};

const HOUR_MS: i64 = 60 * 60 * 1_000;

/// So much of the 72 hours a computer may miss: one that is switched on every day is a witness, and has two days to ask.
const MAY_MISS_MS: i64 = 24 * HOUR_MS;

/// A moment by both clocks of this computer.
#[derive(Clone, Copy, Debug)]
pub(in crate::client) struct Moment {
    /// The host's, which the service cannot set.
    pub(in crate::client) host: Timestamp,
    /// The service's, as it tells it.
    pub(in crate::client) service: Timestamp,
}

/// What this computer saw of an announced recovery's wait. Saved as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::client) struct Wait {
    /// When the announcement came here first, by the later clock.
    heard: Timestamp,
    /// So much of it had been seen when the release came here first, in milliseconds.
    seen_ms: Option<i64>,
}

impl Wait {
    /// The announcement is here.
    fn begins(now: Moment) -> Self {
        Self { heard: now.host.max(now.service), seen_ms: None }
    }

    /// The release is here, and says that it is of `released`.
    fn ends(&mut self, now: Moment, released: Timestamp) {
        let until = now.host.min(now.service).min(released);
        self.seen_ms.get_or_insert(until.millis_since(self.heard).max(0));
    }
}

/// How many whole hours of the wait were seen, if those are too few. A wait of which nothing is known, because the announcement
/// came before this was kept or was fetched anew, was not seen: a mark too many costs a question, one too few a room.
fn too_few_hours(wait: Option<Wait>) -> Option<u32> {
    let seen_ms = wait.and_then(|wait| wait.seen_ms).unwrap_or(0);
    let enough = seen_ms >= ANNOUNCED_MS - MAY_MISS_MS;
    (!enough).then(|| u32::try_from(seen_ms / HOUR_MS).unwrap_or(0))
}

/// The waits of a room that this computer was told of, by the hash of the announcement.
#[derive(Debug, Default)]
pub(in crate::client) struct Waits(SortedMap<EntryHash, Wait>);

impl Waits {
    pub(in crate::client) const fn new(saved: SortedMap<EntryHash, Wait>) -> Self {
        Self(saved)
    }

    /// An entry came at this moment and was applied; what is to be saved of that. What came before counts: the service may show
    /// the same entry again in another life of its database.
    pub(in crate::client) fn took(&mut self, room: RoomId, applied: &Applied, now: Moment) -> Option<Change> {
        if applied.effect != Effect::Done {
            return None;
        }
        let (announcement, wait) = match &applied.body.action {
            Action::RecoveryAnnounced(_) => {
                (applied.hash, self.0.entry(applied.hash).or_insert_with(|| Wait::begins(now)))
            }
            Action::RecoveryReleased(released) => {
                let wait = self.0.get_mut(&released.entry)?;
                wait.ends(now, applied.body.at);
                (released.entry, wait)
            }
            _ => return None,
        };
        Some(records::put_wait(room, announcement, wait))
    }

    /// What is to be said of a recovery that took effect after a wait that this computer did not see. Of its own it knows.
    pub(in crate::client) fn unseen(&self, announcement: EntryHash, recovery: &Recovery, me: Me) -> Option<UnseenWait> {
        let (account, device) = (recovery.bundle.account(), recovery.bundle.device());
        if !recovery.announced || recovery.stage != Stage::Released || device == me.device {
            return None;
        }
        let seen_hours = too_few_hours(self.0.get(&announcement).copied())?;
        Some(UnseenWait { account, device, seen_hours, mine: account == me.account })
    }

    /// The same, of what an entry that was just applied released.
    pub(in crate::client) fn unseen_by(&self, applied: &Applied, log: &RoomState, me: Me) -> Option<UnseenWait> {
        match &applied.body.action {
            Action::RecoveryReleased(released) if applied.effect == Effect::Done => {
                self.unseen(released.entry, log.recovery(released.entry)?, me)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_790_000_000_000);

    /// So many hours after the start, by both clocks.
    fn hour(hours: i64) -> Moment {
        by(hours, hours)
    }

    fn by(host: i64, service: i64) -> Moment {
        Moment { host: at(host), service: at(service) }
    }

    fn at(hours: i64) -> Timestamp {
        START.plus_millis(hours * HOUR_MS)
    }

    /// What is said of a wait of which announcement and release came at these moments; the release says that it is of the hour 72.
    fn said(announced: Moment, released: Moment) -> Option<u32> {
        said_of(announced, released, at(72))
    }

    fn said_of(announced: Moment, released: Moment, dated: Timestamp) -> Option<u32> {
        let mut wait = Wait::begins(announced);
        wait.ends(released, dated);
        too_few_hours(Some(wait))
    }

    #[test]
    fn who_was_there_all_the_time_saw_it() {
        assert_eq!(said(hour(0), hour(72)), None);
        // Frames take their time.
        let late = |by_ms: i64, moment: Moment| Moment {
            host: moment.host.plus_millis(by_ms),
            service: moment.service.plus_millis(by_ms),
        };
        assert_eq!(said(late(4_000, hour(0)), late(20, hour(72))), None);
    }

    #[test]
    fn who_is_there_once_a_day_saw_it_and_who_comes_later_did_not() {
        assert_eq!(said(hour(24), hour(72)), None);
        assert_eq!(said(hour(24), hour(90)), None, "and away when it was over");
        assert_eq!(said(hour(25), hour(72)), Some(47));
        assert_eq!(said(hour(71), hour(72)), Some(1));
        assert_eq!(said(hour(71), hour(300)), Some(1), "what comes after it is no wait");
    }

    #[test]
    fn who_was_away_for_the_whole_wait_or_joined_afterwards_did_not_see_it() {
        assert_eq!(said(hour(80), hour(80)), Some(0));
        assert_eq!(said(hour(5_000), hour(5_000)), Some(0));
    }

    #[test]
    fn a_service_that_dates_back_or_ahead_is_not_believed() {
        // All of it within a minute, dated as if it had waited.
        assert_eq!(said_of(hour(72), hour(72), at(72)), Some(0));
        assert_eq!(said_of(hour(0), hour(0), at(72)), Some(0));
        // It says that it is three days later; this computer's own clock does not.
        assert_eq!(said(by(0, 0), by(0, 72)), Some(0));
        // It said that it was three days earlier.
        assert_eq!(said(by(72, 0), by(72, 72)), Some(0));
        assert_eq!(said(by(72, 0), by(200, 72)), Some(0), "also to who was away meanwhile");
    }

    #[test]
    fn a_clock_that_was_put_right_makes_no_witness() {
        // It was three days slow, and is put right an hour after the announcement was heard, an hour before the release.
        assert_eq!(said(by(-2, 70), by(72, 72)), Some(2));
        // It was fast: that one knows less than it might, and says so.
        assert_eq!(said(by(30, 0), by(72, 72)), Some(42));
        // It goes wrong by as much all the time, up to a day.
        assert_eq!(said(by(-20, 0), by(52, 72)), None);
        assert_eq!(said(by(20, 0), by(92, 72)), None);
        // Back beyond the beginning.
        assert_eq!(said(hour(0), by(-1_000, 72)), Some(0));
        assert_eq!(said(by(0, i64::MIN / HOUR_MS), by(i64::MAX / HOUR_MS, 72)), None);
    }

    #[test]
    fn what_came_first_counts() {
        let mut wait = Wait::begins(hour(0));
        wait.ends(hour(10), at(72));
        wait.ends(hour(72), at(72));
        assert_eq!(too_few_hours(Some(wait)), Some(10));
    }

    #[test]
    fn a_wait_of_which_nothing_is_known_was_not_seen() {
        assert_eq!(too_few_hours(None), Some(0));
        assert_eq!(too_few_hours(Some(Wait::begins(hour(0)))), Some(0));
    }
}
