//! One room as this device knows it: what it keeps to read and write, and what it takes from the service's answers. `stream`
//! verifies the stream place by place, `step` says what to fetch and send next, `deeds` what to append, `view` shows it; `keys` and
//! `names` are what else the service hands out.
//!
//! It goes on from what `checkpoint` saves: counters (`senders`), the last places (`places`), and where messages stand that
//! wait for a key (`locked`), and what people want of its log (`wishes`). It ends for a device that is put out (`ending`), and
//! outlives a service that was put back to an older copy (`lives`).

mod checkpoint;
mod comparing;
mod deeds;
mod ending;
mod keys;
mod lives;
mod locked;
mod names;
mod places;
mod recovering;
mod senders;
mod step;
mod stream;
mod view;
mod wishes;

pub use self::ending::{Ended, Ending};
use self::{
    checkpoint::Unsaved,
    lives::{Bringing, places_between},
    locked::Opening,
    places::Places,
    recovering::Recovering,
    senders::Senders,
    wishes::Wishes,
};
pub(super) use self::{
    ending::{Me, after as ended_after},
    lives::Lives,
    locked::Locked,
    places::Portion,
    senders::Sender,
};
use super::{
    Refusal,
    context::{Backoff, Context},
    entries::EntryView,
    glimpse::Glimpse,
    identity::Identity,
    invites::Invites,
    io::{Alarm, Change},
    keyring::Keyring,
    outbox::Outbox,
    people::People,
    records,
    recovery::Waits,
    sharing::Sharing,
    vouching::Said,
    waiting::Spoken,
};
use crate::{
    crypto::message::{Cursor, LogHead},
    ids::{AccountId, EntryHash, Epoch, Incarnation, LogIndex, MessageId, NameHash, RoomId, Seq},
    log::{RoomState, SignedEntry},
    protocol::{
        error::ErrorCode,
        frames::{Accepted, OpenName, Refused, RoomPositions, RoomPresence, SyncRefused},
        http::LogPage,
    },
    sorted::{SortedMap, SortedSet},
    time::Timestamp,
};

/// How often positions are reported at most, in milliseconds.
const ACK_INTERVAL_MS: i64 = 1_000;

/// How often a room that catches up is shown at most, in milliseconds.
const VIEW_INTERVAL_MS: i64 = 250;

/// How long what this device changed may take from the service's word to the stream before its person is told, in milliseconds.
const OWN_ENTRY_MS: i64 = 10_000;

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

/// A stretch of the stream that takes more than one page.
#[derive(Clone, Copy, Debug)]
struct CatchUp {
    /// Here it began.
    from: Seq,
    /// The newest place when the service was asked last.
    head: Seq,
}

/// See the module.
#[derive(Debug)]
pub struct Room {
    id: RoomId,
    me: Me,
    stream: Stream,
    sync_backoff: Backoff,
    catching_up: Option<CatchUp>,
    /// The last message of the page at hand of which nobody is told.
    only_stored: Option<Seq>,
    cursor: Cursor,
    log: Option<RoomState>,
    log_hashes: Vec<EntryHash>,
    /// The same entries as they came, each with its place.
    signed: Vec<(Seq, SignedEntry)>,
    /// The same entries, for showing.
    entries: Vec<EntryView>,
    /// See [`super::io::RoomView::log_version`].
    log_version: u64,
    /// The names that entries gave, also those that are not used any more.
    names_given: SortedSet<NameHash>,
    /// When the current epoch started: by the service's receipt where the stream brought it, else by its author's clock.
    epoch_since: Timestamp,
    refused_by_service: bool,
    glimpse: Glimpse,
    ended: Option<Ending>,
    alarm: Option<Alarm>,
    keyring: Keyring,
    names: SortedMap<NameHash, String>,
    /// The same with the random bytes in their hashes, for who has lost them.
    open_names: SortedMap<NameHash, OpenName>,
    /// Of everybody who is or was a member.
    handles: SortedMap<AccountId, NameHash>,
    wanted_names: SortedSet<NameHash>,
    names_asked: bool,
    names_backoff: Backoff,
    /// The epoch that was current when keys were asked for; 0 when there are more of them since.
    keys_asked: Option<Epoch>,
    /// The newest epoch for which the service's answer was looked at.
    keys_seen_for: Epoch,
    keys_backoff: Backoff,
    senders: Senders,
    places: Places,
    last_activity: Option<Timestamp>,
    lives: Lives,
    bringing: Bringing,
    locked: SortedMap<Epoch, Locked>,
    opening: Option<Opening>,
    /// A key came that may open some of what is locked.
    learnt: bool,
    unsaved: Unsaved,
    outbox: Outbox,
    /// This device's own last entry that the service says it took. The stream may still be behind it.
    appended: Option<LogHead>,
    /// When it said so; 0 before this run of the client.
    appended_at: Timestamp,
    /// To be appended to the log, one after the other.
    wanted: Wishes,
    /// The service did not take a name of this account's or device's: it knows another one.
    own_name_refused: bool,
    /// What the account says of its devices in entries of the log, and nobody else has taken from here.
    spoken: Vec<Spoken>,
    /// What the account says of its devices was looked at when this was the log's newest entry.
    said_seen_at: Option<LogIndex>,
    /// A start of an epoch that was refused is tried again later; one that somebody else should bring is waited for.
    rotation_backoff: Backoff,
    invites: Invites,
    /// When something that is shown is so no more: the first of the invites expires, or the log rests no longer.
    view_until: Option<Timestamp>,
    sharing: Sharing,
    recovering: Recovering,
    waits: Waits,
    read: Seq,
    people: People,
    acked: (Seq, Seq),
    acked_at: Timestamp,
    shown: bool,
    shown_at: Timestamp,
}

impl Room {
    pub(super) fn new(id: RoomId, identity: &Identity) -> Self {
        Self {
            id,
            me: Me { account: identity.account(), device: identity.device() },
            stream: Stream::Offline,
            sync_backoff: Backoff::default(),
            catching_up: None,
            only_stored: None,
            cursor: Cursor { incarnation: Incarnation(0), seq: Seq(0) },
            log: None,
            log_hashes: Vec::new(),
            signed: Vec::new(),
            entries: Vec::new(),
            log_version: 0,
            names_given: SortedSet::new(),
            epoch_since: Timestamp(0),
            refused_by_service: false,
            glimpse: Glimpse::default(),
            ended: None,
            alarm: None,
            keyring: Keyring::default(),
            names: SortedMap::new(),
            open_names: SortedMap::new(),
            handles: SortedMap::new(),
            wanted_names: SortedSet::new(),
            names_asked: false,
            names_backoff: Backoff::default(),
            keys_asked: None,
            keys_seen_for: Epoch(0),
            keys_backoff: Backoff::default(),
            senders: Senders::default(),
            places: Places::default(),
            last_activity: None,
            lives: Lives::default(),
            bringing: Bringing::default(),
            locked: SortedMap::new(),
            opening: None,
            learnt: false,
            unsaved: Unsaved::default(),
            outbox: Outbox::new(id),
            appended: None,
            appended_at: Timestamp(0),
            wanted: Wishes::default(),
            own_name_refused: false,
            spoken: Vec::new(),
            said_seen_at: None,
            rotation_backoff: Backoff::default(),
            invites: Invites::default(),
            view_until: None,
            sharing: Sharing::default(),
            recovering: Recovering::default(),
            waits: Waits::default(),
            read: Seq(0),
            people: People::new(),
            acked: (Seq(0), Seq(0)),
            acked_at: Timestamp(0),
            shown: false,
            shown_at: Timestamp(0),
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

    /// The messages that are not in the stream yet.
    #[must_use]
    pub const fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// What people call it, once known.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.names.get(&self.known_log()?.name()).map(String::as_str)
    }

    /// What everybody is called who is or was a member, as far as it is known.
    pub fn handles(&self) -> impl Iterator<Item = (AccountId, &str)> {
        self.handles.keys().filter_map(|account| Some((*account, self.handle(*account)?)))
    }

    /// How many places of the stream are known to be at the service and not here yet.
    #[must_use]
    pub fn behind(&self) -> u64 {
        let Cursor { incarnation, seq } = self.cursor;
        self.catching_up.map_or(0, |catching_up| places_between(seq, catching_up.head, incarnation))
    }

    /// All of the stream is here.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.stream == Stream::Live
    }

    /// There is a connection. What has ended is asked for only if the service says that the account is in the room.
    pub(super) fn connected(&mut self, is_member: bool) {
        if self.stream == Stream::Offline && (is_member || self.ended.is_none()) {
            self.stream = Stream::Wanted;
            // There may be keys by now that were not there before.
            self.keys_seen_for = Epoch(0);
        }
        self.recovering.inbox.want();
        self.sync_backoff.succeeded();
    }

    pub(super) fn disconnected(&mut self) {
        self.stream = Stream::Offline;
        self.catching_up = None;
        self.outbox.disconnected();
        self.sharing.disconnected();
        self.bringing = Bringing::default();
        self.recovering.inbox.disconnected();
        self.acked = (Seq(0), Seq(0));
        self.people.disconnected();
        self.shown = false;
    }

    pub(super) fn deadlines(&self) -> impl Iterator<Item = Timestamp> {
        let ack = self.ack_is_due().then(|| self.acked_at.plus_millis(ACK_INTERVAL_MS));
        let acting = [
            self.sync_backoff.deadline().filter(|_| self.stream == Stream::Wanted),
            self.keys_backoff.deadline(),
            self.rotation_backoff.deadline(),
            self.outbox.deadline().filter(|_| self.stream == Stream::Live),
            self.invites.deadline(),
            self.sharing.deadline(),
            self.bringing_deadline(),
        ];
        let acting = acting.into_iter().filter(|_| !self.is_halted());
        let shown = [self.names_backoff.deadline(), self.view_until, self.view_deadline(), ack];
        acting.chain(shown).flatten().chain(self.recovering.deadlines())
    }

    /// The service says that this device's append was committed, the last entry of which is this one; the change that saves it.
    pub(super) fn appended(&mut self, last: LogHead, now: Timestamp) -> Change {
        (self.appended, self.appended_at, self.shown) = (Some(last), now, false);
        self.rotation_backoff.succeeded();
        if self.is_other_entry(last) {
            self.raise(Alarm::LogForked);
        }
        self.put_cursor()
    }

    /// The stream has not brought what the service says it took of this device: what it changed is not in the log yet.
    fn awaits_own_entry(&self) -> bool {
        let head = self.log.as_ref().map(|log| log.head().index);
        self.appended.is_some_and(|own| head.is_none_or(|head| head < own.index))
    }

    /// When the stream has brought all else and still not that, for so long that its person is to know.
    fn own_entry_deadline(&self) -> Option<Timestamp> {
        (self.is_live() && self.awaits_own_entry()).then(|| self.appended_at.plus_millis(OWN_ENTRY_MS))
    }

    /// Whether the service has said long ago that it took what this device changed, and does not show it.
    fn misses_own_entry(&self, now: Timestamp) -> bool {
        self.own_entry_deadline().is_some_and(|deadline| deadline <= now)
    }

    /// Nothing is sent, wrapped or appended.
    pub(super) const fn is_halted(&self) -> bool {
        self.alarm.is_some()
    }

    /// Somebody has looked at it.
    pub(super) fn looked_at(&mut self, context: &mut Context<'_>) {
        if self.alarm.take().is_some_and(Alarm::stays) {
            context.save(vec![records::delete_alarm(self.id)]);
        }
        self.look_at_the_stream();
        self.keys_seen_for = Epoch(0);
        self.shown = false;
    }

    /// There is something new that the account says of its devices.
    pub(super) const fn something_was_said(&mut self) {
        self.said_seen_at = None;
    }

    /// What the account says of its devices in entries of the log that came since this was asked last, once the names beside
    /// them are known.
    pub(super) fn spoken(&mut self) -> Vec<Said> {
        let names = &self.names;
        self.spoken.extract_if(.., |spoken| spoken.is_known(names)).filter_map(|spoken| spoken.said(names)).collect()
    }

    pub(super) fn write(&mut self, text: &str, context: &mut Context<'_>) {
        self.outbox.write(text, context);
    }

    pub(super) fn retry(&mut self, message_id: MessageId, context: &mut Context<'_>) {
        self.outbox.retry(message_id, context);
    }

    pub(super) fn discard(&mut self, message_id: MessageId, context: &mut Context<'_>) {
        self.outbox.discard(message_id, context);
    }

    pub(super) fn read(&mut self, seq: Seq, context: &mut Context<'_>) {
        let seq = seq.min(self.cursor.seq);
        if seq > self.read {
            self.read = seq;
            self.people.looked();
            self.shown = false;
            context.save(vec![records::put_read(self.id, seq)]);
        }
    }

    pub(super) fn sync_refused(&mut self, refused: &SyncRefused, context: &mut Context<'_>) {
        self.refused_by_service = matches!(refused.code, ErrorCode::NotEntitled | ErrorCode::NotFound);
        self.shown = false;
        if self.refused_by_service && self.ended.is_some() {
            // It is known why: nothing is asked for until the service says that there is something.
            self.stream = Stream::Offline;
            return;
        }
        if self.refused_by_service {
            self.glimpse.want(self.log.as_ref());
        }
        self.stream = Stream::Wanted;
        self.sync_backoff.failed(context.now, refused.retry_after_ms);
    }

    pub(super) fn accepted(&mut self, accepted: &Accepted, context: &mut Context<'_>) {
        if let Some(change) = self.outbox.accepted(accepted.message_id, accepted.seq, context) {
            context.save(vec![change, self.put_cursor()]);
            self.outbox.passed(self.cursor.seq, context);
        }
    }

    pub(super) fn refused(&mut self, refused: &Refused, context: &mut Context<'_>) {
        self.outbox.refused(refused, context);
    }

    pub(super) fn presence(&mut self, told: RoomPresence) {
        self.people.presence(told);
    }

    pub(super) fn positions(&mut self, told: RoomPositions) {
        self.people.positions(told);
        self.shown = false;
    }

    /// A page of the log from this entry on came, for a device that is not entitled.
    pub(super) fn log_answered(&mut self, from: LogIndex, answer: Result<LogPage, Refusal>, context: &mut Context<'_>) {
        if let Err(alarm) = self.glimpse.answered((self.id, from), self.me, answer) {
            self.raise(alarm);
        }
        if let Some(ending) = self.glimpse.ended().filter(|_| self.glimpse.is_idle()) {
            let change = self.end(ending);
            context.save(vec![change]);
        }
        self.want_names();
        self.log_reads_otherwise();
    }

    /// What its log says is told in other words than before, or more of it.
    pub(super) const fn log_reads_otherwise(&mut self) {
        self.log_version += 1;
        self.shown = false;
    }

    /// How far this account has looked at the room, on this device or another.
    fn read_anywhere(&self, context: &Context<'_>) -> Seq {
        let elsewhere = self.log.as_ref().map(|log| self.people.read_by(context.identity.account(), log));
        self.read.max(elsewhere.unwrap_or_default())
    }

    /// The log, or what is shown of it to a device that is not entitled.
    pub(super) fn known_log(&self) -> Option<&RoomState> {
        self.log.as_ref().or(self.glimpse.log())
    }
}
