//! A client that skips the UI, against the real server: frames, bodies, requests and log entries that no client of ours would
//! make, from a fixed seed. Each is answered by a documented code; the connection, or a new one, goes on; two honest people
//! talk beside it; the server's log has no panic and no error in it, and its memory does not grow.

mod bodies;
mod entries;
mod frames;
mod noise;
mod pack;
mod requests;
mod scene;
mod sockets;

use std::collections::BTreeMap;

use futures_util::{SinkExt as _, StreamExt as _};
use igoon_e2e::{database::Kind, native::connect, process::Memory, soak, wait};
use igoon_shared::protocol::{
    codec,
    error::ErrorCode,
    frames::{FrameError, ServerFrame},
};
use reqwest::Method;
use tokio_tungstenite::tungstenite::Message;

use self::{frames::Line, noise::Noise, scene::Scene};

const SEED: u64 = 0x1600_0001;
/// So many wrong answers are enough to stop and look at them.
const WRONG: usize = 10;
/// How much more may be resident at the end than when a fifth was through, in KiB. What is bounded but not full by then
/// grows still: SQLite's page caches (nine connections, 2 MiB each), the allocator's pages for each thread, the states of
/// limits. Whatever one attack leaves behind shows: 10 KiB each, or 2 KiB each
/// with the full count, would be over it.
const GROWTH: u64 = 16 * 1024;
/// How much address space may be asked for in between, in KiB: less than one length that was declared.
const ASKED: u64 = 3 * 1024 * 1024;

async fn hostile(kind: Kind, count: usize) {
    let mut scene = Scene::build(kind, &scene::UNPACED).await;
    let mut line = Line::open(&scene.mallory).await;
    let mut noise = Noise::new(SEED);
    let mut done: BTreeMap<&'static str, usize> = BTreeMap::new();
    let (mut before, mut wrong) = (None, Vec::new());
    for number in 0..count {
        if number == count / 5 {
            before = Some(Memory::of(scene.server.pid()));
        }
        if number % 500 == 0 {
            scene.talk().await;
        }
        let (name, bytes, outcome) = match noise.below(100) {
            0..50 => {
                let attack = frames::draw(&mut scene, &line, &mut noise);
                let outcome = line.attack(&attack, &mut noise).await;
                (attack.name, attack.bytes, outcome)
            }
            50..80 => {
                let attack = bodies::draw(&scene, &mut noise);
                (attack.name, format!("{attack:?}").into_bytes(), bodies::attack(&scene, &attack).await)
            }
            80..90 => {
                let attack = entries::draw(&scene, &mut noise);
                (attack.name, format!("{attack:?}").into_bytes(), entries::attack(&scene, &attack).await)
            }
            90..95 => {
                let attack = requests::draw(&scene, &mut noise);
                let outcome = requests::attack(&scene, &attack).await;
                (attack.name, attack.bytes, outcome)
            }
            _ => {
                let attack = sockets::draw(&mut noise);
                let outcome = sockets::attack(&scene, &attack).await;
                // It took the place of the connection that was there.
                line = Line::open(&scene.mallory).await;
                (attack.name, attack.bytes, outcome)
            }
        };
        if let Err(why) = outcome {
            let shown = &bytes[..bytes.len().min(1_000)];
            let told = format!("{number}, {name}, {} bytes: {}\n{why}", bytes.len(), shown.escape_ascii());
            println!("{told}");
            wrong.push(told);
            assert!(wrong.len() < WRONG, "seed {SEED:#x}: {wrong:#?}");
            line = Line::open(&scene.mallory).await;
        }
        *done.entry(name).or_default() += 1;
    }
    assert!(wrong.is_empty(), "seed {SEED:#x}: {wrong:#?}");
    scene.talk().await;
    assert_eq!(done.values().sum::<usize>(), count);
    println!("{done:#?}");
    quiet(&scene);
    let (before, after) = (before.unwrap(), Memory::of(scene.server.pid()));
    println!("{before:?} after a fifth, {after:?} at the end");
    assert!(after.resident <= before.resident + GROWTH, "{before:?}, {after:?}");
    assert!(after.virtual_peak <= before.virtual_peak + ASKED, "{before:?}, {after:?}");
}

/// Nothing panicked, and nothing broke that would be the server's own fault.
fn quiet(scene: &Scene) {
    let logs = scene.server.logs();
    assert!(logs.contains("answered"), "there is a log to look at");
    for bad in ["panicked", " ERROR ", "RUST_BACKTRACE"] {
        let lines: Vec<&str> = logs.lines().filter(|line| line.contains(bad)).take(5).collect();
        assert!(lines.is_empty(), "{lines:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_things_are_refused_by_the_book_on_sqlite() {
    hostile(Kind::Sqlite, if soak() { 10_000 } else { 2_000 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_things_are_refused_by_the_book_on_postgres() {
    hostile(Kind::Postgres, if soak() { 10_000 } else { 500 }).await;
}

/// Bodies that never come to their end are not waited for without end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_does_not_come_is_given_up() {
    let scene = Scene::build(Kind::Sqlite, &[]).await;
    let waiting = (0..20).map(|_| requests::attack(&scene, requests::unfinished(&scene)));
    for outcome in futures_util::future::join_all(waiting).await {
        assert_eq!(outcome, Ok(()));
    }
}

/// Messages for rooms that do not exist, far faster than allowed: what is remembered of them is bounded.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_makes_up_rooms_without_end_is_cut_off() {
    let mut scene = Scene::build(Kind::Sqlite, &[]).await;
    let (mut write, mut read) = connect(&scene.mallory.session).await.unwrap().split();
    let mut noise = Noise::new(SEED);
    let flood: Vec<Message> = (0..10_000).map(|_| frames::for_no_room(&mut scene.mallory, &mut noise).into()).collect();
    let flooding = tokio::spawn(async move {
        for frame in flood {
            // It ends when the connection does.
            if write.send(frame).await.is_err() {
                break;
            }
        }
    });
    let (mut last, mut code) = (None, None);
    while let Ok(Some(Ok(message))) = tokio::time::timeout(wait::DEADLINE, read.next()).await {
        match message {
            Message::Binary(bytes) => last = Some(codec::decode(&bytes).unwrap()),
            Message::Close(reason) => code = reason.map(|reason| u16::from(reason.code)),
            _ => {}
        }
    }
    flooding.abort();
    let expected = FrameError { code: ErrorCode::RateLimited, closing: true };
    assert_eq!((last, code), (Some(ServerFrame::Error(expected)), Some(1008)));
    scene.talk().await;
}

/// Appends that make no room, each under another name, leave no actor behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rooms_that_are_not_made_leave_nothing_behind() {
    const TOKEN: &str = "the-token-of-whoever-watches-this-server";
    let scene = Scene::build(Kind::Sqlite, &[&["--admin-token", TOKEN], &scene::UNPACED[..]].concat()).await;
    let owner = scene.owner.session();
    let rooms = async || {
        let url = format!("{}/admin/actors?kind=room", owner.url);
        let answer = owner.http().get(url).bearer_auth(TOKEN).send().await.unwrap();
        let actors: serde_json::Value = answer.json().await.unwrap();
        actors["total"].as_u64().unwrap()
    };
    let before = rooms().await;
    for _ in 0..100 {
        let append = entries::no_room(&scene.owner.identity());
        let refused = owner.call::<serde_json::Value>(Method::POST, "/rooms", Some(&append)).await;
        assert_eq!(refused, Err((422, ErrorCode::BadEntry)));
    }
    wait::until("their actors to end", async || (rooms().await == before).then_some(())).await;
}
