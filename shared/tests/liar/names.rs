//! What people and rooms are called: the service keeps the names, the log their hashes.

use igoon_shared::{
    client::Answer,
    crypto::system_rng,
    log::HistoryRule,
    protocol::{frames::OpenName, http::RoomNames},
};

use crate::{service::Liar, world::ok};

impl Liar {
    /// What a client calls the members and the room.
    fn names_shown(&self, who: usize) -> Vec<Option<String>> {
        let view = self.hosts[who].view.as_ref().unwrap();
        view.members.iter().map(|member| member.handle.clone()).chain([view.name.clone()]).collect()
    }

    fn forget_names(&mut self, who: usize) {
        self.hosts[who].records.retain(|key, _| !key.contains("/name/"));
    }

    /// Changes the names that clients are given.
    fn twist_names(&mut self, twist: impl Fn(&mut Vec<OpenName>) + 'static) {
        self.twist(move |_, request, answer| match answer {
            Answer::Response { status: 200, body } if request.path.ends_with("/names") => {
                let mut given: RoomNames = serde_json::from_slice(&body).unwrap();
                twist(&mut given.names);
                ok(&given)
            }
            other => other,
        });
    }
}

/// The service gives other names, and swaps those of two people. Who does not know them yet is shown none.
#[test]
fn another_name_is_not_shown() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let right = liar.names_shown(1);
    assert!(right.iter().all(Option::is_some));
    liar.forget_names(1);
    liar.twist_names(|given| {
        let mut texts: Vec<String> = given.iter().map(|name| name.name.clone()).collect();
        texts.rotate_left(1);
        texts[0] = "Mallory".into();
        given.iter_mut().zip(texts).for_each(|(name, text)| name.name = text);
    });
    liar.restart(1);
    let shown = liar.names_shown(1);
    assert!(shown.iter().zip(&right).all(|(shown, right)| shown.is_none() || shown == right), "{shown:?}");
    assert!(shown.contains(&None));
    liar.goes_on(&[0, 1, 2]);
    liar.be_honest();
    liar.restart(1);
    assert_eq!(liar.names_shown(1), right);
}

/// The service gives names of which the log says nothing, without end: they take no place on anybody's disk.
#[test]
fn names_that_nobody_asked_for_are_not_kept() {
    let mut liar = Liar::new(1, HistoryRule::AllRetained);
    let before = liar.records(1);
    liar.forget_names(1);
    liar.twist_names(|given| given.extend((0..100).map(|_| OpenName::new("Mallory", &mut system_rng()))));
    liar.restart(1);
    assert_eq!(liar.records(1).keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    liar.goes_on(&[0, 1]);
}
