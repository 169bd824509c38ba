//! The server is put back to an older copy: the page says until when rooms are not changed, and what is changed meanwhile
//! happens then.

use std::time::Duration;

use igoon_e2e::{
    clock::Clock,
    database::Kind,
    person,
    server::{Settings, TestServer},
};

use super::scene::{Scene, TEXTS};

const RESTING: &str = "[data-testid=resting]";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_says_until_when_rooms_rest_and_what_is_changed_meanwhile_happens_then() {
    let (mut clock, mut settings) = (Clock::new(), Settings::default());
    clock.give_to(&mut settings);
    let Scene { mut server, ada, .. } = Scene::at(TestServer::start_as(Kind::Sqlite, settings).await).await;
    server.stop().await;
    let copy = server.back_up();
    server.restore(&copy);
    server.launch().await;
    ada.until_says(RESTING, "can be changed again from").await;

    ada.click("[data-testid=room-settings]").await;
    ada.find(RESTING).await;
    ada.click("[data-testid=rename-room]").await;
    ada.refill("#room-name", "Engine room").await;
    ada.click("form [data-testid=submit]").await;
    ada.find("form [data-testid=submit][aria-busy=true]").await;
    // Meanwhile people talk.
    ada.click("[data-testid=back]").await;
    person::say(&ada, "still here").await;
    ada.until_texts(TEXTS, &["still here"]).await;
    ada.until_texts("[data-testid=room-name]", &["Machine room"]).await;

    clock.advance(Duration::from_secs(11 * 60));
    server.stop().await;
    server.launch().await;
    ada.until_texts("[data-testid=room-name]", &["Engine room"]).await;
    ada.until_none(RESTING).await;
}
