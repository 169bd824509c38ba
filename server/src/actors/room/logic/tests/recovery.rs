//! What the service does for recoveries, step by step, and with which keys.

use std::collections::HashMap;

use igoon_shared::{
    client::keyring::Keyring,
    crypto::{CryptoError, label, primitives},
    log::{
        action::{RecoveryPolicySet, RecoveryReleased, RecoveryVetoed},
        recovery::{ANNOUNCED_MS, Stage},
    },
    protocol::http::{RecoveryProgress, RoomKeys},
};

use super::{people::approval, *};
use crate::recovery::{
    custody::HeldKey,
    inbox,
    plan::{self, Step},
    policy,
    release::{self, Released},
};

const HOUR: i64 = 60 * 60 * 1_000;

impl Person {
    fn held(&self) -> HeldKey {
        let (rsa, seed) = self.keys.to_parts().unwrap();
        HeldKey { holder: self.keys.holder().unwrap(), keys: DeviceKeys::from_parts(&rsa, &seed).unwrap() }
    }

    fn policy(&self, delay: i64, announces: bool) -> RecoveryPolicySet {
        let holder = self.keys.holder().unwrap();
        RecoveryPolicySet {
            mode: RecoveryMode::ServerAssisted,
            recovery_key: Some(Blob(holder.recovery_key().to_vec())),
            signing_key: Some(Blob(holder.signing_key().to_vec())),
            admins_approve: false,
            veto_delay_ms: u64::try_from(delay).unwrap(),
            owner_by_announcement: announces,
        }
    }
}

/// A room that counts on `service` from epoch 2 on, with the keys of epochs 2 and 3, and what the service holds of it.
pub(in crate::actors::room) struct Scene {
    owner: Person,
    service: Person,
    log: Option<Log>,
    keys: Vec<EpochKey>,
    held: Vec<Envelope>,
}

impl Scene {
    pub(in crate::actors::room) fn new(delay: i64, announces: bool) -> Self {
        let (owner, log, _) = room(HistoryRule::AllRetained);
        let mut scene = Self { owner, service: Person::new(), log: Some(log), keys: Vec::new(), held: Vec::new() };
        scene.act(Action::RecoveryPolicySet(scene.service.policy(delay, announces)));
        scene.rotate(EpochReason::RecoveryPolicyChanged);
        scene.rotate(EpochReason::Age);
        scene
    }

    /// The room's log so far.
    pub(in crate::actors::room) fn log(&self) -> Log {
        self.log.clone().unwrap()
    }

    /// What the log pins, as the service holds it.
    pub(in crate::actors::room) fn pinned(&self) -> HeldKey {
        self.service.held()
    }

    /// The owner lets another computer in.
    pub(in crate::actors::room) fn approves(&mut self) -> Accepted {
        let asks = self.owner.another_computer();
        *self.act(approval(self.state(), &asks, name())).1
    }

    fn state(&self) -> &RoomState {
        &self.log.as_ref().unwrap().state
    }

    fn act(&mut self, action: Action) -> (EntryHash, Box<Accepted>) {
        let entry = self.owner.entry(self.state(), NOW, action);
        let hash = entry.hash();
        (hash, commit(&mut self.log, &self.owner, Append { entries: vec![entry], ..empty() }))
    }

    fn rotate(&mut self, reason: EpochReason) {
        let mut append = empty();
        self.keys.push(self.owner.start_epoch(&mut self.state().clone(), &mut append, reason));
        let holder = self.service.keys.holder().unwrap().id();
        let accepted = commit(&mut self.log, &self.owner, append);
        let escrowed = accepted.append.envelopes.iter().filter(|(recipient, ..)| *recipient == holder);
        self.held.extend(escrowed.map(|(.., envelope)| envelope.clone()));
    }

    /// The service says it, at this time; nothing if that has no effect.
    fn say(&mut self, action: Action, now: Timestamp) -> Option<EntryHash> {
        let accepted = by_service(self.state(), &self.service.keys, action, Vec::new(), now)?;
        self.log.as_mut().unwrap().state = accepted.after;
        Some(accepted.append.entries[0].hash)
    }

    fn rewrap(&self, device: DeviceId) -> Result<Released, CryptoError> {
        let held = release::escrowed(self.state(), self.held.clone());
        let holders = release::holders(&held, self.state(), device);
        let keys: HashMap<_, _> = holders.into_iter().map(|holder| (holder, self.service.held())).collect();
        release::rewrap(&held, self.state(), device, &keys, &self.service.held())
    }
}

#[test]
fn an_approval_is_first_said_to_be_released_and_then_handed_out() {
    let mut scene = Scene::new(0, false);
    let asks = scene.owner.another_computer();
    let (entry, accepted) = scene.act(approval(scene.state(), &asks, name()));
    assert_eq!(
        accepted.append.recoveries.iter().map(|row| (row.entry, row.due_at)).collect::<Vec<_>>(),
        [(entry, NOW)]
    );
    assert_eq!(plan::next(scene.state(), entry, NOW), Step::Say);
    // It has expired before the service came to it.
    assert_eq!(plan::next(scene.state(), entry, NOW.plus_millis(1_000)), Step::Over);
    scene.say(Action::RecoveryReleased(RecoveryReleased { entry }), NOW).unwrap();
    // However late, and however often: it was said.
    assert_eq!(plan::next(scene.state(), entry, NOW.plus_millis(HOUR)), Step::HandOut(asks.device()));
    assert_eq!(inbox::progress(scene.state(), asks.device(), NOW), RecoveryProgress::Released);
    // Unless it is revoked meanwhile.
    scene.act(Action::DeviceRevoked(igoon_shared::log::action::DeviceRevoked {
        device: asks.device(),
        statement: None,
    }));
    assert_eq!(plan::next(scene.state(), entry, NOW), Step::Over);
}

#[test]
fn what_waits_is_said_when_the_wait_is_over_and_never_if_somebody_objected() {
    let mut scene = Scene::new(500, false);
    let (one, other) = (scene.owner.another_computer(), scene.owner.another_computer());
    let (first, accepted) = scene.act(approval(scene.state(), &one, name()));
    assert_eq!(accepted.append.recoveries[0].due_at, NOW.plus_millis(500));
    let (second, _) = scene.act(approval(scene.state(), &other, name()));
    assert_eq!(plan::next(scene.state(), first, NOW.plus_millis(499)), Step::Wait(NOW.plus_millis(500)));
    assert_eq!(plan::next(scene.state(), first, NOW.plus_millis(500)), Step::Say);
    assert_eq!(scene.say(Action::RecoveryReleased(RecoveryReleased { entry: first }), NOW.plus_millis(499)), None);
    scene.act(Action::RecoveryVetoed(RecoveryVetoed { entry: first }));
    assert_eq!(plan::next(scene.state(), first, NOW.plus_millis(500)), Step::Over);
    assert_eq!(scene.say(Action::RecoveryReleased(RecoveryReleased { entry: first }), NOW.plus_millis(500)), None);
    assert_eq!(inbox::progress(scene.state(), one.device(), NOW), RecoveryProgress::Over);
    assert!(!scene.state().is_entitled(one.device()));
    scene.say(Action::RecoveryReleased(RecoveryReleased { entry: second }), NOW.plus_millis(500)).unwrap();
    assert!(scene.state().is_entitled(other.device()));
    assert_eq!(scene.state().recovery(second).unwrap().stage, Stage::Released);
}

#[test]
fn released_are_the_epochs_that_the_approval_names_and_no_other() {
    let mut scene = Scene::new(0, false);
    let asks = scene.owner.another_computer();
    let Action::RecoveryApproved(mut named) = approval(scene.state(), &asks, name()) else { panic!() };
    named.up_to_epoch = Epoch(2);
    let (entry, _) = scene.act(Action::RecoveryApproved(named));
    scene.say(Action::RecoveryReleased(RecoveryReleased { entry }), NOW).unwrap();
    scene.rotate(EpochReason::DeviceRecovered);
    assert_eq!(scene.held.len(), 3);
    let released = scene.rewrap(asks.device()).unwrap().envelopes;
    assert_eq!(released.iter().map(|(to, epoch, _)| (*to, *epoch)).collect::<Vec<_>>(), [(asks.device(), Epoch(2))]);
    let envelopes: Vec<Envelope> = released.into_iter().map(|(.., envelope)| envelope).collect();
    let mut keyring = Keyring::default();
    let given = RoomKeys { envelopes: envelopes.clone(), links: Vec::new() };
    assert_eq!(keyring.take_in(&given, scene.state(), asks.device(), &asks.keys).learnt, [Epoch(2)]);
    assert_eq!(keyring.get(Epoch(2), scene.state()).unwrap().expose(), scene.keys[0].expose());
    // Nobody else opens them, and to others nothing is handed.
    let others = Keyring::default().take_in(&given, scene.state(), scene.owner.device(), &scene.owner.keys);
    assert_eq!(others.learnt, []);
    assert_eq!(scene.rewrap(scene.owner.device()).unwrap().envelopes, []);
    assert!(scene.rewrap(Person::new().device()).is_err());
}

/// OAEP authenticates nobody: what was not signed by who may have wrapped it is not opened.
#[test]
fn only_what_the_log_has_is_opened() {
    let mut scene = Scene::new(0, false);
    let asks = scene.owner.another_computer();
    let (entry, _) = scene.act(approval(scene.state(), &asks, name()));
    scene.say(Action::RecoveryReleased(RecoveryReleased { entry }), NOW).unwrap();
    let good = scene.held.clone();
    let stranger = Person::new();
    let holder = scene.service.keys.holder().unwrap();
    let other_key = EpochKey::random(&mut system_rng());
    let escrow = |by: &Person, key: &EpochKey| {
        let (room, epoch) = (scene.state().room(), Epoch(2));
        Envelope::escrow(&by.keys, by.device(), room, epoch, key, &holder, &mut system_rng()).unwrap()
    };
    let mut damaged = good[0].clone();
    damaged.ciphertext.0[3] ^= 1;
    for bad in [escrow(&stranger, &scene.keys[0]), escrow(&scene.owner, &other_key), damaged] {
        assert!(release::escrowed(scene.state(), vec![bad]).is_empty());
    }
    assert_eq!(release::escrowed(scene.state(), good).len(), 2);
}

/// Whoever starts an epoch can wrap anything: what does not open keeps nothing else back.
#[test]
fn an_epoch_that_does_not_open_keeps_no_other_back() {
    let mut scene = Scene::new(0, false);
    let asks = scene.owner.another_computer();
    let (entry, _) = scene.act(approval(scene.state(), &asks, name()));
    scene.say(Action::RecoveryReleased(RecoveryReleased { entry }), NOW).unwrap();
    let Envelope { context, mut ciphertext, .. } = scene.held[1].clone();
    ciphertext.0[200] ^= 1;
    let signed = [context.0.as_slice(), &primitives::sha256(&ciphertext.0)];
    let signature = Blob(scene.owner.keys.sign(label::SIGN_ENVELOPE, &signed).to_vec());
    scene.held[1] = Envelope { context, ciphertext, signature };
    let Released { envelopes, closed } = scene.rewrap(asks.device()).unwrap();
    assert_eq!(envelopes.iter().map(|(_, epoch, _)| *epoch).collect::<Vec<_>>(), [Epoch(2)]);
    assert_eq!(closed, [Epoch(3)]);
}

#[test]
fn an_owner_who_lost_everything_is_announced_once_and_let_in_after_three_days() {
    let mut scene = Scene::new(0, true);
    let asks = scene.owner.another_computer();
    let Action::RecoveryApproved(asked) = approval(scene.state(), &asks, name()) else { panic!() };
    let announced = inbox::announcement(scene.state(), &asks.bundle, &asked.request, NOW).unwrap();
    assert_eq!(announced.effective_at, NOW.plus_millis(ANNOUNCED_MS));
    let entry = scene.say(Action::RecoveryAnnounced(announced), NOW).unwrap();
    assert_eq!(inbox::announcement(scene.state(), &asks.bundle, &asked.request, NOW), None, "it waits already");
    let due = NOW.plus_millis(ANNOUNCED_MS);
    assert_eq!(plan::next(scene.state(), entry, due.plus_millis(-1)), Step::Wait(due));
    assert_eq!(plan::next(scene.state(), entry, due), Step::Say);
    scene.say(Action::RecoveryReleased(RecoveryReleased { entry }), due).unwrap();
    assert_eq!(scene.rewrap(asks.device()).unwrap().envelopes.len(), 2);
    // Where the policy does not say so, nobody is announced.
    let scene = Scene::new(0, false);
    assert_eq!(inbox::announcement(scene.state(), &asks.bundle, &asked.request, NOW), None);
}

#[test]
fn requests_are_shown_to_who_may_answer_them_and_to_who_asked() {
    let scene = Scene::new(0, false);
    let (owner, stranger) = (scene.owner.bundle.account(), AccountId::random(&mut system_rng()));
    let shown = |caller, device| inbox::is_shown(scene.state(), caller, device, owner);
    assert!(shown(owner, None) && shown(owner, Some(scene.owner.device())));
    assert!(!shown(stranger, Some(scene.owner.device())));
    assert_eq!(inbox::concerned(scene.state(), owner).into_iter().collect::<Vec<_>>(), [owner]);
    assert_eq!(inbox::progress(scene.state(), DeviceId::from_bytes([1; 32]), NOW), RecoveryProgress::Asked);
}

#[test]
fn only_policies_that_count_on_the_service_pin_its_keys() {
    let (owner, service, other) = (Person::new(), Person::new(), Person::new());
    let ours = service.keys.holder().unwrap();
    let (state, ..) = owner.make_room(HistoryRule::AllRetained);
    let set = |policy| vec![owner.entry(&state, NOW, Action::RecoveryPolicySet(policy))];
    let pinned = set(service.policy(0, false));
    assert!(policy::counts_on_service(&pinned) && policy::pins(&pinned, &ours));
    let anothers = set(other.policy(0, false));
    assert!(policy::counts_on_service(&anothers) && !policy::pins(&anothers, &ours));
    assert!(!policy::counts_on_service(&set(RecoveryPolicySet { mode: RecoveryMode::Kit, ..other.policy(0, false) })));
    // Without keys of rooms, the service still signs when a wait is over.
    let signs =
        |by: &Person| RecoveryPolicySet { mode: RecoveryMode::DevicesOnly, recovery_key: None, ..by.policy(1, false) };
    assert!(policy::pins(&set(signs(&service)), &ours) && !policy::pins(&set(signs(&other)), &ours));
}

#[test]
fn a_device_approves_only_with_the_password_shown_once_more() {
    let mut scene = Scene::new(0, false);
    let asks = scene.owner.another_computer();
    let entry = scene.owner.entry(scene.state(), NOW, approval(scene.state(), &asks, name()));
    let append = Append { entries: vec![entry], ..empty() };
    let unconfirmed = Caller { confirmed: false, ..scene.owner.caller() };
    let judged = judge(scene.log.as_ref(), &unconfirmed, append.clone(), NOW.into());
    assert_eq!(refused(judged), Some(ErrorCode::Forbidden));
    commit(&mut scene.log, &scene.owner, append.clone());
    // A repetition is answered as the first time.
    assert!(matches!(judge(scene.log.as_ref(), &unconfirmed, append, NOW.into()), Ok(Judged::Repeated(_))));
}
