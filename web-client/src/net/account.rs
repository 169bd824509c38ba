//! The calls about accounts and devices, one function each.

use igoon_shared::protocol::http::{
    DeviceRegistered, Me, OpenInvite, OpenInviteRequest, RegisterDevice, ServerInfo, SetUp, SignIn, SignUp, SignedIn,
};

use super::requests::{CallError, call};

/// `GET /server`.
///
/// # Errors
/// [`CallError`].
pub async fn server() -> Result<ServerInfo, CallError> {
    call("GET", "/server", None::<&()>).await
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
pub async fn set_up(body: &SetUp) -> Result<SignedIn, CallError> {
    call("POST", "/setup", Some(body)).await
}

/// `POST /sign-up`.
///
/// # Errors
/// [`CallError`].
pub async fn sign_up(body: &SignUp) -> Result<SignedIn, CallError> {
    call("POST", "/sign-up", Some(body)).await
}

/// `POST /sign-in`.
///
/// # Errors
/// [`CallError`].
pub async fn sign_in(body: &SignIn) -> Result<SignedIn, CallError> {
    call("POST", "/sign-in", Some(body)).await
}

/// `POST /sign-out`.
///
/// # Errors
/// [`CallError`].
pub async fn sign_out() -> Result<(), CallError> {
    call::<(), serde::de::IgnoredAny>("POST", "/sign-out", None).await.map(drop)
}

/// `PUT /device`.
///
/// # Errors
/// [`CallError`].
pub async fn register(body: &RegisterDevice) -> Result<DeviceRegistered, CallError> {
    call("PUT", "/device", Some(body)).await
}

/// `POST /invites/open`.
///
/// # Errors
/// [`CallError`].
pub async fn open_invite(body: &OpenInviteRequest) -> Result<OpenInvite, CallError> {
    call("POST", "/invites/open", Some(body)).await
}
