//! Which room key is in use, and when a new one is due.

use crate::{
    ids::DeviceId,
    log::{
        action::{EpochReason, EpochStarted},
        fold::IgnoredReason,
        state::{EpochState, RoomState},
    },
};

impl RoomState {
    pub(super) fn epoch_started(&mut self, author: DeviceId, started: &EpochStarted) -> Result<(), IgnoredReason> {
        self.author(author)?;
        if started.epoch != self.current_epoch.next() {
            return Err(IgnoredReason::NotNextEpoch);
        }
        if !self.may_start_epoch_for(started.reason) {
            return Err(IgnoredReason::NothingHappened);
        }
        let (key_id, reason, history) = (started.key_id, started.reason, self.history);
        let unlinked = std::mem::take(&mut self.unlinked);
        self.epochs.insert(started.epoch, EpochState { key_id, started_by: author, reason, history, unlinked });
        self.current_epoch = started.epoch;
        self.happened.clear();
        Ok(())
    }

    /// For this reason nothing more is written under any epoch until now: the next one is due.
    pub(super) fn close_epochs(&mut self, why: EpochReason) {
        self.happened.insert(why);
        self.oldest_open_epoch = self.current_epoch.next();
    }
}
