//! What a service keeps of one room and answers, without any of its speed. Honest: see [`super::World`] for what breaks.

use std::collections::{BTreeMap, BTreeSet};

use igoon_shared::{
    client::{Answer, Request, io::Method},
    crypto::{
        bundle::Bundle,
        envelope::Envelope,
        message::{Cursor, MessageHeader},
    },
    ids::{DeviceId, Epoch, Incarnation, InviteKey, KeyId, LogIndex, MessageId, RoomId, Seq},
    log::{Action, Author, Effect, HistoryRule, LogError, RoomState, SignedEntry, state::SendRefusal},
    protocol::{
        error::{ErrorBody, ErrorCode},
        frames::{
            Accepted, ApprovalOutcome, ApprovalSettled, ClientFrame, CommittedEntry, KeysWanted, OpenName, Page, Pong,
            Refused, Restored, RoomHead, ServerFrame, StreamContent, StreamItem, SyncRefused,
        },
        http::{
            AddKeys, AnswerApproval, Append, Appended, ApprovalAsked, AskForApproval, EpochLink, InviteSealedKey,
            LeaveStatement, LogPage, OpenInvite, OpenInviteRequest, RoomKeys, RoomNames,
        },
        limits,
    },
    time::Timestamp,
};

use super::recovery::Inbox;

pub const LIFE: Incarnation = Incarnation(1);

/// What a service keeps, without any of its speed.
#[derive(Clone, Default)]
pub struct Service {
    /// How often its database was put back to an older copy.
    restored: u32,
    /// So far ahead of the hosts' is its clock.
    pub ahead_ms: i64,
    /// So many appends were refused because a clock is off.
    pub off: u32,
    pub state: Option<RoomState>,
    pub entries: Vec<(SignedEntry, Seq)>,
    pub stream: Vec<StreamItem>,
    pub messages: BTreeMap<(DeviceId, MessageId), ([u8; 32], Seq)>,
    pub envelopes: Vec<Envelope>,
    pub links: Vec<EpochLink>,
    pub names: Vec<OpenName>,
    /// Beside invites.
    pub sealed: BTreeMap<InviteKey, InviteSealedKey>,
    /// The last attempt of each device of which a message was put off: the rest of it is too.
    pub put_off: BTreeMap<DeviceId, u64>,
    /// All starts of epochs that came, taken or not: by whom, of which epoch, with which key, after which entry.
    pub starts: Vec<(DeviceId, Epoch, KeyId, LogIndex)>,
    /// All keys of epochs that came in envelopes, taken or not, with who wrapped them.
    pub wrapped: BTreeSet<(Epoch, KeyId, DeviceId)>,
    /// Devices that ask to be approved, since when.
    pub questions: BTreeMap<DeviceId, Timestamp>,
    /// Questions that are over.
    pub settled: Vec<ApprovalSettled>,
    /// What was said of devices, and by which.
    pub left: Vec<(DeviceId, LeaveStatement)>,
    /// Who lost every computer.
    pub(super) inbox: Inbox,
}

impl Service {
    pub fn header(&self, seq: Seq) -> Option<MessageHeader> {
        let item = self.stream.iter().find(|item| item.seq == seq)?;
        match &item.content {
            StreamContent::Message(message) => message.header().ok(),
            StreamContent::Log(_) => None,
        }
    }

    pub fn next_seq(&self) -> Seq {
        self.head().next().max(self.life().first_place())
    }

    /// The newest place of its stream.
    pub fn head(&self) -> Seq {
        self.stream.last().map_or(Seq(0), |item| item.seq)
    }

    pub fn life(&self) -> Incarnation {
        Incarnation(LIFE.0 + self.restored)
    }

    /// What its clock says.
    pub fn time(&self, now: Timestamp) -> Timestamp {
        now.plus_millis(self.ahead_ms)
    }

    /// It is put back to an older copy of itself, in a new life.
    pub fn restore(&mut self, copy: &Self) {
        let restored = self.restored + 1;
        *self = Self { restored, ..copy.clone() };
    }

    /// What a request of the device with these keys is answered, what is new in the stream, and whether there are new keys.
    pub fn answer(&mut self, bundle: &Bundle, request: &Request, now: Timestamp) -> (Answer, Vec<StreamItem>, bool) {
        let from = bundle.device();
        let before = self.stream.len();
        let keys_before = (self.envelopes.len(), self.links.len());
        let body = request.body.as_deref().unwrap_or_default();
        let mut shared = false;
        let answer = match (request.method, request.path.rsplit('/').next().unwrap()) {
            _ if request.path.contains("/recovery-") => self.recovery(bundle, request, now),
            (Method::Post, "rooms" | "log" | "lost") => {
                let append: Append = serde_json::from_slice(body).unwrap();
                self.saw(&append.envelopes);
                // What was lost is as old as it is.
                match request.path.ends_with("lost") || self.is_timely(&append, now) {
                    true => self.append(&append, now),
                    false => {
                        self.off += 1;
                        let time = Some(self.time(now));
                        refused(422, &ErrorBody { time, ..ErrorBody::of(ErrorCode::ClockSkew) })
                    }
                }
            }
            (Method::Post, "open") => self.open(&serde_json::from_slice(body).unwrap(), now),
            (Method::Post, "keys") => {
                shared = true;
                let keys: AddKeys = serde_json::from_slice(body).unwrap();
                self.saw(&keys.envelopes);
                self.add_keys(from, keys)
            }
            (Method::Put, "invite-key") => self.lay(serde_json::from_slice(body).unwrap(), now),
            (Method::Get, "keys") => {
                let envelopes = self.envelopes.iter().filter(|it| it.context().unwrap().recipient == from).cloned();
                ok(&RoomKeys { envelopes: envelopes.collect(), links: self.links.clone() })
            }
            (Method::Post, "approvals") => self.ask_for_approval(from, serde_json::from_slice(body).unwrap(), now),
            (Method::Post, device) if request.path.contains("/approvals/") => {
                self.answer_approval(device.parse().unwrap(), &serde_json::from_slice(body).unwrap())
            }
            (Method::Post, "statements") => {
                self.left.push((from, serde_json::from_slice(body).unwrap()));
                Answer::Response { status: 204, body: vec![] }
            }
            (Method::Get, "names") => ok(&RoomNames { names: self.names.clone() }),
            (Method::Get, path) if path.starts_with("log?from=") => {
                let from: usize = path["log?from=".len()..].parse().unwrap();
                let entries: Vec<_> = self.entries.iter().skip(from).take(2).map(|(entry, _)| entry.clone()).collect();
                let more = from + entries.len() < self.entries.len();
                ok(&LogPage { entries, more })
            }
            other => panic!("{other:?}"),
        };
        let keys_are_new = shared && (self.envelopes.len(), self.links.len()) != keys_before;
        (answer, self.stream[before..].to_vec(), keys_are_new)
    }

    fn saw(&mut self, envelopes: &[Envelope]) {
        let contexts = envelopes.iter().map(|envelope| envelope.context().unwrap());
        self.wrapped.extend(contexts.map(|context| (context.epoch, context.key_id, context.wrapper)));
    }

    pub fn open(&self, asked: &OpenInviteRequest, now: Timestamp) -> Answer {
        let state = self.state.as_ref().unwrap();
        if !state.invite(asked.proof.invite).is_some_and(|invite| invite.is_open(now)) {
            return refusal(403, ErrorCode::InviteNotValid);
        }
        let entries = self.entries.iter().skip(asked.from.0 as usize).map(|(entry, _)| entry.clone()).collect();
        let head = RoomHead { log: state.head(), seq: self.next_seq() };
        let (names, sealed) = (self.names.clone(), self.sealed.get(&asked.proof.invite).cloned());
        ok(&OpenInvite { entries, more: false, head, names, sealed })
    }

    pub fn ask_for_approval(&mut self, from: DeviceId, ask: AskForApproval, now: Timestamp) -> Answer {
        if ask.again {
            self.questions.remove(&from);
        }
        let asked_at = *self.questions.entry(from).or_insert(now);
        let expires_at = asked_at.plus_millis(limits::APPROVAL_LIFETIME_MS);
        ok(&ApprovalAsked { asked_at, expires_at })
    }

    pub fn answer_approval(&mut self, device: DeviceId, answer: &AnswerApproval) -> Answer {
        let outcome = if answer.approved { ApprovalOutcome::Approved } else { ApprovalOutcome::Refused };
        match self.questions.remove(&device) {
            None => refusal(404, ErrorCode::NotFound),
            Some(_) => {
                self.settled.push(ApprovalSettled { device, outcome });
                Answer::Response { status: 204, body: vec![] }
            }
        }
    }

    pub fn lay(&mut self, key: InviteSealedKey, now: Timestamp) -> Answer {
        let state = self.state.as_ref().unwrap();
        assert_eq!(state.history(), HistoryRule::AllRetained, "a key lies beside an invite");
        if key.epoch != state.current_epoch() || !state.invite(key.invite).is_some_and(|invite| invite.is_open(now)) {
            return refusal(409, ErrorCode::LogConflict);
        }
        self.sealed.insert(key.invite, key);
        Answer::Response { status: 204, body: vec![] }
    }

    pub fn add_keys(&mut self, from: DeviceId, keys: AddKeys) -> Answer {
        let state = self.state.as_ref().unwrap();
        for envelope in keys.envelopes {
            let context = envelope.context().unwrap();
            if !state.is_entitled(from) || !state.is_entitled(context.recipient) {
                // Somebody was put out meanwhile.
                return refusal(422, ErrorCode::BadEnvelopes);
            }
            assert!(state.may_share(from, context.recipient, context.epoch), "a key that may not be handed on");
            assert_eq!(context.wrapper, from);
            envelope.verify(state.device(from).unwrap().bundle.signing_key()).unwrap();
            let is_there = |it: &Envelope| {
                let it = it.context().unwrap();
                (it.recipient, it.epoch, it.wrapper) == (context.recipient, context.epoch, context.wrapper)
            };
            if !self.envelopes.iter().any(is_there) {
                self.envelopes.push(envelope);
            }
        }
        for link in keys.links {
            assert_eq!(state.history(), HistoryRule::AllRetained, "a link where there are none");
            if !self.links.iter().any(|known| known.epoch == link.epoch) {
                self.links.push(link);
            }
        }
        Answer::Response { status: 204, body: vec![] }
    }

    /// What devices of the room lack; `None` when they lack nothing.
    pub fn wanted(&self) -> Option<KeysWanted> {
        let state = self.state.as_ref()?;
        let epoch = state.current_epoch();
        let has = |device: DeviceId| {
            let contexts = self.envelopes.iter().map(|envelope| envelope.context().unwrap());
            contexts.into_iter().any(|context| (context.recipient, context.epoch) == (device, epoch))
        };
        let devices: Vec<_> = state.entitled_devices().map(|(id, _)| *id).filter(|id| !has(*id)).collect();
        let linked = |epoch: &Epoch| self.links.iter().any(|link| link.epoch == *epoch);
        let links: Vec<_> = match state.history() {
            HistoryRule::AllRetained => (1..epoch.0).rev().map(Epoch).filter(|epoch| !linked(epoch)).collect(),
            HistoryRule::FromJoining => vec![],
        };
        let lacking = !devices.is_empty() || !links.is_empty();
        lacking.then(|| KeysWanted { room: state.room(), epoch, devices, links })
    }

    fn is_timely(&self, append: &Append, now: Timestamp) -> bool {
        let off_ms = |entry: &SignedEntry| entry.body().unwrap().at.millis_since(self.time(now)).abs();
        append.entries.iter().all(|entry| off_ms(entry) <= limits::ENTRY_CLOCK_SKEW_MS)
    }

    pub fn append(&mut self, append: &Append, now: Timestamp) -> Answer {
        let bodies: Vec<_> = append.entries.iter().map(|entry| entry.body().unwrap()).collect();
        for body in &bodies {
            if let (Action::EpochStarted(started), Author::Device(by)) = (&body.action, body.author) {
                self.starts.push((by, started.epoch, started.key_id, bodies[0].index));
            }
        }
        let first = bodies[0].index.0 as usize;
        let now = self.time(now);
        if let Some(known) = self.entries.get(first) {
            if known.0 != append.entries[0] {
                return refusal(409, ErrorCode::LogConflict);
            }
            let entries = (first..first + append.entries.len()).map(|index| self.committed(index)).collect();
            return ok(&Appended { room: self.state.as_ref().unwrap().room(), incarnation: self.life(), entries });
        }
        let Some(after) = self.after(append) else { return refusal(409, ErrorCode::LogConflict) };
        match after {
            Ok(after) => self.state = Some(after),
            Err(_) => return refusal(422, ErrorCode::BadEntry),
        }
        let mut entries = Vec::new();
        for entry in &append.entries {
            let seq = self.next_seq();
            self.stream.push(StreamItem { seq, received_at: now, content: StreamContent::Log(entry.clone()) });
            self.entries.push((entry.clone(), seq));
            entries.push(self.committed(self.entries.len() - 1));
        }
        self.envelopes.extend(append.envelopes.clone());
        self.links.extend(append.link.clone());
        self.names.extend(append.names.clone());
        self.sealed.extend(append.invite_key.clone().map(|key| (key.invite, key)));
        ok(&Appended { room: self.state.as_ref().unwrap().room(), incarnation: self.life(), entries })
    }

    /// What the log folds to with these entries; `None` if they do not continue it.
    fn after(&self, append: &Append) -> Option<Result<RoomState, Effect>> {
        let mut state = self.state.clone();
        for entry in &append.entries {
            match &mut state {
                Some(state) => match state.apply(entry) {
                    Ok(applied) if applied.effect == Effect::Done => {}
                    Ok(applied) => return Some(Err(applied.effect)),
                    Err(LogError::BrokenChain) => return None,
                    Err(error) => panic!("{error}: {:?}", entry.body()),
                },
                None => state = Some(RoomState::start(entry).unwrap().0),
            }
        }
        let state = state.unwrap();
        if state.current_epoch() != self.state.as_ref().map_or(Epoch(0), RoomState::current_epoch) {
            let recipients = append.envelopes.iter().map(|envelope| envelope.context().unwrap().recipient);
            let recipients: BTreeSet<_> = recipients.collect();
            let entitled = state.entitled_devices().map(|(device, _)| *device);
            let expected: BTreeSet<_> = entitled.chain(state.holder().map(|holder| holder.id())).collect();
            assert_eq!((recipients.len(), &recipients), (append.envelopes.len(), &expected), "one envelope for each");
        }
        Some(Ok(state))
    }

    pub fn committed(&self, index: usize) -> CommittedEntry {
        CommittedEntry { index: LogIndex(index as u64), seq: self.entries[index].1 }
    }

    /// Takes a frame; what goes back to its sender, and what is new for everybody.
    pub fn frame(
        &mut self,
        from: DeviceId,
        frame: ClientFrame,
        busy: bool,
        now: Timestamp,
    ) -> (Vec<ServerFrame>, Vec<StreamItem>) {
        match frame {
            ClientFrame::Ack(_) | ClientFrame::Activity(_) => (vec![], vec![]),
            ClientFrame::Ping(_) => (vec![ServerFrame::Pong(Pong {})], vec![]),
            ClientFrame::Sync(sync) => (self.page(from, sync.room, sync.after), vec![]),
            ClientFrame::Send(send) => {
                let header = send.message.header().unwrap();
                let (room, message_id) = (send.room, header.message_id);
                let refuse = |code, retry_after_ms| {
                    (vec![ServerFrame::Refused(Refused { room, message_id, code, retry_after_ms })], vec![])
                };
                if self.put_off.get(&from).is_some_and(|refused| send.attempt <= *refused) {
                    return refuse(ErrorCode::RetryLater, Some(50));
                }
                if busy {
                    self.put_off.insert(from, send.attempt);
                    return refuse(ErrorCode::RetryLater, Some(50));
                }
                if let Some((hash, seq)) = self.messages.get(&(from, message_id)).copied() {
                    assert_eq!(hash, send.message.content_hash(), "other bytes under a name that stands");
                    return (vec![self.accepted(room, message_id, seq)], vec![]);
                }
                match self.state.as_ref().unwrap().may_send(from, header.epoch) {
                    Ok(()) => {}
                    Err(SendRefusal::EpochClosed) => return refuse(ErrorCode::EpochClosed, None),
                    Err(SendRefusal::NotEntitled) => return refuse(ErrorCode::NotEntitled, None),
                }
                let seq = self.next_seq();
                self.messages.insert((from, message_id), (send.message.content_hash(), seq));
                let item = StreamItem { seq, received_at: now, content: StreamContent::Message(send.message) };
                self.stream.push(item.clone());
                (vec![self.accepted(room, message_id, seq)], vec![item])
            }
        }
    }

    fn accepted(&self, room: RoomId, message_id: MessageId, seq: Seq) -> ServerFrame {
        ServerFrame::Accepted(Accepted { room, message_id, incarnation: self.life(), seq })
    }

    pub fn page(&self, from: DeviceId, room: RoomId, after: Cursor) -> Vec<ServerFrame> {
        if !self.state.as_ref().is_some_and(|state| state.is_entitled(from)) {
            return vec![not_entitled(room)];
        }
        let (incarnation, head) = (self.life(), self.head());
        let foreign = after.seq > Seq(0) && after.incarnation != incarnation;
        let kept = self.stream.iter().map(|item| item.seq).take_while(|seq| *seq <= after.seq).last();
        let told = Restored { room, incarnation, kept: kept.unwrap_or_default() };
        let items: Vec<_> = self.stream.iter().filter(|item| item.seq > after.seq).take(5).cloned().collect();
        let more = items.last().is_some_and(|last| last.seq < head);
        let page = ServerFrame::Page(Page { room, incarnation, items, more, head });
        foreign.then_some(ServerFrame::Restored(told)).into_iter().chain([page]).collect()
    }
}

pub fn not_entitled(room: RoomId) -> ServerFrame {
    ServerFrame::SyncRefused(SyncRefused { room, code: ErrorCode::NotEntitled, retry_after_ms: Some(50) })
}

pub fn ok(body: &impl serde::Serialize) -> Answer {
    Answer::Response { status: 200, body: serde_json::to_vec(body).unwrap() }
}

pub fn refusal(status: u16, code: ErrorCode) -> Answer {
    refused(status, &ErrorBody::of(code))
}

/// A refusal that says more than its code.
pub fn refused(status: u16, body: &ErrorBody) -> Answer {
    Answer::Response { status, body: serde_json::to_vec(body).unwrap() }
}
