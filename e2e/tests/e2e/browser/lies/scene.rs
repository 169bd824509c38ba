//! A room of three behind a lie, and what must hold after one.

use igoon_e2e::{
    account::{Session, process_keys},
    browser::{Browser, Driver},
    columns, custody,
    database::Kind,
    liar::{Heard, Liar},
    native::NativeClient,
    person,
    server::{Settings, TestServer},
    wait,
};
use igoon_shared::{
    client::io::RecoveryChoice,
    crypto::device::DeviceKeys,
    ids::{DeviceId, Epoch, Incarnation, RoomId, Seq},
    log::{HistoryRule, Role, RoomState, action::RecoveryMode},
    presence::Availability,
    protocol::{
        frames::{AvailabilityChosen, ClientFrame, KeysWanted, ServerFrame, StreamContent},
        http::LogPage,
    },
};
use reqwest::Method;

use crate::browser::scene::TEXTS;

/// Why a room stands still.
pub(super) const ALARM: &str = "[data-testid=alarm]";

/// What is said in the place of a message that does not count.
pub(super) const NOT_PERMITTED: &str = "This does not count here, so it is not shown: its computer may not write in this room, or it \
    was written for another room or locked with an old key. You need do nothing.";

/// The life of the server's database.
pub(super) const LIFE: Incarnation = Incarnation(1);

/// Ada in a browser that is lied to; grace, who is honest, and mallory, who helps the service, directly at the real server.
pub(super) struct Scene {
    pub(super) liar: Liar,
    pub(super) ada: Browser,
    pub(super) grace: NativeClient,
    pub(super) mallory: NativeClient,
    pub(super) room: RoomId,
    pub(super) server: TestServer,
    _driver: Driver,
}

impl Scene {
    /// A room that is called "Machine room", which ada made.
    pub(super) async fn new() -> Self {
        let (liar, server) = lied_about().await;
        let driver = Driver::start().await;
        let ada = driver.browser("ada").await;
        person::set_up_at(&ada, &server, &liar.url(), "ada").await;
        person::name_room(&ada, "Machine room").await;
        let grace = enter(&server, &ada, "grace", process_keys()).await;
        let mallory = enter(&server, &ada, "mallory", other_keys(7)).await;
        let (room, _) = grace.shown().rooms.iter().next().map(|(room, view)| (*room, view.epoch)).unwrap();
        ada.until_texts("[data-testid=people] span", &["3"]).await;
        Self { liar, ada, grace, mallory, room, server, _driver: driver }
    }

    /// A room of grace's that counts on the service for recovery and shows nothing from before a joining. Ada came in under key 2 and
    /// mallory under key 3, ada wrote under both; then she lost her only computer, and asks to be let in on another one.
    pub(super) async fn of_ada_who_comes_back() -> Self {
        let (liar, server) = lied_about().await;
        let grace = NativeClient::start(Session::set_up(&server, "grace").await.unwrap()).await;
        let choice = RecoveryChoice { mode: RecoveryMode::ServerAssisted, ..RecoveryChoice::default() };
        let room = grace.create_room_for("Machine room", HistoryRule::FromJoining, choice).await;
        let secret = grace.invite(room, 2).await;
        let lost = Session::sign_up(&server, room, &secret, "ada").await.unwrap();
        let lost = NativeClient::start_with(lost, other_keys(6)).await;
        lost.join(room, &secret).await;
        lost.send(room, "under key 2");
        grace.shows(room, &["under key 2"]).await;
        let mallory = Session::sign_up(&server, room, &secret, "mallory").await.unwrap();
        let mallory = NativeClient::start_with(mallory, other_keys(7)).await;
        mallory.join(room, &secret).await;
        lost.sees(room, "mallory", |view| view.epoch == Epoch(3) && view.has_key).await;
        lost.send(room, "under key 3");
        grace.shows(room, &["under key 2", "under key 3"]).await;
        drop(lost.crash().await);

        let driver = Driver::start().await;
        let ada = driver.browser("ada").await;
        person::sign_in_at(&ada, &liar.url(), "ada").await;
        person::enter_mailed_code(&ada, &server, "ada").await;
        ada.click("[data-testid=rescue-ask]").await;
        ada.find("[data-testid=rescue][data-progress=asked]").await;
        Self { liar, ada, grace, mallory, room, server, _driver: driver }
    }

    /// The service's own keys, which the log pins: the database and the master key have them.
    pub(super) fn service(&self) -> DeviceKeys {
        let values = columns::of(&self.server).into_iter().collect();
        custody::recovery_keys(&values, &custody::master_key(&self.server)).pop().expect("somebody counts on it")
    }

    /// The room's log as the server has it.
    pub(super) async fn log(&self) -> RoomState {
        let path = format!("/rooms/{}/log", self.room);
        let page: LogPage = self.grace.session().call(Method::GET, &path, None::<&()>).await.unwrap();
        assert!(!page.more);
        let mut entries = page.entries.iter();
        let (mut log, _) = RoomState::start(entries.next().unwrap()).unwrap();
        entries.for_each(|entry| drop(log.apply(entry).unwrap()));
        log
    }

    /// The computer of ada's.
    pub(super) async fn adas(&self) -> DeviceId {
        let others = [self.grace.identity().device(), self.mallory.identity().device()];
        let log = self.log().await;
        *log.devices().map(|(device, _)| device).find(|device| !others.contains(device)).unwrap()
    }

    /// Shows these in the next places of the stream, where the server has what mallory wrote.
    pub(super) async fn shows(&self, contents: Vec<StreamContent>) -> Seq {
        let count = contents.len();
        self.liar.listens();
        self.liar.shows_next(contents);
        let mut seq = self.liar.passed().last_key_value().map_or(Seq(0), |(seq, _)| *seq);
        for number in 0..count {
            self.mallory.send(self.room, format!("decoy {number}"));
        }
        (0..count).for_each(|_| seq = seq.next());
        self.liar.until_passed(seq).await;
        seq
    }

    /// Grace may bring entries that let nobody in or out, from now on.
    pub(super) async fn grace_is_admin(&self) {
        self.ada.click("[data-testid=people]").await;
        person::do_to(&self.ada, "grace", "make-admin").await;
        person::close_dialog(&self.ada).await;
        self.grace.sees(self.room, "that grace is admin", |view| view.role == Some(Role::Admin)).await;
    }

    /// Waits until ada's page has no connection.
    pub(super) async fn is_cut(&self) {
        self.liar.cut();
        self.ada.find("#app[data-connection=reconnecting]").await;
    }

    /// Waits until ada's screen shows exactly these texts.
    pub(super) async fn reads(&self, texts: &[&str]) {
        self.ada.until_texts(TEXTS, texts).await;
    }

    /// Ada and grace write, and read each other.
    pub(super) async fn goes_on(&self, so: &str) {
        let (of_ada, of_grace) = (format!("by ada, {so}"), format!("by grace, {so}"));
        person::say(&self.ada, &of_ada).await;
        self.grace.until(&of_ada, |shown| shown.texts(self.room).contains(&of_ada)).await;
        self.grace.send(self.room, &of_grace);
        wait::until(&of_grace, async || self.ada.texts(TEXTS).await.contains(&of_grace).then_some(())).await;
        self.liar.listens();
    }

    /// Ada's room stands still, and she is told why in these words; her page hands out no key and sends nothing, whoever asks.
    pub(super) async fn stands_still(&self, why: &str) {
        self.ada.until_says(ALARM, why).await;
        assert!(self.ada.texts("#composer").await.is_empty(), "there is nowhere to write");
        let log = self.log().await;
        let devices = log.entitled_devices().map(|(device, _)| *device).collect();
        let wanted = KeysWanted { room: self.room, epoch: log.current_epoch(), devices, links: vec![] };
        self.liar.says(ServerFrame::KeysWanted(wanted));
        self.has_listened().await;
        let heard = self.liar.heard();
        assert_eq!(heard.iter().find(|heard| is_act(heard)), None, "while: {why}");
    }

    /// Waits until ada's page has heard all that was said to it.
    pub(super) async fn has_listened(&self) {
        for (availability, shown) in [(Availability::Busy, "busy"), (Availability::Available, "available")] {
            self.liar.says(ServerFrame::Availability(AvailabilityChosen { availability }));
            let listened = async || (self.ada.value("#availability").await == shown).then_some(());
            wait::until("the page to have listened", listened).await;
        }
    }

    /// The service is honest again; ada, who has talked to the others, follows the room.
    pub(super) async fn is_cleared_up(&self) {
        self.liar.be_honest();
        self.ada.click("[data-testid=looked-at]").await;
        self.ada.find("#composer").await;
        // What it was asked for while it stood still it does now.
        let handed = |heard: &Heard| matches!(heard, Heard::Request(path) if path.ends_with("/keys"));
        let done = async || self.liar.heard().iter().any(handed).then_some(());
        wait::until("keys to be handed on, after all", done).await;
        self.liar.listens();
    }
}

/// A server, and who lies about it.
pub(super) async fn lied_about() -> (Liar, TestServer) {
    let liar = Liar::start().await;
    let arguments = vec!["--origin".to_owned(), liar.url()];
    let server = TestServer::start_as(Kind::Sqlite, Settings { arguments, ..Settings::default() }).await;
    liar.lead_to(server.port());
    (liar, server)
}

/// Somebody whom ada lets into the room that is on her screen.
async fn enter(server: &TestServer, ada: &Browser, handle: &str, keys: DeviceKeys) -> NativeClient {
    let (room, secret) = person::parts(&person::invite(ada).await);
    person::close_dialog(ada).await;
    let session = Session::sign_up(server, room, &secret, handle).await.unwrap();
    let client = NativeClient::start_with(session, keys).await;
    client.join(room, &secret).await;
    client
}

/// Keys that sign otherwise than those of the other native clients.
pub(super) fn other_keys(seed: u8) -> DeviceKeys {
    let (rsa, _) = process_keys().to_parts().unwrap();
    DeviceKeys::from_parts(&rsa, &[seed; 32]).unwrap()
}

/// Whether something is sent, wrapped or appended by it.
fn is_act(heard: &Heard) -> bool {
    match heard {
        Heard::Frame(frame) => matches!(frame, ClientFrame::Send(_)),
        Heard::Request(path) => path.contains("/rooms"),
        Heard::Question(_) => false,
    }
}
