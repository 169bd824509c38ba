//! Accounts: what visitors enter, the codes that go by e-mail, and what an account can change about itself.

use igoon_shared::{
    client::io::OwnComputer,
    ids::{AccountId, DeviceId, RoomId, Seq, SessionId},
    presence::Availability,
    protocol::http::SecretText,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::Trouble;

/// A new account, as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAccount {
    /// Where the code goes.
    pub email: String,
    /// What others see.
    pub handle: String,
    /// The password.
    pub password: SecretText,
}

/// What somebody with an account enters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The account's address.
    pub email: String,
    /// The password.
    pub password: SecretText,
}

/// A code is on its way to a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeStep {
    /// What it is for.
    pub purpose: CodePurpose,
    /// The mailbox.
    pub email: String,
    /// From then on another one can be asked for, by this computer's clock.
    pub resend_at: Timestamp,
    /// This server sends no mail: the code stands on its terminal.
    pub mail_to_folder: bool,
    /// No try with it can be right any more: another one is needed.
    pub void: bool,
}

/// What a code by e-mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodePurpose {
    /// A new account, the first or by invite.
    SignUp,
    /// Signing in where no code was entered yet.
    SignIn,
    /// A new password.
    Reset,
    /// A new address.
    Email,
}

/// Which part of a new account was refused while its code was right; the code stays good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// The handle, as it was entered.
    Handle(String),
    /// The password.
    Password,
}

/// What stands in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Correction {
    /// Another handle.
    Handle(String),
    /// Another password.
    Password(SecretText),
}

/// What somebody wants with their own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnWish {
    /// See it, its computers, and where it is signed in.
    Look,
    /// Another handle.
    ChangeHandle {
        /// The new one.
        handle: String,
    },
    /// Another password; other computers are signed out.
    ChangePassword {
        /// The present one.
        current: SecretText,
        /// The new one.
        new: SecretText,
    },
    /// Another address: mails a code to it.
    ChangeEmail {
        /// The new one.
        email: String,
        /// The account's password.
        password: SecretText,
    },
    /// The code that came to the new address.
    EnterCode {
        /// 8 digits.
        digits: SecretText,
    },
    /// Another code to the new address.
    ResendCode,
    /// Call one of the own computers something else.
    RenameComputer {
        /// Which.
        device: DeviceId,
        /// Its new name.
        name: String,
    },
    /// Shut one of the own computers out of all rooms.
    RevokeComputer(DeviceId),
    /// Approve a computer that asks: the digits are the same on both screens.
    Approve(DeviceId),
    /// Refuse a computer that asks, and sign it out.
    RefuseApproval(DeviceId),
    /// Ask the account's other computers once more to approve this one.
    AskForApproval,
    /// Sign out somewhere else.
    EndSession(SessionId),
    /// Sign out everywhere, here too.
    SignOutEverywhere,
}

/// The forms of the own account: answers name the one that they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnForm {
    /// [`OwnWish::ChangeEmail`]
    Email,
    /// [`OwnWish::EnterCode`] and [`OwnWish::ResendCode`]
    EmailCode,
    /// [`OwnWish::ChangeHandle`]
    Handle,
    /// [`OwnWish::ChangePassword`]
    Password,
    /// [`OwnWish::RenameComputer`]
    RenameComputer(DeviceId),
    /// [`OwnWish::RevokeComputer`]
    RevokeComputer(DeviceId),
    /// [`OwnWish::EndSession`]
    EndSession(SessionId),
    /// [`OwnWish::SignOutEverywhere`]
    Everywhere,
}

/// What the worker says about the own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnNews {
    /// The account.
    Account(Result<OwnAccount, Trouble>),
    /// Its computers, oldest first.
    Computers(Result<Vec<ComputerView>, Trouble>),
    /// Where it is signed in, newest first.
    Sessions(Result<Vec<SessionView>, Trouble>),
    /// How those of them stand that a room trusts.
    Trusted(Vec<OwnComputer>),
    /// A code is on its way to the new address.
    CodeSent(CodeStep),
    /// It is changed.
    Done(OwnForm),
    /// It is not.
    Refused(OwnForm, Trouble),
}

/// The own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAccount {
    /// Which.
    pub account: AccountId,
    /// Its address.
    pub email: String,
    /// Its handle.
    pub handle: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// One of the own computers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComputerView {
    /// Which.
    pub device: DeviceId,
    /// What its owner calls it.
    pub name: String,
    /// Operating system and browser or app.
    pub platform: String,
    /// Its address on its own network, where it listens there.
    pub local_ip: Option<String>,
    /// The TCP port that it listens on.
    pub port: Option<u16>,
    /// When its keys were made known.
    pub registered_at: Timestamp,
    /// When it was used the last time.
    pub last_activity: Timestamp,
    /// When it was connected the last time.
    pub last_seen: Timestamp,
    /// It is connected.
    pub connected: bool,
    /// It is this one.
    pub current: bool,
    /// Somebody is signed in on it.
    pub signed_in: bool,
    /// What its owner chose to be to others.
    pub availability: Availability,
    /// How far it has come in its rooms.
    pub positions: Vec<RoomPositionView>,
}

/// How far a computer has come in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomPositionView {
    /// The room.
    pub room: RoomId,
    /// Up to here everything is stored on it.
    pub delivered: Seq,
    /// Up to here its owner has looked at it.
    pub read: Seq,
}

/// Somewhere that the account is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Which.
    pub session: SessionId,
    /// It is this computer's.
    pub current: bool,
    /// What its owner calls the computer, once it is known.
    pub device_name: Option<String>,
    /// Operating system and browser or app.
    pub platform: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the hour.
    pub last_used_at: Timestamp,
}
