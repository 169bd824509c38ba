//! What most of these tests begin with: a server, and ada in a browser, who made its first account and a room.

use igoon_e2e::{
    account::Session,
    browser::{Browser, Driver},
    database::Kind,
    native::NativeClient,
    person,
    server::TestServer,
};
use igoon_shared::ids::RoomId;

/// The texts of a room's messages.
pub(crate) const TEXTS: &str = "[data-testid=message-text]";

/// See the module.
pub(crate) struct Scene {
    pub(crate) server: TestServer,
    pub(crate) driver: Driver,
    /// In the room.
    pub(crate) ada: Browser,
    /// It is called "Machine room".
    pub(crate) room: RoomId,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::at(TestServer::start(Kind::Sqlite).await).await
    }

    /// At a server of which nobody has an account yet.
    pub(crate) async fn at(server: TestServer) -> Self {
        Self::with(server, Driver::start().await).await
    }

    /// The same, in such browsers.
    pub(crate) async fn with(server: TestServer, driver: Driver) -> Self {
        let ada = driver.browser("ada").await;
        person::set_up(&ada, &server, "ada").await;
        person::name_room(&ada, "Machine room").await;
        let path = ada.script("return location.pathname").await;
        let room = path.as_str().unwrap().rsplit('/').next().unwrap().parse().expect("the address says which room");
        Self { server, driver, ada, room }
    }

    /// Somebody without a browser, whom ada lets into the room; the room is on her screen.
    pub(crate) async fn newcomer(&self, handle: &str) -> NativeClient {
        let link = person::invite(&self.ada).await;
        person::close_dialog(&self.ada).await;
        let (room, secret) = person::parts(&link);
        let newcomer = NativeClient::start(Session::sign_up(&self.server, room, &secret, handle).await.unwrap()).await;
        newcomer.join(room, &secret).await;
        newcomer
    }

    /// Where the room is.
    pub(crate) fn room_url(&self) -> String {
        format!("{}/room/{}", self.server.url(), self.room)
    }
}
