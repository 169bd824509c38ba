//! What a newcomer is shown: the link holds the room's id and a secret, and nothing else is believed.

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use igoon_e2e::{account::Session, browser::Driver, native::NativeClient, person};
use igoon_shared::{
    crypto::{
        epoch::{EpochKey, SealedKey, SealingSecret},
        system_rng,
    },
    ids::Epoch,
    log::SignedEntry,
    protocol::http::{LogPage, OpenInvite},
};
use reqwest::Method;

use super::scene::lied_about;
use crate::browser::scene::TEXTS;

/// Changes what a newcomer is shown.
type Twist = Box<dyn Fn(&mut OpenInvite) + Send>;

const OTHER_ROOM: &str = "What the server shows is not the room that this link leads to";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_is_not_the_links_is_not_joined_and_another_key_beside_it_not_used() {
    let (liar, server) = lied_about().await;
    let ada = NativeClient::start(Session::set_up(&server, "ada").await.unwrap()).await;
    let room = ada.create_room("Machine room").await;
    ada.send(room, "before");
    let secret = ada.invite(room, 2).await;
    let elsewhere = ada.create_room("Another room").await;
    let page: LogPage = ada.session().call(Method::GET, &format!("/rooms/{elsewhere}/log"), None::<&()>).await.unwrap();
    let link = format!("{}/join/{room}#{}", liar.url(), URL_SAFE_NO_PAD.encode(secret.expose()));

    let driver = Driver::start().await;
    let grace = driver.browser("grace").await;
    let others: Vec<SignedEntry> = page.entries;
    let twists: [Twist; 3] = [
        Box::new(move |opened| opened.entries.clone_from(&others)),
        Box::new(|opened| opened.entries[1].signature.0[7] ^= 1),
        Box::new(|opened| drop(opened.entries.remove(1))),
    ];
    for twist in twists {
        liar.answers("/invites/open", move |opened: &mut OpenInvite| twist(opened));
        grace.open("about:blank").await;
        grace.open(&link).await;
        grace.until_says("[data-testid=problem]", OTHER_ROOM).await;
        assert!(grace.texts("[data-testid=invited-to], [data-testid=submit]").await.is_empty(), "nothing to join by");
    }

    // The true log, with another key beside the invite: grace starts a key of her own.
    let theirs = EpochKey::random(&mut system_rng());
    let sealing = secret.sealing_secret(room);
    let sealed = SealedKey::seal(SealingSecret::Invite(&sealing), room, Epoch(1), &theirs, &mut system_rng()).unwrap();
    liar.answers("/invites/open", move |opened: &mut OpenInvite| {
        opened.sealed.as_mut().unwrap().sealed = sealed.clone();
    });
    grace.open("about:blank").await;
    person::join(&grace, &server, &link, "grace").await;
    person::say(&grace, "under a key of mine").await;
    ada.shows(room, &["before", "under a key of mine"]).await;
    assert_eq!(ada.shown().rooms[&room].epoch, Epoch(2));
    liar.be_honest();
    // Ada hands on what was before as soon as she has grace's key, not only when the room is looked at anew.
    let asked = Instant::now();
    grace.until_texts(TEXTS, &["before", "under a key of mine"]).await;
    assert!(asked.elapsed() < Duration::from_secs(30), "{:?}", asked.elapsed());
}
