//! A room with a browser in it and somebody who writes a lot.

use std::time::{Duration, Instant};

use igoon_e2e::{
    account::Session,
    browser::{Browser, Driver},
    native::NativeClient,
    person,
    server::TestServer,
    wait,
};
use igoon_shared::ids::RoomId;

/// Not yet accepted messages, at most.
const WINDOW: usize = 200;

/// Somebody who writes, and where.
pub(crate) struct Writer {
    client: NativeClient,
    room: RoomId,
}

/// A browser and a native client in one room.
pub(crate) async fn open(driver: &Driver, server: &TestServer) -> (Browser, Writer) {
    let ada = driver.browser("ada").await;
    person::set_up(&ada, server, "ada").await;
    person::name_room(&ada, "Machine room").await;
    let link = person::invite(&ada).await;
    person::close_dialog(&ada).await;
    let (room, secret) = person::parts(&link);
    let client = NativeClient::start(Session::sign_up(server, room, &secret, "grace").await.unwrap()).await;
    client.join(room, &secret).await;
    (ada, Writer { client, room })
}

/// Writes so many messages.
pub(crate) async fn fill(writer: &Writer, messages: usize) {
    let lengths = [20, 60, 140, 320];
    for number in 0..messages {
        let length = lengths[number % lengths.len()];
        let text: String = format!("{number}: ")
            .chars()
            .chain("what people write to each other ".chars().cycle())
            .take(length)
            .collect();
        writer.client.send(writer.room, text);
        if number % WINDOW == WINDOW - 1 {
            writer.settle().await;
        }
    }
    writer.settle().await;
}

/// A minute of messages.
pub(crate) async fn traffic(writer: &Writer, rate: u32) {
    let mut beat = tokio::time::interval(Duration::from_secs(1) / rate.max(1));
    let end = Instant::now() + Duration::from_secs(60);
    while Instant::now() < end {
        beat.tick().await;
        writer.client.send(writer.room, "one more");
    }
    writer.settle().await;
}

impl Writer {
    async fn settle(&self) {
        self.client.until("all to be accepted", |shown| shown.waiting() == 0).await;
    }
}

/// How long the page takes until it shows the last message.
pub(crate) async fn catch_up(ada: &Browser, messages: usize) -> Duration {
    let start = Instant::now();
    let last = format!("{}: ", messages - 1);
    let mut shown = Vec::new();
    while !shown.last().is_some_and(|text: &String| text.starts_with(&last)) {
        assert!(start.elapsed() < 30 * wait::DEADLINE, "the page never caught up");
        tokio::time::sleep(Duration::from_millis(200)).await;
        shown = ada.texts("[data-testid=message-text]").await;
    }
    start.elapsed()
}
