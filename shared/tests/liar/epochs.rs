//! Epochs that do not go forward: an old one started again, another key under its number, messages and wishes of closed ones.

use igoon_shared::{
    client::{
        Command,
        io::{OutgoingState, Unreadable},
    },
    crypto::{epoch::EpochKey, system_rng},
    ids::Epoch,
    log::{EpochReason, HistoryRule, IgnoredReason},
    protocol::{
        error::ErrorCode,
        frames::{KeysWanted, Refused, ServerFrame, StreamContent},
    },
};

use crate::{forging::epoch_started, service::Liar};

const ACCOMPLICE: usize = 2;

/// A member starts an epoch that was or is, or one beyond the next: nobody uses the key, and the page shows the attempt.
#[test]
fn an_epoch_that_is_not_the_next_has_no_effect() {
    let mut liar = Liar::new(2, HistoryRule::FromJoining);
    let current = liar.log(0).current_epoch();
    let key = EpochKey::random(&mut system_rng());
    let pinned = liar.log(0).epoch(current).unwrap().key_id;
    liar.heard.clear();
    for epoch in [Epoch(1), Epoch(current.0 - 1), current, Epoch(current.0 + 2), Epoch(0), Epoch(u64::MAX)] {
        liar.append(0, ACCOMPLICE, epoch_started(epoch, &key, EpochReason::Age));
        liar.shown_without_effect(&[0, 1, 2], IgnoredReason::NotNextEpoch);
    }
    // The next, for a reason of which the log knows nothing.
    liar.append(0, ACCOMPLICE, epoch_started(current.next(), &key, EpochReason::MemberRemoved));
    liar.shown_without_effect(&[0, 1, 2], IgnoredReason::NothingHappened);
    for who in 0..3 {
        let log = liar.hosts[who].client.room(liar.room).unwrap().log().unwrap();
        assert_eq!((log.current_epoch(), log.epoch(current).unwrap().key_id), (current, pinned));
    }
    liar.goes_on(&[0, 1, 2]);
    liar.nothing_leaked(&[0, 1, 2]);
}

/// After a removal the service goes on with the epoch before it: it shows messages sealed under it, asks for its key, and says
/// that the new one is closed.
#[test]
fn a_closed_epoch_does_not_come_back() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let closed = liar.log(0).current_epoch();
    let late = liar.header(0, 1);
    liar.command(0, Command::RemoveMember { room: liar.room, account: liar.identity(ACCOMPLICE).account() });
    liar.goes_on(&[0, 1]);
    // By one who is still there, and by one who is not: each knows the log as it is.
    for by in [1, ACCOMPLICE] {
        let mut header = liar.header(0, by);
        (header.epoch, header.key_id) = (late.epoch, late.key_id);
        let message = liar.seal(by, &header, "under the old key");
        let seq = liar.show(0, StreamContent::Message(message));
        for who in 0..2 {
            assert_eq!(liar.unreadable(who, seq), Unreadable::NotPermitted);
        }
    }
    liar.heard.clear();
    let devices = vec![liar.hosts[1].device(), liar.hosts[ACCOMPLICE].device()];
    liar.tell(0, ServerFrame::KeysWanted(KeysWanted { room: liar.room, epoch: closed, devices, links: vec![] }));
    assert_eq!(liar.wrapped_for(), []);
    liar.goes_on(&[0, 1]);

    // What the service refuses is never sealed under an earlier key.
    let text = liar.write_unsent(0);
    let message_id = liar.hosts[0].outgoing.values().find(|view| view.text == text).unwrap().message_id;
    let refused = Refused { room: liar.room, message_id, code: ErrorCode::EpochClosed, retry_after_ms: None };
    liar.hosts[0].up.clear();
    liar.tell(0, ServerFrame::Refused(refused));
    assert_eq!(liar.hosts[0].outgoing[&message_id].state, OutgoingState::Waiting, "and its person sees it wait");
    assert!(!liar.hosts[1].texts().contains(&text.as_str()));
    liar.restart(0);
    liar.goes_on(&[0, 1]);
    assert!(liar.hosts[1].texts().contains(&text.as_str()), "it was sent when the service let it");
    liar.nothing_leaked(&[0, 1]);
}
