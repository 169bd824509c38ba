//! Messages that nobody wrote so: in another's name, a second time, in another order, from another room, or not at all.

use igoon_e2e::{person, wait};
use igoon_shared::{
    crypto::{
        epoch::EpochKey,
        message::{MessageHeader, SealedMessage},
        system_rng,
    },
    ids::{MessageId, RoomId},
    protocol::{
        bytes::Blob,
        frames::{Accepted, ClientFrame, ServerFrame, StreamContent},
    },
};

use super::{
    forging::intruder_of,
    scene::{LIFE, NOT_PERMITTED, Scene},
};
const CHANGED: &str = "This message was changed on its way, or is not from whom it claims to be, so it is not shown. If you \
    miss a message, ask for it to be written again.";
const COPY: &str = "The server showed this message a second time, or too late, so it is not shown. If you miss one, ask for \
    it to be written again.";
const DAMAGED: &str = "This message was damaged before it was sent. Ask whoever wrote it to write it again.";
const GAP: &str = "Right before this, messages of this person are missing: they did not arrive. Whoever wrote them can \
    write them again.";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_nobody_wrote_so_is_not_read_and_says_why() {
    let scene = Scene::new().await;
    scene.goes_on("honestly").await;
    let honest = ["by ada, honestly", "by grace, honestly"];
    scene.reads(&honest).await;

    // Mallory has the room's key, and the service shows what mallory seals.
    let mallory = scene.mallory.identity();
    let in_anothers_name = scene.seal(&scene.header(scene.grace.identity().device()).await, "I resign");
    let in_adas_name = scene.seal(&scene.header(scene.adas().await).await, "I resign, too");
    let own = scene.header(mallory.device()).await;
    let sealed = scene.seal(&own, "well");
    let mut changed = sealed.clone();
    changed.ciphertext.0[3] ^= 1;
    let unsigned = SealedMessage { signature: Blob(vec![0; 64]), ..sealed };
    let nobody = intruder_of(mallory.account());
    let of_nobody = scene.seal(&MessageHeader { device: nobody.device(), ..own.clone() }, "hello");
    let elsewhere = MessageHeader { room: RoomId::from_bytes([1; 32]), ..own.clone() };
    let of_another_room = scene.seal(&elsewhere, "for the others");
    let noise = scene.seal_under(&EpochKey::random(&mut system_rng()), &own, "noise");
    let of_grace = scene.liar.passed().into_values().rev().find_map(|item| match item.content {
        StreamContent::Message(message) => Some(message),
        StreamContent::Log(_) => None,
    });
    let lies = [
        // The only one that its sender signed, so its time counts.
        (noise, DAMAGED),
        (in_anothers_name, CHANGED),
        (in_adas_name, CHANGED),
        (changed, CHANGED),
        (unsigned, CHANGED),
        (of_nobody, NOT_PERMITTED),
        (of_another_room, NOT_PERMITTED),
        (of_grace.unwrap(), COPY),
    ];
    let (lies, told): (Vec<_>, Vec<_>) = lies.into_iter().unzip();
    scene.shows(lies.into_iter().map(StreamContent::Message).collect()).await;
    let shown: Vec<&str> = honest.into_iter().chain(told).collect();
    scene.reads(&shown).await;
    scene.ada.reload().await;
    scene.reads(&shown).await;
    scene.liar.be_honest();
    scene.goes_on("after all of it").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_in_another_order_or_dropped_leave_a_gap_that_is_shown() {
    let scene = Scene::new().await;
    let (ada, grace, room) = (&scene.ada, &scene.grace, scene.room);
    scene.goes_on("honestly").await;

    // Two that came meanwhile change places.
    scene.is_cut().await;
    grace.send(room, "first");
    grace.send(room, "second");
    grace.until("both to be sent", |shown| shown.in_room(room).count() == 4).await;
    scene.liar.tells(|mut frame| {
        if let ServerFrame::Page(page) = &mut frame
            && let [.., first, second] = &mut page.items[..]
        {
            std::mem::swap(&mut first.content, &mut second.content);
        }
        vec![frame]
    });
    scene.liar.mend();
    scene.reads(&["by ada, honestly", "by grace, honestly", "second", COPY]).await;
    assert_eq!(ada.texts(".gap").await, [GAP]);
    scene.liar.be_honest();

    // What ada writes is said to be taken, and goes nowhere.
    let place = scene.liar.passed().last_key_value().map(|(seq, _)| seq.next()).unwrap();
    scene.liar.takes(move |frame| {
        let ClientFrame::Send(send) = frame else { return None };
        let (message_id, incarnation) = (send.message.header().unwrap().message_id, LIFE);
        Some(vec![ServerFrame::Accepted(Accepted { room, message_id, incarnation, seq: place })])
    });
    person::say(ada, "lost").await;
    ada.find("[data-testid=message][data-state=sent]:last-child").await;
    scene.liar.be_honest();
    person::say(ada, "after the loss").await;
    let shown = grace.until("it", |shown| shown.texts(room).iter().any(|text| text == "after the loss")).await;
    assert!(shown.in_room(room).last().unwrap().gap, "grace is told that something is missing");
    wait::until("ada to be told, too", async || (ada.texts(".gap").await == [GAP, GAP]).then_some(())).await;
    // She still has it, and it goes when she says so.
    ada.until_says("[data-testid=message][data-state=lost]", "does not show it here").await;
    ada.reload().await;
    ada.click("[data-testid=message][data-state=lost] [data-testid=send-again]").await;
    grace.until("it after all", |shown| shown.texts(room).iter().any(|text| text == "lost")).await;
    ada.until_none("[data-testid=message][data-state=lost]").await;
    scene.goes_on("after all of it").await;
}

/// What waits in ada's outbox stays there, whatever another's message is called.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_another_took_keeps_no_message_from_being_sent() {
    let scene = Scene::new().await;
    let (ada, grace, room) = (&scene.ada, &scene.grace, scene.room);
    scene.liar.takes(|frame| matches!(frame, ClientFrame::Send(_)).then(Vec::new));
    person::say(ada, "mine").await;
    ada.find("[data-testid=message][data-state=waiting]").await;
    let names = ada.attributes("[data-testid=message]", "data-message-id").await;
    let message_id: MessageId = names[0].as_deref().unwrap().parse().unwrap();
    let taken = MessageHeader { message_id, ..scene.header(scene.mallory.identity().device()).await };
    let in_adas_name = MessageHeader { device: scene.adas().await, ..taken.clone() };
    let lies = [scene.seal(&taken, "mine, says mallory"), scene.seal(&in_adas_name, "mine, says ada")];
    scene.shows(lies.into_iter().map(StreamContent::Message).collect()).await;
    scene.reads(&["mine, says mallory", CHANGED, "mine"]).await;
    assert_eq!(ada.texts("[data-testid=message][data-state=waiting]").await.len(), 1);
    scene.liar.be_honest();
    scene.is_cut().await;
    scene.liar.mend();
    grace.until("what waited", |shown| shown.texts(room).iter().any(|text| text == "mine")).await;
    ada.until_none("[data-testid=message][data-state=waiting]").await;
    let times = grace.shown().texts(room).iter().filter(|text| *text == "mine").count();
    assert_eq!(times, 1);
}
