//! What people and rooms are called: the service keeps the names, the log their hashes.

use igoon_shared::{
    client::Answer,
    log::HistoryRule,
    protocol::{frames::OpenName, http::RoomNames},
};

use crate::{service::Liar, world::ok};

/// The service gives other names, and swaps those of two people. Who does not know them yet is shown none.
#[test]
fn another_name_is_not_shown() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let names = |liar: &Liar, who: usize| -> Vec<Option<String>> {
        let view = liar.hosts[who].view.as_ref().unwrap();
        view.members.iter().map(|member| member.handle.clone()).chain([view.name.clone()]).collect()
    };
    let right = names(&liar, 1);
    assert!(right.iter().all(Option::is_some));
    liar.hosts[1].records.retain(|key, _| !key.contains("/name/"));
    liar.twist(|_, request, answer| match answer {
        Answer::Response { status: 200, body } if request.path.ends_with("/names") => {
            let given: RoomNames = serde_json::from_slice(&body).unwrap();
            let mut texts: Vec<String> = given.names.iter().map(|name| name.name.clone()).collect();
            texts.rotate_left(1);
            texts[0] = "Mallory".into();
            let hidden = given.names.into_iter().map(|name| name.random);
            let names = hidden.zip(texts).map(|(random, name)| OpenName { random, name }).collect();
            ok(&RoomNames { names })
        }
        other => other,
    });
    liar.restart(1);
    let shown = names(&liar, 1);
    assert!(shown.iter().zip(&right).all(|(shown, right)| shown.is_none() || shown == right), "{shown:?}");
    assert!(shown.contains(&None));
    liar.goes_on(&[0, 1, 2]);
    liar.be_honest();
    liar.restart(1);
    assert_eq!(names(&liar, 1), right);
}
