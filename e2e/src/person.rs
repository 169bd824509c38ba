//! What a person does on the page, from the first form to the room.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use igoon_shared::{crypto::invite::InviteSecret, ids::RoomId};

use crate::{
    account::{PASSWORD, address},
    browser::Browser,
    server::TestServer,
    wait,
};

/// Makes the first account.
pub async fn set_up(browser: &Browser, server: &TestServer, handle: &str) {
    set_up_at(browser, server, &server.url(), handle).await;
}

/// Makes the first account at this address of the server.
pub async fn set_up_at(browser: &Browser, server: &TestServer, url: &str, handle: &str) {
    browser.open(url).await;
    enter_setup_code(browser, server).await;
    fill_new_account(browser, handle).await;
    enter_mailed_code(browser, server, handle).await;
}

/// The first step: the code that the server printed.
pub async fn enter_setup_code(browser: &Browser, server: &TestServer) {
    browser.fill("#setup-code", &server.setup_code()).await;
    browser.click("[data-testid=submit]").await;
}

/// Makes a room, and invites nobody yet.
pub async fn name_room(browser: &Browser, name: &str) {
    browser.fill("#room-name", name).await;
    browser.click("[data-testid=submit]").await;
    browser.click("[data-testid=to-room]").await;
    browser.find("#composer").await;
}

/// Makes an invite link for one person; it stays on the screen.
pub async fn invite(browser: &Browser) -> String {
    browser.click("[data-testid=invite]").await;
    browser.click("dialog [data-testid=submit]").await;
    browser.value("[data-testid=invite-link]").await
}

/// Makes an account by an invite link, and joins.
pub async fn join(browser: &Browser, server: &TestServer, link: &str, handle: &str) {
    browser.open(link).await;
    sign_up(browser, server, handle).await;
}

/// The same, from where the link led.
pub async fn sign_up(browser: &Browser, server: &TestServer, handle: &str) {
    fill_new_account(browser, handle).await;
    enter_mailed_code(browser, server, handle).await;
    browser.find("#composer").await;
}

/// Signs in, up to the field for the code.
pub async fn sign_in(browser: &Browser, server: &TestServer, handle: &str) {
    sign_in_at(browser, &server.url(), handle).await;
}

/// Signs in at this address of the server, up to the field for the code.
pub async fn sign_in_at(browser: &Browser, url: &str, handle: &str) {
    browser.open(url).await;
    browser.fill("#email", &address(handle)).await;
    browser.fill("#password", PASSWORD).await;
    browser.click("[data-testid=submit]").await;
    browser.find("#code").await;
}

/// Enters the code that came by mail; eight digits send themselves.
pub async fn enter_mailed_code(browser: &Browser, server: &TestServer, handle: &str) {
    browser.find("#code").await;
    let code = server.mailbox().code(&address(handle)).await;
    browser.refill("#code", &code).await;
}

/// Says who the new account is for, up to the field for the code.
pub async fn fill_new_account(browser: &Browser, handle: &str) {
    browser.fill("#email", &address(handle)).await;
    browser.fill("#handle", handle).await;
    browser.fill("#password", PASSWORD).await;
    browser.click("[data-testid=submit]").await;
}

/// Types the last group of the code that is shown, as from the paper; the whole of it.
pub async fn note_kit(browser: &Browser) -> String {
    browser.until_page("kit").await;
    let groups = browser.texts("[data-testid=kit-code] span").await;
    assert_eq!(groups.len(), 14);
    browser.refill("#kit-check", groups.last().unwrap()).await;
    browser.click("[data-testid=submit]").await;
    browser.until_none("[data-testid=kit-code]").await;
    groups.join("-")
}

/// Writes a message; Enter sends it.
pub async fn say(browser: &Browser, text: &str) {
    browser.fill("#composer", &format!("{text}\u{e007}")).await;
}

/// Chooses something from the menu beside a person, in the open list of people: `deed` is what tests call it.
pub async fn choose_for(browser: &Browser, handle: &str, deed: &str) {
    let menu = wait::until(&format!("{handle} in the list, with a menu"), async || {
        let people = browser.texts("[data-testid=person]").await;
        let place = people.iter().position(|text| text.contains(handle))? + 1;
        let menu = format!(".people > li:nth-child({place}) .menu");
        (!browser.texts(&menu).await.is_empty()).then_some(menu)
    })
    .await;
    browser.click(&format!("{menu} summary")).await;
    browser.click(&format!("{menu} [data-testid={deed}]")).await;
}

/// The same with something that is asked before it is done, and says yes.
pub async fn do_to(browser: &Browser, handle: &str, deed: &str) {
    choose_for(browser, handle, deed).await;
    browser.click("[data-testid=deed-now]").await;
    browser.until_none("[data-testid=deed-now]").await;
}

/// Closes the dialog in front.
pub async fn close_dialog(browser: &Browser) {
    browser.click("dialog header button").await;
    browser.until_none("dialog").await;
}

/// The room and the secret of an invite link.
#[must_use]
pub fn parts(link: &str) -> (RoomId, InviteSecret) {
    let (room, secret) = link.rsplit_once('/').unwrap().1.split_once('#').unwrap();
    let secret = URL_SAFE_NO_PAD.decode(secret).unwrap();
    (room.parse().unwrap(), InviteSecret::from_bytes(secret.try_into().unwrap()))
}
