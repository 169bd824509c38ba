//! A message as it is stored: its bytes as they came, and beside them what was made of it at receipt. A host reads messages
//! one by one, for showing; the core goes on without them.

use super::{
    io::{Body, Change, MessageView},
    records::RecordError,
};
use crate::{
    crypto::message::{MessageHeader, SealedMessage},
    ids::{AccountId, RoomId, Seq},
    protocol::{bytes::Blob, codec},
    time::Timestamp,
};

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct StoredMessage {
    pub(super) received_at: Timestamp,
    pub(super) sealed: SealedMessage,
    /// Whose it is, where its signature says so.
    pub(super) account: Option<AccountId>,
    pub(super) mine: bool,
    pub(super) shown_at: Timestamp,
    pub(super) gap: bool,
    pub(super) body: Body,
}

/// The fields without their names, which would be a fifth of a short message's record.
type Row<'a> = (Timestamp, &'a Blob, &'a Blob, &'a Blob, Option<AccountId>, bool, Timestamp, bool, &'a Body);
type OwnedRow = (Timestamp, Blob, Blob, Blob, Option<AccountId>, bool, Timestamp, bool, Body);

impl StoredMessage {
    /// The change that saves it.
    pub(super) fn put(&self, room: RoomId, seq: Seq) -> Change {
        let SealedMessage { header, ciphertext, signature } = &self.sealed;
        let row: Row<'_> = (
            self.received_at,
            header,
            ciphertext,
            signature,
            self.account,
            self.mine,
            self.shown_at,
            self.gap,
            &self.body,
        );
        Change::Put { key: message_key(room, seq), value: codec::encode(&row) }
    }

    pub(super) fn read(value: &[u8]) -> Option<Self> {
        let (received_at, header, ciphertext, signature, account, mine, shown_at, gap, body) =
            codec::decode::<OwnedRow>(value).ok()?;
        let sealed = SealedMessage { header, ciphertext, signature };
        Some(Self { received_at, sealed, account, mine, shown_at, gap, body })
    }

    /// For showing; its author's handle is not in it.
    pub(super) fn view(&self, room: RoomId, seq: Seq) -> MessageView {
        let header: Option<MessageHeader> = self.sealed.header().ok();
        MessageView {
            room,
            seq,
            device: header.as_ref().map(|header| header.device),
            message_id: header.as_ref().map(|header| header.message_id),
            account: self.account,
            handle: None,
            mine: self.mine,
            shown_at: self.shown_at,
            gap: self.gap,
            body: self.body.clone(),
        }
    }
}

/// The name of the record of a room's message. Names sort by room, then by place.
#[must_use]
pub fn message_key(room: RoomId, seq: Seq) -> String {
    format!("room/{room}/message/{:020}", seq.0)
}

/// The room and the place, if this is the name of a message's record. Hosts keep these records apart, for there are many,
/// and leave them out when they open a client.
#[must_use]
pub fn message_place(key: &str) -> Option<(RoomId, Seq)> {
    let (room, seq) = key.strip_prefix("room/")?.split_once("/message/")?;
    Some((room.parse().ok()?, Seq(seq.parse().ok()?)))
}

/// A stored message with the times that no timeline shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredView {
    /// As it is shown; its author's handle is not in it.
    pub message: MessageView,
    /// When it was sent, by its sender's clock; absent when the header cannot be read.
    pub sent_at: Option<Timestamp>,
    /// When the service took it, by the service's clock.
    pub received_at: Timestamp,
}

/// A stored message.
///
/// # Errors
/// [`RecordError`] when it is damaged, or no message.
pub fn read_stored(key: &str, value: &[u8]) -> Result<StoredView, RecordError> {
    let (room, seq, stored) = parse(key, value)?;
    let sent_at = stored.sealed.header().ok().map(|header| header.sent_at);
    Ok(StoredView { message: stored.view(room, seq), sent_at, received_at: stored.received_at })
}

/// A stored message, for showing; its author's handle is not in it: see [`super::Client::read_message`].
///
/// # Errors
/// [`RecordError`] when it is damaged, or no message.
pub fn read_message(key: &str, value: &[u8]) -> Result<MessageView, RecordError> {
    let (room, seq, stored) = parse(key, value)?;
    Ok(stored.view(room, seq))
}

fn parse(key: &str, value: &[u8]) -> Result<(RoomId, Seq, StoredMessage), RecordError> {
    let parsed = message_place(key).zip(StoredMessage::read(value));
    parsed.map(|((room, seq), stored)| (room, seq, stored)).ok_or_else(|| RecordError(key.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::io::Unreadable;

    #[test]
    fn what_is_stored_is_what_is_shown() {
        let stored = StoredMessage {
            received_at: Timestamp(7),
            sealed: SealedMessage { header: Blob(vec![1]), ciphertext: Blob(vec![2]), signature: Blob(vec![3]) },
            account: Some(AccountId::from_bytes([4; 16])),
            mine: true,
            shown_at: Timestamp(5),
            gap: true,
            body: Body::Unreadable(Unreadable::NeedsNewer),
        };
        let room = RoomId::from_bytes([9; 32]);
        let Change::Put { key, value } = stored.put(room, Seq(12)) else { panic!("a deletion") };
        assert_eq!(message_place(&key), Some((room, Seq(12))));
        assert_eq!(read_message(&key, &value), Ok(stored.view(room, Seq(12))));
        let times = read_stored(&key, &value).map(|stored| (stored.sent_at, stored.received_at));
        assert_eq!(times, Ok((None, Timestamp(7))), "a header that is none has no time");
        assert_eq!(StoredMessage::read(&value).map(|read| read.sealed), Some(stored.sealed));
        for damaged in [&value[..value.len() - 1], &[]] {
            assert_eq!(read_message(&key, damaged), Err(RecordError(key.clone())));
        }
    }

    #[test]
    fn names_of_messages_sort_by_place_and_are_known_from_others() {
        let room = RoomId::from_bytes([9; 32]);
        assert!(message_key(room, Seq(9)) < message_key(room, Seq(10)));
        for other in [format!("room/{room}/entry/1"), format!("room/{room}/message/x"), "session".to_owned()] {
            assert_eq!(message_place(&other), None, "{other}");
        }
    }
}
