//! Another life of the service's database: it was put back to an older copy of itself. What this device has beyond that copy
//! keeps its places, which no other life gives again. Messages there are lost at the service, and shown so; entries of the log
//! are brought back before anything else is done in the room, whoever wrote them. Where the service's log has gone on
//! otherwise, or does not take them, a person decides ([`Alarm::Restored`]).

use serde::{Deserialize, Serialize};

use super::{Room, Stream};
use crate::{
    client::{
        Refusal,
        act::Act,
        append::Intent,
        context::{Backoff, Context, Purpose},
        io::{Alarm, Change, Deed, Event, Method},
        records, rotation,
    },
    ids::{EntryHash, Epoch, Incarnation, Seq},
    log::{Action, Role, RoomState},
    protocol::{
        error::ErrorCode,
        frames::Restored,
        http::{Append, Appended},
        limits,
    },
    sorted::SortedMap,
    time::Timestamp,
};

/// After so many tries, and when rooms take other things again, a person is asked.
const TRIES: u32 = 4;

/// What is known of the lives of the database. Saved as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::client) struct Lives {
    /// Stretches of places that the service lost: first and last.
    lost: Vec<(Seq, Seq)>,
    /// Where the stream went on in another life: the last place before, and the first after.
    leaps: Vec<(Seq, Seq)>,
    /// So many entries of the log the service has, where it lacks some that this device has.
    there: Option<usize>,
    /// An entry of this device that was taken and not shown may be lost.
    own_in_doubt: bool,
}

impl Lives {
    /// The stretches of places whose messages the service lost.
    pub(super) fn lost(&self) -> &[(Seq, Seq)] {
        &self.lost
    }

    /// The next place that the stream has at this one or after it, as far as it is known.
    pub(super) fn at_or_after(&self, seq: Seq) -> Seq {
        let leap = self.leaps.iter().find(|(before, after)| *before < seq && seq < *after);
        leap.map_or(seq, |(_, after)| *after)
    }

    /// Whether the newest place that this device has, `last`, is one that the service lost, and `head` is not before what it
    /// kept.
    fn is_explained(&self, head: Seq, last: Seq) -> bool {
        self.lost.last().is_some_and(|(first, lost)| *lost == last && head.next() >= *first)
    }
}

/// About how many places there are after one of them up to another, which is in this life.
pub(super) fn places_between(from: Seq, to: Seq, life: Incarnation) -> u64 {
    let begin = life.first_place();
    let before = if from < begin && begin <= to { begin.0 - 1 } else { from.0 };
    to.0.saturating_sub(before)
}

/// Bringing entries back.
#[derive(Debug, Default)]
pub(super) struct Bringing {
    under_way: bool,
    tries: u32,
    backoff: Backoff,
}

impl Room {
    /// The service says that its database is in another life, and how much of the stream it still has.
    pub(in crate::client) fn restored(&mut self, told: Restored, context: &mut Context<'_>) {
        if self.stream != Stream::Asked || self.is_halted() || told.incarnation == self.cursor.incarnation {
            return;
        }
        if told.incarnation < self.cursor.incarnation {
            return self.raise(Alarm::Restored);
        }
        let kept = told.kept.min(self.cursor.seq);
        // What was said of the same places before counts no more.
        self.lives.lost.pop_if(|(_, last)| *last == self.cursor.seq);
        if kept < self.cursor.seq {
            self.lives.lost.push((kept.next(), self.cursor.seq));
        }
        let before = self.signed.iter().take_while(|(seq, _)| *seq <= kept).count();
        let there = self.lives.there.map_or(before, |there| there.min(before));
        self.lives.there = Some(there).filter(|there| *there < self.signed.len());
        self.lives.own_in_doubt = self.awaits_own_entry();
        self.bringing = Bringing::default();
        self.cursor.incarnation = told.incarnation;
        self.shown = false;
        context.save(vec![self.put_lives(), self.put_cursor()]);
        // Places that were still to come in that life.
        self.outbox.passed(Seq(u64::MAX), context);
    }

    fn put_lives(&self) -> Change {
        records::put_lives(self.id, &self.lives)
    }

    /// The service lacks entries of the log: until it has them, nothing else is done here.
    pub(in crate::client) const fn brings_back(&self) -> bool {
        self.lives.there.is_some()
    }

    /// Until when the service takes into the log only what a restored backup lacks, if that is not over.
    pub(super) fn log_rests_until(&self, now: Timestamp) -> Option<Timestamp> {
        let until = self.cursor.incarnation.restored_at()?.plus_millis(limits::RESTORED_ONLY_MS);
        Some(until).filter(|until| *until > now)
    }

    /// Nothing is appended now.
    pub(in crate::client) const fn takes_no_append(&self) -> bool {
        self.is_halted() || self.brings_back()
    }

    /// Whether the service may have no more of the stream than up to `head`.
    pub(super) fn may_end_at(&self, head: Seq) -> bool {
        head >= self.cursor.seq || self.lives.is_explained(head, self.cursor.seq)
    }

    /// Whether this is the place after the last one that was taken.
    pub(super) fn is_next(&self, incarnation: Incarnation, seq: Seq) -> bool {
        seq == self.cursor.seq.next() || incarnation.begins_with(seq)
    }

    /// The place is being taken: if the stream leaps to it, that is noted.
    pub(super) fn note_leap(&mut self, seq: Seq) {
        if seq != self.cursor.seq.next() {
            self.lives.leaps.push((self.cursor.seq, seq));
            let change = self.put_lives();
            self.unsaved.changes.push(change);
        }
    }

    /// Whether an entry of the stream is the next one that was brought back; it is not taken a second time.
    ///
    /// # Errors
    /// [`Alarm::Restored`] when the service's log has gone on otherwise.
    pub(super) fn is_back(&mut self, entry: EntryHash) -> Result<bool, Alarm> {
        let Some(there) = self.lives.there else { return Ok(false) };
        if self.log_hashes.get(there) != Some(&entry) {
            return Err(Alarm::Restored);
        }
        self.lives.there = Some(there + 1).filter(|there| *there < self.signed.len());
        self.bringing = Bringing::default();
        self.shown = false;
        let change = self.put_lives();
        self.unsaved.changes.push(change);
        Ok(true)
    }

    /// All of the stream is here: what this device had appended in another life, and has not seen, is lost.
    pub(super) fn settle_own_entry(&mut self, context: &mut Context<'_>) {
        if std::mem::take(&mut self.lives.own_in_doubt) {
            if self.awaits_own_entry() {
                self.appended = None;
                context.notify(Event::Failed { room: Some(self.id), code: ErrorCode::RetryLater });
            }
            context.save(vec![self.put_lives(), self.put_cursor()]);
        }
    }

    /// Brings back the next entries that the service lacks.
    pub(super) fn bring_back(&mut self, context: &mut Context<'_>) {
        let Some(there) = self.lives.there else { return };
        if self.bringing.under_way || !self.bringing.backoff.is_due(context.now) {
            return;
        }
        let append = self.lost_entries(there, context);
        let Some(body) = append.and_then(|append| serde_json::to_vec(&append).ok()) else {
            // Another device may have the key of that epoch.
            return self.not_brought(None, context);
        };
        self.bringing.under_way = true;
        context.request(Purpose::BringBack(self.id), Method::Post, &format!("/rooms/{}/log/lost", self.id), Some(body));
    }

    pub(in crate::client) fn brought_back(&mut self, outcome: Result<Appended, Refusal>, context: &mut Context<'_>) {
        self.bringing.under_way = false;
        match outcome {
            // They come in the stream.
            Ok(_) => self.bringing.backoff.failed(context.now, None),
            Err(refusal) if refusal.is_passing() => self.not_brought(refusal.retry_after_ms, context),
            Err(Refusal { code: ErrorCode::LogConflict, .. }) => {
                self.look_at_the_stream();
                self.not_brought(None, context);
            }
            Err(_) => self.raise(Alarm::Restored),
        }
    }

    fn not_brought(&mut self, retry_after_ms: Option<u64>, context: &Context<'_>) {
        self.bringing.backoff.failed(context.now, retry_after_ms);
        self.bringing.tries += 1;
        if self.log_rests_until(context.now).is_none() && self.bringing.tries >= TRIES {
            self.raise(Alarm::Restored);
        }
    }

    pub(super) fn bringing_deadline(&self) -> Option<Timestamp> {
        self.bringing.backoff.deadline().filter(|_| self.brings_back() && !self.bringing.under_way)
    }

    /// The next entries that the service lacks, up to a start of an epoch, with what belongs beside them; `None` where this
    /// device has not the key of that epoch.
    fn lost_entries(&self, there: usize, context: &Context<'_>) -> Option<Append> {
        let mut log = self.folded(there)?;
        let mut entries = Vec::new();
        let mut names = Vec::new();
        let mut start = None;
        for (_, entry) in self.signed.iter().skip(there).take(limits::APPEND_ENTRIES) {
            let before = log.current_epoch();
            let body = log.apply(entry).ok()?.body;
            names.extend(body.action.names().iter().filter_map(|hash| self.open_names.get(hash).cloned()));
            entries.push(entry.clone());
            if let Action::EpochStarted(started) = &body.action
                && log.current_epoch() != before
            {
                start = Some(started.epoch);
                break;
            }
        }
        let (envelopes, link) = match start {
            None => (Vec::new(), None),
            Some(epoch) => {
                let key = self.keyring.get(epoch, &log)?;
                let current = Epoch(epoch.0.checked_sub(1)?);
                let current = self.keyring.get(current, &log);
                rotation::beside_start(context.identity, &log, (epoch, key), SortedMap::new(), current).ok()?
            }
        };
        Some(Append { entries, envelopes, link, names, invite_key: None })
    }

    /// What the first so many entries fold to.
    fn folded(&self, count: usize) -> Option<RoomState> {
        let mut entries = self.signed.iter().take(count);
        let (mut log, _) = RoomState::start(&entries.next()?.1).ok()?;
        entries.try_for_each(|(_, entry)| log.apply(entry).map(drop)).ok()?;
        Some(log)
    }

    /// Somebody has looked at the room: it is followed as the service has it. Entries that the service lacks are given up; who
    /// was put out by them is put out again, where this account may do that.
    pub(in crate::client) fn follow_service(&mut self, context: &mut Context<'_>) {
        if self.alarm != Some(Alarm::Restored) {
            return;
        }
        let Some(there) = self.lives.there.filter(|there| *there > 0) else {
            // What it said of its lives cannot be: it says it anew.
            (self.alarm, self.lives.there, self.cursor.incarnation) = (None, None, Incarnation(0));
            context.save(vec![self.put_lives(), self.put_cursor()]);
            return self.look_at_the_stream();
        };
        let mut signed = std::mem::take(&mut self.signed);
        let given_up = signed.split_off(there);
        let put_out = self.entries.iter().skip(there).filter(|entry| entry.ignored.is_none());
        let again: Vec<Act> = put_out.filter_map(|entry| puts_out(&entry.deed)).collect();
        self.log = None;
        self.log_hashes.clear();
        self.entries.clear();
        self.names_given.clear();
        self.handles.clear();
        (self.ended, self.appended, self.alarm, self.lives.there) = (None, None, None, None);
        for (seq, entry) in signed {
            if let Err(alarm) = self.take_entry(seq, &entry, None) {
                return self.raise(alarm);
            }
        }
        let mut changes: Vec<Change> = given_up.iter().map(|(seq, _)| records::delete_entry(self.id, *seq)).collect();
        changes.extend([self.put_lives(), self.put_cursor(), records::delete_ended(self.id)]);
        context.save(changes);
        let me = self.log.as_ref().and_then(|log| log.member(self.me.account));
        if me.is_some_and(|me| me.role != Role::Member) {
            again.into_iter().for_each(|act| self.want(Intent::Act(act)));
        }
        self.look_at_the_stream();
        self.keys_seen_for = Epoch(0);
        self.shown = false;
    }
}

/// The deed that does again what an entry did, if that put somebody out.
const fn puts_out(deed: &Deed) -> Option<Act> {
    match deed {
        Deed::MemberRemoved(account) => Some(Act::RemoveMember(*account)),
        Deed::ComputerRevoked { computer, .. } => Some(Act::RevokeDevice(computer.device)),
        _ => None,
    }
}
