//! A second browser of the same account is approved by the first, or refused.

use igoon_e2e::{
    account::address,
    browser::{Browser, VIEWS},
    person, wait,
};

use super::scene::{Scene, TEXTS};

/// Signs ada in in another browser, up to the page that waits.
pub(super) async fn second(scene: &Scene) -> Browser {
    let second = scene.driver.browser("second").await;
    person::sign_in(&second, &scene.server, "ada").await;
    person::enter_mailed_code(&second, &scene.server, "ada").await;
    second.find("[data-testid=not-approved]").await;
    second.find("[data-testid=approval-state][data-state=open]").await;
    second
}

/// The digits on a screen, as they can be seen.
pub(super) async fn digits(browser: &Browser) -> String {
    browser.find("[data-testid=approval-digits]").await;
    let groups = browser.texts("[data-testid=approval-digits] span").await;
    assert_eq!(groups.len(), 6);
    assert!(groups.iter().all(|group| group.len() == 4 && group.bytes().all(|byte| byte.is_ascii_digit())));
    groups.join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_browser_shows_the_same_digits_and_reads_everything_once_it_is_approved() {
    let scene = Scene::new().await;
    person::say(&scene.ada, "written before").await;
    scene.ada.until_texts(TEXTS, &["written before"]).await;
    let second = second(&scene).await;
    second.script("window.same = true").await;
    scene.ada.find("dialog [data-testid=approval]").await;
    assert_eq!(digits(&second).await, digits(&scene.ada).await);
    for view in VIEWS.into_iter().filter(|view| view.width < 400) {
        for browser in [&scene.ada, &second] {
            browser.look(view).await;
            let wider = "return document.documentElement.scrollWidth > innerWidth";
            assert_eq!(browser.script(wider).await, false, "{view:?}");
        }
    }
    // It opened over what was being done: a key that was meant for that answers nothing.
    let focused = "return document.activeElement.closest('#composer, .choice') === null";
    assert_eq!(scene.ada.script(focused).await, true);

    scene.ada.click("[data-testid=approve]").await;
    scene.ada.find("[data-testid=approval-done][data-approved=true]").await;
    second.until_texts(TEXTS, &["written before"]).await;
    assert_eq!(second.script("return window.same").await, true, "without loading the page anew");
    scene.ada.click("[data-testid=approval-close]").await;
    scene.ada.until_none("dialog").await;
    person::say(&second, "written on the second").await;
    scene.ada.until_texts(TEXTS, &["written before", "written on the second"]).await;
    for browser in [&scene.ada, &second] {
        assert_eq!(browser.console().await, [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_is_refused_is_signed_out_and_told_why() {
    let scene = Scene::new().await;
    let second = second(&scene).await;
    scene.ada.click("[data-testid=refuse]").await;
    scene.ada.find("[data-testid=approval-done][data-approved=false]").await;
    second.until_page("sign-in").await;
    second.until_says("[data-testid=shut-out]", "refused this one").await;
    scene.ada.click("[data-testid=approval-close]").await;
    scene.ada.click("[data-testid=account]").await;
    wait::until("one computer", async || (scene.ada.texts("[data-testid=computer]").await.len() == 1).then_some(()))
        .await;
    // It was a mistake: with another code it asks again.
    second.fill("#email", &address("ada")).await;
    second.fill("#password", igoon_e2e::account::PASSWORD).await;
    second.click("[data-testid=submit]").await;
    person::enter_mailed_code(&second, &scene.server, "ada").await;
    scene.ada.find("dialog [data-testid=approval]").await;
    assert_eq!(digits(&second).await, digits(&scene.ada).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_put_off_waits_on_the_page_of_the_account_or_is_asked_again() {
    let scene = Scene::new().await;
    let url = scene.room_url();
    scene.ada.open("about:blank").await;
    let second = second(&scene).await;
    // It was not there when it was asked.
    scene.ada.open(&url).await;
    scene.ada.find("dialog [data-testid=approval]").await;
    person::close_dialog(&scene.ada).await;
    second.click("[data-testid=ask-again]").await;
    scene.ada.find("dialog [data-testid=approval]").await;
    person::close_dialog(&scene.ada).await;
    scene.ada.click("[data-testid=account]").await;
    scene.ada.click("[data-testid=look-at-approval]").await;
    scene.ada.click("[data-testid=approve]").await;
    second.find("#composer").await;
    scene.ada.find("[data-testid=approval-done][data-approved=true]").await;
}
