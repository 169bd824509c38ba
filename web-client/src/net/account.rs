//! The calls about accounts and devices, one function each.

use igoon_shared::{
    ids::{DeviceId, SessionId},
    protocol::http::{
        ChangeEmail, ChangeHandle, ChangePassword, ChooseAvailability, CodeSent, ConfirmEmail, ConfirmReset,
        ConfirmSignIn, ConfirmSignUp, DeviceRegistered, Devices, Me, MoveDevice, OpenInvite, OpenInviteRequest,
        RegisterDevice, RenameDevice, ResendCode, ResetPassword, ServerInfo, Sessions, SetUp, SignIn, SignInAnswer,
        SignUp, SignedIn, SocketTicket,
    },
};
use serde::de::IgnoredAny;

use super::{
    requests::{self, CallError, call},
    server::Server,
};

/// `GET /server`.
///
/// # Errors
/// [`CallError`].
pub async fn server() -> Result<ServerInfo, CallError> {
    call("GET", "/server", None::<&()>).await
}

/// `GET /server` of another server than the chosen one.
///
/// # Errors
/// [`CallError`].
pub async fn look_at_server(server: &Server) -> Result<ServerInfo, CallError> {
    requests::call_at(server, "GET", "/server", None::<&()>).await
}

/// `GET /me`.
///
/// # Errors
/// [`CallError`].
pub async fn me() -> Result<Me, CallError> {
    call("GET", "/me", None::<&()>).await
}

/// `POST /setup`.
///
/// # Errors
/// [`CallError`].
pub async fn set_up(body: &SetUp) -> Result<CodeSent, CallError> {
    call("POST", "/setup", Some(body)).await
}

/// `POST /sign-up`.
///
/// # Errors
/// [`CallError`].
pub async fn sign_up(body: &SignUp) -> Result<CodeSent, CallError> {
    call("POST", "/sign-up", Some(body)).await
}

/// `POST /sign-up/confirm`.
///
/// # Errors
/// [`CallError`].
pub async fn confirm_sign_up(body: &ConfirmSignUp) -> Result<SignedIn, CallError> {
    call("POST", "/sign-up/confirm", Some(body)).await
}

/// `POST /sign-in`.
///
/// # Errors
/// [`CallError`].
pub async fn sign_in(body: &SignIn) -> Result<SignInAnswer, CallError> {
    call("POST", "/sign-in", Some(body)).await
}

/// `POST /sign-in/confirm`.
///
/// # Errors
/// [`CallError`].
pub async fn confirm_sign_in(body: &ConfirmSignIn) -> Result<SignedIn, CallError> {
    call("POST", "/sign-in/confirm", Some(body)).await
}

/// `POST /password-reset`.
///
/// # Errors
/// [`CallError`].
pub async fn reset_password(body: &ResetPassword) -> Result<CodeSent, CallError> {
    call("POST", "/password-reset", Some(body)).await
}

/// `POST /password-reset/confirm`.
///
/// # Errors
/// [`CallError`].
pub async fn confirm_reset(body: &ConfirmReset) -> Result<SignedIn, CallError> {
    call("POST", "/password-reset/confirm", Some(body)).await
}

/// `POST /codes/resend`.
///
/// # Errors
/// [`CallError`].
pub async fn resend_code(body: &ResendCode) -> Result<CodeSent, CallError> {
    call("POST", "/codes/resend", Some(body)).await
}

/// `PUT /me/handle`.
///
/// # Errors
/// [`CallError`].
pub async fn change_handle(body: &ChangeHandle) -> Result<(), CallError> {
    call("PUT", "/me/handle", Some(body)).await
}

/// `PUT /me/password`.
///
/// # Errors
/// [`CallError`].
pub async fn change_password(body: &ChangePassword) -> Result<(), CallError> {
    call("PUT", "/me/password", Some(body)).await
}

/// `PUT /me/email`.
///
/// # Errors
/// [`CallError`].
pub async fn change_email(body: &ChangeEmail) -> Result<CodeSent, CallError> {
    call("PUT", "/me/email", Some(body)).await
}

/// `POST /me/email/confirm`.
///
/// # Errors
/// [`CallError`].
pub async fn confirm_email(body: &ConfirmEmail) -> Result<(), CallError> {
    call("POST", "/me/email/confirm", Some(body)).await
}

/// `GET /me/sessions`.
///
/// # Errors
/// [`CallError`].
pub async fn sessions() -> Result<Sessions, CallError> {
    call("GET", "/me/sessions", None::<&()>).await
}

/// `DELETE /me/sessions/{session}`.
///
/// # Errors
/// [`CallError`].
pub async fn end_session(session: SessionId) -> Result<(), CallError> {
    call("DELETE", &format!("/me/sessions/{session}"), None::<&()>).await
}

/// `POST /sign-out`.
///
/// # Errors
/// [`CallError`].
pub async fn sign_out() -> Result<(), CallError> {
    call::<(), IgnoredAny>("POST", "/sign-out", None).await.map(drop)
}

/// `POST /sign-out-everywhere`.
///
/// # Errors
/// [`CallError`].
pub async fn sign_out_everywhere() -> Result<(), CallError> {
    call::<(), IgnoredAny>("POST", "/sign-out-everywhere", None).await.map(drop)
}

/// `PUT /device`.
///
/// # Errors
/// [`CallError`].
pub async fn register(body: &RegisterDevice) -> Result<DeviceRegistered, CallError> {
    call("PUT", "/device", Some(body)).await
}

/// `PUT /device/address`.
///
/// # Errors
/// [`CallError`].
pub async fn move_device(body: &MoveDevice) -> Result<(), CallError> {
    call("PUT", "/device/address", Some(body)).await
}

/// `POST /socket-ticket`.
///
/// # Errors
/// [`CallError`].
pub async fn socket_ticket() -> Result<SocketTicket, CallError> {
    call("POST", "/socket-ticket", None::<&()>).await
}

/// `GET /devices`.
///
/// # Errors
/// [`CallError`].
pub async fn devices() -> Result<Devices, CallError> {
    call("GET", "/devices", None::<&()>).await
}

/// `PATCH /devices/{device}`.
///
/// # Errors
/// [`CallError`].
pub async fn rename_device(device: DeviceId, body: &RenameDevice) -> Result<(), CallError> {
    call("PATCH", &format!("/devices/{device}"), Some(body)).await
}

/// `PUT /availability`.
///
/// # Errors
/// [`CallError`].
pub async fn choose_availability(body: &ChooseAvailability) -> Result<(), CallError> {
    call("PUT", "/availability", Some(body)).await
}

/// `POST /invites/open`.
///
/// # Errors
/// [`CallError`].
pub async fn open_invite(body: &OpenInviteRequest) -> Result<OpenInvite, CallError> {
    call("POST", "/invites/open", Some(body)).await
}
