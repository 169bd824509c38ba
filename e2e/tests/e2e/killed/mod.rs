//! A native client that ends at any step of a removal with its new key, of a joining, of an approval, of a recovery: at each thing in turn that it
//! saves, asks for or transmits, over the real server and on both databases. It goes on from what it had saved; what it was told is
//! done once, no epoch has two keys, and everybody writes and reads.

mod recovering;
mod waiting;

use igoon_e2e::{
    account::Session,
    database::Kind,
    native::{NativeClient, Records, Shown},
    sent::assert_one_key_for_each_epoch,
    server::{TestServer, binary},
    soak, wait,
};
use igoon_shared::{
    client::{Command, io::Body},
    ids::{Epoch, RoomId},
    log::{Action, HistoryRule},
    protocol::http::LogPage,
};
use reqwest::Method;

/// Each step is the last one once; ten times by soak. Each time at a server of its own: what somebody has there grows, and with it
/// what they fetch whenever they go on.
async fn in_rounds(story: impl AsyncFn(usize)) {
    for round in 0..if soak() { 10 } else { 1 } {
        story(round).await;
    }
}

/// The rule of a round: both have their turn where there is more than one, and on one of two databases each.
fn history(kind: Kind, round: usize) -> HistoryRule {
    if (kind == Kind::Sqlite) == round.is_multiple_of(2) { HistoryRule::AllRetained } else { HistoryRule::FromJoining }
}

async fn started_again(client: NativeClient) -> NativeClient {
    let (session, identity, records) = client.crash().await;
    NativeClient::resume(session, identity, records)
}

/// What a client keeps of what it has begun.
fn begun(records: &Records) -> Records {
    let begun =
        |key: &str| ["append/", "joining/", "said/"].iter().any(|it| key.starts_with(it)) || key.ends_with("/wishes");
    records.iter().filter(|(key, _)| begun(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// A client is told something and ends after so many steps; it is started again, and told once more if it had kept nothing of it.
/// The client, once it has done it, and whether it had ended before.
async fn does(
    client: NativeClient,
    steps: usize,
    command: Command,
    done: impl Fn(&Shown) -> bool,
) -> (NativeClient, bool) {
    let before = begun(&client.records());
    client.end_after(Some(steps));
    client.command(command.clone());
    let _ = client.until_or_ended("it to be done", &done).await;
    client.end_after(None);
    if !client.has_ended() {
        return (client, false);
    }
    let kept = begun(&client.records()) != before;
    let client = started_again(client).await;
    if !kept {
        // It may be done, and known to nobody.
        client.until("the rooms", |shown| shown.rooms.keys().all(|room| shown.is_ready(*room))).await;
        client.command(command);
    }
    client.until("it to be done after all", done).await;
    (client, true)
}

/// Each of them writes, and all read that once.
async fn all_write(clients: &[&NativeClient], room: RoomId, what: &str) {
    let texts: Vec<String> = (0..clients.len()).map(|number| format!("{number} {what}")).collect();
    for (client, text) in clients.iter().zip(&texts) {
        client.send(room, text.clone());
    }
    for client in clients {
        let times = |shown: &Shown, text: &String| {
            shown.in_room(room).filter(|view| matches!(&view.body, Body::Text(shown) if shown == text)).count()
        };
        let shown = client.until(what, |shown| texts.iter().all(|text| times(shown, text) > 0)).await;
        assert!(texts.iter().all(|text| times(&shown, text) == 1), "each once");
        assert!(shown.in_room(room).all(|view| !view.gap), "nothing is missing");
        assert_eq!(shown.failures, []);
    }
}

/// How many entries of a room's log are such.
async fn entries(client: &NativeClient, room: RoomId, such: impl Fn(&Action) -> bool) -> usize {
    let (mut found, mut from) = (0, 0);
    loop {
        let path = format!("/rooms/{room}/log?from={from}");
        let page: LogPage = client.session().call(Method::GET, &path, None::<&()>).await.unwrap();
        from += page.entries.len();
        found += page.entries.iter().filter(|entry| such(&entry.body().unwrap().action)).count();
        if !page.more {
            return found;
        }
    }
}

/// The first account, and others in a first room of theirs.
async fn people<const OTHERS: usize>(
    server: &TestServer,
    names: [&str; OTHERS],
) -> (NativeClient, [NativeClient; OTHERS]) {
    let ada = NativeClient::start(Session::set_up(server, "ada").await.unwrap()).await;
    let room = ada.create_room("Hall").await;
    let link = ada.invite(room, 10).await;
    let mut others = Vec::new();
    for name in names {
        let other = NativeClient::start(Session::sign_up(server, room, &link, name).await.unwrap()).await;
        other.join(room, &link).await;
        others.push(other);
    }
    (ada, others.try_into().unwrap())
}

async fn removals(kind: Kind, round: usize) {
    let server = TestServer::start_unlimited(binary(), kind, &[]).await;
    let (mut ada, [grace, linus]) = people(&server, ["grace", "linus"]).await;
    for steps in 0.. {
        let room = ada.create_room_with("Room", history(kind, round)).await;
        let link = ada.invite(room, 2).await;
        for client in [&grace, &linus] {
            client.join(room, &link).await;
        }
        // Who joins where history is not shown brings a key of its own.
        let before = Epoch(if history(kind, round) == HistoryRule::AllRetained { 1 } else { 3 });
        let stands = move |shown: &Shown, members: usize, epoch: Epoch| {
            let view = shown.rooms.get(&room);
            view.is_some_and(|view| view.epoch == epoch && view.has_key && view.members.len() == members)
        };
        ada.until("everybody", |shown| stands(shown, 3, before)).await;
        let account = linus.identity().account();
        if round % 2 == 1 {
            grace.send(room, "meanwhile");
        }
        let wish = Command::RemoveMember { room, account };
        let (client, ended) = does(ada, steps, wish, |shown| stands(shown, 2, before.next())).await;
        ada = client;
        all_write(&[&ada, &grace], room, &format!("after {steps} steps")).await;
        for client in [&ada, &grace] {
            assert!(stands(&client.shown(), 2, before.next()), "one key more");
        }
        assert_eq!(entries(&ada, room, |action| matches!(action, Action::MemberRemoved(_))).await, 1);
        if !ended {
            println!("a removal has {steps} steps");
            assert!(steps > 3);
            break;
        }
    }
    assert_one_key_for_each_epoch([&ada, &grace, &linus].map(|client| &client.session().sent));
}

async fn joinings(kind: Kind, round: usize) {
    let server = TestServer::start_unlimited(binary(), kind, &[]).await;
    let (ada, [mut grace]) = people(&server, ["grace"]).await;
    for steps in 0.. {
        let room = ada.create_room_with("Room", history(kind, round)).await;
        let secret = ada.invite(room, 2).await;
        if round % 2 == 1 {
            ada.send(room, "meanwhile");
        }
        let (client, ended) = does(grace, steps, Command::Join { room, secret }, |shown| shown.is_ready(room)).await;
        grace = client;
        all_write(&[&ada, &grace], room, &format!("after {steps} steps")).await;
        assert_eq!(entries(&ada, room, |action| matches!(action, Action::Joined(_))).await, 1);
        if !ended {
            println!("a joining has {steps} steps");
            assert!(steps > 3);
            break;
        }
    }
    assert_one_key_for_each_epoch([&ada, &grace].map(|client| &client.session().sent));
}

/// Somebody's new computer.
async fn another_computer(server: &TestServer, handle: &str) -> NativeClient {
    NativeClient::start(Session::another(server, handle).await.unwrap()).await
}

/// Ada approves a computer, and ends; then another.
async fn approvals(kind: Kind, round: usize) {
    let server = TestServer::start_unlimited(binary(), kind, &[]).await;
    let (mut ada, [grace]) = people(&server, ["grace"]).await;
    let mut all = vec![grace.session().sent.clone(), ada.session().sent.clone()];
    let room = ada.create_room_with("Room", history(kind, round)).await;
    let link = ada.invite(room, 2).await;
    grace.join(room, &link).await;
    all_write(&[&ada, &grace], room, "before").await;
    for steps in 0.. {
        let newcomer = another_computer(&server, "ada").await;
        all.push(newcomer.session().sent.clone());
        let device = newcomer.identity().device();
        let asks = |shown: &Shown| shown.approvals.asked.iter().any(|asked| asked.device == device);
        ada.until("a question", asks).await;
        ada.end_after(Some(steps));
        ada.command(Command::Approve { device });
        let is_in =
            |shown: &Shown| shown.is_ready(room) && shown.in_room(room).all(|view| matches!(view.body, Body::Text(_)));
        wait::until("an end, or the computer to be let in", async || {
            let is_in = is_in(&newcomer.shown()) && newcomer.shown().in_room(room).count() > 1;
            (ada.has_ended() || is_in).then_some(())
        })
        .await;
        ada.end_after(None);
        let ended = ada.has_ended();
        if ended {
            ada = started_again(ada).await;
            // Where it had not kept what it was told, it is asked again.
            wait::until("the computer to be let in", async || {
                if asks(&ada.shown()) {
                    ada.command(Command::Approve { device });
                }
                newcomer.shown().is_ready(room).then_some(())
            })
            .await;
            newcomer.until("all that was written", |shown| is_in(shown) && shown.in_room(room).count() > 1).await;
        }
        all_write(&[&ada, &grace, &newcomer], room, &format!("after {steps} steps, on {device}")).await;
        let vouched = |action: &Action| matches!(action, Action::DeviceVouched(vouched) if vouched.statement.read().unwrap().device == device);
        assert_eq!(entries(&ada, room, vouched).await, 1);
        if !ended {
            println!("an approval has {steps} steps");
            assert!(steps > 3);
            break;
        }
    }
    assert_one_key_for_each_epoch(&all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_removes_and_ends_at_any_step_goes_on_on_sqlite() {
    in_rounds(async |round| removals(Kind::Sqlite, round).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_removes_and_ends_at_any_step_goes_on_on_postgres() {
    in_rounds(async |round| removals(Kind::Postgres, round).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joins_and_ends_at_any_step_comes_in_on_sqlite() {
    in_rounds(async |round| joinings(Kind::Sqlite, round).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joins_and_ends_at_any_step_comes_in_on_postgres() {
    in_rounds(async |round| joinings(Kind::Postgres, round).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_approves_and_ends_at_any_step_lets_in_on_sqlite() {
    in_rounds(async |round| approvals(Kind::Sqlite, round).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_approves_and_ends_at_any_step_lets_in_on_postgres() {
    in_rounds(async |round| approvals(Kind::Postgres, round).await).await;
}
