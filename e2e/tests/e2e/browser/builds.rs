//! Builds of the page, one after the other, in a browser that keeps them: a new one is noticed, offered and taken as a whole; it
//! opens without the server.

use std::{
    fs,
    path::{Path, PathBuf},
};

use igoon_e2e::{
    browser::Browser,
    database::Kind,
    person,
    server::{Settings, TestServer, release_binary},
    wait,
};

use super::scene::{Scene, TEXTS};

/// As the files that change with each build are called.
const STYLE: &str = "another-0123456789abcdef.css";

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).expect("the page is built").flatten() {
        let copied = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &copied);
        } else {
            fs::copy(entry.path(), copied).unwrap();
        }
    }
}

/// The page's files once more.
pub(super) fn copied() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let built = std::env::var_os("IGOON_DIST").map(PathBuf::from);
    copy(&built.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist")), folder.path());
    folder
}

/// The files of another build of the page: the first style sheet is another, and says so.
fn another_build() -> tempfile::TempDir {
    let folder = copied();
    let index = fs::read_to_string(folder.path().join("index.html")).unwrap();
    // With quotation marks or, where the page is built for people, without.
    let mut tags = index.split_inclusive('>').map(str::trim_start);
    let tag = tags.find(|tag| tag.contains("stylesheet")).expect("the page has a style sheet");
    let words = tag.split([' ', '=', '"', '>']);
    let before = words.filter_map(|word| word.strip_prefix('/')).find(|word| word.ends_with(".css")).unwrap();
    let style = fs::read_to_string(folder.path().join(before)).unwrap();
    fs::remove_file(folder.path().join(before)).unwrap();
    fs::write(folder.path().join(STYLE), style + ":root{--build:another}").unwrap();
    let link = format!("<link rel=\"stylesheet\" href=\"/{STYLE}\">");
    fs::write(folder.path().join("index.html"), index.replacen(tag, &link, 1)).unwrap();
    folder
}

/// Whether the page looks like the other build, and whether it names its file.
async fn is_another(ada: &Browser) -> (bool, bool) {
    let script = format!(
        "const looks = getComputedStyle(document.documentElement).getPropertyValue('--build'); \
         return [looks === 'another', document.querySelector('link[href=\"/{STYLE}\"]') !== null]"
    );
    serde_json::from_value(ada.script(&script).await).unwrap()
}

/// The release server, which people get, has other files in it than the debug server is given.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_build_is_offered_taken_as_a_whole_and_opens_without_the_server() {
    let another = another_build();
    let environment = vec![("IGOON_DIST", another.path().into())];
    let mut scene =
        Scene::at(TestServer::start_as(Kind::Sqlite, Settings { environment, ..Settings::default() }).await).await;
    let room_url = scene.room_url();
    person::say(&scene.ada, "one").await;
    scene.ada.find("[data-testid=message][data-state=sent]").await;
    scene.ada.until_kept().await;
    scene.ada.reload().await;
    scene.ada.until_texts(TEXTS, &["one"]).await;
    assert_eq!(is_another(&scene.ada).await, (true, true));

    // The page goes on as it is until the person says otherwise.
    scene.server.stop().await;
    scene.server.binary = release_binary();
    scene.server.launch().await;
    let ada = &scene.ada;
    ada.find("[data-testid=update]").await;
    assert_eq!(is_another(ada).await, (true, true));
    person::say(ada, "two").await;
    wait::until("both to be sent", async || {
        (ada.texts("[data-testid=message][data-state=sent]").await.len() == 2).then_some(())
    })
    .await;
    ada.click("[data-testid=update-load]").await;
    wait::until("the other build", async || (is_another(ada).await == (false, false)).then_some(())).await;
    ada.until_texts(TEXTS, &["one", "two"]).await;
    assert_eq!(ada.foreign().await, Vec::<String>::new());
    let kept = "const done = arguments[arguments.length - 1]; (async () => { \
        const [name, ...others] = await caches.keys(); \
        const paths = (await (await caches.open(name)).keys()).map(request => new URL(request.url).pathname); \
        return [others.length, paths] })().then(done)";
    let (others, paths): (usize, Vec<String>) = serde_json::from_value(ada.script_async(kept).await).unwrap();
    assert!(others == 0 && !paths.contains(&format!("/{STYLE}")), "nothing of the one before is kept: {paths:?}");

    scene.server.stop().await;
    let ada = &scene.ada;
    ada.open(&room_url).await;
    ada.until_texts(TEXTS, &["one", "two"]).await;
    person::say(ada, "three").await;
    ada.find("[data-testid=message][data-state=waiting]").await;
    assert_eq!(is_another(ada).await, (false, false));
    scene.server.launch().await;
    scene.ada.until_none("[data-testid=message][data-state=waiting]").await;
    scene.ada.until_texts(TEXTS, &["one", "two", "three"]).await;
}
