//! Policies that count on the service pin the key that it has for new ones: another one's, or one from before, would let a
//! room believe in a recovery that does not come.

use igoon_shared::{
    crypto::holder::Holder,
    log::{
        Action, SignedEntry,
        action::{RecoveryMode, RecoveryPolicySet},
    },
};

/// Whether an entry sets a policy by which the service signs or holds keys.
#[must_use]
pub fn counts_on_service(entries: &[SignedEntry]) -> bool {
    set(entries).next().is_some()
}

/// Whether all such policies pin these keys.
#[must_use]
pub fn pins(entries: &[SignedEntry], ours: &Holder) -> bool {
    set(entries).all(|set| {
        let signs = set.signing_key.is_some_and(|key| key.0 == ours.signing_key());
        signs && set.recovery_key.is_none_or(|key| key.0 == ours.recovery_key())
    })
}

fn set(entries: &[SignedEntry]) -> impl Iterator<Item = RecoveryPolicySet> {
    entries.iter().filter_map(|entry| match entry.body().ok()?.action {
        Action::RecoveryPolicySet(set) if set.mode != RecoveryMode::Kit && set.signing_key.is_some() => Some(set),
        _ => None,
    })
}
