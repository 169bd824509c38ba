//! The whole story, in Chromium and in Firefox: three people in a room; one loses the connection and writes on; the server stops
//! and starts; pages are loaded again at every step; a second tab takes over; what a browser had stored is cleared. Every message
//! is on every screen, in one order, once; the console stays quiet; nothing comes from another origin.

use igoon_e2e::{
    browser::{Browser, Driver, Engine},
    database::Kind,
    person,
    proxy::{Proxy, Way},
    server::{Settings, TestServer},
    wait,
};

use super::scene::TEXTS;

/// A person with a browser, and a way of their own to the server.
struct Somebody {
    browser: Browser,
    way: Proxy,
}

impl Somebody {
    async fn says(&self, text: &str) {
        person::say(&self.browser, text).await;
    }

    /// Loads the page again, which goes on to show the room.
    async fn reloads(&self) {
        self.browser.reload().await;
        self.browser.find("#composer").await;
    }
}

/// Waits until all screens show exactly these, and each message is there once.
async fn all_see(people: &[&Somebody], expected: &[&str]) {
    for somebody in people {
        somebody.browser.until_texts(TEXTS, expected).await;
        let mut ids = somebody.browser.attributes("[data-testid=message]", "data-message-id").await;
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), expected.len(), "each message once");
    }
}

/// Waits until so many messages wait.
async fn waits(somebody: &Somebody, messages: usize) {
    wait::until("messages to wait", async || {
        let waiting = somebody.browser.attributes("[data-testid=message][data-state=waiting]", "data-state").await;
        (waiting.len() == messages).then_some(())
    })
    .await;
}

async fn whole_story(engine: Engine) {
    let ways = [Proxy::start().await, Proxy::start().await, Proxy::start().await];
    let arguments = ways.iter().flat_map(|way| ["--origin".to_owned(), way.url()]).collect();
    let mut server = TestServer::start_as(Kind::Sqlite, Settings { arguments, ..Settings::default() }).await;
    ways.iter().for_each(|way| way.lead_to(server.port()));
    let driver = Driver::of(engine);
    let [one, two, three] = ways;
    let ada = Somebody { browser: driver.browser("ada").await, way: one };
    let grace = Somebody { browser: driver.browser("grace").await, way: two };
    let hedy = Somebody { browser: driver.browser("hedy").await, way: three };

    person::set_up_at(&ada.browser, &server, &ada.way.url(), "ada").await;
    ada.browser.find("#room-name").await;
    ada.browser.reload().await;
    person::name_room(&ada.browser, "Machine room").await;
    for (somebody, handle) in [(&grace, "grace"), (&hedy, "hedy")] {
        let link = person::invite(&ada.browser).await;
        person::close_dialog(&ada.browser).await;
        person::join(&somebody.browser, &server, &link.replace(&ada.way.url(), &somebody.way.url()), handle).await;
        somebody.reloads().await;
    }
    let everybody = [&ada, &grace, &hedy];

    ada.says("one, by ada").await;
    all_see(&everybody, &["one, by ada"]).await;
    grace.says("two, by grace").await;
    all_see(&everybody, &["one, by ada", "two, by grace"]).await;
    hedy.says("three, by hedy").await;
    all_see(&everybody, &["one, by ada", "two, by grace", "three, by hedy"]).await;
    ada.reloads().await;
    let mut said = vec!["one, by ada", "two, by grace", "three, by hedy"];
    all_see(&everybody, &said).await;

    // Grace's connection is cut: she is told, and writes on.
    grace.browser.until_kept().await;
    grace.way.set(Way::Cut);
    grace.browser.find("#app[data-connection=reconnecting]").await;
    wait::until("the banner to say so", async || {
        grace.browser.texts(".status").await.first().is_some_and(|says| !says.is_empty()).then_some(())
    })
    .await;
    let written = ["four, into the outbox", "five, behind it", "six, last"];
    for text in written {
        grace.says(text).await;
    }
    waits(&grace, written.len()).await;
    // What is kept in the browser suffices, for the app and for what was written.
    grace.reloads().await;
    waits(&grace, written.len()).await;
    ada.says("meanwhile, by ada").await;
    said.push("meanwhile, by ada");
    all_see(&[&ada, &hedy], &said).await;
    grace.way.set(Way::Open);
    said.extend(written);
    all_see(&[&ada, &hedy], &said).await;
    grace.reloads().await;
    all_see(&everybody, &said).await;

    // The server goes, and comes back.
    server.stop().await;
    hedy.browser.find("#app[data-connection=reconnecting]").await;
    hedy.says("seven, while the server was away").await;
    server.launch().await;
    said.push("seven, while the server was away");
    all_see(&everybody, &said).await;
    for somebody in everybody {
        somebody.reloads().await;
    }
    all_see(&everybody, &said).await;

    // A second tab says where the room is open, and takes over; then the first does.
    let browser = &grace.browser;
    let first = browser.tab().await;
    let second = browser.new_tab().await;
    browser.open(&grace.way.url()).await;
    browser.until_page("elsewhere").await;
    browser.click("[data-testid=take-over]").await;
    browser.until_texts(TEXTS, &said).await;
    grace.says("eight, from the second tab").await;
    said.push("eight, from the second tab");
    all_see(&everybody, &said).await;
    browser.go_to_tab(first.clone()).await;
    browser.until_page("elsewhere").await;
    browser.go_to_tab(second).await;
    browser.close_tab(first).await;
    browser.reload().await;
    all_see(&everybody, &said).await;

    for somebody in everybody {
        assert_eq!(somebody.browser.foreign().await, Vec::<String>::new());
        let unexpected: Vec<String> =
            somebody.browser.console().await.into_iter().filter(|line| !is_a_lost_connection(line)).collect();
        assert!(unexpected.is_empty(), "console: {unexpected:#?}");
    }

    // What Hedy's browser had stored is cleared.
    hedy.browser.clear_storage(&hedy.way.url()).await;
    hedy.browser.open(&hedy.way.url()).await;
    hedy.browser.until_page("keys-lost").await;
    assert!(hedy.browser.texts("#composer").await.is_empty(), "nothing can be written without keys");
}

/// Browsers themselves report requests that fail, and sockets that end.
fn is_a_lost_connection(line: &str) -> bool {
    ["net::ERR_", "WebSocket connection to"].iter().any(|part| line.contains(part))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_story_in_chromium() {
    whole_story(Engine::Chromium).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_story_in_firefox() {
    whole_story(Engine::Firefox).await;
}

/// The policy names no other origin, and permits nothing that stands in the page itself but what it has the hash of.
#[tokio::test]
async fn the_policy_permits_nothing_from_elsewhere() {
    let server = TestServer::start(Kind::Sqlite).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.get(server.url()).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    for source in policy.split(';').flat_map(|directive| directive.split_whitespace().skip(1)) {
        let allowed = ["'none'", "'self'", "'wasm-unsafe-eval'", "data:"].contains(&source)
            || source.starts_with("'sha256-")
            || ["127.0.0.1", "localhost", "[::1]"].iter().any(|own| source == format!("ws://{own}:{}", server.port()));
        assert!(allowed, "{source} in {policy}");
    }
}
