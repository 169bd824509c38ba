//! The room's log and stream as a whole: two people are shown two of them, an older state comes back, entries and places are
//! held back.

use igoon_shared::{
    client::{
        Answer, Command, Input, Request,
        io::{Alarm, Method, Remedy, Standing},
    },
    ids::{Incarnation, LogIndex, NameHash, Seq},
    log::{
        Action, EntryBody, HistoryRule,
        action::{MemberRemoved, Renameable, Renamed},
    },
    protocol::{
        frames::{ClientFrame, CommittedEntry, Item, Page, ServerFrame, StreamContent, StreamItem},
        http::{Append, Appended},
    },
};

use crate::{
    service::{Liar, Word},
    world::{LIFE, ok},
};

const ACCOMPLICE: usize = 2;

/// Something that a member may do at any time.
fn renamed(number: u8) -> Action {
    Action::Renamed(Renamed { what: Renameable::Handle, name: NameHash::from_bytes([number; 32]) })
}

impl Liar {
    /// Shows the last thing of one face at the end of another.
    fn carry(&mut self, from: usize, to: usize) {
        let content = self.faces[from].stream.last().unwrap().content.clone();
        self.show(to, content);
    }

    /// The append that a client wants committed; the service does not do it.
    fn not_done(&mut self, who: usize, wish: Command) -> (Request, Append) {
        self.hosts[who].command(self.now, wish);
        let request = self.hosts[who].requests.pop_back().unwrap();
        assert!(request.method == Method::Post && request.path.ends_with("/log"), "{request:?}");
        let append = serde_json::from_slice(request.body.as_deref().unwrap()).unwrap();
        (request, append)
    }

    /// The answer that it was taken.
    fn taken(&self, append: &Append) -> Answer {
        let first = self.log(0).head().index.0 + 1;
        let seq = self.faces[0].next_seq();
        let entries = (0..append.entries.len() as u64)
            .map(|n| CommittedEntry { index: LogIndex(first + n), seq: Seq(seq.0 + n) })
            .collect();
        ok(&Appended { room: self.room, incarnation: LIFE, entries })
    }

    fn sent_by(&self, who: usize) -> usize {
        let sent = self.heard.iter().filter(|heard| heard.who == who);
        sent.filter(|heard| matches!(heard.what, Word::Frame(ClientFrame::Send(_)))).count()
    }
}

/// A member signs two entries for one place, and each of the others is shown one: their next messages bring it to light.
#[test]
fn a_fork_of_the_log_stops_the_room_for_both_sides() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let other = liar.second_face(&[1]);
    liar.append(0, ACCOMPLICE, renamed(1));
    liar.append(other, ACCOMPLICE, renamed(2));
    liar.heard.clear();
    liar.write(0);
    liar.carry(0, other);
    liar.stands_still(1, Alarm::LogForked);
    let message = liar.message(other, 1, "what I see");
    liar.show(0, StreamContent::Message(message));
    liar.stands_still(0, Alarm::LogForked);
    liar.nothing_leaked(&[0, 1, 2]);
}

/// The service hides a removal from one member. The next message of somebody who knows of it brings it to light: what that
/// member writes goes to nobody, least of all to who was put out.
#[test]
fn a_hidden_removal_comes_to_light_by_the_next_message() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let other = liar.second_face(&[1, ACCOMPLICE]);
    liar.command(0, Command::RemoveMember { room: liar.room, account: liar.identity(ACCOMPLICE).account() });
    // Under an epoch that is hidden as well.
    liar.write(0);
    assert_eq!(liar.hosts[1].standing(), Some(Standing::Ready));
    liar.heard.clear();
    liar.carry(0, other);
    liar.stands_still(1, Alarm::LogForked);
    liar.nothing_leaked(&[0, 1]);

    // The service shows what it hid; its person has looked.
    liar.shown[1] = 0;
    liar.command(1, Command::LookedAt { room: liar.room });
    liar.reconnect(1);
    assert_eq!(liar.people_shown(1), [1, 2]);
    liar.goes_on(&[0, 1]);
}

/// A message names a log head that this device was not shown, under an epoch that it knows.
#[test]
fn an_entry_held_back_comes_to_light_by_a_messages_log_head() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let other = liar.second_face(&[1]);
    liar.append(0, ACCOMPLICE, renamed(1));
    liar.write(0);
    liar.carry(0, other);
    liar.stands_still(1, Alarm::LogForked);
}

/// The service shows a state of the room before what a client has: another one would believe it.
#[test]
fn a_log_that_was_rolled_back_stops_the_room() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let old = liar.second_face(&[]);
    liar.command(0, Command::RemoveMember { room: liar.room, account: liar.identity(ACCOMPLICE).account() });
    liar.goes_on(&[0, 1]);
    liar.heard.clear();
    liar.shown[1] = old;
    liar.reconnect(1);
    liar.stands_still(1, Alarm::RolledBack);
    liar.nothing_leaked(&[0, 1]);
    liar.shown[1] = 0;
    liar.command(1, Command::LookedAt { room: liar.room });
    liar.reconnect(1);
    liar.goes_on(&[0, 1]);
}

/// At a place of the stream that a client has, the service shows another entry.
#[test]
fn another_entry_at_a_place_that_was_taken_stops_the_room() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let seq = liar.append(0, ACCOMPLICE, renamed(1));
    let item = liar.faces[0].stream[seq.0 as usize - 1].clone();
    let (room, received_at) = (liar.room, item.received_at);
    liar.tell(1, ServerFrame::Item(Item { room, incarnation: LIFE, item: item.clone() }));
    liar.goes_on(&[0, 1, 2]);
    let StreamContent::Log(taken) = &item.content else { panic!("a message") };
    let body = EntryBody { action: renamed(2), ..taken.body().unwrap() };
    let content = StreamContent::Log(body.sign(liar.identity(ACCOMPLICE).keys()));
    let item = StreamItem { seq, received_at, content };
    liar.tell(1, ServerFrame::Item(Item { room, incarnation: LIFE, item }));
    liar.stands_still(1, Alarm::LogForked);
}

/// The service says that it took a removal, and shows nothing of it: what is written then waits, also over a restart, until
/// the removal and the next epoch are there.
#[test]
fn nothing_is_sent_while_the_service_holds_back_what_it_says_it_took() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let account = liar.identity(ACCOMPLICE).account();
    let (request, append) = liar.not_done(0, Command::RemoveMember { room: liar.room, account });
    let answer = liar.taken(&append);
    let is_told = |liar: &Liar| liar.hosts[0].view.as_ref().unwrap().own_change_missing;
    liar.events(0, Input::Answer { request: request.id, answer });
    assert!(!is_told(&liar), "it may be on its way");
    let due = liar.hosts[0].client.next_deadline().unwrap();
    liar.now = liar.now.plus_millis(10_000);
    assert!(due <= liar.now, "without anybody doing anything");
    liar.events(0, Input::Tick);
    liar.heard.clear();
    let text = liar.write(0);
    for anew in [false, true] {
        if anew {
            liar.restart(0);
        }
        assert!(is_told(&liar), "anew: {anew}");
        assert_eq!((liar.sent_by(0), liar.waiting(0)), (0, 1), "it waits, and is shown so");
        assert_eq!(liar.people_shown(0).len(), 3, "the page shows what the log says");
    }
    // It comes after all.
    let before = liar.faces[0].stream.len();
    let now = liar.now;
    liar.faces[0].append(&append, now);
    let news = liar.faces[0].stream[before..].to_vec();
    for item in news {
        let (room, incarnation) = (liar.room, LIFE);
        for who in 0..2 {
            liar.tell(who, ServerFrame::Item(Item { room, incarnation, item: item.clone() }));
        }
    }
    assert!(!is_told(&liar));
    liar.goes_on(&[0, 1]);
    assert!(liar.hosts[1].texts().contains(&text.as_str()));
    assert!(!liar.hosts[ACCOMPLICE].texts().contains(&text.as_str()));
    liar.nothing_leaked(&[0, 1]);
}

/// The service says that it took an entry, and shows another at its place, before or after it says so.
#[test]
fn another_entry_in_the_place_of_ones_own_stops_the_room() {
    for first in [false, true] {
        let mut liar = Liar::new(2, HistoryRule::AllRetained);
        let account = liar.identity(ACCOMPLICE).account();
        let (request, append) = liar.not_done(0, Command::RemoveMember { room: liar.room, account });
        let answer = liar.taken(&append);
        if first {
            liar.append(0, ACCOMPLICE, renamed(1));
            liar.append(0, ACCOMPLICE, renamed(2));
        }
        liar.events(0, Input::Answer { request: request.id, answer });
        if !first {
            liar.append(0, ACCOMPLICE, renamed(1));
            liar.append(0, ACCOMPLICE, renamed(2));
        }
        liar.stands_still(0, Alarm::LogForked);
    }
}

/// The service speaks of another life of its database. When it does so no more, the room goes on.
#[test]
fn another_life_of_the_database_stops_the_room() {
    let mut liar = Liar::new(1, HistoryRule::AllRetained);
    let item = liar.faces[0].stream.last().unwrap().clone();
    liar.tell(1, ServerFrame::Item(Item { room: liar.room, incarnation: Incarnation(LIFE.0 + 1), item }));
    assert_eq!(liar.hosts[1].standing(), Some(Standing::Alarm(Alarm::Restored)));
    liar.heard.clear();
    liar.write(1);
    assert_eq!((liar.sent_by(1), liar.waiting(1)), (0, 1));
    liar.restart(1);
    liar.goes_on(&[0, 1]);
}

/// The service gives a member nothing any more, and shows no entry that says why.
#[test]
fn a_room_that_is_withheld_is_shown_so() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let face = liar.second_face(&[1]);
    let account = liar.identity(1).account();
    let removal = liar.entry(0, 0, Action::MemberRemoved(MemberRemoved { account }));
    liar.faces[face].state.as_mut().unwrap().apply(&removal).unwrap();
    liar.heard.clear();
    liar.reconnect(1);
    assert_eq!(liar.hosts[1].standing(), Some(Standing::Withheld));
    assert_eq!(Standing::Withheld.remedy(), Some(Remedy::AskOperator));
    let kept = liar.hosts[1].texts().len();
    liar.write(1);
    assert_eq!((liar.sent_by(1), liar.waiting(1), liar.hosts[1].texts().len()), (0, 1, kept));
    liar.shown[1] = 0;
    liar.reconnect(1);
    liar.goes_on(&[0, 1, 2]);
}

/// A page leaves a place of the stream out, or promises more than it shows: nothing is skipped, and the client does not ask
/// without end.
#[test]
fn a_place_that_is_left_out_is_never_skipped() {
    let mut liar = Liar::new(1, HistoryRule::AllRetained);
    liar.hosts[1].away = true;
    let texts = [liar.write(0), liar.write(0), liar.write(0)];
    let face = liar.second_face(&[1]);
    let left_out = liar.faces[face].stream.len() - 2;
    let at = liar.hosts[1].client.room(liar.room).unwrap().cursor().seq;
    liar.faces[face].stream.remove(left_out);
    liar.hosts[1].away = false;
    liar.heard.clear();
    liar.reconnect(1);
    assert_eq!(liar.hosts[1].client.room(liar.room).unwrap().cursor().seq, at.next(), "up to the place before");
    assert_eq!(liar.hosts[1].standing(), Some(Standing::CatchingUp), "it says that there is more");
    assert!(!liar.hosts[1].texts().contains(&texts[2].as_str()));
    let questions = liar.heard.iter().filter(|heard| matches!(heard.what, Word::Frame(ClientFrame::Sync(_)))).count();
    assert!(questions < 10, "{questions} questions in a few seconds");
    liar.shown[1] = 0;
    liar.reconnect(1);
    liar.goes_on(&[0, 1]);
    assert!(texts.iter().all(|text| liar.hosts[1].texts().contains(&text.as_str())));
}

/// Pages that nobody asked for: one would make the room older than it is, the other have it wait for what does not come.
#[test]
fn a_page_that_nobody_asked_for_is_not_looked_at() {
    let mut liar = Liar::new(1, HistoryRule::AllRetained);
    let room = liar.room;
    liar.heard.clear();
    for (head, more) in [(Seq(1), false), (Seq(9_999), true)] {
        liar.tell(1, ServerFrame::Page(Page { room, incarnation: LIFE, items: vec![], more, head }));
        assert_eq!(liar.hosts[1].standing(), Some(Standing::Ready));
    }
    assert!(!liar.heard.iter().any(|heard| matches!(heard.what, Word::Frame(ClientFrame::Sync(_)))));
    liar.goes_on(&[0, 1]);
}
