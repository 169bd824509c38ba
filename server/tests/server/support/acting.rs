//! What people do in rooms: log entries, room keys, messages.

use igoon_shared::{
    crypto::{
        SUITE,
        envelope::{Envelope, EnvelopeReason},
        epoch::EpochKey,
        invite::InviteSecret,
        message::{Cursor, LogHead, MessageHeader, MessageKind, SealedMessage},
        system_rng,
    },
    ids::{DeviceId, MessageId, NameHash, Seq, SessionTag},
    log::{
        Action, EpochReason, HistoryRule, Role, RoomState, SignedEntry,
        action::{
            Created, DeviceRevoked, DeviceStatement, DeviceVouched, EpochStarted, Invited, Joined, Left, MemberRemoved,
            SignedStatement, Standing,
        },
        entry::EntryBody,
    },
    protocol::{
        bytes::Blob,
        frames::{OpenName, Send},
        http::{Append, Appended},
    },
};
use rand_core::Rng as _;
use reqwest::Method;

use super::*;

impl Person {
    pub(crate) fn entry(&self, state: &RoomState, action: Action) -> SignedEntry {
        EntryBody::after(state.room(), state.head(), now(), self.device(), action).sign(&self.keys)
    }

    /// The start of the next epoch, with its envelopes.
    pub(crate) fn epoch(&self, state: &mut RoomState, reason: EpochReason) -> (SignedEntry, Vec<Envelope>) {
        let (entry, envelopes, _) = self.epoch_with_key(state, reason);
        (entry, envelopes)
    }

    /// The same, with its key.
    pub(crate) fn epoch_with_key(
        &self,
        state: &mut RoomState,
        reason: EpochReason,
    ) -> (SignedEntry, Vec<Envelope>, EpochKey) {
        let (key, epoch) = (EpochKey::random(&mut system_rng()), state.current_epoch().next());
        let action = Action::EpochStarted(EpochStarted { epoch, key_id: key.key_id(), reason });
        let entry = self.entry(state, action);
        state.apply(&entry).unwrap();
        let recipients = state.entitled_devices().map(|(_, device)| {
            let reason = EnvelopeReason::EpochStart;
            let mut rng = system_rng();
            Envelope::wrap(&self.keys, self.device(), state.room(), epoch, &key, &device.bundle, reason, &mut rng)
                .unwrap()
        });
        let mut envelopes: Vec<_> = recipients.collect();
        if let Some(holder) = state.holder() {
            let (by, mut rng) = (self.device(), system_rng());
            envelopes.push(Envelope::escrow(&self.keys, by, state.room(), epoch, &key, &holder, &mut rng).unwrap());
        }
        (entry, envelopes, key)
    }

    /// What makes a new room.
    pub(crate) fn room(&self, history: HistoryRule) -> (RoomState, Append) {
        let mut random = vec![0; 32];
        system_rng().fill_bytes(&mut random);
        let created = Created {
            random: Blob(random),
            account: self.account,
            bundle: self.bundle.as_ref().unwrap().signed().clone(),
            room_name: name(),
            handle: self.open_handle().hash().unwrap(),
            device_name: name(),
            history,
        };
        let first = EntryBody::first(now(), self.device(), Action::Created(created)).sign(&self.keys);
        let (mut state, _) = RoomState::start(&first).unwrap();
        let (start, envelopes) = self.epoch(&mut state, EpochReason::RoomCreated);
        let names = vec![self.open_handle()];
        (state, Append { entries: vec![first, start], envelopes, link: None, names, invite_key: None })
    }

    /// The handle, as it lies beside logs.
    pub(crate) fn open_handle(&self) -> OpenName {
        OpenName { random: Blob(vec![9; 32]), name: self.handle.clone() }
    }

    pub(crate) async fn make_room(&self, history: HistoryRule) -> RoomState {
        let (state, append) = self.room(history);
        let made: Appended = self.call(Method::POST, "/rooms", Some(&append)).await.unwrap();
        assert_eq!(made.room, state.room());
        state
    }

    /// Somebody new, who joins by a link of this person.
    pub(crate) async fn brings(&self, server: &Server, state: &mut RoomState, handle: &str) -> Self {
        let link = self.invite(state, 1).await;
        let newcomer = server.newcomer(handle, state.room(), &link).await;
        newcomer.join(state, &link).await;
        newcomer
    }

    pub(crate) async fn invite(&self, state: &mut RoomState, uses: u32) -> InviteSecret {
        let link = InviteSecret::random(&mut system_rng());
        let invited =
            Invited { invite: link.key(state.room()), role: Role::Member, uses, expires_at: now().plus_millis(60_000) };
        let entry = self.entry(state, Action::Invited(invited));
        state.apply(&entry).unwrap();
        self.append(state.room(), &only(entry)).await.unwrap();
        link
    }

    pub(crate) fn joining(&self, state: &RoomState, link: &InviteSecret) -> SignedEntry {
        let signature = link.sign_join(state.room(), self.account, self.device());
        let joined = Joined {
            account: self.account,
            bundle: self.bundle.as_ref().unwrap().signed().clone(),
            invite: link.key(state.room()),
            invite_signature: Blob(signature.to_vec()),
            handle: self.open_handle().hash().unwrap(),
            device_name: name(),
        };
        self.entry(state, Action::Joined(joined))
    }

    pub(crate) async fn join(&self, state: &mut RoomState, link: &InviteSecret) {
        let entry = self.joining(state, link);
        state.apply(&entry).unwrap();
        let append = Append { names: vec![self.open_handle()], ..only(entry) };
        self.append(state.room(), &append).await.unwrap();
    }

    /// What this computer says of another.
    pub(crate) fn says(&self, device: DeviceId, standing: Standing) -> SignedStatement {
        let (suite, account, by) = (SUITE, self.account, self.device());
        DeviceStatement { suite, account, device, standing, by, at: now() }.sign(&self.keys)
    }

    /// What lets another computer of this account into the room.
    pub(crate) fn vouching(&self, state: &RoomState, other: &Self) -> SignedEntry {
        let vouched = DeviceVouched {
            statement: self.says(other.device(), Standing::Vouched),
            bundle: other.bundle.as_ref().unwrap().signed().clone(),
            device_name: name(),
        };
        self.entry(state, Action::DeviceVouched(vouched))
    }

    pub(crate) async fn vouch(&self, state: &mut RoomState, other: &Self) {
        let entry = self.vouching(state, other);
        state.apply(&entry).unwrap();
        self.append(state.room(), &only(entry)).await.unwrap();
    }

    /// Puts a member out, and starts the next epoch.
    pub(crate) async fn put_out(&self, state: &mut RoomState, other: &Self) {
        let entry = self.entry(state, Action::MemberRemoved(MemberRemoved { account: other.account }));
        state.apply(&entry).unwrap();
        let (start, envelopes) = self.epoch(state, EpochReason::MemberRemoved);
        let append = Append { entries: vec![entry, start.clone()], envelopes, ..only(start) };
        self.append(state.room(), &append).await.unwrap();
    }

    pub(crate) async fn leave(&self, state: &mut RoomState) {
        self.act(state, Action::Left(Left {})).await;
    }

    /// Revokes a device on its own word. Somebody starts the next epoch.
    pub(crate) async fn revoke(&self, state: &mut RoomState, other: &Self) {
        self.act(state, Action::DeviceRevoked(DeviceRevoked { device: other.device(), statement: None })).await;
    }

    /// Starts the next epoch for what happened.
    pub(crate) async fn rotate(&self, state: &mut RoomState) {
        let reason = state.rotation_due().unwrap();
        let (start, envelopes) = self.epoch(state, reason);
        self.append(state.room(), &Append { envelopes, ..only(start) }).await.unwrap();
    }

    /// Appends an entry that must count, and nothing beside it.
    pub(crate) async fn act(&self, state: &mut RoomState, action: Action) {
        let entry = self.entry(state, action);
        self.append(state.room(), &only(entry.clone())).await.unwrap();
        state.apply(&entry).unwrap();
    }

    /// A message whose ciphertext nobody here opens.
    pub(crate) fn message(&self, state: &RoomState, text: &str) -> (MessageId, Send) {
        let message_id = MessageId::random(&mut system_rng());
        (message_id, self.message_as(state, message_id, self.device(), text))
    }

    pub(crate) fn message_as(&self, state: &RoomState, message_id: MessageId, device: DeviceId, text: &str) -> Send {
        let epoch = state.current_epoch();
        let header = MessageHeader {
            suite: SUITE,
            room: state.room(),
            epoch,
            key_id: state.epoch(epoch).unwrap().key_id,
            device,
            session: SessionTag::from_bytes([7; 16]),
            counter: 0,
            message_id,
            kind: MessageKind::TEXT,
            target: None,
            sent_at: now(),
            seen: Cursor { incarnation: Default::default(), seq: Seq(0) },
            log_head: LogHead { index: state.head().index, hash: state.head().hash },
            previous: None,
        };
        let key = EpochKey::random(&mut system_rng());
        let message = SealedMessage::seal(&self.keys, &key, &header, text.as_bytes()).unwrap();
        Send { room: state.room(), attempt: 0, message }
    }
}

pub(crate) fn only(entry: SignedEntry) -> Append {
    Append { entries: vec![entry], envelopes: Vec::new(), link: None, names: Vec::new(), invite_key: None }
}

fn name() -> NameHash {
    NameHash::random(&mut system_rng())
}
