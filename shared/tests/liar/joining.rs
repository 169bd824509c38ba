//! What a newcomer is shown: the link holds the room's id and a secret, and nothing else is believed.

use igoon_shared::{
    client::{
        Answer, Command, Input,
        io::{Alarm, InviteTerms, Standing},
    },
    crypto::{
        epoch::{EpochKey, SealedKey, SealingSecret},
        invite::InviteSecret,
        system_rng,
    },
    log::HistoryRule,
    protocol::{
        codec,
        error::ErrorCode,
        frames::{Page, RoomAdded, ServerFrame},
        http::{LogPage, OpenInvite},
    },
};

use crate::{
    service::Liar,
    world::{LIFE, Who, not_entitled, ok},
};

const NEWCOMER: usize = 2;

/// Changes what a newcomer is shown.
type Twist = Box<dyn FnMut(&mut OpenInvite)>;

/// A room of two, an invite, and somebody who has the link.
fn invited() -> (Liar, InviteSecret) {
    let mut liar = Liar::new(1, HistoryRule::AllRetained);
    liar.hosts[0].invite = None;
    liar.command(0, Command::Invite { room: liar.room, terms: InviteTerms { uses: 5, ..InviteTerms::default() } });
    let secret = liar.hosts[0].invite.clone().unwrap();
    assert_eq!(liar.add(Who::person(4)), NEWCOMER);
    (liar, secret)
}

impl Liar {
    /// Changes what a newcomer is shown of the room.
    fn twist_opening(&mut self, mut twist: impl FnMut(&mut OpenInvite) + 'static) {
        self.twist(move |_, request, answer| match answer {
            Answer::Response { status: 200, body } if request.path.ends_with("/invites/open") => {
                let mut opened = serde_json::from_slice(&body).unwrap();
                twist(&mut opened);
                ok(&opened)
            }
            other => other,
        });
    }

    fn join(&mut self, secret: &InviteSecret) {
        self.command(NEWCOMER, Command::Join { room: self.room, secret: secret.clone() });
    }
}

/// Another room's log under this room's id, a log with an entry changed or left out, one that ends before the invite: nobody
/// joins it, and the person is told.
#[test]
fn a_log_that_is_not_the_links_is_not_joined() {
    let (mut liar, secret) = invited();
    let other = Liar::new(1, HistoryRule::AllRetained).faces.swap_remove(0);
    let other: Vec<_> = other.entries.into_iter().map(|(entry, _)| entry).collect();
    let length = liar.faces[0].entries.len();
    let twists: [(Twist, ErrorCode); 5] = [
        (Box::new(move |opened| opened.entries.clone_from(&other)), ErrorCode::BadEntry),
        (Box::new(|opened| opened.entries[3].signature.0[7] ^= 1), ErrorCode::BadEntry),
        (Box::new(|opened| drop(opened.entries.remove(2))), ErrorCode::BadEntry),
        (Box::new(|opened| drop(opened.entries.remove(0))), ErrorCode::BadEntry),
        (Box::new(|opened| opened.entries.truncate(2)), ErrorCode::InviteNotValid),
    ];
    for (mut twist, code) in twists {
        liar.twist_opening(move |opened| twist(opened));
        liar.hosts[NEWCOMER].failures.clear();
        liar.heard.clear();
        liar.join(&secret);
        assert_eq!(liar.hosts[NEWCOMER].failures, [code]);
        assert_eq!(liar.faces[0].entries.len(), length, "it joined nothing");
        liar.nothing_leaked(&[]);
    }
    // With the true one it does.
    liar.be_honest();
    liar.join(&secret);
    assert_eq!(liar.hosts[NEWCOMER].standing(), Some(Standing::Ready));
    liar.goes_on(&[0, 1, NEWCOMER]);
}

/// Another key beside the invite, which the service has: the newcomer does not use it, and starts an
/// epoch with its own.
#[test]
fn another_key_beside_the_invite_is_not_used() {
    let (mut liar, secret) = invited();
    let (room, epoch) = (liar.room, liar.log(0).current_epoch());
    let theirs = EpochKey::random(&mut system_rng());
    // The service does not have the link's secret; even if it had, the log pins another key.
    let sealing = secret.sealing_secret(room);
    let sealed = SealedKey::seal(SealingSecret::Invite(&sealing), room, epoch, &theirs, &mut system_rng()).unwrap();
    liar.twist_opening(move |opened| opened.sealed.as_mut().unwrap().sealed = sealed.clone());
    liar.heard.clear();
    liar.join(&secret);
    assert_eq!(liar.hosts[NEWCOMER].standing(), Some(Standing::Ready));
    assert_eq!(liar.log(0).current_epoch(), epoch.next());
    liar.be_honest();
    liar.goes_on(&[0, 1, NEWCOMER]);
    liar.nothing_leaked(&[0, 1, NEWCOMER]);
}

/// Another room's log under this room's id, from its first entry on, as the room's stream and as the log that is shown to whoever
/// is not given the stream. It is whole, and has the newcomer in it; it is not this room's.
#[test]
fn another_rooms_log_is_not_taken_for_this_rooms() {
    let mut liar = Liar::new(1, HistoryRule::AllRetained);
    let other = Liar::new(2, HistoryRule::AllRetained).faces.swap_remove(0);
    let (room, head) = (liar.room, other.head());
    let entries: Vec<_> = other.entries.iter().map(|(entry, _)| entry.clone()).collect();
    let page = ServerFrame::Page(Page { room, incarnation: LIFE, items: other.stream.clone(), more: false, head });
    let not_given = not_entitled(room);
    for (given, asks_for_the_log) in [(page, false), (not_given, true)] {
        let newcomer = liar.add(Who::person(3));
        liar.hosts[newcomer].away = true;
        liar.events(newcomer, Input::Connected);
        for frame in [ServerFrame::RoomAdded(RoomAdded { room }), given] {
            liar.events(newcomer, Input::Frame(codec::encode(&frame)));
        }
        let asked = liar.hosts[newcomer].requests.pop_front();
        assert_eq!(asked.as_ref().is_some_and(|request| request.path.ends_with("/log?from=0")), asks_for_the_log);
        if let Some(request) = asked {
            let answer = ok(&LogPage { entries: entries.clone(), more: false });
            liar.events(newcomer, Input::Answer { request: request.id, answer });
        }
        assert_eq!(liar.hosts[newcomer].standing(), Some(Standing::Alarm(Alarm::LogBroken)));
        assert!(liar.people_shown(newcomer).is_empty() && liar.hosts[newcomer].texts().is_empty());
    }
}
