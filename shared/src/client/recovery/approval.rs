//! Approving a request: an entry of its own, which goes to the service with the password. The password is memory alone, so an
//! approval is not saved: after a restart it is asked anew. It holds no key, so nothing is lost by that.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::inbox::Request;
use crate::{
    crypto::bundle::SignedBundle,
    ids::DeviceId,
    log::{Action, RoomState, action::RecoveryApproved, request::SignedRequest},
    protocol::{frames::OpenName, http::SecretText},
    time::Timestamp,
};

/// How long an approval counts after the time to object is over, in milliseconds: long enough for a service that rests.
const COUNTS_MS: i64 = 24 * 60 * 60 * 1_000;

/// What was approved. Debug shows of it what others see.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    request: SignedRequest,
    bundle: SignedBundle,
    name: OpenName,
    device: DeviceId,
    replaces: Option<DeviceId>,
    /// The approver's; absent where it was read from somewhere.
    #[serde(skip)]
    password: Option<SecretText>,
}

impl fmt::Debug for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Approval({}, replaces {:?})", self.device, self.replaces)
    }
}

impl Approval {
    pub(in crate::client) fn of(request: &Request, replaces: Option<DeviceId>, password: SecretText) -> Self {
        Self {
            request: request.info.request.clone(),
            bundle: request.info.bundle.clone(),
            name: request.info.name.clone(),
            device: request.device(),
            replaces,
            password: Some(password),
        }
    }

    /// The device that asks.
    pub(in crate::client) const fn device(&self) -> DeviceId {
        self.device
    }

    pub(in crate::client) const fn password(&self) -> Option<&SecretText> {
        self.password.as_ref()
    }

    /// The entry, of everything up to now, and the name beside it.
    pub(in crate::client) fn action(&self, log: &RoomState, now: Timestamp) -> (Action, Vec<OpenName>) {
        let delay = log.recovery_policy().map_or(0, |policy| policy.veto_delay_ms);
        let approved = RecoveryApproved {
            request: self.request.clone(),
            bundle: self.bundle.clone(),
            replaces: self.replaces,
            up_to_epoch: log.current_epoch(),
            expires_at: now.plus_millis(i64::try_from(delay).unwrap_or(i64::MAX)).plus_millis(COUNTS_MS),
        };
        (Action::RecoveryApproved(approved), vec![self.name.clone()])
    }
}
