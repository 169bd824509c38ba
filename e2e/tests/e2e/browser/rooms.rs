//! Rooms and people in real browsers: several rooms, invites that run out and are closed, who is there, who has read what, and
//! the own computers.

use igoon_e2e::{account::Session, browser::Browser, native::NativeClient, person, wait};

use super::scene::{Scene, TEXTS};

/// Chooses in a list of the page, as a person would.
async fn choose(browser: &Browser, list: &str, value: &str) {
    browser.click(&format!("{list} option[value='{value}']")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invite_has_uses_runs_down_and_is_closed() {
    let scene = Scene::new().await;
    let ada = &scene.ada;

    ada.click("[data-testid=invite]").await;
    choose(ada, "#invite-uses", "5").await;
    ada.click("dialog [data-testid=submit]").await;
    let link = ada.value("[data-testid=invite-link]").await;
    ada.until_says("[data-testid=open-invite]", "For 5 people").await;

    let (room, secret) = person::parts(&link);
    let grace = NativeClient::start(Session::sign_up(&scene.server, room, &secret, "grace").await.unwrap()).await;
    grace.join(room, &secret).await;
    ada.until_says("[data-testid=open-invite]", "For 4 people").await;

    // From the list it can still be copied: the browser that made it has the link.
    assert_eq!(ada.texts("[data-testid=open-invite] [data-testid=copy]").await.len(), 1);
    ada.click("[data-testid=close-invite]").await;
    ada.click("[data-testid=close-invite-now]").await;
    ada.until_none("[data-testid=open-invite]").await;

    let late = scene.driver.browser("late").await;
    late.open(&link).await;
    late.until_says("h1", "This link is not valid any more").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_see_who_is_there_and_who_has_read() {
    let scene = Scene::new().await;
    let grace = scene.newcomer("grace").await;
    let (ada, room) = (&scene.ada, scene.room);

    // A native client has what it was sent; it has not looked at it.
    ada.fill("#composer", "hello\u{e007}").await;
    ada.find("[data-testid=receipt][data-of='1'][data-delivered='1'][data-read='0']").await;
    let seq = grace
        .until("the message", |shown| shown.in_room(room).next().is_some())
        .await
        .in_room(room)
        .map(|message| message.seq)
        .max()
        .unwrap();
    grace.command(igoon_shared::client::Command::Read { room, seq });
    ada.find("[data-testid=receipt][data-read='1']").await;
    ada.click("[data-testid=receipt]").await;
    ada.until_texts("[data-testid=read-by]", &["grace"]).await;
    person::close_dialog(ada).await;

    ada.click("[data-testid=people]").await;
    wait::until("both to be there", async || {
        let shown = ada.attributes("[data-testid=presence]", "data-presence").await;
        (shown.len() == 2 && shown.iter().flatten().all(|shown| shown == "available")).then_some(())
    })
    .await;
    person::close_dialog(ada).await;
    choose(ada, "#availability", "busy").await;
    ada.until_says("#availability-hint", "do not want to be disturbed").await;
    ada.click("[data-testid=people]").await;
    ada.find("[data-testid=presence][data-presence=busy]").await;

    drop(grace);
    ada.find("[data-testid=presence][data-presence=offline]").await;
    ada.until_says("[data-testid=presence][data-presence=offline]", "Last seen: Today").await;

    // It holds for the account, whichever page is opened.
    ada.reload().await;
    ada.find("#composer").await;
    ada.find("#availability").await;
    assert_eq!(ada.value("#availability").await, "busy");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_in_two_rooms_goes_from_one_to_the_other() {
    let scene = Scene::new().await;
    let grace = scene.newcomer("grace").await;
    let (ada, room) = (&scene.ada, scene.room);

    ada.click("[data-testid=new-room]").await;
    person::name_room(ada, "Board").await;
    ada.until_texts("[data-testid=room-name]", &["Board"]).await;
    let board = ada.script("return location.pathname").await;
    assert!(board.as_str().unwrap().starts_with("/room/"), "the address says which room: {board}");

    grace.send(room, "are you there?");
    ada.until_says("[data-testid=unread]", "1").await;
    ada.fill("#composer", "for the board").await;
    ada.click(&format!("[data-testid=room][data-room='{room}']")).await;
    ada.until_texts("[data-testid=room-name]", &["Machine room"]).await;
    assert_eq!(ada.script("return location.pathname").await, format!("/room/{room}"));
    ada.until_texts(TEXTS, &["are you there?"]).await;
    assert_eq!(ada.value("#composer").await, "", "what is written in one room stays there");
    ada.until_none("[data-testid=unread]").await;
    ada.click(&format!("[data-testid=room]:not([data-room='{room}'])")).await;
    ada.until_texts("[data-testid=room-name]", &["Board"]).await;
    assert_eq!(ada.value("#composer").await, "for the board");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_own_computers_are_listed_and_renamed() {
    let scene = Scene::new().await;
    let ada = &scene.ada;
    ada.click("[data-testid=account]").await;
    ada.until_texts("[data-testid=computer-name]", &["Chrome on Linux"]).await;
    assert_eq!(ada.attributes("[data-testid=computer]", "data-connected").await, [Some("true".to_owned())]);
    ada.click("[data-testid=rename-computer]").await;
    ada.refill("#computer-name", "Desk").await;
    ada.click("[data-testid=submit]").await;
    ada.until_says("[data-testid=done]", "another name").await;
    ada.until_texts("[data-testid=computer-name]", &["Desk"]).await;
    // How far it has come in its room is shown where the room has messages.
    ada.click("[data-testid=back]").await;
    ada.fill("#composer", "one\u{e007}").await;
    ada.find("[data-testid=message][data-state=sent]").await;
    wait::until("the position to be kept", async || {
        ada.open(&format!("{}/account", scene.server.url())).await;
        ada.click("[data-testid=positions] summary").await;
        let delivered = ada.attributes("[data-testid=position]", "data-delivered").await;
        let up_to: Vec<u64> = delivered.into_iter().flatten().filter_map(|seq| seq.parse().ok()).collect();
        (up_to.len() == 1 && up_to.iter().all(|seq| *seq > 0)).then_some(())
    })
    .await;
    ada.until_texts("[data-testid=computer-name]", &["Desk"]).await;
}
