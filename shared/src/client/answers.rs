//! What becomes of requests: each answer goes to whoever asked, or why there is none.

use super::{
    Client,
    context::Purpose,
    io::{Answer, Effect, Event, RequestId},
    records,
};
use crate::{
    protocol::{
        error::{ErrorBody, ErrorCode},
        http::{LogPage, OpenInvite, RoomKeys, RoomNames},
        json,
    },
    time::Timestamp,
};

impl Client {
    pub(super) fn answer(&mut self, now: Timestamp, request: RequestId, answer: Answer, effects: &mut Vec<Effect>) {
        let Some(purpose) = self.requests.take(request) else { return };
        let answer = read_answer(answer);
        if let Err(Refusal { time: Some(time), .. }) = &answer {
            // One of the clocks was put right, or wrong, since the connection began.
            self.clock_offset_ms = time.millis_since(now);
        }
        match purpose {
            Purpose::Append(room) => self.append_answered(now, room, answer, effects),
            Purpose::Keys(room) => self.on_room(now, room, effects, |room, context| {
                room.keys_answered(parsed::<RoomKeys>(answer), context);
            }),
            Purpose::Names(room) => self.on_room(now, room, effects, |room, context| {
                room.names_answered(parsed::<RoomNames>(answer), context);
            }),
            Purpose::Log(room, from) => self.on_room(now, room, effects, |room, context| {
                room.log_answered(from, parsed::<LogPage>(answer), context);
            }),
            Purpose::InviteKey(room, invite, epoch) => self.on_room(now, room, effects, |room, context| {
                room.key_laid((invite, epoch), answer.map(drop), context);
            }),
            Purpose::AddKeys(room) => self.on_room(now, room, effects, |room, context| {
                room.keys_shared(answer.map(drop), context);
            }),
            Purpose::BringBack(room) => self.on_room(now, room, effects, |room, context| {
                room.brought_back(parsed(answer), context);
            }),
            Purpose::AskForApproval => {
                let mut approvals = std::mem::take(&mut self.approvals);
                self.with_context(now, effects, |context| approvals.asked(parsed(answer), context));
                self.approvals = approvals;
            }
            Purpose::AnswerApproval(device) => {
                let mut approvals = std::mem::take(&mut self.approvals);
                self.with_context(now, effects, |context| approvals.answered(device, answer.map(drop), context));
                self.approvals = approvals;
            }
            Purpose::LeaveStatement(device) => {
                let mut waiting = std::mem::take(&mut self.waiting);
                self.with_context(now, effects, |context| waiting.answered(device, answer.map(drop), context));
                self.waiting = waiting;
            }
            Purpose::RecoveryKey => self.recovery_key(now, parsed(answer), effects),
            Purpose::KeepKit(room) => self.kit_kept(now, room, answer.map(drop), effects),
            Purpose::RecoveryRequests(room) => self.on_room(now, room, effects, |room, context| {
                room.recovery_requests_answered(parsed(answer), context);
            }),
            Purpose::AskRecovery(room) | Purpose::WithdrawRecovery(room) => {
                self.on_room(now, room, effects, |room, context| room.request_changed(answer.map(drop), context));
            }
            Purpose::Kits(room) => {
                self.on_room(now, room, effects, |room, context| room.kits_fetched(parsed(answer), context));
            }
            Purpose::ApproveByKit(room) => {
                self.on_room(now, room, effects, |room, context| room.approved_by_kit(answer.map(drop), context));
            }
            Purpose::OpenInvite(room) => {
                let Some(mut joining) = self.joinings.remove(&room) else { return };
                let result =
                    self.with_context(now, effects, |context| joining.opened(parsed::<OpenInvite>(answer), context));
                match result {
                    Ok(()) => {
                        self.joinings.insert(room, joining);
                    }
                    Err(code) => {
                        effects.push(Effect::Save(vec![records::delete_joining(room)]));
                        effects.push(Effect::Notify(Event::Failed { room: Some(room), code }));
                    }
                }
            }
        }
    }
}

/// Why a request did not do what it should.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) code: ErrorCode,
    pub(crate) retry_after_ms: Option<u64>,
    /// The service's clock, where this one is off.
    time: Option<Timestamp>,
}

impl Refusal {
    pub(super) const fn of(code: ErrorCode) -> Self {
        Self { code, retry_after_ms: None, time: None }
    }

    /// Whether the same request may succeed later.
    pub(crate) const fn is_passing(&self) -> bool {
        matches!(self.code, ErrorCode::RetryLater | ErrorCode::RateLimited | ErrorCode::Internal | ErrorCode::Unknown)
    }
}

fn read_answer(answer: Answer) -> Result<Vec<u8>, Refusal> {
    match answer {
        Answer::Response { status: 200..=299, body } => Ok(body),
        Answer::Response { body, .. } => match json::read::<ErrorBody>(&body) {
            Ok(error) => {
                let time = error.time.filter(|_| error.code == ErrorCode::ClockSkew);
                Err(Refusal { code: error.code, retry_after_ms: error.retry_after_ms, time })
            }
            Err(_) => Err(Refusal::of(ErrorCode::Unknown)),
        },
        Answer::Unreachable => Err(Refusal::of(ErrorCode::RetryLater)),
    }
}

pub(super) fn parsed<T: serde::de::DeserializeOwned>(answer: Result<Vec<u8>, Refusal>) -> Result<T, Refusal> {
    json::read(&answer?).map_err(|_| Refusal::of(ErrorCode::Unknown))
}
