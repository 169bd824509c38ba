//! What somebody makes who works together with the service: an intruder with keys of its own, or a member whose computer and
//! keys the service has. Nobody else's keys are in their hands.

use std::sync::LazyLock;

use igoon_shared::{
    client::Identity,
    crypto::{
        SUITE,
        bundle::Bundle,
        device::DeviceKeys,
        envelope::{Envelope, EnvelopeContext, EnvelopeReason},
        epoch::EpochKey,
        label,
        message::{Cursor, MessageHeader, MessageKind, SealedMessage, TextBody},
        primitives, system_rng,
    },
    ids::{AccountId, Epoch, InstallationId, MessageId, Seq, SessionTag},
    log::{Action, EntryBody, EpochReason, RoomState, SignedEntry, action::EpochStarted},
    protocol::{bytes::Blob, codec, frames::StreamContent},
};
use rand_core::Rng as _;
use rsa::Oaep;
use sha2::Sha256;

use crate::{
    service::Liar,
    support::{TestDevice, rsa_pkcs8, signing_seed},
    world::LIFE,
};

/// A device that nobody let in: of this account, which may be a member's.
pub(crate) fn intruder_of(account: AccountId) -> TestDevice {
    let keys = DeviceKeys::from_parts(rsa_pkcs8(4), &signing_seed(5)).unwrap();
    let bundle = Bundle::verify(&keys.bundle(account, InstallationId::from_bytes([0xee; 16])).unwrap()).unwrap();
    TestDevice { account, keys, bundle }
}

/// A device of an account that is in no room.
pub(crate) fn intruder() -> &'static TestDevice {
    static INTRUDER: LazyLock<TestDevice> = LazyLock::new(|| intruder_of(AccountId::from_bytes([0xee; 16])));
    &INTRUDER
}

impl Liar {
    /// What a client is, with its private keys.
    pub(crate) fn identity(&self, who: usize) -> Identity {
        self.hosts[who].who.identity()
    }

    /// The log of a face.
    pub(crate) fn log(&self, face: usize) -> &RoomState {
        self.faces[face].state.as_ref().unwrap()
    }

    /// The next entry of a face's log, as a client would make it.
    pub(crate) fn body(&self, face: usize, by: &Identity, action: Action) -> EntryBody {
        EntryBody::after(self.room, self.log(face).head(), self.now, by.device(), action)
    }

    /// The next entry of a face's log, signed by its author.
    pub(crate) fn entry(&self, face: usize, by: usize, action: Action) -> SignedEntry {
        let by = self.identity(by);
        self.body(face, &by, action).sign(by.keys())
    }

    /// Has a face's log go on with an entry by a client, which it did not make.
    pub(crate) fn append(&mut self, face: usize, by: usize, action: Action) -> Seq {
        let entry = self.entry(face, by, action);
        self.show(face, StreamContent::Log(entry))
    }

    /// A key that a client has saved.
    pub(crate) fn key_of(&self, who: usize, epoch: Epoch) -> Option<EpochKey> {
        let key = self.hosts[who].records.get(&format!("room/{}/key/{:020}", self.room, epoch.0))?;
        Some(EpochKey::from_slice(key).unwrap())
    }

    /// A client loses a key, and starts anew without it.
    pub(crate) fn lose_key(&mut self, who: usize, epoch: Epoch) {
        let name = format!("room/{}/key/{:020}", self.room, epoch.0);
        assert!(self.hosts[who].records.remove(&name).is_some());
        self.hosts[who].disconnect(None);
        self.hosts[who].requests.clear();
        self.hosts[who].open_anew(self.now);
    }

    /// The header of a message by a client, in a session that its program never had.
    pub(crate) fn header(&self, face: usize, by: usize) -> MessageHeader {
        let epoch = self.log(face).current_epoch();
        let random = |bytes: &mut [u8]| system_rng().fill_bytes(bytes);
        let (mut session, mut message_id) = ([0; 16], [0; 16]);
        random(&mut session);
        random(&mut message_id);
        MessageHeader {
            suite: SUITE,
            room: self.room,
            epoch,
            key_id: self.log(face).epoch(epoch).unwrap().key_id,
            device: self.hosts[by].device(),
            session: SessionTag::from_bytes(session),
            counter: 0,
            message_id: MessageId::from_bytes(message_id),
            kind: MessageKind::TEXT,
            target: None,
            sent_at: self.now,
            seen: Cursor { incarnation: LIFE, seq: Seq(1) },
            log_head: self.log(face).head(),
            previous: None,
        }
    }

    /// Seals this under the key of the header's epoch, signed with the keys of `signer`.
    pub(crate) fn seal(&self, signer: usize, header: &MessageHeader, text: &str) -> SealedMessage {
        let key = (0..self.hosts.len()).find_map(|who| self.key_of(who, header.epoch)).unwrap();
        self.seal_under(&key, signer, header, text)
    }

    /// The same, under this key.
    pub(crate) fn seal_under(
        &self,
        key: &EpochKey,
        signer: usize,
        header: &MessageHeader,
        text: &str,
    ) -> SealedMessage {
        let text = codec::encode(&TextBody { text: text.to_owned() });
        SealedMessage::seal(self.identity(signer).keys(), key, header, &text).unwrap()
    }

    /// A message by a client, as its own program would seal it.
    pub(crate) fn message(&self, face: usize, by: usize, text: &str) -> SealedMessage {
        self.seal(by, &self.header(face, by), text)
    }
}

/// An envelope with whatever in it.
pub(crate) struct Forged<'a> {
    pub(crate) context: EnvelopeContext,
    /// The key that it holds.
    pub(crate) holds: EpochKey,
    /// Who can open it.
    pub(crate) recipient: &'a Bundle,
    /// Who signs it.
    pub(crate) signer: &'a DeviceKeys,
}

impl Forged<'_> {
    /// OAEP, its label and the signature are as they should be; what they say need not be.
    pub(crate) fn seal(&self) -> Envelope {
        let context = codec::encode(&self.context);
        let label = primitives::hash(label::HASH_ENVELOPE_CONTEXT, &[&context]).to_vec();
        let padding = Oaep::<Sha256>::new_with_label(label);
        let ciphertext = self.recipient.rsa().encrypt(&mut system_rng(), padding, self.holds.expose()).unwrap();
        let signature = self.signer.sign(label::SIGN_ENVELOPE, &[&context, &primitives::sha256(&ciphertext)]);
        Envelope { context: Blob(context), ciphertext: Blob(ciphertext), signature: Blob(signature.to_vec()) }
    }
}

/// What an honest envelope for `recipient` says.
pub(crate) fn context(liar: &Liar, wrapper: usize, recipient: &Bundle, epoch: Epoch) -> EnvelopeContext {
    EnvelopeContext {
        suite: SUITE,
        room: liar.room,
        epoch,
        key_id: liar.log(0).epoch(epoch).unwrap().key_id,
        recipient: recipient.device(),
        fingerprint: recipient.fingerprint(),
        wrapper: liar.hosts[wrapper].device(),
        reason: EnvelopeReason::Share,
    }
}

/// The start of an epoch with this key.
pub(crate) fn epoch_started(epoch: Epoch, key: &EpochKey, reason: EpochReason) -> Action {
    Action::EpochStarted(EpochStarted { epoch, key_id: key.key_id(), reason })
}
