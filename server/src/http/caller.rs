//! Who is calling: the session of a request, by bearer token or by cookie. If both come, the bearer counts.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
    dev::Payload,
    http::header,
    web,
};
use igoon_shared::{
    ids::{AccountId, DeviceId},
    protocol::{error::ErrorCode, http::SecretText},
};

use super::Service;
use crate::{
    accounts::secrets::{self, SecretHash},
    error::Error,
    store::db::models::sessions::{self, Session},
};

/// The session cookie. Its prefix makes browsers insist on `Secure`, `Path=/` and no `Domain`.
pub(super) const COOKIE: &str = "__Host-igoon";
/// The cookie that shows that a code was entered on this installation; it opens nothing by itself.
const TRUST_COOKIE: &str = "__Host-igoon-trust";
/// How long browsers keep a cookie at most; the server decides how long a session lasts.
const COOKIE_DAYS: i64 = 400;
/// How often it is noted that a session is used.
const TOUCH_MS: i64 = 60 * 60 * 1_000;

/// Somebody who is signed in. A handler that takes one answers others with `not_signed_in`.
pub(super) struct Caller {
    /// Names the session.
    pub(super) token: SecretHash,
    /// The session.
    pub(super) session: Session,
}

impl Caller {
    /// The account.
    pub(super) const fn account(&self) -> AccountId {
        self.session.account
    }

    /// The device that the session speaks for.
    ///
    /// # Errors
    /// `forbidden` when none was registered yet.
    pub(super) fn device(&self) -> Result<DeviceId, Error> {
        self.session.device.ok_or(Error::Refused(ErrorCode::Forbidden))
    }
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let token = token(request);
        let service = request.app_data::<web::Data<Service>>().cloned();
        Box::pin(async move {
            let service = service.ok_or_else(|| Error::internal("no service"))?;
            let token = token?;
            let session = session(&service, token).await?;
            Ok(Self { token, session })
        })
    }
}

/// The token of a request that may use it.
fn token(request: &HttpRequest) -> Result<SecretHash, Error> {
    if has_bearer(request) {
        return bearer(request).and_then(secrets::recognise).ok_or_else(|| ErrorCode::NotSignedIn.into());
    }
    let token = by_cookie(request).ok_or(ErrorCode::NotSignedIn)?;
    // A browser sends the cookie by itself. It also says which page is behind a request that changes something, and the
    // guard has refused foreign ones; a request that does not say it is refused here.
    if !request.method().is_safe() && !request.headers().contains_key(header::ORIGIN) {
        return Err(ErrorCode::BadOrigin.into());
    }
    Ok(token)
}

/// Whether a request says by a header who is calling.
pub(super) fn has_bearer(request: &HttpRequest) -> bool {
    request.headers().contains_key(header::AUTHORIZATION)
}

/// The token in a request's header (RFC 6750, section 2.1). The scheme's name may be written in any case (RFC 9110, section
/// 11.1).
pub(super) fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' '))
}

/// The token in a request's cookie.
pub(super) fn by_cookie(request: &HttpRequest) -> Option<SecretHash> {
    request.cookie(COOKIE).and_then(|cookie| secrets::recognise(cookie.value()))
}

/// The session with this token.
///
/// # Errors
/// `not_signed_in` when there is none that still counts.
pub(super) async fn session(service: &Service, token: SecretHash) -> Result<Session, Error> {
    let session = service.store.read(move |db| sessions::by_token_hash(db, &token.0)).await?;
    let session = session.ok_or(ErrorCode::NotSignedIn)?;
    let now = service.clock.now();
    if !session.is_valid(now) {
        return Err(session.end.map_or(ErrorCode::NotSignedIn.into(), Error::SessionEnded));
    }
    if now.millis_since(session.last_used_at) >= TOUCH_MS {
        let end = service.session_end(now);
        service.store.write(move |db| sessions::touch(db, &token.0, now, end)).await?;
    }
    Ok(session)
}

/// The token that a request brings in its cookie, as it is.
pub(super) fn cookie_text(request: &HttpRequest) -> Option<SecretText> {
    request.cookie(COOKIE).map(|cookie| SecretText::new(cookie.value().to_owned()))
}

/// The proof in a request's cookie that a code was entered on this installation.
pub(super) fn trust_cookie(request: &HttpRequest) -> Option<SecretHash> {
    request.cookie(TRUST_COOKIE).and_then(|cookie| secrets::recognise(cookie.value()))
}

/// The cookie that carries a token.
pub(super) fn cookie(token: &SecretText) -> Cookie<'static> {
    built(COOKIE, token.expose().to_owned(), Duration::days(COOKIE_DAYS))
}

/// The cookie that takes the token away.
pub(super) fn no_cookie() -> Cookie<'static> {
    built(COOKIE, String::new(), Duration::ZERO)
}

/// The cookie that carries the proof that a code was entered.
pub(super) fn new_trust_cookie(proof: &SecretText) -> Cookie<'static> {
    built(TRUST_COOKIE, proof.expose().to_owned(), Duration::days(COOKIE_DAYS))
}

fn built(name: &'static str, value: String, max_age: Duration) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict)
        .max_age(max_age)
        .finish()
}
