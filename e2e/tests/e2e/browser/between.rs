//! What stands between a person and a room, and how it goes on from there: no server, another account's keys, no keys, a message
//! that the server refuses.

use igoon_e2e::{
    account::PASSWORD, account::address, browser::Browser, browser::Driver, database::Kind, person, server::TestServer,
};

use super::scene::{Scene, TEXTS};

async fn sign_in(browser: &Browser, handle: &str) {
    browser.until_page("sign-in").await;
    browser.fill("#email", &address(handle)).await;
    browser.fill("#password", PASSWORD).await;
    browser.click("[data-testid=submit]").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_server_the_app_opens_says_so_and_goes_on_when_it_is_there() {
    let mut server = TestServer::start(Kind::Sqlite).await;
    let driver = Driver::start().await;
    let visitor = driver.browser("visitor").await;
    visitor.open(&server.url()).await;
    visitor.until_page("set-up").await;
    visitor.until_kept().await;
    server.stop().await;
    visitor.open(&server.url()).await;
    visitor.until_page("unreachable").await;
    server.launch().await;
    visitor.until_page("set-up").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_banner_says_what_waits_and_tries_at_once_when_it_is_told_to() {
    let mut scene = Scene::new().await;
    scene.server.stop().await;
    person::say(&scene.ada, "one").await;
    person::say(&scene.ada, "two").await;
    scene.ada.until_says("[data-testid=outage]", "The server has not answered since").await;
    scene.ada.until_says("[data-testid=waiting]", "2 messages wait").await;
    scene.server.launch().await;
    let ada = &scene.ada;
    // It may be faster by itself.
    ada.script("document.querySelector('[data-testid=try-now]:enabled')?.click()").await;
    ada.until_none("[data-testid=outage]").await;
    ada.find("#app[data-connection=online]").await;
    ada.until_none("[data-testid=message][data-state=waiting]").await;
    ada.until_texts(TEXTS, &["one", "two"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_signs_in_where_anothers_keys_are_chooses_whose_stay() {
    let scene = Scene::new().await;
    let ada = &scene.ada;
    let _grace = scene.newcomer("grace").await;
    person::say(ada, "for ada's eyes").await;
    ada.find("[data-testid=message][data-state=sent]").await;
    let sign_out = async || {
        ada.click("[data-testid=account]").await;
        ada.click("[data-testid=sign-out]").await;
    };

    sign_out().await;
    sign_in(ada, "grace").await;
    person::enter_mailed_code(ada, &scene.server, "grace").await;
    ada.until_page("other-account").await;
    ada.until_says("h1", "the keys of ada").await;
    ada.click("[data-testid=keep]").await;
    sign_in(ada, "ada").await;
    ada.until_texts(TEXTS, &["for ada's eyes"]).await;

    // This browser's code for grace was entered before.
    sign_out().await;
    sign_in(ada, "grace").await;
    ada.until_page("other-account").await;
    ada.click("[data-testid=forget]").await;
    ada.find("[data-testid=not-approved]").await;
    assert!(ada.texts(TEXTS).await.is_empty(), "nothing of ada's is left to be read");
    ada.click("[data-testid=account]").await;
    ada.until_texts("[data-testid=own-handle]", &["grace"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_lost_its_keys_becomes_a_new_computer() {
    let scene = Scene::new().await;
    let (ada, url) = (&scene.ada, scene.server.url());
    ada.clear_storage(&url).await;
    ada.open(&url).await;
    ada.until_page("keys-lost").await;
    ada.until_says("h1", "the keys of ada").await;
    ada.click("[data-testid=go-on]").await;
    sign_in(ada, "ada").await;
    person::enter_mailed_code(ada, &scene.server, "ada").await;
    ada.find("[data-testid=not-approved]").await;
    ada.open(&format!("{url}/account")).await;
    ada.find("[data-testid=computer]").await;
    assert_eq!(ada.texts("[data-testid=computer]").await.len(), 2, "the one whose keys are lost, and this");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_refused_says_why_and_is_sent_again_or_given_up() {
    let scene = Scene::new().await;
    let ada = &scene.ada;
    person::say(ada, "one").await;
    ada.find("[data-testid=message][data-state=sent]").await;
    // As somebody's last message is refused who is removed in the same moment.
    assert_eq!(scene.server.change("UPDATE room_devices SET entitled = 0"), 1);
    person::say(ada, "two").await;
    person::say(ada, "three").await;
    ada.until_says("p.failed", "This computer may not write in this room").await;
    ada.until_texts("[data-testid=message][data-state=failed] [data-testid=message-text]", &["two", "three"]).await;
    // It is not sent again by itself, nor forgotten.
    ada.reload().await;
    ada.until_texts("[data-testid=message][data-state=failed] [data-testid=message-text]", &["two", "three"]).await;

    assert_eq!(scene.server.change("UPDATE room_devices SET entitled = 1"), 1);
    ada.click("[data-testid=discard]").await;
    ada.until_texts(TEXTS, &["one", "three"]).await;
    ada.click("[data-testid=send-again]").await;
    ada.until_none("[data-testid=message][data-state=failed]").await;
    ada.until_none("[data-testid=message][data-state=waiting]").await;
    ada.reload().await;
    ada.until_texts(TEXTS, &["one", "three"]).await;
    assert_eq!(ada.attributes("[data-testid=message]", "data-state").await.len(), 2);
}
