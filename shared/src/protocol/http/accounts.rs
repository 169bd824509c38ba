//! Accounts: codes by e-mail, signing up and in, what an account can change about itself, its sessions.
//!
//! Whatever mails a code answers [`CodeSent`], with the same body and after the same work whether or not there is an
//! account with that address; the code itself goes to the mailbox alone. A code has 8 digits, is good for ten minutes, five
//! tries and one use, for the purpose and the installation that it was asked for.

use serde::{Deserialize, Serialize};

use super::{InviteProof, SecretText};
use crate::{
    ids::{AccountId, ChallengeId, DeviceId, InstallationId, RoomId, SessionId},
    time::Timestamp,
};

/// How the session token travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionTransport {
    /// As an HttpOnly cookie, for browsers.
    Cookie,
    /// In the answer, to be sent as `Authorization: Bearer`, for apps with a key store of their own.
    Bearer,
}

/// `POST /setup`, anybody with the set-up code: begins the first account, which owns the server. Answer: [`CodeSent`]; goes on
/// with [`ConfirmSignUp`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// The one-time code that the server printed.
    pub code: SecretText,
    /// Where the code by e-mail goes.
    pub email: String,
    /// This copy of the app.
    pub installation: InstallationId,
}

/// `POST /sign-up`, anybody with an invite link: begins an account. Answer: [`CodeSent`]; goes on with [`ConfirmSignUp`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// Shows that the caller holds the link; names the installation.
    pub invite: InviteProof,
    /// Where the code goes.
    pub email: String,
}

/// `POST /sign-up/confirm`, who has the code of a [`SetUp`] or [`SignUp`]: makes the account. Answer: [`SignedIn`]. A refusal
/// that is about handle or password leaves the code as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmSignUp {
    /// Which code.
    pub code: MailedCode,
    /// What others see and mention.
    pub handle: String,
    /// At least ten characters.
    pub password: SecretText,
    /// How the session token should travel.
    pub session: SessionTransport,
}

/// A code as it came by e-mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailedCode {
    /// What was answered when it was asked for.
    pub challenge: ChallengeId,
    /// This copy of the app, the same that asked.
    pub installation: InstallationId,
    /// 8 digits; spaces and hyphens do not count.
    pub digits: SecretText,
}

/// Answer to whatever mails a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeSent {
    /// Names the code in [`MailedCode`] and [`ResendCode`].
    pub challenge: ChallengeId,
    /// From then on the code is void.
    pub expires_at: Timestamp,
    /// From then on another one can be asked for.
    pub resend_at: Timestamp,
}

/// `POST /codes/resend`, who asked for a code: another one takes its place. Answer: [`CodeSent`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResendCode {
    /// Which.
    pub challenge: ChallengeId,
    /// This copy of the app, the same that asked.
    pub installation: InstallationId,
}

/// `POST /sign-in`, anybody. Answer: [`SignInAnswer`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The account's address.
    pub email: String,
    /// Its password.
    pub password: SecretText,
    /// This copy of the app.
    pub installation: InstallationId,
    /// How the session token should travel.
    pub session: SessionTransport,
    /// [`SignedIn::trust`] of an earlier session; browsers send it as a cookie.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub trust: Option<SecretText>,
}

/// Answer to [`SignIn`] with the right password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInAnswer {
    /// This installation entered a code before.
    SignedIn(SignedIn),
    /// It did not: goes on with [`ConfirmSignIn`].
    CodeSent(CodeSent),
}

/// `POST /sign-in/confirm`, who has the code of a [`SignIn`]. Answer: [`SignedIn`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmSignIn {
    /// Which code.
    pub code: MailedCode,
    /// How the session token should travel.
    pub session: SessionTransport,
}

/// `POST /password-reset`, anybody. Answer: [`CodeSent`]; goes on with [`ConfirmReset`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    /// The account's address.
    pub email: String,
    /// This copy of the app.
    pub installation: InstallationId,
}

/// `POST /password-reset/confirm`, who has the code of a [`ResetPassword`]: sets the password, ends all the account's sessions
/// and takes trust from all its installations but this one. Answer: [`SignedIn`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmReset {
    /// Which code.
    pub code: MailedCode,
    /// The new password.
    pub password: SecretText,
    /// How the session token should travel.
    pub session: SessionTransport,
}

/// Signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The account.
    pub account: AccountId,
    /// The session token, where [`SessionTransport::Bearer`] was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub token: Option<SecretText>,
    /// With [`SessionTransport::Bearer`], after a code was entered: shows at later sign-ins that this installation did so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub trust: Option<SecretText>,
}

/// `GET /me`, signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The account.
    pub account: AccountId,
    /// Its address.
    pub email: String,
    /// Its handle.
    pub handle: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// It was made with the set-up code.
    pub server_owner: bool,
    /// It may make rooms.
    pub may_create_rooms: bool,
    /// The session.
    pub session: SessionId,
    /// The installation that the session was made for.
    pub installation: InstallationId,
    /// The device that the session speaks for, once registered.
    pub device: Option<DeviceId>,
    /// The account's rooms.
    pub rooms: Vec<RoomId>,
}

/// `PUT /me/handle`, signed in. Answer: 204. What rooms show changes when a device appends the new name to their logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeHandle {
    /// The new one.
    pub handle: String,
}

/// `PUT /me/password`, signed in. Ends the account's other sessions. Answer: 204.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The present one.
    pub current: SecretText,
    /// The new one.
    pub new: SecretText,
}

/// `PUT /me/email`, signed in: mails a code to the new address. Answer: [`CodeSent`]; goes on with [`ConfirmEmail`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeEmail {
    /// The new address.
    pub email: String,
    /// The account's password.
    pub password: SecretText,
}

/// `POST /me/email/confirm`, signed in, with the code of a [`ChangeEmail`]. Answer: 204.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmEmail {
    /// Which code.
    pub code: MailedCode,
}

/// `GET /me/sessions`, signed in: where the account is signed in. `DELETE /me/sessions/{session}`, signed in: ends one; 204.
/// `POST /sign-out`: ends this one; 204. `POST /sign-out-everywhere`: ends all; 204.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sessions {
    /// Newest first.
    pub sessions: Vec<SessionInfo>,
}

/// Somewhere that an account is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    /// Which.
    pub session: SessionId,
    /// It is the asking one.
    pub current: bool,
    /// The copy of the app.
    pub installation: InstallationId,
    /// The computer, once registered.
    pub device: Option<DeviceId>,
    /// What its owner calls the computer.
    pub device_name: Option<String>,
    /// Operating system and browser or app.
    pub platform: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the hour.
    pub last_used_at: Timestamp,
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
}
