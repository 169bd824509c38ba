//! A long room: two people who write in it with native clients, and a browser that joins.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use igoon_e2e::{account::Session, native::NativeClient, server::TestServer};
use igoon_shared::{
    crypto::invite::InviteSecret,
    ids::{RoomId, Seq},
};

/// Messages of one writer that are not accepted yet, at most.
const WINDOW: usize = 250;

/// Lengths of messages, in characters.
const LENGTHS: [usize; 4] = [20, 60, 140, 320];

/// Those who write, and where.
pub(crate) struct Talk {
    writers: [Writer; 2],
    room: RoomId,
    secret: InviteSecret,
}

struct Writer {
    client: NativeClient,
    /// So many messages so far.
    wrote: Cell<usize>,
}

impl Talk {
    /// Makes the first account, a room, and another account in it.
    pub(crate) async fn begin(server: &TestServer) -> Self {
        let ada = NativeClient::start(Session::set_up(server, "ada").await.unwrap()).await;
        let room = ada.create_room("Machine room").await;
        let secret = ada.invite(room, 10).await;
        let grace = NativeClient::start(Session::sign_up(server, room, &secret, "grace").await.unwrap()).await;
        grace.join(room, &secret).await;
        let writers = [ada, grace].map(|client| Writer { client, wrote: Cell::new(0) });
        Self { writers, room, secret }
    }

    /// The invite link, at this address of the server.
    pub(crate) fn link(&self, url: &str) -> String {
        format!("{url}/join/{}#{}", self.room, URL_SAFE_NO_PAD.encode(self.secret.expose()))
    }

    /// Both write, until there are so many messages more.
    pub(crate) async fn fill(&self, messages: usize) {
        let [ada, grace] = &self.writers;
        let (half, rest) = (messages / 2, messages - messages / 2);
        tokio::join!(self.write(ada, half), self.write(grace, rest));
    }

    async fn write(&self, writer: &Writer, messages: usize) {
        for number in 0..messages {
            writer.send(self.room, text(number));
            if number % WINDOW == WINDOW - 1 {
                writer.settle().await;
            }
        }
        writer.settle().await;
    }

    /// They write so many messages a second, for so long.
    pub(crate) async fn traffic(&self, rate: u32, long: Duration) {
        let mut beat = tokio::time::interval(Duration::from_secs(1) / rate.max(1));
        let end = Instant::now() + long;
        let mut number = 0;
        while Instant::now() < end {
            beat.tick().await;
            self.writers[number % 2].send(self.room, text(number));
            number += 1;
        }
        for writer in &self.writers {
            writer.settle().await;
        }
    }

    /// The last place of the stream that is a message.
    pub(crate) fn last(&self) -> Seq {
        self.writers[0].client.shown().in_room(self.room).last().map_or(Seq(0), |message| message.seq)
    }
}

impl Writer {
    fn send(&self, room: RoomId, text: String) {
        self.client.send(room, text);
        self.wrote.set(self.wrote.get() + 1);
    }

    /// Waits until all that was written is accepted.
    async fn settle(&self) {
        let wrote = self.wrote.get();
        self.client.until("all to be accepted", |shown| shown.outgoing.len() >= wrote && shown.waiting() == 0).await;
    }
}

fn text(number: usize) -> String {
    let begin = format!("{number}: ");
    begin.chars().chain("what people write to each other ".chars().cycle()).take(LENGTHS[number % 4]).collect()
}
