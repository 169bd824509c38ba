//! A long room: two people who write in it with native clients, and a browser that joins.

use std::time::{Duration, Instant};

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
    writers: [NativeClient; 2],
    room: RoomId,
    secret: InviteSecret,
}

impl Talk {
    /// Makes the first account, a room, and another account in it.
    pub(crate) async fn begin(server: &TestServer) -> Self {
        let ada = NativeClient::start(Session::set_up(server, "ada").await.unwrap()).await;
        let room = ada.create_room("Machine room").await;
        let secret = ada.invite(room, 10).await;
        let grace = NativeClient::start(Session::sign_up(server, room, &secret, "grace").await.unwrap()).await;
        grace.join(room, &secret).await;
        Self { writers: [ada, grace], room, secret }
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

    async fn write(&self, writer: &NativeClient, messages: usize) {
        for number in 0..messages {
            writer.send(self.room, text(number));
            if number % WINDOW == WINDOW - 1 {
                settle(writer).await;
            }
        }
        settle(writer).await;
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
            settle(writer).await;
        }
    }

    /// The last place of the stream that is a message.
    pub(crate) fn last(&self) -> Seq {
        self.writers[0].shown().in_room(self.room).last().map_or(Seq(0), |message| message.seq)
    }
}

async fn settle(writer: &NativeClient) {
    writer.until("all to be accepted", |shown| shown.waiting() == 0).await;
}

fn text(number: usize) -> String {
    let begin = format!("{number}: ");
    begin.chars().chain("what people write to each other ".chars().cycle()).take(LENGTHS[number % 4]).collect()
}
