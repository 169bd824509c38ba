//! The service's database was put back to an older copy: honestly, or so it says.

use igoon_shared::{
    client::{
        Command,
        io::{Alarm, Body, OutgoingState, Standing},
    },
    ids::{Incarnation, NameHash, Seq},
    log::{
        Action, HistoryRule,
        action::{Renameable, Renamed},
    },
    protocol::frames::{Accepted, ClientFrame, Restored, ServerFrame},
};

use crate::{
    service::{Liar, Word},
    world::{LIFE, Service},
};

const ACCOMPLICE: usize = 2;

/// A room that goes on after a copy was taken: messages, a name, somebody put out under another key. The copy, and what was
/// written after it.
fn gone_on() -> (Liar, Service, Vec<String>) {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let copy = liar.faces[0].clone();
    let room = liar.room;
    let mut texts = vec![liar.write(0), liar.write(1)];
    liar.command(0, Command::RenameRoom { room, name: "Another name".to_owned() });
    liar.command(0, Command::RemoveMember { room, account: liar.identity(ACCOMPLICE).account() });
    texts.extend([liar.write(1), liar.write(0)]);
    liar.goes_on(&[0, 1]);
    (liar, copy, texts)
}

impl Liar {
    /// The service begins another life with this copy, and everybody comes again.
    fn put_back(&mut self, copy: &Service) {
        self.faces[0].restore(copy);
        for who in 0..self.hosts.len() {
            self.hosts[who].disconnect(Some(self.now));
        }
    }

    fn lost(&self, who: usize) -> Vec<(Seq, Seq)> {
        self.hosts[who].view.as_ref().unwrap().lost.clone()
    }
}

#[test]
fn what_a_restored_copy_lacks_is_brought_back_and_nothing_that_was_taken_is_lost_silently() {
    let (mut liar, copy, texts) = gone_on();
    let (log, last, before) = (liar.log(0).clone(), liar.faces[0].head(), copy.head());
    liar.heard.clear();
    liar.put_back(&copy);
    liar.settle();
    assert_eq!(liar.log(0).head(), log.head(), "the service has the same log again");
    assert_eq!(liar.log(0).current_epoch(), log.current_epoch());
    for who in [0, 1] {
        assert_eq!(liar.hosts[who].standing(), Some(Standing::Ready), "{}", liar.hosts[who].diagnosis());
        assert_eq!(liar.lost(who), [(before.next(), last)], "shown as lost");
        assert!(texts.iter().all(|text| liar.hosts[who].texts().contains(&text.as_str())), "and kept");
        assert_eq!(liar.hosts[who].view.as_ref().unwrap().name.as_deref(), Some("Another name"));
    }
    liar.goes_on(&[0, 1]);
    liar.nothing_leaked(&[0, 1]);
    assert_eq!(liar.people_shown(0), [1, 2], "who was put out stays out");
    // What came in another life is taken in order, and so over a restart.
    liar.restart(1);
    liar.goes_on(&[0, 1]);
    // A computer that comes now opens the key by what was handed over anew, and the name.
    let names = liar.faces[0].names.iter().filter(|name| name.name == "Another name");
    assert_eq!(names.count(), 1);
}

/// What the service said that it took, and was put back before it showed it: nobody has it but its author, who is told so.
#[test]
fn what_was_taken_and_not_shown_before_a_restore_is_told_of() {
    let mut liar = Liar::new(1, HistoryRule::AllRetained);
    let copy = liar.faces[0].clone();
    let text = liar.write_unsent(0);
    let message_id = liar.hosts[0].outgoing.values().find(|view| view.text == text).unwrap().message_id;
    liar.hosts[0].up.clear();
    let (room, seq) = (liar.room, liar.faces[0].next_seq());
    liar.tell(0, ServerFrame::Accepted(Accepted { room, message_id, incarnation: LIFE, seq }));
    liar.put_back(&copy);
    liar.settle();
    assert_eq!(liar.hosts[0].outgoing[&message_id].state, OutgoingState::Lost);
    liar.command(0, Command::Retry { room, message_id });
    assert!(liar.hosts[1].texts().contains(&text.as_str()));
    liar.goes_on(&[0, 1]);
}

/// Who was away since before the copy was taken has nothing more than it: for them, nothing is lost.
#[test]
fn who_was_away_goes_on_in_the_next_life() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    liar.hosts[ACCOMPLICE].away = true;
    let copy = liar.faces[0].clone();
    liar.command(0, Command::RenameRoom { room: liar.room, name: "Another name".to_owned() });
    let lost = liar.write(0);
    liar.put_back(&copy);
    liar.settle();
    liar.hosts[ACCOMPLICE].away = false;
    liar.settle();
    assert_eq!(liar.hosts[ACCOMPLICE].standing(), Some(Standing::Ready));
    assert!(liar.lost(ACCOMPLICE).is_empty());
    assert!(!liar.hosts[ACCOMPLICE].texts().contains(&lost.as_str()));
    assert_eq!(liar.hosts[ACCOMPLICE].view.as_ref().unwrap().name.as_deref(), Some("Another name"));
    let text = liar.write(0);
    let shown = liar.hosts[ACCOMPLICE].shown.values().find(|view| view.body == Body::Text(text.clone()));
    assert!(shown.unwrap().gap, "the message before it is nowhere for them");
    liar.goes_on(&[0, 1, 2]);
}

/// What people write goes when all is back, not before; whatever moment the client ends at, it goes on from there.
#[test]
fn nothing_is_sent_before_what_was_lost_is_back() {
    let (mut liar, copy, _) = gone_on();
    for moment in 1..=16 {
        liar.put_back(&copy);
        liar.heard.clear();
        let text = liar.write_unsent(0);
        liar.hosts[0].crash_in = Some(moment);
        liar.hosts[1].away = true;
        liar.settle();
        let position =
            |is_it: fn(&Word) -> bool| liar.heard.iter().position(|heard| heard.who == 0 && is_it(&heard.what));
        let brought = position(|word| matches!(word, Word::Request(request) if request.path.ends_with("/log/lost")));
        let sent = position(|word| matches!(word, Word::Frame(ClientFrame::Send(_))));
        assert!(brought.unwrap() < sent.unwrap(), "at {moment}");
        liar.hosts[1].away = false;
        liar.settle();
        assert!(liar.hosts[1].texts().contains(&text.as_str()), "at {moment}");
        assert!(!liar.hosts[ACCOMPLICE].texts().contains(&text.as_str()), "at {moment}");
        liar.goes_on(&[0, 1]);
        liar.nothing_leaked(&[0, 1]);
    }
}

/// Somebody who was put out writes into the log before who knows of it is back. Nothing is sent until a person decides; who
/// follows the service has the removal signed again.
#[test]
fn a_log_that_went_on_otherwise_after_a_restore_is_followed_only_when_a_person_says_so() {
    let (mut liar, copy, texts) = gone_on();
    (liar.hosts[0].away, liar.hosts[1].away) = (true, true);
    liar.put_back(&copy);
    let renamed = Renamed { what: Renameable::Handle, name: NameHash::from_bytes([7; 32]) };
    liar.append(0, ACCOMPLICE, Action::Renamed(renamed));
    (liar.hosts[0].away, liar.hosts[1].away) = (false, false);
    liar.heard.clear();
    liar.settle();
    for who in [0, 1] {
        liar.stands_still(who, Alarm::Restored);
    }
    liar.nothing_leaked(&[0, 1]);
    // Looking does not change what is so.
    let room = liar.room;
    liar.command(0, Command::LookedAt { room });
    liar.stands_still(0, Alarm::Restored);

    liar.command(1, Command::FollowService { room });
    liar.command(0, Command::FollowService { room });
    liar.settle();
    assert_eq!(liar.people_shown(0), [1, 2], "who was put out is put out again");
    liar.goes_on(&[0, 1]);
    for who in [0, 1] {
        assert!(texts.iter().all(|text| liar.hosts[who].texts().contains(&text.as_str())));
        liar.restart(who);
    }
    liar.goes_on(&[0, 1]);
    liar.nothing_leaked(&[0, 1]);
}

/// The service speaks of a life that is over, or of a copy in which there is nothing: a person has to look, and a service that
/// is honest again is followed.
#[test]
fn a_life_that_cannot_be_is_followed_only_when_a_person_says_so() {
    let (mut liar, copy, texts) = gone_on();
    let room = liar.room;
    liar.put_back(&copy);
    liar.settle();
    let lost = liar.lost(1);
    for incarnation in [Incarnation(1), Incarnation(u32::MAX)] {
        let face = liar.faces[0].clone();
        liar.hosts[1].disconnect(Some(liar.now));
        let now = liar.now;
        liar.hosts[1].connect(now, &face);
        let welcome = liar.hosts[1].down.pop_front().unwrap();
        liar.hosts[1].down.extend([welcome, ServerFrame::Restored(Restored { room, incarnation, kept: Seq(0) })]);
        liar.heard.clear();
        liar.settle();
        assert_eq!(liar.hosts[1].standing(), Some(Standing::Alarm(Alarm::Restored)));
        liar.write(1);
        assert_eq!(liar.waiting(1), 1);
        assert!(texts.iter().all(|text| liar.hosts[1].texts().contains(&text.as_str())));
        liar.command(1, Command::FollowService { room });
        liar.settle();
        assert_eq!((liar.waiting(1), liar.lost(1)), (0, lost.clone()));
        liar.goes_on(&[0, 1]);
    }
    liar.nothing_leaked(&[0, 1]);
}
