//! Which devices count: vouching, revoking.

use std::sync::Arc;

use crate::{
    crypto::bundle::Bundle,
    ids::{AccountId, DeviceId, Epoch, NameHash},
    log::{
        action::{DeviceRevoked, DeviceStatement, DeviceVouched, EpochReason, SignedStatement, Standing},
        fold::IgnoredReason,
        state::{Device, RoomState},
    },
};

impl RoomState {
    pub(super) fn device_vouched(
        &mut self,
        author: DeviceId,
        vouched: &DeviceVouched,
        newcomer: Option<Bundle>,
    ) -> Result<(), IgnoredReason> {
        let bundle = newcomer.ok_or(IgnoredReason::StatementNotValid)?;
        if author != bundle.device() && !self.is_entitled(author) {
            return Err(IgnoredReason::AuthorNotEntitled);
        }
        self.may_come_in(&bundle)?;
        let statement = self.statement(&vouched.statement, Standing::Vouched, bundle.device())?;
        if statement.account != bundle.account() {
            return Err(IgnoredReason::StatementNotValid);
        }
        self.entitle(bundle, vouched.device_name, None);
        Ok(())
    }

    /// An account's own statement also counts against a device that is not here, or never was: what was said for it before
    /// counts no longer.
    pub(super) fn device_revoked(&mut self, author: DeviceId, revoked: &DeviceRevoked) -> Result<(), IgnoredReason> {
        let (by, _) = self.author(author)?;
        let device = revoked.device;
        let account = match &revoked.statement {
            Some(statement) => self.statement(statement, Standing::Revoked, device)?.account,
            None => self.device(device).ok_or(IgnoredReason::NotThere)?.bundle.account(),
        };
        if self.is_revoked(account, device) {
            return Err(IgnoredReason::AlreadySo);
        }
        match (&revoked.statement, self.device(device)) {
            (Some(_), Some(known)) if known.bundle.account() != account => {
                return Err(IgnoredReason::StatementNotValid);
            }
            (Some(_), _) => self.keeps_an_owner_without(device)?,
            (None, _) => self.may_revoke(by, device)?,
        }
        self.revoke(account, device);
        Ok(())
    }

    /// The keys never count again. If they did until now, open invites close and a new epoch is due.
    pub(super) fn revoke(&mut self, account: AccountId, device: DeviceId) {
        self.revoked.insert((account, device));
        let current = self.current_epoch;
        let Some(known) = self.devices.get_mut(&device).filter(|device| device.entitled) else { return };
        known.entitled = false;
        known.until_epoch = Some(current);
        self.close_invites(|_| true);
        self.close_epochs(EpochReason::DeviceRevoked);
    }

    /// Whether a device that is not entitled may become so.
    pub(super) fn may_come_in(&self, bundle: &Bundle) -> Result<(), IgnoredReason> {
        if self.is_entitled(bundle.device()) {
            Err(IgnoredReason::AlreadyThere)
        } else if self.is_revoked(bundle.account(), bundle.device()) {
            Err(IgnoredReason::KeysRevoked)
        } else {
            Ok(())
        }
    }

    pub(super) fn entitle(&mut self, bundle: Bundle, name: NameHash, recovered_up_to: Option<Epoch>) {
        let device = bundle.device();
        // A recovery closes the current epoch, and names those whose keys are meant.
        let since_epoch = if recovered_up_to.is_some() { self.current_epoch.next() } else { self.current_epoch };
        let until_epoch = self.devices.get(&device).and_then(|known| known.until_epoch);
        let bundle = Arc::new(bundle);
        self.devices.insert(device, Device { bundle, name, entitled: true, since_epoch, until_epoch, recovered_up_to });
    }

    /// What an account says of one of its devices, if it counts here: it was signed by an entitled device of that account.
    fn statement(
        &self,
        signed: &SignedStatement,
        standing: Standing,
        device: DeviceId,
    ) -> Result<DeviceStatement, IgnoredReason> {
        let statement = signed.read().map_err(|_| IgnoredReason::StatementNotValid)?;
        let by = self
            .devices
            .get(&statement.by)
            .filter(|by| by.entitled && by.bundle.account() == statement.account)
            .ok_or(IgnoredReason::StatementNotValid)?;
        let fits = statement.standing == standing && statement.device == device;
        if fits && signed.verify(by.bundle.signing_key()).is_ok() {
            Ok(statement)
        } else {
            Err(IgnoredReason::StatementNotValid)
        }
    }
}
