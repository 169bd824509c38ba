//! Sessions: how long they last, and what ends them.

use std::time::Duration;

use igoon_e2e::{
    account::{PASSWORD, address},
    database::Kind,
};
use igoon_shared::protocol::{error::ErrorCode, http::SignInAnswer};
use reqwest::Method;

use super::{Scene, assert_refused, assert_signed_out, live::Live, me, sessions};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_are_listed_and_ended_from_each_other() {
    let scene = Scene::new(Kind::Sqlite).await;
    let (second, third) = (scene.second().await, scene.second().await);
    let (mut first_live, mut second_live) = (Live::open(&scene.ada).await, Live::open(&second).await);
    let listed = sessions(&third).await.sessions;
    assert_eq!(listed.len(), 3);
    assert!(listed.iter().filter(|one| one.current).all(|one| one.installation == third.installation));
    let of_second = listed.iter().find(|one| one.installation == second.installation).unwrap();
    assert_eq!(of_second.device_name.as_deref(), Some("ada's computer"));
    assert!(listed.iter().find(|one| one.current).unwrap().device.is_none(), "no keys yet");

    // Somebody else's sessions cannot be named.
    let nobodys = "/me/sessions/AAAAAAAAAAAAAAAAAAAAAA";
    let refused = third.ask::<()>(Method::DELETE, nobodys, None::<&()>).await;
    assert_refused(refused, (404, ErrorCode::NotFound), "nothing here");
    let path = format!("/me/sessions/{}", of_second.session);
    third.call::<()>(Method::DELETE, &path, None::<&()>).await.unwrap();
    second_live.assert_closed().await;
    assert_signed_out(me(&second).await);
    first_live.assert_open().await;

    third.call::<()>(Method::POST, "/sign-out", None::<&()>).await.unwrap();
    assert_signed_out(me(&third).await);
    first_live.assert_open().await;
    let fourth = scene.second().await;
    fourth.call::<()>(Method::POST, "/sign-out-everywhere", None::<&()>).await.unwrap();
    first_live.assert_closed().await;
    assert_signed_out(me(&scene.ada).await);
    assert_signed_out(me(&fourth).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_lasts_as_long_as_it_is_used() {
    let mut scene = Scene::new(Kind::Sqlite).await;
    let unused = scene.second().await;
    for _ in 0..3 {
        scene.clock.advance(60 * DAY);
        me(&scene.ada).await.unwrap();
        let ends = sessions(&scene.ada).await.sessions[0].expires_at;
        let last_used = sessions(&scene.ada).await.sessions[0].last_used_at;
        assert_eq!(ends.millis_since(last_used), i64::try_from((90 * DAY).as_millis()).unwrap());
    }
    assert_signed_out(me(&unused).await);
    scene.clock.advance(90 * DAY);
    assert_signed_out(me(&scene.ada).await);
    // Trust does not end with a session.
    let again = scene.ada.visitor().sign_in(&address("ada"), PASSWORD, scene.ada.trust.as_ref()).await.unwrap();
    assert!(matches!(again, SignInAnswer::SignedIn(_)));
}
