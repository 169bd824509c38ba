//! Computers of one account that ask each other to be approved, while both are there. The one that asks shows the digits of its
//! own keys; the one that is asked shows those of the keys that the service brought. Their person compares them: nothing else
//! that is said here is believed. To approve is to vouch (`vouching`): the answer to the service ends the question, no more.
//!
//! Nothing of it is saved: the service brings open questions with each connection, and what was approved is known by what this
//! device said.

use serde::{Deserialize, Serialize};

use super::{
    Client, Refusal,
    context::{Backoff, Context, Purpose},
    identity::Identity,
    io::{Effect, Event, Method},
    room::Room,
};
use crate::{
    crypto::{bundle::Bundle, safety::approval_digits},
    ids::{DeviceId, RoomId},
    protocol::{
        error::ErrorCode,
        frames::{ApprovalOutcome, ApprovalSettled, ApprovalWanted},
        http::{AnswerApproval, ApprovalAsked, AskForApproval},
        limits, names,
    },
    sorted::SortedMap,
    time::Timestamp,
};

/// A room whose computers did not hear of an approval for so long has others, which are asked in their turn; milliseconds.
const PATIENCE_MS: i64 = 60_000;

/// Who asks, for showing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalsView {
    /// This computer, as long as it is not approved in one of its rooms.
    pub own: Option<OwnQuestion>,
    /// Others of the account that this one can approve, in the order in which they asked.
    pub asked: Vec<QuestionView>,
}

/// What this computer shows while it waits to be approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnQuestion {
    /// 24 digits of its keys, in six groups of four.
    pub digits: String,
    /// How far its question is.
    pub progress: Asking,
}

/// How far a question is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asking {
    /// The service does not have it yet.
    #[default]
    Unasked,
    /// It is open.
    Open {
        /// Since when.
        asked_at: Timestamp,
        /// Until when.
        expires_at: Timestamp,
    },
    /// Another computer approves it: its rooms open when they hear of it.
    Approved,
    /// The service did not take it.
    Failed(ErrorCode),
}

/// Another computer that asks, for showing. All but the digits is the service's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionView {
    /// Which.
    pub device: DeviceId,
    /// 24 digits of its keys, in six groups of four: its own screen shows the same, or it is another one.
    pub digits: String,
    /// What it calls itself.
    pub name: String,
    /// Operating system and browser or app.
    pub platform: String,
    /// The IP address that it asked from.
    pub source: String,
    /// When it asked.
    pub asked_at: Timestamp,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Approvals {
    own: Own,
    questions: SortedMap<DeviceId, Question>,
    shown: ApprovalsView,
}

/// This device's own question.
#[derive(Debug, Default)]
struct Own {
    digits: Option<String>,
    progress: Asking,
    /// Its person wants the others to be told once more.
    again: bool,
    /// With [`Asking::Approved`]: from then on whoever can approve it in the rooms that are left is asked.
    patient_until: Timestamp,
    under_way: bool,
    backoff: Backoff,
}

#[derive(Debug)]
struct Question {
    newcomer: Bundle,
    view: QuestionView,
    expires_at: Timestamp,
    /// What this device's person said.
    answer: Option<bool>,
    under_way: bool,
    backoff: Backoff,
}

impl Approvals {
    /// Another computer asks; false when it is none of the account's, or its keys are not what the frame says.
    fn wanted(&mut self, wanted: ApprovalWanted, me: &Identity) -> bool {
        let Ok(newcomer) = Bundle::verify(&wanted.bundle) else { return false };
        let is_other = newcomer.account() == me.account() && newcomer.device() != me.device();
        if !is_other || newcomer.device() != wanted.device || !names::is_name(&wanted.name) {
            return false;
        }
        let ApprovalWanted { device, name, platform, source, asked_at, expires_at, .. } = wanted;
        if let Some(known) = self.questions.get_mut(&device) {
            // It is of the same keys: a device's id is their hash.
            let digits = std::mem::take(&mut known.view.digits);
            known.view = QuestionView { device, digits, name, platform, source, asked_at };
            known.expires_at = expires_at;
        } else if self.questions.len() < limits::OPEN_APPROVALS {
            let digits = approval_digits(&newcomer);
            let view = QuestionView { device, digits, name, platform, source, asked_at };
            let (answer, under_way, backoff) = (None, false, Backoff::default());
            self.questions.insert(device, Question { newcomer, view, expires_at, answer, under_way, backoff });
        }
        true
    }

    /// A question is over.
    fn settled(&mut self, now: Timestamp, settled: ApprovalSettled, me: DeviceId) {
        if settled.device != me {
            self.questions.remove(&settled.device);
            return;
        }
        self.own.patient_until = now.plus_millis(PATIENCE_MS);
        self.own.progress = match settled.outcome {
            ApprovalOutcome::Approved => Asking::Approved,
            ApprovalOutcome::Refused | ApprovalOutcome::Withdrawn => Asking::Unasked,
        };
    }

    /// What was answered is repeated on the next connection; all else the service says anew.
    pub(super) fn disconnected(&mut self) {
        self.questions.retain(|_, question| question.answer.is_some());
        self.own.progress = Asking::Unasked;
        self.own.backoff.succeeded();
    }

    pub(super) fn ask_again(&mut self) {
        self.own.progress = Asking::Unasked;
        self.own.again = true;
        self.own.backoff.succeeded();
    }

    /// Asks, answers, and shows, where that is due.
    pub(super) fn step(&mut self, rooms: &SortedMap<RoomId, Room>, context: &mut Context<'_>) {
        self.questions.retain(|_, question| question.expires_at > context.now);
        for (device, question) in self.questions.iter_mut() {
            let approved = context.said.get(device).is_some_and(|said| !said.revokes());
            if approved && question.helps(rooms, context.identity) {
                // It was approved here before, and the service did not hear of it.
                question.answer = Some(true);
            }
            question.step(*device, context);
        }
        self.own.step(rooms, context);
        let view = self.view(rooms, context.identity);
        if view != self.shown {
            self.shown = view.clone();
            context.notify(Event::Approvals(view));
        }
    }

    fn view(&mut self, rooms: &SortedMap<RoomId, Room>, me: &Identity) -> ApprovalsView {
        let waits = rooms.values().any(|room| room.is_not_approved(me.device()));
        let own = waits.then(|| OwnQuestion { digits: self.own.digits(me), progress: self.own.progress });
        let open = self.questions.values().filter(|question| question.answer.is_none() && question.helps(rooms, me));
        let asked: SortedMap<_, _> =
            open.map(|Question { view, .. }| ((view.asked_at, view.device), view.clone())).collect();
        ApprovalsView { own, asked: asked.into_values().collect() }
    }

    pub(super) fn deadlines(&self) -> impl Iterator<Item = Timestamp> {
        let own = match self.own.progress {
            Asking::Open { expires_at, .. } => Some(expires_at),
            Asking::Unasked => self.own.backoff.deadline().filter(|_| !self.own.under_way),
            Asking::Approved => Some(self.own.patient_until),
            Asking::Failed(_) => None,
        };
        let others = self.questions.values().flat_map(|question| {
            let retry = question.backoff.deadline().filter(|_| question.answer.is_some() && !question.under_way);
            [Some(question.expires_at), retry]
        });
        others.chain([own]).flatten()
    }

    /// The service has this device's question, or not.
    pub(super) fn asked(&mut self, answer: Result<ApprovalAsked, Refusal>, context: &Context<'_>) {
        let own = &mut self.own;
        own.under_way = false;
        match answer {
            // It may be settled already.
            Ok(_) if own.progress != Asking::Unasked => {}
            Ok(ApprovalAsked { asked_at, expires_at }) => {
                own.progress = Asking::Open { asked_at, expires_at };
                own.again = false;
                own.backoff.succeeded();
            }
            Err(refusal) if refusal.is_passing() => own.backoff.failed(context.now, refusal.retry_after_ms),
            Err(refusal) => own.progress = Asking::Failed(refusal.code),
        }
    }

    /// The service has the answer to a question, or not.
    pub(super) fn answered(&mut self, device: DeviceId, outcome: Result<(), Refusal>, context: &mut Context<'_>) {
        let Some(question) = self.questions.get_mut(&device) else { return };
        question.under_way = false;
        match outcome {
            Err(refusal) if refusal.is_passing() => question.backoff.failed(context.now, refusal.retry_after_ms),
            // Somebody was faster, or it expired.
            Ok(()) | Err(Refusal { code: ErrorCode::NotFound, .. }) => drop(self.questions.remove(&device)),
            Err(refusal) => {
                self.questions.remove(&device);
                context.notify(Event::Failed { room: None, code: refusal.code });
            }
        }
    }
}

impl Own {
    fn digits(&mut self, me: &Identity) -> String {
        self.digits.get_or_insert_with(|| approval_digits(me.bundle())).clone()
    }

    fn step(&mut self, rooms: &SortedMap<RoomId, Room>, context: &mut Context<'_>) {
        let over = match self.progress {
            Asking::Open { expires_at, .. } => expires_at <= context.now,
            Asking::Approved => self.patient_until <= context.now,
            Asking::Unasked | Asking::Failed(_) => false,
        };
        if over {
            self.progress = Asking::Unasked;
        }
        let due = self.progress == Asking::Unasked && !self.under_way && self.backoff.is_due(context.now);
        let me = context.identity.device();
        if due && context.online && rooms.values().any(|room| room.was_refused_for_approval(me)) {
            // A wire type always encodes.
            let Ok(body) = serde_json::to_vec(&AskForApproval { again: self.again }) else { return };
            self.under_way = true;
            context.request(Purpose::AskForApproval, Method::Post, "/approvals", Some(body));
        }
    }
}

impl Question {
    /// Tells the service what this device's person said.
    fn step(&mut self, device: DeviceId, context: &mut Context<'_>) {
        let Some(approved) = self.answer.filter(|_| !self.under_way) else { return };
        if context.online && self.backoff.is_due(context.now) {
            // A wire type always encodes.
            let Ok(body) = serde_json::to_vec(&AnswerApproval { approved }) else { return };
            self.under_way = true;
            let path = format!("/approvals/{device}");
            context.request(Purpose::AnswerApproval(device), Method::Post, &path, Some(body));
        }
    }

    /// Whether there is a room into which this device can let the newcomer.
    fn helps(&self, rooms: &SortedMap<RoomId, Room>, me: &Identity) -> bool {
        let (account, newcomer) = (me.account(), self.newcomer.device());
        rooms.values().filter_map(Room::log).any(|log| {
            log.is_entitled(me.device())
                && log.member(account).is_some()
                && !log.is_entitled(newcomer)
                && !log.is_revoked(account, newcomer)
        })
    }
}

impl Client {
    pub(super) fn approval_wanted(&mut self, wanted: ApprovalWanted, effects: &mut Vec<Effect>) {
        if !self.approvals.wanted(wanted, &self.identity) {
            effects.push(Effect::Notify(Event::BadFrame));
        }
    }

    pub(super) fn approval_settled(&mut self, now: Timestamp, settled: ApprovalSettled, effects: &mut Vec<Effect>) {
        self.approvals.settled(now.plus_millis(self.clock_offset_ms), settled, self.identity.device());
        if settled.device == self.identity.device() && settled.outcome == ApprovalOutcome::Refused {
            effects.push(Effect::Notify(Event::ApprovalRefused));
        }
    }

    /// The digits were compared. What is said is saved before the service hears of it.
    pub(super) fn approve(&mut self, now: Timestamp, device: DeviceId, effects: &mut Vec<Effect>) {
        let Some(question) = self.approvals.questions.get_mut(&device) else { return };
        question.answer = Some(true);
        let (bundle, name) = (question.newcomer.signed().clone(), question.view.name.clone());
        self.vouch(now, &bundle, name, effects);
    }

    pub(super) fn refuse_approval(&mut self, device: DeviceId) {
        if let Some(question) = self.approvals.questions.get_mut(&device) {
            question.answer = Some(false);
        }
    }
}
