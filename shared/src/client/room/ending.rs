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
    let by = match applied.body.author {
        Author::Device(author) => log.device(author).map(|device| device.bundle.account()),
        Author::Service => None,
    };
    let ended = |how, by: Option<AccountId>| by.map_or(before, |by| Some(Ending { how, by, at: applied.body.at }));
    match &applied.body.action {
        _ if applied.effect != Effect::Done => before,
        _ if log.is_entitled(me.device) => None,
        Action::Left(_) if by == Some(me.account) => ended(Ended::Left, by),
        Action::MemberRemoved(removed) if removed.account == me.account => ended(Ended::Removed, by),
        Action::DeviceRevoked(revoked) if revoked.device == me.device => ended(Ended::Revoked, by),
        // By another computer of the account, too: this one can be approved then.
        Action::Joined(joined) if joined.account == me.account => before.filter(|ending| ending.how == Ended::Revoked),
        // Another computer of the account took its place, with somebody's approval or by the kit.
        Action::RecoveryApproved(approved) if approved.replaces == Some(me.device) => {
            ended(Ended::Revoked, by.or(Some(me.account)))
        }
        Action::RecoveryReleased(released) => {
            let replaced = log.recovery(released.entry).filter(|recovery| recovery.replaces == Some(me.device));
            replaced.map_or(before, |recovery| ended(Ended::Revoked, recovery.approved_by.or(Some(me.account))))
        }
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
