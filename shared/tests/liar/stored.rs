//! What lies on the computer's own disk, changed byte by byte. A host encrypts it; what is said here holds without that, too.

use std::collections::BTreeMap;

use igoon_shared::{
    client::{
        Client, Command, Identity,
        io::{Body, InviteTerms, MemberView, Standing},
        records::{message_place, read_message},
    },
    log::HistoryRule,
};

use crate::{
    checks::second_computer,
    service::Liar,
    support::{one_byte_flipped, rsa_pkcs8, signing_seed},
    world::Who,
};

/// The identity with each byte flipped in turn: it is refused, or the keys are what they were. Where it is another account's or
/// installation's then, it is another device, which nothing was given.
#[test]
fn a_stored_private_key_with_any_byte_flipped_is_refused_or_the_same() {
    let right = Who::person(1).identity();
    let record = right.to_record().unwrap();
    let parts = |identity: &Identity| identity.keys().to_parts().unwrap();
    let (mut refused, mut mended, mut another) = (0, 0, 0);
    for changed in one_byte_flipped(&record) {
        let Ok(read) = Identity::from_record(&changed) else {
            refused += 1;
            continue;
        };
        assert_eq!(*parts(&read).0, rsa_pkcs8(1), "what follows from the primes is calculated anew");
        match read.device() == right.device() {
            true => {
                assert_eq!(parts(&read), parts(&right));
                mended += 1;
            }
            // Another account, installation or signing key.
            false => another += 1,
        }
    }
    assert_eq!(refused + mended + another, record.len());
    assert!(refused > record.len() / 2 && another >= 64, "{refused}, {mended}, {another}");
}

/// A client that finds itself another device on its disk than the one it was does nothing in the room.
#[test]
fn a_device_that_is_another_one_after_a_change_of_its_record_is_given_nothing() {
    let mut liar = Liar::new(1, HistoryRule::AllRetained);
    let mut record = liar.identity(1).to_record().unwrap().to_vec();
    let seed = record.windows(32).position(|part| part == signing_seed(2)).unwrap();
    record[seed] ^= 1;
    let changed = Identity::from_record(&record).unwrap();
    let (client, _) = Client::open(changed, liar.records(1), liar.now).unwrap();
    liar.hosts[1].disconnect(None);
    liar.hosts[1].client = client;
    liar.heard.clear();
    liar.write(1);
    assert_eq!(liar.hosts[1].standing(), Some(Standing::NotApproved), "it says so");
    assert_eq!(liar.waiting(1), 1);
    liar.goes_on(&[0]);
    liar.nothing_leaked(&[0]);
}

/// One record of each kind, changed in many places. Either the client says which one it cannot read, or it goes on: it shows
/// nothing that nobody wrote, and gives nothing away.
#[test]
fn a_changed_record_is_refused_or_does_no_harm() {
    let mut liar = Liar::new(2, HistoryRule::FromJoining);
    liar.add(second_computer(4, 1));
    let bundle = liar.identity(3).bundle().signed().clone();
    liar.command(0, Command::Vouch { bundle, name: "laptop".into() });
    liar.command(0, Command::Invite { room: liar.room, terms: InviteTerms::default() });
    liar.reconnect(3);
    liar.everybody_writes();
    let seq = liar.hosts[0].client.room(liar.room).unwrap().cursor().seq;
    liar.command(0, Command::Read { room: liar.room, seq });
    let whole = liar.records(0);
    let mut kinds = BTreeMap::new();
    for (key, value) in &whole {
        kinds.insert(kind_of(key), (key.clone(), value.clone()));
    }
    let names: Vec<&str> = kinds.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["cursor", "entry", "given", "invite", "key", "left", "name", "places", "read", "said", "sender"]
    );
    liar.heard.clear();
    for (kind, (key, value)) in kinds {
        let mut driven = 0;
        let step = (value.len() / 40).max(1);
        for changed in one_byte_flipped(&value).step_by(step) {
            let mut records = whole.clone();
            records.insert(key.clone(), changed.clone());
            match Client::open(liar.identity(0), records.clone(), liar.now) {
                Err(refusal) => assert!(!refusal.0.is_empty(), "it says which"),
                Ok(_) if driven < 3 => {
                    driven += 1;
                    let messages = liar.hosts[0].records.iter().filter(|(key, _)| message_place(key).is_some());
                    let messages: BTreeMap<_, _> = messages.map(|(key, value)| (key.clone(), value.clone())).collect();
                    liar.hosts[0].records = records.into_iter().chain(messages).collect();
                    liar.restart(0);
                    liar.write(1);
                    let all: Vec<&String> = liar.hosts.iter().flat_map(|host| &host.written).collect();
                    for text in liar.hosts[0].texts() {
                        assert!(all.iter().any(|known| *known == text), "{text} after a change of {kind}");
                    }
                }
                Ok(_) => {}
            }
        }
    }
    liar.nothing_leaked(&[0, 1, 2, 3]);
    // With what it had it goes on.
    let messages =
        std::mem::take(&mut liar.hosts[0].records).into_iter().filter(|(key, _)| message_place(key).is_some());
    liar.hosts[0].records = messages.chain(whole).collect();
    liar.restart(0);
    liar.be_honest();
    liar.goes_on(&[0, 1, 2, 3]);
}

/// The newest entry is gone. The chain of the others is whole, and nobody would ask for that one again: it may be a removal.
#[test]
fn a_stored_log_without_its_newest_entry_is_refused() {
    let liar = Liar::new(1, HistoryRule::AllRetained);
    let mut records = liar.records(1);
    let newest = records.keys().rfind(|key| kind_of(key) == "entry").cloned().unwrap();
    records.remove(&newest);
    let refusal = Client::open(liar.identity(1), records, liar.now).unwrap_err();
    assert!(refusal.0.ends_with("/cursor"), "{refusal}");
}

/// Two names change places. Neither is shown for the other: both are asked for again.
#[test]
fn a_stored_name_in_the_place_of_another_is_none() {
    let mut liar = Liar::new(2, HistoryRule::AllRetained);
    let right = liar.hosts[1].view.as_ref().unwrap().members.clone();
    let keys: Vec<String> = liar.hosts[1].records.keys().filter(|key| kind_of(key) == "name").cloned().collect();
    let mut values: Vec<Vec<u8>> = keys.iter().map(|key| liar.hosts[1].records[key].clone()).collect();
    values.rotate_left(1);
    liar.hosts[1].records.extend(keys.into_iter().zip(values));
    liar.restart(1);
    let shown = &liar.hosts[1].view.as_ref().unwrap().members;
    let handles = |members: &[MemberView]| members.iter().map(|member| member.handle.clone()).collect::<Vec<_>>();
    assert_eq!(handles(shown), handles(&right));
    liar.goes_on(&[0, 1, 2]);
}

/// A stored message that was changed is not shown as something else, unless what it says lies in it in clear: then the host's
/// encryption is what keeps it. It is never taken for a message of another place.
#[test]
fn a_changed_message_record_is_read_or_refused_without_harm() {
    let liar = Liar::new(1, HistoryRule::AllRetained);
    let (key, value) = liar.hosts[0].records.iter().rfind(|(key, _)| message_place(key).is_some()).unwrap();
    let (room, seq) = message_place(key).unwrap();
    let mut refused = 0;
    for changed in one_byte_flipped(value) {
        match read_message(key, &changed) {
            Err(refusal) => {
                assert_eq!(refusal.0, *key);
                refused += 1;
            }
            Ok(view) => {
                assert_eq!((view.room, view.seq), (room, seq));
                assert!(matches!(view.body, Body::Text(_) | Body::Unreadable(_)));
            }
        }
    }
    assert!(refused > 0);
}

fn kind_of(key: &str) -> String {
    let parts: Vec<&str> = key.split('/').collect();
    let kind = if parts[0] == "room" { parts[2] } else { parts[0] };
    kind.to_owned()
}
