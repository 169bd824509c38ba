//! Requests: to the chosen [`super::server`], with the session's cookie or token, never from the cache.

use gloo_timers::callback::Timeout;
use igoon_shared::protocol::http::API;
use js_sys::{Promise, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Request, RequestCache, RequestCredentials, RequestInit, Response};

use igoon_shared::protocol::{
    error::{ErrorBody, ErrorCode, SessionEnd},
    json,
};

use super::server::{self, Access, Server};

/// After so long a request counts as unanswered, in milliseconds. An append for the largest room over a slow line fits.
const TIMEOUT_MS: u32 = 60_000;

#[wasm_bindgen]
extern "C" {
    /// Of the window or of the worker's scope (<https://fetch.spec.whatwg.org/#fetch-method>).
    fn fetch(request: &Request) -> Promise;
}

/// An answer, whatever its status.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub body: Vec<u8>,
}

/// Why a call did not do what it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Nothing came back; whether the server saw it is not known.
    #[error("the server did not answer")]
    Unreachable,
    /// The server refused.
    #[error("refused: {0:?}")]
    Refused(ErrorBody),
}

impl CallError {
    /// The server's code, if it gave one.
    #[must_use]
    pub const fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Unreachable => None,
            Self::Refused(body) => Some(body.code),
        }
    }

    /// Why the session was ended, if the server says so.
    #[must_use]
    pub const fn session_end(&self) -> Option<SessionEnd> {
        match self {
            Self::Unreachable => None,
            Self::Refused(body) => body.session_end,
        }
    }
}

/// Makes a request to a path from `/`, and waits for the whole answer.
///
/// # Errors
/// [`CallError::Unreachable`].
pub async fn send(method: &str, path: &str, body: Option<&[u8]>) -> Result<Reply, CallError> {
    send_to(&server::current(), method, path, body).await
}

async fn send_to(server: &Server, method: &str, path: &str, body: Option<&[u8]>) -> Result<Reply, CallError> {
    exchange(server, method, path, body).await.map_err(|_| CallError::Unreachable)
}

/// A call to the JSON API: `path` from below its root. An answer without a body reads as `null`.
///
/// # Errors
/// [`CallError`].
pub async fn call<B: Serialize, T: DeserializeOwned>(
    method: &str,
    path: &str,
    body: Option<&B>,
) -> Result<T, CallError> {
    call_at(&server::current(), method, path, body).await
}

/// The same, to a server that is not the chosen one.
pub(super) async fn call_at<B: Serialize, T: DeserializeOwned>(
    server: &Server,
    method: &str,
    path: &str,
    body: Option<&B>,
) -> Result<T, CallError> {
    let body = body.map(serde_json::to_vec).transpose().map_err(|_| not_understood())?;
    let reply = send_to(server, method, &format!("{API}{path}"), body.as_deref()).await?;
    read(&reply)
}

/// A question to the server beside its API: `path` from its root.
///
/// # Errors
/// [`CallError`].
pub async fn look_at<T: DeserializeOwned>(path: &str) -> Result<T, CallError> {
    read(&send("GET", path, None).await?)
}

fn read<T: DeserializeOwned>(reply: &Reply) -> Result<T, CallError> {
    if !(200..=299).contains(&reply.status) {
        return Err(CallError::Refused(json::read(&reply.body).unwrap_or_else(|_| ErrorBody::of(ErrorCode::Unknown))));
    }
    let body: &[u8] = if reply.body.is_empty() { b"null" } else { &reply.body };
    json::read(body).map_err(|_| not_understood())
}

fn not_understood() -> CallError {
    CallError::Refused(ErrorBody::of(ErrorCode::Unknown))
}

/// A request ends with whoever waits for it: when that is dropped, the browser is told to give up.
struct GivenUp(AbortController);

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn exchange(server: &Server, method: &str, path: &str, body: Option<&[u8]>) -> Result<Reply, JsValue> {
    let init = RequestInit::new();
    init.set_method(method);
    init.set_credentials(match server.access {
        Access::Cookie => RequestCredentials::SameOrigin,
        Access::Bearer(_) => RequestCredentials::Omit,
    });
    init.set_cache(RequestCache::NoStore);
    let given_up = GivenUp(AbortController::new()?);
    init.set_signal(Some(&given_up.0.signal()));
    let late = given_up.0.clone();
    let _timeout = Timeout::new(TIMEOUT_MS, move || late.abort());
    if let Some(body) = body {
        init.set_body(&Uint8Array::from(body));
    }
    let request = Request::new_with_str_and_init(&format!("{}{path}", server.origin), &init)?;
    request.headers().set("Accept", "application/json")?;
    if body.is_some() {
        request.headers().set("Content-Type", "application/json")?;
    }
    if let Some(token) = server.token() {
        request.headers().set("Authorization", &format!("Bearer {}", token.expose()))?;
    }
    let response: Response = JsFuture::from(fetch(&request)).await?.dyn_into()?;
    let body = JsFuture::from(response.array_buffer()?).await?;
    Ok(Reply { status: response.status(), body: Uint8Array::new(&body).to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply { status, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn answers_are_read_by_their_status() {
        assert_eq!(read::<u32>(&reply(200, "7")), Ok(7));
        assert_eq!(read::<()>(&reply(204, "")), Ok(()));
        let refused = read::<u32>(&reply(403, r#"{"code":"forbidden","message":"No."}"#));
        assert_eq!(refused.unwrap_err().code(), Some(ErrorCode::Forbidden));
    }

    #[test]
    fn what_cannot_be_understood_is_a_refusal() {
        let proxy = read::<u32>(&reply(502, "<html>Bad gateway</html>"));
        assert_eq!(proxy.unwrap_err().code(), Some(ErrorCode::Unknown));
        let newer = read::<u32>(&reply(401, r#"{"code":"not_thought_of_yet","message":""}"#));
        assert_eq!(newer.unwrap_err().code(), Some(ErrorCode::Unknown));
        assert_eq!(read::<u32>(&reply(200, "{}")).unwrap_err().code(), Some(ErrorCode::Unknown));
        assert_eq!(CallError::Unreachable.code(), None);
    }
}
