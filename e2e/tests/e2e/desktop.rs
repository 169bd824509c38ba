//! The desktop app, as people meet it: it asks for its server, signs up by an invite link with a mailed code, talks with a
//! browser, and is still signed in when it opens again. Whoever finds its files finds no token.

use igoon_e2e::{
    account::{PASSWORD, Visitor, address},
    browser::{Browser, Driver},
    database::Kind,
    desktop::{Desk, KeyStore},
    person,
    server::TestServer,
    smtp::{Protection, SmtpServer},
};
use igoon_shared::protocol::http::{DeviceInfo, Devices, SignInAnswer};

const TEXTS: &str = "[data-testid=message-text]";

async fn say(browser: &Browser, text: &str) {
    browser.fill("#composer", &format!("{text}\u{e007}")).await;
}

async fn choose_server(app: &Browser, text: &str) {
    app.refill("#server-address", text).await;
    app.click("[data-testid=submit]").await;
}

/// What the wrapper has kept, as the page is told of it.
async fn kept(app: &Browser, what: &str) -> String {
    let script = "const told = arguments[0]; window.__TAURI__.core.invoke('surroundings').then(told)";
    let told = app.script_async(script).await;
    told["kept"][what].as_str().unwrap_or_else(|| panic!("no {what} in what is kept")).to_owned()
}

/// The devices of somebody's account, by signing in once more with another code.
async fn devices(server: &TestServer, handle: &str) -> Vec<DeviceInfo> {
    let visitor = Visitor::new(&server.url());
    let SignInAnswer::CodeSent(sent) = visitor.sign_in(&address(handle), PASSWORD, None).await.unwrap() else {
        panic!("an unknown installation needs a code")
    };
    let digits = server.mailbox().code(&address(handle)).await;
    let session = visitor.confirm_sign_in(&sent, &digits, handle).await.unwrap();
    session.call::<Devices>(reqwest::Method::GET, "/devices", None::<&()>).await.unwrap().devices
}

/// Looks for secrets in files, as they are and in the forms in which programs write bytes.
fn assert_nowhere(desk: &Desk, secrets: &[&str]) {
    let files = desk.home();
    assert!(files.iter().any(|(path, _)| path.ends_with("settings.json")), "the app has written something");
    for (path, bytes) in files {
        for secret in secrets {
            let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for form in [secret.as_bytes(), &wide] {
                assert!(!bytes.windows(form.len()).any(|window| window == form), "a secret in {}", path.display());
            }
        }
    }
}

async fn the_app_talks_with_a_browser(keys: KeyStore) {
    let smtp = SmtpServer::start(Protection::StartTls).await;
    let server = TestServer::start_as(Kind::Sqlite, smtp.settings()).await;
    let driver = Driver::start().await;
    let ada = driver.browser("ada").await;
    person::set_up(&ada, &server, "ada").await;
    person::name_room(&ada, "Machine room").await;
    let link = person::invite(&ada).await;
    ada.open(&server.url()).await;
    ada.find("#composer").await;

    let desk = Desk::start(keys).await;
    let app = desk.open("grace's app").await;
    app.until_page("server-address").await;
    choose_server(&app, "http://chat.example.org").await;
    app.until_says("[data-testid=problem]", "https://").await;
    choose_server(&app, &link).await;
    app.until_page("sign-up").await;
    person::sign_up(&app, &server, "grace").await;

    say(&ada, "hello grace").await;
    app.until_texts(TEXTS, &["hello grace"]).await;
    say(&app, "hello ada").await;
    ada.until_texts(TEXTS, &["hello grace", "hello ada"]).await;

    let script = "const told = arguments[0];
        window.__TAURI__.core.invoke('notify', { title: 'Machine room', body: 'ada: 1 < 2' }).then(told, told)";
    assert_eq!(app.script_async(script).await, serde_json::Value::Null, "no refusal");
    let notified = desk.system().notified();
    assert!(notified.contains("Machine room") && notified.contains("ada: 1 &lt; 2"), "{notified}");

    let found = devices(&server, "grace").await;
    let device = &found[0];
    assert!(!device.name.is_empty() && device.platform.starts_with("Linux, Igoon "), "{device:?}");
    let registered = device.address.expect("an address on its own network");
    assert!(!registered.ip.is_loopback() && !registered.ip.is_unspecified(), "{registered:?}");
    assert!(device.connected && device.signed_in && !device.positions.is_empty(), "{device:?}");
    assert!(device.last_activity >= device.registered_at && device.last_seen >= device.registered_at, "{device:?}");

    let (token, trust) = (kept(&app, "token").await, kept(&app, "trust").await);
    app.close().await;
    assert_nowhere(&desk, &[&token, &trust, PASSWORD, "hello ada"]);
    let sealed = desk.home().iter().any(|(path, _)| path.extension().is_some_and(|end| end == "sealed"));
    assert_eq!(sealed, keys == KeyStore::None, "a file is there for want of a key store");

    say(&ada, "while you were away").await;
    let app = desk.open("grace's app").await;
    app.until_texts(TEXTS, &["hello grace", "hello ada", "while you were away"]).await;
    assert_eq!(kept(&app, "token").await, token, "the same session");
    say(&app, "back again").await;
    ada.until_texts(TEXTS, &["hello grace", "hello ada", "while you were away", "back again"]).await;
    let again = devices(&server, "grace").await;
    assert_eq!((again[0].device, again[0].name.as_str()), (device.device, device.name.as_str()));
    assert!(again[0].address.is_some_and(|address| address != registered), "the port of this start");
    exports(&app, &desk).await;
    app.close().await;
    ada.close().await;
}

/// The app saves a file by itself, and says where; a second one takes no other's place.
async fn exports(app: &Browser, desk: &Desk) {
    app.click("[data-testid=room-settings]").await;
    for (format, name) in
        [("#export-format-1", ".jsonl"), ("#export-format-0", ".html"), ("#export-format-1", " (2).jsonl")]
    {
        app.click(format).await;
        app.click("[data-testid=export-begin]").await;
        app.until_says("[data-testid=export-done]", name).await;
    }
    let files = desk.home();
    let exported: Vec<_> = files
        .iter()
        .filter(|(path, _)| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("Igoon Machine room "))
        })
        .collect();
    assert_eq!(exported.len(), 3, "{:?}", exported.iter().map(|(path, _)| path).collect::<Vec<_>>());
    for (path, file) in &exported {
        assert!(String::from_utf8_lossy(file).contains("while you were away"), "{}", path.display());
    }
    let second = exported.iter().find(|(path, _)| path.to_string_lossy().ends_with(" (2).jsonl")).unwrap();
    app.until_says("[data-testid=export-done]", &second.0.to_string_lossy()).await;
    let unfinished = files.iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "part"));
    assert_eq!(unfinished.count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_app_talks_with_a_browser_and_is_still_signed_in_when_it_opens_again() {
    the_app_talks_with_a_browser(KeyStore::Keyring).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_key_store_it_does_the_same_from_a_sealed_file() {
    the_app_talks_with_a_browser(KeyStore::None).await;
}
