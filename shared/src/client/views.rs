//! What a page shows of rooms and messages. None of it is a wire type.

use serde::{Deserialize, Serialize};

use super::{
    comparing::Compared,
    io::InviteSecretView,
    room::{Ended, Ending},
};
use crate::{
    ids::{AccountId, DeviceId, Epoch, InviteKey, MessageId, RoomId, Seq},
    log::{EpochReason, HistoryRule, LogError, Role, action::RecoveryMode},
    protocol::error::ErrorCode,
    time::Timestamp,
};

/// How a room stands with this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// The room's stream is still coming.
    CatchingUp,
    /// This device has all that there is, and may write.
    Ready,
    /// Signed in, but no device of the account has approved this one in the room.
    NotApproved,
    /// This device was in the room and is no longer. What it could read stays; nothing is sent.
    Ended(Ending),
    /// The service does not give this room to this device, and shows nothing that says why.
    Withheld,
    /// The log cannot be followed: nothing is believed or sent until it is looked at.
    Alarm(Alarm),
}

/// Why a room is not followed any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Alarm {
    /// An entry is of a kind that this build does not know.
    NeedsNewer,
    /// An entry is damaged, forged, or does not continue the log.
    LogBroken,
    /// A member's message names another log than the one that the service shows, or the service shows another entry where
    /// one stands already.
    LogForked,
    /// The service shows less of the room than this device has of it.
    RolledBack,
    /// The service's database was put back to an older copy, and its log of the room has gone on otherwise, or does not take what
    /// it lacks; or it speaks of a life that is over. [`super::Command::FollowService`] follows it.
    Restored,
    /// A device of the room signed another key for this epoch than the log has.
    SecondKey(Epoch),
    /// The service released this epoch's key to this device, and no approval names it.
    WiderRelease(Epoch),
}

impl Alarm {
    /// Whether it is kept until a person has looked at the room ([`super::Command::LookedAt`]): a service that showed why
    /// it is raised may hide that again. The others are met again whenever they are so.
    #[must_use]
    pub const fn stays(self) -> bool {
        !matches!(self, Self::NeedsNewer | Self::Restored)
    }
}

impl From<LogError> for Alarm {
    fn from(error: LogError) -> Self {
        match error {
            LogError::NeedsNewer => Self::NeedsNewer,
            _ => Self::LogBroken,
        }
    }
}

/// A room, for showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomView {
    /// Which.
    pub room: RoomId,
    /// Its name, once known.
    pub name: Option<String>,
    /// How it stands with this device.
    pub standing: Standing,
    /// What newcomers can read, once known.
    pub history: Option<HistoryRule>,
    /// Who is in it.
    pub members: Vec<MemberView>,
    /// What this account may do in it, once known.
    pub role: Option<Role>,
    /// Who holds the recovery keys, once known.
    pub recovery: Option<RecoveryMode>,
    /// So many requests for recovery wait for this computer's approval.
    pub recovery_wanted: u32,
    /// Why nobody can write before the next room key starts, if that is so: who writes next starts it.
    pub key_due: Option<EpochReason>,
    /// With [`Standing::Ended`]: the handle of whose device did it, once known.
    pub ended_by: Option<String>,
    /// This device may make invites, for at most its account's role.
    pub may_invite: bool,
    /// Plain members may invite.
    pub member_invites: bool,
    /// The invites by which somebody can still join.
    pub invites: Vec<InviteView>,
    /// How many entries of its log are known here.
    pub log_length: usize,
    /// Another number whenever the log reads otherwise: it went on, a name became known, computers were compared.
    pub log_version: u64,
    /// The current room key's number.
    pub epoch: Epoch,
    /// This device has that key.
    pub has_key: bool,
    /// What others wrote that was not looked at.
    pub unread: Unread,
    /// Where the newest message stands in time.
    pub last_activity: Option<Timestamp>,
    /// Places whose messages the service lost when a backup was restored, by first and last: only computers that had them
    /// still have them.
    pub lost: Vec<(Seq, Seq)>,
    /// The service said some time ago that it took what this computer changed in the room, and shows everything but that. Nothing
    /// is sent before it does.
    pub own_change_missing: bool,
    /// Until when nothing can be changed in the room, by the service's clock: a moment ago it was put back to an older copy, and
    /// gets back first what that lacks. What is wished meanwhile is done then.
    pub log_rests_until: Option<Timestamp>,
    /// How far fetching what was missed has come, when there is much of it. Meanwhile messages are only stored: no
    /// [`super::Event::Message`] tells of them, but [`super::Event::Stored`] once for many.
    pub catching_up: Option<Progress>,
}

/// Messages of others that were not looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// How many: exact below [`Unread::LIMIT`], which means so many or more.
    pub count: u32,
    /// The place of the first; at [`Unread::LIMIT`], the place after the last that was looked at.
    pub first: Option<Seq>,
}

impl Unread {
    /// So far they are counted.
    pub const LIMIT: u32 = 1_000;
}

/// How far something has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// So many are done.
    pub done: u64,
    /// Of so many.
    pub of: u64,
}

impl RoomView {
    /// A room of which nothing is known yet.
    #[must_use]
    pub const fn unknown(room: RoomId) -> Self {
        Self {
            room,
            name: None,
            standing: Standing::CatchingUp,
            history: None,
            members: Vec::new(),
            role: None,
            recovery: None,
            recovery_wanted: 0,
            key_due: None,
            ended_by: None,
            may_invite: false,
            member_invites: false,
            invites: Vec::new(),
            log_length: 0,
            log_version: 0,
            epoch: Epoch(0),
            has_key: false,
            unread: Unread { count: 0, first: None },
            last_activity: None,
            lost: Vec::new(),
            own_change_missing: false,
            log_rests_until: None,
            catching_up: None,
        }
    }
}

/// A member, for showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// Who.
    pub account: AccountId,
    /// Their handle, once known.
    pub handle: Option<String>,
    /// What they may do.
    pub role: Role,
    /// How many of their computers are trusted here.
    pub devices: usize,
    /// Whether safety numbers were compared with them.
    pub compared: Compared,
    /// How many of these lack the room's current key, by the service's word; it tells owners and admins, and those that lack it.
    /// [`super::Command::AskForKeys`] mends it where this device or one that is there has the key.
    pub behind: usize,
    /// A computer of theirs is here after an announced wait of which this one saw too little, and was not compared since.
    pub unseen_wait: bool,
    /// It is this device's own account.
    pub me: bool,
}

/// An open invite, for showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteView {
    /// Which.
    pub invite: InviteKey,
    /// What those who join by it become.
    pub role: Role,
    /// How many more may join by it.
    pub uses_left: u32,
    /// Until when, by the service's clock.
    pub expires_at: Timestamp,
    /// Whose device made it.
    pub made_by: AccountId,
    /// This account may close it.
    pub may_close: bool,
    /// What goes into the link, where this device made it.
    pub secret: Option<InviteSecretView>,
}

/// A message of the stream, for showing. Its name is (room, device, message_id).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    /// Where.
    pub room: RoomId,
    /// Its place in the stream.
    pub seq: Seq,
    /// The sending device; absent when the header cannot be read.
    pub device: Option<DeviceId>,
    /// Its id there.
    pub message_id: Option<MessageId>,
    /// Whose device that is.
    pub account: Option<AccountId>,
    /// That account's handle, once known.
    pub handle: Option<String>,
    /// It was sent by this account.
    pub mine: bool,
    /// Where it stands in the timeline; ties go by `seq`.
    pub shown_at: Timestamp,
    /// Messages of the same sender right before it are missing.
    pub gap: bool,
    /// What it says, or why that cannot be read.
    pub body: Body,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// Plain text.
    Text(String),
    /// It cannot be read.
    Unreadable(Unreadable),
}

/// Why a message cannot be read; each has an action that mends it, or says that nothing need be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unreadable {
    /// This computer has no key for this epoch (yet): ask a device that has it.
    NoKey(Epoch),
    /// It was written before this account came in, and the room shows its history from then on only.
    BeforeJoining(Epoch),
    /// Its kind or layout is newer than this build: update.
    NeedsNewer,
    /// The signature does not match its sender: it was changed or forged.
    BadSignature,
    /// The sender was not permitted to write there, or wrote under a closed key.
    NotPermitted,
    /// The service showed it before: ignored.
    Replayed,
    /// It does not open under the room's key: damaged by its sender.
    Damaged,
    /// What this computer stored of it cannot be read any more: fetch it anew.
    DamagedHere,
}

/// A message on its way, for showing. Its name is (room, this device, message_id).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingView {
    /// Where to.
    pub room: RoomId,
    /// Its id.
    pub message_id: MessageId,
    /// What it says.
    pub text: String,
    /// When it was written.
    pub sent_at: Timestamp,
    /// How far it is.
    pub state: OutgoingState,
}

/// How far an outgoing message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutgoingState {
    /// In the outbox of this computer.
    Waiting,
    /// Committed at the service.
    Accepted(Seq),
    /// Refused for good; it can be tried again.
    Failed(ErrorCode),
    /// The service said that it committed it, and the stream goes on without it; it can be tried again.
    Lost,
}

/// What mends something that cannot be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Remedy {
    /// [`super::Command::AskForKeys`]: a device that has the key hands it on.
    AskForKeys,
    /// Load the newest version of the app.
    Update,
    /// Throw away what is stored here and fetch it anew.
    FetchAnew,
    /// Another computer of the account approves this one.
    AskForApproval,
    /// A new invite lets the account in again.
    AskForInvite,
    /// New keys for this computer, which are approved like those of a new one.
    MakeNewKeys,
    /// Ask whoever runs the service.
    AskOperator,
}

impl Unreadable {
    /// What mends it; `None` where nothing can or need be done.
    #[must_use]
    pub const fn remedy(self) -> Option<Remedy> {
        match self {
            Self::NoKey(_) => Some(Remedy::AskForKeys),
            Self::NeedsNewer => Some(Remedy::Update),
            Self::DamagedHere => Some(Remedy::FetchAnew),
            Self::BeforeJoining(_) | Self::BadSignature | Self::NotPermitted | Self::Replayed | Self::Damaged => None,
        }
    }
}

impl Standing {
    /// What mends it; `None` where nothing need be done.
    #[must_use]
    pub const fn remedy(self) -> Option<Remedy> {
        match self {
            Self::CatchingUp | Self::Ready => None,
            Self::NotApproved => Some(Remedy::AskForApproval),
            Self::Ended(Ending { how: Ended::Left | Ended::Removed, .. }) => Some(Remedy::AskForInvite),
            Self::Ended(Ending { how: Ended::Revoked, .. }) => Some(Remedy::MakeNewKeys),
            Self::Alarm(Alarm::NeedsNewer) => Some(Remedy::Update),
            Self::Withheld | Self::Alarm(_) => Some(Remedy::AskOperator),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_service_could_hide_again_stays() {
        let raised = [
            Alarm::LogBroken,
            Alarm::LogForked,
            Alarm::RolledBack,
            Alarm::SecondKey(Epoch(2)),
            Alarm::WiderRelease(Epoch(2)),
        ];
        for alarm in raised {
            assert!(alarm.stays(), "{alarm:?}");
        }
        // A newer program understands the entry; the service says itself in which life its database is.
        for alarm in [Alarm::NeedsNewer, Alarm::Restored] {
            assert!(!alarm.stays(), "{alarm:?}");
        }
    }
}
