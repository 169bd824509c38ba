//! People compare safety numbers and mark each other as verified, in real browsers; what the log says stands between the messages.

use igoon_e2e::{
    browser::{Browser, Driver},
    database::Kind,
    person,
    server::TestServer,
};

use super::scene::{Scene, TEXTS};

const LINES: &str = "[data-testid=line] p > span:first-child";

/// The number on a screen, as it can be seen.
async fn number(browser: &Browser) -> String {
    browser.find("dialog [data-testid=safety-number]").await;
    let groups = browser.texts("[data-testid=safety-number] span").await;
    assert_eq!(groups.len(), 12);
    assert!(groups.iter().all(|group| group.len() == 5 && group.bytes().all(|byte| byte.is_ascii_digit())));
    groups.join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_compare_and_a_further_computer_takes_the_mark() {
    let server = TestServer::start(Kind::Sqlite).await;
    let driver = Driver::start().await;
    let ada = driver.browser("ada").await;
    person::set_up(&ada, &server, "ada").await;
    person::name_room(&ada, "Machine room").await;
    let link = person::invite(&ada).await;
    person::close_dialog(&ada).await;
    let bea = driver.browser("bea").await;
    person::join(&bea, &server, &link, "bea").await;

    // The list stands beside the room, and nothing lies over it.
    for browser in [&ada, &bea] {
        browser.widen().await;
        browser.click("[data-testid=people]").await;
    }
    person::choose_for(&ada, "bea", "compare").await;
    person::choose_for(&bea, "ada", "compare").await;
    let before = number(&ada).await;
    assert_eq!(number(&bea).await, before);
    // Somebody sends it, one digit is another.
    let other = before.replace(&before[..1], if before.starts_with('0') { "1" } else { "0" });
    ada.fill("#their-number", &other).await;
    ada.find("[data-testid=entered-number][data-same=false]").await;
    ada.refill("#their-number", &before.replace(' ', "")).await;
    ada.find("[data-testid=entered-number][data-same=true]").await;
    ada.find("dialog [data-testid=qr]").await;
    ada.click("[data-testid=mark-verified]").await;
    ada.find("[data-testid=comparison][data-compared=wholly]").await;
    person::close_dialog(&ada).await;
    ada.find("[data-testid=person] [data-testid=verified][data-compared=wholly]").await;
    bea.find("[data-testid=comparison][data-compared=not]").await;
    person::close_dialog(&bea).await;
    // It stays, on this computer.
    ada.reload().await;
    ada.click("[data-testid=people]").await;
    ada.find("[data-testid=person] [data-testid=verified][data-compared=wholly]").await;
    assert!(bea.texts("[data-testid=verified]").await.is_empty());

    let second = driver.browser("second").await;
    person::sign_in(&second, &server, "bea").await;
    person::enter_mailed_code(&second, &server, "bea").await;
    bea.click("dialog [data-testid=approve]").await;
    second.find("#composer").await;
    ada.find("[data-testid=person] [data-testid=verified][data-compared=partly]").await;
    ada.until_says("[data-testid=line].urgent", "bea let in another computer of their own").await;
    ada.until_says("[data-testid=announcement]", "another computer now").await;
    assert!(bea.texts("[data-testid=line].urgent").await.is_empty());
    ada.click("[data-testid=compare-again]").await;
    ada.find("[data-testid=comparison][data-compared=partly]").await;
    let after = number(&ada).await;
    assert_ne!(after, before);
    second.click("[data-testid=people]").await;
    person::choose_for(&second, "ada", "compare").await;
    assert_eq!(number(&second).await, after, "on each of her computers");
    ada.click("[data-testid=mark-verified]").await;
    ada.find("[data-testid=comparison][data-compared=wholly]").await;
    ada.until_none("[data-testid=line].urgent").await;
    ada.click("[data-testid=unmark]").await;
    ada.find("[data-testid=comparison][data-compared=not]").await;
    person::close_dialog(&ada).await;
    ada.until_none("[data-testid=verified]").await;
    for browser in [&ada, &bea, &second] {
        assert_eq!(browser.console().await, [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_log_says_stands_between_the_messages_and_is_not_unread() {
    let scene = Scene::new().await;
    let ada = &scene.ada;
    ada.until_texts(LINES, &["ada made this room and called it “Machine room”."]).await;
    person::say(ada, "nobody here yet").await;
    ada.until_texts(TEXTS, &["nobody here yet"]).await;
    let _grace = scene.newcomer("grace").await;
    let _hedy = scene.newcomer("hedy").await;
    let both = ["ada made this room and called it “Machine room”.", "grace and hedy joined."];
    ada.until_texts(LINES, &both).await;
    person::say(ada, "welcome").await;
    ada.until_texts(TEXTS, &["nobody here yet", "welcome"]).await;
    let order = "return [...document.querySelectorAll('.timeline .item')].map(row => row.dataset.testid).join()";
    let rows = ada.script(order).await;
    assert_eq!(rows, "line,message,line,message");
    ada.reload().await;
    ada.until_texts(LINES, &both).await;
    assert_eq!(ada.script(order).await, rows, "in the same places when it is opened anew");
    assert!(ada.texts("[data-testid=unread]").await.is_empty());
    assert_eq!(ada.console().await, [""; 0]);
}
