//! Messages that nobody wrote so: in another's name, a second time, in another order, in another room, or not at all.

use igoon_shared::{
    client::{
        Command,
        io::{Body, OutgoingState, Unreadable},
    },
    crypto::{
        epoch::EpochKey,
        message::{MessageHeader, SealedMessage},
    },
    ids::{MessageId, RoomId, Seq},
    log::HistoryRule,
    protocol::{
        bytes::Blob,
        codec,
        frames::{Accepted, ClientFrame, ServerFrame, StreamContent},
    },
};

use crate::{forging::intruder, service::Liar, world::LIFE};

const ACCOMPLICE: usize = 2;

impl Liar {
    /// What a client writes now. The service says that it took it, and keeps it back.
    fn kept_back(&mut self, who: usize) -> SealedMessage {
        self.write_unsent(who);
        let sent = self.hosts[who].up.pop_back().map(|frame| codec::decode(&frame).unwrap());
        let Some(ClientFrame::Send(send)) = sent else { panic!("{sent:?}") };
        let message_id = send.message.header().unwrap().message_id;
        self.say_it_took(who, message_id);
        send.message
    }

    /// Says to a client that a message was taken, as the next in the stream.
    fn say_it_took(&mut self, who: usize, message_id: MessageId) {
        let (room, seq) = (self.room, self.faces[0].next_seq());
        self.tell(who, ServerFrame::Accepted(Accepted { room, message_id, incarnation: LIFE, seq }));
    }

    fn show_message(&mut self, message: &SealedMessage) -> Seq {
        self.show(0, StreamContent::Message(message.clone()))
    }
}

/// A member, with the room's key and the service's help, writes in the owner's name; and the service changes what it wrote.
#[test]
fn a_message_in_anothers_name_is_not_read() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let owners = liar.header(0, 0);
    let false_name = liar.seal(ACCOMPLICE, &owners, "I resign");
    let honest = liar.message(0, ACCOMPLICE, "well");
    let [mut other_text, mut unsigned] = [(); 2].map(|()| honest.clone());
    other_text.ciphertext.0[3] ^= 1;
    unsigned.signature = Blob(vec![0; 64]);
    let sooner =
        MessageHeader { sent_at: honest.header().unwrap().sent_at.plus_millis(-60_000), ..honest.header().unwrap() };
    let other_header = SealedMessage { header: Blob(codec::encode(&sooner)), ..honest };
    let unknown = MessageHeader { device: intruder().id(), ..liar.header(0, ACCOMPLICE) };
    let unknown = liar.seal(ACCOMPLICE, &unknown, "hello");
    for (message, why) in [
        (false_name, Unreadable::BadSignature),
        (other_text, Unreadable::BadSignature),
        (other_header, Unreadable::BadSignature),
        (unsigned, Unreadable::BadSignature),
        (unknown, Unreadable::NotPermitted),
    ] {
        let seq = liar.show_message(&message);
        for who in 0..3 {
            assert_eq!(liar.unreadable(who, seq), why);
            let view = &liar.hosts[who].shown[&seq];
            assert!(!view.mine && view.account.is_none(), "nobody is shown as its author");
        }
    }
    // What a member signed itself, but did not seal under the room's key.
    let noise = EpochKey::from_slice(&[7; 32]).unwrap();
    let noise = liar.seal_under(&noise, ACCOMPLICE, &liar.header(0, ACCOMPLICE), "noise");
    let seq = liar.show_message(&noise);
    assert_eq!(liar.unreadable(1, seq), Unreadable::Damaged);
    liar.goes_on(&[0, 1, 2]);
}

/// What waits in the owner's outbox stays there, whatever another device's message is called.
#[test]
fn a_name_that_another_sender_took_is_another_name() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let text = liar.write_unsent(0);
    liar.hosts[0].up.clear();
    let waiting = liar.hosts[0].outgoing.values().find(|view| view.text == text).unwrap().message_id;
    let mut taken = liar.header(0, ACCOMPLICE);
    taken.message_id = waiting;
    let seq = liar.show_message(&liar.seal(ACCOMPLICE, &taken, "mine"));
    assert_eq!(liar.hosts[0].outgoing[&waiting].state, OutgoingState::Waiting);
    let shown = &liar.hosts[0].shown[&seq];
    assert!(!shown.mine && shown.body == Body::Text("mine".into()) && shown.device != Some(liar.hosts[0].device()));
    // In the owner's name altogether: no signature of the owner's says so.
    taken.device = liar.hosts[0].device();
    let seq = liar.show_message(&liar.seal(ACCOMPLICE, &taken, "mine, too"));
    assert_eq!(liar.unreadable(0, seq), Unreadable::BadSignature);
    assert_eq!(liar.hosts[0].outgoing[&waiting].state, OutgoingState::Waiting);
    liar.reconnect(0);
    assert!(liar.hosts[1].texts().contains(&text.as_str()), "it is sent in the end, once");
    let times = liar.hosts[1].texts().iter().filter(|shown| **shown == text).count();
    assert_eq!(times, 1);
    liar.goes_on(&[0, 1, 2]);
}

/// The service says that it took a message that nobody wrote: what waits goes on waiting.
#[test]
fn what_was_taken_under_a_name_that_nobody_gave_takes_nothing_from_the_outbox() {
    let mut liar = Liar::new(1, HistoryRule::AllRetained);
    let text = liar.write_unsent(0);
    liar.hosts[0].up.clear();
    liar.say_it_took(0, MessageId::from_bytes([9; 16]));
    assert_eq!(liar.waiting(0), 1);
    liar.reconnect(0);
    assert!(liar.hosts[1].texts().contains(&text.as_str()), "it is sent in the end");
    assert_eq!(liar.waiting(0), 0);
}

/// A message comes a second time, also after a restart; the copy is shown as one, and moves nothing.
#[test]
fn a_replayed_message_is_shown_as_a_copy() {
    let mut liar = Liar::new(1, HistoryRule::AllRetained);
    liar.write(0);
    let message = last_message(&liar);
    let unread = liar.hosts[1].view.as_ref().unwrap().unread;
    for anew in [false, true] {
        if anew {
            liar.restart(1);
        }
        let seq = liar.show_message(&message);
        for who in 0..2 {
            assert_eq!(liar.unreadable(who, seq), Unreadable::Replayed);
        }
        assert_eq!(liar.hosts[1].view.as_ref().unwrap().unread.count, unread.count, "nobody is called for it");
    }
    liar.goes_on(&[0, 1]);
}

/// Two messages in the other order: the second shows that one is missing before it, the first counts no more.
#[test]
fn reordered_messages_are_shown_as_a_gap_and_a_copy() {
    let mut liar = Liar::new(1, HistoryRule::AllRetained);
    let (first, second) = (liar.kept_back(0), liar.kept_back(0));
    let seq = liar.show_message(&second);
    assert!(liar.hosts[1].shown[&seq].gap && matches!(liar.hosts[1].shown[&seq].body, Body::Text(_)));
    let seq = liar.show_message(&first);
    assert_eq!(liar.unreadable(1, seq), Unreadable::Replayed);
    liar.goes_on(&[0, 1]);
}

/// A message is dropped, though its sender was told that it was taken: the next shows a gap to everybody, its sender too, who keeps
/// it, is told that it is lost, and can send it again.
#[test]
fn a_dropped_message_is_shown_as_a_gap() {
    for anew in [false, true] {
        let mut liar = Liar::new(1, HistoryRule::AllRetained);
        let room = liar.room;
        let message_id = liar.kept_back(0).header().unwrap().message_id;
        let state = |liar: &Liar| liar.hosts[0].outgoing[&message_id].state;
        // Over the end of a program's run, too.
        if anew {
            liar.restart(0);
        }
        assert!(matches!(state(&liar), OutgoingState::Accepted(_)), "it may still come");
        assert!(liar.hosts.iter().all(|host| host.shown.values().all(|view| !view.gap)));
        liar.write(0);
        let seq = Seq(liar.faces[0].stream.len() as u64);
        for who in 0..2 {
            assert!(liar.hosts[who].shown[&seq].gap, "to {who}");
        }
        assert_eq!(state(&liar), OutgoingState::Lost);
        if anew {
            liar.restart(0);
            assert_eq!(state(&liar), OutgoingState::Lost, "as long as its person does nothing");
        }
        liar.goes_on(&[0, 1]);
        let text = liar.hosts[0].outgoing[&message_id].text.clone();
        assert!(!liar.hosts[1].texts().contains(&text.as_str()), "it is not sent by itself");
        liar.command(0, Command::Retry { room, message_id });
        assert!(matches!(state(&liar), OutgoingState::Accepted(_)));
        for who in 0..2 {
            assert_eq!(liar.hosts[who].texts().iter().filter(|shown| **shown == text).count(), 1, "by {who}");
        }
        liar.goes_on(&[0, 1]);
    }
}

/// A message of another room, sealed under a key that happens to be known here, in this room's stream.
#[test]
fn a_message_of_another_room_is_not_read() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let elsewhere = MessageHeader { room: RoomId::from_bytes([1; 32]), ..liar.header(0, 1) };
    let seq = liar.show_message(&liar.seal(1, &elsewhere, "for the others"));
    for who in 0..3 {
        assert_eq!(liar.unreadable(who, seq), Unreadable::NotPermitted);
        assert!(!liar.hosts[who].texts().contains(&"for the others"));
    }
    liar.goes_on(&[0, 1, 2]);
}

/// A member seals under the room's key and names another: the header would say one thing, and what opens it another.
#[test]
fn a_message_that_names_another_key_is_not_read() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let other_key = EpochKey::from_slice(&[7; 32]).unwrap().key_id();
    let names_it = MessageHeader { key_id: other_key, ..liar.header(0, ACCOMPLICE) };
    let seq = liar.show_message(&liar.seal(ACCOMPLICE, &names_it, "under which key?"));
    for who in 0..3 {
        assert_eq!(liar.unreadable(who, seq), Unreadable::NotPermitted);
    }
    liar.goes_on(&[0, 1, 2]);
}

/// A member's counter goes back within a session, and a session that ended goes on: refused, before and after a restart.
#[test]
fn a_counter_that_goes_back_is_refused() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let first = liar.header(0, ACCOMPLICE);
    let numbered = |liar: &Liar, counter: u64| {
        let header = MessageHeader { counter, message_id: liar.header(0, ACCOMPLICE).message_id, ..first.clone() };
        liar.seal(ACCOMPLICE, &header, &format!("number {counter}"))
    };
    for counter in 0..4 {
        let message = numbered(&liar, counter);
        liar.show_message(&message);
    }
    assert!(liar.hosts[1].texts().ends_with(&["number 3"]));
    let between = liar.message(0, ACCOMPLICE, "another session");
    liar.show_message(&between);
    for anew in [false, true] {
        if anew {
            liar.restart(1);
        }
        for counter in [3, 1, 0] {
            let seq = liar.show_message(&numbered(&liar, counter));
            assert_eq!(liar.unreadable(1, seq), Unreadable::Replayed, "number {counter}");
        }
    }
    let seq = liar.show_message(&numbered(&liar, 4));
    assert!(!liar.hosts[1].shown[&seq].gap);
    liar.goes_on(&[0, 1, 2]);
}

/// The service says that it took a message of somebody else's name, or one that it never got.
#[test]
fn an_answer_for_what_was_not_sent_changes_nothing() {
    let mut liar = Liar::new(1, HistoryRule::AllRetained);
    let (room, theirs) = (liar.room, liar.header(0, 1).message_id);
    let before = liar.records(0);
    liar.say_it_took(0, theirs);
    assert_eq!(liar.records(0), before);
    liar.command(0, Command::Discard { room, message_id: theirs });
    liar.goes_on(&[0, 1]);
}

fn last_message(liar: &Liar) -> SealedMessage {
    match &liar.faces[0].stream.last().unwrap().content {
        StreamContent::Message(message) => message.clone(),
        StreamContent::Log(_) => panic!("an entry"),
    }
}
