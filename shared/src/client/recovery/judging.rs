//! How far a computer's recovery has come in a room, and what this device may do about it: pure functions of the log.

use super::{RequestProgress, WaitingView};
use crate::{
    ids::{AccountId, DeviceId},
    log::{
        Role, RoomState,
        action::RecoveryMode,
        recovery::{Recovery, Stage},
    },
    sorted::SortedMap,
    time::Timestamp,
};

/// Who looks, and when.
#[derive(Clone, Copy, Debug)]
pub(in crate::client) struct Viewer {
    pub(in crate::client) account: AccountId,
    pub(in crate::client) device: DeviceId,
    pub(in crate::client) now: Timestamp,
}

/// How far the recovery of a device has come. It can have several: what lets it in counts before what waits, and that before what
/// is over.
pub(in crate::client) fn progress(log: &RoomState, device: DeviceId, me: Viewer) -> RequestProgress {
    let of_device = log.recoveries().filter(|(_, recovery)| recovery.bundle.device() == device);
    let known = of_device.map(|(entry, recovery)| match recovery.stage {
        Stage::Released => (3, RequestProgress::Released),
        Stage::Entitled => (2, RequestProgress::Entitled),
        Stage::Waiting if !has_expired(recovery, me.now) => {
            let may_veto = log.may_veto(me.device, *entry).is_ok();
            (1, RequestProgress::Waiting { entry: *entry, from: recovery.from, may_veto })
        }
        Stage::Waiting | Stage::Over => (0, RequestProgress::Over),
    });
    known.max_by_key(|(rank, _)| *rank).map_or(RequestProgress::Asked, |(_, progress)| progress)
}

/// Whether this device may approve a request of a device: another one, that is not in the room and can come in, and for which
/// nothing waits yet.
pub(in crate::client) fn may_approve(log: &RoomState, me: Viewer, account: AccountId, device: DeviceId) -> bool {
    let open = matches!(progress(log, device, me), RequestProgress::Asked | RequestProgress::Over);
    let could_come_in = !log.is_entitled(device) && !log.is_revoked(account, device);
    open && could_come_in
        && device != me.device
        && log.is_entitled(me.device)
        && log.may_approve(me.account, account).is_ok()
}

/// Whether this device can ask: its account is a member, the room does not trust it, and its keys were not revoked there.
pub(in crate::client) fn may_ask(log: &RoomState, me: Viewer) -> bool {
    log.member(me.account).is_some() && !log.is_entitled(me.device) && !log.is_revoked(me.account, me.device)
}

/// Whether it can ask the service to announce it, too.
pub(in crate::client) fn may_announce(log: &RoomState, me: Viewer) -> bool {
    let announces = log.recovery_policy().is_some_and(|policy| policy.owner_by_announcement);
    may_ask(log, me) && announces && is_owner(log, me.account)
}

/// Whether it may say who can help.
pub(in crate::client) fn may_set(log: &RoomState, me: Viewer) -> bool {
    log.is_entitled(me.device) && is_owner(log, me.account)
}

/// Whether a kit holds the room's recovery keys, and the account may use it.
pub(in crate::client) fn has_kit(log: &RoomState, account: AccountId) -> bool {
    log.recovery_mode() == RecoveryMode::Kit && is_owner(log, account)
}

/// The recoveries that can still be objected to, the one that takes effect first comes first. Names are the caller's.
pub(in crate::client) fn waiting(log: &RoomState, me: Viewer) -> Vec<WaitingView> {
    let waits =
        log.recoveries().filter(|(_, recovery)| recovery.stage == Stage::Waiting && !has_expired(recovery, me.now));
    let views = waits.map(|(entry, recovery)| WaitingView {
        entry: *entry,
        account: recovery.bundle.account(),
        handle: None,
        device: recovery.bundle.device(),
        name: None,
        from: recovery.from,
        announced: recovery.announced,
        may_veto: log.may_veto(me.device, *entry).is_ok(),
    });
    let in_order: SortedMap<_, _> = views.map(|view| ((view.from, view.entry), view)).collect();
    in_order.into_values().collect()
}

fn has_expired(recovery: &Recovery, now: Timestamp) -> bool {
    recovery.until.is_some_and(|until| now >= until)
}

fn is_owner(log: &RoomState, account: AccountId) -> bool {
    log.member(account).is_some_and(|member| member.role == Role::Owner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        client::{identity::Identity, recovery::RecoveryChoice},
        crypto::{SUITE, device::DeviceKeys},
        ids::{EntryHash, InstallationId, NameHash},
        log::{
            Action, EntryBody, HistoryRule,
            action::{Created, RecoveryApproved, RecoveryReleased, RecoveryVetoed},
            request::RecoveryRequest,
        },
        protocol::bytes::Blob,
    };

    const NOW: Timestamp = Timestamp(1_790_000_000_000);
    const DELAY_MS: u64 = 60_000;
    const NAME: NameHash = NameHash::from_bytes([7; 32]);

    /// A room of one owner, in which a recovery takes effect after a minute; the owner's first computer, and another one.
    struct Scene {
        log: RoomState,
        first: Identity,
        other: Identity,
        service: DeviceKeys,
    }

    impl Scene {
        fn new() -> Self {
            let rsa: [&[u8]; 3] = [
                include_bytes!("../../../tests/data/device_1.pk8"),
                include_bytes!("../../../tests/data/device_2.pk8"),
                include_bytes!("../../../tests/data/device_3.pk8"),
            ];
            let keys = |number: u8| DeviceKeys::from_parts(rsa[usize::from(number)], &[number; 32]).unwrap();
            let computer = |number: u8| {
                let (account, installation) =
                    (AccountId::from_bytes([1; 16]), InstallationId::from_bytes([number; 16]));
                Identity::new(account, installation, "ada".into(), "computer".into(), keys(number)).unwrap()
            };
            let (first, other, service) = (computer(0), computer(1), keys(2));
            let created = Action::Created(Created {
                random: Blob(vec![1; 32]),
                account: first.account(),
                bundle: first.bundle().signed().clone(),
                room_name: NAME,
                handle: NAME,
                device_name: NAME,
                history: HistoryRule::AllRetained,
            });
            let entry = EntryBody::first(NOW, first.device(), created).sign(first.keys());
            let (log, _) = RoomState::start(&entry).unwrap();
            let mut scene = Self { log, first, other, service };
            let choice = RecoveryChoice { veto_delay_ms: DELAY_MS, ..RecoveryChoice::default() };
            let policy = choice.policy(Some(&scene.service.holder().unwrap())).unwrap();
            scene.append(Action::RecoveryPolicySet(policy));
            scene
        }

        /// The first computer appends it; its hash.
        fn append(&mut self, action: Action) -> EntryHash {
            let body = EntryBody::after(self.log.room(), self.log.head(), NOW, self.first.device(), action);
            let applied = self.log.apply(&body.sign(self.first.keys())).unwrap();
            assert_eq!(applied.effect, crate::log::Effect::Done);
            applied.hash
        }

        /// The first computer approves the other.
        fn approve(&mut self) -> EntryHash {
            let (account, device) = (self.other.account(), self.other.device());
            let (suite, room) = (SUITE, self.log.room());
            let request = RecoveryRequest { suite, room, account, device, device_name: NAME, at: NOW };
            self.append(Action::RecoveryApproved(RecoveryApproved {
                request: request.sign(self.other.keys()),
                bundle: self.other.bundle().signed().clone(),
                replaces: None,
                up_to_epoch: self.log.current_epoch(),
                expires_at: NOW.plus_millis(2 * 60_000),
            }))
        }

        fn viewer(&self, who: &Identity, later_ms: i64) -> Viewer {
            Viewer { account: who.account(), device: who.device(), now: NOW.plus_millis(later_ms) }
        }

        /// How far the other has come, as the first sees it.
        fn progress(&self, later_ms: i64) -> RequestProgress {
            progress(&self.log, self.other.device(), self.viewer(&self.first, later_ms))
        }

        fn first_may_approve(&self, later_ms: i64) -> bool {
            may_approve(&self.log, self.viewer(&self.first, later_ms), self.other.account(), self.other.device())
        }
    }

    #[test]
    fn a_recovery_waits_and_runs_out_or_takes_effect() {
        let mut scene = Scene::new();
        assert_eq!(scene.progress(0), RequestProgress::Asked);
        let (first, other) = (scene.viewer(&scene.first, 0), scene.viewer(&scene.other, 0));
        assert!(may_ask(&scene.log, other) && !may_ask(&scene.log, first));
        assert!(may_set(&scene.log, first) && !may_set(&scene.log, other));
        assert!(!may_announce(&scene.log, other), "the policy does not say so");
        assert!(!has_kit(&scene.log, other.account));
        assert!(scene.first_may_approve(0));
        assert!(!may_approve(&scene.log, other, other.account, other.device), "nobody approves itself");

        let entry = scene.approve();
        let from = NOW.plus_millis(60_000);
        assert_eq!(scene.progress(0), RequestProgress::Waiting { entry, from, may_veto: true });
        let seen_by_other = progress(&scene.log, other.device, other);
        assert_eq!(seen_by_other, RequestProgress::Waiting { entry, from, may_veto: false });
        assert!(!scene.first_may_approve(0), "it was approved");
        let waits = waiting(&scene.log, first);
        assert_eq!(
            waits.iter().map(|view| (view.entry, view.from, view.announced)).collect::<Vec<_>>(),
            [(entry, from, false)]
        );
        assert!(waits[0].may_veto && !waiting(&scene.log, other)[0].may_veto);

        // At the moment when the approval expires, it counts no longer.
        assert!(matches!(scene.progress(2 * 60_000 - 1), RequestProgress::Waiting { .. }));
        assert_eq!(scene.progress(2 * 60_000), RequestProgress::Over);
        assert_eq!(waiting(&scene.log, scene.viewer(&scene.first, 2 * 60_000)), []);
        assert!(scene.first_may_approve(2 * 60_000), "it can be approved anew");

        let released = Action::RecoveryReleased(RecoveryReleased { entry });
        let body = EntryBody::by_pinned_key(scene.log.room(), scene.log.head(), from, released);
        scene.log.apply(&body.sign(&scene.service)).unwrap();
        assert_eq!(scene.progress(2 * 60_000), RequestProgress::Released, "whatever the time");
        assert!(!scene.first_may_approve(0) && !may_ask(&scene.log, other));
    }

    #[test]
    fn what_was_objected_to_is_over_until_it_is_approved_anew() {
        let mut scene = Scene::new();
        let entry = scene.approve();
        scene.append(Action::RecoveryVetoed(RecoveryVetoed { entry }));
        assert_eq!(scene.progress(0), RequestProgress::Over);
        assert_eq!(waiting(&scene.log, scene.viewer(&scene.first, 0)), []);
        assert!(scene.first_may_approve(0));
        let again = scene.approve();
        assert!(matches!(scene.progress(0), RequestProgress::Waiting { entry, .. } if entry == again));
    }
}
