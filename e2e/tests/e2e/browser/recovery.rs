//! Somebody loses their only computer and comes back, in real browsers: with the server's help, by computers alone, with the code
//! on paper; what is chosen for a room, and what everybody sees of it.

use std::time::Duration;

use igoon_e2e::{
    account::PASSWORD,
    browser::{Browser, Driver},
    clock::Clock,
    database::Kind,
    person,
    server::{Settings, TestServer},
    wait,
};
use igoon_shared::ids::RoomId;

use super::scene::TEXTS;

const PROGRESS: &str = "[data-testid=rescue]";
/// Not among the people, who are said otherwise.
const UNSEEN: &str = "[data-testid=line] [data-testid=unseen-wait], [data-testid=log-entry] [data-testid=unseen-wait]";

/// Where people of a room are.
struct Room {
    server: TestServer,
    /// The server's; browsers go by another.
    clock: Clock,
    driver: Driver,
    /// Its owner.
    ada: Browser,
    /// A member.
    bea: Browser,
    room: RoomId,
}

impl Room {
    /// Two people in a room with this choice (`0`: computers alone, `1`: the server), in which both have written.
    async fn with(choice: usize) -> Self {
        let (clock, mut settings) = (Clock::new(), Settings::default());
        clock.give_to(&mut settings);
        let server = TestServer::start_as(Kind::Sqlite, settings).await;
        let driver = Driver::start().await;
        let ada = driver.browser("ada").await;
        person::set_up(&ada, &server, "ada").await;
        ada.fill("#room-name", "Machine room").await;
        ada.click(&format!("#recovery-{choice}")).await;
        ada.click("[data-testid=submit]").await;
        ada.click("[data-testid=to-room]").await;
        ada.find("#composer").await;
        let link = person::invite(&ada).await;
        person::close_dialog(&ada).await;
        let bea = driver.browser("bea").await;
        person::join(&bea, &server, &link, "bea").await;
        person::say(&ada, "from ada").await;
        bea.until_texts(TEXTS, &["from ada"]).await;
        person::say(&bea, "from bea").await;
        ada.until_texts(TEXTS, &["from ada", "from bea"]).await;
        let (room, _) = person::parts(&link);
        Self { server, clock, driver, ada, bea, room }
    }

    fn url(&self, page: &str) -> String {
        format!("{}/room/{}{page}", self.server.url(), self.room)
    }

    /// A computer of somebody who has no other one: signed in, and nobody has approved it.
    async fn another(&self, handle: &str) -> Browser {
        let newcomer = self.driver.browser(&format!("{handle}-again")).await;
        person::sign_in(&newcomer, &self.server, handle).await;
        person::enter_mailed_code(&newcomer, &self.server, handle).await;
        newcomer.find(PROGRESS).await;
        newcomer
    }

    /// Signs in anew and asks to be let in.
    async fn ask_again(&self, handle: &str) -> Browser {
        let newcomer = self.another(handle).await;
        newcomer.click("[data-testid=rescue-ask]").await;
        newcomer.find("[data-testid=rescue][data-progress=asked]").await;
        newcomer
    }
}

/// Compares the digits, says which computer was lost and who one is.
async fn approve(owner: &Browser, newcomer: &Browser, password: &str) {
    owner.find("[data-testid=ask] [data-testid=approval-digits]").await;
    let digits = "[data-testid=approval-digits] span";
    assert_eq!(owner.texts(digits).await, newcomer.texts(digits).await);
    owner.refill("[data-testid=ask] input[type=password]", password).await;
    owner.click("[data-testid=ask] [data-testid=submit]").await;
}

/// The lines of the room's log, with all of these among them.
async fn until_logged(browser: &Browser, url: &str, lines: &[&str]) {
    browser.open(url).await;
    wait::until("all of it in the log", async || {
        let told = browser.texts("[data-testid=log-what]").await;
        lines.iter().all(|line| told.iter().any(|told| told.starts_with(line))).then_some(())
    })
    .await;
}

/// B: nobody but the server has to be there once the owner has approved.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_servers_help_somebody_who_lost_the_only_computer_reads_everything_again() {
    let scene = Room::with(1).await;
    let Room { ada, bea, .. } = &scene;
    for browser in [ada, bea] {
        browser.until_says("[data-testid=recovery-badge]", "with the server's help").await;
    }
    bea.open("about:blank").await;
    let newcomer = scene.ask_again("bea").await;

    // The owner is told above the room and in the list, and the way leads to who asks.
    ada.until_says("[data-testid=room] .state", "Somebody asks to come back").await;
    ada.click("[data-testid=asks-mark]").await;
    ada.until_says("[data-testid=ask]", "bea wants to come in").await;
    approve(ada, &newcomer, "another password").await;
    ada.until_says("[data-testid=problem]", "not your present password").await;
    newcomer.find("[data-testid=rescue][data-progress=asked]").await;
    approve(ada, &newcomer, PASSWORD).await;
    ada.until_says("[data-testid=ask]", "is let in").await;
    newcomer.until_texts(TEXTS, &["from ada", "from bea"]).await;
    person::say(&newcomer, "back again").await;
    newcomer.until_texts(TEXTS, &["from ada", "from bea", "back again"]).await;

    let lines = ["ada let in a new computer of bea", "The server gave a computer of bea"];
    for browser in [ada, &newcomer] {
        until_logged(browser, &scene.url("/log"), &lines).await;
    }
    assert_eq!(newcomer.console().await, [""; 0]);
    // The lost one is signed out, and says why as often as it is opened. Whoever signs in on it again is still not in the room.
    for _ in 0..2 {
        bea.open(&scene.url("")).await;
        bea.find("#password").await;
        bea.until_says("[data-testid=shut-out]", "took the place of this one").await;
    }
    person::sign_in(bea, &scene.server, "bea").await;
    person::enter_mailed_code(bea, &scene.server, "bea").await;
    bea.find("[data-testid=ended]").await;
    assert!(bea.texts("[data-testid=shut-out]").await.is_empty());
}

/// A: the owner's computer hands over what was written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_computer_in_the_room_hands_over_what_was_written() {
    let scene = Room::with(0).await;
    let Room { ada, bea, .. } = &scene;
    let newcomer = scene.ask_again("bea").await;
    ada.click("[data-testid=asks-mark]").await;
    approve(ada, &newcomer, PASSWORD).await;
    newcomer.until_texts(TEXTS, &["from ada", "from bea"]).await;
    // It was not lost: whoever sits at it sees why it is signed out.
    bea.until_page("sign-in").await;
    bea.until_says("[data-testid=shut-out]", "If that was not you").await;
    until_logged(ada, &scene.url("/log"), &["ada let in a new computer of bea"]).await;
}

/// C: the owner, alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_comes_back_alone_with_the_code_on_paper() {
    let scene = Room::with(0).await;
    let Room { ada, bea, .. } = &scene;
    ada.open(&scene.url("/settings")).await;
    ada.click("[data-testid=change-recovery]").await;
    ada.click("#recovery-2").await;
    ada.click("[data-testid=set-recovery]").await;
    ada.until_says("[data-testid=deed-follows]", "printer or a pen").await;
    ada.click("[data-testid=deed-now]").await;
    ada.until_page("kit").await;
    ada.fill("#kit-check", "XXXX").await;
    ada.click("[data-testid=submit]").await;
    ada.until_says("[data-testid=problem]", "not the last group").await;
    // Not now: it is shown again.
    ada.click("[data-testid=kit-later]").await;
    ada.open(&scene.url("")).await;
    let code = person::note_kit(ada).await;
    ada.open(&scene.url("")).await;
    ada.find("#composer").await;
    bea.until_says("[data-testid=recovery-badge]", "code on paper").await;
    person::say(ada, "after the code").await;
    bea.until_texts(TEXTS, &["from ada", "from bea", "after the code"]).await;

    for browser in [ada, bea] {
        browser.open("about:blank").await;
    }
    let newcomer = scene.another("ada").await;
    newcomer.fill("#kit-code", &code.to_lowercase()[1..]).await;
    newcomer.click("[data-testid=use-kit] [data-testid=submit]").await;
    newcomer.until_says("[data-testid=problem]", "Compare each group").await;
    newcomer.refill("#kit-code", &code.replace('-', " ").to_lowercase()).await;
    newcomer.click("[data-testid=use-kit] [data-testid=submit]").await;
    newcomer.until_texts(TEXTS, &["from ada", "from bea", "after the code"]).await;
    until_logged(&newcomer, &scene.url("/log"), &["ada came back with the code on paper"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_turned_down_or_taken_back() {
    let scene = Room::with(1).await;
    let Room { ada, bea, .. } = &scene;
    bea.open("about:blank").await;
    let newcomer = scene.ask_again("bea").await;
    ada.click("[data-testid=asks-mark]").await;
    ada.click("[data-testid=turn-down]").await;
    ada.until_says("[data-testid=deed-follows]", "not let in").await;
    ada.click("[data-testid=deed-now]").await;
    ada.until_says("[data-testid=asks-none]", "Nobody asks").await;
    // Whoever asked is told, and what comes next.
    newcomer.find("[data-testid=rescue][data-progress=gone]").await;
    newcomer.click("[data-testid=rescue-ask]").await;
    newcomer.find("[data-testid=rescue][data-progress=asked]").await;
    ada.until_says("[data-testid=ask]", "bea wants to come in").await;
    newcomer.click("[data-testid=rescue-withdraw]").await;
    newcomer.find("[data-testid=rescue][data-progress=none]").await;
    ada.until_says("[data-testid=asks-none]", "Nobody asks").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_objects_before_somebody_is_let_in() {
    let scene = Room::with(1).await;
    let Room { ada, bea, .. } = &scene;
    ada.open(&scene.url("/settings")).await;
    ada.click("[data-testid=change-recovery]").await;
    ada.click("[data-testid=recovery-options]").await;
    ada.click("#recovery-delay-1").await;
    ada.click("[data-testid=set-recovery]").await;
    ada.click("[data-testid=deed-now]").await;
    ada.until_says("[data-testid=recovery]", "With the server's help").await;
    ada.until_none("[data-testid=set-recovery]").await;
    let newcomer = scene.ask_again("bea").await;
    ada.open(&scene.url("/recovery")).await;
    approve(ada, &newcomer, PASSWORD).await;
    newcomer.find("[data-testid=rescue][data-progress=waiting]").await;
    // It is bea's own computer that was never lost: it is asked as well, and that is put off.
    bea.find("dialog [data-testid=approval]").await;
    person::close_dialog(bea).await;
    bea.until_says("[data-testid=asks-mark]", "Somebody is let in soon").await;
    bea.click("[data-testid=asks-mark]").await;
    bea.until_says("[data-testid=waits]", "24 hours").await;
    bea.click("[data-testid=veto]").await;
    bea.click("[data-testid=deed-now]").await;
    bea.until_none("[data-testid=waits]").await;
    newcomer.find("[data-testid=rescue][data-progress=over]").await;
    newcomer.find("[data-testid=rescue-ask]").await;
    until_logged(ada, &scene.url("/log"), &["bea objected to letting in a new computer of bea"]).await;
}

/// Nobody else owns the room, and its owner had chosen that beforehand. When the server says that the three days are over, whoever
/// did not see them pass is told so wherever it stands.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_only_owner_who_lost_everything_is_announced_to_everybody() {
    let mut scene = Room::with(0).await;
    let Room { ada, bea, .. } = &scene;
    ada.open(&scene.url("/settings")).await;
    ada.click("[data-testid=change-recovery]").await;
    ada.click("[data-testid=recovery-options]").await;
    ada.click("#recovery-announce").await;
    ada.click("[data-testid=set-recovery]").await;
    ada.until_says("[data-testid=deed-follows]", "for everybody in the room").await;
    ada.click("[data-testid=deed-now]").await;
    ada.until_none("[data-testid=set-recovery]").await;
    ada.open("about:blank").await;
    let newcomer = scene.another("ada").await;
    assert!(newcomer.texts("[data-testid=rescue-ask]").await.is_empty(), "there is nobody to ask");
    newcomer.click("[data-testid=rescue-announce]").await;
    newcomer.find("[data-testid=rescue][data-progress=waiting]").await;
    newcomer.until_says(PROGRESS, "announced to everybody").await;
    bea.open(&scene.url("/recovery")).await;
    bea.until_says("[data-testid=waits]", "ada, who owns this room, said that every computer is lost").await;
    bea.until_says("[data-testid=waits]", "72 hours").await;
    assert!(bea.texts("[data-testid=veto]").await.is_empty(), "a plain member objects to nothing of an owner's");

    scene.server.stop().await;
    scene.clock.advance(Duration::from_secs(72 * 60 * 60));
    scene.server.launch().await;
    let bea = &scene.bea;
    newcomer.until_texts(TEXTS, &["from ada", "from bea"]).await;
    assert!(newcomer.texts(UNSEEN).await.is_empty(), "she knows that it was her");
    let what = "This computer only heard of it when it was over";
    for page in ["", "/log"] {
        bea.open(&scene.url(page)).await;
        bea.until_says(UNSEEN, what).await;
        bea.until_says(UNSEEN, "Call ada and ask whether it was them").await;
    }
    bea.open(&scene.url("")).await;
    bea.click("[data-testid=people]").await;
    bea.until_says("[data-testid=person] [data-testid=unseen-wait]", "Call ada and ask whether it was them").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_chooses_for_an_owner_that_the_server_reads() {
    let server = TestServer::start(Kind::Sqlite).await;
    let driver = Driver::start().await;
    let ada = driver.browser("ada").await;
    person::set_up(&ada, &server, "ada").await;
    ada.find("#recovery-1").await;
    let checked = "return [...document.querySelectorAll('[name=recovery]')].map(input => input.checked)";
    assert_eq!(ada.script(checked).await, serde_json::json!([true, false, false]));
    person::name_room(&ada, "Machine room").await;
    ada.until_says("[data-testid=recovery-badge]", "only computers in the room").await;
    ada.click("[data-testid=recovery-badge]").await;
    ada.until_says("[data-testid=recovery-way]", "only computers in the room").await;
    ada.click("[data-testid=privacy-of-recovery]").await;
    ada.until_page("privacy").await;

    // A code for a new room stands between making it and inviting others.
    ada.open(&format!("{}/new-room", server.url())).await;
    ada.fill("#room-name", "Archive").await;
    ada.click("#recovery-2").await;
    ada.click("[data-testid=submit]").await;
    person::note_kit(&ada).await;
    ada.click("[data-testid=to-room]").await;
    ada.until_says("[data-testid=recovery-badge]", "with a code on paper").await;
}
