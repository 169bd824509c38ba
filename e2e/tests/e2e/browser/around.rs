//! Around a room, in real browsers: addresses that lead to rooms and back, a room's settings, keys, and what anybody is told.

use igoon_e2e::{account::Session, browser::Driver, database::Kind, native::NativeClient, person, server::TestServer};
use igoon_shared::client::io::RoomView;

use super::scene::Scene;

/// Alt (U+E00A) held down with the arrow down (U+E015).
const ALT_DOWN: &str = "\u{e00a}\u{e015}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_is_renamed_and_its_members_may_invite() {
    let scene = Scene::new().await;
    let (server, ada, room) = (&scene.server, &scene.ada, scene.room);
    let (_, secret) = person::parts(&person::invite(ada).await);
    ada.find("dialog [data-testid=qr]").await;
    let grace = NativeClient::start(Session::sign_up(server, room, &secret, "grace").await.unwrap()).await;
    grace.join(room, &secret).await;
    let sees = |wanted: fn(&RoomView) -> bool| {
        let grace = &grace;
        async move {
            grace.until("it to be so", |shown| shown.rooms.get(&room).is_some_and(wanted)).await;
        }
    };
    sees(|view| !view.may_invite).await;

    ada.open(&format!("{}/room/{room}/settings", server.url())).await;
    ada.until_page("room-settings").await;
    ada.find("[data-testid=room-key][data-has=true]").await;
    ada.click("#member-invites").await;
    sees(|view| view.may_invite && view.member_invites).await;
    let secret = grace.invite(room, 1).await;
    ada.until_says("[data-testid=open-invite]", "Made by grace").await;
    let hedy = NativeClient::start(Session::sign_up(server, room, &secret, "hedy").await.unwrap()).await;
    hedy.join(room, &secret).await;
    ada.click("#member-invites").await;
    sees(|view| !view.may_invite).await;

    ada.click("[data-testid=rename-room]").await;
    ada.refill("#room-name", "").await;
    ada.click("form [data-testid=submit]").await;
    ada.find("[data-testid=problem]").await;
    ada.refill("#room-name", "Engine room").await;
    ada.click("form [data-testid=submit]").await;
    ada.find("[data-testid=done]").await;
    sees(|view| view.name.as_deref() == Some("Engine room")).await;
    ada.click("[data-testid=back]").await;
    ada.until_texts("[data-testid=room-name]", &["Engine room"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_and_keys_lead_to_rooms_and_back() {
    let scene = Scene::new().await;
    let (server, ada) = (&scene.server, &scene.ada);
    let first = ada.script("return location.pathname").await;
    ada.click("[data-testid=new-room]").await;
    person::name_room(ada, "Board").await;
    let second = ada.script("return location.pathname").await;
    assert_ne!(first, second);

    ada.reload().await;
    ada.until_texts("[data-testid=room-name]", &["Board"]).await;
    ada.fill("#composer", ALT_DOWN).await;
    ada.until_texts("[data-testid=room-name]", &["Machine room"]).await;
    assert_eq!(ada.script("return location.pathname").await, first);
    ada.script("history.back()").await;
    ada.until_texts("[data-testid=room-name]", &["Board"]).await;
    ada.script("history.forward()").await;
    ada.until_texts("[data-testid=room-name]", &["Machine room"]).await;
    assert_eq!(ada.script("return document.title").await, "Machine room · Igoon");

    // A question mark asks for help where nothing is being written.
    ada.script("document.activeElement.blur()").await;
    ada.fill("body", "?").await;
    ada.find("[data-testid=shortcuts]").await;

    ada.open(&format!("{}/room/{}", server.url(), "A".repeat(43))).await;
    ada.until_page("not-found").await;
    ada.open(&format!("{}/nowhere", server.url())).await;
    ada.until_page("not-found").await;
    ada.open(&format!("{}/account", server.url())).await;
    ada.click("[data-testid=sign-out]").await;
    ada.until_page("sign-in").await;
    assert_eq!(ada.script("return location.pathname").await, "/");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anybody_is_told_what_is_stored_and_whom_to_ask() {
    let server = TestServer::start_with(Kind::Sqlite, &["--contact", "ask@example.org", "--session-days", "7"]).await;
    let driver = Driver::start().await;
    let visitor = driver.browser("visitor").await;
    visitor.open(&format!("{}/privacy", server.url())).await;
    visitor.until_texts("[data-testid=contact]", &["ask@example.org"]).await;
    let links = visitor.attributes("[data-testid=contact]", "href").await;
    assert_eq!(links, [Some("mailto:ask@example.org".to_owned())]);
    visitor.until_says("main", "ends 7 days after its last use").await;
    visitor.until_says("main", "This server sends no mail").await;
    visitor.open(&server.url()).await;
    visitor.click("footer [data-testid=privacy]").await;
    visitor.until_page("privacy").await;
    assert_eq!(visitor.console().await, Vec::<String>::new());
}
