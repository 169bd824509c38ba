//! A person without a mouse: from the set-up code to signing out by keys alone, and the focus can be seen all the way.

use igoon_e2e::{
    account::{PASSWORD, address},
    browser::{
        Driver,
        keyboard::{ENTER, ESCAPE},
    },
    database::Kind,
    server::TestServer,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_way_by_keys_alone() {
    let server = TestServer::start(Kind::Sqlite).await;
    let driver = Driver::start().await;
    let ada = driver.browser("ada").await;
    let enter = ENTER.to_string();
    ada.open(&server.url()).await;

    ada.type_into("#setup-code", &(server.setup_code() + &enter)).await;
    ada.type_into("#email", &address("ada")).await;
    ada.type_into("#handle", "ada").await;
    ada.type_into("#password", &format!("{PASSWORD}{enter}")).await;
    ada.find("#code").await;
    let code = server.mailbox().code(&address("ada")).await;
    ada.type_into("#code", &code).await;
    ada.type_into("#room-name", &format!("Machine room{enter}")).await;
    ada.enter_on("[data-testid=to-room]").await;

    ada.type_into("#composer", &format!("written without a mouse{enter}")).await;
    ada.until_texts("[data-testid=message-text]", &["written without a mouse"]).await;

    ada.enter_on("[data-testid=invite]").await;
    ada.enter_on("dialog [data-testid=submit]").await;
    ada.find("[data-testid=invite-link]").await;
    ada.press(&ESCAPE.to_string()).await;
    ada.until_none("dialog").await;

    ada.enter_on("[data-testid=people]").await;
    ada.until_says("[data-testid=person]", "ada").await;
    ada.press(&ESCAPE.to_string()).await;

    ada.enter_on("[data-testid=account]").await;
    ada.until_texts("[data-testid=own-handle]", &["ada"]).await;
    ada.enter_on("[data-testid=sign-out]").await;
    ada.until_page("sign-in").await;
}
