//! Accounts in real browsers: a second computer, wrong codes, what an account changes about itself, and what the server's owner
//! sees of the server.

use std::collections::BTreeSet;

use igoon_e2e::{
    account::{Session, address},
    browser::{Browser, Driver},
    database::Kind,
    native::NativeClient,
    person,
    server::TestServer,
    smtp::{Protection, SmtpServer},
    wait,
};

use super::scene::Scene;

/// Digits that are not these.
fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '9' { '0' } else { '9' }).collect()
}

async fn console_is_quiet(browser: &Browser) {
    let refusals = browser.console().await;
    // The browser reports each answer that is no success; they are what is tested here.
    let unexpected: Vec<_> =
        refusals.iter().filter(|line| !line.contains("the server responded with a status of")).collect();
    assert!(unexpected.is_empty(), "console: {unexpected:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_computer_is_asked_for_a_code_and_is_signed_in_not_approved() {
    let smtp = SmtpServer::start(Protection::Tls).await;
    let scene = Scene::at(TestServer::start_as(Kind::Sqlite, smtp.settings()).await).await;
    let (server, driver) = (&scene.server, &scene.driver);

    let second = driver.browser("second").await;
    person::sign_in(&second, server, "ada").await;
    let code = server.mailbox().code(&address("ada")).await;
    second.fill("#code", &wrong(&code)).await;
    second.until_says("[data-testid=problem]", "This is not the code").await;
    second.until_page("code").await;
    second.refill("#code", &code).await;

    second.find("[data-testid=not-approved]").await;
    second.until_texts("[data-testid=room-name]", &["Machine room"]).await;
    second.until_says("[data-testid=not-approved] [data-testid=person]", "ada").await;
    assert!(second.texts("#composer").await.is_empty(), "nothing can be written here");
    console_is_quiet(&second).await;

    // A code was entered in this browser: signing in again asks for none.
    second.click("[data-testid=account]").await;
    second.click("[data-testid=sign-out]").await;
    second.until_page("sign-in").await;
    assert_eq!(second.script("return location.pathname").await, "/");
    second.fill("#email", &address("ada")).await;
    second.fill("#password", igoon_e2e::account::PASSWORD).await;
    second.click("[data-testid=submit]").await;
    second.find("[data-testid=not-approved]").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_five_wrong_tries_another_code_is_the_way_on() {
    let server = TestServer::start(Kind::Sqlite).await;
    let driver = Driver::start().await;
    let browser = driver.browser("ada").await;
    browser.open(&server.url()).await;
    person::enter_setup_code(&browser, &server).await;
    browser.fill("#email", &address("ada")).await;
    browser.fill("#handle", "ada").await;
    browser.fill("#password", igoon_e2e::account::PASSWORD).await;
    browser.click("[data-testid=submit]").await;
    browser.find("#code").await;
    let code = server.mailbox().code(&address("ada")).await;
    for left in ["4 tries are left", "3 tries are left", "2 tries are left", "one try is left", "it was the last try"] {
        browser.refill("#code", &wrong(&code)).await;
        browser.until_says("[data-testid=problem]", left).await;
    }
    assert!(browser.texts("#code").await.is_empty(), "no field for a code that cannot be right");
    browser.find("[data-testid=resend]").await;
    browser.find("[data-testid=resend-wait]").await;
    browser.click("[data-testid=start-over]").await;
    browser.until_page("set-up").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_changes_its_handle_and_signs_out_everywhere() {
    let scene = Scene::new().await;
    let (server, first) = (&scene.server, &scene.ada);
    let second = scene.driver.browser("second").await;
    person::sign_in(&second, server, "ada").await;
    person::enter_mailed_code(&second, server, "ada").await;
    second.find("[data-testid=not-approved]").await;
    // It asks; that can wait.
    first.find("dialog [data-testid=approval]").await;
    person::close_dialog(first).await;

    // What was being written waits for the room to be shown again.
    first.fill("#composer", "half a sen").await;
    first.click("[data-testid=account]").await;
    first.until_texts("[data-testid=own-email]", &[&address("ada")]).await;
    first.until_texts("[data-testid=own-handle]", &["ada"]).await;
    first.click("[data-testid=change-handle]").await;
    first.fill("#new-handle", "ada lovelace").await;
    first.click("[data-testid=submit]").await;
    first.until_says("[data-testid=problem]", "letters, digits").await;
    first.refill("#new-handle", "lovelace").await;
    first.click("[data-testid=submit]").await;
    first.until_says("[data-testid=done]", "Your handle is changed").await;
    first.until_texts("[data-testid=own-handle]", &["lovelace"]).await;
    wait::until("both sessions to be listed", async || {
        let current = first.attributes("[data-testid=session]", "data-current").await;
        (current.len() == 2 && current.iter().flatten().filter(|current| *current == "true").count() == 1).then_some(())
    })
    .await;
    first.click("[data-testid=back]").await;
    first.find("#composer").await;
    assert_eq!(first.value("#composer").await, "half a sen");
    // The room shows the new handle, also to a computer that reads nothing else of it.
    for browser in [first, &second] {
        browser.click("[data-testid=people]").await;
        browser.until_says("dialog [data-testid=person]", "lovelace").await;
        browser.click("dialog header button").await;
    }

    first.click("[data-testid=account]").await;
    first.click("[data-testid=sign-out-everywhere]").await;
    first.click("[data-testid=sign-out-everywhere-now]").await;
    first.until_page("sign-in").await;
    second.until_page("sign-in").await;
    assert_eq!(first.script("return location.pathname").await, "/");
}

fn set(ids: Vec<Option<String>>) -> BTreeSet<String> {
    ids.into_iter().flatten().collect()
}

/// How many messages the room's actor has handled, as the page shows it.
async fn handled(browser: &Browser) -> u64 {
    let handled = browser.attributes("[data-testid=actor][data-kind=room]", "data-handled").await;
    handled.into_iter().flatten().filter_map(|count| count.parse::<u64>().ok()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_watches_the_actors_while_people_talk() {
    let server = TestServer::start(Kind::Sqlite).await;
    let owner = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let room = owner.create_room("Machine room").await;
    let secret = owner.invite(room, 1).await;
    let member = NativeClient::start(Session::sign_up(&server, room, &secret, "grace").await.unwrap()).await;
    member.join(room, &secret).await;

    let driver = Driver::start().await;
    let browser = driver.browser("ada").await;
    browser.open(&server.url()).await;
    assert_eq!(browser.script("return (await fetch('/admin/actors')).status").await, 401, "a stranger");
    person::sign_in(&browser, &server, "ada").await;
    person::enter_mailed_code(&browser, &server, "ada").await;
    browser.find("[data-testid=not-approved]").await;
    browser.click("[data-testid=account]").await;
    browser.click("[data-testid=server]").await;
    browser.until_page("admin").await;

    wait::until("the room and the three connected computers, and no others", async || {
        let rooms = set(browser.attributes("[data-testid=actor][data-kind=room]", "data-id").await);
        let devices = set(browser.attributes("[data-testid=actor][data-kind=device]", "data-id").await);
        let known = [owner.identity().device(), member.identity().device()].map(|device| device.to_string());
        let all = rooms == BTreeSet::from([room.to_string()])
            && devices.len() == 3
            && known.iter().all(|device| devices.contains(device));
        all.then_some(())
    })
    .await;
    browser.until_texts("[data-testid=server-connections]", &["3"]).await;

    let before = handled(&browser).await;
    const MESSAGES: u64 = 20;
    for number in 0..MESSAGES {
        member.send(room, format!("message {number}"));
    }
    owner.until("all messages", |shown| shown.in_room(room).count() == usize::try_from(MESSAGES).unwrap()).await;
    wait::until("the room's count to follow", async || (handled(&browser).await >= before + MESSAGES).then_some(()))
        .await;

    // One of the computers goes.
    drop(member);
    browser.until_texts("[data-testid=server-connections]", &["2"]).await;

    // The kinds are one each; a filter shows one of them.
    browser.script("document.querySelector('#kind').value = 'mailer'; document.querySelector('#kind').dispatchEvent(new Event('change', { bubbles: true }))").await;
    wait::until("the mailer alone", async || {
        let kinds = browser.attributes("[data-testid=actor]", "data-kind").await;
        (kinds == [Some("mailer".to_owned())]).then_some(())
    })
    .await;
    console_is_quiet(&browser).await;

    let plain = driver.browser("grace").await;
    person::sign_in(&plain, &server, "grace").await;
    person::enter_mailed_code(&plain, &server, "grace").await;
    plain.find("[data-testid=not-approved]").await;
    plain.open(&format!("{}/admin", server.url())).await;
    plain.find("[data-testid=owner-only]").await;
    assert_eq!(plain.script("return (await fetch('/admin/actors')).status").await, 403, "a plain member");
    plain.click("[data-testid=to-room]").await;
    plain.click("[data-testid=account]").await;
    plain.find("[data-testid=own-handle]").await;
    assert!(plain.texts("[data-testid=server]").await.is_empty(), "no way there for a plain member");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_not_secure_says_why_it_cannot_make_keys() {
    let server = TestServer::start(Kind::Sqlite).await;
    let driver = Driver::start().await;
    let browser = driver.browser_with("visitor", &["--host-resolver-rules=MAP chat.example 127.0.0.1"]).await;
    browser.open(&server.url().replace("127.0.0.1", "chat.example")).await;
    browser.until_page("insecure").await;
    browser.until_says("main", "makes this computer's keys in the browser").await;
    browser.until_says("main", "tls_cert").await;
    assert!(browser.texts("form").await.is_empty(), "nothing can be begun here");
}
