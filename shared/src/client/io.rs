//! What goes into the client core and comes out of it. None of it is a wire type: views are for showing.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use super::approvals::{ApprovalsView, Asking, OwnQuestion, QuestionView};
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
    crypto::{bundle::SignedBundle, invite::InviteSecret, kit::KitCode},
    ids::{AccountId, DeviceId, EntryHash, InviteKey, MessageId, RoomId, Seq},
    log::{HistoryRule, Role},
    presence::Availability,
    protocol::{error::ErrorCode, http::SecretText, limits},
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

/// What a person can want.
#[derive(Clone, Debug)]
pub enum Command {
    /// Make a room. Ends in [`Event::RoomCreated`] or [`Event::Failed`].
    CreateRoom {
        /// What to call it.
        name: String,
        /// What newcomers can read.
        history: HistoryRule,
        /// Who can help a member who loses every computer.
        recovery: RecoveryChoice,
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
    /// Put a member out; the next room key starts with it. Ends in [`Event::Changed`] or [`Event::Failed`].
    RemoveMember {
        /// Where.
        room: RoomId,
        /// Whom.
        account: AccountId,
    },
    /// Leave a room with all of the account's computers. Ends in [`Event::Changed`] or [`Event::Failed`].
    Leave {
        /// Which.
        room: RoomId,
    },
    /// Let a member do more or less. Ends in [`Event::Changed`] or [`Event::Failed`].
    SetRole {
        /// Where.
        room: RoomId,
        /// Whom.
        account: AccountId,
        /// What they are from now on.
        role: Role,
    },
    /// Make a member owner in this account's place, which stays as admin. Ends in [`Event::Changed`] or [`Event::Failed`].
    PassOwnership {
        /// Where.
        room: RoomId,
        /// To whom.
        account: AccountId,
    },
    /// Say what newcomers can read, from the next room key on. Ends in [`Event::Changed`] or [`Event::Failed`].
    SetHistory {
        /// Where.
        room: RoomId,
        /// What.
        history: HistoryRule,
    },
    /// Take its access to a room from a member's computer, as owner or admin; the next room key starts with it. Ends in
    /// [`Event::Changed`] or [`Event::Failed`].
    RevokeDevice {
        /// Where.
        room: RoomId,
        /// Which.
        device: DeviceId,
    },
    /// Say who can help a member who loses every computer; the next room key starts with it. Ends in [`Event::Changed`] or
    /// [`Event::Failed`]; with a kit, in [`Event::KitMade`] as well.
    SetRecovery {
        /// Where.
        room: RoomId,
        /// Who and how.
        choice: RecoveryChoice,
    },
    /// The code of a new kit ([`Event::KitMade`]) was written down or printed: it is shown no more.
    KitNoted {
        /// Which room's.
        room: RoomId,
    },
    /// Show recovery in a room, from now on whenever it changes: [`Event::Recovery`].
    ShowRecovery {
        /// Which room.
        room: RoomId,
    },
    /// Ask for this computer's access to a room back. Ends in [`Event::Recovery`], which has the request, or [`Event::Failed`].
    AskRecovery {
        /// Which room.
        room: RoomId,
        /// The service shall announce it: an owner lost everything ([`RecoveryView::may_announce`]).
        announce: bool,
    },
    /// Take a request of this account back, or turn down one that it may approve. Ends in [`Event::Recovery`] without it, or
    /// [`Event::Failed`].
    WithdrawRecovery {
        /// Where.
        room: RoomId,
        /// The computer that asks.
        device: DeviceId,
    },
    /// Approve a request: its digits were compared on both screens. Ends in [`Event::Changed`] or [`Event::Failed`], with
    /// [`ErrorCode::BadCredentials`] when the password is not the account's. It is not saved: after a restart it is asked anew.
    ApproveRecovery {
        /// Where.
        room: RoomId,
        /// The computer that asks.
        device: DeviceId,
        /// A computer of the same account that is revoked by it.
        replaces: Option<DeviceId>,
        /// This account's password.
        password: SecretText,
    },
    /// Object to a recovery that waits. Ends in [`Event::Changed`] or [`Event::Failed`].
    Veto {
        /// Where.
        room: RoomId,
        /// The approval or announcement.
        entry: EntryHash,
    },
    /// Let this computer of an owner in by the room's kit, and take the keys that were wrapped for the kit. Ends in
    /// [`Event::Changed`], [`Event::KitRefused`] or [`Event::Failed`]. It is not saved: after a restart the code is typed anew.
    UseKit {
        /// Where.
        room: RoomId,
        /// What was printed, as it was typed.
        code: SecretText,
    },
    /// Say that a computer is this account's own, after [`crate::crypto::safety::approval_digits`] were compared on both
    /// screens. It is carried into each of the account's rooms.
    Vouch {
        /// The computer's keys.
        bundle: SignedBundle,
        /// What it is called.
        name: String,
    },
    /// Approve a computer that asks ([`Event::Approvals`]): its digits were compared on both screens. It is vouched for like by
    /// [`Command::Vouch`].
    Approve {
        /// Which.
        device: DeviceId,
    },
    /// Refuse a computer that asks: it is signed out.
    RefuseApproval {
        /// Which.
        device: DeviceId,
    },
    /// Ask this account's other computers once more to approve this one.
    AskForApproval,
    /// Say that a computer of this account is no longer to be trusted. It is carried into each of the account's rooms, where
    /// the next room key starts with it.
    RevokeOwn {
        /// Which.
        device: DeviceId,
    },
    /// Show how this account's computers stand in its rooms: [`Event::OwnComputers`].
    ShowOwnComputers,
    /// Show the people of a room and what may be done to them: [`Event::People`].
    ShowPeople {
        /// Which room.
        room: RoomId,
    },
    /// Show entries of a room's log: [`Event::Log`].
    ShowLog {
        /// Which room's.
        room: RoomId,
        /// Which of them.
        wish: LogWish,
    },
    /// Show what a room's log tells between the messages: [`Event::Lines`].
    ShowLines {
        /// Which room's.
        room: RoomId,
        /// From this place of the stream.
        from: Seq,
        /// To this one.
        to: Seq,
    },
    /// Show the safety numbers with somebody: [`Event::Comparison`].
    Compare {
        /// In which room.
        room: RoomId,
        /// With whom.
        account: AccountId,
    },
    /// Say that the safety number with somebody matches: their computers of which it is made are marked. Nothing is if they are
    /// others by now, and the number with them.
    Mark {
        /// In which room.
        room: RoomId,
        /// With whom.
        account: AccountId,
        /// The number that was compared.
        number: String,
    },
    /// Take the marks from all computers of somebody.
    Unmark {
        /// Whose.
        account: AccountId,
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
    /// Ask the service once more for the room keys that this device lacks, and hand on the current one to devices of which the
    /// service says that they lack it ([`MemberView::behind`]).
    AskForKeys {
        /// Of which room.
        room: RoomId,
    },
    /// Somebody has looked at a room that stood still ([`Standing::Alarm`]): it is followed again. What stopped it stops it
    /// again if it is still so.
    LookedAt {
        /// Which room.
        room: RoomId,
    },
    /// Somebody has looked at a room that stood still for [`Alarm::Restored`]: it is followed as the service has it. What this device
    /// knows besides of the log is given up, but for those who were put out: they are put out again.
    FollowService {
        /// Which room.
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
