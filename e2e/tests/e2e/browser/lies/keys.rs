//! Room keys: forged, swapped and old envelopes, a second key for an epoch, keys that nobody asked for; an intruder between a browser
//! and its keys; a connection that compresses.

use igoon_e2e::{liar::Heard, person, wait};
use igoon_shared::{
    client::{Command, Identity},
    crypto::{
        bundle::Bundle,
        envelope::{Envelope, EnvelopeReason},
        epoch::EpochKey,
        label,
        message::{MessageHeader, SealedMessage, TextBody},
        primitives, system_rng,
    },
    ids::{Epoch, RoomId},
    protocol::{
        bytes::Blob,
        codec,
        frames::{KeysAdded, ServerFrame, StreamContent},
        http::RoomKeys,
    },
};

use super::{
    forging::intruder_of,
    scene::{NOT_PERMITTED, Scene},
};
use crate::browser::scene::TEXTS;

const LACKING: &str = "This computer can't read this message yet: it lacks room key 2";

impl Scene {
    /// Ada's computer, as the log has it.
    async fn bundle(&self) -> Bundle {
        let device = self.adas().await;
        self.log().await.device(device).unwrap().bundle.as_ref().clone()
    }

    /// Envelopes for ada's computer of which none is what it should be; `old` were sound once.
    async fn forged(&self, epoch: Epoch, old: &[Envelope]) -> Vec<Envelope> {
        let (key, adas) = (self.grace_has(epoch), self.bundle().await);
        let (grace, mallory) = (self.grace.identity(), self.mallory.identity());
        let eve = intruder_of(mallory.account());
        let wrap = |by: &Identity, name, room, epoch, recipient: &Bundle, reason| {
            Envelope::wrap(by.keys(), name, room, epoch, &key, recipient, reason, &mut system_rng()).unwrap()
        };
        let share = EnvelopeReason::Share;
        let sound = || wrap(&mallory, mallory.device(), self.room, epoch, &adas, share);
        // One envelope's key in another's frame, signed anew by who was put out.
        let signed_anew = |context: Blob, ciphertext: Blob| {
            let parts: [&[u8]; 2] = [&context.0, &primitives::sha256(&ciphertext.0)];
            let signature = Blob(grace.keys().sign(label::SIGN_ENVELOPE, &parts).to_vec());
            Envelope { context, ciphertext, signature }
        };
        let frame = wrap(&grace, grace.device(), self.room, epoch, &adas, share);
        let mut damaged = frame.clone();
        damaged.ciphertext.0[100] ^= 1;
        let elsewhere = RoomId::from_bytes([1; 32]);
        let mut all = vec![
            // Nobody's, an intruder's in grace's name and in its own.
            Envelope { signature: Blob(Vec::new()), ..sound() },
            wrap(&eve, grace.device(), self.room, epoch, &adas, share),
            wrap(&eve, eve.device(), self.room, epoch, &adas, share),
            // By mallory, who has left.
            sound(),
            wrap(&grace, grace.device(), elsewhere, epoch, &adas, share),
            wrap(&grace, grace.device(), self.room, Epoch(1_000), &adas, share),
            wrap(&grace, grace.device(), self.room, epoch, grace.bundle(), share),
            signed_anew(frame.context.clone(), sound().ciphertext),
            signed_anew(damaged.context, damaged.ciphertext),
        ];
        all.extend_from_slice(old);
        all
    }

    fn grace_has(&self, epoch: Epoch) -> EpochKey {
        let records = self.grace.records();
        EpochKey::from_slice(&records[&format!("room/{}/key/{:020}", self.room, epoch.0)]).unwrap()
    }

    /// While ada is away, mallory leaves, and grace writes under the next key.
    async fn next_key_while_ada_is_away(&self, text: &str) {
        self.is_cut().await;
        self.mallory.command(Command::Leave { room: self.room });
        self.grace.sees(self.room, "that mallory left", |view| view.members.len() == 2).await;
        self.grace.send(self.room, text);
        let sent = |texts: Vec<String>| texts.iter().any(|it| it == text);
        self.grace.until("it", |shown| sent(shown.texts(self.room))).await;
        assert_eq!(self.log().await.current_epoch(), Epoch(2));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn envelopes_that_are_forged_or_mismatched_open_nothing_and_the_key_is_said_to_be_lacking() {
    let scene = Scene::new().await;
    let (ada, grace, room) = (&scene.ada, &scene.grace, scene.room);
    scene.goes_on("honestly").await;
    // Keys that nobody lacks are not asked for.
    scene.liar.listens();
    scene.liar.says(ServerFrame::KeysAdded(KeysAdded { room }));
    scene.has_listened().await;
    let asked = |heard: &Heard| matches!(heard, Heard::Question(path) if path.ends_with("/keys"));
    assert!(!scene.liar.heard().iter().any(asked));

    scene.next_key_while_ada_is_away("under key 2").await;
    let old = scene.grace.session().sent.keys().envelopes;
    let first: Vec<Envelope> = old.into_iter().filter(|it| it.context().unwrap().epoch == Epoch(1)).collect();
    let forged = scene.forged(Epoch(2), &first).await;
    scene.liar.answers("/keys", move |keys: &mut RoomKeys| {
        keys.links.clear();
        keys.envelopes.clone_from(&forged);
    });
    scene.liar.mend();
    let shown = ["by ada, honestly", "by grace, honestly"];
    ada.until_says(&format!("[data-testid=message]:last-child {TEXTS}"), LACKING).await;
    assert_eq!(ada.texts(TEXTS).await[..2], shown);
    // She goes on with a key that she has.
    person::say(ada, "under key 3").await;
    grace.until("it", |shown| shown.texts(room).iter().any(|text| text == "under key 3")).await;
    assert_eq!(scene.log().await.current_epoch(), Epoch(3));
    // With the honest one it can be read: by the button, unless grace hands it on before that.
    ada.find("[data-testid=mend]").await;
    scene.liar.be_honest();
    wait::until("the key", async || {
        ada.script("document.querySelector('[data-testid=mend]')?.click()").await;
        ada.texts(TEXTS).await.iter().any(|text| text == "under key 2").then_some(())
    })
    .await;
    scene.reads(&["by ada, honestly", "by grace, honestly", "under key 2", "under key 3"]).await;
    // What comes under a key that was closed since is not read, whether by who has left or who is there.
    let header = scene.header(scene.mallory.identity().device()).await;
    let closed = |device| {
        let key_id = scene.key(Epoch(1)).key_id();
        MessageHeader { epoch: Epoch(1), key_id, device, ..header.clone() }
    };
    let by_mallory = scene.seal(&closed(scene.mallory.identity().device()), "mallory's late word");
    let by_grace = closed(grace.identity().device());
    let text = codec::encode(&TextBody { text: "grace's late word".to_owned() });
    let by_grace = SealedMessage::seal(grace.identity().keys(), &scene.key(Epoch(1)), &by_grace, &text).unwrap();
    scene.liar.shows_next([by_mallory, by_grace].map(StreamContent::Message));
    for decoy in ["decoy 0", "decoy 1"] {
        grace.send(room, decoy);
    }
    let read = ["by ada, honestly", "by grace, honestly", "under key 2", "under key 3", NOT_PERMITTED, NOT_PERMITTED];
    scene.reads(&read).await;

    // No key of hers went to anybody but grace.
    let to_whom = [grace.identity().device(), scene.mallory.identity().device(), scene.adas().await];
    for envelope in scene.liar.sent().keys().envelopes {
        let context = envelope.context().unwrap();
        assert!(to_whom.contains(&context.recipient));
        assert!(context.epoch == Epoch(1) || context.recipient != scene.mallory.identity().device());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_key_stops_the_room_and_a_connection_that_compresses_is_not_used() {
    let scene = Scene::new().await;
    let (ada, grace) = (&scene.ada, &scene.grace);
    scene.goes_on("honestly").await;
    scene.next_key_while_ada_is_away("under key 2").await;
    let (device, second) = (grace.identity().device(), EpochKey::random(&mut system_rng()));
    let (by, adas, reason) = (grace.identity(), scene.bundle().await, EnvelopeReason::Share);
    let other =
        Envelope::wrap(by.keys(), device, scene.room, Epoch(2), &second, &adas, reason, &mut system_rng()).unwrap();
    scene.liar.answers("/keys", move |keys: &mut RoomKeys| {
        keys.links.clear();
        keys.envelopes = vec![other.clone()];
    });
    scene.liar.mend();
    scene.stands_still("A computer of this room gave out a second key with the number 2.").await;
    scene.liar.be_honest();
    ada.click("[data-testid=looked-at]").await;
    ada.find("#composer").await;
    scene.goes_on("after the second key").await;

    // The handshake is answered as by one that compresses.
    scene.is_cut().await;
    scene.liar.compresses(true);
    person::say(ada, "not compressed").await;
    scene.liar.listens();
    scene.liar.mend();
    ada.until_says("[data-testid=outage]", "compress").await;
    assert!(!scene.liar.heard().iter().any(|heard| matches!(heard, Heard::Frame(_))), "nothing is said on it");
    scene.liar.be_honest();
    grace.until("it", |shown| shown.texts(scene.room).iter().any(|text| text == "not compressed")).await;
}
