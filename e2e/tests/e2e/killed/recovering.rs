//! Who asks for access back, who approves that, and who uses a kit: each ends at any step. None of it is a wish that is kept: what was
//! asked is with the service, a password and a kit's code are typed anew. So its person does it again where it has not come to pass;
//! and it comes to pass once.

use igoon_e2e::{
    account::PASSWORD,
    database::Kind,
    native::{NativeClient, Shown},
    sent::assert_one_key_for_each_epoch,
    server::{TestServer, binary},
    wait,
};
use igoon_shared::{
    client::{
        Command,
        io::{RecoveryChoice, Standing},
    },
    ids::{DeviceId, RoomId},
    log::{Action, HistoryRule, action::RecoveryMode},
    protocol::http::{RecoveryRequests, SecretText},
};
use reqwest::Method;

use super::{all_write, another_computer, entries, in_rounds, people, started_again};

fn choice(mode: RecoveryMode) -> RecoveryChoice {
    RecoveryChoice { mode, ..RecoveryChoice::default() }
}

pub(super) fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

/// Who ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    /// Who asks, until it is known.
    Asker,
    /// Who asked, from the approval on.
    Newcomer,
    /// Who approves.
    Approver,
}

/// A computer that the room does not trust, and that looks at the room's recovery.
pub(super) async fn untrusted(server: &TestServer, handle: &str, room: RoomId) -> NativeClient {
    let new = another_computer(server, handle).await;
    looks(&new, room).await;
    new
}

pub(super) async fn looks(new: &NativeClient, room: RoomId) {
    let waits = |shown: &Shown| {
        let view = shown.rooms.get(&room);
        view.is_some_and(|view| view.standing == Standing::NotApproved && !view.members.is_empty())
    };
    new.until("that nobody has approved it", waits).await;
    new.command(Command::ShowRecovery { room });
    new.until("what holds of recovery", |shown| shown.recoveries.contains_key(&room)).await;
}

/// Whether the service has a computer's request.
pub(super) async fn has_its_request(new: &NativeClient, room: RoomId) -> bool {
    let path = format!("/rooms/{room}/recovery-requests");
    let there: RecoveryRequests = new.session().call(Method::GET, &path, None::<&()>).await.unwrap();
    let device = new.identity().device();
    there.requests.iter().any(|asked| asked.request.read().is_ok_and(|request| request.device == device))
}

pub(super) fn is_asked(shown: &Shown, room: RoomId, device: DeviceId) -> bool {
    let view = shown.recoveries.get(&room);
    view.is_some_and(|view| view.requests.iter().any(|request| request.device == device && request.may_approve))
}

fn shows_its_request(shown: &Shown, room: RoomId, device: DeviceId) -> bool {
    shown.recoveries.get(&room).is_some_and(|view| view.requests.iter().any(|request| request.device == device))
}

/// A computer that was let in has everything, and goes on; the others read on.
pub(super) async fn goes_on(new: &NativeClient, others: &[&NativeClient], room: RoomId, what: &str) {
    let before =
        |shown: &Shown| ["0 before", "1 before"].iter().all(|text| shown.texts(room).iter().any(|it| it == text));
    new.until("all that was written", |shown| shown.is_ready(room) && before(shown)).await;
    // It writes first: two at once might both start the key that is due.
    let text = format!("{what}, on a new computer");
    new.send(room, text.clone());
    for client in others {
        client.until(&text, |shown| shown.texts(room).contains(&text)).await;
    }
    let all: Vec<&NativeClient> = others.iter().copied().chain([new]).collect();
    all_write(&all, room, what).await;
}

async fn askings_and_approvals(kind: Kind, mode: RecoveryMode, ends: Ends) {
    let server = TestServer::start_unlimited(binary(), kind, &[]).await;
    let (mut ada, [grace]) = people(&server, ["grace"]).await;
    let mut all = vec![grace.session().sent.clone(), ada.session().sent.clone()];
    for steps in 0.. {
        let room = ada.create_room_for("Room", HistoryRule::AllRetained, choice(mode)).await;
        let link = ada.invite(room, 1).await;
        grace.join(room, &link).await;
        all_write(&[&ada, &grace], room, "before").await;
        let mut new = untrusted(&server, "grace", room).await;
        all.push(new.session().sent.clone());
        let device = new.identity().device();
        ada.command(Command::ShowRecovery { room });

        let ask = Command::AskRecovery { room, announce: false };
        let mut ended = false;
        if ends == Ends::Asker {
            new.end_after(Some(steps));
        }
        new.command(ask.clone());
        wait::until("its request", async || {
            let is_asked = is_asked(&ada.shown(), room, device) && shows_its_request(&new.shown(), room, device);
            (new.has_ended() || is_asked).then_some(())
        })
        .await;
        if ends == Ends::Asker && new.has_ended() {
            ended = true;
            new = started_again(new).await;
            looks(&new, room).await;
            if !has_its_request(&new, room).await {
                new.command(ask);
            }
        }
        ada.until("a request", |shown| is_asked(shown, room, device)).await;
        match ends {
            Ends::Asker => new.end_after(None),
            Ends::Newcomer => new.end_after(Some(steps)),
            Ends::Approver => ada.end_after(Some(steps)),
        }
        let approve = || Command::ApproveRecovery { room, device, replaces: None, password: secret(PASSWORD) };
        ada.command(approve());
        wait::until("it to be let in", async || {
            (ada.has_ended() || new.has_ended() || new.shown().is_ready(room)).then_some(())
        })
        .await;
        new.end_after(None);
        ada.end_after(None);
        let is_in = |new: &NativeClient| new.shown().is_ready(room);
        if ada.has_ended() {
            ended = true;
            ada = started_again(ada).await;
            ada.until("the room", |shown| shown.is_ready(room)).await;
            ada.command(Command::ShowRecovery { room });
            let is_left = wait::until("it to be let in, or to be asked for still", async || {
                let is_left = is_asked(&ada.shown(), room, device);
                (is_left || is_in(&new)).then_some(is_left)
            });
            if is_left.await {
                ada.command(approve());
            }
        }
        if new.has_ended() {
            ended = true;
            new = started_again(new).await;
        }
        new.until("it to be let in after all", |shown| shown.is_ready(room)).await;
        goes_on(&new, &[&ada, &grace], room, &format!("after {steps} steps")).await;
        let is_approval = |action: &Action| matches!(action, Action::RecoveryApproved(_));
        assert_eq!(entries(&ada, room, is_approval).await, 1);
        let is_release = |action: &Action| matches!(action, Action::RecoveryReleased(_));
        let released = usize::from(mode == RecoveryMode::ServerAssisted);
        assert_eq!(entries(&ada, room, is_release).await, released);
        if !ended {
            println!("{ends:?} has {steps} steps");
            assert!(steps > 1);
            break;
        }
    }
    assert_one_key_for_each_epoch(&all);
}

/// An owner comes in by the kit on one new computer after the other, each of which ends a step later.
async fn kits(kind: Kind) {
    let server = TestServer::start_unlimited(binary(), kind, &[]).await;
    let (ada, [grace]) = people(&server, ["grace"]).await;
    let mut all = vec![grace.session().sent.clone(), ada.session().sent.clone()];
    let room = ada.create_room_for("Room", HistoryRule::AllRetained, choice(RecoveryMode::Kit)).await;
    let link = ada.invite(room, 1).await;
    grace.join(room, &link).await;
    all_write(&[&ada, &grace], room, "before").await;
    let shown = ada.until("the kit's code", |shown| shown.kits.contains_key(&room)).await;
    let code = shown.kits[&room].clone();
    ada.command(Command::KitNoted { room });
    for steps in 0.. {
        let mut new = untrusted(&server, "ada", room).await;
        all.push(new.session().sent.clone());
        let device = new.identity().device();
        let opens = || Command::UseKit { room, code: secret(&code) };
        new.end_after(Some(steps));
        new.command(opens());
        let is_in = |shown: &Shown| shown.is_ready(room) && shown.texts(room).len() > 1 && shown.rooms[&room].has_key;
        let _ = new.until_or_ended("it to be let in", is_in).await;
        new.end_after(None);
        let ended = new.has_ended();
        if ended {
            new = started_again(new).await;
            let stands = |shown: &Shown| {
                let view = shown.rooms.get(&room);
                view.is_some_and(|view| matches!(view.standing, Standing::NotApproved | Standing::Ready))
            };
            let shown = new.until("how it stands", stands).await;
            if !shown.is_ready(room) {
                looks(&new, room).await;
                new.command(opens());
            }
        }
        goes_on(&new, &[&ada, &grace], room, &format!("after {steps} steps, on {device}")).await;
        let brought_it_in = |action: &Action| matches!(action, Action::RecoveryApproved(approved) if approved.request.read().unwrap().device == device);
        assert_eq!(entries(&ada, room, brought_it_in).await, 1);
        if !ended {
            println!("a kit's use has {steps} steps");
            assert!(steps > 3);
            break;
        }
    }
    assert_one_key_for_each_epoch(&all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_and_ends_at_any_step_is_let_in_on_sqlite() {
    in_rounds(async |_| askings_and_approvals(Kind::Sqlite, RecoveryMode::DevicesOnly, Ends::Asker).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_and_ends_at_any_step_is_let_in_on_postgres() {
    in_rounds(async |_| askings_and_approvals(Kind::Postgres, RecoveryMode::ServerAssisted, Ends::Asker).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asked_and_ends_at_any_step_comes_in_on_sqlite() {
    in_rounds(async |_| askings_and_approvals(Kind::Sqlite, RecoveryMode::DevicesOnly, Ends::Newcomer).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asked_and_ends_at_any_step_comes_in_on_postgres() {
    in_rounds(async |_| askings_and_approvals(Kind::Postgres, RecoveryMode::ServerAssisted, Ends::Newcomer).await)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_approves_a_recovery_and_ends_at_any_step_lets_in_on_sqlite() {
    in_rounds(async |_| askings_and_approvals(Kind::Sqlite, RecoveryMode::DevicesOnly, Ends::Approver).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_approves_with_the_services_help_and_ends_at_any_step_lets_in_on_postgres() {
    in_rounds(async |_| askings_and_approvals(Kind::Postgres, RecoveryMode::ServerAssisted, Ends::Approver).await)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_uses_a_kit_and_ends_at_any_step_is_let_in_on_sqlite() {
    in_rounds(async |_| kits(Kind::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_uses_a_kit_and_ends_at_any_step_is_let_in_on_postgres() {
    in_rounds(async |_| kits(Kind::Postgres).await).await;
}
