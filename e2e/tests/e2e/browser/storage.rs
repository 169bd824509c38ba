//! What a browser stores: as an older version stored it, when there is no room for more, and when some of it is damaged.

use igoon_e2e::{browser::Browser, native::Shown, person, wait};
use igoon_shared::client::io::{Body, MessageView};
use serde_json::json;

use super::scene::{Scene, TEXTS};

/// Makes of what is stored what version 1 would have stored: no store of messages and nothing that the core goes on from, but
/// each place of a room's stream among the records. (Nobody reads any more what stands in those.)
const AS_VERSION_1: &str = "\
    const now = await asked(indexedDB.open('igoon')); \
    const vault = await entries(now, 'vault'), records = await entries(now, 'records'), messages = await entries(now, 'messages'); \
    now.close(); \
    await asked(indexedDB.deleteDatabase('igoon')); \
    const key = new Map(vault).get('key'); \
    const seal = async (name, text) => { \
        const iv = crypto.getRandomValues(new Uint8Array(12)), additionalData = new TextEncoder().encode(name); \
        const sealed = await crypto.subtle.encrypt({name: 'AES-GCM', iv, additionalData}, key, new TextEncoder().encode(text)); \
        return new Uint8Array([...iv, ...new Uint8Array(sealed)]) }; \
    const newer = /^room\\/[^/]+\\/(entry|cursor|places|sender|locked)(\\/|$)/; \
    const kept = records.filter(([name]) => !newer.test(name)); \
    const places = [...messages, ...records].map(([name]) => name).filter(name => /\\/(message|entry)\\//.test(name)); \
    const items = await Promise.all(places.map(async place => { \
        const name = place.replace(/\\/(message|entry)\\//, '/item/'); \
        return [name, await seal(name, 'an item')] })); \
    const opening = indexedDB.open('igoon', 1); \
    opening.onupgradeneeded = () => ['vault', 'records'].forEach(name => opening.result.createObjectStore(name)); \
    const before = await asked(opening); \
    const writing = before.transaction(['vault', 'records'], 'readwrite'); \
    vault.forEach(([name, value]) => writing.objectStore('vault').put(value, name)); \
    [...kept, ...items].forEach(([name, value]) => writing.objectStore('records').put(value, name)); \
    await finished(writing); \
    before.close(); \
    return items.length";

/// The version, the names of the stores, and how many records are of a kind that only version 1 had.
const AS_IT_IS: &str = "\
    const database = await asked(indexedDB.open('igoon')); \
    const items = (await entries(database, 'records')).filter(([name]) => name.includes('/item/')); \
    return [database.version, [...database.objectStoreNames], items.length]";

/// The own computers, on the page about the account.
async fn computers(ada: &Browser, url: &str) -> Vec<Option<String>> {
    ada.open(&format!("{url}/account")).await;
    ada.find("[data-testid=computer]").await;
    ada.attributes("[data-testid=computer]", "data-device").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_version_1_stored_is_taken_over_and_its_messages_are_fetched_anew() {
    let mut scene = Scene::new().await;
    let grace = scene.newcomer("grace").await;
    let (room, room_url, url) = (scene.room, scene.room_url(), scene.server.url());
    person::say(&scene.ada, "one, by ada").await;
    scene.ada.find("[data-testid=message][data-state=sent]").await;
    grace.send(room, "two, by grace");
    scene.ada.until_texts(TEXTS, &["one, by ada", "two, by grace"]).await;
    let before = computers(&scene.ada, &url).await;
    assert_eq!(before.len(), 1);

    // Something waits to be sent.
    scene.ada.open(&room_url).await;
    scene.ada.find("#composer").await;
    scene.server.stop().await;
    person::say(&scene.ada, "three, waits").await;
    scene.ada.find("[data-testid=message][data-state=waiting]").await;
    scene.ada.open("about:blank").await;
    scene.server.launch().await;
    let ada = &scene.ada;
    let items = ada.behind_the_page(&url, AS_VERSION_1).await;
    assert!(items.as_u64() > Some(4), "{items} places of the stream");

    ada.open(&room_url).await;
    ada.until_texts(TEXTS, &["one, by ada", "two, by grace", "three, waits"]).await;
    grace.until("what waited", |shown| shown.in_room(room).count() == 3).await;
    grace.send(room, "four, by grace");
    ada.until_texts(TEXTS, &["one, by ada", "two, by grace", "three, waits", "four, by grace"]).await;
    assert_eq!(computers(ada, &url).await, before, "the same keys");
    let now = ada.behind_the_page(&url, AS_IT_IS).await;
    assert_eq!(now, json!([2, ["messages", "records", "vault"], 0]));
}

/// So many messages are written at once: more than the worker takes together, so that some reach it when it has stopped.
const AT_ONCE: usize = 300;

/// Writes messages in one step, for the page may end at any moment; whether there is a field to write in.
async fn write(ada: &Browser, texts: &[String]) -> bool {
    let script = format!(
        "const field = document.querySelector('#composer'); \
         if (!field) return false; \
         for (const text of {}) {{ \
             field.value = text; \
             field.dispatchEvent(new InputEvent('input', {{bubbles: true}})); \
             field.dispatchEvent(new KeyboardEvent('keydown', {{key: 'Enter', bubbles: true, cancelable: true}})) }} \
         return true",
        json!(texts)
    );
    ada.script(&script).await == true
}

/// A message's text.
fn text(message: &MessageView) -> Option<&str> {
    match &message.body {
        Body::Text(text) => Some(text),
        Body::Unreadable(_) => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_of_and_nothing_is_lost_by_it() {
    let scene = Scene::new().await;
    let grace = scene.newcomer("grace").await;
    let (ada, room, url) = (&scene.ada, scene.room, scene.server.url());

    ada.let_store(&url, Some(1)).await;
    // The browser counts for a while on the room that it found before.
    let mut said: Vec<String> = Vec::new();
    loop {
        let texts: Vec<String> = (said.len()..said.len() + AT_ONCE).map(|number| format!("message {number}")).collect();
        if !write(ada, &texts).await {
            break;
        }
        said.extend(texts);
        wait::until("it to be sent, or the end", async || {
            let sent = ada.texts(&format!("[data-state=sent] {TEXTS}")).await.last() == said.last();
            (sent || ada.texts("#composer").await.is_empty()).then_some(())
        })
        .await;
    }
    ada.until_page("stopped").await;
    ada.until_says("[data-testid=problem]", "disk is full").await;
    grace.send(room, "by grace, meanwhile");
    // Said anew, that is.
    ada.script("document.querySelector('[data-testid=problem]').dataset.before = ''").await;
    ada.click("[data-testid=retry]").await;
    ada.until_says("[data-testid=problem]:not([data-before])", "disk is full").await;

    ada.let_store(&url, None).await;
    ada.click("[data-testid=retry]").await;
    ada.find("#composer").await;
    // What could not be stored stands in the field again, a line each.
    ada.fill("#composer", "\u{e007}").await;
    said.push("by grace, meanwhile".to_owned());
    let lines = |shown: &Shown| shown.in_room(room).filter_map(text).flat_map(str::lines).count();
    let shown = grace.until("all of it", |shown| lines(shown) == said.len()).await;
    let mut everything: Vec<&str> = shown.in_room(room).filter_map(text).flat_map(str::lines).collect();
    everything.sort_unstable();
    said.sort_unstable();
    assert_eq!(everything, said, "each once");
    ada.until_none("[data-testid=message][data-state=waiting]").await;
    let last = shown.in_room(room).filter_map(text).last().unwrap();
    wait::until("the last one", async || (ada.texts(TEXTS).await.last()? == last).then_some(())).await;
    let stored = "return (await entries(await asked(indexedDB.open('igoon')), 'messages')).length";
    assert_eq!(ada.behind_the_page(&url, stored).await, json!(shown.in_room(room).count()));

    // A computer that has no room from the beginning.
    let late = scene.driver.browser("late").await;
    late.let_store(&url, Some(1)).await;
    late.open(&url).await;
    late.until_page("stopped").await;
    late.until_says("[data-testid=problem]", "disk is full").await;
    late.let_store(&url, None).await;
    late.click("[data-testid=retry]").await;
    late.until_page("sign-in").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_damaged_is_told_and_mended() {
    let scene = Scene::new().await;
    let (ada, url) = (&scene.ada, scene.server.url());
    for text in ["one", "two"] {
        person::say(ada, text).await;
    }
    ada.until_texts(TEXTS, &["one", "two"]).await;
    wait::until("both to be sent", async || {
        (ada.texts("[data-testid=message][data-state=sent]").await.len() == 2).then_some(())
    })
    .await;

    // A message: its place says so, the others stay.
    ada.damage(&url, "messages", ("room/", "")).await;
    ada.open(&scene.room_url()).await;
    ada.find("[data-testid=message][data-state=unreadable]").await;
    ada.until_says(TEXTS, "What this computer stored of this message is damaged").await;
    assert_eq!(ada.texts(TEXTS).await.get(1).map(String::as_str), Some("two"));
    ada.click("[data-testid=mend]").await;
    ada.until_texts(TEXTS, &["one", "two"]).await;

    // What the rooms stand on.
    ada.damage(&url, "records", ("room/", "/cursor")).await;
    ada.open(&scene.room_url()).await;
    ada.until_page("stopped").await;
    ada.until_says("[data-testid=problem]", "Its keys are fine").await;
    ada.click("[data-testid=fetch-anew]").await;
    ada.until_texts(TEXTS, &["one", "two"]).await;

    // The keys.
    ada.damage(&url, "records", ("identity", "")).await;
    ada.open(&scene.room_url()).await;
    ada.until_page("stopped").await;
    ada.until_says("[data-testid=problem]", "The keys stored on this computer are damaged").await;
    assert!(ada.texts("[data-testid=fetch-anew]").await.is_empty(), "that would not help");
    ada.click("[data-testid=forget]").await;
    ada.until_page("sign-in").await;
    person::sign_in(ada, &scene.server, "ada").await;
    person::enter_mailed_code(ada, &scene.server, "ada").await;
    ada.find("[data-testid=not-approved]").await;
}
