//! The room's log and stream as a whole: entries that are forged, held back, not understood or others than before, an older state,
//! another life, two logs for two people.

use igoon_e2e::{liar::Heard, native::now, person};
use igoon_shared::{
    client::io::{Alarm, Standing},
    crypto::{invite::InviteSecret, label},
    ids::{Incarnation, LogIndex, NameHash, Seq},
    log::{
        Action, EntryBody, Role, SignedEntry,
        action::{Invited, Left, Renameable, Renamed},
    },
    protocol::{
        bytes::Blob,
        error::ErrorCode,
        frames::{ClientFrame, CommittedEntry, Item, ServerFrame, StreamContent, StreamItem, SyncRefused},
        http::{Append, Appended},
    },
};

use super::{
    forging::intruder_of,
    scene::{LIFE, Scene},
};
use crate::browser::scene::TEXTS;

const BROKEN: &str = "The room's records do not fit together: somebody may have changed them at the server.";
const FORKED: &str = "The server shows this room differently to different people.";
const ROLLED_BACK: &str = "The server shows less of this room than this computer has seen already.";
const RESTORED: &str = "The server was put back to an older copy";
const MISSING: &str = "[data-testid=change-missing]";
const NEWER: &str = "Somebody here uses a newer version of Igoon.";

/// Something that a member may do at any time.
fn renamed(number: u8) -> Action {
    Action::Renamed(Renamed { what: Renameable::Handle, name: NameHash::from_bytes([number; 32]) })
}

/// An entry as a newer program would make it: of a kind that this one does not know.
fn newer(scene: &Scene, honest: &SignedEntry) -> SignedEntry {
    let mut entry = honest.entry.0.clone();
    let kind = entry.windows(4).position(|part| part == b"left").unwrap();
    entry[kind..kind + 4].copy_from_slice(b"went");
    let signature = scene.mallory.identity().keys().sign(label::SIGN_LOG_ENTRY, &[&entry]);
    SignedEntry { entry: Blob(entry), signature: Blob(signature.to_vec()) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_that_do_not_fit_stop_the_room_and_say_so() {
    let scene = Scene::new().await;
    let (ada, room) = (&scene.ada, scene.room);
    scene.goes_on("honestly").await;
    let mallory = scene.mallory.identity();

    // In ada's own name, to let somebody in as owner: nobody of hers signed it. What she writes meanwhile stays where it is.
    let secret = InviteSecret::from_bytes([7; 32]);
    let expires_at = now().plus_millis(60_000);
    let invited = Invited { invite: secret.key(room), role: Role::Owner, uses: 1, expires_at };
    let forged = scene.body(scene.adas().await, Action::Invited(invited)).await;
    let forged = forged.sign(intruder_of(mallory.account()).keys());
    scene.is_cut().await;
    person::say(ada, "for my friends").await;
    ada.find("[data-testid=message][data-state=waiting]").await;
    scene.liar.listens();
    scene.liar.shows_next([StreamContent::Log(forged)]);
    scene.mallory.send(room, "decoy");
    scene.mallory.until("it", |shown| shown.texts(room).contains(&"decoy".to_owned())).await;
    scene.liar.mend();
    scene.stands_still(BROKEN).await;
    assert_eq!(ada.attributes("[data-testid=message][data-state=waiting]", "data-state").await.len(), 1, "it waits");
    ada.until_says(&format!("[data-room='{room}'] .state"), "Needs your attention").await;
    // Also when it starts anew, and when the service shows nothing of it any more.
    scene.liar.be_honest();
    ada.reload().await;
    scene.stands_still(BROKEN).await;
    scene.is_cleared_up().await;
    ada.until_none("[data-testid=message][data-state=waiting]").await;
    scene.grace.until("what waited", |shown| shown.texts(room).contains(&"for my friends".to_owned())).await;

    // A member's own, but not where it belongs.
    let right = scene.body(mallory.device(), Action::Left(Left {})).await;
    let later = EntryBody { index: right.index.next(), ..right.clone() };
    scene.shows(vec![StreamContent::Log(later.sign(mallory.keys()))]).await;
    scene.stands_still(BROKEN).await;
    scene.is_cleared_up().await;

    // One that this program does not understand.
    let newer = newer(&scene, &right.sign(mallory.keys()));
    scene.shows(vec![StreamContent::Log(newer)]).await;
    scene.stands_still(NEWER).await;
    scene.liar.be_honest();
    ada.reload().await;
    ada.find("#composer").await;
    scene.goes_on("after all of it").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_is_shown_otherwise_than_it_was_stops_and_says_so() {
    let scene = Scene::new().await;
    let (ada, room) = (&scene.ada, scene.room);
    scene.grace_is_admin().await;
    scene.goes_on("honestly").await;
    let mallory = scene.mallory.identity();

    // At a place that was taken stands another entry.
    let (seq, taken) = scene
        .liar
        .passed()
        .into_iter()
        .rev()
        .find_map(|(seq, item)| match item.content {
            StreamContent::Log(entry) => Some((seq, (entry, item.received_at))),
            StreamContent::Message(_) => None,
        })
        .unwrap();
    let (entry, received_at) = taken;
    let other = EntryBody { action: renamed(2), ..entry.body().unwrap() }.sign(mallory.keys());
    let item = StreamItem { seq, received_at, content: StreamContent::Log(other) };
    scene.liar.says(ServerFrame::Item(Item { room, incarnation: LIFE, item }));
    scene.stands_still(FORKED).await;
    scene.is_cleared_up().await;

    // The service shows less than it did.
    scene.liar.tells(|mut frame| {
        if let ServerFrame::Page(page) = &mut frame {
            page.items.clear();
            page.head = Seq(3);
        }
        vec![frame]
    });
    ada.reload().await;
    scene.stands_still(ROLLED_BACK).await;
    scene.is_cleared_up().await;

    // It speaks of another life of its database, as long as it does.
    let newest = scene.liar.passed().into_values().next_back().unwrap();
    let item = Item { room, incarnation: Incarnation(LIFE.0 + 1), item: newest };
    scene.liar.says(ServerFrame::Item(item));
    scene.stands_still(RESTORED).await;
    ada.reload().await;
    ada.find("#composer").await;

    // It gives the room no more, and no reason.
    scene.liar.tells(move |frame| match frame {
        ServerFrame::Page(page) => {
            let code = ErrorCode::NotEntitled;
            vec![ServerFrame::SyncRefused(SyncRefused { room: page.room, code, retry_after_ms: Some(1_000) })]
        }
        other => vec![other],
    });
    ada.reload().await;
    ada.until_says("[data-testid=ended]", "The server does not give this room to this computer").await;
    assert!(ada.texts("#composer").await.is_empty());
    scene.liar.be_honest();
    ada.reload().await;
    ada.find("#composer").await;

    // It leaves a place out: nothing is skipped, and ada is told that there is more.
    let before = scene.liar.passed().into_keys().next_back().unwrap();
    scene.is_cut().await;
    for text in ["left out", "shown"] {
        scene.grace.send(room, text);
    }
    scene.grace.until("both", |shown| shown.texts(room).contains(&"shown".to_owned())).await;
    scene.liar.tells(move |mut frame| {
        if let ServerFrame::Page(page) = &mut frame {
            page.items.retain(|item| item.seq != before.next());
        }
        vec![frame]
    });
    scene.liar.mend();
    ada.until_says("[data-testid=connection]", "Catching up").await;
    scene.has_listened().await;
    assert!(!ada.texts(TEXTS).await.contains(&"shown".to_owned()));
    scene.liar.be_honest();
    ada.reload().await;
    scene.goes_on("after what was left out").await;
    let texts = ada.texts(TEXTS).await;
    assert!(["left out", "shown"].iter().all(|text| texts.iter().any(|shown| shown == text)));

    // It holds an entry back: the next message by somebody who knows of it brings that to light.
    let before = scene.liar.passed().into_keys().next_back().unwrap();
    scene.is_cut().await;
    scene.grace.invite(room, 1).await;
    scene.grace.send(room, "after the entry");
    scene.grace.until("it", |shown| shown.texts(room).contains(&"after the entry".to_owned())).await;
    scene.liar.tells(move |mut frame| {
        if let ServerFrame::Page(page) = &mut frame {
            page.items.retain(|item| item.seq <= before || matches!(item.content, StreamContent::Message(_)));
            for (item, number) in page.items.iter_mut().zip(1..) {
                item.seq = Seq(before.0 + number);
            }
        }
        vec![frame]
    });
    scene.liar.mend();
    scene.stands_still(FORKED).await;
    scene.is_cleared_up().await;
    scene.goes_on("after all of it").await;
}

/// The service says that it took a removal, and shows nothing of it; then something else where it should stand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_really_done_keeps_everything_back() {
    let scene = Scene::new().await;
    let (ada, room) = (&scene.ada, scene.room);
    scene.grace_is_admin().await;
    scene.goes_on("honestly").await;
    let index = scene.log().await.head().index.next();
    let seq = scene.liar.passed().into_keys().next_back().unwrap().next();
    scene.liar.pretends(move |path, body| {
        let append: Append = path.ends_with("/log").then(|| serde_json::from_slice(body).unwrap())?;
        let places = (0..).take(append.entries.len());
        let entries = places.map(|n| CommittedEntry { index: LogIndex(index.0 + n), seq: Seq(seq.0 + n) }).collect();
        Some(serde_json::to_vec(&Appended { room, incarnation: LIFE, entries }).unwrap())
    });
    ada.click("[data-testid=people]").await;
    person::do_to(ada, "mallory", "remove").await;
    person::close_dialog(ada).await;
    person::say(ada, "without mallory").await;
    ada.find("[data-testid=message][data-state=waiting]").await;
    scene.has_listened().await;
    assert!(!scene.liar.heard().iter().any(|heard| matches!(heard, Heard::Frame(ClientFrame::Send(send))
        if send.message.header().unwrap().log_head.index >= index)));
    ada.find("[data-testid=message][data-state=waiting]").await;
    ada.until_texts("[data-testid=people] span", &["3"]).await;
    // After a while she is told so; also when the page starts anew.
    ada.until_says(MISSING, "does not show it").await;
    ada.reload().await;
    ada.until_says(MISSING, "does not show it").await;
    ada.find("[data-testid=message][data-state=waiting]").await;
    scene.liar.be_honest();
    // Where the removal and the next key should stand.
    scene.liar.listens();
    scene.grace.invite(room, 1).await;
    scene.grace.invite(room, 1).await;
    scene.stands_still(FORKED).await;
    assert!(ada.texts(MISSING).await.is_empty());
    assert!(!scene.mallory.shown().texts(room).contains(&"without mallory".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_logs_for_two_people_stop_both_at_the_first_message_across() {
    let scene = Scene::new().await;
    let (ada, grace, room) = (&scene.ada, &scene.grace, scene.room);
    scene.grace_is_admin().await;
    scene.goes_on("honestly").await;
    // A member signs two entries for one place, and ada is shown the other one.
    let other = scene.entry(grace, renamed(1)).await;
    scene.liar.shows_next([StreamContent::Log(other)]);
    let seq = scene.liar.passed().into_keys().next_back().unwrap().next();
    grace.invite(room, 1).await;
    scene.liar.until_passed(seq).await;
    scene.liar.tells(|frame| match frame {
        ServerFrame::Item(_) => vec![],
        other => vec![other],
    });
    grace.send(room, "what grace sees");
    scene.mallory.until("it", |shown| shown.texts(room).contains(&"what grace sees".to_owned())).await;
    person::say(ada, "what ada sees").await;
    for other in [grace, &scene.mallory] {
        other.sees(room, "the fork", |view| view.standing == Standing::Alarm(Alarm::LogForked)).await;
    }
    scene.liar.be_honest();
    scene.liar.listens();
    ada.reload().await;
    scene.stands_still(FORKED).await;
}
