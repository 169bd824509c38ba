//! A recovery that waits: an approval that can be objected to, and an announcement. Who waits, who approves and who objects ends at
//! any step; the service is killed while it waits, and starts again when the time is over. What was said stands in the log once,
//! and so does the release.

use std::time::Duration;

use igoon_e2e::{
    account::PASSWORD,
    clock::Clock,
    database::Kind,
    native::{NativeClient, Shown},
    sent::{Sent, assert_one_key_for_each_epoch},
    server::{Settings, TestServer},
    wait,
};
use igoon_shared::{
    client::{
        Command,
        io::{RecoveryChoice, RequestProgress, Standing},
    },
    ids::{DeviceId, EntryHash, RoomId},
    log::{Action, HistoryRule, action::RecoveryMode},
};

use super::{
    all_write, begun, entries, in_rounds, people,
    recovering::{goes_on, has_its_request, is_asked, looks, secret, untrusted},
    started_again,
};

const HOUR: Duration = Duration::from_secs(60 * 60);
/// How long an announcement is there to be read.
const ANNOUNCED: Duration = HOUR.saturating_mul(72);

/// An hour to object.
const APPROVED_CHOICE: RecoveryChoice = RecoveryChoice {
    mode: RecoveryMode::ServerAssisted,
    veto_delay_ms: 60 * 60 * 1_000,
    admins_approve: false,
    owner_by_announcement: false,
};

const ANNOUNCED_CHOICE: RecoveryChoice = RecoveryChoice {
    mode: RecoveryMode::DevicesOnly,
    veto_delay_ms: 0,
    admins_approve: false,
    owner_by_announcement: true,
};

/// A room of ada, its owner, and grace, in which both have written. One computer after the other is lost, and asks.
struct Scene {
    server: TestServer,
    clock: Clock,
    room: RoomId,
    all: Vec<Sent>,
}

impl Scene {
    async fn new(kind: Kind, choice: RecoveryChoice) -> (Self, NativeClient, NativeClient) {
        let clock = Clock::new();
        let mut settings = Settings::unlimited();
        clock.give_to(&mut settings);
        let server = TestServer::start_as(kind, settings).await;
        let (ada, [grace]) = people(&server, ["grace"]).await;
        let room = ada.create_room_for("Room", HistoryRule::AllRetained, choice).await;
        let link = ada.invite(room, 1).await;
        grace.join(room, &link).await;
        all_write(&[&ada, &grace], room, "before").await;
        for client in [&ada, &grace] {
            client.command(Command::ShowRecovery { room });
        }
        let all = [&ada, &grace].map(|client| client.session().sent.clone()).to_vec();
        (Self { server, clock, room, all }, ada, grace)
    }

    /// Somebody's new computer, which looks at the room's recovery.
    async fn another_computer(&mut self, handle: &str) -> NativeClient {
        let new = untrusted(&self.server, handle, self.room).await;
        self.all.push(new.session().sent.clone());
        new
    }

    /// A computer asks, until somebody is shown that. It may end by then, is started again, and asks once more if the service has
    /// nothing of it. The computer, and whether it had ended.
    async fn asks(
        &self,
        mut new: NativeClient,
        announce: bool,
        by: &NativeClient,
        shows: impl Fn(&Shown) -> bool,
    ) -> (NativeClient, bool) {
        let (room, ask) = (self.room, Command::AskRecovery { room: self.room, announce });
        new.command(ask.clone());
        wait::until("what it asks", async || (new.has_ended() || shows(&by.shown())).then_some(())).await;
        let ended = new.has_ended();
        if ended {
            new = started_again(new).await;
            looks(&new, room).await;
            if !has_its_request(&new, room).await {
                new.command(ask);
            }
            by.until("what it asks", shows).await;
        }
        (new, ended)
    }

    /// Ada approves, and it waits. She may end by then, is started again, and approves once more what she is still asked. She, and
    /// whether she had ended.
    async fn approves(
        &self,
        mut ada: NativeClient,
        device: DeviceId,
        replaces: Option<DeviceId>,
    ) -> (NativeClient, bool) {
        let room = self.room;
        let approve = || Command::ApproveRecovery { room, device, replaces, password: secret(PASSWORD) };
        let waits = |shown: &Shown| waits(shown, room, device).is_some();
        ada.command(approve());
        wait::until("that it waits", async || (ada.has_ended() || waits(&ada.shown())).then_some(())).await;
        let ended = ada.has_ended();
        if ended {
            ada = looks_again(ada, room).await;
            let asked = ada.until("how it stands", |shown| is_asked(shown, room, device) || waits(shown)).await;
            if !waits(&asked) {
                ada.command(approve());
            }
            ada.until("that it waits", waits).await;
        }
        (ada, ended)
    }

    /// The service is killed, and starts again so much later.
    async fn is_killed(&mut self, how_long: Duration) {
        self.server.kill();
        self.clock.advance(how_long);
        self.server.launch().await;
    }

    /// A computer comes in now. It, and whether it had ended before.
    async fn comes_in(&self, mut new: NativeClient, other: &NativeClient) -> (NativeClient, bool) {
        let room = self.room;
        wait::until("it to be let in", async || {
            (new.has_ended() || other.has_ended() || new.shown().is_ready(room)).then_some(())
        })
        .await;
        new.end_after(None);
        let ended = new.has_ended();
        if ended {
            new = started_again(new).await;
        }
        new.until("it to be let in after all", |shown| shown.is_ready(room)).await;
        (new, ended)
    }

    /// So many entries of each kind: approvals, announcements, objections, releases.
    async fn counts(&self, by: &NativeClient) -> [usize; 4] {
        let of = |such: fn(&Action) -> bool| entries(by, self.room, such);
        [
            of(|action| matches!(action, Action::RecoveryApproved(_))).await,
            of(|action| matches!(action, Action::RecoveryAnnounced(_))).await,
            of(|action| matches!(action, Action::RecoveryVetoed(_))).await,
            of(|action| matches!(action, Action::RecoveryReleased(_))).await,
        ]
    }
}

/// Who has ended is started again, and looks at the room's recovery.
async fn looks_again(client: NativeClient, room: RoomId) -> NativeClient {
    let client = started_again(client).await;
    client.until("the room", |shown| shown.is_ready(room)).await;
    client.command(Command::ShowRecovery { room });
    client
}

/// The entry by which a computer waits.
fn waits(shown: &Shown, room: RoomId, device: DeviceId) -> Option<EntryHash> {
    let waiting = &shown.recoveries.get(&room)?.waiting;
    waiting.iter().find(|waiting| waiting.device == device).map(|waiting| waiting.entry)
}

/// Grace's computers: each takes the place of the one before. She ends while she waits and comes in, or ada as she approves.
async fn approvals(kind: Kind, newcomer_ends: bool) {
    let (mut scene, mut ada, grace) = Scene::new(kind, APPROVED_CHOICE).await;
    let room = scene.room;
    let (mut replaces, mut so_far) = (None, 0);
    for steps in 0.. {
        let new = scene.another_computer("grace").await;
        let device = new.identity().device();
        let (new, _) = scene.asks(new, false, &ada, |shown| is_asked(shown, room, device)).await;
        if newcomer_ends { &new } else { &ada }.end_after(Some(steps));
        let (approver, approved) = scene.approves(ada, device, replaces).await;
        scene.is_killed(HOUR).await;
        let (new, came_in) = scene.comes_in(new, &approver).await;
        approver.end_after(None);
        let over = approver.has_ended();
        ada = if over { looks_again(approver, room).await } else { approver };
        goes_on(&new, &[&ada, &grace], room, &format!("after {steps} steps, on {device}")).await;
        (replaces, so_far) = (Some(device), so_far + 1);
        assert_eq!(scene.counts(&ada).await, [so_far, 0, 0, so_far]);
        if !(approved || came_in || over) {
            println!("{} has {steps} steps", if newcomer_ends { "a newcomer" } else { "an approver" });
            assert!(steps > 3);
            break;
        }
    }
    assert_one_key_for_each_epoch(&scene.all);
}

/// Ada's computers: each is lost before the next one asks.
async fn announcements(kind: Kind) {
    let (mut scene, ada, grace) = Scene::new(kind, ANNOUNCED_CHOICE).await;
    let room = scene.room;
    drop(ada.crash().await);
    let mut so_far = 0;
    for steps in 0.. {
        let new = scene.another_computer("ada").await;
        let device = new.identity().device();
        new.end_after(Some(steps));
        let (new, asked) = scene.asks(new, true, &grace, |shown| waits(shown, room, device).is_some()).await;
        scene.is_killed(ANNOUNCED).await;
        let (new, came_in) = scene.comes_in(new, &grace).await;
        goes_on(&new, &[&grace], room, &format!("after {steps} steps, on {device}")).await;
        so_far += 1;
        assert_eq!(scene.counts(&grace).await, [0, so_far, 0, so_far]);
        drop(new.crash().await);
        if !(asked || came_in) {
            println!("an announcement has {steps} steps");
            assert!(steps > 3);
            break;
        }
    }
    assert_one_key_for_each_epoch(&scene.all);
}

/// Somebody asks in grace's name, and is approved again and again; her computer objects each time.
async fn objections(kind: Kind) {
    let (mut scene, mut ada, mut grace) = Scene::new(kind, APPROVED_CHOICE).await;
    let room = scene.room;
    let thief = scene.another_computer("grace").await;
    let device = thief.identity().device();
    let (thief, _) = scene.asks(thief, false, &ada, |shown| is_asked(shown, room, device)).await;
    let is_over = |shown: &Shown| {
        let own = shown.recoveries[&room].requests.iter().find(|request| request.device == device);
        own.is_some_and(|own| own.progress == RequestProgress::Over)
    };
    let mut so_far = 0;
    for steps in 0.. {
        (ada, _) = scene.approves(ada, device, None).await;
        let waiting = |shown: &Shown| waits(shown, room, device);
        let entry = waiting(&grace.until("that it waits", |shown| waiting(shown).is_some()).await).unwrap();
        thief.until("that it waits", |shown| waiting(shown).is_some()).await;
        let before = begun(&grace.records());
        grace.end_after(Some(steps));
        grace.command(Command::Veto { room, entry });
        wait::until("an end, or the objection", async || (grace.has_ended() || is_over(&thief.shown())).then_some(()))
            .await;
        grace.end_after(None);
        let ended = grace.has_ended();
        if ended {
            let kept = begun(&grace.records()) != before;
            grace = looks_again(grace, room).await;
            let shown = grace.until("how it stands", |shown| shown.recoveries.contains_key(&room)).await;
            if !kept && waiting(&shown).is_some() {
                grace.command(Command::Veto { room, entry });
            }
        }
        thief.until("the objection", is_over).await;
        grace.until("the objection", |shown| waiting(shown).is_none()).await;
        ada.until("the objection", |shown| is_asked(shown, room, device)).await;
        so_far += 1;
        if !ended {
            println!("an objection has {steps} steps");
            assert!(steps > 3);
            break;
        }
    }
    // Nothing comes of any of them when the time is over.
    scene.is_killed(HOUR * 2).await;
    all_write(&[&ada, &grace], room, "afterwards").await;
    assert_eq!(scene.counts(&ada).await, [so_far, 0, so_far, 0]);
    assert_eq!(thief.shown().rooms[&room].standing, Standing::NotApproved);
    assert_eq!(thief.shown().in_room(room).count(), 0);
    assert_one_key_for_each_epoch(&scene.all);
}

/// What the service has done of a release when it is killed.
#[derive(Clone, Copy, Debug)]
enum Done {
    Nothing,
    /// It has said so in the log.
    Said,
    /// The keys are there.
    HandedOut,
    /// And it has noted that nothing is left to do.
    All,
}

impl Done {
    /// What is counted for it beside the service; more of it, or less, says that it is done.
    const fn counted(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Said => Some("SELECT count(*) AS number FROM stream"),
            Self::HandedOut => Some("SELECT count(*) AS number FROM envelopes"),
            Self::All => Some("SELECT count(*) AS number FROM recoveries"),
        }
    }
}

/// The service is killed in the middle of a release.
async fn releases(kind: Kind, round: usize) {
    let (mut scene, mut ada, grace) = Scene::new(kind, APPROVED_CHOICE).await;
    let room = scene.room;
    let (mut replaces, mut so_far) = (None, 0);
    for done in [Done::Nothing, Done::Said, Done::HandedOut, Done::All] {
        let new = scene.another_computer("grace").await;
        let device = new.identity().device();
        let (new, _) = scene.asks(new, false, &ada, |shown| is_asked(shown, room, device)).await;
        (ada, _) = scene.approves(ada, device, replaces).await;
        scene.server.kill();
        let count = |server: &TestServer| done.counted().and_then(|query| server.number(query));
        let before = count(&scene.server);
        scene.clock.advance(HOUR);
        scene.server.launch().await;
        wait::until("so much of the release", async || {
            (done.counted().is_none() || count(&scene.server) != before).then_some(())
        })
        .await;
        scene.server.kill();
        let left = scene.server.number("SELECT count(*) AS number FROM recoveries");
        println!("round {round}: killed after {done:?}; {left:?} left to do");
        scene.server.launch().await;
        let (new, _) = scene.comes_in(new, &ada).await;
        goes_on(&new, &[&ada, &grace], room, &format!("after {done:?}, on {device}")).await;
        (replaces, so_far) = (Some(device), so_far + 1);
        assert_eq!(scene.counts(&ada).await, [so_far, 0, 0, so_far]);
    }
    assert_one_key_for_each_epoch(&scene.all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_and_ends_at_any_step_is_let_in_afterwards_on_sqlite() {
    in_rounds(async |_| approvals(Kind::Sqlite, true).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_and_ends_at_any_step_is_let_in_afterwards_on_postgres() {
    in_rounds(async |_| approvals(Kind::Postgres, true).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_approves_and_ends_at_any_step_lets_in_after_the_wait_on_sqlite() {
    in_rounds(async |_| approvals(Kind::Sqlite, false).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_approves_and_ends_at_any_step_lets_in_after_the_wait_on_postgres() {
    in_rounds(async |_| approvals(Kind::Postgres, false).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_an_announcement_and_ends_at_any_step_is_let_in_after_it_on_sqlite() {
    in_rounds(async |_| announcements(Kind::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_an_announcement_and_ends_at_any_step_is_let_in_after_it_on_postgres() {
    in_rounds(async |_| announcements(Kind::Postgres).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_objects_and_ends_at_any_step_keeps_out_on_sqlite() {
    in_rounds(async |_| objections(Kind::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_objects_and_ends_at_any_step_keeps_out_on_postgres() {
    in_rounds(async |_| objections(Kind::Postgres).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_ends_at_any_moment_of_a_release_releases_once_on_sqlite() {
    in_rounds(async |round| releases(Kind::Sqlite, round).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_ends_at_any_moment_of_a_release_releases_once_on_postgres() {
    in_rounds(async |round| releases(Kind::Postgres, round).await).await;
}
