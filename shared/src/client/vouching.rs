//! What an account says of its computers: that one is to be trusted, or no longer. It is said once, signed by the computer on
//! which it was said, saved, and carried into each of the account's rooms by whichever device may. What becomes of it beyond this
//! computer is in `waiting`.

use serde::{Deserialize, Serialize};

use super::identity::Identity;
use crate::{
    crypto::{
        CryptoError, SUITE,
        bundle::{Bundle, SignedBundle},
        system_rng,
    },
    ids::DeviceId,
    log::{
        Action, RoomState,
        action::{DeviceRevoked, DeviceStatement, DeviceVouched, SignedStatement, Standing},
    },
    protocol::{
        frames::{self, Newcomer, OpenName},
        http::LeaveStatement,
        names,
    },
    time::Timestamp,
};

/// Something said of a device of the own account. The last word on a device counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    statement: SignedStatement,
    /// With [`Standing::Vouched`]: its keys and what it is called.
    newcomer: Option<(SignedBundle, String)>,
}

impl Said {
    /// That the device with this bundle is the account's. Its person compared the digits
    /// ([`crate::crypto::safety::approval_digits`]) on both screens.
    pub(super) fn vouch(by: &Identity, newcomer: &Bundle, name: String, at: Timestamp) -> Self {
        let statement = statement(by, newcomer.device(), Standing::Vouched, at);
        Self { statement, newcomer: Some((newcomer.signed().clone(), name)) }
    }

    /// That a device is no longer to be trusted.
    pub(super) fn revoke(by: &Identity, device: DeviceId, at: Timestamp) -> Self {
        Self { statement: statement(by, device, Standing::Revoked, at), newcomer: None }
    }

    pub(super) const fn revokes(&self) -> bool {
        self.newcomer.is_none()
    }

    /// As it came from the service; what is none is left out.
    pub(super) fn from_frame(frame: frames::Said) -> Option<Self> {
        let said = frame.statement.read().ok()?;
        let newcomer = match (said.standing, frame.newcomer) {
            (Standing::Vouched, Some(newcomer)) if names::is_name(&newcomer.name) => {
                Some((newcomer.bundle, newcomer.name))
            }
            (Standing::Revoked, None) => None,
            _ => return None,
        };
        Some(Self { statement: frame.statement, newcomer })
    }

    /// As it stands in a log, with the name beside it.
    pub(super) const fn from_log(statement: SignedStatement, newcomer: Option<(SignedBundle, String)>) -> Self {
        Self { statement, newcomer }
    }

    /// What is left at the service.
    pub(super) fn to_body(&self) -> LeaveStatement {
        let newcomer = self.newcomer.clone().map(|(bundle, name)| Newcomer { bundle, name });
        LeaveStatement { statement: self.statement.clone(), newcomer }
    }

    /// Who said it; absent if the record is damaged.
    pub(super) fn by(&self) -> Option<DeviceId> {
        self.statement.read().ok().map(|said| said.by)
    }

    /// Of which device; absent if the record is damaged.
    pub(super) fn device(&self) -> Option<DeviceId> {
        self.statement.read().ok().map(|said| said.device)
    }

    /// Whether it would change something in a room: its signer counts there, and what it says is not so yet. Also where the
    /// device never was: what was said for it before could be brought there later.
    pub(super) fn is_news(&self, log: &RoomState) -> bool {
        let Ok(said) = self.statement.read() else { return false };
        let counts = log.is_entitled(said.by) && log.member(said.account).is_some();
        counts && !log.is_revoked(said.account, said.device) && (self.revokes() || !log.is_entitled(said.device))
    }

    /// The entry that carries it, and the name beside it.
    pub(super) fn action(&self) -> Result<(Action, Vec<OpenName>), CryptoError> {
        let statement = self.statement.clone();
        let Some((bundle, name)) = &self.newcomer else {
            let device = statement.read()?.device;
            return Ok((Action::DeviceRevoked(DeviceRevoked { device, statement: Some(statement) }), Vec::new()));
        };
        let name = OpenName::new(name, &mut system_rng());
        let device_name = name.hash().ok_or(CryptoError::UnknownFormat)?;
        let vouched = DeviceVouched { statement, bundle: bundle.clone(), device_name };
        Ok((Action::DeviceVouched(vouched), vec![name]))
    }
}

fn statement(by: &Identity, device: DeviceId, standing: Standing, at: Timestamp) -> SignedStatement {
    let (account, by_device) = (by.account(), by.device());
    DeviceStatement { suite: SUITE, account, device, standing, by: by_device, at }.sign(by.keys())
}
