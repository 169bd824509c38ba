//! What somebody makes who works together with the service: mallory, who is a member, or somebody with keys of their own.

use igoon_e2e::native::{NativeClient, now};
use igoon_shared::{
    client::Identity,
    crypto::{
        SUITE,
        epoch::EpochKey,
        message::{Cursor, MessageHeader, MessageKind, SealedMessage, TextBody},
        system_rng,
    },
    ids::{AccountId, DeviceId, Epoch, InstallationId, MessageId, Seq, SessionTag},
    log::{Action, EntryBody, SignedEntry},
    protocol::codec,
};

use super::scene::{LIFE, Scene, other_keys};

/// A computer that nobody let in: of this account, which may be a member's.
pub(super) fn intruder_of(account: AccountId) -> Identity {
    let installation = InstallationId::from_bytes([0xee; 16]);
    Identity::new(account, installation, "eve".to_owned(), "eve's computer".to_owned(), other_keys(9)).unwrap()
}

impl Scene {
    /// A key of the room, which mallory has.
    pub(super) fn key(&self, epoch: Epoch) -> EpochKey {
        let records = self.mallory.records();
        EpochKey::from_slice(&records[&format!("room/{}/key/{:020}", self.room, epoch.0)]).unwrap()
    }

    /// The header of a message by a computer, in a session that its program never had.
    pub(super) async fn header(&self, device: DeviceId) -> MessageHeader {
        let log = self.log().await;
        let epoch = log.current_epoch();
        MessageHeader {
            suite: SUITE,
            room: self.room,
            epoch,
            key_id: log.epoch(epoch).unwrap().key_id,
            device,
            session: SessionTag::random(&mut system_rng()),
            counter: 0,
            message_id: MessageId::random(&mut system_rng()),
            kind: MessageKind::TEXT,
            target: None,
            sent_at: now(),
            seen: Cursor { incarnation: LIFE, seq: Seq(1) },
            log_head: log.head(),
            previous: None,
        }
    }

    /// Seals this under the key of the header's epoch, signed by mallory.
    pub(super) fn seal(&self, header: &MessageHeader, text: &str) -> SealedMessage {
        self.seal_under(&self.key(header.epoch), header, text)
    }

    /// The same, under this key.
    pub(super) fn seal_under(&self, key: &EpochKey, header: &MessageHeader, text: &str) -> SealedMessage {
        let text = codec::encode(&TextBody { text: text.to_owned() });
        SealedMessage::seal(self.mallory.identity().keys(), key, header, &text).unwrap()
    }

    /// The next entry of the room's log, by this computer.
    pub(super) async fn body(&self, by: DeviceId, action: Action) -> EntryBody {
        EntryBody::after(self.room, self.log().await.head(), now(), by, action)
    }

    /// The same, signed by its author.
    pub(super) async fn entry(&self, by: &NativeClient, action: Action) -> SignedEntry {
        let by = by.identity();
        self.body(by.device(), action).await.sign(by.keys())
    }
}
