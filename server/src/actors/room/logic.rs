//! Whether an append to a room's log is taken: a pure function of the log so far, who asks, what they bring and the time.
//! It verifies signatures, so it runs on a blocking thread; the Room hands the outcome to the store.

use igoon_shared::{
    crypto::device::DeviceKeys,
    ids::{DeviceId, EntryHash, Epoch, LogIndex, RoomId, Seq},
    log::{
        Action, Author, Effect, EntryBody, EpochReason, IgnoredReason, LogError, RoomState, SignedEntry,
        action::{EpochStarted, RecoveryMode, Renameable},
    },
    protocol::{
        codec::DecodeError,
        error::ErrorCode,
        frames::{CommittedEntry, OpenName},
        http::{Append, InviteSealedKey},
        limits, names,
    },
    time::Timestamp,
};

use super::{Refusal, envelopes, projection};
use crate::store::ops::{NewAppend, NewEntry};

/// A room's log so far.
#[derive(Clone, Debug)]
pub struct Log {
    /// What it folds to.
    pub state: RoomState,
    /// Hash and place of each entry, by index.
    pub committed: Vec<(EntryHash, Seq)>,
}

/// Who brings an append.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The device.
    pub device: DeviceId,
    /// Its account's handle.
    pub handle: String,
    /// Its person has just shown the password once more.
    pub confirmed: bool,
    /// It brings what a restored backup lacks, whoever wrote it.
    pub brings_lost: bool,
}

/// When an append is judged.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Now.
    pub now: Timestamp,
    /// When a backup of the database was restored last.
    pub restored_at: Option<Timestamp>,
}

impl Times {
    /// So many milliseconds rooms take nothing but what a restored backup lacks; nothing when that is over.
    fn until_all_is_taken(self) -> Option<u64> {
        let left = limits::RESTORED_ONLY_MS.saturating_sub(self.now.millis_since(self.restored_at?));
        u64::try_from(left).ok().filter(|left| *left > 0)
    }
}

/// What an append comes to.
pub enum Judged {
    /// It was committed before: answer as the first time.
    Repeated(Vec<CommittedEntry>),
    /// It may be committed.
    New(Box<Accepted>),
}

/// An append that may be committed.
pub struct Accepted {
    /// The room.
    pub room: RoomId,
    /// What the log folds to afterwards.
    pub after: RoomState,
    /// What the store commits.
    pub append: NewAppend,
}

/// An entry of an append after it was applied.
pub(super) struct Step {
    pub(super) hash: EntryHash,
    pub(super) body: EntryBody,
    /// An epoch starts behind it in the same append: whoever is put out does not read another message, and whoever joins
    /// where history is not shown can read the next one.
    needs_epoch: bool,
}

/// Judges an append by `caller` to the log `current`; without a log, one that makes the room.
///
/// # Errors
/// - [`ErrorCode::TooLarge`], [`ErrorCode::Malformed`], [`ErrorCode::UnknownFormat`]: what it is made of;
/// - [`ErrorCode::Forbidden`]: an entry is by another device than the calling one, or approves a recovery without the password;
///   or it brings what was lost though nothing was, or though it leaves the calling device out;
/// - [`ErrorCode::RetryLater`], with the time that is left: a backup was restored a moment ago, and it brings something else
///   than what that lacks;
/// - [`ErrorCode::NotFound`]: there is no such room, and this does not make one;
/// - [`ErrorCode::LogConflict`]: the log has gone on since;
/// - [`ErrorCode::ClockSkew`]: a new entry's time is off;
/// - [`ErrorCode::BadEntry`], [`ErrorCode::InviteNotValid`]: an entry does not verify or would have no effect, or holds
///   another handle than the account's;
/// - [`ErrorCode::BadEnvelopes`], [`ErrorCode::Invalid`]: what lies beside the entries does not belong to them.
pub fn judge(current: Option<&Log>, caller: &Caller, append: Append, times: Times) -> Result<Judged, Refusal> {
    let Times { now, restored_at } = times;
    let device = caller.device;
    let lost_before = restored_at.filter(|_| caller.brings_lost);
    if caller.brings_lost && lost_before.is_none() {
        return Err(ErrorCode::Forbidden.into());
    }
    let bodies = read(&append.entries)?;
    let first = bodies.first().ok_or(ErrorCode::Malformed)?;
    // What a kit signs is brought by the computer that it lets in; what the service signs, by nobody.
    let has_kit = current.is_some_and(|log| log.state.recovery_mode() == RecoveryMode::Kit);
    let may_bring = |author: Author| author == Author::Device(device) || (author == Author::Service && has_kit);
    if lost_before.is_none() && !bodies.iter().all(|body| may_bring(body.author)) {
        return Err(ErrorCode::Forbidden.into());
    }
    if let Some(entries) = current.and_then(|log| repeated(log, first.index, &append.entries)) {
        return Ok(Judged::Repeated(entries));
    }
    if lost_before.is_none()
        && current.is_some()
        && let Some(wait) = times.until_all_is_taken()
    {
        return Err(Refusal::later(wait));
    }
    let approves =
        |body: &EntryBody| matches!((&body.action, body.author), (Action::RecoveryApproved(_), Author::Device(_)));
    // What was lost was approved with the password when it was made.
    if !caller.confirmed && lost_before.is_none() && bodies.iter().any(approves) {
        return Err(ErrorCode::Forbidden.into());
    }
    let off = |at: Timestamp| match lost_before {
        Some(restored) => at.millis_since(restored) > limits::ENTRY_CLOCK_SKEW_MS,
        None => at.millis_since(now).unsigned_abs() > limits::ENTRY_CLOCK_SKEW_MS.unsigned_abs(),
    };
    if bodies.iter().any(|body| off(body.at)) {
        return Err(ErrorCode::ClockSkew.into());
    }
    let (after, steps) = match current {
        Some(log) => go_on(&log.state, first, &append.entries)?,
        None => begin(&append.entries)?,
    };
    if lost_before.is_some() && !after.is_entitled(device) {
        return Err(ErrorCode::Forbidden.into());
    }
    if lost_before.is_none()
        && !steps.iter().all(|step| has_own_handle(&step.body.action, &append.names, &caller.handle))
    {
        return Err(ErrorCode::BadEntry.into());
    }
    let before = current.map(|log| &log.state);
    let started = epoch_start(&steps)?;
    envelopes::check(started, device, &after, &append.envelopes)?;
    beside(started, &steps, &after, &append)?;
    if after.entitled_devices().count() > limits::ROOM_DEVICES {
        return Err(ErrorCode::TooLarge.into());
    }
    let room = after.room();
    let entries = steps
        .iter()
        .zip(append.entries)
        .map(|(step, entry)| NewEntry { index: step.body.index, hash: step.hash, entry })
        .collect();
    let append = NewAppend {
        envelopes: started.map_or_else(Vec::new, |started| envelopes::addressed(started.epoch, append.envelopes)),
        link: append.link,
        names: append.names,
        invite_key: append.invite_key,
        ..projection::append(before, &after, entries, now)
    };
    Ok(Judged::New(Box::new(Accepted { room, after, append })))
}

/// The append of one entry that the service signs with the key that the policy pins; nothing if it would have no effect.
pub(super) fn by_service(
    before: &RoomState,
    keys: &DeviceKeys,
    action: Action,
    names: Vec<OpenName>,
    now: Timestamp,
) -> Option<Accepted> {
    let entry = EntryBody::by_pinned_key(before.room(), before.head(), now, action).sign(keys);
    let mut after = before.clone();
    let applied = after.apply(&entry).ok()?;
    if applied.effect != Effect::Done {
        return None;
    }
    let entries = vec![NewEntry { index: applied.body.index, hash: applied.hash, entry }];
    let append = NewAppend { names, ..projection::append(Some(before), &after, entries, now) };
    Some(Accepted { room: after.room(), after, append })
}

/// The entries' bodies, if there are neither none nor too many.
fn read(entries: &[SignedEntry]) -> Result<Vec<EntryBody>, ErrorCode> {
    if entries.len() > limits::APPEND_ENTRIES {
        return Err(ErrorCode::TooLarge);
    }
    entries.iter().map(|entry| entry.body().map_err(undecodable)).collect()
}

const fn undecodable(error: DecodeError) -> ErrorCode {
    match error {
        DecodeError::TooLarge => ErrorCode::TooLarge,
        DecodeError::WrongType | DecodeError::UnknownKind => ErrorCode::UnknownFormat,
        DecodeError::Truncated
        | DecodeError::Trailing
        | DecodeError::DuplicateKey
        | DecodeError::NotAllowed
        | DecodeError::NotCanonical => ErrorCode::Malformed,
    }
}

/// Where the entries stand, if all of them stand there already.
fn repeated(log: &Log, first: LogIndex, entries: &[SignedEntry]) -> Option<Vec<CommittedEntry>> {
    let start = usize::try_from(first.0).ok()?;
    let there = log.committed.get(start..start.checked_add(entries.len())?)?;
    let mut index = first;
    let mut places = Vec::with_capacity(entries.len());
    for (entry, (hash, seq)) in entries.iter().zip(there) {
        if entry.hash() != *hash {
            return None;
        }
        places.push(CommittedEntry { index, seq: *seq });
        index = index.next();
    }
    Some(places)
}

/// Verifies entries after the head and applies them.
fn go_on(before: &RoomState, first: &EntryBody, entries: &[SignedEntry]) -> Result<(RoomState, Vec<Step>), ErrorCode> {
    let head = before.head();
    if first.index != head.index.next() || first.previous != Some(head.hash) {
        return Err(ErrorCode::LogConflict);
    }
    let mut state = before.clone();
    let steps = apply(&mut state, entries)?;
    Ok((state, steps))
}

/// Makes a room: `created`, what is settled from the beginning, and the first epoch.
fn begin(entries: &[SignedEntry]) -> Result<(RoomState, Vec<Step>), ErrorCode> {
    let (first, rest) = entries.split_first().ok_or(ErrorCode::Malformed)?;
    if !first.body().is_ok_and(|body| matches!(body.action, Action::Created(_))) {
        return Err(ErrorCode::NotFound);
    }
    let (mut state, applied) = RoomState::start(first).map_err(refused)?;
    let mut steps = vec![Step { hash: applied.hash, body: applied.body, needs_epoch: true }];
    steps.extend(apply(&mut state, rest)?);
    let starts = |step: &Step| matches!(&step.body.action, Action::EpochStarted(started) if started.reason == EpochReason::RoomCreated);
    if steps.last().is_some_and(starts) { Ok((state, steps)) } else { Err(ErrorCode::BadEntry) }
}

fn apply(state: &mut RoomState, entries: &[SignedEntry]) -> Result<Vec<Step>, ErrorCode> {
    let mut steps = Vec::with_capacity(entries.len());
    for entry in entries {
        let newcomers_read = state.newcomers_read_current();
        let applied = state.apply(entry).map_err(refused)?;
        let needs_epoch = match applied.body.action {
            Action::MemberRemoved(_) => true,
            Action::Joined(_) => !newcomers_read,
            _ => false,
        };
        match applied.effect {
            Effect::Done => steps.push(Step { hash: applied.hash, body: applied.body, needs_epoch }),
            Effect::Ignored(IgnoredReason::InviteNotValid) => return Err(ErrorCode::InviteNotValid),
            Effect::Ignored(_) => return Err(ErrorCode::BadEntry),
        }
    }
    Ok(steps)
}

const fn refused(error: LogError) -> ErrorCode {
    match error {
        LogError::Malformed(error) => undecodable(error),
        LogError::NeedsNewer => ErrorCode::UnknownFormat,
        LogError::BrokenChain | LogError::UnknownAuthor | LogError::BadSignature => ErrorCode::BadEntry,
    }
}

/// Whether the handle in an action, if there is one, is this one; the name whose hash it holds has to lie beside it.
fn has_own_handle(action: &Action, names: &[OpenName], handle: &str) -> bool {
    let hash = match action {
        Action::Created(created) => created.handle,
        Action::Joined(joined) => joined.handle,
        Action::Renamed(renamed) if renamed.what == Renameable::Handle => renamed.name,
        _ => return true,
    };
    names.iter().any(|name| name.name == handle && name.hash() == Some(hash))
}

/// The one epoch that the entries start, if any. None that needs one stands behind it.
fn epoch_start(steps: &[Step]) -> Result<Option<&EpochStarted>, ErrorCode> {
    let mut started = None;
    let mut needed = false;
    for step in steps {
        match &step.body.action {
            Action::EpochStarted(_) if started.is_some() => return Err(ErrorCode::BadEnvelopes),
            Action::EpochStarted(epoch) => {
                started = Some(epoch);
                needed = false;
            }
            _ => needed |= step.needs_epoch,
        }
    }
    if needed { Err(ErrorCode::BadEntry) } else { Ok(started) }
}

/// Link, invite key and names have to belong to the entries.
fn beside(started: Option<&EpochStarted>, steps: &[Step], after: &RoomState, append: &Append) -> Result<(), ErrorCode> {
    let link_fits = append.link.as_ref().is_none_or(|link| {
        let follows = started.is_some_and(|started| link.epoch != Epoch(0) && link.epoch.next() == started.epoch);
        follows && after.may_link(link.epoch) && envelopes::is_sealed_key(&link.sealed)
    });
    let invite_key_fits = append.invite_key.as_ref().is_none_or(|key| {
        let invites =
            |step: &Step| matches!(&step.body.action, Action::Invited(invited) if invited.invite == key.invite);
        steps.iter().any(invites) && invite_key_fits(after, key)
    });
    let hashes: Vec<_> = steps.iter().flat_map(|step| step.body.action.names()).collect();
    let names_fit = append
        .names
        .iter()
        .all(|name| name.hash().is_some_and(|hash| hashes.contains(&hash)) && names::is_name(&name.name));
    if link_fits && invite_key_fits && names_fit { Ok(()) } else { Err(ErrorCode::Invalid) }
}

/// Whether a sealed key may lie beside an invite: newcomers may have it, the invite is there, the key is the current one.
#[must_use]
pub fn invite_key_fits(state: &RoomState, key: &InviteSealedKey) -> bool {
    state.newcomers_read_current()
        && state.invite(key.invite).is_some()
        && key.epoch == state.current_epoch()
        && envelopes::is_sealed_key(&key.sealed)
}

#[cfg(test)]
pub(super) mod tests;
