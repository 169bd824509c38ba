//! Who lost every computer comes back, by native clients and the real server: with the service's help (`assisted`,
//! `chosen_later`), by a device that has the keys (`by_device`), by a printed kit (`kit`), after an announcement (`announced`); in
//! vain, since somebody objected or nobody was there (`in_vain`); and what somebody can do with the database alone (`stolen`).

mod announced;
mod assisted;
mod by_device;
mod chosen_later;
mod in_vain;
mod kit;
mod stolen;

use std::time::Duration;

use igoon_e2e::{
    account::{PASSWORD, Session},
    clock::Clock,
    database::Kind,
    native::{NativeClient, Shown},
    server::{Settings, TestServer},
};
use igoon_shared::{
    client::{
        Command,
        io::{Deed, EntryView, LogWish, RecoveryChoice, RecoveryRequestView, RecoveryView, RequestProgress, Standing},
    },
    crypto::safety::approval_digits,
    ids::{DeviceId, RoomId},
    log::{HistoryRule, action::RecoveryMode},
    protocol::http::SecretText,
};

const HOUR: Duration = Duration::from_secs(60 * 60);
/// The service helps, and others have an hour to object.
const WITH_AN_HOUR: RecoveryChoice = RecoveryChoice {
    mode: RecoveryMode::ServerAssisted,
    veto_delay_ms: 60 * 60 * 1_000,
    admins_approve: false,
    owner_by_announcement: false,
};
/// What stands in the room before anything is lost.
const HISTORY: [&str; 3] = ["plaintext-one by ada", "plaintext-two by grace", "plaintext-three under the next key"];

/// A room of ada, its owner, and grace.
struct Scene {
    server: TestServer,
    clock: Clock,
    room: RoomId,
}

impl Scene {
    /// Both have written under the first key, and ada under a second.
    async fn new(kind: Kind, choice: RecoveryChoice) -> (Self, NativeClient, NativeClient) {
        let clock = Clock::new();
        let mut settings = Settings { arguments: vec!["--log".into(), "trace".into()], ..Settings::default() };
        clock.give_to(&mut settings);
        let server = TestServer::start_as(kind, settings).await;
        let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
        let room = ada.create_room_for("Archive", HistoryRule::AllRetained, choice).await;
        let secret = ada.invite(room, 1).await;
        let grace = NativeClient::start(Session::sign_up(&server, room, &secret, "grace").await.unwrap()).await;
        grace.join(room, &secret).await;
        ada.send(room, HISTORY[0]);
        grace.shows(room, &HISTORY[..1]).await;
        grace.send(room, HISTORY[1]);
        ada.shows(room, &HISTORY[..2]).await;
        // Somebody who is put out again: the next key starts.
        let secret = ada.invite(room, 1).await;
        let eve = Session::sign_up(&server, room, &secret, "eve").await.unwrap();
        let account = eve.account;
        let eve = NativeClient::start(eve).await;
        eve.join(room, &secret).await;
        let epoch = ada.shown().rooms[&room].epoch;
        ada.command(Command::RemoveMember { room, account });
        ada.until("the next key", |shown| shown.rooms[&room].epoch > epoch && shown.rooms[&room].has_key).await;
        ada.send(room, HISTORY[2]);
        grace.shows(room, &HISTORY).await;
        (Self { server, clock, room }, ada, grace)
    }

    /// Grace signs in on a new computer, and asks for her access back.
    async fn grace_asks(&self) -> NativeClient {
        let new = self.signs_in("grace").await;
        new.command(Command::AskRecovery { room: self.room, announce: false });
        new
    }

    /// Somebody signs in on a new computer, and looks at the room's recovery.
    async fn signs_in(&self, handle: &str) -> NativeClient {
        let new = NativeClient::start(Session::another(&self.server, handle).await.unwrap()).await;
        let room = self.room;
        let waits = |shown: &Shown| {
            shown
                .rooms
                .get(&room)
                .is_some_and(|view| view.standing == Standing::NotApproved && !view.members.is_empty())
        };
        new.until("that nobody has approved it", waits).await;
        new.command(Command::ShowRecovery { room });
        new.until("what holds of recovery", |shown| shown.recoveries.get(&room).is_some_and(|view| view.may_ask)).await;
        new
    }

    /// Ada is asked to approve that computer; both screens show the same.
    async fn sees(&self, ada: &NativeClient, new: &NativeClient) -> RecoveryRequestView {
        let room = self.room;
        ada.command(Command::ShowRecovery { room });
        ada.until("that somebody asks", |shown| shown.rooms[&room].recovery_wanted == 1).await;
        let device = new.identity().device();
        let asked = request(ada, room, device, "a request to approve", |view| view.may_approve).await;
        let own = request(new, room, device, "its own request", |view| view.this_device && view.mine).await;
        assert_eq!(asked.digits, own.digits);
        assert_eq!(asked.digits, approval_digits(new.identity().bundle()));
        assert_eq!((asked.handle.as_deref(), asked.name.as_str()), (Some("grace"), "grace's computer"));
        assert!(!own.may_approve && !asked.mine && !asked.this_device);
        asked
    }

    fn approves(&self, ada: &NativeClient, asked: &RecoveryRequestView, replaces: Option<DeviceId>) {
        let (room, device, password) = (self.room, asked.device, secret(PASSWORD));
        ada.command(Command::ApproveRecovery { room, device, replaces, password });
    }

    /// The service is stopped, and starts again so much later. Sessions know nothing of that.
    async fn rests(&mut self, how_long: Duration) {
        self.server.stop().await;
        self.clock.advance(how_long);
        self.server.launch().await;
    }
}

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

fn view(shown: &Shown, room: RoomId) -> &RecoveryView {
    &shown.recoveries[&room]
}

/// Waits until a request is shown so.
async fn request(
    client: &NativeClient,
    room: RoomId,
    device: DeviceId,
    what: &str,
    condition: impl Fn(&RecoveryRequestView) -> bool,
) -> RecoveryRequestView {
    let found = |shown: &Shown| {
        let view = shown.recoveries.get(&room)?;
        view.requests.iter().find(|request| request.device == device).filter(|request| condition(request)).cloned()
    };
    found(&client.until(what, |shown| found(shown).is_some()).await).unwrap()
}

/// Waits until a computer's own request has come so far.
async fn has_come(client: &NativeClient, room: RoomId, what: &str, condition: impl Fn(RequestProgress) -> bool) {
    let device = client.identity().device();
    request(client, room, device, what, |view| condition(view.progress)).await;
}

/// The entries of recovery as a client shows them, oldest first; all had an effect.
async fn recovery_entries(client: &NativeClient, room: RoomId, count: usize) -> Vec<EntryView> {
    let is_recovery = |entry: &EntryView| {
        matches!(
            entry.deed,
            Deed::RecoveryApproved { .. }
                | Deed::RecoveryReleased { .. }
                | Deed::RecoveryVetoed { .. }
                | Deed::RecoveryAnnounced { .. }
        )
    };
    let found = |shown: &Shown| -> Vec<EntryView> {
        let entries = shown.logs.get(&room).into_iter().flat_map(|log| log.entries.iter().rev());
        entries.filter(|entry| is_recovery(entry)).cloned().collect()
    };
    igoon_e2e::wait::until("the entries of recovery", async || {
        client.command(Command::ShowLog { room, wish: LogWish { about: None, access: true, most: 100 } });
        let entries = found(&client.shown());
        (entries.len() == count).then_some(entries)
    })
    .await
    .into_iter()
    .inspect(|entry| assert_eq!(entry.ignored, None, "{entry:?}"))
    .collect()
}
