//! A browser whose keys were revoked makes new ones where it stands, and is approved anew.

use igoon_e2e::person;

use super::{
    approving::{digits, second},
    scene::{Scene, TEXTS},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_was_revoked_makes_new_keys_and_goes_on_once_it_is_approved() {
    let scene = Scene::new().await;
    person::say(&scene.ada, "before").await;
    let second = second(&scene).await;
    scene.ada.click("[data-testid=approve]").await;
    scene.ada.click("[data-testid=approval-close]").await;
    second.until_texts(TEXTS, &["before"]).await;

    scene.ada.click("[data-testid=account]").await;
    scene.ada.click("[data-testid=revoke-computer]").await;
    scene.ada.click("[data-testid=revoke-computer-now]").await;
    second.until_says("[data-testid=ended]", "needs new keys").await;
    second.click("[data-testid=new-keys]").await;
    second.find("[data-testid=not-approved]").await;
    scene.ada.find("dialog [data-testid=approval]").await;
    assert_eq!(digits(&second).await, digits(&scene.ada).await);
    scene.ada.click("[data-testid=approve]").await;
    second.until_texts(TEXTS, &["before"]).await;
    person::say(&second, "with new keys").await;
    scene.ada.click("[data-testid=approval-close]").await;
    scene.ada.open(&scene.room_url()).await;
    scene.ada.until_texts(TEXTS, &["before", "with new keys"]).await;
    // It is kept: the page comes back with it.
    second.open(&scene.room_url()).await;
    second.until_texts(TEXTS, &["before", "with new keys"]).await;
    assert_eq!(second.console().await, [""; 0]);
}
