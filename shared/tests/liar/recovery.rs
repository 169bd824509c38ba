//! The service goes further in a recovery than it was approved: it shows requests that nobody made, releases what nobody approved,
//! too early, after an objection, or keys of epochs that the approval does not name; it announces an owner's, and does not wait.

use igoon_shared::{
    client::{
        Command, Event, Input,
        io::{Alarm, ComparisonView, Deed, EntryView, LinesView, Standing},
    },
    crypto::{SUITE, envelope::EnvelopeReason},
    ids::{EntryHash, Epoch, NameHash, RoomId, Seq},
    log::{
        Action, Author, EntryBody, HistoryRule, IgnoredReason,
        action::{
            MemberRemoved, RecoveryAnnounced, RecoveryApproved, RecoveryMode, RecoveryPolicySet, RecoveryReleased,
            RecoveryVetoed,
        },
        recovery::ANNOUNCED_MS,
        request::{RecoveryRequest, SignedRequest},
    },
    protocol::{
        error::ErrorCode,
        frames::{KeysAdded, KeysWanted, OpenName, ServerFrame, StreamContent},
        http::{RecoveryProgress, RecoveryRequestInfo, RecoveryRequests, SecretText},
    },
    time::Timestamp,
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
        self.by_service_at(self.now, action);
    }

    /// The same, and says that it is of another time.
    fn by_service_at(&mut self, at: Timestamp, action: Action) {
        let body = EntryBody { at, author: Author::Service, ..self.body(0, &self.identity(0), action) };
        self.show(0, StreamContent::Log(body.sign(&pinned().keys)));
    }

    /// The service announces the asker, at this time by its word; the entry.
    fn announces(&mut self, at: Timestamp) -> EntryHash {
        self.by_service_at(
            at,
            Action::RecoveryAnnounced(RecoveryAnnounced {
                request: self.request_of_asker(),
                bundle: self.identity(ASKER).bundle().signed().clone(),
                up_to_epoch: self.log(0).current_epoch(),
                effective_at: at.plus_millis(ANNOUNCED_MS),
            }),
        );
        let entry = self.newest_hash();
        assert!(self.log(0).recovery(entry).is_some(), "it is in order");
        entry
    }

    fn goes(&mut self, who: usize) {
        self.hosts[who].disconnect(None);
        self.hosts[who].away = true;
    }

    fn comes(&mut self, who: usize) {
        self.hosts[who].away = false;
        self.reconnect(who);
    }

    /// The service lets the asker in; what the log says of it is done.
    fn lets_in(&mut self, entry: EntryHash) {
        self.by_service(Action::RecoveryReleased(RecoveryReleased { entry }));
        self.comes(ASKER);
        assert_eq!(self.hosts[ASKER].standing(), Some(Standing::Ready));
    }

    /// Of how many hours of the wait a client says that it saw no more, wherever it tells of it, if it says so.
    fn unseen(&mut self, who: usize) -> Option<u32> {
        let device = self.hosts[ASKER].device();
        let in_log = |entries: &[EntryView]| {
            let release = entries.iter().find(|entry| matches!(entry.deed, Deed::RecoveryReleased { .. })).unwrap();
            assert!(release.unseen_wait.is_none_or(|wait| wait.device == device));
            release.unseen_wait
        };
        let unseen = in_log(&self.log_shown(who).entries);
        assert_eq!(in_log(&self.lines_shown(who).entries), unseen, "between the messages");
        let members = &self.hosts[who].view.as_ref().unwrap().members;
        let marked: Vec<u8> = members.iter().filter(|it| it.unseen_wait).map(|it| it.account.as_bytes()[0]).collect();
        assert_eq!(marked, if unseen.is_some() { vec![1] } else { vec![] }, "beside the people");
        unseen.map(|wait| wait.seen_hours)
    }

    fn newest_release(&mut self, who: usize) -> EntryView {
        let mut entries = self.log_shown(who).entries.into_iter();
        entries.find(|entry| matches!(entry.deed, Deed::RecoveryReleased { .. })).unwrap()
    }

    fn comparison(&mut self, who: usize) -> ComparisonView {
        let wish = Command::Compare { room: self.room, account: self.identity(0).account() };
        let shown = self.events(who, Input::Command(wish)).into_iter();
        shown.filter_map(|event| if let Event::Comparison(view) = event { Some(view) } else { None }).next().unwrap()
    }

    fn lines_shown(&mut self, who: usize) -> LinesView {
        let wish = Command::ShowLines { room: self.room, from: Seq(0), to: Seq(u64::MAX) };
        let shown = self.events(who, Input::Command(wish)).into_iter();
        shown.filter_map(|event| if let Event::Lines(view) = event { Some(view) } else { None }).next().unwrap()
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
                // Shown twice, it is one.
                return ok(&RecoveryRequests { requests: vec![shown.clone(), shown.clone()] });
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

fn announcing() -> RecoveryPolicySet {
    RecoveryPolicySet { owner_by_announcement: true, ..policy(RecoveryMode::ServerAssisted) }
}

/// By the log it is in order: the announcement is three days old, it says. Who was there knows that it is not.
#[test]
fn a_wait_that_was_only_dated_back_is_marked_by_whoever_was_there() {
    let mut liar = asked(announcing());
    let entry = liar.announces(liar.now.plus_millis(-ANNOUNCED_MS));
    liar.lets_in(entry);
    liar.goes_on(&[0, 1, ASKER]);
    assert_eq!([0, 1].map(|who| liar.unseen(who)), [Some(0); 2]);
    assert_eq!(liar.unseen(ASKER), None, "of itself it knows");
    let mine = |liar: &mut Liar, who| liar.newest_release(who).unseen_wait.unwrap().mine;
    assert!(mine(&mut liar, 0) && !mine(&mut liar, 1));
    liar.restart(1);
    assert_eq!(liar.unseen(1), Some(0), "also after a restart");

    // Once it was asked and compared, the people are as before; what happened stays.
    let (room, account) = (liar.room, liar.identity(0).account());
    let number = liar.comparison(1).number.unwrap();
    liar.command(1, Command::Mark { room, account, number });
    assert!(liar.hosts[1].view.as_ref().unwrap().members.iter().all(|member| !member.unseen_wait));
    assert!(liar.newest_release(1).unseen_wait.is_some());
}

/// It waits as it should: who was there sees that, also when it was started anew meanwhile. Who was away, who has no note of it, and who
/// is told of it shortly before say how little they saw.
#[test]
fn a_wait_is_marked_by_those_alone_who_did_not_see_it() {
    let mut liar = asked(announcing());
    [0, ASKER].into_iter().for_each(|who| liar.goes(who));
    let entry = liar.announces(liar.now);
    liar.now = liar.now.plus_millis(ANNOUNCED_MS / 2);
    liar.restart(1);
    liar.now = liar.now.plus_millis(ANNOUNCED_MS / 2);
    liar.lets_in(entry);
    assert_eq!(liar.unseen(1), None);
    liar.comes(0);
    assert_eq!(liar.unseen(0), Some(0));
    liar.goes_on(&[0, 1, ASKER]);

    // As records from before there were such notes.
    liar.hosts[1].records.retain(|name, _| !name.contains("/wait/"));
    liar.restart(1);
    assert_eq!(liar.unseen(1), Some(0));
}

/// It keeps the announcement from somebody until it is nearly over.
#[test]
fn an_announcement_that_was_kept_back_is_marked_with_what_was_seen_of_it() {
    let mut liar = asked(announcing());
    [1, ASKER].into_iter().for_each(|who| liar.goes(who));
    let entry = liar.announces(liar.now);
    liar.now = liar.now.plus_millis(ANNOUNCED_MS - 12 * 3_600_000);
    liar.comes(1);
    liar.now = liar.now.plus_millis(12 * 3_600_000);
    liar.lets_in(entry);
    assert_eq!([0, 1].map(|who| liar.unseen(who)), [None, Some(12)]);
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
