//! The server's database was put back to an older copy: whoever wrote what it lost is told so where it stands, instead of who has
//! it, and can send it again.

use igoon_e2e::{
    account::Session,
    browser::{Driver, VIEWS},
    database::Kind,
    native::NativeClient,
    person,
    server::TestServer,
    wait,
};

use super::scene::TEXTS;

const LOST: &str = "[data-testid=message][data-state=lost]";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_lost_shows_nobody_who_has_it_and_can_be_sent_again() {
    let mut server = TestServer::start(Kind::Sqlite).await;
    let driver = Driver::start().await;
    let ada = driver.browser("ada").await;
    person::set_up(&ada, &server, "ada").await;
    person::name_room(&ada, "Machine room").await;
    let (room, secret) = person::parts(&person::invite(&ada).await);
    person::close_dialog(&ada).await;
    let grace = NativeClient::start(Session::sign_up(&server, room, &secret, "grace").await.unwrap()).await;
    grace.join(room, &secret).await;
    person::say(&ada, "before the copy").await;
    grace.shows(room, &["before the copy"]).await;
    server.stop().await;
    let copy = server.back_up();
    server.launch().await;
    person::say(&ada, "after the copy").await;
    grace.shows(room, &["before the copy", "after the copy"]).await;
    ada.until_texts(TEXTS, &["before the copy", "after the copy"]).await;
    wait::until("that grace has both", async || {
        (ada.attributes("[data-testid=receipt]", "data-delivered").await
            == [Some("1".to_owned()), Some("1".to_owned())])
        .then_some(())
    })
    .await;

    server.stop().await;
    server.restore(&copy);
    server.launch().await;
    ada.until_says(&format!("{LOST} [data-testid=lost]"), "The server lost this message").await;
    ada.until_texts(LOST, &ada.texts(LOST).await[..1].iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert!(ada.texts(&format!("{LOST} [data-testid=receipt]")).await.is_empty(), "nobody is said to have it");
    assert_eq!(ada.texts("[data-testid=receipt]").await.len(), 1, "the other one still is");
    for view in VIEWS.into_iter().filter(|view| view.width < 400) {
        ada.look(view).await;
        let wider = "return document.documentElement.scrollWidth > innerWidth";
        assert_eq!(ada.script(wider).await, false, "{view:?}");
    }
    ada.click(&format!("{LOST} [data-testid=send-again]")).await;
    ada.until_texts(TEXTS, &["before the copy", "after the copy", "after the copy"]).await;
    ada.until_says(&format!("{LOST} [data-testid=lost]"), "It was sent again").await;
    grace.shows(room, &["before the copy", "after the copy", "after the copy"]).await;
    assert_eq!(ada.texts("[data-testid=message][data-state=sent]").await.len(), 2);
}
