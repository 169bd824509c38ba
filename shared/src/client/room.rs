//! One room as this device knows it: verifies the stream place by place, keeps what is needed to read and write, and says
//! what to fetch, append and send next.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{
    Refusal,
    act::Act,
    append::{self, BuildError, Intent, KeptStart, PendingAppend},
    context::{Backoff, Context, Purpose},
    glimpse::Glimpse,
    identity::Identity,
    invites::Invites,
    io::{Alarm, Body, Change, Event, InviteTerms, MemberView, MessageView, Method, RoomView, Standing, Unreadable},
    keyring::Keyring,
    outbox::{Outbox, RoomFacts},
    records::{self, RecordError, RoomRecords},
    sharing::Sharing,
};
use crate::{
    crypto::{
        epoch::EpochKey,
        invite::InviteSecret,
        message::{Cursor, MessageHeader, MessageKind, SealedMessage, SenderPosition, TextBody},
        system_rng,
    },
    ids::{DeviceId, EntryHash, Epoch, Incarnation, InviteKey, LogIndex, MessageId, NameHash, RoomId, Seq, SessionTag},
    log::{EpochReason, RoomState, SignedEntry},
    protocol::{
        codec,
        error::ErrorCode,
        frames::{
            Accepted, Ack, ClientFrame, KeysWanted, OpenName, Page, Refused, StreamContent, StreamItem, Sync,
            SyncRefused,
        },
        http::{LogPage, RoomKeys, RoomNames},
    },
    time::Timestamp,
};

/// How often positions are reported at most, in milliseconds.
const ACK_INTERVAL_MS: i64 = 1_000;

/// How the stream is coming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    /// No connection.
    Offline,
    /// The next page must be asked for.
    Wanted,
    /// It was asked for.
    Asked,
    /// All is here; new items come by themselves.
    Live,
}

/// A message that waits for its key.
#[derive(Debug)]
struct Locked {
    message: SealedMessage,
    header: MessageHeader,
    view: MessageView,
}

/// See the module.
#[derive(Debug)]
pub struct Room {
    id: RoomId,
    stream: Stream,
    sync_backoff: Backoff,
    cursor: Cursor,
    log: Option<RoomState>,
    log_hashes: Vec<EntryHash>,
    refused_by_service: bool,
    glimpse: Glimpse,
    alarm: Option<Alarm>,
    keyring: Keyring,
    names: BTreeMap<NameHash, String>,
    wanted_names: BTreeSet<NameHash>,
    names_asked: bool,
    names_backoff: Backoff,
    /// The epoch that was current when keys were asked for; 0 when there are more of them since.
    keys_asked: Option<Epoch>,
    /// The newest epoch for which the service's answer was looked at.
    keys_seen_for: Epoch,
    keys_backoff: Backoff,
    /// The last counter of each (sender, epoch, session).
    counters: BTreeMap<(DeviceId, Epoch, SessionTag), u64>,
    /// The last message of each sender.
    last_of: BTreeMap<DeviceId, SenderPosition>,
    receipts: BTreeMap<Seq, Timestamp>,
    locked: BTreeMap<Seq, Locked>,
    /// A key came that may open some of them.
    learnt: bool,
    outbox: Outbox,
    /// This device's own last entry at the service, which the stream may still be behind.
    appended: Option<LogIndex>,
    /// To be appended to the log, one after the other.
    wanted: VecDeque<Intent>,
    /// The service did not take a name of this account's or device's: it knows another one.
    own_name_refused: bool,
    invites: Invites,
    /// When the first of the invites that are shown expires.
    invites_until: Option<Timestamp>,
    sharing: Sharing,
    read: Seq,
    acked: (Seq, Seq),
    acked_at: Timestamp,
    shown: bool,
}

impl Room {
    pub(super) fn new(id: RoomId) -> Self {
        Self {
            id,
            stream: Stream::Offline,
            sync_backoff: Backoff::default(),
            cursor: Cursor { incarnation: Incarnation(0), seq: Seq(0) },
            log: None,
            log_hashes: Vec::new(),
            refused_by_service: false,
            glimpse: Glimpse::default(),
            alarm: None,
            keyring: Keyring::default(),
            names: BTreeMap::new(),
            wanted_names: BTreeSet::new(),
            names_asked: false,
            names_backoff: Backoff::default(),
            keys_asked: None,
            keys_seen_for: Epoch(0),
            keys_backoff: Backoff::default(),
            counters: BTreeMap::new(),
            last_of: BTreeMap::new(),
            receipts: BTreeMap::new(),
            locked: BTreeMap::new(),
            learnt: false,
            outbox: Outbox::new(id),
            appended: None,
            wanted: VecDeque::new(),
            own_name_refused: false,
            invites: Invites::default(),
            invites_until: None,
            sharing: Sharing::default(),
            read: Seq(0),
            acked: (Seq(0), Seq(0)),
            acked_at: Timestamp(0),
            shown: false,
        }
    }

    /// Which room.
    #[must_use]
    pub const fn id(&self) -> RoomId {
        self.id
    }

    /// What its log folds to, as far as this device has it.
    #[must_use]
    pub const fn log(&self) -> Option<&RoomState> {
        self.log.as_ref()
    }

    /// The last place of the stream that this device has.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// The messages that wait to be accepted.
    #[must_use]
    pub const fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// All of the stream is here.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.stream == Stream::Live
    }

    pub(super) fn restore(&mut self, records: RoomRecords, context: &mut Context<'_>) -> Result<(), RecordError> {
        for (epoch, key) in records.keys {
            self.keyring.insert(epoch, key);
        }
        for (hash, name) in records.names {
            self.names.insert(hash, name.name);
        }
        self.read = records.read;
        self.invites.restore(records.invites);
        // First: an item that was saved right before the end takes its message out of the outbox now.
        self.outbox.restore(records.outbox);
        for (seq, record) in records.items {
            self.cursor.incarnation = record.incarnation;
            if seq != self.cursor.seq.next() {
                return Err(RecordError(format!("room/{}/item/{seq}", self.id)));
            }
            self.take(record.item, context);
        }
        self.outbox.show(context);
        Ok(())
    }

    pub(super) fn connected(&mut self) {
        if self.stream == Stream::Offline {
            self.stream = Stream::Wanted;
            // There may be keys by now that were not there before.
            self.keys_seen_for = Epoch(0);
        }
        self.sync_backoff.succeeded();
    }

    pub(super) fn disconnected(&mut self) {
        self.stream = Stream::Offline;
        self.outbox.disconnected();
        self.sharing.disconnected();
        self.acked = (Seq(0), Seq(0));
        self.shown = false;
    }

    pub(super) fn deadlines(&self) -> impl Iterator<Item = Timestamp> {
        let ack = self.ack_is_due().then(|| self.acked_at.plus_millis(ACK_INTERVAL_MS));
        [
            self.sync_backoff.deadline().filter(|_| self.stream == Stream::Wanted),
            self.names_backoff.deadline(),
            self.keys_backoff.deadline(),
            self.outbox.deadline().filter(|_| self.stream == Stream::Live),
            self.invites.deadline(),
            self.invites_until,
            self.sharing.deadline(),
            ack,
        ]
        .into_iter()
        .flatten()
    }

    pub(super) fn want_invite(&mut self, terms: InviteTerms) {
        self.wanted.push_back(Intent::Invite { secret: InviteSecret::random(&mut system_rng()), terms });
    }

    pub(super) fn want(&mut self, act: Act) {
        self.wanted.push_back(Intent::Act(act));
    }

    /// This device's append was committed.
    pub(super) const fn appended(&mut self, last: LogIndex) {
        self.appended = Some(last);
    }

    /// Keeps the secret of an invite that was made, with the epoch whose key lies beside it; the change that saves it.
    pub(super) fn keep_invite(&mut self, secret: InviteSecret, laid: Epoch) -> Change {
        self.shown = false;
        self.invites.keep(self.id, secret, laid)
    }

    /// The service did not take something that this device appended by itself.
    pub(super) const fn own_name_refused(&mut self) {
        self.own_name_refused = true;
    }

    pub(super) fn write(&mut self, text: &str, context: &mut Context<'_>) {
        self.outbox.write(text, context);
    }

    pub(super) fn retry(&mut self, message_id: MessageId, context: &mut Context<'_>) {
        self.outbox.retry(message_id, context);
    }

    pub(super) fn read(&mut self, seq: Seq, context: &mut Context<'_>) {
        let seq = seq.min(self.cursor.seq);
        if seq > self.read {
            self.read = seq;
            context.save(vec![records::put_read(self.id, seq)]);
        }
    }

    /// Keeps a key; the change that saves it.
    pub(super) fn learn(&mut self, epoch: Epoch, key: EpochKey) -> Change {
        let change = records::put_key(self.id, epoch, &key);
        self.keyring.insert(epoch, key);
        self.learnt = true;
        self.shown = false;
        change
    }

    /// Keeps names; the changes that save them.
    pub(super) fn learn_names(&mut self, names: &[OpenName]) -> Vec<Change> {
        let mut changes = Vec::new();
        for name in names {
            if let Some(hash) = name.hash() {
                self.wanted_names.remove(&hash);
                self.names.insert(hash, name.name.clone());
                changes.push(records::put_name(self.id, hash, name));
            }
        }
        self.shown = false;
        changes
    }

    /// A page of the stream came.
    pub(super) fn page(&mut self, page: Page, context: &mut Context<'_>) {
        if self.stream != Stream::Asked || !self.same_life(page.incarnation) {
            return;
        }
        let mut complete = true;
        for item in page.items {
            complete &= self.next(page.incarnation, item, context);
        }
        self.stream = if page.more || !complete { Stream::Wanted } else { Stream::Live };
        self.sync_backoff.succeeded();
        self.refused_by_service = false;
        self.glimpse = Glimpse::default();
        self.shown = false;
    }

    /// A new item came by itself.
    pub(super) fn live(&mut self, incarnation: Incarnation, item: StreamItem, context: &mut Context<'_>) {
        if self.same_life(incarnation) && !self.next(incarnation, item, context) && self.stream == Stream::Live {
            self.stream = Stream::Wanted;
        }
    }

    fn same_life(&mut self, incarnation: Incarnation) -> bool {
        if self.cursor.seq > Seq(0) && incarnation != self.cursor.incarnation {
            self.alarm = Some(Alarm::Restored);
            self.shown = false;
        }
        self.alarm.is_none()
    }

    /// Takes an item if it is the next; `false` if there is a gap before it.
    fn next(&mut self, incarnation: Incarnation, item: StreamItem, context: &mut Context<'_>) -> bool {
        if self.alarm.is_some() || item.seq <= self.cursor.seq {
            return true;
        }
        if item.seq != self.cursor.seq.next() {
            return false;
        }
        self.cursor.incarnation = incarnation;
        let change = records::put_item(self.id, incarnation, &item);
        let notes_from = context.effects.len();
        self.take(item, context);
        if self.alarm.is_none() {
            // Saved before anything is shown of it.
            context.effects.insert(notes_from, super::Effect::Save(vec![change]));
        }
        true
    }

    fn take(&mut self, item: StreamItem, context: &mut Context<'_>) {
        let seq = item.seq;
        match item.content {
            StreamContent::Log(entry) => {
                if let Err(alarm) = self.take_entry(&entry) {
                    self.alarm = Some(alarm);
                    self.shown = false;
                    return;
                }
            }
            StreamContent::Message(message) => self.take_message(seq, item.received_at, message, context),
        }
        self.receipts.insert(seq, item.received_at);
        self.cursor.seq = seq;
    }

    fn take_entry(&mut self, entry: &SignedEntry) -> Result<(), Alarm> {
        if let Some(log) = &mut self.log {
            log.apply(entry)?;
        } else {
            let (log, _) = RoomState::start(entry)?;
            if log.room() != self.id {
                return Err(Alarm::LogBroken);
            }
            self.log = Some(log);
        }
        self.log_hashes.push(entry.hash());
        self.want_names();
        self.shown = false;
        Ok(())
    }

    fn want_names(&mut self) {
        let Some(log) = self.known_log() else { return };
        let handles = log.members().map(|(_, member)| member.handle);
        let devices = log.entitled_devices().map(|(_, device)| device.name);
        let hashes = handles.chain(devices).chain([log.name()]);
        self.wanted_names = hashes.filter(|hash| !self.names.contains_key(hash)).collect();
    }

    /// The log, or what is shown of it to a device that is not entitled.
    fn known_log(&self) -> Option<&RoomState> {
        self.log.as_ref().or(self.glimpse.log())
    }

    /// Verifies a message at receipt, before anything is decrypted, and shows it or why it cannot be read.
    fn take_message(&mut self, seq: Seq, received_at: Timestamp, message: SealedMessage, context: &mut Context<'_>) {
        let mut view = MessageView {
            room: self.id,
            seq,
            device: None,
            message_id: None,
            account: None,
            handle: None,
            mine: false,
            shown_at: received_at,
            gap: false,
            body: Body::Unreadable(Unreadable::NeedsNewer),
        };
        if let Ok(header) = message.header() {
            view.device = Some(header.device);
            view.message_id = Some(header.message_id);
            match self.judge(&message, &header, &mut view, context) {
                Ok(()) => self.open(seq, message, header, view, context),
                Err(why) => {
                    view.body = Body::Unreadable(why);
                    context.notify(Event::Message(view));
                }
            }
        } else {
            context.notify(Event::Message(view));
        }
    }

    fn judge(
        &mut self,
        message: &SealedMessage,
        header: &MessageHeader,
        view: &mut MessageView,
        context: &mut Context<'_>,
    ) -> Result<(), Unreadable> {
        let log = self.log.as_ref().ok_or(Unreadable::NotPermitted)?;
        let sender = log.device(header.device).ok_or(Unreadable::NotPermitted)?;
        message.verify(sender.bundle.signing_key()).map_err(|_| Unreadable::BadSignature)?;
        let account = sender.bundle.account();
        view.account = Some(account);
        view.mine = account == context.identity.account();
        view.handle = log.member(account).and_then(|member| self.names.get(&member.handle)).cloned();
        let pinned = log.epoch(header.epoch).is_some_and(|epoch| epoch.key_id == header.key_id);
        if header.room != self.id || !pinned || log.may_send(header.device, header.epoch).is_err() {
            return Err(Unreadable::NotPermitted);
        }
        let index = usize::try_from(header.log_head.index.0).unwrap_or(usize::MAX);
        if self.log_hashes.get(index) != Some(&header.log_head.hash) {
            // Its sender, whose signature matches, was shown another log than this device.
            self.alarm_later(Alarm::LogForked);
        }
        view.gap = self.place_in_sequence(header)?;
        view.shown_at = self.shown_at(header, view.shown_at);
        if header.device == context.identity.device()
            && let Some(change) = self.outbox.accepted(header.message_id, view.seq, context)
        {
            context.save(vec![change]);
        }
        Ok(())
    }

    fn alarm_later(&mut self, alarm: Alarm) {
        self.alarm = Some(alarm);
        self.shown = false;
    }

    /// The counter rises by one in each (sender, epoch, session): lower is a replay, a jump is a gap.
    fn place_in_sequence(&mut self, header: &MessageHeader) -> Result<bool, Unreadable> {
        let run = (header.device, header.epoch, header.session);
        let last = self.counters.get(&run).copied();
        if last.is_some_and(|last| header.counter <= last) {
            return Err(Unreadable::Replayed);
        }
        let gap = match last {
            Some(last) => header.counter != last + 1,
            None => {
                header.counter != 0
                    || header.previous.is_some_and(|previous| self.last_of.get(&header.device) != Some(&previous))
            }
        };
        self.counters.insert(run, header.counter);
        self.last_of.insert(header.device, header.position());
        Ok(gap)
    }

    /// The sent time, held between the receipt of what its sender had seen and its own receipt.
    fn shown_at(&self, header: &MessageHeader, received_at: Timestamp) -> Timestamp {
        let seen = self.receipts.range(..=header.seen.seq).next_back().map(|(_, at)| *at);
        let earliest = seen.unwrap_or(header.sent_at).min(received_at);
        header.sent_at.clamp(earliest, received_at)
    }

    fn open(
        &mut self,
        seq: Seq,
        message: SealedMessage,
        header: MessageHeader,
        mut view: MessageView,
        context: &mut Context<'_>,
    ) {
        let key = self.log.as_ref().and_then(|log| self.keyring.get(header.epoch, log));
        match key {
            Some(key) => {
                view.body = read_body(key, &message, &header);
                context.notify(Event::Message(view));
            }
            None => {
                view.body = Body::Unreadable(Unreadable::NoKey(header.epoch));
                context.notify(Event::Message(view.clone()));
                self.locked.insert(seq, Locked { message, header, view });
            }
        }
    }

    fn unlock(&mut self, context: &mut Context<'_>) {
        if !std::mem::take(&mut self.learnt) {
            return;
        }
        for (seq, locked) in std::mem::take(&mut self.locked) {
            self.open(seq, locked.message, locked.header, locked.view, context);
        }
    }

    pub(super) fn sync_refused(&mut self, refused: &SyncRefused, context: &mut Context<'_>) {
        self.stream = Stream::Wanted;
        self.refused_by_service = matches!(refused.code, ErrorCode::NotEntitled | ErrorCode::NotFound);
        if refused.code == ErrorCode::NotEntitled {
            self.glimpse.want();
        }
        self.sync_backoff.failed(context.now, refused.retry_after_ms);
        self.shown = false;
    }

    pub(super) fn accepted(&mut self, accepted: &Accepted, context: &mut Context<'_>) {
        if let Some(change) = self.outbox.accepted(accepted.message_id, accepted.seq, context) {
            context.save(vec![change]);
        }
    }

    pub(super) fn refused(&mut self, refused: &Refused, context: &mut Context<'_>) {
        self.outbox.refused(refused, context);
    }

    /// A page of the log came, for a device that is not entitled.
    pub(super) fn log_answered(&mut self, answer: Result<LogPage, Refusal>) {
        self.glimpse.answered(self.id, answer);
        self.want_names();
        self.shown = false;
    }

    pub(super) fn keys_wanted(&mut self, wanted: KeysWanted) {
        self.sharing.asked(wanted);
    }

    pub(super) fn keys_shared(&mut self, outcome: Result<(), Refusal>, context: &Context<'_>) {
        self.sharing.answered(outcome, context);
    }

    pub(super) fn key_laid(
        &mut self,
        (invite, epoch): (InviteKey, Epoch),
        outcome: Result<(), Refusal>,
        context: &mut Context<'_>,
    ) {
        self.invites.laid(self.id, invite, epoch, outcome, context);
    }

    /// There are more keys at the service.
    pub(super) fn keys_added(&mut self) {
        self.keys_seen_for = Epoch(0);
        self.keys_asked = self.keys_asked.map(|_| Epoch(0));
    }

    pub(super) fn keys_answered(&mut self, answer: Result<RoomKeys, Refusal>, context: &mut Context<'_>) {
        let asked_for = self.keys_asked.take();
        let Some(log) = &self.log else { return };
        match answer {
            Ok(given) => {
                self.keys_backoff.succeeded();
                self.keys_seen_for = asked_for.unwrap_or_default();
                let identity = context.identity;
                let learnt = self.keyring.take_in(&given, log, identity.device(), identity.keys());
                let changes = learnt
                    .iter()
                    .filter_map(|epoch| Some(records::put_key(self.id, *epoch, self.keyring.get(*epoch, log)?)))
                    .collect();
                context.save(changes);
                self.learnt = true;
                self.shown = false;
            }
            Err(refusal) => self.keys_backoff.failed(context.now, refusal.retry_after_ms),
        }
    }

    pub(super) fn names_answered(&mut self, answer: Result<RoomNames, Refusal>, context: &mut Context<'_>) {
        self.names_asked = false;
        match answer {
            Ok(given) => {
                self.names_backoff.succeeded();
                let wanted: Vec<OpenName> = given
                    .names
                    .into_iter()
                    .filter(|name| name.hash().is_some_and(|hash| self.wanted_names.contains(&hash)))
                    .collect();
                let changes = self.learn_names(&wanted);
                context.save(changes);
                // What the service does not have was erased: it is not asked for again until the log changes.
                self.wanted_names.clear();
            }
            Err(refusal) => self.names_backoff.failed(context.now, refusal.retry_after_ms),
        }
    }

    /// Does what is due; an append when one should be made and none is under way (`busy`).
    pub(super) fn step(&mut self, busy: bool, context: &mut Context<'_>) -> Option<PendingAppend> {
        if context.online
            && self.stream == Stream::Wanted
            && self.sync_backoff.is_due(context.now)
            && self.alarm.is_none()
        {
            self.stream = Stream::Asked;
            context.transmit(&ClientFrame::Sync(Sync { room: self.id, after: self.cursor }));
        }
        self.unlock(context);
        self.glimpse.step(self.id, context);
        self.ask_for_names(context);
        self.report_position(context);
        let append = self.act(busy, context);
        if !self.shown || self.invites_until.is_some_and(|expiry| expiry <= context.now) {
            self.shown = true;
            let view = self.view(context);
            self.invites_until = view.invites.iter().map(|invite| invite.expires_at).min();
            context.notify(Event::Room(view));
        }
        append
    }

    fn act(&mut self, busy: bool, context: &mut Context<'_>) -> Option<PendingAppend> {
        let log = self.log.as_ref()?;
        if self.stream != Stream::Live || self.alarm.is_some() || !log.is_entitled(context.identity.device()) {
            return None;
        }
        let current = self.keyring.get(log.current_epoch(), log);
        let missing = self.keyring.missing(log, context.identity.account()).next().is_some();
        let looked = self.keys_seen_for == log.current_epoch();
        if missing && !looked && self.keys_asked.is_none() && self.keys_backoff.is_due(context.now) {
            self.keys_asked = Some(log.current_epoch());
            context.request(Purpose::Keys(self.id), Method::Get, &format!("/rooms/{}/keys", self.id), None);
        }
        self.invites.forget_closed(log, context);
        self.invites.lay(log, current, context);
        self.sharing.step(log, &self.keyring, context);
        let facts = RoomFacts {
            log,
            keyring: &self.keyring,
            seen: self.cursor,
            last_own: self.last_of.get(&context.identity.device()).copied(),
        };
        self.outbox.pump(&facts, context);
        if busy || self.appended.is_some_and(|last| log.head().index < last) {
            return None;
        }
        if current.is_none() && looked {
            return append::epoch(context, log, EpochReason::KeyLacking, None, None).ok();
        }
        let intent = match self.wanted.pop_front() {
            Some(intent) => intent,
            None => Intent::Act(self.stale_own_name(log, context.identity)?),
        };
        let built = match &intent {
            Intent::Invite { secret, terms } => append::invite(context, log, secret.clone(), *terms, current),
            Intent::Act(act) => act.build(context, log),
            Intent::Create | Intent::Join | Intent::StartEpoch { .. } => return None,
        };
        if matches!(built, Err(BuildError::NotPermitted)) {
            context.notify(Event::Failed { room: Some(self.id), code: ErrorCode::Forbidden });
        }
        built.ok()
    }

    /// A name of this account or device that the log has otherwise than its identity.
    fn stale_own_name(&self, log: &RoomState, identity: &Identity) -> Option<Act> {
        let handle = log.member(identity.account())?.handle;
        let device_name = log.device(identity.device())?.name;
        let is_other = |hash: NameHash, name: &str| self.names.get(&hash).is_some_and(|known| known != name);
        if self.own_name_refused {
            None
        } else if is_other(handle, identity.handle()) {
            Some(Act::RenameHandle)
        } else if is_other(device_name, identity.device_name()) {
            Some(Act::RenameDevice)
        } else {
            None
        }
    }

    /// Makes a beaten append anew on top of the news; gives its intent back when it should be looked at again instead.
    pub(super) fn rebuild(&mut self, append: PendingAppend, context: &Context<'_>) -> Result<PendingAppend, Intent> {
        let Some(log) = self.log.as_ref() else { return Ok(append) };
        if !append.can_rebuild(log, context.now) {
            return Ok(append);
        }
        let current = self.keyring.get(log.current_epoch(), log);
        match &append.intent {
            Intent::Invite { secret, terms } => {
                append::invite(context, log, secret.clone(), *terms, current).map_err(|_| append.intent.clone())
            }
            Intent::Act(act) => act.build(context, log).map_err(|_| append.intent.clone()),
            Intent::StartEpoch { reason } => match KeptStart::of(&append, log) {
                Some(kept) => {
                    append::epoch(context, log, *reason, current, Some(kept)).map_err(|_| append.intent.clone())
                }
                None => Err(append.intent.clone()),
            },
            Intent::Create | Intent::Join => Err(append.intent.clone()),
        }
    }

    /// An append was given up: what it was for is decided anew.
    pub(super) fn look_again(&mut self, intent: Intent) {
        match intent {
            // One's own names are looked at by themselves.
            Intent::Act(act) if act.is_own_name() => {}
            Intent::Invite { .. } | Intent::Act(_) => self.wanted.push_front(intent),
            Intent::StartEpoch { .. } => self.keys_seen_for = Epoch(0),
            Intent::Create | Intent::Join => {}
        }
    }

    fn ask_for_names(&mut self, context: &mut Context<'_>) {
        let reachable = self.stream == Stream::Live || self.glimpse.log().is_some();
        let due = context.online && reachable && self.names_backoff.is_due(context.now);
        if due && !self.wanted_names.is_empty() && !self.names_asked {
            self.names_asked = true;
            context.request(Purpose::Names(self.id), Method::Get, &format!("/rooms/{}/names", self.id), None);
        }
    }

    fn ack_is_due(&self) -> bool {
        self.stream == Stream::Live && (self.cursor.seq, self.read) > self.acked
    }

    fn report_position(&mut self, context: &mut Context<'_>) {
        let waited = context.now.millis_since(self.acked_at) >= ACK_INTERVAL_MS;
        if context.online && waited && self.ack_is_due() {
            self.acked = (self.cursor.seq, self.read);
            self.acked_at = context.now;
            let ack = Ack { room: self.id, delivered: self.cursor.seq, read: self.read };
            context.transmit(&ClientFrame::Ack(ack));
        }
    }

    fn standing(&self, me: DeviceId) -> Standing {
        if let Some(alarm) = self.alarm {
            return Standing::Alarm(alarm);
        }
        let entitled = self.log.as_ref().is_some_and(|log| log.is_entitled(me));
        match self.stream {
            _ if self.refused_by_service => Standing::NotApproved,
            Stream::Live if entitled => Standing::Ready,
            Stream::Live => Standing::NotApproved,
            _ => Standing::CatchingUp,
        }
    }

    fn view(&self, context: &Context<'_>) -> RoomView {
        let log = self.known_log();
        let me = log.and_then(|log| log.member(context.identity.account()));
        let may_act = self.log.as_ref().is_some_and(|log| log.is_entitled(context.identity.device()));
        let members = log.into_iter().flat_map(|log| {
            log.members().map(|(account, member)| MemberView {
                account: *account,
                handle: self.names.get(&member.handle).cloned(),
                role: member.role,
                devices: log.entitled_devices().filter(|(_, device)| device.bundle.account() == *account).count(),
                me: *account == context.identity.account(),
            })
        });
        let epoch = log.map_or(Epoch(0), RoomState::current_epoch);
        RoomView {
            room: self.id,
            name: log.and_then(|log| self.names.get(&log.name())).cloned(),
            standing: self.standing(context.identity.device()),
            history: log.map(RoomState::history),
            members: members.collect(),
            role: me.map(|me| me.role),
            may_invite: may_act && log.zip(me).is_some_and(|(log, me)| log.may_invite(me.role)),
            member_invites: log.is_some_and(RoomState::member_invites),
            invites: log.map(|log| self.invites.views(log, may_act, context)).unwrap_or_default(),
            epoch,
            has_key: log.is_some_and(|log| self.keyring.get(epoch, log).is_some()),
        }
    }
}

fn read_body(key: &EpochKey, message: &SealedMessage, header: &MessageHeader) -> Body {
    let Ok(plaintext) = message.open(key, header) else { return Body::Unreadable(Unreadable::Damaged) };
    if header.kind != MessageKind::TEXT {
        return Body::Unreadable(Unreadable::NeedsNewer);
    }
    match codec::decode::<TextBody>(&plaintext) {
        Ok(body) => Body::Text(body.text),
        Err(_) => Body::Unreadable(Unreadable::Damaged),
    }
}
