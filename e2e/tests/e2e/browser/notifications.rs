//! Notifications, in a system that shows them and where they can be clicked: what they say, and where they lead.

use igoon_e2e::{
    browser::{Browser, Driver},
    database::Kind,
    person,
    server::TestServer,
    system::System,
    wait,
};
use serde_json::json;

use super::scene::{Scene, TEXTS};

/// Title and text of what the page has the browser show.
async fn shown(ada: &Browser) -> Vec<(String, String)> {
    let script = "const done = arguments[arguments.length - 1]; navigator.serviceWorker.ready \
        .then(it => it.getNotifications()).then(all => done(all.map(it => [it.title, it.body])))";
    serde_json::from_value(ada.script_async(script).await).unwrap()
}

async fn until_shown(ada: &Browser, title: &str, text: &str) {
    let expected = [(title.to_owned(), text.to_owned())];
    wait::until("the notification", async || (shown(ada).await == expected).then_some(())).await;
}

/// Puts the page away while it shows the room `other`. It is up to date then, or what the service accepts of it would not have
/// been accepted: what a page has missed before is nothing to tell of.
async fn look_elsewhere(scene: &Scene, other: &str, accepted: &[&str]) {
    let ada = &scene.ada;
    ada.open(&scene.room_url()).await;
    person::say(ada, accepted[accepted.len() - 1]).await;
    ada.until_texts(&format!("[data-state=sent] {TEXTS}"), accepted).await;
    ada.click(&format!("[data-testid=room][data-room='{other}']")).await;
    ada.until_texts("[data-testid=room-name]", &["Board"]).await;
    ada.put_away().await;
}

/// Chooses how much is told, in the settings.
async fn choose(ada: &Browser, url: &str, value: &str) {
    ada.open(&format!("{url}/settings")).await;
    ada.click(&format!("[data-testid=notifications] input[value={value}]")).await;
    ada.until_texts("[data-testid=notifications-state]", &[""]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notification_says_what_it_may_and_opens_its_room_when_it_is_chosen() {
    let system = System::start().await;
    let scene = Scene::with(TestServer::start(Kind::Sqlite).await, Driver::inside(&system)).await;
    let grace = scene.newcomer("grace").await;
    let (ada, room, url) = (&scene.ada, scene.room, scene.server.url());
    ada.permit_notifications(&url).await;
    ada.click("[data-testid=new-room]").await;
    person::name_room(ada, "Board").await;
    let address = ada.address().await;
    let board = address.rsplit('/').next().unwrap();
    choose(ada, &url, "without-content").await;

    // Without content; the page shows another room.
    look_elsewhere(&scene, board, &["hello"]).await;
    grace.send(room, "the code is 1234");
    until_shown(ada, "Igoon", "A new message").await;
    system.until_notified().await;
    system.choose_notification();
    ada.until_texts("[data-testid=room-name]", &["Machine room"]).await;
    ada.until_texts(TEXTS, &["hello", "the code is 1234"]).await;
    wait::until("it to be gone", async || shown(ada).await.is_empty().then_some(())).await;
    let notified = system.notified();
    assert!(notified.contains("A new message"), "{notified}");
    for secret in ["1234", "grace", "Machine room"] {
        assert!(!notified.contains(secret), "{secret} in {notified}");
    }

    // With content; the page is closed before it is chosen.
    ada.bring_back().await;
    choose(ada, &url, "with-content").await;
    look_elsewhere(&scene, board, &["hello", "thank you"]).await;
    grace.send(room, "see you at eight");
    until_shown(ada, "Machine room", "grace: see you at eight").await;
    system.until_notified().await;
    ada.open("about:blank").await;
    let first = ada.tab().await;
    system.choose_notification();
    let second = wait::until("another tab", async || ada.tabs().await.into_iter().find(|tab| *tab != first)).await;
    ada.go_to_tab(second).await;
    ada.until_texts(TEXTS, &["hello", "the code is 1234", "thank you", "see you at eight"]).await;
    assert_eq!(ada.script("return location.pathname").await, json!(format!("/room/{room}")));
}
