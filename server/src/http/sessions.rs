//! Sessions: making them, listing them, ending them.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use igoon_shared::{
    crypto::system_rng,
    ids::{AccountId, InstallationId, SessionId},
    protocol::{
        error::ErrorCode,
        http::{SecretText, SessionInfo, SessionTransport, Sessions, SignInAnswer, SignedIn},
    },
    time::Timestamp,
};

use super::{
    Service, approvals,
    caller::{self, Caller},
};
use crate::{
    accounts::secrets::{self, SecretHash},
    error::Error,
    store::{
        Connection, StoreError,
        db::models::{
            sessions::{self, Ended, Listed, NewSession},
            trusted,
        },
    },
};
pub(super) use sessions::create;

/// What a session that is about to be made does about trust in its installation, and how its token travels.
pub(super) enum Trust {
    /// The installation is trusted already.
    Known(SessionTransport),
    /// A code was entered. A browser may hold a proof from another account already, and keeps it.
    Given(SessionTransport, Option<SecretHash>),
}

impl Trust {
    /// A code was entered by this request.
    pub(super) fn of(request: &HttpRequest, transport: SessionTransport) -> Self {
        let held = match transport {
            SessionTransport::Cookie => caller::trust_cookie(request),
            SessionTransport::Bearer => None,
        };
        Self::Given(transport, held)
    }
}

/// A session that is about to be made.
pub(super) struct FreshSession {
    id: SessionId,
    account: AccountId,
    installation: InstallationId,
    transport: SessionTransport,
    token: SecretText,
    hash: SecretHash,
    /// The proof that a code was entered: new, for the client to keep; and its hash.
    new_proof: Option<SecretText>,
    proof: Option<SecretHash>,
    created_at: Timestamp,
    expires_at: Timestamp,
}

/// The trust that a session brings along.
#[derive(Clone, Copy)]
pub(super) struct Trusted {
    account: AccountId,
    installation: InstallationId,
    proof: Option<SecretHash>,
    at: Timestamp,
}

impl Trusted {
    /// Notes it; in one job with the session.
    pub(super) fn note(&self, db: &mut Connection) -> Result<(), StoreError> {
        match &self.proof {
            Some(proof) => trusted::trust(db, self.account, &proof.0, self.installation, self.at),
            None => Ok(()),
        }
    }
}

impl FreshSession {
    pub(super) fn new(service: &Service, account: AccountId, installation: InstallationId, trust: Trust) -> Self {
        let (token, hash) = secrets::fresh();
        let (transport, new_proof, proof) = match trust {
            Trust::Known(transport) => (transport, None, None),
            Trust::Given(transport, Some(held)) => (transport, None, Some(held)),
            Trust::Given(transport, None) => {
                let (proof, hash) = secrets::fresh();
                (transport, Some(proof), Some(hash))
            }
        };
        let created_at = service.clock.now();
        let expires_at = service.session_end(created_at);
        let id = SessionId::random(&mut system_rng());
        Self { id, account, installation, transport, token, hash, new_proof, proof, created_at, expires_at }
    }

    pub(super) const fn row(&self) -> NewSession {
        NewSession {
            token_hash: self.hash.0,
            id: self.id,
            account: self.account,
            installation: self.installation,
            created_at: self.created_at,
            expires_at: self.expires_at,
        }
    }

    pub(super) const fn trusted(&self) -> Trusted {
        Trusted { account: self.account, installation: self.installation, proof: self.proof, at: self.created_at }
    }

    /// The answer, once it is committed.
    pub(super) fn answer(self, service: &Service) -> HttpResponse {
        self.respond(service, |signed_in, response| response.json(signed_in))
    }

    /// The same, as the answer to signing in.
    pub(super) fn answer_to_sign_in(self, service: &Service) -> HttpResponse {
        self.respond(service, |signed_in, response| response.json(SignInAnswer::SignedIn(signed_in)))
    }

    fn respond(
        self,
        _: &Service,
        body: impl FnOnce(SignedIn, &mut actix_web::HttpResponseBuilder) -> HttpResponse,
    ) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        let mut signed_in = SignedIn { account: self.account, token: None, trust: None };
        match self.transport {
            SessionTransport::Bearer => {
                signed_in.token = Some(self.token);
                signed_in.trust = self.new_proof;
            }
            SessionTransport::Cookie => {
                response.cookie(caller::cookie(&self.token));
                if let Some(proof) = &self.new_proof {
                    response.cookie(caller::new_trust_cookie(proof));
                }
            }
        }
        body(signed_in, &mut response)
    }
}

/// Closes the connections of sessions that were ended, once that is committed. What their devices asked of others is over.
pub(super) async fn close(service: &Service, ended: impl IntoIterator<Item = Ended>) -> Result<(), Error> {
    let mut devices = Vec::new();
    for Ended { token_hash, device } in ended {
        if let Some(device) = device {
            service.directory.signed_out(device, SecretHash(token_hash));
            devices.push(device);
        }
    }
    approvals::withdraw(service, devices).await
}

/// Where the account is signed in.
#[utoipa::path(
    operation_id = "list_sessions",
    tag = "Sessions",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = OK, body = Sessions))
)]
#[get("/me/sessions")]
pub(super) async fn list(service: web::Data<Service>, caller: Caller) -> Result<web::Json<Sessions>, Error> {
    let (account, now) = (caller.account(), service.clock.now());
    let listed = service.store.read(move |db| sessions::of_account(db, account, now)).await?;
    let sessions = listed.into_iter().map(|Listed { session, computer }| {
        let (device_name, platform) = computer.unzip();
        SessionInfo {
            session: session.id,
            current: session.id == caller.session.id,
            installation: session.installation,
            device: session.device,
            device_name,
            platform,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
        }
    });
    Ok(web::Json(Sessions { sessions: sessions.collect() }))
}

/// Ends a session of the account.
#[utoipa::path(
    operation_id = "end_session",
    tag = "Sessions",
    security(("cookie" = []), ("bearer" = [])),
    params(("session" = SessionId, Path, description = "The session.")),
    responses((status = NO_CONTENT)),
    extensions(("x-refuses" = json!([ErrorCode::NotFound])))
)]
#[delete("/me/sessions/{session}")]
pub(super) async fn end(
    service: web::Data<Service>,
    caller: Caller,
    session: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let session: SessionId = session.parse().map_err(|_| ErrorCode::NotFound)?;
    let (account, now) = (caller.account(), service.clock.now());
    // That computer is out of reach, or in other hands: the password alone does not let it in again.
    let ended = service.store.write(move |db| {
        let ended = sessions::revoke_by_id(db, account, session, now)?;
        if ended.is_some() {
            trusted::forget_session(db, account, session)?;
        }
        Ok(ended)
    });
    close(&service, [ended.await?.ok_or(ErrorCode::NotFound)?]).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends the session that asks.
#[utoipa::path(tag = "Sessions", security(("cookie" = []), ("bearer" = [])), responses((status = NO_CONTENT)))]
#[post("/sign-out")]
pub(super) async fn sign_out(service: web::Data<Service>, caller: Caller) -> Result<HttpResponse, Error> {
    let (token, now) = (caller.token, service.clock.now());
    service.store.write(move |db| sessions::revoke(db, &token.0, now)).await?;
    close(&service, [Ended { token_hash: token.0, device: caller.session.device }]).await?;
    Ok(HttpResponse::NoContent().cookie(caller::no_cookie()).finish())
}

/// Ends all sessions of the account.
#[utoipa::path(tag = "Sessions", security(("cookie" = []), ("bearer" = [])), responses((status = NO_CONTENT)))]
#[post("/sign-out-everywhere")]
pub(super) async fn sign_out_everywhere(service: web::Data<Service>, caller: Caller) -> Result<HttpResponse, Error> {
    let (account, now) = (caller.account(), service.clock.now());
    let ended = service.store.write(move |db| {
        trusted::forget_all(db, account)?;
        sessions::revoke_all(db, account, None, now)
    });
    close(&service, ended.await?).await?;
    Ok(HttpResponse::NoContent().cookie(caller::no_cookie()).finish())
}
