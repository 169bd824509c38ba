//! The service goes further in a recovery than it was approved: it shows requests that nobody made, releases what nobody approved,
//! too early, after an objection, or keys of epochs that the approval does not name.

use igoon_shared::{
    client::{
        Command,
        io::{Alarm, Standing},
    },
    crypto::{SUITE, envelope::EnvelopeReason},
    ids::{EntryHash, Epoch, NameHash, RoomId},
    log::{
        Action, Author, EntryBody, HistoryRule, IgnoredReason,
        action::{
            MemberRemoved, RecoveryAnnounced, RecoveryApproved, RecoveryMode, RecoveryPolicySet, RecoveryReleased,
            RecoveryVetoed,
        },
        request::{RecoveryRequest, SignedRequest},
    },
    protocol::{
        error::ErrorCode,
        frames::{KeysAdded, KeysWanted, OpenName, ServerFrame, StreamContent},
        http::{RecoveryProgress, RecoveryRequestInfo, RecoveryRequests, SecretText},
    },
};

use crate::{
    checks::second_computer,
    forging::{Forged, context},
    service::Liar,
    support::{
        TestRng,
        recovery::{pinned, policy},
    },
    world::ok,
};

const ASKER: usize = 2;

/// A room of two whose service holds recovery keys, and a second computer of the owner's that asks.
fn asked(policy: RecoveryPolicySet) -> Liar {
    let mut liar = Liar::new(1, HistoryRule::FromJoining);
    liar.append(0, 0, Action::RecoveryPolicySet(policy));
    liar.goes_on(&[0, 1]);
    assert_eq!(liar.add(second_computer(4, 1)), ASKER);
    liar.settle();
    assert_eq!(liar.hosts[ASKER].standing(), Some(Standing::NotApproved));
    liar.heard.clear();
    liar
}

impl Liar {
    fn request_of_asker(&self) -> SignedRequest {
        let asker = self.identity(ASKER);
        let request = RecoveryRequest {
            suite: SUITE,
            room: self.room,
            account: asker.account(),
            device: asker.device(),
            device_name: NameHash::from_bytes([7; 32]),
            at: self.now,
        };
        request.sign(asker.keys())
    }

    fn approval(&self, up_to_epoch: Epoch) -> Action {
        Action::RecoveryApproved(RecoveryApproved {
            request: self.request_of_asker(),
            bundle: self.identity(ASKER).bundle().signed().clone(),
            replaces: None,
            up_to_epoch,
            expires_at: self.now.plus_millis(3_600_000),
        })
    }

    /// The service appends this with the key that the log pins.
    fn by_service(&mut self, action: Action) {
        let body = EntryBody { author: Author::Service, ..self.body(0, &self.identity(0), action) };
        self.show(0, StreamContent::Log(body.sign(&pinned().keys)));
    }

    fn newest_hash(&self) -> EntryHash {
        self.log(0).head().hash
    }

    /// Nobody wraps anything for the asker, though the service asks everybody to.
    fn nothing_for_the_asker(&mut self) {
        let devices = vec![self.hosts[ASKER].device()];
        for who in 0..2 {
            let (room, epoch) = (self.room, self.log(0).current_epoch());
            self.tell(
                who,
                ServerFrame::KeysWanted(KeysWanted { room, epoch, devices: devices.clone(), links: vec![] }),
            );
        }
        self.goes_on(&[0, 1]);
        self.nothing_leaked(&[0, 1]);
        assert!(self.hosts[ASKER].texts().is_empty());
    }
}

/// Without an approval the service's signature lets nobody in, and puts nobody out.
#[test]
fn the_service_lets_nobody_in_by_itself() {
    let mut liar = asked(policy(RecoveryMode::ServerAssisted));
    let epoch = liar.log(0).current_epoch();
    let announced = Action::RecoveryAnnounced(RecoveryAnnounced {
        request: liar.request_of_asker(),
        bundle: liar.identity(ASKER).bundle().signed().clone(),
        up_to_epoch: epoch,
        effective_at: liar.now.plus_millis(100 * 3_600_000),
    });
    let removal = Action::MemberRemoved(MemberRemoved { account: liar.identity(1).account() });
    for (action, why) in [
        (liar.approval(epoch), IgnoredReason::NotPermitted),
        (announced, IgnoredReason::NotPermitted),
        (removal, IgnoredReason::NotPermitted),
        (Action::RecoveryReleased(RecoveryReleased { entry: liar.newest_hash() }), IgnoredReason::NotThere),
    ] {
        liar.by_service(action);
        liar.shown_without_effect(&[0, 1], why);
    }
    // Nor does a plain member, where the policy leaves it to owners.
    let approval = liar.approval(epoch);
    liar.append(0, 1, approval);
    liar.shown_without_effect(&[0, 1], IgnoredReason::NotPermitted);
    liar.nothing_for_the_asker();
}

/// What the service shows as a request counts as far as a computer signed it: other keys, another room, another name are none.
#[test]
fn a_request_that_its_computer_did_not_sign_is_not_shown() {
    let mut liar = asked(policy(RecoveryMode::ServerAssisted));
    let (room, now) = (liar.room, liar.now);
    let name = |text: &str| OpenName::new(text, &mut TestRng::new("a name"));
    let request = |by: usize, room: RoomId, device_name: NameHash| {
        let identity = liar.identity(by);
        let (account, device) = (identity.account(), identity.device());
        RecoveryRequest { suite: SUITE, room, account, device, device_name, at: now }.sign(identity.keys())
    };
    let hash = name("computer").hash().unwrap();
    let bundle = |who: usize| liar.identity(who).bundle().signed().clone();
    let good = RecoveryRequestInfo {
        request: request(ASKER, room, hash),
        bundle: bundle(ASKER),
        name: name("computer"),
        platform: "test".to_owned(),
        asked_at: now,
        expires_at: now.plus_millis(100_000_000),
        progress: RecoveryProgress::Asked,
    };
    let mut damaged = good.request.clone();
    damaged.signature.0[0] ^= 1;
    let mut other_bundle = bundle(ASKER);
    other_bundle.signature.0[0] ^= 1;
    let forged = [
        RecoveryRequestInfo { request: damaged, ..good.clone() },
        RecoveryRequestInfo { bundle: other_bundle, ..good.clone() },
        RecoveryRequestInfo { bundle: bundle(1), ..good.clone() },
        RecoveryRequestInfo { request: request(1, room, hash), ..good.clone() },
        RecoveryRequestInfo { request: request(ASKER, RoomId::from_bytes([9; 32]), hash), ..good.clone() },
        RecoveryRequestInfo { name: name("Ada's phone"), ..good.clone() },
        // Nobody would know what it is called.
        RecoveryRequestInfo { request: request(ASKER, room, name("").hash().unwrap()), name: name(""), ..good.clone() },
        RecoveryRequestInfo { expires_at: now, ..good.clone() },
    ];
    for (shown, expected) in forged.into_iter().map(|forged| (forged, false)).chain([(good, true)]) {
        let what = format!("{shown:?}");
        liar.twist(move |who, request, answer| {
            if who == 0 && request.path.ends_with("/recovery-requests") {
                return ok(&RecoveryRequests { requests: vec![shown.clone()] });
            }
            answer
        });
        liar.command(0, Command::ShowRecovery { room });
        let view = liar.hosts[0].recovery.clone().unwrap();
        let devices: Vec<_> = view.requests.iter().map(|request| request.device).collect();
        assert_eq!(devices, if expected { vec![liar.hosts[ASKER].device()] } else { vec![] }, "{what}");
        assert_eq!(liar.hosts[0].view.as_ref().unwrap().recovery_wanted, u32::from(expected), "{what}");
    }
    // Nor can one be approved that is not shown so.
    liar.be_honest();
    liar.command(0, Command::ShowRecovery { room });
    let (device, password) = (liar.hosts[ASKER].device(), SecretText::new("correct horse battery".to_owned()));
    liar.heard.clear();
    liar.command(0, Command::ApproveRecovery { room, device, replaces: None, password });
    assert_eq!(liar.hosts[0].failures, [ErrorCode::NotFound]);
    assert!(liar.heard.is_empty());
}

/// A release before the wait is over, and one after an objection.
#[test]
fn a_release_that_comes_too_early_or_was_objected_to_lets_nobody_in() {
    let mut liar = asked(RecoveryPolicySet { veto_delay_ms: 3_000_000, ..policy(RecoveryMode::ServerAssisted) });
    let approval = liar.approval(liar.log(0).current_epoch());
    liar.append(0, 0, approval);
    let entry = liar.newest_hash();
    liar.by_service(Action::RecoveryReleased(RecoveryReleased { entry }));
    liar.shown_without_effect(&[0, 1], IgnoredReason::TooEarly);
    liar.append(0, 0, Action::RecoveryVetoed(RecoveryVetoed { entry }));
    liar.now = liar.now.plus_millis(3_100_000);
    liar.by_service(Action::RecoveryReleased(RecoveryReleased { entry }));
    liar.shown_without_effect(&[0, 1], IgnoredReason::TooLate);
    liar.nothing_for_the_asker();
}

/// The approval names the epochs up to the first. The asker comes in, and is given the keys from then on, by members; what lies
/// between, the service asks for in vain, and what it hands over itself is not taken.
#[test]
fn a_release_gives_what_the_approval_names_and_no_more() {
    let mut liar = asked(policy(RecoveryMode::ServerAssisted));
    let before = liar.log(0).current_epoch();
    assert!(before > Epoch(2), "epochs that the approval does not name");
    // The account's own computer may give what it likes, and goes away before it does; the other member may not.
    liar.hosts[0].away = true;
    let approval = liar.approval(Epoch(1));
    liar.append(0, 0, approval);
    let entry = liar.newest_hash();
    liar.by_service(Action::RecoveryReleased(RecoveryReleased { entry }));
    assert_eq!(liar.newest_entry(1).ignored, None);
    liar.reconnect(ASKER);
    liar.write(1);
    liar.ask_for_keys();
    let current = liar.log(0).current_epoch();
    assert!(current > before);
    let device = liar.hosts[ASKER].device();
    let mut given: Vec<Epoch> =
        liar.wrapped_for().into_iter().filter(|(to, _)| *to == device).map(|(_, epoch)| epoch).collect();
    given.dedup();
    assert_eq!(given, [current], "what was written from then on, and nothing of what the approval does not name");
    assert!(!liar.has_key(ASKER, before) && liar.has_key(ASKER, current));
    liar.goes_on(&[1, ASKER]);
    // The service hands over a key that it may not, signed with what the log pins: it is not taken, and told of.
    let asker = liar.identity(ASKER).bundle().clone();
    let mut said = context(&liar, 0, &asker, before);
    said.wrapper = pinned().keys.holder().unwrap().id();
    said.reason = EnvelopeReason::Recovery;
    let holds = liar.key_of(0, before).unwrap();
    let wider = Forged { context: said, holds, recipient: &asker, signer: &pinned().keys }.seal();
    liar.faces[0].envelopes.push(wider);
    let room = liar.room;
    liar.tell(ASKER, ServerFrame::KeysAdded(KeysAdded { room }));
    assert!(!liar.has_key(ASKER, before));
    liar.stands_still(ASKER, Alarm::WiderRelease(before));
    liar.nothing_leaked(&[0, 1, ASKER]);
}
