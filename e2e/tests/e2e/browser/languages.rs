//! The page's texts: a browser fetches those of the language that is read, the others when they are chosen.

use std::{fs, path::Path};

use igoon_e2e::{
    browser::{Browser, Driver},
    database::Kind,
    server::{Settings, TestServer},
};
use serde_json::json;

use super::builds;

/// The texts of which languages the page has asked for since it was loaded.
const FETCHED: &str = "const files = performance.getEntriesByType('resource').map(entry => new URL(entry.name).pathname); \
    return files.filter(path => path.startsWith('/texts-')).map(path => path.split('-')[1])";

/// Moves the texts of a language from one folder to another.
fn carry(language: &str, from: &Path, to: &Path) {
    let begins = format!("texts-{language}-");
    let mut files = fs::read_dir(from).unwrap().flatten().map(|entry| entry.file_name());
    let file = files.find(|name| name.to_string_lossy().starts_with(&begins)).expect("each language has a file");
    fs::copy(from.join(&file), to.join(&file)).unwrap();
    fs::remove_file(from.join(&file)).unwrap();
}

async fn title(ada: &Browser) -> Vec<String> {
    ada.texts("h1").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_language_is_fetched_and_texts_that_do_not_come_are_told_of() {
    let (dist, away) = (builds::copied(), tempfile::tempdir().unwrap());
    carry("en", dist.path(), away.path());
    carry("de", dist.path(), away.path());
    let environment = vec![("IGOON_DIST", dist.path().into())];
    let server = TestServer::start_as(Kind::Sqlite, Settings { environment, ..Settings::default() }).await;
    let driver = Driver::start().await;
    let ada = driver.browser("ada").await;

    ada.open(&server.url()).await;
    ada.until_says("p.problem:not([lang])", "did not arrive").await;
    ada.until_says("p.problem[lang=de]", "nicht angekommen").await;
    carry("en", away.path(), dist.path());
    ada.click("#again").await;
    ada.until_page("set-up").await;
    let english = title(&ada).await;
    assert_eq!(ada.script(FETCHED).await, json!(["en"]));

    // It goes on in the language before.
    ada.click("[data-testid=language]").await;
    ada.until_says("[data-testid=notice]", "did not arrive").await;
    assert_eq!(
        (title(&ada).await, ada.attributes("html", "lang").await),
        (english.clone(), vec![Some("en".to_owned())])
    );
    carry("de", away.path(), dist.path());
    ada.click("[data-testid=language]").await;
    ada.find("html[lang=de]").await;
    ada.until_none("[data-testid=notice]").await;
    let german = title(&ada).await;
    assert_ne!(german, english);

    ada.reload().await;
    ada.until_page("set-up").await;
    assert_eq!((title(&ada).await, ada.script(FETCHED).await), (german, json!(["de"])));
}
