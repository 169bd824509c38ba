//! What every part of the core needs while it handles one input.

use super::{
    comparing::Marks,
    identity::Identity,
    io::{Change, Effect, Event, Method, Request, RequestId},
    vouching::Said,
    waiting::Heard,
};
use crate::{
    ids::{DeviceId, Epoch, InviteKey, LogIndex, RoomId, SessionTag},
    protocol::{codec, frames::ClientFrame, http::API},
    sorted::SortedMap,
    time::Timestamp,
};

/// See the module.
pub(super) struct Context<'a> {
    /// The service's clock, as near as it is known.
    pub(super) now: Timestamp,
    /// The host's clock, which the service cannot set.
    pub(super) host_now: Timestamp,
    pub(super) online: bool,
    pub(super) session: SessionTag,
    pub(super) identity: &'a Identity,
    /// What the account says of its devices, by device.
    pub(super) said: &'a SortedMap<DeviceId, Said>,
    pub(super) marks: &'a Marks,
    /// What others brought of that, and what stands in logs.
    pub(super) heard: &'a Heard,
    pub(super) requests: &'a mut Requests,
    pub(super) effects: &'a mut Vec<Effect>,
}

impl Context<'_> {
    pub(super) fn save(&mut self, changes: Vec<Change>) {
        if !changes.is_empty() {
            self.effects.push(Effect::Save(changes));
        }
    }

    /// All that is known of what accounts say of their devices. Revocations come first: where one counts, what vouches for the
    /// same device does so no more.
    pub(super) fn sayings(&self) -> impl Iterator<Item = &Said> {
        let all = || self.said.values().chain(self.heard.iter());
        all().filter(|said| said.revokes()).chain(all().filter(|said| !said.revokes()))
    }

    pub(super) fn transmit(&mut self, frame: &ClientFrame) {
        self.effects.push(Effect::Transmit(codec::encode(frame)));
    }

    pub(super) fn notify(&mut self, event: Event) {
        self.effects.push(Effect::Notify(event));
    }

    pub(super) fn request(&mut self, purpose: Purpose, method: Method, path: &str, body: Option<Vec<u8>>) {
        let id = self.requests.add(purpose);
        self.effects.push(Effect::Request(Request { id, method, path: format!("{API}{path}"), body }));
    }
}

/// What a request under way is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Append(RoomId),
    Keys(RoomId),
    Names(RoomId),
    OpenInvite(RoomId),
    Log(RoomId, LogIndex),
    InviteKey(RoomId, InviteKey, Epoch),
    AddKeys(RoomId),
    BringBack(RoomId),
    AskForApproval,
    AnswerApproval(DeviceId),
    LeaveStatement(DeviceId),
    RecoveryKey,
    RecoveryRequests(RoomId),
    AskRecovery(RoomId),
    WithdrawRecovery(RoomId),
    KeepKit(RoomId),
    Kits(RoomId),
    ApproveByKit(RoomId),
}

/// Requests under way.
#[derive(Debug, Default)]
pub(super) struct Requests {
    next: u64,
    waiting: SortedMap<RequestId, Purpose>,
}

impl Requests {
    fn add(&mut self, purpose: Purpose) -> RequestId {
        self.next += 1;
        let id = RequestId(self.next);
        self.waiting.insert(id, purpose);
        id
    }

    pub(super) fn take(&mut self, id: RequestId) -> Option<Purpose> {
        self.waiting.remove(&id)
    }
}

/// When a thing that failed may be tried again: 0.5 s, doubling to 30 s, or as the service asked. Where the clock was put back
/// meanwhile, at once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    /// From and to when it waits.
    waits: Option<(Timestamp, Timestamp)>,
    attempts: u32,
}

impl Backoff {
    pub(super) fn failed(&mut self, now: Timestamp, asked_ms: Option<u64>) {
        let own = 500_i64.saturating_mul(1 << self.attempts.min(6)).min(30_000);
        let wait = asked_ms.and_then(|ms| i64::try_from(ms).ok()).unwrap_or(own);
        self.attempts += 1;
        self.waits = Some((now, now.plus_millis(wait)));
    }

    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.waits.is_none_or(|(since, until)| now < since || until <= now)
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.waits.map(|(_, until)| until)
    }

    /// For another try of the same, which is made at once and waits longer if it fails, too.
    pub(super) const fn of_next_try(self) -> Self {
        Self { waits: None, ..self }
    }

    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    fn after(millis: i64) -> Timestamp {
        NOW.plus_millis(millis)
    }

    #[test]
    fn each_failure_waits_twice_as_long_up_to_half_a_minute() {
        let mut backoff = Backoff::default();
        for wait_ms in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            assert!(backoff.is_due(NOW));
            backoff.failed(NOW, None);
            assert_eq!(backoff.deadline(), Some(after(wait_ms)));
            assert!(!backoff.is_due(after(wait_ms - 1)));
            assert!(backoff.is_due(after(wait_ms)));
            // What is made anew is tried at once, and no more patient for it.
            backoff = backoff.of_next_try();
        }
        backoff.succeeded();
        backoff.failed(NOW, None);
        assert_eq!(backoff.deadline(), Some(after(500)));
    }

    #[test]
    fn the_service_may_ask_for_another_wait() {
        let mut backoff = Backoff::default();
        backoff.failed(NOW, Some(600_000));
        assert!(!backoff.is_due(after(599_999)));
        assert!(backoff.is_due(after(600_000)));
    }

    #[test]
    fn a_clock_that_was_put_back_ends_the_wait() {
        let mut backoff = Backoff::default();
        backoff.failed(NOW, None);
        assert!(backoff.is_due(after(-1)));
    }
}
