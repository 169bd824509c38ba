//! What is done with the people of a room, in a real browser: roles, removal, leaving; what each of them is told, and what the
//! log says of it.

use igoon_e2e::{
    account::Session,
    browser::{Browser, Driver},
    database::Kind,
    native::NativeClient,
    person,
    server::TestServer,
    wait,
};
use igoon_shared::ids::RoomId;

use super::scene::Scene;

/// Two people in a room of the first, both in browsers.
async fn two_in_a_room(driver: &Driver, server: &TestServer) -> (Browser, Browser, RoomId) {
    let ada = driver.browser("ada").await;
    person::set_up(&ada, server, "ada").await;
    person::name_room(&ada, "Machine room").await;
    let link = person::invite(&ada).await;
    person::close_dialog(&ada).await;
    let bea = driver.browser("bea").await;
    person::join(&bea, server, &link, "bea").await;
    let (room, _) = person::parts(&link);
    (ada, bea, room)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_removed_is_told_and_reads_nothing_more() {
    let server = TestServer::start(Kind::Sqlite).await;
    let driver = Driver::start().await;
    let (ada, bea, room) = two_in_a_room(&driver, &server).await;
    person::say(&ada, "for both of us").await;
    bea.until_texts("[data-testid=message-text]", &["for both of us"]).await;

    ada.click("[data-testid=people]").await;
    person::choose_for(&ada, "bea", "remove").await;
    ada.until_says("[data-testid=deed-follows]", "can't read what is written from then on").await;
    ada.click("[data-testid=deed-not]").await;
    person::do_to(&ada, "bea", "remove").await;
    ada.until_texts("[data-testid=people] span", &["1"]).await;
    bea.until_says("[data-testid=ended]", "ada removed you from this room").await;
    assert!(bea.texts("#composer").await.is_empty(), "there is nowhere to write");
    bea.until_says("[data-testid=room] .state", "You were removed").await;

    person::close_dialog(&ada).await;
    person::say(&ada, "for me alone").await;
    ada.until_texts(
        "[data-testid=message][data-state=sent] [data-testid=message-text]",
        &["for both of us", "for me alone"],
    )
    .await;
    // What it could read it still can; nothing came since, also not when it asks anew.
    for _ in 0..2 {
        bea.until_says("[data-testid=ended]", "ada removed you").await;
        bea.until_texts("[data-testid=message-text]", &["for both of us"]).await;
        bea.reload().await;
    }

    // Both find it in the log, in words.
    ada.open(&format!("{}/room/{room}/log", server.url())).await;
    bea.click("[data-testid=room-log]").await;
    for browser in [&ada, &bea] {
        browser.until_page("room-log").await;
        wait::until("the removal in the log", async || {
            let told = browser.texts("[data-testid=log-what]").await;
            told.iter().any(|what| what == "ada removed bea.").then_some(())
        })
        .await;
    }
    ada.until_says("[data-testid=log-what]", "A new room key, number 2: somebody was removed.").await;
    let told = ada.texts("[data-testid=log-what]").await;
    assert_eq!(told.last().map(String::as_str), Some("ada made this room and called it “Machine room”."));
    // Who let bea in, with which computer.
    ada.click("#log-about option:nth-child(3)").await;
    ada.click("#log-which-1").await;
    ada.until_texts("[data-testid=log-what]", &["ada removed bea.", "bea joined, by a link that ada had made."]).await;
    ada.until_says("[data-testid=log-entry]:last-child", "on Chrome on Linux").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn roles_change_and_people_leave() {
    let server = TestServer::start(Kind::Sqlite).await;
    let driver = Driver::start().await;
    let (ada, bea, room) = two_in_a_room(&driver, &server).await;
    let settings = format!("{}/room/{room}/settings", server.url());

    ada.open(&settings).await;
    ada.until_says("[data-testid=cannot-leave]", "You are the only owner").await;
    person::do_to(&ada, "bea", "make-admin").await;
    ada.until_texts("[data-testid=role]", &["Owner", "Admin"]).await;
    let focused = ada.script("return document.activeElement.getAttribute('aria-label')").await;
    assert_eq!(focused, "What can be done with bea", "the keyboard goes on where it was");
    person::do_to(&ada, "bea", "make-owner").await;
    ada.until_texts("[data-testid=role]", &["Owner", "Owner"]).await;

    // Now the first can go.
    ada.click("[data-testid=leave]").await;
    ada.until_says("[data-testid=deed-follows]", "All your computers leave").await;
    ada.click("[data-testid=deed-now]").await;
    ada.find("[data-testid=over]").await;
    ada.click("[data-testid=back]").await;
    ada.until_says("[data-testid=ended]", "You left this room").await;

    // The other goes on alone: the next message starts a new key by itself.
    person::say(&bea, "on my own now").await;
    bea.until_texts("[data-testid=message][data-state=sent] [data-testid=message-text]", &["on my own now"]).await;
    bea.open(&format!("{}/room/{room}/log", server.url())).await;
    wait::until("all of it in the log", async || {
        let told = bea.texts("[data-testid=log-what]").await;
        let all = ["ada made bea an admin.", "ada made bea an owner.", "ada left."];
        all.iter().all(|what| told.iter().any(|told| told == what)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_done_to_people_without_a_connection() {
    let server = TestServer::start(Kind::Sqlite).await;
    let driver = Driver::start().await;
    let ada = driver.browser("ada").await;
    person::set_up(&ada, &server, "ada").await;
    person::name_room(&ada, "Machine room").await;
    let link = person::invite(&ada).await;
    person::close_dialog(&ada).await;
    let (room, secret) = person::parts(&link);
    let grace = NativeClient::start(Session::sign_up(&server, room, &secret, "grace").await.unwrap()).await;
    grace.join(room, &secret).await;
    ada.until_texts("[data-testid=people] span", &["2"]).await;

    ada.click("[data-testid=people]").await;
    person::choose_for(&ada, "grace", "remove").await;
    drop(server);
    ada.find("#app[data-connection=reconnecting]").await;
    ada.click("[data-testid=deed-now]").await;
    ada.until_says("dialog [data-testid=problem]", "needs a connection").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_sets_what_newcomers_can_read() {
    let server = TestServer::start(Kind::Sqlite).await;
    let driver = Driver::start().await;
    let (ada, bea, room) = two_in_a_room(&driver, &server).await;
    let settings = format!("{}/room/{room}/settings", server.url());
    bea.open(&settings).await;
    bea.until_says("[data-testid=history]", "Everything").await;
    assert!(bea.texts("[data-testid=change-history]").await.is_empty(), "that is for owners");

    ada.open(&settings).await;
    ada.click("[data-testid=change-history]").await;
    ada.click("#history-1").await;
    ada.click("[data-testid=set-history]").await;
    ada.until_says("[data-testid=deed-follows]", "nothing before").await;
    ada.click("[data-testid=deed-now]").await;
    for browser in [&ada, &bea] {
        browser.until_says("[data-testid=history]", "after they joined, nothing before").await;
    }
}

/// The other computer was never approved: that it is shut out counts all the same, before anybody approves it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_own_computer_is_shut_out_of_all_rooms() {
    let scene = Scene::new().await;
    let (server, ada) = (&scene.server, &scene.ada);
    let second = scene.driver.browser("second").await;
    person::sign_in(&second, server, "ada").await;
    person::enter_mailed_code(&second, server, "ada").await;
    second.find("[data-testid=not-approved]").await;
    second.open(&format!("{}/account", server.url())).await;
    second.find("[data-testid=computer]").await;
    assert!(second.texts("[data-testid=revoke-computer]").await.is_empty(), "what it says counts for nothing");

    // It asks to be approved, which is not what its person wants.
    ada.find("dialog [data-testid=approval]").await;
    person::close_dialog(ada).await;
    ada.click("[data-testid=account]").await;
    ada.click("[data-testid=revoke-computer]").await;
    assert_eq!(ada.texts("[data-testid=revoke-computer]").await.len(), 0, "not for the one that it is on");
    ada.click("[data-testid=revoke-computer-now]").await;
    ada.until_says("[data-testid=done]", "shut out of your rooms").await;
    ada.open(&format!("{}/log", scene.room_url())).await;
    ada.until_says("[data-testid=log-what]", "ada shut out a computer of their own").await;
}
