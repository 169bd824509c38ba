//! Who lost every computer comes back: policy, approval, announcement, objection, release.

use std::sync::Arc;

use crate::{
    crypto::bundle::Bundle,
    ids::{AccountId, DeviceId, EntryHash},
    log::{
        action::{
            EpochReason, RecoveryAnnounced, RecoveryApproved, RecoveryMode, RecoveryPolicySet, RecoveryReleased,
            RecoveryVetoed, Role,
        },
        entry::{Author, EntryBody},
        fold::IgnoredReason,
        recovery::{ANNOUNCED_MS, Recovery, Stage},
        request::{RecoveryRequest, SignedRequest},
        state::RoomState,
    },
    time::Timestamp,
};

impl RoomState {
    /// Another policy closes all epochs: from the next one on others hold the keys. What waited under the one before is over.
    pub(super) fn recovery_policy_set(
        &mut self,
        author: DeviceId,
        set: &RecoveryPolicySet,
    ) -> Result<(), IgnoredReason> {
        self.is_owners(author)?;
        if !set.is_sensible() {
            return Err(IgnoredReason::NotSensible);
        }
        if self.recovery_policy.as_ref() == Some(set) {
            return Err(IgnoredReason::AlreadySo);
        }
        // Or the service could read what was written before it held keys.
        let (was, is) = (self.recovery_mode(), set.mode);
        self.unlinked |= was != RecoveryMode::ServerAssisted && is == RecoveryMode::ServerAssisted;
        for recovery in self.recoveries.values_mut().filter(|recovery| recovery.stage == Stage::Waiting) {
            recovery.stage = Stage::Over;
        }
        self.recovery_policy = Some(set.clone());
        self.close_epochs(EpochReason::RecoveryPolicyChanged);
        Ok(())
    }

    /// By a device of an owner or admin; or by the kit, for an owner.
    pub(super) fn recovery_approved(
        &mut self,
        body: &EntryBody,
        entry: EntryHash,
        approved: &RecoveryApproved,
        newcomer: Option<Bundle>,
    ) -> Result<(), IgnoredReason> {
        let (bundle, request) = self.asked(&approved.request, newcomer)?;
        let account = bundle.account();
        let approved_by = match body.author {
            Author::Device(author) => {
                let (by, _) = self.author(author)?;
                self.may_approve(by, account)?;
                Some(by)
            }
            Author::Service if self.recovery_mode() == RecoveryMode::Kit && self.is_owner(account) => None,
            Author::Service => return Err(IgnoredReason::NotPermitted),
        };
        let delay = self.recovery_policy.as_ref().map_or(0, |policy| policy.veto_delay_ms);
        let from = body.at.plus_millis(i64::try_from(delay).unwrap_or(i64::MAX));
        if approved.expires_at <= from || approved.up_to_epoch > self.current_epoch {
            return Err(IgnoredReason::NotSensible);
        }
        self.may_replace(account, approved.replaces)?;
        let mut recovery = Recovery {
            bundle: Arc::new(bundle),
            device_name: request.device_name,
            approved_by,
            announced: false,
            replaces: approved.replaces,
            up_to_epoch: approved.up_to_epoch,
            from,
            until: Some(approved.expires_at),
            stage: Stage::Waiting,
        };
        if delay == 0 {
            self.recover(&recovery)?;
            recovery.stage = Stage::Entitled;
        }
        self.recoveries.insert(entry, recovery);
        Ok(())
    }

    /// By the service, for an owner, where the policy says so. Clients mark what they did not see waiting.
    pub(super) fn recovery_announced(
        &mut self,
        body: &EntryBody,
        entry: EntryHash,
        announced: &RecoveryAnnounced,
        newcomer: Option<Bundle>,
    ) -> Result<(), IgnoredReason> {
        let says_so = self.recovery_policy.as_ref().is_some_and(|policy| policy.owner_by_announcement);
        if !says_so {
            return Err(IgnoredReason::NotPermitted);
        }
        let (bundle, request) = self.asked(&announced.request, newcomer)?;
        if !self.is_owner(bundle.account()) {
            return Err(IgnoredReason::NotPermitted);
        }
        let waits = announced.effective_at >= body.at.plus_millis(ANNOUNCED_MS);
        if !waits || announced.up_to_epoch > self.current_epoch {
            return Err(IgnoredReason::NotSensible);
        }
        let recovery = Recovery {
            bundle: Arc::new(bundle),
            device_name: request.device_name,
            approved_by: None,
            announced: true,
            replaces: None,
            up_to_epoch: announced.up_to_epoch,
            from: announced.effective_at,
            until: None,
            stage: Stage::Waiting,
        };
        self.recoveries.insert(entry, recovery);
        Ok(())
    }

    pub(super) fn recovery_vetoed(&mut self, author: DeviceId, vetoed: &RecoveryVetoed) -> Result<(), IgnoredReason> {
        self.may_veto(author, vetoed.entry)?;
        if let Some(recovery) = self.recoveries.get_mut(&vetoed.entry) {
            recovery.stage = Stage::Over;
        }
        Ok(())
    }

    /// By the service. What waited takes effect; what had taken effect is noted as handed out.
    pub(super) fn recovery_released(
        &mut self,
        body: &EntryBody,
        released: &RecoveryReleased,
    ) -> Result<(), IgnoredReason> {
        if self.recovery_mode() == RecoveryMode::Kit {
            return Err(IgnoredReason::NotPermitted);
        }
        let recovery = self.recoveries.get(&released.entry).cloned().ok_or(IgnoredReason::NotThere)?;
        let expired = |at: Timestamp| recovery.until.is_some_and(|until| at >= until);
        match recovery.stage {
            Stage::Released => return Err(IgnoredReason::AlreadySo),
            Stage::Over => return Err(IgnoredReason::TooLate),
            Stage::Waiting | Stage::Entitled if expired(body.at) => return Err(IgnoredReason::TooLate),
            Stage::Waiting if body.at < recovery.from => return Err(IgnoredReason::TooEarly),
            Stage::Waiting => self.recover(&recovery)?,
            Stage::Entitled if self.recovery_mode() != RecoveryMode::ServerAssisted => {
                return Err(IgnoredReason::NotPermitted);
            }
            Stage::Entitled => {}
        }
        if let Some(recovery) = self.recoveries.get_mut(&released.entry) {
            recovery.stage = Stage::Released;
        }
        Ok(())
    }

    /// The device comes in, and the one that it replaces is revoked: one change, so that an owner's last one can be replaced.
    fn recover(&mut self, recovery: &Recovery) -> Result<(), IgnoredReason> {
        let account = recovery.bundle.account();
        let as_before = if recovery.announced { self.is_owner(account) } else { self.members.contains_key(&account) };
        if !as_before {
            return Err(IgnoredReason::NotThere);
        }
        self.may_come_in(&recovery.bundle)?;
        self.entitle(Bundle::clone(&recovery.bundle), recovery.device_name, Some(recovery.up_to_epoch));
        if let Some(replaced) = recovery.replaces {
            self.revoke(account, replaced);
        }
        self.close_epochs(EpochReason::DeviceRecovered);
        Ok(())
    }

    /// Who asks, and for what, if the request is of this device and room and the device may come in.
    fn asked(
        &self,
        request: &SignedRequest,
        newcomer: Option<Bundle>,
    ) -> Result<(Bundle, RecoveryRequest), IgnoredReason> {
        let bundle = newcomer.ok_or(IgnoredReason::RequestNotValid)?;
        let request = request.verify(self.room, &bundle).map_err(|_| IgnoredReason::RequestNotValid)?;
        if !self.members.contains_key(&bundle.account()) {
            return Err(IgnoredReason::NotThere);
        }
        self.may_come_in(&bundle)?;
        Ok((bundle, request))
    }

    fn may_replace(&self, account: AccountId, replaced: Option<DeviceId>) -> Result<(), IgnoredReason> {
        let is_there = |device: DeviceId| {
            self.devices.get(&device).is_some_and(|known| known.entitled && known.bundle.account() == account)
        };
        if replaced.is_none_or(is_there) { Ok(()) } else { Err(IgnoredReason::NotThere) }
    }

    fn is_owner(&self, account: AccountId) -> bool {
        self.members.get(&account).is_some_and(|member| member.role == Role::Owner)
    }
}
