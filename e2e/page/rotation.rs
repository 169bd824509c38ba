//! What a new room key takes where many computers are: somebody is removed, by the page and by a native client, and the next message
//! goes under the new key. All but one of the computers are native clients in this process, on the same processors as server and page:
//! each fetches its envelope and opens it, so "read by all" is the time of all of them together.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::{StreamExt, future::join_all, stream};
use igoon_e2e::{
    account::Session,
    browser::{Browser, Driver},
    database::Kind,
    native::{NativeClient, Shown},
    person,
    server::TestServer,
    wait,
};
use igoon_shared::{
    client::{
        Command,
        io::{Body, InviteTerms, OutgoingState},
    },
    crypto::invite::InviteSecret,
    ids::RoomId,
    log::Role,
};

/// So many sign up at a time.
const AT_ONCE: usize = 8;

/// A room with so many computers, of which one is a page's.
pub(crate) async fn measure(driver: &Driver, binary: PathBuf, computers: u32) {
    let server = TestServer::start_unlimited(binary, Kind::Sqlite, &[]).await;
    let begun = Instant::now();
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let room = ada.create_room("Hall").await;
    let link = ada.invite(room, computers).await;
    let newcomers = stream::iter(0..computers.saturating_sub(2)).map(|number| join(&server, room, &link, number));
    let mut others: Vec<NativeClient> = newcomers.buffered(AT_ONCE).collect().await;
    let admin = ada.invite_with(room, InviteTerms { role: Role::Admin, ..InviteTerms::default() }).await;
    let bea = driver.browser("bea").await;
    let url = format!("{}/join/{room}#{}", server.url(), URL_SAFE_NO_PAD.encode(admin.expose()));
    person::join(&bea, &server, &url, "bea").await;
    println!("{computers} computers in a room after {:.1} s", begun.elapsed().as_secs_f64());

    let removed = others.pop().unwrap();
    bea.click("[data-testid=people]").await;
    let menu = menu_of(&bea, &removed.session().handle).await;
    bea.click(&format!("{menu} summary")).await;
    bea.click(&format!("{menu} [data-testid=remove]")).await;
    let start = Instant::now();
    bea.click("[data-testid=deed-now]").await;
    wait::until("the question to be gone", async || bea.texts("[data-testid=deed-now]").await.is_empty().then_some(()))
        .await;
    let told = start.elapsed();
    person::close_dialog(&bea).await;
    person::say(&bea, "after the first").await;
    let readers = async {
        read(others.iter().chain([&ada]), room, "after the first").await;
        start.elapsed()
    };
    let accepted = async {
        bea.until_texts("[data-testid=message][data-state=sent] [data-testid=message-text]", &["after the first"])
            .await;
        start.elapsed()
    };
    let (last, accepted) = tokio::join!(readers, accepted);
    print(
        "a page removes somebody of",
        computers,
        &[("told on its screen", told), ("next message sent", accepted), ("read by all", last)],
    );

    let removed = others.pop().unwrap();
    let account = removed.identity().account();
    let start = Instant::now();
    ada.command(Command::RemoveMember { room, account });
    ada.send(room, "after the second");
    let sent = |shown: &Shown| {
        let mut mine = shown.outgoing.values().filter(|view| view.text == "after the second");
        mine.any(|view| matches!(view.state, OutgoingState::Accepted(_)))
    };
    ada.until("its message to be accepted", sent).await;
    let accepted = start.elapsed();
    read(others.iter(), room, "after the second").await;
    let last = start.elapsed();
    print("a native client, of", computers - 1, &[("next message sent", accepted), ("read by all", last)]);
}

async fn join(server: &TestServer, room: RoomId, link: &InviteSecret, number: u32) -> NativeClient {
    let session = Session::sign_up(server, room, link, &format!("member-{number:04}")).await.unwrap();
    let client = NativeClient::start(session).await;
    client.join(room, link).await;
    client
}

/// Where in the open list of people a person's menu is.
async fn menu_of(browser: &Browser, handle: &str) -> String {
    wait::until(&format!("{handle} in the list"), async || {
        let people = browser.texts("[data-testid=person]").await;
        let place = people.iter().position(|text| text.contains(handle))? + 1;
        Some(format!(".people > li:nth-child({place}) .menu"))
    })
    .await
}

async fn read(readers: impl Iterator<Item = &NativeClient>, room: RoomId, text: &str) {
    let reads = |shown: &Shown| shown.in_room(room).any(|view| matches!(&view.body, Body::Text(body) if body == text));
    join_all(readers.map(|reader| reader.until(text, reads))).await;
}

fn print(what: &str, computers: u32, times: &[(&str, Duration)]) {
    let times: Vec<String> = times.iter().map(|(name, time)| format!("{name} {:.2} s", time.as_secs_f64())).collect();
    println!("{what} {computers}: {}", times.join(", "));
}
