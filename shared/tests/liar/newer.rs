//! Entries that this build does not understand: it sends nothing, wraps nothing and starts no epoch until it is newer, for an
//! entry that it cannot read may have put somebody out.

use igoon_shared::{
    client::{
        Answer, Command, Input,
        io::{Alarm, Remedy, Standing, Unreadable},
    },
    crypto::{
        label,
        message::{MessageHeader, MessageKind},
    },
    log::{Action, HistoryRule, SignedEntry, action::Left},
    protocol::{bytes::Blob, error::ErrorCode, frames::StreamContent},
};

use crate::{
    service::Liar,
    support::message_pack::{Value, text},
    world::refusal,
};

const ACCOMPLICE: usize = 3;

/// An entry as a newer program would make it, by the accomplice.
fn newer(liar: &Liar, change: impl FnOnce(&mut Value)) -> SignedEntry {
    let by = liar.identity(ACCOMPLICE);
    let honest = liar.body(0, &by, Action::Left(Left {})).sign(by.keys());
    let mut body = Value::read(&honest.entry.0);
    change(&mut body);
    let entry = body.shortest();
    let signature = by.keys().sign(label::SIGN_LOG_ENTRY, &[&entry]);
    SignedEntry { entry: Blob(entry), signature: Blob(signature.to_vec()) }
}

#[test]
fn an_entry_of_an_unknown_kind_version_or_suite_stops_the_room() {
    let mut liar = Liar::new(3, HistoryRule::AllRetained);
    let entries = [
        newer(&liar, |body| body.field("action").entries()[0].0 = text("moved")),
        newer(&liar, |body| *body.field("version") = Value::Int(2)),
        newer(&liar, |body| *body.field("suite") = Value::Int(2)),
        newer(&liar, |body| {
            let left = &mut body.field("action").entries()[0].1;
            left.entries().push((text("why"), Value::Int(1)));
        }),
    ];
    for (who, entry) in entries.into_iter().enumerate() {
        let face = liar.second_face(&[who]);
        liar.show(face, StreamContent::Log(entry));
        liar.stands_still(who, Alarm::NeedsNewer);
    }
    assert_eq!(Standing::Alarm(Alarm::NeedsNewer).remedy(), Some(Remedy::Update));
    liar.nothing_leaked(&[0, 1, 2, 3]);
}

/// What was on its way when the entry came is not repeated: it may wrap a key for somebody whom the entry put out.
#[test]
fn an_append_on_its_way_is_not_repeated_after_an_entry_that_is_not_understood() {
    for beaten in [false, true] {
        let mut liar = Liar::new(3, HistoryRule::AllRetained);
        let account = liar.identity(2).account();
        liar.hosts[0].command(liar.now, Command::RemoveMember { room: liar.room, account });
        let request = liar.hosts[0].requests.pop_back().unwrap();
        let entry = newer(&liar, |body| body.field("action").entries()[0].0 = text("moved"));
        let face = liar.second_face(&[0]);
        let answer = if beaten { refusal(409, ErrorCode::LogConflict) } else { Answer::Unreachable };
        liar.heard.clear();
        liar.show(face, StreamContent::Log(entry));
        liar.events(0, Input::Answer { request: request.id, answer });
        liar.stands_still(0, Alarm::NeedsNewer);
        assert_eq!(liar.wrapped_for(), []);
    }
}

/// A message of an unknown kind stops nothing: it says that it needs a newer version.
#[test]
fn a_message_of_an_unknown_kind_is_shown_so() {
    let mut liar = Liar::new(1, HistoryRule::AllRetained);
    let header = MessageHeader { kind: MessageKind(99), ..liar.header(0, 1) };
    let seq = liar.show(0, StreamContent::Message(liar.seal(1, &header, "a poll")));
    assert_eq!(liar.unreadable(0, seq), Unreadable::NeedsNewer);
    assert_eq!(Unreadable::NeedsNewer.remedy(), Some(Remedy::Update));
    liar.goes_on(&[0, 1]);
}
