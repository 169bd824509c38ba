//! Two browsers, two accounts, one room: the page as people meet it.

use igoon_e2e::{
    account::PASSWORD,
    browser::Driver,
    database::Kind,
    person,
    server::{TestServer, release_binary},
    smtp::{Protection, SmtpServer},
};

use super::scene::TEXTS;

/// Set-up, invite, join, talk both ways; reload; the server stopped and started between messages; each message once, in
/// order; and nothing readable in what the server keeps.
async fn two_browsers_talk(mut server: TestServer) {
    let driver = Driver::start().await;
    let ada = driver.browser("ada").await;
    let grace = driver.browser("grace").await;

    person::set_up(&ada, &server, "ada").await;
    person::name_room(&ada, "Machine room").await;
    let key_ms = ada.attributes("#app", "data-key-ms").await;
    println!("keys made in the browser in {key_ms:?} ms");

    let link = person::invite(&ada).await;
    assert!(link.starts_with(&server.url()), "{link}");

    person::join(&grace, &server, &link, "grace").await;
    grace.until_texts("[data-testid=room-name]", &["Machine room"]).await;

    // An invite's dialog may lie over the composer.
    ada.open(&server.url()).await;
    ada.find("#composer").await;
    person::say(&ada, "plaintext-1 hello grace").await;
    grace.until_texts(TEXTS, &["plaintext-1 hello grace"]).await;
    person::say(&grace, "plaintext-2 hello ada").await;
    ada.until_texts(TEXTS, &["plaintext-1 hello grace", "plaintext-2 hello ada"]).await;

    grace.reload().await;
    grace.until_texts(TEXTS, &["plaintext-1 hello grace", "plaintext-2 hello ada"]).await;

    server.stop().await;
    person::say(&ada, "plaintext-3 into the outbox").await;
    ada.find("[data-testid=message][data-state=waiting]").await;
    server.launch().await;
    person::say(&grace, "plaintext-4 after the restart").await;
    igoon_e2e::wait::until("all four on both screens", async || {
        let (a, b) = (ada.texts(TEXTS).await, grace.texts(TEXTS).await);
        (a.len() == 4 && a == b).then_some(())
    })
    .await;

    ada.reload().await;
    let all = grace.texts(TEXTS).await;
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    ada.until_texts(TEXTS, &all).await;
    for browser in [&ada, &grace] {
        let mut ids = browser.attributes("[data-testid=message]", "data-message-id").await;
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 4, "each message once");
        let states = browser.attributes("[data-testid=message]", "data-state").await;
        assert!(states.iter().flatten().all(|state| state == "sent" || state == "received"), "{states:?}");
    }

    // While the server was away the browser itself reports failed connections; nothing else may be on the console.
    for browser in [&ada, &grace] {
        let unexpected: Vec<String> = browser
            .console()
            .await
            .into_iter()
            .filter(|line| !line.contains("ERR_CONNECTION_REFUSED") && !line.contains("WebSocket connection to"))
            .collect();
        assert!(unexpected.is_empty(), "console: {unexpected:#?}");
    }

    server.stop().await;
    for (file, bytes) in server.everything() {
        for needle in [&b"plaintext-"[..], PASSWORD.as_bytes()] {
            assert!(!bytes.windows(needle.len()).any(|window| window == needle), "readable text in {file}");
        }
    }
    ada.close().await;
    grace.close().await;
}

/// Their codes come through a real mail server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_browsers_talk_with_the_page_from_disk() {
    let smtp = SmtpServer::start(Protection::StartTls).await;
    two_browsers_talk(TestServer::start_as(Kind::Sqlite, smtp.settings()).await).await;
}

/// The server as people get it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_browsers_talk_with_the_page_inside() {
    two_browsers_talk(TestServer::start_of(release_binary(), Kind::Sqlite, &[]).await).await;
}
