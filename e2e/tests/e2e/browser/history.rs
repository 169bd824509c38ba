//! A room of more messages than a page holds, in a real browser that was away: it opens at the first one that was not looked at,
//! and leads on to the last and back to the very first.

use std::{collections::BTreeSet, ops::Range};

use igoon_e2e::{browser::Browser, database::Kind, native::NativeClient, person, server::TestServer, wait};
use igoon_shared::{client::records::message_place, ids::RoomId};

use super::scene::{Scene, TEXTS};

/// The texts of the messages are the numbers from 0 on.
const MESSAGES: usize = 1_500;
/// So many of them are looked at before the browser goes away.
const LOOKED_AT: usize = 400;
/// So many the page holds at most.
const WINDOW: usize = 600;
/// Written and not yet accepted, at most.
const UNDER_WAY: usize = 200;

const UNPACED: [&str; 4] = ["--frames-per-second", "1000000", "--frames-burst", "1000000"];

async fn write(grace: &NativeClient, room: RoomId, numbers: Range<usize>) {
    for number in numbers {
        grace.send(room, number.to_string());
        if number % UNDER_WAY == 0 {
            grace.until("most to be accepted", |shown| shown.waiting() == 0).await;
        }
    }
    grace.until("all to be accepted", |shown| shown.waiting() == 0).await;
}

/// The messages on the page, which are all that there are from its first to its last, in order; none as long as there are none.
async fn held(ada: &Browser) -> Option<Range<usize>> {
    let numbers: Vec<usize> = ada.texts(TEXTS).await.iter().map(|text| text.parse().unwrap()).collect();
    let first = *numbers.first()?;
    assert!(numbers.iter().copied().eq(first..first + numbers.len()), "each once and in order: {numbers:?}");
    assert!(numbers.len() <= WINDOW, "{} messages on the page", numbers.len());
    Some(first..first + numbers.len())
}

/// Scrolls as far as it goes, again and again, until `there`; the numbers of all that were shown.
async fn scroll(ada: &Browser, to: &str, there: impl Fn(&Range<usize>) -> bool) -> BTreeSet<usize> {
    let mut shown = BTreeSet::new();
    wait::until(&format!("the way to {to}"), async || {
        let held = held(ada).await?;
        shown.extend(held.clone());
        ada.script(&format!("const area = document.querySelector('.timeline'); area.scrollTop = {to}")).await;
        there(&held).then_some(())
    })
    .await;
    shown
}

/// The number of the message below the mark of what is new, once that is in view.
async fn first_new(browser: &Browser) -> usize {
    let in_view = "const area = document.querySelector('.timeline'), mark = area?.querySelector('.new-mark'); \
        if (!mark) return null; \
        const {top, bottom} = mark.getBoundingClientRect(), view = area.getBoundingClientRect(); \
        const first = mark.nextElementSibling.querySelector('[data-testid=message-text]').textContent; \
        return view.top <= top && bottom <= view.bottom ? Number(first) : null";
    let number = wait::until("the mark of what is new", async || browser.script(in_view).await.as_u64()).await;
    usize::try_from(number).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_history_is_read_from_the_first_new_message_to_both_ends() {
    let scene = Scene::at(TestServer::start_with(Kind::Sqlite, &UNPACED).await).await;
    let grace = scene.newcomer("grace").await;
    let (ada, room) = (&scene.ada, scene.room);
    write(&grace, room, 0..LOOKED_AT).await;
    let shown = grace.until("all to be stored", |shown| shown.in_room(room).count() == LOOKED_AT).await;
    let last = shown.in_room(room).map(|message| message.seq).max().unwrap();
    let me = grace.session().account;
    grace
        .until("ada to have looked at them", |shown| {
            let positions = shown.positions.get(&room);
            positions.is_some_and(|view| view.people.iter().any(|it| it.account != me && it.read >= last))
        })
        .await;

    ada.open("about:blank").await;
    write(&grace, room, LOOKED_AT..MESSAGES).await;
    ada.open(&scene.room_url()).await;
    assert_eq!(first_new(ada).await, LOOKED_AT);
    let around = held(ada).await.unwrap();
    assert!(around.start > 0 && around.start < LOOKED_AT, "what was before it stands above: {around:?}");
    assert!(around.end < MESSAGES, "and the last is far: {around:?}");

    let mut all = scroll(ada, "area.scrollHeight", |held| held.end == MESSAGES).await;
    ada.until_none("[data-testid=jump]").await;
    all.extend(scroll(ada, "0", |held| held.start == 0).await);
    ada.find(".beginning").await;
    assert!(all.into_iter().eq(0..MESSAGES), "nothing is left out");

    ada.click("[data-testid=jump]").await;
    wait::until("the last ones", async || held(ada).await.filter(|held| held.end == MESSAGES)).await;
    write(&grace, room, MESSAGES..MESSAGES + 1).await;
    wait::until("the newest one", async || held(ada).await.filter(|held| held.end == MESSAGES + 1)).await;

    // Everything is stored here once.
    let script = "const database = await asked(indexedDB.open('igoon')); \
        return (await entries(database, 'messages')).map(([name]) => name)";
    let names: Vec<String> = serde_json::from_value(ada.behind_the_page(&scene.server.url(), script).await).unwrap();
    let places: BTreeSet<_> = names.iter().filter_map(|name| message_place(name)).collect();
    assert_eq!((names.len(), places.len()), (MESSAGES + 1, MESSAGES + 1));
}

/// Who joins has none of it yet when the room opens.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_to_a_long_room_begins_with_its_first_message() {
    let scene = Scene::at(TestServer::start_with(Kind::Sqlite, &UNPACED).await).await;
    let grace = scene.newcomer("grace").await;
    write(&grace, scene.room, 0..MESSAGES).await;
    let link = person::invite(&scene.ada).await;
    let late = scene.driver.browser("late").await;
    person::join(&late, &scene.server, &link, "linus").await;
    assert_eq!(first_new(&late).await, 0);
    scroll(&late, "area.scrollHeight", |held| held.end == MESSAGES).await;
}
