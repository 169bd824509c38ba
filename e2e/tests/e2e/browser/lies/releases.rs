//! A service that goes further in a recovery than it was approved, with the keys that the log pins as its own: it lets in whom nobody
//! approved, too early, or after an objection; it dates a wait back; it hands out keys that no approval names.

use igoon_e2e::{
    account::{PASSWORD, Session},
    liar::Heard,
    native::{NativeClient, Shown, now},
    wait,
};
use igoon_shared::{
    client::{Command, Identity, io::Standing},
    crypto::{
        SUITE,
        bundle::Bundle,
        device::DeviceKeys,
        envelope::{Envelope, EnvelopeReason},
        system_rng,
    },
    ids::{AccountId, DeviceId, EntryHash, Epoch, NameHash, RoomId},
    log::{
        Action, Author, EntryBody, RoomState,
        action::{RecoveryAnnounced, RecoveryApproved, RecoveryReleased},
        recovery::ANNOUNCED_MS,
        request::{RecoveryRequest, SignedRequest},
    },
    protocol::{
        frames::{KeysAdded, KeysWanted, ServerFrame, StreamContent},
        http::{Append, Appended, ApproveRecovery, RecoveryRequests, RoomKeys, SecretText},
    },
    time::Timestamp,
};
use reqwest::Method;

use super::{
    forging::intruder_of,
    scene::{Scene, other_keys},
};
use crate::browser::scene::TEXTS;

const HOUR_MS: i64 = 60 * 60 * 1_000;

impl Scene {
    /// Ada opens a page of the room, and has a connection.
    async fn looks_at(&self, page: &str) {
        self.ada.open(&format!("{}/room/{}{page}", self.liar.url(), self.room)).await;
        self.ada.find("#app[data-connection=online]").await;
    }

    /// Ada has the service help: others have a day to object, and it may announce an owner.
    async fn counts_on_the_service(&self) {
        let ada = &self.ada;
        self.looks_at("/settings").await;
        ada.click("[data-testid=change-recovery]").await;
        ada.click("#recovery-1").await;
        ada.click("[data-testid=recovery-options]").await;
        ada.click("#recovery-delay-1").await;
        ada.click("#recovery-announce").await;
        ada.click("[data-testid=set-recovery]").await;
        ada.click("[data-testid=deed-now]").await;
        ada.until_none("[data-testid=set-recovery]").await;
        self.looks_at("").await;
    }

    /// Somebody asks to be let in on another computer, and ada approves it; the entry, after which it waits.
    async fn approves(&self, handle: &str, keys: DeviceKeys) -> (NativeClient, EntryHash) {
        let (ada, room) = (&self.ada, self.room);
        let new = NativeClient::start_with(Session::another(&self.server, handle).await.unwrap(), keys).await;
        new.sees(room, "that nobody approved it", |view| {
            view.standing == Standing::NotApproved && !view.members.is_empty()
        })
        .await;
        new.command(Command::ShowRecovery { room });
        let may_ask = |shown: &Shown| shown.recoveries.get(&room).is_some_and(|view| view.may_ask);
        new.until("that it may ask", may_ask).await;
        new.command(Command::AskRecovery { room, announce: false });
        self.looks_at("/recovery").await;
        ada.fill("[data-testid=ask] input[type=password]", PASSWORD).await;
        ada.click("[data-testid=ask] [data-testid=submit]").await;
        let device = new.identity().device();
        let approved = wait::until("the approval", async || {
            let log = self.log().await;
            log.recoveries().find(|(_, recovery)| recovery.bundle.device() == device).map(|(entry, _)| *entry)
        });
        let approved = approved.await;
        (new, approved)
    }

    /// What a computer would have asked for.
    fn request(&self, by: &Identity) -> SignedRequest {
        let (account, device, device_name) = (by.account(), by.device(), NameHash::from_bytes([7; 32]));
        RecoveryRequest { suite: SUITE, room: self.room, account, device, device_name, at: now() }.sign(by.keys())
    }

    /// That the service lets in a computer when three days have passed since then.
    fn announced(&self, whose: &Identity, at: Timestamp) -> Action {
        Action::RecoveryAnnounced(RecoveryAnnounced {
            request: self.request(whose),
            bundle: whose.bundle().signed().clone(),
            up_to_epoch: Epoch(1),
            effective_at: at.plus_millis(ANNOUNCED_MS),
        })
    }

    /// Grace approves the computer that ada asks for, in the place of the lost one and up to this epoch; its keys.
    async fn is_approved_up_to(&self, up_to_epoch: Epoch) -> Bundle {
        let (grace, room) = (&self.grace, self.room);
        let path = format!("/rooms/{room}/recovery-requests");
        let asked: RecoveryRequests = grace.session().call(Method::GET, &path, None::<&()>).await.unwrap();
        let asked = asked.requests.into_iter().next().unwrap();
        let bundle = Bundle::verify(&asked.bundle).unwrap();
        let log = self.log().await;
        let mut lost = log.entitled_devices().filter(|(_, device)| device.bundle.account() == bundle.account());
        let approved = Action::RecoveryApproved(RecoveryApproved {
            request: asked.request,
            bundle: asked.bundle,
            replaces: lost.next().map(|(device, _)| *device),
            up_to_epoch,
            expires_at: now().plus_millis(HOUR_MS),
        });
        let entries = vec![self.entry(grace, approved).await];
        let append = Append { entries, envelopes: vec![], link: None, names: vec![asked.name], invite_key: None };
        let body = ApproveRecovery { current: SecretText::new(PASSWORD.to_owned()), append };
        let path = format!("/rooms/{room}/recovery-approvals");
        let _: Appended = grace.session().call(Method::POST, &path, Some(&body)).await.unwrap();
        bundle
    }

    /// Ada's account.
    async fn account_of_ada(&self) -> AccountId {
        let adas = self.adas().await;
        self.log().await.device(adas).unwrap().bundle.account()
    }
}

/// A log as the service shows it.
struct Shows<'a> {
    log: RoomState,
    service: &'a DeviceKeys,
}

impl Shows<'_> {
    /// The service says this in the log, as at that time.
    fn says(&mut self, at: Timestamp, action: Action) -> StreamContent {
        let nobody = DeviceId::from_bytes([0; 32]);
        let body = EntryBody::after(self.log.room(), self.log.head(), at, nobody, action);
        let entry = EntryBody { author: Author::Service, ..body }.sign(self.service);
        self.log.apply(&entry).unwrap();
        StreamContent::Log(entry)
    }

    fn releases(&mut self, entry: EntryHash) -> StreamContent {
        self.says(now(), Action::RecoveryReleased(RecoveryReleased { entry }))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_without_approval_too_early_or_after_an_objection_lets_nobody_in_and_the_page_says_why() {
    let scene = Scene::new().await;
    let (ada, room) = (&scene.ada, scene.room);
    scene.counts_on_the_service().await;
    scene.goes_on("under a key that the service has").await;
    let (graces, waits) = scene.approves("grace", other_keys(11)).await;
    let (mallorys, objected) = scene.approves("mallory", other_keys(12)).await;
    ada.until_says("[data-testid=waits]:nth-child(2)", "is approved").await;
    scene.mallory.command(Command::Veto { room, entry: objected });
    ada.until_none("[data-testid=waits]:nth-child(2)").await;
    scene.looks_at("").await;

    let service = scene.service();
    let mut shows = Shows { log: scene.log().await, service: &service };
    let eve = intruder_of(scene.account_of_ada().await);
    let head = shows.log.head().hash;
    let approval = Action::RecoveryApproved(RecoveryApproved {
        request: scene.request(&eve),
        bundle: eve.bundle().signed().clone(),
        replaces: None,
        up_to_epoch: Epoch(1),
        expires_at: now().plus_millis(HOUR_MS),
    });
    let of_a_member = scene.announced(&graces.identity(), now());
    let lies = vec![
        shows.releases(waits),
        shows.releases(objected),
        shows.releases(head),
        shows.says(now(), approval),
        shows.says(now(), of_a_member),
    ];
    let sent = scene.liar.sent().all().len();
    scene.shows(lies).await;
    let devices = [&graces.identity(), &mallorys.identity(), &eve].map(Identity::device).into();
    let epoch = scene.log().await.current_epoch();
    scene.liar.says(ServerFrame::KeysWanted(KeysWanted { room, epoch, devices, links: vec![] }));
    scene.has_listened().await;
    let keys = |bytes: &Vec<u8>| bytes.windows(9).any(|part| part == b"envelopes");
    assert!(!scene.liar.sent().all()[sent..].iter().any(keys), "nothing is wrapped for any of them");
    ada.until_texts("[data-testid=people] span", &["3"]).await;
    scene.looks_at("/log").await;
    let told = [
        "No effect They were not permitted to do that.",
        "No effect They were not permitted to do that.",
        "No effect Nobody had approved or announced that.",
        "No effect It was over already: too late, objected to, or done.",
        "No effect The time to object was not over.",
    ];
    ada.until_texts("[data-testid=log-ignored]", &told).await;
    // Whoever waits still waits, and can be objected to.
    scene.looks_at("/recovery").await;
    ada.until_says("[data-testid=waits]", "A new computer of grace is approved").await;
    ada.find("[data-testid=waits] [data-testid=veto]").await;
    assert_eq!(ada.texts("[data-testid=waits]").await.len(), 1);

    // It says that it announced a computer of ada's three days ago. By the log that is in order; her own computer knows better.
    let long_ago = now().plus_millis(-ANNOUNCED_MS);
    let announced = shows.says(long_ago, scene.announced(&eve, long_ago));
    let entry = shows.log.head().hash;
    let released = shows.releases(entry);
    scene.shows(vec![announced, released]).await;
    let unseen = "[data-testid=line] [data-testid=unseen-wait], [data-testid=log-entry] [data-testid=unseen-wait]";
    for page in ["/log", ""] {
        scene.looks_at(page).await;
        ada.until_says(unseen, "This computer only heard of it when it was over").await;
        ada.until_says(unseen, "Was it not you? Then shut that computer out").await;
    }
    ada.click("[data-testid=people]").await;
    ada.until_says("[data-testid=person] [data-testid=unseen-wait]", "Was it not you?").await;
}

/// The approval names key 2, which ada reads by; of key 3, which the service has as well, it says nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_the_approval_does_not_name_is_not_used_and_stops_the_room() {
    let scene = Scene::of_ada_who_comes_back().await;
    let (ada, grace, room) = (&scene.ada, &scene.grace, scene.room);
    let newcomer = scene.is_approved_up_to(Epoch(2)).await;
    let lacking = "This computer can't read this message yet: it lacks room key 3, one of the keys that a room uses one after the \
        other. The message appears by itself as soon as another computer hands the key over.";
    scene.reads(&["under key 2", lacking]).await;
    scene.goes_on("under key 4").await;
    let read = ["under key 2", lacking, "by ada, under key 4", "by grace, under key 4"];

    let (service, graces) = (scene.service(), grace.identity());
    let (holder, key) = (service.holder().unwrap().id(), scene.key(Epoch(3)));
    let release = |room, recipient: &Bundle| {
        let reason = EnvelopeReason::Recovery;
        Envelope::wrap(&service, holder, room, Epoch(3), &key, recipient, reason, &mut system_rng()).unwrap()
    };
    // For another room, and for another computer: that is nothing.
    let useless = [release(RoomId::from_bytes([1; 32]), &newcomer), release(room, graces.bundle())];
    scene.liar.answers("/keys", move |keys: &mut RoomKeys| keys.envelopes.extend(useless.clone()));
    scene.liar.says(ServerFrame::KeysAdded(KeysAdded { room }));
    let fetched = |heard: &Heard| matches!(heard, Heard::Question(path) if path.ends_with("/keys"));
    wait::until("keys to be fetched", async || scene.liar.heard().iter().any(fetched).then_some(())).await;
    scene.has_listened().await;
    scene.reads(&read).await;
    ada.find("#composer").await;

    // As if the approval named it.
    let wider = release(room, &newcomer);
    scene.liar.listens();
    scene.liar.answers("/keys", move |keys: &mut RoomKeys| keys.envelopes.push(wider.clone()));
    scene.liar.says(ServerFrame::KeysAdded(KeysAdded { room }));
    let why = "The server gave this computer the room key 3, and nobody in the room had allowed that.";
    scene.stands_still(why).await;
    scene.reads(&read).await;
    // Also when it starts anew, until somebody says that it is cleared up.
    scene.liar.be_honest();
    ada.reload().await;
    scene.stands_still(why).await;
    scene.is_cleared_up().await;
    scene.goes_on("after all of it").await;
    assert_eq!(ada.texts(TEXTS).await[1], lacking, "the key was not kept");
}
