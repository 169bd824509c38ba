//! What is settled for the whole room, and names.

use crate::{
    ids::DeviceId,
    log::{
        action::{HistoryRuleSet, Renameable, Renamed, RetentionSet, Role},
        fold::IgnoredReason,
        state::RoomState,
    },
};

impl RoomState {
    pub(super) fn renamed(&mut self, author: DeviceId, renamed: &Renamed) -> Result<(), IgnoredReason> {
        let (account, role) = self.author(author)?;
        match renamed.what {
            Renameable::Room if role < Role::Owner => return Err(IgnoredReason::NotPermitted),
            Renameable::Room => self.name = renamed.name,
            Renameable::Handle => {
                if let Some(member) = self.members.get_mut(&account) {
                    member.handle = renamed.name;
                }
            }
            Renameable::Device => {
                if let Some(device) = self.devices.get_mut(&author) {
                    device.name = renamed.name;
                }
            }
        }
        Ok(())
    }

    pub(super) fn history_rule_set(&mut self, author: DeviceId, set: &HistoryRuleSet) -> Result<(), IgnoredReason> {
        self.is_owners(author)?;
        if self.history == set.history {
            return Err(IgnoredReason::AlreadySo);
        }
        self.history = set.history;
        Ok(())
    }

    pub(super) fn retention_set(&mut self, author: DeviceId, set: &RetentionSet) -> Result<(), IgnoredReason> {
        self.is_owners(author)?;
        if set.days == Some(0) {
            return Err(IgnoredReason::NotSensible);
        }
        if self.retention_days == set.days {
            return Err(IgnoredReason::AlreadySo);
        }
        self.retention_days = set.days;
        Ok(())
    }

    pub(super) fn is_owners(&self, author: DeviceId) -> Result<(), IgnoredReason> {
        let (_, role) = self.author(author)?;
        if role == Role::Owner { Ok(()) } else { Err(IgnoredReason::NotPermitted) }
    }
}
