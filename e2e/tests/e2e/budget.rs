//! How much a browser has to fetch before anybody can sign in.

use std::{
    fs,
    path::{Path, PathBuf},
};

use igoon_e2e::{
    database::Kind,
    server::{TestServer, release_binary},
};
use reqwest::header;

/// The most that the page's program and everything around it may take, in bytes, compressed as they are sent.
const MOST: usize = 700_000;

/// The files of a folder and those below it.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the page is built").flatten() {
        if entry.path().is_dir() { files(&entry.path(), found) } else { found.push(entry.path()) }
    }
}

#[tokio::test]
async fn the_page_and_its_program_stay_small() {
    let server = TestServer::start_of(release_binary(), Kind::Sqlite, &[]).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
    let mut found = Vec::new();
    files(&dist, &mut found);
    let (mut sizes, mut programs) = (Vec::new(), 0);
    for file in found {
        let name = file.strip_prefix(&dist).unwrap().to_str().unwrap().to_owned();
        // Of the icons a browser fetches one, when it likes.
        if name.ends_with(".png") {
            continue;
        }
        let path = if name == "index.html" { "" } else { &name };
        let request = http.get(format!("{}/{path}", server.url())).header(header::ACCEPT_ENCODING, "br");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{name} is inside the server");
        let size = answer.bytes().await.unwrap().len();
        programs += usize::from(name.ends_with(".wasm"));
        sizes.push((size, name));
    }
    assert_eq!(programs, 1, "page and worker are one: {sizes:?}");
    // Of the texts a browser fetches those of one language: the larger counts.
    let (texts, mut sizes): (Vec<_>, Vec<_>) = sizes.into_iter().partition(|(_, name)| name.starts_with("texts-"));
    sizes.extend(texts.into_iter().max());
    let total: usize = sizes.iter().map(|(size, _)| size).sum();
    println!("{total} bytes: {sizes:?}");
    assert!(total <= MOST, "{total} bytes instead of at most {MOST}: {sizes:?}");
}
