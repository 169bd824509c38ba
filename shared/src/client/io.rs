//! What goes into the client core and comes out of it. None of it is a wire type: views are for showing.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use super::approvals::{ApprovalsView, Asking, OwnQuestion, QuestionView};
pub use super::commands::{Command, InviteTerms};
pub use super::comparing::{Compared, ComparisonView, ComputerNumber};
pub use super::entries::{Computer, Deed, EntryView, LinesView, LogNames, LogView, LogWish, NewKeys, UnseenWait};
pub use super::members::{Denied, DeviceView, May, PeopleView, PersonView};
pub use super::own_computers::{Approval, OwnComputer};
pub use super::people::{DeviceShown, PersonPosition, PersonPresence, PositionsView, PresenceView, Receipt};
pub use super::recovery::{
    KitRefusal, RecoveryChoice, RecoveryRequestView, RecoveryView, RequestProgress, WaitingView,
};
pub use super::room::{Ended, Ending};
pub use super::views::{
    Alarm, Body, InviteView, MemberView, MessageView, OutgoingState, OutgoingView, Progress, Remedy, RoomView,
    Standing, Unread, Unreadable,
};
use crate::{
    crypto::{invite::InviteSecret, kit::KitCode},
    ids::{MessageId, RoomId, Seq},
    presence::Availability,
    protocol::error::ErrorCode,
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
    /// What [`Effect::Load`] asked for.
    Loaded {
        /// Which room's.
        room: RoomId,
        /// The first place that was asked for.
        first: Seq,
        /// The records of the messages there, by name.
        records: Vec<(String, Vec<u8>)>,
    },
    /// What [`Effect::MakeRsaPair`] asked for, as PKCS#8 in DER; `None` where it could not be made.
    RsaPair(Option<Zeroizing<Vec<u8>>>),
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

/// What the host must do, in order.
#[derive(Debug)]
pub enum Effect {
    /// Save these together, durably, before doing what follows.
    Save(Vec<Change>),
    /// Send a binary frame on the WebSocket; drop it if there is none.
    Transmit(Vec<u8>),
    /// Make a request, with the session's authentication.
    Request(Request),
    /// Read the records of the messages from one place of a room to another, both included, and answer with
    /// [`Input::Loaded`]; those that are damaged are left out.
    Load {
        /// Which room's.
        room: RoomId,
        /// From here.
        first: Seq,
        /// To here.
        last: Seq,
    },
    /// Make an RSA pair as suite 1 has it ([`crate::crypto::device::RSA_BITS`], [`crate::crypto::device::RSA_EXPONENT`]), in
    /// the way that is fastest here, and answer with [`Input::RsaPair`].
    MakeRsaPair,
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
    /// DELETE, without a body.
    Delete,
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
    Room(Box<RoomView>),
    /// A new message of the stream. None is told of while much is caught up with ([`RoomView::catching_up`]): those are
    /// only stored, as [`Event::Stored`] says.
    Message(MessageView),
    /// Messages that nobody was told of are stored, up to this one.
    Stored {
        /// Where.
        room: RoomId,
        /// The last of them.
        up_to: Seq,
    },
    /// A stored message whose key came meanwhile.
    Reread(MessageView),
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
    /// What [`Command::ShowOwnComputers`] asked for: those that a room trusts.
    OwnComputers(Vec<OwnComputer>),
    /// What [`Command::ShowPeople`] asked for.
    People(PeopleView),
    /// What [`Command::ShowLog`] asked for.
    Log(LogView),
    /// What [`Command::ShowLines`] asked for.
    Lines(LinesView),
    /// What [`Command::Compare`] asked for.
    Comparison(ComparisonView),
    /// What was to be changed in a room is done; its view shows it.
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
    /// What [`Command::ShowRecovery`] asked for.
    Recovery(RecoveryView),
    /// A kit holds a room's recovery keys, and the service keeps it. The code is for its owner's eyes, who prints it or writes it
    /// down; until that is said ([`Command::KitNoted`]) it is shown again at each start.
    KitMade {
        /// The room.
        room: RoomId,
        /// What is printed.
        code: KitCode,
    },
    /// [`Command::UseKit`] came to nothing.
    KitRefused {
        /// The room.
        room: RoomId,
        /// Why.
        why: KitRefusal,
    },
    /// Who asks to be approved: other computers of the account, or this one.
    Approvals(ApprovalsView),
    /// Another computer of the account said that this one is not its person's. It is being signed out.
    ApprovalRefused,
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
