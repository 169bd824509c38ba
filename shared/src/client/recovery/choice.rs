//! What an owner chooses for those who lose every computer, and the policy that it becomes in the log.

use serde::{Deserialize, Serialize};

use crate::{
    crypto::holder::Holder,
    log::action::{RecoveryMode, RecoveryPolicySet},
    protocol::bytes::Blob,
};

/// Who can help a member who lost every computer, and how. As long as nobody has chosen, [`RecoveryChoice::default`] holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryChoice {
    /// Who holds the recovery keys.
    pub mode: RecoveryMode,
    /// How long a recovery can be objected to before it takes effect, in milliseconds, at most 30 days; 0 for at once, and
    /// always with a kit.
    pub veto_delay_ms: u64,
    /// Admins may approve as well, for plain members.
    pub admins_approve: bool,
    /// An owner who lost everything is let in by the service 72 hours after it said so, unless somebody objects; never with a
    /// kit.
    pub owner_by_announcement: bool,
}

impl Default for RecoveryChoice {
    /// Devices only, approved by owners, at once.
    fn default() -> Self {
        Self { mode: RecoveryMode::DevicesOnly, veto_delay_ms: 0, admins_approve: false, owner_by_announcement: false }
    }
}

/// Whose public keys a choice needs before it can stand in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nobody's.
    Nothing,
    /// The service's.
    Service,
    /// A new kit's.
    Kit,
}

impl RecoveryChoice {
    pub(super) const fn needs(self) -> Needs {
        match self.mode {
            RecoveryMode::Kit => Needs::Kit,
            RecoveryMode::ServerAssisted => Needs::Service,
            RecoveryMode::DevicesOnly if self.veto_delay_ms > 0 || self.owner_by_announcement => Needs::Service,
            RecoveryMode::DevicesOnly => Needs::Nothing,
        }
    }

    /// The policy that pins these keys; `None` where it needs others, or says what cannot be.
    pub(super) fn policy(self, holder: Option<&Holder>) -> Option<RecoveryPolicySet> {
        let holds = self.mode != RecoveryMode::DevicesOnly;
        let policy = RecoveryPolicySet {
            mode: self.mode,
            recovery_key: holder.filter(|_| holds).map(|holder| Blob(holder.recovery_key().to_vec())),
            signing_key: holder.map(|holder| Blob(holder.signing_key().to_vec())),
            admins_approve: self.admins_approve,
            veto_delay_ms: self.veto_delay_ms,
            owner_by_announcement: self.owner_by_announcement,
        };
        policy.is_sensible().then_some(policy)
    }

    /// What the log's policy comes to.
    pub(in crate::client) fn of(policy: Option<&RecoveryPolicySet>) -> Self {
        policy.map_or_else(Self::default, |policy| Self {
            mode: policy.mode,
            veto_delay_ms: policy.veto_delay_ms,
            admins_approve: policy.admins_approve,
            owner_by_announcement: policy.owner_by_announcement,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::device::DeviceKeys;

    fn holder() -> Holder {
        let rsa = include_bytes!("../../../tests/data/device_4.pk8");
        DeviceKeys::from_parts(rsa, &[5; 32]).and_then(|keys| keys.holder()).unwrap()
    }

    const MODES: [RecoveryMode; 3] = [RecoveryMode::DevicesOnly, RecoveryMode::ServerAssisted, RecoveryMode::Kit];

    #[test]
    fn what_the_service_signs_or_holds_needs_its_keys_and_a_kit_its_own() {
        let of = |mode| RecoveryChoice { mode, ..RecoveryChoice::default() };
        assert_eq!(MODES.map(|mode| of(mode).needs()), [Needs::Nothing, Needs::Service, Needs::Kit]);
        let waits = RecoveryChoice { veto_delay_ms: 1, ..RecoveryChoice::default() };
        let announces = RecoveryChoice { owner_by_announcement: true, ..RecoveryChoice::default() };
        assert_eq!([waits.needs(), announces.needs()], [Needs::Service, Needs::Service]);
        let admins = RecoveryChoice { admins_approve: true, ..RecoveryChoice::default() };
        assert_eq!(admins.needs(), Needs::Nothing);
    }

    /// Each choice becomes a policy with the keys that it needs, and with no others; and the policy comes to the choice again.
    #[test]
    fn a_choice_becomes_a_policy_with_the_keys_that_it_needs() {
        let holder = holder();
        for mode in MODES {
            for (veto_delay_ms, admins_approve, owner_by_announcement) in
                [(0, false, false), (0, true, false), (5, false, false), (0, false, true), (5, true, true)]
            {
                let choice = RecoveryChoice { mode, veto_delay_ms, admins_approve, owner_by_announcement };
                let [without, with] = [None, Some(&holder)].map(|holder| choice.policy(holder));
                let by_service = veto_delay_ms > 0 || owner_by_announcement;
                assert_eq!(without.is_some(), choice.needs() == Needs::Nothing, "{choice:?}");
                let is_possible = choice.needs() != Needs::Nothing && !(mode == RecoveryMode::Kit && by_service);
                assert_eq!(with.is_some(), is_possible, "{choice:?}");
                if let Some(policy) = with {
                    assert_eq!(policy.holder(), (mode != RecoveryMode::DevicesOnly).then(|| holder.clone()));
                }
                if let Some(policy) = without.or(choice.policy(Some(&holder))) {
                    assert_eq!(RecoveryChoice::of(Some(&policy)), choice);
                }
            }
        }
        let too_long = RecoveryChoice { veto_delay_ms: 31 * 24 * 60 * 60 * 1_000, ..RecoveryChoice::default() };
        assert_eq!(too_long.policy(Some(&holder)), None);
        assert_eq!(RecoveryChoice::of(None), RecoveryChoice::default());
    }
}
