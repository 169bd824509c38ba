//! How a room ends for this device: its account leaves or is removed, or its keys are revoked. What was readable stays; nothing
//! is sent or asked for any more, unless the account comes in again.

use serde::{Deserialize, Serialize};

use super::{Room, Stream};
use crate::{
    client::{
        context::Context,
        io::{Change, Event},
        records,
    },
    ids::{AccountId, DeviceId},
    log::{Action, Applied, Author, Effect, RoomState},
    protocol::error::ErrorCode,
    time::Timestamp,
};

/// Why this device is not in a room any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// What happened.
    pub how: Ended,
    /// Whose device did it.
    pub by: AccountId,
    /// When, by that device's clock.
    pub at: Timestamp,
}

/// See [`Ending`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// The account left, here or on another of its computers.
    Left,
    /// The account was removed.
    Removed,
    /// This computer's access was revoked; the account's other computers are still in the room.
    Revoked,
}

/// Whose room it is.
#[derive(Clone, Copy, Debug)]
pub(in crate::client) struct Me {
    pub(in crate::client) account: AccountId,
    pub(in crate::client) device: DeviceId,
}

/// How the room stands for this device in this respect after an entry that was applied, when it stood so before.
pub(in crate::client) fn after(before: Option<Ending>, applied: &Applied, log: &RoomState, me: Me) -> Option<Ending> {
    let Author::Device(author) = applied.body.author else { return before };
    let Some(by) = log.device(author).map(|device| device.bundle.account()) else { return before };
    let ended = |how| Some(Ending { how, by, at: applied.body.at });
    match &applied.body.action {
        _ if applied.effect != Effect::Done => before,
        _ if log.is_entitled(me.device) => None,
        Action::Left(_) if by == me.account => ended(Ended::Left),
        Action::MemberRemoved(removed) if removed.account == me.account => ended(Ended::Removed),
        Action::DeviceRevoked(revoked) if revoked.device == me.device => ended(Ended::Revoked),
        // By another computer of the account, too: this one can be approved then.
        Action::Joined(joined) if joined.account == me.account => before.filter(|ending| ending.how == Ended::Revoked),
        Action::RecoveryApproved(approved) if approved.replaces == Some(me.device) => ended(Ended::Revoked),
        _ => before,
    }
}

impl Room {
    /// The room has ended for this device, and nothing is on its way that says otherwise.
    pub(in crate::client) const fn is_over(&self) -> bool {
        self.ended.is_some() && !matches!(self.stream, Stream::Wanted | Stream::Asked)
    }

    /// How the room ended for this device, if it did.
    #[must_use]
    pub const fn ended(&self) -> Option<Ending> {
        self.ended
    }

    /// The room ends by something that the stream has not brought; the change that saves it.
    pub(in crate::client) fn end(&mut self, ending: Ending) -> Change {
        self.ended = Some(ending);
        self.stream = Stream::Offline;
        self.shown = false;
        records::put_ended(self.id, &ending)
    }

    /// What was to be sent or done fails, with the room's end as its cause.
    pub(super) fn wind_up(&mut self, context: &mut Context<'_>) {
        self.outbox.fail_all(ErrorCode::NotEntitled, context);
        if self.wanted.give_up() {
            context.notify(Event::Failed { room: Some(self.id), code: ErrorCode::NotEntitled });
        }
    }
}
