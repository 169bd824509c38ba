//! What goes into the client core and comes out of it. None of it is a wire type: views are for showing.

use serde::{Deserialize, Serialize};

pub use super::people::{PersonPosition, PersonPresence, PositionsView, PresenceView, Receipt};
use crate::{
    crypto::invite::InviteSecret,
    ids::{AccountId, DeviceId, Epoch, InviteKey, MessageId, RoomId, Seq},
    log::{HistoryRule, LogError, Role},
    presence::Availability,
    protocol::{error::ErrorCode, limits},
    time::Timestamp,
};

/// What happened.
#[derive(Debug)]
pub enum Input {
    /// The person, or the host for them, wants something.
    Command(Command),
    /// The WebSocket is open.
    Connected,
    /// The WebSocket is gone.
    Disconnected,
    /// A binary frame came in.
    Frame(Vec<u8>),
    /// A request was answered, or could not be made.
    Answer {
        /// Which.
        request: RequestId,
        /// How.
        answer: Answer,
    },
    /// Time has passed: see [`super::Client::next_deadline`].
    Tick,
}

/// How a request ended.
#[derive(Debug)]
pub enum Answer {
    /// With a status and a body.
    Response {
        /// HTTP status.
        status: u16,
        /// Body.
        body: Vec<u8>,
    },
    /// Nothing came back; whether the service saw it is not known.
    Unreachable,
}

/// What a person can want.
#[derive(Clone, Debug)]
pub enum Command {
    /// Make a room. Ends in [`Event::RoomCreated`] or [`Event::Failed`].
    CreateRoom {
        /// What to call it.
        name: String,
        /// What newcomers can read.
        history: HistoryRule,
    },
    /// Make an invite. Ends in [`Event::InviteMade`] or [`Event::Failed`].
    Invite {
        /// Where to.
        room: RoomId,
        /// For whom and how long.
        terms: InviteTerms,
    },
    /// Let nobody in by an invite any more. Ends in [`Event::Changed`] or [`Event::Failed`].
    CloseInvite {
        /// Where.
        room: RoomId,
        /// Which.
        invite: InviteKey,
    },
    /// Give a room another name. Ends in [`Event::Changed`] or [`Event::Failed`].
    RenameRoom {
        /// Which.
        room: RoomId,
        /// What to call it.
        name: String,
    },
    /// Let plain members invite, or no longer. Ends in [`Event::Changed`] or [`Event::Failed`].
    AllowMemberInvites {
        /// Where.
        room: RoomId,
        /// Whether.
        allowed: bool,
    },
    /// Join by an invite link. Ends in [`Event::Joined`] or [`Event::Failed`].
    Join {
        /// The room.
        room: RoomId,
        /// The link's secret.
        secret: InviteSecret,
    },
    /// Write a message; it is in the outbox when the effects have been carried out, whatever happens then.
    Send {
        /// Where.
        room: RoomId,
        /// What.
        text: String,
    },
    /// Try a message again that the service refused for good.
    Retry {
        /// Where.
        room: RoomId,
        /// Which.
        message_id: MessageId,
    },
    /// Give up a message that the service refused for good. Ends in [`Event::Discarded`].
    Discard {
        /// Where.
        room: RoomId,
        /// Which.
        message_id: MessageId,
    },
    /// Ask the service once more for the room keys that this device lacks.
    AskForKeys {
        /// Of which room.
        room: RoomId,
    },
    /// Everything up to here was looked at.
    Read {
        /// Where.
        room: RoomId,
        /// The last place looked at.
        seq: Seq,
    },
    /// There was real input: a key, a pointer, a touch. A host may say so as often as it likes.
    Active,
}

/// What an invite is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteTerms {
    /// What those who join by it become; at most one's own role.
    pub role: Role,
    /// How many may join by it.
    pub uses: u32,
    /// How long, in milliseconds.
    pub lifetime_ms: i64,
}

impl Default for InviteTerms {
    /// One plain member, within seven days.
    fn default() -> Self {
        Self { role: Role::Member, uses: 1, lifetime_ms: limits::INVITE_LIFETIME_MS }
    }
}

/// What the host must do, in order.
#[derive(Debug)]
pub enum Effect {
    /// Save these together, durably, before doing what follows.
    Save(Vec<Change>),
    /// Send a binary frame on the WebSocket; drop it if there is none.
    Transmit(Vec<u8>),
    /// Make a request, with the session's authentication.
    Request(Request),
    /// Show it.
    Notify(Event),
}

/// A change of the saved records. Values hold secrets: encrypt them at rest.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// Put a record.
    Put {
        /// Its name.
        key: String,
        /// Its value.
        value: Vec<u8>,
    },
    /// Delete a record, if it is there.
    Delete {
        /// Its name.
        key: String,
    },
}

impl core::fmt::Debug for Change {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Put { key, value } => write!(f, "Put({key}, {} bytes)", value.len()),
            Self::Delete { key } => write!(f, "Delete({key})"),
        }
    }
}

/// Names a request until it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub(super) u64);

/// HTTP method of a [`Request`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET, without a body.
    Get,
    /// POST, with a JSON body.
    Post,
    /// PUT, with a JSON body.
    Put,
}

/// A request to the service.
#[derive(Clone, Debug)]
pub struct Request {
    /// For [`Input::Answer`].
    pub id: RequestId,
    /// Its method.
    pub method: Method,
    /// Path on the server, from `/`.
    pub path: String,
    /// JSON.
    pub body: Option<Vec<u8>>,
}

/// Something to show. Each event replaces what was shown under the same name before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A room, its people, and how it stands with this device.
    Room(RoomView),
    /// A message of the stream.
    Message(MessageView),
    /// A message of this device that is not in the stream yet.
    Outgoing(OutgoingView),
    /// [`Command::Discard`] is done: the message is not shown any more.
    Discarded {
        /// Where it was.
        room: RoomId,
        /// Which.
        message_id: MessageId,
    },
    /// Who is there in a room.
    Presence(PresenceView),
    /// How far everybody has come in a room, and this account's own unread mark there.
    Positions(PositionsView),
    /// What this account chose to be to others, here or on another device.
    Availability(Availability),
    /// [`Command::CreateRoom`] is done.
    RoomCreated {
        /// The new room.
        room: RoomId,
    },
    /// [`Command::Invite`] is done.
    InviteMade {
        /// The room.
        room: RoomId,
        /// What goes into the link.
        secret: InviteSecretView,
    },
    /// [`Command::CloseInvite`], [`Command::RenameRoom`] or [`Command::AllowMemberInvites`] is done; the room's view shows it.
    Changed {
        /// The room.
        room: RoomId,
    },
    /// [`Command::Join`] is done.
    Joined {
        /// The room.
        room: RoomId,
    },
    /// This device started a new room key.
    EpochStarted {
        /// The room.
        room: RoomId,
    },
    /// A command, or something done for it, was refused for good.
    Failed {
        /// Where, if it concerns one room.
        room: Option<RoomId>,
        /// Why.
        code: ErrorCode,
    },
    /// The service refused a frame.
    ServerError {
        /// Why.
        code: ErrorCode,
    },
    /// The service sent bytes that are no frame.
    BadFrame,
}

/// An invite's secret on its way to the link. Debug shows nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteSecretView(pub(super) crate::protocol::bytes::Blob);

impl core::fmt::Debug for InviteSecretView {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("InviteSecretView(redacted)")
    }
}

impl InviteSecretView {
    /// The secret.
    #[must_use]
    pub fn secret(&self) -> Option<InviteSecret> {
        self.0.0.as_slice().try_into().ok().map(InviteSecret::from_bytes)
    }
}

impl From<&InviteSecret> for InviteSecretView {
    fn from(secret: &InviteSecret) -> Self {
        Self(secret.expose().to_vec().into())
    }
}

/// How a room stands with this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// The room's stream is still coming.
    CatchingUp,
    /// This device has all that there is, and may write.
    Ready,
    /// Signed in, but no device of the account has approved this one in the room.
    NotApproved,
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
    /// A member's message names another log than the one that the service shows.
    LogForked,
    /// The stream's places belong to another life of the database: it was restored from a backup.
    Restored,
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
    /// This device may make invites, for at most its account's role.
    pub may_invite: bool,
    /// Plain members may invite.
    pub member_invites: bool,
    /// The invites by which somebody can still join.
    pub invites: Vec<InviteView>,
    /// The current room key's number.
    pub epoch: Epoch,
    /// This device has that key.
    pub has_key: bool,
    /// What others wrote that was not looked at.
    pub unread: Unread,
    /// Where the newest message stands in time.
    pub last_activity: Option<Timestamp>,
    /// How far fetching what was missed has come, when there is much of it. Meanwhile messages are only stored: no
    /// [`Event::Message`] tells of them.
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
            may_invite: false,
            member_invites: false,
            invites: Vec::new(),
            epoch: Epoch(0),
            has_key: false,
            unread: Unread { count: 0, first: None },
            last_activity: None,
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
}
