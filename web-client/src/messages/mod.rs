//! What the page and its worker say to each other.
//!
//! Each message crosses packed ([`packet`]), from one end of the [`crate::crossing`] to the other.

mod account;
mod connection;
mod export;
mod history;
pub mod packet;
mod recovery;
mod room;
mod server;
mod surroundings;
#[cfg(test)]
mod tests;
mod trouble;

use igoon_shared::{
    client::io::{
        ApprovalsView, ComparisonView, InviteSecretView, InviteTerms, LinesView, LogView, MessageView, OutgoingView,
        PeopleView, PositionsView, PresenceView, RecoveryChoice, RecoveryView, RoomView,
    },
    crypto::kit::KitCode,
    ids::{AccountId, DeviceId, InviteKey, MessageId, RoomId, Seq},
    presence::Availability,
    protocol::{
        error::{ErrorCode, SessionEnd},
        http::SecretText,
    },
    wrapper::Kept,
};
use serde::{Deserialize, Serialize};

use crate::state::Language;

pub use self::account::{
    CodePurpose, CodeStep, ComputerView, Correction, Credentials, NewAccount, OwnAccount, OwnForm, OwnNews, OwnWish,
    Refusal, RoomPositionView, SessionView,
};
pub use self::connection::{Cause, Connection, Outage};
pub use self::export::{ExportFormat, ExportNews};
pub use self::history::{HistoryPage, HistoryWish};
pub use self::recovery::RecoveryWish;
pub use self::room::{RoomDeed, RoomWish};
pub use self::server::{
    AboutServer, ActorLook, Connections, KindLook, Overview, ServerLook, StoreLook, Sums, WatchedActors,
};
pub use self::surroundings::Surroundings;
pub use self::trouble::Trouble;

/// From the page to the worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToWorker {
    /// Begin, here. The first message, once.
    Start(Surroundings),
    /// Run here, although another tab does.
    TakeOver,
    /// Try again now, whatever failed.
    Retry,
    /// Somebody came back to the page, or it was held and goes on: look whether the connection is alive.
    Awake,
    /// Make the first account.
    SetUp {
        /// The code that the server printed.
        code: SecretText,
        /// Who.
        account: NewAccount,
    },
    /// Make an account with an invite link, and join.
    SignUp {
        /// The link.
        invite: InviteLink,
        /// Who.
        account: NewAccount,
    },
    /// Sign in; with a link, join afterwards.
    SignIn {
        /// Who.
        account: Credentials,
        /// The link that was opened.
        invite: Option<InviteLink>,
    },
    /// Set another password with a code by e-mail; with a link, join afterwards.
    ResetPassword {
        /// The account's address.
        email: String,
        /// The link that was opened.
        invite: Option<InviteLink>,
    },
    /// The code that came by e-mail.
    EnterCode {
        /// 8 digits.
        digits: SecretText,
        /// The new password, where the code is for one.
        password: Option<SecretText>,
    },
    /// Another handle or password for the new account, with the code that was entered.
    Correct(Correction),
    /// Another code in place of the one that was mailed.
    ResendCode,
    /// Forget what was entered and begin with the first form again.
    StartOver,
    /// Something about the own account.
    Own(OwnWish),
    /// What does the server say about itself? Asked also by who is not signed in, and beside another tab.
    AskAboutServer,
    /// Look at the server's actors again and again, or not any more.
    WatchServer(Option<WatchedActors>),
    /// Sign out.
    SignOut {
        /// Remove keys and messages from this computer, too.
        forget: bool,
    },
    /// Remove everything that this computer holds and begin anew.
    Forget,
    /// Keep this computer's keys, drop what was fetched, and fetch it anew.
    FetchAnew,
    /// Make new keys for this computer, whose old ones were revoked. Rooms and what waits stay.
    NewKeys,
    /// What room does this link lead to?
    LookAtInvite(InviteLink),
    /// Join by a link.
    Join(InviteLink),
    /// Make a room.
    CreateRoom {
        /// What to call it.
        name: String,
        /// Who helps whoever loses every computer.
        recovery: RecoveryChoice,
    },
    /// Give a room another name.
    RenameRoom {
        /// Which.
        room: RoomId,
        /// What to call it.
        name: String,
    },
    /// Make an invite.
    Invite {
        /// Where to.
        room: RoomId,
        /// For whom and how long.
        terms: InviteTerms,
    },
    /// Let nobody in by an invite any more.
    CloseInvite {
        /// Where.
        room: RoomId,
        /// Which.
        invite: InviteKey,
    },
    /// Let plain members invite, or no longer.
    AllowMemberInvites {
        /// Where.
        room: RoomId,
        /// Whether.
        allowed: bool,
    },
    /// Something with the people of a room, what is set for it, or its log.
    InRoom {
        /// Which.
        room: RoomId,
        /// What.
        wish: RoomWish,
    },
    /// The code of a room's kit is on paper.
    KitNoted {
        /// Which room's.
        room: RoomId,
    },
    /// Something of recovery in a room that is more than a yes.
    Recovery {
        /// Where.
        room: RoomId,
        /// What.
        wish: RecoveryWish,
    },
    /// Be this to others, on all computers of the account.
    ChooseAvailability(Availability),
    /// There was a key, a pointer or a touch.
    Active,
    /// Write a message.
    Send {
        /// Where.
        room: RoomId,
        /// What.
        text: String,
    },
    /// Try a refused message again.
    SendAgain {
        /// Where.
        room: RoomId,
        /// Which.
        message_id: MessageId,
    },
    /// Give up a refused message. Answered by [`ToPage::Discarded`].
    Discard {
        /// Where.
        room: RoomId,
        /// Which.
        message_id: MessageId,
    },
    /// Ask once more for the room keys that this computer lacks.
    AskForKeys {
        /// Of which room.
        room: RoomId,
    },
    /// Somebody has looked at a room that stood still: follow it again.
    LookedAt {
        /// Which room.
        room: RoomId,
    },
    /// Somebody has looked at a room whose server was restored, and goes on otherwise: follow it as the server has it.
    FollowService {
        /// Which room.
        room: RoomId,
    },
    /// Keep what was begun to be written; nothing when it is empty.
    Draft {
        /// Where.
        room: RoomId,
        /// What.
        text: String,
    },
    /// Everything up to here was looked at.
    Read {
        /// Where.
        room: RoomId,
        /// The last place.
        seq: Seq,
    },
    /// Some of the stored messages of a room; answered by [`ToPage::History`].
    History {
        /// Which room's.
        room: RoomId,
        /// Which of them.
        wish: HistoryWish,
    },
    /// What is written for people from now on is in this language, with these texts: the worker fetches none.
    Speak {
        /// Which one.
        language: Language,
        /// What is in its file.
        texts: String,
    },
    /// Make a file of what is stored of a room, unless another is being made; told of by [`ToPage::Export`].
    Export {
        /// Which room.
        room: RoomId,
        /// As what.
        format: ExportFormat,
    },
    /// Do not go on with the file that is being made.
    StopExport,
}

/// What an invite link says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteLink {
    /// The room.
    pub room: RoomId,
    /// From the fragment.
    pub secret: InviteSecretView,
}

/// From the worker to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToPage {
    /// Where this computer stands.
    Stage(Stage),
    /// How the connection is.
    Connection(Connection),
    /// The desktop app is to keep this in place of what it kept.
    Keep(Kept),
    /// What was asked for in a form did not work.
    Refused(Trouble),
    /// About the own account.
    Own(OwnNews),
    /// Who asks to be approved: other computers of the account, or this one.
    Approvals(ApprovalsView),
    /// This computer is being signed out by somebody else, or was.
    ShutOut(SessionEnd),
    /// Answer to [`ToWorker::AskAboutServer`].
    AboutServer(Result<AboutServer, Trouble>),
    /// A look at the server, while [`ToWorker::WatchServer`] asks for it.
    Server(Result<ServerLook, Trouble>),
    /// Answer to [`ToWorker::LookAtInvite`].
    InviteLooked(Result<InvitePreview, Trouble>),
    /// This computer's keys were made in so many milliseconds.
    KeysMade(u32),
    /// A room.
    Room(RoomView),
    /// A message of a room's stream that is new, or can be read meanwhile. None comes singly while the room's view says
    /// that it is catching up.
    Message(MessageView),
    /// Answer to [`ToWorker::History`].
    History(HistoryPage),
    /// About the file that [`ToWorker::Export`] asked for.
    Export(ExportNews),
    /// A message of this computer that is not in the stream yet.
    Outgoing(OutgoingView),
    /// Messages came that the page was not told of, up to this one.
    Stored {
        /// Where.
        room: RoomId,
        /// The last of them.
        up_to: Seq,
    },
    /// A message of this computer was given up.
    Discarded {
        /// Where it was.
        room: RoomId,
        /// Which.
        message_id: MessageId,
    },
    /// What was begun to be written in a room before the page was opened.
    Draft {
        /// Where.
        room: RoomId,
        /// What.
        text: String,
    },
    /// Who is there in a room.
    Presence(PresenceView),
    /// How far everybody has come in a room.
    Positions(PositionsView),
    /// What this account chose to be to others.
    Availability(Availability),
    /// A room was made.
    RoomCreated(RoomId),
    /// An invite was made.
    InviteMade {
        /// Where to.
        room: RoomId,
        /// For the link.
        secret: InviteSecretView,
    },
    /// This computer is in the room.
    Joined(RoomId),
    /// The people of a room, and what may be done to them. Answer to [`RoomWish::ShowPeople`].
    People(PeopleView),
    /// Answer to [`RoomWish::ShowLog`].
    Log(LogView),
    /// Answer to [`RoomWish::ShowLines`].
    Lines(LinesView),
    /// Answer to [`RoomWish::Compare`].
    Comparison(ComparisonView),
    /// Recovery in a room. Answer to [`RecoveryWish::Show`].
    Recovery(RecoveryView),
    /// The code of a room's kit, for its owner's eyes; until it is on paper.
    KitMade {
        /// Which room's.
        room: RoomId,
        /// What is printed.
        code: KitCode,
    },
    /// What was to be changed in a room is done.
    Changed(RoomId),
    /// Something done for the person was refused for good.
    Failed {
        /// Where, if it concerns one room.
        room: Option<RoomId>,
        /// Why.
        trouble: Trouble,
    },
    /// What was written could not be stored, and is not on its way.
    Unsaved {
        /// Where.
        room: RoomId,
        /// What.
        text: String,
    },
}

impl ToPage {
    /// The service refused something for good.
    #[must_use]
    pub const fn failed(room: Option<RoomId>, code: ErrorCode) -> Self {
        Self::Failed { room, trouble: Trouble::Refused { code, field: None, retry_after_ms: None } }
    }
}

/// Where this computer stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Looking at what is stored here and asking the server.
    Starting,
    /// Another tab runs Igoon.
    Elsewhere,
    /// The server cannot be reached, and nothing is stored here to show meanwhile.
    Unreachable,
    /// Nobody has an account yet.
    SetUp,
    /// Not signed in; keys that are stored here wait for their owner.
    SignedOut {
        /// Whose keys.
        handle: Option<String>,
    },
    /// Signed in, and what this browser had stored is gone: its keys, too.
    KeysLost {
        /// Whose keys.
        handle: String,
    },
    /// A code is on its way by e-mail.
    Code(CodeStep),
    /// The code was right; the handle or the password is to be another.
    Correct(Refusal),
    /// Signed in as somebody else than the keys stored here belong to.
    OtherAccount {
        /// Whose keys.
        stored: String,
        /// Who signed in.
        handle: String,
    },
    /// The keys are being made.
    MakingKeys,
    /// Something must be mended before it goes on.
    Stopped(Trouble),
    /// Signed in, the core runs.
    Signed(Profile),
}

/// The account and computer that is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The account.
    pub account: AccountId,
    /// Its handle.
    pub handle: String,
    /// This device.
    pub device: DeviceId,
    /// What the others see of this computer.
    pub device_name: String,
    /// It owns the server.
    pub server_owner: bool,
    /// It may make rooms.
    pub may_create_rooms: bool,
    /// The service has rooms of this account.
    pub in_rooms: bool,
    /// What was begun and is not done.
    pub pending: Option<Pending>,
}

/// Something begun that goes on by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pending {
    /// A room is being made.
    Room,
    /// A room is being joined.
    Joining,
}

/// What a link leads to, verified against the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitePreview {
    /// The room.
    pub room: RoomId,
    /// Its name, unless it was erased.
    pub name: Option<String>,
    /// How many are in it.
    pub members: u32,
}
