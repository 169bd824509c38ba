//! The first entry, which makes the room.

use super::*;

fn first(change: impl FnOnce(&mut EntryBody)) -> Result<RoomState, LogError> {
    let [owner, ..] = TestDevice::all();
    let mut body = EntryBody::first(NOW, owner.id(), created(owner, HistoryRule::AllRetained));
    change(&mut body);
    RoomState::start(&body.sign(&owner.keys)).map(|(state, _)| state)
}

fn change_created(body: &mut EntryBody, change: impl FnOnce(&mut Created)) {
    let Action::Created(created) = &mut body.action else { panic!() };
    change(created);
}

#[test]
fn only_a_creation_begins_a_log() {
    assert!(first(|_| ()).is_ok());
    let not_first: [fn(&mut EntryBody); 5] = [
        |body| body.action = epoch_started(1, EpochReason::RoomCreated),
        |body| body.index = LogIndex(1),
        |body| body.room = Some(RoomId::from_bytes([1; 32])),
        |body| body.previous = Some(EntryHash::from_bytes([1; 32])),
        |body| change_created(body, |created| created.random = Blob(vec![0; 31])),
    ];
    for change in not_first {
        assert_eq!(first(change).unwrap_err(), LogError::BrokenChain);
    }
}

#[test]
fn its_author_is_the_device_that_it_brings_in() {
    let another_author: [fn(&mut EntryBody); 4] = [
        |body| body.author = Author::Device(DeviceId::from_bytes([1; 32])),
        |body| body.author = Author::Service,
        |body| change_created(body, |created| created.account = AccountId::from_bytes([1; 16])),
        |body| change_created(body, |created| created.bundle = TestDevice::all()[1].bundle.signed().clone()),
    ];
    for change in another_author {
        assert_eq!(first(change).unwrap_err(), LogError::UnknownAuthor);
    }
    let damaged = first(|body| {
        change_created(body, |created| created.bundle.signature.0[0] ^= 1);
    });
    assert_eq!(damaged.unwrap_err(), LogError::BadSignature);
    let newer = first(|body| change_created(body, |created| created.bundle.bundle = Blob(vec![0x80])));
    assert_eq!(newer.unwrap_err(), LogError::NeedsNewer);
}

#[test]
fn another_rooms_id_is_no_other_than_its_first_entrys_hash() {
    let one = first(|_| ()).unwrap();
    let other = first(|body| change_created(body, |created| created.random.0[0] ^= 1)).unwrap();
    assert_ne!(one.room(), other.room());
}

#[test]
fn any_flipped_byte_ends_it() {
    let [owner, ..] = TestDevice::all();
    let room = TestRoom::new(owner, HistoryRule::AllRetained);
    let first = &room.entries[0];
    for entry in one_byte_flipped(&first.entry.0) {
        let entry = SignedEntry { entry: Blob(entry), ..first.clone() };
        assert!(RoomState::start(&entry).is_err());
    }
    for signature in one_byte_flipped(&first.signature.0) {
        let entry = SignedEntry { signature: Blob(signature), ..first.clone() };
        assert_eq!(RoomState::start(&entry).unwrap_err(), LogError::BadSignature);
    }
}
