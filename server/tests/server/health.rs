//! What is seen of the actors from outside, while clients do something.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use igoon_shared::{
    ids::InstallationId,
    log::HistoryRule,
    protocol::{
        frames::{ClientFrame, ServerFrame},
        http::{CodeSent, ResetPassword},
    },
};
use reqwest::{Client, StatusCode, header};
use serde_json::Value;

use crate::support::{PASSWORD, PATIENCE, Server, email};

const ADMIN_TOKEN: &str = "0123456789abcdefghijklmnopqrstuv";

async fn server() -> Server {
    start_in(tempfile::tempdir().unwrap()).await
}

async fn start_in(dir: tempfile::TempDir) -> Server {
    Server::start_with(dir, |config| config.admin_token = Some(ADMIN_TOKEN.parse().unwrap())).await
}

async fn text(server: &Server, path: &str) -> String {
    let response = Client::new().get(format!("{}{path}", server.url)).bearer_auth(ADMIN_TOKEN).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.text().await.unwrap()
}

async fn json(server: &Server, path: &str) -> Value {
    serde_json::from_str(&text(server, path).await).unwrap()
}

/// The actors of a look, by kind and id.
struct Actors(BTreeMap<(String, String), Value>);

impl Actors {
    async fn of(server: &Server) -> Self {
        let listed = json(server, "/admin/actors").await;
        let actors = listed["actors"].as_array().unwrap();
        assert_eq!(listed["total"], actors.len());
        let named = actors.iter().map(|actor| {
            let text = |name: &str| actor[name].as_str().unwrap().to_owned();
            ((text("kind"), text("id")), actor.clone())
        });
        let by_name: BTreeMap<_, _> = named.collect();
        assert_eq!(by_name.len(), actors.len(), "one of them twice");
        Self(by_name)
    }

    /// Looks until it is so.
    async fn until(server: &Server, what: &str, wanted: impl Fn(&Self) -> bool) -> Self {
        let looking = async {
            loop {
                let actors = Self::of(server).await;
                if wanted(&actors) {
                    return actors;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("never: {what}"))
    }

    fn ids(&self, kind: &str) -> BTreeSet<String> {
        self.0.keys().filter(|(of, _)| of == kind).map(|(_, id)| id.clone()).collect()
    }

    fn actor(&self, kind: &str, id: impl ToString) -> &Value {
        &self.0[&(kind.to_owned(), id.to_string())]
    }

    fn number(&self, kind: &str, id: impl ToString, field: &str) -> u64 {
        self.actor(kind, id)[field].as_u64().unwrap()
    }

    fn handled(&self, kind: &str, id: impl ToString) -> u64 {
        self.number(kind, id, "handled")
    }

    fn nothing_waits(&self) -> bool {
        self.0.values().all(|actor| actor["depth"] == 0)
    }
}

fn set<const N: usize>(ids: [String; N]) -> BTreeSet<String> {
    ids.into()
}

#[actix_web::test]
async fn the_actors_that_exist_are_there_and_no_others() {
    let server = server().await;
    let owner = server.owner().await;
    let mut state = owner.make_room(HistoryRule::AllRetained).await;
    let room = state.room();
    let link = owner.invite(&mut state, 1).await;
    let friend = server.newcomer("friend", room, &link).await;
    friend.join(&mut state, &link).await;

    let actors = Actors::of(&server).await;
    for (kind, bound) in [("store", 1), ("directory", 4_096), ("mailer", 64)] {
        assert_eq!(actors.ids(kind), set([kind.to_owned()]));
        assert!(actors.number(kind, kind, "bound") >= bound, "{kind}");
    }
    assert_eq!((actors.ids("room"), actors.ids("device")), (set([room.to_string()]), set([])));
    assert_eq!(actors.actor("room", room)["state"], "idle");
    assert_eq!(actors.actor("directory", "directory")["state"], "active");

    let mine = owner.connect_to(room).await;
    let _theirs = friend.connect_to(room).await;
    let actors = Actors::of(&server).await;
    let (my_device, their_device) = (owner.device().to_string(), friend.device().to_string());
    assert_eq!(actors.ids("device"), set([my_device.clone(), their_device.clone()]));
    assert_eq!(actors.ids("room"), set([room.to_string()]));
    assert_eq!(actors.actor("room", room)["state"], "active");
    assert_eq!(actors.actor("device", &my_device)["state"], "active");
    assert_eq!(json(&server, "/admin/overview").await["connections"]["open"], 2);

    // One goes.
    drop(mine);
    let actors = Actors::until(&server, "the device is gone", |actors| actors.ids("device").len() == 1).await;
    assert_eq!(actors.ids("device"), set([their_device]));
    let overview = json(&server, "/admin/overview").await;
    assert_eq!((&overview["connections"]["open"], &overview["total"]["died"]), (&Value::from(1), &Value::from(0)));

    // After a restart nobody has asked for the room yet.
    let server = start_in(server.stop().await).await;
    let actors = Actors::of(&server).await;
    assert_eq!(actors.0.keys().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["directory", "mailer", "store"]);
    server.stop().await;
}

#[actix_web::test]
async fn the_list_is_asked_for_by_kind_and_number() {
    let server = server().await;
    let listed = json(&server, "/admin/actors?limit=1").await;
    assert_eq!((&listed["total"], listed["actors"].as_array().unwrap().len()), (&Value::from(3), 1));
    let kind = |listed: &Value| listed["actors"][0]["kind"].clone();
    let mut kinds = Vec::new();
    for offset in 0..3 {
        let listed = json(&server, &format!("/admin/actors?limit=1&offset={offset}")).await;
        assert_eq!(listed["total"], 3);
        kinds.push(kind(&listed).to_string());
    }
    kinds.dedup();
    assert_eq!(kinds.len(), 3, "page by page each comes once: {kinds:?}");
    assert_eq!(json(&server, "/admin/actors?offset=3").await["actors"], Value::Array(Vec::new()));
    let listed = json(&server, "/admin/actors?kind=mailer").await;
    assert_eq!((&listed["total"], &listed["actors"][0]["id"]), (&Value::from(1), &Value::from("mailer")));
    assert_eq!(json(&server, "/admin/actors?kind=room").await["total"], 0);
    server.stop().await;
}

#[actix_web::test]
async fn what_is_counted_agrees_with_what_clients_did() {
    const COUNT: u64 = 50;
    let server = server().await;
    let owner = server.owner().await;
    let state = owner.make_room(HistoryRule::AllRetained).await;
    let (room, device) = (state.room(), owner.device());
    let idle = Actors::until(&server, "all is handled", Actors::nothing_waits).await;
    // Making it was one append: the request, the verdict, the store's answer.
    assert_eq!(idle.handled("room", room), 3);

    let mut socket = owner.connect_to(room).await;
    let before = Actors::until(&server, "all is handled", Actors::nothing_waits).await;
    assert_eq!(before.handled("room", room), 3 + 1, "the subscription");
    let rows_before = json(&server, "/admin/overview").await["store"]["rows"].as_u64().unwrap();
    for number in 0..COUNT {
        socket.send(&ClientFrame::Send(owner.message(&state, &number.to_string()).1)).await;
    }
    let (mut accepted, mut delivered) = (0, 0);
    while accepted < COUNT || delivered < COUNT {
        match socket.next().await {
            ServerFrame::Accepted(_) => accepted += 1,
            ServerFrame::Item(_) => delivered += 1,
            other => panic!("{other:?}"),
        }
    }
    let after = Actors::until(&server, "all is handled", Actors::nothing_waits).await;
    // Each message, and the store's answer to it.
    assert_eq!(after.handled("room", room) - before.handled("room", room), 2 * COUNT);
    // Each frame, the answer to it, and what is delivered: one message for all that was committed together.
    let by_device = after.handled("device", device) - before.handled("device", device);
    assert!((2 * COUNT + 1..=3 * COUNT).contains(&by_device), "{by_device}");
    // Each message, and perhaps when the device was seen.
    assert!(after.handled("store", "store") - before.handled("store", "store") >= COUNT);
    let overview = json(&server, "/admin/overview").await;
    assert_eq!(overview["store"]["rows"].as_u64().unwrap() - rows_before, COUNT);

    for (_, actor) in after.0 {
        assert_eq!(actor["errors"], 0, "{actor}");
        assert!(actor["since_progress_ms"].as_u64() <= actor["uptime_ms"].as_u64(), "{actor}");
    }
    server.stop().await;
}

#[actix_web::test]
async fn each_mail_wakes_the_mailer_once() {
    let server = server().await;
    let owner = server.owner().await;
    let before = Actors::until(&server, "all is handled", Actors::nothing_waits).await.handled("mailer", "mailer");
    for name in ["owner", "nobody"] {
        let body = ResetPassword { email: email(name), installation: InstallationId::from_bytes([9; 16]) };
        owner.post::<CodeSent>("/password-reset", &body).await.unwrap();
    }
    let after = Actors::until(&server, "all is handled", Actors::nothing_waits).await.handled("mailer", "mailer");
    assert_eq!(after - before, 2);
    server.stop().await;
}

#[actix_web::test]
async fn the_admin_token_counts_where_it_is_set_and_in_its_header_alone() {
    let server = server().await;
    let ask = async |server: &Server, name, value: String| {
        let request = Client::new().get(format!("{}/admin/overview", server.url)).header(name, value);
        request.send().await.unwrap().status()
    };
    let bearer = |token: &str| format!("Bearer {token}");
    assert_eq!(ask(&server, header::AUTHORIZATION, bearer(ADMIN_TOKEN)).await, StatusCode::OK);
    let other = ADMIN_TOKEN.replace('0', "1");
    for (name, value) in [
        (header::AUTHORIZATION, bearer(&other)),
        (header::AUTHORIZATION, bearer("")),
        (header::AUTHORIZATION, ADMIN_TOKEN.to_owned()),
        (header::AUTHORIZATION, format!("Basic {ADMIN_TOKEN}")),
        (header::COOKIE, format!("__Host-igoon={ADMIN_TOKEN}")),
    ] {
        assert_eq!(ask(&server, name, value.clone()).await, StatusCode::UNAUTHORIZED, "{value}");
    }
    let server = Server::start_in(server.stop().await, Default::default()).await;
    assert_eq!(ask(&server, header::AUTHORIZATION, bearer(ADMIN_TOKEN)).await, StatusCode::UNAUTHORIZED);
    server.stop().await;
}

#[actix_web::test]
async fn nothing_that_is_shown_is_secret_or_about_people() {
    let server = server().await;
    let owner = server.owner().await;
    let state = owner.make_room(HistoryRule::AllRetained).await;
    let _socket = owner.connect_to(state.room()).await;
    for path in ["/admin/actors", "/admin/overview", "/metrics"] {
        let shown = text(&server, path).await;
        let hidden = [&email("owner"), &owner.handle, "laptop", PASSWORD, ADMIN_TOKEN, &owner.token, "127.0.0.1"];
        for hidden in hidden.into_iter().chain([owner.account.to_string().as_str()]) {
            assert!(!shown.contains(hidden), "{path} shows {hidden}");
        }
    }
    server.stop().await;
}

/// A family of metrics: its type and its samples, by their labels.
struct Family {
    kind: String,
    samples: BTreeMap<Vec<(String, String)>, f64>,
}

/// Reads Prometheus' text format 0.0.4, and is strict where it leaves a choice: `HELP` before `TYPE` before the samples, all
/// of a family together.
fn parse(text: &str) -> BTreeMap<String, Family> {
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let mut current: Option<String> = None;
    let mut lines = text.strip_suffix('\n').expect("it ends with a line feed").lines();
    while let Some(line) = lines.next() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, help) = help.split_once(' ').unwrap();
            assert!(!help.is_empty());
            let kind = lines.next().and_then(|line| line.strip_prefix(&format!("# TYPE {name} "))).expect(line);
            assert!(["counter", "gauge"].contains(&kind), "{kind}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
            let family = Family { kind: kind.to_owned(), samples: BTreeMap::new() };
            assert!(families.insert(name.to_owned(), family).is_none(), "{name} comes twice");
            current = Some(name.to_owned());
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        assert_eq!(Some(name), current.as_deref(), "under another family");
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'), "{name}");
        let samples = &mut families.get_mut(name).unwrap().samples;
        assert!(samples.insert(parse_labels(labels), value.parse().unwrap()).is_none(), "{series} comes twice");
    }
    families
}

/// `name="value",…}`
fn parse_labels(text: &str) -> Vec<(String, String)> {
    let (mut labels, mut rest) = (Vec::new(), text);
    while rest != "}" {
        let (name, after) = rest.split_once("=\"").unwrap();
        let (mut value, mut characters) = (String::new(), after.char_indices());
        let end = loop {
            match characters.next().unwrap() {
                (at, '"') => break at,
                (_, '\\') => value.push(match characters.next().unwrap().1 {
                    'n' => '\n',
                    same @ ('\\' | '"') => same,
                    other => panic!("\\{other} is no escape"),
                }),
                (_, plain) => value.push(plain),
            }
        };
        labels.push((name.to_owned(), value));
        rest = &after[end + 1..];
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
    labels
}

#[actix_web::test]
async fn prometheus_reads_the_same_as_the_overview_says() {
    let server = server().await;
    let owner = server.owner().await;
    let state = owner.make_room(HistoryRule::AllRetained).await;
    let _socket = owner.connect_to(state.room()).await;
    Actors::until(&server, "all is handled", Actors::nothing_waits).await;
    // Two looks with the text between them: what was alike before and after was so in between.
    let (overview, families) = loop {
        let before = json(&server, "/admin/overview").await;
        let asked = Client::new().get(format!("{}/metrics", server.url)).bearer_auth(ADMIN_TOKEN).send();
        let response = asked.await.unwrap();
        assert_eq!(response.headers().get(header::CONTENT_TYPE).unwrap(), "text/plain; version=0.0.4; charset=utf-8");
        let families = parse(&response.text().await.unwrap());
        let after = json(&server, "/admin/overview").await;
        let counts = |look: &serde_json::Value| (look["kinds"].clone(), look["store"]["commits"].clone());
        if counts(&before) == counts(&after) {
            break (before, families);
        }
    };

    let sample = |name: &str, labels: &[(&str, &str)]| {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
        families[name].samples[&labels]
    };
    assert_eq!(sample("igoon_build_info", &[("version", overview["version"].as_str().unwrap())]), 1.0);
    let of_kinds = overview["kinds"].as_array().unwrap();
    assert_eq!(of_kinds.len(), 5);
    for of_kind in of_kinds {
        let kind = of_kind["kind"].as_str().unwrap();
        for (name, field) in [
            ("igoon_actors", "actors"),
            ("igoon_actor_mailbox_depth", "depth"),
            ("igoon_actor_mailbox_deepest", "deepest"),
            ("igoon_actor_mailbox_bound", "bound"),
            ("igoon_actor_handled_total", "handled"),
            ("igoon_actor_errors_total", "errors"),
            ("igoon_actor_died_total", "died"),
        ] {
            assert_eq!(sample(name, &[("kind", kind)]), of_kind[field].as_f64().unwrap(), "{name} {kind}");
            assert_eq!(families[name].samples.len(), 5, "by kind alone");
        }
    }
    for (name, of) in [
        ("igoon_connections", &overview["connections"]["open"]),
        ("igoon_connections_waiting_bytes", &overview["connections"]["waiting_bytes"]),
        ("igoon_store_commits_total", &overview["store"]["commits"]),
        ("igoon_store_rows_total", &overview["store"]["rows"]),
        ("igoon_store_failures_total", &overview["store"]["failures"]),
    ] {
        assert_eq!(sample(name, &[]), of.as_f64().unwrap(), "{name}");
    }
    assert_eq!(sample("igoon_store_connected", &[]), 1.0);
    assert!(sample("igoon_uptime_seconds", &[]) >= overview["uptime_ms"].as_f64().unwrap() / 1_000.0);
    assert!(sample("process_resident_memory_bytes", &[]) > 1_000_000.0);
    assert_eq!(families["igoon_actor_handled_total"].kind, "counter");
    server.stop().await;
}
